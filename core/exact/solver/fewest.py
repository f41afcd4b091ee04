r"""The fewest pixels with which one class overtakes all others.

In the box every pixel moves up by a share of its room or down by a share of it, and with these
shares as variables and the number of them as cost it is a linear programme (:mod:`.simplex`) whose
solution has no more broken shares than there are rows. Its cost, rounded up, is a number of pixels
that nothing undercuts; the pixels that it moves are enough. Where the two do not meet, a pixel with
a broken share is either left alone or free of cost (branch and bound; A. Land and A. Doig, An
automatic method of solving discrete programming problems, Econometrica 28 (1960) 497-520), and
pixels whose reduced cost is more than the difference are settled at once. For learnt digits that
takes a few dozen programmes; beyond :data:`MOST_NODES` both numbers are what is known.

Without a box a share has no bound and such a programme says nothing, but few pixels are enough: one
wherever the class weighs it most, or least, of all. One pixel and every two are looked at, all at
once: what is left of inequalities when one unknown is eliminated (Fourier and Motzkin) bounds the
other. Beyond that the pixels of a corner are enough, as few as there are rows, and three at least.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from core.exact.solver.ahead import BEYOND, scale_of
from core.exact.solver.simplex import least_cost, lower_bound
from core.progress import Progress

if TYPE_CHECKING:
    from collections.abc import Generator

    from numpy.typing import NDArray

    Array = NDArray[np.float64]
    Pixels = NDArray[np.intp]
    Found = tuple[Pixels | None, float]
    """Pixels that are enough, None where none are known; how many there must be at least."""

MOST_NODES = 3000
"""Programmes solved for one image: seconds at most."""
MOST_PAIRED = 1_500_000_000
"""Inequalities of two pixels and two rows; more would take a minute."""
_ROUNDING, _FLAT = 1e-10, 1e-13
_FREE, _IN, _OUT = 0, 1, 2
_TOLD = 20


def fewest_pixels(
    rows: Array, gaps: Array, image: Array | None
) -> Generator[Progress, None, Found]:
    """Find the pixels, telling in between; without any and at least infinitely many: none will do.

    Parameters
    ----------
    rows : (n_others, n_features), ``w_c - w_j`` of all other classes ``j``
    gaps : (n_others,), ``z_j - z_c``
    image : (n_features,) within [0, 1] if the changed one must stay there, else None
    """
    beyond = gaps + BEYOND * scale_of(rows, gaps)
    lengths = np.linalg.norm(rows, axis=1)
    some = lengths > 0
    if (beyond[~some] > 0).any():
        return None, np.inf
    scale = float(np.abs(beyond[some] / lengths[some]).max())
    a, b = rows[some] / lengths[some, None] / scale, beyond[some] / lengths[some] / scale
    found = yield from _free(a, b) if image is None else _boxed(a, b, image)
    return found


def _boxed(a: Array, b: Array, image: Array) -> Generator[Progress, None, Found]:
    """Branch and bound over the moves of all pixels, up and down."""
    moves = np.hstack((a * (1.0 - image), -a * image))
    helps = (moves > 0).any(axis=0)
    pixels = np.tile(np.arange(len(image)), 2)[helps]
    moves = moves[:, helps]
    best: Pixels | None = None
    fewest, n_nodes = np.inf, 0
    open_ = [(0.0, np.full(len(image), _FREE, dtype=np.int8))]
    while open_ and n_nodes < MOST_NODES:
        bound, state = open_.pop()
        if bound >= fewest:
            continue
        n_nodes += 1
        if n_nodes % _TOLD == 0:
            yield Progress(n_nodes, 0, "sets of pixels")
        at = state[pixels] != _OUT
        of, some = pixels[at], moves[:, at]
        costs, upper = (state[of] == _FREE).astype(np.float64), np.ones(len(of))
        shares, weights, is_met = least_cost(costs, some, b, upper)
        cost = (state == _IN).sum() + lower_bound(costs, some, b, upper, weights)
        bound = max(bound, math.ceil(cost - _ROUNDING) if cost < len(image) + 0.5 else np.inf)
        if is_met:
            moved = np.unique(of[shares > _ROUNDING])
            if len(moved) < fewest:
                best, fewest = moved, len(moved)
        if bound >= fewest:
            continue
        room = fewest - 1 - cost + _ROUNDING  # dearer than that is no better than what is known
        least, share = np.full(len(image), np.inf), np.zeros(len(image))
        np.minimum.at(least, of, costs - weights @ some)
        np.add.at(share, of, shares)
        is_free = state == _FREE
        state[is_free & (least > room)] = _OUT
        state[is_free & (least < -room)] = _IN
        is_free = state == _FREE
        if not is_free.any():
            if (state == _IN).sum() < fewest:
                open_.append((bound, state))
            continue
        broken = np.where(is_free, np.minimum(share, 1.0 - share), -1.0)
        pixel = int(broken.argmax())
        for way in (_OUT, _IN):  # the last is looked at first
            child = state.copy()
            child[pixel] = way
            open_.append((bound, child))
    return best, min([fewest, *(bound for bound, _ in open_)])


def _free(a: Array, b: Array) -> Generator[Progress, None, Found]:
    """One pixel, two, or those of the corner with the least sum of moves that are needed."""
    n_rows, n = a.shape
    a = np.where(np.abs(a) > _FLAT * np.abs(a).max(), a, 0.0)
    everything = np.arange(n)
    if not _are_enough(a, b, everything):
        return None, np.inf
    low, high = _limits(*np.broadcast_arrays(a.T, b, True))
    if (low <= high).any():
        farthest = np.where(low <= high, np.maximum(low, -high), np.inf)
        return everything[[int(farthest.argmin())]], 1
    least = 2
    if (n * n_rows) ** 2 <= MOST_PAIRED:
        for first in range(n - 1):
            if first % _TOLD == 0:
                yield Progress(first, n, "pixels with every other")
            for second in first + 1 + np.flatnonzero(_may_be_enough(a, b, first)):
                pixels = np.array([first, second])
                if _are_enough(a, b, pixels):
                    return pixels, 2
        least = 3
    sums, _, _ = least_cost(np.ones(2 * n), np.hstack((a, -a)), b, np.full(2 * n, np.inf))
    moved = np.abs(sums[:n] - sums[n:])
    pixels = np.flatnonzero(moved)
    if not _are_enough(a, b, pixels):
        pixels = everything  # rounding left one out
    for pixel in pixels[np.argsort(moved[pixels])]:
        fewer = pixels[pixels != pixel]
        if _are_enough(a, b, fewer):
            pixels = fewer
    return pixels, min(least, len(pixels))


def _are_enough(a: Array, b: Array, pixels: Pixels) -> bool:
    """Return whether moves of these pixels, without bounds, satisfy all rows."""
    some = np.hstack((a[:, pixels], -a[:, pixels]))
    n = some.shape[1]
    return least_cost(np.zeros(n), some, b, np.full(n, np.inf))[2]


def _may_be_enough(a: Array, b: Array, first: int) -> NDArray[np.bool_]:
    """Return which of the later pixels may be enough together with this one.

    With moves ``u`` of the one and ``v`` of the other ``a_r u + d_r v >= b_r``: two rows whose
    ``d`` have different signs leave one inequality in ``u`` alone, and a row without ``d`` is one.
    """
    others = a[:, first + 1 :].T
    n = len(others)
    with np.errstate(divide="ignore", invalid="ignore"):  # where ``d`` is 0: not counted
        both = np.stack(np.broadcast_arrays(a[:, first], b))[:, None] / np.abs(others)
        slopes, ends = (both[..., :, None] + both[..., None, :]).reshape(2, n, -1)
    differ = (others > 0)[:, :, None] & (others < 0)[:, None, :]
    low, high = _limits(slopes, ends, differ.reshape(n, -1))
    itself = _limits(*np.broadcast_arrays(a[:, first], b, others == 0))
    low, high = np.maximum(low, itself[0]), np.minimum(high, itself[1])
    near = _ROUNDING * (1.0 + np.minimum(np.abs(high), 1e300))
    return np.asarray(low <= high + near)


def _limits(slopes: Array, ends: Array, counts: NDArray[np.bool_]) -> tuple[Array, Array]:
    """Return between what ``u`` satisfies ``slope u >= end`` wherever it counts, (n,) each.

    Parameters
    ----------
    slopes, ends, counts : (n, n_inequalities)
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        at = ends / slopes
    low = np.where(counts & (slopes > 0), at, -np.inf).max(axis=1, initial=-np.inf)
    high = np.where(counts & (slopes < 0), at, np.inf).min(axis=1, initial=np.inf)
    never = (counts & (slopes == 0) & (ends > 0)).any(axis=1)
    return np.where(never, np.inf, low), np.where(never, -np.inf, high)
