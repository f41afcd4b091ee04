"""What there is to see of an attack below its controls."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, Signal

from gui.pages.same_change import SameChangePanel
from gui.pages.transfer import TransferPanel
from gui.widgets.lazy_tabs import LazyTabs

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from gui.session import Session

TABS = {
    "Film": "The chosen image, its change and the result, step by step",
    "Transfer": "Images crafted on this run's model, tested on the models of the other runs",
    "Same change": "The film's change, or one found for all, added to every image of the part",
}
"""What there is to see -> in words. Each but the first has a maker in :class:`AttackTabs`."""


class AttackTabs(LazyTabs):
    """The film, and the panels beside it."""

    hovered = Signal(str)
    sample_requested = Signal(str, int, QPoint)
    """Part, index and place on the screen of an image that is to be opened."""
    tab_requested = Signal(str)

    def __init__(self, session: Session, film: QWidget, parent: QWidget | None = None) -> None:
        super().__init__(("Film", film), parent)
        self._session = session
        self.set_makers(
            {
                "Transfer": self._make_transfer,
                "Same change": self._make_same_change,
            }
        )

    def _make_transfer(self) -> QWidget:
        panel = TransferPanel(self._session, self)
        panel.hovered.connect(self.hovered)
        panel.sample_requested.connect(self.sample_requested)
        panel.tab_requested.connect(self.tab_requested)
        return panel

    def _make_same_change(self) -> QWidget:
        panel = SameChangePanel(self._session, self)
        panel.hovered.connect(self.hovered)
        panel.sample_requested.connect(self.sample_requested)
        panel.tab_requested.connect(self.tab_requested)
        return panel
