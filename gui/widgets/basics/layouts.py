"""Rows and columns of parts, and widgets that hold them."""

from __future__ import annotations

from typing import Any, TypeVar

from PySide6.QtCore import QRect, QSize, Qt
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


class Folding(QBoxLayout):
    """Parts beside each other; where that is too narrow, below each other."""

    def __init__(self, *parts: Part, spacing: int = 6) -> None:
        super().__init__(QBoxLayout.Direction.LeftToRight)
        filled(self, *parts, spacing=spacing)

    def _along(self, hints: list[QSize]) -> int:
        """Return how wide all parts are beside each other."""
        return sum(hint.width() for hint in hints) + self.spacing() * max(len(hints) - 1, 0)

    def _hints(self, what: str) -> list[QSize]:
        items = filter(None, map(self.itemAt, range(self.count())))
        return [getattr(item, what)() for item in items if not item.isEmpty()]

    def minimumSize(self) -> QSize:
        """Return the width of the widest part, and the height as the parts stand now."""
        width = max((hint.width() for hint in self._hints("minimumSize")), default=0)
        return QSize(width, super().minimumSize().height())

    def sizeHint(self) -> QSize:
        """Return the width that all would like beside each other."""
        return QSize(self._along(self._hints("sizeHint")), super().sizeHint().height())

    def setGeometry(self, room: QRect) -> None:
        """Put the parts beside or below each other."""
        fits = self._along(self._hints("minimumSize")) <= room.width()
        way = QBoxLayout.Direction.LeftToRight if fits else QBoxLayout.Direction.TopToBottom
        if way != self.direction():
            self.setDirection(way)
            self.update()  # it needs another height
        super().setGeometry(room)


def holding(layout: QLayout, parent: QWidget) -> QWidget:
    """Return a widget that holds what is laid out."""
    holder = QWidget(parent)
    holder.setLayout(layout)
    return holder


class _Words(QScrollArea):
    """An area of words, some lines of which are enough."""

    def __init__(self, lines: int, parent: QWidget | None) -> None:
        super().__init__(parent)
        self._lines = lines

    def minimumSizeHint(self) -> QSize:
        """Return the room for so many lines, however narrow."""
        return QSize(0, self._lines * self.fontMetrics().height())


def scrolled(
    content: QWidget, parent: QWidget | None = None, *, sideways: bool = True, lines: int = 0
) -> QScrollArea:
    """Return an area without a frame in which something is scrolled, up and down alone or both.

    ``lines``: of words that are seen at least; 0 for as much as Qt leaves of anything.
    """
    area = _Words(lines, parent) if lines else QScrollArea(parent)
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
