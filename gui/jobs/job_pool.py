"""The jobs of one window: started, numbered, read 30 times a second, and ended together."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, QTimer, Signal, Slot

from gui.jobs.mailbox import Mailbox

if TYPE_CHECKING:
    from gui.jobs.worker import Job

FRAME_MILLISECONDS = 33
STOP_SECONDS = 0.4
"""Longer than any job needs between two looks at the clock, shorter than a person notices."""


class JobPool(QObject):
    """Keeps hold of running jobs, so that none outlives the window, and hands out their letters."""

    frame = Signal()
    """All letters have been read; whoever follows time may move on."""
    failed = Signal(object)
    """A :class:`~gui.jobs.worker.Failed` that is to be told as a message."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.mailbox = Mailbox()
        self._jobs: list[Job] = []
        self._timer = QTimer(self, timerType=Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self.read_letters)
        self._timer.start(FRAME_MILLISECONDS)

    @property
    def running(self) -> list[str]:
        """Names of the jobs whose threads have not ended."""
        return [job.name for job in self._jobs if job.is_alive()]

    def start(self, job: Job) -> None:
        """Start a job, unless the pool was closed."""
        if self._timer.isActive():
            self._jobs.append(job)
            job.start()

    @Slot()
    def read_letters(self) -> None:
        """Give everything the jobs have sent since the last frame to whom it is for."""
        for letter in self.mailbox.take():
            letter.to(letter)
        self._jobs = [job for job in self._jobs if job.is_alive()]  # one that ended may hold data
        self.frame.emit()

    def close(self) -> bool:
        """End every job; return whether all ended in time."""
        self._timer.stop()
        for job in self._jobs:
            job.request_stop()
        deadline = time.perf_counter() + STOP_SECONDS
        for job in self._jobs:
            job.join(max(0.0, deadline - time.perf_counter()))
        return not self.running
