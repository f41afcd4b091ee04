"""What is marked in a plot: the epoch shown elsewhere, the best one, the one under the pointer."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pyqtgraph as pg
from pyqtgraph.graphicsItems.ScatterPlotItem import drawSymbol
from PySide6.QtCore import QLineF, QPointF, Qt
from PySide6.QtGui import QPainter

from gui.theme import LIGHT, Theme
from gui.widgets.curves.runs import Drawing
from gui.widgets.curves.ticks import TickMarks

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gui.widgets.curves.zoom import ZoomBox

_STAR = 17
"""Pixels from tip to tip."""


class PlotMarks:
    """Keeps marks in values and paints them where the scales place them; some have no place."""

    def __init__(self, box: ZoomBox) -> None:
        self._box = box
        self._drawing = Drawing()
        self.ticks: tuple[tuple[float, str, str], ...] = ()
        self.marker: float | None = None
        self.cursor: float | None = None
        self.star: tuple[float, float] | None = None
        self._tick_marks = TickMarks(box)
        self.set_theme(LIGHT)

    @property
    def tick_labels(self) -> list[str]:
        """The labels that found room, from left to right."""
        return self._tick_marks.labels

    def set_theme(self, theme: Theme) -> None:
        """Use these colours."""
        self._theme = theme
        self._tick_marks.set_theme(theme)
        self._marker_pen = pg.mkPen(theme.text, width=1)
        self._cursor_pen = pg.mkPen(theme.muted, width=1, style=Qt.PenStyle.DotLine)
        self._box.marks_changed.emit()

    def set_drawing(self, drawing: Drawing) -> None:
        """Draw at other places."""
        self._drawing = drawing
        self.set_ticks(self.ticks)
        self._box.marks_changed.emit()

    def set_ticks(self, ticks: Sequence[tuple[float, str, str]]) -> None:
        """Mark (x, words, label) places."""
        self.ticks = tuple(ticks)
        self._tick_marks.set_ticks([(self._drawing.x.place(x), label) for x, _, label in ticks])

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

    def paint(self, painter: QPainter) -> None:
        """Paint all marks over the curves, in pixels of the box."""
        self._tick_marks.paint(painter)
        painter.setTransform(self._box.childTransform(), combine=True)
        for x, pen in ((self.marker, self._marker_pen), (self.cursor, self._cursor_pen)):
            place = np.nan if x is None else self._drawing.x.place(x)
            if np.isfinite(place):
                low, high = self._box.viewRange()[1]
                painter.setPen(pen)
                painter.drawLine(QLineF(place, low, place, high))
        self._paint_star(painter)

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
