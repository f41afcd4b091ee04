"""Smoothing a curve for the eye: a centred moving mean that gets narrower toward the ends."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

SMOOTHINGS = (1, 3, 5, 9, 21, 51)
"""Numbers of points offered for the mean; 1 leaves a curve as it is."""

SMOOTHING_FORMULA = "s_i = mean of y_j over |j - i| ≤ h, h = min((n - 1) / 2, i, N - 1 - i)"
"""What :func:`moving_mean` draws of N values y with n points, in words people read."""


def moving_mean(values: NDArray[Any], n_points: int) -> NDArray[np.float64]:
    """Return the centred moving mean of a curve.

    ``s_i = mean of y_j over |j - i| <= h_i`` with ``h_i = min((n_points - 1) / 2, i, N - 1 - i)``:
    the window shrinks toward the ends and stays centred, so that a straight line is left as it is,
    the first and the last value are those of the curve, and nothing is shifted sideways.

    Values that are not finite count nowhere, and stay ``nan`` at their own place: what was not
    measured is not made up. Every mean is a sum of its own, so that a single huge value spoils
    only the means it is part of.

    Parameters
    ----------
    values : (N,)
    n_points : odd, 1 or more

    Returns
    -------
    (N,), float64
    """
    finite = np.isfinite(values)
    if finite.all():
        n_in_window = np.full(len(values), float(n_points))
        narrow = np.arange(1.0, n_points, 2.0)[: (len(values) + 1) // 2]
        n_in_window[: len(narrow)] = narrow
        n_in_window[len(values) - len(narrow) :] = narrow[::-1]
        return np.asarray(_window_sums(values, n_points) / n_in_window)
    total = _window_sums(np.where(finite, values, 0.0), n_points)
    means = total / np.maximum(_window_sums(finite, n_points), 1.0)
    means[~finite] = np.nan
    return means


def _window_sums(values: NDArray[Any], n_points: int) -> NDArray[np.float64]:
    """Return the sum over the window about each value."""
    total = values.astype(np.float64)
    n = len(total)
    for offset in range(1, min((n_points - 1) // 2, (n - 1) // 2) + 1):
        inner = total[offset : n - offset]
        inner += values[: n - 2 * offset]
        inner += values[2 * offset :]
    return total
