"""A line of its own for what is told: it covers nothing, and below nothing moves."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt, QTimer, Slot
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QFrame, QSizePolicy

from gui.shared.columns import label, sentences
from gui.theme import grow, pixels
from gui.widgets.basics.controls import button
from gui.widgets.basics.drop_down import Unfolded
from gui.widgets.basics.fitting_label import FittingLabel
from gui.widgets.basics.layouts import beside
from gui.widgets.basics.tooltips import wrapped

if TYPE_CHECKING:
    from collections.abc import Mapping

    from PySide6.QtGui import QIcon, QMouseEvent
    from PySide6.QtWidgets import QWidget

    from gui.session.messages import Message
    from gui.shared.transport import Offer

HINT_MILLISECONDS = 6000
"""A hint goes by itself; an error stays until it is read and closed."""

_LETTER_MILLISECONDS = 50
"""For each letter beyond those that are read at a glance: two hundred words a minute."""

_GLANCE = 120
"""Letters of a message that are read at a glance."""

_TOGETHER_MILLISECONDS = 500
"""Hints within this time have one cause, and neither has been read yet."""

_SAME = 3
"""Messages that begin with as many equal words tell of the same: the newest takes the place."""

_ICON = QSize(16, 16)


class LongWords(FittingLabel):
    """One line, cut where there is no room; a click shows, and lets copy, all of it."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__("", parent, look="told")
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)

    def say(self, words: str) -> None:
        """Say this."""
        self.set_wordings(words)
        self.setAccessibleName(words)
        self._tell_whole()

    @property
    def is_cut(self) -> bool:
        """Whether not all of it is seen."""
        return self.shown != self.text()

    def resizeEvent(self, event: object) -> None:
        """Offer the whole where it is cut now."""
        self._tell_whole()

    def _tell_whole(self) -> None:
        self.setToolTip(wrapped(self.text()) if self.is_cut else "")
        shape = Qt.CursorShape.PointingHandCursor if self.is_cut else Qt.CursorShape.ArrowCursor
        self.setCursor(shape)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Show all of what is cut, above its line."""
        if not self.is_cut:
            return
        words = sentences(self, selectable=True)
        words.setText(self.text())
        words.setFixedWidth(min(self.window().width() - 80, pixels(640)))
        words.setFixedHeight(words.heightForWidth(words.width()))
        whole = Unfolded(self, words, margins=(12, 8, 12, 8))
        whole.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        whole.show_at(self, above=True)


class MessageLine(QFrame):
    """What was told last, with the one thing that can be done about it; else what is going on.

    A hint goes by itself, and what lay below it comes to light again: an error until it is closed,
    an offer until it is answered.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("messageLine")
        self._icons: Mapping[str, QIcon] = {}
        self._message: Message | None = None
        self._below: list[Message] = []
        """Errors and offers that have not been answered, the newest last."""
        self._status = ""
        self._offer: Offer | None = None
        self.picture = label("", self)
        self.words = LongWords(self)
        self.verb = button("", self, look="verb", pressed=self._act)
        self.keys = label("Ctrl+Z", self, "caption")
        self.close_button = button("", self, "Close this message (Esc)", "verb", self.close_message)
        self.close_button.setAccessibleName("close message")
        grow(self.close_button, icon_size=12)
        for part in (self.verb, self.close_button):
            part.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._timer = QTimer(self, singleShot=True)
        self._timer.timeout.connect(self.close_message)
        self.row = beside(
            self.picture, self.words, self.verb, self.keys, self.close_button, spacing=8
        )
        self.setLayout(self.row)
        self._escape = QShortcut(QKeySequence(Qt.Key.Key_Escape), self, self.close_message)
        self._show()

    def set_icons(self, icons: Mapping[str, QIcon]) -> None:
        """Use these icons."""
        self._icons = icons
        self.close_button.setIcon(icons["close"])
        self._show()

    @property
    def has_message(self) -> bool:
        """Whether a message is shown; else it says what is going on."""
        return self._message is not None

    @property
    def text(self) -> str:
        """What is said, cut or not."""
        return self.words.text()

    @property
    def status(self) -> str:
        """What is going on."""
        return self._status

    @property
    def goes_by_itself(self) -> bool:
        """Whether time is running until the message closes."""
        return self._timer.isActive()

    def set_status(self, words: str, offer: Offer | None = None) -> None:
        """Say what is going on, where there is no message."""
        verb, before = (one and one[0] for one in (offer, self._offer))
        self._offer = offer
        if (words, verb) != (self._status, before):
            self._status = words
            if self._message is None:
                self._show()

    @Slot(object)
    def show_message(self, message: Message) -> None:
        """Show a message; hints that come at the same time are shown together.

        What is said to go on, "...", is over with the next.
        """
        before = self._message
        shown_for = self._timer.interval() - self._timer.remainingTime()
        is_plain = not (message.is_error or message.verb)
        if (
            is_plain
            and before is not None
            and self._timer.isActive()
            and not before.words.endswith("...")
            and shown_for < _TOGETHER_MILLISECONDS
            and " ".join(message.words.split()[:_SAME]) not in before.words
        ):
            message = replace(before, words=f"{before.words} {message.words}")
        if message.is_error:
            self._below = [other for other in self._below if not other.is_error]
        if message.is_error or message.about:
            self._below.append(message)
        self._message = message
        self._begin_to_wait()
        self._show()

    def _begin_to_wait(self) -> None:
        """Let a hint go after a while."""
        message = self._message
        if message is None or message in self._below:
            self._timer.stop()
        else:
            more = max(len(message.words) - _GLANCE, 0)
            self._timer.start(HINT_MILLISECONDS + _LETTER_MILLISECONDS * more)

    def forgive(self) -> None:
        """Let go of an error at once: what it was about has succeeded."""
        self._drop([message for message in self._below if message.is_error])

    @Slot()
    def outdated(self) -> None:
        """Let an error go that a later success has made old, but not before it could be read."""
        self._below = [message for message in self._below if not message.is_error]
        if self._message is not None and self._message.is_error and not self._timer.isActive():
            self._begin_to_wait()

    def withdraw(self, about: str) -> None:
        """Forget what was told of this: an offer that was taken in another way, or an error."""
        self._drop([message for message in self._below if message.about == about])

    @Slot(str)
    def withdraw_words(self, words: str) -> None:
        """Forget a message that begins with these words, which hold no longer."""
        told = [*self._below, *filter(None, (self._message,))]
        self._drop([message for message in told if message.words.startswith(words)])

    def _drop(self, gone: list[Message]) -> None:
        self._below = [message for message in self._below if message not in gone]
        if self._message in gone:
            self._message = self._below[-1] if self._below else None
            self._begin_to_wait()
            self._show()

    @Slot()
    def close_message(self) -> None:
        """Close the message; what lay below it comes to light again."""
        if self._message is not None:
            self._drop([self._message])

    def _show(self) -> None:
        message = self._message
        is_error = message is not None and message.is_error
        verb = message.verb if message is not None else (self._offer or ("",))[0]
        self.words.say(self._status if message is None else message.words)
        self.verb.setVisible(bool(verb))
        self.verb.setText(verb)
        self.verb.setToolTip(wrapped(f"{verb}: {self.text}"))
        self.keys.setVisible(verb == "Undo")
        self.close_button.setVisible(message is not None)
        self._escape.setEnabled(message is not None)
        self.picture.setVisible(message is not None)
        if message is not None and self._icons:
            icon = self._icons["mistake" if is_error else "info"]
            self.picture.setPixmap(icon.pixmap(_ICON))
        if self.property("error") != is_error:
            self.setProperty("error", is_error)
            self.words.setProperty("error", is_error)
            self.words.style().unpolish(self.words)
            self.words.style().polish(self.words)
        self.setAccessibleDescription(self.text)

    @Slot()
    def _act(self) -> None:
        message = self._message
        if message is None:
            act = None if self._offer is None else self._offer[1]
        else:
            act = message.act
            self.close_message()
        if act is not None:
            act()
