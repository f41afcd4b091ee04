r"""Small linear programmes solved to their corner: few rows, many variables between two bounds.

    minimise c . v   such that   A v >= b,   0 <= v <= upper,        c >= 0,

by the dual simplex method. It starts with no change and no weight on any row, which ``c >= 0``
makes dual feasible, so that there is no first phase. Along an edge of the dual a variable whose
reduced cost changes its sign goes over to its other bound, and the edge is left where its slope
does (the long step of R. Fourer, Notes on the dual simplex method, 1994): hundreds of variables
change their bounds in one step, and there are about as many steps as rows. The basis is inverted
anew at each.

For any weights ``y >= 0`` of the rows, those of a search that was left too,

    b . y + sum_j upper_j min(0, c_j - y . A_j)

is a size that no ``v`` undercuts (:func:`lower_bound`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

_ROUNDING = 1e-12
_PIVOT = 1e-9
"""A smaller share of the largest pivot is rounding."""
_STEPS_PER_ROW = 50
_FAR = 1e9
_UNTIE, _GOLDEN = 1e-14, (5**0.5 - 1) / 2
"""Costs that are equal are made a little different, each in its way: ties could go in circles."""


def least_cost(costs: Array, a: Array, b: Array, upper: Array) -> tuple[Array, Array, bool]:
    """Return ``v`` (n,), the weights of the rows (n_rows,), and whether ``v`` satisfies all rows.

    Where nothing does, the weights prove it: :func:`lower_bound` of them is beyond all costs.

    Parameters
    ----------
    costs : (n,), 0 or more
    a : (n_rows, n), about 1 in size
    b : (n_rows,)
    upper : (n,), 0 or more; may be infinite
    """
    n_rows, n = a.shape
    columns = np.hstack((a, -np.eye(n_rows)))
    given = np.concatenate((costs, np.zeros(n_rows)))
    costs = given + _UNTIE * (1.0 + np.arange(n + n_rows) * _GOLDEN % 1.0)
    upper = np.concatenate((upper, np.full(n_rows, np.inf)))
    basis = np.arange(n, n + n_rows)
    is_up = np.zeros(n + n_rows, dtype=np.bool_)
    values, weights, is_met = np.zeros(n + n_rows), np.zeros(n_rows), False
    for _ in range(_STEPS_PER_ROW * (n_rows + 1)):
        own = columns[:, basis]
        inverse = np.linalg.inv(own)
        inverse += inverse @ (np.eye(n_rows) - own @ inverse)  # rows that are nearly alike
        values = np.where(is_up, upper, 0.0)
        values[basis] = 0.0
        values[basis] = inverse @ (b - columns @ values)
        values[basis] += inverse @ (b - columns @ values)
        here = values[basis]
        weights = costs[basis] @ inverse
        off = np.maximum(-here, here - upper[basis])
        row = int(off.argmax())
        if off[row] <= _ROUNDING:
            weights, is_met = given[basis] @ inverse, True
            weights += (given[basis] - weights @ own) @ inverse
            break
        goes_up = bool(here[row] > 0)  # it leaves the basis at its upper bound
        along = inverse[row] @ columns * (1.0 if goes_up else -1.0)
        along[basis] = 0.0
        reduced = costs - weights @ columns
        reduced = np.where(is_up, np.minimum(reduced, 0.0), np.maximum(reduced, 0.0))
        least = _PIVOT * np.abs(along).max()
        meets = np.flatnonzero(np.where(is_up, along < -least, along > least))
        meets = meets[upper[meets] > 0]
        far = reduced[meets] / along[meets]
        order = np.lexsort((-np.abs(along[meets]), far))
        meets = meets[order]
        slope = off[row] - np.cumsum(np.abs(along[meets]) * upper[meets])
        ends = np.flatnonzero(slope <= 0)
        if not len(ends):
            # The dual grows for ever along this edge, far enough to prove it.
            weights = weights + _FAR * (inverse[row] if goes_up else -inverse[row])
            break
        last = int(ends[0])
        is_up[meets[:last]] ^= True
        is_up[basis[row]] = goes_up
        basis[row] = meets[last]
        is_up[basis] = False
    return values[:n], np.maximum(weights, 0.0), is_met


def lower_bound(costs: Array, a: Array, b: Array, upper: Array, weights: Array) -> float:
    """Return a cost that no ``v`` with ``A v >= b`` undercuts; ``upper`` must be finite here."""
    reduced = np.minimum(costs - weights @ a, 0.0)
    return float(b @ weights + reduced[reduced < 0] @ upper[reduced < 0])
