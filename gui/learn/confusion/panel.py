"""The confusion matrix of the Learn page: what the shown model takes for what."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QCheckBox, QWidget

from core.insight.readings import ImageFilter, confusion, most_confused
from core.learning.records import epoch_words
from gui.shared.columns import sentences
from gui.shared.panel import Panel
from gui.shared.part_choice import PartChoice
from gui.shared.words import PARTS
from gui.theme import grow
from gui.widgets.basics.fitting_label import FittingLines
from gui.widgets.basics.fitting_words import short
from gui.widgets.basics.layouts import below, beside, holding
from gui.widgets.grids.confusion_matrix import ConfusionMatrix

if TYPE_CHECKING:
    from gui.session.session import Session

_LISTED = 8
_NAMES = (14, 10, 7, 5)
"""Characters of a class where there is room for them, and where there is less."""
_SIDE_WIDTH = 250
_PART_HELP = (
    "Whose mistakes are counted: those of the images learnt from, of those that choose the best "
    "epoch, or of those that only measure."
)


class ConfusionPanel(Panel):
    """Which part, counts or rates, the matrix, and the most frequent mistakes in words."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self.part = PartChoice(session, _PART_HELP, self)
        self.part.part_changed.connect(self.watch_anew)
        self.rates = QCheckBox("per cent of each label", self)
        self.rates.setToolTip("Write shares of each row instead of counts")
        self.matrix = ConfusionMatrix(self)
        self.rates.toggled.connect(self.matrix.set_rates)
        self.words = sentences(self, "muted")
        self.list = FittingLines(self)
        self.matrix.clicked.connect(self._cell_clicked)
        parts = (self.part, self.rates, self.words, (self.list, 1))
        right = holding(below(*parts, spacing=8, margins=(9, 9, 9, 9)), self)
        grow(right, fixed_width=_SIDE_WIDTH)
        self.setLayout(beside((self.matrix, 1), right))
        session.readings.part.changed.connect(self.refresh)
        self.refresh()

    def watch(self, is_watched: bool) -> None:
        """Follow what is read in the part chosen."""
        self._session.readings.watch(self, self.part.chosen if is_watched else None)

    def show_known(self) -> None:
        """Count what the shown model reads."""
        dataset, seen = self._session.view.dataset, self._session.readings.part.found
        if dataset is None:
            return
        split = dataset.split(self.part.chosen)
        if seen is None or seen.split is not split:
            self.words.setText("reading the images ...")
            return
        names = dataset.class_names
        counts = confusion(split, seen.readings, dataset.n_classes)
        self.matrix.set_counts(names, counts)
        n_wrong = int(counts.sum() - counts.trace())
        self.words.setText(
            f"{n_wrong:,} of {split.n_samples:,} wrong, {epoch_words(seen.epoch)}. Click a cell to "
            "see its images."
        )
        lines = [
            tuple(f"{short(names[label], n)} → {short(names[read], n)}:  {count:,}" for n in _NAMES)
            for label, read, count in most_confused(counts, _LISTED)
        ]
        self.list.set_lines([("Most often:",), *lines] if lines else [])

    def figure_words(self) -> str:
        """Return whose mistakes are counted, and which epoch's."""
        seen = self._session.readings.part.found
        epoch = "" if seen is None else f", {epoch_words(seen.epoch)}"
        return f"{PARTS[self.part.chosen]} images{epoch}"

    @Slot(int, int)
    def _cell_clicked(self, label: int, read: int) -> None:
        wanted = ImageFilter(label=label, predicted=read, order="sure")
        self.images_requested.emit(self.part.chosen, wanted)
