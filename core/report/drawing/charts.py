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
    mixed,
    points,
    widest,
)
from core.report.figures import DASHES, PALETTE, VERMILION
from core.report.numbers import LARGEST, number, value_range

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.axis import Axis
    from numpy.typing import NDArray

    from core.report.figures import Bars, Chart

_LEFT, _ABOVE, _BELOW, _NOTE = 100, 42, 84, 34
_LONGEST_NAME = 250
_LINE_STYLES: dict[str, Any] = {
    "": "solid",
    "dashed": (0, (3.6, 2.4)),
    "dotted": (0, (0.1, 2.0)),
    "dashdot": (0, (4.0, 2.0, 0.1, 2.0)),
}
_STAR = "#ffcd28"


class _End(NamedTuple):
    """A name, and the height of the curve, band or bars that it stands beside."""

    y: float
    label: str
    colour: str
    dash: str = ""
    x: float = math.nan
    strong: bool = True


def chart_height(chart: Chart, width: float) -> float:
    """Return the height that suits a chart of a width."""
    return 0.2 * width + 410 + (_NOTE if chart.note else 0)


def draw_chart(
    chart: Chart, paper: Paper, left: float, top: float, width: float, height: float
) -> None:
    """Draw axes, curves and their names into a box."""
    named: tuple[Any, ...] = (*chart.lines, *chart.bands, *chart.columns)
    names = [elide(item.label, SMALL_SIZE, _LONGEST_NAME) for item in named]
    right = left + width - (widest(names) + 52 if any(names) else 12)
    bottom = top + height - _BELOW - (_NOTE if chart.note else 0)
    axes = paper.axes(left + _LEFT, top + _ABOVE, right, bottom)
    axes.grid(axis="y")
    beside = -_LEFT / (right - left - _LEFT)  # the label begins where the title above it does
    axes.set_title(elide(chart.y_label, SMALL_SIZE, width), x=beside)
    room = 2 * min(right - left - _LEFT, width)
    axes.set_xlabel(elide(chart.x_label, SMALL_SIZE, room), labelpad=points(8))
    if chart.note:
        note = elide(chart.note, SMALL_SIZE, width)
        paper.middle(left, top + height - 16, note, SMALL_SIZE, MUTED)
    _scale(axes, chart)
    colours = _colours(chart)
    ends = _draw_data(axes, chart, names, colours)
    _write_names(axes, paper, ends, right, bottom)


def _colours(chart: Chart) -> list[str]:
    named: tuple[Any, ...] = (*chart.lines, *chart.bands, *chart.columns)
    given = iter(PALETTE[i % len(PALETTE)] for i in range(len(named)))
    return [item.colour or next(given) for item in named]


def _scale(axes: Axes, chart: Chart) -> None:
    """Set limits and ticks of both axes."""
    xs = [*(line.x for line in chart.lines), *(band.x for band in chart.bands)]
    for bars in chart.columns:
        xs += [bars.x - _bar_width(bars.x) / 2, bars.x + _bar_width(bars.x) / 2]
    ys = [line.y for line in chart.lines]
    ys += [end for band in chart.bands for end in (band.low, band.high)]
    ys += [np.append(bars.heights, 0) * (1 - 2 * bars.is_down) for bars in chart.columns]
    ys += [np.array([mark.y]) for mark in chart.marks]
    x_limits = chart.x_limits or (value_range(xs, True) if chart.x_log else _x_range(xs))
    _set_axis(axes.xaxis, x_limits, 7, chart.x_log)
    _set_axis(axes.yaxis, chart.y_limits or value_range(ys, chart.y_log), 6, chart.y_log)
    axes.minorticks_off()
    if chart.whole_x and not chart.x_log:
        axes.xaxis.set_major_locator(MaxNLocator(7, steps=[1, 2, 5, 10], integer=True))
    if any(bars.is_down for bars in chart.columns):
        axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: number(abs(value), "g")))
        axes.axhline(0, color=AXIS, linewidth=points(2))


def _set_axis(axis: Axis, limits: tuple[float, float], n: int, log: bool) -> None:
    low, high = sorted(limits)
    name = axis.axis_name  # type: ignore[attr-defined]
    scale: Any = {"value": "log"} if low > 0 else {"value": "symlog", "linthresh": abs(high) or 1.0}
    if log:
        # Where all is negative the logarithm is of its size, and higher is still higher.
        getattr(axis.axes, f"set_{name}scale")(**scale)
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


def _draw_data(axes: Axes, chart: Chart, names: list[str], colours: list[str]) -> list[_End]:
    """Draw all there is and return where its names belong."""
    ends, left = [], zip(names, colours, strict=True)
    for i, line in enumerate(chart.lines):
        name, colour = next(left)
        dash = line.dash or ("" if line.colour else DASHES[i // len(PALETTE) % len(DASHES)])
        x, y = line.x.astype(np.float64), _near(line.y.astype(np.float64), axes)
        pale = colour if line.strong else mixed(colour, 0.55)
        there = np.concatenate(([False], np.isfinite(y), [False]))
        alone = there[1:-1] & ~there[:-2] & ~there[2:]  # a line needs two ends; this is a dot
        axes.plot(
            x,
            y,
            color=pale,
            linewidth=points(4 if line.strong else 2),
            linestyle=_LINE_STYLES[dash],
            marker="o",
            markersize=points(13),
            markevery=np.flatnonzero(alone).tolist(),
            zorder=2.5 + line.strong,
        )
        if there.any():
            last = np.flatnonzero(there[1:-1])[-1]
            ends.append(_End(y[last], name, colour, dash, x[last], line.strong))
    for band in chart.bands:
        name, colour = next(left)
        low, high = (_near(end, axes) for end in (band.low, band.high))
        axes.fill_between(band.x, low, high, color=mixed(colour, 0.75), linewidth=0, zorder=1)
        there = np.flatnonzero(np.isfinite(low + high))
        ends += [_End((low[i] + high[i]) / 2, name, colour) for i in there[-1:]]
    for bars in chart.columns:
        name, colour = next(left)
        heights = bars.heights * (1.0 - 2.0 * bars.is_down)
        axes.bar(bars.x, heights, _bar_width(bars.x), color=colour, zorder=2)
        highest = heights[np.abs(heights).argmax()] if len(heights) else 0.0
        ends.append(_End(highest / 2, name, colour))
    for rule in chart.rules:
        _rule(axes, rule.at, rule.label, rule.axis == "x")
    for mark in chart.marks:
        is_star = mark.kind == "star"
        if is_star:
            axes.axvline(mark.x, color=MUTED, linewidth=points(1.5), linestyle=(0, (1, 3)))
        axes.plot(
            mark.x,
            mark.y,
            "*" if is_star else "o",
            markersize=points(34 if is_star else 15),
            markerfacecolor=mark.colour or (_STAR if is_star else INK),
            markeredgecolor=INK if is_star else "white",
            markeredgewidth=points(2.5),
            zorder=4,
        )
        near = min(max(mark.y, min(axes.get_ylim())), max(axes.get_ylim()))
        _note(axes, mark.label, (mark.x, near), (14, 22), axes.transData)
    return ends


def _rule(axes: Axes, at: float, label: str, is_upright: bool) -> None:
    """Draw a thin line across with its words, where it lies within the axes."""
    low, high = sorted(axes.get_xlim() if is_upright else axes.get_ylim())
    if low <= at <= high:
        look: Any = {"color": MUTED, "linewidth": points(2), "linestyle": _LINE_STYLES["dotted"]}
        if is_upright:
            axes.axvline(at, **look)
            _note(axes, label, (at, 1), (10, -24), axes.get_xaxis_transform())
        else:
            axes.axhline(at, **look)
            _note(axes, label, (1, at), (-4, 10), axes.get_yaxis_transform())


def _note(
    axes: Axes, words: str, at: tuple[float, float], away: tuple[float, float], transform: Any
) -> None:
    """Write words beside a point, on the side where there is room."""
    x, y = axes.transAxes.inverted().transform(transform.transform(at))
    on_left, below = x > 0.7, y > 0.92 and away[1] > 12
    words = elide(words, SMALL_SIZE, axes.bbox.width / 2)
    axes.annotate(
        words,
        at,
        (points(-abs(away[0]) if on_left else away[0]), points(-40 if below else away[1])),
        xycoords=transform,
        textcoords="offset points",
        ha="right" if on_left else "left",
        bbox={"facecolor": "white", "linewidth": 0, "pad": 1},
        annotation_clip=False,
        zorder=5,
    )


def _write_names(axes: Axes, paper: Paper, ends: list[_End], right: float, bottom: float) -> None:
    """Write each name beside its end; where they are too many, only those of strong curves."""
    step = 1.25 * SMALL_SIZE
    wanted = [end for end in ends if end.label]
    if len(wanted) * step > axes.bbox.height:
        wanted = [end for end in wanted if end.strong][: int(axes.bbox.height / step) - 1]
        paper.middle(right + 38, bottom, f"+ {len(ends) - len(wanted)} more", colour=MUTED)
        bottom -= step

    def pixels(end: _End) -> tuple[float, float]:
        y = min(max(end.y, min(axes.get_ylim())), max(axes.get_ylim()))
        x, y = axes.transData.transform((np.nan_to_num(end.x), y))
        return x, paper.height - y

    wanted.sort(key=lambda end: pixels(end)[1])
    places: list[float] = []
    for end in wanted:
        places.append(max(pixels(end)[1], places[-1] + step if places else 0.0))
    for i in reversed(range(len(places))):
        places[i] = min(places[i], bottom - (len(places) - 1 - i) * step)
    for end, place in zip(wanted, places, strict=True):
        x, y = pixels(end)
        if math.isfinite(end.x):
            # From the curve's end, where it reaches so far.
            start = (x + 4, y) if x > right - 24 else (right + 8, place)
            xs, ys = (start[0], right + 30), (start[1], place)
            paper.rule(xs, ys, end.colour, _LINE_STYLES[end.dash])
        paper.middle(right + 38, place, end.label, colour=end.colour)


_BAR, _JOINT_BAR = 22, 14


def _head(bars: Bars) -> float:
    return 50 if len(bars.series) > 1 or bars.highlighted_label or bars.beside else 8


def bars_height(bars: Bars, _width: float) -> float:
    """Return the height that suits these bars."""
    group = len(bars.series) * (_JOINT_BAR if bars.joint else _BAR) + 9
    return _head(bars) + max(group * len(bars.labels), 200) + _BELOW


def draw_bars(
    bars: Bars, paper: Paper, left: float, top: float, width: float, height: float
) -> None:
    """Draw the bars of every group, and beside each its value."""
    names = [elide(name, SMALL_SIZE, 220) for name in bars.labels]
    words = [
        [number(v, bars.form) if math.isfinite(v) else "?" for v in series.values.tolist()]
        for series in (*bars.series, *bars.beside)
    ]
    own, beside = words[: len(bars.series)], words[len(bars.series) :]
    written = [bars.joint.join(group) for group in zip(*own, strict=True)]
    room = widest(written if bars.joint else [word for group in own for word in group]) + 16
    rooms = [widest([b.label, *w]) + 24 for b, w in zip(bars.beside, beside, strict=True)]
    low, high = bars.limits or value_range([np.zeros(1), *(s.values for s in bars.series)])
    low = min(low, 0.0) if bars.limits or low < -0.1 * high else 0.0
    x0 = left + widest(names) + 14 + (room if low < 0 else 0)
    right = left + width - room - sum(rooms)
    axes = paper.axes(x0, top + _head(bars), right, top + height - _BELOW)
    axes.set(xlim=(low, high), ylim=(len(names) - 0.5, -0.5))
    axes.xaxis.set_major_locator(MaxNLocator(max(2, int((right - x0) / 130)), steps=[1, 2, 5, 10]))
    axes.grid(axis="x")
    axes.spines[["left", "bottom"]].set_visible(False)
    axes.axvline(0, color=AXIS, linewidth=points(2), zorder=3)
    axes.set_xlabel(elide(bars.value_label, SMALL_SIZE, right - x0), labelpad=points(8))
    pad = points(12 + (room if low < 0 else 0))
    axes.tick_params(axis="x", length=0)
    axes.tick_params(axis="y", labelcolor=INK, pad=pad)
    axes.set_yticks(range(len(names)), names)
    thick = 0.8 / max(len(bars.series), 1)
    size = min(SMALL_SIZE, 0.9 * thick * axes.bbox.height / max(len(names), 1))
    patches = []
    for s, series in enumerate(bars.series):
        hues = [series.colour or PALETTE[s % len(PALETTE)]] * len(names)
        patches.append(_patch(series.label, hues[0] if hues else INK, series.pale))
        if bars.highlighted is not None:
            hues[bars.highlighted] = VERMILION
        drawn = axes.barh(
            np.arange(len(names)) + (s - (len(bars.series) - 1) / 2) * thick,
            np.clip(np.nan_to_num(series.values.astype(np.float64)), low, high),
            0.92 * thick,
            color=[mixed(hue, 0.78) if series.pale else hue for hue in hues],
            edgecolor=hues,
            linewidth=points(1.5),
            zorder=2,
        )
        if not bars.joint:
            axes.bar_label(drawn, own[s], padding=points(8), fontsize=points(size))
    if bars.joint:
        longest = np.nan_to_num([s.values for s in bars.series]).max(axis=0)
        drawn = axes.barh(range(len(names)), longest, color="none")
        axes.bar_label(drawn, written, padding=points(8))
    patches = patches if len(patches) > 1 else []
    if bars.highlighted is not None and names:
        axes.get_yticklabels()[bars.highlighted].set_fontweight(STRONG)
        if bars.highlighted_label:
            label = elide(bars.highlighted_label, SMALL_SIZE, width / 3)
            patches.append(_patch(label, VERMILION, False))
    if patches:
        corner = ((left - x0) / (right - x0), 1.02)
        axes.legend(handles=patches, loc="lower left", bbox_to_anchor=corner, ncols=4)
    for i, more in enumerate(bars.beside):
        at = points(room + sum(rooms[: i + 1]))
        for y, word in enumerate([more.label, *beside[i]]):
            place = (1, y - 1 if y else -0.9)
            axes.annotate(
                word,
                place,
                (at, 0),
                xycoords=axes.get_yaxis_transform(),
                textcoords="offset points",
                ha="right",
                va="center",
                color=MUTED,
                annotation_clip=False,
            )


def _patch(label: str, hue: str, pale: bool) -> Patch:
    return Patch(
        facecolor=mixed(hue, 0.78) if pale else hue, edgecolor=hue, label=label, linewidth=0.5
    )
