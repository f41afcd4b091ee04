"""Attacks at many sizes: never under the exact curve, and what a plain loop counts."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from attack_samples import example
from core_samples import QUICK, tiny_dataset
from hypothesis import given
from hypothesis import strategies as st

from core.attack import ATTACKS
from core.attack.whole_parts.sized import (
    PGD_STEPS,
    SIZED_ATTACKS,
    AttackTrials,
    RandomNoise,
    Trial,
    directions,
)
from core.data.dataset import Split
from core.exact.curves import curve_sizes, exact_robustness, share_right, shown_size, tried_sizes
from core.learning.config import TrainingConfig
from core.learning.perceptron import SoftmaxPerceptron
from core.learning.training import Trainer
from core.progress import finish

NOTHING = np.zeros((0, 1), dtype=np.int64)

both_norms = pytest.mark.parametrize("norm", ["l2", "linf"])
in_and_out = pytest.mark.parametrize("boxed", [False, True])
each = pytest.mark.parametrize("attack", SIZED_ATTACKS, ids=lambda attack: attack.label)


@pytest.fixture(scope="module")
def learnt():
    data = tiny_dataset(200, 150)
    trainer = Trainer(data, TrainingConfig(epochs=6))
    list(trainer.run())
    return data, trainer.snapshot()


def counted(attack, weights, split, norm, sizes, boxed):
    """Return the curve at its end."""
    *_, last = attack.curve(Trial(weights, split, norm, sizes, boxed))
    return last


@QUICK
@given(
    st.sampled_from(SIZED_ATTACKS),
    st.integers(0, 1000),
    st.integers(2, 12),
    st.sampled_from(["l2", "linf"]),
    st.booleans(),
)
def test_no_attack_lies_under_the_exact_curve(attack, seed, n_classes, norm, boxed):
    model, images = example(seed, n_classes, n=40)
    labels = model.predict(images)
    labels[::5] = (labels[::5] + 1) % n_classes  # read wrongly
    split = Split(images.astype(np.float32), labels)
    found = finish(exact_robustness(model.weights, split, boxed=boxed))
    sizes = curve_sizes(shown_size(found, norm), 16)
    curve = counted(attack, model.weights, split, norm, sizes, boxed)
    for label in (None, *range(n_classes)):
        exact = found.accuracy(norm, sizes, label)
        tried = share_right(curve, labels, label)
        np.testing.assert_array_equal(np.isnan(tried), np.isnan(exact))
        assert (tried[~np.isnan(exact)] >= exact[~np.isnan(exact)] - 1e-12).all()
    assert curve[0].sum() == (model.predict(split.images) == labels).sum()


def clipped_of_size(image, direction, size, norm):
    """Return the image as far along the direction as the change that the box leaves is so large."""
    order = 2 if norm == "l2" else np.inf
    low, high = 0.0, 1e6
    for _ in range(80):
        middle = (low + high) / 2
        left = np.clip(image + middle * direction.astype(float), 0, 1) - image
        low, high = (middle, high) if np.linalg.norm(left, order) < size else (low, middle)
    return np.clip(image + low * direction.astype(float), 0, 1)


@both_norms
@in_and_out
def test_noise_is_what_a_loop_counts(learnt, norm, boxed):
    data, weights = learnt
    found = finish(exact_robustness(weights, data.test, boxed=boxed))
    at = curve_sizes(shown_size(found, norm), 12)
    counts = counted(RandomNoise(3), weights, data.test, norm, at, boxed)
    along = directions(norm, data.test.images.shape, np.random.default_rng(3))
    before = SoftmaxPerceptron(weights).predict(data.test.images) == data.test.labels
    for size, row in zip(at, counts, strict=True):
        if boxed:
            pairs = zip(data.test.images, along, strict=True)
            moved = np.array([clipped_of_size(x, d, size, norm) for x, d in pairs])
        else:
            moved = data.test.images + np.float32(size) * along
        right = before & (SoftmaxPerceptron(weights).predict(moved) == data.test.labels)
        for k in range(data.n_classes):
            assert row[k] == (right & (data.test.labels == k)).sum()
    np.testing.assert_allclose(
        share_right(counts, data.test.labels, 2),
        counts[:, 2] / (data.test.labels == 2).sum(),
    )


@both_norms
@in_and_out
def test_gradient_attacks_are_those_of_the_laboratory_at_each_size(learnt, norm, boxed):
    """One after the other, with all that a smaller size turned counted as turned."""
    data, weights = learnt
    model, split = SoftmaxPerceptron(weights), data.test
    right = model.predict(split.images) == split.labels
    at = curve_sizes(shown_size(finish(exact_robustness(weights, split, boxed=boxed)), norm), 10)
    for attack, name in zip(SIZED_ATTACKS[1:], ("fgsm", "pgd"), strict=True):
        counts = counted(attack, weights, split, norm, at, boxed)
        held = right.copy()
        for size, row in zip(at, counts, strict=True):
            if size > 0:
                more = {"steps": PGD_STEPS} if name == "pgd" else {}
                config = ATTACKS[name].settings(
                    norm=norm, budget=size, box=boxed, objective="margin", **more
                )
                rows = np.flatnonzero(held)
                tried = ATTACKS[name](model, config, split.images[rows], split.labels[rows])
                held[rows[tried.finish().success]] = False
            np.testing.assert_array_equal(row, np.bincount(split.labels[held], minlength=4))
        assert held.sum() < right.sum() / 2


@each
def test_a_curve_that_is_left_is_known_up_to_some_size(learnt, attack):
    data, weights = learnt
    at = np.linspace(0, 1, 8)
    whole = counted(attack, weights, data.test, "l2", at, True)
    assert len(whole) == len(at)
    seen = list(itertools.islice(attack.curve(Trial(weights, data.test, "l2", at, True)), 6))
    lengths = [len(curve) for curve in seen]
    assert lengths == sorted(lengths)
    assert len(seen[-1]) < len(at)
    np.testing.assert_array_equal(seen[-1], whole[: lengths[-1]])
    with pytest.raises(ValueError, match="read-only"):
        seen[-1][:] = 0


@each
def test_large_images_are_moved_a_few_at_a_time(attack):
    """Between two answers lies at most a step over 400,000 pixels, or one image."""
    split = tiny_dataset(5, 40, shape=(200, 200)).test
    weights = np.random.default_rng(0).standard_normal((4, 40_001)).astype(np.float32)
    curve = attack.curve(Trial(weights, split, "l2", np.array([0.0, 0.5]), True))
    right = (SoftmaxPerceptron(weights).predict(split.images) == split.labels).sum()
    assert len(list(curve)) >= right // 10


@each
def test_a_model_that_reads_all_alike_loses_nothing(attack):
    data = tiny_dataset(20, 50)
    for weights in (np.zeros((4, 13), np.float32), np.full((4, 13), np.nan, np.float32)):
        counts = counted(attack, weights, data.test, "l2", np.array([0.0, 1.0]), False)
        np.testing.assert_array_equal(counts[0], counts[1])


@each
@both_norms
def test_sizes_beyond_all_budgets_are_tried_with_the_largest(learnt, attack, norm):
    data, weights = learnt
    sizes = np.array([0.0, 1e-9, 1e5])
    counts = counted(attack, weights, data.test, norm, sizes, False)
    np.testing.assert_array_equal(counts[0], counts[1])
    if not isinstance(attack, RandomNoise):
        assert counts[2].sum() == 0


def test_an_empty_part_has_a_curve_of_nothing():
    empty = Split(np.zeros((0, 12), np.float32), np.zeros(0, np.int64))
    weights = np.random.default_rng(0).standard_normal((4, 13)).astype(np.float32)
    for attack in SIZED_ATTACKS:
        counts = counted(attack, weights, empty, "l2", np.array([0.0, 1.0]), False)
        assert counts.shape == (2, 4)
        assert not counts.any()


@both_norms
def test_directions_have_size_one(norm):
    drawn = directions(norm, (20, 9), np.random.default_rng(0)).astype(float)
    size = np.linalg.norm(drawn, axis=1) if norm == "l2" else np.abs(drawn).max(axis=1)
    np.testing.assert_allclose(size, 1, rtol=1e-6)


def test_attacks_are_tried_one_after_the_other_and_gone_on_with_where_they_were_left(learnt):
    data, weights = learnt
    exact = finish(exact_robustness(weights, data.test, boxed=True))
    trials = AttackTrials(weights, data.test, "linf", exact)
    steps = trials.run()
    assert not trials.found().curves
    while len(trials.found().curves.get("FGSM", NOTHING)) < 3:
        next(steps)
    steps.close()
    left = trials.found()
    assert left.trying == "FGSM"
    assert len(left.curves["noise"]) == len(left.sizes)
    first = next(trials.run())
    assert first.done >= 3  # not begun anew
    list(trials.run())
    found = trials.found()
    assert found.trying == ""
    np.testing.assert_array_equal(found.sizes, tried_sizes(exact, "linf"))
    for attack in SIZED_ATTACKS:
        alone = counted(attack, weights, data.test, "linf", found.sizes, True)
        np.testing.assert_array_equal(found.curves[attack.label], alone)
    quick = AttackTrials(weights, data.test, "linf", exact, attacks=SIZED_ATTACKS[:1])
    list(quick.run())
    assert list(quick.found().curves) == ["noise"]
