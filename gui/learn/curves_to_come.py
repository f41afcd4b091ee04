"""What stands where the curves will be while what draws them is loaded: cards, names and axes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtGui import QColor, QPainter
from PySide6.QtWidgets import QWidget

from gui.theme import LIGHT, Theme
from gui.widgets.basics.card import Card
from gui.widgets.basics.layouts import beside

if TYPE_CHECKING:
    from PySide6.QtGui import QPaintEvent

NAMES = ("Error", "Log-likelihood")
_LEFT, _TOP, _RIGHT, _BOTTOM = 46, 4, 12, 24
"""About what the numbers beside the axes will take, in pixels."""


class EmptyAxes(QWidget):
    """Two axes without numbers."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = LIGHT

    def set_theme(self, theme: Theme) -> None:
        """Use these colours."""
        self._theme = theme
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the axes."""
        painter = QPainter(self)
        painter.setPen(QColor(self._theme.border))
        left, bottom = _LEFT, self.height() - _BOTTOM
        painter.drawLine(left, _TOP, left, bottom)
        painter.drawLine(left, bottom, self.width() - _RIGHT, bottom)


class CurvesToCome(QWidget):
    """As large as the curves will be."""

    painted = Signal()
    """It was painted for the first time."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._is_painted = False
        self.setLayout(beside(*((Card(name, EmptyAxes(self)), 1) for name in NAMES), spacing=8))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Tell of the first time."""
        super().paintEvent(event)
        if not self._is_painted:
            self._is_painted = True
            self.painted.emit()
