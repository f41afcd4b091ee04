"""The run over epochs: scores of each class, and which images became right or wrong when."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QEvent, Slot

from core.data.class_statistics import class_counts
from core.insight.image_history import flip_words
from core.words import counted
from gui.learn.over_epochs.column import column_sides, row_label, share_height
from gui.shared.columns import heading
from gui.shared.panel import Panel
from gui.shared.part_choice import PartChoice
from gui.shared.words import PARTS
from gui.theme import grow
from gui.widgets.basics.fitting_label import FittingLabel
from gui.widgets.basics.layouts import below, beside, holding
from gui.widgets.basics.tooltips import wrapped
from gui.widgets.curves.band_plot import LEAST_BARS, EpochBars
from gui.widgets.curves.plot import Curve
from gui.widgets.grids.epoch_heat_map import EpochHeatMap
from gui.widgets.images.image_strip import ImageStrip, StripImage

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from core.data.dataset import Split
    from core.insight.epoch_readings import EpochsRead
    from gui.jobs.question import Answer
    from gui.session.epochs import EpochsQuestion
    from gui.session.session import Session

_RIGHT, _WRONG = "became right", "became wrong"
_MOST_FLIPPED = 24
"""More have no room beside each other."""

_PART_HELP = (
    "Whose readings are followed: those of the images learnt from, of those that choose the best "
    "epoch, or of those that only measure."
)
_FLIPS_HELP = (
    "How many images are read rightly that were read wrongly at the epoch read before, upwards, "
    "and the other way round, downwards. Where both are high the score hides what goes on. The "
    "first pass over the images may go out of the picture, with an arrow."
)
_SCORES = "score of each class"
_STRIP = 56
_STRIP_HELP = "Click to see this image with its history."


class OverEpochsPanel(Panel):
    """A heat map of classes and epochs, flips as bars, and the images that flip most."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self._drawn: Answer[EpochsQuestion, EpochsRead] | None = None
        session.view.forgotten.connect(self._show_nothing)
        self.part = PartChoice(session, _PART_HELP, self)
        self.part.part_changed.connect(self.watch_anew)
        self.words = row_label("score of each class", self)
        self.map = EpochHeatMap(self)
        curves = (Curve(_RIGHT, "good"), Curve(_WRONG, "bad"))
        self.bars = EpochBars(
            title="Turned right, wrong",
            curves=curves,
            help_text=_FLIPS_HELP,
            downward=frozenset({_WRONG}),
            n_cut=2,
            y_label="images that became right, and wrong below",
            parent=self,
        )
        self.strip_title = heading("FLIPPED MOST OFTEN", self)
        self.n_flipped = FittingLabel("", self)
        self.n_flipped.setObjectName("caption")
        self.strip = ImageStrip("images that flipped most often", _STRIP_HELP, self)
        grow(self.strip, fixed_height=_STRIP)
        self._lay_out()
        self.map.epoch_clicked.connect(session.view.show_epoch)
        self.bars.x_clicked.connect(session.view.show_epoch)
        self.strip.opened.connect(self._image_clicked)
        session.epochs.changed.connect(self.refresh)
        session.view.shown_changed.connect(self._refresh_shown)
        self.refresh()

    def _lay_out(self) -> None:
        self.bars.hide_head()
        self.map.stand_in_column(*column_sides(self))
        share_height(self.bars, 0)
        grow(self.bars, minimum_height=LEAST_BARS)
        share_height(self.map, self.map.least.height())
        turned = beside(row_label("turned right, wrong", self), (self.bars, 1), spacing=6)
        scores = beside(self.words, (self.map, 1), spacing=6)
        titles = beside(self.strip_title, (self.n_flipped, 1), spacing=10)
        self.flipped = holding(below(titles, self.strip, None, spacing=2), self)
        """The images that flip most, which may be laid out elsewhere."""
        self.setLayout(below((turned, 2), (scores, 5), (self.flipped, 0), spacing=2))

    def changeEvent(self, event: QEvent) -> None:
        """Keep the column straight in another font."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self.map.stand_in_column(*column_sides(self))

    def watch(self, is_watched: bool) -> None:
        """Follow the run in the part chosen."""
        self._session.epochs.watch(self, self.part.chosen if is_watched else None)

    def show_known(self) -> None:
        """Show what is known of the part."""
        answer = self._session.epochs.answer(self.part.chosen)
        if answer is None or answer.found is None:
            self.words.setText(self.why_nothing("", "reading the images ..."))
            self._show_nothing()
        elif answer is not self._drawn:
            self._drawn = answer
            self._draw(answer.question.split, answer.found)
        self._refresh_shown()

    def figure_words(self) -> str:
        """Return whose readings are followed."""
        return f"{PARTS[self.part.chosen]} images"

    @Slot()
    def _show_nothing(self) -> None:
        if self._drawn is None:
            return
        self._drawn = None
        none = np.empty(0, dtype=np.int64)
        self.map.set_scores((), none, np.empty((0, 0)), none)
        for name in (_RIGHT, _WRONG):
            self.bars.set_data(name, none, none)
        self.n_flipped.set_wordings("")
        self.strip.set_images(())

    def _draw(self, split: Split, seen: EpochsRead) -> None:
        dataset, readings, summary = self._session.view.dataset, seen.readings, seen.summary
        assert dataset is not None
        counts = class_counts(split, dataset.n_classes)
        self.map.set_scores(dataset.class_names, readings.epochs, summary.scores, counts)
        self.bars.set_data(_RIGHT, readings.epochs, summary.became_right)
        self.bars.set_data(_WRONG, readings.epochs, summary.became_wrong)
        first, last = int(readings.epochs[0]), int(readings.epochs[-1])
        self.bars.set_x_range(first - 0.5, last + 0.5)
        n, n_epochs = split.n_samples, readings.n_epochs
        history = self._session.view.history
        n_all = n_epochs if history is None else len(history)
        of_all = f" of {n_all:,}" if seen.complete and n_all > n_epochs else ""
        low, high = self.map.limits
        scale = f"pale {low:.2f} dark {high:.2f}"
        at = f" at {n_epochs:,}{of_all}" if of_all else ""
        self.words.setText(f"{_SCORES}{at}: {scale}" if seen.complete else "reading on ...")
        self.words.setToolTip(wrapped(f"{_SCORES}: {scale}. {counted(n_epochs, 'epoch')} read."))
        flips = summary.n_flips
        n_again = int((flips > 1).sum())
        again = f"{n_again:,} of {n:,}"
        self.n_flipped.set_wordings(f"{again} more than once", f"{again} twice or more", again)
        # The first of equals comes first: the strip must not jump about while the run goes on.
        order = np.argsort(-flips, kind="stable")[:_MOST_FLIPPED]
        self.strip.set_images([self._image(split, seen, int(i)) for i in order if flips[i]])

    def _image(self, split: Split, seen: EpochsRead, index: int) -> StripImage:
        dataset = self._session.view.dataset
        assert dataset is not None
        readings = seen.readings
        name = dataset.class_names[int(split.labels[index])]
        n = int(seen.summary.n_flips[index])
        told = flip_words(readings.epochs, readings.right_at(index))
        return StripImage(
            index=index,
            values=split.images[index].reshape(dataset.image_shape),
            below=((f"{n} flips", f"{n}x") if n > 1 else ("1 flip", "1x"),),
            words=f"{PARTS[self.part.chosen]} image {index:,}, labelled {name}: {told}",
        )

    @Slot()
    def _refresh_shown(self) -> None:
        """Follow the epoch shown elsewhere."""
        shown = self._session.view.shown
        if not self.isVisible():
            return
        # Live, the end is the mark, and nothing needs a repaint every frame.
        epoch = None if shown is None or shown.live else shown.epoch
        self.map.set_marker(epoch)
        self.bars.marks.set_marker(epoch)

    @Slot(int)
    def _image_clicked(self, index: int) -> None:
        if self._drawn is not None:
            self.sample_requested.emit(self._drawn.question.part, index)
