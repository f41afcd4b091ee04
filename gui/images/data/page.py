"""The Data page: a wall of the images, what is in them, and how they are split and spoilt."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QPoint, Qt, QTimer, Slot
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget

from core.errors import printable
from core.insight.readings import select
from gui.images.data.filter import FilterBar
from gui.images.data.side import DataSide
from gui.shared.columns import label
from gui.shared.opened_image import OpenedImage
from gui.shared.page import Page
from gui.shared.words import PARTS, PartView, epoch_words
from gui.theme import LIGHT, Theme
from gui.widgets.basics.card import card
from gui.widgets.basics.layouts import below, beside, holding
from gui.widgets.basics.tooltips import wrapped
from gui.widgets.images.image_card import ImageCard
from gui.widgets.images.image_wall import ImageWall
from gui.widgets.images.wall_picture import WallContent
from gui.widgets.images.wall_view import NOTCH, NOTCH_EDGE

if TYPE_CHECKING:
    from core.insight.readings import ImageFilter
    from gui.session.session import Session

_REFRESH_SECONDS = 0.3
"""While a run is live the wall follows it this often."""

_REFRESH_SHARE = 6
"""Choosing among very many images is done less often: at most a sixth of the window's time."""

_COUNT_HELP = (
    "How many images of this part the filters leave, and the epoch of the model that reads them: "
    "the live one, or the one chosen on the timeline."
)
_LEGEND_HELP = (
    "Of the images on the wall: a frame marks those that the model reads as something else than "
    "their label; a corner those whose label the label noise has changed."
)
_NOTHING_FITS = (
    "No image fits these filters.\nChoose another class, “right or wrong”, or a wider range of "
    "surety; or press “Show all”."
)


class DataPage(Page):
    """Shows the data of the session, as the shown model reads them."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self._theme = LIGHT
        self.part = "train"
        """The part whose images hang on the wall."""
        self._class_names: tuple[str, ...] = ()
        self.view: PartView | None = None
        self._sought: int | None = None
        """An image that was looked for and is left out by the filters."""
        self._refreshed_at = self._refresh_cost = 0.0
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self.bar = FilterBar(self)
        self.words = label("", self)
        self.words.setToolTip(wrapped(_COUNT_HELP))
        # What the words need must not move the wall while a run is live.
        self.words.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.legend = QLabel("", self)
        self.legend.setToolTip(wrapped(_LEGEND_HELP))
        self.legend.setObjectName("muted")
        self.wall = ImageWall(self)
        self.side = DataSide(session, self)
        self.card = ImageCard(self)
        self.opened = OpenedImage(self.card, session)
        self._lay_out()

        self._later.timeout.connect(self._follow_now)
        self.bar.part_chosen.connect(self.show_part)
        self.bar.changed.connect(self.show_filter)
        self.bar.refused.connect(session.messages.warn)
        self.bar.find_requested.connect(self._find)
        self.bar.zoom_chosen.connect(self.wall.set_zoom)
        self.wall.zoom_changed.connect(self.bar.show_zoom)
        self.wall.opened.connect(self.open_image)
        self.side.class_clicked.connect(self._class_clicked)
        self.card.attack_requested.connect(self.attack_requested)
        session.view.dataset_changed.connect(self._dataset_changed)
        session.view.run_started.connect(self.card.close)
        session.readings.part.changed.connect(self._follow)
        session.data.changed.connect(self._tell_empty)
        self._dataset_changed()

    def figure_words(self) -> str:
        """Return which images hang on the wall, and which epoch's model reads them."""
        return f"{PARTS[self.part]} images: {self.words.text()}"

    def take_keyboard(self) -> None:
        """Let keys go to the wall."""
        self.wall.setFocus()

    def _lay_out(self) -> None:
        under = beside((self.words, 1), (self.legend, 0, Qt.AlignmentFlag.AlignRight))
        inside = holding(below(self.bar, under, (self.wall, 1)), self)
        self.setLayout(beside((card(inside, (12, 10, 6, 8)), 1), self.side, spacing=10))

    def set_theme(self, theme: Theme) -> None:
        """Use these colours in the legend."""
        self._theme = theme
        self._tell_legend()

    @Slot(str)
    def show_part(self, part: str) -> None:
        """Show the images of a part; what is filtered stays as it is where it can."""
        self.part, self._sought = part, None
        self.bar.show_part(part)
        if self.isVisible():
            self._session.readings.watch(self, part)
        self._new_choice()

    @Slot(object)
    def show_filter(self, wanted: ImageFilter) -> None:
        """Show other images of the part."""
        self.bar.filter = wanted
        self._new_choice()
        sought, self._sought = self._sought, None
        if sought is not None and self.wall.go_to(sought):
            self.wall.setFocus()

    @Slot(int)
    def _class_clicked(self, k: int) -> None:
        label = None if self.bar.filter.label == k else k
        self.show_filter(replace(self.bar.filter, label=label, predicted=None))

    def _new_choice(self) -> None:
        """Fit the filter to the part, and show everything anew from the first image on."""
        dataset = self._session.view.dataset
        if dataset is None:
            return
        wanted = self.bar.filter
        has_changed = dataset.split(self.part).clean_labels is not None
        if wanted.read == "changed" and not has_changed:
            wanted = replace(wanted, read="all")
        if wanted.label is not None and wanted.label >= dataset.n_classes:
            wanted = replace(wanted, label=None)
        self.bar.set_filter(wanted, has_changed=has_changed)
        self.side.counts.set_chosen(wanted.label)
        if self.isVisible():
            self.side.ask_images(self.part, wanted.label)
        self._refresh(keep_place=False)

    @Slot()
    def _dataset_changed(self) -> None:
        dataset = self._session.view.dataset
        self._tell_empty()
        if dataset is None:
            return
        parts = [part for part in PARTS if part != "validation" or dataset.validation is not None]
        if self.part not in parts:
            self.part = "train"
        before, label = self._class_names, self.bar.filter.label
        self._class_names = names = dataset.class_names
        if label is not None and names[label : label + 1] != before[label : label + 1]:
            self.bar.filter = replace(self.bar.filter, label=None)  # 3 is another class now
        self.bar.filter = replace(self.bar.filter, predicted=None)
        self._sought = None
        self.bar.find_field.clear()
        self.bar.set_parts(parts)
        self.bar.show_part(self.part)
        self.bar.set_classes(dataset.class_names)
        if self.isVisible():
            self._session.readings.watch(self, self.part)
        self._new_choice()

    @Slot()
    def _follow(self) -> None:
        """Follow the model shown, but not more often than can be looked at."""
        if not self.isVisible() or self._later.isActive():
            return
        pause = max(_REFRESH_SECONDS, _REFRESH_SHARE * self._refresh_cost)
        left = self._refreshed_at + pause - time.perf_counter()
        self._later.start(max(0, round(1000 * left)))

    @Slot()
    def _follow_now(self) -> None:
        if self.isVisible():
            self._refresh(keep_place=True)

    def _refresh(self, *, keep_place: bool) -> None:
        dataset = self._session.view.dataset
        if dataset is None:
            return
        started = time.perf_counter()
        seen = self._session.readings.part.found
        if seen is not None and seen.split is not dataset.split(self.part):
            seen = None  # it is about other images
        view = self.view = PartView(dataset, self.part, seen)
        readings = None if view.seen is None else view.seen.readings
        content = None
        if readings is not None or not self.bar.filter.needs_readings:
            content = WallContent(
                images=view.split.images,
                image_shape=dataset.image_shape,
                order=select(view.split, readings, self.bar.filter),
                as_stored=self.bar.filter.order == "stored",
                framed=view.wrong,
                notched=view.changed,
                captions=view.captions,
                describe=view.describe,
            )
        self.wall.set_content(content, keep_place=keep_place)
        self._tell_empty()
        self._tell_count(view, None if content is None else len(content.order))
        self._tell_legend()
        self._refreshed_at = time.perf_counter()
        self._refresh_cost = self._refreshed_at - started

    @Slot()
    def _tell_empty(self) -> None:
        if self._session.view.dataset is None:
            self.words.setText("")
            opening = self._session.data.opening
            self.wall.set_empty_words(
                "There are no data yet. Open some with File > Open."
                if opening is None
                else f"Opening {printable(opening)} ..."
            )
        elif self.wall.content is None:
            self.wall.set_empty_words("Reading the images ...")
        else:
            self.wall.set_empty_words(_NOTHING_FITS)

    def _tell_count(self, view: PartView, n_shown: int | None) -> None:
        """Say how many images are shown, and which epoch's model reads them."""
        n = view.split.n_samples
        images = f"{n:,} image{'' if n == 1 else 's'}"
        if n_shown is None:
            words = f"reading {images} ..."
        else:
            words = f"all {images}" if n_shown == n else f"{n_shown:,} of {images}"
        if self.bar.filter.predicted is not None:
            words += f" · read as {view.dataset.class_names[self.bar.filter.predicted]}"
        if view.seen is not None:
            shown = self._session.view.shown
            live = ", live" if shown is not None and shown.live else ""
            words += f" · {epoch_words(view.seen.epoch)}{live}"
        self.words.setText(words)

    def _tell_legend(self) -> None:
        """Say what the marks mean, and how many of the images on the wall have them."""
        marks, view, content = [], self.view, self.wall.content
        shown = np.arange(0) if content is None else content.order
        notch = f"{NOTCH}; background-color:{NOTCH_EDGE}"
        if view is not None and view.wrong is not None:
            n_wrong = int(np.count_nonzero(view.wrong[shown]))
            marks.append((self._theme.bad, "□", f"{n_wrong:,} wrong"))
        if view is not None and view.changed is not None:
            n_changed = int(np.count_nonzero(view.changed[shown]))
            marks.append((notch, "◤", f"{n_changed:,} changed"))
        self.legend.setText(
            "&nbsp;&nbsp; ".join(
                f'<span style="color:{colour}; font-weight:700">{glyph}</span>&nbsp;{words}'
                for colour, glyph, words in marks
            )
        )

    @Slot(str)
    def _find(self, text: str) -> None:
        """Scroll to the image of a number, or say why not."""
        view, messages = self.view, self._session.messages
        if view is None:
            return
        self._sought = None
        last, what = view.split.n_samples - 1, f"{PARTS[self.part]} image"
        number = text.replace(",", "")
        if not (number.isascii() and number.isdigit()):
            written = repr(text) if text else "nothing"
            messages.warn(f"An image is found by its number, 0 to {last:,}, not by {written}.")
        elif len(number) > len(str(last)) + 20 or int(number) > last:
            messages.warn(f"There is no {what} {text}; choose 0 to {last:,}.")
        elif not self.wall.go_to(int(number)):
            out = f"The filters leave it out: {view.describe(int(number))}."
            messages.note(f"{out} Press Show all to see it on the wall.")
            self._sought = int(number)
        else:
            self.found.emit()
            self.wall.setFocus()

    @Slot(int, QPoint)
    def open_image(self, index: int, near: QPoint) -> None:
        """Open one image of the part beside a point of the screen."""
        self.opened.open_sample(self.part, index, near)

    def watch(self, is_watched: bool) -> None:
        """Follow what is read in the part, and mean and spread of the class chosen."""
        self._session.readings.watch(self, self.part if is_watched else None)
        if not is_watched:
            self._later.stop()
        elif self._session.view.dataset is not None:
            self.side.ask_images(self.part, self.bar.filter.label)

    def show_known(self) -> None:
        """Show what is known of the part, where it was left."""
        self._refresh(keep_place=True)
