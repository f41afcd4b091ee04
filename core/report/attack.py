"""The report's picture of an attack: image, change, result, and what the model makes of them."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from core.insight.diagnostics import weight_images
from core.pictures import diverging_rgb, grey_rgb
from core.report.canvas import (
    BLUE,
    GRID,
    INK,
    MARGIN,
    MUTED,
    PICTURE_WIDTH,
    SMALL_SIZE,
    TEXT_SIZE,
    VERMILION,
    Canvas,
    elide,
    text_width,
)
from core.report.charts import PALE, Line, draw_line_chart, draw_probability_bars, number
from core.report.pictures import class_heading, draw_heading, magnification

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from core.report.run import RunResult

MOST_BARS = 10
"""With more classes the bars show those that matter most, before or after."""

_IMAGE_ROOM = 300
_PANEL_WIDTH = 330
_PANEL_GAP = (PICTURE_WIDTH - 2 * MARGIN - 4 * _PANEL_WIDTH) / 3
_PANELS_TOP = 168
_CHARTS_TOP = 640
_CHARTS_BOTTOM = 1170


@dataclass(frozen=True, slots=True)
class Panel:
    """One of the four images: a title, its colours (height, width, 3), the lines under it."""

    title: str
    pixels: NDArray[np.uint8]
    caption: tuple[str, ...]


def _range_text(pixels: NDArray[np.float64]) -> str:
    low, high = number(float(pixels.min()), ".2f"), number(float(pixels.max()), ".2f")
    return f"pixels {low} to {high}"


def _reference_words(run: RunResult) -> tuple[str, str]:
    """Return title and first caption line of the image that the change is measured from."""
    config, dataset = run.attack.config, run.dataset
    index = config.start if config.toward is None else config.toward
    if index is None:
        return "start: noise", f"seed {config.seed}"
    split = dataset.split(config.part)
    name = dataset.class_names[int(split.labels[index])]
    title = "start" if config.toward is None else "chosen image"
    return f"{title}: {class_heading(name)}", f"{config.part} image #{index}"


def make_panels(run: RunResult) -> list[Panel]:
    """Return reference, amplified change, result and the target's weight image."""
    attack, dataset, config = run.attack, run.dataset, run.attack.config
    shape, names = dataset.image_shape, dataset.class_names
    last, target = attack.steps[-1], config.target
    change = np.nan_to_num(attack.change).astype(np.float64)
    limit = float(np.abs(change).max()) or 1.0
    weights = weight_images(run.last.weights, shape)[target]
    weight_limit = float(np.abs(weights).max()) or 1.0
    title, origin = _reference_words(run)
    reference = attack.reference.astype(np.float64)
    colour = f"full colour = ±{number(limit, '.3g')} (×{number(1 / limit, '.3g')})"
    began = ", began as noise" if config.start is None and config.toward is not None else ""
    size = f"length {number(last.l2, '.2f')}{began}"
    return [
        Panel(
            title,
            grey_rgb(reference.reshape(shape)),
            (f"{origin}, read as {names[attack.first_class]}", _range_text(reference)),
        ),
        Panel(
            "change",
            diverging_rgb(change.reshape(shape), limit),
            (colour if change.any() else "no change", size),
        ),
        Panel(
            f"result after {last.step} step{'' if last.step == 1 else 's'}",
            grey_rgb(last.image.reshape(shape)),
            (
                f"read as {names[last.predicted]}",
                _range_text(np.nan_to_num(last.image).astype(np.float64)),
            ),
        ),
        Panel(
            f"weights of {class_heading(names[target])}",
            diverging_rgb(weights, weight_limit),
            ("the target, to compare", f"full colour = ±{number(weight_limit, '.3g')}"),
        ),
    ]


def _draw_panels(canvas: Canvas, panels: list[Panel], shape: tuple[int, int]) -> None:
    factor = magnification(shape, _IMAGE_ROOM)
    height, width = shape[0] * factor, shape[1] * factor
    for i, panel in enumerate(panels):
        left = MARGIN + i * (_PANEL_WIDTH + _PANEL_GAP)
        middle = left + _PANEL_WIDTH / 2
        title = elide(panel.title, TEXT_SIZE, _PANEL_WIDTH + _PANEL_GAP - 10)
        canvas.text((middle, _PANELS_TOP), title, TEXT_SIZE, INK, "ma")
        x, centre = round(middle - width / 2), _PANELS_TOP + 40 + _IMAGE_ROOM / 2
        y = round(centre - height / 2)
        canvas.rectangle((x - 2, y - 2, x + width + 2, y + height + 2), outline=GRID, width=2)
        canvas.image((x, y), panel.pixels, factor)
        words = [elide(line, SMALL_SIZE, _PANEL_WIDTH + _PANEL_GAP - 10) for line in panel.caption]
        below = (middle, _PANELS_TOP + 40 + _IMAGE_ROOM + 12)
        canvas.lines(below, words, SMALL_SIZE, MUTED, "ma")
        # The fourth image is for comparison: it takes no part in the sum.
        if i < 2:
            sign = ("+", "=")[i]
            canvas.text((left + _PANEL_WIDTH + _PANEL_GAP / 2, centre), sign, 44, INK, "mm")


def bar_classes(before: NDArray[np.float64], after: NDArray[np.float64], target: int) -> list[int]:
    """Return the classes the bars show, in class order: at most ``MOST_BARS``, target included."""
    importance = np.fmax(before, after)
    importance[target] = np.inf
    most = np.argsort(-np.nan_to_num(importance, nan=-1.0), kind="stable")[:MOST_BARS]
    return sorted(int(k) for k in most)


def _draw_bars(canvas: Canvas, run: RunResult) -> None:
    attack, names = run.attack, run.dataset.class_names
    before = attack.steps[0].probabilities.astype(np.float64)
    after = attack.steps[-1].probabilities.astype(np.float64)
    shown = bar_classes(before, after, attack.config.target)
    left, right = MARGIN, MARGIN + 660
    title = "Probabilities"
    if len(shown) < len(names):
        title += f" ({len(shown)} highest of {len(names)} classes)"
    canvas.text((left, _CHARTS_TOP), title, 28, INK)
    x = float(left)
    target = class_heading(names[attack.config.target])
    last = attack.steps[-1].step
    for label, fill, edge in (
        ("step 0", PALE[BLUE], BLUE),
        (f"step {last}", BLUE, BLUE),
        (f"target: {elide(target, SMALL_SIZE, 240)}", VERMILION, VERMILION),
    ):
        canvas.rectangle((x, _CHARTS_TOP + 51, x + 34, _CHARTS_TOP + 73), fill, edge, 1.5)
        canvas.text((x + 44, _CHARTS_TOP + 62), label, SMALL_SIZE, INK, "lm")
        x += 44 + text_width(label, SMALL_SIZE) + 28
    draw_probability_bars(
        canvas,
        (left, _CHARTS_TOP + 96, right, _CHARTS_BOTTOM - 84),
        [names[k] for k in shown],
        [float(before[k]) for k in shown],
        [float(after[k]) for k in shown],
        highlighted=shown.index(attack.config.target),
    )


def _draw_traces(canvas: Canvas, run: RunResult) -> None:
    attack, names = run.attack, run.dataset.class_names
    target, first = attack.config.target, attack.first_class
    steps = np.array([step.step for step in attack.steps], dtype=np.float64)
    probabilities = np.array([step.probabilities for step in attack.steps], dtype=np.float64)

    def line(k: int, words: str, colour: tuple[int, int, int], dash: tuple[float, ...]) -> Line:
        name = elide(names[k], SMALL_SIZE, 150)
        return Line(f"{words} {name}", steps, probabilities[:, k], colour, dash)

    lines = [line(target, "target", VERMILION, ())]
    if first != target:
        lines.append(line(first, "original", BLUE, (14, 8)))
    start = "noise" if attack.outcome.original is None else "image"
    words = (
        f"probability ('original': what the {start} is read as)"
        if first != target
        else ("probability")
    )
    draw_line_chart(
        canvas,
        (MARGIN + 730, _CHARTS_TOP, PICTURE_WIDTH - MARGIN, _CHARTS_BOTTOM),
        lines,
        title="Probability at each step",
        y_label=words,
        x_label="step",
        y_limits=(-0.02, 1.02),
    )


def attack_picture(run: RunResult) -> bytes:
    """Return ``attack.png``: image + change = result, the target's weights, and probabilities."""
    attack, dataset = run.attack, run.dataset
    canvas = Canvas(PICTURE_WIDTH, _CHARTS_BOTTOM + 20)
    config = attack.config
    held = config.toward is not None and config.pull > 0
    settings = [
        f"squared loss to class {dataset.class_names[config.target]}",
        f"step size {config.rate:g}",
        f"pull {config.pull:g} toward the chosen image" if held else "no pull",
        "pixels kept in 0..1" if config.box else "pixels not limited to 0..1",
    ]
    sentence = attack.sentence(dataset)
    draw_heading(canvas, f"Attack: {sentence}", ", ".join(settings))
    _draw_panels(canvas, make_panels(run), dataset.image_shape)
    _draw_bars(canvas, run)
    _draw_traces(canvas, run)
    return canvas.png()


def probability_words(value: float) -> str:
    """Return a probability in words that also cope with one that could not be computed."""
    return number(value, ".3f") if math.isfinite(value) else "not computable"
