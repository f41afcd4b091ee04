"""Exact sizes and attacks over a whole part in a thread, stopped between two small steps."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from core.robustness_curves import (
    RandomNoise,
    RobustnessReader,
    curve_sizes,
    exact_robustness,
    shown_size,
)
from gui.worker import ALWAYS, Job, failure_of

if TYPE_CHECKING:
    from collections.abc import Generator
    from typing import Any

    from numpy.typing import NDArray

    from core.dataset import Split
    from core.epoch_readings import Snapshot
    from core.progress import Progress
    from core.robustness_curves import (
        ExactRobustness,
        RobustnessOverEpochs,
        SetNorm,
        SizedAttack,
    )
    from gui.mailbox import Mailbox

CURVES_SLOT, EPOCHS_SLOT = "robustness curves", "robustness over epochs"

ATTACKS: tuple[SizedAttack, ...] = (RandomNoise(),)
"""What is drawn over the exact curve; one more attack is one more entry."""

REST = 3.0
"""Beside a running training, after each step three times as long a rest: a quarter of a core."""

N_ATTACK_SIZES = 24
_TELL_SECONDS = 0.5


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
    rest : how many times as long as a step a pause takes
    """

    split: Split
    norm: SetNorm
    boxed: bool
    models: tuple[Model, ...]
    runs: tuple[tuple[int, tuple[Snapshot, ...]], ...]
    rest: float = 0.0


@dataclass(frozen=True, slots=True, eq=False)
class RobustnessCurves:
    """Accuracy against size, as far as it is known.

    Attributes
    ----------
    exact : model -> what its images withstand
    sizes : (n_sizes,) at which the exact curves are drawn
    attack_sizes, attacks : (n,), and label -> counts (n, n_classes) of images still read rightly
    complete : whether all attacks are in it
    """

    request: RobustnessRequest
    exact: dict[int, ExactRobustness]
    sizes: NDArray[np.float64]
    attack_sizes: NDArray[np.float64]
    attacks: dict[str, NDArray[np.int64]] = field(default_factory=dict)
    complete: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class RunsOverEpochs:
    """Of each run the medians found so far."""

    request: RobustnessRequest
    found: dict[int, RobustnessOverEpochs]


class RobustnessJob(Job):
    """Answers the newest request; a newer one takes its place between two steps.

    What was found is used again as long as the same model, or snapshot, is asked for.
    """

    def __init__(self, mailbox: Mailbox) -> None:
        super().__init__("measuring robustness", ALWAYS, mailbox)
        self._request: RobustnessRequest | None = None
        self._busy = False
        self._known: list[tuple[NDArray[Any], Split, bool, ExactRobustness]] = []
        self._attacked: tuple[RobustnessRequest, RobustnessCurves] | None = None
        self._readers: dict[int, RobustnessReader] = {}

    def request(self, request: RobustnessRequest) -> None:
        """Ask; what is being done for an older request is left."""
        with self._wake:
            self._request = request
            self._wake.notify_all()

    @property
    def idle(self) -> bool:
        """Whether everything asked for has been answered, or has failed."""
        with self._wake:
            return self._request is None and not self._busy

    def work(self) -> None:
        """Answer until stopped."""
        while True:
            with self._wake:
                self._busy = False
                self._wake.wait_for(lambda: self._outdated)
                if self._stopping:
                    return
                assert self._request is not None
                request, self._request = self._request, None
                self._busy = True
            try:
                self._answer(request)
            except Exception as error:  # told; the next request may do better
                self.post(failure_of(self.name, error))
            del request  # it may keep a whole data set alive

    @property
    def _outdated(self) -> bool:
        return self._stopping or self._request is not None

    def _answer(self, request: RobustnessRequest) -> None:
        steps = self._steps(request)
        while not self._outdated:
            started = time.perf_counter()
            if next(steps, None) is None:
                break
            rest = request.rest * (time.perf_counter() - started)
            if rest > 0:
                with self._wake:
                    self._wake.wait_for(lambda: self._outdated, rest)
        steps.close()

    def _steps(self, request: RobustnessRequest) -> Generator[Progress, None, None]:
        yield from self._curves(request)
        yield from self._epochs(request)

    # ------------------------------------------------------------------ curves

    def _curves(self, request: RobustnessRequest) -> Generator[Progress, None, None]:
        exact: dict[int, ExactRobustness] = {}
        for model in request.models:
            exact[model.key] = yield from self._exact(model, request)
        self._known = [
            (model.weights, request.split, request.boxed, exact[model.key])
            for model in request.models
        ]
        largest = max(shown_size(found, request.norm) for found in exact.values())
        attack_sizes = curve_sizes(largest, N_ATTACK_SIZES)
        known = self._attacks_known(request, attack_sizes)
        answer = RobustnessCurves(
            *(request, exact, curve_sizes(largest), attack_sizes, known),
            complete=len(known) == len(ATTACKS),
        )
        self._mailbox.put_latest(CURVES_SLOT, ALWAYS, answer)
        if answer.complete:
            self._attacked = (request, answer)
            return
        found: dict[str, NDArray[np.int64]] = {}
        weights = request.models[0].weights
        for attack in ATTACKS:
            found[attack.label] = yield from attack.right(
                *(weights, request.split, request.norm, attack_sizes), boxed=request.boxed
            )
            answer = RobustnessCurves(
                *(request, exact, answer.sizes, attack_sizes, dict(found)),
                complete=len(found) == len(ATTACKS),
            )
            self._mailbox.put_latest(CURVES_SLOT, ALWAYS, answer)
        self._attacked = (request, answer)

    def _exact(
        self, model: Model, request: RobustnessRequest
    ) -> Generator[Progress, None, ExactRobustness]:
        for weights, split, boxed, found in self._known:
            same = weights is model.weights and split is request.split
            if same and boxed == request.boxed:
                return found
        found = yield from exact_robustness(model.weights, request.split, boxed=request.boxed)
        return found

    def _attacks_known(
        self, request: RobustnessRequest, sizes: NDArray[np.float64]
    ) -> dict[str, NDArray[np.int64]]:
        """Return what the attacks did, if they were tried on just this before."""
        if self._attacked is None:
            return {}
        before, answer = self._attacked
        same = (
            before.models[0].weights is request.models[0].weights
            and before.split is request.split
            and (before.norm, before.boxed) == (request.norm, request.boxed)
            and np.array_equal(answer.attack_sizes, sizes)
        )
        return answer.attacks if same else {}

    # ------------------------------------------------------------------ over epochs

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
