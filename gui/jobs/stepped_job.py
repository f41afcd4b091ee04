"""A job that answers the newest of the requests made to it, small step by small step."""

from __future__ import annotations

import time
from abc import abstractmethod
from typing import TYPE_CHECKING, Protocol, TypeVar

from gui.jobs.worker import ALWAYS, Job, failure_of

if TYPE_CHECKING:
    from collections.abc import Generator

    from core.progress import Progress
    from gui.jobs.mailbox import Mailbox

REST = 3.0
"""Beside a running training, after each step three times as long a rest: a quarter of a core."""


class SteppedRequest(Protocol):
    """What is asked for."""

    @property
    def rest(self) -> float:
        """How many times as long as a step a pause takes."""


RequestType = TypeVar("RequestType", bound=SteppedRequest)


class SteppedJob(Job):
    """Answers until stopped; a newer request, or calling off, takes effect between two steps.

    A subclass tells what it has found in a ``finally`` of its steps, so that nothing is lost where
    they are left.
    """

    def __init__(self, name: str, mailbox: Mailbox) -> None:
        super().__init__(name, ALWAYS, mailbox)
        self._request: SteppedRequest | None = None
        self._busy = False
        self._called_off = False

    @abstractmethod
    def steps(self, request: SteppedRequest) -> Generator[Progress, None, None]:
        """Answer a request, yielding at least ten times a second."""

    def request(self, request: SteppedRequest) -> None:
        """Ask; what is being done for an older request is left."""
        with self._wake:
            self._request = request
            self._called_off = False
            self._wake.notify_all()

    def call_off(self) -> None:
        """Leave what is being done, and what was asked for; what was found is told."""
        with self._wake:
            self._request = None
            self._called_off = self._busy
            self._wake.notify_all()

    @property
    def idle(self) -> bool:
        """Whether everything asked for has been answered, has failed, or was called off."""
        with self._wake:
            return self._request is None and not self._busy

    @property
    def _is_woken(self) -> bool:
        """Whether the next step must not wait for the end of a rest."""
        return False

    @property
    def _outdated(self) -> bool:
        return self._stopping or self._called_off or self._request is not None

    def work(self) -> None:
        """Answer until stopped."""
        while True:
            with self._wake:
                self._busy = self._called_off = False
                self._wake.wait_for(lambda: self._stopping or self._request is not None)
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

    def _answer(self, request: SteppedRequest) -> None:
        steps = self.steps(request)
        while not self._outdated:
            started = time.perf_counter()
            if next(steps, None) is None:
                break
            rest = request.rest * (time.perf_counter() - started)
            if rest > 0:
                with self._wake:
                    self._wake.wait_for(lambda: self._outdated or self._is_woken, rest)
        steps.close()
