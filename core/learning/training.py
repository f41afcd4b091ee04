"""Training as a plain generator: whoever drives it decides when the next piece of work happens."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from core.data.dataset import read_only
from core.errors import SettingError
from core.learning.adversary import Adversary
from core.learning.minibatch import MiniBatches, MiniBatchStep
from core.learning.perceptron import SoftmaxPerceptron, initial_weights
from core.learning.records import BatchRecord as BatchRecord
from core.learning.records import Checkpoint as Checkpoint
from core.learning.records import Divergence as Divergence
from core.learning.records import EpochRecord as EpochRecord
from core.learning.records import Scores as Scores
from core.learning.records import TrainingEvent as TrainingEvent
from core.parameters import parameters_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import DTypeLike, NDArray

    from core.data.dataset import Dataset
    from core.learning.config import TrainingConfig


def epoch_order(seed: int, epoch: int, n_samples: int) -> NDArray[np.int64]:
    """Return the order in which pass ``epoch`` (0 the first) visits the images, (n_samples,).

    A function of seed and epoch, not of what was drawn before: a run can be taken up anywhere.
    The start is drawn from ``default_rng(seed)``, which equals the stream (seed, 0), hence the 1.
    """
    return np.random.default_rng((seed, epoch + 1)).permutation(n_samples)


def pass_order(
    config: TrainingConfig, epoch: int, position: int, n_samples: int
) -> NDArray[np.int64] | None:
    """Return the order of a pass that stands at ``position``; None for file order.

    A batch of all images is their sum in any order.
    """
    if not config.shuffle or (position == 0 and config.batch_size >= n_samples):
        return None
    return epoch_order(config.seed, epoch, n_samples)


def starting_weights(
    dataset: Dataset, config: TrainingConfig, dtype: DTypeLike, start: Checkpoint | None = None
) -> NDArray[Any]:
    """Return the weights of ``start``, a copy, or without one those that ``config`` draws.

    Raises
    ------
    SettingError
        If the weights of ``start`` have another shape than ``dataset`` needs.
    """
    weights = initial_weights(
        init=config.init,
        n_classes=dataset.n_classes,
        n_features=dataset.n_features,
        rng=np.random.default_rng(config.seed),
        dtype=dtype,
    )
    if start is not None:
        if start.weights.shape != weights.shape:
            raise SettingError(
                f"weights of shape {start.weights.shape} do not fit {dataset.name}, which "
                f"needs {weights.shape}"
            )
        weights[:] = start.weights
    return weights


class Trainer:
    """One run: its weights, its place in the data, its random stream.

    Parameters
    ----------
    dataset : Dataset
        Already cut to the wanted sizes.
    config : TrainingConfig
    dtype
        float32, or float64 to check the former.
    start : Checkpoint, optional
        Where to go on, instead of the start that ``config`` draws. With the settings of the run it
        was taken from, this goes on exactly as that run did, bit for bit.

    Raises
    ------
    SettingError
        If the weights of ``start`` have another shape.

    Notes
    -----
    The order of an epoch's images follows from seed and epoch (:func:`epoch_order`), the velocity
    is kept only while there is momentum: it begins at rest when momentum is turned on.

    The last batch of an epoch holds what is left when the batch size does not divide the number
    of images; its update averages over its own size.
    """

    def __init__(
        self,
        dataset: Dataset,
        config: TrainingConfig,
        *,
        dtype: DTypeLike = np.float32,
        start: Checkpoint | None = None,
    ) -> None:
        self.dataset = dataset
        self.config = config
        self.epoch = 0 if start is None else start.epoch
        self.step = 0 if start is None else start.step
        self.train_seconds = 0.0
        self.evaluate_seconds = 0.0
        self.batches_per_record = 64
        """How many updates lie between two progress records; a driver may change it any time."""
        self.weights = starting_weights(dataset, config, dtype, start)
        self._velocity: NDArray[Any] | None = None
        self._keep_velocity(None if start is None else start.velocity)
        self.model = SoftmaxPerceptron(self.weights)
        train = dataset.train
        self._design = train.design if dtype == np.float32 else train.design.astype(dtype)
        self._position = 0 if start is None else start.position
        self._last_size = 0
        self._batch_up()
        self._started = False
        self.diverged: Divergence | None = None

    def _keep_velocity(self, velocity: NDArray[Any] | None) -> None:
        """Go on with a velocity, or from rest, where there is momentum; else forget it."""
        if not self.config.momentum:
            self._velocity = None
        elif velocity is not None:
            self._velocity = velocity.astype(self.weights.dtype)
        else:
            self._velocity = np.zeros_like(self.weights)

    def _batch_up(self) -> None:
        """Make what follows from settings: batches, their order, and what is done with them."""
        size = self.batch_size
        train, config = self.dataset.train, self.config
        self._batches = MiniBatches(self._design, train.labels, self.dataset.n_classes, size)
        self._order = self._pass_order()
        self._adversary: Adversary | None = None
        if config.adversary != "off":
            budget = config.adversary, config.adversary_size
            self._adversary = Adversary(self.weights, size, *budget)
        self._update = MiniBatchStep(
            self.weights,
            self._velocity,
            learning_rate=config.learning_rate,
            l2=config.l2,
            momentum=config.momentum,
        )

    def _pass_order(self) -> NDArray[np.int64] | None:
        return pass_order(self.config, self.epoch, self._position, self.dataset.train.n_samples)

    @property
    def batch_size(self) -> int:
        """Images per update; a batch is never larger than the training set."""
        return min(self.config.batch_size, self.dataset.train.n_samples)

    def snapshot(self) -> NDArray[Any]:
        """Return a read-only copy of the weights as they are now."""
        return read_only(self.weights.copy())

    def checkpoint(self) -> Checkpoint:
        """Return from where the run can be gone on with, as it stands now."""
        velocity = None if self._velocity is None else read_only(self._velocity.copy())
        return Checkpoint(self.snapshot(), velocity, self.epoch, self.step, self._position)

    def change(self, **settings: Any) -> None:
        """Apply settings declared ``live`` from the next batch on.

        Raises
        ------
        SettingError
            If a setting does not apply live, or its value is out of range.
        """
        declared = parameters_of(self.config)
        for name in settings:
            if name not in declared or not declared[name].live:
                raise SettingError(f"{name} cannot change during a run; start again to use it")
        self.config = replace(self.config, **settings)
        if "momentum" in settings:
            self._keep_velocity(self._velocity)
        self._batch_up()

    def run(self, until_epoch: int | None = None) -> Iterator[TrainingEvent]:
        """Train and yield what happens, up to ``until_epoch`` (default: the config's epochs).

        The first event of a run is the record of its start, epoch 0 unless it goes on from a
        checkpoint (one within an epoch has no record). May be called again to go on; what was
        done is never repeated. Ends after a :class:`Divergence`.
        """
        if not self._started:
            self._started = True
            if self._position == 0:
                yield self._record()
        while self.diverged is None:
            last = self.config.epochs if until_epoch is None else until_epoch
            if self.epoch >= last:
                return
            started = time.perf_counter()
            self._advance(self.batches_per_record)
            self.train_seconds += time.perf_counter() - started
            if self.diverged is not None:
                yield self.diverged
            elif self._position == 0:
                yield self._record()
            else:
                yield self.progress()

    @property
    def n_batches(self) -> int:
        """Updates in a whole epoch."""
        return -(-self.dataset.train.n_samples // self.batch_size)

    def progress(self) -> BatchRecord:
        """Return where the run stands now."""
        n = self.dataset.train.n_samples
        return BatchRecord.at(
            self.epoch,
            self.step,
            self._position,
            n_samples=n,
            batch_size=self.batch_size,
            last_size=self._last_size,
        )

    def _advance(self, n_batches: int) -> None:
        """Do up to ``n_batches`` updates, not past the end of the epoch."""
        before = self.checkpoint()
        # Overflow is not an accident here but an outcome, looked for right below.
        with np.errstate(over="ignore", invalid="ignore"):
            self._updates(n_batches)
            # A sum is finite only if no summand is infinite or NaN; it is the fast question, but
            # a sum of finite weights may overflow too, so only the second one is the answer.
            if np.isfinite(self.weights.sum()) or np.isfinite(self.weights).all():
                if self._position >= self.dataset.train.n_samples:
                    self._position = 0
                    self.epoch += 1
                    self._order = self._pass_order()
                return
            self._find_divergence(before)

    def _updates(self, n_batches: int) -> None:
        update, adversary = self._update, self._adversary
        for images, targets in self._batches.blocks(self._order, self._position, n_batches):
            if adversary is None:
                update.run(images, targets)
            else:
                for batch, columns in zip(images, targets, strict=True):
                    update.run(adversary.worst(batch, columns)[None], columns[None])
            self.step += len(images)
            self._last_size = images.shape[1]
            self._position += images.shape[0] * images.shape[1]

    def _find_divergence(self, before: Checkpoint) -> None:
        """Replay the updates one by one to name the first whose weights are not finite."""
        self.weights[:] = before.weights
        if self._velocity is not None:
            self._velocity[:] = before.velocity
        self._position, self.step = before.position, before.step
        n_samples = self.dataset.train.n_samples
        while np.isfinite(self.weights).all() and self._position < n_samples:
            self._updates(1)
        self.diverged = Divergence(self.progress(), self.config.learning_rate)

    def measure(self) -> Scores:
        """Return how good the model is now."""
        dataset, evaluate = self.dataset, self.model.evaluate
        train, test = evaluate(dataset.train), evaluate(dataset.test)
        held: tuple[float | None, float | None] = (None, None)
        if dataset.validation is not None:
            held = evaluate(dataset.validation)
        return Scores(*train, *test, *held)

    def _record(self) -> EpochRecord:
        started = time.perf_counter()
        here = self.checkpoint()
        models = here.weights, here.velocity
        record = EpochRecord(
            self.epoch, self.step, *self.measure(), *models, seconds=self.train_seconds
        )
        self.evaluate_seconds += time.perf_counter() - started
        return record
