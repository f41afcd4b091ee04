"""What a run has been through: curves, weight snapshots, changes made on the way."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from core.training import EpochRecord, TrainingConfig

PARTS = ("train", "test", "validation")
METRICS = ("score", "log_likelihood")


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

    def __str__(self) -> str:
        """Say what changed."""
        return f"{self.name.replace('_', ' ')} {self.old:g} -> {self.new:g}"


class History:
    """The records of one run, in order of epochs.

    Every record keeps its weights, so any epoch can be shown again.
    """

    def __init__(self, config: TrainingConfig) -> None:
        self.config = config
        self.records: list[EpochRecord] = []
        self.changes: list[Change] = []

    def __len__(self) -> int:
        """Return the number of recorded epochs, the start included."""
        return len(self.records)

    def append(self, record: EpochRecord) -> None:
        """Add the record of the next epoch."""
        self.records.append(record)

    @property
    def epochs(self) -> NDArray[np.int64]:
        """Recorded epochs, (n,)."""
        return np.array([record.epoch for record in self.records], dtype=np.int64)

    @property
    def has_validation(self) -> bool:
        """Whether a validation part was measured."""
        return bool(self.records) and self.records[0].validation_score is not None

    def curve(self, part: str, metric: str) -> NDArray[np.float64]:
        """Return one curve over the recorded epochs, (n,).

        Parameters
        ----------
        part : ``train``, ``test`` or ``validation``
        metric : ``score``, ``log_likelihood``, or ``error`` (1 - score)
        """
        if metric == "error":
            return 1.0 - self.curve(part, "score")
        values = [getattr(record, f"{part}_{metric}") for record in self.records]
        return np.array(values, dtype=np.float64)

    @property
    def best(self) -> EpochRecord:
        """The record of the best held-out log-likelihood: where learning should have stopped.

        Held out is the validation part where there is one, otherwise the test part. The earliest
        wins a tie; a log-likelihood that is not a number never wins.
        """
        part = "validation" if self.has_validation else "test"
        curve = self.curve(part, "log_likelihood")
        return self.records[int(np.argmax(np.where(np.isnan(curve), -np.inf, curve)))]

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
            place = int(np.searchsorted(epochs, np.float64(epoch), side="left")) + offset
        else:
            place = int(np.searchsorted(epochs, np.float64(epoch), side="right")) + offset - 1
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
