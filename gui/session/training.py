"""The run that is being trained: played, stepped, begun anew, branched."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
from PySide6.QtCore import QObject, Signal, Slot

from core.errors import ExplorerError
from core.learning.config import TrainingConfig
from core.learning.history import Change, History
from core.learning.last_batch import BatchStep
from core.learning.runs import Branch, Run
from core.learning.training import Checkpoint, Divergence, EpochRecord
from core.parameters import parameters_of
from core.sources import DEFAULT_SOURCE
from gui.jobs.worker import Failed
from gui.session.data import Data, Loaded, RunRequest
from gui.session.messages import RUN, Message
from gui.session.run_state import RUN_LOST, RunState
from gui.session.run_words import again_words, away_words, branch_words, fork_words, gone_words
from gui.session.training_job import LiveState, Mode, Stopped, TrainingJob

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from core.data.config import DataConfig
    from core.data.dataset import Dataset
    from core.learning.presets import Preset
    from gui.jobs.job_pool import JobPool
    from gui.jobs.mailbox import Letter
    from gui.session.messages import Messages
    from gui.session.view import View
    from gui.session.wanted import Wanted

MOST_EPOCHS = int(parameters_of(TrainingConfig)["epochs"].high or 0)
DEFAULT_PACE = 4.0
"""Epochs per second at the start: slow enough to see, fast enough not to wait."""


class Training(QObject):
    """Drives one run after the other; what comes of it is shown by the view.

    Parameters
    ----------
    view : where the run is shown
    wanted : the form, whose settings the next run takes
    data : what opens and prepares the images
    pool : where the training's thread is started
    messages : where it says what happened
    pace : epochs per second at most; None for as fast as possible
    """

    epoch_recorded = Signal(object)
    setting_applied = Signal(object)
    pace_changed = Signal()

    def __init__(
        self,
        view: View,
        wanted: Wanted,
        data: Data,
        pool: JobPool,
        messages: Messages,
        pace: float | None,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._view, self._wanted, self._data = view, wanted, data
        self._pool, self._messages = pool, messages
        self.pace = pace
        self.divergence: Divergence | None = None
        self._job: TrainingJob | None = None
        self._has_moved = False
        self._to_tell = ("", False)
        wanted.acts_now.connect(self._change)
        data.arrived.connect(self._loaded)
        data.prepared.connect(self._begin)
        data.refused.connect(self._open_failed)
        pool.frame.connect(self._follow)

    @Slot(object)
    def _loaded(self, loaded: Loaded) -> None:
        """Begin a run on new data; nothing of the present one changes before it can begin."""
        try:
            self._data.prepare(self._request_of(loaded, self._wanted.data))
        except ExplorerError as error:
            self._open_failed(str(error), True)

    def _request_of(self, loaded: Loaded, data: DataConfig) -> RunRequest:
        """Return the run that is to begin on new data, with what of the settings they allow."""
        wanted = replace(data, dataset=loaded.name)
        return RunRequest(loaded.dataset, loaded.dataset.fitting(wanted), loaded=loaded)

    @Slot(str, bool)
    def _open_failed(self, message: str, is_error: bool) -> None:
        # Nothing is there, and nothing is about to come.
        is_lost = self._view.dataset is None and self._data.pending is None
        if is_lost and self._data.asked != DEFAULT_SOURCE:
            # Nothing else is at hand: something must be learning all the same.
            self._wanted.set_setting("dataset", DEFAULT_SOURCE)
            self._to_tell, message = (message, is_error), ""  # once those have begun to be learnt
            self._data.open(DEFAULT_SOURCE)
        elif is_lost:
            self._view.run_state = RunState.FAILED
            self._to_tell = ("", False)
        self._wanted.changed.emit()  # the form shows again what is really there
        self._view.run_state_changed.emit()
        if message:
            self._messages.say(Message(message, is_error))

    @property
    def _learnt(self) -> History:
        """Curves and weights of the run that is being trained."""
        assert self._view.runs.live is not None
        return self._view.runs.live.history

    @property
    def can_move(self) -> bool:
        """Whether the run can be played or stepped."""
        return self._view.run_state in (RunState.RUNNING, RunState.PAUSED, RunState.FINISHED)

    @property
    def begins_anew(self) -> bool:
        """Whether to play begins the run shown anew: the one that was trained has come to its end.

        One that diverged would diverge again, but another that is shown need not.
        """
        state, is_live_shown = self._view.run_state, self._view.runs.is_live_shown
        return state is RunState.FINISHED or (state in RUN_LOST and not is_live_shown)

    @property
    def can_play(self) -> bool:
        """Whether there is a run that can go on, or begin anew."""
        return self.can_move or self.begins_anew

    def play(self) -> None:
        """Learn on; after the last epoch begin the run shown anew, with what the form shows."""
        if self.begins_anew:
            if self._wanted.full_dataset is not None:
                self._start_run(Mode.PLAYING, again=True)
        elif self.can_move:
            self._command(Mode.PLAYING, RunState.RUNNING)

    def pause(self) -> None:
        """Stop after the batch under way."""
        if self._view.is_running:
            self._command(Mode.PAUSED, RunState.PAUSED)

    def toggle(self) -> None:
        """Play or pause."""
        (self.pause if self._view.is_running else self.play)()

    def step_batch(self) -> None:
        """Do exactly one update."""
        if self.can_move:
            self._command(Mode.BATCH, RunState.RUNNING)

    def step_epoch(self) -> None:
        """Learn up to the end of the present epoch."""
        if self.can_move:
            self._command(Mode.EPOCH, RunState.RUNNING)

    def start_again(self, *, play: bool = True) -> None:
        """Begin the run anew with what the form shows, and play; the run so far is kept.

        The same seed, the same start. Without ``play`` what was held stays held.
        """
        if self._wanted.full_dataset is not None:
            self._start_run(Mode.PLAYING if play else None)

    def begin(self, training: TrainingConfig, data: DataConfig) -> None:
        """Begin a run with these settings and play it; nothing of them acts before it begins."""
        if self._wanted.full_dataset is not None:
            self._start_run(Mode.PLAYING, training=training, data=data)

    def begin_preset(self, preset: Preset) -> None:
        """Begin a run with all of a preset, the seed and the data of the form, and play it."""
        self.begin(*preset.apply(self._wanted.training, self._wanted.data))

    def start_from(self, weights: NDArray[Any]) -> None:
        """Begin a run, held, from these weights; a new start is one of its own."""
        self._start_run(Mode.PAUSED, Checkpoint(weights))

    def fork(self) -> None:
        """Begin a branch, held, at the epoch shown, with the settings of the form.

        In the midst of an epoch it is the end of the one before. The start that waits, if one
        does, is not of a branch.
        """
        run, shown = self._view.runs.shown, self._view.shown
        if run is None or shown is None or self._wanted.full_dataset is None:
            return
        if self._data.coming:
            words = "Other data are on their way, and a branch is on those it was learnt from."
            self._messages.warn(f"{words} Wait for them, or call them off.")
            return
        record = shown.record or run.history.records[-1]
        if record.epoch >= MOST_EPOCHS:
            words = f"A run ends at epoch {MOST_EPOCHS:,} at the latest: branch off before it."
            self._messages.warn(words)
            return
        run.history.protect(record.epoch)
        training = replace(self._wanted.training, init=self._wanted.was("init"))
        if record.epoch >= training.epochs:
            more = min(record.epoch + training.epochs, MOST_EPOCHS)
            training = replace(training, epochs=more)
        branch = Branch(run.key, record.epoch)
        self._start_run(Mode.PAUSED, record.checkpoint, branch, training=training)

    def new_seed(self) -> None:
        """Start again from another random start."""
        # The one thing that must differ between two sessions.
        seed = int(np.random.default_rng().integers(0, 1_000_000))
        self._wanted.set_setting("seed", seed)
        self.start_again()

    def set_pace(self, pace: float | None) -> None:
        """Limit the speed to ``pace`` epochs per second, or not at all."""
        self.pace = pace
        if self._job is not None:
            self._job.set_pace(pace)
        self.pace_changed.emit()

    @property
    def _waiting_for_fork(self) -> list[str]:
        """Return in words what a branch takes along of what waits: all but another start."""
        waiting = self._wanted.waiting
        return [str(one) for name, one in waiting.items() if name != "init"]

    @property
    def fork_words(self) -> str:
        """What :meth:`fork` would do: from where, and what of the form it takes along."""
        run, shown = self._view.runs.shown, self._view.shown
        entry = self._view.runs.entry(self._view.runs.shown_key)
        if run is None or shown is None or entry is None:
            return ""
        return fork_words(entry, int(shown.epoch), self._waiting_for_fork)

    def _command(self, mode: Mode, state: RunState) -> None:
        if self._job is not None:
            self._messages.end_move()
            self._job.set_mode(mode)
            self._view.set_run_state(state)

    def _start_run(
        self,
        mode: Mode | None = None,
        start: Checkpoint | None = None,
        branch: Branch | None = None,
        *,
        training: TrainingConfig | None = None,
        data: DataConfig | None = None,
        again: bool = False,
    ) -> None:
        """Replace the present run by a new one, as soon as it can be; by default as wanted."""
        full, data = self._wanted.full_dataset, data or self._wanted.data
        assert full is not None
        request = RunRequest(full, data, mode, start, branch, training=training, again=again)
        pending = self._data.pending
        if pending is not None and pending.loaded is not None:
            # Data that have just come are not lost to a new start before they could be used.
            request = replace(
                self._request_of(pending.loaded, data), mode=mode, start=start, training=training
            )
        try:
            self._data.prepare(request)
        except ExplorerError as error:
            self._messages.warn(str(error))

    @Slot(object, object)
    def _begin(self, request: RunRequest, dataset: Dataset) -> None:
        mode = request.mode
        if mode is None:
            first = self._wanted.full_dataset is None
            # New data play on where the old ones had come to their end; what was held stays so.
            ended = request.loaded is not None and self._view.run_state is RunState.FINISHED
            mode = Mode.PLAYING if first or ended or self._view.is_running else Mode.PAUSED
        self._messages.end_move()
        if self._job is not None:
            self._job.request_stop()
        if request.loaded is not None:
            self._wanted.full_dataset = request.full
            before = self._wanted.data.validation_size
            self._data.accept(request.loaded, request.config)
            if request.config.validation_size < before:
                self._messages.note(
                    f"{before:,} validation images are too many for {dataset.name}; "
                    f"{request.config.validation_size:,} are set aside."
                )
        data_is_new = self._view.dataset is not dataset
        if data_is_new:
            self._view.forgotten.emit()  # while all that is shown still fits together
        self._view.dataset = dataset
        training, waited = request.training or self._wanted.training, self._waiting_for_fork
        waits, old = self._wanted.waits, self._view.runs.entry(self._view.runs.shown_key)
        self._wanted.forget(self._view.runs.shown_key)
        self._view.data_config, self._view.training_config = request.config, training
        run = Run(
            key=self._view.runs.next_key(),
            history=History(self._view.training_config),
            data_config=self._view.data_config,
            reading=self._view.reading,
            dataset_name=dataset.name,
            added=request.full.extra,
            branch=request.branch,
            is_own_start=request.start is None,
            past=request.past(self._view.runs),
        )
        runs, has_moved = self._view.runs, self._view.runs.has_moved
        gone = runs.begin(run)
        mine, said = runs.entry(run.key), [gone_words(gone, has_moved=has_moved)]
        assert mine is not None
        if request.branch is not None:
            parent = runs.entry(request.branch.parent)
            said.insert(0, branch_words(mine, parent, request.branch.epoch, waited))
        elif request.again and old is not None:
            named = waited if waits else None
            said.insert(0, again_words(mine, old, named, is_kept=old is not gone))
        if any(said):
            self._messages.note(" ".join(filter(None, said)))
        self._view.live = self.divergence = self._view.pinned_epoch = None
        self._job = TrainingJob(
            self._pool.mailbox.channel(self.read),
            dataset=dataset,
            config=self._view.training_config,
            mode=mode,
            pace=self.pace,
            start=request.start,
        )
        if data_is_new:
            self._view.dataset_changed.emit()
        self._view.run_started.emit()
        self._wanted.changed.emit()
        self._view.set_run_state(RunState.RUNNING if mode is Mode.PLAYING else RunState.PAUSED)
        self._pool.start(self._job)
        (message, is_error), self._to_tell = self._to_tell, ("", False)
        if message:
            self._messages.say(Message(message, is_error))

    def read(self, letter: Letter) -> None:
        """Take in what the present run has come to."""
        if self._job is None or letter.generation != self._job.generation:
            return
        if isinstance(letter.payload, LiveState):
            self._view.live = letter.payload
            self._view.runs.has_moved |= letter.payload.progress.place > 0
            self._has_moved = True
        else:
            self._has_moved |= self._run_event(letter.payload)

    @Slot()
    def _follow(self) -> None:
        """Show where the run is now: once a frame, however many letters there were."""
        if self._has_moved:
            self._has_moved = False
            self._view.follow_run()

    @Slot(dict)
    def _change(self, settings: dict[str, Any]) -> None:
        """Let the run take live settings from the next batch on."""
        view = self._view
        view.training_config = replace(view.training_config, **settings)
        if self._job is not None:
            self._job.change(**settings)
        live = view.runs.live
        more_to_do = live is not None and live.history.last_epoch < view.training_config.epochs
        if view.run_state is RunState.FINISHED and more_to_do:
            view.set_run_state(RunState.PAUSED)

    def _run_event(self, event: Any) -> bool:
        """Take in one event of the present run; return whether the shown model may have moved."""
        if isinstance(event, EpochRecord):
            self._learnt.append(event)
            self.epoch_recorded.emit(event)
            return True
        if isinstance(event, Change):
            self._learnt.add_change(event)
            self.setting_applied.emit(event)
        elif isinstance(event, BatchStep):
            self._messages.note_move(str(event))
        elif isinstance(event, Stopped):
            if event.finished and self._learnt.last_epoch >= self._view.training_config.epochs:
                self._view.set_run_state(RunState.FINISHED)
            elif self._job is not None and self._job.resting:
                self._view.set_run_state(RunState.PAUSED)
        elif isinstance(event, Divergence):
            self.divergence = self._learnt.divergence = event
            self._view.set_run_state(RunState.DIVERGED)
            words = away_words(self._view.runs.entry(self._view.runs.live_key), event)
            self._messages.say(Message(words, is_error=True, about=RUN))
        elif isinstance(event, Failed):
            self._view.set_run_state(RunState.FAILED)
            self._messages.tell(event)
        return False
