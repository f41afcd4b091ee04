"""Repair: the smallest change that makes a mistake right, beside one that breaks a right one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QPoint, Qt, Signal, Slot
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from gui.attack.repair.side import RepairSide
from gui.attack.repair.words import comparison, medians
from gui.shared.part_choice import PartChoice
from gui.shared.size_choice import SizeChoice
from gui.shared.words import ATTACKABLE, PARTS, epoch_words
from gui.widgets.basics.card import card
from gui.widgets.basics.fitting_label import FittingLabel
from gui.widgets.basics.job_progress import JobProgress
from gui.widgets.basics.tooltips import wrapped
from gui.widgets.curves.plot import Curve, CurvePlot

if TYPE_CHECKING:
    from PySide6.QtGui import QHideEvent, QResizeEvent, QShowEvent

    from core.exact.repair import RepairSizes
    from gui.attack.repair.job import RepairState
    from gui.session.session import Session

_PART_HELP = "Whose mistakes are repaired."
_NORM_HELP = (
    "Which change counts as small: the shortest, or the one whose largest pixel is least. Both are "
    "found exactly, for whole parts too."
)
_PLOT_HELP = (
    "Which share of the mistakes a change of at most a size repairs, and which share of the right "
    "ones it breaks; one half of each is its median. Only as far as the part has been measured."
)
REPAIRED, BROKEN = "mistakes repaired", "right ones broken"
_ROOM_FOR_PLOT = 520
"""Pixels: in a lower panel the images need all there is."""
_ELSEWHERE = "Look at another part, or at another epoch."
_NO_MODEL = "There is no model yet: open data and let it learn."
_COMPUTING = "Looking for the smallest changes ..."


class RepairPanel(QWidget):
    """Two halves, a sentence that compares them, and the medians of the whole part."""

    hovered = Signal(str)
    sample_requested = Signal(str, int, QPoint)
    tab_requested = Signal(str)

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session, self._state = session, session.repair
        self.part = PartChoice(session, "repair_part", _PART_HELP, self)
        self.size_choice = SizeChoice(self._state, _NORM_HELP, self)
        self.norm, self.boxed = self.size_choice.norm, self.size_choice.boxed
        self.words = FittingLabel("", self)
        self.words.setObjectName("muted")
        self.progress = JobProgress(
            "measuring the part", "Stop measuring; the sizes found so far stay", self
        )
        self.go_on = QPushButton("Go on", self)
        self.go_on.setObjectName("small")
        self.go_on.setToolTip(wrapped("Measure the rest of the part"))
        self.mistake = RepairSide("A MISTAKE MADE RIGHT", self)
        self.right = RepairSide("A RIGHT ONE MADE WRONG", self)
        self.previous_mistake = QPushButton("Previous", self)
        self.next_mistake = QPushButton("Next", self)
        self.easiest = QPushButton("Easiest", self)
        self.hardest = QPushButton("Hardest", self)
        self.next_right = QPushButton("Next", self)
        self.fragile = QPushButton("Most fragile", self)
        self.sentence = QLabel("", self)
        self.sentence.setObjectName("sentence")
        self.medians = QLabel("", self)
        for label in (self.sentence, self.medians):
            label.setWordWrap(True)
            label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        curves = (Curve(REPAIRED, "good"), Curve(BROKEN, "bad", Qt.PenStyle.DashLine))
        self.plot = CurvePlot(
            "SHARE CHANGED", "size", curves, _PLOT_HELP, compact=True, parent=self
        )
        self.plot.set_y_range(0.0, 1.0)
        self._plot_card = card(self.plot, (12, 8, 12, 4))
        # It must not keep the panel from getting lower: then it is hidden.
        policy = QSizePolicy.Policy
        self._plot_card.setSizePolicy(policy.Expanding, policy.Ignored)
        self._lay_out()
        self._connect()
        self.refresh()

    def _lay_out(self) -> None:
        for button, words in (
            (self.previous_mistake, "The mistake before this one"),
            (self.next_mistake, "The next mistake of the part"),
            (self.easiest, "The mistake that the smallest change repairs"),
            (self.hardest, "The mistake that takes the largest change"),
        ):
            self.mistake.add_button(button, words)
        for button, words in (
            (self.next_right, "The next image of the part that is read rightly"),
            (self.fragile, "The rightly read image that the smallest change breaks"),
        ):
            self.right.add_button(button, words)
        for button, name in (
            (self.previous_mistake, "previous mistake"),
            (self.next_mistake, "next mistake"),
            (self.next_right, "next right one"),
            (self.mistake.film, "film of the mistake"),
            (self.right.film, "film of the right one"),
        ):
            button.setAccessibleName(name)
        head = QHBoxLayout()
        head.setSpacing(10)
        for widget in (self.part, self.size_choice):
            head.addWidget(widget)
        head.addWidget(self.words, 1)
        head.addWidget(self.progress)
        head.addWidget(self.go_on)
        halves = QHBoxLayout()
        halves.setSpacing(10)
        for side in (self.mistake, self.right):
            halves.addWidget(card(side, (12, 6, 12, 6)), 1)
        below = QHBoxLayout()
        below.setSpacing(20)
        below.addWidget(self.sentence, 1)
        below.addWidget(self.medians, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(6)
        layout.addLayout(head)
        layout.addLayout(halves, 5)
        layout.addLayout(below)
        layout.addWidget(self._plot_card, 3)
        self._plot_card.hide()

    def _connect(self) -> None:
        state = self._state
        self.part.part_changed.connect(state.look_at)
        self.progress.cancelled.connect(state.call_off)
        self.go_on.clicked.connect(state.go_on)
        self.previous_mistake.clicked.connect(self._to_previous_mistake)
        self.next_mistake.clicked.connect(self._to_next_mistake)
        self.next_right.clicked.connect(self._to_next_right)
        self.easiest.clicked.connect(state.show_easiest)
        self.hardest.clicked.connect(state.show_hardest)
        self.fragile.clicked.connect(state.show_most_fragile)
        self.mistake.opened.connect(self._open_mistake)
        self.right.opened.connect(self._open_right)
        self.mistake.film_requested.connect(self._film_mistake)
        self.right.film_requested.connect(self._film_right)
        for side in (self.mistake, self.right):
            side.hovered.connect(self.hovered)
        state.changed.connect(self.refresh)

    def showEvent(self, event: QShowEvent) -> None:
        """Begin to follow the model."""
        super().showEvent(event)
        self._state.watch(True)
        self.refresh()

    def hideEvent(self, event: QHideEvent) -> None:
        """Let nothing be computed for what nobody sees."""
        super().hideEvent(event)
        self._state.watch(False)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Show the plot where there is room for it."""
        super().resizeEvent(event)
        self._plot_card.setVisible(self.height() >= _ROOM_FOR_PLOT)

    @Slot()
    def refresh(self) -> None:
        """Show what is known."""
        if not self.isVisible():
            return
        session, known = self._state, self._state.state
        self.size_choice.refresh()
        is_whole = known is not None and known.sizes.complete
        is_measuring = session.is_computing and not is_whole
        self.progress.show_progress(
            None if known is None else known.progress, is_running=is_measuring
        )
        self.go_on.setVisible(session.is_called_off and not is_whole)
        if session.problem or known is None:
            problem = session.problem
            if not problem:
                problem = _NO_MODEL if self._session.view.shown is None else _COMPUTING
            for side in (self.mistake, self.right):
                side.show_nothing(problem)
            for label in (self.sentence, self.medians):
                label.setText("")
            self.words.set_wordings("")
            self._draw(None)
        else:
            self._show(known)
        self._refresh_buttons(None if session.problem else known)

    def _show(self, known: RepairState) -> None:
        dataset, sizes, part = self._session.view.dataset, known.sizes, known.request.part
        if dataset is None:
            return
        n, n_wrong, shown = len(sizes.labels), len(sizes.mistakes), self._session.view.shown
        epoch = "" if shown is None else f", {epoch_words(shown.epoch)}"
        of_part = f"{n_wrong:,} of {n:,} {PARTS[part]} images are read wrongly"
        self.words.set_wordings(f"{of_part}{epoch}", of_part, f"{n_wrong:,} of {n:,} wrong")
        images = f"{n:,} {PARTS[part]} images"
        no_mistake = f"No mistake: all {images} are read rightly. {_ELSEWHERE}"
        none_right = f"None of the {images} is read rightly. {_ELSEWHERE}"
        for side, one, none in (
            (self.mistake, known.mistake, no_mistake),
            (self.right, known.right, none_right),
        ):
            if one is None:
                side.show_nothing(none)
            else:
                side.show_changed(one, dataset, part, known.largest)
        self.sentence.setText(comparison(known))
        self.medians.setText(medians(sizes, part))
        self._draw(sizes)

    def _draw(self, sizes: RepairSizes | None) -> None:
        none, largest = np.empty(0), 0.0
        for name in (REPAIRED, BROKEN):
            x, y = none, none
            if sizes is not None:
                x, y = sizes.shares(sizes.mistakes if name == REPAIRED else sizes.right_ones)
                largest = max(largest, float(x[-1]))
            self.plot.set_data(name, x, y)
        self.plot.set_x_range(0.0, largest or 1.0, least=0.0)

    def _refresh_buttons(self, known: RepairState | None) -> None:
        state = self._state
        has_mistake = known is not None and known.mistake is not None
        has_right = known is not None and known.right is not None
        for button in (self.previous_mistake, self.next_mistake):
            button.setEnabled(has_mistake)
        for button in (self.easiest, self.hardest):
            button.setEnabled(has_mistake and state.has_known_mistakes)
        self.next_right.setEnabled(has_right)
        self.fragile.setEnabled(has_right and state.has_known_right_ones)
        problem = ""
        if state.part not in ATTACKABLE:
            problem = "Validation images choose the best epoch; they are not attacked."
        for side, is_there in ((self.mistake, has_mistake), (self.right, has_right)):
            side.allow_film(problem if is_there else "There is no image to be changed.")

    @Slot()
    def _to_previous_mistake(self) -> None:
        self._state.step_mistake(-1)

    @Slot()
    def _to_next_mistake(self) -> None:
        self._state.step_mistake(1)

    @Slot()
    def _to_next_right(self) -> None:
        self._state.step_right(1)

    @Slot(QPoint)
    def _open_mistake(self, near: QPoint) -> None:
        known = self._state.state
        if known is not None and known.mistake is not None:
            self.sample_requested.emit(known.request.part, known.mistake.index, near)

    @Slot(QPoint)
    def _open_right(self, near: QPoint) -> None:
        known = self._state.state
        if known is not None and known.right is not None:
            self.sample_requested.emit(known.request.part, known.right.index, near)

    @Slot()
    def _film_mistake(self) -> None:
        known = self._state.state
        if known is not None and known.mistake is not None:
            self._state.film(known.mistake)
            self.tab_requested.emit("Film")

    @Slot()
    def _film_right(self) -> None:
        known = self._state.state
        if known is not None and known.right is not None:
            self._state.film(known.right)
            self.tab_requested.emit("Film")
