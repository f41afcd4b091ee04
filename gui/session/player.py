"""The film of an attack as it is played: where it stands, how fast it goes, what follows its end.

The animation plays through steps that are computed as fast as possible: its speed has nothing to
do with the speed of computing.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

if TYPE_CHECKING:
    from core.attack import AttackStep

DEFAULT_STEPS_PER_SECOND = 20.0

_END_SECONDS = 1.0
"""A film played again and again rests at its end for so long."""


class FilmPlayer(QObject):
    """The steps there are and the one shown."""

    position_changed = Signal()
    playing_changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.steps: list[AttackStep] = []
        self.position = 0
        self.playing = False
        self.looping = False
        """Whether the film begins again at its end."""
        self.computing = False
        """Whether more steps are to come."""
        self.steps_per_second = DEFAULT_STEPS_PER_SECOND
        self._play_place = 0.0
        self._played_at = 0.0
        self._stay_at_end = True
        self._stood_at = 0

    @property
    def step(self) -> AttackStep | None:
        """The step shown."""
        return self.steps[self.position] if self.steps else None

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

    def _begin_anew(self) -> None:
        """Let the film be replaced: whoever stood at the end of the old stays at the end."""
        self._stay_at_end = not self.steps or self.position >= len(self.steps) - 1
        self._stood_at = self.position
        self.steps = []

    def _append(self, steps: tuple[AttackStep, ...]) -> None:
        self.steps.extend(steps)
        last = len(self.steps) - 1
        if self._stay_at_end and not self.playing:
            self.position = last
        elif not self.playing:  # the film grows back to where one stood
            self.position = max(self.position, self._stood_at)
        self.position = min(self.position, last)

    def _animate(self, now: float) -> None:
        """Go on playing."""
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
        pause = _END_SECONDS * self.steps_per_second
        if not self.looping:
            self._set_playing(False)
        elif played * self.steps_per_second > last - self._play_place + pause:
            self.play(from_start=True)
