"""Repair: the smallest change that makes a mistake right, beside one that breaks a right one."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QSizePolicy

from core.learning.records import epoch_words
from gui.attack.repair.side import RepairSide
from gui.attack.repair.study import Repair
from gui.attack.repair.words import comparison, medians
from gui.attack.view import AttackView
from gui.shared.columns import sentences
from gui.shared.measure import measured_words
from gui.shared.panel import StudyProgress
from gui.shared.words import ATTACKABLE, PARTS
from gui.widgets.basics.card import Card
from gui.widgets.basics.fitting_label import FittingLabel
from gui.widgets.basics.layouts import below, beside, holding
from gui.widgets.curves.plot import Curve, CurvePlot

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from core.exact.repair import Changed, RepairPair, RepairSizes
    from core.report.figures import Sheet
    from gui.attack.repair.study import Kind
    from gui.session.session import Session

_PLOT_HELP = (
    "Which share of the mistakes a change of at most a size mends, and which share of the right "
    "ones it breaks; one half of each is its median. Only as far as the part has been measured."
)
REPAIRED, BROKEN = "mistakes mended", "right ones broken"
_SHORT = {REPAIRED: "mended", BROKEN: "broken"}
_ELSEWHERE = "Look at another part, or at another epoch."
_OWN = "Your drawing is in no part of the data; these are {} images. "
_COMPUTING = "Looking for the smallest changes ..."


class RepairPanel(AttackView):
    """Two halves, a sentence that compares them, and the medians of the whole part."""

    norms = ("l2", "linf")
    uses = ()
    of_images = True

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self.repair = Repair(session, self)
        self.words = FittingLabel("", self)
        self.words.setObjectName("muted")
        self.progress = StudyProgress(
            self.repair.sizes,
            "measuring the part",
            "Stop measuring; the sizes found so far stay",
            "Measure the rest of the part",
            self,
        )
        self.mistake = RepairSide("a mistake made right", self)
        self.right = RepairSide("a right one made wrong", self)
        self._sides: dict[Kind, RepairSide] = {"mistake": self.mistake, "right": self.right}
        self._add_buttons()
        self.sentence = sentences(self, "sentence", selectable=True)
        self.medians = sentences(self, selectable=True)
        curves = (Curve(REPAIRED, "good"), Curve(BROKEN, "bad", Qt.PenStyle.DashLine))
        self.plot = CurvePlot(
            "SHARE CHANGED",
            "size",
            curves,
            _PLOT_HELP,
            compact=True,
            y_label="share of the images",
            parent=self,
        )
        self.plot.set_y_range(0.0, 1.0)
        self.plot.main.names = {name: (name, word) for name, word in _SHORT.items()}
        self._lay_out()
        self._connect()
        self.follow(self.repair.pair, self.repair.sizes)

    def _add_buttons(self) -> None:
        add, step, ranked = self.mistake.add_button, self.repair.step, self.repair.show_ranked
        tip, act = "The mistake before this one", partial(step, "mistake", -1)
        self.previous_mistake = add("Previous", tip, act, "previous mistake")
        tip, act = "The next mistake of the part", partial(step, "mistake", 1)
        self.next_mistake = add("Next", tip, act, "next mistake")
        tip = "The mistake that the smallest change mends"
        self.easiest = add("Easiest", tip, partial(ranked, "mistake", 0))
        tip = "The mistake that takes the largest change"
        self.hardest = add("Hardest", tip, partial(ranked, "mistake", -1))
        add, tip = self.right.add_button, "The next image of the part that is read rightly"
        self.next_right = add("Next", tip, partial(step, "right", 1), "next right one")
        tip = "The rightly read image that the smallest change breaks"
        self.fragile = add("Most fragile", tip, partial(ranked, "right", 0))
        self.mistake.film.setAccessibleName("film of the mistake")
        self.right.film.setAccessibleName("film of the right one")

    def _lay_out(self) -> None:
        mistake = Card(self.mistake.title, self.mistake, self.words)
        right = Card(self.right.title, self.right)
        self._cards: dict[Kind, Card] = {"mistake": mistake, "right": right}
        said = below(self.sentence, self.medians, None)
        takes = Card("what it takes", said, "", (holding(self.progress, self),))
        plot = self.plot.in_card()
        for part in (plot, takes):  # as wide as it is given
            part.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Expanding)
        halves, under = beside((mistake, 1), (right, 1), spacing=8), beside(spacing=8)
        under.addWidget(plot, 1)
        under.addWidget(takes, 1)
        self.setLayout(below((halves, 31), (under, 18), spacing=8))

    def _connect(self) -> None:
        self.repair.measure.changed.connect(self.refresh)
        self._session.attack.config_changed.connect(self.refresh)
        for kind, side in self._sides.items():
            side.film.clicked.connect(partial(self._film, kind))
            side.opened.connect(partial(self._open, kind))

    def figure(self) -> Sheet | None:
        """Return both halves; None where neither has an image."""
        from core.report.figures import Sheet

        halves = [f for side in self._sides.values() if (f := side.figure()) is not None]
        words = self.sentence.text()
        return Sheet("Mend", words, tuple((f,) for f in halves)) if halves else None

    def figure_words(self) -> str:
        """Return whose mistakes are repaired, which epoch's, and how sizes are measured."""
        measure = self.repair.measure
        how = measured_words(measure.set_norm, boxed=measure.images_boxed)
        return f"{self.words.text()}, {how}"

    def show_known(self) -> None:
        """Show what is known."""
        repair = self.repair
        answer, problem = repair.pair.answer, repair.pair.problem
        if answer is None or answer.found is None or problem:
            words = self.why_nothing(problem, _COMPUTING)
            for kind, side in self._sides.items():
                side.show_nothing(words)
                self._cards[kind].show()
            for label in (self.sentence, self.medians):
                label.setText("")
            self.words.set_wordings("")
            self._draw(None)
        else:
            self._show(answer.question.part, answer.found, repair.sizes.found)
        self._refresh_buttons()

    def _show(self, part: str, pair: RepairPair, sizes: RepairSizes | None) -> None:
        dataset, shown = self._session.view.dataset, self._session.view.shown
        if dataset is None:
            return
        n_wrong = len(pair.mistakes)
        n = n_wrong + len(pair.right_ones)
        epoch = "" if shown is None else f", {epoch_words(shown.epoch)}"
        of_part = f"{n_wrong:,} of {n:,} {PARTS[part]} images are read wrongly"
        self.words.set_wordings(f"{of_part}{epoch}", of_part, f"{n_wrong:,} of {n:,} wrong")
        images = f"{n:,} {PARTS[part]} images"
        no_mistake = f"No mistake: all {images} are read rightly. {_ELSEWHERE}"
        none_right = f"None of the {images} is read rightly. {_ELSEWHERE}"
        said = comparison(pair)
        sides: tuple[tuple[Kind, Changed | None, Changed | None, str], ...] = (
            ("mistake", pair.mistake, pair.right, no_mistake),
            ("right", pair.right, pair.mistake, none_right),
        )
        for kind, one, other, none in sides:
            if one is not None:
                self._sides[kind].show_changed(one, dataset, part, pair.largest)
            else:
                self._sides[kind].show_nothing(none)
                said = none if other is not None else said
            # Where there is none, the other has all the room.
            self._cards[kind].setVisible(one is not None or other is None)
        self.sentence.setText(said)
        own = _OWN if self._session.attack.on_own else ""
        self.medians.setText(f"{own.format(PARTS[part])}{medians(sizes, part)}")
        self._draw(sizes)

    def _draw(self, sizes: RepairSizes | None) -> None:
        none, largest = np.empty(0), 0.0
        for name in (REPAIRED, BROKEN):
            x, y, called = none, none, (name, _SHORT[name])
            if sizes is not None:
                images = sizes.mistakes if name == REPAIRED else sizes.right_ones
                if len(images):
                    x, y = sizes.shares(images)
                    largest = max(largest, float(x[-1]))
                else:  # a share of none is no number
                    called = ("", "")
            self.plot.main.names |= {name: called}
            self.plot.set_data(name, x, y)
        self.plot.set_x_range(0.0, largest or 1.0, least=0.0)

    def _refresh_buttons(self) -> None:
        repair, problem = self.repair, ""
        if repair.part not in ATTACKABLE:
            problem = "Validation images choose the best epoch; they are not attacked."
        for kind, side in self._sides.items():
            is_there = repair.shown(kind) is not None
            is_ranked = is_there and len(repair.known(kind)) > 0
            side.allow(problem, is_there=is_there, is_ranked=is_ranked)

    def _open(self, kind: Kind) -> None:
        answer, one = self.repair.pair.answer, self.repair.shown(kind)
        if answer is not None and one is not None:
            self.sample_requested.emit(answer.question.part, one.index)

    def _film(self, kind: Kind) -> None:
        if self.repair.film(kind):
            self.tab_requested.emit("the film")
