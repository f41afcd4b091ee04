"""What is marked in a plot: the epoch shown elsewhere, the best one, the one under the pointer."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pyqtgraph as pg
from pyqtgraph.graphicsItems.ScatterPlotItem import drawSymbol
from PySide6.QtCore import QLineF, QObject, QPointF, QRectF, Qt, Slot
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter
from PySide6.QtWidgets import QApplication

from gui.theme import LIGHT, Theme
from gui.widgets.curves.label_places import heights, is_free, lines_of, place_labels
from gui.widgets.curves.runs import Drawing

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gui.widgets.curves.edges import EdgeMarks
    from gui.widgets.curves.main import MainCurves
    from gui.widgets.curves.runs import RunLayer
    from gui.widgets.curves.zoom import ZoomBox

_CROWDED = 24.0
"""Pixels from line to line below which they fade."""
_STAR = 17
"""Pixels from tip to tip."""
_DOT = 4.0
"""Pixels of half a dot."""


class PlotMarks(QObject):
    """Keeps marks in values and paints them where the scales place them; some have no place.

    Labels stand at the head, or at the foot where curves end at the head; at the other end where a
    curve is in the way, and nowhere where one is in the way at both: the timeline has them, too.
    """

    def __init__(
        self,
        box: ZoomBox,
        main: MainCurves,
        runs: RunLayer,
        edges: EdgeMarks,
        *,
        at_foot: bool = False,
    ) -> None:
        super().__init__(box)
        self._at_foot = at_foot
        self._box, self._main, self._runs, self._edges = box, main, runs, edges
        self._drawing = Drawing()
        self.ticks: tuple[tuple[float, str, str], ...] = ()
        self._placed: dict[int, QRectF] = {}
        """Where labels are, by tick, in pixels of the box."""
        self.marker: float | None = None
        self.cursor: float | None = None
        self.star: tuple[float, float] | None = None
        self.dots: tuple[tuple[float, float, str], ...] = ()
        """Where curves rest between two of their points, and in which colour of the theme."""
        box.sigRangeChanged.connect(self._arrange)
        box.sigResized.connect(self._arrange)
        self.set_theme(LIGHT)

    @property
    def tick_labels(self) -> list[str]:
        """The labels that found room, from left to right."""
        return [
            self.ticks[i][2] for i in sorted(self._placed, key=lambda i: self._placed[i].left())
        ]

    def set_theme(self, theme: Theme) -> None:
        """Use these colours."""
        self._theme = theme
        self._choose_pens()
        self._box.marks_changed.emit()

    def _choose_pens(self) -> None:
        width = self._drawing.thickness
        self._marker_pen = pg.mkPen(self._theme.text, width=width)
        self._cursor_pen = pg.mkPen(self._theme.muted, width=width, style=Qt.PenStyle.DotLine)

    def set_drawing(self, drawing: Drawing) -> None:
        """Draw at other places."""
        self._drawing = drawing
        self._choose_pens()
        self._arrange()

    def set_ticks(self, ticks: Sequence[tuple[float, str, str]]) -> None:
        """Mark (x, words, label) places, such as changes of a setting.

        The label is written beside the line; hovering reads the words.
        """
        if self.ticks != tuple(ticks):
            self.ticks = tuple(ticks)
            self._arrange()

    def set_marker(self, x: float | None) -> None:
        """Mark what is shown elsewhere."""
        if x != self.marker:
            self.marker = x
            self._box.marks_changed.emit()

    def set_cursor(self, x: float | None) -> None:
        """Mark what is under the pointer."""
        if x != self.cursor:
            self.cursor = x
            self._box.marks_changed.emit()

    def set_star(self, at: tuple[float, float] | None) -> None:
        """Put the star at a point, or take it away."""
        if at != self.star:
            self.star = at
            self._box.marks_changed.emit()

    def set_dots(self, dots: Sequence[tuple[float, float, str]]) -> None:
        """Put dots at these points, over the star."""
        if self.dots != tuple(dots):
            self.dots = tuple(dots)
            self._box.marks_changed.emit()

    def paint(self, painter: QPainter) -> None:
        """Paint all marks over the curves, in pixels of the box."""
        if self.ticks:
            self._paint_ticks(painter)
        painter.setTransform(self._box.childTransform(), combine=True)
        for x, pen in ((self.marker, self._marker_pen), (self.cursor, self._cursor_pen)):
            place = np.nan if x is None else self._drawing.x.place(x)
            if np.isfinite(place):
                low, high = self._box.viewRange()[1]
                painter.setPen(pen)
                painter.drawLine(QLineF(place, low, place, high))
        transform = painter.transform()
        self._paint_star(painter)
        painter.setTransform(transform)
        self._paint_dots(painter)

    def _paint_dots(self, painter: QPainter) -> None:
        places = [
            (painter.transform().map(QPointF(*at)), colour)
            for x, y, colour in self.dots
            if np.isfinite(at := (self._drawing.x.place(x), self._drawing.y.place(y))).all()
        ]
        painter.resetTransform()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(pg.mkPen(self._theme.surface, width=self._drawing.thickness))
        for centre, colour in places:
            painter.setBrush(QColor(self._theme.colour(colour)))
            painter.drawEllipse(centre, _DOT, _DOT)

    @Slot()
    def _arrange(self) -> None:
        """Find where labels have room, and paint them."""
        self.arrange()
        self._box.marks_changed.emit()

    def arrange(self, painter: QPainter | None = None) -> None:
        """Find where labels have room; called where curves are painted, as they are others then."""
        self._placed = {}
        if not self.ticks:
            return
        metrics, rect = QFontMetricsF(_small_font()), self._box.rect()
        widths = [metrics.horizontalAdvance(label) for _, _, label in self.ticks]
        height, lines = metrics.height(), lines_of(self._main, self._runs)
        ends = [rect.top() + 1, rect.bottom() - height]
        taken = [*self._star_box(), *self._edges.boxes]
        for i, start in place_labels(self._xs(), widths, rect.left(), rect.right()).items():
            curves = heights(self._box, lines, start - 1, start + widths[i] + 1)
            for top in reversed(ends) if self._at_foot else ends:
                wanted = QRectF(start, top, widths[i], height)
                if is_free(wanted, curves, 0.0) and not any(map(wanted.intersects, taken)):
                    self._placed[i] = wanted
                    break

    def _xs(self) -> list[float]:
        """Return where the ticks are in pixels of the box; ``nan`` for those without a place."""
        (low, high), rect = self._box.viewRange()[0], self._box.rect()
        places = [self._drawing.x.place(x) for x, _, _ in self.ticks]
        return [rect.left() + (place - low) / (high - low) * rect.width() for place in places]

    def _paint_ticks(self, painter: QPainter) -> None:
        """Paint the lines, then the words over them."""
        rect, xs, colour = self._box.rect(), self._xs(), QColor(self._theme.best)
        painter.setClipRect(rect)
        painter.setFont(_small_font())
        metrics = QFontMetricsF(painter.font())
        if len(xs) > 1 and (max(xs) - min(xs)) / (len(xs) - 1) < _CROWDED:
            colour.setAlpha(90)  # many of them must not hide the curves
        painter.setPen(pg.mkPen(colour, width=1, style=Qt.PenStyle.DashDotLine))
        for x in xs:
            if rect.left() <= x <= rect.right():
                painter.drawLine(QLineF(round(x), rect.top(), round(x), rect.bottom()))
        painter.setPen(QColor(self._theme.best))
        behind = QColor(self._theme.surface)
        behind.setAlpha(215)
        for i, room in self._placed.items():
            painter.fillRect(room.adjusted(-1, 0, 1, 0), behind)
            painter.drawText(room.topLeft() + QPointF(0, metrics.ascent()), self.ticks[i][2])

    def boxes(self) -> list[QRectF]:
        """Return where the star and the labels of ticks are, in pixels of the box."""
        return [*self._placed.values(), *self._star_box()]

    def _star_box(self) -> list[QRectF]:
        if self.star is None:
            return []
        centre = self._box.childTransform().map(
            QPointF(self._drawing.x.place(self.star[0]), self._drawing.y.place(self.star[1]))
        )
        return [QRectF(centre.x() - _STAR / 2, centre.y() - _STAR / 2, _STAR, _STAR)]

    def _paint_star(self, painter: QPainter) -> None:
        if self.star is None:
            return
        places = self._drawing.x.place(self.star[0]), self._drawing.y.place(self.star[1])
        if not np.isfinite(places).all():
            return
        centre = painter.transform().map(QPointF(*places))
        painter.resetTransform()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.translate(round(centre.x()), round(centre.y()))  # its edges are as sharp anywhere
        pen = pg.mkPen(self._theme.surface, width=1)
        drawSymbol(painter, "star", _STAR, pen, pg.mkBrush(self._theme.best))

    def words_at(self, at: float) -> list[str]:
        """Return the words of the ticks at an x."""
        return [words for x, words, _ in self.ticks if round(x) == round(at)]


def _small_font() -> QFont:
    """Return the font of the labels."""
    font = QApplication.font()
    font.setPointSizeF(font.pointSizeF() * 0.9)
    return font
