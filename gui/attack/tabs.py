"""What there is to see of an attack below its controls.

The panels' modules are read when they are made: a person should not wait for them to see something
learn.
"""

from __future__ import annotations

from functools import partial
from importlib import import_module
from typing import TYPE_CHECKING, cast

from PySide6.QtCore import QPoint, Signal

from gui.widgets.basics.lazy_tabs import LazyTabs

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from gui.attack.by_hand.panel import ByHandPanel
    from gui.attack.losses.panel import LossesPanel
    from gui.session.session import Session

TABS = {
    "Film": "The chosen image, its change and the result, step by step",
    "Losses": "The same image pushed by three losses, and why the squared one may not move it",
    "All targets": "The chosen image changed toward every class at once, as little as is enough",
    "Pairs": "What it costs to make each class each other, beside which is taken for which",
    "Repair": "The smallest change that makes a mistake right, beside one that breaks a right one",
    "Transfer": "Images crafted on this run's model, tested on the models of the other runs",
    "Same change": "The film's change, or one found for all, added to every image of the part",
    "By hand": "Paint the change yourself, with the same budget as the optimiser",
}
"""What there is to see -> in words."""

PANELS = {
    "Losses": ("losses", "LossesPanel"),
    "All targets": ("targets", "TargetsPanel"),
    "Pairs": ("pairs", "PairsPanel"),
    "Repair": ("repair", "RepairPanel"),
    "Transfer": ("transfer", "TransferPanel"),
    "Same change": ("same_change", "SameChangePanel"),
    "By hand": ("by_hand", "ByHandPanel"),
}
"""Module in ``gui.attack`` and class of what shows it; the film is there from the beginning."""


class AttackTabs(LazyTabs):
    """The film, and the panels beside it."""

    hovered = Signal(str)
    sample_requested = Signal(str, int, QPoint)
    """Part, index and place on the screen of an image that is to be opened."""
    tab_requested = Signal(str)

    def __init__(self, session: Session, film: QWidget, parent: QWidget | None = None) -> None:
        super().__init__(("Film", film), parent)
        self._session = session
        self.set_makers({words: partial(self._make, words) for words in PANELS})

    def _make(self, words: str) -> QWidget:
        """Make a panel; what it asks for is asked for here."""
        module, name = PANELS[words]
        made = getattr(import_module(f"gui.attack.{module}.panel"), name)
        panel: QWidget = made(self._session, self)
        for signal in ("hovered", "sample_requested", "tab_requested"):
            if hasattr(panel, signal):
                getattr(panel, signal).connect(getattr(self, signal))
        return panel

    @property
    def losses(self) -> LossesPanel:
        """Three losses side by side."""
        return cast("LossesPanel", self.panel("Losses"))

    @property
    def by_hand(self) -> ByHandPanel:
        """A person against the optimiser."""
        return cast("ByHandPanel", self.panel("By hand"))
