"""The batch that a run has learnt from last: which images it held, and what one update did."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from core.learning.perceptron import SoftmaxPerceptron
from core.learning.training import EpochRecord, pass_order
from core.words import significant

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from core.data.dataset import Split
    from core.learning.config import TrainingConfig
    from core.learning.training import BatchRecord, Divergence, Trainer


@dataclass(frozen=True, slots=True, eq=False)
class Batch:
    """Images of one update, and which of them a model reads rightly.

    Attributes
    ----------
    number, n_batches : which of its pass it is, from 1 on
    epoch : the pass it belongs to, 0 the first
    is_to_come : whether it has not been learnt from yet: a run at its start has none behind it
    images : (n,) numbers of training images, in the order in which they are averaged
    right : (n,)
    """

    number: int
    n_batches: int
    epoch: int
    is_to_come: bool
    images: NDArray[np.int64]
    right: NDArray[np.bool_]


def batch_at(
    progress: BatchRecord, config: TrainingConfig, train: Split, weights: NDArray[Any]
) -> Batch:
    """Return the batch done last at ``progress``, or at the very start the one that comes first.

    Parameters
    ----------
    config : of the run, as it is there
    weights : (n_classes, n_features + 1) of the model that reads it
    """
    n = train.n_samples
    size = min(config.batch_size, n)
    is_to_come = progress.epoch == 0 and progress.position == 0
    epoch, last = progress.epoch, progress.position
    if is_to_come:
        last = size
    elif last == 0:  # at the end of a pass
        epoch, last = epoch - 1, n
        size = progress.size or n % size or size
    else:
        size = progress.size or size
    first = max(last - size, 0)
    number = progress.batch or (1 if is_to_come else progress.n_batches)
    order = pass_order(config, epoch, first, n)
    images = np.arange(first, last) if order is None else order[first:last]
    right = SoftmaxPerceptron(weights).predict(train.images[images]) == train.labels[images]
    return Batch(number, progress.n_batches, epoch, is_to_come, images, right)


@dataclass(frozen=True, slots=True)
class BatchStep:
    """What one update did to the mean loss, ``-log y_true``, of the images it was made from."""

    n_images: int
    before: float
    after: float

    def __str__(self) -> str:
        """Say it, as in ``The loss of these 20 images fell from 2.303 to 2.271``."""
        which = "this image" if self.n_images == 1 else f"these {self.n_images:,} images"
        before, after = _written(self.before), _written(self.after)
        if before == after:
            return f"The loss of {which} stayed at {before}."
        how = "fell" if self.after < self.before else "rose"
        return f"The loss of {which} {how} from {before} to {after}."


def one_batch(trainer: Trainer) -> tuple[BatchRecord | EpochRecord | Divergence, BatchStep | None]:
    """Do exactly one update; return what came of the run and of its batch, unless it diverged."""
    before = trainer.snapshot()
    trainer.batches_per_record = 1
    event = next(trainer.run(until_epoch=trainer.epoch + 1))
    if trainer.diverged is not None:
        return event, None
    train = trainer.dataset.train
    batch = batch_at(trainer.progress(), trainer.config, train, before)
    split = train.take(batch.images)
    losses = [-SoftmaxPerceptron(w).evaluate(split)[1] for w in (before, trainer.weights)]
    return event, BatchStep(len(batch.images), *losses)


def _written(loss: float) -> str:
    return f"{loss:.3f}" if abs(loss) >= 0.1 else significant(loss)
