"""Accuracy against the size of a change: exact, and under attacks that only try.

The exact curve is the share of a part's images that are read rightly *and* whose smallest change is
larger than ``e``: whatever is done to them within ``e``, they stay right. An attack
(:mod:`core.attack.whole_parts.sized`) can only lie above it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from core.exact.closed_form import SET_NORMS, SmallestChanges, smallest_changes
from core.exact.cost_matrix import quantile
from core.exact.smallest import boxed_changes

if TYPE_CHECKING:
    from collections.abc import Generator, Sequence

    from numpy.typing import NDArray

    from core.data.dataset import Split
    from core.exact.closed_form import SetNorm
    from core.progress import Progress

ON_BOUNDARY = 0.01
"""Of the median: an image that withstands less lies on the boundary between two classes."""


@dataclass(frozen=True, slots=True, eq=False)
class ExactRobustness:
    """How large a change every image of a part withstands.

    Attributes
    ----------
    labels : (n_samples,) int64
    changes : of every image, in the norms that were asked for; sizes may be infinite
    boxed : whether pixels stay between 0 and 1
    n_classes : int
    """

    labels: NDArray[np.int64]
    changes: SmallestChanges
    boxed: bool
    n_classes: int

    def sizes(self, norm: SetNorm) -> NDArray[np.float64]:
        """Return the smallest change of every image, (n_samples,)."""
        return self.changes.sizes[norm]

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

    def quartiles(self, norm: SetNorm) -> NDArray[np.float64]:
        """Return (3, n_classes): quartile, median, quartile of the rightly read images of a class.

        NaN without one.
        """
        found = np.full((3, self.n_classes), np.nan)
        for label in range(self.n_classes):
            own = self.ordered(norm, label)
            if len(own):
                sizes = self.sizes(norm)[own][:, None]
                found[:, label] = [float(quantile(sizes, s)[0]) for s in (0.25, 0.5, 0.75)]
        return found

    def fragile(self, norm: SetNorm, label: int | None = None) -> tuple[NDArray[np.int64], int]:
        """Return the rightly read images, the most fragile first, and how many are left out.

        Those lie on the boundary, within :data:`ON_BOUNDARY` of the median of all: any change at
        all turns them, so that they say nothing about the others.
        """
        ordered = self.ordered(norm, label)
        beyond = self.sizes(norm)[ordered] >= ON_BOUNDARY * self.median(norm)
        return ordered[beyond], int((~beyond).sum())

    def ordered(self, norm: SetNorm, label: int | None = None) -> NDArray[np.int64]:
        """Return the rightly read images, those first that the smallest changes are enough for."""
        chosen = self.right if label is None else self.right & (self.labels == label)
        rows = np.flatnonzero(chosen)
        return np.asarray(rows[np.argsort(self.sizes(norm)[rows], kind="stable")])


def exact_robustness(
    weights: NDArray[Any],
    split: Split,
    *,
    boxed: bool,
    norms: Sequence[SetNorm] = SET_NORMS,
) -> Generator[Progress, None, ExactRobustness]:
    """Find the exact sizes of all images of a part; telling often in the box, where it takes long.

    Parameters
    ----------
    weights : (n_classes, n_features + 1), bias in column 0
    norms : the only ones in the box; without it those of all cost hardly more
    """
    if boxed:
        changes = yield from boxed_changes(weights, split, norms)
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
