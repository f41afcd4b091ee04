"""How far a job is, and a button that calls it off: both only once it has taken a while."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QProgressBar, QWidget

from gui.widgets.basics.controls import button
from gui.widgets.basics.layouts import beside
from gui.widgets.basics.tooltips import wrapped

if TYPE_CHECKING:
    from core.progress import Progress

SLOW_MILLISECONDS = 300
"""What takes longer shows how far it is, and can be called off."""

STEPS = 1000
_BAR_WIDTH = 110


class JobProgress(QWidget):
    """A bar and a button beside each other, hidden while nothing slow is under way.

    Parameters
    ----------
    what : what is being done, in words, for a screen reader
    cancel_help : what the button does
    """

    cancelled = Signal()

    def __init__(self, what: str, cancel_help: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.bar = QProgressBar(self)
        self.bar.setRange(0, STEPS)
        self.bar.setFixedWidth(_BAR_WIDTH)
        self.bar.setTextVisible(False)
        self.bar.setAccessibleName(what)
        self.button = button("Cancel", self, cancel_help, "small", self.cancelled)
        self.button.setAccessibleName(f"Cancel {what}")
        self._timer = QTimer(self, singleShot=True, interval=SLOW_MILLISECONDS)
        self._timer.timeout.connect(self.show)
        self.setLayout(beside(self.bar, self.button))
        self.hide()

    def show_progress(self, progress: Progress | None, *, is_running: bool) -> None:
        """Show how far it is; ``progress`` is None before anything is known."""
        if not is_running:
            self._timer.stop()
            self.hide()
        elif self.isHidden() and not self._timer.isActive():
            self.bar.setValue(0)
            self._timer.start()
        if progress is not None:
            self.bar.setValue(round(STEPS * progress.done / max(progress.total, 1)))
            self.bar.setToolTip(wrapped(str(progress)))
