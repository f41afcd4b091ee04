"""What every view shows: which data, which run, which epoch of it."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from core.data.samples import same_samples
from core.learning.history import moments
from core.learning.records import BatchRecord
from core.sources.reading import ReadingConfig
from gui.session.run_state import RunState, Shown
from gui.session.runs import RunList

if TYPE_CHECKING:
    from core.data.config import DataConfig
    from core.data.dataset import Dataset, Split
    from core.learning.config import TrainingConfig
    from core.learning.history import History, Moment
    from core.learning.records import Scores
    from core.learning.runs import Run
    from gui.session.messages import Messages
    from gui.session.training_job import LiveState


class View(QObject):
    """The model that is shown everywhere, and the data it is shown on.

    What is being trained is set by :class:`~gui.session.training.Training`; a person chooses among
    what there is.

    Parameters
    ----------
    data_config, training_config : of the first run
    messages : where it says why something cannot be shown
    """

    forgotten = Signal()
    """Other data are about to be there: whatever was found of the present ones is of no use."""
    dataset_changed = Signal()
    run_started = Signal()
    run_shown = Signal()
    """Another run is the one that every view shows."""
    shown_changed = Signal()
    """The model that every view shows."""
    progressed = Signal()
    run_state_changed = Signal()

    def __init__(
        self,
        data_config: DataConfig,
        training_config: TrainingConfig,
        messages: Messages,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._messages = messages
        self.dataset: Dataset | None = None
        self.data_config = data_config
        """Of the present data."""
        self.reading = ReadingConfig()
        """How the present data were read."""
        self.training_config = training_config
        """Of the run being trained, as it is now."""
        self.runs = RunList(self)
        self.live: LiveState | None = None
        """Where the run being trained is, once it has told."""
        self.pinned_epoch: int | None = None
        """The recorded epoch that is shown; None for the newest."""
        self.run_state = RunState.LOADING

    @property
    def is_running(self) -> bool:
        """Whether batches are being done."""
        return self.run_state is RunState.RUNNING

    @property
    def goes_on(self) -> bool:
        """Whether the model shown is the one being trained: it is another all the time."""
        return self.is_running and self.runs.is_live_shown and self.pinned_epoch is None

    def set_run_state(self, state: RunState) -> None:
        """Say what the present run is doing."""
        self.run_state = state
        self.run_state_changed.emit()

    def split(self, part: str) -> Split | None:
        """Return a part of the present data; None where there is none of that name."""
        if self.dataset is None or (part == "validation" and self.dataset.validation is None):
            return None
        return self.dataset.split(part)

    @property
    def history(self) -> History | None:
        """Curves and weights of the run shown."""
        return None if (run := self.runs.shown) is None else run.history

    @property
    def shown(self) -> Shown | None:
        """The model that every view shows: the pinned epoch's, else the live one."""
        history, live = self.history, self.shown_live
        if history is None or not history.records:
            return None
        if self.pinned_epoch is not None:
            record = history.nearest(self.pinned_epoch)
            return Shown(record.epoch, record.weights, record, live=False)
        last = history.records[-1]
        if live is None or live.progress.place <= last.epoch:
            return Shown(last.epoch, last.weights, last, live=True)
        return Shown(live.progress.place, live.weights, None, live=True)

    @property
    def shown_live(self) -> LiveState | None:
        """Where the run being trained is, if that is the one shown."""
        return self.live if self.runs.is_live_shown else None

    @property
    def shown_progress(self) -> BatchRecord | None:
        """Where in its passes the model shown is; without its last batch's size at a kept epoch."""
        shown, live, run = self.shown, self.shown_live, self.runs.shown
        if shown is None or self.dataset is None or run is None:
            return None
        if live is not None and shown.weights is live.weights:
            return live.progress
        if shown.record is None:
            return None
        if live is not None and live.progress.step == shown.record.step:
            return live.progress
        # A run that is not live learnt from as many images as it could have of the present ones.
        n = self.dataset.train.n_samples
        config = self.epoch_config
        size = min(config.batch_size, n)
        return BatchRecord.at(
            shown.record.epoch, shown.record.step, 0, n_samples=n, batch_size=size
        )

    @property
    def shown_scores(self) -> tuple[float, Scores] | None:
        """Place and scores of the model shown where it rests within an epoch: no curve has them."""
        live = self.shown_live
        if live is None or live.scores is None or self.pinned_epoch is not None:
            return None
        return live.progress.place, live.scores

    @property
    def _goes_on(self) -> bool:
        """Whether the run shown has not come to its end: what is set now is learnt with soon."""
        return self.runs.is_live_shown and self.run_state is not RunState.FINISHED

    @property
    def shown_config(self) -> TrainingConfig:
        """The settings of the run shown, as they are, or were at its end."""
        history = self.history
        return self.training_config if history is None or self._goes_on else history.last_config

    @property
    def epoch_config(self) -> TrainingConfig:
        """The settings of the run shown, as they were at the epoch shown; where to stop as now."""
        history, now = self.history, self.shown_config
        if history is None or not history.records:
            return now
        if self.runs.is_live_shown:
            now = replace(now, epochs=self.training_config.epochs)
        if self.pinned_epoch is None:
            return now
        return replace(history.config_at(history.nearest(self.pinned_epoch)), epochs=now.epochs)

    @property
    def learnt_config(self) -> TrainingConfig:
        """The settings of the last update behind the model shown; at a start, of the first to come.

        A branch begins with a model that another run learnt, and what is set now acts in no update
        done before.
        """
        run, progress = self.runs.shown, self.shown_progress
        if run is None or progress is None or progress.step == 0:
            return self.epoch_config
        course = run.course(goes_on=True)
        return self.epoch_config if course is None else course.until(progress.step).last_config

    @property
    def shown_changes(self) -> list[Moment]:
        """What was changed in the run shown; of one that has ended only what was learnt with."""
        history = self.history
        if history is None:
            return []
        return moments(history.changes if self._goes_on else history.acted_changes)

    def has_data_of(self, run: Run) -> bool:
        """Whether the present images are just those that a run learnt."""
        live = self.runs.live  # which learns just those
        return (
            live is not None
            and live.data_config == run.data_config
            and same_samples(live.added, run.added)
        )

    def can_show(self, run: Run) -> bool:
        """Whether the weights of a run are for the present images."""
        dataset = self.dataset
        if dataset is None or not run.is_on(self.data_config, self.reading):
            return False
        # Data of the same name may have been changed since, and opened again.
        shape = (dataset.n_classes, dataset.n_features + 1)
        records = run.history.records
        if not records:  # it has not begun, or could not
            return run is self.runs.live
        return records[0].weights.shape == shape

    def show_run(self, key: int | None) -> None:
        """Show another run everywhere, at the epoch shown now if it has that; None: the live one.

        After one that diverged it is shown at its end: where that stopped nobody chose to look.
        A run on other data cannot be shown: its weights are not for these images.
        """
        run, before, left = self.runs.run(key), self.shown, self.history
        if run is not None and not self.can_show(run):
            words = f"This run learnt {run.dataset_name}. Open those data to look at it."
            if not run.history.records:
                words = "This run has nothing to show: it ended before its start was recorded."
            self._messages.warn(words)
            return
        self._messages.end_move()
        self.runs.show_run(key)
        self.pinned_epoch = None
        if not self.runs.is_live_shown and before is not None and self.history is not None:
            stopped = left is not None and left.divergence is not None
            now = self.history
            self.pinned_epoch = now.last_epoch if stopped else now.nearest(before.epoch).epoch
        self.run_shown.emit()
        self.shown_changed.emit()
        self.progressed.emit()

    def remove_run(self, *keys: int) -> None:
        """Take runs off the list; the live one stays, and the one shown makes room for it."""
        removed = []
        for key in keys:
            if key == self.runs.live_key:
                self._messages.warn("The run that is being trained stays: start another first.")
                continue
            if self.runs.shown_key == key:
                self.show_run(None)
            entry = self.runs.remove(key)
            if entry is not None:
                removed.append(entry.name)
        if removed:
            words = f"{removed[0]} was removed."
            if len(removed) > 1:
                words = f"{', '.join(removed[:-1])} and {removed[-1]} were removed."
            self._messages.did(words[:1].upper() + words[1:], partial(self._put_back, len(removed)))

    def _put_back(self, n_runs: int) -> None:
        for _ in range(n_runs):
            self.runs.undo_remove()

    def show_epoch(self, epoch: float | None) -> None:
        """Show a recorded epoch everywhere, or the live model again with None."""
        if self.history is None or not self.history.records:
            return
        if epoch is None and not self.runs.is_live_shown:
            self.show_run(None)
            return
        self._messages.end_move()
        self.pinned_epoch = None if epoch is None else self.history.nearest(epoch).epoch
        self.shown_changed.emit()

    def follow_run(self) -> None:
        """Show where the run being trained has come to."""
        self.progressed.emit()
        self._follow_thinning()
        if self.pinned_epoch is None and self.runs.is_live_shown:
            self.shown_changed.emit()

    def _follow_thinning(self) -> None:
        """Show what is nearest, and say so, where the weights of the epoch shown are not kept."""
        shown = self.shown
        if shown is not None and self.pinned_epoch not in (None, shown.epoch):
            self.pinned_epoch = int(shown.epoch)
            self.shown_changed.emit()

    def show_best(self) -> None:
        """Show the epoch of the best held-out log-likelihood."""
        if self.history is not None and self.history.records:
            self.show_epoch(self.history.best.epoch)

    def show_neighbour(self, offset: int) -> None:
        """Show the recorded epoch ``offset`` records away from the one shown."""
        shown = self.shown
        if shown is None or self.history is None:
            return
        self.show_epoch(self.history.neighbour(shown.epoch, offset).epoch)
