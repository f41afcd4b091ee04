"""What is taken for what."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gui.shared.tabs import Tab

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from gui.session.session import Session
    from gui.shared.panel import Panel


def _make(session: Session, parent: QWidget) -> Panel:
    from gui.learn.confusion.panel import ConfusionPanel

    return ConfusionPanel(session, parent)


TAB = Tab(
    "Confusion",
    "How often each class is taken for each other; click a cell to see the images",
    _make,
)
