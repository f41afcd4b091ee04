"""The thread of a study: it answers the newest question, step by step."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Generic

from core.errors import ExplorerError
from gui.jobs.question import Answer, Found, Question, is_as
from gui.jobs.worker import Job, failure_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from core.search import Search
    from gui.jobs.mailbox import Channel

_TELLING = 10.0
"""What takes long to tell is told so seldom that telling takes no more than a tenth of the time."""


class StudyJob(Job, Generic[Question, Found]):
    """Answers the newest question; a search that was left is gone on with when asked for again.

    Parameters
    ----------
    begin : returns the search that answers a question; runs in the thread
    tell : seconds between two tellings at least; 0 to tell after every step
    keep : searches that can be gone on with
    """

    def __init__(
        self,
        name: str,
        channel: Channel,
        begin: Callable[[Question], Search[Found]],
        *,
        tell: float,
        keep: int,
    ) -> None:
        super().__init__(name, channel)
        self._begin, self._tell_seconds, self._keep = begin, tell, keep
        self._asked: Question | None = None
        self.rest = 0.0
        """How many times as long as a step a pause takes; set while it works, too."""
        self._busy = self._called_off = False
        self._searches: list[tuple[Question, Search[Found]]] = []

    def ask(self, question: Question) -> None:
        """Ask; what is being done for an older question is left."""
        with self._wake:
            self._asked, self._called_off = question, False
            self._wake.notify_all()

    def call_off(self) -> None:
        """Leave what is being done, and what was asked for; what was found is told."""
        with self._wake:
            self._asked, self._called_off = None, self._busy
            self._wake.notify_all()

    def forget(self, channel: Channel) -> None:
        """Call off, and let go of every search: they hold a whole data set.

        Letters go by another way from now on, so that those on theirs are known to be outdated.
        """
        with self._wake:
            self._channel = channel
            self._asked, self._called_off = None, self._busy
            self._searches = []
            self._wake.notify_all()

    @property
    def idle(self) -> bool:
        """Whether everything asked for has been answered, has failed, or was called off."""
        with self._wake:
            return self._asked is None and not self._busy

    @property
    def _outdated(self) -> bool:
        return self.is_stopping or self._called_off or self._asked is not None

    def work(self) -> None:
        """Answer until stopped."""
        while True:
            with self._wake:
                self._busy = self._called_off = False
                self._wake.wait_for(lambda: self.is_stopping or self._asked is not None)
                if self.is_stopping:
                    return
                assert self._asked is not None
                question, self._asked = self._asked, None
                self._busy, channel = True, self._channel
            try:
                pause = self._answer(question, channel)
            except Exception as error:  # told; the next question may do better
                channel.post(failure_of(self.name, error))
                pause = 0.0
            del question  # it may keep a whole data set alive
            self._rest_after(pause)

    def _rest_after(self, pause: float) -> None:
        """Rest after an answer, unless a person asks: who asks beside no training rests not."""
        with self._wake:
            self._busy = False
            if pause > 0:
                self._wake.wait_for(
                    lambda: self.is_stopping or (self._asked is not None and not self.rest), pause
                )

    def _answer(self, question: Question, channel: Channel) -> float:
        """Answer, telling now and then, and in the end or when left; return the pause after it."""
        search: Search[Found] | None = None
        progress, pause = None, 0.0
        due = time.perf_counter() + self._tell_seconds
        try:
            search = self._search_of(question, channel)
            steps = search.run()
            while not self._outdated:
                # The time it computes, not that in which it waits for its turn: where a training
                # and a window compute too, a step takes several times as long.
                started = time.thread_time()
                step = next(steps, None)
                now = time.perf_counter()
                pause = self.rest * (time.thread_time() - started)
                if step is None:
                    channel.put_latest(Answer(question, search.found(), progress, is_whole=True))
                    return pause
                progress = step
                if now > due:
                    channel.put_latest(Answer(question, search.found(), progress))
                    told = time.perf_counter()
                    due = told + self._until_next(told - now)
                if pause > 0:
                    with self._wake:
                        self._wake.wait_for(lambda: self._outdated, pause)
            steps.close()
            if not self.is_stopping and progress is not None:  # else nothing is known that was not
                channel.put_latest(Answer(question, search.found(), progress))
        except ExplorerError as error:
            found = None if search is None else search.found()
            channel.put_latest(Answer(question, found, progress, is_whole=True, error=error))
        return pause

    def _until_next(self, took: float) -> float:
        """Return how long the next telling waits after one that took so long."""
        return self._tell_seconds and max(self._tell_seconds, _TELLING * took)

    def _search_of(self, question: Question, channel: Channel) -> Search[Found]:
        with self._wake:
            known = list(self._searches)
        for old, search in known:
            if is_as(old, question):
                return search
        search = self._begin(question)
        with self._wake:
            if channel is self._channel:  # else it is of data that were forgotten meanwhile
                self._searches = [*self._searches, (question, search)][-self._keep :]
        return search
