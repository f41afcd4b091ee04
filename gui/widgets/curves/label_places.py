"""Where short words find room beside marked places, and between curves."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import Qt

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray
    from PySide6.QtCore import QRectF

    from gui.widgets.curves.lines import CurveLine
    from gui.widgets.curves.main import MainCurves
    from gui.widgets.curves.runs import RunLayer
    from gui.widgets.curves.zoom import ZoomBox

_GAP = 4.0
"""Pixels between a line and its words, and between the words of two lines."""
_SAMPLES = 48
"""Places along words at which it is looked where curves are."""


def place_labels(
    places: Sequence[float], widths: Sequence[float], left: float, right: float
) -> dict[int, float]:
    """Return where labels begin, by tick; those that would overlap are left out.

    The most recent, which is the rightmost, is placed first and wins; an empty one has width 0 and
    needs no room. A label stands to the right of its line, or to the left where it would run out.
    """
    placed: dict[int, float] = {}
    end = right
    for i in sorted(range(len(places)), key=lambda i: (places[i], i), reverse=True):
        if widths[i] <= 0 or not left <= places[i] <= right:
            continue
        start = places[i] + _GAP
        if start + widths[i] > right:
            start = places[i] - _GAP - widths[i]
        if left <= start and start + widths[i] <= end:
            placed[i] = start
            end = min(start, places[i]) - _GAP
    return placed


def in_pixels(
    box: ZoomBox, x: NDArray[np.float64], y: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return places as pixels of the box."""
    (left, right), (low, high) = box.viewRange()
    rect = box.rect()
    across, down = rect.width() / (right - left), rect.height() / (high - low)
    return rect.left() + (x - left) * across, rect.bottom() - (y - low) * down


def lines_of(main: MainCurves, runs: RunLayer) -> list[CurveLine]:
    """Return every curve that is painted as a line."""
    own = (
        main.lines[curve.name]
        for curve in main.curves
        if main.is_visible(curve.name) and curve.style != Qt.PenStyle.NoPen
    )
    return [*own, *(line for run in runs.runs for line in runs.lines(run.key))]


def heights(
    box: ZoomBox, lines: Iterable[CurveLine], left: float, right: float
) -> list[NDArray[np.float64]]:
    """Return how high each curve is along a stretch, in pixels of the box; NaN where it is not."""
    at = np.linspace(left, right, _SAMPLES)
    (first, last), rect = box.viewRange()[0], box.rect()
    wanted = first + (at - rect.left()) * (last - first) / rect.width()
    found = []
    for line in lines:  # each looks at all others: what is not along the stretch is not computed
        x, y = line.places
        y = np.interp(wanted, x, y, left=np.nan, right=np.nan) if len(x) else at * np.nan
        found.append(in_pixels(box, wanted, y)[1])
    return found


def is_free(wanted: QRectF, curves: Sequence[NDArray[np.float64]], gap: float) -> bool:
    """Return whether no curve passes through a rectangle, or nearer than ``gap``."""
    top, bottom = wanted.top() - gap, wanted.bottom() + gap
    each = np.array(curves).reshape(len(curves), _SAMPLES)
    low, high = np.fmin(each[:, :-1], each[:, 1:]), np.fmax(each[:, :-1], each[:, 1:])
    return not ((low < bottom) & (high > top)).any()
