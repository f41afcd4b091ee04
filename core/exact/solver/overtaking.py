r"""The smallest change with which one class overtakes all others: a small convex problem.

With rows ``a_j = w_c - w_j`` and gaps ``b_j = z_j - z_c`` of all others ``j`` it is

    minimise ||u||_2  or  max |u_i|,   such that  A u >= b,  lower <= u <= upper,

a quadratic or a linear programme with as many rows as there are other classes. Images share the
rows ``A`` of the class that is to win, so that what many steps multiply is one product of matrices:
of the dual for the length (:mod:`core.exact.solver.shortest`), of an interior point for the largest
component (:mod:`core.exact.solver.flattest`). Without a box only the lengths and angles of the rows
matter for the length: a triangular matrix with the same products ``A A^T`` stands in for them, with
as few columns as rows.

Every answer is checked from both sides. Weights ``l >= 0`` of the rows make one row
``a = A^T l`` with gap ``l . b`` of them, which every change that overtakes all must satisfy too:
the closed form of a single pair (:mod:`core.exact.pairs`) then gives a size that no change can
undercut, for any weights. At the dual solution it is the optimum (strong duality; D. Luenberger,
Optimization by Vector Space Methods, 1969, section 8.6), and the primal solution shows that it
can be reached. The same bound proves that no change is enough, where it is infinite (Farkas). What
does not close up to :data:`AGREEMENT` is brought to its end one by one
(:mod:`core.exact.solver.settling` for a length, :mod:`core.exact.solver.simplex` for a largest
component, which is exact to rounding, and the way of a single image too).
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from core.errors import ExplorerError
from core.exact.pairs import pair_changes
from core.exact.solver.flattest import flattest_changes
from core.exact.solver.row_products import FAR
from core.exact.solver.settling import settled_shortest, shortest_within
from core.exact.solver.shortest import shortest_changes
from core.exact.solver.simplex import least_cost

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from core.exact.pairs import Norm

    Array = NDArray[np.float64]
    Bounds = Array | None
    """(2, n, n_features), the lower and the upper ones of each change; None for none."""

AGREEMENT = 1e-9
"""How far, as a share, the size that is reached may be from the one nothing can undercut."""
_CLOSED = 1 - 1e-9
"""So much of a gap is as good as all of it."""
_MOST_STEPS = 100
_CLOSES = 1e-13
_ROUGH = 1e-6
"""How far a length may be from what is proven, at most."""


def overtaking_sizes(rows: Array, gaps: Array, norm: Norm, images: Array | None) -> Array:
    """Return the size of the smallest change of each image, (n,); infinite where none is enough.

    Parameters
    ----------
    rows : (n_others, n_features), ``w_c - w_j`` of all other classes ``j``
    gaps : (n, n_others), ``z_j - z_c``
    norm : ``l2`` or ``linf``
    images : (n, n_features) within [0, 1] if the changed ones must stay there, else None

    Raises
    ------
    ExplorerError
        If a size cannot be proven to a millionth; no such case is known.
    """
    sizes = np.zeros(len(gaps))
    a, b, is_hopeless = _scaled_rows(rows, gaps)
    sizes[is_hopeless] = np.inf
    open_ = np.flatnonzero((gaps > 0).any(axis=1) & ~is_hopeless)
    if not len(open_):
        return sizes
    b = b[open_]
    scale = np.abs(b).max(axis=1)
    b = b / scale[:, None]
    bounds = None if images is None else _box(images[open_], scale[:, None])
    found = _solved(a, b, norm, bounds)[0]
    for i in np.flatnonzero(np.isnan(found)).tolist():
        found[i] = _settled(a, b[[i]], norm, _some(bounds, [i]))[0]
    sizes[open_] = found * scale
    return sizes


def overtaking_change(rows: Array, gaps: Array, norm: Norm, image: Array | None) -> Array | None:
    """Return the smallest change of one image, (n_features,), or None where none is enough.

    Parameters
    ----------
    rows, norm : as for :func:`overtaking_sizes`, whose error is raised
    gaps : (n_others,)
    image : (n_features,), or None without a box
    """
    a, b, is_hopeless = _scaled_rows(rows, gaps[None])
    if is_hopeless[0]:
        return None
    if not (b > 0).any():
        return np.zeros(rows.shape[1])
    scale = np.abs(b).max()
    bounds = None if image is None else _box(image[None], scale)
    size, change = _settled(a, b / scale, norm, bounds)
    if np.isinf(size):
        return None
    change = change * scale
    return change if image is None else np.asarray(np.clip(change, -image, 1.0 - image))


def _scaled_rows(rows: Array, gaps: Array) -> tuple[Array, Array, NDArray[np.bool_]]:
    """Return rows of length 1, their gaps, and of which images a row that is 0 asks for more."""
    lengths = np.linalg.norm(rows, axis=1)
    flat = lengths <= 1e-14 * max(float(lengths.max(initial=0.0)), 1e-300)
    a, b = rows[~flat] / lengths[~flat, None], gaps[:, ~flat] / lengths[~flat]
    return a, b, np.asarray((gaps[:, flat] > 0).any(axis=1))


def _box(images: Array, scale: Any) -> Array:
    return np.asarray(np.stack((-images, 1.0 - images)) / scale)


def _some(bounds: Bounds, at: list[int] | NDArray[np.int64]) -> Bounds:
    return None if bounds is None else np.take(bounds, at, axis=1)


def _size(changes: Array, norm: Norm) -> Array:
    if norm == "l2":
        return np.asarray(np.sqrt(np.einsum("ij,ij->i", changes, changes)))
    return np.asarray(np.abs(changes).max(axis=1))


def _solved(a: Array, b: Array, norm: Norm, bounds: Bounds) -> tuple[Array, Array, Array]:
    """Return sizes (n,), NaN where both sides do not agree; changes, and weights (n, n_rows).

    For rows of length 1. The changes are those of the triangular stand-in where that is taken.
    """
    rows = a
    if bounds is None and norm == "l2":
        rows = np.linalg.qr(a.T).R.T
    solve = shortest_changes if norm == "l2" else flattest_changes
    changes, weights = solve(rows, b, bounds)
    least, missing, reached = _both_sides(rows, b, norm, bounds, changes, weights)
    with np.errstate(invalid="ignore"):
        agrees = (np.abs(reached - least) <= AGREEMENT * least) & (missing <= AGREEMENT)
    return np.where(agrees | np.isinf(least), least, np.nan), changes, weights


def _both_sides(
    a: Array, b: Array, norm: Norm, bounds: Bounds, changes: Array, weights: Array
) -> tuple[Array, Array, Array]:
    """Return the size (n,) that nothing undercuts; what the change leaves, and its own size."""
    with np.errstate(all="ignore"):
        weights = np.where(np.isfinite(weights), weights, 0.0)
        share = weights / np.maximum(weights.sum(axis=1, keepdims=True), 1e-300)
        gap = np.einsum("ij,ij->i", share, b)
        towards = share @ a
        least = _of_one_row(towards, gap, norm, bounds)
        # What only just closes a gap must not fail by rounding.
        far = np.flatnonzero(np.isposinf(least))
        if len(far):
            least[far] = _of_one_row(towards[far], gap[far] * _CLOSED, norm, _some(bounds, far))
        missing = (b - changes @ a.T).max(axis=1)
        reached = _size(changes, norm)
    # Not by rounding alone; and without a box, farther than anything else is is never.
    too_far = np.linalg.norm(towards, axis=1) * FAR < gap
    never = np.isposinf(least) & (gap > AGREEMENT) | too_far & (bounds is None)
    least[np.isposinf(least)] = np.nan
    least[never] = np.inf
    return least, missing, reached


def _of_one_row(towards: Array, gaps: Array, norm: Norm, bounds: Bounds) -> Array:
    """Return the size that closes the gap of one row per image, within bounds that may be scaled.

    The closed form knows the box [0, 1]: bounds ``(-x, 1 - x) / s`` are put into it by ``s``.
    """
    gaps = np.maximum(gaps, 0.0)
    if bounds is None:
        return pair_changes(towards, towards, gaps, norm, boxed=False)[0]
    lower, upper = bounds
    wide = 1.0 / (upper[:, 0] - lower[:, 0])
    images = np.clip(-lower * wide[:, None], 0.0, 1.0)
    found, _ = pair_changes(images, towards, gaps * wide, norm, boxed=True, to_tie=True)
    return np.asarray(found / wide)


def _settled(a: Array, b: Array, norm: Norm, bounds: Bounds) -> tuple[float, Array]:
    """Return size and change (n_features,) of one image, brought to their end.

    The size is that of the change: that nothing undercuts it by more than a millionth is proven.
    """
    if norm == "linf":
        return _flattest(a, b, bounds)
    sizes, changes, weights = _solved(a, b, norm, bounds)
    if bounds is None:
        changes = weights @ a
    if not np.isnan(sizes[0]):
        return float(sizes[0]), changes[0]
    # In units of about its size, which the least largest component is near: as 1 where near.
    scale = max(_flattest(a, b, bounds)[0], 1.0)
    if np.isinf(scale):
        return np.inf, changes[0]
    b, weights, changes = b / scale, weights / scale, changes / scale
    bounds = None if bounds is None else bounds / scale
    own = None if bounds is None else bounds[:, 0]
    ways_to_settle = [partial(settled_shortest, a, b[0], weights[0], own)]
    if own is not None:  # where the weights do not tell which pixels are held
        ways_to_settle.append(partial(shortest_within, a, b[0], own))
    for settle in ways_to_settle:
        with np.errstate(all="ignore"):
            change, found = settle()
        # Whatever the weights, none undercuts their size: the largest of both is the sharper proof.
        of_rows, ways = np.stack((weights[0], found)), np.stack((changes[0], change))
        if own is not None:
            ways = np.clip(ways, *own)
        both = _some(bounds, [0, 0])
        least, missing, reached = _both_sides(a, b[[0, 0]], norm, both, ways, of_rows)
        if np.isinf(least).any():
            return np.inf, changes[0]
        proven = least[~np.isnan(least)].max(initial=0.0)
        with np.errstate(all="ignore"):
            off = np.maximum(np.abs(reached - proven) / proven, missing)
        off[np.isnan(off)] = np.inf
        best = int(off.argmin())
        if off[best] <= _ROUGH:
            return float(reached[best]) * scale, ways[best] * scale
    raise ExplorerError("The smallest change toward this class could not be found.")


def _flattest(a: Array, b: Array, bounds: Bounds) -> tuple[float, Array]:
    """Return the least largest component of one image, and a change, to the last digits.

    What the worst row misses within a largest component ``e`` is a linear programme
    (:mod:`core.exact.solver.simplex`), and convex and piecewise linear in ``e``. Its weights of the
    rows prove that nothing below some larger ``e`` is enough: Newton's step, which is never beyond
    the solution and exact on the last piece.
    """
    n_rows, n_features = a.shape
    # Shares of each component's room, and what the worst row misses, which has no bound.
    costs, upper = np.append(np.zeros(n_features), 1.0), np.append(np.ones(n_features), np.inf)
    change, size = np.zeros((1, n_features)), 0.0
    weights = np.eye(n_rows)[[int(b[0].argmax())]]
    for _ in range(_MOST_STEPS):
        least, missing, _ = _both_sides(a, b, "linf", bounds, change, weights)
        if np.isinf(least[0]):
            return np.inf, change[0]
        if missing[0] <= _CLOSES or not least[0] > size:
            break
        size = float(least[0])
        low, high = np.full(n_features, -size), np.full(n_features, size)
        if bounds is not None:
            low, high = np.maximum(low, bounds[0, 0]), np.minimum(high, bounds[1, 0])
        unit = max(size, 1.0)  # what is far is missed by more, too
        programme = np.column_stack((a * ((high - low) / unit), np.ones(n_rows)))
        values, found, _ = least_cost(costs, programme, (b[0] - a @ low) / unit, upper)
        change, weights = (low + values[:-1] * (high - low))[None], found[None]
    if missing[0] > AGREEMENT + 1e-14 * size:  # what is far is rounded
        raise ExplorerError("The smallest change toward this class could not be found.")
    return float(np.abs(change).max()), change[0]
