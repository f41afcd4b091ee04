"""The state of the Attack page: which image, toward what, and the film of its change."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from PySide6.QtCore import Signal, Slot

from core.attack import Film, Outcome, summarise
from core.attack.film import FilmSearch
from core.errors import SettingError
from core.insight.diagnostics import first_unsure, next_mistake
from core.learning.perceptron import SoftmaxPerceptron
from gui.jobs.study import Study
from gui.session.chosen_attack import ChosenAttack
from gui.session.own_image import OfImage
from gui.session.player import FilmPlayer

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from PySide6.QtCore import QObject

    from core.attack import Attack, AttackChoice, AttackConfig, AttackSettings
    from core.attack.film import Filmed
    from core.data.dataset import Dataset, Split
    from gui.jobs.job_pool import JobPool
    from gui.jobs.study import Answer
    from gui.session.messages import Messages
    from gui.session.own_image import OwnImage
    from gui.session.view import View

PART_WORDS = {"train": "training", "test": "test"}
_RECOMPUTE_SECONDS = 0.4
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
    noise : the seed of the noise it begins as; None to begin at the image
    """

    weights: NDArray[Any]
    epoch: float
    attack: type[Attack]
    settings: AttackSettings
    noise: int | None


def _filming(q: FilmQuestion) -> FilmSearch:
    model = SoftmaxPerceptron(q.weights)
    return FilmSearch(
        Film(q.attack.on_image(model, q.settings, q.image, noise=q.noise)),
        seeks_least=q.noise is None,
    )


class AttackSession(FilmPlayer):
    """What the Attack page shows and changes."""

    config_changed = Signal()
    film_changed = Signal()
    """The steps are others or more than before."""

    def __init__(
        self,
        config: AttackConfig,
        view: View,
        pool: JobPool,
        messages: Messages,
        *,
        given: frozenset[str],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(pool.frame, parent)
        self._view, self._messages = view, messages
        self._image_given = bool(given & {"attack_start", "attack_toward"})
        self._target_given = "attack_target" in given
        self._target_open = True
        self.chosen = ChosenAttack(config)
        self.own: OwnImage | None = None
        """The image drawn last for an attack, if it fits the data."""
        self.on_own = False
        """Whether it is the chosen image."""
        self.active = False
        """Whether anybody looks: only then is anything computed."""
        self._play_when_ready = False
        self._taken: Answer[FilmQuestion, Filmed] | None = None
        view.dataset_changed.connect(self._fit)
        view.shown_changed.connect(self._choose_first)
        self._study: Study[FilmQuestion, Filmed] = Study(
            view,
            pool,
            "attack",
            self._film_wanted,
            _filming,
            follows=(self.config_changed,),
            refresh=_RECOMPUTE_SECONDS,
            tell=_TELL_SECONDS,
            rest=0.0,
            parent=self,
        )
        self._study.changed.connect(self._take)

    @property
    def index(self) -> int:
        """Number of the chosen image in its part."""
        return self.config.toward or 0

    @property
    def chosen_image(self) -> NDArray[np.float32] | None:
        """The chosen image, (n_features,), or None before there are data."""
        dataset = self._view.dataset
        if self.on_own and self.own is not None:
            return self.own.image
        return None if dataset is None else dataset.split(self.config.part).images[self.index]

    @property
    def label(self) -> int:
        """True class of the chosen image; what one's own is meant as."""
        if self.on_own and self.own is not None:
            return self.own.label
        dataset = self._view.dataset
        assert dataset is not None
        return int(dataset.split(self.config.part).true_labels[self.index])

    def choose(self, part: str, index: int, *, play: bool = False) -> None:
        """Choose an image; a target that a person has set stays where it can."""
        dataset = self._view.dataset
        if dataset is None:
            return
        n_samples = dataset.split(part).n_samples
        if not 0 <= index < n_samples:
            message = f"There is no {PART_WORDS[part]} image {index}; choose 0 to {n_samples - 1}."
            self._messages.warn(message)
            self.config_changed.emit()
            return
        self.on_own = False
        self._chosen(part, index, play=play)

    def choose_own(self, own: OwnImage, *, play: bool = False) -> None:
        """Choose an image that is in no part of the data but could be."""
        self.own, self.on_own = own, True
        self._chosen(self.config.part, self.index, play=play)

    def _chosen(self, part: str, index: int, *, play: bool) -> None:
        self._image_given = True
        self._replace(part=part, **self._image(index))
        image, label, target = self.chosen_image, self.label, self.config.target
        assert image is not None
        if not self._target_given or target == label:
            self._replace(target=self._nearest_other_class(image, label))
        self._play_when_ready = play

    def _image(self, index: int) -> dict[str, int | None]:
        """Return the settings by which image ``index`` is the chosen one."""
        return {"toward": index, "start": None if self.chosen.begins_as_noise else index}

    def _nearest_other_class(self, image: NDArray[Any], label: int) -> int:
        shown = self._view.shown
        if shown is None:
            return 0 if label else 1
        order = np.argsort(shown.probabilities_of(image))[::-1]
        # Not what it is taken for already, nor what it is; a misread one of two classes only has
        # the way back.
        others = [int(k) for k in order[1:] if k != label]
        return others[0] if others else int(order[1])

    def choose_mistake(self) -> None:
        """Choose the next image of the present part that the shown model reads wrongly."""
        dataset, shown = self._view.dataset, self._view.shown
        if dataset is None or shown is None:
            return
        split = dataset.split(self.config.part)
        following = next_mistake(shown.weights, split, self.index)
        if following is None:
            words = f"This model reads every {PART_WORDS[self.config.part]} image correctly."
            self._messages.note(words)
        else:
            self.choose(self.config.part, following)

    def set_start_from_noise(self, noise: bool) -> None:
        """Begin from faint noise, or from the chosen image itself."""
        self.chosen.begin_as_noise(noise, self.index)
        self._replace()

    @property
    def config(self) -> AttackConfig:
        """Images, target, and the numbers of the practical's descent."""
        return self.chosen.config

    @property
    def attack_name(self) -> str:
        """Name of the chosen attack in ``core.attack.ATTACKS``."""
        return self.chosen.name

    @property
    def target(self) -> int | None:
        """The class wanted, or None for any other."""
        return self.chosen.target

    @property
    def norm(self) -> str:
        """What the chosen attack measures a change by."""
        return self.chosen.norm

    @property
    def budget(self) -> float:
        """The largest size allowed."""
        return self.chosen.budget

    @property
    def boxed(self) -> bool:
        """Whether pixels stay between 0 and 1."""
        return self.chosen.boxed

    @property
    def source(self) -> Split | OwnImage | None:
        """What the chosen image is taken from; None before there are data."""
        if self.on_own and self.own is not None:
            return self.own
        dataset = self._view.dataset
        return None if dataset is None else dataset.split(self.config.part)

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
        return self.config.steps if self._filmed is None else self._filmed.n_steps

    @property
    def ran_away(self) -> bool:
        """Whether the film ends where its numbers would have left what can be computed with."""
        return self._filmed is not None and self._filmed.ran_away

    @property
    def least(self) -> tuple[float, float] | None:
        """The smallest length, and largest pixel, of a change that is enough, if known."""
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
        if self.target is not None or not self.steps or self._filmed is None:
            return self.config.target
        order = np.argsort(self.steps[-1].probabilities)[::-1]
        return int(next(k for k in order if k != self._filmed.read_as))

    def choose_attack(self, name: str) -> None:
        """Choose another attack; its film begins at once. Others begin at the image itself."""
        self._choose(self.chosen.choice.chosen(name))

    def choose_exact(self, norm: str, *, boxed: bool) -> None:
        """Choose the exact smallest change, measured as a person has just read its size."""
        exact = self.chosen.choice.chosen("exact")
        self._choose(exact.with_setting("norm", norm).with_setting("box", boxed))

    def _choose(self, choice: AttackChoice) -> None:
        self.chosen.choice = choice
        if self.chosen.begins_as_noise and not self.chosen.begins_anywhere:
            self.chosen.begin_as_noise(False, self.index)
        self._replace()

    def set_untargeted(self) -> None:
        """Let any class do but the one read."""
        self._target_given = self.chosen.untargeted = True
        self._replace()

    def set_setting(self, name: str, value: Any) -> None:
        """Set one declared setting of the attack; it acts at once."""
        if name == "target":
            self._target_given, self.chosen.untargeted = True, False
        self._replace(**{name: value})

    @Slot()
    def _fit(self) -> None:
        """Fit the choices to other data: the same number where it exists, an existing target."""
        dataset = self._view.dataset
        assert dataset is not None
        part = self.config.part
        index = min(self.index, dataset.split(part).n_samples - 1)
        self._drop_own(dataset, f"{PART_WORDS[part]} image {index}")
        target, last = self.config.target, dataset.n_classes - 1
        if target > last:
            if self._target_given:  # otherwise nobody had asked for it
                words = f"Target class {target} is no class of {dataset.name}; choose 0 to {last}."
                self._messages.note(f"{words} Class {last} is taken for now.")
            target = last
        label = int(dataset.split(part).true_labels[index])
        if self.on_own and self.own is not None:
            label = self.own.label
        if target == label and not self._target_given:
            target = (target + 1) % dataset.n_classes
        # A film of other data fits neither the new images nor the new classes.
        self._taken = None
        self.clear()
        self._replace(target=target, **self._image(index))
        self.film_changed.emit()

    def _drop_own(self, dataset: Dataset, instead: str) -> None:
        """Let go of an image that the data could not have."""
        why = "" if self.own is None else self.own.misfit(dataset)
        if not why:
            return
        if self.on_own:
            words = f"The drawing is no longer attacked: {why}. {instead.capitalize()} is instead."
            self._messages.note(words)
        self.own, self.on_own = None, False

    def _replace(self, **settings: Any) -> None:
        try:
            self.chosen.set(**settings)
        except SettingError as error:
            self._messages.warn(str(error))
        self.config_changed.emit()

    def set_active(self, active: bool) -> None:
        """Say whether the page is looked at."""
        self.active = active
        self._choose_first()
        self._study.watch(active)

    def _film_wanted(self) -> FilmQuestion | None:
        shown, source = self._view.shown, self.source
        if shown is None or source is None:
            return None
        return FilmQuestion(
            weights=shown.weights,
            epoch=shown.epoch,
            source=source,
            index=self.index,
            attack=self.chosen.choice.attack,
            settings=self.chosen.settings(),
            noise=self.chosen.noise,
        )

    @Slot()
    def _choose_first(self) -> None:
        """Begin with an image that can be pushed and where it goes most easily, unless told."""
        dataset, shown = self._view.dataset, self._view.shown
        if not self.active or dataset is None or shown is None:
            return
        if not self._image_given:
            self._image_given = True
            index = first_unsure(shown.weights, dataset.split(self.config.part))
            self._replace(**self._image(index))
        image = self.chosen_image
        if not self._target_given and image is not None and self._target_open:
            self._target_open = False
            self._replace(target=self._nearest_other_class(image, self.label))

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
        elif before is not None and before.question is answer.question:
            self.add_steps(answer.found.steps[len(self.steps) :])
        else:
            self.show_steps(answer.found.steps)
        self.is_growing = not answer.is_whole
        self.film_changed.emit()
        if self._play_when_ready and answer.is_whole:
            self._play_when_ready = False
            self.play(from_start=True)

    def outcome(self) -> Outcome | None:
        """Return what the attack has come to at the shown step."""
        if not self.steps or self._filmed is None:
            return None
        return summarise(
            self.steps[: self.position + 1],
            self.target,
            self.label,
            from_noise=self.chosen.begins_as_noise,
            read_as=self._filmed.read_as,
        )
