"""One change on all images of a part: that of the film, or one found to fool them all."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QObject, Slot

from core.attack.whole_parts.same_change import SameChange
from core.attack.whole_parts.universal_search import UniversalSearch
from core.data.dataset import read_only
from core.learning.perceptron import SoftmaxPerceptron
from gui.jobs.question import is_as
from gui.jobs.study import Study
from gui.shared.crafting import universal_settings

if TYPE_CHECKING:
    from typing import Any

    from numpy.typing import NDArray

    from core.attack import AttackStep
    from core.attack.methods.iterative import IterativeSettings
    from core.attack.whole_parts.same_change import SameChangeResult
    from core.attack.whole_parts.universal_search import UniversalChange
    from core.data.dataset import Split
    from gui.session.session import Session

MOST_STRENGTH = 4.0


@dataclass(frozen=True, slots=True, eq=False)
class SameChangeQuestion:
    """What is added to what.

    Attributes
    ----------
    weights : (n_classes, n_features + 1), of the model that reads
    part, split : which images
    change : (n_features,), added ``strength`` times
    target : the class that images may be pushed to
    box : whether pixels stay in [0, 1]
    """

    weights: NDArray[Any]
    part: str
    split: Split
    change: NDArray[Any]
    strength: float
    target: int
    box: bool


@dataclass(frozen=True, slots=True, eq=False)
class UniversalQuestion:
    """What one change shall fool.

    Attributes
    ----------
    weights : (n_classes, n_features + 1)
    epoch : of that model
    part, split : which images
    config : norm, budget, box, and the target or None
    """

    weights: NDArray[Any]
    epoch: float
    part: str
    split: Split
    config: IterativeSettings


def find_universal(q: UniversalQuestion) -> UniversalSearch:
    """Return the search for one change for all."""
    model = SoftmaxPerceptron(q.weights)
    return UniversalSearch(model, q.config, q.split.images, q.split.true_labels)


class OneChange(QObject):
    """Which change is added, and what is known of it.

    Attributes
    ----------
    strength : the change is multiplied by this
    is_for_all : whether the change shown is the one found for all, not the film's
    counted : what the change does to the images; it follows the film
    universal : the search for one change for all, on demand
    """

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._view, self._attack = session.view, session.attack
        self.strength = 1.0
        self.is_for_all = False
        self._asked_in_vain = False
        self._film: tuple[AttackStep, NDArray[Any], NDArray[Any]] | None = None
        attack, view = session.attack, session.view
        self.universal: Study[UniversalQuestion, UniversalChange] = Study(
            view, session.pool, "finding one change for all", self._universal_wanted,
            find_universal, on_demand=True, tell=0.1, rest=0.0, parent=self,
        )  # fmt: skip
        self.universal.changed.connect(self._searched)
        self.universal.failed.connect(self.show_film)
        view.forgotten.connect(self._forget)
        self.counted: Study[SameChangeQuestion, SameChangeResult] = Study(
            view,
            session.pool,
            "changing images",
            self._wanted,
            lambda q: SameChange(
                q.weights, q.split, q.change, q.target, strength=q.strength, box=q.box
            ),
            follows=(
                attack.config_changed,
                attack.film.changed,
                attack.film.position_changed,
                self.universal.changed,
            ),
            refresh=0.0,
            tell=0.1,
            # The search goes before: of what it tries on the way the first images are enough.
            gives_way=lambda: self.universal.is_computing,
            # Of a change shown a moment ago something is better than nothing while a film plays.
            browse=frozenset({"change", "strength", "target", "box"}),
            parent=self,
        )

    @Slot()
    def _forget(self) -> None:
        """Forget what was found in images that are gone."""
        self.is_for_all = self._asked_in_vain = False

    @Slot()
    def _searched(self) -> None:
        if self.universal.problem:
            self.is_for_all = False

    @property
    def found(self) -> UniversalChange | None:
        """The change found for all, as far as the search is."""
        return None if self.universal.problem else self.universal.found

    @property
    def asked(self) -> UniversalQuestion | None:
        """What :attr:`found` is of."""
        answer = self.universal.answer
        return None if answer is None or self.found is None else answer.question

    @property
    def problem(self) -> str:
        """Why no change for all could be found, or this one not added, in words."""
        if self._asked_in_vain:
            return "There is no model to fool yet: let a run begin first."
        answer = self.universal.answer
        is_asked = answer is not None and is_as(answer.question, self._universal_wanted())
        return (self.universal.problem if is_asked else "") or self.counted.problem

    def change(self) -> NDArray[Any] | None:
        """Return the change that is added, (n_features,), without the strength; None without."""
        if self.is_for_all:
            return None if self.found is None else self.found.change
        step = self._attack.film.step
        if step is None:  # nor need there be such an image, in other data
            return None
        image = self._attack.chosen_image
        if image is None or step.image.shape != image.shape:
            return None
        known = self._film
        if known is None or known[0] is not step or not np.array_equal(known[1], image):
            known = self._film = step, image, read_only(step.image - image)
        return known[2]

    def set_strength(self, strength: float) -> None:
        """Multiply the change by this."""
        self.strength = min(max(strength, 0.0), MOST_STRENGTH)
        self.counted.ask()

    @Slot()
    def show_film(self) -> None:
        """Add the film's change again; the one found for all is kept."""
        self.is_for_all = False
        self.counted.ask()

    @Slot()
    def show_for_all(self) -> None:
        """Add the change found for all, if there is one."""
        self.is_for_all = self.found is not None or self.universal.is_computing
        self.counted.ask()

    @Slot()
    def find(self) -> None:
        """Search one change for all images with the attack's norm and budget, and show it."""
        self.is_for_all = self._universal_wanted() is not None
        self._asked_in_vain = not self.is_for_all
        self.universal.start()

    @Slot()
    def call_off(self) -> None:
        """Leave what is under way; what is done stays."""
        self.universal.call_off()
        self.counted.call_off()

    def settings(self) -> IterativeSettings:
        """Return what a change for all is searched with."""
        return universal_settings(self._attack)

    def outdated(self) -> str:
        """Return in words why the change for all is not what would be found now; "" if it is."""
        asked, now = self.asked, self._universal_wanted()
        if asked is None or not self.is_for_all:
            return ""
        if asked.config != self.settings():
            return "Found with other settings: search again."
        if asked.part != self._attack.config.part:
            return "Found on other images: search again."
        if now is None or asked.weights is not now.weights:
            return f"Found for the model of epoch {asked.epoch:.0f}: search again."
        return ""

    def _universal_wanted(self) -> UniversalQuestion | None:
        dataset, shown, part = self._view.dataset, self._view.shown, self._attack.config.part
        if dataset is None or shown is None:
            return None
        split = dataset.split(part)
        return UniversalQuestion(shown.weights, shown.epoch, part, split, self.settings())

    def _wanted(self) -> SameChangeQuestion | None:
        attack, dataset, shown = self._attack, self._view.dataset, self._view.shown
        weights, change = attack.film.weights, self.change()
        if self.is_for_all and shown is not None:
            weights = shown.weights
        if dataset is None or weights is None or change is None:
            return None
        return SameChangeQuestion(
            weights=weights,
            part=attack.config.part,
            split=dataset.split(attack.config.part),
            change=change,
            strength=self.strength,
            target=attack.film.aim,
            box=attack.measure.images_boxed,
        )
