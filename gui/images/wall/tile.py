"""The first tile of the wall: draw one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QToolButton

from gui.widgets.basics.tooltips import wrapped

if TYPE_CHECKING:
    from PySide6.QtGui import QResizeEvent
    from PySide6.QtWidgets import QWidget

_WORDS = "draw one"
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

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Say in words what it is where they fit."""
        super().resizeEvent(event)
        width, height = self.width(), self.height()
        metrics = self.fontMetrics()
        fits = width > metrics.horizontalAdvance(_WORDS) + 6 and height > 3 * metrics.height()
        styles = Qt.ToolButtonStyle
        self.setToolButtonStyle(
            styles.ToolButtonTextUnderIcon if fits else styles.ToolButtonIconOnly
        )
        side = min(24, max(width - 8, 8), max(height - 8, 8))
        self.setIconSize(QSize(side, side))
