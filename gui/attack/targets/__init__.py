"""One image toward every class at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gui.shared.tabs import Tab

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from gui.session.session import Session
    from gui.shared.panel import Panel


def _make(session: Session, parent: QWidget) -> Panel:
    from gui.attack.targets.panel import TargetsPanel

    return TargetsPanel(session, parent)


TAB = Tab(
    "All targets",
    "The chosen image changed toward every class at once, as little as is enough",
    _make,
)
