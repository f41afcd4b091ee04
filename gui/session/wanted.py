"""What a person wants of the run: settings and samples, live or from the next rewind on."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Signal

from core.data.config import DataConfig
from core.data.samples import same_samples
from core.errors import ExplorerError, SettingError
from core.learning.training import TrainingConfig
from core.parameters import parameters_of
from gui.session.run_state import RunState
from gui.session.view import ShownSession

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from PySide6.QtCore import QObject

    from core.data.dataset import Dataset
    from core.learning.history import History
    from core.learning.presets import Preset
    from gui.jobs.mailbox import Mailbox
    from gui.session.training_job import TrainingJob


class WantedSession(ShownSession):
    """The part of the session that holds the form; ``Session`` acts on it."""

    run_state_changed = Signal()
    settings_changed = Signal()

    def __init__(
        self,
        data_config: DataConfig,
        training_config: TrainingConfig,
        mailbox: Mailbox,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(data_config, training_config, mailbox, parent)
        self.wanted_data = data_config
        self.wanted_training = training_config
        self.full_dataset: Dataset | None = None
        self._job: TrainingJob | None = None

    def _set_run_state(self, state: RunState) -> None:
        self.run_state = state
        self.run_state_changed.emit()

    def add_sample(self, image: NDArray[Any], label: int) -> None:
        """Add a sample of a person's own to the training images of the next run."""
        if self.full_dataset is None:
            return
        try:
            self._use_samples(self.full_dataset.with_sample(image, label), "Added as", label)
        except ExplorerError as error:
            self.notified.emit(str(error), True)

    def take_back_sample(self) -> None:
        """Take back the sample added last; a run that learns it goes on until a rewind."""
        full = self.full_dataset
        if full is not None and full.extra is not None:
            label = int(full.extra.labels[-1])
            self._use_samples(full.without_last_sample(), "Taken back:", label)

    def _use_samples(self, full: Dataset, what: str, label: int) -> None:
        before = self.full_dataset
        assert before is not None
        self.full_dataset = full
        number = max(data.n_to_learn(self.wanted_data) for data in (full, before)) - 1
        words = f"{what} training image {number:,}, labelled {full.class_names[label]}."
        learnt = "learn it" if full.n_extra > before.n_extra else "learn without it"
        self.notified.emit(f"{words} Rewind to {learnt}." if self.needs_rewind else words, False)
        self.settings_changed.emit()

    def set_setting(self, name: str, value: Any) -> None:
        """Set one declared setting of data or training.

        Live ones act from the next batch; the others wait for a rewind.
        """
        try:
            if name in {item.name for item in fields(DataConfig)}:
                self.wanted_data = replace(self.wanted_data, **{name: value})
            else:
                self.wanted_training = replace(self.wanted_training, **{name: value})
                if parameters_of(TrainingConfig)[name].live:
                    self._set_live(name, value)
        except SettingError as error:
            self.notified.emit(str(error), True)
        self.settings_changed.emit()

    def _set_live(self, name: str, value: Any) -> None:
        if self.run_state in (RunState.DIVERGED, RunState.FAILED):
            return  # that run is over; its settings stay what they were, and a rewind is offered
        self.training_config = replace(self.training_config, **{name: value})
        if self._job is not None:
            self._job.change(**{name: value})
        live = self.runs.live
        more_to_do = live is not None and live.history.last_epoch < self.training_config.epochs
        if self.run_state is RunState.FINISHED and more_to_do:
            self._set_run_state(RunState.PAUSED)

    def apply_preset(self, preset: Preset) -> None:
        """Put a preset into the form; what is live in it acts at once, the rest on a rewind."""
        training, self.wanted_data = preset.apply(self.wanted_training, self.wanted_data)
        self.wanted_training = training
        for name, declared in parameters_of(training).items():
            value = getattr(training, name)
            if declared.live and value != getattr(self.training_config, name):
                self._set_live(name, value)
        self.settings_changed.emit()

    @property
    def needs_rewind(self) -> bool:
        """Whether the form shows settings that the present run does not use."""
        live, full = self.runs.live, self.full_dataset
        return live is not None and (
            self.wanted_data != self.data_config
            or self.wanted_training != self.training_config
            or full is None
            or self._is_over_without(live.history)
            or not same_samples(full.extra, live.added)
        )

    def _is_over_without(self, history: History) -> bool:
        """Whether the run has ended and was never learnt with what the form shows."""
        learnt, wanted = history.last_config, self.wanted_training
        is_over = self.run_state is RunState.FINISHED
        return is_over and replace(learnt, epochs=wanted.epochs) != wanted
