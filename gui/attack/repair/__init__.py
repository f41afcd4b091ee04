"""The least that mends a mistake, beside the least that breaks a right one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gui.shared.tabs import Tab

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from gui.session.session import Session
    from gui.shared.panel import Panel


def _make(session: Session, parent: QWidget) -> Panel:
    from gui.attack.repair.panel import RepairPanel

    return RepairPanel(session, parent)


TAB = Tab(
    "Repair",
    "The smallest change that makes a mistake right, beside one that breaks a right one",
    _make,
)
