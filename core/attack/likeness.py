"""What a change looks like: the weights of its target, or the target's images."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray


def cosine(first: NDArray[Any], second: NDArray[Any]) -> float:
    """Return the cosine of the angle between two directions; 0 where one of them is none."""
    a, b = first.astype(np.float64), second.astype(np.float64)
    lengths = float(np.linalg.norm(a) * np.linalg.norm(b))
    return float(a @ b) / lengths if lengths > 0 else 0.0


def likeness(
    change: NDArray[Any], weights: NDArray[Any], target: int, means: NDArray[Any]
) -> tuple[float, float]:
    """Return how far a change points where the target's weights do, and where its images do.

    Both are taken less the mean of all classes, which no class has for itself.

    Parameters
    ----------
    change : (n_features,)
    weights : (n_classes, n_features + 1), bias in column 0
    means : (n_classes, n_features), the mean image of each class

    Returns
    -------
    Two cosines, each from -1 to 1.
    """
    pixels = weights[:, 1:].astype(np.float64)
    by_weights = cosine(change, pixels[target] - pixels.mean(axis=0))
    return by_weights, cosine(change, means[target] - means.mean(axis=0))
