"""What a run has been through: curves, weight snapshots, changes made on the way."""

from __future__ import annotations

import csv
import io
from bisect import bisect_left
from dataclasses import dataclass, replace
from operator import attrgetter
from typing import TYPE_CHECKING, Any

import numpy as np

from core.data.dataset import read_only
from core.learning.config import TrainingConfig
from core.parameters import parameters_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from numpy.typing import NDArray

    from core.learning.training import Divergence, EpochRecord

PARTS = ("train", "test", "validation")
METRICS = ("score", "log_likelihood")
SNAPSHOT_BYTES = 64 * 2**20
"""So much may the weights kept of one run take: 2,100 epochs of ten classes of 28 x 28 pixels."""

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
        """Say what changed, from what to what."""
        declared = parameters_of(TrainingConfig)[self.name]
        old, new = declared.words(self.old), declared.words(self.new)
        return f"{declared.within} {old} → {new}"

    @property
    def label(self) -> str:
        """What stands beside its mark: the practical's letter and the new value."""
        return f"{parameters_of(TrainingConfig)[self.name].symbol} {self.new:g}"


@dataclass(frozen=True, slots=True)
class Moment:
    """What was changed at one place of a run: one mark, which names all of it."""

    changes: tuple[Change, ...]

    @property
    def epoch(self) -> float:
        """Where it was, as of :class:`Change`."""
        return self.changes[0].epoch

    def __str__(self) -> str:
        """Name every setting that moved, with from and to."""
        return ", ".join(map(str, self.changes))

    @property
    def label(self) -> str:
        """What stands beside the mark."""
        return ", ".join(change.label for change in self.changes)


def moments(changes: Iterable[Change]) -> list[Moment]:
    """Return changes, in order, with those that lie together as one; each setting once.

    One that was moved to and fro and stands where it stood has not moved.
    """
    found: list[dict[str, Change]] = []
    for change in changes:
        if not found or change.epoch - next(iter(found[-1].values())).epoch >= SAME_CHANGE_EPOCHS:
            found.append({})
        earlier = found[-1].get(change.name)
        old = change.old if earlier is None else earlier.old
        found[-1][change.name] = replace(earlier or change, old=old, new=change.new)
    moved = (tuple(c for c in here.values() if c.old != c.new) for here in found)
    return [Moment(here) for here in moved if here]


class _GrowingArray:
    """Numbers appended one by one and read as one array without copying."""

    def __init__(self, values: NDArray[np.float64] | None = None) -> None:
        self._room = np.empty(64) if values is None else np.array(values, np.float64)
        self._n = 0 if values is None else len(values)

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

    The curves hold every epoch. ``records`` hold weights, so that an epoch can be shown again, and
    those are bounded: when they take more than :meth:`limit` allows, every second one goes, and
    from then on only multiples of :attr:`stride` are kept, which doubles each time.
    Whatever the bound, the start, the last, the best epoch and those of :meth:`protect` stay.

    Curves and the best epoch are kept up to date by :meth:`append`: a window reads them 30 times a
    second.

    Parameters
    ----------
    config
        With which the run began.
    """

    def __init__(self, config: TrainingConfig) -> None:
        self.config = config
        self.records: list[EpochRecord] = []
        self.changes: list[Change] = []
        """With those of one setting soon after one another as one: what marks tell."""
        self.log: list[Change] = []
        """Every one of them: what would have to be done again."""
        self.stride = 1
        self.divergence: Divergence | None = None
        """How it ended, if its weights ran away."""
        self._budget = SNAPSHOT_BYTES
        self._used = 0
        self._protected: set[int] = set()
        self._curves: dict[str, _GrowingArray] = {}
        self._best = 0
        self._best_record: EpochRecord | None = None

    @classmethod
    def restored(
        cls,
        config: TrainingConfig,
        curves: Mapping[str, NDArray[np.float64]],
        records: Sequence[EpochRecord],
        log: Iterable[Change],
        *,
        stride: int = 1,
        divergence: Divergence | None = None,
    ) -> History:
        """Return a history as it was: what :meth:`append` and :meth:`add_change` made of a run.

        Parameters
        ----------
        curves : ``epoch`` and each score of the parts that were measured, (n,) each
        records : of the epochs whose weights are kept, rising: the first, last and best among them
        log : every change, in order

        Raises
        ------
        ValueError
            If the weights of one of these epochs are not there.
        """
        made = cls(config)
        made.records, made.stride, made.divergence = list(records), stride, divergence
        made._curves = {name: _GrowingArray(values) for name, values in curves.items()}
        made._used = sum(map(_n_bytes, records))
        for change in log:
            made.add_change(change)
        held = made.curve(made.held_out_part, "log_likelihood")
        if len(held):
            made._best = 0 if np.isnan(held).all() else int(np.nanargmax(held))
            epochs = made.epochs
            kept = {record.epoch: record for record in records}
            made._best_record = kept.get(int(epochs[made._best]))
            if made._best_record is None or not {int(epochs[0]), int(epochs[-1])} <= set(kept):
                raise ValueError("the weights of its first, last or best epoch are not there")
        return made

    def __len__(self) -> int:
        """Return the number of recorded epochs, the start included."""
        return len(self.epochs)

    def append(self, record: EpochRecord) -> None:
        """Add the record of the next epoch."""
        last, best = (self.records[-1], self.best) if self.records else (record, record)
        self.records.append(record)
        self._used += _n_bytes(record)
        for part in self.parts:
            for metric in METRICS:
                name = f"{part}_{metric}"
                curve = self._curves.setdefault(name, _GrowingArray())
                curve.append(getattr(record, name))
        self._curves.setdefault("epoch", _GrowingArray()).append(record.epoch)
        held_out = self.curve(self.held_out_part, "log_likelihood")
        highest = held_out[self._best]
        if held_out[-1] > highest or (np.isnan(highest) and not np.isnan(held_out[-1])):
            self._best = len(held_out) - 1
        if self._best == len(held_out) - 1:
            self._best_record = record
        for old in (last,) if last is best else (last, best):
            self._drop(old)  # what was kept only for being one of these may go now
        self._thin()

    def protect(self, epoch: int) -> None:
        """Keep the weights of this epoch whatever the bound: another run begins there."""
        self._protected.add(epoch)

    def limit(self, snapshot_bytes: int) -> None:
        """Bound the memory of the weights kept anew; what has gone does not come back."""
        self._budget = snapshot_bytes
        self._thin()

    @property
    def kept_bytes(self) -> int:
        """Memory that the weights kept take now."""
        return self._used

    def _is_kept(self, record: EpochRecord) -> bool:
        always = record is self.records[0] or record is self.records[-1]
        always |= record is self._best_record or record.epoch in self._protected
        return always or record.epoch % self.stride == 0

    def _drop(self, record: EpochRecord) -> None:
        if not self._is_kept(record):
            self.records = [other for other in self.records if other is not record]
            self._used -= _n_bytes(record)

    def _thin(self) -> None:
        if not self.records:
            return
        while self._used > self._budget and self.stride <= self.records[-1].epoch:
            self.stride *= 2
            self.records = [record for record in self.records if self._is_kept(record)]
            self._used = sum(_n_bytes(record) for record in self.records)

    def add_change(self, change: Change) -> None:
        """Add a change; one that goes on with the last takes its place among the marks."""
        self.log.append(change)
        last = self.changes[-1] if self.changes else None
        if last is not None and change.follows(last):
            merged = replace(change, old=last.old)
            if merged.old != merged.new:
                self.changes[-1] = merged
                return
            if change.step == last.step:  # taken back before it acted
                self.changes.pop()
                return
        self.changes.append(change)

    @property
    def acted_changes(self) -> list[Change]:
        """Changes after which something was learnt: up to the last record, that is.

        One made at the end of a run, or while it was held, may never be used by it.
        """
        last = self.records[-1].step if self.records else 0
        return [change for change in self.changes if change.step < last]

    @property
    def last_config(self) -> TrainingConfig:
        """The settings that were learnt with last."""
        return self.config_at(self.records[-1]) if self.records else self.config

    def config_at(self, record: EpochRecord) -> TrainingConfig:
        """Return the settings that were learnt with last on the way to a record."""
        acted = {c.name: c.new for c in self.changes if c.step < record.step}
        return replace(self.config, **acted)

    @property
    def epochs(self) -> NDArray[np.float64]:
        """Recorded epochs, (n,), read-only."""
        return self._values("epoch")

    @property
    def last_epoch(self) -> int:
        """The last recorded epoch; 0 before any is."""
        return self.records[-1].epoch if self.records else 0

    @property
    def epochs_per_second(self) -> float | None:
        """How fast it learns when nothing holds it up; None before that is known."""
        if not self.records or not self.records[-1].seconds:
            return None
        return (self.last_epoch - self.records[0].epoch) / self.records[-1].seconds

    @property
    def has_validation(self) -> bool:
        """Whether a validation part was measured."""
        return bool(self.records) and self.records[0].validation_score is not None

    @property
    def parts(self) -> tuple[str, ...]:
        """The parts that were measured."""
        return PARTS if self.has_validation else PARTS[:2]

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
        """Place of :attr:`best` in the curves."""
        return self._best

    @property
    def best(self) -> EpochRecord:
        """The record of the best held-out log-likelihood: where learning should have stopped.

        Held out is the validation part where there is one, otherwise the test part. The earliest
        wins a tie; a log-likelihood that is not a number never wins.
        """
        assert self._best_record is not None
        return self._best_record

    @property
    def kept_epochs(self) -> NDArray[np.int64]:
        """Epochs whose weights are kept, (n_kept,), rising."""
        return np.array([record.epoch for record in self.records], dtype=np.int64)

    def nearest(self, epoch: float) -> EpochRecord:
        """Return the kept record whose epoch is closest to ``epoch``."""
        # Asked for dozens of times a frame: not by looking through thousands.
        place = bisect_left(self.records, epoch, key=attrgetter("epoch"))
        around = self.records[max(place - 1, 0) : place + 1]
        return min(around, key=lambda record: abs(record.epoch - epoch))

    def value(self, part: str, metric: str, epoch: int) -> float:
        """Return a curve's value at a recorded epoch."""
        return float(self.curve(part, metric)[epoch - int(self.epochs[0])])

    def neighbour(self, epoch: float, offset: int) -> EpochRecord:
        """Return the record ``offset`` kept ones after (before, if negative) ``epoch``.

        ``epoch`` may lie between two records: its neighbours are then the ones on either side.
        Past the first or last record it is that one.
        """
        epochs = self.kept_epochs
        if offset < 0:
            place = int(np.searchsorted(epochs, epoch, side="left")) + offset
        else:
            place = int(np.searchsorted(epochs, epoch, side="right")) + offset - 1
        return self.records[min(max(place, 0), len(self.records) - 1)]

    def to_csv(self) -> str:
        """Return all curves as CSV text, one row per epoch, read exactly as recorded."""
        columns = [f"{part}_{metric}" for part in self.parts for metric in METRICS]
        values = [self._values(name).tolist() for name in columns]
        text = io.StringIO(newline="")
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow(["epoch", *columns])
        for epoch, *row in zip(self.epochs.tolist(), *values, strict=True):
            writer.writerow([int(epoch), *map(repr, row)])
        return text.getvalue()


def _n_bytes(record: EpochRecord) -> int:
    velocity = 0 if record.velocity is None else record.velocity.nbytes
    return int(record.weights.nbytes + velocity)
