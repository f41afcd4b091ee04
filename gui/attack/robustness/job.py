"""Exact sizes and attacks over a whole part in a thread, stopped between two small steps."""

from __future__ import annotations

import time
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from core.attack.whole_parts.sized import SIZED_ATTACKS, AttackTrials
from core.exact.curves import CurveSearch, MedianSearch
from core.learning.model_cache import ModelCache
from gui.jobs.legacy import ALWAYS, SteppedJob

if TYPE_CHECKING:
    from collections.abc import Generator
    from typing import Any

    import numpy as np
    from numpy.typing import NDArray

    from core.attack.whole_parts.sized import AttackCurve, SizedAttack
    from core.data.dataset import Split
    from core.exact.curves import ExactRobustness, Medians, RobustnessOverEpochs, SetNorm
    from core.learning.records import Snapshot
    from core.progress import Progress
    from gui.jobs.legacy import LegacyMailbox as Mailbox
    from gui.jobs.legacy import SteppedRequest

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
        self._exact: ModelCache[ExactRobustness] = ModelCache()
        self._medians: ModelCache[Medians] = ModelCache()
        self._attacked: RobustnessCurves | None = None
        self._attacks_left = False

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
        search = CurveSearch(
            {model.key: model.weights for model in request.models},
            request.split,
            boxed=request.boxed,
            known=self._exact,
        )
        yield from search.run()
        found = search.found()
        assert found is not None
        curves = RobustnessCurves(
            request=request,
            exact=found.models,
            sizes=found.sizes(request.norm),
            attack_sizes=found.attack_sizes(request.norm),
            attacks=self._attacks_known(request),
        )
        self._legacy.put_latest(CURVES_SLOT, ALWAYS, curves)
        return curves

    def _attacks_known(self, request: RobustnessRequest) -> dict[str, AttackCurve]:
        """Return what the attacks did, as far as they were tried on just this before."""
        before = self._attacked
        return dict(before.attacks) if before and before.request.attacks_like(request) else {}

    def _attacks(self, curves: RobustnessCurves) -> Generator[Progress, None, None]:
        """Try those attacks that are not known to their end, until they are left."""
        request = curves.request
        shown = request.models[0]
        trials = AttackTrials(
            weights=shown.weights,
            split=request.split,
            norm=request.norm,
            exact=curves.exact[shown.key],
            attacks=request.attacks,
            known=curves.attacks,
        )
        told_at = 0.0
        if not self._attacks_left:
            for progress in trials.run():
                now = time.perf_counter()
                is_whole = progress.done == progress.total
                if self._attacks_left or is_whole or now - told_at > _TELL_ATTACK_SECONDS:
                    found, told_at = trials.found(), 0.0 if is_whole else now
                    self._tell(replace(curves, attacks=found.curves, trying=found.trying))
                if self._attacks_left:
                    break
                yield progress
        self._tell(replace(curves, attacks=trials.found().curves, trying=""))

    def _tell(self, curves: RobustnessCurves) -> None:
        self._attacked = curves
        self._legacy.put_latest(CURVES_SLOT, ALWAYS, curves)

    def _epochs(self, request: RobustnessRequest) -> Generator[Progress, None, None]:
        search = MedianSearch(request.split, dict(request.runs), known=self._medians)
        told_at = time.perf_counter()
        for progress in search.run():
            yield progress
            if time.perf_counter() - told_at > _TELL_SECONDS:
                self._tell_epochs(request, search)
                told_at = time.perf_counter()
        self._tell_epochs(request, search)

    def _tell_epochs(self, request: RobustnessRequest, search: MedianSearch) -> None:
        self._legacy.put_latest(EPOCHS_SLOT, ALWAYS, RunsOverEpochs(request, search.found()))
