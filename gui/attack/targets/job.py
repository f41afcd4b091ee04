"""The ways of one image toward all classes, found in a thread, class by class."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from core.exact.all_targets import TargetSearch
from gui.jobs.legacy import SteppedJob

if TYPE_CHECKING:
    from collections.abc import Generator
    from typing import Any

    from numpy.typing import NDArray

    from core.exact.all_targets import AllTargets
    from core.exact.pairs import Norm
    from core.progress import Progress
    from gui.jobs.legacy import LegacyMailbox as Mailbox
    from gui.jobs.legacy import SteppedRequest

TARGETS_SLOT = "all targets"

_TELL_SECONDS = 0.2
"""What is found faster is told as a whole: a live model must not make the strip flicker."""


@dataclass(frozen=True, slots=True, eq=False)
class TargetsRequest:
    """What is looked for.

    Attributes
    ----------
    weights : (n_classes, n_features + 1)
    image : (n_features,)
    source, index : what the image was taken from, and its number in it: two views of the same
        pixels are not the same object
    norm, boxed : how large a change is, and whether pixels stay between 0 and 1
    rest : how many times as long as a step a pause takes
    """

    weights: NDArray[Any]
    image: NDArray[Any]
    source: object
    index: int
    norm: Norm
    boxed: bool
    rest: float = 0.0

    def has_image_of(self, other: TargetsRequest | None) -> bool:
        """Whether both are about the same image, measured in the same way."""
        return (
            other is not None
            and self.source is other.source
            and (self.index, self.norm, self.boxed) == (other.index, other.norm, other.boxed)
        )

    def is_as(self, other: TargetsRequest | None) -> bool:
        """Whether both have the same answer."""
        return self.has_image_of(other) and other is not None and self.weights is other.weights


@dataclass(frozen=True, slots=True, eq=False)
class TargetsState:
    """What is known so far."""

    request: TargetsRequest
    found: AllTargets
    progress: Progress | None


class TargetsJob(SteppedJob):
    """Goes on where it was left when it is asked for the same again."""

    def __init__(self, mailbox: Mailbox) -> None:
        super().__init__("changing an image toward all classes", mailbox)
        self._known: tuple[TargetsRequest, TargetSearch] | None = None

    def steps(self, request: SteppedRequest) -> Generator[Progress, None, None]:
        """Look at all classes, telling now and then, and in the end."""
        assert isinstance(request, TargetsRequest)
        if self._known is None or not request.is_as(self._known[0]):
            search = TargetSearch(request.weights, request.image, request.norm, boxed=request.boxed)
            self._known = (request, search)
        search = self._known[1]
        progress, told_at = None, time.perf_counter()
        try:
            for progress in search.run():
                yield progress
                if time.perf_counter() - told_at > _TELL_SECONDS:
                    told_at = time.perf_counter()
                    self._tell(request, search, progress)
        finally:
            self._tell(request, search, progress)

    def _tell(
        self, request: TargetsRequest, search: TargetSearch, progress: Progress | None
    ) -> None:
        state = TargetsState(request, search.found(), progress)
        self.put_latest(TARGETS_SLOT, state)
