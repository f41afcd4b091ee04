"""Two images side by side or one below the other, whichever makes them larger."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QBoxLayout, QSizePolicy, QWidget

if TYPE_CHECKING:
    from PySide6.QtGui import QResizeEvent

    from gui.widgets.images.image_view import ImageView

_GAP = 6


class ImagePair(QWidget):
    """Holds two views."""

    def __init__(self, first: ImageView, second: ImageView, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._views = first, second
        self._layout = QBoxLayout(QBoxLayout.Direction.LeftToRight, self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(_GAP)
        self._layout.addWidget(first)
        self._layout.addWidget(second)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    def minimumSizeHint(self) -> QSize:
        """Return what they need side by side: only where there is more they are stacked."""
        sizes = [view.minimumSizeHint() for view in self._views]
        width = sum(size.width() for size in sizes) + _GAP
        return QSize(width, max(size.height() for size in sizes))

    def sizeHint(self) -> QSize:
        """Return the same: they grow into what room there is."""
        return self.minimumSizeHint()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Choose what makes a square image larger; title and caption take a line each."""
        super().resizeEvent(event)
        words = 2 * (self.fontMetrics().height() + 4)
        width, height = self.width(), self.height()
        beside = min((width - _GAP) / 2, height - words)
        below = min(width, (height - _GAP) / 2 - words)
        ways = QBoxLayout.Direction
        self._layout.setDirection(ways.TopToBottom if below > beside else ways.LeftToRight)
