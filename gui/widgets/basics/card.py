"""A bordered, rounded frame around something."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QFrame

from gui.widgets.basics.layouts import below

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from gui.widgets.basics.layouts import Margins


def card(content: QWidget, margins: Margins) -> QFrame:
    """Return ``content`` in a frame, with (left, top, right, bottom) margins in pixels."""
    frame = QFrame()
    frame.setObjectName("card")
    frame.setLayout(below(content, margins=margins))
    return frame
