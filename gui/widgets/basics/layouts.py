"""Rows and columns of parts, and widgets that hold them."""

from __future__ import annotations

from typing import TypeVar

from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QLayout, QVBoxLayout, QWidget

Part = QWidget | QLayout | tuple[QWidget | QLayout, int] | int | None
"""A widget or a layout, alone or with its stretch; pixels of room; None: the room that is left."""

_Box = TypeVar("_Box", bound=QBoxLayout)


def beside(*parts: Part, spacing: int = 6) -> QHBoxLayout:
    """Return a row of parts, without margins."""
    return _filled(QHBoxLayout(), parts, spacing)


def below(*parts: Part, spacing: int = 6) -> QVBoxLayout:
    """Return a column of parts, without margins."""
    return _filled(QVBoxLayout(), parts, spacing)


def holding(layout: QLayout, parent: QWidget) -> QWidget:
    """Return a widget that holds what is laid out."""
    holder = QWidget(parent)
    holder.setLayout(layout)
    return holder


def _filled(layout: _Box, parts: tuple[Part, ...], spacing: int) -> _Box:
    layout.setContentsMargins(0, 0, 0, 0)
    layout.setSpacing(spacing)
    for part in parts:
        if part is None:
            layout.addStretch(1)
        elif isinstance(part, int):
            layout.addSpacing(part)
        else:
            item, stretch = part if isinstance(part, tuple) else (part, 0)
            if isinstance(item, QWidget):
                layout.addWidget(item, stretch)
            else:
                layout.addLayout(item, stretch)
    return layout
