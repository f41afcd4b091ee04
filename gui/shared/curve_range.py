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
_FEW = 5 * len(_PARTS)
"""Values of a run that has just begun."""


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
    runs = list(behind)
    start, own = (0.0, np.empty(0)) if shown is None else _learnt(shown, metric)
    if len(own) < _FEW:  # it is seen where another is until it has learnt: nothing jumps
        known = (_learnt(each, metric) for each in runs)
        at, more = next((one for one in known if len(one[1]) >= _FEW), (start, np.empty(0)))
        start, own = (start if len(own) else at), np.concatenate((own, more))
    start, own = sign * start, np.sort(sign * own)
    if not len(own) or own[0] > _WILD * max(start, _LEAST_SPAN):
        return None  # nothing is learnt, or it ran away at once: nothing can be seen beside that
    own = own[own <= _WILD * max(float(own[0]), _LEAST_SPAN)]
    best, usual = float(own[0]), float(np.median(own))
    reach = best + max(_MOST_ROOM * (usual - best), _LEAST_SPAN)
    worst = min(float(own[math.ceil(_SEEN * (len(own) - 1))]), reach)
    room = _MOST_ROOM * max(worst - best, _LEAST_SPAN)
    others = np.concatenate([np.empty(0), *(sign * _ends(each, metric) for each in runs)])
    near = others[(others > best - room) & (others < worst + room)]
    low, high = min(best, near.min(initial=best)), max(worst, near.max(initial=worst))
    step = round_below(max(high - low, 1e-6 * abs(high), 1e-9) / 5)
    low, high = step * math.floor(low / step), step * math.ceil(high / step)
    if low == high:
        low, high = max(low - _LEAST_SPAN, 0.0), high + _LEAST_SPAN
    if metric == "error":
        return max(low, 0.0), min(high, 1.0)
    return -high, min(-low, 0.0)


def _learnt(history: History, metric: str) -> tuple[float, NDArray[np.float64]]:
    """Return the value a run began with, and all that it has learnt."""
    if not len(history):
        return 0.0, np.empty(0)
    first = 1 if history.epochs[0] == 0 else 0  # a branch begins with what its parent has learnt
    values = np.concatenate([history.curve(part, metric)[first:] for part in _PARTS])
    return history.value("train", metric, int(history.epochs[0])), values[np.isfinite(values)]


def _ends(history: History, metric: str) -> NDArray[np.float64]:
    """Return where another run ended and was best; what it began with need not be seen."""
    if len(history) < 2:
        return np.empty(0)
    places = [history.best_index, -1] if history.best_index else [-1]
    return np.concatenate([history.curve(part, metric)[places] for part in _PARTS])
