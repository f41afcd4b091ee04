"""The state of the Attack page: which image, toward what, and the film of its change."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
from PySide6.QtCore import QObject, Signal

from core.attack import FROM_IMAGE, FROM_NOISE, Outcome, SquaredLossDescent, summarise
from core.diagnostics import first_unsure, next_mistake
from core.errors import SettingError
from core.perceptron import SoftmaxPerceptron
from gui.attack_job import AttackJob, Done
from gui.mailbox import Mailbox
from gui.worker import Failed

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from core.attack import AttackConfig, AttackStep
    from core.dataset import Dataset
    from gui.own_image import OwnImage
    from gui.session import Session
    from gui.worker import Job

PART_WORDS = {"train": "training", "test": "test"}
DEFAULT_STEPS_PER_SECOND = 20.0
_RECOMPUTE_SECONDS = 0.4
"""While a run is live its model changes all the time; the film is remade this often."""

_END_SECONDS = 1.0
"""A film played again and again rests at its end for so long."""

_TELL_SECONDS = 0.1
"""A growing film is drawn this often: its traces are drawn as a whole."""


class AttackSession(QObject):
    """What the Attack page shows and changes.

    The animation plays through steps that are computed as fast as possible: its speed has
    nothing to do with the speed of computing.
    """

    config_changed = Signal()
    film_changed = Signal()
    """The steps are others or more than before."""
    position_changed = Signal()
    playing_changed = Signal()

    def __init__(self, config: AttackConfig, session: Session, *, given: frozenset[str]) -> None:
        super().__init__(session)
        self._image_given = bool(given & {"attack_start", "attack_toward"})
        self._target_given = "attack_target" in given
        self._target_open = True
        self._session = session
        self.config = config
        self._noise_start = config.start is None
        self.own: OwnImage | None = None
        """The image drawn last for an attack, if it fits the data."""
        self.on_own = False
        """Whether it is the chosen image."""
        self.steps: list[AttackStep] = []
        self.position = 0
        self.playing = False
        self.looping = False
        """Whether the film begins again at its end."""
        self.steps_per_second = DEFAULT_STEPS_PER_SECOND
        self.weights: NDArray[Any] | None = None
        """The model under attack."""
        self.epoch = 0.0
        """The epoch of that model."""
        self.active = False
        """Whether anybody looks: only then is anything computed."""
        self.computing = False
        self._mailbox = Mailbox()
        self._generation = 0
        self._job: AttackJob | None = None
        self._old_jobs: list[Job] = []
        self._wanted = False
        self._computed_at = 0.0
        self._play_place = 0.0
        self._played_at = 0.0
        self._play_when_ready = False
        session.shown_changed.connect(self._model_changed)

    # ------------------------------------------------------------------ what is attacked

    @property
    def index(self) -> int:
        """Number of the chosen image in its part."""
        return self.config.toward or 0

    @property
    def chosen_image(self) -> NDArray[np.float32] | None:
        """The chosen image, (n_features,), or None before there are data."""
        dataset = self._session.dataset
        if self.on_own and self.own is not None:
            return self.own.image
        return None if dataset is None else dataset.split(self.config.part).images[self.index]

    @property
    def label(self) -> int:
        """True class of the chosen image; what one's own is meant as."""
        if self.on_own and self.own is not None:
            return self.own.label
        dataset = self._session.dataset
        assert dataset is not None
        return int(dataset.split(self.config.part).true_labels[self.index])

    def choose(self, part: str, index: int, *, play: bool = False) -> None:
        """Choose an image; a target that a person has set stays where it can."""
        dataset = self._session.dataset
        if dataset is None:
            return
        n_samples = dataset.split(part).n_samples
        if not 0 <= index < n_samples:
            message = f"There is no {PART_WORDS[part]} image {index}; choose 0 to {n_samples - 1}."
            self._session.notified.emit(message, True)
            self.config_changed.emit()
            return
        self.on_own = False
        self._chosen(part, index, play=play)

    def choose_own(self, own: OwnImage, *, play: bool = False) -> None:
        """Choose an image that is in no part of the data but could be."""
        self.own, self.on_own = own, True
        self._chosen(self.config.part, self.index, play=play)

    def _chosen(self, part: str, index: int, *, play: bool) -> None:
        start = None if self._noise_start else index
        self._image_given = True
        self._replace(part=part, toward=index, start=start)
        image, label, target = self.chosen_image, self.label, self.config.target
        assert image is not None
        if not self._target_given or target == label:
            self._replace(target=self._nearest_other_class(image, label))
        self._play_when_ready = play

    def _nearest_other_class(self, image: NDArray[Any], label: int) -> int:
        shown = self._session.shown
        if shown is None:
            return 0 if label else 1
        order = np.argsort(shown.probabilities_of(image))[::-1]
        # Not what it is, nor what it is taken for already; with two classes only the other is left.
        others = [int(k) for k in order[1:] if k != label]
        return others[0] if others else int(order[0])

    def choose_mistake(self) -> None:
        """Choose the next image of the present part that the shown model reads wrongly."""
        dataset, shown = self._session.dataset, self._session.shown
        if dataset is None or shown is None:
            return
        split = dataset.split(self.config.part)
        following = next_mistake(shown.weights, split, self.index)
        if following is None:
            words = f"This model reads every {PART_WORDS[self.config.part]} image correctly."
            self._session.notified.emit(words, False)
        else:
            self.choose(self.config.part, following)

    def set_start_from_noise(self, noise: bool) -> None:
        """Begin from faint noise, or from the chosen image itself."""
        before, after = (FROM_IMAGE, FROM_NOISE) if noise else (FROM_NOISE, FROM_IMAGE)
        # What suits one start does not suit the other; numbers a person has set stay.
        suited = {
            name: getattr(after, name)
            for name in ("rate", "pull", "steps")
            if getattr(self.config, name) == getattr(before, name)
        }
        self._noise_start = noise
        self._replace(start=None if noise else self.index, **suited)

    def set_setting(self, name: str, value: Any) -> None:
        """Set one declared setting of the attack; it acts at once."""
        self._target_given |= name == "target"
        self._replace(**{name: value})

    def dataset_changed(self) -> None:
        """Fit the choices to other data: the same number where it exists, an existing target."""
        dataset = self._session.dataset
        assert dataset is not None
        part = self.config.part
        index = min(self.index, dataset.split(part).n_samples - 1)
        self._drop_own(dataset, f"{PART_WORDS[part]} image {index}")
        target, last = self.config.target, dataset.n_classes - 1
        if target > last:
            if self._target_given:  # otherwise nobody had asked for it
                words = f"Target class {target} is no class of {dataset.name}; choose 0 to {last}."
                self._session.notified.emit(f"{words} Class {last} is taken for now.", False)
            target = last
        label = int(dataset.split(part).true_labels[index])
        if self.on_own and self.own is not None:
            label = self.own.label
        if target == label and not self._target_given:
            target = (target + 1) % dataset.n_classes
        start = None if self._noise_start else index
        # A film of other data fits neither the new images nor the new classes.
        self._generation += 1
        self.steps, self.position, self.weights, self.computing = [], 0, None, False
        self._replace(toward=index, start=start, target=target)
        self.film_changed.emit()

    def _drop_own(self, dataset: Dataset, instead: str) -> None:
        """Let go of an image that the data could not have."""
        why = "" if self.own is None else self.own.misfit(dataset)
        if not why:
            return
        if self.on_own:
            words = f"The drawing is no longer attacked: {why}. {instead.capitalize()} is instead."
            self._session.notified.emit(words, False)
        self.own, self.on_own = None, False

    def _replace(self, **settings: Any) -> None:
        try:
            self.config = replace(self.config, **settings)
        except SettingError as error:
            self._session.notified.emit(str(error), True)
        else:
            self._wanted = True
            self._computed_at = 0.0
        self.config_changed.emit()

    # ------------------------------------------------------------------ computing

    def set_active(self, active: bool) -> None:
        """Say whether the page is looked at."""
        self.active = active
        if active:
            self._model_changed()

    def _model_changed(self) -> None:
        shown = self._session.shown
        if shown is not None and shown.weights is not self.weights:
            self._wanted = True

    def _compute(self) -> None:
        """Start the attack on the shown model; what was computed before is dropped."""
        shown, dataset = self._session.shown, self._session.dataset
        if shown is None or dataset is None:
            return
        self._choose_first()
        self._wanted = False
        self._computed_at = time.perf_counter()
        self.weights, self.epoch = shown.weights, shown.epoch
        self._generation += 1
        self._stop_job()
        try:
            model = SoftmaxPerceptron(shown.weights)
            if self.on_own and self.own is not None:
                attack = SquaredLossDescent.on_image(model, self.config, self.own.image)
            else:
                attack = SquaredLossDescent.on_dataset(model, self.config, dataset)
        except SettingError as error:
            self._session.notified.emit(str(error), True)
            return
        self.computing = True
        self._fresh = True
        self._job = AttackJob(self._generation, self._mailbox, attack)
        self._job.start()

    def _choose_first(self) -> None:
        """Begin with an image that can be pushed and where it goes most easily, unless told."""
        dataset, shown = self._session.dataset, self._session.shown
        assert dataset is not None
        assert shown is not None
        if not self._image_given:
            self._image_given = True
            index = first_unsure(shown.weights, dataset.split(self.config.part))
            self._replace(toward=index, start=None if self._noise_start else index)
        image = self.chosen_image
        if not self._target_given and image is not None and self._target_open:
            self._target_open = False
            self._replace(target=self._nearest_other_class(image, self.label))

    def _stop_job(self) -> None:
        self._old_jobs = [job for job in self._old_jobs if job.alive]
        if self._job is not None:
            self._job.request_stop()
            self._old_jobs.append(self._job)

    def jobs(self) -> list[Job]:
        """Return every job that may still run."""
        return self._old_jobs if self._job is None else [*self._old_jobs, self._job]

    def frame(self, now: float) -> None:
        """Take in results, advance the animation; called by the session's timer."""
        # What a person asked for (computed_at is 0) begins at once; a model that only learnt on
        # waits until the film of the one before is whole.
        rested = now - self._computed_at > _RECOMPUTE_SECONDS
        asked = self._computed_at == 0.0
        if self.active and self._wanted and (asked or (rested and not self.computing)):
            self._compute()
        events, _ = self._mailbox.take()
        changed = False
        for letter in events:
            if letter.generation != self._generation:
                continue
            if isinstance(letter.payload, tuple):
                self._take_steps(letter.payload)
                changed = True
            elif isinstance(letter.payload, Done):
                self.computing = False
                changed = True
            elif isinstance(letter.payload, Failed):
                self.computing = False
                self._session.surprised.emit(f"attack: {letter.payload.message}")
        self._untold |= changed
        if self._untold and (not self.computing or now - self._told_at > _TELL_SECONDS):
            self._untold, self._told_at = False, now
            self.film_changed.emit()
            if self._play_when_ready and not self.computing:
                self._play_when_ready = False
                self.play(from_start=True)
        self._animate(now)

    def _take_steps(self, steps: tuple[AttackStep, ...]) -> None:
        if self._fresh:
            # The first steps of a new film; whoever stood at the end of the old stays at the end.
            self._stay_at_end = not self.steps or self.position >= len(self.steps) - 1
            self._stood_at = self.position
            self.steps = []
            self._fresh = False
        self.steps.extend(steps)
        last = len(self.steps) - 1
        if self._stay_at_end and not self.playing:
            self.position = last
        elif not self.playing:  # the film grows back to where one stood
            self.position = max(self.position, self._stood_at)
        self.position = min(self.position, last)

    _untold, _told_at = False, 0.0
    _fresh = False
    _stay_at_end = True
    _stood_at = 0

    @property
    def step(self) -> AttackStep | None:
        """The step shown."""
        return self.steps[self.position] if self.steps else None

    def outcome(self) -> Outcome | None:
        """Return what the attack has come to at the shown step."""
        if not self.steps:
            return None
        shown = self.steps[: self.position + 1]
        noise = self.config.start is None
        return summarise(shown, self.config.target, self.label, from_noise=noise)

    # ------------------------------------------------------------------ the film

    def play(self, *, from_start: bool = False) -> None:
        """Play the film on, or from its start when it stands at the end."""
        if not self.steps:
            return
        if from_start or self.position >= len(self.steps) - 1:
            self.position = 0
        self._play_place, self._played_at = float(self.position), time.perf_counter()
        self._set_playing(True)
        self.position_changed.emit()

    def pause(self) -> None:
        """Hold the film."""
        self._set_playing(False)

    def toggle(self) -> None:
        """Play or pause."""
        if self.playing:
            self.pause()
        else:
            self.play()

    def go_to(self, position: int) -> None:
        """Show one step; holds the film."""
        self._set_playing(False)
        self.position = min(max(position, 0), max(len(self.steps) - 1, 0))
        self._stood_at, self._stay_at_end = self.position, False
        self.position_changed.emit()

    def set_looping(self, looping: bool) -> None:
        """Let the film begin again at its end, or stay there."""
        self.looping = looping

    def set_speed(self, steps_per_second: float) -> None:
        """Set how many steps of the film pass in a second."""
        self.steps_per_second = steps_per_second
        self._play_place, self._played_at = float(self.position), time.perf_counter()

    def _set_playing(self, playing: bool) -> None:
        if playing != self.playing:
            self.playing = playing
            self.playing_changed.emit()

    def _animate(self, now: float) -> None:
        if not self.playing or not self.steps:
            return
        # ``now`` is the frame's beginning: a film that began to play within it is not before it.
        played = max(now - self._played_at, 0.0)
        place = int(self._play_place + played * self.steps_per_second)
        last = len(self.steps) - 1
        if place != self.position:
            self.position = min(place, last)
            self.position_changed.emit()
        if self.position < last or self.computing:
            return
        if not self.looping:
            self._set_playing(False)
        elif played * self.steps_per_second > last - self._play_place + self._pause():
            self.play(from_start=True)

    def _pause(self) -> float:
        """Return how many steps' time the end is shown before the film begins again."""
        return _END_SECONDS * self.steps_per_second
