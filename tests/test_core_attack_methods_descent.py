"""The practical's descent: its direction, its steps, its sizes."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from attack_samples import example, random_image, random_model
from core_samples import QUICK, central_differences, notebook_image_step, tiny_dataset
from hypothesis import given
from hypothesis import strategies as st

from core.attack import ATTACKS, AttackConfig, frames, summarise
from core.attack.methods.descent import Descent, DescentSettings, faint_noise
from core.errors import SettingError
from core.learning.config import TrainingConfig
from core.learning.perceptron import SoftmaxPerceptron, softmax
from core.learning.training import Trainer

FREE = DescentSettings(target=2, steps=30, rate=0.1, pull=0.0, box=False)


@pytest.fixture(scope="module")
def trained():
    dataset = tiny_dataset(500, 60)
    trainer = Trainer(dataset, TrainingConfig(learning_rate=0.5, epochs=20))
    list(trainer.run())
    return dataset, SoftmaxPerceptron(trainer.snapshot())


def descent_of(model, config, start, chosen=None):
    return Descent(model, config, start if chosen is None else chosen, start=start)


def steps_of(model, config, start, chosen=None):
    return list(frames(descent_of(model, config, start, chosen)))


def downhill(model, config, image, chosen=None):
    """Return the loss at an image, and the way of a first step of size 1 from it."""
    first, second = steps_of(model, replace(config, rate=1.0, steps=1), image, chosen)
    return first.loss, second.image - first.image


@pytest.mark.parametrize("pull", [0.0, 0.12, 3.0])
@pytest.mark.parametrize("has_chosen", [False, True])
def test_direction_is_minus_half_the_gradient_of_the_loss(pull, has_chosen):
    model, image = random_model(), random_image()
    chosen = random_image(seed=2) if has_chosen else None

    def loss_by_definition(x):
        target = np.eye(4)[2]
        logits = model.weights[:, 1:] @ x + model.weights[:, 0]
        value = ((target - softmax(logits)) ** 2).sum()
        return value + (pull * ((chosen - x) ** 2).sum() if has_chosen else 0)

    loss, direction = downhill(model, replace(FREE, pull=pull), image, chosen)
    assert loss == pytest.approx(loss_by_definition(image), rel=1e-12)
    numerical = central_differences(loss_by_definition, image)
    np.testing.assert_allclose(direction, -numerical / 2, rtol=1e-7, atol=1e-10)


@QUICK
@given(
    st.integers(2, 8),
    st.integers(1, 9),
    st.floats(0.1, 10.0),
    st.integers(0, 1000),
    st.sampled_from([0.0, 0.5]),
)
def test_direction_agrees_with_differences_for_any_model(n_classes, n_features, scale, seed, pull):
    model = random_model(n_classes, n_features, seed, scale)
    image, chosen = random_image(n_features, seed), random_image(n_features, seed + 1)
    config = replace(FREE, target=seed % n_classes, pull=pull)

    def loss(x):
        return downhill(model, config, x, chosen)[0]

    direction = downhill(model, config, image, chosen)[1]
    numerical = central_differences(loss, image, width=1e-6)
    np.testing.assert_allclose(direction, -numerical / 2, rtol=1e-5, atol=1e-7)


@pytest.mark.parametrize("pull", [0.0, 0.12])
def test_a_step_is_the_notebooks_but_for_the_bias(pull):
    model, start, chosen = random_model(), random_image(), random_image(seed=2)
    expected = np.concatenate(([1.0], start))
    with_one = np.concatenate(([1.0], chosen))
    steps = steps_of(model, replace(FREE, pull=pull), start, chosen if pull else None)
    for step in steps:
        np.testing.assert_allclose(step.image, expected[1:], rtol=1e-10, atol=1e-12)
        expected = notebook_image_step(
            model.weights, expected, 2, 0.1, chosen=with_one if pull else None, pull=pull
        )
        expected[0] = 1.0  # the notebook lets it drift


def test_the_direction_holds_at_activations_of_ten_thousand():
    model = random_model(scale=1e4)
    (step, *_) = steps_of(model, FREE, random_image())
    assert np.isfinite(step.loss)
    assert 0 <= step.loss <= 2


def test_step_0_is_the_start_and_all_steps_come():
    model, start = random_model(), random_image()
    steps = steps_of(model, FREE, start)
    assert [step.step for step in steps] == list(range(31))
    np.testing.assert_array_equal(steps[0].image, start)
    assert (steps[0].l2, steps[0].linf) == (0, 0)


@pytest.mark.parametrize("chosen", [None, random_image(seed=2)])
def test_every_step_reports_what_its_own_image_gives(chosen):
    model, start = random_model(), random_image()
    config = replace(FREE, pull=0.3)
    reference = start if chosen is None else chosen
    for step in steps_of(model, config, start, chosen):
        np.testing.assert_array_equal(step.probabilities, model.probabilities(step.image))
        loss, direction = downhill(model, config, step.image, reference)
        change = step.image - reference
        assert step.loss == pytest.approx(loss, rel=1e-12)
        assert step.gradient_norm == pytest.approx(np.sqrt((direction**2).sum()))
        assert step.l2 == pytest.approx(np.sqrt((change**2).sum()))
        assert step.linf == pytest.approx(np.abs(change).max())
        assert step.predicted == step.probabilities.argmax()


def test_the_loss_falls_and_the_target_is_reached():
    steps = steps_of(random_model(scale=0.5), replace(FREE, steps=800), random_image())
    losses = [step.loss for step in steps]
    assert all(after <= before for before, after in pairwise(losses))
    assert steps[0].predicted != 2
    assert steps[-1].predicted == 2
    assert steps[-1].probabilities[2] > 0.9


def test_nothing_of_the_model_is_touched(trained):
    _, model = trained
    before = model.weights.copy()
    steps_of(model, FREE, random_image())
    np.testing.assert_array_equal(model.weights, before)


def test_the_bias_moves_no_pixel():
    """A model that sees through its bias alone offers the attack nothing."""
    weights = np.zeros((3, 7))
    weights[:, 0] = [1.0, -2.0, 0.5]
    start = random_image(6)
    for step in steps_of(SoftmaxPerceptron(weights), replace(FREE, target=1), start):
        np.testing.assert_array_equal(step.image, start)
        assert step.image.shape == (6,)
        np.testing.assert_allclose(step.probabilities, softmax(weights[:, 0]))


def test_what_was_given_and_what_is_given_out_stay_as_they_are():
    model, start, chosen = random_model(), random_image(), random_image(seed=2)
    given_start, given_chosen = start.copy(), chosen.copy()
    steps = steps_of(model, replace(FREE, pull=0.1), start, chosen)
    np.testing.assert_array_equal(start, given_start)
    np.testing.assert_array_equal(chosen, given_chosen)
    start[0] = 99  # still ours
    kept = [step.image.copy() for step in steps]
    for step, image in zip(steps, kept, strict=True):
        np.testing.assert_array_equal(step.image, image)
        for array in (step.image, step.probabilities):
            with pytest.raises(ValueError, match="read-only"):
                array[0] = 1


def test_precision_is_the_models():
    single = steps_of(random_model(dtype=np.float32), FREE, random_image())
    double = steps_of(random_model(dtype=np.float64), FREE, random_image())
    assert single[-1].image.dtype == np.float32
    assert double[-1].image.dtype == np.float64
    np.testing.assert_allclose(single[-1].image, double[-1].image, atol=1e-4)


def outside_box(steps):
    return max(max(-step.image.min(), step.image.max() - 1) for step in steps)


def test_the_box_keeps_every_pixel_of_every_step():
    config = replace(FREE, rate=1.0, steps=50)
    free = steps_of(random_model(), config, random_image())
    boxed = steps_of(random_model(), replace(config, box=True), random_image())
    assert outside_box(free) > 0.1  # or there was nothing to keep
    assert outside_box(boxed) <= 0


def test_the_box_clips_a_start_that_lies_outside():
    start = random_image() * 3 - 1
    boxed = steps_of(random_model(), replace(FREE, box=True), start)
    np.testing.assert_array_equal(boxed[0].image, np.clip(start, 0, 1))
    np.testing.assert_array_equal(steps_of(random_model(), FREE, start)[0].image, start)


def test_the_box_changes_nothing_where_nothing_leaves_it():
    config = replace(FREE, rate=1e-4, steps=5)
    start = 0.25 + random_image() / 2
    free = steps_of(random_model(), config, start)
    boxed = steps_of(random_model(), replace(config, box=True), start)
    np.testing.assert_array_equal(free[-1].image, boxed[-1].image)


def test_the_size_is_measured_from_the_chosen_image_else_from_the_start():
    model, start, chosen = random_model(), random_image(), random_image(seed=2)
    descent = descent_of(model, FREE, start, chosen)
    np.testing.assert_array_equal(descent.originals[0], chosen)
    first = next(frames(descent))
    assert first.l2 == pytest.approx(np.linalg.norm(start - chosen))
    np.testing.assert_array_equal(descent_of(model, FREE, start).originals[0], start)


@pytest.mark.parametrize("box", [False, True])
def test_an_attack_that_runs_away_reports_nothing_but_numbers(trained, box):
    """A step size times pull above 2 overshoots ever further: 1e5 times per step here.

    However it ends, nothing may warn, and no step may be shown or saved as NaN or infinity.
    """
    dataset, model = trained
    config = AttackConfig(target=2, toward=0, steps=60, rate=1000.0, pull=100.0, box=box)
    steps = list(frames(config.attack(model, dataset)))
    assert len(steps) >= 2
    for step in steps:
        assert np.isfinite([step.loss, step.gradient_norm, step.l2, step.linf]).all()
        assert np.isfinite(step.image).all()
        assert np.isfinite(step.probabilities).all()
    if box:
        assert len(steps) == 61
        assert outside_box(steps) <= 0


@pytest.mark.parametrize("shape", [(11,), (13,), (3, 4), (2, 12), ()])
def test_a_start_of_another_size_is_refused(shape):
    wrong, right = np.zeros(shape), np.zeros(12)
    with pytest.raises(SettingError, match=f"The start has {wrong.size} pixels.*reads 12"):
        Descent(random_model(), FREE, right, start=wrong)


def test_what_has_a_start_is_followed_wherever_it_is_read_as_the_target_already():
    """From the image, from other places of it, and from faint noise."""
    model, image = random_model(), random_image()
    read = int(model.predict(image[None])[0])
    config = replace(FREE, target=read)
    noise = faint_noise(3, 12)
    for attack in (Descent.on_image(model, config, image, start=start) for start in (None, noise)):
        steps = list(frames(attack))
        assert [step.step for step in steps] == list(range(31))
        assert attack.original[0] == read
    np.testing.assert_allclose(steps[0].image, noise, atol=1e-15)


def test_without_a_target_an_untrained_model_is_refused_in_a_film_too():
    model = SoftmaxPerceptron(np.zeros((3, 13)))
    with pytest.raises(SettingError, match="Train the model first"):
        Descent.on_image(model, replace(FREE, target=None), random_image())
    steps_of(model, FREE, random_image())  # toward a target it stands still, which is to be seen


def test_only_what_begins_anywhere_begins_as_noise():
    model, image = random_model(), random_image()
    for attack in ATTACKS.values():
        if not attack.begins_anywhere:
            with pytest.raises(SettingError, match="cannot begin as noise"):
                attack.on_image(model, attack.settings(), image, start=faint_noise(0, 12))


def test_what_is_told_without_a_target_is_the_way_it_goes():
    """Up its own loss, down the pull's."""
    model, image = random_model(), random_image()
    config = DescentSettings(steps=12, rate=0.3, pull=0.2, box=False)
    first, *rest = frames(Descent.on_image(model, config, image))
    for before, after in pairwise([first, *rest]):
        assert before.gradient_norm == pytest.approx(
            np.linalg.norm(after.image - before.image) / 0.3
        )
        own = np.eye(4)[first.predicted]
        expected = ((own - before.probabilities) ** 2).sum() - 0.2 * before.l2**2
        assert before.loss == pytest.approx(expected)


def test_a_confident_image_really_resists():
    """The squared loss saturates: tp.md, Part 2."""
    model = random_model(scale=1.0)
    start = 20 * model.weights[0, 1:] / np.linalg.norm(model.weights[0, 1:])
    steps = steps_of(model, replace(FREE, steps=50), start)
    outcome = summarise(steps, 2, 0)
    assert steps[0].probabilities[0] > 0.999
    assert outcome.saturated
    assert not outcome.succeeded
    assert outcome.l2 < 0.05


@pytest.mark.parametrize("pull", [0.0, 0.12])
def test_the_descent_is_the_notebooks_but_for_the_bias(pull):
    model, images = example()
    config = ATTACKS["descent"].settings(target=2, steps=30, rate=0.1, pull=pull, box=False)
    steps = list(ATTACKS["descent"](model, config, images).run(keep_images=True))
    for i, image in enumerate(images):
        x = start = np.concatenate(([1.0], image))
        for step in steps:
            np.testing.assert_allclose(step.images[i], x[1:], rtol=1e-9, atol=1e-11)
            x = notebook_image_step(model.weights, x, 2, 0.1, chosen=start, pull=pull)
            x[0] = 1.0  # the notebook lets it drift


def test_a_descent_that_would_run_away_stays_finite():
    model, images = example()
    narrow = SoftmaxPerceptron(model.weights.astype(np.float32))
    config = ATTACKS["descent"].settings(target=2, steps=60, rate=1000.0, pull=100.0, box=False)
    for step in ATTACKS["descent"](narrow, config, images).run(keep_images=True):
        assert np.isfinite(step.images).all()
