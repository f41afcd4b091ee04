"""The ledger adds up: to the logits of the model, and to what float64 makes of them."""

from __future__ import annotations

import numpy as np
import pytest
from core_samples import QUICK, tiny_dataset
from hypothesis import given
from hypothesis import strategies as st

from core.errors import SettingError
from core.insight.evidence import evidence, rivals
from core.learning.config import TrainingConfig
from core.learning.perceptron import SoftmaxPerceptron
from core.learning.training import EpochRecord, Trainer


@QUICK
@given(
    n_classes=st.integers(2, 12),
    n_features=st.integers(1, 900),
    scale=st.sampled_from([0.01, 0.3, 1.0]),
    seed=st.integers(0, 10_000),
    data=st.data(),
)
def test_the_ledger_is_the_gap_between_the_logits(n_classes, n_features, scale, seed, data):
    rng = np.random.default_rng(seed)
    weights = (scale * rng.standard_normal((n_classes, n_features + 1))).astype(np.float32)
    image = rng.random(n_features, dtype=np.float32)
    a, b = (data.draw(st.integers(0, n_classes - 1)) for _ in range(2))
    ledger = evidence(weights, image, a, b)
    logits = SoftmaxPerceptron(weights.astype(np.float64)).logits(image.astype(np.float64))
    assert ledger.gap == pytest.approx(logits[a] - logits[b], abs=1e-9)
    assert ledger.pixels.sum() + ledger.bias == ledger.gap
    found = SoftmaxPerceptron(weights).logits(image)
    # float32 adds up to n_features terms of this size.
    assert ledger.gap == pytest.approx(float(found[a] - found[b]), abs=1e-5 * max(1, scale * 30))


def test_real_models_agree_to_a_hundred_thousandth():
    dataset = tiny_dataset(n_train=120, shape=(8, 8), n_classes=4)
    run = Trainer(dataset, TrainingConfig(epochs=8)).run()
    weights = [event for event in run if isinstance(event, EpochRecord)][-1].weights
    model = SoftmaxPerceptron(weights)
    for image in dataset.test.images:
        logits = model.logits(image)
        for a in range(4):
            for b in range(4):
                assert abs(evidence(weights, image, a, b).gap - (logits[a] - logits[b])) < 1e-5


def test_the_terms_are_pixel_times_difference_of_weights():
    weights = np.array([[0.5, 1, 2, 3], [0.25, 0, 5, 3]], np.float32)
    ledger = evidence(weights, np.array([1, 0.5, 0], np.float32), 0, 1)
    np.testing.assert_array_equal(ledger.weights, [1, -3, 0])
    np.testing.assert_array_equal(ledger.pixels, [1, -1.5, 0])
    assert (ledger.bias, ledger.from_pixels, ledger.gap) == (0.25, -0.5, -0.25)
    with pytest.raises(ValueError, match="read-only"):
        ledger.pixels[0] = 1


@pytest.mark.parametrize(("a", "b"), [(-1, 0), (0, 2), (7, 7)])
def test_classes_that_are_none_are_refused(a, b):
    with pytest.raises(SettingError, match="classes 0 to 1"):
        evidence(np.zeros((2, 5), np.float32), np.zeros(4, np.float32), a, b)


def test_an_image_of_another_size_is_refused():
    with pytest.raises(SettingError, match="reads 4 pixels, not 5"):
        evidence(np.zeros((2, 5), np.float32), np.zeros(5, np.float32), 0, 1)


@pytest.mark.parametrize(
    ("true", "expected"), [(None, (2, 0)), (2, (2, 0)), (1, (2, 1)), (0, (2, 0))]
)
def test_the_first_pair_is_the_mistake_or_the_runner_up(true, expected):
    assert rivals(np.array([0.3, 0.1, 0.6]), true) == expected
