r"""The shortest changes past several rivals, of many images at once: Newton's method on the dual.

With weights ``l >= 0`` of the rows and ``g = A^T l`` the change that minimises the Lagrangian of

    minimise ||u||^2 / 2   such that   A u >= b,   lower <= u <= upper

is ``u = clip(g, lower, upper)``, and the dual function ``D(l) = b . l - g . u + ||u||^2 / 2`` is
concave, once differentiable, and quadratic piece by piece, with

    gradient  b - A u,     second derivative  -A diag(lower < g < upper) A^T.

Newton's step, kept from going below 0 as D. Bertsekas does (Projected Newton methods for
optimization problems with simple constraints, SIAM J. Control Optim. 20 (1982) 221-246) and
halved until ``D`` rises enough, is exact on the piece that holds the solution and finds it in some
five steps. The images share the rows, so that all their second derivatives are one product of
matrices.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from core.exact.solver.row_products import FAR, RowProducts

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

_TOLERANCE = 1e-10
_MOST_STEPS = 60
_MOST_HALVINGS = 30
_ENOUGH = 1e-4
"""So much of the rise that the gradient promises is enough."""
_RIDGE, _LEAST_RIDGE = 1e-10, 1e-7
"""Of the largest second derivative, and at least, added where a direction may have none."""


@dataclass(slots=True)
class _Point:
    """Where each problem is.

    Attributes
    ----------
    weights : (n, n_rows)
    wanted, changes : (n, n_features), ``g`` and ``u``
    value : (n,), ``D``
    """

    weights: Array
    wanted: Array
    changes: Array
    value: Array

    def kept(self, at: NDArray[np.bool_]) -> _Point:
        """Return some of the problems."""
        return _Point(self.weights[at], self.wanted[at], self.changes[at], self.value[at])

    def put(self, at: NDArray[np.int64], other: _Point) -> None:
        """Write over some of the problems."""
        self.weights[at], self.wanted[at] = other.weights, other.wanted
        self.changes[at], self.value[at] = other.changes, other.value


def shortest_changes(a: Array, b: Array, bounds: Array | None) -> tuple[Array, Array]:
    """Return changes (n, n_features) and weights of the rows (n, n_rows), as near as any.

    Where no change is enough the weights prove it: what they make of the rows is out of reach.

    Parameters
    ----------
    a : (n_rows, n_features), rows of length 1
    b : (n, n_rows), at least one above 0 for each image
    bounds : (2, n, n_features), 0 or less and 0 or more; None for none
    """
    problem = _Dual(a, b, bounds)
    changes, weights = np.zeros((len(b), a.shape[1])), np.zeros_like(b)
    left = np.arange(len(b))
    start = np.where(np.arange(len(a)) == b.argmax(axis=1)[:, None], b, 0.0)
    now = problem.at(start, left)
    for _ in range(_MOST_STEPS):
        gradient = b[left] - now.changes @ a.T
        off = np.where(now.weights > 0, np.abs(gradient), gradient).max(axis=1)
        changes[left], weights[left] = now.changes, now.weights
        open_ = (off > _TOLERANCE) & ~problem.out_of_reach(now, left)
        if not open_.any():
            break
        left, gradient, now = left[open_], gradient[open_], now.kept(open_)
        now = problem.moved(now, gradient, left)
    return changes, weights


class _Dual:
    """The dual functions of all problems; ``of`` says which of them are meant."""

    def __init__(self, a: Array, b: Array, bounds: Array | None) -> None:
        self._a, self._b, self._bounds = a, b, bounds
        self._products = RowProducts(a, len(b))

    def at(self, weights: Array, of: NDArray[np.int64]) -> _Point:
        """Return the point of these weights."""
        wanted = weights @ self._a
        changes = wanted
        if self._bounds is not None:
            changes = np.clip(wanted, self._bounds[0][of], self._bounds[1][of])
        value = _dot(self._b[of], weights) - _dot(changes, wanted) + _dot(changes, changes) / 2
        return _Point(weights, wanted, changes, value)

    def out_of_reach(self, now: _Point, of: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Return where the weights prove that no change within the bounds is enough."""
        if self._bounds is None:
            far = FAR * np.sqrt(_dot(now.wanted, now.wanted))
            return np.asarray(far < _dot(self._b[of], now.weights))
        lower, upper = self._bounds[0][of], self._bounds[1][of]
        reach = _dot(now.wanted, np.where(now.wanted > 0, upper, lower))
        return np.asarray(reach < _dot(self._b[of], now.weights) * (1 - 1e-9))

    def moved(self, now: _Point, gradient: Array, of: NDArray[np.int64]) -> _Point:
        """Do one step."""
        step = self._newton(now, gradient, of)
        far = np.ones(len(of))
        point = self.at(np.maximum(now.weights + step, 0.0), of)
        for _ in range(_MOST_HALVINGS):
            promised = _dot(gradient, point.weights - now.weights)
            rounding = 1e-14 * np.abs(now.value)
            short = np.flatnonzero(point.value < now.value + _ENOUGH * promised - rounding)
            if not len(short):
                break
            far[short] /= 2
            nearer = now.weights[short] + far[short, None] * step[short]
            point.put(short, self.at(np.maximum(nearer, 0.0), of[short]))
        return point

    def _newton(self, now: _Point, gradient: Array, of: NDArray[np.int64]) -> Array:
        """Return the step of the weights that are above 0 or would rise; the others stay."""
        free = np.ones_like(now.wanted)
        if self._bounds is not None:
            lower, upper = self._bounds[0][of], self._bounds[1][of]
            free = ((now.wanted > lower) & (now.wanted < upper)).astype(np.float64)
        curvature = self._products.weighted(free)
        moves = (now.weights > 0) | (gradient > 0)
        curvature *= moves[:, :, None] & moves[:, None, :]
        at = np.arange(curvature.shape[1])
        ridge = _RIDGE * curvature[:, at, at].max(axis=1, keepdims=True) + _LEAST_RIDGE
        curvature[:, at, at] += np.where(moves, ridge, 1.0)
        right = np.where(moves, gradient, 0.0)
        return np.asarray(np.linalg.solve(curvature, right[:, :, None])[:, :, 0])


def _dot(one: Array, other: Array) -> Array:
    return np.asarray(np.einsum("ij,ij->i", one, other))
