"""The film of an attack: an image, the change, the result, and how it came about."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QEvent, QObject, QSize, Qt, QTimer, Slot
from PySide6.QtWidgets import QGridLayout, QLabel, QWidget

from core.attack.methods.descent import Descent
from core.insight.diagnostics import weight_images
from core.learning.records import epoch_words
from core.words import at_most, fixed, significant
from gui.attack.film.figure import step_sheet
from gui.attack.film.images import AttackImages
from gui.attack.film.stretch import StretchSwitch
from gui.attack.film.traces import Traces
from gui.attack.film.transport import FilmTransport
from gui.attack.film.words import (
    RAN_AWAY,
    SATURATED,
    SWINGS,
    before_words,
    likeness_words,
    second_words,
    size_of,
    size_words,
)
from gui.attack.view import AttackView
from gui.session.attack import PART_WORDS
from gui.shared.words import an
from gui.shared.writing import Writing
from gui.theme import pixels
from gui.widgets.bars.probability_bars import ProbabilityBars
from gui.widgets.basics.card import Card
from gui.widgets.basics.fitting_label import FittingLabel
from gui.widgets.basics.fitting_words import as_title, short, shortened
from gui.widgets.basics.layouts import below, holding
from gui.widgets.basics.tooltips import wrapped
from gui.widgets.images.change_picture import NO_CHANGE, ChangePicture
from gui.widgets.images.image_view import ImageView

if TYPE_CHECKING:
    from PySide6.QtGui import QResizeEvent

    from core.attack import AttackStep
    from core.report.figures import Sheet
    from gui.session.session import Session

_LONGEST_NAME = 32
_LOW = 460
"""Pixels of the panel's height under which traces and images are smaller."""
_TRACES, _LOW_TRACES, _SIGN, _APART, _LEAST_BARS = 166, 142, 28, 34, 190
_GOOD_SIDE, _LEAST_SIDE = 168, 112
"""Of an image: for the one the curves are lower, with less the page scrolls."""
_OUTCOME = 34
"""Pixels of the outcome's letters on the stage."""


class FilmPanel(AttackView):
    """Shows the film of the session's attack."""

    _side: tuple[int, ...] = ()
    _is_spread = _is_on_stage = False
    _signs: list[QLabel]

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self._attack = session.attack
        self.saving = Writing(session, self)
        self.transport: FilmTransport = FilmTransport(session, self.saving, self)
        self.chosen_view = ImageView("start", "The image the change begins at.", self)
        self.change_view = ChangePicture(
            "Result minus start, amplified so that its largest pixel has full colour; red is added "
            "ink, blue ink taken away.",
            self,
        )
        self.result_view = ImageView("result", "The image as the model now sees it.", self)
        self.weights_view = ImageView(
            "weights",
            "The target class's weights less the mean of all classes: does the change look like "
            "them?",
            self,
        )
        self._pictures = (self.chosen_view, self.change_view, self.result_view, self.weights_view)
        self.bars = ProbabilityBars(self)
        self.bars.setToolTip(
            "<qt>Probability of each class for the result; ○ true class, ● target.</qt>"
        )
        self.stretch = StretchSwitch(self.result_view)
        self.stretch.changed.connect(self._show_position)
        self.sentence = FittingLabel("", self)
        self.sentence.setObjectName("sentence")
        self.sentence.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.size_line = FittingLabel("", self)
        """The size of the change, where the sentence is on the stage and in large letters."""
        self.hint = FittingLabel("", self)
        self.hint.setObjectName("muted")
        self.traces = Traces(session, self)
        self.probability_plot, self.size_plot, self.loss_plot = self.traces.plots
        self._lay_out()
        self.images = AttackImages(session, self.chosen_view, self.result_view)
        self._attack.config_changed.connect(self.refresh)
        self._attack.film.changed.connect(self._film_changed)
        self._attack.film.position_changed.connect(self._show_position)
        self.refresh()

    def _lay_out(self) -> None:
        self._grid, self._signs = QGridLayout(), []
        grid = self._grid
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(0)
        top = Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft
        for i, view in enumerate(self._pictures):
            grid.addWidget(view, 0, 2 * i, top)
        for i, sign in enumerate(("+", "=", "")):
            label = QLabel(sign, self)
            label.setObjectName("sentence")
            label.setAlignment(Qt.AlignmentFlag.AlignCenter)
            label.setFixedWidth(_APART if not sign else _SIGN)
            grid.addWidget(label, 0, 2 * i + 1, top)
            self._signs.append(label)
        grid.setColumnMinimumWidth(7, 16)
        grid.setColumnStretch(8, 1)
        self._said = holding(below(self.sentence, self.size_line, self.hint, spacing=2), self)
        self.card = Card("", below(grid, None))
        self.card.installEventFilter(self)
        self.setLayout(below(self.card, (self.traces, 1), spacing=8))
        self.set_on_stage(False)

    def set_on_stage(self, is_on: bool) -> None:
        """Have images as large as they can be, bars and the outcome below them, and no curves."""
        self._is_on_stage = is_on
        self.stretch.setVisible(not is_on)
        self.sentence.setStyleSheet(f"font-size: {_OUTCOME}px" if is_on else "")
        self._arrange()
        self.refresh()

    def _arrange(self) -> None:
        """Lay bars and outcome below the images, where these have the window for themselves."""
        self._is_spread = self._is_on_stage or not self.isAncestorOf(self.card)
        grid, self._side = self._grid, ()
        self.size_line.setVisible(self._is_spread)
        self.hint.setWordWrap(self._is_spread)
        for part in (self.bars, self._said):
            grid.removeWidget(part)
        if self._is_spread:
            grid.addWidget(self.bars, 1, 0, 1, 4)
            grid.addWidget(self._said, 1, 4, 1, 5, Qt.AlignmentFlag.AlignVCenter)
        else:
            grid.addWidget(self.bars, 0, 8)
            grid.addWidget(self._said, 1, 0, 1, 9)

    def minimumSizeHint(self) -> QSize:
        """Return what the smallest images need: larger ones give way."""
        ends = 2 * (self.fontMetrics().height() + 4)
        across = 4 * _LEAST_SIDE + 2 * _SIGN + _APART + 16 + pixels(_LEAST_BARS) + 26
        if self._is_on_stage:
            down = _LEAST_SIDE + ends + self.bars.minimumSizeHint().height()
        else:
            down = (
                self._least_row(ends) + self._words_height + self.traces.minimumSizeHint().height()
            )
        return QSize(across, down + 26)

    @property
    def _words_height(self) -> int:
        """Two sentences and the gap above the curves."""
        return self.sentence.sizeHint().height() + self.hint.sizeHint().height() + 8

    def _least_row(self, ends: int) -> int:
        """Return how high images and bars are at least, titles and captions being so high."""
        return max(_LEAST_SIDE + ends, self.bars.minimumSizeHint().height())

    def changeEvent(self, event: QEvent) -> None:
        """Share the room anew with words of another size."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange and self._side:
            QTimer.singleShot(0, self, self._fit_images)  # once the bars have it, too

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Give images whole multiples of their pixels, as large as there is room for."""
        super().resizeEvent(event)
        self._fit_images()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Let the images have the room of their card, where it fills the window, too."""
        if event.type() == QEvent.Type.Resize:
            if self._is_spread != (self._is_on_stage or not self.isAncestorOf(self.card)):
                self._arrange()
                self._show_position()
            self._fit_images()
        return False

    def _fit_images(self) -> None:
        dataset = self._session.view.dataset
        height, width = (28, 28) if dataset is None else dataset.image_shape
        line = self.fontMetrics().height() + 4
        ends, whole = 2 * line, self if self.isAncestorOf(self.card) else self.card
        across, down, traces = whole.width() - 26 - 2 * _SIGN - _APART, whole.height() - 26, 0
        if self._is_spread:
            # Below them as many bars as there are, as close as they can be read, and the outcome.
            down -= ends + max(self.bars.minimumSizeHint().height(), 5 * (line - 6))
        else:
            traces = pixels(_LOW_TRACES if self.height() < pixels(_LOW) else _TRACES)
            across -= 16 + pixels(_LEAST_BARS)
            down -= self._words_height  # the card's margins and its gap
            good = max(_GOOD_SIDE + ends, self._least_row(ends))
            traces = max(min(traces, down - good), self.traces.minimumSizeHint().height())
            down -= traces + ends
        scale = min(down / height, across / 4 / width)
        scale = int(scale) if scale >= 2 else scale
        scale = max(scale, _LEAST_SIDE / max(height, width))
        side = (round(width * scale), round(height * scale), traces, whole.height())
        if side == self._side:
            return
        self._side = side
        for view in self._pictures:
            view.setFixedSize(max(side[0], _LEAST_SIDE), side[1] + ends)
        for sign in self._signs:
            sign.setFixedHeight(side[1] + ends)
        rest = max(whole.height() - 26 - side[1] - ends, 0)
        row = max(side[1] + ends, self.bars.minimumSizeHint().height())
        self.bars.setFixedHeight(rest if self._is_spread else row)
        self.traces.setVisible(not self._is_on_stage)
        self.traces.setMinimumHeight(traces)
        self.stretch.fit(line)

    def figure(self) -> Sheet | None:
        """Return the step shown: the images, what is read in the result, and the way there."""
        attack, step = self._attack, self._attack.film.step
        at = 0 if step is None else step.number
        title = f"{as_title(attack.chosen.choice.attack.label)}, step {at}"
        return step_sheet(title, self.sentence.text(), self._pictures, self.bars, self.traces)

    def figure_words(self) -> str:
        """Return which image it is of, and which epoch's model is attacked."""
        attack, dataset = self._attack, self._session.view.dataset
        epoch = epoch_words(attack.film.epoch)
        if attack.chosen.begins_as_noise:
            return f"faint noise, seed {attack.config.seed}, {epoch}"
        name = "" if dataset is None else dataset.class_names[attack.label]
        return f"{self._where()} of class {name}, {epoch}"

    @Slot()
    def _film_changed(self) -> None:
        self.traces.show_film()
        self.refresh()

    @Slot()
    def refresh(self) -> None:
        """Show the chosen image, what it is pushed toward, and the present step."""
        attack, dataset = self._attack, self._session.view.dataset
        if dataset is None or attack.chosen_image is None:
            self.sentence.set_wordings("Waiting for data ...")
            return
        self._fit_images()
        image = attack.chosen_image.reshape(dataset.image_shape)
        if attack.chosen.begins_as_noise:
            words = f"0 to {significant(image.max(), 2)}, stretched"
            self.chosen_view.show_stretched(image, words, "stretched")
        else:
            name, where = an(dataset.class_names[attack.label]), self._where()
            captions = *shortened(f"{{}}, {where}", name), *shortened("{}", name)
            if attack.true_label is None:
                captions = (f"read as {name}, {where}", *shortened("read as {}", name))
            self.chosen_view.show_grey(image, *captions)
        self._show_weights()
        self._show_position()

    def _where(self) -> str:
        attack = self._attack
        return "drawn" if attack.on_own else f"{PART_WORDS[attack.config.part]} {attack.index:,}"

    @Slot()
    def _show_position(self) -> None:
        """Show the present step: all else stands still while the film is played."""
        attack, dataset = self._attack, self._session.view.dataset
        chosen, step = attack.chosen_image, attack.film.step
        if dataset is None or chosen is None:
            return
        self.stretch.show_for(attack.chosen.begins_as_noise)
        if step is None or attack.film.weights is None or step.image.size != chosen.size:
            self._show_none(chosen.reshape(dataset.image_shape))
            return
        self._show_step(step, attack.film.steps[0].image.reshape(dataset.image_shape))
        for plot in self.traces.plots:
            plot.marks.set_marker(attack.film.position)

    def _show_result(self, image: np.ndarray, *captions: str) -> None:
        view = self.result_view
        show = view.show_stretched if self.stretch.is_stretched else view.show_grey
        show(image, *captions)

    def _show_none(self, chosen: np.ndarray) -> None:
        """Say why there is no film; the image is as it was."""
        self.sentence.set_wordings(self._attack.film.problem or "Computing ...")
        self.hint.set_wordings("")
        if self._attack.film.problem:
            self.change_view.show_change(np.zeros_like(chosen), "none")
            self._show_result(chosen, "not changed")
            dataset, shown = self._session.view.dataset, self._session.view.shown
            if dataset is not None and shown is not None:
                read = shown.probabilities_of(chosen.reshape(-1))
                self.bars.set_probabilities(
                    dataset.class_names,
                    read,
                    true=self._attack.true_label,
                    target=self._attack.film.aim,
                )

    def _show_step(self, step: AttackStep, start: np.ndarray) -> None:
        attack, dataset = self._attack, self._session.view.dataset
        assert dataset is not None
        names, target = dataset.class_names, attack.film.aim
        result = step.image.reshape(start.shape)
        change = result - start
        largest, ends = float(np.abs(change).max()), (change.min(), change.max())
        words = " to ".join(f"{'+' if end >= 0 else ''}{significant(end, 2)}" for end in ends)
        if largest <= NO_CHANGE:
            words = f"none to be seen: at most {at_most(largest, 1)}" if largest else "none yet"
        elif attack.chosen.begins_as_noise:
            words = f"result \u2212 start, {words}"
        most = at_most(largest, 2)
        shorter = words.rpartition(", ")[2], f"at most {most}", f"≤ {most}"
        self.change_view.show_change(change, words, *shorter)
        seen = step.predicted
        sure = f"with {step.probabilities[seen]:.3f}"
        captions = (
            *shortened(f"read as {{}} {sure}", names[seen]),
            *shortened("read as {}", names[seen]),
        )
        if attack.chosen.begins_as_noise:
            between = f"{fixed(result.min(), 3)} to {fixed(result.max(), 3)}"
            captions = (*shortened(f"{between}, read as {{}}", names[seen]), *captions)
        self._show_result(result, *captions)
        self.bars.set_probabilities(
            names, step.probabilities, true=attack.true_label, target=target
        )
        self._show_words(step)

    def _show_words(self, step: AttackStep) -> None:
        """Say what has come of it so far, and what could have been."""
        attack, dataset = self._attack, self._session.view.dataset
        film, outcome = attack.film, attack.film.outcome()
        end = film.outcome(whole=True)
        assert outcome is not None
        assert end is not None
        assert dataset is not None
        norm = attack.measure.norm
        size, toward = size_of(step, film.steps[0], norm), ""
        if attack.pulled_toward is not None:
            toward = an(dataset.class_names[attack.pulled_toward])
        sizes, wordings = size_words(size, norm, film.least), []
        if film.distance is not None:
            sizes += f" Distance to the image it is pulled toward {fixed(film.distance)}."
        for n, brief in ((_LONGEST_NAME, False), (_LONGEST_NAME, True), (16, True), (8, True)):
            names = [short(name, n) for name in dataset.class_names]
            headline = f"{outcome.headline(names, toward, brief=brief)}."
            wordings.append(headline if self._is_spread else f"{headline} {sizes}")
        self.sentence.set_wordings(*wordings)
        self.size_line.set_wordings(sizes, sizes.split("; ")[0])
        names = [short(name, 16) for name in dataset.class_names]
        hint = second_words(step, names, norm, film.least, film.aim)
        is_noise, likeness = attack.chosen.begins_as_noise, film.likeness()
        if is_noise:
            hint = "" if likeness is None else likeness_words(likeness, names[film.aim])
        if attack.chosen.name == Descent.name and not is_noise and not end.succeeded:
            if outcome.saturated and end.saturated:
                hint = SATURATED
            elif end.n_changes > 2:  # there, back, and there again
                hint = SWINGS
        if film.ran_away:
            hint = RAN_AWAY
        before = "" if film.before is None else before_words(film.before, norm)
        first = hint.split(". ")[0].rstrip(".")
        self.hint.set_wordings(f"{hint} {before}".strip(), f"{first}. {before}", before or first)
        self.hint.setToolTip(wrapped(self.hint.text()))
        self.sentence.setToolTip(wrapped(self.sentence.text()))

    def _show_weights(self) -> None:
        """Show the weights of the class that the change leads to, less those that all share."""
        film, dataset = self._attack.film, self._session.view.dataset
        if dataset is None or film.weights is None:
            return
        weights = weight_images(film.weights, dataset.image_shape)
        shown = weights[film.aim] - weights.mean(axis=0)
        limit = float(np.abs(shown).max()) or 1.0
        name = short(dataset.class_names[film.aim], 16)
        self.weights_view.set_title(f"weights of {name}", "weights")
        self.weights_view.show_signed(
            shown, limit, f"±{significant(limit)}, minus the mean", f"±{significant(limit, 2)}"
        )
