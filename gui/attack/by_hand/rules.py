"""The rules of painting against the gradient: norm, box, budget; and another game."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from PySide6.QtCore import QSignalBlocker, Qt, Slot
from PySide6.QtWidgets import QCheckBox, QLabel, QSlider, QWidget

from core.attack.by_hand.score import sized
from core.attack.norms import NORMS
from gui.attack.by_hand.study import LEAST_FACTOR, MOST_FACTOR
from gui.widgets.basics.controls import button, chooser
from gui.widgets.basics.fitting_label import FittingLabel
from gui.widgets.basics.layouts import beside
from gui.widgets.basics.tooltips import wrapped

if TYPE_CHECKING:
    from gui.attack.by_hand.study import Game

_STEPS = 120
"""Of the slider, equal ratios apart."""

_BOX_HELP = (
    "Keep every pixel between 0 and 1, for you and for the optimiser alike. It begins with a box; "
    "a change of the attack's own above acts here too."
)
_COUNTED_HELP = (
    "Where pixels are counted they stay in 0..1: changed without limits, a single one would do."
)


class RulesLine(QWidget):
    """One line; what is chosen holds for both sides."""

    def __init__(self, game: Game, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._game = game
        norms = {name: NORMS[name].label for name in ("l2", "linf", "l0")}
        self.norm = chooser("Norm of the change", self, choices=norms)
        self.norm.activated.connect(lambda: game.set_norm(self.norm.currentData()))
        self.box = QCheckBox("box 0..1", self)
        self.box.clicked.connect(game.set_boxed)
        self.budget = QSlider(Qt.Orientation.Horizontal, self)
        self.budget.setAccessibleName("budget")
        self.budget.setRange(0, _STEPS)
        self.budget.setMinimumWidth(80)
        self.budget.setMaximumWidth(260)
        self.budget.valueChanged.connect(self._budget_chosen)
        self.words = FittingLabel("", self)
        tip = "An image by chance that the model reads rightly."
        self.another = button("Another image", self, tip, "small", game.another)
        tip = "Begin anew with the same image; Undo brings back what you have painted."
        self.again = button("Same again", self, tip, "small", game.again)
        how = (QLabel("norm", self), self.norm, self.box, 8)
        budget = (QLabel("budget", self), (self.budget, 2), (self.words, 3))
        self.setLayout(beside(*how, *budget, self.another, self.again))

    @Slot()
    def refresh(self) -> None:
        """Show what the game holds."""
        game = self._game
        self.norm.setCurrentIndex(self.norm.findData(game.norm))
        formula = NORMS[game.norm].formula
        self.norm.setToolTip(wrapped("How the size of a change is measured.", formula))
        is_counted = game.norm == "l0"
        self.box.setChecked(game.boxed)
        self.box.setEnabled(not is_counted)
        self.box.setToolTip(wrapped(_COUNTED_HELP if is_counted else _BOX_HELP))
        for widget in (self.budget, self.again):
            widget.setEnabled(game.is_ready)
        with QSignalBlocker(self.budget):
            self.budget.setValue(_place(game.factor))
        self._refresh_words()

    def _refresh_words(self) -> None:
        game = self._game
        answer, budget = game.answer, game.budget
        if answer is None or budget is None:
            self.words.set_wordings("" if game.problem else "computing ...")
            self.budget.setToolTip(wrapped("The largest size a change may have."))
            return
        allowed, needed = sized(budget, game.norm), sized(answer.needed, game.norm)
        times = f"{game.factor:.3g}"
        self.words.set_wordings(
            f"{allowed} = {times} × the {needed} needed", f"{allowed} = {times} × needed", allowed
        )
        tip = f"The largest size a change may have: {allowed}, {times} times the {needed} needed."
        self.budget.setToolTip(wrapped(tip))

    @Slot(int)
    def _budget_chosen(self, place: int) -> None:
        self._game.set_factor(LEAST_FACTOR * (MOST_FACTOR / LEAST_FACTOR) ** (place / _STEPS))


def _place(factor: float) -> int:
    """Return where on the slider a factor is."""
    within = min(max(factor, LEAST_FACTOR), MOST_FACTOR)
    return round(_STEPS * math.log(within / LEAST_FACTOR) / math.log(MOST_FACTOR / LEAST_FACTOR))
