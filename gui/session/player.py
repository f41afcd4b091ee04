"""What is played frame by frame: where it stands, how fast it goes, what follows its end.

What is played is computed as fast as possible: the speed of playing has nothing to do with the
speed of computing.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtCore import SignalInstance

DEFAULT_SPEED = 20.0
"""Frames in a second."""

_END_SECONDS = 1.0
"""What is played again and again rests at its end for so long."""


class Player(QObject):
    """So many frames, and the one shown; whoever stands at the end stays at the end of what comes.

    Parameters
    ----------
    tick : the signal at which it plays on, 30 times a second
    n_frames : how many there are; 0 where there is nothing to be played
    speed : frames in a second, and what is usual of it
    clock : seconds
    """

    position_changed = Signal()
    playing_changed = Signal()

    def __init__(
        self,
        tick: SignalInstance,
        *,
        n_frames: int = 0,
        speed: float = DEFAULT_SPEED,
        clock: Callable[[], float] = time.perf_counter,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._clock = clock
        self.n_frames, self.speed, self.usual = n_frames, speed, speed
        self.position = self.last
        """Number of the frame shown."""
        self.playing = False
        self.looping = False
        """Whether it begins again at its end."""
        self.is_growing = False
        """Whether more frames are to come: its end is not the end yet."""
        self._stands_at: int | None = None
        """Where a person wants to stand, though the frames may not be there; None: at the end."""
        self._played_from, self._played_at = 0, 0.0
        tick.connect(self._play_on)

    @property
    def last(self) -> int:
        """Number of the last frame; 0 without any."""
        return max(self.n_frames - 1, 0)

    def play(self, *, from_start: bool = False) -> None:
        """Play on, or from the start when it stands at the end."""
        if not self.n_frames:
            return
        if from_start or self.position >= self.last:
            self.position = 0
        self._begin()
        self._set_playing(True)
        self.position_changed.emit()

    def play_what_comes(self) -> None:
        """Play on from the end: more frames are on their way."""
        self.is_growing = True
        self._begin()
        self._set_playing(True)

    @Slot()
    def pause(self) -> None:
        """Hold."""
        if self.playing:
            self._stands_at = self.position
        self._set_playing(False)

    @Slot()
    def toggle(self) -> None:
        """Play or hold."""
        (self.pause if self.playing else self.play)()

    @Slot(int)
    def go_to(self, position: int) -> None:
        """Show one frame; holds."""
        self._set_playing(False)
        self.position = self._stands_at = min(max(position, 0), self.last)
        self.position_changed.emit()

    def stand_at_end(self) -> None:
        """Hold, and stand at the end of what comes, which is of another kind."""
        self._set_playing(False)
        self._stands_at = None

    @property
    def stops_at(self) -> int | None:
        """A frame at which what is played is held, once it comes there from before."""
        return None

    def set_looping(self, looping: bool) -> None:
        """Let it begin again at its end, or stay there."""
        self.looping = looping

    def set_speed(self, speed: float) -> None:
        """Set how many frames pass in a second."""
        if speed != self.speed:
            self.speed = speed
            self._begin()

    def set_usual(self, usual: float) -> None:
        """Let another speed be usual, and play so many times as fast as before."""
        factor, self.usual = self.speed / self.usual, usual
        self.set_speed(factor * usual)

    def replace(self, n_frames: int) -> None:
        """Play others from now on, as many as there are of them yet."""
        if self._stands_at is not None and self._stands_at == self.position == self.last:
            self._stands_at = None
        self.grow(n_frames)

    def grow(self, n_frames: int) -> None:
        """Let there be so many frames of what is played."""
        self.n_frames = n_frames
        if self.playing:  # others may not have come yet to where it is played
            self.position = min(max(self.position, self._played_from), self.last)
        elif self._stands_at is None:
            self.position = self.last
        else:  # it grows back to where one stood
            self.position = min(self._stands_at, self.last)

    def clear(self) -> None:
        """Have nothing to be played; what was being played has ended."""
        self.n_frames = self.position = 0
        self._stands_at, self.is_growing = None, False
        self._set_playing(False)

    def _begin(self) -> None:
        self._played_from, self._played_at = self.position, self._clock()

    def _set_playing(self, playing: bool) -> None:
        if playing != self.playing:
            self.playing = playing
            self.playing_changed.emit()

    @Slot()
    def _play_on(self) -> None:
        if not self.playing or not self.n_frames:
            return
        played = (self._clock() - self._played_at) * self.speed
        place, stop = int(self._played_from + played), self.stops_at
        if stop is not None and self._played_from < stop <= place:
            self.go_to(stop)
            return
        if place > self.last and self.is_growing:  # it waits, and plays what comes from there on
            self._played_from, self._played_at = max(self._played_from, self.last), self._clock()
        place = min(place, self.last)
        if place != self.position:
            self.position = place
            self.position_changed.emit()
        if self.position < self.last or self.is_growing:
            return
        if not self.looping:
            self.pause()
        elif played > self.last - self._played_from + _END_SECONDS * self.speed:
            self.play(from_start=True)
