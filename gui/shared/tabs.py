"""The tabs of a page, each a feature's panel behind a button."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from importlib import import_module
from typing import TYPE_CHECKING, Any, cast

from PySide6.QtCore import Slot

from gui.jobs.loading import load_beside
from gui.widgets.basics.lazy_tabs import LazyTabs

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtWidgets import QWidget

    from gui.session.session import Session
    from gui.shared.panel import Panel


@dataclass(frozen=True, slots=True)
class Tab:
    """A feature as a page offers it.

    Attributes
    ----------
    words, help : on its button, and what there is to see
    panel : ``package.module.Class``; the module is read only when there is to be one, for a person
        should not wait for it to see something learn
    """

    words: str
    help: str
    panel: str

    @property
    def module(self) -> str:
        """Where the class is."""
        return self.panel.rpartition(".")[0]

    def load(self) -> Any:
        """Read the module, and return the class."""
        return getattr(import_module(self.module), self.panel.rpartition(".")[2])

    def make(self, session: Session, parent: QWidget) -> Panel:
        """Return a new panel."""
        made: Panel = self.load()(session, parent)
        return made


@dataclass(frozen=True, slots=True)
class Scope:
    """What a page is asked about, in several views.

    Attributes
    ----------
    words, help : on its button, and what there is to see
    views : the first is seen at once, the others are its *more views*
    """

    words: str
    help: str
    views: tuple[Tab, ...]


class PanelTabs(LazyTabs):
    """Panels behind a row of buttons; what they ask for, their page asks for.

    Parameters
    ----------
    page : which they are on
    first : words and widget of what there is from the beginning
    tabs : what else there is
    """

    def __init__(
        self, session: Session, first: tuple[str, QWidget], tabs: Sequence[Tab], page: Panel
    ) -> None:
        super().__init__(first, page)
        self._session, self._page = session, page
        self._tabs = {tab.words: tab for tab in tabs}
        self._asked_for: set[str] = set()
        """Panels whose modules are read, or have been, ahead of anybody who wants to see them."""
        self._loaded: set[str] = set()
        self.set_makers({tab.words: partial(self._make, tab) for tab in tabs})

    def can_make(self, words: str) -> bool:
        """Whether the module of a panel is there: it is loaded beside the window, not by it."""
        if words not in self._asked_for:
            self._asked_for.add(words)
            load = self._tabs[words].load
            load_beside(self._session.pool, [load], partial(self._loaded.add, words))
        return words in self._loaded

    def _make(self, tab: Tab) -> Panel:
        panel, page = tab.make(self._session, self), self._page
        panel.sample_requested.connect(page.sample_requested)
        panel.images_requested.connect(page.images_requested)
        panel.content_requested.connect(page.content_requested)
        panel.tab_requested.connect(page.tab_requested)
        panel.asked.connect(self._ask)
        made = getattr(page, "panel_made", None)  # a panel with tabs has none
        if made is not None:
            made.emit(panel)
        return panel

    @Slot(str, object)
    def _ask(self, words: str, wanted: object) -> None:
        """Let another tab show what was asked for, or else another page."""
        if words not in self._tabs:
            self._page.asked.emit(words, wanted)
            return
        cast("Panel", self.panel(words)).show_wanted(wanted)
        self._page.tab_requested.emit(words)
