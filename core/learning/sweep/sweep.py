"""Several runs trained at once: the same settings with other seeds, or other rates."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from core.data.dataset import read_only
from core.errors import SettingError
from core.learning.config import TrainingConfig
from core.learning.sweep.stacked_evaluation import evaluate_stacked
from core.learning.sweep.stacked_pass import StackedPass
from core.learning.training import BatchRecord, Checkpoint, pass_order, starting_weights
from core.parameters import Parameter, parameters_of
from core.progress import told_as

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator, Sequence

    from numpy.typing import DTypeLike, NDArray

    from core.data.dataset import Dataset, Split
    from core.learning.sweep.stacked_evaluation import Measured

N_SEEDS = Parameter(
    "int",
    "Seeds",
    "How many runs that differ in nothing but their seed are trained side by side: what they share "
    "is the method's, what they do not is chance.",
    low=1,
    high=64,
    unit="seeds",
    formula="seed, seed + 1, ..., seed + {value} - 1",
)
"""How many members a sweep of seeds may have."""

SHARED_SETTINGS = ("batch_size", "shuffle", "epochs")
"""What members cannot differ in: they step together."""


@dataclass(frozen=True, slots=True, eq=False)
class SweepRecord:
    """All members after ``epoch`` passes; arrays are (R,) and read-only.

    Scores are fractions classified correctly, log-likelihoods means over samples of ``log y_true``;
    the validation pair is None without a validation part. A member whose weights are no longer
    finite is ``diverged``, and NaN in every curve from then on.
    """

    epoch: int
    step: int
    train_score: NDArray[np.float64]
    train_log_likelihood: NDArray[np.float64]
    test_score: NDArray[np.float64]
    test_log_likelihood: NDArray[np.float64]
    validation_score: NDArray[np.float64] | None
    validation_log_likelihood: NDArray[np.float64] | None
    diverged: NDArray[np.bool_]


SweepEvent = BatchRecord | SweepRecord


class Sweep:
    """Members trained together, each as ``Trainer`` would train it alone.

    Parameters
    ----------
    dataset : Dataset
        Already cut to the wanted sizes.
    configs
        One for each member; they may differ in all but :data:`SHARED_SETTINGS`.
    start : Checkpoint, optional
        Where all members go on, instead of the start that each draws.
    later : sequence, optional
        (update, one config for each member) each, updates rising: from that update on they take
        these, as ``Trainer.change`` would, and whatever else differs at the end of an epoch.
    dtype
        float32, or float64 to check the former.

    Raises
    ------
    SettingError
        If there is no config, one has an adversary, they differ in what they must share, or the
        weights of ``start`` have another shape; the same goes for ``later``.

    Notes
    -----
    Members take the very steps of a run alone, with OpenBLAS bit for bit, so that no choice of
    settings can carry them away from it. Only a batch of one image of fewer than eight pixels
    rounds otherwise. What is saved lies around the products, in images that are shared, and in
    looking at all members at once. Members with and without momentum step by themselves.
    """

    def __init__(
        self,
        dataset: Dataset,
        configs: Sequence[TrainingConfig],
        *,
        start: Checkpoint | None = None,
        later: Sequence[tuple[int, Sequence[TrainingConfig]]] = (),
        dtype: DTypeLike = np.float32,
    ) -> None:
        for members in (configs, *(members for _, members in later)):
            _check_members(members)
        self._later = list(later)
        self.dataset = dataset
        self.configs = tuple(configs)
        self.epoch = 0 if start is None else start.epoch
        self.step = 0 if start is None else start.step
        self._position = 0 if start is None else start.position
        weights = [starting_weights(dataset, config, dtype, start) for config in configs]
        self._weights = np.stack(weights, axis=1)
        self._velocity: NDArray[Any] | None = None
        if any(config.momentum for config in configs):
            self._velocity = np.zeros_like(self._weights)
            if start is not None and start.velocity is not None:
                self._velocity[:] = start.velocity[:, None]
        self._diverged = np.zeros(len(configs), np.bool_)
        train = dataset.train
        self._design = train.design if dtype == np.float32 else train.design.astype(dtype)
        self._events = self._train()

    @property
    def seeds(self) -> tuple[int, ...]:
        """The seed of each member."""
        return tuple(config.seed for config in self.configs)

    @property
    def position(self) -> int:
        """Images of the present pass that all members have seen."""
        return self._position

    @property
    def batch_size(self) -> int:
        """Images per update; a batch is never larger than the training set."""
        return min(self.configs[0].batch_size, self.dataset.train.n_samples)

    def checkpoint(self, member: int) -> Checkpoint:
        """Return from where a member could be gone on with alone.

        To be asked at a record, or before the first event: within a pass some members are ahead.
        """
        velocity = None
        if self._velocity is not None and self.configs[member].momentum:
            velocity = read_only(self._velocity[:, member].copy())
        weights = read_only(self._weights[:, member].copy())
        return Checkpoint(weights, velocity, self.epoch, self.step, self._position)

    def progress(self) -> BatchRecord:
        """Return where the members stand now."""
        n = self.dataset.train.n_samples
        return BatchRecord.at(
            self.epoch, self.step, self._position, n_samples=n, batch_size=self.batch_size
        )

    def run(self) -> Iterator[SweepEvent]:
        """Train up to the configs' last epoch; yield a record after each, and progress between.

        The first event is the record of the start, epoch 0 or that of the checkpoint (one within
        an epoch has none). No two events lie further apart than some hundredths of a second. May
        be left at any event and called again to go on. Ends early once every member has diverged.
        """
        while True:
            # Overflow is not an accident here but an outcome, looked for after every epoch. The
            # context must be closed before a yield, or it would be the caller's too.
            with np.errstate(over="ignore", invalid="ignore"):
                event = next(self._events, None)
            if event is None:
                return
            yield event

    def _train(self) -> Generator[SweepEvent, None, None]:
        if self._position == 0:
            yield from self._measure()
        while self.epoch < self.configs[0].epochs and not self._diverged.all():
            yield from self._finish_pass()
            self._find_diverged()
            yield self.progress()
            yield from self._measure()
        self._take_later()  # what was set after the last update: whoever goes on begins with it

    def _finish_pass(self) -> Generator[BatchRecord, None, None]:
        n_samples = self.dataset.train.n_samples
        while self._position < n_samples:
            self._take_later()
            before, end = self.step, n_samples
            if self._later:
                n_updates = self._later[0][0] - self.step
                end = min(self._position + n_updates * self.batch_size, n_samples)
            rest = StackedPass(
                design=self._design,
                labels=self.dataset.train.labels,
                orders=self._orders(),
                configs=self.configs,
                weights=self._weights,
                velocity=self._velocity,
                batch_size=self.batch_size,
                position=self._position,
                end=end,
            )
            for _ in rest.run():
                self._position, self.step = rest.position, before + rest.n_updates
                yield self.progress()
            self._position, self.step = end, before + rest.n_updates
        self._position = 0
        self.epoch += 1

    def _take_later(self) -> None:
        """Take the settings that act from this update on."""
        while self._later and self._later[0][0] <= self.step:
            self.configs = tuple(self._later.pop(0)[1])
            if not any(config.momentum for config in self.configs):
                self._velocity = None
            elif self._velocity is None:
                self._velocity = np.zeros_like(self._weights)
            else:
                self._velocity[:, [not config.momentum for config in self.configs]] = 0.0

    def _orders(self) -> NDArray[np.int64] | None:
        """Return in which order this pass visits the images: (n,) for all members, or (R, n).

        None stands for file order.
        """
        configs = self.configs if len(set(self.seeds)) > 1 else self.configs[:1]
        n_samples = self.dataset.train.n_samples
        orders = [pass_order(each, self.epoch, self._position, n_samples) for each in configs]
        if orders[0] is None or len(orders) == 1:
            return orders[0]
        return np.array(orders)

    def _find_diverged(self) -> None:
        finite = np.isfinite(self._weights).all(axis=(0, 2))
        self._diverged = self._diverged | ~finite
        # Not some finite weights among the others: none of them means anything.
        self._weights[:, self._diverged] = np.nan

    def _measure(self) -> Generator[SweepEvent, None, None]:
        dataset, weights = self.dataset, self._weights
        if (weights == weights[:, :1]).all():  # all begin from one point, and it is looked at once
            weights = np.ascontiguousarray(weights[:, :1])
        train = yield from self._measured(weights, dataset.train)
        test = yield from self._measured(weights, dataset.test)
        held_score, held_like = None, None
        if dataset.validation is not None:
            held_score, held_like = yield from self._measured(weights, dataset.validation)
        diverged = read_only(self._diverged.copy())
        yield SweepRecord(
            self.epoch, self.step, *train, *test, held_score, held_like, diverged=diverged
        )

    def _measured(
        self, weights: NDArray[Any], split: Split
    ) -> Generator[BatchRecord, None, Measured]:
        measured = yield from told_as(evaluate_stacked(weights, split), self.progress)
        score, likelihood = (np.where(self._diverged, np.nan, values) for values in measured)
        return read_only(score), read_only(likelihood)


def with_seeds(config: TrainingConfig, n_seeds: int) -> list[TrainingConfig]:
    """Return the same settings with ``n_seeds`` seeds: the config's own and those that follow it.

    After the largest seed there is comes 0.

    Raises
    ------
    SettingError
        If ``n_seeds`` is out of the range of :data:`N_SEEDS`.
    """
    problem = N_SEEDS.problem(n_seeds)
    if problem:
        raise SettingError(f"{N_SEEDS.label} {problem}")
    largest = parameters_of(TrainingConfig)["seed"].high
    assert largest is not None
    seeds = [(config.seed + i) % (int(largest) + 1) for i in range(n_seeds)]
    return [replace(config, seed=seed) for seed in seeds]


def _check_members(configs: Sequence[TrainingConfig]) -> None:
    if not configs:
        raise SettingError("there is nothing to train: give the settings of one run at least")
    if any(config.adversary != "off" for config in configs):
        raise SettingError(
            "runs trained at once share their images, and an adversary moves them for each run "
            "differently: turn it off, or train one run after another"
        )
    for name in SHARED_SETTINGS:
        values = {getattr(config, name) for config in configs}
        if len(values) > 1:
            raise SettingError(
                f"runs trained at once step together and must have the same {name}, not "
                f"{' and '.join(map(str, sorted(values)))}"
            )
