"""One image on its way over the boundary of a class: from itself, over the tie, to just beyond.

An exact smallest change ends in a tie: the image lies on the boundary, and what it is read as there
is up to rounding. Just beyond lies the end of the smallest change with which the target is ahead of
every other class by a small share of the gap there was,

    z_c - z_j >= 0.02 (z_y - z_c)  for all j,

which is the same problem with a lower bias of the target (a smaller share where a class has too
little room for this one). Both ends satisfy the inequalities of the
tie, so all that lies between them does.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from core.exact.smallest import SmallestChange, finding_change

if TYPE_CHECKING:
    from collections.abc import Generator

    from numpy.typing import NDArray

    from core.exact.pairs import Norm
    from core.progress import Progress

BEYOND = 0.02
"""By this share of the gap the target is ahead in the end."""

_SHARES = (BEYOND, BEYOND / 100, BEYOND / 10_000)
"""Tried one after the other: between other classes, or in the box, a class may have little room."""

FARTHEST = 1.0 + BEYOND
"""The fraction of a change at which an image is just beyond the boundary."""

_LEAST_MARGIN = 1e-9
"""Where an image lies on the boundary already; times the largest logit."""


@dataclass(frozen=True, slots=True, eq=False)
class Crossing:
    """The way of one image over a boundary.

    Attributes
    ----------
    smallest : the smallest change, up to the tie
    beyond : (n_features,) float64, read-only: a little more, with which the target is ahead. The
        same as the smallest where the class has no room for more
    """

    smallest: SmallestChange
    beyond: NDArray[np.float64]

    @property
    def is_possible(self) -> bool:
        """Whether any change is enough."""
        return bool(np.isfinite(self.smallest.size))

    def change_at(self, fraction: float) -> NDArray[np.float64]:
        """Return the change (n_features,) at a fraction: 0 nothing, 1 the tie, then a bit beyond.

        Parameters
        ----------
        fraction : from 0 to :data:`FARTHEST`
        """
        tie = self.smallest.change
        if fraction <= 1.0:
            return np.asarray(fraction * tie)
        share = min((fraction - 1.0) / BEYOND, 1.0)
        return np.asarray(tie + share * (self.beyond - tie))


def crossing(
    weights: NDArray[Any],
    image: NDArray[Any],
    norm: Norm,
    *,
    target: int | None = None,
    boxed: bool = False,
) -> Generator[Progress, None, Crossing]:
    """Find the way of one image toward a class, or the nearest; telling where it takes long.

    Parameters
    ----------
    weights : (n_classes, n_features + 1), bias in column 0
    image : (n_features,)
    norm, target, boxed : as for :func:`core.exact.smallest.smallest_change`, whose errors are
    raised
    """
    w, x = weights.astype(np.float64), image.astype(np.float64)
    found = yield from finding_change(w, x, norm, target=target, boxed=boxed)
    # A number of pixels has no "a little more": those changes end beyond the tie already.
    if norm == "l0" or found.target in (-1, found.predicted):
        return Crossing(found, found.change)
    logits = w[:, 1:] @ x + w[:, 0]
    gap = float(logits[found.predicted] - logits[found.target])
    least = _LEAST_MARGIN * float(np.abs(logits).max())
    bias = w[found.target, 0]
    for share in _SHARES:
        w[found.target, 0] = bias - max(share * gap, least)
        farther = yield from finding_change(w, x, norm, target=found.target, boxed=boxed)
        if np.isfinite(farther.size):
            return Crossing(found, farther.change)
    return Crossing(found, found.change)
