"""Reading a run epoch by epoch in a thread, with as little of a core as training can spare."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from core.insight.epoch_readings import EpochSearch
from core.learning.model_cache import ModelCache
from gui.jobs.legacy import ALWAYS
from gui.jobs.legacy import LegacyJob as Job
from gui.jobs.worker import failure_of

if TYPE_CHECKING:
    from collections.abc import Generator

    from core.data.dataset import Split
    from core.insight.epoch_readings import EpochReadings, EpochRow, EpochSummary
    from core.learning.records import Snapshot
    from core.learning.stopping import BootstrapBand
    from core.progress import Progress
    from gui.jobs.legacy import LegacyMailbox as Mailbox

EPOCHS_SLOT = "epochs of "
"""What a part's name is put behind: one slot of the mailbox for each part."""

REST = 3.0
"""Beside a running training, after each step three times as long a rest: a quarter of a core."""

_TELL_SECONDS = 1.0


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
        self._known: list[tuple[Split, ModelCache[EpochRow]]] = []
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
        self._known = [(split, known) for split, known in self._known if split in wanted]
        for task in request.tasks:
            known = self._known_of(task.split)
            search = EpochSearch(task.split, task.snapshots, band=task.band, known=known)
            steps = self._steps(search, task, generation)
            while not self._outdated:
                started = time.perf_counter()
                if next(steps, None) is None:
                    break
                self._pause(request.rest * (time.perf_counter() - started))
            steps.close()

    def _known_of(self, split: Split) -> ModelCache[EpochRow]:
        for known_split, known in self._known:
            if known_split is split:
                return known
        self._known.append((split, ModelCache()))
        return self._known[-1][1]

    def _steps(
        self, search: EpochSearch, task: EpochsTask, generation: int
    ) -> Generator[Progress, None, None]:
        """Do all of a task, telling of it now and then, and at the end."""
        self._told_at = time.perf_counter()
        for progress in search.run():
            yield progress
            if time.perf_counter() - self._told_at > _TELL_SECONDS:
                self._tell(generation, task, search)
        self._tell(generation, task, search)

    def _tell(self, generation: int, task: EpochsTask, search: EpochSearch) -> None:
        found = search.found()
        if found is not None:
            answer = ShownEpochs(
                part=task.part,
                split=task.split,
                readings=found.readings,
                summary=found.summary,
                complete=found.complete,
                band=found.band,
            )
            self._legacy.put_latest(EPOCHS_SLOT + task.part, generation, answer)
        self._told_at = time.perf_counter()

    @property
    def _outdated(self) -> bool:
        return self._stopping or self._request is not None

    def _pause(self, seconds: float) -> None:
        if seconds > 0:
            with self._wake:
                self._wake.wait_for(lambda: self._outdated, seconds)
