"""What a chosen pair costs, an image of the one made the other, and those that are read so."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QFrame, QSizePolicy, QWidget

from core.words import significant
from gui.attack.pairs.words import pair_sentences
from gui.shared.columns import label, sentences
from gui.shared.words import PARTS
from gui.widgets.basics.card import Card
from gui.widgets.basics.controls import button
from gui.widgets.basics.fitting_label import FittingLabel
from gui.widgets.basics.fitting_words import short
from gui.widgets.basics.layouts import below, beside, scrolled
from gui.widgets.basics.tooltips import wrapped
from gui.widgets.images.change_picture import ChangePicture, sum_of
from gui.widgets.images.image_strip import ImageStrip, StripImage
from gui.widgets.images.image_view import ImageView

if TYPE_CHECKING:
    from core.data.dataset import Dataset
    from core.exact.cost_matrix import CostMatrix
    from core.exact.pair_example import PairExample
    from core.report.figures import Pictures
    from gui.attack.pairs.study import PairQuestion

MOST_IMAGES = 40
_LONGEST_NAME = 14
_LONGEST_TIE = 9
_VIEW, _LEAST_VIEW = QSize(108, 126), QSize(84, 98)
"""Room for digits of 28 three times as large, or twice where it is low."""
_SENTENCE_HELP = (
    "Spearman's rank correlation of two numbers of each pair of classes: how often images of the "
    "one are read as the other, and what it costs to make one of the other. -1: the more often "
    "confused, the cheaper, without exception; 0: the two have nothing to do with each other."
)
_START_HELP = "The median example: half of the images of its class read rightly need less."
_CHANGE_HELP = (
    "The smallest change with which it is read as the other class; red is added ink, blue ink "
    "taken away."
)
_TIE_HELP = "The image with the change: both classes are equally probable there."
_STRIP_HELP = "Click to open this image."
_FILM_HELP = "Play the smallest change of the median example on One image."


class _Sum(QWidget):
    """Start + change = tie."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.start = ImageView("start", _START_HELP, self)
        self.change = ChangePicture(_CHANGE_HELP, self, noun="")
        self.tie = ImageView("tie", _TIE_HELP, self)
        self.words = ""
        for view in (self.start, self.change, self.tie):
            view.usual, view.least = _VIEW, _LEAST_VIEW
        signs = [label(sign, self, "sentence") for sign in ("+", "=")]
        self.setLayout(beside(self.start, signs[0], self.change, signs[1], self.tie, spacing=4))

    def figure(self) -> Pictures | None:
        """Return all three as one figure."""
        return sum_of("Median example", self.words, self.start, self.change, self.tie)


class PairCard(QWidget):
    """Sentences on the left, the example in the middle, images that are confused on the right."""

    opened = Signal(int)
    """An image that is to be opened, and its place on the screen."""
    film_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.outcome, self.words = sentences(self, "sentence"), sentences(self, "muted")
        self.words.setToolTip(wrapped(_SENTENCE_HELP))
        self.sum = _Sum(self)
        self.confused_words = FittingLabel("", self, look="muted")
        self.confused = ImageStrip("images that are confused", _STRIP_HELP, self)
        self.film = button("show as film", self, _FILM_HELP, "small", self.film_wanted)
        self.confused.opened.connect(self.opened)
        self._drawn: PairExample | None = None
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        self._lay_out()

    def _lay_out(self) -> None:
        line = QFrame(self)
        line.setObjectName("line")
        line.setFrameShape(QFrame.Shape.VLine)
        # Beside an opened image all of it is still read, though not at once.
        area = scrolled(self.words, self, sideways=False, lines=2)
        told = below(self.outcome, (area, 1), spacing=2)
        head = beside((self.confused_words, 1), self.film, spacing=8)
        right = below(head, (self.confused, 1), spacing=2)
        content = beside((told, 9), (self.sum, 7), line, (right, 11), spacing=12)
        self.setLayout(below(Card("", content, parent=self)))
        for words in (self.outcome, self.words):
            words.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)

    def show_nothing(self, why: str) -> None:
        """Show nothing, and say why."""
        self._drawn = None
        self.outcome.setText(why)
        self.words.setText("")
        self._clear()

    def _clear(self) -> None:
        self.confused_words.set_wordings("")
        self.confused.set_images(())
        self.film.setEnabled(False)
        for view in (self.sum.start, self.sum.change, self.sum.tie):
            view.clear()

    def show_pair(self, matrix: CostMatrix, dataset: Dataset, pair: tuple[int, int]) -> None:
        """Say what a pair costs."""
        names = [short(name, _LONGEST_NAME) for name in dataset.class_names]
        first, more = pair_sentences(matrix, names, pair)
        self.outcome.setText(first)
        self.words.setText(more)
        self.film.setEnabled(int(matrix.example[pair]) >= 0)

    def show_example(self, question: PairQuestion, found: PairExample, dataset: Dataset) -> None:
        """Show an example of it and the images that are confused."""
        if self._drawn is found:
            return
        self._drawn = found
        names = [short(name, _LONGEST_NAME) for name in dataset.class_names]
        source, target = question.pair
        self._show_sum(question, found, dataset)
        n, n_images = len(found.confused), len(found.confused[:MOST_IMAGES])
        how = "rightly " if source == target else ""
        whole = f"{n:,} of {found.n_source:,} were {how}read as {names[target]}"
        self.confused_words.set_wordings(
            f"{whole}, with probability; the surest first" if n else whole, whole
        )
        part = question.part
        self.confused.set_images(
            [
                StripImage(
                    index=index,
                    values=question.split.images[index].reshape(dataset.image_shape),
                    below=((f"{p:.2f}",),),
                    words=f"{PARTS[part]} image {index:,}, {names[source]}, read as "
                    f"{names[target]} with probability {significant(p, 4)}",
                )
                for index, p in zip(
                    found.confused[:n_images].tolist(),
                    found.probabilities[:n_images].tolist(),
                    strict=True,
                )
            ]
        )

    def _show_sum(self, question: PairQuestion, found: PairExample, dataset: Dataset) -> None:
        views, change = self.sum, found.change
        if change is None or not np.isfinite(change.size):
            for view in (views.start, views.change, views.tie):
                view.clear()
            return
        source, target = (short(dataset.class_names[k], 6) for k in question.pair)
        shape, image = dataset.image_shape, question.split.images[question.example]
        views.words = f"{source} → {target}, size {significant(change.size, 4)}"
        number = f"{question.example:,}"
        views.start.set_title(f"{PARTS[question.part]} {number}", number)
        views.start.show_grey(image.reshape(shape))
        views.change.show_change(change.change.reshape(shape))
        is_short = len(source) + len(target) < _LONGEST_TIE
        views.tie.set_title(*([f"tie {source}, {target}"] if is_short else []), "tie")
        views.tie.show_grey(np.clip(image + change.change, 0, 1).reshape(shape))
