"""All targets: the chosen image changed toward every class at once, as little as is enough."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QScrollArea

from core.exact.crossing import FARTHEST
from core.words import significant
from gui.attack.targets.sizes import SizeBars
from gui.attack.targets.study import targets_study
from gui.attack.view import AttackView
from gui.session.player import Player
from gui.shared.columns import sentences
from gui.shared.measure import measured_words
from gui.shared.panel import StudyProgress
from gui.shared.player_transport import PlayerTransport
from gui.shared.transport import Mark
from gui.shared.words import sure_words
from gui.widgets.basics.card import Card
from gui.widgets.basics.controls import chooser
from gui.widgets.basics.fitting_label import FittingLabel
from gui.widgets.basics.fitting_words import short
from gui.widgets.basics.layouts import below, holding
from gui.widgets.basics.tooltips import wrapped
from gui.widgets.images.image_mosaic import ImageMosaic, MosaicRow

if TYPE_CHECKING:
    from PySide6.QtGui import QHideEvent
    from PySide6.QtWidgets import QWidget

    from core.exact.all_targets import AllTargets
    from gui.session.session import Session

_WHOLE = 1000
"""Steps of the slider for the whole change; it is played beyond that."""
_STEPS = round(_WHOLE * FARTHEST)
_PLAY_SECONDS = 4.0
"""From the original to just beyond."""
_LONGEST_NAME = 16
_SMALLEST_CELL = 56

_COMPUTING = "Looking for the smallest changes ..."
_SIZES_HELP = (
    "Length and largest pixel of the smallest change are found exactly. Several rivals that must "
    "all be overtaken make the fewest pixels a puzzle, which is nearly always solved: where it is "
    "not in time, '4 to 5 px' says that 5 are enough and that it takes 4 at least."
)
_ORDER_HELP = "The classes in their own order, or those that take the least change first."
_IMAGE_HELP = (
    "The image with the shown part of its change toward the class above it; below it the "
    "probability of that class, with ✓ from where it is read so. Click to make this class the "
    "target of the film."
)
_CHANGE_HELP = (
    "What is added (red) or taken away (blue), all amplified alike, so that sizes can be compared; "
    "below it the size of the whole change. Click to make this class the target of the film."
)


class TargetsPanel(AttackView):
    """One column per class: the image on its way to it, the change, and its size."""

    uses = ()
    transport: PlayerTransport

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self.measure = session.attack.measure
        self.study = targets_study(session, self.measure, self)
        self.player = Player(
            session.pool.frame, n_frames=_STEPS + 1, speed=_STEPS / _PLAY_SECONDS, parent=self
        )
        self._columns: list[int] = []
        self._names: tuple[str, ...] = ()
        orders = {"class": "by class", "size": "by size"}
        self.order = chooser("Order of the classes", self, _ORDER_HELP, orders)
        self.words = FittingLabel("", self)
        self.words.setObjectName("muted")
        self.progress = StudyProgress(
            self.study,
            "looking for the changes",
            "Stop looking; the classes found so far stay",
            "Look for the changes toward the other classes too",
            self,
        )
        self.strip = ImageMosaic(self, smallest_cell=_SMALLEST_CELL)
        self.strip.setAccessibleName("image and change for every target")
        self.problem = sentences(self, "sentence")
        self.problem.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.sizes = SizeBars(self.strip, self)
        self.transport = PlayerTransport(
            self.player,
            self,
            unit="%",
            frames=_WHOLE // 100,
            status=self._status,
            marks=lambda: (Mark(100, "flip", "a tie: a little farther it is read as the class"),),
        )
        self._lay_out()
        self._connect()
        self.follow(self.study)

    def _lay_out(self) -> None:
        self.area = QScrollArea(self)
        self.area.setWidget(self.strip)
        self.area.setWidgetResizable(True)
        right = (holding(self.progress, self), self.order)
        inside = below((self.problem, 1), (self.area, 1))
        self._sizes_card = Card("smallest size", self.sizes)
        self._sizes_card.title.setToolTip(wrapped(_SIZES_HELP))
        images = Card("all targets", inside, self.words, right)
        self.setLayout(below((images, 13), (self._sizes_card, 5), spacing=8))

    def _connect(self) -> None:
        self.order.activated.connect(self.refresh)
        self.strip.clicked.connect(self._cell_clicked)
        self.player.position_changed.connect(self._refresh_strip)
        self.measure.changed.connect(self.refresh)

    def figure_words(self) -> str:
        """Return what the image is read as, how sizes are measured, and how much is shown."""
        measured = measured_words(self.measure.norm, boxed=self.measure.boxed)
        how = f"{measured}, {_fraction_words(self.fraction)}"
        return f"{self.words.text()}, {how}, {super().figure_words()}".rstrip(", ")

    def hideEvent(self, event: QHideEvent) -> None:
        """Hold what nobody sees."""
        super().hideEvent(event)
        self.player.pause()

    @property
    def fraction(self) -> float:
        """The fraction of each change that is shown, up to just beyond the boundary."""
        return self.player.position / _WHOLE

    @property
    def columns(self) -> list[int]:
        """The classes in the order chosen."""
        found = self.study.found
        if found is None:
            return []
        is_by_size = self.order.currentData() == "size"
        return found.by_size() if is_by_size else list(range(found.n_classes))

    def show_known(self) -> None:
        """Show what is known."""
        study, found = self.study, self.study.found
        problem = study.problem
        if found is None and not problem:
            computing = "Called off before anything was found." if study.is_held else _COMPUTING
            problem = self.why_nothing("", computing)
        self.problem.setText(problem)
        self.problem.setVisible(bool(problem))
        self.area.setVisible(not problem)
        self._sizes_card.setVisible(not problem)
        if problem or found is None:
            self.words.set_wordings("")
            return
        self.words.set_wordings(*self._summary(found))
        self._refresh_strip()

    def _summary(self, found: AllTargets) -> tuple[str, ...]:
        dataset, nearest = self._session.view.dataset, found.nearest
        assert dataset is not None
        names = [short(name, _LONGEST_NAME) for name in dataset.class_names]
        read = f"read as {names[found.predicted]}"
        factor = f"changes × {significant(1 / found.largest)}" if found.largest else "no change"
        if nearest is not None:
            near = f"nearest: {names[nearest]}, {self._size_words(found, nearest)}"
        elif found.complete:
            near = "no other class within reach"
        else:
            n_known = found.n_classes - found.crossings.count(None)
            near = f"{n_known} of {found.n_classes} classes so far"
        return f"{read}  ·  {near}  ·  {factor}", f"{near}  ·  {factor}", factor

    @Slot()
    def _refresh_strip(self) -> None:
        found, dataset = self.study.found, self._session.view.dataset
        if not self.isVisible() or found is None or dataset is None:
            return
        columns = self.columns
        names = tuple(dataset.class_names[k] for k in columns)
        if (columns, names) != (self._columns, self._names):
            self._columns, self._names = columns, names
            self.strip.set_columns(names)
        changes = found.changes(self.fraction)
        probabilities = found.probabilities(changes)
        shape = (-1, *dataset.image_shape)
        images = (found.image + changes)[columns].reshape(shape)
        maps = changes[columns].reshape(shape)
        reached = found.reached(probabilities)
        unknown = tuple("..." if found.crossings[k] is None else "" for k in columns)
        chances = tuple(
            "" if unread else f"{'✓ ' if reached[k] else ''}{sure_words(probabilities[k, k])}"
            for k, unread in zip(columns, unknown, strict=True)
        )
        missing = tuple(self._missing(found, k) for k in columns)
        sizes = tuple(
            "" if words else self._caption(found, k)
            for k, words in zip(columns, missing, strict=True)
        )
        self.strip.set_rows(
            [
                MosaicRow("image", _IMAGE_HELP, images, captions=chances, missing=unknown),
                MosaicRow("change", _CHANGE_HELP, maps, found.largest or 1.0, sizes, missing),
            ]
        )
        nearest = None if found.nearest is None else columns.index(found.nearest)
        self.strip.set_marked(nearest)
        self.sizes.set_sizes(
            names,
            [self._size(found, k) for k in columns],
            [words.split("  ")[0] for words in sizes],
            nearest,
        )
        self.transport.changed.emit()
        # In several bands there is no row of columns to stand below.
        first, last = (self.strip.cell_rect(1, k) for k in (0, len(columns) - 1))
        self._sizes_card.setVisible(first.top() == last.top())

    @staticmethod
    def _size(found: AllTargets, k: int) -> float:
        crossing = found.crossings[k]
        if crossing is None or k == found.predicted:
            return float("nan")
        return crossing.smallest.size

    def _status(self) -> str:
        """Say how much of each change is shown, for the bar below."""
        if self.study.found is None:
            return ""
        return f"Every column shows {_fraction_words(self.fraction)}."

    @staticmethod
    def _missing(found: AllTargets, k: int) -> str:
        crossing = found.crossings[k]
        if crossing is None:
            return "..."
        if k == found.predicted:
            return "read as this: no change"
        return "" if crossing.is_possible else "no change is enough"

    @staticmethod
    def _size_words(found: AllTargets, k: int) -> str:
        crossing = found.crossings[k]
        assert crossing is not None
        size, least = crossing.smallest.size, crossing.smallest.at_least
        if found.norm != "l0":
            return significant(size)
        return f"{least:.0f} to {size:.0f} px" if least < size else f"{size:.0f} px"

    def _caption(self, found: AllTargets, k: int) -> str:
        words = self._size_words(found, k)
        return f"{words}  nearest" if k == found.nearest else words

    @Slot(int, int)
    def _cell_clicked(self, row: int, column: int) -> None:
        found, dataset = self.study.found, self._session.view.dataset
        if found is None or dataset is None:
            return
        k = self._columns[column]
        if k == found.predicted:
            name = short(dataset.class_names[k], _LONGEST_NAME)
            words = f"The image is read as {name} already: choose another class as the target."
            self._session.messages.note(words)
            return
        self._session.attack.choose_exact(found.norm, boxed=found.boxed)
        self._session.attack.set_setting("target", k)
        self.tab_requested.emit("the film")


def _fraction_words(fraction: float) -> str:
    words = f"{100 * fraction:.0f} % of the change"
    if np.isclose(fraction, 1.0):
        return f"{words}: a tie"
    return f"{words}: just beyond" if fraction > 1 else words
