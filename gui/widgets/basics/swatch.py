"""A patch of a colour: what is drawn in it."""

from __future__ import annotations

from PySide6.QtCore import QSize
from PySide6.QtGui import QColor, QIcon, QPixmap

SIZE = QSize(18, 10)


def swatch(colour: str) -> QIcon:
    """Return a patch of a colour, as the icon of what is drawn in it."""
    picture = QPixmap(SIZE)
    picture.fill(QColor(colour))
    icon = QIcon(picture)
    icon.addPixmap(picture, QIcon.Mode.Selected)  # else it is tinted in the chosen row
    return icon
