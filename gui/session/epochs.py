"""The state of what is known of a run epoch by epoch: readings, band, kept snapshots."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot

from core.insight.epoch_readings import MOST_EPOCHS, most_epochs, spread_snapshots
from gui.session.epochs_job import (
    EPOCHS_SLOT,
    REST,
    EpochsJob,
    EpochsRequest,
    EpochsTask,
    ShownEpochs,
)

if TYPE_CHECKING:
    from typing import Any

    from numpy.typing import NDArray

    from core.data.dataset import Dataset, Split
    from core.learning.training import EpochRecord
    from gui.jobs.job_pool import JobPool
    from gui.jobs.legacy import LegacyMailbox as Mailbox
    from gui.jobs.mailbox import Letter
    from gui.session.session import Session

REFRESH_SECONDS = 1.0
"""While a run goes on, it is looked at no more often than that."""


class EpochsSession(QObject):
    """Keeps what the kept snapshots of the run read up to date, for the parts that are watched.

    Nothing is computed where nobody watches.
    """

    changed = Signal()
    """More is known, or nothing any more: another run is shown."""

    def __init__(self, session: Session, pool: JobPool, mailbox: Mailbox) -> None:
        super().__init__(session)
        self._session = session
        self._job = EpochsJob(mailbox)
        pool.start(self._job)
        self._watchers: dict[QObject, tuple[str, bool]] = {}
        self._shown: dict[str, ShownEpochs] = {}
        self._asked: tuple[tuple[tuple[str, bool], ...], NDArray[Any]] | None = None
        self._asked_at = 0.0
        self._looked_at = 0
        session.view.run_started.connect(self._run_changed)
        session.view.run_shown.connect(self._run_changed)

    def watch(self, watcher: QObject, part: str | None, *, band: bool = False) -> None:
        """Keep a part up to date for a watcher, with a bootstrap band if asked; None: no part."""
        if part is None:
            self._watchers.pop(watcher, None)
        else:
            self._watchers[watcher] = (part, band)
            self._refresh(at_once=True)

    def of(self, part: str) -> ShownEpochs | None:
        """Return what is known of a part of the run shown, if anything is."""
        dataset, shown = self._session.view.dataset, self._shown.get(part)
        # The part may be one of data that have just gone.
        if shown is None or dataset is None or shown.split is not _split_of(dataset, part):
            return None
        return shown

    def snapshots(self) -> tuple[EpochRecord, ...]:
        """Return the kept epochs of the run shown, as many as one can look at side by side."""
        return self._spread(MOST_EPOCHS)

    def _spread(self, most: int) -> tuple[EpochRecord, ...]:
        history = self._session.view.history
        if history is None or not history.records:
            return ()
        return tuple(spread_snapshots(history.records, most, [history.best.epoch]))

    @Slot()
    def _run_changed(self) -> None:
        """Forget the run shown before, and what is still being read of it."""
        self._looked_at += 1
        self._shown = {}
        self._asked = None
        self.changed.emit()

    def take_latest(self, latest: dict[str, Letter]) -> None:
        """Take in what was read since the last frame, and ask for more if there is more."""
        moved = False
        for slot, letter in latest.items():
            if slot.startswith(EPOCHS_SLOT) and letter.generation == self._looked_at:
                self._shown[letter.payload.part] = letter.payload
                moved = True
        if moved:
            self.changed.emit()
        self._refresh()

    def _refresh(self, *, at_once: bool = False) -> None:
        """Ask for what has changed, unless an answer is under way or was asked for just now."""
        session, watched = self._session, tuple(sorted(set(self._watchers.values())))
        history, dataset = session.view.history, session.view.dataset
        if not watched or dataset is None or history is None or not history.records:
            return
        newest, asked = history.records[-1].weights, self._asked
        if asked is not None and asked[0] == watched:
            now = time.perf_counter()
            resting = session.view.is_running and now - self._asked_at < REFRESH_SECONDS
            if asked[1] is newest or not self._job.idle or (resting and not at_once):
                return
        tasks = []
        for part, band in watched:
            split = _split_of(dataset, part)
            if split is not None:
                snapshots = self._spread(most_epochs(split.n_samples))
                tasks.append(EpochsTask(part, split, snapshots, band))
        # They take memory: what nobody watches any more goes when something else is looked at.
        self._shown = {part: self._shown[part] for part, _ in watched if part in self._shown}
        self._asked, self._asked_at = (watched, newest), time.perf_counter()
        rest = REST if session.view.is_running else 0.0
        self._job.request(self._looked_at, EpochsRequest(tuple(tasks), rest))


def _split_of(dataset: Dataset, part: str) -> Split | None:
    """Return a part, None where the data have no such part."""
    if part == "validation" and dataset.validation is None:
        return None
    return dataset.split(part)
