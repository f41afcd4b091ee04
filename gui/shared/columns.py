"""Words as widgets: small titles, and what is said."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QWidget


def label(
    words: str,
    parent: QWidget,
    name: str = "",
    *,
    wraps: bool = False,
    buddy: QWidget | None = None,
) -> QLabel:
    """Return plain words: names of classes, files and runs come from strangers.

    Parameters
    ----------
    name : of its look, as "muted" or "caption"
    wraps : whether they may take several lines
    buddy : what they name
    """
    made = QLabel(words, parent, textFormat=Qt.TextFormat.PlainText, wordWrap=wraps)
    made.setObjectName(name)
    if buddy is not None:
        made.setBuddy(buddy)
    return made


def heading(words: str, parent: QWidget) -> QLabel:
    """Return a small title."""
    return label(words, parent, "heading")


def sentences(parent: QWidget, name: str = "", *, selectable: bool = False) -> QLabel:
    """Return a label for words that wrap, to be copied perhaps; ``name`` is that of its look."""
    made = label("", parent, name, wraps=True)
    if selectable:
        made.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    return made
