"""Every command by a few letters of it: type, choose, Enter."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, Qt, Slot
from PySide6.QtWidgets import QLineEdit, QTreeWidget, QTreeWidgetItem, QWidget

from gui.theme import pixels
from gui.widgets.basics.drop_down import Unfolded
from gui.widgets.basics.layouts import below
from gui.window.actions import COMMANDS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from PySide6.QtGui import QAction, QKeyEvent

    from gui.window.actions import Command

_ROWS, _WIDTH = 12, 520
_WALKS = (Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown)


def matching(typed: str) -> list[Command]:
    """Return the commands that have every word typed, those that begin with it first.

    What only their help says comes last.
    """
    words = typed.lower().split()

    def place(command: Command) -> int:
        name, whole = command.text.lower(), f"{command.menu} {command.text}".lower()
        if name.startswith(" ".join(words)):
            return 0
        if all(any(part.startswith(word) for part in whole.split()) for word in words):
            return 1
        if all(word in whole for word in words):
            return 2
        return 3 if all(word in f"{whole} {command.help.lower()}" for word in words) else 4

    return [command for command in sorted(COMMANDS, key=place) if place(command) < 4]


class CommandPalette(Unfolded):
    """A line to type in over the list of what matches, with its keys; Escape closes it.

    Parameters
    ----------
    actions : by the names of their commands
    """

    def __init__(self, actions: Mapping[str, QAction], window: QWidget) -> None:
        super().__init__(window)
        self._actions, self._window = actions, window
        self.line = QLineEdit(self, placeholderText="a few letters of a command")
        self.line.setAccessibleName("command")
        self.line.setToolTip("Type a few letters of a command; Enter runs the one chosen")
        self.list = QTreeWidget(self)
        self.list.setObjectName("commands")
        self.list.setColumnCount(2)
        self.list.setHeaderHidden(True)
        self.list.setRootIsDecorated(False)
        header = self.list.header()
        header.setStretchLastSection(False)
        header.setSectionResizeMode(0, header.ResizeMode.Stretch)
        header.setSectionResizeMode(1, header.ResizeMode.ResizeToContents)
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.setAccessibleName("commands that match")
        self.line.textChanged.connect(self._match)
        self.line.returnPressed.connect(self._run)
        self.list.itemClicked.connect(self._run)
        self.setLayout(below(self.line, self.list, margins=(8, 8, 8, 8)))

    @Slot()
    def ask(self) -> None:
        """Open at the top of the window, with every command."""
        self.line.clear()
        self._match("")
        window = self._window
        self.setFixedWidth(min(pixels(_WIDTH), window.width() - 40))
        self.list.setFixedHeight(_ROWS * max(self.list.sizeHintForRow(0), 1) + 4)
        self.adjustSize()
        self.move(window.mapToGlobal(QPoint((window.width() - self.width()) // 2, pixels(44))))
        self.show()
        self.line.setFocus()

    @Slot(str)
    def _match(self, typed: str) -> None:
        self.list.clear()
        for command in matching(typed):
            item = QTreeWidgetItem(self.list, [command.text.rstrip("."), command.keys])
            item.setToolTip(0, command.help)
            item.setData(0, Qt.ItemDataRole.UserRole, command.name)
            item.setDisabled(not self._actions[command.name].isEnabled())
        first = self.list.topLevelItem(0)
        if first is not None:  # one that cannot be done is not chosen, nor another in its place
            self.list.setCurrentItem(first)

    @Slot()
    def _run(self) -> None:
        """Do what is chosen, once the window has the keyboard again."""
        item = self.list.currentItem()
        if item is not None:
            self.hide()
            self._actions[item.data(0, Qt.ItemDataRole.UserRole)].trigger()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Walk through the list while the line is typed in."""
        if event.key() in _WALKS:
            self.list.keyPressEvent(event)
        else:
            super().keyPressEvent(event)
