r"""The smallest changes with which one class overtakes all others, of many images at once.

The same problem and method as :mod:`core.attack.overtaking`; the images share the rows ``A`` of
the class that is to win, so that the products of many Newton steps are one product of matrices.
Without a box only the lengths and angles of the rows matter for the L2 length: a triangular
matrix with the same products ``A A^T`` stands in for them, with as few columns as rows.

Every answer is checked from both sides. Weights ``l >= 0`` of the rows make one row
``a = A^T l`` with gap ``l . b`` of them, which every change that overtakes all must satisfy too:
the closed form of a single pair (:mod:`core.attack.pairs`) then gives a size that no change can
undercut, for any weights. At the dual solution it is the optimum (strong duality; D. Luenberger,
Optimization by Vector Space Methods, 1969, section 8.6), and the primal solution shows that it
can be reached. What does not close up to :data:`AGREEMENT` is left to the one by one method.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from core.attack.overtaking import overtake_all
from core.attack.pairs import pair_changes

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from core.attack.pairs import Norm

    Array = NDArray[np.float64]

AGREEMENT = 1e-8
"""How far, as a share, the size that is reached may be from the one nothing can undercut."""

_TOLERANCE = 1e-9
_MOST_STEPS = 60
_SAFE = 0.995
_MOST_PRODUCTS = 4_000_000
"""So many products of rows are kept for all images; more are made image by image."""


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
    changes, weights = _InteriorPoint(rows, b, norm, lower, upper).solve()
    with np.errstate(all="ignore"):
        weights = np.where(np.isfinite(weights), weights, 0.0)
        share = weights / np.maximum(weights.sum(axis=1, keepdims=True), 1e-300)
        least = _of_one_row(share @ rows, np.einsum("ij,ij->i", share, b), norm, lower, upper)
        missing = (b - changes @ rows.T).max(axis=1)
        reached = _size(changes, norm)
    agrees = (np.abs(reached - least) <= AGREEMENT * least) & (missing <= AGREEMENT)
    return np.where(agrees | np.isposinf(least), least, np.nan)


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


@dataclass(slots=True)
class _State:
    """Where each problem is: unknowns, slacks and their duals.

    Attributes
    ----------
    u, e : (n, n_features) and (n,); ``e`` is the largest component allowed
    rows, row_duals : (n, n_rows), of ``A u >= b``
    bounds, duals : (n_bounds, n, n_features), of the bounds of every component
    """

    u: Array
    e: Array
    rows: Array
    row_duals: Array
    bounds: Array
    duals: Array

    def kept(self, at: NDArray[np.bool_]) -> _State:
        """Return some of the problems."""
        return _State(self.u[at], self.e[at], self.rows[at], self.row_duals[at],
                      self.bounds[:, at], self.duals[:, at])  # fmt: skip


class _InteriorPoint:
    """Mehrotra's predictor and corrector for problems that share their rows.

    Every bound is ``sign u + with_e e >= limit``: ``-u >= -upper``, ``u >= lower`` of the box,
    ``e - u >= 0``, ``e + u >= 0`` of the largest component.
    """

    def __init__(
        self, a: Array, b: Array, norm: Norm, lower: Array | None, upper: Array | None
    ) -> None:
        self._a, self._b = a, b
        self._linear = norm == "linf"
        n, n_features = len(b), a.shape[1]
        limits, signs, with_e = [], [], []
        if lower is not None and upper is not None:
            limits, signs, with_e = [-upper, lower], [-1.0, 1.0], [0.0, 0.0]
        if self._linear:
            limits += [np.zeros_like(limits[0]) if limits else np.zeros((n, n_features))] * 2
            signs, with_e = [*signs, -1.0, 1.0], [*with_e, 1.0, 1.0]
        self._limits = np.array(limits).reshape(len(signs), n, n_features)
        self._signs, self._with_e = np.array(signs), np.array(with_e)
        m = len(a)
        pairs = np.triu_indices(m)
        self._pairs = pairs
        is_small = len(pairs[0]) * n_features <= _MOST_PRODUCTS
        self._products = np.ascontiguousarray((a[pairs[0]] * a[pairs[1]]).T) if is_small else None

    # ------------------------------------------------------------------ the method

    def solve(self) -> tuple[Array, Array]:
        """Return changes (n, n_features) and the duals of the rows (n, n_rows), as near as any."""
        n, n_features = len(self._b), self._a.shape[1]
        changes, weights = np.zeros((n, n_features)), np.zeros_like(self._b)
        left, best = np.arange(n), np.full(n, np.inf)
        now = self._start()
        # Rounding ends the way of slacks and duals to zero; what was best before is kept.
        with np.errstate(all="ignore"):
            for _ in range(_MOST_STEPS):
                primal_rows = now.u @ self._a.T - now.rows - self._b
                primal = self._of_bounds(now.u, now.e) - now.bounds - self._limits
                error, wrong = self._error(now, primal_rows, primal)
                better = error < best[left]
                at = left[better]
                best[at], changes[at], weights[at] = (
                    *(error[better], now.u[better]), now.row_duals[better],
                )  # fmt: skip
                gone = (best[left] <= _TOLERANCE) | ~np.isfinite(error) | (error > 1e3 * best[left])
                if gone.any():
                    keep = ~gone
                    left = left[keep]
                    if not len(left):
                        break
                    self._b, self._limits = self._b[keep], self._limits[:, keep]
                    now = now.kept(keep)
                    primal_rows, primal = primal_rows[keep], primal[:, keep]
                    wrong = (wrong[0][keep], wrong[1][keep])
                self._move(now, primal_rows, primal, wrong)
        return changes, weights

    def _start(self) -> _State:
        n, n_features = len(self._b), self._a.shape[1]
        u, e = np.zeros((n, n_features)), np.full(n, 1.0 if self._linear else 0.0)
        rows = np.maximum(-self._b, 1.0)
        bounds = np.maximum(self._of_bounds(u, e) - self._limits, 1.0)
        return _State(u, e, rows, np.ones_like(rows), bounds, np.ones_like(bounds))

    def _of_bounds(self, u: Array, e: Array) -> Array:
        """Return ``sign u + with_e e`` of all bounds, (n_bounds, n, n_features)."""
        each = self._with_e[:, None] * e
        return np.asarray(self._signs[:, None, None] * u + each[:, :, None])

    def _to_unknowns(self, values: Array) -> tuple[Array, Array]:
        """Return what bounds' values weigh on each component and on ``e``."""
        on_e = self._with_e @ values.sum(axis=2) if len(values) else np.zeros(values.shape[1])
        return np.einsum("b,bnf->nf", self._signs, values), on_e

    def _error(
        self, now: _State, primal_rows: Array, primal: Array
    ) -> tuple[Array, tuple[Array, Array]]:
        """Return how far from the optimum each is, (n,), and the gradient of the Lagrangian."""
        on_u, on_e = self._to_unknowns(now.duals)
        on_u += now.row_duals @ self._a
        wrong_u = -on_u if self._linear else now.u - on_u
        wrong_e = 1.0 - on_e if self._linear else np.zeros_like(on_e)
        value = np.abs(now.e) if self._linear else np.einsum("ij,ij->i", now.u, now.u)
        off = np.maximum(np.abs(primal_rows).max(axis=1), np.abs(wrong_u).max(axis=1))
        off = np.maximum(off, np.abs(wrong_e))
        if len(primal):
            off = np.maximum(off, np.abs(primal).max(axis=(0, 2)))
        gap = self._complementarity(now.rows, now.row_duals, now.bounds, now.duals)
        return np.maximum(off, gap / np.maximum(value, 1e-12)), (wrong_u, wrong_e)

    @staticmethod
    def _complementarity(rows: Array, row_duals: Array, bounds: Array, duals: Array) -> Array:
        return np.asarray(np.einsum("ij,ij->i", rows, row_duals)
                          + np.einsum("bij,bij->i", bounds, duals))  # fmt: skip

    def _move(
        self, now: _State, primal_rows: Array, primal: Array, wrong: tuple[Array, Array]
    ) -> None:
        """Do one step: where Newton would go, centred by how far that is."""
        step = _Newton(self, now, primal_rows, primal, wrong)
        row_products, products = now.rows * now.row_duals, now.bounds * now.duals
        first = step.toward(row_products, products)
        far = _longest(now, first, 1.0)
        n_all = now.rows.shape[1] + len(now.bounds) * now.u.shape[1]
        mean = self._complementarity(now.rows, now.row_duals, now.bounds, now.duals) / n_all
        f, fb = far[:, None], far[:, None]
        after = self._complementarity(
            now.rows + f * first.rows, now.row_duals + f * first.row_duals,
            now.bounds + fb * first.bounds, now.duals + fb * first.duals,
        ) / n_all  # fmt: skip
        centre = ((after / mean) ** 3 * mean)[:, None]
        row_products += first.rows * first.row_duals - centre
        products += first.bounds * first.duals - centre
        move = step.toward(row_products, products)
        far = _SAFE * _longest(now, move, 1.0 / _SAFE)
        now.e += far * move.e
        f = far[:, None]
        now.u += f * move.u
        now.rows += f * move.rows
        now.row_duals += f * move.row_duals
        now.bounds += f * move.bounds
        now.duals += f * move.duals

    def _weighted(self, weights: Array) -> Array:
        """Return ``A diag(weights) A^T`` of each image, (n, n_rows, n_rows)."""
        a, m = self._a, len(self._a)
        if self._products is None:
            return np.asarray((a * weights[:, None, :]) @ a.T)
        made = np.empty((len(weights), m, m))
        made[:, self._pairs[0], self._pairs[1]] = weights @ self._products
        made[:, self._pairs[1], self._pairs[0]] = made[:, self._pairs[0], self._pairs[1]]
        return made


class _Newton:
    """The linear equations of a step, solved for several right sides.

    What is left of the components is diagonal; ``e`` is a Schur complement, the rows Woodbury's.
    """

    def __init__(
        self,
        problem: _InteriorPoint,
        now: _State,
        primal_rows: Array,
        primal: Array,
        wrong: tuple[Array, Array],
    ) -> None:
        self._problem, self._now = problem, now
        self._primal_rows, self._primal, self._wrong = primal_rows, primal, wrong
        self._weight = weight = now.duals / now.bounds
        linear = problem._linear
        diagonal = weight.sum(axis=0) if linear else 1.0 + weight.sum(axis=0)
        self._inverse = 1.0 / diagonal if len(weight) else np.ones_like(now.u)
        if linear:
            above, below = weight[-2:]
            self._cross = (below - above) * self._inverse
            # sum (above + below) - (below - above)^2 / diagonal, without its cancellation.
            both = 4 * above * below
            if len(weight) > 2:
                both += (weight[0] + weight[1]) * (above + below)
            self._corner = np.einsum("ij,ij->i", both, self._inverse)
        inner = problem._weighted(self._inverse)
        if linear:
            self._on_cross = self._cross @ problem._a.T
            inner += (self._on_cross[:, :, None] * self._on_cross[:, None, :]
                      / self._corner[:, None, None])  # fmt: skip
        at = np.arange(inner.shape[1])
        inner[:, at, at] += now.rows / now.row_duals
        self._inner = _inverted(inner)

    def _unknowns(self, on_u: Array, on_e: Array) -> tuple[Array, Array]:
        """Solve with all but the rows."""
        if not self._problem._linear:
            return on_u * self._inverse, np.zeros_like(on_e)
        e = (on_e - np.einsum("ij,ij->i", self._cross, on_u)) / self._corner
        return on_u * self._inverse - self._cross * e[:, None], e

    def toward(self, row_products: Array, products: Array) -> _State:
        """Return the step that lowers the products of slacks and duals by so much."""
        now, problem = self._now, self._problem
        inside = -(products / now.bounds) - self._weight * self._primal
        on_u, on_e = problem._to_unknowns(inside)
        on_u, on_e = on_u - self._wrong[0], on_e - self._wrong[1]
        u, e = self._unknowns(on_u, on_e)
        right = -(row_products / now.row_duals) - self._primal_rows - u @ problem._a.T
        row_duals = np.einsum("nij,nj->ni", self._inner, right)
        more_u, more_e = self._unknowns(row_duals @ problem._a, np.zeros_like(on_e))
        u, e = u + more_u, e + more_e
        rows = u @ problem._a.T + self._primal_rows
        bounds = problem._of_bounds(u, e) + self._primal
        duals = -(products + now.duals * bounds) / now.bounds
        return _State(u, e, rows, row_duals, bounds, duals)


def _inverted(matrices: Array) -> Array:
    """Return the inverses; of one that has none, not a number: its image is done one by one."""
    try:
        return np.asarray(np.linalg.inv(matrices))
    except np.linalg.LinAlgError:
        made = np.full_like(matrices, np.nan)
        for i, matrix in enumerate(matrices):
            try:
                made[i] = np.linalg.inv(matrix)
            except np.linalg.LinAlgError:
                continue
        return made


def _longest(now: _State, move: _State, most: float) -> Array:
    """Return how far slacks and duals can go and stay positive, ``most`` at most, (n,)."""
    longest = np.full(len(now.e), most)
    for values, change in ((now.rows, move.rows), (now.row_duals, move.row_duals)):
        # The largest -change / value is what bounds the step.
        longest = np.minimum(longest, 1.0 / np.maximum((-change / values).max(axis=1), 1e-300))
    for values, change in ((now.bounds, move.bounds), (now.duals, move.duals)):
        if len(values):
            fastest = (-change / values).max(axis=(0, 2))
            longest = np.minimum(longest, 1.0 / np.maximum(fastest, 1e-300))
    return longest
