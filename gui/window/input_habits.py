"""Keys mean the same wherever the keyboard is, and the wheel scrolls.

Only what has the keyboard, and what a wheel could change, is watched: to watch every event of the
application in Python would be felt.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, Qt, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractSpinBox,
    QComboBox,
    QSlider,
    QToolButton,
    QWidget,
)

from gui.widgets.basics.arrow_keys import ENTER
from gui.widgets.basics.controls import FittingList
from gui.window.actions import STAGE_KEYS

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtWidgets import QApplication

_KEYED = (QAbstractButton, QComboBox, QSlider)
_WHEELED = (QComboBox, QAbstractSpinBox, QSlider)


class InputHabits(QObject):
    """Presses buttons and opens lists with Enter; the keys of the stage go to the stage.

    The space bar plays what is there also where a button or list is focused, and so do the arrows
    step. Over a list, or a number or slider that nobody has clicked, the wheel would change a
    setting while somebody wants to read on.

    Parameters
    ----------
    window : whose widgets these are
    take_key : takes a key of the stage; returns whether it was one
    """

    def __init__(
        self, app: QApplication, window: QWidget, take_key: Callable[[QKeyEvent], bool]
    ) -> None:
        super().__init__(window)
        self._window, self._take_key = window, take_key
        app.focusChanged.connect(self._focus_changed)

    def guard(self, widget: QWidget) -> None:
        """Let the wheel change nothing in it, and in what it holds, unless that is focused."""
        for part in (widget, *widget.findChildren(QWidget)):
            if isinstance(part, _WHEELED):
                part.installEventFilter(self)  # once more is as good as once

    @Slot(QWidget, QWidget)
    def _focus_changed(self, before: QWidget | None, now: QWidget | None) -> None:
        if isinstance(before, _KEYED) and not isinstance(before, _WHEELED):
            before.removeEventFilter(self)
        if isinstance(now, _KEYED) and now.window() is self._window:
            now.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Press with Enter, hand keys of the stage on to the window, pass the wheel on."""
        if event.type() == QEvent.Type.Wheel and isinstance(watched, _WHEELED):
            # A list keeps the keyboard once it was used; to open it is one click.
            if isinstance(watched, QComboBox) or not watched.hasFocus():
                event.ignore()  # so that it goes to the widget around it
                return True
        elif (
            event.type() == QEvent.Type.KeyPress
            and isinstance(event, QKeyEvent)
            and isinstance(watched, _KEYED)
        ):
            return self._pressed(watched, event)
        return False

    def _pressed(self, watched: QWidget, event: QKeyEvent) -> bool:
        if Qt.Key(event.key()) in STAGE_KEYS:
            return self._take_key(event)
        if Qt.Key(event.key()) not in ENTER:
            return False
        if isinstance(watched, QToolButton) and watched.menu() is not None:
            watched.showMenu()
        elif isinstance(watched, QAbstractButton):
            watched.click()
        elif isinstance(watched, QComboBox):
            if not (isinstance(watched, FittingList) and watched.is_key_taken):
                watched.showPopup()
        else:
            return False
        return True
