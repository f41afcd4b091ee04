"""The right column of the Data page: what the data are, what is in them, and their settings."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRect, Qt, Signal, Slot
from PySide6.QtWidgets import QFrame, QSizePolicy, QWidget

from core.data.class_statistics import class_counts
from gui.images.data.settings import HowItIsRead, SplitAndNoise
from gui.shared.columns import label, sentences
from gui.shared.who_chooses import WhoChooses
from gui.shared.words import PARTS
from gui.widgets.bars.class_counts import ClassCounts, PartCounts
from gui.widgets.basics.controls import button, switch
from gui.widgets.basics.layouts import below, beside, holding, scrolled
from gui.widgets.images.image_view import ImageView

if TYPE_CHECKING:
    from PySide6.QtGui import QResizeEvent

    from gui.session.session import Session

SIDE_WIDTH = 340
_MOST_ROWS = 10
"""Classes seen without scrolling before there is more room."""

_VIEW_HEIGHT = 128
_OUTER = 11
"""Margins of the column."""

_SPARE = 46
"""Margins inside, and the spaces between the sections."""

_MEAN_HELP = "The average of these images, pixel by pixel. Hover to read values."
_SPREAD_HELP = (
    "The standard deviation of each pixel: bright where these images differ most, black where all "
    "are alike. The brightest pixel is white; its value stands below."
)


class DataSide(QFrame):
    """Name, counts, mean and spread, and the settings of the data.

    Where there is no room for all of it, two buttons choose between what is in the data and how
    they are split and spoilt: nothing has to be scrolled on a small projector.
    """

    class_clicked = Signal(int)

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.setObjectName("card")
        self.setFixedWidth(SIDE_WIDTH)
        self._asked: tuple[str, int | None] = ("train", None)
        self.name = label("no data yet", self, "sentence", wraps=True)
        self.chooses = WhoChooses(session, self)
        self.counts = ClassCounts(self)
        self.counts_area = scrolled(self.counts, sideways=False)
        self.images_title = sentences(self, "heading")
        self.mean = ImageView("mean", _MEAN_HELP, self)
        self.spread = ImageView("spread", _SPREAD_HELP, self)
        self.split = SplitAndNoise(session, self)
        self.reading = HowItIsRead(session, self)
        tip = "Some settings wait for a new start. The run so far stays, faint, for comparison. (R)"
        again = session.training.start_again
        self.rewind_button = button("Start again", self, tip, "call", lambda: again())
        self.switch = QWidget(self)
        self.buttons = [
            switch(words, self.switch, "", "page") for words in ("Classes", "Split and noise")
        ]
        self.buttons[0].setChecked(True)
        for each in self.buttons:
            each.setAutoExclusive(True)
            each.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
            each.toggled.connect(self.arrange)
        self._lay_out()

        self.counts.clicked.connect(self.class_clicked)
        self.counts.current_moved.connect(self._show_row)
        session.wanted.changed.connect(self._refresh_rewind)
        session.view.dataset_changed.connect(self.refresh)
        session.readings.statistics.changed.connect(self._refresh_images)
        self.refresh()
        self._refresh_rewind()

    def _lay_out(self) -> None:
        self.switch.setLayout(beside(*self.buttons))
        for view in (self.mean, self.spread):
            view.setFixedHeight(_VIEW_HEIGHT)
        views = beside(self.mean, self.spread, spacing=8)
        self.classes = holding(below(self.counts_area, self.images_title, views), self)
        self.settings = holding(below(self.split, 4, self.reading), self)
        parts = (self.name, self.chooses, self.switch, self.classes, self.settings)
        self.inside = holding(below(*parts, None, margins=(12, 10, 8, 8)), self)
        self.area = scrolled(self.inside, sideways=False)
        rewind = (self.rewind_button, 0, Qt.AlignmentFlag.AlignHCenter)
        self.setLayout(below((self.area, 1), rewind, spacing=0, margins=(1, 1, 1, _OUTER - 1)))

    @Slot()
    def arrange(self) -> None:
        """Show all there is room for."""
        # From this widget's own size: the scroll area learns of its own only later.
        width, room = self.width(), self.height() - _OUTER
        if not self.rewind_button.isHidden():
            room -= self.rewind_button.sizeHint().height()
        n_classes, least = len(self.counts.names), min(len(self.counts.names), _MOST_ROWS)
        self.counts_area.setFixedHeight(self.counts.height_of(least))
        heights = {
            section: _height(section, width)
            for section in (self.chooses, self.switch, self.classes, self.settings)
        }
        needed = _SPARE + self.name.heightForWidth(width) + heights[self.chooses]
        needed += heights[self.classes]
        everything = needed + heights[self.settings] <= room
        needed += heights[self.settings] if everything else heights[self.switch]
        more = max(room - needed, 0) // self.counts.row_height
        self.counts_area.setFixedHeight(self.counts.height_of(min(n_classes, least + more)))
        self.switch.setVisible(not everything)
        self.classes.setVisible(everything or self.buttons[0].isChecked())
        self.settings.setVisible(everything or self.buttons[1].isChecked())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Show all there is room for."""
        super().resizeEvent(event)
        self.arrange()

    @Slot()
    def refresh(self) -> None:
        """Count the present data anew."""
        dataset = self._session.view.dataset
        if dataset is None:
            return
        height, width = dataset.image_shape
        self.name.setText(f"{dataset.name}, {height} x {width}, {dataset.n_classes} classes")
        parts = [
            PartCounts(
                label=part,
                colour=part,
                counts=class_counts(dataset.split(part), dataset.n_classes),
                drawn=part != "validation",
            )
            for part in PARTS
            if part != "validation" or dataset.validation is not None
        ]
        self.counts.set_counts(dataset.class_names, parts)
        self.arrange()

    @Slot(QRect)
    def _show_row(self, row: QRect) -> None:
        """Scroll so far that a row of the counts is seen."""
        self.counts_area.ensureVisible(0, row.center().y(), 0, row.height())

    def figure_words(self) -> None:
        """Say that no run has to do with it."""

    def ask_images(self, part: str, label: int | None) -> None:
        """Show mean and spread of a class, or of all, in a part."""
        self._asked = (part, label)
        self._session.readings.describe(part, label)
        self._refresh_images()

    @Slot()
    def _refresh_images(self) -> None:
        dataset, answer = self._session.view.dataset, self._session.readings.statistics.answer
        if dataset is None:
            return
        part, label = self._asked
        no_such_part = part == "validation" and dataset.validation is None
        if no_such_part or (label is not None and label >= dataset.n_classes):
            return  # of other data: the page is about to ask for what there is
        name = None if label is None else dataset.class_names[label]
        self.images_title.setText(f"MEAN AND SPREAD OF {name or 'ALL'}")
        of = "all classes" if name is None else f"class {name}"
        self.mean.note = self.spread.note = f"{PARTS[part]} images of {of}"
        if answer is None or answer.found is None:
            return  # under way
        if answer.question.split is not dataset.split(part) or answer.question.label != label:
            return
        mean = answer.found.mean.reshape(dataset.image_shape)
        spread = answer.found.spread.reshape(dataset.image_shape)
        largest = float(spread.max())
        n = answer.found.n_samples
        self.mean.show_grey(mean, f"of {n:,} {'image' if n == 1 else 'images'}")
        self.spread.show_grey(spread, f"at most {largest:.3g}", white=largest or 1.0)

    @Slot()
    def _refresh_rewind(self) -> None:
        self.rewind_button.setVisible(self._session.wanted.needs_rewind)
        self.arrange()


def _height(section: QWidget, width: int) -> int:
    """Return the height that a section needs at a width, whether it is shown or not."""
    layout = section.layout()
    assert layout is not None
    if layout.hasHeightForWidth():
        return int(layout.totalHeightForWidth(width))
    return layout.totalSizeHint().height()
