"""The objectives' values and gradients against their definitions and central differences."""

from __future__ import annotations

from decimal import Decimal, localcontext

import numpy as np
import pytest
from core_samples import QUICK, central_differences
from hypothesis import given
from hypothesis import strategies as st

from core.attack.objectives import OBJECTIVES
from core.learning.perceptron import SoftmaxPerceptron, softmax


def by_definition(name, logits, k):
    y = softmax(logits)
    if name == "squared":
        return ((np.eye(len(y))[k] - y) ** 2).sum()
    if name == "cross_entropy":
        return -np.log(y[k])
    return np.delete(logits, k).max() - logits[k]


def example(seed, n_classes, scale):
    rng = np.random.default_rng(seed)
    model = SoftmaxPerceptron(scale * rng.standard_normal((n_classes, 8)))
    return model, rng.random((5, 7)), rng.integers(n_classes, size=5)


def in_many_digits(name, logits, k):
    """Return value and gradient in the logits, of the numbers as they are in the machine."""
    with localcontext(prec=400):
        powers = [Decimal(float(z)).exp() for z in logits]
        y = [power / sum(powers) for power in powers]
        r = [(i == k) - y[i] for i in range(len(y))]
        mean = sum(a * b for a, b in zip(y, r, strict=True))
        if name == "squared":
            value = sum(each * each for each in r)
            gradient = [-2 * a * (b - mean) for a, b in zip(y, r, strict=True)]
        else:
            value, gradient = -y[k].ln(), [-each for each in r]
        return float(value), np.array([float(each) for each in gradient])


names = st.sampled_from(sorted(OBJECTIVES))


@QUICK
@given(names, st.integers(0, 1000), st.integers(2, 20), st.floats(0.1, 3.0))
def test_values_are_those_of_the_definition(name, seed, n_classes, scale):
    model, images, classes = example(seed, n_classes, scale)
    logits = model.logits(images)
    values, _ = OBJECTIVES[name].evaluate(logits, classes)
    expected = [by_definition(name, z, k) for z, k in zip(logits, classes, strict=True)]
    np.testing.assert_allclose(values, expected, rtol=1e-9, atol=1e-12)


@QUICK
@given(names, st.integers(0, 1000), st.integers(2, 20), st.floats(0.1, 2.0))
def test_gradients_agree_with_central_differences(name, seed, n_classes, scale):
    model, images, classes = example(seed, n_classes, scale)
    gradients = OBJECTIVES[name].evaluate(model.logits(images), classes)[1] @ model.weights[:, 1:]
    for image, k, gradient in zip(images, classes, gradients, strict=True):

        def value(x, k=k):
            return by_definition(name, model.logits(x), k)

        numerical = central_differences(value, image, width=1e-6)
        np.testing.assert_allclose(gradient, numerical, rtol=1e-5, atol=1e-7)


@QUICK
@given(names, st.integers(0, 1000), st.integers(2, 20), st.floats(0.1, 50.0))
def test_every_gradient_adds_up_to_nothing(name, seed, n_classes, scale):
    model, images, classes = example(seed, n_classes, scale)
    _, gradient = OBJECTIVES[name].evaluate(model.logits(images), classes)
    np.testing.assert_allclose(gradient.sum(axis=-1), 0.0, atol=1e-12)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_a_sure_image_still_has_a_cross_entropy_gradient(dtype):
    """``y_k - 1`` would round to 0 here; the doubt that is left is e^-30."""
    logits = np.array([[30.0, 0.0, -1.0]], dtype=dtype)
    _, gradient = OBJECTIVES["cross_entropy"].evaluate(logits, np.array([0]))
    doubt = np.exp(-30.0) + np.exp(-31.0)
    assert gradient[0, 0] == pytest.approx(-doubt, rel=1e-4)


@pytest.mark.parametrize(
    ("dtype", "logits", "most"),
    [(np.float32, [0, -18, -60], 9.278e-16), (np.float64, [0, -40, -90], 7.219e-35)],
)
def test_the_squared_loss_of_the_class_read_is_right_where_it_is_sure(dtype, logits, most):
    gradient = OBJECTIVES["squared"].evaluate(np.array([logits], dtype), np.array([0]))[1]
    np.testing.assert_allclose(gradient[0, :2], [-most, most], rtol=2e-4)


@QUICK
@given(
    st.sampled_from(["squared", "cross_entropy"]),
    st.sampled_from([(np.float32, 35.0), (np.float64, 300.0)]),
    st.lists(st.sampled_from([0.0, 1e-6, 0.01, 0.4, 0.5, 0.999, 1.0]), min_size=2, max_size=6),
    st.floats(0.01, 1.0),
    st.integers(0, 5),
)
def test_losses_are_right_to_rounding_however_sure_or_torn_a_model_is(name, kind, z, scale, k):
    dtype, widest = kind
    logits = np.array([z]).astype(dtype) * dtype(scale * widest)
    k %= len(z)
    value, gradient = OBJECTIVES[name].evaluate(logits, np.array([k]))
    expected_value, expected = in_many_digits(name, logits[0], k)
    close = 8 * np.finfo(dtype).eps * (len(z) + float(np.ptp(logits)))  # exp of a rounded number
    np.testing.assert_allclose(value[0], expected_value, rtol=close)
    np.testing.assert_allclose(gradient[0], expected, rtol=0, atol=close * np.abs(expected).max())
    np.testing.assert_allclose(gradient[0, k], expected[k], rtol=close)


def test_the_squared_loss_saturates_and_cross_entropy_does_not():
    """tp.md: original-class probability 0.9996 gives about 0.001, against 1.41."""
    y = np.array([[0.9996, 0.0003, 0.0001]])
    target = np.array([1])
    _, squared = OBJECTIVES["squared"].evaluate(np.log(y), target)
    _, cross = OBJECTIVES["cross_entropy"].evaluate(np.log(y), target)
    assert np.linalg.norm(squared) / 2 < 0.002
    assert np.linalg.norm(cross) == pytest.approx(np.sqrt(2), abs=0.01)


@pytest.mark.parametrize("name", sorted(OBJECTIVES))
def test_activations_of_ten_thousand_do_no_harm(name):
    logits = np.array([[1e4, -1e4, 0.0]])
    values, gradient = OBJECTIVES[name].evaluate(logits, np.array([1]))
    assert np.isfinite(values).all()
    assert np.isfinite(gradient).all()


@QUICK
@given(st.integers(0, 1000), st.integers(2, 20))
def test_the_margin_is_positive_exactly_where_the_class_is_not_read(seed, n_classes):
    model, images, classes = example(seed, n_classes, 1.0)
    values, _ = OBJECTIVES["margin"].evaluate(model.logits(images), classes)
    np.testing.assert_array_equal(values > 0, model.predict(images) != classes)
