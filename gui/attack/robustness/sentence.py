"""The sentence above the curves: whose images, of which class, beside which other run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QWidget

from core.learning.records import epoch_words
from gui.shared.columns import label
from gui.shared.part_choice import PartChoice
from gui.widgets.basics.controls import chooser, offer
from gui.widgets.basics.fitting_words import short
from gui.widgets.basics.layouts import beside

if TYPE_CHECKING:
    from gui.attack.robustness.study import Robustness
    from gui.session.runs import RunEntry
    from gui.session.session import Session

_LONGEST_NAME = 12
_NO_RUN = "no other run"
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

    chosen = Signal()
    """Another part, class or run is looked at."""

    def __init__(self, session: Session, state: Robustness, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session, self._state = session, state
        self.part = PartChoice(session, _PART_HELP, self, words="{}")
        self.label = chooser("Class", self, _CLASS_HELP)
        self.other = chooser("Beside", self, _OTHER_HELP)
        words = [
            label(text, self)
            for text in ("How much does every", "image of", "withstand, beside", "?")
        ]
        lists = (self.part, self.label, self.other)
        parts = [part for pair in zip(words, lists, strict=False) for part in pair]
        self.setLayout(beside(*parts, words[-1], None, spacing=8))
        self.part.part_changed.connect(self._part_chosen)
        self.label.activated.connect(self.chosen)
        self.other.activated.connect(self._other_chosen)
        self.dataset_changed()

    @property
    def chosen_class(self) -> int | None:
        """The class whose images are counted, None for all."""
        chosen: int | None = self.label.currentData()
        return chosen

    @property
    def class_name(self) -> str:
        """Its name."""
        dataset, chosen = self._session.view.dataset, self.chosen_class
        return "" if dataset is None or chosen is None else dataset.class_names[chosen]

    def choose_class(self, chosen: int | None) -> None:
        """Count the images of one class, or of all."""
        self.label.setCurrentIndex(max(self.label.findData(chosen), 0))
        self.chosen.emit()

    def dataset_changed(self) -> None:
        """Offer the classes there are now."""
        dataset = self._session.view.dataset
        names = enumerate(() if dataset is None else dataset.class_names)
        classes = {k: short(name, _LONGEST_NAME) for k, name in names}
        offer(self.label, {None: "all classes", **classes})
        self.label.setCurrentIndex(0)

    def refresh(self) -> None:
        """Offer the runs there are now, each with the epoch that it is looked at."""
        runs = {entry.key: self._run_words(entry) for entry in reversed(self._state.others)}
        offer(self.other, {None: _NO_RUN, **runs})
        other = self._state.other
        self.other.setCurrentIndex(0 if other is None else self.other.findData(other.key))
        self.other.setEnabled(bool(runs))

    def _run_words(self, entry: RunEntry) -> str:
        shown, name = self._session.view.shown, short(entry.name, _LONGEST_NAME)
        if shown is None or not entry.run.history.records:
            return name
        return f"{name}, {epoch_words(entry.run.history.nearest(shown.epoch).epoch)}"

    @Slot(str)
    def _part_chosen(self, part: str) -> None:
        self._state.choose_part(part)
        self.chosen.emit()

    @Slot(int)
    def _other_chosen(self, index: int) -> None:
        self._state.compare_with(self.other.itemData(index))
        self.refresh()
        self.chosen.emit()
