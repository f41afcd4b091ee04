"""Which class is cheaply made which other, beside which is taken for which."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QPoint, Qt, Slot
from PySide6.QtWidgets import QWidget

from gui.attack.pairs.pair_card import PairCard
from gui.attack.pairs.study import PairQuestion, pair_study, pairs_study
from gui.attack.pairs.words import known_words
from gui.attack.view import AttackView
from gui.shared.measure import measured_words
from gui.shared.panel import StudyProgress
from gui.shared.part_choice import PartChoice
from gui.shared.words import ATTACKABLE
from gui.widgets.basics.card import Card
from gui.widgets.basics.fitting_label import FittingLabel
from gui.widgets.basics.layouts import below, beside
from gui.widgets.basics.tooltips import wrapped
from gui.widgets.grids.confusion_matrix import ConfusionMatrix
from gui.widgets.grids.cost_grid import CostGrid

if TYPE_CHECKING:
    from gui.session.session import Session

_PART_HELP = (
    "Whose images are measured: those that the model learnt from, or those that only measure. Only "
    "images read rightly are, and toward each other class."
)
_COSTS_HELP = (
    "How large a change is: its length over all pixels, or what the pixel that changes most does. "
    "Past one rival alone it takes (z_y - z_c) / |w_y - w_c|, with the length or the sum of the "
    "sizes of the difference; where others lie on the way, all have to be overtaken at once."
)
_CONFUSION_HELP = "Click to look at this pair below."
_CONFUSED_WORDS = "images, coloured by share of the row", "images"
_COUNTED = "pixels are counted for one image alone; "


class PairsPanel(AttackView):
    """Two matrices of the same classes in the same order, and below them the pair chosen."""

    norms = ("l2", "linf")

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self._chosen: tuple[int, int] | None = None
        """The pair a person has chosen; None for the cheapest."""
        self.head: QWidget = QWidget(self)
        self.part = PartChoice(session, _PART_HELP, self.head, ATTACKABLE, "{}")
        self.study = pairs_study(session, self.part, session.attack.measure)
        self.pair_study = pair_study(session, self._pair_wanted, self.study.changed, self)
        self.progress = StudyProgress(
            self.study,
            "measuring pairs of classes",
            "Stop here; what was measured stays",
            "Measure on where it was stopped",
            self.head,
        )
        self.words = FittingLabel("", self.head, look="muted")
        self.words.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.costs = CostGrid(self)
        self.confusion = ConfusionMatrix(self, help_text=_CONFUSION_HELP, has_scale=True)
        self.costs_card = Card("What a change costs", self.costs, "", parent=self)
        self.costs_card.title.setToolTip(wrapped(_COSTS_HELP))
        self.pair = PairCard(self)
        self._lay_out()
        for matrix, other in ((self.costs, self.confusion), (self.confusion, self.costs)):
            matrix.clicked.connect(self._cell_clicked)
            matrix.pointed.connect(other.set_mark)
        self.pair.film_wanted.connect(self._play)
        self.pair.opened.connect(self._opened)
        self.follow(self.study, self.pair_study)
        session.view.dataset_changed.connect(self._dataset_changed)

    def _lay_out(self) -> None:
        before, after = FittingLabel("", self.head), FittingLabel("", self.head)
        before.set_wordings("What does it take to make every", "What makes every", "Every")
        after.set_wordings("image that is read rightly another class?", "image another?", "")
        asked = (before, self.part, after, (self.words, 1), self.progress)
        self.head.setLayout(beside(*asked, spacing=8))
        confusion = Card("What is confused", self.confusion, "", parent=self)
        confusion.set_words(*_CONFUSED_WORDS)
        matrices = beside((self.costs_card, 1), (confusion, 1), spacing=8)
        self.setLayout(below((matrices, 1), self.pair, spacing=8))

    @Slot()
    def _dataset_changed(self) -> None:
        """Look at the cheapest pair of other classes."""
        self._chosen = None

    @property
    def shown_pair(self) -> tuple[int, int] | None:
        """The pair that is looked at: the one chosen, else the cheapest; None without any."""
        matrix = self.study.found
        if matrix is None:
            return None
        if self._chosen is not None and max(self._chosen) < len(matrix.median):
            return self._chosen
        extremes = matrix.extremes()
        return None if extremes is None else extremes[0]

    def _pair_wanted(self) -> PairQuestion | None:
        answer, matrix, pair = self.study.answer, self.study.found, self.shown_pair
        if answer is None or matrix is None or pair is None:
            return None
        q, example = answer.question, int(matrix.example[pair])
        return PairQuestion(q.weights, q.epoch, q.part, q.split, q.norm, q.boxed, pair, example)

    def show_known(self) -> None:
        """Show what is known."""
        answer, dataset = self.study.answer, self._session.view.dataset
        matrix, pair = self.study.found, self.shown_pair
        if answer is None or matrix is None or dataset is None:
            self.words.set_wordings("")
            self.pair.show_nothing(self._waiting_words())
            self.costs.set_costs((), None)
            self.confusion.set_counts((), np.zeros((0, 0), dtype=np.int64))
            return
        q = answer.question
        if self.costs.matrix is not matrix:
            self.costs.set_costs(dataset.class_names, matrix)
            self.confusion.set_counts(dataset.class_names, matrix.sizes.counts)
        how = "length" if q.norm == "l2" else "largest pixel"
        counted = _COUNTED if self._session.attack.measure.norm != q.norm else ""
        box = ", in the box" if q.boxed else ""
        self.costs_card.set_words(f"{counted}median exact {how}{box}", f"{how}{box}")
        self.words.set_wordings(*known_words(q, matrix))
        of, found = self.pair_study.answer, self.pair_study.found
        if of is not None and found is not None and max(of.question.pair) < dataset.n_classes:
            # Words, frames and pictures are of one pair, whichever is the cheapest by now.
            pair = of.question.pair
            self.pair.show_example(of.question, found, dataset)
        for grid in (self.costs, self.confusion):
            grid.set_chosen(pair)
        self.pair.show_pair(matrix, dataset, pair or (0, 0))

    def _waiting_words(self) -> str:
        if self.study.is_held:
            return "Stopped before any image was measured."
        return self.why_nothing(self.study.problem, "reading the images ...")

    def figure_words(self) -> str:
        """Return whose images are measured, which epoch's, and how."""
        answer = self.study.answer
        if answer is None:
            return self.words.text()
        q = answer.question
        return f"{q.part}, {self.words.text()}, {measured_words(q.norm, boxed=q.boxed)}"

    @Slot(int, int)
    def _cell_clicked(self, source: int, target: int) -> None:
        """Look at a pair."""
        if self.study.found is not None:
            self._chosen = source, target
            self.pair_study.ask()
            self.refresh()

    @Slot(int, QPoint)
    def _opened(self, index: int) -> None:
        self.sample_requested.emit(self.part.chosen, index)

    @Slot()
    def _play(self) -> None:
        """Play the median example of the pair that is looked at."""
        question = self._pair_wanted()
        if question is None or question.example < 0:
            return
        attack = self._session.attack
        attack.choose_exact(question.norm, boxed=question.boxed)
        attack.choose(question.part, question.example, play=True)
        attack.set_setting("target", question.pair[1])
        self.tab_requested.emit("the film")
