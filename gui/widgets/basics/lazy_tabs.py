"""Panels behind a row of buttons, each made when it is first needed or looked for.

All of them at once would make a person wait longer until something is seen.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, QTimer, Signal, Slot
from PySide6.QtWidgets import QButtonGroup, QSizePolicy, QStackedWidget, QWidget

from gui.theme import LIGHT, Theme, give_theme
from gui.widgets.basics.controls import switch
from gui.widgets.basics.layouts import beside

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from PySide6.QtGui import QResizeEvent, QShowEvent
    from PySide6.QtWidgets import QToolButton

FIRST_MILLISECONDS, NEXT_MILLISECONDS = 600, 150
"""After the first panel is shown the others are made one by one, before anybody asks."""


class LazyTabs(QStackedWidget):
    """Panels by name.

    Parameters
    ----------
    first : name and widget of the panel there is from the beginning
    """

    def __init__(self, first: tuple[str, QWidget], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = LIGHT
        self._makers: Mapping[str, Callable[[], QWidget]] = {}
        self._made: dict[str, QWidget] = dict([first])
        self.addWidget(first[1])
        self._timer = QTimer(self, singleShot=True)
        self._timer.timeout.connect(self._make_next)

    def minimumSizeHint(self) -> QSize:
        """Return what the panel that is seen needs; those behind it may need more."""
        seen = self.currentWidget()
        assert seen is not None
        least, layout = seen.minimumSizeHint().expandedTo(seen.minimumSize()), seen.layout()
        if layout is not None and layout.hasHeightForWidth():
            # Words that wrap are as high as their width makes them. What a panel takes back of
            # what its layout says it takes back here, too.
            more = layout.totalMinimumHeightForWidth(self.width())
            more -= layout.totalMinimumSize().height()
            least.setHeight(least.height() + max(more, 0))
        return least

    def hasHeightForWidth(self) -> bool:
        """Say no: Qt would take the height that the highest panel of all would like for the least.

        What words that wrap need is in the least size.
        """
        return False

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Ask for another height where words wrap otherwise."""
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self.updateGeometry()

    def set_makers(self, makers: Mapping[str, Callable[[], QWidget]]) -> None:
        """Say how the other panels are made."""
        self._makers = makers

    def set_theme(self, theme: Theme) -> None:
        """Use these colours for what is made from now on; what there is gets them by itself."""
        self._theme = theme

    def panel(self, words: str) -> QWidget:
        """Return what a tab shows, made now if it was not yet."""
        made = self._made.get(words)
        if made is None:
            made = self._made[words] = self._makers[words]()
            self.addWidget(made)
            give_theme(made, self._theme)
        return made

    @Slot(str)
    def show_panel(self, words: str) -> None:
        """Show what the tab of that name holds."""
        self.setCurrentWidget(self.panel(words))
        self.updateGeometry()

    def can_make(self, words: str) -> bool:
        """Whether making a panel ahead holds up nobody now; a subclass may have more to load."""
        return True

    def showEvent(self, event: QShowEvent) -> None:
        """Make the rest soon, but not before something was seen."""
        super().showEvent(event)
        if self.left and not self._timer.isActive():
            self._timer.start(FIRST_MILLISECONDS)

    @property
    def left(self) -> list[str]:
        """What has not been made yet."""
        return [words for words in self._makers if words not in self._made]

    @Slot()
    def _make_next(self) -> None:
        if self.left and self.can_make(self.left[0]):
            self.panel(self.left[0])
        if self.left:
            self._timer.start(NEXT_MILLISECONDS)


class TabRow(QWidget):
    """One button for each of some panels; the first is pressed to begin with.

    Parameters
    ----------
    tabs : words -> what there is to see
    """

    chosen = Signal(str)

    def __init__(self, tabs: Mapping[str, str], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        # Its buttons give way to nothing else in the line.
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self._buttons = {words: switch(words, self, tip, "tab") for words, tip in tabs.items()}
        next(iter(self._buttons.values())).setChecked(True)
        group = QButtonGroup(self)  # which a single one could not be pressed out of, either
        for button in self._buttons.values():
            group.addButton(button)
            button.toggled.connect(self._switched)
        self.setLayout(beside(*self._buttons.values(), spacing=4))

    def button(self, words: str) -> QToolButton:
        """Return the button of a tab."""
        return self._buttons[words]

    @property
    def chosen_words(self) -> str:
        """The name of the button that is pressed."""
        return next(words for words, button in self._buttons.items() if button.isChecked())

    def choose_nth(self, n: int) -> None:
        """Press the button at a place, the first of which is 1; nothing where there is none."""
        if n <= len(self._buttons):
            self.choose(list(self._buttons)[n - 1])

    @Slot(str)
    def choose(self, words: str) -> None:
        """Press the button of that name."""
        self.button(words).setChecked(True)

    @Slot(bool)
    def _switched(self, is_on: bool) -> None:
        if is_on:
            self.chosen.emit(self.chosen_words)
