"""One image under three losses."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gui.shared.tabs import Tab

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from gui.session.session import Session
    from gui.shared.panel import Panel


def _make(session: Session, parent: QWidget) -> Panel:
    from gui.attack.losses.panel import LossesPanel

    return LossesPanel(session, parent)


TAB = Tab(
    "Losses",
    "The same image pushed by three losses, and why the squared one may not move it",
    _make,
)
