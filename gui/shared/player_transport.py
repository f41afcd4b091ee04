"""What a view plays of its own, for the bar below."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.words import significant
from gui.shared.transport import Speeds, Transport

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtCore import QObject

    from gui.session.player import Player
    from gui.shared.transport import Mark


class PlayerTransport(Transport):
    """Drives a :class:`~gui.session.player.Player`; its places are whole.

    Parameters
    ----------
    unit : what a place is counted in
    frames : of the player in one place
    status : what is happening, in a sentence
    marks : places worth going to
    """

    def __init__(
        self,
        player: Player,
        parent: QObject | None,
        *,
        unit: str = "step",
        frames: int = 1,
        status: Callable[[], str] = str,
        marks: Callable[[], tuple[Mark, ...]] = tuple,
    ) -> None:
        super().__init__(parent)
        self.unit = unit
        self._player, self._frames = player, frames
        self._status, self._marks = status, marks
        player.position_changed.connect(self.changed)
        player.playing_changed.connect(self.changed)

    @property
    def length(self) -> float:
        """The last place."""
        return self._player.last / self._frames

    @property
    def done(self) -> float:
        """All of it is there, as far as it is known."""
        return self._player.last / self._frames

    @property
    def place(self) -> float:
        """Where the player stands."""
        return self._player.position / self._frames

    @property
    def is_playing(self) -> bool:
        """Whether it plays."""
        return self._player.playing

    @property
    def marks(self) -> tuple[Mark, ...]:
        """Places worth going to."""
        return self._marks()

    @property
    def place_words(self) -> tuple[str, ...]:
        """Where it stands, in whole places."""
        if self.unit == "%":
            return (f"<b>{self.place:.0f} %</b> of the change", f"<b>{self.place:.0f} %</b>")
        return (f"{self.unit} <b>{self.place:.0f}</b> of {self.length:g}",)

    @property
    def widest(self) -> str:
        """All of the change, or as many places as there are."""
        return "<b>000 %</b> of the change" if self.unit == "%" else super().widest

    @property
    def status(self) -> str:
        """What is happening."""
        return self._status()

    def toggle(self) -> None:
        """Play on, begin again at the end, or hold."""
        self._player.toggle()

    def move(self, offset: int) -> None:
        """Hold, and show the place so many on, or back."""
        self._player.go_to(self._player.position + offset * self._frames)

    def go_to(self, place: float) -> None:
        """Hold, and show the nearest place."""
        self._player.go_to(round(place * self._frames))

    def leave(self) -> None:
        """Hold."""
        self._player.pause()

    @property
    def _speeds(self) -> Speeds:
        """From a tenth of the usual speed to ten times as fast."""
        return Speeds(self._player.usual / 10, self._player.usual * 10)

    @property
    def speed(self) -> int:
        """Place of the speed slider."""
        return self._speeds.place_of(self._player.speed)

    @property
    def speed_words(self) -> str:
        """So many places pass in a second."""
        per_second = self._player.speed / self._frames
        return f"{significant(per_second)} {'%' if self.unit == '%' else 'steps'}/s"

    def set_speed(self, place: int) -> None:
        """Play as fast as a place of the slider says."""
        self._player.set_speed(self._speeds.at(place))
        self.changed.emit()
