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


def shortest_within(a: Array, b: Array, bounds: Array) -> tuple[Array, Array]:
    """Return what :func:`settled_shortest` does, without being told which pixels a bound holds.

    A bound that is not kept becomes one more row, until all are; what is a row may be slack again,
    so that none is held that need not be.
    """
    pixels = np.eye(a.shape[1])
    rows, needs = a, b
    held = np.zeros((2, a.shape[1]), dtype=np.bool_)
    while True:
        change, found = settled_shortest(rows, needs, np.zeros(len(rows)), None)
        broken = np.stack((change < bounds[0] - _ROUNDING, change > bounds[1] + _ROUNDING)) & ~held
        if not broken.any():
            return change, found[: len(b)]
        held |= broken
        rows = np.vstack((rows, pixels[broken[0]], -pixels[broken[1]]))
        needs = np.concatenate((needs, bounds[0][broken[0]], -bounds[1][broken[1]]))


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
