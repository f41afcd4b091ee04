"""The practical's attack on the image: its direction, its steps, its sizes, its outcome."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from core_samples import QUICK, central_differences, notebook_image_step, tiny_dataset
from hypothesis import given
from hypothesis import strategies as st

from core.attack import AttackConfig, SquaredLossDescent, summarise
from core.attack.outcome import SATURATED_RESPONSE
from core.attack.practical import NOISE_SCALE, AttackStep
from core.data.dataset import read_only
from core.errors import SettingError
from core.learning.perceptron import SoftmaxPerceptron, softmax
from core.learning.training import Trainer, TrainingConfig

FREE = AttackConfig(target=2, steps=30, rate=0.1, pull=0.0)


def random_model(n_classes=4, n_features=12, seed=0, scale=1.0, dtype=np.float64):
    rng = np.random.default_rng(seed)
    weights = scale * rng.standard_normal((n_classes, n_features + 1))
    return SoftmaxPerceptron(weights.astype(dtype))


def random_image(n_features=12, seed=1):
    return np.random.default_rng(seed).random(n_features)


@pytest.fixture(scope="module")
def trained():
    dataset = tiny_dataset(500, 60)
    trainer = Trainer(dataset, TrainingConfig(learning_rate=0.5, epochs=20))
    list(trainer.run())
    return dataset, SoftmaxPerceptron(trainer.snapshot())


def steps_of(model, config, start, chosen=None):
    return list(SquaredLossDescent(model, config, start, chosen).run())


@pytest.mark.parametrize("pull", [0.0, 0.12, 3.0])
@pytest.mark.parametrize("has_chosen", [False, True])
def test_direction_is_minus_half_the_gradient_of_the_loss(pull, has_chosen):
    model, image = random_model(), random_image()
    chosen = random_image(seed=2) if has_chosen else None
    attack = SquaredLossDescent(model, replace(FREE, pull=pull), image, chosen)

    def loss_by_definition(x):
        target = np.eye(4)[2]
        logits = model.weights[:, 1:] @ x + model.weights[:, 0]
        value = ((target - softmax(logits)) ** 2).sum()
        return value + (pull * ((chosen - x) ** 2).sum() if has_chosen else 0)

    loss, direction = attack.direction(image, model.probabilities(image))
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
    attack = SquaredLossDescent(model, config, image, chosen)

    def loss(x):
        return attack.direction(x, model.probabilities(x))[0]

    direction = attack.direction(image, model.probabilities(image))[1]
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
    attack = SquaredLossDescent(model, config, start, chosen)
    reference = start if chosen is None else chosen
    for step in attack.run():
        np.testing.assert_array_equal(step.probabilities, model.probabilities(step.image))
        loss, direction = attack.direction(step.image, step.probabilities)
        change = step.image - reference
        assert step.loss == loss
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
    list(SquaredLossDescent(model, FREE, random_image()).run())
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


def test_the_pull_keeps_the_result_near_the_chosen_image(trained):
    dataset, model = trained
    chosen = int(np.flatnonzero(model.predict(dataset.train.images) != 2)[0])
    config = AttackConfig(target=2, toward=chosen, steps=400, rate=0.1)
    distances = []
    for pull in (0.0, 0.05, 0.2, 5.0):
        attack = SquaredLossDescent.on_dataset(model, replace(config, pull=pull), dataset)
        distances.append([step.l2 for step in attack.run()][-1])
    assert distances == sorted(distances, reverse=True)
    assert distances[-1] < 0.1 * distances[0]


def test_the_size_is_measured_from_the_chosen_image_else_from_the_start():
    model, start, chosen = random_model(), random_image(), random_image(seed=2)
    attack = SquaredLossDescent(model, FREE, start, chosen)
    np.testing.assert_array_equal(attack.reference, chosen)
    first = next(attack.run())
    assert first.l2 == pytest.approx(np.linalg.norm(start - chosen))
    alone = SquaredLossDescent(model, FREE, start)
    np.testing.assert_array_equal(alone.reference, start)


def test_without_a_chosen_image_there_is_no_pull():
    model, start = random_model(), random_image()
    with_pull = steps_of(model, replace(FREE, pull=5.0), start)
    without = steps_of(model, FREE, start)
    np.testing.assert_array_equal(with_pull[-1].image, without[-1].image)


@pytest.mark.parametrize("box", [False, True])
def test_an_attack_that_runs_away_reports_nothing_but_numbers(trained, box):
    """A step size times pull above 2 overshoots ever further: 1e5 times per step here.

    However it ends, nothing may warn, and no step may be shown or saved as NaN or infinity.
    """
    dataset, model = trained
    config = AttackConfig(target=2, toward=0, steps=60, rate=1000.0, pull=100.0, box=box)
    steps = list(SquaredLossDescent.on_dataset(model, config, dataset).run())
    assert len(steps) >= 2
    for step in steps:
        assert np.isfinite([step.loss, step.gradient_norm, step.l2, step.linf]).all()
        assert np.isfinite(step.image).all()
        assert np.isfinite(step.probabilities).all()
    if box:
        assert len(steps) == 61
        assert outside_box(steps) <= 0


def test_noise_is_the_practicals_and_follows_its_seed(trained):
    dataset, model = trained
    first, again, other = (
        SquaredLossDescent.on_dataset(model, replace(FREE, seed=seed), dataset).start
        for seed in (3, 3, 4)
    )
    np.testing.assert_array_equal(first, again)
    assert not np.array_equal(first, other)
    assert first.dtype == np.float32
    assert first.shape == (dataset.n_features,)
    assert 0 <= first.min() < first.max() < NOISE_SCALE == 0.01


@pytest.mark.parametrize("part", ["train", "test"])
def test_images_are_taken_by_number_from_the_part_asked_for(trained, part):
    dataset, model = trained
    config = replace(FREE, start=5, toward=9, part=part)
    attack = SquaredLossDescent.on_dataset(model, config, dataset)
    np.testing.assert_array_equal(attack.start, dataset.split(part).images[5])
    np.testing.assert_array_equal(attack.chosen, dataset.split(part).images[9])
    assert SquaredLossDescent.on_dataset(model, FREE, dataset).chosen is None


@pytest.mark.parametrize(
    ("setting", "message"),
    [
        ({"start": 500}, "Start from 500 is no train image; choose 0 to 499"),
        ({"start": -1}, "Start from -1 is no train image; choose 0 to 499"),
        ({"toward": 60, "part": "test"}, "Pull toward 60 is no test image; choose 0 to 59"),
        ({"target": 4}, "Target class 4 is no class of this model; choose 0 to 3"),
    ],
)
def test_what_does_not_exist_is_refused_with_what_does(trained, setting, message):
    dataset, model = trained
    with pytest.raises(SettingError, match=message):
        SquaredLossDescent.on_dataset(model, replace(FREE, **setting), dataset)


def test_a_negative_target_is_out_of_range():
    with pytest.raises(SettingError, match="Target class must be"):
        AttackConfig(target=-1)


@pytest.mark.parametrize("shape", [(11,), (13,), (3, 4), (1, 12), ()])
def test_an_image_of_another_size_is_refused(shape):
    model, wrong, right = random_model(), np.zeros(shape), np.zeros(12)
    with pytest.raises(SettingError, match=f"The start has {wrong.size} pixels.*reads 12"):
        SquaredLossDescent(model, FREE, wrong)
    with pytest.raises(SettingError, match=f"The chosen image has {wrong.size} pixels.*reads 12"):
        SquaredLossDescent(model, FREE, right, wrong)


def attack_steps(*probabilities):
    return [
        AttackStep(
            step=i,
            image=read_only(np.zeros(3)),
            probabilities=read_only(np.array(values)),
            loss=1.0,
            gradient_norm=1.0,
            l2=0.5 * i,
            linf=0.125 * i,
        )
        for i, values in enumerate(probabilities)
    ]


NAMES = ("zero", "one", "two")
ONE, TWO = (0.2, 0.7, 0.1), (0.1, 0.2, 0.7)


@pytest.mark.parametrize(
    ("seen", "success_step"),
    [
        ([ONE, ONE, TWO, TWO], 2),
        ([ONE, TWO, ONE, TWO], 3),  # only from where it stays
        ([ONE, TWO, TWO, ONE], None),
        ([TWO, TWO], 0),
        ([ONE], None),
    ],
)
def test_success_counts_from_the_step_since_which_the_target_is_read(seen, success_step):
    outcome = summarise(attack_steps(*seen), target=2, original=1)
    assert outcome.success_step == success_step
    assert outcome.succeeded == (success_step is not None)
    assert outcome.step == len(seen) - 1


def test_an_outcome_may_be_asked_for_at_any_step():
    steps = attack_steps(ONE, ONE, TWO)
    assert not summarise(steps[:2], 2, 1).succeeded
    assert summarise(steps, 2, 1).succeeded


def test_success_in_words():
    outcome = summarise(attack_steps(ONE, ONE, TWO, TWO), target=2, original=1)
    assert outcome.sentence(NAMES) == (
        "one read as two after 2 steps; length of the change 1.50, largest pixel 0.38 at step 3"
    )
    once = summarise(attack_steps(ONE, TWO), target=2, original=None)
    assert once.sentence(NAMES).startswith("noise read as two after 1 step; ")


def test_failure_in_words():
    outcome = summarise(attack_steps(ONE, ONE, ONE), target=2, original=1)
    assert outcome.sentence(NAMES) == (
        "one still read as one (0.70) after 2 steps, not as two; "
        "length of the change 1.00, largest pixel 0.25"
    )


def logit_response(probabilities, target):
    y = np.array(probabilities)
    residual = np.eye(len(y))[target] - y
    jacobian = np.diag(y) - np.outer(y, y)
    return np.linalg.norm(jacobian @ residual)


@pytest.mark.parametrize(
    ("start", "saturated"),
    [
        ((0.9996, 0.0002, 0.0002), True),
        ((0.9, 0.05, 0.05), False),
        ((1.0, 0.0, 0.0), True),
        ((1 / 3, 1 / 3, 1 / 3), False),
    ],
)
def test_a_confident_start_is_flagged_as_saturated(start, saturated):
    outcome = summarise(attack_steps(start), target=2, original=0)
    assert outcome.saturated is saturated
    assert bool(logit_response(start, 2) < SATURATED_RESPONSE) is saturated


def test_a_start_that_is_the_target_already_is_a_success_from_the_beginning():
    outcome = summarise(attack_steps((0.0, 0.0, 1.0)), target=2, original=2)
    assert outcome.success_step == 0


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
