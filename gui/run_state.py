"""What the session says about a run: plain values, read by pages and by tests."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Any

import numpy as np

from core.perceptron import SoftmaxPerceptron
from core.samples import same_samples

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from core.data_config import DataConfig
    from core.dataset import Split
    from core.diagnostics import Diagnosis
    from core.history import History
    from core.sources.reading import ReadingConfig
    from core.training import EpochRecord
    from gui.training_job import LiveState


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


@dataclass(frozen=True, slots=True)
class ShownDiagnosis:
    """A diagnosis, with the weights and the images it is about."""

    weights: NDArray[Any]
    split: Split
    diagnosis: Diagnosis


@dataclass(frozen=True, slots=True)
class EarlierRun:
    """A run that was replaced, kept for comparison; ``extra`` are the samples added to its data."""

    history: History
    data_config: DataConfig
    reading: ReadingConfig
    dataset_name: str
    extra: Split | None = None

    def is_on(self, data_config: DataConfig, reading: ReadingConfig) -> bool:
        """Whether it learnt those data, however many of them, read in the same way."""
        return self.data_config.dataset == data_config.dataset and self.reading == reading

    def is_twin_of(self, other: EarlierRun) -> bool:
        """Whether both must have the same curve, as far as the shorter goes."""
        return (
            self.data_config == other.data_config
            and self.reading == other.reading
            and same_samples(self.extra, other.extra)
            and self.history.config == other.history.config
            and np.array_equal(self.history.records[0].weights, other.history.records[0].weights)
            and not self.history.changes
            and not other.history.changes
        )


def with_run(runs: list[EarlierRun], new: EarlierRun) -> list[EarlierRun]:
    """Return ``runs`` with ``new`` at the end; of twins the longer one is enough."""
    twins = [run for run in runs if run.is_twin_of(new)]
    if any(len(run.history) >= len(new.history) for run in twins):
        return runs
    return [run for run in runs if run not in twins] + [new]


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
