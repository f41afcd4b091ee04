"""What a person wants of the run: the settings of the one shown, and what of them waits."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING, Any, TypeVar

from PySide6.QtCore import QObject, Signal, Slot

from core.data.config import DataConfig
from core.data.samples import same_samples
from core.errors import ExplorerError, SettingError
from core.learning.config import TrainingConfig
from core.parameters import parameters_of
from gui.session.run_state import RUN_LOST, RunState

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from core.data.dataset import Dataset
    from core.learning.runs import Run
    from core.parameters import Parameter
    from gui.session.messages import Messages
    from gui.session.view import View

_OF_DATA = {item.name for item in fields(DataConfig)}
_LIVE = {name for name, declared in parameters_of(TrainingConfig).items() if declared.live}
Config = TypeVar("Config", TrainingConfig, DataConfig)


@dataclass(frozen=True, slots=True)
class Waiting:
    """A setting that was changed and waits for a new start.

    Attributes
    ----------
    declared : the setting
    was, now : its value in the run shown, and the one that waits
    """

    declared: Parameter
    was: Any
    now: Any

    def __str__(self) -> str:
        """Say what waits: ``learning rate 0.5``."""
        return f"{self.declared.within} {self.declared.words(self.now)}"


class Wanted(QObject):
    """The form: the settings of the run shown, and over them what a person has changed.

    Live settings of a run that goes on act from its next batch. All else waits for a new start and
    is kept for each run: whoever looks at another one and comes back finds it as it was.

    Parameters
    ----------
    view : the run that is trained, and the one that is shown
    messages : where it says what cannot be
    """

    changed = Signal()
    acts_now = Signal(dict)
    """Live settings, name -> value, that the run being trained takes from its next batch on."""

    def __init__(self, view: View, messages: Messages, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._view, self._messages = view, messages
        self._changed: dict[int | None, dict[str, Any]] = {}
        """By the key of a run: what was changed while that was shown, name -> value."""
        self.full_dataset: Dataset | None = None
        """All images there are, of which :attr:`data` chooses."""
        self._told = self._of_run
        for signal in (view.run_shown, view.shown_changed, view.run_state_changed):
            signal.connect(self._follow)

    @property
    def _of_run(self) -> tuple[TrainingConfig, DataConfig]:
        """The settings of the run shown, at the epoch shown."""
        view = self._view
        run = view.runs.shown
        return view.epoch_config, view.data_config if run is None else run.data_config

    @property
    def _here(self) -> dict[str, Any]:
        return self._changed.get(self._view.runs.shown_key, {})

    @property
    def training(self) -> TrainingConfig:
        """How the next run is trained."""
        return _with(self._of_run[0], self._here)

    @property
    def data(self) -> DataConfig:
        """On what the next run is trained."""
        return _with(self._of_run[1], self._here)

    @property
    def waiting(self) -> dict[str, Waiting]:
        """What waits for a new start, by the names of the settings."""
        training, data = self._of_run
        found = {}
        for name, now in self._here.items():
            config = data if name in _OF_DATA else training
            if getattr(config, name) != now:
                found[name] = Waiting(parameters_of(config)[name], getattr(config, name), now)
        return found

    def was(self, name: str) -> Any:
        """Return the value of a setting in the run shown."""
        training, data = self._of_run
        return getattr(data if name in _OF_DATA else training, name)

    @Slot()
    def _follow(self) -> None:
        """Tell of other settings where another run or epoch is shown, or it goes on."""
        view, live = self._view, self._view.runs.live
        if live is not None and view.run_state is RunState.FINISHED:
            # What was set too late to be learnt with acts when it goes on, too.
            self._wait_from(live)
        if view.runs.is_live_shown and view.run_state in (RunState.RUNNING, RunState.PAUSED):
            # What was set after the end of a run acts when it goes on.
            for name in [name for name in self._here if name in _LIVE]:
                if self._here[name] == getattr(view.training_config, name):
                    del self._here[name]
        if self._told != self._of_run:
            self._told = self._of_run
            self.changed.emit()

    def _wait_from(self, live: Run) -> None:
        """Let what a run that has ended was told, and did not learn with, wait."""
        told, learnt = self._view.training_config, live.history.last_config
        here = self._changed.setdefault(live.key, {})
        for name in _LIVE - {"epochs"}:  # where to stop acts at once
            if getattr(told, name) != getattr(learnt, name):
                here.setdefault(name, getattr(told, name))

    def add_sample(self, image: NDArray[Any], label: int) -> None:
        """Add a sample of a person's own to the training images of the next run."""
        if self.full_dataset is None:
            return
        try:
            self._use_samples(self.full_dataset.with_sample(image, label), "Added as", label)
        except ExplorerError as error:
            self._messages.warn(str(error))

    def take_back_sample(self) -> None:
        """Take back the sample added last; a run that learns it goes on with it."""
        full = self.full_dataset
        if full is not None and full.extra is not None:
            label = int(full.extra.labels[-1])
            self._use_samples(full.without_last_sample(), "Taken back:", label)

    def _use_samples(self, full: Dataset, what: str, label: int) -> None:
        before = self.full_dataset
        assert before is not None
        self.full_dataset = full
        number = max(data.n_to_learn(self.data) for data in (full, before)) - 1
        words = f"{what} training image {number:,}, labelled {full.class_names[label]}."
        learnt = "learn it" if full.n_extra > before.n_extra else "learn without it"
        self._messages.note(f"{words} Start again to {learnt}." if self.waits else words)
        self.changed.emit()

    def set_setting(self, name: str, value: Any) -> None:
        """Set one declared setting of data or training.

        A live one acts from the next batch, where the run being trained is shown as it is now; all
        others wait for a new start, and so does that of a run that has ended, until it goes on.
        """
        try:
            replace(self.data if name in _OF_DATA else self.training, **{name: value})
        except SettingError as error:
            self._messages.warn(str(error))
        else:
            view = self._view
            acts = name in _LIVE and view.runs.is_live_shown and view.run_state not in RUN_LOST
            # Where to stop is of the run, whatever epoch of it is looked at.
            acts &= name == "epochs" or view.pinned_epoch is None
            if acts:
                self.acts_now.emit({name: value})
            here = self._changed.setdefault(view.runs.shown_key, {})
            here[name] = value
            if self.was(name) == value:
                del here[name]
            self._told = self._of_run
        self.changed.emit()

    def take_back(self, name: str) -> None:
        """Set a setting that waits to what it is in the run shown."""
        self.set_setting(name, self.was(name))

    def forget(self, key: int | None) -> None:
        """Let nothing wait any more of what was changed while a run was shown."""
        self._changed.pop(key, None)

    @property
    def waits(self) -> bool:
        """Whether a new start would learn otherwise, or other images, than the run shown."""
        shown, full = self._view.runs.shown, self.full_dataset
        return shown is not None and (
            full is None or bool(self.waiting) or not same_samples(full.extra, shown.added)
        )


def _with(config: Config, changes: Mapping[str, Any]) -> Config:
    """Return settings with those of the changes that are theirs."""
    names = {item.name for item in fields(config)}
    return replace(config, **{name: now for name, now in changes.items() if name in names})
