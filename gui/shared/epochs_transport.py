"""The kept epochs of a run as what is played: pages that show what a run has come to."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import Slot

from core.words import significant
from gui.session.player import Player
from gui.shared.training_transport import EpochPlaces
from gui.shared.transport import Speeds

if TYPE_CHECKING:
    from PySide6.QtCore import QObject

    from gui.session.session import Session

_SPEEDS, _USUAL = Speeds(1.0, 60.0), 8.0
"""Epochs that pass in a second."""


class EpochsTransport(EpochPlaces):
    """Plays through the epochs of the run shown that keep their weights; nothing is trained."""

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(session, parent)
        self._player = Player(session.pool.frame, speed=_USUAL, parent=self)
        self._epochs: list[int] = []
        """What is being played."""
        self._own = False
        """Whether it is this that shows another epoch now."""
        self._player.position_changed.connect(self._show)
        self._player.playing_changed.connect(self.changed)
        session.view.shown_changed.connect(self._shown_changed)
        session.view.run_shown.connect(self._player.pause)
        session.view.run_started.connect(self._player.pause)

    @property
    def is_playing(self) -> bool:
        """Whether one epoch follows the other."""
        return self._player.playing

    def toggle(self) -> None:
        """Play on from the epoch shown, from the first at the end; or hold."""
        player, history = self._player, self._view.history
        if player.playing or history is None or not history.records:
            player.pause()
            return
        self._epochs = history.kept_epochs.tolist()
        player.n_frames = len(self._epochs)
        player.position = int(np.searchsorted(self._epochs, self.place))
        player.play()

    def leave(self) -> None:
        """Hold."""
        self._player.pause()

    @Slot()
    def _show(self) -> None:
        place = self._player.position
        if place < len(self._epochs):
            self._own = True
            is_newest = place == self._player.last and self._view.runs.is_live_shown
            self._view.show_epoch(None if is_newest else self._epochs[place])
            self._own = False

    @Slot()
    def _shown_changed(self) -> None:
        """Hold where somebody has gone elsewhere."""
        if not self._own and self._player.playing:
            self._player.pause()

    @property
    def status(self) -> str:
        """Which epoch is shown, and whether the run goes on meanwhile."""
        learns = f"{self._run_name()} learns on. " if self._view.is_running else ""
        return f"{learns}{self._shown_words()}"

    @property
    def speed(self) -> int:
        """Place of the slider."""
        return _SPEEDS.place_of(self._player.speed)

    @property
    def speed_words(self) -> str:
        """So many epochs pass in a second."""
        return f"{significant(self._player.speed, 2)} epochs/s"

    def set_speed(self, place: int) -> None:
        """Let more epochs pass in a second, or fewer."""
        self._player.set_speed(_SPEEDS.at(place))
        self.changed.emit()
