"""Every operation of the practical's Part 1, against definitions, differences and the notebook."""

from __future__ import annotations

import numpy as np
import pytest
from core_samples import (
    QUICK,
    central_differences,
    notebook_columns,
    notebook_like,
    notebook_one_hot,
    notebook_score,
    notebook_step,
    tiny_dataset,
)
from hypothesis import given
from hypothesis import strategies as st

from core.data.dataset import Split
from core.errors import SettingError
from core.learning.minibatch import MiniBatchStep
from core.learning.perceptron import (
    INITIAL_WEIGHTS,
    SMALL_NORMAL_SCALE,
    SoftmaxPerceptron,
    initial_weights,
    log_softmax,
    one_hot,
    softmax,
    with_bias,
)

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
    loss, gradient = model.loss_and_gradient(images, labels)
    assert loss == pytest.approx(1e4, rel=1e-6)
    np.testing.assert_allclose(gradient, [[2 / 3] * 2, [-1 / 3] * 2, [-1 / 3] * 2], rtol=1e-6)


@BOTH_PRECISIONS
def test_a_training_step_holds_at_activations_of_ten_thousand(dtype):
    weights = np.array([[0, 1e4], [0, -1e4]], dtype=dtype)
    step = MiniBatchStep(weights, 1)
    step.step(np.ones((1, 2), dtype=dtype), np.array([[0], [1]], dtype=dtype), 0.5, 0.0)
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


def test_score_and_log_likelihood_equal_the_notebooks():
    dataset = tiny_dataset(200)
    model = random_model(dataset.n_classes, dataset.n_features)
    x = notebook_columns(dataset.train.images)
    labels = dataset.train.labels
    assert model.score(dataset.train) == notebook_score(model.weights, x, labels)
    expected = notebook_like(model.weights, x, notebook_one_hot(labels, dataset.n_classes))
    assert model.log_likelihood(dataset.train) == pytest.approx(expected, rel=1e-6)
    assert model.evaluate(dataset.train) == (
        model.score(dataset.train),
        model.log_likelihood(dataset.train),
    )


def test_evaluation_in_slices_misses_no_sample():
    dataset = tiny_dataset(5000, shape=(2, 2))  # more than two slices of 2,048, the last a part
    model = random_model(dataset.n_classes, dataset.n_features)
    images, labels = dataset.train.images, dataset.train.labels
    score, log_likelihood = model.evaluate(dataset.train)
    assert score == (model.predict(images) == labels).mean()
    log_y = log_softmax(model.logits(images))[np.arange(5000), labels]
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
        return SoftmaxPerceptron(weights).loss_and_gradient(images, labels)[0]

    numerical = central_differences(loss, model.weights)
    analytic = model.loss_and_gradient(images, labels)[1]
    np.testing.assert_allclose(analytic, numerical, rtol=1e-7, atol=1e-9)


def test_the_loss_is_minus_the_log_likelihood():
    dataset, model = tiny_dataset(), random_model(4, 12)
    loss, _ = model.loss_and_gradient(dataset.train.images, dataset.train.labels)
    assert loss == pytest.approx(-model.log_likelihood(dataset.train), rel=1e-6)


def test_update_is_the_notebooks():
    model, (images, labels) = random_model(), random_batch()
    expected = notebook_step(
        model.weights, notebook_columns(images), notebook_one_hot(labels, 4), 0.3
    )
    model.update(images, labels, 0.3)
    np.testing.assert_allclose(model.weights, expected, rtol=1e-12)


@QUICK
@given(
    st.integers(1, 20),
    st.integers(0, 10),
    st.integers(1, 9),
    st.integers(2, 8),
    st.sampled_from([1e-3, 0.1, 5.0]),
    st.sampled_from([0.0, 1e-3, 0.5]),
)
def test_minibatch_step_equals_update(n_samples, n_spare, n_features, n_classes, rate, l2):
    """Spare places: the last batch of an epoch is smaller than the working memory."""
    images, labels = random_batch(n_samples, n_features, n_classes)
    reference = random_model(n_classes, n_features)
    weights = reference.weights.copy()
    decay = rate * l2 * weights
    decay[:, 0] = 0
    reference.update(images, labels, rate)
    MiniBatchStep(weights, n_samples + n_spare).step(
        with_bias(images), one_hot(labels, n_classes, np.float64).T, rate, l2
    )
    np.testing.assert_allclose(weights, reference.weights - decay, rtol=1e-12, atol=1e-14)


def test_minibatch_step_can_be_used_for_large_and_small_batches_in_turn():
    reference = random_model()
    weights = reference.weights.copy()
    step = MiniBatchStep(weights, 8)
    for n_samples in (8, 3, 8, 1):
        images, labels = random_batch(n_samples, seed=n_samples)
        step.step(with_bias(images), one_hot(labels, 4, np.float64).T, 0.2, 0.0)
        reference.update(images, labels, 0.2)
    np.testing.assert_allclose(weights, reference.weights, rtol=1e-12)


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


def test_an_unknown_start_names_the_known_ones():
    with pytest.raises(SettingError, match=r"zeros, uniform, normal.*'ones'"):
        initial_weights("ones", 2, 2, np.random.default_rng(0))
