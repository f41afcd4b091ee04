"""Jobs: core work in a thread of its own.

All the window knows of a job is: start it, command it, read its letters, stop it. Nothing here
knows Qt, so a job could as well live in another process.
"""

from __future__ import annotations

import logging
import threading
from abc import abstractmethod
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from core.errors import ExplorerError

if TYPE_CHECKING:
    from collections.abc import Callable, Generator

    from gui.jobs.mailbox import Channel

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Failed:
    """A job ended with an error; ``expected`` ones carry a message for people.

    ``error`` is what core raised, where that holds more than words.
    """

    what: str
    message: str
    expected: bool
    error: ExplorerError | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True, eq=False)
class Done:
    """A stepped job came to its end, with what its generator returned."""

    result: Any


class Job(threading.Thread):
    """One piece of work in one thread, stopped by asking.

    Parameters
    ----------
    name : for the thread and the error message, in words ("training", "opening data")
    channel : the way of its letters
    """

    def __init__(self, name: str, channel: Channel) -> None:
        # A daemon cannot keep the process alive should a stop be late.
        super().__init__(name=name, daemon=True)
        self._channel = channel
        self._wake = threading.Condition()
        self.is_stopping = False
        """Whether it has been asked to end."""

    def request_stop(self) -> None:
        """Ask the job to end soon; returns at once."""
        with self._wake:
            self.is_stopping = True
            self._wake.notify_all()

    @property
    def generation(self) -> int:
        """Of every letter it sends; the reader drops what is outdated."""
        return self._channel.generation

    def post(self, payload: Any) -> None:
        """Send an event that must not be lost."""
        self._channel.post(payload)

    def put_latest(self, payload: Any) -> None:
        """Send a state that the next one may replace."""
        self._channel.put_latest(payload)

    @abstractmethod
    def work(self) -> None:
        """Do the work; look at :attr:`is_stopping` often."""

    def run(self) -> None:
        """Work; called by the thread."""
        try:
            self.work()
        except Exception as error:  # told, whatever it is: a thread must not end in silence
            self.post(failure_of(self.name, error))


class SteppedJob(Job):
    """Goes through a generator and tells what it yields; between two steps it can be stopped.

    Parameters
    ----------
    begin : returns the generator; called in the thread
    """

    def __init__(
        self, name: str, channel: Channel, begin: Callable[[], Generator[Any, None, Any]]
    ) -> None:
        super().__init__(name, channel)
        self._begin = begin

    def work(self) -> None:
        """Step until done or stopped; closing the generator leaves nothing behind."""
        steps = self._begin()
        while not self.is_stopping:
            try:
                self.put_latest(next(steps))
            except StopIteration as end:
                self.post(Done(end.value))
                return
        steps.close()


def failure_of(what: str, error: Exception) -> Failed:
    """Return what is to be told of an error; one that nobody raised on purpose is logged too."""
    if isinstance(error, ExplorerError):
        return Failed(what, str(error), expected=True, error=error)
    _log.error("%s failed", what, exc_info=error)
    return Failed(what, f"{type(error).__name__}: {error}", expected=False)
