"""One of two models that are compared."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Side:
    """A run (None: the one shown) and a place in it.

    Attributes
    ----------
    run : its number
    place : "best", "now", "shown", "start" or "chosen"
    epoch : where the place is "chosen"
    """

    run: int | None = None
    place: str = "now"
    epoch: int = 0
