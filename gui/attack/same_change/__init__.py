"""One change on every image of a part."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gui.shared.tabs import Tab

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from gui.session.session import Session
    from gui.shared.panel import Panel


def _make(session: Session, parent: QWidget) -> Panel:
    from gui.attack.same_change.panel import SameChangePanel

    return SameChangePanel(session, parent)


TAB = Tab(
    "Same change",
    "The film's change, or one found for all, added to every image of the part",
    _make,
)
