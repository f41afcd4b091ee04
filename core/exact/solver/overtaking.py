r"""The smallest change with which one class overtakes all others: a small convex problem.

With rows ``a_j = w_c - w_j`` and gaps ``b_j = z_j - z_c`` of all others ``j`` it is

    minimise ||u||_2^2 / 2  or  e = max |u_i|,   such that  A u >= b,  lower <= u <= upper,

a quadratic or a linear programme with as many rows as there are other classes. Both are solved by
one primal-dual interior-point method with Mehrotra's predictor and corrector (S. Mehrotra, On the
implementation of a primal-dual interior point method, SIAM J. Optim. 2 (1992) 575-601). What its
Newton steps have to invert is diagonal but for the rows of ``A`` (Woodbury) and for ``e`` (a
Schur complement), so that a step costs ``n_classes^2 n_features``.

That no change is enough is proven by a certificate: weights ``l >= 0`` of the rows for which
``l . A u`` stays below ``l . b`` for every ``u`` within the bounds (Farkas).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from core.errors import ExplorerError
from core.exact.solver.flattest_many import flattest_changes
from core.exact.solver.row_products import FAR
from core.exact.solver.shortest_many import shortest_changes

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from core.exact.pairs import Norm

    Vector = NDArray[np.float64]
    _Step = tuple[Vector, float, Vector, Vector]

_TOLERANCE = 1e-11
_MOST_STEPS = 100
_ROUGH = 1e-6
"""So near it must come at least; a corner is then found from it."""
_MOST_WORSE = 4
_SAFE = 0.995
"""So much of the way to the nearest bound is gone."""
_MISSING = 1e-8
"""So much of the largest gap may be left by the other method where this one does not settle."""


def overtake_all(
    rows: Vector, gaps: Vector, norm: Norm, room: tuple[Vector, Vector] | None
) -> Vector | None:
    """Return the smallest change (n_features,), or None where none is enough.

    Parameters
    ----------
    rows : (n_others, n_features)
    gaps : (n_others,)
    norm : ``l2`` or ``linf``
    room : how far each pixel may go down (0 or less) and up (0 or more), None without a box

    Raises
    ------
    ExplorerError
        If neither this method settles nor that of many images
        (:mod:`core.exact.solver.overtaking_many`) reaches the class; no such case is known.
    """
    # Equal rows ask for the hardest of their gaps; scaled rows make tolerances mean something.
    lengths = np.linalg.norm(rows, axis=1)
    flat = lengths <= 1e-14 * max(float(lengths.max()), 1e-300)
    if (gaps[flat] > 0).any():
        return None
    if flat.all():
        return np.zeros(rows.shape[1])
    a, b = rows[~flat] / lengths[~flat, None], gaps[~flat] / lengths[~flat]
    size = max(float(np.abs(b).max()), 1e-300)
    scaled = None if room is None else (room[0] / size, room[1] / size)
    try:
        found = _InteriorPoint(a, b / size, norm, scaled).solve()
    except ExplorerError:
        found = _by_the_method_of_many(a, b / size, norm, scaled)
        if found is not None:
            return found * size
        # Rows that contradict each other show it sooner where the shortest change is asked for.
        if norm == "l2" or _InteriorPoint(a, b / size, "l2", scaled).solve() is not None:
            raise
        return None
    if found is None:
        return None
    found *= size
    return found if room is None else np.clip(found, *room)


def _by_the_method_of_many(
    a: Vector, b: Vector, norm: Norm, room: tuple[Vector, Vector] | None
) -> Vector | None:
    """Return the change that the other method finds, if it overtakes all; None otherwise."""
    solve = shortest_changes if norm == "l2" else flattest_changes
    lower, upper = (None, None) if room is None else (room[0][None], room[1][None])
    with np.errstate(all="ignore"):
        change = solve(a, b[None], lower, upper)[0][0]
    if room is not None:
        change = np.clip(change, *room)
    return change if (b - a @ change).max() <= _MISSING else None


@dataclass(slots=True)
class _Blocks:
    """Slacks or their duals: of the rows, of the upper and of the lower bounds, as one vector.

    ``above`` and ``below`` are those of ``u <= e`` and ``-u <= e``, or empty.
    """

    rows: Vector
    upper: Vector
    lower: Vector
    above: Vector
    below: Vector

    @property
    def all(self) -> Vector:
        return np.concatenate((self.rows, self.upper, self.lower, self.above, self.below))


class _InteriorPoint:
    """All inequalities are ``M v >= h`` with ``v = (u, e)``; slacks ``s``, duals ``z``."""

    def __init__(
        self, a: Vector, b: Vector, norm: Norm, room: tuple[Vector, Vector] | None
    ) -> None:
        self._a, self._b, self._room = a, b, room
        self._linear = norm == "linf"
        self._m, self._n = a.shape
        n_box = 0 if room is None else self._n
        n_size = self._n if self._linear else 0
        self._cuts = np.cumsum([self._m, n_box, n_box, n_size])
        none = np.empty(0)
        lower, upper = (none, none) if room is None else room
        self._h = np.concatenate((b, -upper, lower, np.zeros(2 * n_size)))

    def _split(self, values: Vector) -> _Blocks:
        return _Blocks(*np.split(values, self._cuts))

    def _apply(self, u: Vector, e: float) -> Vector:
        """Return ``M v``."""
        box = () if self._room is None else (-u, u)
        size = (e - u, e + u) if self._linear else ()
        return np.concatenate((self._a @ u, *box, *size))

    def _transposed(self, values: Vector) -> tuple[Vector, float]:
        """Return ``M^T values``, as the parts of ``u`` and ``e``."""
        blocks = self._split(values)
        u = self._a.T @ blocks.rows
        if self._room is not None:
            u = u + blocks.lower - blocks.upper
        if not self._linear:
            return u, 0.0
        return u + blocks.below - blocks.above, float(blocks.above.sum() + blocks.below.sum())

    def solve(self) -> Vector | None:
        """Return ``u``, or None where the rows cannot be satisfied within the bounds."""
        u, e = np.zeros(self._n), 1.0 if self._linear else 0.0
        s = np.maximum(self._apply(u, e) - self._h, 1.0)
        z = np.ones_like(s)
        best, found, n_worse = np.inf, (u, e, s, z), 0
        # Rounding ends the way of slacks and duals to zero; what was best before is kept.
        with np.errstate(all="ignore"):
            for _ in range(_MOST_STEPS):
                primal = self._apply(u, e) - s - self._h
                error, wrong = self._error(u, e, s, z, primal)
                n_worse = 0 if error < best else n_worse + 1
                if not np.isfinite(error) or (n_worse > _MOST_WORSE and best <= _ROUGH):
                    break
                if error < best:
                    best, found = error, (u, e, s, z)
                if best <= _TOLERANCE:
                    break
                if self._out_of_reach(z):
                    return None
                try:
                    du, de, ds, dz = self._direction(s, z, primal, wrong)
                except np.linalg.LinAlgError:
                    break
                far = _SAFE * self._longest(s, z, (du, de, ds, dz), most=1.0 / _SAFE)
                u, e, s, z = u + far * du, e + far * de, s + far * ds, z + far * dz
        if best > _ROUGH:
            raise ExplorerError("The smallest change toward this class could not be found.")
        return self._polished(*found) if self._linear else found[0]

    def _error(
        self, u: Vector, e: float, s: Vector, z: Vector, primal: Vector
    ) -> tuple[float, tuple[Vector, float]]:
        """Return how far from the optimum this is, and the gradient of the Lagrangian."""
        dual_u, dual_e = self._transposed(z)
        wrong_u = -dual_u if self._linear else u - dual_u
        wrong_e = 1.0 - dual_e if self._linear else 0.0
        value = max(abs(e) if self._linear else float(u @ u), 1e-12)
        wrong = max(np.abs(primal).max(), np.abs(wrong_u).max(), abs(wrong_e))
        return max(float(wrong), float(s @ z) / value), (wrong_u, wrong_e)

    def _direction(
        self, s: Vector, z: Vector, primal: Vector, wrong: tuple[Vector, float]
    ) -> _Step:
        """Return Mehrotra's step: where Newton would go, centred by how far that is."""
        step = self._system(s, z)
        affine = step(primal, *wrong, s * z)
        far = self._longest(s, z, affine)
        now = float(s @ z) / len(s)
        after = float((s + far * affine[2]) @ (z + far * affine[3])) / len(s)
        centre = (after / now) ** 3 * now
        return step(primal, *wrong, s * z + affine[2] * affine[3] - centre)

    def _polished(self, u: Vector, e: float, s: Vector, z: Vector) -> Vector:
        """Return the corner that a nearly solved linear programme points at.

        At a corner some rows hold with equality and as many unknowns, ``e`` and the pixels at no
        bound, follow from them; what is at a bound stays there.
        """
        blocks, duals = self._split(s), self._split(z)
        rows = np.flatnonzero(duals.rows > blocks.rows)
        up, down = duals.above > blocks.above, duals.below > blocks.below
        fixed = np.zeros(self._n)
        at_box = np.zeros(self._n, dtype=bool)
        if self._room is not None:
            top, bottom = duals.upper > blocks.upper, duals.lower > blocks.lower
            fixed[top], fixed[bottom] = self._room[1][top], self._room[0][bottom]
            at_box = top | bottom
        signs = np.where(at_box, 0.0, up.astype(float) - down.astype(float))
        free = ~(at_box | up | down)
        some = self._a[rows]
        system = np.column_stack((some @ signs, some[:, free]))
        answer = np.linalg.lstsq(system, self._b[rows] - some @ fixed, rcond=None)[0]
        corner = fixed + signs * answer[0]
        corner[free] = answer[1:]
        # A pixel that moves freely must not have become the largest.
        good = (self._a @ corner - self._b >= -_TOLERANCE).all()
        near = abs(np.abs(corner).max() - e) <= 10 * _ROUGH * max(e, 1e-12)
        inside = self._room is None or bool(
            ((corner <= self._room[1] + _TOLERANCE) & (corner >= self._room[0] - _TOLERANCE)).all()
        )
        return corner if good and near and inside else u

    @staticmethod
    def _longest(s: Vector, z: Vector, move: _Step, most: float = 1.0) -> float:
        """Return how far slacks and duals can go and stay positive, ``most`` at most."""
        longest = most
        for values, change in ((s, move[2]), (z, move[3])):
            falling = change < 0
            if falling.any():
                longest = min(longest, float((-values[falling] / change[falling]).min()))
        return longest

    def _out_of_reach(self, z: Vector) -> bool:
        """Whether the duals of the rows prove that no change within the bounds is enough."""
        share = z[: self._m] / z[: self._m].sum()
        along, needed = self._a.T @ share, float(share @ self._b)
        if needed <= 0:
            return False
        if self._room is None:
            return float(np.linalg.norm(along)) * FAR < needed
        lower, upper = self._room
        reach = np.where(along > 0, along * upper, along * lower)
        return float(reach.sum()) < needed * (1 - 1e-9)

    def _system(self, s: Vector, z: Vector) -> Callable[[Vector, Vector, float, Vector], _Step]:
        """Return the function that solves for a Newton step at these slacks and duals."""
        weight = z / s
        blocks = self._split(weight)
        box = blocks.upper + blocks.lower if self._room is not None else np.zeros(self._n)
        diagonal = box + (blocks.above + blocks.below if self._linear else 1.0)
        cross = (blocks.below - blocks.above) / diagonal if self._linear else np.zeros(self._n)
        corner = 1.0
        if self._linear:
            # sum (above + below) - (below - above)^2 / diagonal, without its cancellation.
            both = 4 * blocks.above * blocks.below + box * (blocks.above + blocks.below)
            corner = float((both / diagonal).sum())

        def arrow(values: Vector, of_e: Vector) -> tuple[Vector, Vector]:
            """Solve with all but the rows, for columns (n_features, k) and (k,)."""
            e = (of_e - cross @ values) / corner if self._linear else np.zeros_like(of_e)
            return values / diagonal[:, None] - np.outer(cross, e), e

        from_rows, rows_e = arrow(self._a.T, np.zeros(self._m))
        inner = np.diag(1.0 / blocks.rows) + self._a @ from_rows
        rows = slice(0, self._m)

        def step(primal: Vector, wrong_u: Vector, wrong_e: float, target: Vector) -> _Step:
            # M dv - ds = -primal;  Q dv - M^T dz = -wrong;  z ds + s dz = -target. The duals of
            # the rows are solved for themselves: through the tiny slacks they would be all noise.
            inside = -(target / s) - weight * primal
            inside[rows] = 0.0
            more_u, more_e = self._transposed(inside)
            part, part_e = arrow((more_u - wrong_u)[:, None], np.array([more_e - wrong_e]))
            right = -(target[rows] / z[rows]) - primal[rows] - self._a @ part[:, 0]
            duals = np.linalg.solve(inner, right)
            du, de = part[:, 0] + from_rows @ duals, float(part_e[0] + rows_e @ duals)
            ds = self._apply(du, de) + primal
            dz = -(target + z * ds) / s
            dz[rows] = duals
            return du, de, ds, dz

        return step
