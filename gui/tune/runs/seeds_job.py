"""The shown settings repeated with other seeds, all at once, beside the run a person watches."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from core.errors import SettingError
from core.learning.sweep.seed_band import SeedBand, seed_band
from core.learning.sweep.sweep import SeedSweep, SweepRecord
from gui.jobs.legacy import LegacyJob as Job

if TYPE_CHECKING:
    from core.data.dataset import Dataset
    from core.learning.sweep.sweep import SweepEvent
    from core.learning.training import Checkpoint, TrainingConfig
    from gui.jobs.legacy import LegacyMailbox as Mailbox

SEEDS_SLOT = "seeds"
SEEDS_NAME = "training seeds"
BAND_SECONDS = 1 / 10
"""Curves are redrawn ten times a second at most; a band is not computed more often."""


@dataclass(frozen=True, slots=True)
class SeedsState:
    """How far the seeds have come.

    Attributes
    ----------
    epoch, last_epoch : whole passes done, and asked for
    progress : 0 to 1, counted in batches
    band : the records so far, read-only, or None before the first
    """

    epoch: int
    last_epoch: int
    progress: float
    band: SeedBand | None


@dataclass(frozen=True, slots=True)
class SeedsDone:
    """All seeds are trained, or all have diverged; ``band`` holds every record."""

    band: SeedBand


class SeedsJob(Job):
    """One :class:`SeedSweep`, from its start to its end.

    Parameters
    ----------
    dataset, config, n_seeds, start
        As the sweep takes them; what is wrong with them is told as the job's failure.
    """

    def __init__(
        self,
        generation: int,
        mailbox: Mailbox,
        dataset: Dataset,
        config: TrainingConfig,
        n_seeds: int,
        start: Checkpoint | None = None,
    ) -> None:
        super().__init__(SEEDS_NAME, generation, mailbox)
        self._dataset = dataset
        self._config = config
        self._n_seeds = n_seeds
        self._start = start
        self._records: list[SweepRecord] = []
        self._band: SeedBand | None = None
        self._band_due = 0.0

    def work(self) -> None:
        """Train all seeds, unless stopped."""
        sweep = SeedSweep(self._dataset, self._config, self._n_seeds, start=self._start)
        first_epoch = sweep.epoch
        for event in sweep.run():
            if self._stopping:
                return
            self._tell(sweep, event, first_epoch)
        if not self._records:  # begun within a pass that is not asked for
            raise SettingError("this branch begins after its last epoch; ask for more epochs")
        band = seed_band(sweep.seeds, self._records)
        last = self._config.epochs
        self.put_latest(SEEDS_SLOT, SeedsState(sweep.epoch, last, 1.0, band))
        self.post(SeedsDone(band))

    def _tell(self, sweep: SeedSweep, event: SweepEvent, first_epoch: int) -> None:
        """Send how far it is, and the band where one is due."""
        if isinstance(event, SweepRecord):
            self._records.append(event)
        now = time.perf_counter()
        if isinstance(event, SweepRecord) and now >= self._band_due:
            self._band = seed_band(sweep.seeds, self._records)
            # A long run's band takes longer: at most a tenth of the time goes into it.
            took = time.perf_counter() - now
            self._band_due = now + max(BAND_SECONDS, 10 * took)
        last = self._config.epochs
        here = sweep.progress()
        done = here.epoch + here.batch / here.n_batches - first_epoch
        progress = min(done / max(last - first_epoch, 1), 1.0)
        self.put_latest(SEEDS_SLOT, SeedsState(here.epoch, last, progress, self._band))
