"""The sentence above the curves: whose images, of which class, beside which other run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, Slot
from PySide6.QtWidgets import QWidget

from core.learning.records import epoch_words
from gui.shared.columns import label
from gui.shared.part_choice import PartChoice
from gui.theme import grow
from gui.widgets.basics.controls import chooser, offer
from gui.widgets.basics.fitting_label import FittingLabel
from gui.widgets.basics.fitting_words import short
from gui.widgets.basics.layouts import beside

if TYPE_CHECKING:
    from PySide6.QtGui import QResizeEvent

    from gui.attack.robustness.study import Robustness
    from gui.session.runs import RunEntry
    from gui.session.session import Session

_LONGEST_NAME = 12
_NO_RUN = "no other run"
_GAP = 8
_WORDS = (
    ("How much does every", "Every", ""),
    ("image of", "of", ""),
    ("withstand, beside", "beside", ""),
)
"""Before each list, ever shorter."""
_LEAST_LIST = 90
"""Pixels of a list of classes or runs."""
_PART_HELP = (
    "Whose images are measured: those that the model learnt from, or those that only measure."
)
_CLASS_HELP = "Whose images are counted: all, or those of one class."
_OTHER_HELP = (
    "The run that the one shown is compared with, at the kept epoch nearest to the one shown; its "
    "curve is drawn in its own colour."
)


class EverySentence(QWidget):
    """Words with three lists in them."""

    def __init__(self, session: Session, state: Robustness, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session, self._state = session, state
        self.part = PartChoice(session, _PART_HELP, self, words="{}")
        self.label = chooser("Class", self, _CLASS_HELP)
        self.other = chooser("Beside", self, _OTHER_HELP)
        for each in (self.label, self.other):  # as wide as what is offered now, where there is room
            each.setSizeAdjustPolicy(each.SizeAdjustPolicy.AdjustToContents)
            grow(each, minimum_width=_LEAST_LIST)
        lists = (self.part, self.label, self.other)
        self._words = [FittingLabel("", self) for _ in lists]
        parts = [part for pair in zip(self._words, lists, strict=True) for part in pair]
        self.setLayout(beside(*parts, label("?", self), None, spacing=_GAP))
        self.part.part_changed.connect(state.choose_part)
        self.label.activated.connect(self._class_chosen)
        state.chosen.connect(self.refresh)
        self.other.activated.connect(self._other_chosen)
        self.refresh()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Say as much as there is room for."""
        super().resizeEvent(event)
        self._fit()

    def changeEvent(self, event: QEvent) -> None:
        """Say as much as there is room for in another font."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self._fit()

    def _fit(self) -> None:
        """Shorten all words together: each alone would leave gaps beside the lists."""
        lists, metrics = (self.part, self.label, self.other), self.fontMetrics()
        taken = sum(one.sizeHint().width() + 2 * _GAP for one in lists) + 2 * metrics.height()
        room = self.width() - taken
        chosen = zip(*_WORDS, strict=True)
        fits = (w for w in chosen if sum(map(metrics.horizontalAdvance, w)) <= room)
        for words, text in zip(self._words, next(fits, ("",) * len(lists)), strict=True):
            words.set_wordings(text)

    @Slot()
    def refresh(self) -> None:
        """Offer the classes and runs there are now, each run with the epoch it is looked at."""
        dataset = self._session.view.dataset
        names = enumerate(() if dataset is None else dataset.class_names)
        classes = {k: short(name, _LONGEST_NAME) for k, name in names}
        offer(self.label, {None: "all classes", **classes})
        self.label.setCurrentIndex(self.label.findData(self._state.label))
        runs = {entry.key: self._run_words(entry) for entry in reversed(self._state.others)}
        offer(self.other, {None: _NO_RUN, **runs})
        other = self._state.other
        self.other.setCurrentIndex(0 if other is None else self.other.findData(other.key))
        self.other.setEnabled(bool(runs))
        self._fit()

    def _run_words(self, entry: RunEntry) -> str:
        shown, name = self._session.view.shown, short(entry.name, _LONGEST_NAME)
        if shown is None or not entry.run.history.records:
            return name
        return f"{name}, {epoch_words(entry.run.history.nearest(shown.epoch).epoch)}"

    @Slot(int)
    def _class_chosen(self, index: int) -> None:
        self._state.choose_class(self.label.itemData(index))

    @Slot(int)
    def _other_chosen(self, index: int) -> None:
        self._state.compare_with(self.other.itemData(index))
