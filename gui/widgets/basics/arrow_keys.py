"""Walking over a grid of cells with the arrow keys."""

from __future__ import annotations

from PySide6.QtCore import Qt

ARROWS = {
    Qt.Key.Key_Left: (0, -1),
    Qt.Key.Key_Right: (0, 1),
    Qt.Key.Key_Up: (-1, 0),
    Qt.Key.Key_Down: (1, 0),
}
"""Key -> how many rows down and columns to the right it goes."""

ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
