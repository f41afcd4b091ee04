"""Drawing images side by side, and numbers in rows and columns.

Imported only while something is drawn.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.colors import LinearSegmentedColormap, ListedColormap
from matplotlib.ticker import FuncFormatter, MaxNLocator

from core.pictures import DIVERGING, SEQUENTIAL, diverging_rgb, grey_rgb, reads_white
from core.report.drawing.paper import (
    BAR_HEIGHT,
    EMPTY,
    GRID,
    INK,
    LINE_HEIGHT,
    MUTED,
    SMALL_SIZE,
    TEXT_SIZE,
    Paper,
    elide,
    points,
    widest,
    wrap,
)

if TYPE_CHECKING:
    from matplotlib.axis import Axis
    from numpy.typing import NDArray

    from core.report.figures import Cell, Matrix, Pictures

_GAP, _ROW_GAP, _SIGN_GAP = 24, 32, 72
_LARGEST_IMAGE = 280
"""Side in pixels; two rows of five then fill a projector's screen."""


def _columns(n_cells: int) -> int:
    """Return how many cells stand in a row: few and large where there are few."""
    if n_cells <= 10:
        return max(n_cells if n_cells <= 4 else min(-(-n_cells // 2), 5), 1)
    return 8 if n_cells <= 64 else math.ceil(math.sqrt(1.8 * n_cells))


class Mosaic:
    """Images at a width, in pixels."""

    def __init__(self, pictures: Pictures, width: float) -> None:
        self._pictures, self._width = pictures, width
        cells = pictures.cells
        self._columns = pictures.columns or _columns(len(cells))
        self._gap = _SIGN_GAP if any(cell.sign for cell in cells) else _GAP
        # At least three cells share the width: one or two images are not blown up beyond the rest.
        self._across = across = (width + self._gap) / max(self._columns, 3)
        self._images = [self._image(cell) for cell in cells]
        self._room = min(across - self._gap, _LARGEST_IMAGE)
        downs = [self._size(image)[1] for image in self._images if image is not None]
        self._down = max(downs, default=self._room)
        self._small = TEXT_SIZE if across > 250 else SMALL_SIZE if across > 210 else 18
        self._captions = [wrap(cell.caption, self._small, across - 8)[:3] for cell in cells]
        n_lines = max(map(len, self._captions), default=0)
        self._heading = LINE_HEIGHT * TEXT_SIZE + 4 if any(cell.heading for cell in cells) else 0
        words = n_lines * LINE_HEIGHT * self._small + 10 * bool(n_lines)
        self._row = self._heading + self._down + words + _ROW_GAP
        self._bottom = -(-len(cells) // self._columns) * self._row - _ROW_GAP
        self.height = self._bottom + (BAR_HEIGHT + 44) * (pictures.limit is not None)

    @staticmethod
    def _image(cell: Cell) -> NDArray[np.uint8] | None:
        if cell.rgb is not None or cell.values is None:
            return cell.rgb
        return (
            grey_rgb(cell.values) if cell.limit is None else diverging_rgb(cell.values, cell.limit)
        )

    def _size(self, image: NDArray[np.uint8]) -> tuple[float, float]:
        """Return width and height of an image in its room: a whole multiple where it can."""
        factor = self._room / max(image.shape[:2])
        factor = math.floor(factor) if factor >= 1 else factor
        return image.shape[1] * factor, image.shape[0] * factor

    def draw(self, paper: Paper, left: float, top: float, _height: float) -> None:
        """Draw all cells, the last row as far left as the others, and the colour bar below."""
        across, limit = self._across, self._pictures.limit
        first = left + (self._width - self._columns * across + self._gap) / 2
        for i, (cell, image) in enumerate(zip(self._pictures.cells, self._images, strict=True)):
            row, column = divmod(i, self._columns)
            middle = first + (column + 0.5) * across - self._gap / 2
            y = top + row * self._row + self._heading
            heading = elide(cell.heading, TEXT_SIZE, across - 8)
            paper.write(middle, y - self._heading / 2 - 4, heading, TEXT_SIZE, ha="center")
            if image is None:
                self._draw_empty(paper, middle, y, cell.empty_words)
            else:
                w, h = self._size(image)
                x0, y0 = round(middle - w / 2), round(y + (self._down - h) / 2)
                extent = (x0, x0 + w, y0 + h, y0)
                how: Any = {"aspect": "auto", "interpolation": "nearest", "zorder": 2}
                paper.ground.imshow(image, extent=extent, **how)
                paper.box(x0, y0, w, h)
            lines, below = self._captions[i], y + self._down + 10
            paper.lines(middle, below, lines, self._small, MUTED, ha="center")
            if cell.sign and column < self._columns - 1:
                paper.write(middle + across / 2, y + self._down / 2, cell.sign, 44, ha="center")
        if limit is not None:
            below, colours = top + self._bottom + 44, ListedColormap(DIVERGING / 255.0)
            label = self._pictures.value_label
            paper.colour_bar(left + self._width / 2, below, colours, -limit, limit, label)

    def _draw_empty(self, paper: Paper, middle: float, top: float, words: str) -> None:
        # A narrow image leaves no room for words; the empty cell is as wide as its column.
        across = min(self._across - self._gap, max(self._down, 150))
        paper.box(middle - across / 2, top, across, self._down, EMPTY)
        each = LINE_HEIGHT * SMALL_SIZE
        lines = wrap(words, SMALL_SIZE, across - 12)[: max(1, int(self._down / each))]
        first = top + (self._down - len(lines) * each) / 2
        paper.lines(middle, first, lines, SMALL_SIZE, MUTED, ha="center")


_LONGEST_NAME = 220
_SMALLEST_TEXT = 12


class Cells:
    """A matrix at a width, in pixels."""

    def __init__(self, matrix: Matrix, width: float) -> None:
        self._matrix, self._width = matrix, width
        self._rows = [elide(name, SMALL_SIZE, _LONGEST_NAME) for name in matrix.row_names]
        self._columns = [elide(name, SMALL_SIZE, _LONGEST_NAME) for name in matrix.column_names]
        self._left = widest(self._rows) + 54
        across = min((width - self._left) / max(len(self._columns), 1), 132)
        self._across = math.floor(across) if across > 1 else across
        self._down = min(66, max(self._across, 36 if len(self._rows) <= 12 else 26))
        self._is_upright = widest(self._columns) > max(self._across - 8, 60)
        self._head = widest(self._columns) + 54 if self._is_upright else 76
        self.height = self._head + self._down * len(self._rows) + BAR_HEIGHT + 24

    def draw(self, paper: Paper, left: float, top: float, _height: float) -> None:
        """Draw cells, names and the colour bar."""
        matrix, (n_rows, n_columns) = self._matrix, self._matrix.values.shape
        used = self._left + self._across * n_columns
        x0, y0 = round(left + (self._width - used) / 2 + self._left), round(top + self._head)
        right, bottom = x0 + self._across * n_columns, y0 + self._down * n_rows
        shades = np.ma.masked_invalid(matrix.values if matrix.shades is None else matrix.shades)
        maps: list[Any] = [
            LinearSegmentedColormap.from_list("", ["white", hue]) for hue in matrix.hues or ()
        ] or [ListedColormap(SEQUENTIAL / 255.0)]
        cells = maps[0].with_extremes(bad=EMPTY)(shades.astype(np.float64))
        if matrix.hues is not None:
            own = maps[1].with_extremes(bad=EMPTY)(shades.astype(np.float64))
            cells = np.where(np.eye(n_rows, n_columns, dtype=bool)[..., None], own, cells)
        axes = paper.axes(x0, y0, right, bottom)
        axes.imshow(cells, aspect="auto", interpolation="nearest")
        axes.spines[:].set_visible(False)
        axes.xaxis.tick_top()
        axes.xaxis.set_label_position("top")
        axes.tick_params(length=0, labelcolor=INK)
        axes.tick_params(axis="x", labelrotation=90 if self._is_upright else 0)
        each = 1.15 * SMALL_SIZE
        room = each if self._is_upright else widest(self._columns) + 8
        _name(axes.xaxis, self._columns, (right - x0) / room)
        _name(axes.yaxis, self._rows, (bottom - y0) / each)
        axes.set_xlabel(elide(matrix.column_label, SMALL_SIZE, right - x0))
        axes.set_ylabel(elide(matrix.row_label, SMALL_SIZE, max(bottom - y0, 200)))
        if min(self._across, self._down) >= 16:
            between = GRID if matrix.hues else "white"  # the palest of a hue is white itself
            edges: Any = {"colors": between, "linewidth": points(2)}
            axes.vlines(np.arange(n_columns + 1) - 0.5, -0.5, n_rows - 0.5, **edges)
            axes.hlines(np.arange(n_rows + 1) - 0.5, -0.5, n_columns - 0.5, **edges)
        self._write(axes, cells)
        label = matrix.shade_label or matrix.value_label
        bar = paper.colour_bar((x0 + right) / 2, bottom + 24, maps[0], 0.0, 1.0, label)
        if matrix.shade_words is not None:
            bar.set_ticks([0, 1], labels=list(matrix.shade_words))

    def _write(self, axes: Any, cells: NDArray[Any]) -> None:
        """Write into the cells, all in one size, where they have room."""
        texts = self._matrix.texts or ()
        room = 0.86 * self._across / max(widest(sum(texts, ())), 1)
        size = min(SMALL_SIZE, 0.62 * self._down, SMALL_SIZE * room)
        if not texts or size < _SMALLEST_TEXT:
            return
        for (i, j), is_white in np.ndenumerate(reads_white(255.0 * cells[..., :3])):
            look: Any = {"color": "white" if is_white else "black", "fontsize": points(size)}
            axes.text(j, i, texts[i][j], ha="center", va="center_baseline", zorder=4, **look)


def _name(axis: Axis, names: list[str], most: float) -> None:
    """Write names along an axis, so few that they do not touch: every first, second, fifth, ..."""
    axis.set_major_locator(MaxNLocator(max(int(most), 1), steps=[1, 2, 5, 10], integer=True))
    axis.set_major_formatter(
        FuncFormatter(lambda i, _: names[int(i)] if 0 <= i < len(names) else "")
    )
