"""Live changes, forks and rewinding: the same run, bit for bit, however it came about."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest
from core_samples import QUICK, loss_and_gradient, tiny_dataset
from hypothesis import given
from hypothesis import strategies as st

from core.learning.config import TrainingConfig
from core.learning.perceptron import SoftmaxPerceptron, initial_weights
from core.learning.training import EpochRecord, Trainer, epoch_order

if TYPE_CHECKING:
    from collections.abc import Iterable

    from core.learning.training import TrainingEvent

N_TRAIN = 63
CONFIGS = st.builds(
    TrainingConfig,
    learning_rate=st.sampled_from([0.03, 0.5, 2.0]),
    batch_size=st.sampled_from([1, 10, 21, 63, 100]),
    l2=st.sampled_from([0.0, 0.01]),
    momentum=st.sampled_from([0.0, 0.5, 0.9]),
    init=st.sampled_from(["zeros", "uniform", "normal"]),
    shuffle=st.booleans(),
    seed=st.integers(0, 5),
    epochs=st.just(4),
)
LIVE = st.fixed_dictionaries(
    {},
    optional={
        "learning_rate": st.sampled_from([0.01, 1.0]),
        "batch_size": st.sampled_from([1, 7, 40]),
        "l2": st.sampled_from([0.0, 0.1]),
        "momentum": st.sampled_from([0.0, 0.7]),
    },
)


def records(events: Iterable[TrainingEvent]) -> list[EpochRecord]:
    return [event for event in events if isinstance(event, EpochRecord)]


def bits(run: list[EpochRecord]) -> list[tuple[int, int, bytes, float, float]]:
    return [
        (r.epoch, r.step, r.weights.tobytes(), r.train_log_likelihood, r.test_score) for r in run
    ]


def advanced(config: TrainingConfig, n_batches: int) -> tuple[Trainer, list[EpochRecord]]:
    """Return a run after so many batches, and its records up to there."""
    trainer = Trainer(tiny_dataset(N_TRAIN), config)
    trainer.batches_per_record = 1
    found: list[EpochRecord] = []
    events = trainer.run()
    while trainer.step < n_batches:
        event = next(events)
        if isinstance(event, EpochRecord):
            found.append(event)
    return trainer, found


@QUICK
@given(config=CONFIGS, changes=LIVE, n_batches=st.integers(1, 3 * N_TRAIN))
def test_a_run_changed_at_a_batch_is_the_run_continued_with_the_new_settings(
    config: TrainingConfig, changes: dict[str, float], n_batches: int
) -> None:
    per_epoch = -(-N_TRAIN // min(config.batch_size, N_TRAIN))
    n_batches = min(n_batches, 3 * per_epoch)
    changed, _ = advanced(config, n_batches)
    here = changed.checkpoint()
    # The other run is built anew, with the new settings, from what the first had come to.
    continued = Trainer(tiny_dataset(N_TRAIN), replace(config, **changes), start=here)
    changed.change(**changes)
    assert bits(records(changed.run())) == bits(records(continued.run()))[here.position == 0 :]
    assert changed.weights.tobytes() == continued.weights.tobytes()


@pytest.mark.parametrize("name", ["learning_rate", "l2", "momentum", "batch_size"])
def test_each_live_setting_does_change_the_run(name: str) -> None:
    config = TrainingConfig(epochs=2, momentum=0.5, batch_size=10)
    new = {"learning_rate": 0.5, "l2": 0.5, "momentum": 0.9, "batch_size": 20}[name]
    (changed, _), (same, _) = advanced(config, 3), advanced(config, 3)
    changed.change(**{name: new})
    list(changed.run())
    list(same.run())
    assert not np.allclose(changed.weights, same.weights, atol=1e-4)


@QUICK
@given(config=CONFIGS, epoch=st.integers(0, 4))
def test_a_fork_with_the_same_settings_goes_on_as_its_parent_did(
    config: TrainingConfig, epoch: int
) -> None:
    data = tiny_dataset(N_TRAIN)
    parent = records(Trainer(data, config).run())
    branch = records(Trainer(data, config, start=parent[epoch].checkpoint).run())
    assert bits(branch) == bits(parent[epoch:])


@QUICK
@given(config=CONFIGS, changes=LIVE, epoch=st.integers(1, 3))
def test_a_fork_with_other_settings_is_the_parent_changed_at_that_epoch(
    config: TrainingConfig, changes: dict[str, float], epoch: int
) -> None:
    data = tiny_dataset(N_TRAIN)
    parent = Trainer(data, config)
    before = records(parent.run(until_epoch=epoch))
    branch = Trainer(data, replace(config, **changes), start=before[-1].checkpoint)
    parent.change(**changes)
    after = records(parent.run())
    assert bits(records(branch.run())) == bits([before[-1], *after])


@QUICK
@given(config=CONFIGS, seed=st.integers(6, 9))
def test_a_fork_may_take_another_order(config: TrainingConfig, seed: int) -> None:
    """Seed and shuffling of a branch are its own; the start that it would draw is not used."""
    config = replace(config, shuffle=True, batch_size=10)
    data = tiny_dataset(N_TRAIN)
    parent = records(Trainer(data, config).run())
    branch = records(Trainer(data, replace(config, seed=seed), start=parent[2].checkpoint).run())
    assert bits(branch)[0] == bits(parent)[2]
    assert bits(branch)[1] != bits(parent)[3]


@QUICK
@given(config=CONFIGS, changes=LIVE)
def test_rewinding_repeats_the_run(config: TrainingConfig, changes: dict[str, float]) -> None:
    """What a run was changed to on its way does not leak into the next one."""
    data = tiny_dataset(N_TRAIN)
    first = Trainer(data, config)
    before = records(first.run(until_epoch=2))
    first.change(**changes)
    list(first.run())
    again = records(Trainer(data, config).run(until_epoch=2))
    assert bits(again) == bits(before)


def test_an_order_follows_from_seed_and_epoch_alone() -> None:
    orders = {(s, e): tuple(epoch_order(s, e, 50)) for s in range(4) for e in range(4)}
    assert len(set(orders.values())) == 16
    for order in orders.values():
        assert sorted(order) == list(range(50))
    assert tuple(epoch_order(2, 3, 50)) == orders[2, 3]
    # Not the stream that the start is drawn from.
    assert tuple(np.random.default_rng(2).permutation(50)) not in orders.values()


def reference_with_momentum(config: TrainingConfig) -> np.ndarray:
    """Return the last weights by a plain float64 loop: v = mu v + g, w += eta v."""
    data = tiny_dataset(N_TRAIN)
    rng = np.random.default_rng(config.seed)
    weights = initial_weights(config.init, data.n_classes, data.n_features, rng, np.float64)
    model, velocity = SoftmaxPerceptron(weights), np.zeros_like(weights)
    images = data.train.images.astype(np.float64)
    for epoch in range(config.epochs):
        order = np.arange(N_TRAIN)
        if config.shuffle:
            order = epoch_order(config.seed, epoch, N_TRAIN)
        for first in range(0, N_TRAIN, config.batch_size):
            rows = order[first : first + config.batch_size]
            _, gradient = loss_and_gradient(model, images[rows], data.train.labels[rows])
            decay = config.l2 * model.weights
            decay[:, 0] = 0
            velocity = config.momentum * velocity - gradient - decay
            model.weights += config.learning_rate * velocity
    return model.weights


@QUICK
@given(config=CONFIGS, rate=st.sampled_from([0.03, 0.1, 0.5]))
def test_momentum_is_the_plain_loops(config: TrainingConfig, rate: float) -> None:
    # Larger moves blow the last bit's rounding up, however right the formula.
    config = replace(config, learning_rate=min(rate, 1 - config.momentum))
    trainer = Trainer(tiny_dataset(N_TRAIN), config, dtype=np.float64)
    list(trainer.run())
    np.testing.assert_allclose(
        trainer.weights, reference_with_momentum(config), rtol=1e-9, atol=1e-11
    )


def test_momentum_learns_faster_at_a_small_rate() -> None:
    data = tiny_dataset(300)
    likes = {}
    for momentum in (0.0, 0.9):
        config = TrainingConfig(learning_rate=0.02, epochs=5, momentum=momentum)
        likes[momentum] = records(Trainer(data, config).run())[-1].train_log_likelihood
    assert likes[0.9] > likes[0.0] + 0.2


def test_the_velocity_is_kept_with_momentum_only_and_nobody_can_write_it() -> None:
    for momentum, kept in ((0.0, False), (0.9, True)):
        trainer = Trainer(tiny_dataset(), TrainingConfig(momentum=momentum, epochs=1))
        last = records(trainer.run())[-1]
        assert (last.velocity is not None) == kept
        if last.velocity is not None:
            assert not last.velocity.flags.writeable
            assert np.abs(last.velocity).max() > 0


def test_turned_on_again_momentum_begins_at_rest() -> None:
    config = TrainingConfig(momentum=0.9, epochs=2, batch_size=10)
    trainer, _ = advanced(config, 3)
    assert trainer.checkpoint().velocity is not None
    trainer.change(momentum=0.0)
    assert trainer.checkpoint().velocity is None
    trainer.change(momentum=0.9)
    velocity = trainer.checkpoint().velocity
    assert velocity is not None
    assert not velocity.any()


def test_divergence_with_momentum_names_the_first_step_that_is_not_finite() -> None:
    config = TrainingConfig(learning_rate=1000.0, l2=10.0, momentum=0.9, batch_size=10, epochs=50)
    found = []
    for batches in (1, 16):
        trainer = Trainer(tiny_dataset(N_TRAIN), config)
        trainer.batches_per_record = batches
        found.append(list(trainer.run())[-1])
    assert found[0] == found[1]
