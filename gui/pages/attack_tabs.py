"""What there is to see of an attack below its controls."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from PySide6.QtCore import QPoint, Signal

from gui.pages.by_hand import ByHandPanel
from gui.widgets.lazy_tabs import LazyTabs

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from gui.session import Session

TABS = {
    "Film": "The chosen image, its change and the result, step by step",
    "By hand": "Paint the change yourself, with the same budget as the optimiser",
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
        self.set_makers({"By hand": self._make_by_hand})

    @property
    def by_hand(self) -> ByHandPanel:
        """A person against the optimiser."""
        return cast("ByHandPanel", self.panel("By hand"))

    def _make_by_hand(self) -> QWidget:
        panel = ByHandPanel(self._session, self)
        panel.hovered.connect(self.hovered)
        return panel
