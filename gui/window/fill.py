"""One view over the whole body of the window, and back into its place."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, QSize, QTimer
from PySide6.QtGui import QCursor
from PySide6.QtWidgets import QApplication, QSizePolicy, QWidget
from shiboken6 import isValid

from gui.widgets.basics.card import Card
from gui.widgets.basics.layouts import below

if TYPE_CHECKING:
    from PySide6.QtWidgets import QLayout, QStackedWidget

_ANY = QSize(16777215, 16777215)
"""Qt's own largest size of a widget."""


class Filled(QWidget):
    """Lies over the body while a card fills it.

    Attributes
    ----------
    origin : the widget that the card is on when it is in its place
    """

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.origin: QWidget | None = None
        self.setAutoFillBackground(True)
        self.setLayout(below(margins=(8, 8, 8, 8)))
        self.hide()


class Fill(QObject):
    """Lets a card fill the body of the window.

    The card itself is moved, nothing else: behind it the page stays as it is, and goes on. It goes
    back when its place is not seen any more, as another tab or page is.

    Parameters
    ----------
    window : which cards ask
    pages : what is filled
    """

    def __init__(self, window: QWidget, pages: QStackedWidget) -> None:
        super().__init__(window)
        self._window, self._pages = window, pages
        self.over = Filled(window)
        self.card: Card | None = None
        """What fills the window."""
        self._place = QWidget()
        self._limits = QSize(), QSize(), QSizePolicy(), QSize()
        """Least and largest size, policy and size that the card has in its place."""
        pages.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Keep to the body; go back when the place is left."""
        if self.card is not None:
            if watched is self._pages and event.type() in (QEvent.Type.Resize, QEvent.Type.Move):
                self._keep_to_body()
            elif watched is self._place and event.type() == QEvent.Type.Hide:
                QTimer.singleShot(0, self, self.leave)
        return False

    def ask(self, card: Card) -> None:
        """Let this card fill the window, or go back if it does."""
        self.show_card(None if card is self.card else card)

    def toggle(self) -> None:
        """Let the card under the pointer, else the one with the keyboard, fill the window."""
        if self.leave():
            return
        under = self._window.childAt(self._window.mapFromGlobal(QCursor.pos()))
        for widget in (under, QApplication.focusWidget()):
            card = _card_of(widget)
            if card is not None and self._pages.isAncestorOf(card):
                self.show_card(card)
                return

    def show_card(self, card: Card | None) -> None:
        """Let this card fill the window, or none."""
        self.leave()
        layout = None if card is None else _layout_of(card)
        if card is None or layout is None:
            return
        focus = QApplication.focusWidget()
        self.card, self.over.origin = card, card.parentWidget()
        self._limits = card.minimumSize(), card.maximumSize(), card.sizePolicy(), card.size()
        self._place = QWidget()
        layout.replaceWidget(card, self._place)
        self._place.show()
        self._place.installEventFilter(self)
        card.setMinimumSize(0, 0)
        card.setMaximumSize(_ANY)
        card.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        holder = self.over.layout()
        assert holder is not None
        holder.addWidget(card)
        self._keep_to_body()
        self.over.raise_()
        self.over.show()
        card.show()
        (focus if focus is not None and card.isAncestorOf(focus) else card).setFocus()

    def leave(self) -> bool:
        """Lay the card back; return whether one filled the window."""
        card, self.card = self.card, None
        if card is None:
            return False
        page, focus = self._pages.currentWidget(), QApplication.focusWidget()
        self._place.removeEventFilter(self)
        layout = _layout_of(self._place) if isValid(self._place) else None
        if isValid(card):
            self._shrink(card)
            if layout is not None:
                layout.replaceWidget(self._place, card)
                card.show()
        self.over.hide()
        if page is not None and focus is card:  # which is nothing that takes keys in its place
            page.setFocus()
        if isValid(self._place):
            self._place.setParent(None)
            self._place.deleteLater()
        return True

    def _shrink(self, card: Card) -> None:
        """Make a card what it was before it goes back: plots ask for as much room as they have."""
        least, largest, policy, size = self._limits
        holder, inside = self.over.layout(), card.layout()
        assert holder is not None
        holder.removeWidget(card)
        card.setMinimumSize(least)
        card.setMaximumSize(largest)
        card.setSizePolicy(policy)
        card.resize(size)
        if inside is not None:
            inside.activate()

    def _keep_to_body(self) -> None:
        seen = self._pages.parentWidget() or self._pages  # lower than a page that scrolls
        top = seen.mapTo(self._window, seen.rect().topLeft())
        self.over.setGeometry(0, top.y(), self._window.width(), seen.height())


def _card_of(widget: QWidget | None) -> Card | None:
    while widget is not None and not isinstance(widget, Card):
        widget = widget.parentWidget()
    return widget


def _layout_of(widget: QWidget) -> QLayout | None:
    """Return the layout, perhaps one within another, that holds a widget."""
    parent = widget.parentWidget()
    layouts = [parent.layout() if parent is not None else None]
    while layouts:
        layout = layouts.pop()
        if layout is None:
            continue
        if layout.indexOf(widget) >= 0:
            return layout
        items = (layout.itemAt(i) for i in range(layout.count()))
        layouts += [item.layout() for item in items if item is not None]
    return None
