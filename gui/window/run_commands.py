"""The commands that move a run, the timeline or the film: keys and buttons, word for word."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Slot

if TYPE_CHECKING:
    from gui.session.session import Session


class RunCommands(QObject):
    """Asks the session for what a command names, without what a pressed action tells with it."""

    def __init__(self, session: Session, parent: QObject) -> None:
        super().__init__(parent)
        self._session = session

    @Slot()
    def toggle_run(self) -> None:
        """Play or pause."""
        self._session.training.toggle()

    @Slot()
    def step_batch(self) -> None:
        """Do one update."""
        self._session.training.step_batch()

    @Slot()
    def step_epoch(self) -> None:
        """Do one pass."""
        self._session.training.step_epoch()

    @Slot()
    def rewind(self) -> None:
        """Back to the start."""
        self._session.training.rewind()

    @Slot()
    def new_seed(self) -> None:
        """Start from another random start."""
        self._session.training.new_seed()

    @Slot()
    def undo_remove(self) -> None:
        """Put a run back."""
        self._session.runs.undo_remove()

    @Slot()
    def fork(self) -> None:
        """Branch off."""
        self._session.training.fork()

    @Slot()
    def show_earlier(self) -> None:
        """Show the epoch before."""
        self._session.view.show_neighbour(-1)

    @Slot()
    def show_later(self) -> None:
        """Show the epoch after."""
        self._session.view.show_neighbour(1)

    @Slot()
    def show_first(self) -> None:
        """Show the start."""
        self._session.view.show_epoch(0)

    @Slot()
    def show_best(self) -> None:
        """Show the best epoch."""
        self._session.view.show_best()

    @Slot()
    def show_live(self) -> None:
        """Show the live model."""
        self._session.view.show_epoch(None)

    @Slot()
    def toggle_attack(self) -> None:
        """Play or hold the film."""
        self._session.attack.toggle()

    @Slot()
    def attack_back(self) -> None:
        """Show the step before."""
        self._session.attack.go_to(self._session.attack.position - 1)

    @Slot()
    def attack_forward(self) -> None:
        """Show the next step."""
        self._session.attack.go_to(self._session.attack.position + 1)

    @Slot()
    def attack_mistake(self) -> None:
        """Choose the next mistake."""
        self._session.attack.choose_mistake()
