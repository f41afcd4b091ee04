"""How far data on their way are, in the status line, with a way to call it off."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer, Slot
from PySide6.QtWidgets import QProgressBar, QPushButton, QWidget

from gui.shared.columns import label
from gui.widgets.basics.layouts import beside

if TYPE_CHECKING:
    from gui.session.data import Data

_PATIENCE_MILLISECONDS = 300
"""What takes less is over before it could be read."""


class OpeningBar(QWidget):
    """A bar, words and a button; hidden while nothing long is under way."""

    def __init__(self, data: Data, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._data = data
        self.bar = QProgressBar(self)
        self.bar.setFixedWidth(140)
        self.bar.setTextVisible(False)
        self.bar.setAccessibleName("opening data")
        self.words = label("", self, "muted")
        self.cancel_button = QPushButton("Cancel", self)
        self.cancel_button.setObjectName("small")
        self.cancel_button.setToolTip("Call it off; the present data and run stay as they are")
        self.cancel_button.clicked.connect(data.call_off)
        self.setLayout(beside(self.bar, self.words, self.cancel_button))
        self._patience = QTimer(self)
        self._patience.setSingleShot(True)
        self._patience.setInterval(_PATIENCE_MILLISECONDS)
        self._patience.timeout.connect(self.refresh)
        data.changed.connect(self._changed)
        self.hide()

    @Slot()
    def _changed(self) -> None:
        if self._data.opening is None and self._data.pending is None:
            self._patience.stop()
            self.hide()
        elif self.isVisible():
            self.refresh()
        elif not self._patience.isActive():
            self._patience.start()

    @Slot()
    def refresh(self) -> None:
        """Show how far it is."""
        progress = self._data.progress if self._data.opening is not None else None
        self.bar.setRange(0, 0)  # moves to and fro: nobody knows how long
        if progress is not None and progress.total:
            self.bar.setRange(0, 1000)
            self.bar.setValue(1000 * progress.done // progress.total)
        self.words.setText("" if progress is None else str(progress))
        self.show()
