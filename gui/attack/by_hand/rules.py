"""The budget of painting against the gradient; size and box are those of the whole page."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from PySide6.QtCore import QSignalBlocker, Qt, Slot
from PySide6.QtWidgets import QSlider, QWidget

from core.attack.by_hand.score import least_sized, sized
from core.words import DOWN, significant
from gui.attack.by_hand.study import LEAST_FACTOR, MOST_FACTOR
from gui.shared.columns import label
from gui.theme import grow
from gui.widgets.basics.controls import button
from gui.widgets.basics.fitting_label import FittingLabel
from gui.widgets.basics.layouts import beside
from gui.widgets.basics.tooltips import wrapped

if TYPE_CHECKING:
    from gui.attack.by_hand.study import Game

_STEPS = 120
"""Of the slider, equal ratios apart."""


class RulesLine(QWidget):
    """How much a change may take, for both sides; and another game with the same image."""

    def __init__(self, game: Game, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._game = game
        self.budget = QSlider(Qt.Orientation.Horizontal, self)
        self.budget.setAccessibleName("budget")
        self.budget.setRange(0, _STEPS)
        grow(self.budget, minimum_width=48)
        self.budget.valueChanged.connect(self._budget_chosen)
        self.words = FittingLabel("", self)
        tip = "Begin anew with the same image; Undo brings back what you have painted."
        self.again = button("Same again", self, tip, "small", game.again)
        name = label("budget", self, buddy=self.budget)
        self.setLayout(beside(name, (self.budget, 2), (self.words, 3), self.again))

    @Slot()
    def refresh(self) -> None:
        """Show what the game holds."""
        for widget in (self.budget, self.again):
            widget.setEnabled(self._game.is_ready)
        with QSignalBlocker(self.budget):
            self.budget.setValue(_place(self._game.factor))
        game = self._game
        answer, budget = game.answer, game.budget
        if answer is None or budget is None:
            self.words.set_wordings("" if game.problem else "computing ...")
            self.budget.setToolTip(wrapped("The largest size a change may have."))
            return
        allowed = sized(budget, game.norm, DOWN)
        needed = least_sized(answer.needed, game.norm)
        times = significant(game.factor)
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
