"""What runs that differ only in their seed have in common, and how far they lie apart."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from core.data.dataset import read_only
from core.errors import SettingError
from core.learning.history import METRICS, PARTS
from core.learning.sweep.sweep import Sweep, SweepRecord, with_seeds
from core.learning.whole_curves import band_of_members, n_held
from core.progress import Progress
from core.words import DOWN, UP, counted, fixed

if TYPE_CHECKING:
    from collections.abc import Generator, Mapping, Sequence

    from numpy.typing import NDArray

    from core.data.dataset import Dataset
    from core.learning.course import Course

MANY_SEEDS = 20
"""From so many seeds on the band leaves the outermost out: one odd run must not widen it."""

_ENOUGH_FOR_QUARTILES = 4

_MOST = 0.9
"""Of many seeds, the band holds so many."""


@dataclass(frozen=True, slots=True, eq=False)
class Band:
    """One curve of all members: (n_epochs,) each, read-only, NaN where no member is left."""

    low: NDArray[np.float64]
    median: NDArray[np.float64]
    high: NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class SeedBand:
    """All members' curves as far as they are recorded; every array is read-only.

    Low and high are the smallest and the largest of all members, from :data:`MANY_SEEDS` members on
    of nine of ten, which the band holds whole (:mod:`core.learning.whole_curves`). Members that
    have diverged are left out from then on, and counted.

    Attributes
    ----------
    seeds : one per member, in the order of the columns below
    epochs : (n_epochs,)
    curves : ``train_score``, ``test_log_likelihood``, ... -> (n_epochs, R)
    bands : the same names, and ``train_error``, ... -> :class:`Band`
    best_epochs : (R,)
        Where each member has its best held-out log-likelihood; the earliest wins a tie, what is not
        a number never wins.
    n_diverged : members no longer finite at the last recorded epoch
    """

    seeds: tuple[int, ...]
    epochs: NDArray[np.int64]
    curves: Mapping[str, NDArray[np.float64]]
    bands: Mapping[str, Band]
    best_epochs: NDArray[np.int64]
    n_diverged: int

    @property
    def has_validation(self) -> bool:
        """Whether a validation part was measured."""
        return "validation_score" in self.curves

    @property
    def held_out_part(self) -> str:
        """The part that chooses the best epochs."""
        return "validation" if self.has_validation else "test"

    @property
    def median_best_epoch(self) -> float:
        """The median of :attr:`best_epochs`."""
        return float(np.median(self.best_epochs))

    def band(self, part: str, metric: str) -> Band:
        """Return one curve's band, named as ``curve`` names it."""
        return self.bands[f"{part}_{metric}"]

    def __str__(self) -> str:
        """Say what the band shows, for a legend."""
        n = len(self.seeds)
        words = "all" if n_within(n) == n else f"at least {n_within(n)} of"
        seeds = counted(n, "seed")
        diverged = f", {self.n_diverged} diverged" if self.n_diverged else ""
        return f"median and {words} {seeds}{diverged}"

    @property
    def chance(self) -> str:
        """How far apart the seeds' held-out scores lie in the end, in words."""
        last = self.curves[f"{self.held_out_part}_score"][-1]
        scores = np.sort(last[~np.isnan(last)])
        diverged = f", {self.n_diverged} diverged" if self.n_diverged else ""
        if not len(scores):
            return f"all {len(last)} diverged" if len(last) > 1 else "diverged"
        part, at = self.held_out_part, f"the end, epoch {self.epochs[-1]:,}"
        words = f"{part} score at {at}: {_range(scores[0], scores[-1])}"
        if len(scores) >= _ENOUGH_FOR_QUARTILES:
            words += f", half of them within {_range(*np.quantile(scores, (0.25, 0.75)))}"
        return f"{words}{diverged}"


def _range(low: float, high: float) -> str:
    """Return both ends, rounded outward, with four digits where three would not tell them apart."""
    if low == high:
        return fixed(low, 4).removeprefix("0") or "0"
    n_digits = 4 if f"{low:.3f}" == f"{high:.3f}" else 3
    ends = (fixed(low, n_digits, DOWN), fixed(high, n_digits, UP))
    return " to ".join(end.removeprefix("0") or "0" for end in ends)


def n_within(n_members: int) -> int:
    """Return how many of so many members a band holds, at least."""
    return n_held(n_members, _MOST if n_members >= MANY_SEEDS else 1.0)


def seed_band(seeds: Sequence[int], records: Sequence[SweepRecord]) -> SeedBand:
    """Summarise the records of a sweep, one at least, in order of epochs."""
    parts = PARTS if records[0].validation_score is not None else PARTS[:2]
    names = [f"{part}_{metric}" for part in parts for metric in METRICS]
    curves = {
        name: read_only(np.stack([getattr(record, name) for record in records])) for name in names
    }
    bands = {name: band_of(curve) for name, curve in curves.items()}
    for part in parts:
        bands[f"{part}_error"] = _error(bands[f"{part}_score"])
    epochs = np.array([record.epoch for record in records], np.int64)
    held_out = curves[f"{parts[-1]}_log_likelihood"]  # validation where there is one, else test
    # argmax takes the first of equals.
    best = np.where(np.isnan(held_out), -np.inf, held_out).argmax(axis=0)
    return SeedBand(
        seeds=tuple(seeds),
        epochs=read_only(epochs),
        curves=curves,
        bands=bands,
        best_epochs=read_only(epochs[best]),
        n_diverged=int(records[-1].diverged.sum()),
    )


def band_of(curve: NDArray[np.float64]) -> Band:
    """Return the band of a curve (n_epochs, R), members that are NaN left out."""
    median = _median(curve)
    low, high = band_of_members(curve, median, n_within(curve.shape[1]))
    return Band(read_only(low), read_only(median), read_only(high))


def _median(curve: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the median of every row, what is not a number left out; NaN of none."""
    ordered = np.sort(curve, axis=1)  # what is not a number comes last
    rows, last = np.arange(len(curve)), np.maximum((~np.isnan(curve)).sum(axis=1) - 1, 0)
    # The mean of two that may both be minus infinite.
    return np.asarray((ordered[rows, last // 2] + ordered[rows, (last + 1) // 2]) / 2)


def _error(score: Band) -> Band:
    """Return the band of 1 - score: what was high is low."""
    low, median, high = (1.0 - values for values in (score.high, score.median, score.low))
    return Band(read_only(low), read_only(median), read_only(high))


class SeedSearch:
    """Does a run again with other seeds, all at once, and tells their band.

    Every seed goes through all that the run was told, at the same updates, from its own start on;
    of a branch that includes what the run it left had been told up to there.

    Parameters
    ----------
    dataset : as :class:`~core.learning.sweep.sweep.Sweep` takes it
    course : what the run was told; its last settings say where to stop
    n_seeds : as :func:`~core.learning.sweep.sweep.with_seeds` takes it

    Raises
    ------
    SettingError
        As those two; from :meth:`run`, if there is no epoch left to train.
    """

    def __init__(self, dataset: Dataset, course: Course, n_seeds: int) -> None:
        self._course = course = course.up_to(course.last_config.epochs)
        self._sweep = Sweep(
            dataset,
            with_seeds(course.config, n_seeds),
            start=course.start,
            later=[(step, with_seeds(config, n_seeds)) for step, config in course.later],
        )
        self._first, self._last = self._sweep.epoch, course.config.epochs
        self._records: list[SweepRecord] = []
        self._band: SeedBand | None = None

    def run(self) -> Generator[Progress, None, None]:
        """Train on to the last epoch, or until all members have diverged, counting images."""
        for event in self._sweep.run():
            if isinstance(event, SweepRecord) and event.epoch >= self._course.epoch:
                self._records.append(event)
            yield self._progress()
        if not self._records:  # begun within a pass that is not asked for
            raise SettingError("this branch begins after its last epoch; ask for more epochs")

    def found(self) -> SeedBand | None:
        """Return the band of all records by now; None before the first."""
        n_known = 0 if self._band is None else len(self._band.epochs)
        if n_known < len(self._records):
            self._band = seed_band(self._sweep.seeds, self._records)
        return self._band

    def _progress(self) -> Progress:
        sweep = self._sweep
        n_images = sweep.dataset.train.n_samples
        total = max(self._last - self._first, 1) * n_images
        done = (sweep.epoch - self._first) * n_images + sweep.position
        return Progress(min(done, total), total, "images")
