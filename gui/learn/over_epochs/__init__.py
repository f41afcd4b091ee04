"""Classes and images over the epochs of a run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gui.shared.tabs import Tab

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from gui.session.session import Session
    from gui.shared.panel import Panel


def _make(session: Session, parent: QWidget) -> Panel:
    from gui.learn.over_epochs.panel import OverEpochsPanel

    return OverEpochsPanel(session, parent)


TAB = Tab(
    "Over epochs",
    "The score of each class at every epoch, and which images flip",
    _make,
)
