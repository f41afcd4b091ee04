"""Line and bar charts of the report, and its picture of the learning curves."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from core.report.canvas import (
    BLUE,
    GREEN,
    GRID,
    INK,
    MARGIN,
    MUTED,
    PICTURE_WIDTH,
    SMALL_SIZE,
    TEXT_SIZE,
    TITLE_SIZE,
    VERMILION,
    Box,
    Canvas,
    Colour,
    elide,
    text_width,
    wrap,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from core.learning.history import History

LINE_STYLES: dict[str, tuple[Colour, tuple[float, ...]]] = {
    "train": (BLUE, ()),
    "test": (VERMILION, (14, 8)),
    "validation": (GREEN, (4, 6)),
}
"""Part -> (hue, dash): either alone tells the curves apart."""

_LARGEST = 1e300
"""Curves of a diverging run are cut here, so that differences of them stay finite."""
_LEFT, _BOTTOM = 96.0, 84.0
"""Room for tick labels, in pixels."""


@dataclass(frozen=True, slots=True)
class Line:
    """One curve of a chart; NaN leaves a gap."""

    label: str
    x: NDArray[np.float64]
    y: NDArray[np.float64]
    colour: Colour
    dash: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class Star:
    """A marked point and the words for it in the legend."""

    label: str
    x: float
    y: float


def nice_step(span: float, n_steps: int) -> float:
    """Return a step of 1, 2 or 5 times a power of ten, about ``n_steps`` of them in ``span``."""
    rough = span / n_steps
    power = 10.0 ** math.floor(math.log10(rough))
    return next((m * power for m in (1, 2, 5) if m * power >= rough * 0.999), 10 * power)


def nice_ticks(low: float, high: float, n_steps: int, whole: bool = False) -> NDArray[np.float64]:
    """Return round values within [low, high], for labelling an axis.

    Parameters
    ----------
    whole : only whole numbers, as for epochs and steps
    """
    step = nice_step(high - low, n_steps)
    if whole:
        step = max(1.0, step)
    first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
    return np.asarray(np.arange(first, last + 1) * step, dtype=np.float64)


def tick_labels(ticks: NDArray[np.float64]) -> list[str]:
    """Return the labels of equally spaced ticks, all with the same number of decimals."""
    largest = float(np.abs(ticks).max(initial=0.0))
    step = float(ticks[1] - ticks[0]) if len(ticks) > 1 else largest
    if largest >= 1e6 or 0 < step < 1e-5:
        return [number(tick, ".3g") for tick in ticks]
    decimals = max(0, -math.floor(math.log10(step) + 1e-9)) if step > 0 else 0
    return [number(tick, f",.{decimals}f") for tick in ticks]


def number(value: float, form: str) -> str:
    """Format with a real minus sign, and 0 without one."""
    text = format(value, form)
    if not any(digit in text for digit in "123456789"):
        text = text.lstrip("-")
    return text.replace("-", "−")


def value_range(lines: Sequence[Line], skip_first: bool) -> tuple[float, float]:
    """Return the (low, high) of all finite values, a little widened.

    Parameters
    ----------
    skip_first : leave out each curve's first value
    """
    parts = [line.y[1:] if skip_first else line.y for line in lines]
    values = np.concatenate([part[np.isfinite(part)] for part in parts])
    if not len(values):
        return 0.0, 1.0
    low, high = np.clip([values.min(), values.max()], -_LARGEST, _LARGEST)
    # A nearly flat curve should look flat, not have its last digits blown up.
    margin = max(0.05 * (high - low), 0.02 * max(abs(low), abs(high)), 1e-3)
    return float(low - margin), float(high + margin)


def start_is_off_scale(lines: Sequence[Line]) -> bool:
    """Whether the first values are so far off that the rest would be squeezed flat by them."""
    if len(lines[0].x) < 4:
        return False
    (low, high), (all_low, all_high) = value_range(lines, True), value_range(lines, False)
    return all_high - all_low > 2 * (high - low)


@dataclass(frozen=True, slots=True)
class Axes:
    """Where data values lie in a picture."""

    box: Box
    x_limits: tuple[float, float]
    y_limits: tuple[float, float]

    def place(self, x: NDArray[np.float64], y: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return pixel positions (n, 2); values far outside are brought to a near outside."""
        left, top, right, bottom = self.box
        (x0, x1), (y0, y1) = self.x_limits, self.y_limits
        across = left + (x - x0) / (x1 - x0) * (right - left)
        down = bottom - (np.clip(y, -_LARGEST, _LARGEST) - y0) / (y1 - y0) * (bottom - top)
        return np.stack((across, np.clip(down, top - 5000, bottom + 5000)), axis=1)

    def draw(self, canvas: Canvas, x_label: str) -> None:
        """Draw grid, ticks and the frame's two axes."""
        left, top, right, bottom = self.box
        x_ticks = nice_ticks(*self.x_limits, 6, whole=True)
        y_ticks = nice_ticks(*self.y_limits, 6)
        for tick, label in zip(y_ticks, tick_labels(y_ticks), strict=True):
            y = float(self.place(np.array([self.x_limits[0]]), np.array([tick]))[0, 1])
            canvas.line([(left, y), (right, y)], GRID, 1.5)
            canvas.text((left - 12, y), label, SMALL_SIZE, MUTED, "rm")
        for tick, label in zip(x_ticks, tick_labels(x_ticks), strict=True):
            x = float(self.place(np.array([tick]), np.array([self.y_limits[0]]))[0, 0])
            canvas.line([(x, bottom), (x, bottom + 8)], MUTED, 2)
            canvas.text((x, bottom + 14), label, SMALL_SIZE, MUTED, "ma")
        canvas.line([(left, top), (left, bottom), (right, bottom)], MUTED, 2)
        canvas.text(((left + right) / 2, bottom + 46), x_label, SMALL_SIZE, MUTED, "ma")


def _draw_curve(canvas: Canvas, axes: Axes, line: Line) -> None:
    left, top, right, bottom = axes.box
    clip = (left - 8, top - 3, right + 8, bottom + 3)
    finite = np.isfinite(line.y)
    with np.errstate(invalid="ignore"):
        places = axes.place(line.x, line.y)
    edges = np.flatnonzero(np.diff(np.concatenate(([0], finite.astype(np.int8), [0]))))
    for first, last in edges.reshape(-1, 2):
        points = [(float(x), float(y)) for x, y in places[first:last]]
        if len(points) == 1:  # a line needs two ends; a lone value is a dot
            (x, y) = points[0]
            points = [(x - 7, y), (x + 7, y)]
            canvas.line(points, line.colour, 14, clip=clip)
        else:
            canvas.line(points, line.colour, 3.5, line.dash, clip)


def draw_star(canvas: Canvas, x: float, y: float, radius: float = 15) -> None:
    """Draw a five-pointed star with a dark edge."""
    for size, colour in ((radius, INK), (radius * 0.68, (255, 205, 40))):
        corners = []
        for i in range(10):
            angle = math.pi * (i / 5 - 0.5)
            reach = size if i % 2 == 0 else size * 0.45
            corners.append((x + reach * math.cos(angle), y + reach * math.sin(angle)))
        canvas.polygon(corners, colour)


def draw_legend(
    canvas: Canvas, left: float, y: float, lines: Sequence[Line], star: Star | None
) -> None:
    """Draw one row: a sample of each curve with its name, then the star's meaning."""
    x = left
    for line in lines:
        canvas.line([(x, y), (x + 50, y)], line.colour, 4, line.dash)
        canvas.text((x + 60, y), line.label, SMALL_SIZE, INK, "lm")
        x += 60 + text_width(line.label, SMALL_SIZE) + 26
    if star is not None:
        draw_star(canvas, x + 15, y)
        canvas.text((x + 38, y), star.label, SMALL_SIZE, INK, "lm")


def draw_line_chart(
    canvas: Canvas,
    box: Box,
    lines: Sequence[Line],
    *,
    title: str,
    y_label: str,
    x_label: str,
    y_limits: tuple[float, float] | None = None,
    star: Star | None = None,
    note: str = "",
    note_height: float = 0,
) -> None:
    """Draw a chart with title, legend and labelled axes into ``box``.

    Parameters
    ----------
    y_label : stands above the y axis, where it reads without turning the head
    y_limits : ends of the y axis; by default chosen from the finite values
    note, note_height : a muted line under the x axis, and the room kept free for it
    """
    left, top, right, bottom = box
    canvas.text((left, top), title, 28, INK)
    draw_legend(canvas, left, top + 62, lines, star)
    canvas.text((left, top + 88), elide(y_label, SMALL_SIZE, right - left), SMALL_SIZE, MUTED)
    plot = (left + _LEFT, top + 132, right - 12, bottom - _BOTTOM - note_height)
    x_low, x_high = float(lines[0].x.min()), float(lines[0].x.max())
    limits = value_range(lines, False) if y_limits is None else y_limits
    span = x_high - x_low or 1.0
    # A little room on the left keeps the first point, or a star on it, off the tick labels.
    axes = Axes(plot, (x_low - 0.03 * span, x_low + span), limits)
    axes.draw(canvas, x_label)
    if star is not None:
        x, y = axes.place(np.array([star.x]), np.array([star.y]))[0]
        canvas.line([(x, plot[1]), (x, plot[3])], MUTED, 1.5, (3, 6))
    for line in lines:
        _draw_curve(canvas, axes, line)
    if star is not None and plot[1] - 1 <= y <= plot[3] + 1:
        draw_star(canvas, float(x), float(y))
    if note:
        canvas.text((left, bottom - 30), elide(note, SMALL_SIZE, right - left), SMALL_SIZE, MUTED)


def _curve_lines(history: History, metric: str) -> list[Line]:
    parts = ("train", "test", "validation") if history.has_validation else ("train", "test")
    epochs = history.epochs.astype(np.float64)
    return [Line(p, epochs, history.curve(p, metric), *LINE_STYLES[p]) for p in parts]


def curves_picture(history: History, subtitle: str) -> bytes:
    """Return ``curves.png``: error and log-likelihood of every part over the epochs.

    A star marks the epoch of the best held-out log-likelihood. Where the start would squeeze the
    rest flat it lies off the scale, and a line under the axis gives its values.
    """
    canvas = Canvas(PICTURE_WIDTH, 900)
    canvas.text((MARGIN, 30), "Learning curves: when should learning stop?", TITLE_SIZE)
    subtitle_lines = wrap(subtitle, TEXT_SIZE, PICTURE_WIDTH - 2 * MARGIN)[:2]
    canvas.lines((MARGIN, 84), subtitle_lines, TEXT_SIZE, MUTED)
    held = "validation" if history.has_validation else "test"
    best = history.best
    width = (PICTURE_WIDTH - 2 * MARGIN - 56) / 2
    charts = (
        ("error", "Error", "fraction of images classified wrongly = 1 − score"),
        ("log_likelihood", "Log-likelihood per image", "mean of log y of the true class (nats)"),
    )
    for i, (metric, title, y_label) in enumerate(charts):
        lines = _curve_lines(history, metric)
        left = MARGIN + i * (width + 56)
        value = float(history.curve(held, metric)[history.epochs == best.epoch][0])
        star = None if math.isnan(value) else Star(f"best epoch {best.epoch}", best.epoch, value)
        off_scale = start_is_off_scale(lines)
        ends = ", ".join(f"{line.label} {number(line.y[0], '.3g')}" for line in lines)
        draw_line_chart(
            canvas,
            (left, 164, left + width, 880),
            lines,
            title=title,
            y_label=y_label,
            x_label="epoch (passes over the training images)",
            y_limits=value_range(lines, off_scale),
            star=star,
            note=f"off the scale at epoch 0: {ends}" if off_scale else "",
            note_height=34,  # on both, so that the two plots stay equally high
        )
    return canvas.png()


def draw_probability_bars(
    canvas: Canvas,
    box: Box,
    names: Sequence[str],
    before: Sequence[float],
    after: Sequence[float],
    *,
    highlighted: int,
) -> None:
    """Draw a pair of horizontal bars per class: pale before, full after.

    Parameters
    ----------
    highlighted : row whose bars stand out, in another hue (the attack's target)
    """
    left, top, right, bottom = box
    names = [elide(name, SMALL_SIZE, 170) for name in names]
    name_width = max(text_width(name, SMALL_SIZE) for name in names) + 14
    x0, x1 = left + name_width, right - 142
    height = (bottom - top) / len(names)
    thickness = min(0.38 * height, 26.0)
    for tick in (0.0, 0.5, 1.0):
        x = x0 + tick * (x1 - x0)
        canvas.line([(x, top), (x, bottom)], GRID, 1.5)
        canvas.text((x, bottom + 10), f"{tick:g}", SMALL_SIZE, MUTED, "ma")
    canvas.text(((x0 + x1) / 2, bottom + 46), "probability", SMALL_SIZE, MUTED, "ma")
    for i, name in enumerate(names):
        middle = top + (i + 0.5) * height
        colour = VERMILION if i == highlighted else BLUE
        canvas.text((x0 - 10, middle), name, SMALL_SIZE, INK, "rm")
        for value, y, full in ((before[i], middle - thickness, False), (after[i], middle, True)):
            length = 0.0 if not math.isfinite(value) else value * (x1 - x0)
            bar = (x0, y, x0 + max(length, 2.0), y + thickness - 1)
            canvas.rectangle(bar, colour if full else PALE[colour], colour, 1.5)
        text = " → ".join(f"{p:.2f}" if math.isfinite(p) else "?" for p in (before[i], after[i]))
        at = x0 + float(np.nan_to_num([before[i], after[i]]).max()) * (x1 - x0)
        canvas.text((at + 8, middle), text, SMALL_SIZE, INK, "lm")
    canvas.line([(x0, top), (x0, bottom)], MUTED, 2)


PALE: dict[Colour, Colour] = {BLUE: (200, 222, 238), VERMILION: (250, 218, 194)}
"""The tint that stands for *before*."""
