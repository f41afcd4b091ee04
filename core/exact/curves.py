"""Accuracy against the size of a change: exact, and under attacks that only try.

The exact curve is the share of a part's images that are read rightly *and* whose smallest change is
larger than ``e``: whatever is done to them within ``e``, they stay right. An attack
(:mod:`core.attack.whole_parts.sized`) can only lie above it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from core.data.dataset import read_only
from core.exact.closed_form import SmallestChanges, smallest_changes
from core.exact.smallest import boxed_changes
from core.progress import Progress

if TYPE_CHECKING:
    from collections.abc import Generator, Sequence

    from numpy.typing import NDArray

    from core.data.dataset import Split
    from core.insight.epoch_readings import Snapshot

SetNorm = Literal["l2", "linf"]
"""The norms whose exact sizes are found for whole parts."""


@dataclass(frozen=True, slots=True, eq=False)
class ExactRobustness:
    """How large a change every image of a part withstands.

    Attributes
    ----------
    labels : (n_samples,) int64
    changes : of every image; sizes may be infinite
    boxed : whether pixels stay between 0 and 1
    n_classes : int
    """

    labels: NDArray[np.int64]
    changes: SmallestChanges
    boxed: bool
    n_classes: int

    def sizes(self, norm: SetNorm) -> NDArray[np.float64]:
        """Return the smallest change of every image, (n_samples,)."""
        return self.changes.l2 if norm == "l2" else self.changes.linf

    @property
    def right(self) -> NDArray[np.bool_]:
        """Whether each image is read as its label, (n_samples,)."""
        return np.asarray(self.changes.predicted == self.labels)

    @property
    def score(self) -> float:
        """The share of the images that are read rightly, NaN without an image."""
        return float(self.right.mean()) if len(self.labels) else float("nan")

    def accuracy(
        self, norm: SetNorm, at: NDArray[np.float64], label: int | None = None
    ) -> NDArray[np.float64]:
        """Return the share of images, or of those of one class, right whatever is done within.

        Parameters
        ----------
        at : (n_sizes,) sizes of changes
        label : one class, or None for all

        Returns
        -------
        (n_sizes,) float64, NaN without an image
        """
        chosen = slice(None) if label is None else self.labels == label
        sizes, right = self.sizes(norm)[chosen], self.right[chosen]
        if not len(right):
            return np.full(len(at), np.nan)
        held = np.sort(sizes[right])  # NaN last: such an image counts as one that nothing changes
        return np.asarray((len(held) - np.searchsorted(held, at, side="right")) / len(right))

    def median(self, norm: SetNorm, label: int | None = None) -> float:
        """Return the median size of the rightly read images, NaN without one."""
        chosen = self.right if label is None else self.right & (self.labels == label)
        return float(np.median(self.sizes(norm)[chosen])) if chosen.any() else float("nan")

    def fragile(self, norm: SetNorm, count: int, label: int | None = None) -> NDArray[np.int64]:
        """Return the rightly read images that the smallest changes are enough for."""
        return self._ordered(norm, label)[:count]

    def solid(self, norm: SetNorm, count: int, label: int | None = None) -> NDArray[np.int64]:
        """Return the rightly read images that withstand most, the most solid first."""
        return self._ordered(norm, label)[::-1][:count]

    def _ordered(self, norm: SetNorm, label: int | None) -> NDArray[np.int64]:
        chosen = self.right if label is None else self.right & (self.labels == label)
        rows = np.flatnonzero(chosen)
        return np.asarray(rows[np.argsort(self.sizes(norm)[rows], kind="stable")])


def exact_robustness(
    weights: NDArray[Any], split: Split, *, boxed: bool
) -> Generator[Progress, None, ExactRobustness]:
    """Find the exact sizes of all images of a part; telling often in the box, where it takes long.

    Parameters
    ----------
    weights : (n_classes, n_features + 1), bias in column 0
    """
    if boxed:
        changes = yield from boxed_changes(weights, split)
    else:
        changes = smallest_changes(weights, split)
    return ExactRobustness(split.labels, changes, boxed, len(weights))


def share_right(
    counts: NDArray[np.int64], labels: NDArray[np.int64], label: int | None = None
) -> NDArray[np.float64]:
    """Return the accuracy at each size from counts (n_sizes, n_classes); NaN without an image."""
    n_images = np.bincount(labels, minlength=counts.shape[1])
    if label is None:
        right, n = counts.sum(axis=1), int(n_images.sum())
    else:
        right, n = counts[:, label], int(n_images[label])
    return np.asarray(right / n) if n else np.full(len(counts), np.nan)


def curve_sizes(largest: float, n_sizes: int = 160) -> NDArray[np.float64]:
    """Return 0 and sizes up to ``largest`` at which curves are drawn, closer where they begin.

    Half of them at equal differences and half at equal ratios over three decades: the curve is
    good to look at on either axis.
    """
    even = np.linspace(0.0, largest, n_sizes // 2)
    ratios = np.geomspace(largest / 1000, largest, n_sizes - n_sizes // 2)
    return np.unique(np.concatenate((even, ratios)))


def shown_size(found: ExactRobustness, norm: SetNorm) -> float:
    """Return up to which size a curve is worth drawing: 99 of 100 images have fallen; else 1."""
    sizes = found.sizes(norm)[found.right]
    sizes = sizes[np.isfinite(sizes)]
    largest = float(np.quantile(sizes, 0.99)) if len(sizes) else 0.0
    return largest if largest > 0 else 1.0


def tried_sizes(found: ExactRobustness, norm: SetNorm, n_sizes: int = 24) -> NDArray[np.float64]:
    """Return 0 and sizes up to :func:`shown_size` at which attacks are worth trying.

    Half of them at equal differences, half where equal shares of the images have fallen: where the
    curve is steep.
    """
    largest = shown_size(found, norm)
    sizes = found.sizes(norm)[found.right]
    sizes = sizes[sizes <= largest]
    even = np.linspace(0.0, largest, n_sizes - n_sizes // 2)
    if not len(sizes):
        return even
    shares = np.linspace(0.0, 1.0, n_sizes // 2 + 2)[1:-1]
    return np.unique(np.concatenate((even, np.quantile(sizes, shares))))


def between_tried(
    at: NDArray[np.float64],
    exact: NDArray[np.float64],
    tried: NDArray[np.float64],
    accuracy: NDArray[np.float64],
) -> NDArray[np.float64]:
    """Return the curve of an attack: straight between the sizes tried, but never below the exact.

    What it would do between two sizes is not known, but that it cannot do more than is possible.

    Parameters
    ----------
    at, exact : (n,) sizes within those tried, and the exact accuracy there
    tried, accuracy : (n_tried,)

    Returns
    -------
    (n,) float64
    """
    return np.asarray(np.maximum(np.interp(at, tried, accuracy), exact))


@dataclass(frozen=True, slots=True, eq=False)
class RobustnessOverEpochs:
    """Median exact sizes, without a box, of the rightly read images, epoch by epoch.

    Attributes
    ----------
    epochs : (n_epochs,) int64, rising
    l2, linf : (n_epochs,) float64, NaN where no image is read rightly
    score : (n_epochs,) float64, the share read rightly
    complete : whether all epochs asked for are in it
    """

    epochs: NDArray[np.int64]
    l2: NDArray[np.float64]
    linf: NDArray[np.float64]
    score: NDArray[np.float64]
    complete: bool


class RobustnessReader:
    """Finds the medians of snapshots of a run in one part, each of them once."""

    def __init__(self, split: Split) -> None:
        self.split = split
        # The weights are kept with what was found: an array that is gone could share its id.
        self._rows: dict[int, tuple[NDArray[Any], float, float, float]] = {}

    def reading(self, snapshots: Sequence[Snapshot]) -> Generator[Progress, None, None]:
        """Look at those not looked at yet, telling after each; forget all others."""
        wanted = {id(snapshot.weights) for snapshot in snapshots}
        self._rows = {key: row for key, row in self._rows.items() if key in wanted}
        for snapshot in snapshots:
            key = id(snapshot.weights)
            if key not in self._rows:
                self._rows[key] = (snapshot.weights, *self._medians(snapshot.weights))
                yield Progress(len(self._rows), len(wanted), "epochs")

    def _medians(self, weights: NDArray[Any]) -> tuple[float, float, float]:
        changes = smallest_changes(weights, self.split)
        found = ExactRobustness(self.split.labels, changes, False, len(weights))
        return found.median("l2"), found.median("linf"), found.score

    def found(self, snapshots: Sequence[Snapshot]) -> RobustnessOverEpochs:
        """Return what is known of these snapshots so far."""
        known = [snapshot for snapshot in snapshots if id(snapshot.weights) in self._rows]
        rows = [self._rows[id(snapshot.weights)][1:] for snapshot in known]
        l2, linf, score = np.array(rows, dtype=np.float64).reshape(len(rows), 3).T.copy()
        return RobustnessOverEpochs(
            epochs=read_only(np.array([snapshot.epoch for snapshot in known], dtype=np.int64)),
            l2=read_only(l2),
            linf=read_only(linf),
            score=read_only(score),
            complete=len(known) == len(snapshots),
        )
