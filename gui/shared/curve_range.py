"""Which values of learning curves are worth seeing: no start and no runaway decides it."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from gui.widgets.basics.ticks import round_below

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from core.learning.history import History

_PARTS = ("train", "test")
_MOST_ROOM = 3.0
"""Of the distance from the best to the middle value, beyond the best; and of the range of the run
shown, by which worse ones may widen it; better ones are always seen."""
_SEEN = 0.97
"""Of the values of the run shown at least so many are seen, if none is far away."""
_WILD = 100.0
"""Values so many times worse than the best are of a run that ran away, and are not looked at."""
_LEAST_SPAN = 0.05
_ROOM = 0.03
"""Below the start, as part of it."""
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
    own = [] if shown is None else _learnt(shown, metric, sign)
    if sum(map(len, own)) < _FEW:  # it is seen where another is until it has learnt: nothing jumps
        known = (_learnt(each, metric, sign) for each in runs)
        own += next((each for each in known if sum(map(len, each)) >= _FEW), [])
    if not own:
        return None
    low, high = min(float(values[0]) for values in own), max(map(_worst, own))
    others = np.concatenate([np.empty(0), *(sign * _ends(each, metric) for each in runs)])
    near = others[others < high + _MOST_ROOM * max(high - low, _LEAST_SPAN)]
    low, high = near.min(initial=low), near.max(initial=high)
    step = round_below(max(high - low, 1e-6 * abs(high), 1e-9) / 5)
    low, high = step * math.floor(low / step), step * math.ceil(high / step)
    if low == high:
        low, high = max(low - _LEAST_SPAN, 0.0), high + _LEAST_SPAN
    if metric == "error":
        return max(low, 0.0), min(high, 1.0)
    return -high, min(-low, 0.0)


def range_before(history: History | None, n_classes: int, metric: str) -> tuple[float, float]:
    """Return the ends of the y axis before anything is learnt: the start and a guess are seen.

    Parameters
    ----------
    history : the run that is read, or None
    n_classes : a guess has a log-likelihood of ``-log n_classes``
    metric : ``error`` or ``log_likelihood``
    """
    if metric == "error":
        return 0.0, 1.0
    guess = -math.log(max(n_classes, 2))
    starts = [] if history is None else [history.curve(part, metric)[:1] for part in _PARTS]
    values = near(np.concatenate([[guess], *starts]), guess)
    lowest = (1 + _ROOM) * float(values.min())
    step = round_below(-lowest / 4)
    return step * math.floor(lowest / step), 0.0


def near(values: NDArray[np.float64], start: float) -> NDArray[np.float64]:
    """Return the log-likelihoods that are numbers and not of a run that ran away."""
    numbers = values[np.isfinite(values)]
    best = np.fmax(start, numbers.max(initial=-np.inf))
    return np.asarray(numbers[numbers >= -_WILD * max(-float(best), _LEAST_SPAN)])


def _learnt(history: History, metric: str, sign: float) -> list[NDArray[np.float64]]:
    """Return what a run has learnt, of each part from the best to the worst; none that ran away."""
    found: list[NDArray[np.float64]] = []
    first = 1 if len(history) and history.epochs[0] == 0 else 0  # a branch begins with its parent's
    for part in _PARTS:
        values = sign * history.curve(part, metric)
        start = float(values[0]) if len(values) else 0.0
        values = np.sort(values[first:][np.isfinite(values[first:])])
        if len(values) and values[0] <= _WILD * max(start, _LEAST_SPAN):
            found.append(values[values <= _WILD * max(float(values[0]), _LEAST_SPAN)])
    return found


def _worst(values: NDArray[np.float64]) -> float:
    """Return which of the values of one curve is the worst that must be seen."""
    best, usual = float(values[0]), float(np.median(values))
    reach = best + max(_MOST_ROOM * (usual - best), _LEAST_SPAN)
    return min(float(values[math.ceil(_SEEN * (len(values) - 1))]), reach)


def _ends(history: History, metric: str) -> NDArray[np.float64]:
    """Return where another run ended and was best; what it began with need not be seen."""
    if len(history) < 2:
        return np.empty(0)
    places = [history.best_index, -1] if history.best_index else [-1]
    return np.concatenate([history.curve(part, metric)[places] for part in _PARTS])
