"""Messages inside the window: what happened, what it means, what to do."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QEvent, QObject, QRect, QSize, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QFrame, QSizePolicy, QToolButton, QWidget

from gui.session.messages import Message
from gui.shared.columns import sentences
from gui.widgets.basics.controls import button
from gui.widgets.basics.layouts import beside

if TYPE_CHECKING:
    from PySide6.QtGui import QHideEvent, QIcon, QShowEvent

HINT_MILLISECONDS = 6000
"""A hint goes by itself; an error stays until it is read and closed, or somebody works on."""

_LETTER_MILLISECONDS = 50
"""For each letter beyond the first line: two hundred words a minute."""

_LINE = 120
"""Letters of a message that are read at a glance."""

_TOGETHER_MILLISECONDS = 500
"""Hints within this time have one cause, and neither has been read yet."""


class NoticeBar(QFrame):
    """One line at the top of the window, closed by the person (errors) or by time (hints)."""

    placed = Signal()
    """It is shown, and needs a place of its height."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("notice")
        self.words = sentences(self, selectable=True)
        self.words.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self.close_button = QToolButton(self)
        self.close_button.setAccessibleName("close message")
        self.close_button.setToolTip("Close this message")
        self.close_button.setIconSize(QSize(16, 16))
        self.close_button.clicked.connect(self.close_message)
        self.action_button = button("", self, look="call", pressed=self._act)
        self._message = Message("")
        self._offer: Message | None = None
        """One that has not been answered; a message may lie over it for a while."""
        close = (self.close_button, 0, Qt.AlignmentFlag.AlignTop)
        parts = ((self.words, 1), self.action_button, close)
        self._layout = beside(*parts, margins=(12, 6, 6, 6))
        self.setLayout(self._layout)
        self._timer = QTimer(self, singleShot=True)
        self._timer.timeout.connect(self.close_message)
        # Of this bar, not of the window: hidden, it leaves the key to whatever else is open.
        QShortcut(QKeySequence(Qt.Key.Key_Escape), self, self.close_message)
        self.hide()

    def set_icon(self, icon: QIcon) -> None:
        """Use this icon on the close button."""
        self.close_button.setIcon(icon)

    def forgive(self) -> None:
        """Close an error at once: what it was about has succeeded."""
        if self.isVisible() and self.property("error"):
            self.close_message()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Let an error go in time once a person works on: it lies over what they work with."""
        is_work = event.type() in (QEvent.Type.MouseButtonPress, QEvent.Type.KeyPress)
        if is_work and isinstance(watched, QWidget) and not self.isAncestorOf(watched):
            self.outdated()
        return False

    def showEvent(self, event: QShowEvent) -> None:
        """Watch what a person does."""
        super().showEvent(event)
        QCoreApplication.instance().installEventFilter(self)  # type: ignore[union-attr]

    def hideEvent(self, event: QHideEvent) -> None:
        """Watch no longer."""
        super().hideEvent(event)
        QCoreApplication.instance().removeEventFilter(self)  # type: ignore[union-attr]

    @Slot()
    def outdated(self) -> None:
        """Let an error go that a later success has made old, but not before it could be read.

        An offer stays until it is answered.
        """
        if self.isVisible() and self.action_button.isHidden() and not self._timer.isActive():
            self._timer.start(HINT_MILLISECONDS)

    def place(self, area: QRect) -> None:
        """Lie over the top of ``area``: a message must not move what one is about to click."""
        height = self._layout.totalHeightForWidth(area.width())
        self.setGeometry(area.left(), area.top(), area.width(), height)
        self.raise_()

    @property
    def text(self) -> str:
        """The message shown last."""
        return self.words.text()

    @property
    def goes_by_itself(self) -> bool:
        """Whether time is running until it closes."""
        return self._timer.isActive()

    @Slot(object)
    def show_message(self, message: Message) -> None:
        """Show a message; hints that come at the same time are shown together.

        What is said to go on, "...", is over with the next. An offer stays until it is answered.
        """
        shown_for = self._timer.interval() - self._timer.remainingTime()
        is_hint = self.isVisible() and self._timer.isActive() and not self.property("error")
        goes_on = self.text.endswith("...")
        is_plain = not (message.is_error or message.verb or goes_on)
        if is_plain and is_hint and shown_for < _TOGETHER_MILLISECONDS:
            both = f"{self.text} {message.words}"
            before = self._message
            message = replace(before, words=self.text if message.words in self.text else both)
        if message.about:
            self._offer = message
        self._show(message)
        if message.is_error or message.about:
            self._timer.stop()
        else:
            more = max(len(message.words) - _LINE, 0)
            self._timer.start(HINT_MILLISECONDS + _LETTER_MILLISECONDS * more)

    def withdraw(self, name: str) -> None:
        """Forget the offer of these data: it was taken in another way."""
        if self._offer is not None and self._offer.about == name:
            is_shown, self._offer = self._message is self._offer, None
            if is_shown:
                self.hide()

    @Slot()
    def close_message(self) -> None:
        """Close the message; an offer that lay below it comes to light again."""
        if self._message is self._offer:
            self._offer = None
        self.hide()
        if self._offer is not None:
            self.show_message(self._offer)

    def _show(self, message: Message) -> None:
        self._message = message
        self.action_button.setVisible(bool(message.verb))
        self.action_button.setText(message.verb)
        self.words.setText(message.words)
        self.setProperty("error", message.is_error)
        self.style().unpolish(self)
        self.style().polish(self)
        self.setAccessibleDescription(message.words)
        self.show()
        self.placed.emit()

    @Slot()
    def _act(self) -> None:
        message = self._message
        self.close_message()
        if message.act is not None:
            message.act()
