"""What is in the data: how many images each class has, their mean and how they differ."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QSize, QTimer, Signal, Slot

from core.data.class_statistics import class_counts
from core.words import at_most, counted
from gui.shared.columns import label, sentences
from gui.shared.panel import Panel
from gui.shared.words import PARTS
from gui.theme import pixels
from gui.widgets.bars.class_counts import ClassCounts, PartCounts
from gui.widgets.basics.layouts import below, beside, scrolled
from gui.widgets.images.image_view import ImageView

if TYPE_CHECKING:
    from PySide6.QtGui import QResizeEvent
    from PySide6.QtWidgets import QWidget

    from gui.session.session import Session

_VIEW_SIDES = (86, 142, 170)
"""Of mean and spread, title and caption apart; where there is the more room the larger."""

_LEAST_ROWS = 10
"""Classes that are seen before mean and spread grow."""

_FEWEST_ROWS = 4

_MEAN_HELP = "The average of these images, pixel by pixel. Hover to read values."
_SPREAD_HELP = (
    "The standard deviation of each pixel: bright where these images differ most, black where all "
    "are alike. The brightest pixel is white; its value stands below."
)


class ClassesPanel(Panel):
    """Name and counts, and mean and spread of the class that hangs on the wall."""

    class_clicked = Signal(int)

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self._asked: tuple[str, int | None] = ("train", None)
        self.name = label("no data yet", self, "sentence", wraps=True)
        self.counts = ClassCounts(self)
        self.counts_area = scrolled(self.counts, sideways=False)
        self.images_title = sentences(self, "heading")
        self.mean = ImageView("mean", _MEAN_HELP, self)
        self.spread = ImageView("spread", _SPREAD_HELP, self)
        views = beside(self.mean, self.spread, spacing=8)
        parts = (self.name, (self.counts_area, 100), self.images_title, views, None)
        self.setLayout(below(*parts))
        self.counts.clicked.connect(self.class_clicked)
        self.counts.pointed.connect(self._show_row)
        session.view.dataset_changed.connect(self._count)
        session.readings.statistics.changed.connect(self.refresh)
        self._count()

    def minimumSizeHint(self) -> QSize:
        """Return what a few classes and the smallest pictures need, whatever is shown now."""
        words = self.name.sizeHint().height() + self.images_title.sizeHint().height()
        height = words + self.counts.height_of(_FEWEST_ROWS) + 24
        height += _VIEW_SIDES[0] + pixels(ImageView.in_words)
        return QSize(self.mean.minimumSizeHint().width() * 2 + 8, height)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Show mean and spread as large as leaves the classes their room."""
        super().resizeEvent(event)
        self._arrange()

    def changeEvent(self, event: QEvent) -> None:
        """Share the room anew with words of another size."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            QTimer.singleShot(0, self, self._arrange)  # once the rows have it, too

    def _arrange(self) -> None:
        self.counts_area.setMaximumHeight(self.counts.height_of(len(self.counts.names)))
        counts = self.counts.height_of(min(len(self.counts.names), _LEAST_ROWS))
        words = self.name.heightForWidth(self.width()) + self.images_title.sizeHint().height()
        room = self.height() - counts - words - 24
        heights = [each + pixels(ImageView.in_words) for each in _VIEW_SIDES]
        height = max([each for each in heights if each <= room] or heights[:1])
        for view in (self.mean, self.spread):
            view.setFixedHeight(height)

    @Slot()
    def _count(self) -> None:
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
        self._arrange()

    @Slot(object)
    def _show_row(self, at: tuple[int, int] | None) -> None:
        """Scroll so far that the row is seen which the keyboard has reached."""
        if at is None or at != self.counts.current:
            return
        row = self.counts.cell_rect(*at)
        self.counts_area.ensureVisible(0, row.center().y(), 0, row.height())

    def figure_words(self) -> None:
        """Say that no run has to do with it."""

    def ask(self, part: str, label: int | None) -> None:
        """Show mean and spread of a class, or of all, in a part."""
        self._asked = (part, label)
        self.counts.set_chosen(label)
        self.watch_anew()

    def watch(self, is_watched: bool) -> None:
        """Have mean and spread computed while somebody looks."""
        if is_watched and self._session.view.dataset is not None:
            self._session.readings.describe(*self._asked)

    def show_known(self) -> None:
        """Show mean and spread, as far as they are known."""
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
        self.mean.show_grey(mean, f"of {counted(n, 'image')}")
        self.spread.show_grey(spread, f"at most {at_most(largest)}", white=largest or 1.0)
