"""A bordered, rounded frame around something."""

from __future__ import annotations

from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget


def card(content: QWidget, margins: tuple[int, int, int, int]) -> QFrame:
    """Return ``content`` in a frame, with (left, top, right, bottom) margins in pixels."""
    frame = QFrame()
    frame.setObjectName("card")
    layout = QVBoxLayout(frame)
    layout.setContentsMargins(*margins)
    layout.addWidget(content)
    return frame
