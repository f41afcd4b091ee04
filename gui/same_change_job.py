"""One change added to all images of a part, again whenever another one is shown; in a thread."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from core.attack.same_change import SameChange
from gui.worker import ALWAYS, Job, failure_of

if TYPE_CHECKING:
    from typing import Any

    from numpy.typing import NDArray

    from core.attack.same_change import SameChangeResult
    from core.dataset import Split
    from gui.mailbox import Mailbox

SAME_CHANGE_SLOT = "same change"
REST = 3.0
"""Beside a running training, after each step three times as long a rest: a quarter of a core."""

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


class SameChangeJob(Job):
    """Answers the newest request; a newer one takes its place between two steps.

    The first images of every answer come in any case: something is seen of each.
    """

    def __init__(self, mailbox: Mailbox) -> None:
        super().__init__("changing images", ALWAYS, mailbox)
        self._request: SameChangeRequest | None = None
        self._is_cancelled = False

    def request(self, request: SameChangeRequest) -> None:
        """Ask; what is being done for an older request is left."""
        with self._wake:
            self._request, self._is_cancelled = request, False
            self._wake.notify_all()

    def cancel(self) -> None:
        """Leave what is being done; what is done already comes as the answer."""
        with self._wake:
            self._request, self._is_cancelled = None, True
            self._wake.notify_all()

    @property
    def _must_leave(self) -> bool:
        return self._stopping or self._is_cancelled or self._request is not None

    def work(self) -> None:
        """Answer until stopped."""
        while True:
            with self._wake:
                self._wake.wait_for(lambda: self._stopping or self._request is not None)
                if self._stopping:
                    return
                assert self._request is not None
                request, self._request = self._request, None
            try:
                self._answer(request)
            except Exception as error:  # told; the next request may do better
                self.post(failure_of(self.name, error))
            del request  # it may keep a whole data set alive

    def _answer(self, request: SameChangeRequest) -> None:
        same = SameChange(
            *(request.weights, request.split, request.change, request.target),
            strength=request.strength,
            box=request.box,
        )
        told_at = 0.0
        started = time.perf_counter()
        for _ in same.run():
            now = time.perf_counter()
            if now - told_at > TELL_SECONDS:
                told_at = now
                self._tell(request, same, is_over=False)
            with self._wake:
                self._wake.wait_for(lambda: self._must_leave, request.rest * (now - started))
                if self._must_leave:
                    break
            started = time.perf_counter()
        self._tell(request, same, is_over=True)

    def _tell(self, request: SameChangeRequest, same: SameChange, *, is_over: bool) -> None:
        self.put_latest(SAME_CHANGE_SLOT, SameChangeState(request, same.result(), is_over))
