"""The right of the Draw page: what the drawing is read as, and what can be done with it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget

from gui.shared.columns import label
from gui.shared.words import sure_words
from gui.widgets.bars.probability_bars import ProbabilityBars
from gui.widgets.basics.controls import button, chooser, offer
from gui.widgets.basics.fitting_words import short
from gui.widgets.basics.layouts import below, beside
from gui.widgets.basics.tooltips import wrapped

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_LONGEST_NAME = 24
_LONGEST_ON_BUTTON = 12


class ReadingPanel(QWidget):
    """Words, bars, the class it is meant as, and the buttons."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._names: tuple[str, ...] = ()
        self.sentence = label("", self, "sentence")
        self.surety = label("", self)
        self.when = label("", self, "muted")
        for words in (self.sentence, self.surety, self.when):
            # However long they are, the bars must stay where they are.
            words.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.bars = ProbabilityBars(self)
        self.bars.setToolTip(
            wrapped("Probability of each class for the drawing; ○ what it is meant as.")
        )
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        policy.setRetainSizeWhenHidden(True)
        self.bars.setSizePolicy(policy)
        tip = "Show the drawing large, with its probabilities and the reasons for them"
        self.open_button = button("Open", self, tip)
        tip = "Change the drawing until it is read as something else"
        self.attack_button = button("Attack", self, tip)
        tip = "What you mean it to be: its label among the training images, and ○ above."
        self.label = chooser("what the drawing is meant as", self, tip, shortest=7)
        self.label.activated.connect(self._refresh_buttons)
        self.add_button = button("Add to training images", self)
        self.samples = label("", self, "muted")
        tip = "Remove the image added last from the training images"
        self.take_back_button = button("Take back", self, tip, "small")
        self._is_drawn = False
        self.is_there = False
        """Whether a drawing and what is read in it are shown."""
        self._lay_out()
        self.show_samples(0)

    def _lay_out(self) -> None:
        use = beside((self.open_button, 1), (self.attack_button, 1))
        meant = beside(QLabel("meant as", self), (self.label, 1))
        added = beside((self.samples, 1), self.take_back_button)
        read = (self.sentence, self.surety, self.when, (self.bars, 1))
        self.setLayout(below(*read, 4, use, meant, self.add_button, added))

    @property
    def meant(self) -> int | None:
        """The class the drawing is meant as, if that was said."""
        chosen = self.label.currentData()
        return None if chosen is None else int(chosen)

    def set_classes(self, names: tuple[str, ...]) -> None:
        """Offer these classes."""
        if names == self._names:
            return
        self._names = names
        self.is_there = False  # what was read were other classes
        cut = {k: short(name, _LONGEST_NAME) for k, name in enumerate(names)}
        offer(self.label, {None: "not said", **cut})
        self.label.setCurrentIndex(0)
        self._refresh_buttons()

    @Slot()
    def _refresh_buttons(self) -> None:
        meant = self.meant
        for use in (self.open_button, self.attack_button):
            use.setEnabled(self.is_there)
        self.add_button.setEnabled(self._is_drawn and meant is not None)
        words, tip = "Add to training images", "Say first what it is meant as"
        if meant is not None:
            name = short(self._names[meant], _LONGEST_ON_BUTTON)
            words = f"Add to training, as {name}"
            tip = "Learn this drawing too, from the next rewind on"
        self.add_button.setText(words)
        self.add_button.setToolTip(wrapped(tip))

    def show_nothing(self, words: str, *, is_drawn: bool = False) -> None:
        """Say why nothing is read; what is drawn can be added all the same."""
        self.is_there, self._is_drawn = False, is_drawn
        self.sentence.setText(words)
        self.surety.setText("")
        self.when.setText("")
        self.bars.hide()
        self._refresh_buttons()

    def show_reading(self, probabilities: NDArray[np.floating], when: str) -> None:
        """Show probabilities (n_classes,), and of which epoch's model they are."""
        self.is_there = self._is_drawn = True
        order = (-probabilities).argsort(kind="stable")  # of equals the first, as everywhere
        sure, next_sure = (float(probabilities[k]) for k in order[:2])
        first, second = (self._names[int(k)] for k in order[:2])
        self.sentence.setText(f"Read as {short(first, _LONGEST_NAME)}")
        self.sentence.setToolTip(wrapped(first))
        then = f"then {short(second, _LONGEST_ON_BUTTON)}, {sure_words(next_sure)}"
        self.surety.setText(f"{sure_words(sure)} sure; {then}")
        self.when.setText(when)
        self.bars.set_probabilities(self._names, probabilities, true=self.meant)
        self.bars.show()
        self._refresh_buttons()

    def show_samples(self, n_added: int) -> None:
        """Say how many samples were added so far."""
        words = "1 drawing added" if n_added == 1 else f"{n_added} drawings added"
        self.samples.setText(words if n_added else "")
        self.take_back_button.setVisible(n_added > 0)
