"""Repeating the settings shown with many seeds: one job at a time, and the bands it makes."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from core.errors import printable
from gui.jobs.worker import Failed
from gui.tune.runs.seeds_job import SEEDS_NAME, SEEDS_SLOT, SeedsDone, SeedsJob, SeedsState

if TYPE_CHECKING:
    from core.learning.runs import Run
    from core.learning.sweep.seed_band import SeedBand
    from gui.jobs.job_pool import JobPool
    from gui.jobs.legacy import LegacyMailbox as Mailbox
    from gui.jobs.mailbox import Letter
    from gui.session.session import Session


_SHOW_SECONDS = 0.5
"""A growing band is drawn this often."""


class SeedsSession(QObject):
    """Starts the job, and puts what comes of it into the list of runs."""

    changed = Signal()
    """Whether seeds are being trained, or how far they are."""

    def __init__(self, session: Session, pool: JobPool, mailbox: Mailbox) -> None:
        super().__init__(session)
        self._session, self._pool, self._mailbox = session, pool, mailbox
        self._generation = -1
        self._run: Run | None = None
        self._key = 0
        self._name = ""
        self._shown_at = 0.0
        self._is_listed = False
        self.state: SeedsState | None = None
        """How far the seeds are; None when none are being trained."""

    @property
    def is_training(self) -> bool:
        """Whether seeds are being trained."""
        return self._run is not None

    def repeat(self, n_seeds: int) -> None:
        """Train the settings of the run shown again with so many seeds; earlier ones end."""
        session = self._session
        run, dataset = session.runs.shown, session.view.dataset
        if run is None or dataset is None or not run.history.records:
            session.messages.notified.emit(
                "There is no run to repeat yet: let one begin first.", True
            )
            return
        if not session.view.has_data_of(run):
            words = "This run learnt other images than there are now: rewind with its data settings"
            session.messages.notified.emit(f"{words}, then repeat it.", True)
            return
        self.cancel()
        entry = session.runs.entry(run.key)
        name = "" if entry is None else entry.name
        self._generation = self._pool.next_generation()
        self._run, self._key = run, session.runs.next_key()
        self._is_listed = False
        self._name = f"{n_seeds} seeds of {name}"
        start = None if run.is_own_start else run.history.records[0].checkpoint
        job = SeedsJob(
            generation=self._generation,
            mailbox=self._mailbox,
            dataset=dataset,
            config=session.view.shown_config,
            n_seeds=n_seeds,
            start=start,
        )
        self._pool.start(job)
        self.changed.emit()

    def cancel(self) -> None:
        """End the training; what was found so far stays in the list."""
        if self._run is None:
            return
        self._pool.stop_named(SEEDS_NAME)
        self._generation = self._pool.next_generation()
        self._run = self.state = None
        self.changed.emit()

    def _show(self, band: SeedBand) -> None:
        assert self._run is not None
        if self._is_listed and self._session.runs.band(self._key) is None:
            self.cancel()  # a person has taken it off the list
            return
        self._is_listed = True
        self._session.runs.show_band(self._key, band, self._run, self._name)

    def take_event(self, letter: Letter) -> bool:
        """Take in the end of the training; return whether it was that."""
        if letter.generation != self._generation or self._run is None:
            return False
        answer = letter.payload
        if isinstance(answer, SeedsDone):
            self._show(answer.band)
            self._session.messages.notified.emit(f"{printable(self._name)}: {answer.band}.", False)
        elif isinstance(answer, Failed):
            self._session.messages.tell(answer)
        self._run = self.state = None
        self.changed.emit()
        return True

    def take_latest(self, latest: dict[str, Letter]) -> None:
        """Take in how far it is, and the band so far."""
        letter = latest.get(SEEDS_SLOT)
        if letter is None or letter.generation != self._generation or self._run is None:
            return
        self.state = letter.payload
        now = time.perf_counter()
        # All curves are drawn anew for it, and the end of the training shows the whole band.
        if letter.payload.band is not None and now - self._shown_at >= _SHOW_SECONDS:
            self._shown_at = now
            self._show(letter.payload.band)
        self.changed.emit()
