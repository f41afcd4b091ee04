"""The keys that mean something on a canvas, and are no shortcuts of the window there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt

if TYPE_CHECKING:
    from PySide6.QtGui import QKeyEvent

ARROWS = {
    Qt.Key.Key_Left: (0, -1),
    Qt.Key.Key_Right: (0, 1),
    Qt.Key.Key_Up: (-1, 0),
    Qt.Key.Key_Down: (1, 0),
}
"""Key -> how far the ink goes: pixels of the image down and right."""

_KEYS = (
    *ARROWS,
    Qt.Key.Key_Backspace,
    Qt.Key.Key_Delete,
    Qt.Key.Key_X,
    Qt.Key.Key_BracketLeft,
    Qt.Key.Key_BracketRight,
)

_ALLOWED = (
    Qt.KeyboardModifier.ShiftModifier
    | Qt.KeyboardModifier.KeypadModifier
    | Qt.KeyboardModifier.GroupSwitchModifier  # without it some keyboards have no brackets
)


def is_own_key(event: QKeyEvent) -> bool:
    """Whether a canvas does something at this key."""
    if is_undo(event):
        return True
    return event.key() in _KEYS and not event.modifiers() & ~_ALLOWED


def is_undo(event: QKeyEvent) -> bool:
    """Whether strokes are to be taken back, or with Shift put back."""
    is_control = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
    return event.key() == Qt.Key.Key_Z and is_control
