"""What there is to see of an attack below its controls."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, Signal

from gui.pages.pairs import PairsPanel
from gui.widgets.lazy_tabs import LazyTabs

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from gui.session import Session

TABS = {
    "Film": "The chosen image, its change and the result, step by step",
    "Pairs": "What it costs to make each class each other, beside which is taken for which",
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
        self.set_makers({"Pairs": self._make_pairs})

    def _make_pairs(self) -> QWidget:
        panel = PairsPanel(self._session, self)
        panel.hovered.connect(self.hovered)
        panel.sample_requested.connect(self.sample_requested)
        panel.tab_requested.connect(self.tab_requested)
        return panel
