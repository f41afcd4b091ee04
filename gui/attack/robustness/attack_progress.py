"""How far the attacks on a whole part have come, and a button to leave them or to go on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer, Slot
from PySide6.QtWidgets import QLabel, QProgressBar, QPushButton, QWidget

from gui.widgets.basics.layouts import beside
from gui.widgets.basics.tooltips import wrapped

if TYPE_CHECKING:
    from gui.attack.robustness.study import Robustness
    from gui.session.view import View

PATIENCE_MILLISECONDS = 300
"""What is over by then shows no progress."""
_BAR_WIDTH = 50
_CANCEL_HELP = "Try no more attacks on this model; the curves stay as far as they have come."
_GO_ON_HELP = "Try the attacks that were called off."
_LATER_HELP = "Attacks that take long are tried as soon as the model is not being trained."


class AttackProgress(QWidget):
    """A bar while attacks are tried; once they were left, the way back to them."""

    def __init__(self, view: View, state: Robustness, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._view, self._state = view, state
        self.words = QLabel("", self)
        self.words.setObjectName("muted")
        self.bar = QProgressBar(self)
        self.bar.setFixedWidth(_BAR_WIDTH)
        self.bar.setTextVisible(False)  # it stands beside it
        self.bar.setAccessibleName("attacks tried")
        self.button = QPushButton(self)
        self.button.setObjectName("small")
        self.setLayout(beside(self.words, self.bar, self.button))
        self._patience = QTimer(self)
        self._patience.setSingleShot(True)
        self._patience.setInterval(PATIENCE_MILLISECONDS)
        self._patience.timeout.connect(self.refresh)
        self._is_long = False
        self.button.clicked.connect(self._pressed)
        self.refresh()

    @Slot()
    def refresh(self) -> None:
        """Show what is being tried."""
        state, curves = self._state, self._state.curves
        is_left = state.attacks_left and curves is not None and not curves.is_complete
        trying = "" if curves is None or is_left else curves.trying
        # Some take too long to be tried while the model is being trained.
        waits = curves is not None and not curves.is_complete and self._view.is_running
        waits = waits and not is_left and not trying
        if not trying:
            self._is_long = False
            self._patience.stop()
        elif not self._is_long and self.sender() is self._patience:
            self._is_long = True
        elif not self._is_long and not self._patience.isActive():
            self._patience.start()
        if trying and curves is not None:
            progress = curves.attacks[trying].progress
            self.bar.setMaximum(progress.total)
            self.bar.setValue(progress.done)
            self.bar.setAccessibleDescription(f"{trying}, {progress}")
            self.words.setText(f"{trying} {progress.done}/{progress.total}")
            self.words.setToolTip(wrapped(f"{trying}: {progress} tried"))
        elif waits:
            self.words.setText("attacks after the training")
            self.words.setToolTip(wrapped(_LATER_HELP))
        self.words.setVisible(waits or self._is_long)
        self.bar.setVisible(self._is_long)
        self.button.setVisible(self._is_long or is_left)
        self.button.setText("Go on" if is_left else "Cancel")
        self.button.setAccessibleName("go on with the attacks" if is_left else "cancel the attacks")
        self.button.setToolTip(wrapped(_GO_ON_HELP if is_left else _CANCEL_HELP))

    @Slot()
    def _pressed(self) -> None:
        if self._state.attacks_left:
            self._state.try_attacks()
        else:
            self._state.leave_attacks()
