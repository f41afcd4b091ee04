r"""The end of the way for one image where the method of many has stopped short of it.

Where a problem is degenerate (rows that are nearly, or exactly, combinations of others; numbers as
round as those of a hand-made model) rounding ends the iterations too early, but what they point at
is right: which pixels lie at a bound, and which rows hold with equality. What follows from that is
a small least-squares problem with weights that must not be negative, and C. L. Lawson and R. J.
Hanson's active sets (Solving Least Squares Problems, 1974, chapter 23) solve it exactly in as many
steps as there are rows, or a few more; or show that rows contradict each other.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

_ROUNDING = 1e-12


def settled_shortest(
    a: Array, b: Array, weights: Array, bounds: Array | None
) -> tuple[Array, Array]:
    """Return the shortest change (n_features,) and the weights of the rows (n_rows,).

    Of pixels that no bound holds, least distance programming as Lawson and Hanson have it: from
    the residual of ``[A^T; b^T] l`` against ``(0, ..., 0, 1)``. Without one the rows contradict
    each other, and the weights prove it.

    Parameters
    ----------
    a : (n_rows, n_features)
    b : (n_rows,)
    weights : (n_rows,), near enough to tell which pixels are held
    bounds : (2, n_features), lower and upper; None for none
    """
    wanted = weights @ a
    change, free = wanted, np.ones(len(wanted), dtype=np.bool_)
    if bounds is not None:
        change = np.clip(wanted, *bounds)
        free = (wanted > bounds[0]) & (wanted < bounds[1])
    some, left = a[:, free], b - a[:, ~free] @ change[~free]
    aim = np.zeros(some.shape[1] + 1)
    aim[-1] = 1.0
    found = nonnegative(np.vstack((some.T, left)), aim)
    missing = 1.0 - float(left @ found)
    if missing <= _ROUNDING:
        return change, found
    found = found / missing
    change[free] = found @ some
    return change, found


def settled_flattest(
    a: Array, b: Array, change: Array, weights: Array, bounds: Array | None
) -> tuple[Array, Array]:
    """Return the corner that a nearly solved linear programme points at, and weights of the rows.

    At a corner some rows hold with equality and as many unknowns, the largest component and the
    pixels at no bound, follow from them; what is at a bound of the box stays there. The weights
    are those whose row ``A^T l`` gives the free pixels nothing.

    Parameters
    ----------
    a, b, bounds : as for :func:`settled_shortest`
    change, weights : near enough to tell what holds
    """
    largest = float(np.abs(change).max())
    low, high = np.full_like(change, -largest), np.full_like(change, largest)
    if bounds is not None:
        low, high = np.maximum(low, bounds[0]), np.minimum(high, bounds[1])
    nearest = np.where(high - change < change - low, high, low)
    # Of a bound and its dual one is zero, the smaller of both. A corner has no more free pixels
    # than rows that hold, less one for the largest component.
    active = weights > a @ change - b
    some = a[active]
    slack, dual = np.abs(nearest - change), np.abs(weights @ a)
    matters = (some != 0).any(axis=0)
    is_free = (slack > dual) & matters
    n_free = min(int(is_free.sum()), max(len(some) - 1, 0))
    share = np.where(is_free, slack / np.maximum(dual, 1e-300), -1.0)
    free = np.argsort(-share, kind="stable")[:n_free]
    signs = np.where(matters & (np.abs(nearest) == largest), np.sign(nearest), 0.0)
    fixed = np.where(matters, np.where(signs == 0, nearest, 0.0), change)
    signs[free] = fixed[free] = 0.0
    system = np.column_stack((some @ signs, some[:, free]))
    answer = np.linalg.lstsq(system, b[active] - some @ fixed, rcond=None)[0]
    corner = fixed + signs * answer[0]
    corner[free] = answer[1:]
    aim = np.zeros(system.shape[1])
    aim[0] = 1.0
    found = np.zeros_like(weights)
    found[active] = nonnegative(system.T, aim)
    return corner, found


def nonnegative(columns: Array, aim: Array) -> Array:
    """Return the weights ``l >= 0`` (n_columns,) with the smallest ``||columns l - aim||``.

    Parameters
    ----------
    columns : (n, n_columns)
    aim : (n,)
    """
    weights = np.zeros(columns.shape[1])
    used = np.zeros(len(weights), dtype=np.bool_)
    for _ in range(3 * len(weights)):
        rise = np.where(used, -np.inf, columns.T @ (aim - columns @ weights))
        best = int(rise.argmax())
        if rise[best] <= _ROUNDING:
            break
        used[best] = True
        while used.any():
            wanted = np.linalg.lstsq(columns[:, used], aim, rcond=None)[0]
            here = weights[used]
            falls = wanted <= 0
            if not falls.any():
                weights[used] = wanted
                break
            # As far as the first of them gets to zero, and without it from there.
            far = (here[falls] / np.maximum(here[falls] - wanted[falls], 1e-300)).min()
            weights[used] = here + far * (wanted - here)
            gone = np.flatnonzero(used)[falls & (weights[used] <= _ROUNDING * far)]
            gone = gone if len(gone) else np.flatnonzero(used)[falls][:1]
            weights[gone], used[gone] = 0.0, False
    return weights
