"""The film of the attack: computed for what is chosen now, and played."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
from PySide6.QtCore import Signal, Slot

from core.attack import Outcome, summarise
from core.attack.film import FilmSearch
from core.attack.likeness import likeness
from core.attack.norms import NORMS
from core.data.class_statistics import mean_and_spread
from core.data.dataset import read_only
from core.learning.perceptron import SoftmaxPerceptron
from gui.jobs.study import Study
from gui.session.own_image import OfImage
from gui.session.player import Player

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from PySide6.QtCore import QObject, SignalInstance

    from core.attack import Attack, AttackConfig, AttackSettings, AttackStep
    from core.attack.film import Filmed, Least
    from core.data.dataset import Split
    from core.exact.pairs import Norm
    from gui.jobs.job_pool import JobPool
    from gui.jobs.question import Answer
    from gui.session.chosen_attack import ChosenAttack
    from gui.session.measure import Measure
    from gui.session.own_image import OwnImage
    from gui.session.view import View

_RECOMPUTE_SECONDS = 1.0
"""While a run is live its model changes all the time; the film is remade this often."""

_TELL_SECONDS = 0.1
"""A growing film is drawn this often: its traces are drawn as a whole."""


@dataclass(frozen=True, slots=True, eq=False)
class FilmQuestion(OfImage):
    """What is filmed.

    Attributes
    ----------
    weights, epoch : the model under attack
    attack, settings : how
    begins_as_noise : whether the image is noise, and what it becomes is what counts
    toward_source, toward_index : the image that noise is pulled toward; None for none
    ends_itself : whether it may end when it has shown what there is to see
    norm, boxed : how the smallest changes are measured
    split : the images that are learnt from, to compare the change with
    """

    weights: NDArray[Any]
    epoch: float
    attack: type[Attack]
    settings: AttackSettings
    begins_as_noise: bool
    toward_source: Split | OwnImage | None
    toward_index: int
    ends_itself: bool
    norm: Norm
    boxed: bool
    split: Split

    @property
    def how(self) -> tuple[object, ...]:
        """How the image is attacked."""
        return self.attack, self.settings, self.toward_source, self.toward_index

    def differs_in_how(self, other: FilmQuestion) -> bool:
        """Whether image, target and model are the same."""
        same = self.source is other.source and self.weights is other.weights
        return same and (self.index, self.settings.target, self.begins_as_noise) == (
            other.index,
            other.settings.target,
            other.begins_as_noise,
        )


class Attacked(Protocol):
    """What a film is of: an image, and how it is attacked."""

    config_changed: SignalInstance
    chosen: ChosenAttack

    @property
    def source(self) -> Split | OwnImage | None:
        """What the image is taken from."""

    @property
    def index(self) -> int:
        """Its number in that."""

    @property
    def label(self) -> int:
        """Its true class."""

    @property
    def config(self) -> AttackConfig:
        """Its images."""

    @property
    def pull_source(self) -> Split | OwnImage | None:
        """What the image that noise is pulled toward is taken from, if it is."""

    @property
    def measure(self) -> Measure:
        """How the size of a change is measured."""


class AttackFilm(Player):
    """The steps of the attack, as far as they are computed, and the one shown."""

    changed = Signal()
    """The steps are others or more than before."""

    def __init__(
        self, attack: Attacked, view: View, pool: JobPool, parent: QObject | None = None
    ) -> None:
        super().__init__(pool.frame, parent=parent)
        self._attack, self._view = attack, view
        self.steps: list[AttackStep] = []
        self.play_when_ready = False
        """Whether it is played as soon as it is whole."""
        self.before: Filmed | None = None
        """The film that was there before, of the same image and target with other settings."""
        self._taken: Answer[FilmQuestion, Filmed] | None = None
        self._means: tuple[Split, NDArray[np.float64]] | None = None
        """Of the classes, in the images that are learnt from."""
        self._study: Study[FilmQuestion, Filmed] = Study(
            view,
            pool,
            "attack",
            self._wanted,
            self._filming,
            follows=(attack.config_changed,),
            refresh=_RECOMPUTE_SECONDS,
            tell=_TELL_SECONDS,
            rest=0.0,
            parent=self,
        )
        self._study.changed.connect(self._take)
        view.forgotten.connect(self._forget)
        view.dataset_changed.connect(self.changed)  # the image chosen is one of the new data now

    def _filming(self, q: FilmQuestion) -> FilmSearch:
        """Return what films the attack; noise is no image whose smallest change is of interest."""
        model = SoftmaxPerceptron(q.weights)
        if not q.begins_as_noise:
            attack = q.attack.on_image(model, q.settings, q.image)
            return FilmSearch(attack, ends_itself=q.ends_itself, norm=q.norm, boxed=q.boxed)
        toward = q.image
        if q.toward_source is not None:
            toward = OfImage(q.toward_source, q.toward_index).image
        return FilmSearch(
            q.attack.on_image(model, q.settings, toward, start=q.image),
            origin=q.image,
            ends_itself=q.ends_itself,
            norm=None,
            means=partial(self._class_means, q.split, len(q.weights)),
        )

    def _class_means(self, split: Split, n_classes: int) -> NDArray[np.float64]:
        """Return the mean image of each class, (n_classes, n_features); of other threads, too."""
        known = self._means
        if known is None or known[0] is not split:
            means = [mean_and_spread(split, k).mean for k in range(n_classes)]
            known = self._means = split, read_only(np.array(means))
        return known[1]

    def watch(self, is_watched: bool) -> None:
        """Keep it up to date, or let nothing be computed for what nobody sees."""
        self._study.watch(is_watched)

    @Slot()
    def _forget(self) -> None:
        """Have no film: it fits neither the new images nor the new classes."""
        self._taken = self._means = None
        self.clear()

    @property
    def step(self) -> AttackStep | None:
        """The step shown."""
        return self.steps[self.position] if self.steps else None

    def clear(self) -> None:
        """Have no film."""
        self.steps, self.before = [], None
        super().clear()

    @property
    def weights(self) -> NDArray[Any] | None:
        """The model that the film is of, (n_classes, n_features + 1)."""
        return None if self._taken is None else self._taken.question.weights

    @property
    def epoch(self) -> float:
        """The epoch of that model."""
        return 0.0 if self._taken is None else self._taken.question.epoch

    @property
    def _filmed(self) -> Filmed | None:
        return None if self._taken is None else self._taken.found

    @property
    def n_steps(self) -> int:
        """How many steps the film is going to have."""
        return self._attack.chosen.config.steps if self._filmed is None else self._filmed.n_steps

    @property
    def ran_away(self) -> bool:
        """Whether the film ends where its numbers would have left what can be computed with."""
        return self._filmed is not None and self._filmed.ran_away

    @property
    def flip(self) -> int | None:
        """The step from which on it is read as wanted; None where it is not, or from the start."""
        return (self._filmed.flip or None) if self._filmed is not None else None

    @property
    def least(self) -> Least | None:
        """How small a change could be, if known."""
        return None if self._filmed is None else self._filmed.least

    @property
    def problem(self) -> str:
        """Why there is no film, in words."""
        return self._study.problem

    @property
    def is_settled(self) -> bool:
        """Whether the film is that of the present choice and model, and whole."""
        return self._study.is_settled

    @property
    def aim(self) -> int:
        """The target; without one the class that the film comes to, or comes nearest to."""
        chosen = self._attack.chosen
        if chosen.target is not None or not self.steps or self._filmed is None:
            return chosen.config.target
        order = np.argsort(self.steps[-1].probabilities)[::-1]
        return int(next(k for k in order if k != self._filmed.read_as))

    def _wanted(self) -> FilmQuestion | None:
        shown, source = self._view.shown, self._attack.source
        if shown is None or source is None or self._view.dataset is None:
            return None
        return FilmQuestion(
            weights=shown.weights,
            epoch=shown.epoch,
            source=source,
            index=self._attack.index,
            attack=self._attack.chosen.choice.attack,
            settings=self._attack.chosen.settings(),
            begins_as_noise=self._attack.chosen.begins_as_noise,
            toward_source=self._attack.pull_source,
            toward_index=self._attack.index if self._attack.pull_source is not None else 0,
            ends_itself=self._attack.chosen.ends_itself,
            norm=self._attack.measure.norm,
            boxed=self._attack.measure.boxed,
            split=self._view.dataset.train,
        )

    @Slot()
    def _take(self) -> None:
        """Play what the study knows; the film before stands until the next one has begun."""
        answer = self._study.answer
        self.is_growing = self._study.is_computing
        if answer is None or answer is self._taken:
            return
        before, self._taken = self._taken, answer
        if answer.found is None:
            self.clear()
        else:
            is_same = before is not None and before.question is answer.question
            if not is_same:
                self._keep(before, answer.question)
            self.steps = list(answer.found.steps)
            (self.grow if is_same else self.replace)(len(self.steps))
        self.is_growing = not answer.is_whole
        self.changed.emit()
        if self.play_when_ready and answer.is_whole:
            self.play_when_ready = False
            self.play(from_start=True)

    def _keep(self, before: Answer[FilmQuestion, Filmed] | None, now: FilmQuestion) -> None:
        """Keep a film that differs in nothing but how the image is attacked, and no other."""
        if before is None or not before.question.differs_in_how(now):
            self.before = None
        elif before.is_whole and before.question.how != now.how:
            self.before = before.found

    @property
    def stops_at(self) -> int | None:
        """The flip, where it is not played again and again."""
        return None if self.looping else self.flip

    def outcome(self, *, whole: bool = False) -> Outcome | None:
        """Return what the attack has come to at the shown step, or at the last there is."""
        if not self.steps or self._filmed is None:
            return None
        return summarise(
            self.steps if whole else self.steps[: self.position + 1],
            self._attack.chosen.target,
            None if self._attack.chosen.begins_as_noise else self._attack.label,
            read_as=self._filmed.read_as,
        )

    @property
    def distance(self) -> float | None:
        """How far the step shown is from the image that noise is pulled toward; else None."""
        toward = None if self._filmed is None else self._filmed.toward
        if self.step is None or toward is None:
            return None
        return float(NORMS["l2"].sizes((self.step.image - toward)[None])[0])

    def likeness(self) -> tuple[float, float] | None:
        """Return how far the change shown points where the target's weights, and its images, do."""
        step, first = self.step, self.steps[0] if self.steps else None
        if self._taken is None or self._filmed is None or step is None or first is None:
            return None
        means = self._filmed.means
        if means is None or not step.l2:
            return None
        return likeness(step.image - first.image, self._taken.question.weights, self.aim, means)
