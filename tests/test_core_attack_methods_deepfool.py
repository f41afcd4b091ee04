"""DeepFool against the closed form, and what is promised of it toward a target."""

from __future__ import annotations

import numpy as np
import pytest
from attack_samples import exact_sizes, example
from core_samples import QUICK, tiny_dataset
from hypothesis import assume, given
from hypothesis import example as example_of
from hypothesis import strategies as st

from core.attack import ATTACKS
from core.exact.smallest import smallest_change
from core.learning.config import TrainingConfig
from core.learning.perceptron import SoftmaxPerceptron
from core.learning.training import Trainer

seeds = st.integers(0, 1000)


@pytest.fixture(scope="module")
def trained():
    """Images of 400 pixels: in few dimensions noise is not much worse than an attack."""
    dataset = tiny_dataset(400, 100, shape=(20, 20))
    trainer = Trainer(dataset, TrainingConfig(learning_rate=0.1, epochs=20))
    list(trainer.run())
    return dataset, SoftmaxPerceptron(trainer.snapshot().astype(np.float64))


@QUICK
@given(seeds, st.integers(2, 20), st.sampled_from(["l2", "linf"]))
def test_deepfool_without_the_box_is_the_closed_form_in_one_step(seed, n_classes, norm):
    model, images = example(seed, n_classes)
    config = ATTACKS["deepfool"].settings(norm=norm, box=False, overshoot=1e-4)
    attack = ATTACKS["deepfool"](model, config, images)
    result = attack.finish()
    assert result.success.all()
    assert attack.step == 1
    np.testing.assert_allclose(result.sizes, exact_sizes(model, images, norm), rtol=1e-3)


def deepfool_bound(model, image, target, overshoot):
    """Return (D / m)^2 with a change that is beyond all boundaries by m, so of at least size D.

    The shortest change that lies beyond *each* boundary by just m: with more pixels than classes
    the differences of weights are independent, so there is one.
    """
    z, w = model.logits(image), model.weights[:, 1:]
    others = [c for c in range(len(w)) if c != target]
    a = w[target] - w[others]
    apart = np.linalg.norm(a, axis=1)
    missing = z[others] - z[target]
    margin = overshoot * (missing / apart).max()
    change = np.linalg.lstsq(a, missing + margin * apart, rcond=None)[0]
    np.testing.assert_allclose(a @ change, missing + margin * apart)
    return (np.linalg.norm(change) / margin) ** 2


@QUICK
@given(seeds, st.integers(2, 8), st.sampled_from(["l2", "linf"]), st.floats(0.05, 1.0))
@example_of(seed=6, n_classes=7, norm="linf", overshoot=0.02)
def test_deepfool_reaches_any_target_within_its_bound(seed, n_classes, norm, overshoot):
    model, images = example(seed, n_classes)
    target = (int(model.predict(images)[0]) + 1) % n_classes
    steps = int(np.ceil(deepfool_bound(model, images[0], target, overshoot)))
    assume(steps <= 5000)
    config = ATTACKS["deepfool"].settings(
        target=target, norm=norm, box=False, overshoot=overshoot, steps=2 * steps
    )
    attack = ATTACKS["deepfool"](model, config, images[0])
    made = list(attack.run())
    assert attack.result().success.all()
    assert attack.result().predicted[0] == target
    assert len(made) - 1 <= (steps if norm == "l2" else 2 * steps)


def test_targeted_deepfool_in_the_box_reaches_what_is_there(trained):
    """A target that can be reached at all: there is an image that the model reads so."""
    dataset, model = trained
    images = dataset.test.images[:40].astype(np.float64)
    for target in range(model.n_classes):
        config = ATTACKS["deepfool"].settings(target=target, steps=2000)
        result = ATTACKS["deepfool"](model, config, images).finish()
        assert result.success.all()
        exact = [
            smallest_change(model.weights, image, "l2", target=target, boxed=True).size
            for image in images
        ]
        assert (result.sizes >= np.array(exact) * (1 - 1e-6)).all()
        assert np.median(result.sizes / np.maximum(exact, 1e-12)) < 1.5


@pytest.mark.parametrize("steps", [40, 600])
def test_steps_in_linf_that_go_round_in_circles_are_followed_by_those_in_l2(steps):
    model, images = example(0, 3, n_features=3)
    target = (int(model.predict(images)[0]) + 1) % 3
    config = ATTACKS["deepfool"].settings(target=target, norm="linf", box=False, steps=steps)
    made = list(ATTACKS["deepfool"](model, config, images[0]).run())
    assert not any(step.success.all() for step in made[: steps // 2 + 1])
    assert made[-1].success.all()
    assert len(made) <= steps // 2 + 1 + deepfool_bound(model, images[0], target, 0.02)


def test_targeted_deepfool_leaves_a_tie():
    """On a boundary there is no step to take a part of."""
    weights = np.zeros((3, 5))
    weights[1, 1], weights[2, 2] = 1.0, 1.0
    model = SoftmaxPerceptron(weights)
    config = ATTACKS["deepfool"].settings(target=2, box=False)
    result = ATTACKS["deepfool"](model, config, np.zeros(4)).finish()
    assert result.predicted[0] == 2
    assert result.sizes[0] < 1e-3


def test_deepfool_in_the_box_finds_a_change_of_most_images(trained):
    dataset, model = trained
    images = dataset.test.images.astype(np.float64)
    result = ATTACKS["deepfool"](model, ATTACKS["deepfool"].settings(), images).finish()
    assert result.success.mean() > 0.98
    ratio = result.sizes[result.success] / exact_sizes(model, images, "l2")[result.success]
    assert ratio.min() >= 1
    assert np.median(ratio) < 1.5
