"""Three descents in a thread, stopped between two small steps."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from core.attack.microscope import Microscope
from core.errors import SettingError
from core.insight.diagnostics import surest_right
from gui.jobs.legacy import LatestJob

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from core.attack.microscope import Descents, MicroscopeConfig
    from core.data.dataset import Split
    from core.progress import Progress
    from gui.jobs.legacy import LegacyMailbox as Mailbox

LOSSES_SLOT, SUREST_SLOT = "three losses", "surest image"

_BIT_SECONDS = 0.02
"""Work between two rests: after each step of a tenth of a millisecond, waking up would cost more
than the step."""

_TELL_SECONDS = 0.3
"""What takes no longer is not worth a word."""


@dataclass(frozen=True, slots=True, eq=False)
class LossesRequest:
    """An image (n_features,), the model (n_classes, n_features + 1) that reads it, and how to go.

    ``target`` is None for the likeliest class that is not read, ``rest`` how many times as long as
    the work before it a pause takes.
    """

    weights: NDArray[Any]
    image: NDArray[Any]
    target: int | None
    box: bool
    config: MicroscopeConfig
    rest: float = 0.0


@dataclass(frozen=True, slots=True, eq=False)
class LossesAnswer:
    """The steps made; of a request that is still being answered only how far it is.

    ``problem`` says, in words, why nothing can be followed.
    """

    request: LossesRequest
    progress: Progress | None = None
    descents: Descents | None = None
    problem: str = ""


class LossesJob(LatestJob):
    """Answers the newest request with a :class:`LossesAnswer`.

    What a person has asked for does not wait for what was asked before; a model that only learnt on
    does, or a long descent beside a fast training would never come to its end.
    """

    def __init__(self, mailbox: Mailbox) -> None:
        super().__init__("following three losses", mailbox, LOSSES_SLOT, self._descend)
        self._is_urgent = False
        self._cancelled = 0
        self._rested_at = 0.0

    def ask(self, generation: int, request: LossesRequest, *, at_once: bool) -> None:
        """Ask; ``at_once`` leaves what is being done for an older request."""
        with self._wake:
            waiting = self._request is not None
            self._is_urgent = at_once or (waiting and self._is_urgent)
        self.request(generation, (generation, request))

    def cancel(self, generation: int) -> None:
        """Answer everything up to this generation with the steps that were made by now."""
        with self._wake:
            self._cancelled = generation
            self._wake.notify_all()

    def _descend(self, asked: tuple[int, LossesRequest]) -> LossesAnswer:
        generation, request = asked
        try:
            scope = Microscope(
                weights=request.weights,
                config=request.config,
                image=request.image,
                target=request.target,
                box=request.box,
            )
        except SettingError as error:  # to be read where the descents would be, again and again
            return LossesAnswer(request, problem=str(error))
        told_at = time.perf_counter()
        for progress in scope.run():
            now = time.perf_counter()
            if now - told_at > _TELL_SECONDS:
                told_at = now
                self._legacy.put_latest(LOSSES_SLOT, generation, LossesAnswer(request, progress))
            if self._rests(generation, self._pause(request.rest)):
                break
        return LossesAnswer(request, descents=scope.found())

    def _pause(self, rest: float) -> float:
        """Return how long a pause is due; work is counted from one pause to the next."""
        # What this thread has used of a core, not how long it waited for training to let it.
        worked = time.thread_time() - self._rested_at
        if worked < _BIT_SECONDS:
            return 0.0
        self._rested_at += worked
        return rest * worked

    def _rests(self, generation: int, seconds: float) -> bool:
        """Rest so long; return whether the descent is to be left."""

        def is_left() -> bool:
            newer = self._request is not None and self._is_urgent
            return self._stopping or newer or generation <= self._cancelled

        with self._wake:
            return self._wake.wait_for(is_left, seconds) if seconds > 0 else is_left()


def make_surest_finder(mailbox: Mailbox) -> LatestJob:
    """Return the job that answers (weights, split) with the surest rightly read image, or None."""
    return LatestJob("finding a sure image", mailbox, SUREST_SLOT, _surest)


def _surest(request: tuple[NDArray[Any], Split]) -> int | None:
    return surest_right(*request)
