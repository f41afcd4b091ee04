"""Repeating the settings shown with many seeds: on demand, also where nobody looks."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot

from core.errors import printable
from core.learning.sweep.seed_band import SeedBand, SeedSearch
from core.words import counted
from gui.jobs.study import Study
from gui.session.run_state import RunState

if TYPE_CHECKING:
    from core.data.dataset import Dataset
    from core.learning.course import Course
    from core.learning.runs import Run
    from gui.session.session import Session

_TELL_SECONDS = 0.1
SHOW_SECONDS = 0.5
"""A growing band is drawn this often."""

_AS_IT_WAS = "start again with its data settings, then repeat it."


@dataclass(frozen=True, slots=True, eq=False)
class SeedsQuestion:
    """A run to be repeated, and the number and name of the band that comes of it."""

    key: int
    name: str
    run: Run
    dataset: Dataset
    course: Course
    n_seeds: int


class Seeds(QObject):
    """One repetition at a time; what comes of it goes into the list of runs."""

    changed = Signal()
    """Whether seeds are being trained, or how far they are."""

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._question: SeedsQuestion | None = None
        self._shown_at = 0.0
        self._is_listed = False
        self._study: Study[SeedsQuestion, SeedBand] = Study(
            session.view,
            session.pool,
            "training seeds",
            lambda: self._question,
            lambda q: SeedSearch(q.dataset, q.course, q.n_seeds),
            on_demand=True,
            tell=_TELL_SECONDS,
            rest=0.0,  # a person waits for them
            is_of_data=False,  # they go on while others are looked at
            parent=self,
        )
        self._study.changed.connect(self._follow)
        self._study.failed.connect(self.call_off)

    @property
    def is_computing(self) -> bool:
        """Whether seeds are being trained."""
        return self._question is not None

    @property
    def share(self) -> float:
        """How much of the training is done, 0 to 1."""
        progress = self._study.progress
        return 0.0 if progress is None else progress.done / progress.total

    @property
    def epochs(self) -> tuple[int, int] | None:
        """Whole passes done, and asked for; None before anything is told."""
        question, progress = self._question, self._study.progress
        if question is None or progress is None:
            return None
        start, last = question.course.start, question.course.last_config.epochs
        first = 0 if start is None else start.epoch
        n_passes = max(last - first, 1)
        return first + progress.done * n_passes // progress.total, last

    def repeat(self, n_seeds: int, key: int | None = None) -> None:
        """Do a run, or the one shown, again with so many seeds; earlier ones end.

        Every seed goes through all changes that were made in the run, at the same updates.
        """
        view, runs, messages = self._session.view, self._session.runs, self._session.messages
        run, dataset = runs.run(key) or runs.shown, view.dataset
        if run is None or dataset is None or not run.history.records:
            messages.warn("There is no run to repeat yet: let one begin first.")
            return
        if not view.has_data_of(run):
            messages.warn(f"This run learnt other images than there are now: {_AS_IT_WAS}")
            return
        is_over = run is not runs.live or view.run_state is RunState.FINISHED
        course = run.course(goes_on=not is_over)
        if course is None:
            assert run.branch is not None
            messages.warn(
                f"Up to epoch {run.branch.epoch} this branch was another run that learnt other "
                "images: its past cannot be done again with other seeds. Repeat the run it left."
            )
            return
        self.call_off()
        entry = runs.entry(run.key)
        self._question = SeedsQuestion(
            key=runs.next_key(),
            name=f"{counted(n_seeds, 'seed')} of {'' if entry is None else entry.name}",
            run=run,
            dataset=dataset,
            course=course,
            n_seeds=n_seeds,
        )
        self._is_listed = False
        self._study.start()

    @Slot()
    def call_off(self) -> None:
        """End the training; what was found so far stays in the list."""
        if self._question is not None:
            self._question = None
            self._study.forget()  # all that it holds of the data

    @Slot()
    def _follow(self) -> None:
        """Show how far it is, and the band so far; in the end the whole of it."""
        question, answer = self._question, self._study.answer
        if question is not None and answer is not None:
            if answer.error is not None:
                self._session.messages.warn(str(answer.error))
                self.call_off()
            elif answer.found is not None:
                self._show(question, answer.found, is_whole=answer.is_whole)
        self.changed.emit()

    def _show(self, question: SeedsQuestion, band: SeedBand, *, is_whole: bool) -> None:
        now, runs = time.perf_counter(), self._session.runs
        # All curves are drawn anew for it.
        if not is_whole and now - self._shown_at < SHOW_SECONDS:
            return
        if self._is_listed and runs.any(question.key) is None:
            self.call_off()  # a person has taken it off the list
            return
        self._is_listed, self._shown_at = True, now
        runs.show_band(question.key, band, question.run, question.name)
        if is_whole:
            self.call_off()
            self._session.messages.note(f"{printable(question.name)}: {band.chance}.")
