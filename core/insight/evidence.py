"""The evidence ledger: what speaks for one class and against another, pixel by pixel.

The model is linear up to the softmax, so the gap between two logits is a sum with one term for
each pixel and one for the bias; nothing is left over.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from core.data.dataset import read_only
from core.errors import SettingError

if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True, eq=False)
class Evidence:
    """Why the model prefers class ``a`` to class ``b`` in one image.

    ``z_a - z_b = sum_i x_i (w_a - w_b)_i + (b_a - b_b)``, all in float64.

    Attributes
    ----------
    a, b : the two classes
    weights : (n_features,), ``(w_a - w_b)_i``
    pixels : (n_features,), the terms ``x_i (w_a - w_b)_i``
    bias : the term ``b_a - b_b``
    """

    a: int
    b: int
    weights: NDArray[np.float64]
    pixels: NDArray[np.float64]
    bias: float

    @property
    def from_pixels(self) -> float:
        """The sum of the pixels' terms."""
        return float(self.pixels.sum())

    @property
    def gap(self) -> float:
        """``z_a - z_b``: above 0 the model prefers ``a``; ``exp(gap)`` is ``y_a / y_b``."""
        return self.from_pixels + self.bias


def evidence(weights: NDArray[Any], image: NDArray[Any], a: int, b: int) -> Evidence:
    """Return the ledger of one image for two classes.

    Parameters
    ----------
    weights : (n_classes, n_features + 1), bias in column 0
    image : (n_features,)
    a, b : classes; equal ones have nothing between them

    Raises
    ------
    SettingError
        If there is no such class, or the image has another number of pixels.
    """
    n_classes, n_features = weights.shape[0], weights.shape[1] - 1
    if not (0 <= a < n_classes and 0 <= b < n_classes):
        raise SettingError(f"There are classes 0 to {n_classes - 1}, not {a} and {b}")
    if image.shape != (n_features,):
        raise SettingError(f"The model reads {n_features} pixels, not {image.size}")
    difference = weights[a].astype(np.float64) - weights[b].astype(np.float64)
    terms = difference[1:] * image.astype(np.float64)
    return Evidence(a, b, read_only(difference[1:].copy()), read_only(terms), float(difference[0]))


def rivals(probabilities: NDArray[Any], true_class: int | None) -> tuple[int, int]:
    """Return the two classes whose ledger is asked for first.

    What the image is read as, against its true class where that is another one, else against the
    runner-up.
    """
    order = np.argsort(probabilities)[::-1]
    best = int(order[0])
    if true_class is not None and true_class != best:
        return best, true_class
    return best, int(order[1])
