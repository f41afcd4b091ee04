"""What is marked in a plot: the epoch shown elsewhere, the best one, the one under the pointer."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor

from gui.widgets.curves.runs import Drawing
from gui.widgets.curves.ticks import TickMarks

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gui.theme import Theme


class PlotMarks:
    """Keeps marks in values and draws them where the scales place them; some have no place."""

    def __init__(self, box: pg.ViewBox) -> None:
        self._drawing = Drawing()
        self.ticks: tuple[tuple[float, str, str], ...] = ()
        self.marker: float | None = None
        self.cursor: float | None = None
        self.star: tuple[float, float] | None = None
        self._tick_marks = TickMarks(box)
        self._marker = pg.InfiniteLine(angle=90, movable=False)
        self._cursor = pg.InfiniteLine(angle=90, movable=False)
        self._star = pg.ScatterPlotItem(symbol="star", size=17)
        for item in (self._marker, self._cursor, self._star):
            item.setZValue(10)
            box.addItem(item, ignoreBounds=True)
        self._cursor.hide()
        self._marker.hide()

    @property
    def tick_labels(self) -> list[str]:
        """The labels that found room, from left to right."""
        return self._tick_marks.labels

    def set_theme(self, theme: Theme) -> None:
        """Use these colours."""
        self._tick_marks.set_theme(theme)
        self._marker.setPen(pg.mkPen(theme.text, width=1))
        self._cursor.setPen(pg.mkPen(theme.muted, width=1, style=Qt.PenStyle.DotLine))
        self._star.setBrush(QColor(theme.best))
        self._star.setPen(pg.mkPen(theme.surface, width=1))

    def set_drawing(self, drawing: Drawing) -> None:
        """Draw at other places."""
        self._drawing = drawing
        self.set_ticks(self.ticks)
        self.set_marker(self.marker)
        self.set_cursor(self.cursor)
        self.set_star(self.star)

    def set_ticks(self, ticks: Sequence[tuple[float, str, str]]) -> None:
        """Mark (x, words, label) places."""
        self.ticks = tuple(ticks)
        self._tick_marks.set_ticks([(self._drawing.x.place(x), label) for x, _, label in ticks])

    def set_marker(self, x: float | None) -> None:
        """Mark what is shown elsewhere."""
        self.marker = x
        self._place_line(self._marker, x)

    def set_cursor(self, x: float | None) -> None:
        """Mark what is under the pointer."""
        self.cursor = x
        self._place_line(self._cursor, x)

    def set_star(self, at: tuple[float, float] | None) -> None:
        """Put the star at a point, or take it away."""
        self.star = at
        places = [] if at is None else [self._drawing.x.place(at[0]), self._drawing.y.place(at[1])]
        if places and np.isfinite(places).all():
            self._star.setData(places[:1], places[1:])
        else:
            self._star.setData([], [])

    def _place_line(self, line: pg.InfiniteLine, x: float | None) -> None:
        place = np.nan if x is None else self._drawing.x.place(x)
        line.setVisible(bool(np.isfinite(place)))
        if np.isfinite(place):
            line.setValue(place)

    def words_at(self, at: float) -> list[str]:
        """Return the words of the ticks at an x."""
        return [words for x, words, _ in self.ticks if round(x) == round(at)]
