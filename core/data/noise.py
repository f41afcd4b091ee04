"""Spoiling data on purpose: wrong labels and noisy pixels, the same ones for the same seed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

_ROWS = 4096
"""Noise is added in slices, so that no temporary grows with the data set."""


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
