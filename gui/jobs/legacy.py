"""Jobs of features that are not studies yet; each goes when its feature has its study."""

from __future__ import annotations

import time
from abc import abstractmethod
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from gui.jobs.mailbox import Channel, Letter
from gui.jobs.worker import Job, failure_of

ALWAYS = 0


if TYPE_CHECKING:
    from collections.abc import Callable, Generator

    from core.progress import Progress
    from gui.jobs.job_pool import JobPool


class LegacyMailbox:
    """Letters by slot, for all who are not told by address."""

    def __init__(self, pool: JobPool) -> None:
        self.pool = pool
        self.events: list[Letter] = []
        self.latest: dict[str, Letter] = {}
        self._slots: dict[str, Callable[[Letter], None]] = {}

    def read_event(self, letter: Letter) -> None:
        """Keep an event."""
        self.events.append(letter)

    def _slot(self, slot: str) -> Callable[[Letter], None]:
        if slot not in self._slots:

            def read(letter: Letter) -> None:
                self.latest[slot] = letter

            self._slots[slot] = read
        return self._slots[slot]

    def put_latest(self, slot: str, generation: int, payload: Any) -> None:
        """Put a state."""
        self.pool.mailbox.put_latest(Letter(self._slot(slot), generation, payload))

    def post(self, generation: int, payload: Any) -> None:
        """Append an event."""
        self.pool.mailbox.post(Letter(self.read_event, generation, payload))


class LegacyJob(Job):
    """A job that tells by slot."""

    def __init__(self, name: str, generation: int, mailbox: LegacyMailbox) -> None:
        super().__init__(name, Channel(mailbox.pool.mailbox, mailbox.read_event, generation))
        self._legacy = mailbox

    def put_latest(self, slot: str, payload: Any) -> None:  # type: ignore[override]
        """Put a state."""
        self._legacy.put_latest(slot, self.generation, payload)


REST = 3.0
"""Beside a running training, after each step three times as long a rest: a quarter of a core."""


class SteppedRequest(Protocol):
    """What is asked for."""

    @property
    def rest(self) -> float:
        """How many times as long as a step a pause takes."""


RequestType = TypeVar("RequestType", bound=SteppedRequest)


class SteppedJob(LegacyJob):
    """Answers until stopped; a newer request, or calling off, takes effect between two steps.

    A subclass tells what it has found in a ``finally`` of its steps, so that nothing is lost where
    they are left.
    """

    def __init__(self, name: str, mailbox: LegacyMailbox) -> None:
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


class LatestJob(LegacyJob):
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
        mailbox: LegacyMailbox,
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
                self._legacy.put_latest(self._slot, generation, self._answer(request))
            except Exception as error:  # told; the next request may do better
                self.post(failure_of(self.name, error))
            request = None  # what was asked about may be a whole data set: do not keep it alive
            if self._rest:
                with self._wake:
                    pause = self._rest * (time.perf_counter() - started)
                    self._wake.wait_for(lambda: self._stopping, pause)
