"""Two models side by side."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gui.shared.tabs import Tab

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from gui.session.session import Session
    from gui.shared.panel import Panel


def _make(session: Session, parent: QWidget) -> Panel:
    from gui.tune.comparison.panel import ComparisonPanel

    return ComparisonPanel(session, parent)


TAB = Tab(
    "Compare",
    "Two models side by side: best against now, a run against another",
    _make,
)
