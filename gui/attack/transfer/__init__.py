"""Images crafted on one run, read by the others."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gui.shared.tabs import Tab

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from gui.session.session import Session
    from gui.shared.panel import Panel


def _make(session: Session, parent: QWidget) -> Panel:
    from gui.attack.transfer.panel import TransferPanel

    return TransferPanel(session, parent)


TAB = Tab(
    "Transfer",
    "Images crafted on this run's model, tested on the models of the other runs",
    _make,
)
