r"""The smallest changes with which one class overtakes all others, of many images at once.

The same problem as in :mod:`core.exact.solver.overtaking`; the images share the rows ``A`` of the
class that is to win, so that what many Newton steps multiply is one product of matrices: of the
dual for the length (:mod:`core.exact.solver.shortest_many`), of an interior point for the largest
component (:mod:`core.exact.solver.flattest_many`). Without a box only the lengths and angles of the
rows matter for the length: a triangular matrix with the same products ``A A^T`` stands in for them,
with as few columns as rows.

Every answer is checked from both sides. Weights ``l >= 0`` of the rows make one row
``a = A^T l`` with gap ``l . b`` of them, which every change that overtakes all must satisfy too:
the closed form of a single pair (:mod:`core.exact.pairs`) then gives a size that no change can
undercut, for any weights. At the dual solution it is the optimum (strong duality; D. Luenberger,
Optimization by Vector Space Methods, 1969, section 8.6), and the primal solution shows that it
can be reached. What does not close up to :data:`AGREEMENT` is left to the one by one method.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from core.exact.pairs import pair_changes
from core.exact.solver.flattest_many import flattest_changes
from core.exact.solver.overtaking import overtake_all
from core.exact.solver.row_products import FAR
from core.exact.solver.shortest_many import shortest_changes

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from core.exact.pairs import Norm

    Array = NDArray[np.float64]

AGREEMENT = 1e-8
"""How far, as a share, the size that is reached may be from the one nothing can undercut."""


def overtake_all_many(rows: Array, gaps: Array, norm: Norm, images: Array | None) -> Array:
    """Return the size of the smallest change of each image, (n,); infinite where none is enough.

    Parameters
    ----------
    rows : (n_others, n_features), ``w_c - w_j`` of all other classes ``j``
    gaps : (n, n_others), ``z_j - z_c``
    norm : ``l2`` or ``linf``
    images : (n, n_features) within [0, 1] if the changed ones must stay there, else None
    """
    sizes = np.zeros(len(gaps))
    lengths = np.linalg.norm(rows, axis=1)
    flat = lengths <= 1e-14 * max(float(lengths.max(initial=0.0)), 1e-300)
    sizes[(gaps[:, flat] > 0).any(axis=1)] = np.inf
    open_ = np.flatnonzero((gaps > 0).any(axis=1) & np.isfinite(sizes))
    if not len(open_):
        return sizes
    a, b = rows[~flat] / lengths[~flat, None], gaps[np.ix_(open_, ~flat)] / lengths[~flat]
    scale = np.abs(b).max(axis=1)
    boxed = None if images is None else images[open_]
    found = _solved(a, b / scale[:, None], norm, boxed, scale) * scale
    for i in np.flatnonzero(np.isnan(found)):
        room = None if boxed is None else (-boxed[i], 1.0 - boxed[i])
        change = overtake_all(rows, gaps[open_[i]], norm, room)
        found[i] = np.inf if change is None else _size(change[None], norm)[0]
    sizes[open_] = found
    return sizes


def _size(changes: Array, norm: Norm) -> Array:
    if norm == "l2":
        return np.asarray(np.sqrt(np.einsum("ij,ij->i", changes, changes)))
    return np.asarray(np.abs(changes).max(axis=1))


def _solved(a: Array, b: Array, norm: Norm, images: Array | None, scale: Array) -> Array:
    """Return the sizes (n,) for rows of length 1; NaN where both sides do not agree."""
    lower = upper = None
    rows = a
    if images is not None:
        lower, upper = -images / scale[:, None], (1.0 - images) / scale[:, None]
    elif norm == "l2":
        rows = np.linalg.qr(a.T).R.T
    solve = shortest_changes if norm == "l2" else flattest_changes
    changes, weights = solve(rows, b, lower, upper)
    with np.errstate(all="ignore"):
        weights = np.where(np.isfinite(weights), weights, 0.0)
        share = weights / np.maximum(weights.sum(axis=1, keepdims=True), 1e-300)
        gap = np.einsum("ij,ij->i", share, b)
        least = _of_one_row(share @ rows, gap, norm, lower, upper)
        missing = (b - changes @ rows.T).max(axis=1)
        reached = _size(changes, norm)
    agrees = (np.abs(reached - least) <= AGREEMENT * least) & (missing <= AGREEMENT)
    # Not by rounding alone; and without a box, farther than anything else is is never.
    too_far = np.linalg.norm(share @ rows, axis=1) * FAR < gap
    never = np.isposinf(least) & (gap > AGREEMENT) | too_far & (images is None)
    least[never] = np.inf
    return np.where(agrees | never, least, np.nan)


def _of_one_row(
    towards: Array, gaps: Array, norm: Norm, lower: Array | None, upper: Array | None
) -> Array:
    """Return the size that closes the gap of one row per image, within bounds that may be scaled.

    The closed form knows the box [0, 1]: bounds ``(-x, 1 - x) / s`` are put into it by ``s``.
    """
    gaps = np.maximum(gaps, 0.0)
    if lower is None or upper is None:
        return pair_changes(towards, towards, gaps, norm, boxed=False)[0]
    wide = 1.0 / (upper[:, 0] - lower[:, 0])
    images = np.clip(-lower * wide[:, None], 0.0, 1.0)
    return np.asarray(pair_changes(images, towards, gaps * wide, norm, boxed=True)[0] / wide)
