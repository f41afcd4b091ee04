"""The same change on other images: the film's, or one that is found to fool them all."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QSignalBlocker, Qt, Slot
from PySide6.QtWidgets import QLabel, QSlider, QWidget

from core.words import fixed, significant
from gui.attack.same_change.effect_table import EffectTable
from gui.attack.same_change.study import MOST_STRENGTH, OneChange
from gui.attack.view import AttackView
from gui.shared.columns import label, sentences
from gui.shared.crafting import within
from gui.shared.words import PARTS
from gui.theme import grow
from gui.widgets.basics.card import Card
from gui.widgets.basics.controls import button
from gui.widgets.basics.fitting_label import FittingLabel
from gui.widgets.basics.fitting_words import short
from gui.widgets.basics.job_progress import JobProgress
from gui.widgets.basics.layouts import Folding, below, beside, holding
from gui.widgets.basics.lazy_tabs import TabRow
from gui.widgets.basics.tooltips import wrapped
from gui.widgets.curves.plot import Curve, CurvePlot
from gui.widgets.images.change_picture import NO_CHANGE, ChangePicture
from gui.widgets.images.image_strip import ImageStrip, StripImage

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from numpy.typing import NDArray

    from core.attack.whole_parts.same_change import ChangedImages, SameChangeResult
    from core.data.dataset import Dataset
    from gui.session.session import Session

SUCCESS = "success"
_TICKS = 20
"""Places of the slider for a strength of 1."""

_SIDE_WIDTH, _STRENGTH_WIDTH = 320, 48
_LONGEST_NAME = 12
_FILM, _FOUND = "the film's change", "what fools most"
_FILM_HELP = "Add what the film has changed at the step it shows; play it, and this follows."
_FOR_ALL_HELP = "Add the one change that was found to fool as many images as possible."
_FIND_HELP = (
    "Search one change that fools as many images of the part as possible, or makes them read as "
    "the target, with target, size and budget as chosen on One image: v moves along the mean "
    "gradient of the images not fooled yet, pass after pass."
)
_STRENGTH_HELP = "How many times the change is added: x + s d, clipped where the box is on."
_STRIP_HELP = "Framed: not read any more as what it is. Click to open the image as it was."
_PASSES_HELP = (
    "The share of the images read rightly that the change fools, or with a target of those that "
    "are not read as it anyway, after each pass over the images. The best is kept."
)


class SameChangePanel(AttackView):
    """The change and what it does on the left; on the right the changed images."""

    norms = ("l2", "linf")

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self.state = state = OneChange(session, self)
        self._drawn: ChangedImages | None = None
        choices = {_FILM: wrapped(_FILM_HELP), _FOUND: wrapped(_FOR_ALL_HELP)}
        self.head: QWidget = QWidget(self)
        self.choices = TabRow(choices, self.head)
        self.film_button, self.all_button = map(self.choices.button, choices)
        self.strength = QSlider(Qt.Orientation.Horizontal, self.head)
        self.strength.setRange(0, round(MOST_STRENGTH * _TICKS))
        self.strength.setPageStep(_TICKS)
        self.strength.setAccessibleName("Strength")
        self.strength.setToolTip(wrapped(_STRENGTH_HELP))
        self.strength.setMinimumWidth(90)
        self.strength.setMaximumWidth(260)
        self.strength_words = QLabel("", self.head)
        grow(self.strength_words, fixed_width=_STRENGTH_WIDTH)
        self.find_button = button("Search for it", self.head, _FIND_HELP, pressed=state.find)
        self.progress = JobProgress("changing images", "Stop; what is done stays.", self.head)
        self.view = ChangePicture(
            "What is added to every image, amplified so that its largest pixel at strength 1 has "
            "full colour; red is added ink, blue ink taken away.",
            self,
        )
        self.effects = EffectTable(self)
        self.plot = CurvePlot(
            title="Pass by pass",
            x_label="pass",
            curves=(Curve(SUCCESS, "bad"),),
            help_text=_PASSES_HELP,
            compact=True,
            y_label="share of the images fooled",
            parent=self,
        )
        self.words = FittingLabel("", self, look="muted")
        self.note = sentences(self, "sentence")
        self.strip = ImageStrip("images with the same change", _STRIP_HELP, self, wraps=True)
        self._lay_out()
        self._connect()
        self.follow(self.state.universal, self.state.counted)

    def figure_words(self) -> str:
        """Return which change it is, and on which images."""
        return self.words.text()

    def _lay_out(self) -> None:
        head = self.head
        first, self.part_words = label("Add", head), FittingLabel("", head)
        asked = beside(first, self.choices, (self.part_words, 1), spacing=8)
        how = (self.strength, 3), self.strength_words, self.progress, self.find_button, None
        head.setLayout(Folding((asked, 4), (beside(*how, spacing=8), 3), spacing=8))
        change = Card("The change", below((self.view, 1), self.effects, spacing=4), parent=self)
        self.plot_card = self.plot.in_card()
        side = holding(below((change, 3), (self.plot_card, 2), spacing=8), self)
        grow(side, fixed_width=_SIDE_WIDTH)
        right = below(self.note, (self.strip, 1), spacing=4)
        images = Card("Every image with it", right, self.words, parent=self)
        self.setLayout(beside(side, (images, 1), spacing=8))

    def _connect(self) -> None:
        state = self.state
        self.film_button.clicked.connect(state.show_film)
        self.all_button.clicked.connect(state.show_for_all)
        self.strength.valueChanged.connect(self._strength_moved)
        self.progress.cancelled.connect(state.call_off)
        self.strip.opened.connect(self._open)
        attack = self._session.attack
        for signal in (attack.config_changed, attack.film.changed, attack.film.position_changed):
            signal.connect(self.refresh)
        for each in (self.film_button, self.all_button, self.find_button):
            each.clicked.connect(self.refresh)

    def show_known(self) -> None:
        """Show what is known."""
        state, dataset = self.state, self._session.view.dataset
        (self.all_button if state.is_for_all else self.film_button).setChecked(True)
        self.all_button.setEnabled(state.found is not None or state.universal.is_computing)
        with QSignalBlocker(self.strength):
            self.strength.setValue(round(state.strength * _TICKS))
        part = PARTS[self._session.attack.config.part]
        self.part_words.set_wordings(f"to every {part} image", f"to every {part}", "to all", "")
        self.strength_words.setText(f"× {fixed(state.strength)}")
        self._show_progress()
        self._show_change(dataset)
        self._show_passes()
        result = state.counted.found
        # The attack fits its target to other data a moment after they are there.
        names, aim = () if dataset is None else dataset.class_names, self._session.attack.film.aim
        self.effects.show_result(result, names[aim] if aim < len(names) else "")
        self.note.setText(self._note())
        self.note.setVisible(bool(self.note.text()))
        self._show_words(result)
        shown = None if result is None else result.shown
        if shown is not self._drawn:
            self._drawn = shown
            self._show_images(shown)

    def _show_progress(self) -> None:
        universal, counted = self.state.universal, self.state.counted
        progress = universal.progress if universal.is_computing else counted.progress
        is_running = universal.is_computing or counted.is_computing
        self.progress.show_progress(progress, is_running=is_running)

    def _show_change(self, dataset: Dataset | None) -> None:
        change = self.state.change()
        if dataset is None or change is None or change.size != dataset.n_features:
            self.view.clear()
            return
        picture, strength = change.reshape(dataset.image_shape), self.state.strength
        largest, added = float(np.abs(picture).max()), strength * picture
        length = f"length {significant(float(np.linalg.norm(added)))}"
        words = [f"{length}, largest pixel {significant(strength * largest)}", length]
        if largest <= NO_CHANGE:
            words = ["none yet"]
        self.view.show_change(added, *words, limit=largest)

    def _show_passes(self) -> None:
        found, asked = self.state.found, self.state.asked
        self.plot_card.setVisible(self.state.is_for_all)
        rates = np.array(() if found is None else found.success_rates)
        self.plot.set_data(SUCCESS, np.arange(len(rates), dtype=float), rates)
        self.plot.set_y_range(0.0, min(1.2 * max(float(rates.max(initial=0.0)), 0.05), 1.0))
        last = self.state.settings().steps if asked is None else asked.config.steps
        self.plot.set_x_range(0, last)

    def _note(self) -> str:
        """Return what a person should know, or do, in words."""
        state, attack = self.state, self._session.attack
        if state.problem:
            return state.problem
        if state.is_for_all:
            return state.outdated() or self._vain_words()
        change = state.change()
        if self._session.view.shown is None or self._session.view.dataset is None:
            return "There is no model yet: let a run begin first."
        if change is None:
            return attack.film.problem or "The film is being computed ..."
        if attack.config.start is None:
            return (
                "This film starts from noise, so that what it changes is the whole image. Start it "
                "from the image to see what its change does to others."
            )
        if np.abs(change).max() <= NO_CHANGE:
            return "The film stands where nothing is changed yet: play it on (P), this follows."
        return ""

    def _vain_words(self) -> str:
        """Say so where a search that is over has fooled nobody."""
        state, found = self.state, self.state.found
        if state.universal.is_computing or found is None or not found.success_rates:
            return ""
        if any(found.success_rates):
            return ""
        return "No change within this budget fools any image: allow a larger one."

    def _show_words(self, result: SameChangeResult | None) -> None:
        state, attack = self.state, self._session.attack
        dataset = self._session.view.dataset
        what = "The film's change"
        if not state.is_for_all and attack.film.steps:
            what = f"The change of step {attack.film.position} of {len(attack.film.steps) - 1}"
        elif state.is_for_all and state.asked is not None:
            config = state.asked.config
            to = ""
            if dataset is not None and config.target is not None:
                to = f" to {short(dataset.class_names[config.target], _LONGEST_NAME)}"
            what = f"One change{to}, {within(config.norm, config.budget)}"
        answer = state.counted.answer
        if result is None or not result.n_images or answer is None:
            self.words.set_wordings(what)
            return
        n, total = f"{result.n_images:,}", f"{result.n_total:,}"
        part = PARTS[answer.question.part]
        done = f"all {total}" if n == total else f"{n} of {total}"
        on = f"{what} on {done} {part} images"
        self.words.set_wordings(f"{on}; mean length left {significant(result.mean_size)}", on, what)

    def _show_images(self, shown: ChangedImages | None) -> None:
        """Show other images."""
        dataset, answer = self._session.view.dataset, self.state.counted.answer
        if shown is None or dataset is None or answer is None:
            self.strip.set_images(())
            return
        pictures = enumerate(shown.images.reshape(-1, *dataset.image_shape))
        names, part = dataset.class_names, PARTS[answer.question.part]
        strip = [_strip_image(shown, i, picture, names, part) for i, picture in pictures]
        self.strip.set_images(strip)

    @Slot(int)
    def _strength_moved(self, ticks: int) -> None:
        self.state.set_strength(ticks / _TICKS)
        self.refresh()

    @Slot(int)
    def _open(self, index: int) -> None:
        answer = self.state.counted.answer
        if answer is not None:
            self.sample_requested.emit(answer.question.part, index)


def _strip_image(
    shown: ChangedImages, i: int, picture: NDArray[Any], names: Sequence[str], part: str
) -> StripImage:
    index = int(shown.indices[i])
    label, before, after = (int(k[i]) for k in (shown.labels, shown.before, shown.after))
    words = names[after] if before == after else f"{names[before]} → {names[after]}"
    true = names[label]
    return StripImage(
        index=index,
        values=picture,
        below=(
            (words, words.replace(" ", ""), short(names[after], _LONGEST_NAME)),
            ("",) if before == label else (f"is {true}", short(true, _LONGEST_NAME)),
        ),
        words=f"{part} image {index:,}, {true}, with the change: was read as {names[before]}, "
        f"is read as {names[after]}",
        mark="bad" if before == label != after else "",
    )
