"""Whether two lists of numbers rise together, whatever their scales."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray


def ranks(values: NDArray[Any]) -> NDArray[np.float64]:
    """Return the ranks (n,) from 1 on, equal values sharing the mean of theirs; no NaN.

    Infinite values are the largest, and equal to each other.
    """
    _, place, counts = np.unique(values, return_inverse=True, return_counts=True)
    last = np.cumsum(counts)
    return np.asarray((last - (counts - 1) / 2)[place.reshape(-1)])


def rank_correlation(a: NDArray[Any], b: NDArray[Any]) -> float:
    """Return Spearman's rank correlation, -1 to 1: Pearson's of the ranks.

    Parameters
    ----------
    a, b : (n,), no NaN

    Returns
    -------
    NaN for fewer than three numbers, of which any two orders agree or disagree wholly, or where
    all numbers of a list are equal
    """
    if len(a) < 3:
        return float("nan")
    x, y = (values - values.mean() for values in (ranks(a), ranks(b)))
    lengths = float(np.sqrt((x @ x) * (y @ y)))
    return float(x @ y) / lengths if lengths > 0 else float("nan")
