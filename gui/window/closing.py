"""What a person has made that would be lost if the window were closed now."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Slot
from PySide6.QtWidgets import QMessageBox

from core.words import counted
from gui.window.menus import HAS_BAR

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from PySide6.QtWidgets import QWidget

    from gui.session.session import Session
    from gui.shared.page import Page


def lost_words(session: Session, pages: Iterable[Page]) -> str:
    """Say what would be lost; empty for nothing that one start does not bring back."""
    learnt = [entry for entry in session.runs.entries if len(entry.run.history) > 1]
    n_forks = sum(entry.run.branch is not None for entry in learnt)
    # A start brings back a run by itself, but not what a person did to it on its way.
    is_own = any(entry.notes or entry.run.history.acted_changes for entry in learnt)
    full = session.wanted.full_dataset
    n_added = 0 if full is None else full.n_extra
    lost = []
    if len(learnt) > 1 or is_own:
        forks = f" ({n_forks} branched off)" if n_forks else ""
        lost.append(f"{counted(len(learnt), 'run')}{forks}")
    if session.runs.bands:
        lost.append(f"{counted(len(session.runs.bands), 'repetition')} with other seeds")
    if n_added:
        lost.append(counted(n_added, "drawn training image"))
    lost += [words for page in pages for words in page.would_be_lost()]
    *others, last = lost or [""]
    return f"{', '.join(others)} and {last}" if others else last


class Closing(QObject):
    """Closes a window, once it is sure where something would be lost.

    Parameters
    ----------
    lost : says what would be lost now; empty for nothing
    """

    def __init__(self, window: QWidget, lost: Callable[[], str]) -> None:
        super().__init__(window)
        self._window, self._lost, self._is_sure = window, lost, False

    @property
    def must_ask(self) -> bool:
        """Whether something would be lost, and nobody has said that it may be."""
        return not self._is_sure and bool(self._lost())

    def ask(self) -> None:
        """Close; where something would be lost only if a person says so."""
        if not self.must_ask:
            self._close()
            return
        box = QMessageBox(self._window, icon=QMessageBox.Icon.Question)
        box.setWindowTitle("Close?")
        box.setText(f"Closing loses {self._lost()}.")
        place = "File" if HAS_BAR else "Menu at the top left (Alt), File"
        box.setInformativeText(
            f"Curves and models can be kept: {place}, Save curves and Save model."
        )
        close = box.addButton("Close anyway", QMessageBox.ButtonRole.DestructiveRole)
        stay = box.addButton("Stay", QMessageBox.ButtonRole.RejectRole)
        box.setDefaultButton(stay)
        close.clicked.connect(self._close)
        box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        box.open()

    @Slot()
    def _close(self) -> None:
        self._is_sure = True
        self._window.close()
