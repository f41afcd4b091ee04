"""Where the cells of a wall of images are, and its visible part as one picture. No Qt in here.

All lengths are device pixels: only so is one image pixel a whole number of them, and crisp, on
every screen.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

SMALLEST_SIDE = 16
LARGEST_SIDE = 256
"""Of an image on the wall, its longer side; as seen, so twice as many pixels at 200 % scale."""

_GREYS = np.arange(256, dtype=np.uint32) * 0x010101 | 0xFF000000


@dataclass(frozen=True, slots=True, eq=False)
class WallContent:
    """What hangs on the wall.

    Attributes
    ----------
    images : (n, n_features) float32 in [0, 1], of which ``order`` are shown
    image_shape : (height, width)
    order : (n_shown,) rows of ``images``
    as_stored : whether ``order`` is ascending
    framed, notched : (n,) bool
        Which images get a frame, and which a triangle in the corner; None for none.
    captions
        From a row of ``images`` to the words below it: the first that fit are taken.
    describe
        From a row of ``images`` to a sentence about it.
    """

    images: NDArray[np.float32]
    image_shape: tuple[int, int]
    order: NDArray[np.int64]
    as_stored: bool
    framed: NDArray[np.bool_] | None
    notched: NDArray[np.bool_] | None
    captions: Callable[[int], tuple[str, ...]]
    describe: Callable[[int], str]


@dataclass(frozen=True, slots=True)
class Zoom:
    """How large one image pixel is: ``times`` device pixels, or ``shrink`` of them in one."""

    times: int = 1
    shrink: int = 1

    def size(self, image_shape: tuple[int, int]) -> tuple[int, int]:
        """Return the (height, width) of an image of that shape on the screen."""
        height, width = image_shape
        return -(-height // self.shrink) * self.times, -(-width // self.shrink) * self.times


def zooms(image_shape: tuple[int, int], ratio: float = 1.0) -> list[Zoom]:
    """Return the zooms at which images of this shape are seen, the smallest first."""
    longer = max(image_shape)
    low, high = SMALLEST_SIDE * ratio, LARGEST_SIDE * ratio
    shrinking = [Zoom(shrink=k) for k in range(longer, 1, -1) if low <= -(-longer // k) <= high]
    # Two shrinkages may give the same size; the lesser one keeps more of the image.
    sizes = {zoom.size((longer, longer)): zoom for zoom in shrinking}
    growing = [Zoom(times=k) for k in range(1, int(high // longer) + 1) if k * longer >= low]
    return [*sizes.values(), *growing] or [Zoom(times=max(1, round(low / longer)))]


def nearest_zoom(choices: list[Zoom], image_shape: tuple[int, int], side: float) -> int:
    """Return the index of the zoom at which the longer side is nearest to ``side`` pixels."""
    sides = [max(zoom.size(image_shape)) for zoom in choices]
    return min(range(len(sides)), key=lambda i: abs(sides[i] - side))


@dataclass(frozen=True)
class WallLayout:
    """A grid of equal cells, row by row, as many in a row as fit.

    Attributes
    ----------
    n_cells : how many there are
    image_shape : (height, width) of an image, in image pixels
    zoom : how large image pixels are
    margin : free pixels at each side of an image
    caption : height of the line below an image; 0 for none
    width : of the whole wall
    lead : places left free before the first cell
    """

    n_cells: int
    image_shape: tuple[int, int]
    zoom: Zoom
    margin: int
    caption: int
    width: int
    lead: int = 0

    @cached_property
    def image_size(self) -> tuple[int, int]:
        """(height, width) of an image on the screen."""
        return self.zoom.size(self.image_shape)

    @cached_property
    def cell_size(self) -> tuple[int, int]:
        """(height, width) of a cell."""
        height, width = self.image_size
        return height + 2 * self.margin + self.caption, width + 2 * self.margin

    @cached_property
    def n_columns(self) -> int:
        """Cells in a row; always one at least."""
        return max(1, self.width // self.cell_size[1])

    @cached_property
    def n_rows(self) -> int:
        """Rows, the last of which may not be full."""
        return -(-(self.n_cells + self.lead) // self.n_columns)

    @cached_property
    def left(self) -> int:
        """Free pixels before the first column: the wall stands in the middle."""
        return max(0, (self.width - self.n_columns * self.cell_size[1]) // 2)

    @cached_property
    def height(self) -> int:
        """Of all rows."""
        return self.n_rows * self.cell_size[0]

    def corner(self, cell: int) -> tuple[int, int]:
        """Return (top, left) of a cell, from the top of the first row."""
        row, column = divmod(cell + self.lead, self.n_columns)
        height, width = self.cell_size
        return row * height, self.left + column * width

    def cell_at(self, y: float, x: float) -> int | None:
        """Return the cell at a point of the wall, if there is one."""
        height, width = self.cell_size
        row, column = int(y // height), int((x - self.left) // width)
        if not 0 <= column < self.n_columns or row < 0:
            return None
        cell = row * self.n_columns + column - self.lead
        return cell if 0 <= cell < self.n_cells else None

    def pixel_at(self, cell: int, y: float, x: float) -> tuple[int, int] | None:
        """Return (row, column) of the image pixel at a point.

        None beside the image, and where several image pixels share one of the screen's.
        """
        top, left = self.corner(cell)
        row = int((y - top - self.margin) // self.zoom.times)
        column = int((x - left - self.margin) // self.zoom.times)
        rows, columns = self.image_shape
        inside = 0 <= row < rows and 0 <= column < columns
        return (row, column) if inside and self.zoom.shrink == 1 else None

    def rows_between(self, top: int, bottom: int) -> tuple[int, int]:
        """Return the first row seen between two heights, and the one after the last."""
        height = self.cell_size[0]
        return max(0, top // height), min(self.n_rows, -(-bottom // height))

    def cells_of(self, first: int, last: int) -> range:
        """Return the cells of the rows from one on up to another, which is left out."""
        start, end = (row * self.n_columns - self.lead for row in (first, last))
        return range(max(start, 0), min(max(end, 0), self.n_cells))


@dataclass(frozen=True, slots=True)
class Inks:
    """Colours of a wall as 0xAARRGGBB."""

    ground: int
    frame: int
    notch: int
    notch_edge: int


def paint_rows(
    layout: WallLayout,
    levels: NDArray[np.uint8],
    framed: NDArray[np.bool_] | None,
    notched: NDArray[np.bool_] | None,
    inks: Inks,
    stroke: int,
    free: int = 0,
) -> NDArray[np.uint32]:
    """Return whole rows of the wall as one picture.

    Parameters
    ----------
    levels : (n, height, width) 0..255
        Of the images of the cells, from the beginning of a row on or from ``free`` places behind
        it, a level for each image pixel of this zoom.
    framed, notched : (n,)
        Which of them get a frame around, and a triangle in their upper left corner.
    stroke
        Thickness of a frame.
    free
        Places of the first row before these images.

    Returns
    -------
    (height, width) 0xAARRGGBB, as wide as the columns need
    """
    n_columns, (cell_h, cell_w) = layout.n_columns, layout.cell_size
    n_rows = -(-(len(levels) + free) // n_columns)
    picture = np.full((n_rows * cell_h, n_columns * cell_w), inks.ground, dtype=np.uint32)
    cells = picture.reshape(n_rows, cell_h, n_columns, cell_w)
    height, width = layout.image_size
    margin, times = layout.margin, layout.zoom.times
    if framed is not None:  # filled; the images come over it
        rows, columns = np.divmod(np.flatnonzero(framed) + free, n_columns)
        lines, across = (slice(margin - stroke, margin + n + stroke) for n in (height, width))
        cells[rows, lines, columns, across] = inks.frame
    greys = _GREYS[levels]
    tiles = np.full((n_rows * n_columns, *greys.shape[1:]), inks.ground, dtype=np.uint32)
    tiles[free : free + len(levels)] = greys
    # Rows of pixels side by side, as in the picture; each pixel repeated along the row, then each
    # row written ``times`` times.
    narrow = tiles.reshape(n_rows, n_columns, *greys.shape[1:]).transpose(0, 2, 1, 3)
    wide = np.repeat(narrow, times, axis=3) if times > 1 else narrow
    for dy in range(times):
        cells[:, margin + dy : margin + height : times, :, margin : margin + width] = wide
    if notched is not None:
        rows, columns = np.divmod(np.flatnonzero(notched)[:, None] + free, n_columns)
        inner = max(3 * stroke, min(height, width) // 4)
        for side, colour in ((inner + stroke, inks.notch_edge), (inner, inks.notch)):
            # What does not fit on a flat or narrow image is cut off.
            steps = np.add.outer(np.arange(min(side, height)), np.arange(min(side, width)))
            y, x = np.nonzero(steps < side)
            cells[rows, margin + y, columns, margin + x] = colour
    return picture
