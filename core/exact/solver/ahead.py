"""Whether some image is read as a class at all, ahead of all others and not in a tie."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from core.exact.solver.simplex import least_cost

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

BEYOND = 1e-7
"""By this share of the largest gap or weight the class is to be ahead: a tie is not enough."""


def scale_of(rows: Array, gaps: Array) -> float:
    """Return the largest of all weights and gaps: of what :data:`BEYOND` is a share."""
    return max(float(np.abs(gaps).max()), float(np.abs(rows).max()))


def can_be_ahead(weights: NDArray[Any], target: int, *, boxed: bool) -> bool:
    """Return whether an image, with its pixels between 0 and 1 if boxed, is read as ``target``.

    Each image can be changed to that one, so that it does not matter which is asked about.

    Parameters
    ----------
    weights : (n_classes, n_features + 1), bias in column 0
    """
    w = weights.astype(np.float64)
    others = np.delete(w, target, axis=0)
    with np.errstate(over="ignore", invalid="ignore"):
        rows, gaps = w[target, 1:] - others[:, 1:], others[:, 0] - w[target, 0]
    if not (np.isfinite(rows).all() and np.isfinite(gaps).all()):
        return True  # of weights that ran away no size is known
    needed = gaps + BEYOND * scale_of(rows, gaps)
    # All ink where the class weighs it more than the mean of the others: nearly always enough.
    if (rows @ (rows.mean(axis=0) > 0) > needed).all():
        return True
    lengths = np.linalg.norm(rows, axis=1)
    some = lengths > 0
    if (needed[~some] >= 0).any():
        return False
    a, b = rows[some] / lengths[some, None], needed[some] / lengths[some]
    scale = max(float(np.abs(b).max()), 1e-300)
    columns, most = (a, 1 / scale) if boxed else (np.hstack((a, -a)), np.inf)
    n = columns.shape[1]
    return least_cost(np.zeros(n), columns, b / scale, np.full(n, most))[2]
