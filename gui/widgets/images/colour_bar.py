"""The scale of a diverging picture."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter
from PySide6.QtWidgets import QSizePolicy

from core.pictures import DIVERGING
from gui.widgets.basics.numpy_image import to_qimage
from gui.widgets.basics.painted import Painted
from gui.widgets.basics.short_number import short_number

if TYPE_CHECKING:
    from PySide6.QtGui import QImage, QPaintEvent
    from PySide6.QtWidgets import QWidget

    from gui.theme import Theme


_BAR = 40
"""Pixels of the colours."""
_GAP = 5
_USUAL = "−0.00"
"""Room that each number has at least: the bar does not move while they change."""


@cache
def _shades() -> QImage:
    return to_qimage(DIVERGING[None])


def _ends(limit: float) -> tuple[str, str]:
    """Return the numbers at both ends, never long."""
    return short_number(-limit, digits=2), short_number(limit, digits=2)


def _side(metrics: QFontMetrics, limit: float) -> int:
    return max(metrics.horizontalAdvance(words) for words in (_USUAL, *_ends(limit))) + _GAP


def scale_width(metrics: QFontMetrics, limit: float) -> int:
    """Return the room that a scale with its numbers needs."""
    return _BAR + 2 * _side(metrics, limit)


def paint_scale(painter: QPainter, box: QRect, limit: float, theme: Theme) -> None:
    """Paint blue to red from ``-limit`` to ``limit``, and the numbers at both sides."""
    side, height, thickness = _side(painter.fontMetrics(), limit), box.height(), 9
    bar = box.adjusted(side, (height - thickness) // 2, -side, 0)
    bar.setHeight(thickness)
    painter.drawImage(bar, _shades())
    painter.setPen(QColor(theme.border))
    painter.drawRect(bar.adjusted(0, 0, -1, -1))
    painter.setPen(QColor(theme.muted))
    low, high = _ends(limit)
    middle, right = Qt.AlignmentFlag.AlignVCenter, Qt.AlignmentFlag.AlignRight
    painter.drawText(QRect(box.left(), box.top(), side - _GAP, height), middle | right, low)
    painter.drawText(QRect(bar.right() + 1 + _GAP, box.top(), side, height), middle, high)


class ColourBar(Painted):
    """Blue to red with the numbers of its ends, lying."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("colour scale", parent)
        self.limit = 1.0
        """The value of full red."""
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setToolTip("One scale for all classes: blue is negative, red positive, white zero.")

    def set_limit(self, limit: float) -> None:
        """Show the scale from ``-limit`` to ``limit``."""
        if limit != self.limit:
            before, self.limit = self.limit, limit
            if _ends(limit) != _ends(before):
                self.updateGeometry()
                self.update()

    def sizeHint(self) -> QSize:
        """Return the size that its numbers need."""
        metrics = self.fontMetrics()
        return QSize(scale_width(metrics, self.limit), metrics.height() + 2)

    def minimumSizeHint(self) -> QSize:
        """Return the same: its numbers are always read."""
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the scale."""
        with QPainter(self) as painter:
            paint_scale(painter, self.rect(), self.limit, self._theme)
