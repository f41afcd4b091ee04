"""What a run reads in every image of a part, epoch by epoch: per-class scores, flips."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from core.data.dataset import read_only
from core.learning.perceptron import SoftmaxPerceptron

if TYPE_CHECKING:
    from collections.abc import Generator, Sequence

    from numpy.typing import NDArray

    from core.data.dataset import Split
    from core.learning.model_cache import ModelCache
    from core.learning.records import EpochRecord
    from core.progress import Progress

    EpochRow = tuple[NDArray[Any], NDArray[np.float32]]

MOST_EPOCHS = 512
"""Epochs read of one run at most: more than a screen has room for side by side."""

READINGS_BYTES = 64 * 2**20
"""So much may the readings of one part take: 512 epochs of 20,000 images, 223 of 60,000."""

_FEWEST_EPOCHS = 16
"""Read however many images there are: fewer would say nothing about a run."""


def most_epochs(n_samples: int) -> int:
    """Return how many epochs of so many images are read, so that memory stays bounded."""
    per_epoch = 5 * max(n_samples, 1)  # four bytes of log-likelihood, one or two of the class
    return min(max(READINGS_BYTES // per_epoch, _FEWEST_EPOCHS), MOST_EPOCHS)


def spread_snapshots(
    snapshots: Sequence[EpochRecord], most: int, always: Sequence[int] = ()
) -> list[EpochRecord]:
    """Return at most ``most`` of the snapshots, evenly spread, and those of epochs ``always``.

    The first of every ``s`` epochs, ``s`` the smallest power of two that is enough, and the last.
    As a run grows the choice loses members but hardly gains old ones: what was read is used again.

    Parameters
    ----------
    snapshots : in rising order of epochs
    most : at least 1; ``always`` and the last may come on top of it
    """
    if not snapshots:
        return []
    step = 1
    while len({snapshot.epoch // step for snapshot in snapshots}) > most:
        step *= 2
    wanted, chosen, bins = set(always), [], set()
    for snapshot in snapshots:
        place = snapshot.epoch // step
        is_last = snapshot is snapshots[-1]
        if place not in bins or is_last or snapshot.epoch in wanted:
            chosen.append(snapshot)
        bins.add(place)
    return chosen


@dataclass(frozen=True, slots=True)
class Halves:
    """How many images are read rightly and wrongly, and the mean of ``log y_label`` of either.

    The mean of none is NaN.
    """

    n_right: int
    n_wrong: int
    right: float
    wrong: float


@dataclass(frozen=True, slots=True, eq=False)
class EpochSummary:
    """What :class:`EpochReadings` add up to.

    Attributes
    ----------
    scores : (n_epochs, n_classes) float64, share of each class read rightly; NaN without images
    became_right, became_wrong : (n_epochs,) int64, how many images turned since the epoch before
    n_flips : (n_samples,) int64, how often each image turned
    """

    scores: NDArray[np.float64]
    became_right: NDArray[np.int64]
    became_wrong: NDArray[np.int64]
    n_flips: NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class EpochReadings:
    """One answer per image and epoch.

    Attributes
    ----------
    epochs : (n_epochs,) int64, rising
    labels : (n_samples,) int64, the labels as they are learnt
    predicted : (n_epochs, n_samples) unsigned integers, the class of the largest logit
    log_likelihood : (n_epochs, n_samples) float32, ``log y_label``
    """

    epochs: NDArray[np.int64]
    labels: NDArray[np.int64]
    predicted: NDArray[np.unsignedinteger]
    log_likelihood: NDArray[np.float32]

    @property
    def n_epochs(self) -> int:
        """How many epochs were read."""
        return len(self.epochs)

    @property
    def right(self) -> NDArray[np.bool_]:
        """Whether each image is read as its label, (n_epochs, n_samples)."""
        return np.asarray(self.predicted == self.labels.astype(self.predicted.dtype))

    def right_at(self, index: int) -> NDArray[np.bool_]:
        """Return whether one image is read as its label, (n_epochs,)."""
        return np.asarray(self.predicted[:, index] == self.labels[index])

    def halves(self, row: int) -> Halves:
        """Return how the rightly and the wrongly read images of one row share the log-likelihood.

        The mean over all is ``(n_right * right + n_wrong * wrong) / n_samples``.
        """
        right = self.predicted[row] == self.labels
        values = self.log_likelihood[row].astype(np.float64)
        n_right = int(right.sum())
        n_wrong = len(right) - n_right
        return Halves(
            n_right=n_right,
            n_wrong=n_wrong,
            right=float(values[right].mean()) if n_right else math.nan,
            wrong=float(values[~right].mean()) if n_wrong else math.nan,
        )

    def summary(self, n_classes: int) -> EpochSummary:
        """Return scores and flips, computed once: they take long for many images."""
        right = self.right
        counts = np.bincount(self.labels, minlength=n_classes)
        scores = np.empty((self.n_epochs, n_classes))
        for row, rightly in zip(scores, right, strict=True):
            row[:] = np.bincount(self.labels[rightly], minlength=n_classes)
        with np.errstate(invalid="ignore"):  # 0 / 0: no image of that class
            scores /= counts
        became_right, became_wrong = np.zeros((2, self.n_epochs), dtype=np.int64)
        became_right[1:] = (right[1:] & ~right[:-1]).sum(axis=1)
        became_wrong[1:] = (~right[1:] & right[:-1]).sum(axis=1)
        return EpochSummary(
            scores=read_only(scores),
            became_right=read_only(became_right),
            became_wrong=read_only(became_wrong),
            n_flips=read_only((right[1:] != right[:-1]).sum(axis=0, dtype=np.int64)),
        )

    def nearest_row(self, epoch: float) -> int:
        """Return the row of the epoch read that is closest to ``epoch``."""
        return int(np.abs(self.epochs - epoch).argmin())


@dataclass(frozen=True, slots=True, eq=False)
class EpochsRead:
    """What a run reads in a part, as far as it has been looked at.

    Attributes
    ----------
    summary : of the readings
    complete : whether all that was asked for is in it
    """

    readings: EpochReadings
    summary: EpochSummary
    complete: bool


class EpochSearch:
    """Reads snapshots of one run in one part, each of them once.

    Parameters
    ----------
    snapshots : in rising order of epochs
    known : what was read of a run before it grew
    """

    def __init__(
        self, split: Split, snapshots: Sequence[EpochRecord], known: ModelCache[EpochRow]
    ) -> None:
        self._split, self._snapshots, self._known = split, tuple(snapshots), known

    def run(self) -> Generator[Progress, None, None]:
        """Read those not read yet, telling after each; what was read of other snapshots goes."""
        weights = [snapshot.weights for snapshot in self._snapshots]
        yield from self._known.fill(weights, (self._split,), self._look)

    def found(self) -> EpochsRead | None:
        """Return what was read so far, and what it adds up to; None before anything is."""
        looked = [(each, self._known.row(each.weights, (self._split,))) for each in self._snapshots]
        known = [(each.epoch, row) for each, row in looked if row is not None]
        if not known:
            return None
        shape = (len(known), self._split.n_samples)
        predicted = np.empty(shape, known[0][1][0].dtype)
        log_likelihood = np.empty(shape, np.float32)
        for i, (_, row) in enumerate(known):
            predicted[i], log_likelihood[i] = row
        readings = EpochReadings(
            epochs=read_only(np.array([epoch for epoch, _ in known], dtype=np.int64)),
            labels=self._split.labels,
            predicted=read_only(predicted),
            log_likelihood=read_only(log_likelihood),
        )
        return EpochsRead(
            readings=readings,
            summary=readings.summary(len(self._snapshots[0].weights)),
            complete=readings.n_epochs == len(self._snapshots),
        )

    def _look(self, weights: NDArray[Any]) -> Generator[Progress, None, EpochRow]:
        yield from ()
        model = SoftmaxPerceptron(weights)
        predicted = np.empty(self._split.n_samples, dtype=np.min_scalar_type(model.n_classes - 1))
        log_likelihood = np.empty(self._split.n_samples, dtype=np.float32)
        for rows, images, labels in self._split.chunks():
            predicted[rows], log_likelihood[rows] = model.read(images, labels)
        return predicted, log_likelihood
