"""What the bar below drives: the training, the film of an attack, or the epochs that are kept.

Whatever stands on the stage is played, stepped and gone through in one way: the bar, its keys and
the page know only this.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from PySide6.QtCore import QObject, Signal

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray


PLAY_WORDS = ("Play", "Pause")
"""All that the first button says."""

SPEED_STEPS = 100
"""The last place of the speed slider; the first is 0."""

Offer = tuple[str, "Callable[[], object]"]


@dataclass(frozen=True, slots=True)
class Mark:
    """A place of the line that can be clicked.

    Attributes
    ----------
    place : where, in steps or epochs
    kind : the star of the best epoch, the flag of the step at which the reading flips, the line at
        which a setting was changed, or the place where it branches off something else
    words : what it is, for a tooltip
    label : a word or two beside it
    """

    place: float
    kind: Literal["best", "flip", "change", "branch"]
    words: str
    label: str = ""


@dataclass(frozen=True, slots=True)
class Speeds:
    """What places of the speed slider mean: from one to the next it is the same factor."""

    slowest: float
    fastest: float
    last: int = SPEED_STEPS

    def at(self, place: int) -> float:
        """Return the speed at a place."""
        return float(self.slowest * (self.fastest / self.slowest) ** (place / self.last))

    def place_of(self, speed: float) -> int:
        """Return the place nearest to a speed."""
        share = math.log(speed / self.slowest) / math.log(self.fastest / self.slowest)
        return round(self.last * min(max(share, 0.0), 1.0))


class Transport(QObject):
    """What is played, and where it stands; each kind fills in what it has.

    Attributes
    ----------
    unit : what a place is counted in, "epoch" or "step"
    extras : names of commands whose buttons stand beside Play, as *One batch*
    saves : names of commands that keep what is played, behind one button
    """

    changed = Signal()
    """Something that the bar shows is another."""

    unit = "epoch"
    extras: tuple[str, ...] = ()
    saves: tuple[str, ...] = ()

    @property
    def length(self) -> float:
        """The last place there is going to be; 0 where there is nothing yet."""
        raise NotImplementedError

    @property
    def done(self) -> float:
        """How far one can go now."""
        raise NotImplementedError

    @property
    def place(self) -> float:
        """Where it stands."""
        raise NotImplementedError

    @property
    def is_playing(self) -> bool:
        """Whether it moves by itself."""
        raise NotImplementedError

    @property
    def can_play(self) -> bool:
        """Whether there is anything to play."""
        return self.done > 0

    @property
    def play_words(self) -> str:
        """What the first button does now."""
        return PLAY_WORDS[self.is_playing]

    @property
    def play_help(self) -> str:
        """What the first button would do, where that is not plain; a sentence."""
        return ""

    @property
    def marks(self) -> tuple[Mark, ...]:
        """Places worth going to."""
        return ()

    @property
    def kept(self) -> NDArray[Any] | None:
        """Places that can be shown, rising; None for every one as far as it has come."""
        return None

    @property
    def place_words(self) -> tuple[str, ...]:
        """Where it stands, in words with ``<b>``, the longest wording first."""
        return (f"{self.unit} <b>{self.place:g}</b> of {self.length:g}",)

    @property
    def widest(self) -> str:
        """The longest words that :attr:`place_words` are going to be: so much room is kept."""
        number = f"{self.length:g}"
        return f"{self.unit} <b>{'0' * len(number)}</b> of {number}"

    @property
    def status(self) -> str:
        """What is happening, in a sentence for the message line."""
        return ""

    @property
    def offer(self) -> Offer | None:
        """What can be done about it: a blue verb behind the sentence, and what it does."""
        return None

    def leave(self) -> None:
        """Do what is to be done when it is on the stage no more: play nothing that nobody sees."""

    def toggle(self) -> None:
        """Play on, begin again at the end, or hold."""
        raise NotImplementedError

    def move(self, offset: int) -> None:
        """Hold, and show the place so many on, or back."""
        raise NotImplementedError

    def go_to(self, place: float) -> None:
        """Hold, and show the nearest place there is."""
        raise NotImplementedError

    @property
    def speed(self) -> int:
        """Place of the speed slider, 0 to 100."""
        raise NotImplementedError

    @property
    def speed_words(self) -> str:
        """How fast it plays, in words."""
        raise NotImplementedError

    def set_speed(self, place: int) -> None:
        """Play as fast as a place of the slider says."""
        raise NotImplementedError
