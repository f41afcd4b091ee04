"""Lines and bands of a plot that stay quick however many points they have."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QPainterPath, QPen
from PySide6.QtWidgets import QGraphicsPathItem

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from PySide6.QtGui import QPainter

_POINTS_PER_PIXEL = 4
"""A curve with fewer points than this to a pixel is drawn as it is."""
_PATTERNS = {Qt.PenStyle.DashLine: (8, 13), Qt.PenStyle.DotLine: (2, 6)}
"""Style -> (pixels drawn, pixels from one dash to the next) where a curve is crowded."""
_MOST_SMOOTH, _LONGEST_SMOOTH = 5000, 4000
"""Points, and pixels along a curve, up to which its edges are smooth: longer ones would hold up the
window, for smooth edges cost by length."""
_NOTHING = np.empty(0)


def peaks(
    x: NDArray[np.float64], y: NDArray[np.float64], edges: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the smallest and the largest y of every column of pixels a curve goes through.

    It looks like the whole curve: every peak is kept. Columns, not equal numbers of points, since
    on a logarithmic axis most points crowd at one end.

    Parameters
    ----------
    x, y : (n,), x ascending
    edges : (n_columns,), the x at which each column begins

    Returns
    -------
    x and y of two points a column, the first x of the column and its smallest and largest y
    """
    starts = np.unique(np.concatenate(([0], np.searchsorted(x, edges))))
    starts = starts[starts < len(x)]
    ys = np.empty((len(starts), 2))
    ys[:, 0], ys[:, 1] = np.minimum.reduceat(y, starts), np.maximum.reduceat(y, starts)
    return np.repeat(x[starts], 2), ys.ravel()


def dashes(
    x: NDArray[np.float64], y: NDArray[np.float64], columns: NDArray[np.float64], style: Qt.PenStyle
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the pieces of a crowded curve that lie in dashes along x, as pairs of points.

    Qt lays dashes along the line itself: of a line that goes up and down in every column nothing
    but a haze is seen, and a hundred milliseconds are gone.

    Parameters
    ----------
    x, y : (n,)
    columns : (n,), where x is in pixels
    style : which pattern
    """
    on, period = _PATTERNS[style]
    shown = np.flatnonzero(columns[:-1] % period < on)
    ends = np.column_stack((shown, shown + 1)).ravel()
    return x[ends], y[ends]


class CurveLine(pg.PlotCurveItem):
    """A line through the finite points of a curve.

    What a curve of many points hands to the painter follows the view: its part in view, of that
    two points to a pixel, and dashes that are cut here.
    """

    def __init__(self) -> None:
        super().__init__(skipFiniteCheck=True, antialias=False)
        self._x, self._y = _NOTHING, _NOTHING
        self.pen = pg.mkPen(None)
        self._is_whole = False

    def set_points(self, x: NDArray[np.float64], y: NDArray[np.float64]) -> None:
        """Draw these places, x ascending; those that are not finite are left out."""
        keep = np.isfinite(y) & np.isfinite(x)
        self._x, self._y = (x, y) if keep.all() else (x[keep], y[keep])
        self._is_whole = False
        self.fit()

    @property
    def n_points(self) -> int:
        """How many points the curve has."""
        return len(self._x)

    @property
    def places(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Where all its points are."""
        return self._x, self._y

    def fit(self) -> None:
        """Choose what is drawn of a curve of many points for the part in view."""
        box = self.getViewBox()
        n_pixels = max(int(box.width()), 1) if box is not None else 1
        if box is None or len(self._x) <= n_pixels:
            if not self._is_whole:
                self._draw(self._x, self._y, self.pen, "all")
            self._is_whole = True
            return
        self._is_whole = False
        low, high = box.viewRange()[0]
        first = max(int(np.searchsorted(self._x, low)) - 1, 0)
        last = min(int(np.searchsorted(self._x, high, side="right")) + 1, len(self._x))
        x, y = self._x[first:last], self._y[first:last]
        per_unit = n_pixels / (high - low)
        if len(x) > _POINTS_PER_PIXEL * n_pixels:
            x, y = peaks(x, y, low + np.arange(n_pixels + 1) / per_unit)
        style = self.pen.style()
        if len(x) <= n_pixels or style not in _PATTERNS:
            self._draw(x, y, self.pen, "all")
            return
        x, y = dashes(x, y, (x - low) * per_unit, style)
        solid = QPen(self.pen)
        solid.setStyle(Qt.PenStyle.SolidLine)
        self._draw(x, y, solid, "pairs")

    def _draw(
        self, x: NDArray[np.float64], y: NDArray[np.float64], pen: QPen, connect: str
    ) -> None:
        if pen != self.opts["pen"]:
            self.setPen(pen)
        self.setData(x, y, connect=connect)

    def paint(self, painter: QPainter, *rest: Any) -> None:
        """Paint it with smooth edges if that is quick."""
        self.opts["antialias"] = self._is_short()
        super().paint(painter, *rest)

    def _is_short(self) -> bool:
        x, y = self.getData()
        box = self.getViewBox()
        if box is None or x is None or not 1 < len(x) <= _MOST_SMOOTH:
            return False
        (left, right), (low, high) = box.viewRange()
        across = np.abs(np.diff(np.clip(x, left, right))).sum() / (right - left) * box.width()
        upright = np.abs(np.diff(np.clip(y, low, high))).sum() / (high - low) * box.height()
        return bool(across + upright < _LONGEST_SMOOTH)

    def viewRangeChanged(self) -> None:
        """Follow the view."""
        super().viewRangeChanged()
        self.fit()

    def set_pen(self, pen: QPen) -> None:
        """Use this pen, if it is another one."""
        if pen != self.pen:
            self.pen = pen
            if self._is_whole:
                self.setPen(pen)
            else:
                self.fit()


class FrontLine(CurveLine):
    """A line that grows: the view paints it itself, over a picture of all that stands still.

    The scene knows where it is, for its ranges, but neither paints it nor hears that it changed.
    """

    def __init__(self) -> None:
        super().__init__()
        self.setFlag(self.GraphicsItemFlag.ItemHasNoContents)

    def prepareGeometryChange(self) -> None:
        """Tell the scene nothing: it would paint everything else anew."""

    def update(self, *area: Any) -> None:
        """Tell the scene nothing; who sets points tells the view."""


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
