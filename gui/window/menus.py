"""The menus of all commands: behind one button and Alt; on a Mac in the bar it has for them."""

from __future__ import annotations

import sys
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QMenu

from gui.window.actions import COMMANDS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from PySide6.QtGui import QAction
    from PySide6.QtWidgets import QMainWindow, QWidget

HAS_BAR = sys.platform == "darwin"
"""Whether menus have a bar of their own, which takes no room in the window."""


class Menus:
    """One menu for each group of commands.

    Parameters
    ----------
    window : whose commands they are
    actions : by their names
    recent : the menu of what was opened last
    """

    def __init__(self, window: QMainWindow, actions: Mapping[str, QAction], recent: QMenu) -> None:
        self.all = QMenu("Menu", window)
        """All of them, below each other."""
        self.by_name: dict[str, QMenu] = {}
        for command in COMMANDS:
            if command.menu not in self.by_name:
                menu = self.by_name[command.menu] = QMenu(f"&{command.menu}", window)
                (window.menuBar() if HAS_BAR else self.all).addMenu(menu)
            self.by_name[command.menu].addAction(actions[command.name])
            if command.name == "open_folder":
                self.by_name[command.menu].addMenu(recent)
        # A key of a command works though its menu is folded away.
        window.addActions(list(actions.values()))
        self._button: QWidget | None = None
        if not HAS_BAR:
            window.menuBar().hide()
            for name, menu in self.by_name.items():
                keys = QKeySequence(f"Alt+{name[0]}")
                QShortcut(keys, window, partial(self._open, menu))

    def stand_at(self, button: QWidget) -> None:
        """Open below this button."""
        self._button = button

    def open(self) -> None:
        """Open the menu of menus, its first entry chosen."""
        self._open(self.all)
        self.all.setActiveAction(self.all.actions()[0])

    def _open(self, menu: QMenu) -> None:
        if self._button is not None:
            menu.popup(self._button.mapToGlobal(QPoint(0, self._button.height())))
            menu.setActiveAction(menu.actions()[0])
