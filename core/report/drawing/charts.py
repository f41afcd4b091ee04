"""Drawing curves, their names beside their ends.

Imported only while something is drawn.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.colors import to_hex, to_rgb

from core.report.drawing.paper import (
    AXIS,
    GRID,
    INK,
    MUTED,
    SMALL_SIZE,
    Paper,
    elide,
    points,
    text_width,
)
from core.report.drawing.scales import ticks
from core.report.figures import DASHES, PALETTE
from core.report.numbers import value_range

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from numpy.typing import NDArray

    from core.report.figures import Chart, Mark, Rule

Box = tuple[float, float, float, float]
Limits = tuple[float, float]

_ABOVE, _BELOW, _NOTE = 42, 84, 34
_LINE_STYLES: dict[str, Any] = {
    "": "solid",
    "dashed": (0, (3.6, 2.4)),
    "dotted": (0, (0.1, 2.0)),
    "dashdot": (0, (4.0, 2.0, 0.1, 2.0)),
}
_LONGEST_NAME = 250
_STAR = "#ffcd28"


@dataclass(frozen=True, eq=False)
class _Pen:
    """A curve, or the middle of what else has a name at its end, and how it is drawn."""

    label: str
    x: NDArray[np.float64]
    y: NDArray[np.float64]
    colour: str
    dash: str = ""
    strong: bool = True
    is_curve: bool = True


def mixed(colour: str, share: float) -> str:
    """Return a colour with a share of white in it."""
    red, green, blue = (channel + (1 - channel) * share for channel in to_rgb(colour))
    return to_hex((red, green, blue))


def height(chart: Chart, width: float) -> float:
    """Return the height that suits a chart of a width."""
    return 0.2 * width + 410 + (_NOTE if chart.note else 0)


def draw(chart: Chart, paper: Paper, left: float, top: float, width: float, height: float) -> None:
    """Draw axes, curves and their names into a box."""
    x_limits = chart.x_limits or _x_range(_xs(chart), chart.x_log)
    x_ticks, x_words = ticks(x_limits, 7, log=chart.x_log, whole=chart.whole_x)
    ys = _ys(chart)
    if chart.y_log and not any((y > 0).any() for y in ys):
        sizes = value_range([np.negative(y) for y in ys], log=True)
        low, high = chart.y_limits or (-sizes[1], -sizes[0])
        places, words = ticks((-high, -low), 6, log=True)
        y_ticks, y_words = _turned(-places), [f"−{word}" for word in words]
        y_limits = (float(_turned(low)), float(_turned(high)))
        chart = _turned_chart(chart)
    else:
        y_limits = chart.y_limits or value_range(ys, chart.y_log)
        y_ticks, y_words = ticks(y_limits, 6, log=chart.y_log)
    if any(bars.is_down for bars in chart.columns):
        y_words = [word.lstrip("−") for word in y_words]
    pens = [replace(pen, label=elide(pen.label, SMALL_SIZE, _LONGEST_NAME)) for pen in _pens(chart)]
    beside = max((text_width(pen.label, SMALL_SIZE) for pen in pens if pen.label), default=-40)
    tick_room = max((text_width(word, SMALL_SIZE) for word in y_words), default=0) + 14
    box = (
        left + max(tick_room, 60),
        top + (_ABOVE if chart.y_label else 12),
        left + width - max(beside + 52, 12),
        top + height - _BELOW - (_NOTE if chart.note else 0),
    )
    axes = paper.axes(*box)
    axes.set_xscale("log" if chart.x_log else "linear")
    axes.set_yscale("log" if chart.y_log else "linear")
    axes.minorticks_off()
    axes.set_xlim(*x_limits)
    axes.set_ylim(*y_limits)
    _frame(axes)
    axes.set_xticks(x_ticks, [""] * len(x_ticks))
    axes.set_yticks(y_ticks, [""] * len(y_ticks))
    for place, word in zip(_pixels(axes, paper, x_ticks, y_limits[0])[:, 0], x_words, strict=True):
        paper.middle(place, box[3] + 28, word, SMALL_SIZE, colour=MUTED, align="center")
    for place, word in zip(_pixels(axes, paper, x_limits[0], y_ticks)[:, 1], y_words, strict=True):
        paper.middle(box[0] - 12, place, word, SMALL_SIZE, colour=MUTED, align="right")
    y_label = elide(chart.y_label, SMALL_SIZE, width)
    paper.middle(left, top + 12, y_label, SMALL_SIZE, colour=MUTED)
    middle = (box[0] + box[2]) / 2
    x_label = elide(chart.x_label, SMALL_SIZE, 2 * min(middle - left, left + width - middle))
    paper.middle(middle, box[3] + 62, x_label, SMALL_SIZE, colour=MUTED, align="center")
    if chart.note:
        note = elide(chart.note, SMALL_SIZE, width)
        paper.middle(left, top + height - 16, note, SMALL_SIZE, colour=MUTED)
    _draw_data(axes, chart, pens, y_limits)
    _names(paper, axes, pens, box, y_limits)
    taken = _curve_places(axes, paper, pens, y_limits, chart.y_log)
    for mark in chart.marks:
        taken = _mark(axes, paper, mark, box, taken)
    for rule in chart.rules:
        place = (rule.at, y_limits[0]) if rule.axis == "x" else (x_limits[0], rule.at)
        x, y = _pixels(axes, paper, *place)[0]
        taken = _rule_words(paper, rule, float(x), float(y), box, taken)


def _turned(values: Any) -> NDArray[np.float64]:
    """Return where negative values lie by their size's log10, higher still higher; NaN others."""
    there = np.asarray(values) < 0
    return np.where(there, -np.log10(np.where(there, np.negative(values), 1.0)), np.nan)


def _turned_chart(chart: Chart) -> Chart:
    """Return the chart with the places of its negative values instead of them."""
    return replace(
        chart,
        lines=tuple(replace(line, y=_turned(line.y)) for line in chart.lines),
        bands=tuple(
            replace(band, low=_turned(band.low), high=_turned(band.high)) for band in chart.bands
        ),
        marks=tuple(replace(mark, y=float(_turned(mark.y))) for mark in chart.marks),
        rules=tuple(
            replace(rule, at=float(_turned(rule.at))) if rule.axis == "y" else rule
            for rule in chart.rules
        ),
        y_log=False,
    )


def _heights(chart: Chart) -> list[NDArray[np.float64]]:
    """Return how high the bars of each series stand, or how deep they hang."""
    return [bars.heights * (-1.0 if bars.is_down else 1.0) for bars in chart.columns]


def _bar_width(x: NDArray[Any]) -> float:
    # The usual gap: the last bar may lie nearer to its neighbour than all others.
    return 0.8 * float(np.median(np.diff(x))) if len(x) > 1 else 0.8


def _xs(chart: Chart) -> list[NDArray[Any]]:
    found = [*(line.x for line in chart.lines), *(band.x for band in chart.bands)]
    for bars in chart.columns:
        half = _bar_width(bars.x) / 2
        found += [bars.x - half, bars.x + half]
    return [*found, np.array([mark.x for mark in chart.marks], dtype=np.float64)]


def _ys(chart: Chart) -> list[NDArray[Any]]:
    bands = [end for band in chart.bands for end in (band.low, band.high)]
    bars = [np.append(heights, 0.0) for heights in _heights(chart)]
    marks = np.array([mark.y for mark in chart.marks], dtype=np.float64)
    return [*(line.y for line in chart.lines), *bands, *bars, marks]


def _x_range(xs: list[NDArray[Any]], log: bool) -> Limits:
    values = np.concatenate([np.ravel(x).astype(np.float64) for x in xs] or [np.zeros(0)])
    values = values[np.isfinite(values) & ((values > 0) if log else True)]
    if not len(values):
        return (0.1, 1.0) if log else (0.0, 1.0)
    low, high = float(values.min()), float(values.max())
    # A little room keeps the first point, or a star on it, off the tick labels.
    if log:
        factor = (high / low) ** 0.03 if high > low else 2.0
        return low / factor, high * factor
    span = high - low or 1.0
    return low - 0.03 * span, low + 1.01 * span


def _pens(chart: Chart) -> list[_Pen]:
    """Return all that has a name: lines, bands, bars, each with a colour of its own."""
    place = 0

    def colour(wanted: str | None) -> str:
        nonlocal place
        place += wanted is None
        return wanted or PALETTE[(place - 1) % len(PALETTE)]

    found = []
    for line in chart.lines:
        hue = colour(line.colour)
        dash = line.dash or ("" if line.colour else DASHES[(place - 1) // len(PALETTE) % 4])
        x, y = (np.array(values, np.float64) for values in (line.x, line.y))
        found.append(_Pen(line.label, x, y, hue, dash, line.strong))
    for band in chart.bands:
        x, y = np.array(band.x, np.float64), (np.array(band.low) + np.array(band.high)) / 2
        found.append(_Pen(band.label, x, y, colour(band.colour), is_curve=False))
    for bars, heights in zip(chart.columns, _heights(chart), strict=True):
        x = np.array(bars.x, np.float64)
        # Their name stands beside the middle of the highest.
        middle = float(heights[np.abs(heights).argmax()]) / 2 if len(heights) else 0.0
        y = np.full(len(x), middle)
        found.append(_Pen(bars.label, x, y, colour(bars.colour), is_curve=False))
    return found


def _frame(axes: Axes) -> None:
    axes.set_facecolor("none")
    axes.spines[["top", "right"]].set_visible(False)
    axes.spines[["left", "bottom"]].set_color(AXIS)
    axes.grid(axis="y", color=GRID, linewidth=points(1.5))
    axes.set_axisbelow(True)
    axes.tick_params(axis="x", color=AXIS, length=points(8), width=points(2))
    axes.tick_params(axis="y", length=0)


def _pixels(
    axes: Axes, paper: Paper, x: NDArray[np.float64] | float, y: NDArray[np.float64] | float
) -> NDArray[np.float64]:
    """Return where points (n,) lie on the paper, (n, 2)."""
    pairs = np.stack(np.broadcast_arrays(np.atleast_1d(x), np.atleast_1d(y)), axis=1)
    places = axes.transData.transform(pairs) if len(pairs) else np.zeros((0, 2))
    return np.stack((places[:, 0], paper.height - places[:, 1]), axis=1)


def _within(y: NDArray[Any], limits: Limits, log: bool) -> NDArray[np.float64]:
    """Return values of which those far outside are brought to a near outside; gaps stay."""
    low, high = sorted(limits)
    if log:
        return np.where(y > 0, np.clip(y, low * 1e-3, min(high * 1e3, 1e306)), np.nan)
    span = high - low
    return np.where(np.isfinite(y), np.clip(y, low - 5 * span, high + 5 * span), np.nan)


def _draw_data(axes: Axes, chart: Chart, pens: list[_Pen], limits: Limits) -> None:
    others = iter(pen for pen in pens if not pen.is_curve)
    for band in chart.bands:
        low, high = (_within(end, limits, chart.y_log) for end in (band.low, band.high))
        pale = mixed(next(others).colour, 0.75)
        axes.fill_between(band.x, low, high, color=pale, linewidth=0, zorder=1)
    for bars, heights in zip(chart.columns, _heights(chart), strict=True):
        hue = next(others).colour
        axes.bar(bars.x, heights, _bar_width(bars.x), color=hue, linewidth=0, zorder=2)
    if chart.columns:
        axes.axhline(0, color=AXIS, linewidth=points(2), zorder=2)
    for rule in chart.rules:
        line = axes.axvline if rule.axis == "x" else axes.axhline
        style = _LINE_STYLES["dotted"]
        line(rule.at, color=MUTED, linewidth=points(2), linestyle=style, zorder=2)
    for pen in sorted(pens, key=lambda pen: pen.strong):
        if pen.is_curve:
            _curve(axes, pen, limits, chart.y_log)


def _curve(axes: Axes, pen: _Pen, limits: Limits, log: bool) -> None:
    y = _within(pen.y, limits, log)
    colour = pen.colour if pen.strong else mixed(pen.colour, 0.55)
    width = points(4 if pen.strong else 2)
    axes.plot(pen.x, y, color=colour, linewidth=width, linestyle=_LINE_STYLES[pen.dash], zorder=3)
    there = np.concatenate(([False], np.isfinite(y), [False]))
    alone = there[1:-1] & ~there[:-2] & ~there[2:]
    if alone.any():  # a line needs two ends; a lone value is a dot
        size = points(13)
        axes.plot(pen.x[alone], y[alone], "o", color=colour, markersize=size, markeredgewidth=0)


def _names(paper: Paper, axes: Axes, pens: list[_Pen], box: Box, limits: Limits) -> None:
    """Write each name beside its curve's end; of too many thin ones only where there is room."""
    step = 1.25 * SMALL_SIZE
    wanted: list[tuple[float, float, _Pen]] = []
    named = [pen for pen in pens if pen.label and np.isfinite(pen.x + pen.y).any()]
    for pen in sorted(named, key=lambda pen: not pen.strong):
        there = np.flatnonzero(np.isfinite(pen.x + pen.y))
        end = min(max(float(pen.y[there[-1]]), min(limits)), max(limits))
        x, y = (float(at) for at in _pixels(axes, paper, pen.x[there[-1]], end)[0])
        more = sorted([*wanted, (y, x, pen)], key=lambda item: item[0])
        places = _apart([item[0] for item in more], step, box[1], box[3] - step)
        moved = max(abs(place - item[0]) for place, item in zip(places, more, strict=True))
        if len(more) * step < box[3] - box[1] and (pen.strong or moved < 1.6 * step):
            wanted = more
    left_out = len(named) - len(wanted)
    places = _apart([y for y, *_ in wanted], step, box[1], box[3] - (step if left_out else 0))
    for place, (y, x, pen) in zip(places, wanted, strict=True):
        colour = pen.colour if pen.strong else mixed(pen.colour, 0.25)
        if pen.is_curve:
            reaches = x > box[2] - 24
            ends = (x + 4 if reaches else box[2] + 8, box[2] + 30), (y if reaches else place, place)
            paper.rule(*ends, colour, 2, _LINE_STYLES[pen.dash])
        paper.middle(box[2] + 38, place, pen.label, SMALL_SIZE, colour=colour)
    if left_out:
        paper.middle(box[2] + 38, box[3], f"+ {left_out} more", SMALL_SIZE, colour=MUTED)


def _apart(wanted: list[float], step: float, low: float, high: float) -> list[float]:
    """Return places near those wanted (rising), at least ``step`` from each other."""
    groups: list[tuple[float, int]] = []  # middle and number of names that touch each other
    for y in wanted:
        groups.append((y, 1))
        while len(groups) > 1 and _touch(groups[-2], groups[-1], step):
            (y1, n1), (y2, n2) = groups.pop(-2), groups.pop()
            groups.append(((n1 * y1 + n2 * y2) / (n1 + n2), n1 + n2))
    places = [y + (i - (n - 1) / 2) * step for y, n in groups for i in range(n)]
    for i, place in enumerate(places):
        places[i] = max(place, low + i * step)
    for i, place in enumerate(places):
        places[i] = min(place, high - (len(places) - 1 - i) * step)
    return places


def _touch(one: tuple[float, int], other: tuple[float, int], step: float) -> bool:
    return other[0] - one[0] < (one[1] + other[1]) / 2 * step


def _curve_places(
    axes: Axes, paper: Paper, pens: list[_Pen], limits: Limits, log: bool
) -> NDArray[np.float64]:
    """Return places along all curves, where no words should stand, (n, 2)."""
    found = [np.zeros((0, 2))]
    for pen in pens:
        places = _pixels(axes, paper, pen.x, _within(pen.y, limits, log))
        places = places[np.isfinite(places).all(axis=1)]
        if pen.is_curve and len(places) > 1:
            along = np.linspace(0, len(places) - 1, 1000)
            index = np.arange(len(places))
            places = np.stack([np.interp(along, index, places[:, c]) for c in (0, 1)], axis=1)
            found.append(places)
    return np.concatenate(found)


def _mark(
    axes: Axes, paper: Paper, mark: Mark, box: Box, taken: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Draw a marked point with its words where fewest curves pass; return all that is taken."""
    x, y = _pixels(axes, paper, mark.x, mark.y)[0]
    if not (np.isfinite([x, y]).all() and box[0] - 1 <= x <= box[2] + 1):
        return taken
    is_star = mark.kind == "star"
    if is_star:
        axes.axvline(mark.x, color=MUTED, linewidth=points(1.5), linestyle=(0, (1, 3)), zorder=2)
    if box[1] - 1 <= y <= box[3] + 1:
        axes.plot(
            mark.x,
            mark.y,
            "*" if is_star else "o",
            markersize=points(34 if is_star else 15),
            markerfacecolor=mark.colour or (_STAR if is_star else INK),
            markeredgecolor=INK if is_star else "white",
            markeredgewidth=points(2.5),
            clip_on=False,
            zorder=4,
        )
    words = elide(mark.label, SMALL_SIZE, (box[2] - box[0]) / 2)
    wide = text_width(words, SMALL_SIZE)
    y = np.clip(y, box[1], box[3])
    downs, acrosses = (-30, 32, -56, 60, -90, 96), (14, -14 - wide)
    wanted = [(x + across, y + down) for down in downs for across in acrosses]
    return _write_free(paper, words, wanted, box, taken, INK)


def _rule_words(
    paper: Paper, rule: Rule, x: float, y: float, box: Box, taken: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Write a rule's words beside it where fewest curves pass; return all that is taken."""
    if not (box[0] - 1 <= x <= box[2] + 1 and box[1] - 1 <= y <= box[3] + 1):
        return taken
    words = elide(rule.label, SMALL_SIZE, (box[2] - box[0]) / 2)
    wide = text_width(words, SMALL_SIZE)
    if rule.axis == "x":
        downs = (box[1] + 14 + 30 * i for i in range(4))
        wanted = [(x + across, down) for down in downs for across in (10, -10 - wide)]
    else:
        starts = (box[2] - wide - 6, box[0] + 10, (box[0] + box[2] - wide) / 2)
        wanted = [(start, y + down) for start in starts for down in (-18, 20)]
    return _write_free(paper, words, wanted, box, taken, MUTED)


def _write_free(
    paper: Paper,
    words: str,
    wanted: list[tuple[float, float]],
    box: Box,
    taken: NDArray[np.float64],
    colour: str,
) -> NDArray[np.float64]:
    """Write words where they hide least of what is taken, and return all that is then taken.

    Parameters
    ----------
    wanted : left ends and middles, the best first
    """
    wide = text_width(words, SMALL_SIZE)
    best, least = wanted[0], np.inf
    for x, y in wanted:
        ends = np.array([(x, y - SMALL_SIZE / 2), (x + wide, y + SMALL_SIZE / 2)])
        room = np.array([(box[0], box[1] - 10), (box[2] + 20, box[3])])
        if (ends[0] < room[0]).any() or (ends[1] > room[1]).any():
            continue
        hidden = int(((taken > ends[0] - 6) & (taken < ends[1] + 6)).all(axis=1).sum())
        if hidden < least:
            best, least = (x, y), hidden
    paper.middle(*best, words, SMALL_SIZE, colour=colour, paper=True)
    own = np.stack((np.linspace(best[0], best[0] + wide, 20), np.full(20, best[1])), axis=1)
    return np.concatenate((taken, own))
