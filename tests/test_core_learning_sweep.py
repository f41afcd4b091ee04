"""Runs trained at once are the runs trained alone, however they differ and wherever they begin."""

from __future__ import annotations

import tracemalloc
from dataclasses import fields, replace
from itertools import islice
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from core_samples import QUICK, mnist_folder, tiny_dataset
from hypothesis import given
from hypothesis import strategies as st

import core.learning.sweep.stacked_pass
import core.learning.sweep.sweep
from core.data.config import DataConfig
from core.data.dataset import make_dataset
from core.errors import SettingError
from core.learning.config import TrainingConfig
from core.learning.history import METRICS, PARTS
from core.learning.perceptron import SoftmaxPerceptron
from core.learning.presets import TP_PRESET
from core.learning.sweep.stacked_evaluation import evaluate_stacked
from core.learning.sweep.sweep import N_SEEDS, Sweep, SweepRecord, with_seeds
from core.learning.training import BatchRecord, Checkpoint, EpochRecord, Trainer
from core.progress import finish
from core.sources import open_dataset

if TYPE_CHECKING:
    from core.data.dataset import Dataset

N_TRAIN = 63
CURVES = [f"{part}_{metric}" for part in PARTS for metric in METRICS]
# Larger moves blow the last bit's rounding up, however right the formula.
LARGEST_MOVE = 1.0
CONFIGS = st.builds(
    TrainingConfig,
    learning_rate=st.sampled_from([0.03, 0.1, 0.5]),
    batch_size=st.sampled_from([1, 10, 21, 62, 63, 100]),
    l2=st.sampled_from([0.0, 0.01]),
    momentum=st.sampled_from([0.0, 0.5, 0.9]),
    init=st.sampled_from(["zeros", "uniform", "normal"]),
    shuffle=st.booleans(),
    seed=st.integers(0, 5),
    epochs=st.just(4),
).filter(lambda config: config.learning_rate <= LARGEST_MOVE * (1 - config.momentum))


def tiny(*, validated: bool = False) -> Dataset:
    data = tiny_dataset(N_TRAIN, 55)
    test, rest = data.test.part(0, 30), data.test.part(30, 55)
    return replace(data, test=test, validation=rest if validated else None)


def alone(data: Dataset, config: TrainingConfig, **options: Any) -> tuple[Any, list[EpochRecord]]:
    trainer = Trainer(data, config, **options)
    return trainer, [event for event in trainer.run() if isinstance(event, EpochRecord)]


def drained(sweep: Sweep) -> list[SweepRecord]:
    return [event for event in sweep.run() if isinstance(event, SweepRecord)]


def assert_members_are_alone(
    sweep: Sweep,
    records: list[SweepRecord],
    atol: float,
    **options: Any,
) -> None:
    """Train every member alone and compare all that is known of it, curves within ``atol``."""
    for member, config in enumerate(sweep.configs):
        trainer, expected = alone(sweep.dataset, config, **options)
        assert [(r.epoch, r.step) for r in records] == [(r.epoch, r.step) for r in expected]
        for name in CURVES:
            curve = [getattr(record, name) for record in expected]
            if curve[0] is None:
                assert all(getattr(record, name) is None for record in records)
                continue
            found = [getattr(record, name)[member] for record in records]
            np.testing.assert_allclose(found, curve, rtol=0, atol=atol, err_msg=name)
        here, there = sweep.checkpoint(member), trainer.checkpoint()
        assert (here.velocity is None) == (there.velocity is None)
        for mine, others in ((here.weights, there.weights), (here.velocity, there.velocity)):
            if mine is not None:
                np.testing.assert_allclose(mine, others, rtol=0, atol=0.0)
        assert (here.epoch, here.step, here.position) == (there.epoch, there.step, there.position)


@QUICK
@given(config=CONFIGS, n_seeds=st.integers(1, 5), validated=st.booleans())
def test_each_member_is_the_run_alone(
    config: TrainingConfig, n_seeds: int, validated: bool
) -> None:
    sweep = Sweep(tiny(validated=validated), with_seeds(config, n_seeds))
    assert sweep.seeds == tuple(range(config.seed, config.seed + n_seeds))
    assert_members_are_alone(sweep, drained(sweep), 1e-4)


@QUICK
@given(config=CONFIGS, n_seeds=st.integers(1, 4))
def test_in_float64_they_agree_to_rounding(config: TrainingConfig, n_seeds: int) -> None:
    sweep = Sweep(tiny(), with_seeds(config, n_seeds), dtype=np.float64)
    assert_members_are_alone(sweep, drained(sweep), 1e-11, dtype=np.float64)


@QUICK
@given(
    config=CONFIGS,
    n_batches=st.integers(1, 100),
    momentum=st.sampled_from([0.0, 0.5]),
    batch_size=st.sampled_from([10, 100]),
)
def test_branches_go_on_from_anywhere(
    config: TrainingConfig, n_batches: int, momentum: float, batch_size: int
) -> None:
    """From a whole epoch or from within one, momentum kept, turned off or turned on."""
    data = tiny(validated=True)
    parent = Trainer(data, config)
    parent.batches_per_record = 1
    events = parent.run()
    while parent.step < min(n_batches, 3 * parent.n_batches):
        next(events)
    start = parent.checkpoint()
    branch = replace(config, momentum=momentum, l2=0.02, batch_size=batch_size)
    sweep = Sweep(data, with_seeds(branch, 3), start=start)
    assert_members_are_alone(sweep, drained(sweep), 1e-4, start=start)


@QUICK
@given(
    config=CONFIGS,
    rates=st.lists(st.sampled_from([0.02, 0.05, 0.1]), min_size=3, max_size=3),
    decays=st.lists(st.sampled_from([0.0, 0.01, 0.1]), min_size=3, max_size=3),
    momenta=st.lists(st.sampled_from([0.0, 0.5, 0.9]), min_size=3, max_size=3),
    same_seed=st.booleans(),
)
def test_members_may_differ_in_rate_decay_and_momentum(
    config: TrainingConfig,
    rates: list[float],
    decays: list[float],
    momenta: list[float],
    same_seed: bool,
) -> None:
    configs = [
        replace(config, learning_rate=rate, l2=l2, momentum=mu, seed=7 if same_seed else 7 + i)
        for i, (rate, l2, mu) in enumerate(zip(rates, decays, momenta, strict=True))
    ]
    sweep = Sweep(tiny(), configs, dtype=np.float64)
    assert_members_are_alone(sweep, drained(sweep), 1e-11, dtype=np.float64)


def test_momentum_of_some_turned_off_and_on_again_is_from_rest() -> None:
    data, config = tiny(), TrainingConfig(batch_size=10, learning_rate=0.05, epochs=4)
    courses = [(0.9, 0.0, 0.9), (0.0, 0.5, 0.0), (0.9, 0.9, 0.5)]
    steps = (9, 16)
    members = [
        [replace(config, momentum=mu) for mu in column] for column in zip(*courses, strict=True)
    ]
    sweep = Sweep(data, members[0], later=list(zip(steps, members[1:], strict=True)))
    drained(sweep)
    for member, momenta in enumerate(courses):
        trainer = Trainer(data, replace(config, momentum=momenta[0]))
        trainer.batches_per_record = 1
        events = trainer.run()
        for step, momentum in zip(steps, momenta[1:], strict=True):
            while trainer.step < step:
                next(events)
            trainer.change(momentum=momentum)
        for _ in events:
            pass
        np.testing.assert_array_equal(sweep.checkpoint(member).weights, trainer.weights)


@pytest.mark.parametrize("shuffle", [True, False])
@pytest.mark.parametrize("batch_size", [5, 40, 63])
@pytest.mark.parametrize(("piece", "group"), [(1, 1), (1_000, 100_000), (10**9, 1_200)])
def test_work_cut_into_small_pieces_is_the_same_work(
    monkeypatch: pytest.MonkeyPatch, shuffle: bool, batch_size: int, piece: int, group: int
) -> None:
    for module in (core.learning.sweep.stacked_pass, core.learning.sweep.stacked_evaluation):
        monkeypatch.setattr(module, "PIECE", piece)
    monkeypatch.setattr(core.learning.sweep.stacked_pass, "GROUP_BYTES", group)
    config = TrainingConfig(
        batch_size=batch_size, shuffle=shuffle, epochs=3, momentum=0.5, l2=0.01, init="normal"
    )
    sweep = Sweep(tiny(validated=True), with_seeds(config, 5), dtype=np.float64)
    assert_members_are_alone(sweep, drained(sweep), 1e-11, dtype=np.float64)


@pytest.mark.parametrize("config", [TrainingConfig(epochs=6), replace(TP_PRESET, epochs=6)])
def test_on_mnist_each_member_is_the_run_alone(config: TrainingConfig) -> None:
    folder = mnist_folder()
    if folder is None:
        pytest.skip(
            "real MNIST is absent: neither ../shared/data/mnist beside the repository nor the "
            "folder named by PERCEPTRON_EXPLORER_DATA exists"
        )
    data = open_dataset(str(folder)).sized(DataConfig())
    sweep = Sweep(data, with_seeds(config, 4))
    assert_members_are_alone(sweep, drained(sweep), 1e-4)


@pytest.mark.parametrize("side", [1, 2, 3])
@pytest.mark.parametrize("momentum", [0.0, 0.9])
def test_the_smallest_images_are_learnt_as_alone(side: int, momentum: float) -> None:
    images = np.random.default_rng(side).random((N_TRAIN, side, side), dtype=np.float32)
    part = images, np.arange(N_TRAIN) % 10
    data = make_dataset("small", "made here", part, part, image_shape=(side, side))
    sweep = Sweep(data, with_seeds(TrainingConfig(batch_size=3, momentum=momentum, epochs=3), 4))
    assert_members_are_alone(sweep, drained(sweep), 1e-4)


@pytest.mark.parametrize("shuffle", [True, False])
@pytest.mark.parametrize("batch_size", [5, 20])
def test_large_steps_do_not_carry_a_member_away(shuffle: bool, batch_size: int) -> None:
    """Where steps are so large that a last bit makes another run, the bits must be the same."""
    data = tiny_dataset(100, shape=(20, 20), n_classes=10)
    config = TrainingConfig(
        learning_rate=2.0, momentum=0.9, l2=0.01, batch_size=batch_size, shuffle=shuffle, epochs=8
    )
    trainer, _ = alone(data, config)
    nudge = 1e-7 * np.random.default_rng(0).standard_normal(trainer.weights.shape)
    nudged, _ = alone(data, config, start=Checkpoint(nudge))
    assert np.abs(nudged.weights - trainer.weights).max() > 0.1  # else nothing is tested
    sweep = Sweep(data, with_seeds(config, 4))
    assert_members_are_alone(sweep, drained(sweep), 1e-4)


def test_measured_is_what_each_model_measures_alone() -> None:
    rng = np.random.default_rng(0)
    split = tiny_dataset(4500, n_classes=7).train
    weights = rng.standard_normal((7, 5, 13)).astype(np.float32)
    weights[:, 1] = 0  # every decision is a tie, and the first class wins it
    weights[3, 2] = weights[5, 2]  # two classes that are always as likely as each other
    weights[:, 3] *= 1e30  # so large that some activations are none any more
    weights[:, 4] *= 1e38
    with np.errstate(over="ignore", invalid="ignore"):
        scores, likes = finish(evaluate_stacked(weights, split))
    for member in range(5):
        model = SoftmaxPerceptron(np.ascontiguousarray(weights[:, member]))
        score, like = model.evaluate(split)
        assert scores[member] == score
        np.testing.assert_allclose(likes[member], like, rtol=1e-6)


def test_a_member_that_diverges_leaves_the_others_alone() -> None:
    data = tiny(validated=True)
    wild = TrainingConfig(learning_rate=1000.0, l2=10.0, batch_size=10, epochs=16)
    calm = replace(wild, learning_rate=0.1, l2=0.01)
    sweep = Sweep(data, [calm, wild, replace(calm, seed=4)], dtype=np.float64)
    records = drained(sweep)
    trainer, wild_alone = alone(data, wild, dtype=np.float64)
    assert trainer.diverged is not None
    last = len(wild_alone)  # the first epoch without a record of the run alone
    assert 2 < last < 16
    assert [record.diverged.sum() for record in records] == [int(r.epoch >= last) for r in records]
    assert [record.diverged[1] for record in records] == [r.epoch >= last for r in records]
    for name in CURVES:
        curve = np.array([getattr(record, name)[1] for record in records])
        assert np.isnan(curve[last:]).all()
        expected = [getattr(record, name) for record in wild_alone]
        np.testing.assert_allclose(curve[:last], expected, rtol=1e-6)
    assert np.isnan(sweep.checkpoint(1).weights).all()
    for member in (0, 2):
        _, expected = alone(data, sweep.configs[member], dtype=np.float64)
        for record, other in zip(records, expected, strict=True):
            assert record.test_score[member] == other.test_score
            np.testing.assert_allclose(
                record.train_log_likelihood[member], other.train_log_likelihood, atol=1e-11
            )


def test_when_all_have_diverged_it_ends() -> None:
    config = TrainingConfig(learning_rate=1000.0, l2=10.0, batch_size=10, epochs=5000)
    records = drained(Sweep(tiny(), with_seeds(config, 3)))
    assert records[-1].diverged.all()
    assert not records[-2].diverged.all()
    assert records[-1].epoch < 20


def raw(records: list[SweepRecord]) -> list[list[bytes | None]]:
    return [
        [
            None if value is None else np.asarray(value).tobytes()
            for value in (getattr(record, field.name) for field in fields(record))
        ]
        for record in records
    ]


@pytest.mark.parametrize("shuffle", [True, False])
def test_the_same_seeds_give_the_same_bits(shuffle: bool) -> None:
    config = TrainingConfig(epochs=4, shuffle=shuffle, init="normal", batch_size=10)
    first, second = (Sweep(tiny(), with_seeds(config, 4)) for _ in range(2))
    assert raw(drained(first)) == raw(drained(second))
    assert first.checkpoint(3).weights.tobytes() == second.checkpoint(3).weights.tobytes()


def test_seeds_differ_in_start_and_order() -> None:
    for config in (TrainingConfig(epochs=1), TrainingConfig(epochs=1, init="normal")):
        likes = drained(Sweep(tiny(), with_seeds(config, 5)))[-1].train_log_likelihood
        assert len(set(likes)) == 5


@pytest.mark.parametrize("n_events", [0, 1, 2, 5, 17])
def test_stopped_in_the_middle_it_goes_on_or_is_forgotten(
    monkeypatch: pytest.MonkeyPatch, n_events: int
) -> None:
    monkeypatch.setattr(
        core.learning.sweep.stacked_pass, "PIECE", 1
    )  # an event after every product
    config = TrainingConfig(epochs=3, batch_size=20)
    expected = raw(drained(Sweep(tiny(), with_seeds(config, 3))))
    sweep = Sweep(tiny(), with_seeds(config, 3))
    begun = list(islice(sweep.run(), n_events))
    assert len(begun) == n_events
    records = [event for event in begun if isinstance(event, SweepRecord)] + drained(sweep)
    assert raw(records) == expected


def test_progress_counts_up_to_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(core.learning.sweep.stacked_pass, "PIECE", 1)
    config = TrainingConfig(epochs=3, batch_size=10)
    events = list(Sweep(tiny(), with_seeds(config, 3)).run())
    progress = [event for event in events if isinstance(event, BatchRecord)]
    places = [event.epoch + event.batch / event.n_batches for event in progress]
    assert places == sorted(places)
    assert {event.n_batches for event in progress} == {7}
    assert {event.step for event in progress} == set(range(22))
    assert isinstance(events[-1], SweepRecord)
    assert (events[-1].epoch, events[-1].step) == (3, 21)


def test_what_it_yields_cannot_be_written_and_its_error_state_is_its_own() -> None:
    before = np.geterr()
    sweep = Sweep(tiny(validated=True), with_seeds(TrainingConfig(epochs=2, momentum=0.9), 3))
    for event in sweep.run():
        assert np.geterr() == before
        if isinstance(event, SweepRecord):
            arrays = [getattr(event, name) for name in CURVES] + [event.diverged]
            assert all(array.shape == (3,) for array in arrays)
            assert not any(array.flags.writeable for array in arrays)
    here = sweep.checkpoint(0)
    assert here.velocity is not None
    assert not here.weights.flags.writeable
    assert not here.velocity.flags.writeable


def test_memory_does_not_grow_with_the_batch() -> None:
    """Gathered at once, 16 batches of 15,000 images would be 96 MB."""
    data = tiny_dataset(20_000, shape=(10, 10))
    assert data.train.design.shape == (20_000, 101)  # kept by the split, not by the sweep
    config = TrainingConfig(epochs=1, batch_size=15_000)
    tracemalloc.start()
    try:
        records = drained(Sweep(data, with_seeds(config, 16)))
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert records[-1].epoch == 1
    assert peak < 30e6


@pytest.mark.parametrize("n_seeds", [0, -1, N_SEEDS.high + 1, 2.5, "three", True])
def test_a_bad_number_of_seeds_says_what_would_be_right(n_seeds: Any) -> None:
    with pytest.raises(SettingError, match="Seeds must be a whole number from 1 to 64, not"):
        Sweep(tiny(), with_seeds(TrainingConfig(), n_seeds))


def test_after_the_largest_seed_comes_zero() -> None:
    seeds = [each.seed for each in with_seeds(TrainingConfig(seed=2**31 - 2), 4)]
    assert seeds == [2**31 - 2, 2**31 - 1, 0, 1]
    assert with_seeds(TrainingConfig(seed=5), 1) == [TrainingConfig(seed=5)]


def test_a_start_that_does_not_fit_is_told() -> None:
    with pytest.raises(SettingError, match=r"weights of shape \(3, 9\) do not fit tiny"):
        Sweep(tiny(), with_seeds(TrainingConfig(), 2), start=Checkpoint(np.zeros((3, 9))))


@pytest.mark.parametrize(("name", "value"), [("batch_size", 7), ("shuffle", False), ("epochs", 3)])
def test_members_that_cannot_step_together_are_told(name: str, value: Any) -> None:
    config = TrainingConfig()
    with pytest.raises(SettingError, match=f"must have the same {name}, not .* and "):
        Sweep(tiny(), [config, replace(config, **{name: value})])
    with pytest.raises(SettingError, match="nothing to train"):
        Sweep(tiny(), [])
