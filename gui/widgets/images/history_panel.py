"""One image over the epochs of a run: rank of its class, right or wrong, and both in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QLabel, QWidget

from core.insight.image_history import ImageHistory, image_history
from gui.widgets.bars.rank_plot import RankPlot
from gui.widgets.basics.fitting_words import short
from gui.widgets.basics.layouts import below

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from core.learning.records import EpochRecord

_NAME = 14


class HistoryPanel(QWidget):
    """Keeps the history of the image shown; what is known of a snapshot is not computed again."""

    epoch_clicked = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._image: NDArray[np.floating] | None = None
        self.history: ImageHistory | None = None
        self.title = QLabel("", self)
        self.title.setObjectName("heading")
        self.plot = RankPlot(self)
        self.plot.epoch_clicked.connect(self.epoch_clicked)
        self.words = QLabel("", self)
        self.words.setWordWrap(True)
        self.words.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        for label in (self.title, self.words):
            label.setTextFormat(Qt.TextFormat.PlainText)  # names come from strangers
        self.setLayout(below(self.title, (self.plot, 1), self.words))

    def forget(self) -> None:
        """Let go of the image and of the run."""
        self._image = self.history = None

    def show_image(
        self,
        image: NDArray[np.floating],
        label: int,
        names: Sequence[str],
        snapshots: Sequence[EpochRecord],
        marker: float | None,
    ) -> None:
        """Show the history of an image.

        Parameters
        ----------
        image : (height, width)
        label : its class
        names : of the classes
        snapshots : in rising order of epochs
        marker : the epoch shown elsewhere
        """
        known = self.history
        is_same = self._image is not None and np.array_equal(self._image, image)
        if known is not None and (known.label != label or not is_same):
            known = None
        self._image = image
        self.history = image_history(image.reshape(-1), label, snapshots, known)
        self.plot.set_history(self.history, names, marker)
        self.title.setText(f"RANK OF {short(names[label], _NAME)} OVER EPOCHS")
        words = str(self.history)
        self.words.setText(f"{words[:1].upper()}{words[1:]}.")
