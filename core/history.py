"""What a run has been through: curves, weight snapshots, changes made on the way."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from core.dataset import read_only

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from core.training import EpochRecord, TrainingConfig

PARTS = ("train", "test", "validation")
METRICS = ("score", "log_likelihood")
SAME_CHANGE_EPOCHS = 0.5
"""Changes of one setting closer than this are one change."""


@dataclass(frozen=True, slots=True)
class Change:
    """A setting changed during the run, acting from update ``step`` on.

    ``epoch`` is fractional: 2.5 means half-way through the third pass.
    """

    epoch: float
    step: int
    name: str
    old: Any
    new: Any

    def follows(self, earlier: Change) -> bool:
        """Whether this goes on with ``earlier``, as a dragged slider does: one mark is enough."""
        return self.name == earlier.name and self.epoch - earlier.epoch < SAME_CHANGE_EPOCHS

    def __str__(self) -> str:
        """Say what changed."""
        return f"{self.name.replace('_', ' ')} {self.old:g} -> {self.new:g}"


class _GrowingArray:
    """Numbers appended one by one and read as one array without copying."""

    def __init__(self) -> None:
        self._room = np.empty(64)
        self._n = 0

    def append(self, value: float) -> None:
        if self._n == len(self._room):
            self._room = np.concatenate((self._room, np.empty(self._n)))
        self._room[self._n] = value
        self._n += 1

    @property
    def values(self) -> NDArray[np.float64]:
        return read_only(self._room[: self._n])


class History:
    """The records of one run, in order of epochs.

    Every record keeps its weights, so any epoch can be shown again. Curves and the best epoch are
    kept up to date by :meth:`append`: a window reads them 30 times a second.
    """

    def __init__(self, config: TrainingConfig) -> None:
        self.config = config
        self.records: list[EpochRecord] = []
        self.changes: list[Change] = []
        self._curves: dict[str, _GrowingArray] = {}
        self._best = 0

    def __len__(self) -> int:
        """Return the number of recorded epochs, the start included."""
        return len(self.records)

    def append(self, record: EpochRecord) -> None:
        """Add the record of the next epoch."""
        self.records.append(record)
        for part in PARTS if self.has_validation else PARTS[:2]:
            for metric in METRICS:
                name = f"{part}_{metric}"
                curve = self._curves.setdefault(name, _GrowingArray())
                curve.append(getattr(record, name))
        self._curves.setdefault("epoch", _GrowingArray()).append(record.epoch)
        held_out = self.curve(self.held_out_part, "log_likelihood")
        best = held_out[self._best]
        if held_out[-1] > best or (np.isnan(best) and not np.isnan(held_out[-1])):
            self._best = len(self.records) - 1

    def add_change(self, change: Change) -> None:
        """Add a change; one that goes on with the last takes its place."""
        if self.changes and change.follows(self.changes[-1]):
            change = replace(change, old=self.changes.pop().old)
        self.changes.append(change)

    @property
    def epochs(self) -> NDArray[np.float64]:
        """Recorded epochs, (n,), read-only."""
        return self._values("epoch")

    @property
    def has_validation(self) -> bool:
        """Whether a validation part was measured."""
        return bool(self.records) and self.records[0].validation_score is not None

    @property
    def held_out_part(self) -> str:
        """The part that chooses the best epoch."""
        return "validation" if self.has_validation else "test"

    def _values(self, name: str) -> NDArray[np.float64]:
        curve = self._curves.get(name)
        return read_only(np.empty(0)) if curve is None else curve.values

    def curve(self, part: str, metric: str) -> NDArray[np.float64]:
        """Return one curve over the recorded epochs, (n,), read-only; empty where none is.

        Parameters
        ----------
        part : ``train``, ``test`` or ``validation``
        metric : ``score``, ``log_likelihood``, or ``error`` (1 - score)
        """
        if metric == "error":
            return 1.0 - self._values(f"{part}_score")
        return self._values(f"{part}_{metric}")

    @property
    def best_index(self) -> int:
        """Place of :attr:`best` among the records."""
        return self._best

    @property
    def best(self) -> EpochRecord:
        """The record of the best held-out log-likelihood: where learning should have stopped.

        Held out is the validation part where there is one, otherwise the test part. The earliest
        wins a tie; a log-likelihood that is not a number never wins.
        """
        return self.records[self._best]

    def nearest(self, epoch: float) -> EpochRecord:
        """Return the record whose epoch is closest to ``epoch``."""
        return self.records[int(np.argmin(np.abs(self.epochs - epoch)))]

    def neighbour(self, epoch: float, offset: int) -> EpochRecord:
        """Return the record ``offset`` records after (before, if negative) ``epoch``.

        ``epoch`` may lie between two records: its neighbours are then the ones on either side.
        Past the first or last record it is that one.
        """
        epochs = self.epochs
        if offset < 0:
            place = int(np.searchsorted(epochs, epoch, side="left")) + offset
        else:
            place = int(np.searchsorted(epochs, epoch, side="right")) + offset - 1
        return self.records[min(max(place, 0), len(self.records) - 1)]

    def to_csv(self) -> str:
        """Return all curves as CSV text, one row per epoch, read exactly as recorded."""
        parts = PARTS if self.has_validation else PARTS[:2]
        columns = [f"{part}_{metric}" for part in parts for metric in METRICS]
        text = io.StringIO(newline="")
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow(["epoch", *columns])
        for record in self.records:
            writer.writerow([record.epoch, *(repr(getattr(record, name)) for name in columns)])
        return text.getvalue()
