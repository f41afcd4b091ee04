"""Some images with their labels: one part of a data set; and spoiling them on purpose."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray


CHUNK_ROWS = 2000
"""Images looked at together where nobody says how many."""

_ROWS = 4096
"""Noise is added in slices, so that no temporary grows with the data set."""


def read_only(array: NDArray[Any]) -> NDArray[Any]:
    """Return ``array``, no longer writeable."""
    array.flags.writeable = False
    return array


@dataclass(frozen=True, eq=False)
class Split:
    """One part of a data set.

    Attributes
    ----------
    images : (n_samples, n_features) float32 in [0, 1], C order, read-only
    labels : (n_samples,) int64, read-only
    clean_labels : (n_samples,) int64, read-only, or None
        The true labels, where label noise has changed some of ``labels``.
    """

    images: NDArray[np.float32]
    labels: NDArray[np.int64]
    clean_labels: NDArray[np.int64] | None = None

    @property
    def n_samples(self) -> int:
        """Number of images."""
        return len(self.labels)

    @property
    def true_labels(self) -> NDArray[np.int64]:
        """The labels before any label noise."""
        return self.labels if self.clean_labels is None else self.clean_labels

    @cached_property
    def design(self) -> NDArray[np.float32]:
        """The images with the constant component 1 before them, (n_samples, n_features + 1).

        Kept once per split: with the bias inside the matrix a training step needs two products
        and no separate sum, which is measurably faster than adding the bias each time.
        """
        design = np.empty((self.n_samples, self.images.shape[1] + 1), dtype=np.float32)
        design[:, 0] = 1.0
        design[:, 1:] = self.images
        return read_only(design)

    def chunks(
        self, rows: int = CHUNK_ROWS
    ) -> Iterator[tuple[slice, NDArray[np.float32], NDArray[np.int64]]]:
        """Yield (rows, images, labels) in slices, so that no temporary grows with the data set."""
        for first in range(0, self.n_samples, rows):
            some = slice(first, min(first + rows, self.n_samples))
            yield some, self.images[some], self.labels[some]

    def part(self, first: int, last: int) -> Split:
        """Return samples ``first`` up to ``last`` as a split sharing this one's memory."""
        if first == 0 and last >= self.n_samples:
            return self
        clean = None if self.clean_labels is None else self.clean_labels[first:last]
        return Split(self.images[first:last], self.labels[first:last], clean)

    def take(self, rows: NDArray[np.int64]) -> Split:
        """Return a split of the samples ``rows``, in that order, with memory of its own."""
        clean = None if self.clean_labels is None else read_only(self.clean_labels[rows])
        return Split(read_only(self.images[rows]), read_only(self.labels[rows]), clean)

    def __add__(self, other: Split) -> Split:
        """Return a split of these samples and then the others, with memory of its own."""
        clean = None
        if self.clean_labels is not None or other.clean_labels is not None:
            clean = read_only(np.concatenate((self.true_labels, other.true_labels)))
        images = np.concatenate((self.images, other.images))
        labels = np.concatenate((self.labels, other.labels))
        return Split(read_only(images), read_only(labels), clean)

    def with_label_noise(self, percent: float, n_classes: int, rng: np.random.Generator) -> Split:
        """Return this split with some labels made wrong; see :func:`noisy_labels`."""
        noisy = noisy_labels(self.labels, percent, n_classes, rng)
        return Split(self.images, read_only(noisy), self.labels)

    def with_pixel_noise(self, spread: float, rng: np.random.Generator) -> Split:
        """Return this split with disturbed pixels; see :func:`noisy_images`."""
        images = read_only(noisy_images(self.images, spread, rng))
        return Split(images, self.labels, self.clean_labels)


def same_samples(some: Split | None, others: Split | None) -> bool:
    """Whether both have the same images with the same labels, or neither has any."""
    if some is None or others is None:
        return some is others
    alike = np.array_equal(some.labels, others.labels)
    return alike and np.array_equal(some.images, others.images)


def noisy_labels(
    labels: NDArray[np.int64], percent: float, n_classes: int, rng: np.random.Generator
) -> NDArray[np.int64]:
    """Return labels of which ``percent`` in 100 are wrong.

    Exactly ``round(percent / 100 * n)`` images, drawn without replacement, get one of the other
    classes, each equally likely ("symmetric" label noise: Natarajan et al., Learning with Noisy
    Labels, 2013). At 100 percent no label is right.
    """
    noisy = labels.copy()
    n_wrong = round(percent / 100 * len(labels))
    chosen = rng.permutation(len(labels))[:n_wrong]
    step = rng.integers(1, n_classes, size=n_wrong)  # never 0: another class for certain
    noisy[chosen] = (labels[chosen] + step) % n_classes
    return noisy


def noisy_images(
    images: NDArray[np.float32], spread: float, rng: np.random.Generator
) -> NDArray[np.float32]:
    """Return clip(x + spread * n, 0, 1) with n from the standard normal distribution.

    Parameters
    ----------
    images : (n_samples, n_features) in [0, 1]
    spread
        Standard deviation before clipping, in units of the pixels' range.
    """
    noisy = np.empty_like(images)
    for first in range(0, len(images), _ROWS):
        rows = slice(first, first + _ROWS)
        block = rng.standard_normal(images[rows].shape, dtype=np.float32)
        block *= np.float32(spread)
        block += images[rows]
        np.clip(block, 0, 1, out=noisy[rows])
    return noisy
