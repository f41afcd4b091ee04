"""One image and the smallest change that repairs it, or breaks it: a half of the Repair panel."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QWidget

from core.words import at_most
from gui.shared.columns import sentences
from gui.shared.words import PARTS, sure_words
from gui.widgets.basics.controls import button
from gui.widgets.basics.fitting_label import FittingLabel
from gui.widgets.basics.fitting_words import short, shortened
from gui.widgets.basics.layouts import below, beside
from gui.widgets.basics.tooltips import wrapped
from gui.widgets.images.change_picture import ChangePicture, lay_out_sum, sum_of
from gui.widgets.images.image_view import ImageView

if TYPE_CHECKING:
    from PySide6.QtWidgets import QPushButton

    from core.data.dataset import Dataset
    from core.exact.repair import Changed
    from core.report.figures import Pictures
    from gui.widgets.basics.controls import Pressed

_LENGTHS = (32, 20, 14, 10, 7, 5, 3)
_IMAGE_HELP = "The image as it is."
_CHANGE_HELP = (
    "The smallest change: red is added ink, blue ink taken away. Both sides are amplified alike, "
    "so that they can be compared."
)
_FILM_HELP = "Watch the chosen attack on this image, toward the class it ends in here"
_RESULT_HELP = "The image just beyond the boundary: 2 % farther than the tie."


class RepairSide(QWidget):
    """Heading, three images, what was read before and after, and buttons below.

    Parameters
    ----------
    title : what is done to an image
    """

    opened = Signal()
    """The image itself is to be opened beside this place on the screen."""

    def __init__(self, title: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.title = title
        self.image = ImageView("image", _IMAGE_HELP, self)
        self.image.set_clickable("Click to open it: probabilities, logits, history, why.")
        self.change = ChangePicture(_CHANGE_HELP, self, least=0.0)
        self.result = ImageView("result", _RESULT_HELP, self)
        self.words = FittingLabel("", self)
        self.nothing = sentences(self, "sentence")
        self.nothing.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.film = button("Film", self, look="small")
        self._steps: list[QPushButton] = []
        self._ranks: list[QPushButton] = []
        self._buttons = beside(self.film, None)
        self._lay_out()
        self.image.clicked.connect(self.opened)

    def _lay_out(self) -> None:
        self.pictures = QWidget(self)
        grid = QGridLayout(self.pictures)
        grid.setContentsMargins(0, 0, 0, 0)
        lay_out_sum(grid, self.image, self.change, self.result)
        shown = ((self.nothing, 1), (self.pictures, 1))
        self.setLayout(below(*shown, self.words, self._buttons, spacing=4))

    def figure(self) -> Pictures | None:
        """Return image + change = result; None where there is no image."""
        return sum_of(
            self.title.capitalize(), self.words.text(), self.image, self.change, self.result
        )

    def add_button(
        self, words: str, help_text: str, pressed: Pressed, name: str = ""
    ) -> QPushButton:
        """Return one more button of the row, before that of the film.

        ``name`` is for a screen reader; one without goes by sizes, which must be known for it.
        """
        made = button(words, self, help_text, "small", pressed)
        made.setAccessibleName(name)
        (self._steps if name else self._ranks).append(made)
        self._buttons.insertWidget(self._buttons.count() - 2, made)
        return made

    def show_nothing(self, words: str) -> None:
        """Say why there is no image."""
        self.nothing.setText(words)
        self.nothing.show()
        self.pictures.hide()
        self.words.set_wordings("")
        self.film.setEnabled(False)

    def show_changed(self, one: Changed, dataset: Dataset, part: str, limit: float) -> None:
        """Show an image, its change with full colour at ``limit``, and the result."""
        names, shape = dataset.class_names, dataset.image_shape
        smallest = one.crossing.smallest
        self.nothing.hide()
        self.pictures.show()
        image, change = one.image.reshape(shape), one.crossing.beyond.reshape(shape)
        self.image.set_title(f"{PARTS[part]} {one.index:,}")
        label = names[one.label]
        self.image.show_grey(image, *shortened("truly {}", label), label)
        size = f"size {at_most(smallest.size)}" if one.crossing.is_possible else "none is enough"
        self.change.show_change(change, size, limit=limit)
        read = names[int(one.after.argmax())]
        self.result.show_grey(one.result.reshape(shape), *shortened("read as {}", read))
        self.words.set_wordings(*(_readings(one, names, n) for n in _LENGTHS))
        self.words.setToolTip(wrapped(_readings(one, names, _LENGTHS[0])))

    def allow(self, problem: str, *, is_there: bool, is_ranked: bool) -> None:
        """Enable the buttons; the image goes to the film unless ``problem`` speaks against it."""
        for each in self._steps:
            each.setEnabled(is_there)
        for each in self._ranks:
            each.setEnabled(is_ranked)
        self.film.setEnabled(is_there and not problem)
        why_not = problem if is_there else "There is no image to be changed."
        self.film.setToolTip(wrapped(why_not or _FILM_HELP))


def _readings(one: Changed, names: tuple[str, ...], n: int) -> str:
    """Return the probabilities before and after of the classes that matter, in a few words."""
    target = one.crossing.smallest.target
    if not one.crossing.is_possible:
        sure = sure_words(one.before[one.predicted])
        return f"read as {short(names[one.predicted], n)} {sure}, whatever is changed"
    return ",  ".join(
        f"{short(names[k], n)}: {sure_words(one.before[k])} → {sure_words(one.after[k])}"
        for k in dict.fromkeys((one.predicted, target, int(np.asarray(one.after).argmax())))
    )
