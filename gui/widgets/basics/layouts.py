"""Rows and columns of parts, and widgets that hold them."""

from __future__ import annotations

from typing import Any, TypeVar

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QBoxLayout,
    QFrame,
    QHBoxLayout,
    QLayout,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

Part = QWidget | QLayout | tuple[Any, ...] | int | None
"""A widget or a layout, alone or with its stretch and alignment; pixels of room; None: the room
that is left."""

Margins = tuple[int, int, int, int]
"""Left, top, right, bottom."""

_NONE = (0, 0, 0, 0)
_Box = TypeVar("_Box", bound=QBoxLayout)


def beside(*parts: Part, spacing: int = 6, margins: Margins = _NONE) -> QHBoxLayout:
    """Return a row of parts."""
    return filled(QHBoxLayout(), *parts, spacing=spacing, margins=margins)


def below(*parts: Part, spacing: int = 6, margins: Margins = _NONE) -> QVBoxLayout:
    """Return a column of parts."""
    return filled(QVBoxLayout(), *parts, spacing=spacing, margins=margins)


def holding(layout: QLayout, parent: QWidget) -> QWidget:
    """Return a widget that holds what is laid out."""
    holder = QWidget(parent)
    holder.setLayout(layout)
    return holder


def scrolled(
    content: QWidget, parent: QWidget | None = None, *, sideways: bool = True
) -> QScrollArea:
    """Return an area without a frame in which something is scrolled, up and down alone or both."""
    area = QScrollArea(parent)
    area.setWidget(content)
    area.setWidgetResizable(True)
    area.setFrameShape(QFrame.Shape.NoFrame)
    if not sideways:
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    return area


def filled(layout: _Box, *parts: Part, spacing: int = 6, margins: Margins = _NONE) -> _Box:
    """Put parts into a row or a column."""
    layout.setContentsMargins(*margins)
    layout.setSpacing(spacing)
    for part in parts:
        if part is None:
            layout.addStretch(1)
        elif isinstance(part, int):
            layout.addSpacing(part)
        else:
            item, *how = part if isinstance(part, tuple) else (part,)
            if isinstance(item, QWidget):
                layout.addWidget(item, *how)
            else:
                layout.addLayout(item, *how)
    return layout
