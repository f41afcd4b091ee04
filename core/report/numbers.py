"""Numbers in words and pictures, written one way."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

LARGEST = 1e260
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


def most_probable(probabilities: NDArray[Any], target: int, most: int) -> list[int]:
    """Return the classes that are ever most probable, in class order, the target among them.

    Parameters
    ----------
    probabilities : (n_steps, n_classes)
    most : how many at most
    """
    highest = np.fmax.reduce(probabilities)
    highest[target] = np.inf
    order = np.argsort(-np.nan_to_num(highest, nan=-1.0), kind="stable")
    return sorted(order[:most].tolist())


def value_range(parts: Iterable[NDArray[Any]], log: bool = False) -> tuple[float, float]:
    """Return the (low, high) of all finite values, a little widened.

    Parameters
    ----------
    log : of those above zero, or where there is none, of those below
    """
    values = np.concatenate([np.zeros(0), *(np.ravel(part) for part in parts)])
    values = values[np.isfinite(values) & ((values != 0) if log else True)]
    if not len(values):
        return (0.1, 1.0) if log else (0.0, 1.0)
    if log:
        sign = 1.0 if values.max() > 0 else -1.0
        sizes = np.log10(np.clip((sign * values)[sign * values > 0], 1 / LARGEST, LARGEST))
        margin = max(0.05 * np.ptp(sizes), 0.04)
        ends = sign * 10 ** (sizes.min() - margin), sign * 10 ** (sizes.max() + margin)
        return float(min(ends)), float(max(ends))
    low, high = np.clip([values.min(), values.max()], -LARGEST, LARGEST)
    # A nearly flat curve should look flat, not have its last digits blown up.
    margin = max(0.05 * (high - low), 0.02 * max(abs(low), abs(high)), 1e-3)
    return float(low - margin), float(high + margin)
