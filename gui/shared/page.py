"""What all pages have in common."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal

from gui.shared.panel import Panel
from gui.shared.tabs import Scope, Tab
from gui.shared.training_transport import TrainingTransport
from gui.widgets.basics.lazy_tabs import TabRow

if TYPE_CHECKING:
    from collections.abc import Mapping

    from PySide6.QtGui import QIcon
    from PySide6.QtWidgets import QWidget

    from gui.session.session import Session
    from gui.settings import Settings
    from gui.shared.transport import Transport
    from gui.widgets.images.image_card import ImageCard


class Page(Panel):
    """A panel that fills the window, behind a button of the bar above."""

    attack_requested = Signal(str, int)
    """Part and index of an image that is to be attacked."""
    own_attack_requested = Signal(object)
    """An :class:`~gui.session.own_image.OwnImage` that is to be attacked."""
    transport_changed = Signal()
    """What the bar below drives is another: see :attr:`transport`."""
    panel_made = Signal(object)
    """Another panel, or part of one, that was not there when the page was made."""
    found = Signal()
    """What was looked for is there now: a message that it was not is of no use any more."""

    @cached_property
    def _training(self) -> TrainingTransport:
        return TrainingTransport(self._session, self)

    @property
    def transport(self) -> Transport:
        """What the bar below drives while this page is shown: the training, unless a page differs.

        One that has several tells of another by :attr:`transport_changed`.
        """
        return self._training

    @property
    def cards(self) -> tuple[ImageCard, ...]:
        """The card of an opened image, once the page has made it."""
        card = vars(self).get("card")
        return () if card is None else (card,)

    @property
    def scope_words(self) -> str:
        """The words of the tab or scope that is seen; empty where there is one thing only."""
        switch = getattr(self, "switch", None)
        return switch.chosen_words if isinstance(switch, TabRow) else ""

    @property
    def looked_at(self) -> str:
        """The words of the view that is seen, of a scope that has several."""
        return str(getattr(self, "shown", self.scope_words))

    @property
    def stage_words(self) -> str:
        """What the stage says of what is seen in place of its choices; empty: they are there."""
        return ""

    def show_nth(self, n: int) -> None:
        """Show the first, second or third of its tabs or scopes."""
        switch = getattr(self, "switch", None)
        if isinstance(switch, TabRow):
            switch.choose_nth(n)

    def would_be_lost(self) -> tuple[str, ...]:
        """Say what a person has made here that is nowhere else: a drawing, as ``a drawing``."""
        return ()

    def take_keyboard(self) -> None:
        """Be where keys go: called when something is to be done here next."""
        self.setFocus()

    def remember(self, settings: Settings) -> None:
        """Remember here what a person chooses, and begin with what was chosen last."""

    def set_on_stage(self, is_on: bool) -> None:
        """Leave away what only a person at the keyboard needs, or bring it back."""

    def set_icons(self, icons: Mapping[str, QIcon]) -> None:
        """Use these icons on the buttons."""


@dataclass(frozen=True, slots=True)
class PageEntry(Tab):
    """A page as the window offers it.

    Attributes
    ----------
    name : unique
    shortcut, icon : of its button
    tabs : what it offers below what is seen at once
    has_preset : whether a preset can be chosen while it is shown
    """

    name: str
    shortcut: str
    icon: str
    tabs: tuple[Tab | Scope, ...] = ()
    has_preset: bool = False

    def make(self, session: Session, parent: QWidget) -> Page:
        """Return a new page."""
        page: Page = self.load()(session, *([self.tabs] if self.tabs else []), parent)
        return page
