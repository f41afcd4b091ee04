"""The one place where the state of the program lives.

Pages read it and call its methods; nobody else keeps a copy. Results of jobs come in through the
mailbox, emptied 30 times a second by one timer, and go out as signals.
"""

from __future__ import annotations

import time
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
from PySide6.QtCore import Qt, QTimer, Signal, Slot

from core.errors import ExplorerError
from core.learning.history import Change, History
from core.learning.runs import Branch, Run
from core.learning.training import Checkpoint, Divergence, EpochRecord, TrainingConfig
from core.parameters import parameters_of
from core.sources import DEFAULT_SOURCE
from gui.attack.film.saving import FilmSession
from gui.jobs.job_pool import JobPool
from gui.jobs.mailbox import Mailbox
from gui.jobs.worker import ALWAYS, Failed
from gui.session.attack import AttackSession
from gui.session.data import DataSession, Loaded, Prepared, RunRequest
from gui.session.diagnosis import DIAGNOSIS_SLOT
from gui.session.downloads import Downloads
from gui.session.lookers import Lookers
from gui.session.run_state import RunState
from gui.session.training_job import LIVE_SLOT, Mode, Stopped, TrainingJob
from gui.session.wanted import WantedSession
from gui.tune.runs.seeds import SeedsSession

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from PySide6.QtCore import QObject

    from core.attack import AttackConfig
    from core.data.config import DataConfig
    from core.sources.reading import ReadingConfig

FRAME_MILLISECONDS = 33
_MOST_EPOCHS = int(parameters_of(TrainingConfig)["epochs"].high or 0)
DEFAULT_PACE = 4.0
"""Epochs per second at the start: slow enough to see, fast enough not to wait."""


class Session(WantedSession, Lookers):
    """State, actions and signals of one window.

    Parameters
    ----------
    data_config, training_config, attack_config
        What to begin with.
    attack_given
        Options of the attack that were asked for; image and target are chosen well otherwise.
    pace
        Epochs per second at most; None for as fast as possible.
    mirror
        Folder or address that is asked first for data sets.
    """

    dataset_changed = Signal()
    run_started = Signal()
    epoch_recorded = Signal(object)
    setting_applied = Signal(object)
    pace_changed = Signal()
    offered = Signal(str, str)
    """A message for people, and the name of data that could be opened now."""
    surprised = Signal(str)
    """An unexpected error, already logged."""

    def __init__(
        self,
        data_config: DataConfig,
        training_config: TrainingConfig,
        attack_config: AttackConfig,
        *,
        attack_given: frozenset[str] = frozenset(),
        pace: float | None = DEFAULT_PACE,
        mirror: str = "",
        parent: QObject | None = None,
    ) -> None:
        self._mailbox = Mailbox()
        super().__init__(data_config, training_config, self._mailbox, parent)
        self.divergence: Divergence | None = None
        self.pace = pace

        self._pool = JobPool()
        self._to_tell = ("", False)
        # The seeds of "new seed" are the one thing that must differ between two sessions.
        self._seeds = np.random.default_rng()
        self._pool.start(self._diagnoser)
        self.attack = AttackSession(attack_config, self, given=attack_given)
        self.data = DataSession(self, self._pool, self._mailbox)
        self.seeds = SeedsSession(self, self._pool, self._mailbox)
        self.film = FilmSession(self, self._pool, self._mailbox)
        self._look_with(self, self._pool, self._mailbox)
        self.downloads = Downloads(self._pool, self._mailbox, mirror, self)
        self.downloads.offered.connect(self.offered)
        self.downloads.told.connect(self.notified)
        self.downloads.surprised.connect(self.surprised)
        self._told = (self.data, self.downloads, self.seeds, self.film, *self.talkers)
        """The parts whose jobs send events."""
        self._answered = (self.data, self.downloads, self.seeds, self.film, *self.lookers)
        """The parts whose jobs fill a slot of the mailbox."""
        self.data.arrived.connect(self._loaded)
        self.data.prepared.connect(self._begin)
        self.data.refused.connect(self._open_failed)
        self.data.surprised.connect(self.surprised)

        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._frame)
        self._timer.start(FRAME_MILLISECONDS)

    def open(self, name_or_path: str, reading: ReadingConfig | None = None) -> None:
        """Open other data in the background; the present run goes on until they are there."""
        self.data.open(name_or_path, reading)
        self.run_state_changed.emit()

    @Slot(object)
    def _loaded(self, loaded: Loaded) -> None:
        """Begin a run on new data; nothing of the present one changes before it can begin."""
        try:
            self.data.prepare(self._request_of(loaded))
        except ExplorerError as error:
            self._open_failed(str(error), True)

    def _request_of(self, loaded: Loaded) -> RunRequest:
        """Return the run that is to begin on new data, with what of the settings they allow."""
        wanted = replace(self.wanted_data, dataset=loaded.name)
        return RunRequest(loaded.dataset, loaded.dataset.fitting(wanted), loaded=loaded)

    @Slot(str, bool)
    def _open_failed(self, message: str, is_error: bool) -> None:
        is_lost = self.dataset is None and self.data.pending is None  # nothing is about to come
        if is_lost and self.data.asked != DEFAULT_SOURCE:
            # Nothing else is at hand: something must be learning all the same.
            self.wanted_data = replace(self.wanted_data, dataset=DEFAULT_SOURCE)
            self._to_tell, message = (message, is_error), ""  # once those have begun to be learnt
            self.open(DEFAULT_SOURCE)
        elif is_lost:
            self.run_state = RunState.FAILED
            self._to_tell = ("", False)
        self.settings_changed.emit()  # the form shows again what is really there
        self.run_state_changed.emit()
        if message:
            self.notified.emit(message, is_error)

    @property
    def _learnt(self) -> History:
        """Curves and weights of the run that is being trained."""
        assert self.runs.live is not None
        return self.runs.live.history

    @property
    def is_running(self) -> bool:
        """Whether batches are being done."""
        return self.run_state is RunState.RUNNING

    @property
    def can_move(self) -> bool:
        """Whether the run can be played or stepped."""
        return self.run_state in (RunState.RUNNING, RunState.PAUSED, RunState.FINISHED)

    def play(self) -> None:
        """Learn on; from the start again when the last epoch has been reached."""
        if self.run_state is RunState.FINISHED:
            self._start_run(Mode.PLAYING)
        elif self.can_move:
            self._command(Mode.PLAYING, RunState.RUNNING)

    def pause(self) -> None:
        """Stop after the batch under way."""
        if self.is_running:
            self._command(Mode.PAUSED, RunState.PAUSED)

    def toggle(self) -> None:
        """Play or pause."""
        (self.pause if self.is_running else self.play)()

    def step_batch(self) -> None:
        """Do exactly one update."""
        if self.can_move:
            self._command(Mode.BATCH, RunState.RUNNING)

    def step_epoch(self) -> None:
        """Learn up to the end of the present epoch."""
        if self.can_move:
            self._command(Mode.EPOCH, RunState.RUNNING)

    def rewind(self, *, play: bool = False) -> None:
        """Go back to the start with the settings the form shows; the same seed, the same start.

        The run so far is kept for comparison. A playing run plays on from the start, and so does
        any with ``play``.
        """
        if self.full_dataset is not None:
            self._start_run(Mode.PLAYING if play else None)

    def start_from(self, weights: NDArray[Any]) -> None:
        """Begin a run, held, from these weights; a rewind goes back to a start of its own."""
        self._start_run(Mode.PAUSED, Checkpoint(weights))

    def fork(self) -> None:
        """Begin a branch, held, at the epoch shown, with the settings of the form.

        In the midst of an epoch it is the end of the one before.
        """
        run, shown = self.runs.shown, self.shown
        if run is None or shown is None or self.full_dataset is None:
            return
        if self.data.coming:
            words = "Other data are on their way, and a branch is on those it was learnt from."
            self.notified.emit(f"{words} Wait for them, or call them off.", True)
            return
        record = shown.record or run.history.records[-1]
        if record.epoch >= _MOST_EPOCHS:
            words = f"A run ends at epoch {_MOST_EPOCHS:,} at the latest: branch off before it."
            self.notified.emit(words, True)
            return
        run.history.protect(record.epoch)
        if record.epoch >= self.wanted_training.epochs:
            more = min(record.epoch + self.wanted_training.epochs, _MOST_EPOCHS)
            self.wanted_training = replace(self.wanted_training, epochs=more)
        self._start_run(Mode.PAUSED, record.checkpoint, Branch(run.key, record.epoch))

    def new_seed(self) -> None:
        """Start again from another random start."""
        seed = int(self._seeds.integers(0, 1_000_000))
        self.set_setting("seed", seed)
        self.rewind()

    def set_pace(self, pace: float | None) -> None:
        """Limit the speed to ``pace`` epochs per second, or not at all."""
        self.pace = pace
        if self._job is not None:
            self._job.set_pace(pace)
        self.pace_changed.emit()

    def _tell_of_branch(self, key: int, branch: Branch) -> None:
        mine, parent = self.runs.entry(key), self.runs.entry(branch.parent)
        assert mine is not None
        whose = "" if parent is None else f" of {parent.name}"
        self.notified.emit(
            f"{mine.name} goes on from epoch {branch.epoch}{whose}, held: change what you like, "
            "then play. Rewind goes back to epoch 0.",
            False,
        )

    def _command(self, mode: Mode, state: RunState) -> None:
        if self._job is not None:
            self._job.set_mode(mode)
            self._set_run_state(state)

    def _start_run(
        self,
        mode: Mode | None = None,
        start: Checkpoint | None = None,
        branch: Branch | None = None,
    ) -> None:
        """Replace the present run by a new one with the wanted settings, as soon as it can be."""
        assert self.full_dataset is not None
        request = RunRequest(self.full_dataset, self.wanted_data, mode, start, branch)
        pending = self.data.pending
        if pending is not None and pending.loaded is not None:
            # Data that have just come are not lost to a rewind before they could be used.
            request = replace(self._request_of(pending.loaded), mode=mode, start=start)
        try:
            self.data.prepare(request)
        except ExplorerError as error:
            self.notified.emit(str(error), True)

    @Slot(object)
    def _begin(self, prepared: Prepared) -> None:
        request, dataset = prepared.request, prepared.dataset
        mode = request.mode
        if mode is None:
            first = self.full_dataset is None
            # New data play on where the old ones had come to their end; what was held stays so.
            ended = request.loaded is not None and self.run_state is RunState.FINISHED
            mode = Mode.PLAYING if first or ended or self.is_running else Mode.PAUSED
        if self._job is not None:
            self._job.request_stop()
        if request.loaded is not None:
            self.full_dataset = request.full
            before = self.wanted_data.validation_size
            self.wanted_data = replace(
                self.wanted_data,
                dataset=request.loaded.name,
                validation_size=request.config.validation_size,
            )
            self.data.accept(request.loaded, request.config)
            if request.config.validation_size < before:
                self.notified.emit(
                    f"{before:,} validation images are too many for {dataset.name}; "
                    f"{request.config.validation_size:,} are set aside.",
                    False,
                )
        data_is_new = self.dataset is not dataset
        self.dataset = dataset
        self.data_config, self.training_config = request.config, self.wanted_training
        run = Run(
            key=self.runs.next_key(),
            history=History(self.training_config),
            data_config=self.data_config,
            reading=self.data.reading,
            dataset_name=dataset.name,
            added=request.full.extra,
            branch=request.branch,
            is_own_start=request.start is None,
        )
        self.runs.begin(run)
        if request.branch is not None:
            self._tell_of_branch(run.key, request.branch)
        self.live = self.divergence = self.diagnosis = self.pinned_epoch = None
        self.run_generation = self._pool.next_generation()
        self._job = TrainingJob(
            generation=self.run_generation,
            mailbox=self._mailbox,
            dataset=dataset,
            config=self.training_config,
            mode=mode,
            pace=self.pace,
            start=request.start,
        )
        if data_is_new:
            self.data.forget_readings()
            self.attack.dataset_changed()  # first: pages look at its choices
            self.dataset_changed.emit()
        self.run_started.emit()
        self.settings_changed.emit()
        self._set_run_state(RunState.RUNNING if mode is Mode.PLAYING else RunState.PAUSED)
        self._pool.start(self._job)
        (message, is_error), self._to_tell = self._to_tell, ("", False)
        if message:
            self.notified.emit(message, is_error)

    @Slot()
    def _frame(self) -> None:
        """Take everything the jobs have sent since the last frame."""
        events, latest = self._mailbox.take()
        moved = False
        for letter in events:
            if letter.generation == self.run_generation:
                moved |= self._run_event(letter.payload)
            elif any(part.take_event(letter) for part in self._told):
                continue
            elif letter.generation == ALWAYS and isinstance(letter.payload, Failed):
                self.tell(letter.payload)
        live = latest.get(LIVE_SLOT)
        if live is not None and live.generation == self.run_generation:
            self.live = live.payload
            moved = True
        if moved:
            self.progressed.emit()
            self.follow_thinning()
            if self.pinned_epoch is None and self.runs.is_live_shown:
                self._shown_changed()
        seen = latest.get(DIAGNOSIS_SLOT)
        if seen is not None and seen.generation == self.run_generation:
            self.diagnosis = seen.payload
            self.diagnosis_changed.emit()
        for part in self._answered:
            part.take_latest(latest)
        self.attack.frame(time.perf_counter())

    def _run_event(self, event: Any) -> bool:
        """Take in one event of the present run; return whether the shown model may have moved."""
        if isinstance(event, EpochRecord):
            self._learnt.append(event)
            self.epoch_recorded.emit(event)
            return True
        if isinstance(event, Change):
            self._learnt.add_change(event)
            self.setting_applied.emit(event)
        elif isinstance(event, Stopped):
            if event.finished and self._learnt.last_epoch >= self.training_config.epochs:
                self._set_run_state(RunState.FINISHED)
            elif self._job is not None and self._job.resting:
                self._set_run_state(RunState.PAUSED)
        elif isinstance(event, Divergence):
            self.divergence = event
            self._set_run_state(RunState.DIVERGED)
            self.notified.emit(str(event), True)
        elif isinstance(event, Failed):
            self._set_run_state(RunState.FAILED)
            self.tell(event)
        return False

    def tell(self, failure: Failed) -> None:
        """Tell of a job's error, in words or as a surprise."""
        if failure.expected:
            self.notified.emit(failure.message, True)
        else:
            self.surprised.emit(f"{failure.what}: {failure.message}")

    def close(self) -> bool:
        """Stop everything; return whether every thread ended in time."""
        self._timer.stop()
        return self._pool.close(self.attack.jobs())
