"""Ink on a sheet: the lines of a pen, and what an eraser takes away."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

SHEET_SIDE = 336
"""Pixels of a sheet's longer side: whole multiples of 28, 16 and 8, and finer than any screen's
pen; a sheet kept for an undo takes 110 KB."""

FULL = 255
"""The grey level of full ink."""

MOST_UNDONE = 40
"""So many changes of a sheet can be taken back."""

_DOT = 1e-6
"""A line whose length squared is below this is a dot: single precision could not divide by it."""

Point = tuple[float, float]
"""(x, y) on a sheet, from its upper left corner, in pixels of the sheet."""


def sheet_shape(image_shape: tuple[int, int]) -> tuple[int, int]:
    """Return (height, width) of a sheet with the proportions of images of this shape."""
    height, width = image_shape
    scale = SHEET_SIDE / max(height, width)
    return max(round(height * scale), 1), max(round(width * scale), 1)


def blank(image_shape: tuple[int, int]) -> NDArray[np.uint8]:
    """Return an empty sheet for images of this shape."""
    return np.zeros(sheet_shape(image_shape), dtype=np.uint8)


def draw_line(
    sheet: NDArray[np.uint8],
    start: Point,
    end: Point,
    widths: tuple[float, float],
    *,
    erase: bool = False,
) -> None:
    """Draw a line with round ends on a sheet, or take ink away along it.

    A pixel at distance d from the line, which is r wide there to either side, is covered to
    ``clip(r - d + 1/2, 0, 1)``: a rim of one pixel, as antialiasing makes it. The most ink counts
    where lines meet, so that drawing on in small steps gives the same as drawing at once.

    Parameters
    ----------
    sheet : (height, width), 0 to :data:`FULL`; changed
    start, end
        A line of no length is a dot.
    widths
        Of the pen at both ends, in pixels, at least 1; between them it swells evenly.
    """
    height, width = sheet.shape
    reach = max(widths) / 2 + 1
    left, right = _span(start[0], end[0], reach, width)
    top, bottom = _span(start[1], end[1], reach, height)
    if left >= right or top >= bottom:
        return
    x = np.arange(left, right, dtype=np.float32) + np.float32(0.5 - start[0])
    y = (np.arange(top, bottom, dtype=np.float32) + np.float32(0.5 - start[1]))[:, None]
    along_x, along_y = end[0] - start[0], end[1] - start[1]
    length = along_x**2 + along_y**2
    place = np.clip((x * along_x + y * along_y) / length, 0, 1) if length > _DOT else 0.0
    distance = np.hypot(x - place * along_x, y - place * along_y)
    radius = (widths[0] + place * (widths[1] - widths[0])) / 2
    covered = np.rint(FULL * np.clip(radius - distance + 0.5, 0, 1)).astype(np.uint8)
    part = sheet[top:bottom, left:right]
    if erase:
        np.minimum(part, FULL - covered, out=part)
    else:
        np.maximum(part, covered, out=part)


def _span(a: float, b: float, reach: float, size: int) -> tuple[int, int]:
    """Return the first pixel that a line can touch, and the one after the last."""
    return max(int(min(a, b) - reach), 0), min(int(max(a, b) + reach) + 1, size)


def shifted(sheet: NDArray[np.uint8], down: int, right: int) -> NDArray[np.uint8]:
    """Return a sheet on which all ink is so many pixels further; what leaves it is gone."""
    moved = np.zeros_like(sheet)
    height, width = sheet.shape
    if abs(down) < height and abs(right) < width:
        rows, columns = _kept(down, height), _kept(right, width)
        moved[_kept(-down, height), _kept(-right, width)] = sheet[rows, columns]
    return moved


def _kept(by: int, size: int) -> slice:
    """Return what is still there after a shift by ``by``."""
    return slice(max(-by, 0), size - max(by, 0))


class SheetHistory:
    """A sheet, what it was before each of the last changes, and what was taken back.

    At most :data:`MOST_UNDONE` sheets are kept, the oldest are forgotten: 4.5 MB of ink.
    """

    def __init__(self, sheet: NDArray[Any]) -> None:
        self.sheet = sheet
        self._before: list[NDArray[Any]] = []
        self._after: list[NDArray[Any]] = []

    @property
    def can_undo(self) -> bool:
        """Whether there is a change to take back."""
        return bool(self._before)

    @property
    def can_redo(self) -> bool:
        """Whether there is a change to make again."""
        return bool(self._after)

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing on the sheet."""
        return not self.sheet.any()

    def begin(self) -> None:
        """Keep the sheet as it is: what is changed from here on can be taken back at once."""
        self._before = [*self._before, self.sheet.copy()][-MOST_UNDONE:]

    def end(self) -> None:
        """End a change; one that has left the sheet as it was is none."""
        if not self._before:
            return
        if np.array_equal(self._before[-1], self.sheet):
            self._before.pop()
        else:
            self._after = []

    def replace(self, sheet: NDArray[Any]) -> None:
        """Put another sheet in the place of this one, as a change."""
        self.begin()
        self.sheet = sheet
        self.end()

    def clear(self) -> None:
        """Empty the sheet, as a change."""
        self.replace(np.zeros_like(self.sheet))

    def undo(self) -> None:
        """Take back the last change."""
        if self._before:
            self._after.append(self.sheet)
            self.sheet = self._before.pop()

    def redo(self) -> None:
        """Make the change again that was taken back last."""
        if self._after:
            self._before.append(self.sheet)
            self.sheet = self._after.pop()
