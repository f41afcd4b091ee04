"""Training driven live: played, paused, stepped and paced from the window."""

from __future__ import annotations

import time
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Any

from core.learning.history import Change
from core.learning.last_batch import one_batch
from core.learning.training import Divergence, EpochRecord, Trainer
from gui.jobs.worker import Job

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from core.data.dataset import Dataset
    from core.learning.config import TrainingConfig
    from core.learning.last_batch import BatchStep
    from core.learning.training import BatchRecord, Checkpoint, Scores
    from gui.jobs.mailbox import Channel

FRAME_SECONDS = 1 / 30
_MOST_BATCHES_PER_RECORD = 64
_FULL_SPEED_SLICE = 0.004
"""Seconds of work between two looks at commands at full speed: a pause is felt at once."""

_SPEED_WINDOW = 0.5
"""Seconds over which the shown speed is measured."""


class Mode(Enum):
    """What the job is doing with its run."""

    PAUSED = "paused"
    PLAYING = "playing"
    BATCH = "one batch"
    EPOCH = "one epoch"


@dataclass(frozen=True, slots=True)
class LiveState:
    """The run as it is now.

    ``weights`` is a read-only copy; ``epochs_per_second`` is None until it can be measured,
    ``scores`` unless the run rests within an epoch: at its ends there is a record.
    """

    progress: BatchRecord
    weights: NDArray[Any]
    epochs_per_second: float | None
    scores: Scores | None = None


@dataclass(frozen=True, slots=True)
class Stopped:
    """The job stopped moving: ``finished`` when the last epoch asked for is reached."""

    finished: bool


class TrainingJob(Job):
    """One run of a :class:`Trainer`.

    Parameters
    ----------
    channel
        The way of its letters.
    dataset, config
        What is trained.
    mode
        How it begins.
    pace
        Epochs per second at most, or None for as fast as possible.
    start
        Where to go on, instead of the start that ``config`` draws.
    """

    def __init__(
        self,
        channel: Channel,
        dataset: Dataset,
        config: TrainingConfig,
        mode: Mode,
        pace: float | None,
        start: Checkpoint | None = None,
    ) -> None:
        super().__init__("training", channel)
        self._dataset = dataset
        self._config = config
        self._mode = mode
        self._pace = pace
        self._checkpoint = start
        self._changes: list[dict[str, Any]] = []
        self._next_due = 0.0
        self._last_sent = 0.0
        self._speed: float | None = None
        self._speed_mark: tuple[float, float] | None = None
        self._moving = False
        self._more_batches = 0

    # Commands, called from the window's thread.

    def set_mode(self, mode: Mode) -> None:
        """Play, pause or step."""
        with self._wake:
            # A second "one batch" during the first is a second batch, not the same one again.
            again = mode is Mode.BATCH and self._mode is Mode.BATCH
            self._more_batches = self._more_batches + 1 if again else 0
            self._mode = mode
            self._next_due = 0.0
            self._wake.notify_all()

    def set_pace(self, pace: float | None) -> None:
        """Limit the speed to ``pace`` epochs per second, or not at all."""
        with self._wake:
            self._pace = pace
            self._next_due = 0.0
            self._wake.notify_all()

    def change(self, **settings: Any) -> None:
        """Change live settings from the next batch on."""
        with self._wake:
            self._changes.append(settings)
            self._wake.notify_all()

    @property
    def resting(self) -> bool:
        """Whether no command is left to carry out."""
        return self._mode is Mode.PAUSED

    # The thread.

    def work(self) -> None:
        """Drive the trainer until stopped or diverged."""
        trainer = Trainer(self._dataset, self._config, start=self._checkpoint)
        start = next(trainer.run())
        assert isinstance(start, EpochRecord)
        self.post(start)
        self._send(trainer)
        while trainer.diverged is None:
            mode, changes = self._await_command()
            if mode is None:
                return
            for settings in changes:
                self._apply(trainer, settings)
            if changes:
                continue  # a change is no reason to move before the next piece is due
            if mode is Mode.PLAYING and trainer.epoch >= trainer.config.epochs:
                self._come_to_rest(trainer, mode, finished=True)
            elif mode is not Mode.PAUSED:
                self._move(trainer, mode)
            elif self._moving:  # paused from outside: show exactly where
                self._come_to_rest(trainer, mode, finished=False)

    def _await_command(self) -> tuple[Mode | None, list[dict[str, Any]]]:
        """Wait until there is something to do; return the mode (None to stop) and changes."""
        with self._wake:
            while not self.is_stopping and not self._changes:
                if self._mode is Mode.PAUSED:
                    if self._moving:
                        break
                    self._wake.wait()
                    continue
                pause = self._next_due - time.perf_counter()
                if pause <= 0:
                    break
                self._wake.wait(pause)  # any command wakes it early and is looked at first
            changes, self._changes = self._changes, []
            return None if self.is_stopping else self._mode, changes

    def _apply(self, trainer: Trainer, settings: dict[str, Any]) -> None:
        before = trainer.config
        trainer.change(**settings)
        place = trainer.progress().place
        for name, new in settings.items():
            old = getattr(before, name)
            if old != new:
                self.post(Change(place, trainer.step, name, old, new))

    def _move(self, trainer: Trainer, mode: Mode) -> None:
        """Advance by one piece of work and send what came of it."""
        self._moving = True
        step: BatchStep | None = None
        if mode is Mode.BATCH:
            event, step = one_batch(trainer)
        else:
            trainer.batches_per_record = self._piece(trainer)
            event = next(trainer.run(until_epoch=trainer.epoch + 1))
        if isinstance(event, (EpochRecord, Divergence)):
            self.post(event)
        if step is not None:
            self.post(step)
        if isinstance(event, Divergence):
            return
        self._measure_speed(trainer)
        if mode is Mode.BATCH or (mode is Mode.EPOCH and isinstance(event, EpochRecord)):
            self._come_to_rest(trainer, mode, finished=trainer.epoch >= trainer.config.epochs)
        elif time.perf_counter() - self._last_sent >= FRAME_SECONDS:
            self._send(trainer)

    def _piece(self, trainer: Trainer) -> int:
        """Return how many batches to do before looking at commands again, and set when."""
        n_batches = trainer.n_batches
        now = time.perf_counter()
        if self._pace is None:
            done = max(trainer.step, 1)
            per_batch = trainer.train_seconds / done if trainer.train_seconds else 1e-4
            return max(1, min(_MOST_BATCHES_PER_RECORD, int(_FULL_SPEED_SLICE / per_batch)))
        per_frame = n_batches * self._pace * FRAME_SECONDS
        # A piece ends with its epoch, and only what is done is charged.
        progress = trainer.progress()
        piece = max(1, min(round(per_frame), progress.n_batches - progress.batch))
        # Due times are counted on from the last one, so that pauses do not add up to a slower
        # run; after a real delay the clock starts afresh instead of racing to catch up.
        due = max(self._next_due, now - FRAME_SECONDS)
        self._next_due = due + piece / (n_batches * self._pace)
        return piece

    def _come_to_rest(self, trainer: Trainer, mode: Mode, *, finished: bool) -> None:
        with self._wake:
            if self._more_batches:
                self._more_batches -= 1
            elif self._mode is mode:  # else a command came meanwhile, and it counts
                self._mode = Mode.PAUSED
            self._next_due = 0.0
        self._moving = False
        self._speed_mark = None
        progress = trainer.progress()
        self._send(trainer, trainer.measure() if progress.position else None)
        self.post(Stopped(finished))

    def _send(self, trainer: Trainer, scores: Scores | None = None) -> None:
        self._last_sent = time.perf_counter()
        self.put_latest(LiveState(trainer.progress(), trainer.snapshot(), self._speed, scores))

    def _measure_speed(self, trainer: Trainer) -> None:
        place = trainer.progress().place
        now = time.perf_counter()
        if self._speed_mark is None:
            self._speed_mark = (now, place)
            return
        then, before = self._speed_mark
        if now - then >= _SPEED_WINDOW:
            self._speed = (place - before) / (now - then)
            self._speed_mark = (now, place)
