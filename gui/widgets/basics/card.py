"""What everything on a page stands in: a rounded frame with a title."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtWidgets import QFrame, QLabel, QVBoxLayout, QWidget

from gui.widgets.basics.fitting_label import FittingLabel
from gui.widgets.basics.layouts import below, beside, filled, holding

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtGui import QMouseEvent
    from PySide6.QtWidgets import QLayout

    from gui.widgets.basics.layouts import Margins

MARGINS = (12, 8, 12, 8)
"""Left, top, right, bottom."""


class FillRequest(QEvent):
    """Asks the window to let a card fill it, or to lay it back."""

    TYPE = QEvent.Type(QEvent.registerEventType())

    def __init__(self, card: Card) -> None:
        super().__init__(self.TYPE)
        self.card = card


class _Column(QVBoxLayout):
    """Asks for no more than it must have: Qt takes what words that wrap would like for the least.

    All that is in a card beside such words grows into the room there is.
    """

    _is_asking = False

    def heightForWidth(self, width: int) -> int:
        """Return the least height in which the words are whole."""
        if self._is_asking:  # by the least height, which Qt finds together with this one
            return super().heightForWidth(width)
        self._is_asking = True
        least = self.minimumHeightForWidth(width)
        self._is_asking = False
        return least


class Card(QFrame):
    """A title, words beside it, widgets at the right, and below them the content.

    A double click on the title row asks the window to let the card fill it.

    Parameters
    ----------
    title : written in capitals; empty for none
    content : what stands below, a widget or a layout
    words : beside the title, or a widget there
    right : at the right end of the title row
    """

    def __init__(
        self,
        title: str,
        content: QWidget | QLayout,
        words: str | QWidget = "",
        right: Sequence[QWidget] = (),
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("card")
        self.content = content
        self.title = QLabel("", self, textFormat=Qt.TextFormat.PlainText)
        self.title.setObjectName("heading")
        if isinstance(words, QWidget):
            self.words = words
        else:
            self.words = FittingLabel("", self)
            self.words.setObjectName("caption")
            self.set_words(words)
        row = beside(self.title, (self.words, 1), *right, spacing=8)
        self.head = holding(row, self)
        """The title row."""
        self.set_title(title)
        if not (title or words or right):
            self.head.hide()
        self.setLayout(filled(_Column(), self.head, (content, 1), spacing=4, margins=MARGINS))

    def set_title(self, title: str) -> None:
        """Write another title."""
        self.setAccessibleName(title)
        self.title.setText(title.upper())
        self.title.setVisible(bool(title))

    def set_words(self, *wordings: str) -> None:
        """Write other words beside the title: the first that fit."""
        assert isinstance(self.words, FittingLabel)
        self.words.set_wordings(*wordings)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Let the card fill the window, or go back."""
        if self.head.geometry().contains(event.position().toPoint()):
            QCoreApplication.sendEvent(self.window(), FillRequest(self))
        super().mouseDoubleClickEvent(event)


def card(content: QWidget, margins: Margins) -> QFrame:
    """Return ``content`` in a frame, with (left, top, right, bottom) margins in pixels."""
    frame = QFrame()
    frame.setObjectName("card")
    frame.setLayout(below(content, margins=margins))
    return frame
