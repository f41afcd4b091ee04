"""The exact sizes toward every class in a thread, stopped between two small steps."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from core.exact.cost_matrix import CostMeasurement
from gui.jobs.legacy import LegacyJob as Job

if TYPE_CHECKING:
    from typing import Any

    from numpy.typing import NDArray

    from core.data.dataset import Split
    from core.exact.cost_matrix import CostMatrix, PairSizes
    from core.exact.curves import SetNorm
    from core.progress import Progress
    from gui.jobs.legacy import LegacyMailbox as Mailbox

PAIRS_SLOT = "pairs"
PAIRS_NAME = "measuring pairs of classes"

_TELL_SECONDS = 0.1
_MEDIAN_SECONDS = 0.3


@dataclass(frozen=True, slots=True, eq=False)
class PairsRequest:
    """What is measured.

    Attributes
    ----------
    weights, epoch : the model
    part, split : whose images
    norm, boxed : how large a change is, and whether pixels stay between 0 and 1
    """

    weights: NDArray[Any]
    epoch: float
    part: str
    split: Split
    norm: SetNorm
    boxed: bool

    def is_like(self, other: PairsRequest) -> bool:
        """Whether the same images are measured in the same way, of whatever model."""
        ways = [(each.norm, each.boxed) for each in (self, other)]
        return self.split is other.split and ways[0] == ways[1]

    def is_same(self, other: PairsRequest) -> bool:
        """Whether the answer is the same."""
        return self.is_like(other) and self.weights is other.weights


@dataclass(frozen=True, slots=True, eq=False)
class PairsState:
    """How far a measurement is.

    Attributes
    ----------
    matrix : medians over the images measured so far; None before the images have been read
    progress : None before the first step
    ended : whether nothing is done any more, be it that all is known or that it was stopped
    """

    request: PairsRequest
    matrix: CostMatrix | None
    progress: Progress | None
    ended: bool

    @property
    def complete(self) -> bool:
        """Whether all images have been measured."""
        return self.matrix is not None and self.matrix.sizes.complete


class PairsJob(Job):
    """One measurement, from where it was left to its end; what was done when stopped is told.

    Parameters
    ----------
    begun : what is known of it already
    rest : how many times as long as a step a pause takes
    """

    def __init__(
        self,
        generation: int,
        mailbox: Mailbox,
        request: PairsRequest,
        begun: PairSizes | None = None,
        rest: float = 0.0,
    ) -> None:
        super().__init__(PAIRS_NAME, generation, mailbox)
        self._request, self._rest = request, rest
        self._measurement = CostMeasurement(
            weights=request.weights,
            split=request.split,
            norm=request.norm,
            boxed=request.boxed,
            begun=begun,
        )
        self._matrix: CostMatrix | None = None
        self._due = 0.0

    def work(self) -> None:
        """Measure all images, unless stopped."""
        steps = self._measurement.run()
        progress, told_at = None, 0.0
        while not self._stopping:
            started = time.perf_counter()
            step = next(steps, None)
            if step is None:
                break
            progress = step
            if started - told_at >= _TELL_SECONDS:
                told_at = started
                self._tell(progress, ended=False)
            pause = self._rest * (time.perf_counter() - started)
            if pause > 0:
                with self._wake:
                    self._wake.wait_for(lambda: self._stopping, pause)
        steps.close()
        self._due = 0.0
        self._tell(progress, ended=True)

    def _tell(self, progress: Progress | None, *, ended: bool) -> None:
        """Send how far it is, with new medians where they are due."""
        now = time.perf_counter()
        if now >= self._due:
            self._matrix = self._measurement.found()
            # Many classes take longer: at most a tenth of the time goes into medians.
            took = time.perf_counter() - now
            self._due = now + max(_MEDIAN_SECONDS, 10 * took)
        self.put_latest(PAIRS_SLOT, PairsState(self._request, self._matrix, progress, ended))
