"""Drawing curves, their names beside their ends.

Imported only while something is drawn.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

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
from core.report.drawing.scales import ticks, value_range
from core.report.figures import DASHES, PALETTE

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from numpy.typing import NDArray

    from core.report.figures import Chart, Mark

_ABOVE, _BELOW, _NOTE = 42, 84, 34
_DASHES = {"": "solid", "dashed": (0, (3.6, 2.4)), "dotted": (0, (0.1, 2.0)),
           "dashdot": (0, (4.0, 2.0, 0.1, 2.0))}  # fmt: skip
_LONGEST_NAME = 250
_STAR = "#ffcd28"


@dataclass(frozen=True)
class _Pen:
    """How a curve is drawn."""

    label: str
    x: NDArray[np.float64]
    y: NDArray[np.float64]
    colour: str
    dash: str
    strong: bool


def mixed(colour: str, share: float) -> str:
    """Return a colour with a share of white in it."""
    red, green, blue = (channel + (1 - channel) * share for channel in to_rgb(colour))
    return to_hex((red, green, blue))


def height(chart: Chart, width: float) -> float:
    """Return the height that suits a chart of a width."""
    return 0.28 * width + 300 + (_NOTE if chart.note else 0)


def _pens(chart: Chart) -> list[_Pen]:
    found, place = [], 0
    for line in chart.lines:
        colour, dash = line.colour, line.dash
        if colour is None:
            colour = PALETTE[place % len(PALETTE)]
            dash = dash or DASHES[place // len(PALETTE) % len(DASHES)]
            place += 1
        x, y = (np.array(values, np.float64) for values in (line.x, line.y))
        found.append(_Pen(line.label, x, y, colour, dash, line.strong))
    return found


def draw(chart: Chart, paper: Paper, left: float, top: float, width: float, height: float) -> None:
    """Draw axes, curves and their names into a box."""
    pens = _pens(chart)
    marked_x = [np.array([mark.x]) for mark in chart.marks]
    marked_y = [np.array([mark.y]) for mark in chart.marks]
    bands = chart.bands
    xs = [*(pen.x for pen in pens), *(band.x for band in bands), *marked_x]
    ys = [*(pen.y for pen in pens), *(e for b in bands for e in (b.low, b.high)), *marked_y]
    x_limits = chart.x_limits or _x_range(xs, chart.x_log)
    y_limits = chart.y_limits or value_range(ys, chart.y_log)
    y_ticks, y_words = ticks(y_limits, 6, log=chart.y_log)
    x_ticks, x_words = ticks(x_limits, 7, log=chart.x_log, whole=chart.whole_x)
    names = [elide(pen.label, SMALL_SIZE, _LONGEST_NAME) for pen in pens]
    beside = max((text_width(name, SMALL_SIZE) for name in names if name), default=-40) + 52
    tick_room = max((text_width(word, SMALL_SIZE) for word in y_words), default=0) + 14
    box = (
        left + max(tick_room, 60),
        top + (_ABOVE if chart.y_label else 12),
        left + width - max(beside, 12),
        top + height - _BELOW - (_NOTE if chart.note else 0),
    )
    axes = paper.axes(*box)
    axes.set_xlim(*x_limits)
    axes.set_ylim(*y_limits)
    if chart.x_log:
        axes.set_xscale("log")
    if chart.y_log:
        axes.set_yscale("log")
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
    x_label = elide(chart.x_label, SMALL_SIZE, width)
    middle = (box[0] + box[2]) / 2
    paper.middle(middle, box[3] + 62, x_label, SMALL_SIZE, colour=MUTED, align="center")
    if chart.note:
        note = elide(chart.note, SMALL_SIZE, width)
        paper.middle(left, top + height - 16, note, SMALL_SIZE, colour=MUTED)

    for i, band in enumerate(bands):
        colour = band.colour or PALETTE[i % len(PALETTE)]
        low, high = (_within(e, y_limits, chart.y_log) for e in (band.low, band.high))
        axes.fill_between(band.x, low, high, color=mixed(colour, 0.75), linewidth=0, zorder=1)
    for rule in chart.rules:
        line = axes.axvline if rule.axis == "x" else axes.axhline
        line(rule.at, color=MUTED, linewidth=points(2), linestyle=_DASHES["dotted"], zorder=2)
    for pen in sorted(pens, key=lambda pen: pen.strong):
        _curve(axes, pen, y_limits, chart.y_log)
    _names(paper, axes, pens, names, box, y_limits)
    obstacles = _obstacles(axes, paper, pens, y_limits, chart.y_log)
    for mark in chart.marks:
        obstacles = _mark(axes, paper, mark, box, obstacles)
    for rule in chart.rules:
        place = _pixels(axes, paper, rule.at, rule.at)[0]
        words = elide(rule.label, SMALL_SIZE, (box[2] - box[0]) / 2)
        if rule.axis == "x":
            wide = text_width(words, SMALL_SIZE)
            fits = place[0] + 10 + wide <= box[2]
            at = place[0] + 10 if fits else place[0] - 10
            align = "left" if fits else "right"
            paper.middle(at, box[1] + 14, words, SMALL_SIZE, colour=MUTED, align=align, paper=True)
        else:
            paper.middle(box[0] + 10, place[1] - 16, words, SMALL_SIZE, colour=MUTED, paper=True)


def _x_range(xs: list[NDArray[np.float64]], log: bool) -> tuple[float, float]:
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


def _within(y: NDArray[np.float64], limits: tuple[float, float], log: bool) -> NDArray[np.float64]:
    """Return values of which those far outside are brought to a near outside; gaps stay."""
    low, high = limits
    if log:
        near = np.clip(y, low / (high / low), high * (high / low))
        return np.where(y > 0, near, np.nan)
    span = high - low
    return np.where(np.isfinite(y), np.clip(y, low - 5 * span, high + 5 * span), np.nan)


def _curve(axes: Axes, pen: _Pen, limits: tuple[float, float], log: bool) -> None:
    y = _within(pen.y, limits, log)
    colour = pen.colour if pen.strong else mixed(pen.colour, 0.55)
    width = points(4 if pen.strong else 2)
    axes.plot(pen.x, y, color=colour, linewidth=width, linestyle=_DASHES[pen.dash], zorder=3)
    there = np.concatenate(([False], np.isfinite(y), [False]))
    alone = there[1:-1] & ~there[:-2] & ~there[2:]
    if alone.any():  # a line needs two ends; a lone value is a dot
        axes.plot(
            pen.x[alone], y[alone], "o", color=colour, markersize=points(13), markeredgewidth=0
        )


def _names(
    paper: Paper,
    axes: Axes,
    pens: list[_Pen],
    names: list[str],
    box: tuple[float, float, float, float],
    limits: tuple[float, float],
) -> None:
    """Write each curve's name beside its end; where they are too many, the thin ones go without."""
    step = 1.25 * SMALL_SIZE
    room = int((box[3] - box[1]) // step)
    wanted = []
    for pen, name in sorted(zip(pens, names, strict=True), key=lambda pair: not pair[0].strong):
        there = np.flatnonzero(np.isfinite(pen.y) & np.isfinite(pen.x))
        if name and len(there):
            y = float(np.clip(pen.y[there[-1]], *limits))
            at = _pixels(axes, paper, pen.x[there[-1]], y)[0]
            wanted.append((float(at[1]), float(at[0]), pen, name))
    left_out = max(0, len(wanted) - room)
    wanted = sorted(wanted[: room - 1 if left_out else room], key=lambda item: item[0])
    places = _apart([y for y, *_ in wanted], step, box[1], box[3] - (step if left_out else 0))
    for place, (y, x, pen, name) in zip(places, wanted, strict=True):
        colour = pen.colour if pen.strong else mixed(pen.colour, 0.25)
        if x > box[2] - 24:
            paper.rule((x + 4, box[2] + 30), (y, place), colour, 2, _DASHES[pen.dash], order=3)
        else:
            paper.rule((box[2] + 8, box[2] + 30), (place, place), colour, 3, _DASHES[pen.dash])
        paper.middle(box[2] + 38, place, name, SMALL_SIZE, colour=colour)
    if left_out:
        words = f"+ {len(pens) - len(wanted)} more"
        paper.middle(box[2] + 38, box[3] - step / 2, words, SMALL_SIZE, colour=MUTED)


def _apart(wanted: list[float], step: float, low: float, high: float) -> list[float]:
    """Return places near those wanted (rising), at least ``step`` from each other."""
    places: list[float] = []
    groups: list[tuple[float, int]] = []  # middle and number of names that touch each other
    for y in wanted:
        groups.append((y, 1))
        while len(groups) > 1 and _touch(groups[-2], groups[-1], step):
            (y1, n1), (y2, n2) = groups.pop(-2), groups.pop()
            groups.append(((n1 * y1 + n2 * y2) / (n1 + n2), n1 + n2))
    for y, n in groups:
        places += [y + (i - (n - 1) / 2) * step for i in range(n)]
    for i, place in enumerate(places):
        places[i] = max(place, low + i * step)
    for i in range(len(places) - 1, -1, -1):
        places[i] = min(places[i], high - (len(places) - 1 - i) * step)
    return places


def _touch(one: tuple[float, int], other: tuple[float, int], step: float) -> bool:
    return other[0] - one[0] < (one[1] + other[1]) / 2 * step


def _obstacles(
    axes: Axes, paper: Paper, pens: list[_Pen], limits: tuple[float, float], log: bool
) -> NDArray[np.float64]:
    """Return points along all curves, where no words should stand, (n, 2)."""
    found = [np.zeros((0, 2))]
    for pen in pens:
        places = _pixels(axes, paper, pen.x, _within(pen.y, limits, log))
        places = places[np.isfinite(places).all(axis=1)]
        if len(places) > 1:
            along = np.linspace(0, len(places) - 1, 1000)
            index = np.arange(len(places))
            places = np.stack([np.interp(along, index, places[:, c]) for c in (0, 1)], axis=1)
        found.append(places)
    return np.concatenate(found)


def _mark(
    axes: Axes,
    paper: Paper,
    mark: Mark,
    box: tuple[float, float, float, float],
    obstacles: NDArray[np.float64],
) -> NDArray[np.float64]:
    """Draw a marked point with its words where fewest curves pass; return the new obstacles."""
    x, y = _pixels(axes, paper, mark.x, mark.y)[0]
    if not (np.isfinite([x, y]).all() and box[0] - 1 <= x <= box[2] + 1):
        return obstacles
    inside = box[1] - 1 <= y <= box[3] + 1
    if mark.kind == "star":
        paper.rule((x, x), (box[1], box[3]), MUTED, 1.5, (0, (1, 3)), order=2)
    if inside:
        look = {
            "star": ("*", 34, mark.colour or _STAR, INK),
            "dot": ("o", 15, mark.colour or INK, "white"),
        }
        marker, size, fill, edge = look[mark.kind]
        axes.plot(
            mark.x,
            mark.y,
            marker,
            markersize=points(size),
            markerfacecolor=fill,
            markeredgecolor=edge,
            markeredgewidth=points(2.5),
            clip_on=False,
            zorder=4,
        )
    words = elide(mark.label, SMALL_SIZE, (box[2] - box[0]) / 2)
    wide = text_width(words, SMALL_SIZE)
    y = float(np.clip(y, box[1], box[3]))
    best, least = (x, y), np.inf
    for down in (-30, 32, -56, 60, -90, 96):
        for across in (14, -14 - wide, -wide / 2):
            if mark.kind == "star" and across == -wide / 2:
                continue
            start, above = x + across, y + down - SMALL_SIZE / 2
            end, below = start + wide, above + SMALL_SIZE
            if start < box[0] or end > box[2] + 20 or above < box[1] - 10 or below > box[3]:
                continue
            hit = (
                (obstacles[:, 0] > start - 6)
                & (obstacles[:, 0] < end + 6)
                & (obstacles[:, 1] > above - 6)
                & (obstacles[:, 1] < below + 6)
            ).sum()
            if hit < least:
                best, least = (start, y + down), hit
    paper.middle(*best, words, SMALL_SIZE, paper=True)
    own = np.stack((np.linspace(best[0], best[0] + wide, 20), np.full(20, best[1])), axis=1)
    return np.concatenate((obstacles, own))
