"""The bar above everything: the run's buttons, its speed, and the pages."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QFrame, QToolButton

from gui.widgets.basics.controls import switch
from gui.widgets.basics.layouts import beside
from gui.window.registry import PAGES

if TYPE_CHECKING:
    from PySide6.QtGui import QAction
    from PySide6.QtWidgets import QWidget

    from gui.session.session import Session

_RUN = ("rewind", "new_seed")
_RIGHT = ("panel", "theme", "help")


class TopBar(QFrame):
    """Buttons of the declared commands."""

    def __init__(
        self, session: Session, actions: dict[str, QAction], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._session = session
        self.setObjectName("topBar")
        self.buttons: dict[str, QToolButton] = {}
        run = [self._button(name, actions[name]) for name in _RUN]
        names = [f"{page.name}_page" for page in PAGES]
        for name in names:
            button = switch(actions[name].text(), self, actions[name].toolTip(), "page")
            button.setAutoExclusive(True)
            button.clicked.connect(actions[name].trigger)
            self.buttons[name] = button
        pages = [self.buttons[name] for name in names]
        right = [self._button(name, actions[name]) for name in _RIGHT]
        for button in right:
            button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonIconOnly)
        row = beside(*pages, None, *run, 16, *right, spacing=4, margins=(10, 5, 10, 5))
        self.setLayout(row)

    def _button(self, name: str, action: QAction) -> QToolButton:
        button = QToolButton(self)
        button.setDefaultAction(action)
        button.setIconSize(QSize(20, 20))
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.buttons[name] = button
        return button

    def show_page(self, name: str) -> None:
        """Mark the page shown."""
        self.buttons[f"{name}_page"].setChecked(True)
