"""Every operation of the practical's Part 1, against definitions, differences and the notebook."""

from __future__ import annotations

import numpy as np
import pytest
from core_samples import (
    QUICK,
    central_differences,
    log_softmax,
    loss_and_gradient,
    notebook_columns,
    notebook_like,
    notebook_one_hot,
    notebook_score,
    notebook_step,
    tiny_dataset,
    update,
    with_bias,
)
from hypothesis import given
from hypothesis import strategies as st

import core.learning.minibatch
from core.data.dataset import Split
from core.data.samples import CHUNK_ROWS
from core.learning.minibatch import MiniBatches, MiniBatchStep
from core.learning.perceptron import (
    BLOCK_ROWS,
    INITIAL_WEIGHTS,
    SMALL_NORMAL_SCALE,
    SoftmaxPerceptron,
    initial_weights,
    one_hot,
    softmax,
)
from core.learning.sweep.stacked_evaluation import evaluate_stacked
from core.progress import finish

BOTH_PRECISIONS = pytest.mark.parametrize("dtype", [np.float32, np.float64])


def random_model(n_classes=4, n_features=6, seed=0, scale=1.0, dtype=np.float64):
    rng = np.random.default_rng(seed)
    weights = scale * rng.standard_normal((n_classes, n_features + 1))
    return SoftmaxPerceptron(weights.astype(dtype))


def random_batch(n_samples=9, n_features=6, n_classes=4, seed=1, dtype=np.float64):
    rng = np.random.default_rng(seed)
    images = rng.random((n_samples, n_features)).astype(dtype)
    return images, rng.integers(n_classes, size=n_samples)


def test_softmax_is_exp_over_the_sum_of_exp():
    logits = np.array([[0.0, 1.0, -2.0], [3.0, 3.0, 3.0]])
    exp = np.exp(logits)
    np.testing.assert_allclose(softmax(logits), exp / exp.sum(axis=1, keepdims=True), rtol=1e-14)
    np.testing.assert_allclose(np.exp(log_softmax(logits)), softmax(logits), rtol=1e-14)


@BOTH_PRECISIONS
def test_softmax_holds_at_activations_of_ten_thousand(dtype):
    logits = np.array([[1e4, -1e4, 0.0], [-1e4, -1e4, -1e4], [1e4, 1e4, -1e4]], dtype=dtype)
    expected = [[1, 0, 0], [1 / 3, 1 / 3, 1 / 3], [0.5, 0.5, 0]]
    result = softmax(logits)
    assert result.dtype == dtype
    np.testing.assert_allclose(result, expected, rtol=1e-6)


@BOTH_PRECISIONS
def test_log_softmax_never_takes_the_log_of_an_underflow(dtype):
    logits = np.array([[1e4, -1e4, 0.0], [-1e4, -1e4, -1e4]], dtype=dtype)
    third = -np.log(3.0)
    np.testing.assert_allclose(
        log_softmax(logits), [[0, -2e4, -1e4], [third, third, third]], rtol=1e-6
    )


@QUICK
@given(
    st.lists(st.floats(-1e4, 1e4), min_size=1, max_size=12),
    st.floats(-1e4, 1e4),
)
def test_softmax_is_a_distribution_that_a_shift_does_not_change(values, shift):
    logits = np.array(values)
    probabilities = softmax(logits)
    assert (probabilities >= 0).all()
    assert probabilities.sum() == pytest.approx(1.0)
    np.testing.assert_allclose(softmax(logits + shift), probabilities, atol=1e-10)


@BOTH_PRECISIONS
def test_the_whole_model_holds_at_activations_of_ten_thousand(dtype):
    model = SoftmaxPerceptron(np.array([[0, 1e4], [0, -1e4], [0, 0]], dtype=dtype))
    images, labels = np.ones((3, 1), dtype=dtype), np.array([0, 1, 2])
    split = Split(images, labels)
    score, log_likelihood = model.evaluate(split)
    assert score == pytest.approx(1 / 3)
    assert log_likelihood == pytest.approx((0 - 2e4 - 1e4) / 3, rel=1e-6)
    loss, gradient = loss_and_gradient(model, images, labels)
    assert loss == pytest.approx(1e4, rel=1e-6)
    np.testing.assert_allclose(gradient, [[2 / 3] * 2, [-1 / 3] * 2, [-1 / 3] * 2], rtol=1e-6)


@BOTH_PRECISIONS
def test_a_training_step_holds_at_activations_of_ten_thousand(dtype):
    weights = np.array([[0, 1e4], [0, -1e4]], dtype=dtype)
    step = MiniBatchStep(weights, learning_rate=0.5)
    step.run(np.ones((1, 1, 2), dtype=dtype), np.array([[[0], [1]]], dtype=dtype))
    np.testing.assert_array_equal(weights, np.array([[-0.5, 9999.5], [0.5, -9999.5]], dtype=dtype))


def test_one_hot_has_a_single_one_at_the_label():
    labels = np.array([2, 0, 1, 2])
    result = one_hot(labels, 4, np.float64)
    np.testing.assert_array_equal(result, notebook_one_hot(labels, 4).T)
    assert one_hot(labels, 4).dtype == np.float32


def test_with_bias_puts_a_constant_one_first():
    images, _ = random_batch()
    np.testing.assert_array_equal(with_bias(images), notebook_columns(images).T)


def test_logits_of_one_image_are_a_row_of_the_batch():
    model, (images, _) = random_model(), random_batch()
    batch = model.logits(images)
    assert batch.shape == (9, 4)
    np.testing.assert_allclose(batch, with_bias(images) @ model.weights.T, rtol=1e-12)
    assert model.logits(images[3]).shape == (4,)
    np.testing.assert_allclose(model.logits(images[3]), batch[3], rtol=1e-12)
    np.testing.assert_allclose(model.probabilities(images[3]), softmax(batch)[3], rtol=1e-12)


def test_predict_is_the_largest_logit():
    model, (images, _) = random_model(), random_batch(40)
    predicted = model.predict(images)
    assert predicted.dtype == np.int64
    assert predicted.tolist() == [max(range(4), key=lambda k: z[k]) for z in model.logits(images)]


def test_a_model_knows_its_sizes():
    model = random_model(n_classes=5, n_features=12)
    assert (model.n_classes, model.n_features) == (5, 12)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("lead", [0.0, 1e-3, 2.0, 20.0, 60.0])
def test_the_log_likelihood_of_a_sure_image_is_not_rounded_to_nothing(dtype, lead):
    """In float32 ``log(1 + e^-20)`` would be 0."""
    weights = np.array([[lead, 0], [0, 0], [-3, 0]], dtype)
    split = Split(np.zeros((1, 1), dtype), np.array([0]))
    others = np.exp(-np.float64(weights[0, 0])) * (1 + np.exp(-3.0))
    expected = pytest.approx(-np.log1p(others), rel=100 * float(np.finfo(dtype).eps), abs=0)
    model = SoftmaxPerceptron(weights)
    assert model.evaluate(split)[1] == expected
    assert model.read(split.images, split.labels)[1][0] == expected
    stacked = np.ascontiguousarray(weights[:, None])
    assert finish(evaluate_stacked(stacked, split))[1][0] == expected


def test_score_and_log_likelihood_equal_the_notebooks():
    dataset = tiny_dataset(200)
    model = random_model(dataset.n_classes, dataset.n_features)
    x = notebook_columns(dataset.train.images)
    labels = dataset.train.labels
    score, log_likelihood = model.evaluate(dataset.train)
    assert score == notebook_score(model.weights, x, labels)
    expected = notebook_like(model.weights, x, notebook_one_hot(labels, dataset.n_classes))
    assert log_likelihood == pytest.approx(expected, rel=1e-6)


def test_evaluation_in_slices_misses_no_sample():
    dataset = tiny_dataset(5010, shape=(2, 2))
    assert 2 * CHUNK_ROWS < 5010 < 3 * CHUNK_ROWS
    assert 5010 % BLOCK_ROWS
    model = random_model(dataset.n_classes, dataset.n_features)
    images, labels = dataset.train.images, dataset.train.labels
    score, log_likelihood = model.evaluate(dataset.train)
    assert score == (model.predict(images) == labels).mean()
    log_y = log_softmax(model.logits(images))[np.arange(5010), labels]
    assert log_likelihood == pytest.approx(log_y.mean(), rel=1e-9)


def test_evaluation_changes_nothing():
    dataset, model = tiny_dataset(), random_model(4, 12, dtype=np.float32)
    before = model.weights.copy()
    assert model.evaluate(dataset.train) == model.evaluate(dataset.train)
    np.testing.assert_array_equal(model.weights, before)


@pytest.mark.parametrize(
    ("n_samples", "n_classes", "n_features"), [(1, 2, 1), (7, 4, 6), (3, 11, 2)]
)
def test_weight_gradient_agrees_with_central_differences(n_samples, n_classes, n_features):
    model = random_model(n_classes, n_features)
    images, labels = random_batch(n_samples, n_features, n_classes)

    def loss(weights):
        return loss_and_gradient(SoftmaxPerceptron(weights), images, labels)[0]

    numerical = central_differences(loss, model.weights)
    analytic = loss_and_gradient(model, images, labels)[1]
    np.testing.assert_allclose(analytic, numerical, rtol=1e-7, atol=1e-9)


def test_the_loss_is_minus_the_log_likelihood():
    dataset, model = tiny_dataset(), random_model(4, 12)
    loss, _ = loss_and_gradient(model, dataset.train.images, dataset.train.labels)
    assert loss == pytest.approx(-model.evaluate(dataset.train)[1], rel=1e-6)


def test_update_is_the_notebooks():
    model, (images, labels) = random_model(), random_batch()
    expected = notebook_step(
        model.weights, notebook_columns(images), notebook_one_hot(labels, 4), 0.3
    )
    update(model, images, labels, 0.3)
    np.testing.assert_allclose(model.weights, expected, rtol=1e-12)


def one_batch(images, labels, n_classes):
    """Return a block that holds one batch."""
    return with_bias(images)[None], one_hot(labels, n_classes, np.float64).T[None]


@QUICK
@given(
    st.integers(1, 20),
    st.integers(1, 9),
    st.integers(2, 8),
    st.sampled_from([1e-3, 0.1, 5.0]),
    st.sampled_from([0.0, 1e-3, 0.5]),
)
def test_minibatch_step_equals_update(n_samples, n_features, n_classes, rate, l2):
    images, labels = random_batch(n_samples, n_features, n_classes)
    reference = random_model(n_classes, n_features)
    weights = reference.weights.copy()
    decay = rate * l2 * weights
    decay[:, 0] = 0
    update(reference, images, labels, rate)
    step = MiniBatchStep(weights, learning_rate=rate, l2=l2)
    step.run(*one_batch(images, labels, n_classes))
    np.testing.assert_allclose(weights, reference.weights - decay, rtol=1e-12, atol=1e-14)


def test_minibatch_step_can_be_used_for_large_and_small_batches_in_turn():
    reference = random_model()
    weights = reference.weights.copy()
    step = MiniBatchStep(weights, learning_rate=0.2)
    for n_samples in (8, 3, 8, 1):
        images, labels = random_batch(n_samples, seed=n_samples)
        step.run(*one_batch(images, labels, 4))
        update(reference, images, labels, 0.2)
    np.testing.assert_allclose(weights, reference.weights, rtol=1e-12)


@BOTH_PRECISIONS
@pytest.mark.parametrize("own", [False, True])
@pytest.mark.parametrize("momentum", [0.0, 0.9])
@pytest.mark.parametrize("l2", [0.0, 0.01])
@pytest.mark.parametrize("n", [1, 5, 20, 150])
def test_models_side_by_side_step_as_each_alone_bit_for_bit(dtype, own, momentum, l2, n):
    rng = np.random.default_rng(3)
    n_models, n_classes, n_features, n_batches = 5, 10, 40, 4
    weights = rng.standard_normal((n_classes, n_models, n_features + 1)).astype(dtype)
    velocity = np.zeros_like(weights) if momentum else None
    images = rng.random((n_batches, n_models, n, n_features + 1)).astype(dtype)
    targets = np.eye(n_classes, dtype=dtype)[rng.integers(n_classes, size=(n_batches, n_models, n))]
    targets = np.ascontiguousarray(np.moveaxis(targets, -1, 1))
    if not own:
        images, targets = images[:, 0], targets[:, :, 0]
    rates = np.linspace(0.1, 2.0, n_models)
    expected = []
    for model in range(n_models):
        one = np.ascontiguousarray(weights[:, model])
        at_rest = None if velocity is None else np.zeros_like(one)
        step = MiniBatchStep(one, at_rest, learning_rate=rates[model], l2=l2, momentum=momentum)
        if own:
            step.run(images[:, model], targets[:, :, model])
        else:
            step.run(images, targets)
        expected.append(one)
    wanted = np.full(n_models, l2), np.full(n_models, momentum)
    step = MiniBatchStep(weights, velocity, learning_rate=rates, l2=wanted[0], momentum=wanted[1])
    step.run(images, targets)
    np.testing.assert_array_equal(weights, np.stack(expected, axis=1))


@QUICK
@given(
    n_samples=st.integers(1, 60),
    size=st.integers(1, 25),
    n_batches=st.integers(1, 9),
    first=st.integers(0, 59),
    members=st.sampled_from([None, 1, 3]),
    gathered=st.sampled_from([1, 2_000, 10**6]),
)
def test_batches_are_the_images_of_their_places(
    n_samples, size, n_batches, first, members, gathered
):
    rng = np.random.default_rng(n_samples)
    design, labels = rng.random((n_samples, 5)), rng.integers(4, size=n_samples)
    first = first % n_samples
    orders = [rng.permutation(n_samples) for _ in range(members or 1)]
    order = np.stack(orders) if members else orders[0]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(core.learning.minibatch, "GATHERED_BYTES", gathered)
        for visited in (None, order):
            batches = MiniBatches(design, labels, 4, size)
            places = np.arange(n_samples) if visited is None else visited
            place, n_seen = first, 0
            for images, targets in batches.blocks(visited, first, n_batches):
                for batch, columns in zip(images, targets, strict=True):
                    rows = places[..., place : place + size]
                    np.testing.assert_array_equal(batch, design[rows])
                    expected = np.moveaxis(one_hot(labels[rows], 4, np.float64), -1, 0)
                    np.testing.assert_array_equal(columns, expected)
                    place, n_seen = place + rows.shape[-1], n_seen + 1
            assert place == min(first + n_batches * size, n_samples)
            assert n_seen == -(-(place - first) // size)


def tied(weights, images):
    """Return whether images have several largest logits, or some that are not a number."""
    logits = SoftmaxPerceptron(weights).logits(images)
    return ((logits == logits.max(axis=1, keepdims=True)).sum(axis=1) != 1).any()


@BOTH_PRECISIONS
@pytest.mark.parametrize("case", ["none", "zeros", "two alike", "overflow"])
def test_ties_go_to_the_first_class_in_score_and_reading(dtype, case):
    split = tiny_dataset(250, n_classes=4).train
    weights = random_model(4, 12, dtype=dtype).weights
    if case == "zeros":
        weights[:] = 0
    elif case == "two alike":
        weights[3] = weights[1]
    elif case == "overflow":
        weights[1] = np.finfo(dtype).max
        weights[2] = -np.finfo(dtype).max
        weights[3, 1::2], weights[3, 0::2] = np.finfo(dtype).max, -np.finfo(dtype).max
    model = SoftmaxPerceptron(weights)
    with np.errstate(invalid="ignore"):
        assert tied(weights, split.images) == (case != "none")
    predicted, likes = model.read(split.images, split.labels)
    score, like = model.evaluate(split)
    assert score == (predicted == split.labels).mean()
    if case != "overflow":
        expected = model.logits(split.images)
        np.testing.assert_array_equal(predicted, expected.argmax(axis=1))
        assert like == pytest.approx(likes.mean(dtype=np.float64))


def test_an_image_is_read_alike_in_any_chunk_bit_for_bit():
    split = tiny_dataset(730, shape=(6, 7)).train
    model = random_model(4, 42, dtype=np.float32)
    whole = model.read(split.images, split.labels)[1]
    parts = [model.read(images, labels)[1] for _, images, labels in split.chunks(2 * BLOCK_ROWS)]
    np.testing.assert_array_equal(np.concatenate(parts), whole)


@pytest.mark.parametrize("init", INITIAL_WEIGHTS)
def test_both_precisions_start_from_the_same_weights(init):
    single = initial_weights(init, 3, 8, np.random.default_rng(5), np.float32)
    double = initial_weights(init, 3, 8, np.random.default_rng(5), np.float64)
    assert single.shape == double.shape == (3, 9)
    assert (single.dtype, double.dtype) == (np.float32, np.float64)
    np.testing.assert_array_equal(single, double.astype(np.float32))


def test_starts_are_drawn_as_they_are_called():
    rng = np.random.default_rng(0)
    assert not initial_weights("zeros", 10, 784, rng).any()
    uniform = initial_weights("uniform", 10, 784, rng)
    assert uniform.min() >= 0
    assert uniform.max() < 1
    assert uniform.mean() == pytest.approx(0.5, abs=0.02)
    normal = initial_weights("normal", 10, 784, rng)
    assert normal.std() == pytest.approx(SMALL_NORMAL_SCALE, rel=0.05)
    assert abs(normal.mean()) < 0.1 * SMALL_NORMAL_SCALE
