"""Marked places of a plot, such as changes of a setting: a line each, and short words on top."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pyqtgraph as pg
from PySide6.QtCore import QLineF, QObject, QPointF, QRectF, Qt, Slot
from PySide6.QtGui import QColor, QFontMetricsF, QPainter

from gui.theme import LIGHT, Theme
from gui.widgets.curves.label_places import place_labels

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtGui import QPen

    from gui.widgets.curves.zoom import ZoomBox

_CROWDED = 24.0
"""Pixels from line to line below which they fade."""


class TickMarks(QObject):
    """All marked places of one plot; a slider that is dragged makes many."""

    def __init__(self, box: ZoomBox) -> None:
        super().__init__(box)
        self._box = box
        self._theme = LIGHT
        self._ticks: tuple[tuple[float, str], ...] = ()
        self._placed: dict[int, float] = {}
        box.sigRangeChanged.connect(self._arrange)
        box.sigResized.connect(self._arrange)

    def set_theme(self, theme: Theme) -> None:
        """Use these colours."""
        self._theme = theme

    def set_ticks(self, ticks: Sequence[tuple[float, str]]) -> None:
        """Mark (place, label) along x; ``nan`` has no place and is not marked."""
        if self._ticks != tuple(ticks):
            self._ticks = tuple(ticks)
            self._arrange()

    @property
    def labels(self) -> list[str]:
        """The labels that found room, from left to right."""
        return [self._ticks[i][1] for i in sorted(self._placed, key=self._placed.__getitem__)]

    def _xs(self) -> list[float]:
        """Return where the ticks are in pixels of the box."""
        (low, high), _ = self._box.viewRange()
        rect = self._box.rect()
        return [
            rect.left() + (place - low) / (high - low) * rect.width() for place, _ in self._ticks
        ]

    @Slot()
    def _arrange(self, *ignored: Any) -> None:
        metrics, rect = QFontMetricsF(self.font()), self._box.rect()
        widths = [metrics.horizontalAdvance(label) for _, label in self._ticks]
        self._placed = place_labels(self._xs(), widths, rect.left(), rect.right())
        self._box.marks_changed.emit()

    def _pen(self, xs: Sequence[float]) -> QPen:
        """Return the pen of the lines: many of them must not hide the curves."""
        colour = QColor(self._theme.best)
        if len(xs) > 1 and (max(xs) - min(xs)) / (len(xs) - 1) < _CROWDED:
            colour.setAlpha(90)
        return pg.mkPen(colour, width=1, style=Qt.PenStyle.DashDotLine)

    def font(self) -> Any:
        """Return the font of the labels."""
        font = pg.QtWidgets.QApplication.font()
        font.setPointSizeF(font.pointSizeF() * 0.9)
        return font

    def paint(self, painter: QPainter) -> None:
        """Paint the lines, then the words over them."""
        if not self._ticks:
            return
        rect, font = self._box.rect(), self.font()
        metrics = QFontMetricsF(font)
        painter.setClipRect(rect)
        painter.setFont(font)
        xs = self._xs()
        painter.setPen(self._pen(xs))
        for x in xs:
            if rect.left() <= x <= rect.right():
                painter.drawLine(QLineF(round(x), rect.top(), round(x), rect.bottom()))
        behind = QColor(self._theme.surface)
        behind.setAlpha(215)
        for i, start in self._placed.items():
            label = self._ticks[i][1]
            box = QRectF(start - 1, rect.top() + 1, metrics.horizontalAdvance(label) + 2,
                         metrics.height())  # fmt: skip
            painter.fillRect(box, behind)
            painter.setPen(QColor(self._theme.best))
            painter.drawText(QPointF(start, rect.top() + 1 + metrics.ascent()), label)
