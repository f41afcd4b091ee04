"""The state of the Attack page: which image, toward what, and the film of its change."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from PySide6.QtCore import QObject, Signal, Slot

from core.attack.methods.descent import faint_noise
from core.errors import SettingError
from core.insight.diagnostics import first_unsure, next_mistake
from gui.session.chosen_attack import ChosenAttack
from gui.session.film import AttackFilm
from gui.session.measure import Measure
from gui.session.own_image import OfImage, OwnImage

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from core.attack import AttackConfig
    from core.data.dataset import Dataset, Split
    from core.exact.pairs import Norm
    from gui.jobs.job_pool import JobPool
    from gui.session.messages import Messages
    from gui.session.view import View

PART_WORDS = {"train": "training", "test": "test"}


class AttackSession(QObject):
    """Which image is attacked, toward what, and how; and the film of it."""

    config_changed = Signal()

    def __init__(
        self,
        config: AttackConfig,
        view: View,
        pool: JobPool,
        messages: Messages,
        *,
        given: frozenset[str],
        target: str = "",
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._view, self._messages = view, messages
        self._image_given = bool(given & {"attack_start", "attack_toward"})
        self._target_given, self._target_name = "attack_target" in given, target
        self._target_open = True
        self.chosen = ChosenAttack(config)
        self.chosen.steps_set = "attack_steps" in given
        box_given = "attack_box" in given
        self.measure = Measure(
            lambda: self.chosen.begins_as_noise,
            boxed=config.box if box_given else True,
            noise_boxed=config.box and box_given,
            parent=self,
        )
        """Norm and box of the attack and of all that is computed beside it."""
        self.measure.changed.connect(self._measure)
        self._measure()
        self.own: OwnImage | None = None
        """The image drawn last for an attack, if it fits the data."""
        self._noise: OwnImage | None = None
        self._noise_seed = 0
        self.on_own = False
        """Whether it is the chosen image."""
        self.active = False
        """Whether anybody looks: only then is anything computed."""
        view.dataset_changed.connect(self._fit)
        view.shown_changed.connect(self._choose_first)
        self.film = AttackFilm(self, view, pool, self)
        if view.dataset is not None:
            self._fit()

    @property
    def index(self) -> int:
        """Number of the chosen image in its part."""
        return self.config.toward or 0

    @property
    def chosen_image(self) -> NDArray[np.float32] | None:
        """The chosen image, (n_features,), or None before there are data."""
        source = self.source
        return None if source is None else OfImage(source, self.index).image

    @property
    def label(self) -> int:
        """True class of the chosen image; what one's own is meant as."""
        source, shown = self.source, self._view.shown
        assert source is not None
        if not isinstance(source, OwnImage):
            return int(source.true_labels[self.index])
        if source is self._noise and shown is not None:  # it is nothing but what it is read as
            return int(shown.probabilities_of(source.image).argmax())
        return source.label

    @property
    def true_label(self) -> int | None:
        """That class, if anybody has said so: noise has none, and one's own need not have one."""
        source = self.source
        is_said = not isinstance(source, OwnImage) or (source.is_said and source is not self._noise)
        return self.label if is_said else None

    @property
    def noise(self) -> OwnImage | None:
        """The faint noise it begins as, an image like any other; None where it begins at one."""
        seed, dataset = self.chosen.noise, self._view.dataset
        if seed is None or dataset is None:
            return None
        made = self._noise
        if made is None or (seed, dataset.image_shape, dataset.class_names) != (
            self._noise_seed,
            made.image_shape,
            made.class_names,
        ):
            image = faint_noise(seed, dataset.n_features)
            self._noise_seed = seed
            self._noise = OwnImage(image, dataset.image_shape, 0, dataset.class_names, False)
        return self._noise

    @property
    def pull_source(self) -> Split | OwnImage | None:
        """What the image that noise is pulled toward is taken from; None where it is not pulled."""
        dataset = self._view.dataset
        if self.noise is None or dataset is None or not self.chosen.choice.value("pull"):
            return None
        own = self.own if self.on_own else None
        return dataset.split(self.config.part) if own is None else own

    @property
    def pulled_toward(self) -> int | None:
        """The class of that image; None where noise is not pulled."""
        source = self.pull_source
        if source is None:
            return None
        return source.label if isinstance(source, OwnImage) else int(source.true_labels[self.index])

    def choose(self, part: str, index: int, *, play: bool = False) -> None:
        """Choose an image; a target that a person has set stays where it can."""
        dataset = self._view.dataset
        if dataset is None:
            return
        if self._is_there(dataset, part, index):
            self.on_own = False
            self._chosen(part, index, play=play)

    def _is_there(self, dataset: Dataset, part: str, index: int) -> bool:
        """Return whether there is such an image; say so where there is none."""
        last = dataset.split(part).n_samples - 1
        if 0 <= index <= last:
            return True
        self._messages.warn(f"There is no {PART_WORDS[part]} image {index}; choose 0 to {last}.")
        self.config_changed.emit()
        return False

    def choose_own(self, own: OwnImage, *, play: bool = False) -> None:
        """Choose an image that is in no part of the data but could be."""
        self.own, self.on_own = own, True
        self._chosen(self.config.part, self.index, play=play)

    def _chosen(self, part: str, index: int, *, play: bool) -> None:
        self._image_given = True
        self.chosen.set(part=part, toward=index)
        self.set_start_from_noise(False)
        image, label, target = self.chosen_image, self.label, self.config.target
        assert image is not None
        if not self._target_given or target == label:
            self._replace(target=self._nearest_other_class(image, label))
        self.film.play_when_ready = play

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

    def pull_toward(self, index: int) -> None:
        """Choose the image that noise is pulled toward."""
        dataset = self._view.dataset
        if dataset is None or self._is_there(dataset, self.config.part, index):
            self.on_own = False
            self._replace(toward=index)

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
        was_noise, pull = self.chosen.begins_as_noise, self.config.pull
        self.chosen.begin_as_noise(noise, self.index)
        if pull and not self.config.pull:
            words = f"The pull of {pull:g} was for the other start: it is 0 now."
            self._messages.note(f"{words} Set it again with the steps.")
        if was_noise != noise:
            self.film.stand_at_end()  # a step of the one is no step of the other
            self.measure.changed.emit()  # noise has a box of its own
        else:
            self._replace()

    @Slot()
    def _measure(self) -> None:
        """Have every attack measure as it is chosen now."""
        self.chosen.measure(self.measure.norm, boxed=self.measure.boxed)
        self.config_changed.emit()

    @property
    def config(self) -> AttackConfig:
        """Images, target, and the numbers of the practical's descent."""
        return self.chosen.config

    @property
    def target(self) -> int | None:
        """The class wanted, or None for any other."""
        return self.chosen.target

    @property
    def source(self) -> Split | OwnImage | None:
        """What the image is taken from: a part, a drawing, noise; None before there are data."""
        if self.noise is not None:
            return self.noise
        if self.on_own and self.own is not None:
            return self.own
        dataset = self._view.dataset
        return None if dataset is None else dataset.split(self.config.part)

    def choose_attack(self, name: str) -> None:
        """Choose another attack; its film begins at once. Others begin at the image itself."""
        self.chosen.choice = self.chosen.choice.chosen(name)
        if self.chosen.begins_as_noise and not self.chosen.begins_anywhere:
            self.set_start_from_noise(False)
        self._replace()

    def choose_exact(self, norm: Norm, *, boxed: bool) -> None:
        """Choose the exact smallest change, measured as a person has just read its size."""
        was_noise = self.chosen.begins_as_noise
        self.choose_attack("exact")
        # It begins at the image itself, whose box is not that of noise.
        self.measure.measure(norm=norm, boxed=None if was_noise else boxed)

    def set_untargeted(self) -> None:
        """Let any class do but the one read."""
        self._target_given = self.chosen.untargeted = True
        self._replace()

    def set_setting(self, name: str, value: Any) -> None:
        """Set one declared setting of the attack; it acts at once."""
        if name == "target":
            self._target_given, self.chosen.untargeted = True, False
        if name in ("norm", "box"):
            self.measure.measure(**{"norm" if name == "norm" else "boxed": value})
        else:
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
        try:
            target = dataset.class_called(self._target_name) if self._target_name else target
        except SettingError as error:
            self._messages.note(f"{error}. {dataset.class_names[last]} is the target for now.")
            target = last
        self._target_name = ""
        if target > last:
            if self._target_given:  # otherwise nobody had asked for it
                words = f"{dataset.name} has only {last + 1} classes"
                self._messages.note(f"{words}: {dataset.class_names[last]} is the target for now.")
            target = last
        label = int(dataset.split(part).true_labels[index])
        if self.on_own and self.own is not None:
            label = self.own.label
        if target == label and not self._target_given:
            target = (target + 1) % dataset.n_classes
        self._replace(target=target, **self._image(index))

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
        self.film.watch(active)

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
