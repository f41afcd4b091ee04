"""Where learning should stop, and how sure that is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gui.shared.tabs import Tab

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from gui.session.session import Session
    from gui.shared.panel import Panel


def _make(session: Session, parent: QWidget) -> Panel:
    from gui.learn.stopping.panel import StoppingPanel

    return StoppingPanel(session, parent)


TAB = Tab(
    "When to stop",
    "How sure the best epoch is, and what early stopping would have done",
    _make,
)
