"""What is kept of an attack: all its steps, what they are steps of, and all of it as files."""

from __future__ import annotations

import io
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from core.report.figures import Table

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from core.attack import AttackStep

_NO_CHANGE = 1e-6
"""Amplified by more than a million, rounding is all there is to be seen."""


@dataclass(frozen=True, eq=False)
class Film:
    """What is kept of an attack.

    Attributes
    ----------
    steps : all of it, the start first; never empty
    chosen : (n_features,), what changes are measured from
    stretched : whether images are shown from their smallest to their largest value, as of noise
    image_shape : (height, width)
    class_names : one per class
    target : class it is pushed toward
    """

    steps: Sequence[AttackStep]
    chosen: NDArray[Any]
    image_shape: tuple[int, int]
    class_names: tuple[str, ...]
    target: int
    stretched: bool = False

    @cached_property
    def shown_limit(self) -> float:
        """The largest pixel of any change: one scale for all frames, so that growth is seen."""
        largest = float(max(np.abs(step.image - self.chosen).max() for step in self.steps))
        return largest if largest > _NO_CHANGE else 1.0

    def traces(self) -> Table:
        """Return what the traces show, one row per step, read exactly as computed."""
        names = (f"p {name}" for name in self.class_names)
        rows = (
            (step.number, self.class_names[step.predicted], *map(float, numbers))
            for step in self.steps
            for numbers in [
                (step.loss, step.gradient_norm, step.l2, step.linf, *step.probabilities.tolist())
            ]
        )
        header = ("step", "read_as", "loss", "gradient_norm", "l2", "linf", *names)
        return Table(header, tuple(rows))

    def to_npz(self) -> bytes:
        """Return all images and traces, without pickles: what another program goes on with."""
        made = io.BytesIO()
        np.savez_compressed(
            made,
            images=np.array([step.image.reshape(self.image_shape) for step in self.steps]),
            chosen=self.chosen.reshape(self.image_shape),
            probabilities=np.array([step.probabilities for step in self.steps]),
            l2=np.array([step.l2 for step in self.steps]),
            linf=np.array([step.linf for step in self.steps]),
            loss=np.array([step.loss for step in self.steps]),
            target=np.int64(self.target),
            class_names=np.array(self.class_names, dtype=np.str_),
        )
        return made.getvalue()
