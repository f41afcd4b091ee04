"""Drawing images side by side, words above and below each, and the colour bar.

Imported only while something is drawn.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from core.pictures import diverging_rgb, grey_rgb
from core.report.drawing.paper import (
    EMPTY,
    GRID,
    INK,
    LINE_HEIGHT,
    MUTED,
    SMALL_SIZE,
    TEXT_SIZE,
    Paper,
    elide,
    wrap,
)
from core.report.drawing.scales import ticks

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from core.report.figures import Cell, Pictures

_GAP = 24
_ROW_GAP = 32
_SIGN_GAP = 72
_LARGEST_IMAGE = 280
"""Side in pixels; two rows of five then fill a projector's screen."""
BAR_HEIGHT = 118
_BAR_WIDTH = 720


def _columns(n_cells: int) -> int:
    """Return how many cells stand in a row: few and large where there are few."""
    if n_cells <= 4:
        return max(n_cells, 1)
    if n_cells <= 10:
        return min(-(-n_cells // 2), 5)
    return 8 if n_cells <= 64 else math.ceil(math.sqrt(1.8 * n_cells))


def magnified(shape: tuple[int, int], room: float) -> tuple[float, float]:
    """Return width and height at which an image fits a square: a whole multiple where it can."""
    factor = room / max(shape)
    if factor >= 1:
        factor = math.floor(factor)
    return shape[1] * factor, shape[0] * factor


@dataclass(frozen=True)
class _Grid:
    """Where the cells lie; lengths in pixels."""

    columns: int
    gap: float
    cell_width: float
    image_height: float
    room: float
    heading: float
    caption_lines: int
    caption_size: float

    @property
    def cell_height(self) -> float:
        words = self.caption_lines * LINE_HEIGHT * self.caption_size
        return self.heading + self.image_height + words + (10 if words else 0) + _ROW_GAP


def _shape(cell: Cell) -> tuple[int, int] | None:
    pixels = cell.values if cell.values is not None else cell.rgb
    return None if pixels is None else (pixels.shape[0], pixels.shape[1])


def _caption(cell: Cell, size: float, width: float) -> list[str]:
    return [line for part in cell.caption.split("\n") for line in wrap(part, size, width)]


def _grid(pictures: Pictures, width: float) -> _Grid:
    cells = pictures.cells
    columns = pictures.columns or _columns(len(cells))
    gap = _SIGN_GAP if any(cell.sign for cell in cells) else _GAP
    # At least three cells share the width: one or two images are not blown up beyond the rest.
    cell_width = (width + gap) / max(columns, 3) - gap
    room = min(cell_width, _LARGEST_IMAGE)
    heights = [magnified(shape, room)[1] for cell in cells if (shape := _shape(cell))]
    size = TEXT_SIZE if cell_width > 230 else SMALL_SIZE
    most = 3 if any("\n" in cell.caption for cell in cells) else 2
    lines = max((len(_caption(cell, size, cell_width + gap - 8)) for cell in cells), default=0)
    return _Grid(
        columns=columns,
        gap=gap,
        cell_width=cell_width,
        image_height=max(heights, default=room),
        room=room,
        heading=LINE_HEIGHT * TEXT_SIZE + 4 if any(cell.heading for cell in cells) else 0,
        caption_lines=min(lines, most),
        caption_size=size,
    )


def height(pictures: Pictures, width: float) -> float:
    """Return how high the mosaic is."""
    grid = _grid(pictures, width)
    rows = -(-len(pictures.cells) // grid.columns)
    return (
        rows * grid.cell_height - _ROW_GAP + (BAR_HEIGHT + 12 if pictures.limit is not None else 0)
    )


def draw(pictures: Pictures, paper: Paper, left: float, top: float, width: float) -> None:
    """Draw all cells, the last row as far left as the others, and the colour bar below."""
    grid = _grid(pictures, width)
    across = grid.cell_width + grid.gap
    first = left + (width - (grid.columns * across - grid.gap)) / 2
    for i, cell in enumerate(pictures.cells):
        row, column = divmod(i, grid.columns)
        x, y = round(first + column * across), round(top + row * grid.cell_height)
        _draw_cell(paper, x, y, cell, grid, pictures.limit or 1.0)
        if cell.sign and column < grid.columns - 1:
            middle = y + grid.heading + grid.image_height / 2
            sign_x = x + grid.cell_width + grid.gap / 2
            paper.middle(sign_x, middle, cell.sign, 44, align="center")
    if pictures.limit is not None:
        rows = -(-len(pictures.cells) // grid.columns)
        below = top + rows * grid.cell_height + 12
        limit = pictures.limit
        bar = (left + width / 2, below)
        colour_bar(
            paper, bar, (-limit, limit), lambda v: diverging_rgb(v, limit), pictures.value_label
        )


def _draw_cell(paper: Paper, left: int, top: int, cell: Cell, grid: _Grid, limit: float) -> None:
    middle, wide = left + grid.cell_width / 2, grid.cell_width + grid.gap - 8
    heading = elide(cell.heading, TEXT_SIZE, wide)
    paper.middle(middle, top + grid.heading / 2 - 4, heading, TEXT_SIZE, align="center")
    y = top + grid.heading
    shape = _shape(cell)
    if shape is None:
        room = grid.image_height
        # A narrow image leaves no room for words; the empty cell is as wide as its column.
        across = min(grid.cell_width, max(room, 150))
        paper.rectangle(middle - across / 2, y, middle + across / 2, y + room, EMPTY, GRID)
        lines = wrap(cell.empty_words, SMALL_SIZE, across - 12)
        lines = lines[: max(1, int(room / (LINE_HEIGHT * SMALL_SIZE)))]
        at = y + room / 2 - len(lines) * LINE_HEIGHT * SMALL_SIZE / 2
        paper.lines(middle, at, lines, SMALL_SIZE, MUTED, align="center")
    else:
        across, down = magnified(shape, grid.room)
        x, at = round(middle - across / 2), round(y + (grid.image_height - down) / 2)
        paper.image(x, at, _colours(cell, limit), across, down)
        paper.rectangle(x, at, x + across, at + down, edge=GRID)
    caption = _caption(cell, grid.caption_size, wide)[: grid.caption_lines]
    below = y + grid.image_height + 10
    paper.lines(middle, below, caption, grid.caption_size, MUTED, align="center")


def _colours(cell: Cell, limit: float) -> NDArray[np.uint8]:
    if cell.rgb is not None:
        return cell.rgb
    assert cell.values is not None
    if cell.signed:
        return diverging_rgb(cell.values, cell.limit or limit)
    return grey_rgb(cell.values)


def colour_bar(
    paper: Paper,
    place: tuple[float, float],
    limits: tuple[float, float],
    colours: Callable[[NDArray[np.float64]], NDArray[np.uint8]],
    label: str,
    ends: tuple[str, str] | None = None,
) -> None:
    """Draw a scale with its numbers and what they mean, centred below a place.

    Parameters
    ----------
    ends : what stands at the two ends instead of numbers
    """
    low, high = limits
    middle, top = place
    left = middle - _BAR_WIDTH / 2
    values = np.linspace(low, high, _BAR_WIDTH)[None, :]
    paper.image(left, top, colours(values), _BAR_WIDTH, 28)
    for value, word in zip(*(ticks(limits, 8) if ends is None else (limits, ends)), strict=True):
        x = left + (value - low) / (high - low) * _BAR_WIDTH
        paper.rule((x, x), (top + 28, top + 36), MUTED, 2)
        paper.middle(x, top + 54, word, SMALL_SIZE, colour=INK, align="center")
    words = elide(label, SMALL_SIZE, paper.width)
    paper.middle(middle, top + 90, words, SMALL_SIZE, colour=MUTED, align="center")
