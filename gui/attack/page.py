"""The Attack page: what is attacked and how, and below it what there is to see of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Slot

from gui.attack.controls import AttackControls
from gui.attack.film.controls import SAVES
from gui.attack.film.panel import FilmPanel
from gui.shared.page import Page
from gui.shared.tabs import PanelTabs
from gui.widgets.basics.card import card
from gui.widgets.basics.layouts import below
from gui.widgets.basics.lazy_tabs import TabRow

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from PySide6.QtGui import QAction, QHideEvent, QIcon, QShowEvent
    from PySide6.QtWidgets import QToolButton, QWidget

    from gui.session.session import Session
    from gui.shared.tabs import Tab
    from gui.widgets.images.image_card import ImageCard


FILM = "Film"
_FILM_HELP = "The chosen image, its change and the result, step by step"


class AttackPage(Page):
    """The controls of the attack, and panels that show it.

    Parameters
    ----------
    tabs : what there is to see beside the film
    """

    def __init__(
        self, session: Session, tabs: Sequence[Tab], parent: QWidget | None = None
    ) -> None:
        super().__init__(session, parent)
        self._toggle: QAction | None = None
        self._icons: Mapping[str, QIcon] = {}
        self.controls = AttackControls(session, self)
        self.film_panel = FilmPanel(session, self)
        self.switch = TabRow({FILM: _FILM_HELP} | {tab.words: tab.help for tab in tabs}, self)
        self.tabs = PanelTabs(session, (FILM, self.film_panel), tabs, self)
        self.images = self.film_panel.images
        switch = (self.switch, 0, Qt.AlignmentFlag.AlignLeft)
        self.setLayout(below(card(self.controls, (12, 6, 12, 6)), switch, (self.tabs, 1)))
        self.switch.chosen.connect(self.tabs.show_panel)
        self.tab_requested.connect(self.show_tab)
        self.sample_requested.connect(self.images.open_sample)
        self.images.card.attack_requested.connect(self._attack_sample)

    @property
    def cards(self) -> tuple[ImageCard, ...]:
        """The card of an opened image."""
        return (self.images.card,)

    def use_actions(self, actions: Mapping[str, QAction]) -> None:
        """Offer to keep the film, and let its command say what it does now."""
        super().use_actions(actions)
        self.film_panel.film.offer_saving([actions[name] for name in SAVES])
        self._toggle = actions["attack_toggle"]
        self._session.attack.film.playing_changed.connect(self._playing_changed)
        self._playing_changed()

    def set_icons(self, icons: Mapping[str, QIcon]) -> None:
        """Use these icons on the buttons."""
        self._icons = icons
        self.controls.set_icons(icons)
        self.film_panel.film.set_icons(icons)
        if self._toggle is not None:
            self._playing_changed()

    @Slot()
    def _playing_changed(self) -> None:
        playing = self._session.attack.film.playing
        assert self._toggle is not None
        self._toggle.setText("Hold the change" if playing else "Play the change")
        self._toggle.setIcon(self._icons["pause" if playing else "play"])

    def showEvent(self, event: QShowEvent) -> None:
        """Compute the film only while somebody looks: every tab is of it, or of what it attacks."""
        super().showEvent(event)
        self._session.attack.set_active(True)

    def hideEvent(self, event: QHideEvent) -> None:
        """Stop computing."""
        super().hideEvent(event)
        self._session.attack.set_active(False)

    def tab(self, words: str) -> QToolButton:
        """Return the button of a tab."""
        return self.switch.button(words)

    @Slot(str, int)
    def _attack_sample(self, part: str, index: int) -> None:
        """Play the attack on an image that was opened from a tab."""
        self.images.card.close()
        self._session.attack.choose(part, index, play=True)
        self.show_tab(FILM)

    @Slot(str)
    def show_tab(self, words: str) -> None:
        """Show what the tab of that name holds."""
        self.switch.choose(words)
