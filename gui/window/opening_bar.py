"""How far data on their way are, in the message line, with a way to call it off."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QHBoxLayout

from gui.shared.columns import label
from gui.widgets.basics.job_progress import STEPS, JobProgress

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from gui.session.data import Data


class OpeningBar(JobProgress):
    """A bar, words and a button; hidden while nothing long is under way."""

    def __init__(self, data: Data, parent: QWidget | None = None) -> None:
        cancel_help = "Call it off; the present data and run stay as they are"
        super().__init__("opening data", cancel_help, parent)
        self._data = data
        self.bar.setFixedWidth(140)
        self.words = label("", self, "muted")
        row = self.layout()
        assert isinstance(row, QHBoxLayout)
        row.insertWidget(1, self.words)
        self.cancelled.connect(data.call_off)
        data.changed.connect(self._refresh)

    @Slot()
    def _refresh(self) -> None:
        data, progress = self._data, self._data.progress
        # Without a total it moves to and fro: nobody knows how long.
        self.bar.setMaximum(STEPS if progress is not None and progress.total else 0)
        self.words.setText("" if progress is None else str(progress))
        is_running = data.opening is not None or data.pending is not None
        self.show_progress(progress, is_running=is_running)
