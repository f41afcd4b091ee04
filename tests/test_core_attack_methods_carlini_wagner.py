"""Carlini and Wagner: its optimiser, its searches, its results."""

from __future__ import annotations

import numpy as np
import pytest
from attack_samples import build, exact_sizes, example

from core.attack import ATTACKS
from core.attack.methods.carlini_wagner import Adam
from core.learning.perceptron import SoftmaxPerceptron


def test_adam_is_its_paper():
    rng = np.random.default_rng(0)
    values, plain = np.ones(5), np.ones(5)
    adam, m, v = Adam((5,), np.float64), np.zeros(5), np.zeros(5)
    for t in range(1, 20):
        g = rng.standard_normal(5)
        m, v = 0.9 * m + 0.1 * g, 0.999 * v + 0.001 * g * g
        plain = plain - 0.1 * (m / (1 - 0.9**t)) / (np.sqrt(v / (1 - 0.999**t)) + 1e-8)
        adam.step(values, g.copy(), 0.1)
        np.testing.assert_allclose(values, plain, rtol=1e-12)


@pytest.mark.parametrize(("n_classes", "worst"), [(2, 1.02), (6, 2.0)])
def test_carlini_wagner_without_the_box_comes_near_the_closed_form(n_classes, worst):
    """With several rivals the loss has local minima; a few images end at another rival's."""
    model, images = example(n_classes=n_classes, n=20)
    config = ATTACKS["cw"].settings(box=False, steps=300, searches=10, rate=0.01)
    result = ATTACKS["cw"](model, config, images).finish()
    assert result.success.all()
    ratio = result.sizes / exact_sizes(model, images, "l2")
    assert ratio.min() >= 1 - 1e-9
    assert np.median(ratio) < 1.02
    assert ratio.max() < worst


def test_carlini_wagner_in_the_box_is_no_worse_than_deepfool():
    model, images = example(5, n=20)
    deepfool = ATTACKS["deepfool"](model, ATTACKS["deepfool"].settings(), images).finish()
    config = ATTACKS["cw"].settings(steps=300, searches=10)
    result = ATTACKS["cw"](model, config, images).finish()
    assert result.success.all()
    assert np.median(result.sizes / deepfool.sizes) < 1.02


def test_carlini_wagner_ends_with_the_smallest_change_it_found():
    """It goes on searching for less after it has succeeded, and often in vain."""
    model, images = example(1, n=20)
    attack = build("cw", model, images, searches=3, steps=20)
    steps = list(attack.run())
    result = attack.result()
    assert steps[-1].step == attack.n_steps
    assert result.success.all()
    np.testing.assert_allclose(steps[-1].sizes, result.sizes, rtol=1e-9)
    assert (steps[-2].sizes > 1.1 * result.sizes).any()


def test_carlini_wagner_stops_weighing_more_where_nothing_can_be_done():
    """Twins differ in their bias alone: none ever overtakes the other. (Overflow is an error.)"""
    weights = np.random.default_rng(0).standard_normal((3, 13)).astype(np.float32)
    weights[1] = weights[0]
    weights[1, 0] -= 1.0
    config = ATTACKS["cw"].settings(target=1, searches=30, steps=5)
    attack = ATTACKS["cw"](SoftmaxPerceptron(weights), config, np.full(12, 0.5))
    result = attack.finish()
    assert not result.success.any()
    assert np.isfinite(result.images).all()
    assert attack.constants.max() == 1e10
