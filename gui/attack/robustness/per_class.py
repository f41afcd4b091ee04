"""What each class withstands: quartiles of the run shown, medians of the other."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import Slot
from PySide6.QtWidgets import QLabel, QWidget

from gui.attack.robustness.part import RobustnessPart
from gui.attack.robustness.words import UNITS
from gui.theme import LIGHT, Theme
from gui.widgets.bars.quartile_rows import QuartileRows
from gui.widgets.basics.card import Card
from gui.widgets.basics.fitting_label import FittingLabel
from gui.widgets.basics.fitting_words import short
from gui.widgets.basics.layouts import below, beside, holding
from gui.widgets.basics.tooltips import wrapped

if TYPE_CHECKING:
    from gui.attack.robustness.questions import RobustnessCurves
    from gui.attack.robustness.study import Robustness
    from gui.session.session import Session

_LONGEST_NAME, _SHORTEST_NAME = 10, 7
_HELP = (
    "Of the images of each class read rightly: a quarter withstands less than where the bar begins "
    "(●: half), a quarter more than where it ends. The square is the median of the other run."
)


class RobustnessPerClass(RobustnessPart):
    """A row for each class in a card; a click chooses the class for everything above."""

    def __init__(self, session: Session, state: Robustness, parent: QWidget | None = None) -> None:
        super().__init__(session, state, parent)
        self._theme = LIGHT
        self._drawn: tuple[object, ...] = ()
        self.rows = QuartileRows(self)
        self.signs = [QLabel(sign, self) for sign in ("●", "□")]
        self.names = [FittingLabel("", self, look="caption") for _ in self.signs]
        parts = [part for pair in zip(self.signs, self.names, strict=True) for part in pair]
        words = holding(beside(*parts, None, spacing=4), self)
        card = Card("Per class", self.rows, words, parent=self)
        card.title.setToolTip(wrapped(_HELP))
        self.setLayout(below(card))
        self.rows.clicked.connect(self._clicked)

    def figure_words(self) -> str:
        """Return which runs they are of, and how sizes are measured."""
        return ", ".join(filter(None, (name.text() for name in self.names)))

    def set_theme(self, theme: Theme) -> None:
        """Use these colours."""
        self._theme = theme
        self._drawn = ()
        self.refresh()

    def show_known(self) -> None:
        """Show the quartiles that are known."""
        curves, dataset = self._state.curves, self._session.view.dataset
        self.rows.set_chosen(self._state.label)
        if curves is None or dataset is None:
            self._drawn = ()
            self.rows.set_rows((), np.zeros((3, 0)), np.zeros(0), "run 0", "")
            return
        drawn = tuple(curves.exact.values())
        if len(drawn) == len(self._drawn) and all(
            a is b for a, b in zip(drawn, self._drawn, strict=True)
        ):
            return
        self._drawn = drawn
        self._draw(curves, dataset.class_names)

    def _draw(self, curves: RobustnessCurves, names: tuple[str, ...]) -> None:
        runs, (shown, *behind) = self._session.runs, curves.models
        entries = [runs.entry(model.key) for model in (shown, *behind[:1])]
        colours = ["muted" if entry is None else runs.colour_of(entry) for entry in entries]
        other = np.full(len(names), np.nan)
        if behind:
            other = curves.exact[behind[0].key].quartiles(curves.norm)[1]
        self.rows.set_rows(
            names,
            curves.shown.quartiles(curves.norm),
            other,
            colours[-1],
            UNITS[curves.norm],
            counted=curves.sound,
        )
        for i, (sign, name) in enumerate(zip(self.signs, self.names, strict=True)):
            entry = entries[i] if i < len(entries) else None
            run = "" if entry is None else short(entry.name, _LONGEST_NAME)
            least = short(run, _SHORTEST_NAME)
            name.set_wordings(f"{run}, quartiles" if run and not i else run, run, least)
            name.setMinimumWidth(name.fontMetrics().horizontalAdvance(least))
            sign.setStyleSheet(f"color: {self._theme.colour(colours[min(i, len(colours) - 1)])}")
            sign.setVisible(bool(run))

    @Slot(int, int)
    def _clicked(self, row: int, column: int) -> None:
        self._state.choose_class(None if self._state.label == row else row)
