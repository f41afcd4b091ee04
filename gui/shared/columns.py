"""Lines and columns of small parts, and small titles above them."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLayout, QVBoxLayout, QWidget


def heading(words: str, parent: QWidget) -> QLabel:
    """Return a small title."""
    label = QLabel(words, parent)
    label.setObjectName("heading")
    label.setTextFormat(Qt.TextFormat.PlainText)  # names of classes come from strangers
    return label


def line_of(first: QWidget, second: QWidget, words: QLabel, progress: QLayout) -> QHBoxLayout:
    """Return the line above what is measured: two choices, what is known, and how far it is."""
    line = QHBoxLayout()
    line.setSpacing(10)
    line.addWidget(first)
    line.addWidget(second)
    line.addWidget(words, 1)
    line.addLayout(progress)
    return line


def column_of(owner: QWidget) -> QVBoxLayout:
    """Return a column without margins that fills ``owner``."""
    column = QVBoxLayout(owner)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(6)
    return column
