"""The first tile of the wall: draw one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtGui import QFont, QFontMetrics
from PySide6.QtWidgets import QToolButton

from gui.widgets.basics.tooltips import wrapped

if TYPE_CHECKING:
    from PySide6.QtGui import QResizeEvent
    from PySide6.QtWidgets import QWidget

_WORDS = "draw one"
_EDGE = 10
"""Pixels that frame and margins take beside the words."""
_HELP = "Draw an image of your own, and see what the model reads in it."


class DrawTile(QToolButton):
    """As large as an image of the wall; where that is small it has no words."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("tile")
        self.setText(_WORDS)
        self.setAccessibleName(_WORDS)
        self.setToolTip(wrapped(_HELP))
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)

    def minimumSizeHint(self) -> QSize:
        """Return next to nothing: the images say how large it is."""
        return QSize(8, 8)

    def changeEvent(self, event: QEvent) -> None:
        """Look anew whether the words fit."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Say in words what it is where they fit."""
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        width, height = self.width(), self.height()
        bold = QFont(self.font())
        bold.setBold(True)
        metrics = QFontMetrics(bold)
        fits = width > metrics.horizontalAdvance(_WORDS) + _EDGE and height > 3 * metrics.height()
        styles = Qt.ToolButtonStyle
        self.setToolButtonStyle(
            styles.ToolButtonTextUnderIcon if fits else styles.ToolButtonIconOnly
        )
        side = min(24, max(width - 8, 8), max(height - 8, 8))
        self.setIconSize(QSize(side, side))
