"""The Images page: a wall of all there are, and beside it a sheet to draw on and what they are."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, QTimer, Slot
from PySide6.QtWidgets import QStackedWidget

from core.errors import printable
from core.insight.readings import select
from core.learning.records import epoch_words
from gui.images.classes.panel import ClassesPanel
from gui.images.draw.panel import DRAWN, DrawPanel
from gui.images.split.panel import SplitPanel
from gui.images.wall.count import CountWords
from gui.images.wall.epochs import WallEpochs
from gui.images.wall.filter import FilterBar
from gui.images.wall.tile import DrawTile
from gui.shared.opened_image import OpenedImage
from gui.shared.page import Page
from gui.shared.words import PARTS, PartView
from gui.theme import pixels
from gui.widgets.basics.card import Card
from gui.widgets.basics.layouts import beside, holding
from gui.widgets.basics.lazy_tabs import TabRow
from gui.widgets.images.image_card import ImageCard
from gui.widgets.images.image_wall import ImageWall
from gui.widgets.images.wall_picture import WallContent

if TYPE_CHECKING:
    from collections.abc import Mapping

    from PySide6.QtGui import QIcon, QResizeEvent
    from PySide6.QtWidgets import QWidget

    from core.insight.readings import ImageFilter
    from gui.session.session import Session
    from gui.shared.panel import Panel

_REFRESH_SECONDS = 0.3
"""While a run is live the wall follows it this often."""

_REFRESH_SHARE = 6
"""Choosing among very many images is done less often: at most a sixth of the window's time."""

_NOTHING_FITS = (
    "No image fits these filters.\nChoose another class, “right or wrong”, or a wider range of "
    "surety; or press “Show all”."
)

DRAW, CLASSES, SPLIT = "Draw", "Classes", "Split and noise"
_TABS = {
    DRAW: "Draw an image of your own and see it read",
    CLASSES: "How many images of each class there are, their mean and how they differ",
    SPLIT: "How the images are divided, spoilt by noise, and read from their file",
}
_RIGHT_SHARE, _RIGHT_LEAST, _RIGHT_MOST = 0.29, 352, 520
"""Of the page's width, for what stands beside the wall; the least of it, the most at 100 %."""

_WIDE = 1200
"""Pixels of the page at which a drawing is explained beside its sheet."""

_WALK_WORDS = "arrow keys walk on along the wall"


class ImagesPage(Page):
    """Shows the data of the session, as the shown model reads them, and what a person draws."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self.part = "train"
        """The part whose images hang on the wall."""
        self._class_names: tuple[str, ...] = ()
        self.view: PartView | None = None
        self._sought: int | None = None
        """An image that was looked for and is left out by the filters."""
        self._refreshed_at = self._refresh_cost = 0.0
        self._epochs = WallEpochs(session, self)
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self.bar = FilterBar(self)
        self.words = CountWords(self)
        self.wall = ImageWall(self)
        self.tile = DrawTile(self)
        self.wall.set_first(self.tile)
        self.switch = TabRow(_TABS, self)
        self.draw = DrawPanel(session, self)
        self.classes = ClassesPanel(session, self)
        self.split = SplitPanel(session, self)
        self.panels: dict[str, Panel] = dict(
            zip(_TABS, (self.draw, self.classes, self.split), strict=True)
        )
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
        self.tile.clicked.connect(self.draw_one)
        self.switch.chosen.connect(self._switched)
        self.classes.class_clicked.connect(self._class_clicked)
        self.draw.content_requested.connect(self.opened.open)
        self.draw.drawn_changed.connect(self._follow_drawing)
        self.draw.own_attack_requested.connect(self.own_attack_requested)
        self.card.attack_requested.connect(self._attack)
        self.card.seen.connect(self._make_room)
        self.card.finished.connect(self._right.show)
        self.card.walked.connect(self._walk)
        session.view.dataset_changed.connect(self._dataset_changed)
        session.view.run_started.connect(self.card.close)
        session.readings.part.changed.connect(self._follow)
        session.data.changed.connect(self._tell_empty)
        self._dataset_changed()

    @property
    def transport(self) -> WallEpochs:
        """The epochs of the run shown."""
        return self._epochs

    def figure_words(self) -> str:
        """Return which images hang on the wall, and which epoch's model reads them."""
        seen = None if self.view is None else self.view.seen
        epoch = "" if seen is None else f", {epoch_words(seen.epoch)}"
        return f"{PARTS[self.part]} images: {self.words.said}{epoch}"

    def take_keyboard(self) -> None:
        """Let keys go to the wall."""
        self.wall.setFocus()

    def set_icons(self, icons: Mapping[str, QIcon]) -> None:
        """Use these icons on the buttons."""
        self.tile.setIcon(icons["draw"])
        self.draw.set_icons(icons)

    def _lay_out(self) -> None:
        row = holding(beside(self.bar, 12, (self.words, 1)), self)
        hung = Card("", self.wall, row)
        self._stack = QStackedWidget(self)
        for panel in self.panels.values():
            self._stack.addWidget(panel)
        tabs = holding(beside(self.switch, None), self)
        self._right = Card("", self._stack, tabs)
        self.setLayout(beside((hung, 1), self.card, self._right, spacing=8))

    def minimumSizeHint(self) -> QSize:
        """Return what it needs without the sheet beside an opened drawing, which gives way."""
        least = super().minimumSizeHint()
        if self.card.isHidden() or self._right.isHidden():
            return least
        return QSize(least.width() - self._right.width() - 8, least.height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Leave the wall its share."""
        width = min(round(_RIGHT_SHARE * self.width()), pixels(_RIGHT_MOST))
        width = max(width, _RIGHT_LEAST, self._least_right())
        for card in (self._right, self.card):
            card.setFixedWidth(width)
        self._make_room()
        super().resizeEvent(event)

    def _least_right(self) -> int:
        """Return what the tabs need at the size that text has now."""
        layout = self._right.layout()
        assert layout is not None
        return layout.totalMinimumSize().width()

    @Slot()
    def _make_room(self) -> None:
        """Let an opened image stand in the place of the tabs; a drawing beside its sheet.

        Where that is too narrow the sheet gives way, too.
        """
        is_open, content = not self.card.isHidden(), self.card.content
        is_drawing = content is not None and content.part == DRAWN
        self._right.setVisible(not is_open or (is_drawing and self.width() >= pixels(_WIDE)))

    @Slot(int, int)
    def _walk(self, down: int, right: int) -> None:
        """Open the next image of the wall."""
        self.wall.walk(down, right)
        if self.wall.current is not None:
            self.open_image(self.wall.current)

    @Slot(str)
    def show_tab(self, words: str) -> None:
        """Show what the tab of that name holds."""
        self.switch.choose(words)

    @Slot(str)
    def _switched(self, words: str) -> None:
        self._stack.setCurrentWidget(self.panels[words])

    def would_be_lost(self) -> tuple[str, ...]:
        """Say whether there is a drawing."""
        return () if self.draw.canvas.is_empty else ("the drawing on the sheet",)

    @Slot()
    def draw_one(self) -> None:
        """Let a person draw."""
        self.card.close()
        self.show_tab(DRAW)
        self.draw.canvas.setFocus()

    @Slot()
    def _follow_drawing(self) -> None:
        """Keep an opened drawing true; one that is wiped out is not there any more."""
        content = self.card.content
        if content is not None and content.part == DRAWN and self.draw.image is None:
            self.card.close()
        self.opened.refresh()

    @Slot(str, int)
    def _attack(self, part: str, index: int) -> None:
        if part == DRAWN:
            self.draw.attack()
        else:
            self.attack_requested.emit(part, index)

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
        self.classes.ask(self.part, wanted.label)
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
        order = None if content is None else content.order
        self.words.show_view(view, order, self.bar.filter.predicted, self._session.view.shown)
        self._refreshed_at = time.perf_counter()
        self._refresh_cost = self._refreshed_at - started

    @Slot()
    def _tell_empty(self) -> None:
        if self._session.view.dataset is None:
            self.words.show_counts(("",))
            opening = self._session.data.opening
            self.wall.set_empty_words(
                "There are no data yet: choose some in the list above, or open a file (Ctrl+O)."
                if opening is None
                else f"Opening {printable(opening)} ..."
            )
        elif self.wall.content is None:
            self.wall.set_empty_words("Reading the images ...")
        else:
            self.wall.set_empty_words(_NOTHING_FITS)

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
            self.bar.last.hidePopup()
            self.wall.setFocus()

    @Slot(int)
    def open_image(self, index: int) -> None:
        """Open one image of the part."""
        self.opened.open_sample(self.part, index, _WALK_WORDS)

    def watch(self, is_watched: bool) -> None:
        """Follow what is read in the part."""
        self._session.readings.watch(self, self.part if is_watched else None)
        if not is_watched:
            self._later.stop()

    def show_known(self) -> None:
        """Show what is known of the part, where it was left."""
        self._refresh(keep_place=True)
