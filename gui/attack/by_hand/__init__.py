"""A person against the optimiser."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gui.shared.tabs import Tab

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from gui.session.session import Session
    from gui.shared.panel import Panel


def _make(session: Session, parent: QWidget) -> Panel:
    from gui.attack.by_hand.panel import ByHandPanel

    return ByHandPanel(session, parent)


TAB = Tab(
    "By hand",
    "Paint the change yourself, with the same budget as the optimiser",
    _make,
)
