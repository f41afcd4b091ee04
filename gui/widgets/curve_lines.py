"""Lines and bands of a plot that stay quick however many points they have."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QPainterPath
from PySide6.QtWidgets import QGraphicsPathItem

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from PySide6.QtGui import QPen

_POINTS_PER_PIXEL = 4
"""A curve with fewer points than this to a pixel is drawn as it is."""
_NOTHING = np.empty(0)


def peaks(
    x: NDArray[np.float64], y: NDArray[np.float64], n_blocks: int
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the smallest and the largest y of each of ``n_blocks`` pieces of a curve.

    Drawn with about two blocks to a pixel it looks like the whole curve: every peak is kept. What
    does not fill the last piece is kept as it is.
    """
    size = len(x) // n_blocks
    if size < 3:
        return x, y
    used = size * n_blocks
    blocks = y[:used].reshape(n_blocks, size)
    ys = np.empty((n_blocks, 2))
    ys[:, 0], ys[:, 1] = blocks.min(axis=1), blocks.max(axis=1)
    xs = np.repeat(x[:used:size], 2)
    return np.concatenate((xs, x[used:])), np.concatenate((ys.ravel(), y[used:]))


class CurveLine(pg.PlotCurveItem):
    """A line through the finite points of a curve.

    What a curve of many points hands to the painter follows the view: its part in view, and of
    that two points to half a pixel.
    """

    def __init__(self) -> None:
        super().__init__(skipFiniteCheck=True, antialias=False)
        self._x, self._y = _NOTHING, _NOTHING
        self._drawn: tuple[int, int, int] | None = None

    def set_points(self, x: NDArray[np.float64], y: NDArray[np.float64]) -> None:
        """Draw these places, x ascending; those that are not finite are left out."""
        keep = np.isfinite(y) & np.isfinite(x)
        self._x, self._y = (x, y) if keep.all() else (x[keep], y[keep])
        self._drawn = None
        self.fit()

    @property
    def n_points(self) -> int:
        """How many points the curve has."""
        return len(self._x)

    @property
    def n_drawn(self) -> int:
        """How many of them, or of what stands for them, are drawn."""
        return len(self.xData) if self.xData is not None else 0

    def fit(self) -> None:
        """Choose what is drawn of a curve of many points for the part in view."""
        box = self.getViewBox()
        n_pixels = max(int(box.width()), 1) if box is not None else 1
        few = box is None or len(self._x) <= _POINTS_PER_PIXEL * n_pixels
        if few:
            wanted = (0, len(self._x), 0)
        else:
            low, high = box.viewRange()[0]
            first = max(int(np.searchsorted(self._x, low)) - 1, 0)
            last = min(int(np.searchsorted(self._x, high, side="right")) + 1, len(self._x))
            wanted = (first, last, n_pixels)
        if wanted == self._drawn:
            return
        self._drawn = wanted
        part = slice(wanted[0], wanted[1])
        x, y = self._x[part], self._y[part]
        if not few and len(x) > _POINTS_PER_PIXEL * n_pixels:
            x, y = peaks(x, y, n_pixels)
        self.setData(x, y)

    def viewRangeChanged(self) -> None:
        """Follow the view."""
        super().viewRangeChanged()
        self.fit()

    def set_pen(self, pen: QPen) -> None:
        """Use this pen, if it is another one."""
        if pen != self.opts["pen"]:
            self.setPen(pen)


class BandFill(QGraphicsPathItem):
    """A translucent fill between two curves over the same x."""

    def __init__(self) -> None:
        super().__init__()
        self.setPen(Qt.PenStyle.NoPen)

    def set_colour(self, colour: str, alpha: int) -> None:
        """Fill with this colour."""
        fill = QColor(colour)
        fill.setAlpha(alpha)
        if self.brush().color() != fill:
            self.setBrush(fill)

    def set_places(
        self, x: NDArray[np.float64], low: NDArray[np.float64], high: NDArray[np.float64]
    ) -> None:
        """Fill where both ends are finite; a gap stays open."""
        path = QPainterPath()
        finite = np.isfinite(x) & np.isfinite(low) & np.isfinite(high)
        edges = np.flatnonzero(np.diff(np.concatenate(([0], finite.astype(np.int8), [0]))))
        for first, last in zip(edges[::2], edges[1::2], strict=True):
            part = slice(int(first), int(last))
            path.addPath(_outline(x[part], low[part], high[part]))
        self.setPath(path)


_MOST_OUTLINE = 4000
"""Points along one side of a band; a screen has no more pixels."""


def _outline(
    x: NDArray[np.float64], low: NDArray[np.float64], high: NDArray[np.float64]
) -> QPainterPath:
    size = len(x) // _MOST_OUTLINE + 1
    if size > 1:
        used = len(x) // size * size
        low = np.concatenate((low[:used].reshape(-1, size).min(axis=1), low[used:]))
        high = np.concatenate((high[:used].reshape(-1, size).max(axis=1), high[used:]))
        x = np.concatenate((x[:used:size], x[used:]))
    around = pg.arrayToQPath(np.concatenate((x, x[::-1])), np.concatenate((low, high[::-1])))
    around.closeSubpath()
    return around
