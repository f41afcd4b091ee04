"""Reading a run epoch by epoch in a thread, with as little of a core as training can spare."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from core.insight.epoch_readings import EpochReader
from core.learning.stopping import bootstrapping
from gui.jobs.worker import ALWAYS, Job, failure_of

if TYPE_CHECKING:
    from collections.abc import Generator

    from core.data.dataset import Split
    from core.insight.epoch_readings import EpochReadings, EpochSummary, Snapshot
    from core.learning.stopping import BootstrapBand
    from core.progress import Progress
    from gui.jobs.mailbox import Mailbox

EPOCHS_SLOT = "epochs of "
"""What a part's name is put behind: one slot of the mailbox for each part."""

REST = 3.0
"""Beside a running training, after each step three times as long a rest: a quarter of a core."""

_TELL_SECONDS = 1.0
_BOOTSTRAP_SEED = 0
"""The band of a run is the same each time one looks at it."""


@dataclass(frozen=True, slots=True, eq=False)
class EpochsTask:
    """A part that is looked at, the snapshots to read in it, and whether a band is wanted."""

    part: str
    split: Split
    snapshots: tuple[Snapshot, ...]
    band: bool


@dataclass(frozen=True, slots=True)
class EpochsRequest:
    """What is to be kept up to date; ``rest`` is how many times as long as a step a pause takes."""

    tasks: tuple[EpochsTask, ...]
    rest: float


@dataclass(frozen=True, slots=True, eq=False)
class ShownEpochs:
    """What a run reads in a part, as far as it has been looked at.

    ``band`` is None where none is wanted, or none is there yet.
    """

    part: str
    split: Split
    readings: EpochReadings
    summary: EpochSummary
    complete: bool
    band: BootstrapBand | None


class EpochsJob(Job):
    """Answers the newest request, part by part; a newer one takes its place between two steps.

    What was read of a snapshot is used again as long as its part is asked for.
    """

    def __init__(self, mailbox: Mailbox) -> None:
        super().__init__("reading epochs", ALWAYS, mailbox)
        self._request: tuple[int, EpochsRequest] | None = None
        self._busy = False
        self._readers: list[EpochReader] = []
        self._told_at = 0.0

    def request(self, generation: int, request: EpochsRequest) -> None:
        """Ask; what is being done for an older request is left."""
        with self._wake:
            self._request = (generation, request)
            self._wake.notify_all()

    @property
    def idle(self) -> bool:
        """Whether everything asked for has been answered, or has failed."""
        with self._wake:
            return self._request is None and not self._busy

    def work(self) -> None:
        """Answer until stopped."""
        while True:
            with self._wake:
                self._busy = False
                self._wake.wait_for(lambda: self._stopping or self._request is not None)
                if self._stopping:
                    return
                assert self._request is not None
                (generation, request), self._request = self._request, None
                self._busy = True
            try:
                self._answer(generation, request)
            except Exception as error:  # told; the next request may do better
                self.post(failure_of(self.name, error))
            del request  # it may keep a whole data set alive

    def _answer(self, generation: int, request: EpochsRequest) -> None:
        wanted = [task.split for task in request.tasks]
        self._readers = [reader for reader in self._readers if reader.split in wanted]
        for task in request.tasks:
            reader = self._reader_of(task.split)
            steps = self._steps(reader, task, generation, request.rest)
            while not self._outdated:
                started = time.perf_counter()
                if next(steps, None) is None:
                    break
                self._pause(request.rest * (time.perf_counter() - started))
            steps.close()

    def _reader_of(self, split: Split) -> EpochReader:
        for reader in self._readers:
            if reader.split is split:
                return reader
        self._readers.append(EpochReader(split))
        return self._readers[-1]

    def _steps(
        self, reader: EpochReader, task: EpochsTask, generation: int, rest: float
    ) -> Generator[Progress, None, None]:
        """Do all of a task, telling of it now and then, and at the end."""
        self._told_at = time.perf_counter()
        for progress in reader.reading(task.snapshots):
            yield progress
            if time.perf_counter() - self._told_at > _TELL_SECONDS:
                self._tell(generation, task, reader.readings(task.snapshots))
        readings = reader.readings(task.snapshots)
        band = None
        if task.band:
            rng = np.random.default_rng(_BOOTSTRAP_SEED)
            band = yield from bootstrapping(readings.log_likelihood, readings.epochs, rng=rng)
        self._tell(generation, task, readings, complete=True, band=band)

    def _tell(
        self,
        generation: int,
        task: EpochsTask,
        readings: EpochReadings,
        *,
        complete: bool = False,
        band: BootstrapBand | None = None,
    ) -> None:
        summary = readings.summary(len(task.snapshots[0].weights))
        answer = ShownEpochs(task.part, task.split, readings, summary, complete, band)
        self._mailbox.put_latest(EPOCHS_SLOT + task.part, generation, answer)
        self._told_at = time.perf_counter()

    @property
    def _outdated(self) -> bool:
        return self._stopping or self._request is not None

    def _pause(self, seconds: float) -> None:
        if seconds > 0:
            with self._wake:
                self._wake.wait_for(lambda: self._outdated, seconds)
