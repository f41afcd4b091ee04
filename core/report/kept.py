"""What is kept of an attack: all its steps, and what they are steps of."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from core.errors import ReportError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from core.attack import AttackStep

NO_FILM = "There is no film yet: open the Attack page and choose an image and a target first."

_NO_CHANGE = 1e-6
"""Amplified by more than a million, rounding is all there is to be seen."""


@dataclass(frozen=True, eq=False)
class Film:
    """What is kept of an attack.

    Attributes
    ----------
    steps : all of it, the start first
    chosen : (n_features,), what changes are measured from
    image_shape : (height, width)
    class_names : one per class
    target : class it is pushed toward
    """

    steps: Sequence[AttackStep]
    chosen: NDArray[Any]
    image_shape: tuple[int, int]
    class_names: tuple[str, ...]
    target: int

    def __post_init__(self) -> None:
        """Refuse a film without steps."""
        if not self.steps:
            raise ReportError(NO_FILM)

    @cached_property
    def shown_limit(self) -> float:
        """The largest pixel of any change: one scale for all frames, so that growth is seen."""
        largest = float(max(np.abs(step.image - self.chosen).max() for step in self.steps))
        return largest if largest > _NO_CHANGE else 1.0

    def words(self, step: AttackStep) -> str:
        """Return how far a step is from the chosen image."""
        return f"step {step.step}: length {step.l2:.3f}, largest pixel {step.linf:.3f}"
