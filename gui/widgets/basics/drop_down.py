"""What unfolds more than choices: whatever stands in a widget."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QPoint, QSize, Qt
from PySide6.QtWidgets import QComboBox, QFrame, QWidget

from gui.theme import pixels
from gui.widgets.basics.controls import FittingList, offer
from gui.widgets.basics.layouts import below
from gui.widgets.basics.tooltips import wrapped

if TYPE_CHECKING:
    from PySide6.QtGui import QKeyEvent

    from gui.widgets.basics.layouts import Margins

_GAP = 2
_LEAST = 84
"""Pixels of a list at least, at 100 %."""


class Unfolded(QFrame):
    """Lies before everything, as large as what is in it, until Escape or a click beside it.

    Parameters
    ----------
    content : what is unfolded; None where a subclass lays it out itself
    """

    def __init__(
        self, parent: QWidget, content: QWidget | None = None, margins: Margins = (12, 10, 12, 10)
    ) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self.setObjectName("card")
        # Else a click on what has unfolded it would fold it, and unfold it again.
        self.setAttribute(Qt.WidgetAttribute.WA_NoMouseReplay)
        self._at: QWidget | None = None
        self._is_above = False
        if content is not None:
            self.setLayout(below(content, margins=margins))

    def show_at(self, widget: QWidget, *, above: bool = False) -> None:
        """Show it below a widget, or above it, where on the screen there is room for all of it."""
        self._at, self._is_above = widget, above
        self._fit()
        self.show()
        self.focusNextChild()

    def _fit(self) -> None:
        """Be as large as what is in it wants to be now, and on the screen as a whole."""
        if self._at is None:
            return
        self.adjustSize()
        at, room = self._at, self._at.screen().availableGeometry()
        corner = at.mapToGlobal(QPoint(0, 0))
        over, under = corner.y() - self.height() - _GAP, corner.y() + at.height() + _GAP
        is_above = self._is_above or under + self.height() > room.bottom()
        x = min(corner.x(), room.right() - self.width())
        self.move(max(x, room.left()), max(over if is_above else under, room.top()))

    def event(self, event: QEvent) -> bool:
        """Follow what is in it: rows come and go."""
        is_taken = super().event(event)
        if event.type() == QEvent.Type.LayoutRequest:
            self._fit()
        return is_taken

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Fold with Escape; in a field the first one forgets what was typed."""
        if event.key() == Qt.Key.Key_Escape:
            self.hide()
        else:
            super().keyPressEvent(event)


class DropDown(FittingList):
    """Looks and opens as a list of choices, and unfolds whatever stands in a widget.

    Parameters
    ----------
    name, tip : of the list, for a screen reader and the pointer
    content : what is unfolded
    """

    def __init__(self, name: str, content: QWidget, parent: QWidget, tip: str) -> None:
        super().__init__(parent)
        self.setAccessibleName(name)
        self.setToolTip(wrapped(tip))
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self.unfolded = Unfolded(self, content)

    def set_words(self, words: str) -> None:
        """Say this on it."""
        offer(self, {None: words})
        self.updateGeometry()

    def sizeHint(self) -> QSize:
        """Return the room for what it says now; where it is narrow, less is enough."""
        hint = super().sizeHint()
        words = self.fontMetrics().horizontalAdvance(self.currentText())
        return QSize(max(hint.width(), words + pixels(18) + 2 * hint.height() // 3), hint.height())

    def minimumSizeHint(self) -> QSize:
        """Return the room for the beginning; Qt keeps that of the longest words there have been."""
        hint = self.sizeHint()
        return QSize(min(hint.width(), pixels(_LEAST)), hint.height())

    def showPopup(self) -> None:
        """Unfold."""
        self.unfolded.show_at(self)

    def hidePopup(self) -> None:
        """Fold it again."""
        self.unfolded.hide()
        super().hidePopup()
