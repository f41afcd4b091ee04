"""Drawing horizontal bars.

Imported only while something is drawn.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from core.report.drawing.charts import mixed
from core.report.drawing.paper import (
    AXIS,
    GRID,
    MUTED,
    SMALL_SIZE,
    Paper,
    elide,
    text_width,
)
from core.report.drawing.scales import ticks
from core.report.figures import PALETTE, VERMILION
from core.report.numbers import number, value_range

if TYPE_CHECKING:
    from collections.abc import Callable

    from core.report.figures import Bars, Series

_BELOW = 84
_LONGEST_NAME = 220
_SMALLEST_TEXT = 14
_BAR, _JOINT_BAR = 22, 14


def _above(bars: Bars) -> float:
    return 46 if len(bars.series) > 1 or bars.highlighted_label or bars.beside else 8


def height(bars: Bars, width: float) -> float:
    """Return the height that suits these bars."""
    group = len(bars.series) * (_JOINT_BAR if bars.joint else _BAR) + 9
    return _above(bars) + max(group * len(bars.labels), 200) + _BELOW


def _limits(bars: Bars) -> tuple[float, float]:
    if bars.limits is not None:
        return bars.limits
    low, high = value_range([series.values for series in bars.series])
    return min(low, 0.0) if low < -1e-3 else 0.0, max(high, 0.0)


def _colours(bars: Bars, place: int, highlighted: bool) -> tuple[str, str]:
    """Return fill and edge of a series' bars."""
    series = bars.series[place]
    colour = VERMILION if highlighted else series.colour or PALETTE[place % len(PALETTE)]
    return mixed(colour, 0.78) if series.pale else colour, colour


def draw(bars: Bars, paper: Paper, left: float, top: float, width: float, height: float) -> None:
    """Draw the bars of every group, and beside each its value."""
    right, bottom = left + width, top + height - _BELOW
    low, high = _limits(bars)
    names = [elide(name, SMALL_SIZE, _LONGEST_NAME) for name in bars.labels]
    values = [_words(bars, i) for i in range(len(bars.labels))]
    written = [[bars.joint.join(group)] if bars.joint else group for group in values]
    value_room = (
        max((text_width(w, SMALL_SIZE) for group in written for w in group), default=0) + 18
    )
    x0 = left + max((text_width(name, SMALL_SIZE) for name in names), default=0) + 14
    names_right = x0 - 12
    x1 = right - value_room - sum(_beside_rooms(bars))
    if low < 0:
        x0 += value_room
    _legend(bars, paper, left, top + 14, x1 - left)
    _beside(bars, paper, right, top, bottom)
    top += _above(bars)

    def across(value: float) -> float:
        return x0 + (value - low) / (high - low) * (x1 - x0)

    places, words = ticks((low, high), max(2, int((x1 - x0) / 130)))
    for place, word in zip(places, words, strict=True):
        paper.rule((across(place),) * 2, (top, bottom), GRID, 1.5)
        paper.middle(across(place), bottom + 24, word, SMALL_SIZE, colour=MUTED, align="center")
    middle = (x0 + x1) / 2
    label = elide(bars.value_label, SMALL_SIZE, 2 * min(middle - left, right - middle))
    paper.middle(middle, bottom + 60, label, SMALL_SIZE, colour=MUTED, align="center")
    group = (bottom - top) / max(len(names), 1)
    thick = min((group - 0.2 * group) / max(len(bars.series), 1), 30)
    for i, name in enumerate(names):
        middle = top + (i + 0.5) * group
        heavy = 600 if i == bars.highlighted else 400
        paper.middle(names_right, middle, name, SMALL_SIZE, align="right", weight=heavy)
        far = across(max(low, 0.0))
        for s in range(len(bars.series)):
            y = middle + (s - len(bars.series) / 2) * thick
            far = max(far, _bar(bars, paper, i, s, across, y, thick))
        if bars.joint:
            paper.middle(far + 8, middle, written[i][0], SMALL_SIZE)
    paper.rule((across(max(low, 0.0)),) * 2, (top, bottom), AXIS, 2, order=3)


def _bar(
    bars: Bars,
    paper: Paper,
    i: int,
    s: int,
    across: Callable[[float], float],
    y: float,
    thick: float,
) -> float:
    """Draw a bar, with its value where it has its own, and return its right end."""
    value = float(bars.series[s].values[i])
    fill, edge = _colours(bars, s, i == bars.highlighted)
    zero = across(0.0)
    end = across(value) if math.isfinite(value) else zero
    far = min(max(end, across(_limits(bars)[0])), across(_limits(bars)[1]))
    near, far = sorted((zero, far if abs(far - zero) > 2 else zero + 2))
    paper.rectangle(near, y + 1, far, y + thick - 1, fill, edge, 1.5)
    size = min(SMALL_SIZE, 0.9 * thick)
    if not bars.joint and size >= _SMALLEST_TEXT:
        at, align = (near - 8, "right") if value < 0 else (far + 8, "left")
        paper.middle(at, y + thick / 2, _words(bars, i)[s], size, align=align)
    return far


def _beside_words(bars: Bars, more: Series) -> list[str]:
    return [number(float(v), bars.form) if math.isfinite(v) else "?" for v in more.values]


def _beside_rooms(bars: Bars) -> list[float]:
    return [
        max(text_width(word, SMALL_SIZE) for word in (more.label, *_beside_words(bars, more))) + 24
        for more in bars.beside
    ]


def _beside(bars: Bars, paper: Paper, right: float, top: float, bottom: float) -> None:
    """Write further numbers as columns at the right edge."""
    first = top + _above(bars)
    group = (bottom - first) / max(len(bars.labels), 1)
    for more, room in zip(reversed(bars.beside), reversed(_beside_rooms(bars)), strict=True):
        paper.middle(right, top + 14, more.label, SMALL_SIZE, colour=MUTED, align="right")
        for i, word in enumerate(_beside_words(bars, more)):
            y = first + (i + 0.5) * group
            paper.middle(right, y, word, SMALL_SIZE, colour=MUTED, align="right")
        right -= room


def _words(bars: Bars, i: int) -> list[str]:
    values = [float(series.values[i]) for series in bars.series]
    return [number(value, bars.form) if math.isfinite(value) else "?" for value in values]


def _legend(bars: Bars, paper: Paper, left: float, y: float, width: float) -> None:
    """Draw one row: a sample of each series with its name, then what stands out."""
    entries = []
    if len(bars.series) > 1:
        entries = [(s.label, *_colours(bars, i, False)) for i, s in enumerate(bars.series)]
    if bars.highlighted is not None and bars.highlighted_label:
        entries.append((bars.highlighted_label, VERMILION, VERMILION))
    x = left
    for label, fill, edge in entries:
        name = elide(label, SMALL_SIZE, max(width / len(entries) - 60, 40))
        paper.rectangle(x, y - 11, x + 32, y + 11, fill, edge, 1.5)
        paper.middle(x + 42, y, name, SMALL_SIZE)
        x += 42 + text_width(name, SMALL_SIZE) + 28
