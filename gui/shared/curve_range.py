"""Which values of learning curves are worth seeing: no start and no runaway decides it."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from gui.widgets.curves.scale import round_below

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from core.learning.history import History

_PARTS = ("train", "test")
_MOST_ROOM = 3.0
"""Of the distance from the best to the middle value, beyond the best; and of the range of the run
shown, by which others may widen it."""
_SEEN = 0.97
"""Of the values of the run shown at least so many are seen, if none is far away."""
_WILD = 100.0
"""Values so many times worse than the best are of a run that ran away, and are not looked at."""
_LEAST_SPAN = 0.05


def curve_range(
    shown: History | None, behind: Iterable[History], metric: str
) -> tuple[float, float] | None:
    """Return the ends of the y axis; None before anything is learnt that could be seen.

    The values of the start are not looked at, and of the worst values some may lie outside: those
    of the first epochs, or of a run that diverges. Other runs count where they ended and were best,
    as far as they are near.

    Parameters
    ----------
    shown : the run that is read
    behind : the other runs drawn
    metric : ``error`` or ``log_likelihood``
    """
    sign = 1.0 if metric == "error" else -1.0  # so that less is better
    own = np.empty(0)
    if shown is not None and len(shown) > 1:
        own = np.concatenate([sign * shown.curve(part, metric)[1:] for part in _PARTS])
        own = np.sort(own[np.isfinite(own)])
    if not len(own):
        return None
    assert shown is not None
    start = sign * shown.value("train", metric, int(shown.epochs[0]))
    if own[0] > _WILD * max(start, _LEAST_SPAN):
        return None  # it ran away at once: nothing it has learnt can be seen beside anything
    own = own[own <= _WILD * max(float(own[0]), _LEAST_SPAN)]
    best, usual = float(own[0]), float(np.median(own))
    reach = best + max(_MOST_ROOM * (usual - best), _LEAST_SPAN)
    worst = min(float(own[math.ceil(_SEEN * (len(own) - 1))]), reach)
    room = _MOST_ROOM * max(worst - best, _LEAST_SPAN)
    others = np.concatenate([np.empty(0), *(sign * _ends(each, metric) for each in behind)])
    near = others[(others > best - room) & (others < worst + room)]
    low, high = min(best, near.min(initial=best)), max(worst, near.max(initial=worst))
    step = round_below(max(high - low, 1e-6 * abs(high), 1e-9) / 5)
    low, high = step * math.floor(low / step), step * math.ceil(high / step)
    if metric == "error":
        return max(low, 0.0), min(high, 1.0)
    return -high, min(-low, 0.0)


def _ends(history: History, metric: str) -> NDArray[np.float64]:
    """Return where another run ended and was best; what it began with need not be seen."""
    if len(history) < 2:
        return np.empty(0)
    places = [history.best_index, -1] if history.best_index else [-1]
    return np.concatenate([history.curve(part, metric)[places] for part in _PARTS])
