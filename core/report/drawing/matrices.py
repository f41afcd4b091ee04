"""Drawing numbers in rows and columns.

Imported only while something is drawn.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from matplotlib.colors import to_rgb

from core.pictures import diverging_rgb, sequential_rgb
from core.report.drawing.mosaics import BAR_HEIGHT, colour_bar
from core.report.drawing.paper import (
    EMPTY,
    GRID,
    INK,
    MUTED,
    SMALL_SIZE,
    Paper,
    elide,
    text_width,
)
from core.report.numbers import number

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from core.report.figures import Matrix

_LONGEST_NAME = 220
_LARGEST = (132.0, 66.0)
_SMALLEST_TEXT = 12.0


@dataclass(frozen=True)
class _Layout:
    """Sizes in pixels: of a cell, of the room for names, and whether column names stand upright."""

    across: float
    down: float
    row_room: float
    column_room: float
    upright: bool


def _layout(matrix: Matrix, width: float) -> _Layout:
    n_rows, n_columns = matrix.values.shape
    rows = [elide(name, SMALL_SIZE, _LONGEST_NAME) for name in matrix.row_names]
    columns = [elide(name, SMALL_SIZE, _LONGEST_NAME) for name in matrix.column_names]
    row_room = max((text_width(name, SMALL_SIZE) for name in rows), default=0) + 14 + 40
    across = min((width - row_room) / max(n_columns, 1), _LARGEST[0])
    if across > 1:
        across = math.floor(across)
    square = across if n_rows * across <= 1500 else max(1500 / n_rows, 1.0)
    down = min(_LARGEST[1], max(square, 36.0 if n_rows <= 12 else 26.0 if n_rows <= 60 else 1.0))
    widest = max((text_width(name, SMALL_SIZE) for name in columns), default=0)
    upright = widest > across - 8 and widest > 60
    return _Layout(
        across, math.floor(down) or 1, row_room, (widest + 14) if upright else 36, upright
    )


def height(matrix: Matrix, width: float) -> float:
    """Return how high the matrix is with its names and its colour bar."""
    layout = _layout(matrix, width)
    body = layout.column_room + layout.down * len(matrix.row_names) + 40
    return body + (BAR_HEIGHT + 24 if matrix.value_label else 0)


def _limits(matrix: Matrix) -> tuple[float, float]:
    finite = matrix.values[np.isfinite(matrix.values)].astype(np.float64)
    if matrix.scale == "diverging":
        limit = matrix.limit or float(np.abs(finite).max(initial=0.0)) or 1.0
        return -limit, limit
    low = min(float(finite.min(initial=0.0)), 0.0)
    return low, matrix.limit or max(float(finite.max(initial=low)), low + 1e-12)


def _colours(matrix: Matrix, values: NDArray[np.float64]) -> NDArray[np.uint8]:
    """Return colours of values, or of shades where the matrix has them."""
    if matrix.shades is not None:
        return _shaded(values, matrix.hue)
    low, high = _limits(matrix)
    if matrix.scale == "diverging":
        return diverging_rgb(values, high)
    return sequential_rgb(values, low, high)


def _shaded(shades: NDArray[np.float64], hue: str | None) -> NDArray[np.uint8]:
    if hue is None:
        return sequential_rgb(shades, 0.0, 1.0)
    share = np.clip(np.nan_to_num(shades), 0.0, 1.0)[..., None]
    return np.asarray(255 * (1 - share * (1 - np.array(to_rgb(hue)))) + 0.5, np.uint8)


def draw(matrix: Matrix, paper: Paper, left: float, top: float, width: float) -> None:
    """Draw cells, names and the colour bar."""
    layout = _layout(matrix, width)
    n_rows, n_columns = matrix.values.shape
    used = layout.row_room + layout.across * n_columns
    x0 = round(left + (width - used) / 2 + layout.row_room)
    y0 = round(top + 40 + layout.column_room)
    right, bottom = x0 + layout.across * n_columns, y0 + layout.down * n_rows
    values = (matrix.values if matrix.shades is None else matrix.shades).astype(np.float64)
    colours = _colours(matrix, values).copy()
    if matrix.shades is not None and matrix.diagonal_hue is not None:
        diagonal = np.eye(n_rows, n_columns, dtype=bool)
        colours[diagonal] = _shaded(values, matrix.diagonal_hue)[diagonal]
    colours[~np.isfinite(values)] = np.rint(255 * np.array(to_rgb(EMPTY)))
    paper.image(x0, y0, colours, right - x0, bottom - y0)
    if min(layout.across, layout.down) >= 16:
        between = "white" if matrix.hue is None else GRID  # the palest of a hue is white itself
        for i in range(n_rows + 1):
            paper.rule((x0, right), (y0 + i * layout.down,) * 2, between, 2, order=3)
        for j in range(n_columns + 1):
            paper.rule((x0 + j * layout.across,) * 2, (y0, bottom), between, 2, order=3)
    _names(matrix, paper, layout, (x0, y0, right, bottom))
    _texts(matrix, paper, layout, (x0, y0), colours)
    if matrix.value_label:
        bar = ((x0 + right) / 2, bottom + 24)
        limits = _limits(matrix) if matrix.shades is None else (0.0, 1.0)
        ends = None if matrix.shades is None else matrix.shade_words
        label = matrix.shade_label or matrix.value_label
        colour_bar(paper, bar, limits, lambda v: _colours(matrix, v), label, ends)


def _every(names: Sequence[str], room: float, each: float) -> range:
    """Return which names are written, so that they do not touch."""
    step = max(1, math.ceil(each / room))
    power = 10 ** (len(str(step)) - 1)
    return range(0, len(names), next(m * power for m in (1, 2, 5, 10) if m * power >= step))


def _names(
    matrix: Matrix, paper: Paper, layout: _Layout, box: tuple[float, float, float, float]
) -> None:
    x0, y0, right, bottom = box
    for i in _every(matrix.row_names, layout.down, 1.15 * SMALL_SIZE):
        name = elide(matrix.row_names[i], SMALL_SIZE, _LONGEST_NAME)
        y = y0 + (i + 0.5) * layout.down
        paper.middle(x0 - 12, y, name, SMALL_SIZE, align="right")
    each = 1.15 * SMALL_SIZE if layout.upright else max(
        (text_width(name, SMALL_SIZE) + 12 for name in matrix.column_names), default=1.0
    )  # fmt: skip
    for j in _every(matrix.column_names, layout.across, each):
        name = elide(matrix.column_names[j], SMALL_SIZE, _LONGEST_NAME)
        x = x0 + (j + 0.5) * layout.across
        if layout.upright:
            paper.text(x + 0.36 * SMALL_SIZE, y0 - 12, name, SMALL_SIZE, angle=90)
        else:
            paper.middle(x, y0 - 20, name, SMALL_SIZE, align="center")
    label = elide(matrix.column_label, SMALL_SIZE, right - x0)
    middle = (x0 + right) / 2
    above = y0 - layout.column_room - 18
    paper.middle(middle, above, label, SMALL_SIZE, colour=MUTED, align="center")
    label = elide(matrix.row_label, SMALL_SIZE, max(bottom - y0, 200))
    at = x0 - layout.row_room + 16
    paper.text(at, (y0 + bottom) / 2, label, SMALL_SIZE, MUTED, angle=90, align="center")


def _texts(
    matrix: Matrix,
    paper: Paper,
    layout: _Layout,
    corner: tuple[float, float],
    colours: NDArray[np.uint8],
) -> None:
    """Write the values into their cells, all in one size, where they fit."""
    texts = matrix.texts
    if texts is None:
        if not matrix.form:
            return
        texts = tuple(
            tuple(number(float(v), matrix.form) if math.isfinite(v) else "" for v in row)
            for row in matrix.values
        )
    widest = max((text_width(text, SMALL_SIZE) for row in texts for text in row), default=0.0)
    size = min(SMALL_SIZE, 0.62 * layout.down, SMALL_SIZE * 0.86 * layout.across / max(widest, 1))
    if size < _SMALLEST_TEXT:
        return
    light = colours.astype(np.float64) @ (0.299, 0.587, 0.114) > 140
    for i, row in enumerate(texts):
        for j, text in enumerate(row):
            x, y = corner[0] + (j + 0.5) * layout.across, corner[1] + (i + 0.5) * layout.down
            ink = INK if light[i, j] else "white"
            paper.middle(x, y, text, size, colour=ink, align="center")
