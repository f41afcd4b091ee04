"""Words about what the pointer is over: tooltips that wrap, and words for the window."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication
from PySide6.QtGui import QStatusTipEvent

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget


def wrapped(*paragraphs: str) -> str:
    """Return plain words as rich text, which Qt breaks into lines; plain text it does not."""
    return "<qt>" + "".join(f"<p>{escape(words)}</p>" for words in paragraphs if words) + "</qt>"


class Hovered(QStatusTipEvent):
    """A kind of its own: menus send status tips, too, and empty ones."""


def say_hovered(widget: QWidget, words: str) -> None:
    """Tell the window what is hovered: Qt hands a status tip from parent to parent up to it."""
    QCoreApplication.sendEvent(widget, Hovered(words))
