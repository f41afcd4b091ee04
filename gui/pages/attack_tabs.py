"""What there is to see of an attack below its controls."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from PySide6.QtCore import QPoint, Signal

from gui.pages.losses import LossesPanel
from gui.pages.repair import RepairPanel
from gui.pages.targets import TargetsPanel
from gui.widgets.lazy_tabs import LazyTabs

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from gui.session import Session

TABS = {
    "Film": "The chosen image, its change and the result, step by step",
    "Losses": "The same image pushed by three losses, and why the squared one may not move it",
    "All targets": "The chosen image changed toward every class at once, as little as is enough",
    "Repair": "The smallest change that makes a mistake right, beside one that breaks a right one",
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
                "Losses": self._make_losses,
                "All targets": self._make_targets,
                "Repair": self._make_repair,
            }
        )

    @property
    def losses(self) -> LossesPanel:
        """Three losses side by side."""
        return cast("LossesPanel", self.panel("Losses"))

    def _make_losses(self) -> QWidget:
        panel = LossesPanel(self._session, self)
        panel.hovered.connect(self.hovered)
        return panel

    def _make_targets(self) -> QWidget:
        panel = TargetsPanel(self._session, self)
        panel.hovered.connect(self.hovered)
        panel.tab_requested.connect(self.tab_requested)
        return panel

    def _make_repair(self) -> QWidget:
        panel = RepairPanel(self._session, self)
        panel.hovered.connect(self.hovered)
        panel.sample_requested.connect(self.sample_requested)
        panel.tab_requested.connect(self.tab_requested)
        return panel
