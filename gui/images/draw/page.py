"""The Draw page: a person's own digit, and what the perceptron makes of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer, Slot

from core.drawing.drawing import placement_of
from gui.images.draw.reading import ReadingPanel
from gui.images.draw.seen import SeenPanel, Way
from gui.session.own_image import OwnImage
from gui.shared.columns import label
from gui.shared.opened_image import OpenedImage
from gui.shared.page import Page
from gui.shared.words import epoch_words
from gui.widgets.basics.card import card
from gui.widgets.basics.layouts import below, beside, holding
from gui.widgets.canvas.canvas import Canvas
from gui.widgets.canvas.tools import CanvasTools
from gui.widgets.images.image_card import CardContent, ImageCard

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy as np
    from numpy.typing import NDArray
    from PySide6.QtGui import QIcon
    from PySide6.QtWidgets import QWidget

    from core.data.dataset import Dataset
    from core.drawing.drawing import Drawn
    from gui.session.session import Session

_FRAME_MILLISECONDS = 16
"""While one draws the pictures follow so often at most."""

_HOW = "with mouse, pen or finger; the right button erases"
_LEGEND = (
    "Thin box: the part MNIST's digits fill. Dashed: your ink; dot: its centre of mass. The arrow "
    "keys move it."
)


class DrawPage(Page):
    """A sheet, the image it becomes, and what the model shown reads in it."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self._drawn: dict[Way, Drawn] = {}
        self._knows_data = False
        self._later = QTimer(self, singleShot=True, interval=_FRAME_MILLISECONDS)
        self.canvas = Canvas(self)
        self.tools = CanvasTools(self.canvas, self)
        self.legend = label(_LEGEND, self, "muted", wraps=True)
        self.seen = SeenPanel(self)
        self.reading = ReadingPanel(self)
        self.card = ImageCard(self)
        self.opened = OpenedImage(self.card, session)
        self._lay_out()

        self._later.timeout.connect(self.refresh)
        self.canvas.changed.connect(self._drawn_on)
        self.seen.way_chosen.connect(self.refresh)
        self.reading.label.activated.connect(self._refresh_reading)
        self.reading.open_button.clicked.connect(self._open)
        self.reading.attack_button.clicked.connect(self._attack)
        self.reading.add_button.clicked.connect(self._add)
        self.reading.take_back_button.clicked.connect(session.wanted.take_back_sample)
        self.card.attack_requested.connect(self._attack)
        session.view.shown_changed.connect(self._follow)
        session.view.dataset_changed.connect(self._dataset_changed)
        session.wanted.changed.connect(self._refresh_samples)

    def _lay_out(self) -> None:
        sheet = holding(below(self.tools, (self.canvas, 1), self.legend), self)
        shares = ((sheet, 12), (self.seen, 10), (self.reading, 7))
        cards = ((card(part, (12, 8, 12, 10)), share) for part, share in shares)
        self.setLayout(beside(*cards, spacing=10))

    def figure_words(self) -> str:
        """Return which epoch's model reads the drawing."""
        return self.reading.when.text()

    def take_keyboard(self) -> None:
        """Let keys go to the sheet."""
        self.canvas.setFocus()

    def set_icons(self, icons: Mapping[str, QIcon]) -> None:
        """Use these icons on the buttons."""
        self.tools.set_icons(icons)

    @Slot()
    def _drawn_on(self) -> None:
        if not self._later.isActive():
            self._later.start()

    @Slot()
    def _follow(self) -> None:
        if self.isVisible():
            self._refresh_reading()

    @Slot()
    def _dataset_changed(self) -> None:
        self._knows_data = False
        self.refresh()
        if not self.isVisible():
            self.card.close()  # what it shows was made for the data before

    def _look_at(self, dataset: Dataset) -> None:
        """Fit sheet, ways and classes to other data; their placement is measured only if asked."""
        self._knows_data = True
        digits = all(name.isdigit() and len(name) == 1 for name in dataset.class_names)
        self.canvas.set_image_shape(dataset.image_shape)
        self.canvas.set_empty_words("Draw a digit here" if digits else "Draw here", _HOW)
        placement = placement_of(dataset.train, dataset.image_shape)
        self.seen.set_data(dataset.image_shape, placement)
        self.reading.set_classes(dataset.class_names)

    def show_known(self) -> None:
        """Make the drawing into images, and have them read."""
        dataset = self._session.view.dataset
        if dataset is None:
            self.canvas.set_empty_words("There are no data yet", "")
            self.reading.show_nothing("Waiting for data ...")
            return
        if not self._knows_data:
            self._look_at(dataset)
        self._drawn = self.seen.made(self.canvas.ink)
        steps = self._drawn[self.seen.way].steps
        if steps is None:
            self.canvas.set_marks(None)
        else:
            self.canvas.set_marks(steps.box, steps.mass)
        self._refresh_reading()
        self.opened.refresh()

    @property
    def image(self) -> NDArray[np.float32] | None:
        """The drawing as the perceptron sees it, (height, width); None before there is one."""
        if not self._knows_data or self.canvas.is_empty:
            return None
        return self._drawn[self.seen.way].image

    @Slot()
    def _refresh_reading(self) -> None:
        shown, dataset = self._session.view.shown, self._session.view.dataset
        if dataset is None:
            return
        if self.image is not None and shown is None and self.reading.is_there:
            return  # a run begins: what was read stays until its model is there
        if self.canvas.is_empty:
            self.card.close()  # what it showed is no longer there
        if self.image is None or shown is None:
            self.seen.show_drawn(self._drawn, None)
            is_drawn = self.image is not None
            nothing = "There is no model yet" if is_drawn else "Nothing is drawn yet"
            self.reading.show_nothing(nothing, is_drawn=is_drawn)
            return
        readings = {}
        for way, drawn in self._drawn.items():
            probabilities = shown.probabilities_of(drawn.image.reshape(-1))
            best = int(probabilities.argmax())
            readings[way] = dataset.class_names[best], float(probabilities[best])
            if way is self.seen.way:
                live = ", live" if shown.live else ""
                self.reading.show_reading(probabilities, f"{epoch_words(shown.epoch)}{live}")
        self.seen.show_drawn(self._drawn, readings)

    @Slot()
    def _refresh_samples(self) -> None:
        full = self._session.wanted.full_dataset
        self.reading.show_samples(0 if full is None else full.n_extra)

    @Slot()
    def _open(self) -> None:
        near = self.seen.view.mapToGlobal(self.seen.view.rect().center())
        self.opened.open(self._content, near)

    def _content(self) -> CardContent | None:
        """Return what the card shows: the drawing, as it is by now."""
        image, shown, dataset = self.image, self._session.view.shown, self._session.view.dataset
        if image is None or shown is None or dataset is None:
            return None
        probabilities = shown.probabilities_of(image.reshape(-1))
        read, meant = dataset.class_names[int(probabilities.argmax())], self.reading.meant
        title = f"your drawing: read as {read}"
        if meant is not None:
            title = f"your drawing: meant as {dataset.class_names[meant]}, read as {read}"
        return CardContent(
            title=title,
            words=f"{self.seen.way.value}, as the model of {epoch_words(shown.epoch)} reads it.",
            values=image,
            class_names=dataset.class_names,
            probabilities=probabilities,
            true_class=meant,
            part="drawn",
            index=0,
            weights=shown.weights,
        )

    @Slot()
    def _attack(self) -> None:
        image, shown, dataset = self.image, self._session.view.shown, self._session.view.dataset
        if image is None or shown is None or dataset is None:
            return
        flat, meant = image.reshape(-1), self.reading.meant
        said = meant is not None  # else nobody has said better than the model
        label = int(shown.probabilities_of(flat).argmax()) if meant is None else meant
        own = OwnImage(flat, dataset.image_shape, label, dataset.class_names, said)
        self.own_attack_requested.emit(own)

    @Slot()
    def _add(self) -> None:
        image, meant = self.image, self.reading.meant
        if image is not None and meant is not None:
            self._session.wanted.add_sample(image.reshape(-1), meant)
