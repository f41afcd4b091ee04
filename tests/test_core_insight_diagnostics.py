"""What a model has learnt and where it fails, against slow plain loops over the definitions."""

from __future__ import annotations

import math

import numpy as np
import pytest
from core_samples import QUICK, tiny_dataset
from hypothesis import given
from hypothesis import strategies as st

from core.data.dataset import Split
from core.data.samples import CHUNK_ROWS
from core.insight.diagnostics import (
    UNSURE,
    WEIGHTS_SEEN,
    Mistake,
    diagnose,
    first_unsure,
    next_mistake,
    seen_weights,
    usual_weights,
    weight_images,
    weight_limit,
    weight_limits,
)
from core.learning.config import TrainingConfig
from core.learning.perceptron import SoftmaxPerceptron
from core.learning.training import EpochRecord, Trainer


def random_case(n_samples, n_classes, shape, seed, n_features_scale=3.0):
    dataset = tiny_dataset(n_samples, 1, shape=shape, n_classes=n_classes, seed=seed)
    rng = np.random.default_rng(seed + 1)
    weights = n_features_scale * rng.standard_normal((n_classes, dataset.n_features + 1))
    return weights.astype(np.float32), dataset.train


def plain_loop(weights, split):
    """Follow the practical word for word, one image after the other."""
    n_classes = len(weights)
    worst = [None] * n_classes
    right = [[] for _ in range(n_classes)]
    confusion = np.zeros((n_classes, n_classes), dtype=int)
    responses = SoftmaxPerceptron(weights).probabilities(split.images)
    for i in range(split.n_samples):
        k, y = int(split.labels[i]), responses[i]
        winner = max(range(n_classes), key=lambda j: y[j])
        confusion[k, winner] += 1
        if winner == k:
            right[k].append(split.images[i].astype(np.float64))
        # "among its training samples that are classified wrongly, the one with the highest
        # response of any neuron"
        elif worst[k] is None or y.max() > worst[k].probability:
            worst[k] = Mistake(i, k, winner, float(y.max()))
    n_pixels = split.images.shape[1]
    means = [np.mean(own, axis=0) if own else np.full(n_pixels, np.nan) for own in right]
    return tuple(worst), np.array(means), confusion


@QUICK
@given(
    st.integers(1, 60),
    st.integers(2, 8),
    st.tuples(st.integers(1, 4), st.integers(1, 4)),
    st.integers(0, 10_000),
)
def test_a_diagnosis_is_the_plain_loop(n_samples, n_classes, shape, seed):
    weights, split = random_case(n_samples, n_classes, shape, seed)
    diagnosis = diagnose(weights, split)
    worst, means, confusion = plain_loop(weights, split)
    assert diagnosis.worst == worst
    np.testing.assert_allclose(diagnosis.mean_images, means, rtol=1e-6)
    np.testing.assert_array_equal(diagnosis.confusion, confusion)
    np.testing.assert_array_equal(diagnosis.n_correct, np.diagonal(confusion))
    np.testing.assert_array_equal(
        diagnosis.n_samples, np.bincount(split.labels, minlength=n_classes)
    )
    assert diagnosis.score == SoftmaxPerceptron(weights).evaluate(split)[0]


def test_a_diagnosis_in_slices_counts_places_from_the_beginning():
    weights, split = random_case(5000, 4, (3, 3), seed=0)
    assert 2 * CHUNK_ROWS < 5000
    diagnosis = diagnose(weights, split)
    worst, means, confusion = plain_loop(weights, split)
    assert diagnosis.worst == worst
    assert max(mistake.index for mistake in diagnosis.worst) > CHUNK_ROWS
    np.testing.assert_allclose(diagnosis.mean_images, means, rtol=1e-6)
    np.testing.assert_array_equal(diagnosis.confusion, confusion)


@QUICK
@given(
    st.integers(1, 60), st.integers(2, 5), st.integers(1, 6), st.integers(0, 10_000), st.booleans()
)
def test_the_n_worst_are_the_mistakes_sorted(n_samples, n_classes, n_worst, seed, doubled):
    weights, split = random_case(n_samples, n_classes, (2, 2), seed)
    if doubled:  # equal responses: the earlier comes first
        split = Split(np.repeat(split.images, 2, axis=0), np.repeat(split.labels, 2))
    responses = SoftmaxPerceptron(weights).probabilities(split.images)
    mistakes = [[] for _ in range(n_classes)]
    for i, (k, y) in enumerate(zip(split.labels.tolist(), responses, strict=True)):
        if y.argmax() != k:
            mistakes[k].append(Mistake(i, k, int(y.argmax()), float(y.max())))
    for own in mistakes:
        own.sort(key=lambda mistake: (-mistake.probability, mistake.index))
    diagnosis = diagnose(weights, split, n_worst)
    assert diagnosis.mistakes == tuple(tuple(own[:n_worst]) for own in mistakes)
    assert diagnosis.worst == diagnose(weights, split).worst
    for n in range(n_worst):
        expected = tuple(own[n] if n < len(own) else None for own in mistakes)
        assert diagnosis.nth_worst(n) == expected


def test_the_n_worst_are_gathered_across_slices():
    weights, split = random_case(5000, 3, (3, 3), seed=1)
    assert 2 * CHUNK_ROWS < 5000
    responses = SoftmaxPerceptron(weights).probabilities(split.images)
    wrong = responses.argmax(axis=1) != split.labels
    for k, own in enumerate(diagnose(weights, split, 40).mistakes):
        candidates = np.flatnonzero(wrong & (split.labels == k))
        order = np.argsort(-responses[candidates].max(axis=1), kind="stable")[:40]
        surety = responses[candidates[order]].max(axis=1)
        assert [mistake.probability for mistake in own] == pytest.approx(surety.tolist(), rel=1e-6)
        assert len({mistake.index for mistake in own}) == len(own)


def known_case():
    """Two pixels, two classes: the model sees the brighter pixel; responses follow the gap."""
    weights = np.array([[0, 5, 0], [0, 0, 5]], dtype=np.float32)
    images = [[0.9, 0.1], [0.4, 0.6], [0.1, 0.8], [0.3, 0.7], [0.0, 1.0], [0.2, 0.3]]
    labels = np.array([0, 0, 0, 1, 1, 1])
    return weights, Split(np.array(images, dtype=np.float32), labels)


def test_worst_is_the_surest_mistake_of_each_class():
    diagnosis = diagnose(*known_case())
    # Images 1 and 2 of class 0 are taken for 1; the second has the larger gap, 0.7. Class 1 is
    # always right, and image 4, surer than any mistake, is none.
    assert diagnosis.worst[1] is None
    assert diagnosis.worst[0].index == 2
    assert diagnosis.worst[0].predicted == 1
    assert diagnosis.worst[0].true_class == 0
    assert diagnosis.worst[0].probability == pytest.approx(1 / (1 + math.exp(-3.5)), rel=1e-5)


def test_means_are_of_the_right_ones_only():
    diagnosis = diagnose(*known_case())
    np.testing.assert_allclose(diagnosis.mean_images[0], [0.9, 0.1], rtol=1e-6)
    np.testing.assert_allclose(diagnosis.mean_images[1], [0.5 / 3, 2 / 3], rtol=1e-6)
    assert diagnosis.confusion.tolist() == [[1, 2], [0, 3]]
    assert diagnosis.n_correct.tolist() == [1, 3]
    assert diagnosis.n_samples.tolist() == [3, 3]
    assert diagnosis.score == pytest.approx(4 / 6)


def test_a_class_never_right_or_never_seen_has_no_mean():
    weights, split = known_case()
    weights[0, 0] = -100  # nothing is read as class 0 any more
    third = np.vstack([weights, [[-200, 0, 0]]]).astype(np.float32)
    diagnosis = diagnose(third, split)
    assert np.isnan(diagnosis.mean_images[0]).all()
    assert np.isfinite(diagnosis.mean_images[1]).all()
    assert np.isnan(diagnosis.mean_images[2]).all()
    assert diagnosis.worst[2] is None
    assert diagnosis.n_samples.tolist() == [3, 3, 0]


@pytest.mark.parametrize("n_samples", [12, 2 * CHUNK_ROWS])
def test_the_earliest_of_equal_mistakes_is_the_worst(n_samples):
    """Within a slice and across two."""
    weights, split = known_case()
    repeated = np.arange(n_samples) % split.n_samples
    again = Split(split.images[repeated], split.labels[repeated])
    assert [mistake and mistake.index for mistake in diagnose(weights, again).worst] == [2, None]


def test_a_diagnosis_cannot_be_written_and_changes_nothing():
    weights, split = known_case()
    before = weights.copy()
    diagnosis = diagnose(weights, split)
    np.testing.assert_array_equal(weights, before)
    for array in (diagnosis.mean_images, diagnosis.confusion, diagnosis.n_correct):
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 0


def test_any_snapshot_of_a_run_can_be_diagnosed():
    dataset = tiny_dataset(300)
    config = TrainingConfig(learning_rate=0.5, epochs=5)
    records = [e for e in Trainer(dataset, config).run() if isinstance(e, EpochRecord)]
    for record in records:
        diagnosis = diagnose(record.weights, dataset.train)
        # Zero weights tie all classes; either way of counting takes the first.
        assert diagnosis.score == record.train_score
        assert diagnose(record.weights, dataset.test).score == record.test_score


def test_the_last_snapshot_before_a_divergence_can_be_diagnosed():
    """Finite weights, overflowing activations: nothing may warn (warnings are errors here)."""
    dataset = tiny_dataset(40, shape=(28, 28), n_classes=10)
    config = TrainingConfig(learning_rate=1000.0, l2=10.0, batch_size=40, init="uniform")
    records = [e for e in Trainer(dataset, config).run() if isinstance(e, EpochRecord)]
    assert len(records) > 5
    for record in records:
        assert diagnose(record.weights, dataset.train).n_samples.sum() == 40


def test_weight_images_are_the_rows_without_bias():
    weights = np.arange(2 * 7, dtype=np.float32).reshape(2, 7)
    images = weight_images(weights, (2, 3))
    assert images.shape == (2, 2, 3)
    np.testing.assert_array_equal(images[1], [[8, 9, 10], [11, 12, 13]])


def test_one_colour_limit_for_all_classes_ignores_the_bias():
    weights = np.array([[99, 1, -2], [-99, 0.5, 1.5]])
    assert weight_limit(weights) == 2
    assert weight_limit(np.zeros((2, 3))) == 1


@QUICK
@given(
    st.integers(1, 600),
    st.integers(2, 4),
    st.sampled_from([0.3, 1.0, 3.0]),
    st.sampled_from([0.0, 30.0]),
    st.integers(-1, 599),
    st.integers(0, 10_000),
)
def test_the_next_mistake_and_the_first_unsure_are_those_of_a_plain_loop(
    n_samples, n_classes, scale, noise, index, seed
):
    weights, split = random_case(n_samples, n_classes, (2, 2), seed, scale)
    if noise:
        split = split.with_label_noise(noise, n_classes, np.random.default_rng(seed))
    index = min(index, n_samples - 1)
    responses = SoftmaxPerceptron(weights).probabilities(split.images)
    predicted, surety = responses.argmax(axis=1), responses.max(axis=1)
    right = predicted == split.true_labels
    around = [*range(index + 1, n_samples), *range(index + 1)]
    assert next_mistake(weights, split, index) == next((i for i in around if not right[i]), None)
    unsure = (i for i in range(n_samples) if right[i] and surety[i] < UNSURE)
    assert first_unsure(weights, split) == next(unsure, 0)


@pytest.mark.parametrize("how", WEIGHTS_SEEN)
def test_weights_seen_minus_something_say_as_much(how):
    rng = np.random.default_rng(3)
    start = rng.random((4, 7))
    weights = start + 0.1 * rng.standard_normal((4, 7))
    seen = seen_weights(weights, how, start)
    expected = {"plain": weights, "mean": weights - weights.mean(axis=0), "start": weights - start}
    np.testing.assert_allclose(seen, expected[how])
    if how == "mean":  # what all classes share changes no probability
        image = rng.random(6)
        one, other = (SoftmaxPerceptron(w).probabilities(image) for w in (weights, seen))
        np.testing.assert_allclose(one, other)


def test_a_random_start_is_subtracted_by_itself():
    zeros = np.zeros((3, 5))
    assert usual_weights(None) == usual_weights(zeros) == "plain"
    assert usual_weights(zeros + 0.01) == "start"
    assert seen_weights(zeros, "start", None) is zeros
    assert seen_weights(zeros, "start", np.ones((2, 9))) is zeros


def test_the_colour_limit_of_a_runaway_is_a_number():
    assert weight_limit(np.array([[0.0, np.inf, np.nan, -3.0]])) == 3


def test_a_runaway_has_a_scale_of_its_own_and_leaves_the_others_theirs():
    small, large = np.array([[0.0, 0.5, -0.2]]), np.array([[0.0, 0.1, 2.0]])
    away = np.array([[0.0, 3e33, -1.0]])
    assert weight_limits([small, large]) == [2, 2]
    assert weight_limits([away, small, large]) == [3e33, 2, 2]
    assert weight_limits([away]) == [3e33]
    # By its bias alone, or by what is no number.
    assert weight_limits([np.array([[1e9, 0.3, 0.0]]), small]) == [0.3, 0.5]
    assert weight_limits([np.array([[np.nan, 0.3, 7.0]]), small]) == [7, 0.5]
