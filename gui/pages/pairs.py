"""Which class is cheaply made which other, beside which is taken for which."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QPoint, Qt, QTimer, Signal, Slot
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QHBoxLayout,
    QLabel,
    QProgressBar,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from core.attack.pairs import NORMS
from gui.pages.data_words import ATTACKABLE, PARTS, epoch_words
from gui.pages.part_choice import PartChoice
from gui.widgets.confusion_matrix import ConfusionMatrix
from gui.widgets.cost_grid import CostGrid
from gui.widgets.fitting_words import short
from gui.widgets.tooltips import wrapped

if TYPE_CHECKING:
    from PySide6.QtGui import QHideEvent, QShowEvent

    from core.attack.cost_matrix import CostMatrix
    from gui.pairs_job import PairsState
    from gui.session import Session

_LONGEST_NAME = 14
_PATIENCE_MILLISECONDS = 300
"""What takes less is over before it could be read."""
_LOOSE = 0.2
"""Nearer to 0 than that a rank correlation is called none."""

_PART_HELP = (
    "Whose images are measured: those that the model learnt from, or those that only measure. Only "
    "images read rightly are, and toward each other class."
)
_NORM_HELP = (
    "How large a change is: its length over all pixels, or what the pixel that changes most does. "
    "Past one rival alone it takes (z_y - z_c) / |w_y - w_c|, with the length or the sum of the "
    "sizes of the difference; where others lie on the way, all have to be overtaken at once."
)
_BOX_HELP = (
    "Whether a changed pixel must stay between 0 (paper) and 1 (ink), as in an image that can be "
    "printed. What must stay in the box needs a larger change, and more computing."
)
_CONFUSION_HELP = "Click to play the median example of the same pair."
_SENTENCE_HELP = (
    "Spearman's rank correlation of two numbers of each pair of classes: how often images of the "
    "one are read as the other, and what it costs to make one of the other. -1: the more often "
    "confused, the cheaper, without exception; 0: the two have nothing to do with each other."
)


class PairsPanel(QWidget):
    """Two matrices of the same classes in the same order, and what they have in common."""

    hovered = Signal(str)
    sample_requested = Signal(str, int, QPoint)
    tab_requested = Signal(str)

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session, self._state = session, session.pairs
        self.part = PartChoice(session, "pairs_part", _PART_HELP, self, ATTACKABLE)
        self.norm = QComboBox(self)
        self.norm.setAccessibleName("Size")
        self.norm.setToolTip(wrapped(_NORM_HELP))
        for norm, words in NORMS.items():
            if norm != "l0":
                self.norm.addItem(words, norm)
        self.boxed = QCheckBox("pixels in 0..1", self)
        self.boxed.setToolTip(wrapped(_BOX_HELP))
        self.bar = QProgressBar(self)
        self.bar.setFixedWidth(110)
        self.bar.setTextVisible(False)
        self.bar.setAccessibleName("measuring pairs of classes")
        self.bar.hide()
        self.cancel_button = self._button("Cancel", "Stop here; what was measured stays")
        self.go_on_button = self._button("Go on", "Measure on where it was stopped")
        self.words = self._label("muted")
        self.costs = CostGrid(self)
        self.confusion = ConfusionMatrix(self, help_text=_CONFUSION_HELP, has_scale=True)
        self.sentence = self._label("sentence")
        # As many lines as it has in the smallest window, so that nothing moves when it changes.
        self.sentence.setMinimumHeight(2 * self.sentence.fontMetrics().height())
        self.sentence.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
        self.sentence.setToolTip(wrapped(_SENTENCE_HELP))
        self._patience = QTimer(self)
        self._patience.setSingleShot(True)
        self._patience.setInterval(_PATIENCE_MILLISECONDS)
        self._patience.timeout.connect(self._show_progress)
        self._lay_out()
        self._connect()
        self.refresh()

    def _button(self, words: str, tip: str) -> QPushButton:
        button = QPushButton(words, self)
        button.setObjectName("small")
        button.setToolTip(tip)
        button.hide()
        return button

    def _label(self, name: str) -> QLabel:
        label = QLabel("", self)
        label.setObjectName(name)
        label.setTextFormat(Qt.TextFormat.PlainText)  # names come from strangers
        label.setWordWrap(True)
        return label

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(10)
        for widget in (self.part, self.norm, self.boxed):
            head.addWidget(widget)
        head.addWidget(self.words, 1)
        for shown_at_times in (self.bar, self.cancel_button, self.go_on_button):
            head.addWidget(shown_at_times)
        matrices = QHBoxLayout()
        matrices.setSpacing(16)
        for words, matrix in (
            ("WHAT A CHANGE COSTS, MEDIAN", self.costs),
            ("WHAT IS CONFUSED, IMAGES", self.confusion),
        ):
            heading = QLabel(words, self)
            heading.setObjectName("heading")
            column = QVBoxLayout()
            column.setSpacing(2)
            column.addWidget(heading)
            column.addWidget(matrix, 1)
            matrices.addLayout(column, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(6)
        layout.addLayout(head)
        layout.addLayout(matrices, 1)
        layout.addWidget(self.sentence)

    def _connect(self) -> None:
        self.part.part_changed.connect(self._part_chosen)
        self.norm.activated.connect(self._norm_chosen)
        self.boxed.clicked.connect(self._box_toggled)
        self.cancel_button.clicked.connect(self._state.cancel)
        self.go_on_button.clicked.connect(self._state.go_on)
        for matrix, other in ((self.costs, self.confusion), (self.confusion, self.costs)):
            matrix.clicked.connect(self._cell_clicked)
            matrix.hovered.connect(self.hovered)
            matrix.pointed.connect(other.set_mark)
        self._state.changed.connect(self.refresh)

    # ------------------------------------------------------------------ following

    def showEvent(self, event: QShowEvent) -> None:
        """Begin to follow the model."""
        super().showEvent(event)
        self._state.watch(True)
        self.refresh()

    def hideEvent(self, event: QHideEvent) -> None:
        """Let nothing be computed for what nobody sees."""
        super().hideEvent(event)
        self._state.watch(False)

    @Slot()
    def refresh(self) -> None:
        """Show what is known."""
        if not self.isVisible():
            return
        state, dataset = self._state.state, self._session.dataset
        self.norm.setCurrentIndex(self.norm.findData(self._state.norm))
        self.boxed.setChecked(self._state.boxed)
        self._show_progress_soon()
        matrix = None if state is None else state.matrix
        if state is None or matrix is None or dataset is None:
            self.words.setText(self._waiting_words())
            self.sentence.setText("")
            self.costs.set_costs((), None)
            self.confusion.set_counts((), np.zeros((0, 0), dtype=np.int64))
            return
        names = dataset.class_names
        if self.costs.matrix is not matrix:
            self.costs.set_costs(names, matrix)
            self.confusion.set_counts(names, matrix.sizes.counts)
            self.sentence.setText(sentence(matrix, [short(name, _LONGEST_NAME) for name in names]))
        self.words.setText(self._known_words(state, matrix))

    def _waiting_words(self) -> str:
        if self._session.shown is None:
            return "There is no model yet: let a run begin."
        if self._state.is_held:
            return "Stopped before any image was measured."
        return "reading the images ..."

    def _known_words(self, state: PairsState, matrix: CostMatrix) -> str:
        sizes, part = matrix.sizes, PARTS[state.request.part]
        n, epoch = len(sizes.indices), epoch_words(state.request.epoch)
        if not n:
            return f"No {part} image is read rightly, {epoch}: let it learn first."
        if sizes.complete:
            images = "image" if n == 1 else "images"
            return f"{n:,} {part} {images} read rightly, {epoch}"
        return f"so far of {sizes.n_done:,} of {n:,} {part} images read rightly, {epoch}"

    def _show_progress_soon(self) -> None:
        """Show how far a measurement is, if it takes long enough to be worth it."""
        if not self._state.is_measuring or self.cancel_button.isVisible():
            self._patience.stop()
            self._show_progress()
        elif not self._patience.isActive():
            self._patience.start()

    @Slot()
    def _show_progress(self) -> None:
        is_measuring, progress = self._state.is_measuring, self._state.progress
        self.bar.setVisible(is_measuring)
        self.cancel_button.setVisible(is_measuring)
        self.go_on_button.setVisible(self._state.is_held)
        if progress is not None and progress.total:
            self.bar.setRange(0, 1000)
            self.bar.setValue(1000 * progress.done // progress.total)
            self.bar.setToolTip(str(progress))

    # ------------------------------------------------------------------ what a person does

    @Slot(str)
    def _part_chosen(self, part: str) -> None:
        self._state.measure(part=part)

    @Slot(int)
    def _norm_chosen(self, index: int) -> None:
        self._state.measure(norm=self.norm.itemData(index))

    @Slot(bool)
    def _box_toggled(self, is_on: bool) -> None:
        self._state.measure(boxed=is_on)

    @Slot(int, int)
    def _cell_clicked(self, source: int, target: int) -> None:
        """Play the median example of a pair."""
        state = self._state.state
        matrix = None if state is None else state.matrix
        if state is None or matrix is None:
            return
        index = int(matrix.example[source, target])
        if index < 0:
            self._session.notified.emit(f"{self.costs.describe(source, target)}.", False)
            return
        attack = self._session.attack
        attack.choose_exact(state.request.norm, boxed=state.request.boxed)
        attack.choose(state.request.part, index, play=True)
        attack.set_setting("target", target)
        self.tab_requested.emit("Film")


def sentence(matrix: CostMatrix, names: list[str]) -> str:
    """Return what is cheapest and dearest, and whether what is confused is cheap."""
    extremes = matrix.extremes()
    if not matrix.sizes.n_done:
        return ""
    if extremes is None:
        return "No change is enough to make any class another: there is nothing learnt to change."
    (low, high), median = extremes, matrix.median
    words = [f"Cheapest: {names[low[0]]} → {names[low[1]]} ({median[low]:.3g})."]
    if high != low:
        words.append(f"Dearest: {names[high[0]]} → {names[high[1]]} ({median[high]:.3g}).")
    n_far = int(np.isinf(median).sum())
    if n_far:
        pairs = "pair" if n_far == 1 else "pairs"
        words.append(f"Out of reach for half of the images or more: {n_far:,} {pairs}.")
    words.append(_correlation_words(matrix))
    return " ".join(words)


def _correlation_words(matrix: CostMatrix) -> str:
    found, n_pairs = matrix.correlation, int(matrix.known.sum())
    if np.isnan(found):
        if n_pairs < 3:
            return f"{n_pairs} pairs of classes are too few for a rank correlation."
        if not matrix.rates[matrix.known].any():
            return "Nothing is confused here, so that there is nothing to compare costs with."
        return "All pairs are equal in one of the two, so that there is no rank correlation."
    if abs(found) < _LOOSE:
        how = "What is confused more often is hardly cheaper or dearer to attack"
    elif found < 0:
        how = "What is confused more often tends to be cheaper to attack"
    else:
        how = "What is confused more often tends to be dearer to attack"
    return f"{how}: rank correlation {found:+.2f} over {n_pairs:,} pairs.".replace("-", "−")
