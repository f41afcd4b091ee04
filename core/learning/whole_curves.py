"""Bands that hold whole curves, not only most of the values at each place.

Between quantiles at every place lie far fewer curves than values: each may leave the band anywhere.
Here a curve strays as far as its largest deviation from the median, measured at every place by the
mean deviation there, and the band is as wide as those that stray least take: a simultaneous band
(the largest standardised deviation of B. Efron & R. Tibshirani, An introduction to the bootstrap,
1993; of functions, M. Myllymaki et al., Global envelope tests for spatial processes, 2017).
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray


def n_held(n_curves: int, share: float) -> int:
    """Return how many of the curves a share of them is, at least."""
    return math.ceil(share * n_curves - 1e-9)


def straying(
    curves: NDArray[np.float64], median: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return how far each curve strays at most, (n,), in what is usual at each place, (n_places,).

    Parameters
    ----------
    curves : (n_places, n); what is NaN is no part of a curve
    median : (n_places,) of the curves
    """
    with np.errstate(invalid="ignore"):  # a log-likelihood may be minus infinite, as its median
        strays = np.abs(curves - median[:, None])
    is_known = np.isfinite(strays)
    usual = np.where(is_known, strays, 0.0).sum(axis=1) / np.maximum(is_known.sum(axis=1), 1)
    strays /= np.where(usual > 0, usual, 1.0)[:, None]
    return np.where(np.isnan(strays), 0.0, strays).max(axis=0, initial=0.0), usual


def band_of_draws(
    curves: NDArray[np.float64], median: NDArray[np.float64], n_curves: int
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the ends of a band for further draws: it holds so many of these whole.

    What is said of curves not seen yet needs a smooth width; it goes no farther than these do.

    Parameters
    ----------
    curves, median : as :func:`straying` takes them; places where the median is NaN have no band
    """
    furthest, usual = straying(curves, median)
    width = np.sort(furthest)[n_curves - 1] * usual
    ends = curves.min(axis=1), curves.max(axis=1)
    return np.maximum(median - width, ends[0]), np.minimum(median + width, ends[1])


def band_of_members(
    curves: NDArray[np.float64], median: NDArray[np.float64], n_curves: int
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the ends of what so many of these few curves fill, those that stray least.

    Parameters
    ----------
    curves, median : as :func:`straying` takes them; the median is always within

    Returns
    -------
    low, high : (n_places,); NaN where no curve is left
    """
    furthest, _ = straying(curves, median)
    held = curves[:, np.argsort(furthest, kind="stable")[:n_curves]]
    low, high = np.fmin.reduce(held, axis=1), np.fmax.reduce(held, axis=1)
    return np.fmin(low, median), np.fmax(high, median)
