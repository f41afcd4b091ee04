"""Words about what the pointer is over: tooltips that wrap, and words for the window."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QEvent, QObject
from PySide6.QtGui import QStatusTipEvent

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget


def wrapped(*paragraphs: str) -> str:
    """Return plain words as rich text, which Qt breaks into lines; plain text it does not."""
    return "<qt>" + "".join(f"<p>{escape(words)}</p>" for words in paragraphs if words) + "</qt>"


class Hovered(QStatusTipEvent):
    """A kind of its own: menus send status tips, too, and empty ones."""


class _Forgetting(QObject):
    """Takes back what a widget has said, once it is hidden or the keyboard leaves it."""

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Say nothing any more of what is not looked at."""
        if event.type() in (QEvent.Type.Hide, QEvent.Type.FocusOut):
            watched.removeEventFilter(self)
            QCoreApplication.sendEvent(watched, Hovered(""))
        return False


def say_hovered(widget: QWidget, words: str) -> None:
    """Tell the window what is hovered: Qt hands a status tip from parent to parent up to it."""
    QCoreApplication.sendEvent(widget, Hovered(words))
    if words:
        widget.installEventFilter(widget.findChild(_Forgetting) or _Forgetting(widget))
