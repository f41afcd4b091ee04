"""Drawing curves with their names beside their ends, and horizontal bars.

Imported only while something is drawn.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from matplotlib.patches import Patch
from matplotlib.ticker import FuncFormatter, LogLocator, MaxNLocator

from core.report.drawing.paper import (
    AXIS,
    INK,
    MUTED,
    SMALL_SIZE,
    STRONG,
    Paper,
    elide,
    points,
    text_width,
    widest,
)
from core.report.figures import VERMILION
from core.report.numbers import LARGEST, number, value_range

if TYPE_CHECKING:
    from collections.abc import Iterator

    from matplotlib.axes import Axes
    from matplotlib.axis import Axis
    from numpy.typing import NDArray

    from core.report.figures import Bars, Chart, Rule, Series

_LEFT, _ABOVE, _BELOW = 100, 42, 84
_LONGEST_NAME = 250
_STEP = 1.25 * SMALL_SIZE
"""Between two names or words that stand below each other."""
_MOST_ROWS = 6
"""Of words above a chart, or nothing of its height is left: a dragged setting changes often."""
_LINE_STYLES: dict[str, Any] = {
    "": "solid",
    "dashed": (0, (3.6, 2.4)),
    "dotted": (0, (0.1, 2.0)),
    "dashdot": (0, (4.0, 2.0, 0.1, 2.0)),
}
_WIDE: Any = {"linewidth": points(13), "solid_capstyle": "butt"}
"""The look of a piece of a band, or of bars."""
_THIN: Any = {"color": MUTED, "linewidth": points(2), "linestyle": _LINE_STYLES["dotted"]}
_STAR = "#ffcd28"


class _End(NamedTuple):
    """Where the name of a curve, band or bars belongs, and the look of a piece of it."""

    x: float
    y: float
    label: str
    colour: str
    look: dict[str, Any]
    strong: bool = True


class Curves:
    """A chart at a width, in pixels."""

    def __init__(self, chart: Chart, width: float) -> None:
        self._chart, self._width = chart, width
        self.height = 0.2 * width + 410

    def draw(self, paper: Paper, left: float, top: float, height: float) -> None:
        """Draw axes, curves and their names into a box."""
        chart, width = self._chart, self._width
        named: tuple[Any, ...] = (*chart.lines, *chart.bands)
        labels = [elide(one.label, SMALL_SIZE, _LONGEST_NAME) for one in named]
        right = left + width - (widest(labels) + 52 if any(labels) else 12)
        inner, bottom = left + _LEFT, top + height - _BELOW
        paper.write(left, top + 18, elide(chart.y_label, SMALL_SIZE, width), colour=MUTED)
        axes = paper.axes(inner, top + _ABOVE, right, bottom)
        _scale(axes, chart)
        _draw_rules(axes, paper, chart)
        axes.grid(axis="y")
        room = 2 * min(right - inner, width)
        axes.set_xlabel(elide(chart.x_label, SMALL_SIZE, room), labelpad=points(8))
        _write_names(axes, paper, [*_draw_lines(axes, chart), *_draw_bands(axes, chart)])
        for mark in chart.marks:
            look: Any = {"markersize": points(34), "markeredgewidth": points(2.5)}
            axes.plot(mark.x, mark.y, "*", color=_STAR, markeredgecolor=INK, zorder=4, **look)


def _scale(axes: Axes, chart: Chart) -> None:
    """Set limits and ticks of both axes."""
    xs = [*(line.x for line in chart.lines), *(band.x for band in chart.bands)]
    for line in chart.lines:
        if line.bars:
            xs += [line.x - _bar_width(line.x) / 2, line.x + _bar_width(line.x) / 2]
    ys = [np.append(line.y, 0) * line.bars if line.bars else line.y for line in chart.lines]
    ys += [end for band in chart.bands for end in (band.low, band.high)]
    ys += [np.array([mark.y]) for mark in chart.marks]
    x_limits = chart.x_limits or (value_range(xs, True) if chart.x_log else _x_range(xs))
    _set_axis(axes.xaxis, x_limits, 7, chart.x_log)
    _set_axis(axes.yaxis, chart.y_limits or value_range(ys, chart.y_log), 6, chart.y_log)
    axes.minorticks_off()
    if chart.whole_x and not chart.x_log:
        axes.xaxis.set_major_locator(MaxNLocator(7, steps=[1, 2, 5, 10], integer=True))
    if any(line.bars < 0 for line in chart.lines):
        axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: number(abs(value), "g")))
        axes.axhline(0, color=AXIS, linewidth=points(2))


def _set_axis(axis: Axis, limits: tuple[float, float], n: int, log: bool) -> None:
    low, high = sorted(limits)
    name = axis.axis_name  # type: ignore[attr-defined]
    if log:
        # Where all is negative the logarithm is of its size, and higher is still higher.
        way = {"value": "log"} if low > 0 else {"value": "symlog", "linthresh": abs(high) or 1.0}
        getattr(axis.axes, f"set_{name}scale")(**way)
        if low > 0:
            few = high / low < 30
            axis.set_major_locator(LogLocator(subs=(1.0, 2.0, 5.0) if few else (1.0,)))
    else:
        axis.set_major_locator(MaxNLocator(n, steps=[1, 2, 5, 10]))
    if log or max(-low, high) >= 1e6:
        axis.set_major_formatter(FuncFormatter(lambda value, _: number(value, ".4g")))
    getattr(axis.axes, f"set_{name}lim")(*limits)


def _x_range(xs: list[NDArray[Any]]) -> tuple[float, float]:
    values = np.concatenate([np.zeros(0), *xs])
    values = values[np.isfinite(values)]
    low, high = (float(values.min()), float(values.max())) if len(values) else (0.0, 1.0)
    # A little room keeps the first point, or a star on it, off the tick labels.
    return low - 0.03 * (high - low or 1.0), low + 1.01 * (high - low or 1.0)


def _bar_width(x: NDArray[Any]) -> float:
    # The usual gap: the last bar may lie nearer to its neighbour than all others.
    return 0.8 * float(np.median(np.diff(x))) if len(x) > 1 else 0.8


def _near(y: NDArray[Any], axes: Axes) -> NDArray[np.float64]:
    """Return values of which those far outside are brought to a near outside; gaps stay."""
    low, high = sorted(axes.get_ylim())
    span = high - low
    near = np.clip(y, max(low - 5 * span, -LARGEST), min(high + 5 * span, LARGEST))
    gaps = ~np.isfinite(y) | ((y <= 0) if axes.get_yscale() == "log" else False)
    return np.where(gaps, np.nan, near)


def _draw_rules(axes: Axes, paper: Paper, chart: Chart) -> None:
    """Draw upright lines, also through marks; words above in as many rows as keep them apart.

    The axes make room for them. Words that find none stay away, but not those of marks.
    """
    low, high = sorted(axes.get_xlim())
    left, right = axes.bbox.x0, axes.bbox.x1
    rows: list[float] = []
    """Where the last words of each end, the lowest row first."""
    placed = []
    rules: tuple[Rule, ...] = (*chart.rules, *chart.marks)
    for rule in sorted(rules, key=lambda rule: rule.x):
        if low <= rule.x <= high:
            axes.axvline(rule.x, **_THIN)
            words = elide(rule.label, SMALL_SIZE, (right - left) / 2)
            half = text_width(words) / 2
            middle = axes.transData.transform((rule.x, axes.get_ylim()[0]))[0]
            middle = min(max(middle, left + half), right - half)
            row = next((i for i, end in enumerate(rows) if end + 12 < middle - half), len(rows))
            if row < _MOST_ROWS or rule in chart.marks:
                rows[row : row + 1] = [middle + half]
                placed.append((middle, row, words))
    whole = axes.get_position()
    whole.y1 -= len(rows) * _STEP / paper.height
    axes.set_position(whole)
    for middle, row, words in placed:
        y = paper.height - axes.bbox.y1 - (row + 0.5) * _STEP
        paper.write(middle, y, words, ha="center")


def _draw_lines(axes: Axes, chart: Chart) -> Iterator[_End]:
    """Draw curves and upright bars, and yield where their names belong."""
    for line in chart.lines:
        x, y, colour = line.x.astype(np.float64), line.y.astype(np.float64), line.colour
        if line.bars:
            axes.bar(x, line.bars * y, _bar_width(x), color=colour, zorder=2)
            piece = {"color": colour, **_WIDE}
            yield _End(math.inf, line.bars * y.max(initial=0) / 2, line.label, colour, piece)
            continue
        y = _near(y, axes)
        there = np.flatnonzero(np.isfinite(y))
        # A line needs two ends; a point alone is a dot.
        alone = np.setdiff1d(there, np.concatenate((there - 1, there + 1))).tolist()
        look: Any = {
            "color": (colour, 1.0 if line.strong else 0.45),
            "linewidth": points(4 if line.strong else 2),
            "linestyle": _LINE_STYLES[line.dash],
            "zorder": 2.5 + line.strong,
        }
        axes.plot(x, y, marker="o", markersize=points(13), markevery=alone, **look)
        for i in there[-1:]:
            yield _End(x[i], y[i], line.label, colour, look, line.strong)


def _draw_bands(axes: Axes, chart: Chart) -> Iterator[_End]:
    for band in chart.bands:
        low, high = (_near(end, axes) for end in (band.low, band.high))
        pale = (band.colour, 0.25)
        axes.fill_between(band.x, low, high, color=pale, linewidth=0, zorder=1)
        for i in np.flatnonzero(np.isfinite(low + high))[-1:]:
            piece = {"color": pale, **_WIDE}
            yield _End(math.inf, (low[i] + high[i]) / 2, band.label, band.colour, piece)


def _write_names(axes: Axes, paper: Paper, ends: list[_End]) -> None:
    """Write each name beside its end; where they are too many, only those of strong curves."""
    right, bottom = axes.bbox.x1, paper.height - axes.bbox.y0
    wanted = [end for end in ends if end.label]
    if len(wanted) * _STEP > axes.bbox.height:
        wanted = [end for end in wanted if end.strong][: int(axes.bbox.height / _STEP) - 1]
        paper.write(right + 38, bottom, f"+ {len(ends) - len(wanted)} more", colour=MUTED)
        bottom -= _STEP
    low, high = sorted(axes.get_ylim())
    at = [(min(end.x, axes.get_xlim()[1]), min(max(end.y, low), high)) for end in wanted]
    xs, ys = axes.transData.transform(np.reshape(at, (-1, 2))).T
    ys = paper.height - ys
    order = np.argsort(ys, kind="stable")
    steps = _STEP * np.arange(len(order))
    # Each as near to its end as those above leave room for, and all above the bottom.
    places = np.maximum.accumulate(ys[order] - steps)
    places = np.minimum(places, bottom - steps[-1:]) + steps
    for i, place in zip(order, places, strict=True):
        end = wanted[i]
        # A piece of the curve leads on from its end, where it reaches so far.
        reaches = math.isfinite(end.x) and xs[i] > right - 24
        x, y = (xs[i] + 4, ys[i]) if reaches else (right + 8, place)
        paper.ground.plot((x, right + 30), (y, place), **end.look)
        name = elide(end.label, SMALL_SIZE, _LONGEST_NAME)
        paper.write(right + 38, place, name, colour=end.colour)


_BAR = 22


class LongBars:
    """Horizontal bars at a width, in pixels."""

    def __init__(self, bars: Bars, width: float) -> None:
        self._bars, self._width = bars, width
        has_key = len(bars.series) > 1 or bars.highlighted_label or bars.beside
        self._head = 50 if has_key else 8
        group = len(bars.series) * _BAR + 9
        self.height = self._head + max(group * len(bars.labels), 200) + _BELOW

    def draw(self, paper: Paper, left: float, top: float, height: float) -> None:
        """Draw the bars of every group, and beside each its value."""
        bars, width = self._bars, self._width
        names, n = [elide(name, SMALL_SIZE, 220) for name in bars.labels], len(bars.labels)
        words = [_numbers(series, bars.form) for series in bars.series]
        beside = [bars.beside.label, *_numbers(bars.beside, bars.form)] if bars.beside else []
        room = max(map(widest, words), default=0) + 16
        low, high = bars.limits or value_range([np.zeros(1), *(s.values for s in bars.series)])
        low = min(low, 0.0) if bars.limits or low < -0.1 * high else 0.0
        room_left = room if low < 0 else 0
        x0 = left + widest(names) + 14 + room_left
        right = left + width - room - (widest(beside) + 24 if beside else 0)
        axes = paper.axes(x0, top + self._head, right, top + height - _BELOW)
        axes.set(xlim=(low, high), ylim=(n - 0.5, -0.5))
        axes.xaxis.set_major_locator(
            MaxNLocator(max(2, int((right - x0) / 130)), steps=[1, 2, 5, 10])
        )
        axes.grid(axis="x")
        axes.spines[["left", "bottom"]].set_visible(False)
        axes.axvline(0, color=AXIS, linewidth=points(2), zorder=3)
        axes.set_xlabel(elide(bars.value_label, SMALL_SIZE, right - x0), labelpad=points(8))
        axes.tick_params(axis="x", length=0)
        axes.tick_params(axis="y", labelcolor=INK, pad=points(12 + room_left))
        axes.set_yticks(range(n), names)
        thick = 0.8 / max(len(bars.series), 1)
        size = min(SMALL_SIZE, 0.9 * thick * axes.bbox.height / max(n, 1))
        for s, series in enumerate(bars.series):
            hues = [series.colour] * n
            if bars.highlighted is not None:
                hues[bars.highlighted] = VERMILION
            drawn = axes.barh(
                np.arange(n) + (s - (len(bars.series) - 1) / 2) * thick,
                np.clip(np.nan_to_num(series.values.astype(np.float64)), low, high),
                0.92 * thick,
                color=[(hue, _alpha(series)) for hue in hues],
                edgecolor=hues,
                linewidth=points(1.5),
                zorder=2,
            )
            axes.bar_label(drawn, words[s], padding=points(8), fontsize=points(size))
        key = [(s.label, s.colour, _alpha(s)) for s in bars.series if len(bars.series) > 1]
        if bars.highlighted is not None and names:
            axes.get_yticklabels()[bars.highlighted].set_fontweight(STRONG)
            key.append((elide(bars.highlighted_label, SMALL_SIZE, width / 3), VERMILION, 1.0))
        patches = [
            Patch(facecolor=(hue, alpha), edgecolor=hue, label=label, linewidth=0.5)
            for label, hue, alpha in key
            if label
        ]
        if patches:
            corner = ((left - x0) / (right - x0), 1.02)
            axes.legend(handles=patches, loc="lower left", bbox_to_anchor=corner, ncols=4)
        for i, word in enumerate(beside):
            y = top + self._head + (i - 0.5 if i else -0.4) * axes.bbox.height / n
            paper.write(left + width, y, word, colour=MUTED, ha="right")


def _alpha(series: Series) -> float:
    return 0.22 if series.pale else 1.0


def _numbers(series: Series, form: str) -> list[str]:
    return [number(v, form) if math.isfinite(v) else "?" for v in series.values.tolist()]
