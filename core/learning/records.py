"""What a run tells of itself, and from where it can be gone on with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from numpy.typing import NDArray


class Place(float):
    """Epochs done: 2.5 is half-way through the third pass; it knows which batch of it is done."""

    batch: int
    n_batches: int

    @classmethod
    def of(cls, epoch: int, batch: int, n_batches: int) -> Place:
        """Return the place after a batch of a pass."""
        if batch == n_batches:
            epoch, batch = epoch + 1, 0
        place = cls(epoch + batch / n_batches)
        place.batch, place.n_batches = batch, n_batches
        return place


def epoch_words(epoch: float) -> str:
    """Return ``epoch 3``; in the midst of one ``epoch 3, batch 99 of 250``."""
    words = f"epoch {int(epoch)}"
    if isinstance(epoch, Place) and epoch.batch:
        words += f", batch {epoch.batch:,} of {epoch.n_batches:,}"
    return words


@dataclass(frozen=True, slots=True)
class BatchRecord:
    """Progress inside an epoch: ``batch`` of ``n_batches`` are done in pass ``epoch``.

    ``position`` images of the pass have been seen; the batch done last had ``size`` of them, or of
    those of the pass before; 0 where none is known.
    """

    epoch: int
    batch: int
    n_batches: int
    step: int
    position: int = 0
    size: int = 0

    @property
    def place(self) -> Place:
        """Epochs done, counted in batches."""
        return Place.of(self.epoch, self.batch, self.n_batches)

    @classmethod
    def at(
        cls,
        epoch: int,
        step: int,
        position: int,
        *,
        n_samples: int,
        batch_size: int,
        last_size: int = 0,
    ) -> BatchRecord:
        """Return the progress of a run that has seen ``position`` images of this pass."""
        done = -(-position // batch_size)
        n_left = -(-(n_samples - position) // batch_size)
        return cls(epoch, done, done + n_left, step, position, last_size)


class Scores(NamedTuple):
    """Fractions classified correctly, and means over samples of ``log y_true``.

    The validation pair is None without a validation part.
    """

    train_score: float
    train_log_likelihood: float
    test_score: float
    test_log_likelihood: float
    validation_score: float | None
    validation_log_likelihood: float | None


@dataclass(frozen=True, slots=True)
class EpochRecord:
    """The model after ``epoch`` passes; epoch 0 is the start.

    Scores are as in :class:`Scores`. ``weights`` is a read-only copy, and so is ``velocity``, None
    without momentum. ``seconds`` were spent on updates since the run began.
    """

    epoch: int
    step: int
    train_score: float
    train_log_likelihood: float
    test_score: float
    test_log_likelihood: float
    validation_score: float | None
    validation_log_likelihood: float | None
    weights: NDArray[Any]
    velocity: NDArray[Any] | None = None
    seconds: float = 0.0

    @property
    def checkpoint(self) -> Checkpoint:
        """From where a run goes on after this epoch."""
        return Checkpoint(self.weights, self.velocity, self.epoch, self.step)


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """All that a run's future depends on, besides its data and settings.

    Attributes
    ----------
    weights : (n_classes, n_features + 1)
    velocity : as ``weights``, or None for a run at rest
    epoch, step : whole passes and updates done
    position : images of the present pass already seen
    """

    weights: NDArray[Any]
    velocity: NDArray[Any] | None = None
    epoch: int = 0
    step: int = 0
    position: int = 0


@dataclass(frozen=True, slots=True)
class Divergence:
    """The weights stopped being finite with the last batch of ``at`` and this learning rate."""

    at: BatchRecord
    learning_rate: float

    @property
    def epoch(self) -> int:
        """Whole passes done before."""
        return self.at.epoch

    @property
    def step(self) -> int:
        """Updates done, the last one of which it was."""
        return self.at.step

    def __str__(self) -> str:
        """Say what happened and what to do."""
        return (
            f"Diverged at {epoch_words(self.at.place)} (step {self.step:,}): at learning rate "
            f"{self.learning_rate:g} weights are no longer finite. Start again with a smaller "
            "learning rate, decay or momentum."
        )


TrainingEvent = BatchRecord | EpochRecord | Divergence
