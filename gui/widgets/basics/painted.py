"""What widgets share that paint themselves."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QMargins, QSize
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from gui.theme import LIGHT, Theme, pixels
from gui.widgets.basics.tooltips import say_hovered, wrapped

if TYPE_CHECKING:
    from PySide6.QtCore import QEvent
    from PySide6.QtGui import QMouseEvent


class Painted(QWidget):
    """Painted with the colours of a theme, as large as there is room; it tells what is hovered.

    Parameters
    ----------
    name : for screen readers
    """

    usual, least = QSize(), QSize()
    """A comfortable size, and the smallest that can be read."""
    in_words = 0
    """So much of the least height is of words, and grows with them."""

    def __init__(self, name: str, parent: QWidget | None) -> None:
        super().__init__(parent)
        self._theme = LIGHT
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName(name)

    def set_theme(self, theme: Theme) -> None:
        """Use these colours."""
        self._theme = theme
        self.update()

    def sizeHint(self) -> QSize:
        """Return a comfortable size."""
        return self.usual

    def minimumSizeHint(self) -> QSize:
        """Return the smallest readable size."""
        return self.least.grownBy(QMargins(0, 0, 0, pixels(self.in_words) - self.in_words))

    def tell(self, event: QMouseEvent, words: str) -> None:
        """Say what is under the pointer, to the window and beside the pointer; nothing hides it."""
        say_hovered(self, words)
        place = event.globalPosition().toPoint()
        QToolTip.showText(place, wrapped(words) if words else "", self)

    def leaveEvent(self, event: QEvent) -> None:
        """Forget what was hovered."""
        say_hovered(self, "")
