"""One mechanism for all that a panel wants to know: question -> core search -> newest answer."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Generic, Protocol

from PySide6.QtCore import QObject, Signal, Slot

from gui.jobs.answering import StudyJob
from gui.jobs.question import Answer, Found, Question, about, is_as, same
from gui.jobs.worker import Failed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from PySide6.QtCore import SignalInstance

    from core.progress import Progress
    from core.search import Search
    from gui.jobs.job_pool import JobPool
    from gui.jobs.mailbox import Letter

REST = 3.0
"""Beside a running training, after each step three times as long a rest: a quarter of a core."""


class Viewed(Protocol):
    """What is shown, and whether it goes on: all that a study knows of the session."""

    shown_changed: SignalInstance
    forgotten: SignalInstance
    dataset_changed: SignalInstance
    run_state_changed: SignalInstance

    @property
    def is_running(self) -> bool:
        """Whether a model is being trained: computing must leave it most of a core."""

    @property
    def goes_on(self) -> bool:
        """Whether the model shown is the one being trained: it is another all the time."""


class Study(QObject, Generic[Question, Found]):
    """Keeps the answer to one question of a panel up to date while somebody looks.

    A question is a frozen dataclass; its field or property ``weights`` is the model, or several
    (and ``epoch``, ``epochs`` or ``models`` more of them), all others are what it is about. The
    thread begins with the first question.

    Parameters
    ----------
    view : what is shown
    pool : where its thread is started and its letters are read
    name : in words, of the thread and of an error
    wanted : returns the question as it stands now, None where there is none
    begin : returns the search of core that answers it; runs in the thread
    follows : signals after which the question may be another
    on_demand : it is asked by :meth:`start` alone, and goes on where nobody looks
    refresh : seconds at least between two looks whether a model that learns on asks for more
    tell : seconds between two tellings at least; 0 to tell after every step
    rest : beside a running training, how many times as long as a step a pause takes
    gives_way : tells whether it rests without a training too
    browse : fields by which a person goes from one answer to the next; until that is known, the
        one before is shown
    keep : searches that can be gone on with, and that are known again at once
    holds : whether what a person calls off waits until they go on; else only until the model or
        the question is another
    is_of_data : whether other data make all of it void
    parent : it ends with that
    """

    changed = Signal()
    """What is known, or whether more is to come."""
    failed = Signal(object)
    """A :class:`~gui.jobs.worker.Failed` that nobody foresaw; it is told already."""

    def __init__(
        self,
        view: Viewed,
        pool: JobPool,
        name: str,
        wanted: Callable[[], Question | None],
        begin: Callable[[Question], Search[Found]],
        *,
        follows: Iterable[SignalInstance] = (),
        on_demand: bool = False,
        refresh: float = 0.4,
        tell: float = 0.2,
        rest: float = REST,
        gives_way: Callable[[], bool] = lambda: False,
        browse: frozenset[str] = frozenset(),
        keep: int = 1,
        holds: bool = True,
        is_of_data: bool = True,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._view, self._pool, self._wanted = view, pool, wanted
        self._on_demand, self._refresh_seconds, self._rest = on_demand, refresh, rest
        self._gives_way, self._browse = gives_way, browse
        self._keep, self._holds = keep, holds
        self._asked: Question | None = None
        self._held: Question | None = None
        self._looked_at = 0.0
        self._is_watched = self._was_computing = self._has_begun = False
        self._known: list[Answer[Question, Found]] = []
        """One of each question, the newest last."""
        self._job: StudyJob[Question, Found] = StudyJob(
            name, pool.mailbox.channel(self.read), begin, tell=tell, keep=keep
        )
        self.destroyed.connect(self._job.request_stop)
        for signal in follows:
            signal.connect(self.ask)
        if is_of_data:
            view.forgotten.connect(self.forget)
            view.dataset_changed.connect(self.ask)
        view.shown_changed.connect(self._model_changed)
        view.run_state_changed.connect(self._model_changed)
        pool.frame.connect(self._follow)

    @property
    def answer(self) -> Answer[Question, Found] | None:
        """What is known of what is asked; of the model before until that is; never of other data.

        Beside a run that goes on the last whole answer: what is half known would come and go.
        """
        asked = self._asked
        if asked is None:
            return None
        wanted = about(asked, self._browse)
        known = [
            answer
            for answer in self._known
            if (answer.is_whole or answer.found is not None)
            and same(about(answer.question, self._browse), wanted)
        ]
        if self._view.goes_on:
            # Where a person goes on what is half known of the next is more than the one before.
            better = [
                answer
                for answer in known
                if answer.is_whole and same(about(answer.question), about(known[-1].question))
            ]
        else:
            better = [answer for answer in known if is_as(answer.question, asked)]
        return next(iter((better or known)[-1:]), None)

    def _known_of(self, question: Question | None) -> Answer[Question, Found] | None:
        """Return what is known of just this."""
        return next((a for a in self._known if is_as(a.question, question)), None)

    @property
    def found(self) -> Found | None:
        """What is found by now, as of :attr:`answer`."""
        return None if self.answer is None else self.answer.found

    @property
    def problem(self) -> str:
        """Why nothing can be found, in words; empty where nothing is wrong."""
        return "" if self.answer is None else self.answer.problem

    @property
    def progress(self) -> Progress | None:
        """How far the search for what is asked is; None before it has told."""
        known = self._known_of(self._asked)
        return None if known is None else known.progress

    @property
    def is_computing(self) -> bool:
        """Whether more is to come."""
        return not self._job.idle

    @property
    def is_whole(self) -> bool:
        """Whether what was asked, which may be of the model before, has been answered."""
        known = self._known_of(self._asked)
        return known is not None and known.is_whole

    @property
    def is_under_way(self) -> bool:
        """Whether what was asked is being answered, and nobody has called it off."""
        return self.is_computing and not (self.is_held or self.is_whole)

    @property
    def is_held(self) -> bool:
        """Whether a person has stopped it, and may go on."""
        return self._held is not None

    @property
    def is_settled(self) -> bool:
        """Whether the question as it stands now has been answered as far as it can be."""
        question = self._wanted()
        known = self._known_of(question)
        return question is None or (known is not None and known.is_whole)

    def watch(self, is_watched: bool) -> None:
        """Keep the answer up to date, or let nothing be computed for what nobody sees."""
        self._is_watched = is_watched
        if not is_watched and not self._on_demand:
            self._job.call_off()
            self._asked = self._held = None
        self._refresh(at_once=True)

    @Slot()
    def ask(self) -> None:
        """Look whether the question is another now, and have it answered at once."""
        self._refresh(at_once=True)

    def start(self) -> None:
        """Ask on demand; what was found before gives way."""
        self._asked = self._held = None
        self._known = []
        self._submit(self._wanted())
        self.changed.emit()

    @Slot()
    def call_off(self) -> None:
        """Stop; what was found stays, and nothing is begun until a person goes on."""
        # What has come to its end meanwhile needs no way to go on.
        self._held = None if self._job.idle or not self._holds else self._asked
        self._job.call_off()
        self.changed.emit()

    @Slot()
    def go_on(self) -> None:
        """Search on where it was stopped."""
        held, self._held, self._asked = self._held, None, None
        self._submit(held if self._on_demand else self._wanted())
        self.changed.emit()

    @Slot()
    def _model_changed(self) -> None:
        # A person who chooses an epoch is answered at once; a run that goes on is not.
        self._refresh(at_once=not self._view.goes_on)

    @Slot()
    def forget(self) -> None:
        """Forget what was found, and the data it is of; what is under way is left."""
        self._job.forget(self._pool.mailbox.channel(self.read))
        self._asked = self._held = None
        self._known = []
        self.changed.emit()

    def _refresh(self, *, at_once: bool = False) -> None:
        now = time.perf_counter()
        rested = now - self._looked_at >= self._refresh_seconds
        if self._on_demand or not self._is_watched or not (at_once or (rested and self._job.idle)):
            return
        self._looked_at = now
        question = self._wanted()
        if question is None:
            self._drop()
            return
        if is_as(question, self._asked) or self._is_kept_back(question):
            return
        self._held = None
        known = self._known_of(question)
        if known is not None and known.is_whole:
            self._job.call_off()
            self._asked = question
            self._remember(known)
        else:
            self._submit(question)
        self.changed.emit()

    def _remember(self, answer: Answer[Question, Found]) -> None:
        """Keep an answer as the newest, in the place of an older one to the same question."""
        others = [a for a in self._known if not is_as(a.question, answer.question)]
        if len(others) == 2 * self._keep:
            others.remove(next((a for a in others if not a.is_whole), others[0]))
        self._known = [*others, answer]

    def _is_kept_back(self, question: Question) -> bool:
        """Whether a person has stopped just this; one that learns on is another all the time."""
        held = self._held
        if held is None:
            return False
        if self._view.goes_on:
            return same(about(question), about(held))
        return is_as(question, held)

    def _drop(self) -> None:
        """Ask nothing: there is no question."""
        if self._asked is not None:
            self._job.call_off()
            self._asked = self._held = None
            self.changed.emit()

    def _submit(self, question: Question | None) -> None:
        if question is None:
            return
        if not self._has_begun:
            self._has_begun = True
            self._pool.start(self._job)
        self._asked = question
        self._set_rest()
        self._job.ask(question)

    def _set_rest(self) -> None:
        self._job.rest = self._rest if self._view.is_running or self._gives_way() else 0.0

    def read(self, letter: Letter) -> None:
        """Take in what was found."""
        if self._job.is_stopping or letter.generation != self._job.generation:
            return
        if isinstance(letter.payload, Failed):
            self._held = self._asked  # who wants to may try again
            self._pool.failed.emit(letter.payload)
            self.failed.emit(letter.payload)
        elif self._asked is None:
            return
        else:
            self._remember(letter.payload)
            if letter.payload.is_whole and is_as(letter.payload.question, self._held):
                self._held = None  # it came to its end all the same
        self._was_computing = self.is_computing
        self.changed.emit()

    @Slot()
    def _follow(self) -> None:
        """Tell of the end of computing, and ask for more if there is more."""
        if not self._has_begun and not self._is_watched:
            return
        is_computing = self.is_computing
        if is_computing != self._was_computing:
            self._was_computing = is_computing
            self.changed.emit()
        self._set_rest()
        self._refresh()
