"""What the session says about a run: plain values, read by pages and by tests."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Any

from core.learning.perceptron import SoftmaxPerceptron

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from core.learning.training import EpochRecord


class RunState(Enum):
    """What the present run is doing."""

    LOADING = "opening data"
    RUNNING = "learning"
    PAUSED = "paused"
    FINISHED = "finished"
    DIVERGED = "diverged"
    FAILED = "failed"


RUN_LOST = (RunState.DIVERGED, RunState.FAILED)
"""How a run ends that cannot go on."""


@dataclass(frozen=True, slots=True)
class Shown:
    """The model every view shows: live, or a recorded epoch when ``record`` is pinned."""

    epoch: float
    weights: NDArray[Any]
    record: EpochRecord | None
    live: bool

    def probabilities_of(self, image: NDArray[Any]) -> NDArray[Any]:
        """Return what this model makes of an image (n_features,): (n_classes,)."""
        return SoftmaxPerceptron(self.weights).probabilities(image)
