"""Smoothing a curve for the eye: a centred moving mean that gets narrower toward the ends."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from core.errors import SettingError

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

    Raises
    ------
    SettingError
        If ``n_points`` is even or below 1.
    """
    if n_points < 1 or n_points % 2 == 0:
        raise SettingError(f"A centred mean needs an odd number of points, not {n_points}")
    finite = np.isfinite(values)
    total = np.where(finite, values, 0.0).astype(np.float64)
    count = finite.astype(np.float64)
    summands, ones = total.copy(), count.copy()
    n = len(total)
    for offset in range(1, min((n_points - 1) // 2, (n - 1) // 2) + 1):
        inner = slice(offset, n - offset)
        for sums, parts in ((total, summands), (count, ones)):
            sums[inner] += parts[: n - 2 * offset]
            sums[inner] += parts[2 * offset :]
    total /= np.maximum(count, 1.0)
    total[~finite] = np.nan
    return total
