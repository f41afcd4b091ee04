"""Mistakes made right and right ones made wrong: two of them, and the sizes of a whole part."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from core.exact.repair import PairSearch, RepairSearch
from gui.jobs.legacy import SteppedJob

if TYPE_CHECKING:
    from collections.abc import Generator
    from typing import Any

    from numpy.typing import NDArray

    from core.data.dataset import Split
    from core.exact.curves import SetNorm
    from core.exact.repair import Changed, RepairSizes
    from core.progress import Progress
    from gui.jobs.legacy import LegacyMailbox as Mailbox
    from gui.jobs.legacy import SteppedRequest

REPAIR_SLOT = "repair"

_TELL_SECONDS = 0.2


@dataclass(frozen=True, slots=True, eq=False)
class RepairRequest:
    """What is looked for.

    Attributes
    ----------
    weights : (n_classes, n_features + 1)
    part, split : the images
    norm, boxed : how large a change is, and whether pixels stay between 0 and 1
    mistake, right : the images wanted, None for the first; where one is not of that kind any more,
        the next that is
    whole : whether the sizes of all images are wanted too
    rest : how many times as long as a step a pause takes
    """

    weights: NDArray[Any]
    part: str
    split: Split
    norm: SetNorm
    boxed: bool
    mistake: int | None
    right: int | None
    whole: bool = True
    rest: float = 0.0

    def is_alike(self, other: RepairRequest | None) -> bool:
        """Whether both are about the same images, measured in the same way."""
        return (
            other is not None
            and self.split is other.split
            and (self.norm, self.boxed) == (other.norm, other.boxed)
        )

    def is_of_model(self, other: RepairRequest | None) -> bool:
        """Whether that holds, and the model is the same too."""
        return self.is_alike(other) and other is not None and self.weights is other.weights

    def is_as(self, other: RepairRequest | None) -> bool:
        """Whether both have the same answer."""
        return (
            self.is_of_model(other)
            and other is not None
            and (self.mistake, self.right) == (other.mistake, other.right)
            and (other.whole or not self.whole)
        )


@dataclass(frozen=True, slots=True, eq=False)
class RepairState:
    """What is known so far.

    Attributes
    ----------
    mistake, right : None where the model makes no mistake, or reads nothing rightly
    """

    request: RepairRequest
    mistake: Changed | None
    right: Changed | None
    sizes: RepairSizes
    progress: Progress | None

    @property
    def largest(self) -> float:
        """The largest change of any pixel of either image; 0 without a change."""
        both = [one.crossing.beyond for one in (self.mistake, self.right) if one is not None]
        return max((float(abs(change).max()) for change in both), default=0.0)


class RepairJob(SteppedJob):
    """Finds the two images first, then goes on with the part where it was left."""

    def __init__(self, mailbox: Mailbox) -> None:
        super().__init__("repairing mistakes", mailbox)
        self._known: tuple[RepairRequest, RepairSearch] | None = None

    def steps(self, request: SteppedRequest) -> Generator[Progress, None, None]:
        """Answer, telling as soon as the images are there, now and then, and in the end."""
        assert isinstance(request, RepairRequest)
        if self._known is None or not request.is_of_model(self._known[0]):
            search = RepairSearch(request.weights, request.split, request.norm, boxed=request.boxed)
            self._known = (request, search)
        search = self._known[1]
        steps = search.run()
        while (found := search.found()) is None:
            yield next(steps)
        pair = PairSearch(
            weights=request.weights,
            split=request.split,
            norm=request.norm,
            boxed=request.boxed,
            mistake=request.mistake,
            right=request.right,
            predicted=found.predicted,
        )
        yield from pair.run()
        both = pair.found()
        assert both is not None
        mistake, right = both.mistake, both.right
        self._tell(request, mistake, right, search, None)
        if not request.whole:
            return
        progress, told_at = None, time.perf_counter()
        try:
            for progress in steps:
                yield progress
                if time.perf_counter() - told_at > _TELL_SECONDS:
                    told_at = time.perf_counter()
                    self._tell(request, mistake, right, search, progress)
        finally:
            self._tell(request, mistake, right, search, progress)

    def _tell(
        self,
        request: RepairRequest,
        mistake: Changed | None,
        right: Changed | None,
        search: RepairSearch,
        progress: Progress | None,
    ) -> None:
        sizes = search.found()
        assert sizes is not None
        self.put_latest(REPAIR_SLOT, RepairState(request, mistake, right, sizes, progress))
