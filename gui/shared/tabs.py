"""The tabs of a page, each a feature's panel behind a button."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from importlib import import_module
from typing import TYPE_CHECKING, cast

from PySide6.QtCore import QPoint, Signal, Slot

from gui.jobs.loading import load_beside
from gui.jobs.worker import Failed
from gui.widgets.basics.lazy_tabs import LazyTabs

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from PySide6.QtWidgets import QWidget

    from gui.jobs.mailbox import Letter
    from gui.session.session import Session
    from gui.shared.panel import Panel


@dataclass(frozen=True, slots=True)
class Tab:
    """A feature as a page offers it.

    Attributes
    ----------
    words, help : on its button, and what there is to see
    make : makes the panel; its module is read only then, for a person should not wait for it to see
        something learn
    """

    words: str
    help: str
    make: Callable[[Session, QWidget], Panel]

    @property
    def module(self) -> str:
        """Where the panel is: in the folder that offers it."""
        return f"{self.make.__module__}.panel"


class PanelTabs(LazyTabs):
    """Panels behind a row of buttons; what they ask of the page is asked here.

    Parameters
    ----------
    first : words and widget of what there is from the beginning
    tabs : what else there is
    """

    hovered = Signal(str)
    sample_requested = Signal(str, int, QPoint)
    images_requested = Signal(str, object)
    content_requested = Signal(object, QPoint)
    tab_requested = Signal(str)

    def __init__(
        self,
        session: Session,
        first: tuple[str, QWidget],
        tabs: Sequence[Tab],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(first, parent)
        self._session = session
        self._modules = {tab.words: tab.module for tab in tabs}
        self._loading: str | None = None
        """The panel whose module was asked for last, ahead of anybody who wants to see it."""
        self._is_loaded = False
        self._generation = 0
        self.set_makers({tab.words: partial(self._make, tab) for tab in tabs})

    def can_make(self, words: str) -> bool:
        """Whether the module of a panel is there: it is loaded beside the window, not by it."""
        if words != self._loading:
            self._loading, self._is_loaded = words, False
            load = partial(import_module, self._modules[words])
            self._generation = load_beside(self._session.pool, self._read, [load]).generation
        return self._is_loaded

    def _read(self, letter: Letter) -> None:
        """Take in that the module is there."""
        if isinstance(letter.payload, Failed):
            self._session.pool.failed.emit(letter.payload)
        elif letter.generation == self._generation:
            self._is_loaded = True

    def _make(self, tab: Tab) -> Panel:
        panel = tab.make(self._session, self)
        panel.hovered.connect(self.hovered)
        panel.sample_requested.connect(self.sample_requested)
        panel.images_requested.connect(self.images_requested)
        panel.content_requested.connect(self.content_requested)
        panel.tab_requested.connect(self.tab_requested)
        panel.asked.connect(self._ask)
        return panel

    @Slot(str, object)
    def _ask(self, words: str, wanted: object) -> None:
        """Let another tab show what was asked for."""
        cast("Panel", self.panel(words)).show_wanted(wanted)
        self.tab_requested.emit(words)
