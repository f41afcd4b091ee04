"""The search for one change that fools all images of a part, in a thread."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from core.attack.whole_parts.universal_search import UniversalSearch
from core.learning.perceptron import SoftmaxPerceptron
from gui.jobs.legacy import LegacyJob as Job

if TYPE_CHECKING:
    from typing import Any

    from numpy.typing import NDArray

    from core.attack.methods.iterative import IterativeSettings
    from core.attack.whole_parts.universal_search import UniversalPass
    from core.data.dataset import Split
    from core.progress import Progress
    from gui.jobs.legacy import LegacyMailbox as Mailbox

UNIVERSAL_SLOT = "one change for all"
UNIVERSAL_NAME = "finding one change for all"
TELL_SECONDS = 0.1


@dataclass(frozen=True, slots=True, eq=False)
class UniversalRequest:
    """What the change shall fool.

    Attributes
    ----------
    weights : (n_classes, n_features + 1)
    epoch : of that model
    part, split : which images
    config : norm, budget, box, and the target or None
    """

    weights: NDArray[Any]
    epoch: float
    part: str
    split: Split
    config: IterativeSettings


@dataclass(frozen=True, slots=True, eq=False)
class UniversalState:
    """What was found so far.

    Attributes
    ----------
    change : (n_features,), the best so far; read-only
    passes : one for each change tried
    n_images : how many images can be fooled; 0 while they are counted
    """

    request: UniversalRequest
    progress: Progress
    change: NDArray[Any]
    passes: tuple[UniversalPass, ...]
    n_images: int


@dataclass(frozen=True, slots=True, eq=False)
class UniversalDone:
    """The end; ``state`` holds what was found until then, None if nothing was looked at."""

    state: UniversalState | None


class UniversalJob(Job):
    """One ``UniversalSearch``, to its end or until stopped."""

    def __init__(self, generation: int, mailbox: Mailbox, request: UniversalRequest) -> None:
        super().__init__(UNIVERSAL_NAME, generation, mailbox)
        self._request = request

    def work(self) -> None:
        """Search; what is found when stopped is told as the end."""
        request, split = self._request, self._request.split
        search = UniversalSearch(
            model=SoftmaxPerceptron(request.weights),
            config=request.config,
            images=split.images,
            labels=split.true_labels,
        )
        told_at, last = 0.0, None
        for progress in search.run():
            last = progress
            if self._stopping:
                break
            now = time.perf_counter()
            if now - told_at > TELL_SECONDS:
                told_at = now
                self.put_latest(UNIVERSAL_SLOT, self._state(search, progress))
        self.post(UniversalDone(None if last is None else self._state(search, last)))

    def _state(self, search: UniversalSearch, progress: Progress) -> UniversalState:
        return UniversalState(
            request=self._request,
            progress=progress,
            change=search.found().change,
            passes=search.found().passes,
            n_images=search.found().n_images,
        )
