"""What the session says about a run: plain values, read by pages and by tests."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Any

from core.learning.perceptron import SoftmaxPerceptron

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from core.learning.history import History
    from core.learning.training import EpochRecord
    from gui.session.training_job import LiveState


class RunState(Enum):
    """What the present run is doing."""

    LOADING = "opening data"
    RUNNING = "learning"
    PAUSED = "paused"
    FINISHED = "finished"
    DIVERGED = "diverged"
    FAILED = "failed"


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


def shown_model(
    history: History | None, live: LiveState | None, pinned_epoch: int | None
) -> Shown | None:
    """Return the model to show: the pinned epoch's, else the live one, None before the start."""
    if history is None or not history.records:
        return None
    if pinned_epoch is not None:
        record = history.nearest(pinned_epoch)
        return Shown(record.epoch, record.weights, record, live=False)
    last = history.records[-1]
    if live is None or live.fraction <= last.epoch:
        return Shown(last.epoch, last.weights, last, live=True)
    return Shown(live.fraction, live.weights, None, live=True)
