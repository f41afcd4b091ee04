"""Drawing images side by side, and numbers in rows and columns.

Imported only while something is drawn.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.cm import ScalarMappable
from matplotlib.colors import LinearSegmentedColormap, ListedColormap, Normalize

from core.pictures import DIVERGING, SEQUENTIAL, diverging_rgb, grey_rgb
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
from core.report.numbers import number

if TYPE_CHECKING:
    from matplotlib.colors import Colormap
    from numpy.typing import NDArray

    from core.report.figures import Cell, Matrix, Pictures

_GAP, _ROW_GAP, _SIGN_GAP = 24, 32, 72
_LARGEST_IMAGE = 280
"""Side in pixels; two rows of five then fill a projector's screen."""

_DIVERGING, _SEQUENTIAL = (ListedColormap(table / 255.0) for table in (DIVERGING, SEQUENTIAL))


def _mappable(colours: Colormap, low: float, high: float) -> ScalarMappable:
    return ScalarMappable(Normalize(low, high), colours.with_extremes(bad=EMPTY))


@dataclass(frozen=True)
class _Grid:
    """Where the cells lie; lengths in pixels."""

    columns: int
    gap: float
    cell_width: float
    image_height: float
    room: float
    heading: float
    captions: list[list[str]]
    caption_size: float

    @property
    def cell_height(self) -> float:
        n_lines = max((len(lines) for lines in self.captions), default=0)
        words = n_lines * LINE_HEIGHT * self.caption_size + 10 * bool(n_lines)
        return self.heading + self.image_height + words + _ROW_GAP


def _image(cell: Cell, limit: float) -> NDArray[np.uint8] | None:
    if cell.values is None:
        return cell.rgb
    if cell.signed:
        return diverging_rgb(cell.values, cell.limit or limit)
    return grey_rgb(cell.values)


def _size(shape: tuple[int, ...], room: float) -> tuple[float, float]:
    """Return width and height at which an image fits a square: a whole multiple where it can."""
    factor = room / max(shape[:2])
    factor = math.floor(factor) if factor >= 1 else factor
    return shape[1] * factor, shape[0] * factor


def _columns(n_cells: int) -> int:
    """Return how many cells stand in a row: few and large where there are few."""
    if n_cells <= 10:
        return max(n_cells if n_cells <= 4 else min(-(-n_cells // 2), 5), 1)
    return 8 if n_cells <= 64 else math.ceil(math.sqrt(1.8 * n_cells))


def _grid(pictures: Pictures, width: float) -> _Grid:
    cells = pictures.cells
    columns = pictures.columns or _columns(len(cells))
    gap = _SIGN_GAP if any(cell.sign for cell in cells) else _GAP
    # At least three cells share the width: one or two images are not blown up beyond the rest.
    cell_width = (width + gap) / max(columns, 3) - gap
    room = min(cell_width, _LARGEST_IMAGE)
    images = [image for cell in cells if (image := _image(cell, 1.0)) is not None]
    size = TEXT_SIZE if cell_width > 230 else SMALL_SIZE if cell_width > 190 else 18
    captions = [wrap(cell.caption, size, cell_width + gap - 8)[:3] for cell in cells]
    return _Grid(
        columns=columns,
        gap=gap,
        cell_width=cell_width,
        image_height=max((_size(image.shape, room)[1] for image in images), default=room),
        room=room,
        heading=LINE_HEIGHT * TEXT_SIZE + 4 if any(cell.heading for cell in cells) else 0,
        captions=captions,
        caption_size=size,
    )


def pictures_height(pictures: Pictures, width: float) -> float:
    """Return how high the mosaic is."""
    grid = _grid(pictures, width)
    rows = -(-len(pictures.cells) // grid.columns)
    return rows * grid.cell_height - _ROW_GAP + (BAR_HEIGHT + 44) * (pictures.limit is not None)


def draw_pictures(
    pictures: Pictures, paper: Paper, left: float, top: float, width: float, _height: float
) -> None:
    """Draw all cells, the last row as far left as the others, and the colour bar below."""
    grid = _grid(pictures, width)
    limit = pictures.limit or 1.0
    across = grid.cell_width + grid.gap
    first = left + (width - (grid.columns * across - grid.gap)) / 2
    for i, cell in enumerate(pictures.cells):
        row, column = divmod(i, grid.columns)
        x, y = first + column * across, top + row * grid.cell_height
        middle, image_top = x + grid.cell_width / 2, y + grid.heading
        heading = elide(cell.heading, TEXT_SIZE, across - 8)
        paper.middle(middle, y + grid.heading / 2 - 4, heading, TEXT_SIZE, align="center")
        _draw_image(paper, middle, image_top, cell, grid, limit)
        below = image_top + grid.image_height + 10
        lines = grid.captions[i]
        paper.lines(middle, below, lines, grid.caption_size, MUTED, align="center")
        if cell.sign and column < grid.columns - 1:
            beside, centre = x + across - grid.gap / 2, image_top + grid.image_height / 2
            paper.middle(beside, centre, cell.sign, 44, align="center")
    if pictures.limit is not None:
        below = top + -(-len(pictures.cells) // grid.columns) * grid.cell_height + 12
        colours = _mappable(_DIVERGING, -limit, limit)
        paper.colour_bar(left + width / 2, below, colours, pictures.value_label)


def _draw_image(
    paper: Paper, middle: float, top: float, cell: Cell, grid: _Grid, limit: float
) -> None:
    image, room = _image(cell, limit), grid.image_height
    if image is None:
        # A narrow image leaves no room for words; the empty cell is as wide as its column.
        across = min(grid.cell_width, max(room, 150))
        paper.rectangle(middle - across / 2, top, across, room, EMPTY)
        lines = wrap(cell.empty_words, SMALL_SIZE, across - 12)
        lines = lines[: max(1, int(room / (LINE_HEIGHT * SMALL_SIZE)))]
        at = top + room / 2 - len(lines) * LINE_HEIGHT * SMALL_SIZE / 2
        paper.lines(middle, at, lines, SMALL_SIZE, MUTED, align="center")
    else:
        across, down = _size(image.shape, grid.room)
        x, y = round(middle - across / 2), round(top + (room - down) / 2)
        paper.image(x, y, image, across, down)
        paper.rectangle(x, y, across, down)


_LONGEST_NAME = 220
_SMALLEST_TEXT = 12


@dataclass(frozen=True)
class _Table:
    """Names as they are written, and sizes in pixels: of a cell, of the room for names."""

    rows: list[str]
    columns: list[str]
    across: float
    down: float
    row_room: float
    column_room: float


def _table(matrix: Matrix, width: float) -> _Table:
    rows = [elide(name, SMALL_SIZE, _LONGEST_NAME) for name in matrix.row_names]
    columns = [elide(name, SMALL_SIZE, _LONGEST_NAME) for name in matrix.column_names]
    row_room = widest(rows) + 54
    across = min((width - row_room) / max(len(columns), 1), 132)
    across = math.floor(across) if across > 1 else across
    least = 36 if len(rows) <= 12 else 26
    upright = widest(columns) > max(across - 8, 60)
    room = widest(columns) + 14 if upright else 36
    return _Table(rows, columns, across, min(66, max(across, least)), row_room, room + 40)


def matrix_height(matrix: Matrix, width: float) -> float:
    """Return how high the matrix is with its names and its colour bar."""
    table = _table(matrix, width)
    body = table.column_room + table.down * len(table.rows)
    return body + (BAR_HEIGHT + 24 if matrix.value_label else 0)


def _colours(matrix: Matrix, hue: str | None) -> ScalarMappable:
    """Return the colours of values, or of shades where the matrix has them."""
    if matrix.shades is not None:
        shades = LinearSegmentedColormap.from_list("", ["white", hue]) if hue else _SEQUENTIAL
        return _mappable(shades, 0.0, 1.0)
    finite = matrix.values[np.isfinite(matrix.values)]
    if matrix.scale == "diverging":
        limit = matrix.limit or float(np.abs(finite).max(initial=0)) or 1.0
        return _mappable(_DIVERGING, -limit, limit)
    low = min(float(finite.min(initial=0)), 0.0)
    return _mappable(_SEQUENTIAL, low, matrix.limit or float(finite.max(initial=low)) or 1.0)


def _every(n: int, room: float, each: float) -> slice:
    """Return which names are written, so that they do not touch: every first, second, fifth, ..."""
    step = max(1, math.ceil(each / room))
    power = 10 ** (len(str(step)) - 1)
    return slice(0, n, next(m * power for m in (1, 2, 5, 10) if m * power >= step))


def draw_matrix(
    matrix: Matrix, paper: Paper, left: float, top: float, width: float, _height: float
) -> None:
    """Draw cells, names and the colour bar."""
    table = _table(matrix, width)
    n_rows, n_columns = matrix.values.shape
    used = table.row_room + table.across * n_columns
    x0 = round(left + (width - used) / 2 + table.row_room)
    y0 = round(top + table.column_room)
    right, bottom = x0 + table.across * n_columns, y0 + table.down * n_rows
    values = matrix.values if matrix.shades is None else matrix.shades
    colours = _colours(matrix, matrix.hue)
    cells = colours.to_rgba(np.ma.masked_invalid(values.astype(np.float64)))
    if matrix.diagonal_hue is not None:
        own = _colours(matrix, matrix.diagonal_hue).to_rgba(np.ma.masked_invalid(values))
        cells = np.where(np.eye(n_rows, n_columns, dtype=bool)[..., None], own, cells)
    axes = paper.axes(x0, y0, right, bottom)
    axes.imshow(cells, aspect="auto", interpolation="nearest")
    axes.spines[:].set_visible(False)
    upright = table.column_room > 76
    each = 1.15 * SMALL_SIZE
    columns = _every(n_columns, table.across, each if upright else widest(table.columns) + 12)
    rows = _every(n_rows, table.down, each)
    places: Any = np.arange(n_columns)[columns], np.arange(n_rows)[rows]
    axes.xaxis.tick_top()
    axes.xaxis.set_label_position("top")
    axes.set_xticks(places[0], table.columns[columns], rotation=90 if upright else 0)
    axes.set_yticks(places[1], table.rows[rows])
    axes.tick_params(length=0, labelcolor=INK)
    axes.set_xlabel(elide(matrix.column_label, SMALL_SIZE, right - x0))
    axes.set_ylabel(elide(matrix.row_label, SMALL_SIZE, max(bottom - y0, 200)))
    if min(table.across, table.down) >= 16:
        axes.set_xticks(np.arange(n_columns + 1) - 0.5, minor=True)
        axes.set_yticks(np.arange(n_rows + 1) - 0.5, minor=True)
        between = "white" if matrix.hue is None else GRID  # the palest of a hue is white itself
        axes.grid(which="minor", color=between, linewidth=points(2))
        axes.tick_params(which="minor", length=0)
        axes.set_axisbelow(False)
    texts = matrix.texts
    if texts is None and matrix.form:
        texts = tuple(
            tuple(number(v, matrix.form) if math.isfinite(v) else "" for v in row)
            for row in matrix.values.tolist()
        )
    # All in one size, where they fit.
    room = 0.86 * table.across / max(widest(sum(texts or (), ())), 1)
    size = min(SMALL_SIZE, 0.62 * table.down, SMALL_SIZE * room)
    if texts and size >= _SMALLEST_TEXT:
        light = cells[..., :3] @ (0.299, 0.587, 0.114) > 0.55
        for (i, j), is_light in np.ndenumerate(light):
            look: Any = {"color": INK if is_light else "white", "fontsize": points(size)}
            axes.text(j, i, texts[i][j], ha="center", va="center_baseline", zorder=4, **look)
    if matrix.value_label:
        label = matrix.shade_label or matrix.value_label
        bar = paper.colour_bar((x0 + right) / 2, bottom + 24, colours, label)
        if matrix.shades is not None:
            bar.set_ticks([0, 1], labels=list(matrix.shade_words))
