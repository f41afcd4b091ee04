"""A list that unfolds more than choices: whatever stands in a widget."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QComboBox, QFrame, QWidget

from gui.widgets.basics.controls import offer
from gui.widgets.basics.layouts import below
from gui.widgets.basics.tooltips import wrapped

if TYPE_CHECKING:
    from PySide6.QtGui import QKeyEvent

_GAP = 2


class _Unfolded(QFrame):
    """Lies before everything until a click beside it or Escape folds it."""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Fold with Escape, from every field in it."""
        if event.key() == Qt.Key.Key_Escape:
            self.hide()
        else:
            super().keyPressEvent(event)


class DropDown(QComboBox):
    """Looks and opens as a list of choices, and unfolds ``content`` below itself.

    Parameters
    ----------
    name, tip : of the list, for a screen reader and the pointer
    content : what is unfolded
    """

    def __init__(self, name: str, content: QWidget, parent: QWidget, tip: str) -> None:
        super().__init__(parent)
        self.setAccessibleName(name)
        self.setToolTip(wrapped(tip))
        self.unfolded = _Unfolded(self, Qt.WindowType.Popup)
        self.unfolded.setObjectName("card")
        self.unfolded.setLayout(below(content, margins=(12, 10, 12, 10)))

    def set_words(self, words: str) -> None:
        """Say this on it."""
        offer(self, {None: words})

    def showPopup(self) -> None:
        """Unfold, on the screen as a whole."""
        frame = self.unfolded
        frame.adjustSize()
        room, corner = self.screen().availableGeometry(), self.mapToGlobal(QPoint(0, 0))
        x = min(corner.x(), room.right() - frame.width())
        y = corner.y() + self.height() + _GAP
        if y + frame.height() > room.bottom():
            y = corner.y() - frame.height() - _GAP
        frame.move(max(x, room.left()), max(y, room.top()))
        frame.show()
        frame.focusNextChild()

    def hidePopup(self) -> None:
        """Fold it again."""
        self.unfolded.hide()
        super().hidePopup()
