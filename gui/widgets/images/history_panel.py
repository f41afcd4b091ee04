"""One image over the epochs of a run: how likely its class was, and what it is read as."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from core.insight.image_history import ImageHistory, image_history
from gui.widgets.basics.layouts import below
from gui.widgets.images.history_plot import HistoryPlot

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from core.learning.records import EpochRecord


class HistoryPanel(QWidget):
    """Keeps the history of the image shown; what is known of a snapshot is not computed again."""

    epoch_clicked = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._image: NDArray[np.floating] | None = None
        self.history: ImageHistory | None = None
        self.plot = HistoryPlot(self)
        self.plot.epoch_clicked.connect(self.epoch_clicked)
        self.setLayout(below((self.plot, 1)))

    def forget(self) -> None:
        """Let go of the image and of the run."""
        self._image = self.history = None

    def show_image(
        self,
        image: NDArray[np.floating],
        label: int,
        read: int,
        names: Sequence[str],
        snapshots: Sequence[EpochRecord],
        marker: float | None,
    ) -> None:
        """Show the history of an image.

        Parameters
        ----------
        image : (height, width)
        label : its class
        read : what it is read as
        names : of the classes
        snapshots : in rising order of epochs
        marker : the epoch shown elsewhere
        """
        known = self.history
        is_same = self._image is not None and np.array_equal(self._image, image)
        if known is not None and (known.label != label or not is_same):
            known = None
        self._image = image
        if known is None or not _is_of(known, snapshots):
            known = image_history(image.reshape(-1), label, snapshots, known)
        self.history = known
        self.plot.set_history(known, read, names, marker)


def _is_of(history: ImageHistory, snapshots: Sequence[EpochRecord]) -> bool:
    """Whether nothing new is known: a card is shown anew with every frame of a live run."""
    if len(history.weights) != len(snapshots):
        return False
    pairs = zip(history.weights, snapshots, strict=True)
    return all(weights is snapshot.weights for weights, snapshot in pairs)
