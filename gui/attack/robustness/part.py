"""What the parts of the view have in common."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gui.shared.panel import Panel

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from gui.attack.robustness.study import Robustness
    from gui.session.session import Session


class RobustnessPart(Panel):
    """Shows something of what is known; the panel that it is a part of tells it when to look."""

    def __init__(self, session: Session, state: Robustness, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self._state = state
