"""Lines and columns of small parts, and small titles above them."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget


def heading(words: str, parent: QWidget) -> QLabel:
    """Return a small title."""
    label = QLabel(words, parent)
    label.setObjectName("heading")
    label.setTextFormat(Qt.TextFormat.PlainText)  # names of classes come from strangers
    return label


def sentences(parent: QWidget, name: str = "") -> QLabel:
    """Return a label for words that wrap; ``name`` is that of its look."""
    label = QLabel("", parent)
    label.setObjectName(name)
    label.setTextFormat(Qt.TextFormat.PlainText)  # names come from strangers
    label.setWordWrap(True)
    return label


def column_of(owner: QWidget) -> QVBoxLayout:
    """Return a column without margins that fills ``owner``."""
    column = QVBoxLayout(owner)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(6)
    return column
