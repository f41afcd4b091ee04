"""Every run so far."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gui.shared.tabs import Tab

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from gui.session.session import Session
    from gui.shared.panel import Panel


def _make(session: Session, parent: QWidget) -> Panel:
    from gui.tune.runs.panel import RunsPanel

    return RunsPanel(session, parent)


TAB = Tab(
    "Runs",
    "Every run so far: show, hide, rename, compare, repeat with other seeds",
    _make,
)
