"""Exact sizes and attacks over a whole part in a thread, stopped between two small steps."""

from __future__ import annotations

import time
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np

from core.attack.whole_parts.sized import SIZED_ATTACKS
from core.exact.curves import (
    RobustnessReader,
    curve_sizes,
    exact_robustness,
    shown_size,
    tried_sizes,
)
from gui.jobs.stepped_job import SteppedJob
from gui.jobs.worker import ALWAYS

if TYPE_CHECKING:
    from collections.abc import Generator
    from typing import Any

    from numpy.typing import NDArray

    from core.attack.whole_parts.sized import AttackCurve, SizedAttack
    from core.data.dataset import Split
    from core.exact.curves import ExactRobustness, RobustnessOverEpochs, SetNorm
    from core.insight.epoch_readings import Snapshot
    from core.progress import Progress
    from gui.jobs.mailbox import Mailbox
    from gui.jobs.stepped_job import SteppedRequest

CURVES_SLOT, EPOCHS_SLOT = "robustness curves", "robustness over epochs"

ATTACKS = SIZED_ATTACKS
"""What is drawn over the exact curve."""

_TELL_SECONDS = 0.5
_TELL_ATTACK_SECONDS = 0.1


@dataclass(frozen=True, slots=True, eq=False)
class Model:
    """One model whose curve is drawn: an epoch of a run, weights (n_classes, n_features + 1)."""

    key: int
    epoch: float
    weights: NDArray[Any]


@dataclass(frozen=True, slots=True, eq=False)
class RobustnessRequest:
    """What is looked at.

    Attributes
    ----------
    split : the images
    norm, boxed : how large a change is, and whether pixels stay between 0 and 1
    models : the one shown first; attacks are tried on that one alone
    runs : of each run the snapshots whose medians are found
    attacks : what is tried, last of all
    rest : how many times as long as a step a pause takes
    """

    split: Split
    norm: SetNorm
    boxed: bool
    models: tuple[Model, ...]
    runs: tuple[tuple[int, tuple[Snapshot, ...]], ...]
    attacks: tuple[SizedAttack, ...] = ATTACKS
    rest: float = 0.0

    def attacks_like(self, other: RobustnessRequest) -> bool:
        """Whether attacks tried for the one would do the same for the other."""
        return (
            self.models[0].weights is other.models[0].weights
            and self.split is other.split
            and (self.norm, self.boxed) == (other.norm, other.boxed)
        )


@dataclass(frozen=True, slots=True, eq=False)
class RobustnessCurves:
    """Accuracy against size, as far as it is known.

    Attributes
    ----------
    exact : model -> what its images withstand
    sizes : (n_sizes,) at which the exact curves are drawn
    attack_sizes : (n,), those of them at which attacks are tried on the model shown
    attacks : label -> what the attack leaves right, at the first of those sizes or at all
    trying : the label of the attack that is being tried, or ""
    """

    request: RobustnessRequest
    exact: dict[int, ExactRobustness]
    sizes: NDArray[np.float64]
    attack_sizes: NDArray[np.float64]
    attacks: dict[str, AttackCurve] = field(default_factory=dict)
    trying: str = ""

    @property
    def complete(self) -> bool:
        """Whether all attacks are in it."""
        known = (self.attacks.get(attack.label) for attack in ATTACKS)
        return all(curve is not None and curve.complete for curve in known)


@dataclass(frozen=True, slots=True, eq=False)
class RunsOverEpochs:
    """Of each run the medians found so far."""

    request: RobustnessRequest
    found: dict[int, RobustnessOverEpochs]


class RobustnessJob(SteppedJob):
    """What was found is used again as long as the same model, or snapshot, is asked for."""

    def __init__(self, mailbox: Mailbox) -> None:
        super().__init__("measuring robustness", mailbox)
        self._known: list[tuple[NDArray[Any], Split, bool, ExactRobustness]] = []
        self._attacked: RobustnessCurves | None = None
        self._attacks_left = False
        self._readers: dict[int, RobustnessReader] = {}

    def request(self, request: SteppedRequest) -> None:
        """Ask; what is being done for an older request is left."""
        with self._wake:
            self._attacks_left = False
        super().request(request)

    def leave_attacks(self) -> None:
        """Try no more attacks for what was asked last; what was found is kept."""
        with self._wake:
            self._attacks_left = True
            self._wake.notify_all()

    @property
    def _is_woken(self) -> bool:
        return self._attacks_left

    def steps(self, request: SteppedRequest) -> Generator[Progress, None, None]:
        """Find the exact curves, then the medians over epochs, then what attacks do."""
        assert isinstance(request, RobustnessRequest)
        curves = yield from self._curves(request)
        yield from self._epochs(request)
        yield from self._attacks(curves)

    def _curves(self, request: RobustnessRequest) -> Generator[Progress, None, RobustnessCurves]:
        exact: dict[int, ExactRobustness] = {}
        for model in request.models:
            exact[model.key] = yield from self._exact(model, request)
        self._known = [
            (model.weights, request.split, request.boxed, exact[model.key])
            for model in request.models
        ]
        furthest = max(shown_size(found, request.norm) for found in exact.values())
        tried = tried_sizes(exact[request.models[0].key], request.norm)
        sizes = np.union1d(curve_sizes(furthest), tried)
        known = self._attacks_known(request)
        curves = RobustnessCurves(request, exact, sizes, tried, attacks=known)
        self._mailbox.put_latest(CURVES_SLOT, ALWAYS, curves)
        return curves

    def _exact(
        self, model: Model, request: RobustnessRequest
    ) -> Generator[Progress, None, ExactRobustness]:
        for weights, split, boxed, found in self._known:
            same = weights is model.weights and split is request.split
            if same and boxed == request.boxed:
                return found
        found = yield from exact_robustness(model.weights, request.split, boxed=request.boxed)
        return found

    def _attacks_known(self, request: RobustnessRequest) -> dict[str, AttackCurve]:
        """Return what the attacks did, as far as they were tried on just this before."""
        before = self._attacked
        return dict(before.attacks) if before and before.request.attacks_like(request) else {}

    def _attacks(self, curves: RobustnessCurves) -> Generator[Progress, None, None]:
        """Try those attacks that are not known to their end, until they are left."""
        request = curves.request
        for attack in request.attacks:
            known = curves.attacks.get(attack.label)
            if self._attacks_left or (known is not None and known.complete):
                continue
            told_at = 0.0
            for found in attack.curve(
                request.models[0].weights,
                request.split,
                request.norm,
                curves.attack_sizes,
                boxed=request.boxed,
            ):
                now = time.perf_counter()
                if self._attacks_left or found.complete or now - told_at > _TELL_ATTACK_SECONDS:
                    curves, told_at = self._tell_attack(curves, attack.label, found), now
                if self._attacks_left:
                    break
                yield found.progress
        self._tell(replace(curves, trying=""))

    def _tell_attack(
        self, curves: RobustnessCurves, label: str, found: AttackCurve
    ) -> RobustnessCurves:
        """Tell of an attack; what was found before it was left and begun again is not lost."""
        before = curves.attacks.get(label)
        if before is not None and len(before.counts) > len(found.counts):
            found = before
        curves = replace(curves, attacks={**curves.attacks, label: found}, trying=label)
        self._tell(curves)
        return curves

    def _tell(self, curves: RobustnessCurves) -> None:
        self._attacked = curves
        self._mailbox.put_latest(CURVES_SLOT, ALWAYS, curves)

    def _epochs(self, request: RobustnessRequest) -> Generator[Progress, None, None]:
        readers = {key: self._reader(key, request.split) for key, _ in request.runs}
        self._readers = readers
        told_at = time.perf_counter()
        for key, snapshots in request.runs:
            for progress in readers[key].reading(snapshots):
                yield progress
                if time.perf_counter() - told_at > _TELL_SECONDS:
                    self._tell_epochs(request)
                    told_at = time.perf_counter()
        self._tell_epochs(request)

    def _reader(self, key: int, split: Split) -> RobustnessReader:
        reader = self._readers.get(key)
        return reader if reader is not None and reader.split is split else RobustnessReader(split)

    def _tell_epochs(self, request: RobustnessRequest) -> None:
        found = {key: self._readers[key].found(snapshots) for key, snapshots in request.runs}
        self._mailbox.put_latest(EPOCHS_SLOT, ALWAYS, RunsOverEpochs(request, found))
