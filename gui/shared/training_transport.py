"""The training as what is played: Learn and Tune put it on the stage."""

from __future__ import annotations

import math
from functools import partial
from typing import TYPE_CHECKING, Any

from core.errors import printable
from core.learning.records import epoch_words
from core.words import significant
from gui.session.run_state import RunState
from gui.session.training import MOST_EPOCHS
from gui.shared.transport import SPEED_STEPS, Mark, Speeds, Transport

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from PySide6.QtCore import QObject

    from gui.session.session import Session
    from gui.shared.transport import Offer

PACES = Speeds(0.2, 100.0, last=SPEED_STEPS - 1)
"""Epochs per second, before "as fast as possible" at the end of the slider."""


class EpochPlaces(Transport):
    """Places that are epochs of the run shown: the newest, or one that keeps its weights."""

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session, self._view = session, session.view
        for signal in (
            session.view.run_started,
            session.view.progressed,
            session.view.shown_changed,
            session.view.run_state_changed,
            session.training.setting_applied,
            session.wanted.changed,
            session.data.changed,
            session.runs.changed,
        ):
            signal.connect(self.changed)

    @property
    def length(self) -> float:
        """The epoch at which the run shown stops."""
        history = self._view.history
        if self._session.runs.is_live_shown or history is None:
            return max(self._view.training_config.epochs, math.ceil(self.done))
        return history.last_epoch

    @property
    def done(self) -> float:
        """How far the run shown has come."""
        history, live = self._view.history, self._view.shown_live
        if history is None:
            return 0.0
        return max(live.progress.place if live else 0.0, history.last_epoch)

    @property
    def place(self) -> float:
        """The epoch that every view shows."""
        shown = self._view.shown
        return 0.0 if shown is None else shown.epoch

    @property
    def marks(self) -> tuple[Mark, ...]:
        """The best epoch, those at which a setting was changed, and where the run branched off."""
        history, runs = self._view.history, self._session.runs
        run = runs.shown
        if history is None or run is None or not history.records:
            return ()
        best = Mark(history.best.epoch, "best", "best held-out log-likelihood")
        changes = (Mark(c.epoch, "change", str(c), c.label) for c in self._view.shown_changes)
        if run.branch is None:
            return (best, *changes)
        parent = runs.entry(run.branch.parent)
        name = "a removed run" if parent is None else parent.name
        words = f"branches off {name} at epoch {run.branch.epoch}"
        return (Mark(run.branch.epoch, "branch", words), best, *changes)

    @property
    def kept(self) -> NDArray[Any] | None:
        """Epochs whose weights are kept, where not all are."""
        history = self._view.history
        return None if history is None or history.stride == 1 else history.kept_epochs

    @property
    def place_words(self) -> tuple[str, ...]:
        """The epoch shown; within one the batch, too."""
        plain = f"epoch {int(self.place)}"
        batch = epoch_words(self.place).removeprefix(plain)
        short = f"epoch <b>{int(self.place)}</b>"
        return (f"{short}{batch or f' of {self.length:,.0f}'}", short)

    @property
    def widest(self) -> str:
        """Room for the batch within an epoch."""
        dataset, config = self._view.dataset, self._view.training_config
        n = 0 if dataset is None else -(-dataset.train.n_samples // config.batch_size)
        epoch, batch = "0" * len(f"{self.length:.0f}"), "0" * len(f"{n:,}")
        return f"epoch <b>{epoch}</b>, batch {batch} of {batch}"

    def move(self, offset: int) -> None:
        """Show the kept epoch so many on, or back."""
        self._view.show_neighbour(offset)

    def go_to(self, place: float) -> None:
        """Show the nearest kept epoch; at the end what is newest, and go along with it."""
        runs = self._session.runs
        at_end = place >= self.done and runs.is_live_shown
        self._view.show_epoch(None if at_end else round(place))

    def _shown_words(self) -> str:
        """Say which model every view shows."""
        shown, runs = self._view.shown, self._session.runs
        if shown is None:
            return ""
        entry = None if runs.is_live_shown else runs.entry(runs.shown_key)
        of_run = "" if entry is None else f" of {printable(entry.name)}"
        return f"Every view shows epoch {int(shown.epoch)}{of_run}."

    def _run_name(self) -> str:
        """Return the name of the run that learns, as a sentence begins."""
        entry = self._session.runs.entry(self._session.runs.live_key)
        name = "the run" if entry is None else printable(entry.name)
        return name[:1].upper() + name[1:]


class TrainingTransport(EpochPlaces):
    """Plays and steps the run that is being trained."""

    extras = ("step_batch", "step_epoch")

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(session, parent)
        session.training.pace_changed.connect(self.changed)

    @property
    def is_playing(self) -> bool:
        """Whether the run learns."""
        return self._view.is_running

    @property
    def can_play(self) -> bool:
        """Whether there is a run that can go on, or begin again."""
        return self._session.training.can_play

    def toggle(self) -> None:
        """Learn on, or hold; after its end begin the run shown anew. What learns is looked at."""
        if not self._session.runs.is_live_shown and not self._session.training.begins_anew:
            self._view.show_run(None)
        self._session.training.toggle()

    @property
    def play_help(self) -> str:
        """Which run it goes on with, or begins, where that is not plain from what is shown."""
        runs = self._session.runs
        shown = runs.entry(runs.shown_key)
        if shown is None or runs.is_live_shown or not self.can_play or self.is_playing:
            return ""
        if self._session.training.begins_anew:
            return f"Play begins {runs.next_name} with the settings of {printable(shown.name)}."
        live = runs.entry(runs.live_key)
        return "" if live is None else f"Play goes on with {printable(live.name)}."

    @property
    def status(self) -> str:
        """What the run does, and what Play would do where another is shown."""
        return f"{self._state_words} {self.play_help}".strip()

    @property
    def _state_words(self) -> str:
        session, view = self._session, self._view
        if view.run_state is RunState.FAILED:
            return "There is no run: open data, or start again."
        if view.run_state is RunState.DIVERGED:
            shown = "" if session.runs.is_live_shown else self._shown_words()
            return f"{self._run_name()} has ended: its numbers grew without bound. {shown}".strip()
        if view.shown is None:
            return "Starting ..."
        name = self._run_name()
        if view.run_state is RunState.RUNNING:
            speed = view.live.epochs_per_second if view.live else None
            speed_words = "" if speed is None else f", about {_rounded(speed)} epochs a second"
            return f"{name} learns{speed_words}. {self._shown_words()}"
        if view.run_state is RunState.FINISHED:
            return f"{name} has learnt all its epochs. {self._shown_words()}"
        return f"{name} is held. {self._shown_words()}"

    @property
    def offer(self) -> Offer | None:
        """At its end the run can go on for as many epochs again."""
        view = self._view
        more = min(2 * view.training_config.epochs, MOST_EPOCHS)
        at_end = view.run_state is RunState.FINISHED and view.runs.is_live_shown
        if not at_end or more <= self.done:
            return None
        return f"Go on to epoch {more:,}", partial(self._go_on, more)

    def _go_on(self, epochs: int) -> None:
        self._session.wanted.set_setting("epochs", epochs)
        self._session.training.play()

    @property
    def speed(self) -> int:
        """Place of the slider for epochs a second."""
        pace = self._session.training.pace
        return SPEED_STEPS if pace is None else PACES.place_of(pace)

    @property
    def speed_words(self) -> str:
        """At most so many epochs a second."""
        pace = self._session.training.pace
        return "full speed" if pace is None else f"{significant(pace)} epochs/s"

    def set_speed(self, place: int) -> None:
        """Learn at most so fast from now on."""
        self._session.training.set_pace(None if place == SPEED_STEPS else PACES.at(place))


def _rounded(speed: float) -> str:
    """Return a speed to the digits that stay while it is read."""
    return f"{speed:,.0f}" if speed >= 2 else significant(speed, 1)
