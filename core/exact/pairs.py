r"""The exact smallest change with which one class overtakes another, for many images at once.

With ``d = w_c - w_y`` and ``gap = z_y - z_c >= 0`` class ``c`` overtakes ``y`` under a change ``u``
as soon as ``d . u >= gap``. Without a box the smallest ``u`` follows from Hoelder's inequality. In
the box every pixel ``i`` has ``room_i``: ``1 - x_i`` where ``d_i > 0``, ``x_i`` where ``d_i < 0``.
The optimality conditions (Karush, Kuhn and Tucker) of the smallest length give
``u = clip(x + t d, 0, 1) - x``; the smallest largest component lets every pixel go ``t`` along
``sign(d)`` or as far as it has room. Both are ``u_i = sign(d_i) min(t s_i, room_i)``, with ``s_i``
= ``|d_i|`` or 1, and the gap closed,

    g(t) = sum_i |d_i| min(t s_i, room_i),

is concave and piecewise linear in ``t``. Newton's method from a point on its left is therefore
never beyond the solution of ``g(t) = gap``, passes a breakpoint at every step, and is exact on the
piece that holds the solution: the same as sorting the breakpoints, without the sorting.

The fewest pixels follow from sorting the gains ``|d_i| room_i``: the largest ``k`` reach as far as
any ``k`` can. Without a box a single pixel is enough wherever any weight differs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

Norm = Literal["l2", "linf", "l0"]

NORMS: dict[Norm, str] = {
    "l2": "length of the change",
    "linf": "largest change of a pixel",
    "l0": "number of pixels changed",
}
"""How large a change is -> what people call it."""

_ROUNDING = 4 * np.finfo(np.float64).eps
_MORE = 1 + 1e-9
"""By so much all pixels together must more than close a gap: less is a tie, up to rounding."""


def pair_changes(
    images: NDArray[np.float64],
    towards: NDArray[np.float64],
    gaps: NDArray[np.float64],
    norm: Norm,
    *,
    boxed: bool,
    to_tie: bool = False,
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return (sizes, changes) of the smallest changes that close each image's gap.

    Parameters
    ----------
    images : (n, n_features), within [0, 1] where ``boxed``
    towards : (n, n_features), ``w_c - w_y``
    gaps : (n,), ``z_y - z_c``, 0 or more
    norm, boxed : how large a change is, and whether pixels stay between 0 and 1
    to_tie : whether in the box a gap may be closed that cannot be more than closed (not for ``l0``)

    Returns
    -------
    sizes : (n,), infinite where no change is enough
    changes : (n, n_features), zero there
    """
    weight = np.abs(towards)
    if norm == "l0":
        return _fewest_pixels(images, towards, gaps, boxed=boxed)
    speed = weight if norm == "l2" else np.ones_like(weight)
    if not boxed:
        along = (weight * speed).sum(axis=1)
        times = np.divide(gaps, along, out=np.full(len(gaps), np.inf), where=along > 0)
        room = None
    else:
        room = _room(images, towards)
        times = _times(weight, speed, room, gaps, to_tie=to_tie)
    moved = np.where(np.isfinite(times), times, 0.0)[:, None] * speed
    if room is not None:
        np.minimum(moved, room, out=moved)
    changes = np.sign(towards) * moved
    if norm == "linf":
        return times, changes
    sizes = np.where(np.isfinite(times), np.sqrt(np.einsum("ij,ij->i", moved, moved)), np.inf)
    return sizes, changes


def _room(images: NDArray[np.float64], towards: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return how far each pixel can go along the sign of ``towards``."""
    return np.asarray(np.where(towards > 0, 1.0 - images, np.where(towards < 0, images, 0.0)))


def _times(
    weight: NDArray[np.float64],
    speed: NDArray[np.float64],
    room: NDArray[np.float64],
    gaps: NDArray[np.float64],
    *,
    to_tie: bool,
) -> NDArray[np.float64]:
    """Return where ``sum_i weight_i min(t speed_i, room_i)`` reaches the gap; infinite if never.

    All (n, n_features) but the gaps and the answer, (n,).
    """
    times = np.zeros(len(gaps))
    farthest = np.einsum("ij,ij->i", weight, room)
    reachable = farthest >= gaps if to_tie else farthest > gaps * _MORE
    times[~reachable] = np.inf
    rows = np.flatnonzero(reachable & (gaps > 0))
    while len(rows):
        some, pace, space = weight[rows], speed[rows], room[rows]
        moved = times[rows, None] * pace
        free = moved < space
        missing = gaps[rows] - np.einsum("ij,ij->i", some, np.minimum(moved, space))
        slope = np.einsum("ij,ij,ij->i", some, pace, free)
        open_ = (missing > _ROUNDING * gaps[rows]) & (slope > 0)
        rows, step = rows[open_], missing[open_] / slope[open_]
        before = times[rows]
        times[rows] = before + step
        rows = rows[times[rows] > before]  # a step too small to be one: the end
    return times


def _fewest_pixels(
    images: NDArray[np.float64],
    towards: NDArray[np.float64],
    gaps: NDArray[np.float64],
    *,
    boxed: bool,
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return how few pixels are enough, and the change of them.

    A number of pixels has no "just beyond": the gap must be more than closed.
    """
    n = len(gaps)
    sizes, changes = np.full(n, np.inf), np.zeros_like(towards)
    weight = np.abs(towards)
    if not boxed:
        best = weight.argmax(axis=1)
        at = np.arange(n)
        some = weight[at, best] > 0
        sizes[some] = 1.0
        # One part in a million more than closes the gap, and a little where there is none.
        needed = (gaps[some] * (1 + 1e-6) + 1e-9) / towards[at[some], best[some]]
        changes[at[some], best[some]] = needed
        return sizes, changes
    room = _room(images, towards)
    gains = weight * room
    order = np.argsort(-gains, axis=1, kind="stable")
    reached = np.cumsum(np.take_along_axis(gains, order, axis=1), axis=1)
    enough = reached > gaps[:, None] * _MORE
    for i in np.flatnonzero(enough[:, -1]):
        count = int(enough[i].argmax()) + 1
        chosen = order[i, :count]
        sizes[i] = count
        changes[i, chosen] = (np.sign(towards[i]) * room[i])[chosen]
    return sizes, changes
