"""Jobs: core work in a thread of its own.

All the window knows of a job is: start it, command it, read the mailbox, stop it. Nothing here
knows Qt, so a job could as well live in another process.
"""

from __future__ import annotations

import logging
import threading
import time
from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from core.errors import ExplorerError

if TYPE_CHECKING:
    from collections.abc import Callable

    from gui.jobs.mailbox import Mailbox

_log = logging.getLogger(__name__)

ALWAYS = 0
"""Generation of jobs that live as long as the window; what they send is never outdated."""


@dataclass(frozen=True, slots=True)
class Failed:
    """A job ended with an error; ``expected`` ones carry a message for people.

    ``error`` is what core raised, where that holds more than words.
    """

    what: str
    message: str
    expected: bool
    error: ExplorerError | None = field(default=None, compare=False)


class Job(ABC):
    """One piece of work in one thread, stopped by asking.

    Parameters
    ----------
    name
        For the thread and the error message, in words ("training", "opening data").
    generation
        Stamped on everything the job sends; the receiver drops what is outdated.
    mailbox
        Where results go.
    """

    def __init__(self, name: str, generation: int, mailbox: Mailbox) -> None:
        self.name = name
        self.generation = generation
        self._mailbox = mailbox
        self._wake = threading.Condition()
        self._stopping = False
        # A daemon cannot keep the process alive should a stop be late.
        self._thread = threading.Thread(target=self._main, name=name, daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def request_stop(self) -> None:
        """Ask the job to end soon; returns at once."""
        with self._wake:
            self._stopping = True
            self._wake.notify_all()

    def join(self, timeout: float) -> bool:
        """Wait for the end at most ``timeout`` seconds; return whether it came."""
        self._thread.join(timeout)
        return not self._thread.is_alive()

    @property
    def alive(self) -> bool:
        """Whether the thread still runs."""
        return self._thread.is_alive()

    def post(self, payload: Any) -> None:
        """Send an event that must not be lost."""
        self._mailbox.post(self.generation, payload)

    def put_latest(self, slot: str, payload: Any) -> None:
        """Send a state that the next one may replace."""
        self._mailbox.put_latest(slot, self.generation, payload)

    @abstractmethod
    def work(self) -> None:
        """Do the work; look at ``_stopping`` often."""

    def _main(self) -> None:
        try:
            self.work()
        except Exception as error:  # told, whatever it is: a thread must not end in silence
            self.post(failure_of(self.name, error))


def failure_of(what: str, error: Exception) -> Failed:
    """Return what is to be told of an error; one that nobody raised on purpose is logged too."""
    if isinstance(error, ExplorerError):
        return Failed(what, str(error), expected=True, error=error)
    _log.error("%s failed", what, exc_info=error)
    return Failed(what, f"{type(error).__name__}: {error}", expected=False)


class LatestJob(Job):
    """Answer the newest of the requests made to it; older unanswered ones are skipped.

    An error is told, and does not end the job.

    Parameters
    ----------
    slot
        Mailbox slot of the answers.
    answer
        Computes an answer from a request.
    rest
        After an answer the thread sleeps this many times as long as the answer took, so that
        looking at the model never takes more than ``1 / (1 + rest)`` of a core from training.
    """

    def __init__(
        self,
        name: str,
        mailbox: Mailbox,
        slot: str,
        answer: Callable[[Any], Any],
        rest: float = 0.0,
    ) -> None:
        super().__init__(name, ALWAYS, mailbox)
        self._slot = slot
        self._answer = answer
        self._rest = rest
        self._request: tuple[int, Any] | None = None

    def request(self, generation: int, request: Any) -> None:
        """Ask; replaces a request that has not been begun."""
        with self._wake:
            self._request = (generation, request)
            self._wake.notify_all()

    def work(self) -> None:
        """Answer until stopped."""
        while True:
            with self._wake:
                self._wake.wait_for(lambda: self._stopping or self._request is not None)
                if self._stopping:
                    return
                assert self._request is not None
                (generation, request), self._request = self._request, None
            started = time.perf_counter()
            try:
                self._mailbox.put_latest(self._slot, generation, self._answer(request))
            except Exception as error:  # told; the next request may do better
                self.post(failure_of(self.name, error))
            request = None  # what was asked about may be a whole data set: do not keep it alive
            if self._rest:
                with self._wake:
                    pause = self._rest * (time.perf_counter() - started)
                    self._wake.wait_for(lambda: self._stopping, pause)
