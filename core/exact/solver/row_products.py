"""``A diag(d) A^T`` for many diagonals: the products of the rows are made once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

MOST_KEPT = 4_000_000
"""Products of rows that are kept; more of them are made image by image."""

FEW = 4

FAR = 1e7
"""Without a box, what is so many times farther than the farthest rival alone is out of reach: in
float64 it cannot be told from that."""


class RowProducts:
    """The products of every two rows of ``A``, pixel by pixel.

    Parameters
    ----------
    a : (n_rows, n_features)
    n : how many problems there are; of a few the products are not worth keeping
    """

    def __init__(self, a: Array, n: int) -> None:
        self._a = a
        self._pairs = np.triu_indices(len(a))
        self._products: Array | None = None
        if n >= FEW and len(self._pairs[0]) * a.shape[1] <= MOST_KEPT:
            first, second = self._pairs
            self._products = np.ascontiguousarray((a[first] * a[second]).T)

    def weighted(self, diagonals: Array) -> Array:
        """Return ``A diag(d) A^T``, (n, n_rows, n_rows), for each of (n, n_features)."""
        if self._products is None:
            return np.asarray((self._a * diagonals[:, None, :]) @ self._a.T)
        first, second = self._pairs
        n_rows = len(self._a)
        made = np.empty((len(diagonals), n_rows, n_rows))
        made[:, first, second] = diagonals @ self._products
        made[:, second, first] = made[:, first, second]
        return made
