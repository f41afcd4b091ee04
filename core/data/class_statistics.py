"""What is in a part of the data: how many images of each class, their mean and their spread."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from core.data.dataset import read_only

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from core.data.dataset import Split

BLOCK_VALUES = 1 << 20
"""Pixels looked at together: 8 MB in float64, whatever the size of an image."""


@dataclass(frozen=True, slots=True, eq=False)
class MeanSpread:
    """Mean and standard deviation of some images, pixel by pixel.

    Attributes
    ----------
    n_samples : how many images they are of
    mean : (n_features,) float64; zero where there is no image
    spread : (n_features,) float64, the standard deviation sqrt(mean((x - mean)^2)), not negative
    """

    n_samples: int
    mean: NDArray[np.float64]
    spread: NDArray[np.float64]


def class_counts(split: Split, n_classes: int) -> NDArray[np.int64]:
    """Return how many images of each class there are, (n_classes,)."""
    return read_only(np.bincount(split.labels, minlength=n_classes))


def mean_and_spread(split: Split, label: int | None = None) -> MeanSpread:
    """Return mean and spread of the images with this label, or of all.

    Block by block, so that no temporary grows with the data set: the blocks' means and squared
    deviations are joined by the formula of T. Chan, G. Golub and R. LeVeque, Updating formulae
    and a pairwise algorithm for computing sample variances, 1979. Unlike sum(x^2) - sum(x)^2 / n
    it loses no digits where the spread is small against the mean.
    """
    n_features = split.images.shape[1]
    n_samples = 0
    mean = np.zeros(n_features)
    squares = np.zeros(n_features)
    for _, images, labels in split.chunks(max(1, BLOCK_VALUES // n_features)):
        block = images if label is None else images[labels == label]
        if not len(block):
            continue
        block_mean = block.mean(axis=0, dtype=np.float64)
        deviations = np.subtract(block, block_mean, dtype=np.float64)
        squares += np.einsum("ij,ij->j", deviations, deviations)
        total = n_samples + len(block)
        step = block_mean - mean
        squares += step * step * (n_samples * len(block) / total)
        mean += step * (len(block) / total)
        n_samples = total
    spread = np.sqrt(squares / max(n_samples, 1))
    return MeanSpread(n_samples, read_only(mean), read_only(spread))
