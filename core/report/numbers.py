"""Numbers in words and pictures, written one way."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

LARGEST = 1e300
"""Curves of a diverging run are cut here, so that differences of them stay finite."""


def number(value: float, form: str) -> str:
    """Format with a real minus sign, and 0 without one."""
    text = format(value, form)
    if not any(digit in text for digit in "123456789"):
        text = text.lstrip("-")
    return text.replace("-", "−")


def measure(value: float, form: str = ".3f") -> str:
    """Format a measure, an enormous one with three figures."""
    return number(value, form) if abs(value) < 1e5 else number(value, ".3g")


def probability_words(value: float) -> str:
    """Return a probability in words that also cope with one that could not be computed."""
    return number(value, ".3f") if math.isfinite(value) else "not computable"


def value_range(parts: Iterable[NDArray[Any]], log: bool = False) -> tuple[float, float]:
    """Return the (low, high) of all finite values, a little widened; positive ones for ``log``."""
    values = np.concatenate([np.ravel(part).astype(np.float64) for part in parts] or [np.zeros(0)])
    values = values[np.isfinite(values) & ((values > 0) if log else True)]
    if not len(values):
        return (0.1, 1.0) if log else (0.0, 1.0)
    low, high = np.clip([values.min(), values.max()], -LARGEST, LARGEST)
    if log:
        low, high = np.log10(np.clip([low, high], 1 / LARGEST, LARGEST))
        margin = max(0.05 * (high - low), 0.04)
        return float(10 ** max(low - margin, -305)), float(10 ** min(high + margin, 305))
    # A nearly flat curve should look flat, not have its last digits blown up.
    margin = max(0.05 * (high - low), 0.02 * max(abs(low), abs(high)), 1e-3)
    return float(low - margin), float(high + margin)
