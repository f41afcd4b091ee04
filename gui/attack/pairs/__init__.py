"""What it costs to make each class each other."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gui.shared.tabs import Tab

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from gui.session.session import Session
    from gui.shared.panel import Panel


def _make(session: Session, parent: QWidget) -> Panel:
    from gui.attack.pairs.panel import PairsPanel

    return PairsPanel(session, parent)


TAB = Tab(
    "Pairs",
    "What it costs to make each class each other, beside which is taken for which",
    _make,
)
