r"""The least largest pixel past several rivals, of many images at once.

The linear programme of :mod:`core.exact.solver.overtaking` by a primal-dual interior point with
Mehrotra's predictor and corrector (S. Mehrotra, On the implementation of a primal-dual interior
point method, SIAM J. Optim. 2 (1992) 575-601), for problems that share their rows: what a step has
to invert is diagonal but for the rows (Woodbury) and for ``e``, the largest component allowed (a
Schur complement), and the products of the rows are made once.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from core.exact.solver.row_products import RowProducts

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

_TOLERANCE = 1e-9
_MOST_STEPS = 60
_SAFE = 0.995
"""So much of the way to the nearest bound is gone."""
_LOST = 1e3
"""An error that has grown so much will not become small any more."""


def flattest_changes(a: Array, b: Array, bounds: Array | None) -> tuple[Array, Array]:
    """Return changes (n, n_features) and weights of the rows (n, n_rows), as near as any.

    Parameters
    ----------
    a : (n_rows, n_features), rows of length 1
    b : (n, n_rows), at least one above 0 for each image
    bounds : (2, n, n_features), 0 or less and 0 or more; None for none
    """
    return _InteriorPoint(a, b, bounds).solve()


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

    def __init__(self, a: Array, b: Array, bounds: Array | None) -> None:
        self._a, self._b = a, b
        limits = [np.zeros((len(b), a.shape[1]))] * 2
        signs, with_e = [-1.0, 1.0], [1.0, 1.0]
        if bounds is not None:
            limits = [-bounds[1], bounds[0], *limits]
            signs, with_e = [-1.0, 1.0, *signs], [0.0, 0.0, *with_e]
        self._limits = np.array(limits)
        self._signs, self._with_e = np.array(signs), np.array(with_e)
        self._products = RowProducts(a, len(b))

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
                    error[better], now.u[better], now.row_duals[better],
                )  # fmt: skip
                gone = (
                    (best[left] <= _TOLERANCE) | ~np.isfinite(error) | (error > _LOST * best[left])
                )
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
        u, e = np.zeros((n, n_features)), np.ones(n)
        rows = np.maximum(-self._b, 1.0)
        bounds = np.maximum(self._of_bounds(u, e) - self._limits, 1.0)
        return _State(u, e, rows, np.ones_like(rows), bounds, np.ones_like(bounds))

    def _of_bounds(self, u: Array, e: Array) -> Array:
        """Return ``sign u + with_e e`` of all bounds, (n_bounds, n, n_features)."""
        each = self._with_e[:, None] * e
        return np.asarray(self._signs[:, None, None] * u + each[:, :, None])

    def _to_unknowns(self, values: Array) -> tuple[Array, Array]:
        """Return what bounds' values weigh on each component and on ``e``."""
        return np.einsum("b,bnf->nf", self._signs, values), self._with_e @ values.sum(axis=2)

    def _error(
        self, now: _State, primal_rows: Array, primal: Array
    ) -> tuple[Array, tuple[Array, Array]]:
        """Return how far from the optimum each is, (n,), and the gradient of the Lagrangian."""
        on_u, on_e = self._to_unknowns(now.duals)
        on_u += now.row_duals @ self._a
        wrong_u, wrong_e = -on_u, 1.0 - on_e
        off = np.maximum(np.abs(primal_rows).max(axis=1), np.abs(wrong_u).max(axis=1))
        off = np.maximum(off, np.maximum(np.abs(wrong_e), np.abs(primal).max(axis=(0, 2))))
        return np.maximum(off, _products_sum(now, now) / np.maximum(np.abs(now.e), 1e-12)), (
            wrong_u,
            wrong_e,
        )

    def _move(
        self, now: _State, primal_rows: Array, primal: Array, wrong: tuple[Array, Array]
    ) -> None:
        """Do one step: where Newton would go, centred by how far that is."""
        step = _Newton(self, now, primal_rows, primal, wrong)
        row_products, products = now.rows * now.row_duals, now.bounds * now.duals
        first = step.toward(row_products, products)
        far = _longest(now, first, 1.0)
        n_all = now.rows.shape[1] + len(now.bounds) * now.u.shape[1]
        mean = _products_sum(now, now) / n_all
        # Of (s + f ds) (z + f dz), where z ds + s dz = -s z for the step without a centre.
        after = (1 - far) * mean + far**2 * _products_sum(first, first) / n_all
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
        self._inverse = 1.0 / weight.sum(axis=0)
        above, below = weight[-2:]
        self._cross = (below - above) * self._inverse
        # sum (above + below) - (below - above)^2 / diagonal, without its cancellation.
        both = 4 * above * below
        if len(weight) > 2:
            both += (weight[0] + weight[1]) * (above + below)
        self._corner = np.einsum("ij,ij->i", both, self._inverse)
        inner = problem._products.weighted(self._inverse)
        on_cross = self._cross @ problem._a.T
        inner += on_cross[:, :, None] * (on_cross / self._corner[:, None])[:, None, :]
        at = np.arange(inner.shape[1])
        inner[:, at, at] += now.rows / now.row_duals
        self._inner = _inverted(inner)

    def _unknowns(self, on_u: Array, on_e: Array) -> tuple[Array, Array]:
        """Solve with all but the rows."""
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
    """Return the inverses; of one that has none, not a number: its image is settled by itself."""
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


def _products_sum(slacks: _State, duals: _State) -> Array:
    """Return the sum of the products of slacks and duals, (n,)."""
    rows = np.einsum("ij,ij->i", slacks.rows, duals.row_duals)
    return np.asarray(rows + np.einsum("bij,bij->i", slacks.bounds, duals.duals))


def _longest(now: _State, move: _State, most: float) -> Array:
    """Return how far slacks and duals can go and stay positive, ``most`` at most, (n,)."""
    falls = [
        (move.rows / now.rows).min(axis=1),
        (move.row_duals / now.row_duals).min(axis=1),
        (move.bounds / now.bounds).min(axis=(0, 2)),
        (move.duals / now.duals).min(axis=(0, 2)),
    ]
    return np.asarray(1.0 / np.maximum(-np.minimum.reduce(falls), 1.0 / most))
