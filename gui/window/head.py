"""The head of the window: menus, pages, and what they are of."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, Qt, Slot
from PySide6.QtWidgets import QFrame, QMenu, QToolButton

from core.learning.presets import PRESETS
from gui.theme import grow
from gui.widgets.basics.controls import offer, switch
from gui.widgets.basics.layouts import below, beside
from gui.widgets.basics.tooltips import wrapped
from gui.window.data_chooser import DataChooser, HeadChooser
from gui.window.menus import HAS_BAR
from gui.window.model_chooser import ModelChooser
from gui.window.registry import PAGES

if TYPE_CHECKING:
    from collections.abc import Mapping

    from PySide6.QtGui import QAction, QIcon
    from PySide6.QtWidgets import QWidget

    from gui.session.session import Session
    from gui.window.menus import Menus

HEIGHT = 40
_LOOKS = ("text_larger", "text_smaller", "text_usual", "theme", "stage", "full_screen")
"""Commands of *Aa*."""

_WAYS = (
    (False, False, False),
    (True, False, False),
    (True, True, False),
    (False, False, True),
    (True, False, True),
    (True, True, True),
)
"""What is an icon alone, preset, data and pages: the first of these that fits."""


class PresetChooser(HeadChooser):
    """Begins a run with a whole set of settings: one act."""

    icon_name = "panel"
    longest = 320

    def __init__(self, session: Session, parent: QWidget) -> None:
        super().__init__("Preset", parent)
        self._session = session
        self.setToolTip(
            wrapped("Begin a run with a whole set of settings; the run so far stays, faint.")
        )
        offer(self, {key: one.label for key, one in PRESETS.items()} | {"": "Own settings"})
        for place, preset in enumerate(PRESETS.values()):
            self.setItemData(place, wrapped(preset.help), Qt.ItemDataRole.ToolTipRole)
        self.activated.connect(self._chosen)
        session.wanted.changed.connect(self.refresh)
        session.view.run_state_changed.connect(self.refresh)
        self.refresh()

    @Slot()
    def refresh(self) -> None:
        """Name the preset whose settings are wanted."""
        wanted = self._session.wanted
        fitting = (key for key, one in PRESETS.items() if one.fits(wanted.training, wanted.data))
        self.setCurrentIndex(self.findData(next(fitting, "")))

    @Slot(int)
    def _chosen(self, index: int) -> None:
        key = self.itemData(index)
        if key:
            self._session.training.begin_preset(PRESETS[key])
        self.refresh()


class Head(QFrame):
    """Buttons of pages, and lists of data, presets and models.

    Where there is no room for all its words icons stand for the preset, then for the data, too,
    then for the pages instead, at last for all of them. Run and epoch stay.
    """

    def __init__(
        self,
        session: Session,
        actions: Mapping[str, QAction],
        menus: Menus,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("head")
        self.buttons: dict[str, QToolButton] = {}
        self.menu = self._tool("Menu", "All commands, by kind (Alt)")
        self.menu.setObjectName("menu")
        self.menu.clicked.connect(menus.open)
        self.menu.setVisible(not HAS_BAR)
        menus.stand_at(self.menu)
        for page in PAGES:
            action = actions[f"{page.name}_page"]
            made = switch(action.text(), self, action.toolTip(), "page")
            made.setAutoExclusive(True)
            made.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            made.clicked.connect(action.trigger)
            grow(made, icon_size=18)
            self.buttons[f"{page.name}_page"] = made
        self._page_buttons = tuple(self.buttons.values())
        rule = QFrame(self)
        rule.setObjectName("line")
        rule.setFixedWidth(1)
        self.data = DataChooser(session, self)
        self.preset = PresetChooser(session, self)
        self.model = ModelChooser(session, self)
        self.look = self._tool("Aa", "How it looks: size of text, light or dark, full screen")
        self.look.setText("Aa")
        self.look.setObjectName("look")
        menu = QMenu(self.look)
        menu.addActions([actions[name] for name in _LOOKS])
        self.look.setMenu(menu)
        self.look.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.help = self._tool("Help", "")
        self.help.setDefaultAction(actions["help"])
        self.help.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonIconOnly)
        self.buttons["help"] = self.help
        row = beside(
            self.menu,
            *self._page_buttons,
            8,
            below(rule, margins=(0, 10, 0, 10)),
            8,
            self.data,
            self.preset,
            self.model,
            None,
            self.look,
            self.help,
            spacing=2,
            margins=(8, 0, 8, 0),
        )
        self._row = row
        self._fitted: tuple[object, ...] = ()
        self.setLayout(row)
        grow(self, fixed_height=HEIGHT)

    def _tool(self, name: str, tip: str) -> QToolButton:
        made = QToolButton(self)
        made.setAccessibleName(name)
        made.setToolTip(tip)
        grow(made, icon_size=18)
        made.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        return made

    def set_icons(self, icons: Mapping[str, QIcon]) -> None:
        """Use these icons."""
        self.menu.setIcon(icons["menu"])
        for chooser in (self.preset, self.data):
            chooser.set_icons(icons)
        for page, button in zip(PAGES, self._page_buttons, strict=True):
            button.setIcon(icons[page.icon])

    def event(self, event: QEvent) -> bool:
        """Say more or less where there is another room, or there are other words."""
        if event.type() in (QEvent.Type.LayoutRequest, QEvent.Type.Resize):
            self._fit()
        return super().event(event)

    def _fit(self) -> None:
        lists, style = (self.preset, self.data), Qt.ToolButtonStyle
        given = [one.isHidden() or one.currentText() for one in lists]
        room = [one.sizeHint().width() for one in (self.model, self.look, self.help)]
        if (now := (self.width(), *given, *room)) == self._fitted:
            return
        self._fitted = now
        for *lists_brief, pages_brief in _WAYS:
            for one, is_brief in zip(lists, lists_brief, strict=True):
                one.be_brief(is_brief)
            way = style.ToolButtonIconOnly if pages_brief else style.ToolButtonTextOnly
            for button in self._page_buttons:
                button.setToolButtonStyle(way)
            if self._row.sizeHint().width() <= self.width():
                break

    def show_page(self, name: str, *, has_preset: bool) -> None:
        """Mark the page shown; only where settings act a preset is offered."""
        self.buttons[f"{name}_page"].setChecked(True)
        self.preset.setVisible(has_preset)
