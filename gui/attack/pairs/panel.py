"""Which class is cheaply made which other, beside which is taken for which."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import Qt, Slot

from gui.attack.pairs.study import pairs_study
from gui.attack.view import AttackView
from gui.shared.columns import heading, sentences
from gui.shared.measure import measured_words
from gui.shared.panel import StudyProgress
from gui.shared.part_choice import PartChoice
from gui.shared.size_choice import SizeChoice
from gui.shared.words import ATTACKABLE, PARTS, epoch_words
from gui.widgets.basics.fitting_words import short
from gui.widgets.basics.layouts import below, beside
from gui.widgets.basics.tooltips import wrapped
from gui.widgets.grids.confusion_matrix import ConfusionMatrix
from gui.widgets.grids.cost_grid import CostGrid

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from core.exact.cost_matrix import CostMatrix
    from gui.session.session import Session
    from gui.shared.measure import SizesQuestion

_LONGEST_NAME = 14
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
_CONFUSION_HELP = "Click to play the median example of the same pair."
_SENTENCE_HELP = (
    "Spearman's rank correlation of two numbers of each pair of classes: how often images of the "
    "one are read as the other, and what it costs to make one of the other. -1: the more often "
    "confused, the cheaper, without exception; 0: the two have nothing to do with each other."
)


class PairsPanel(AttackView):
    """Two matrices of the same classes in the same order, and what they have in common."""

    norms = ("l2", "linf")

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self.part = PartChoice(session, _PART_HELP, self, ATTACKABLE)
        measure = session.attack.measure
        self.size_choice = SizeChoice(measure, _NORM_HELP, self)
        self.study = pairs_study(session, self.part, measure)
        self.progress = StudyProgress(
            self.study,
            "measuring pairs of classes",
            "Stop here; what was measured stays",
            "Measure on where it was stopped",
            self,
        )
        self.words = sentences(self, "muted")
        self.costs = CostGrid(self)
        self.confusion = ConfusionMatrix(self, help_text=_CONFUSION_HELP, has_scale=True)
        self.sentence = sentences(self, "sentence")
        # As many lines as it has in the smallest window, so that nothing moves when it changes.
        self.sentence.setMinimumHeight(2 * self.sentence.fontMetrics().height())
        self.sentence.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
        self.sentence.setToolTip(wrapped(_SENTENCE_HELP))
        self._lay_out()
        for matrix, other in ((self.costs, self.confusion), (self.confusion, self.costs)):
            matrix.clicked.connect(self._cell_clicked)
            matrix.pointed.connect(other.set_mark)
        self.follow(self.study)

    def _lay_out(self) -> None:
        costs = below(heading("WHAT A CHANGE COSTS, MEDIAN", self), (self.costs, 1), spacing=2)
        words = heading("WHAT IS CONFUSED, IMAGES", self)
        confusion = below(words, (self.confusion, 1), spacing=2)
        chosen = (self.part, self.size_choice)
        head = beside(*chosen, (self.words, 1), self.progress, spacing=10)
        matrices = beside((costs, 1), (confusion, 1), spacing=16)
        self.setLayout(below(head, (matrices, 1), self.sentence))

    def show_known(self) -> None:
        """Show what is known."""
        answer, dataset = self.study.answer, self._session.view.dataset
        matrix = self.study.found
        if answer is None or matrix is None or dataset is None:
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
        self.words.setText(_known_words(answer.question, matrix))

    def _waiting_words(self) -> str:
        if self._session.view.shown is None:
            return "There is no model yet: let a run begin."
        if self.study.is_held:
            return "Stopped before any image was measured."
        return "reading the images ..."

    def figure_words(self) -> str:
        """Return whose images are measured, which epoch's, and how."""
        answer = self.study.answer
        q = None if answer is None else answer.question
        how = "" if q is None else measured_words(q.norm, boxed=q.boxed)
        return f"{self.words.text()}, {how}"

    @Slot(int, int)
    def _cell_clicked(self, source: int, target: int) -> None:
        """Play the median example of a pair."""
        answer, matrix = self.study.answer, self.study.found
        if answer is None or matrix is None:
            return
        index = int(matrix.example[source, target])
        if index < 0:
            self._session.messages.note(f"{self.costs.describe(source, target)}.")
            return
        attack, measured = self._session.attack, answer.question
        attack.choose_exact(measured.norm, boxed=measured.boxed)
        attack.choose(measured.part, index, play=True)
        attack.set_setting("target", target)
        self.tab_requested.emit("the film")


def _known_words(measured: SizesQuestion, matrix: CostMatrix) -> str:
    sizes, part = matrix.sizes, PARTS[measured.part]
    n, epoch = len(sizes.indices), epoch_words(measured.epoch)
    if not n:
        return f"No {part} image is read rightly, {epoch}: let it learn first."
    if sizes.complete:
        images = "image" if n == 1 else "images"
        return f"{n:,} {part} {images} read rightly, {epoch}"
    return f"so far of {sizes.n_done:,} of {n:,} {part} images read rightly, {epoch}"


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
