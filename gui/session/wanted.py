"""What a person wants of the run: settings and samples, live or from the next rewind on."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal

from core.data.config import DataConfig
from core.data.samples import same_samples
from core.errors import ExplorerError, SettingError
from core.learning.config import TrainingConfig
from core.parameters import parameters_of
from gui.session.run_state import RunState

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from core.data.dataset import Dataset
    from core.learning.history import History
    from core.learning.presets import Preset
    from gui.session.messages import Messages
    from gui.session.view import View


class Wanted(QObject):
    """The form: what the next run is to be, and what of the present one a person changes.

    Parameters
    ----------
    data_config, training_config : what to begin with
    view : the run that is trained and shown
    messages : where it says what cannot be
    """

    changed = Signal()
    acts_now = Signal(dict)
    """Live settings, name -> value, that the run being trained takes from its next batch on."""

    def __init__(
        self,
        data_config: DataConfig,
        training_config: TrainingConfig,
        view: View,
        messages: Messages,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._view, self._messages = view, messages
        self.data = data_config
        self.training = training_config
        self.full_dataset: Dataset | None = None
        """All images there are, of which :attr:`data` chooses."""

    def add_sample(self, image: NDArray[Any], label: int) -> None:
        """Add a sample of a person's own to the training images of the next run."""
        if self.full_dataset is None:
            return
        try:
            self._use_samples(self.full_dataset.with_sample(image, label), "Added as", label)
        except ExplorerError as error:
            self._messages.warn(str(error))

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
        number = max(data.n_to_learn(self.data) for data in (full, before)) - 1
        words = f"{what} training image {number:,}, labelled {full.class_names[label]}."
        learnt = "learn it" if full.n_extra > before.n_extra else "learn without it"
        self._messages.note(f"{words} Rewind to {learnt}." if self.needs_rewind else words)
        self.changed.emit()

    def set_setting(self, name: str, value: Any) -> None:
        """Set one declared setting of data or training.

        Live ones act from the next batch; the others wait for a rewind.
        """
        try:
            if name in {item.name for item in fields(DataConfig)}:
                self.data = replace(self.data, **{name: value})
            else:
                self.training = replace(self.training, **{name: value})
                if parameters_of(TrainingConfig)[name].live:
                    self._act({name: value})
        except SettingError as error:
            self._messages.warn(str(error))
        self.changed.emit()

    def apply_preset(self, preset: Preset) -> None:
        """Put a preset into the form; what is live in it acts at once, the rest on a rewind."""
        training, self.data = preset.apply(self.training, self.data)
        self.training = training
        live = [name for name, declared in parameters_of(training).items() if declared.live]
        present = self._view.training_config
        values = {name: getattr(training, name) for name in live}
        self._act({k: value for k, value in values.items() if value != getattr(present, k)})
        self.changed.emit()

    def _act(self, live: dict[str, Any]) -> None:
        """Let the run being trained take live settings, unless it is over: a rewind is offered."""
        if live and self._view.run_state not in (RunState.DIVERGED, RunState.FAILED):
            self.acts_now.emit(live)

    @property
    def needs_rewind(self) -> bool:
        """Whether the form shows settings that the present run does not use."""
        view, full = self._view, self.full_dataset
        live = view.runs.live
        return live is not None and (
            self.data != view.data_config
            or self.training != view.training_config
            or full is None
            or self._is_over_without(live.history)
            or not same_samples(full.extra, live.added)
        )

    def _is_over_without(self, history: History) -> bool:
        """Whether the run has ended and was never learnt with what the form shows."""
        learnt, wanted = history.last_config, self.training
        is_over = self._view.run_state is RunState.FINISHED
        return is_over and replace(learnt, epochs=wanted.epochs) != wanted
