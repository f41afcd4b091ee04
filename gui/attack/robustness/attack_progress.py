"""How far the attacks on a whole part have come, and a button to leave them or to go on."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from core.progress import Progress
from gui.attack.robustness.part import RobustnessPart
from gui.shared.columns import label
from gui.widgets.basics.controls import button
from gui.widgets.basics.job_progress import JobProgress
from gui.widgets.basics.layouts import beside
from gui.widgets.basics.tooltips import wrapped

if TYPE_CHECKING:
    from PySide6.QtWidgets import QHBoxLayout, QWidget

    from gui.attack.robustness.study import Robustness
    from gui.session.session import Session

_BAR_WIDTH = 50
_WIDEST = "FGSM 24/24"
_CANCEL_HELP = "Try no more attacks on this model; the curves stay as far as they have come."
_GO_ON_HELP = "Try the attacks that were called off."
_LATER_HELP = "Attacks that take long are tried as soon as the model is not being trained."


class AttackProgress(RobustnessPart):
    """A bar while attacks are tried; once they were left, the way back to them."""

    def __init__(self, session: Session, state: Robustness, parent: QWidget | None = None) -> None:
        super().__init__(session, state, parent)
        self.waiting = label("attacks after the training", self, "muted")
        self.waiting.setToolTip(wrapped(_LATER_HELP))
        self.words = label("", self, "muted")
        self.words.setMinimumWidth(self.words.fontMetrics().horizontalAdvance(_WIDEST))
        self.progress = JobProgress("the attacks", _CANCEL_HELP, self)
        self.progress.bar.setFixedWidth(_BAR_WIDTH)
        cast("QHBoxLayout", self.progress.layout()).insertWidget(0, self.words)
        self.go_on = button("Go on", self, _GO_ON_HELP, "small", state.try_attacks)
        self.go_on.setAccessibleName("go on with the attacks")
        self.setLayout(beside(self.waiting, self.progress, self.go_on))
        self.progress.cancelled.connect(state.leave_attacks)
        session.view.run_state_changed.connect(self.refresh)

    def show_known(self) -> None:
        """Show what is being tried."""
        is_left, curves = self._state.attacks_left, self._state.curves
        is_left = is_left and curves is not None and not curves.is_complete
        trying = "" if curves is None or is_left else curves.trying
        if trying and curves is not None:
            progress = Progress(len(curves.attacks[trying]), len(curves.attack_sizes), "sizes")
            self.words.setText(f"{trying} {progress.done}/{progress.total}")
            self.words.setToolTip(wrapped(f"{trying}: {progress} tried"))
            self.progress.bar.setAccessibleDescription(f"{trying}, {progress}")
            self.progress.show_progress(progress, is_running=True)
        else:
            self.progress.show_progress(None, is_running=False)
        # Some take too long to be tried while the model is being trained.
        is_late = curves is not None and not curves.is_complete and self._session.view.is_running
        self.waiting.setVisible(is_late and not is_left and not trying)
        self.go_on.setVisible(is_left)
