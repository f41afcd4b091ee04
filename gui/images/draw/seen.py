"""The middle of the Draw page: the drawing as the perceptron sees it, and how it came to that."""

from __future__ import annotations

import math
from enum import Enum
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QButtonGroup, QToolButton, QWidget

from core.drawing.drawing import Drawn, Placement, mnist_placement, placed, plain
from gui.shared.columns import sentences
from gui.shared.words import read_words
from gui.widgets.basics.controls import switch
from gui.widgets.basics.layouts import below, beside
from gui.widgets.basics.tooltips import wrapped
from gui.widgets.images.image_view import ImageView

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_SMALL_HEIGHT, _SMALL_WIDTH = 146, 72


class Way(Enum):
    """How a drawing becomes an image; the value is what its button says."""

    PLAIN = "As drawn"
    MNIST = "Like MNIST"
    DATA = "Like these"

    @property
    def words(self) -> str:
        """What an image made in this way is called."""
        return self.value[0].lower() + self.value[1:]


_HELP = {
    Way.PLAIN: "The whole sheet scaled down: each pixel is the mean of the ink it covers. Size and "
    "place stay as drawn.",
    Way.MNIST: "As MNIST's digits were made: the ink fitted into a box of 20/28 of the image, "
    "proportions kept, and moved until its centre of mass lies in the middle.",
    Way.DATA: "As these training images are placed, which were not made as MNIST's: as large as "
    "they are, and as they lie in the frame.",
}


class SeenPanel(QWidget):
    """The chosen way and its picture, another way beside it, and the steps between.

    A class can see so why a digit off the centre is misread: both pictures say what is read.
    """

    way_chosen = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._placements: dict[Way, Placement] = {}
        self._image_shape = (28, 28)
        self.way = Way.MNIST
        """The way chosen."""
        self._way_asked: Way | None = None
        self.group = QButtonGroup(self)
        self.buttons: dict[Way, QToolButton] = {}
        for number, way in enumerate(Way):
            self.buttons[way] = switch(way.value, self, wrapped(_HELP[way]), "way")
            self.group.addButton(self.buttons[way], number)
        self.group.idClicked.connect(self._clicked)
        self.view = ImageView("the perceptron sees", "The drawing as the perceptron reads it. "
                              "Hover to read the value of each pixel.", self)  # fmt: skip
        self.other = ImageView("", "The same drawing made into an image in another way, and what "
                               "it would be read as.", self)  # fmt: skip
        self.cropped = ImageView("1 cropped", "The ink without the paper around it: the dashed box "
                                 "on the sheet.", self)  # fmt: skip
        self.scaled = ImageView("2 fitted", "The same, scaled into its box with its proportions "
                                "kept and its edges antialiased.", self)  # fmt: skip
        self.words = sentences(self)
        self.words.setMinimumHeight(2 * self.words.fontMetrics().lineSpacing())
        self.data_words = sentences(self, "muted")
        self._lay_out()

    def _lay_out(self) -> None:
        ways = beside(*self.buttons.values(), None, spacing=2)
        for view in (self.other, self.cropped, self.scaled):
            view.setMinimumSize(_SMALL_WIDTH, _SMALL_HEIGHT)
        pictures = beside((self.other, 4), (self.cropped, 3), (self.scaled, 3), spacing=4)
        words = (self.words, self.data_words)
        self.setLayout(below(ways, (self.view, 5), (pictures, 2), *words))

    @property
    def other_way(self) -> Way:
        """The way shown beside it: as drawn, or as normalised beside that."""
        return self._normal if self.way is Way.PLAIN else Way.PLAIN

    @property
    def _normal(self) -> Way:
        """How the model's own images are placed."""
        return Way.DATA if Way.DATA in self._placements else Way.MNIST

    def set_data(self, image_shape: tuple[int, int], of_data: Placement | None) -> None:
        """Offer the ways that differ, for images of this shape that are placed so."""
        self._image_shape = image_shape
        mnist = mnist_placement(image_shape)
        self._placements = {Way.MNIST: mnist}
        self.data_words.setText("")
        if of_data is not None and not of_data.is_like(mnist, image_shape):
            self._placements[Way.DATA] = of_data
            self.data_words.setText(_unlike_mnist(of_data, mnist))
        self.data_words.setVisible(bool(self.data_words.text()))
        self.buttons[Way.DATA].setVisible(Way.DATA in self._placements)
        asked = self._way_asked
        kept = asked is Way.PLAIN or asked in self._placements
        self.way = asked if asked is not None and kept else self._normal
        self.buttons[self.way].setChecked(True)

    def made(self, ink: NDArray[np.float32]) -> dict[Way, Drawn]:
        """Return what some ink becomes in each of the ways shown."""
        return {
            way: placed(ink, self._image_shape, self._placements[way])
            if way in self._placements
            else plain(ink, self._image_shape)
            for way in (self.way, self.other_way)
        }

    @Slot(int)
    def _clicked(self, number: int) -> None:
        self.way = self._way_asked = list(Way)[number]
        self.way_chosen.emit()

    def show_drawn(
        self, drawn: dict[Way, Drawn], readings: dict[Way, tuple[str, float]] | None
    ) -> None:
        """Show the pictures of :meth:`made`, and the class each is read as and how surely.

        Without readings nothing is said to be read: there is no ink, or no model.
        """
        for view, way in ((self.view, self.way), (self.other, self.other_way)):
            read = () if readings is None else read_words(*readings[way])
            view.show_grey(drawn[way].image, *read)
        self.view.note = f"A drawing, {self.way.words}"
        self.other.set_title(self.other_way.words)
        normal = self.way if self.way is not Way.PLAIN else self.other_way
        steps = drawn[normal].steps
        if steps is None:
            for view in (self.cropped, self.scaled):
                view.clear()
            self.words.setText("")
            return
        self.cropped.show_grey(steps.cropped)
        height, width = steps.scaled.shape
        self.scaled.show_grey(steps.scaled, f"{height} x {width}")
        sentence = steps.sentence()
        self.words.setText(
            f"{normal.value}: {sentence}."
            if self.way is not Way.PLAIN
            else f"{normal.value} it would be {sentence}."
        )


def _unlike_mnist(placement: Placement, mnist: Placement) -> str:
    away = math.dist(placement.middle, mnist.middle)
    where = "are centred by their outline, not by their mass"
    if placement.by_mass:
        where = f"have their centre of mass {away:.1f} pixels from where MNIST's is"
    return (
        f"These images are not placed as MNIST's: their figures fill {placement.box:.0%} of the "
        f"frame (MNIST's {mnist.box:.0%}) and {where}."
    )
