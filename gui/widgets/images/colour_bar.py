"""The scale of a diverging picture."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QColor, QPainter
from PySide6.QtWidgets import QSizePolicy

from core.pictures import DIVERGING
from gui.widgets.basics.numpy_image import to_qimage
from gui.widgets.basics.painted import Painted
from gui.widgets.basics.short_number import short_number

if TYPE_CHECKING:
    from PySide6.QtGui import QPaintEvent
    from PySide6.QtWidgets import QWidget


_BAR = 40
"""Pixels of the colours."""
_GAP = 5
_USUAL = "−0.00"
"""Room that each number has at least: the bar does not move while they change."""


class ColourBar(Painted):
    """Blue to red with the numbers of its ends, lying."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("colour scale", parent)
        self.limit = 1.0
        """The value of full red."""
        self._image = to_qimage(DIVERGING[None])
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setToolTip("One scale for all classes: blue is negative, red positive, white zero.")

    def set_limit(self, limit: float) -> None:
        """Show the scale from ``-limit`` to ``limit``."""
        if limit != self.limit:
            before, self.limit = self._words(), limit
            if self._words() != before:
                self.updateGeometry()
                self.update()

    def _words(self) -> tuple[str, str]:
        """Return the numbers at both ends, never long."""
        return short_number(-self.limit, digits=2), short_number(self.limit, digits=2)

    def _side(self) -> int:
        metrics = self.fontMetrics()
        return max(metrics.horizontalAdvance(words) for words in (_USUAL, *self._words())) + _GAP

    def sizeHint(self) -> QSize:
        """Return the size that its numbers need."""
        return QSize(_BAR + 2 * self._side(), self.fontMetrics().height() + 2)

    def minimumSizeHint(self) -> QSize:
        """Return the same: its numbers are always read."""
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the numbers at both sides of the scale."""
        with QPainter(self) as painter:
            side, height, thickness = self._side(), self.height(), 9
            bar = QRect(side, (height - thickness) // 2, self.width() - 2 * side, thickness)
            painter.drawImage(bar, self._image)
            painter.setPen(QColor(self._theme.border))
            painter.drawRect(bar.adjusted(0, 0, -1, -1))
            painter.setPen(QColor(self._theme.muted))
            low, high = self._words()
            right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
            left = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
            painter.drawText(QRect(0, 0, side - _GAP, height), right, low)
            painter.drawText(QRect(bar.right() + 1 + _GAP, 0, side, height), left, high)
