"""One change added to all images of a part, again whenever another one is shown; in a thread."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from core.attack.whole_parts.same_change import SameChange
from gui.jobs.legacy import SteppedJob

if TYPE_CHECKING:
    from collections.abc import Generator
    from typing import Any

    from numpy.typing import NDArray

    from core.attack.whole_parts.same_change import SameChangeResult
    from core.data.dataset import Split
    from core.progress import Progress
    from gui.jobs.legacy import LegacyMailbox as Mailbox
    from gui.jobs.legacy import SteppedRequest

SAME_CHANGE_SLOT = "same change"
TELL_SECONDS = 0.1


@dataclass(frozen=True, slots=True, eq=False)
class SameChangeRequest:
    """What is added to what.

    Attributes
    ----------
    weights : (n_classes, n_features + 1), of the model that reads
    part, split : which images
    change : (n_features,), added ``strength`` times
    target : the class that images may be pushed to
    box : whether pixels stay in [0, 1]
    rest : how many times as long as a step a pause takes
    """

    weights: NDArray[Any]
    part: str
    split: Split
    change: NDArray[Any]
    strength: float
    target: int
    box: bool
    rest: float = 0.0


@dataclass(frozen=True, slots=True, eq=False)
class SameChangeState:
    """What is known so far; ``is_over`` when no more comes."""

    request: SameChangeRequest
    result: SameChangeResult
    is_over: bool


class SameChangeJob(SteppedJob):
    """Tells what it knows after the first images, now and then, and in the end."""

    def __init__(self, mailbox: Mailbox) -> None:
        super().__init__("changing images", mailbox)

    def steps(self, request: SteppedRequest) -> Generator[Progress, None, None]:
        """Change a few images after the other; what is done when left is the answer."""
        assert isinstance(request, SameChangeRequest)
        same = SameChange(
            weights=request.weights,
            split=request.split,
            change=request.change,
            target=request.target,
            strength=request.strength,
            box=request.box,
        )
        told_at = 0.0
        try:
            for progress in same.run():
                now = time.perf_counter()
                if now - told_at > TELL_SECONDS:
                    told_at = now
                    self._tell(request, same, is_over=False)
                yield progress
        finally:
            self._tell(request, same, is_over=True)

    def _tell(self, request: SameChangeRequest, same: SameChange, *, is_over: bool) -> None:
        self.put_latest(SAME_CHANGE_SLOT, SameChangeState(request, same.found(), is_over))
