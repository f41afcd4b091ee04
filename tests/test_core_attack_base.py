"""What holds for every attack: budget, box, success, seeds, precision, what is refused."""

from __future__ import annotations

from dataclasses import fields, replace

import numpy as np
import pytest
from attack_samples import build, exact_sizes, example, settings_of, usable_target
from core_samples import QUICK
from hypothesis import given
from hypothesis import strategies as st

from core.attack import ATTACKS, NORMS
from core.errors import SettingError
from core.learning.perceptron import SoftmaxPerceptron
from core.parameters import parameters_of

attacks = st.sampled_from(sorted(ATTACKS))

seeds = st.integers(0, 1000)


@QUICK
@given(
    attacks,
    seeds,
    st.integers(2, 20),
    st.sampled_from(["l2", "linf"]),
    st.booleans(),
    st.booleans(),
    st.sampled_from(["margin", "cross_entropy", "squared"]),
)
def test_every_step_keeps_budget_and_box_and_says_what_the_model_says(
    name, seed, n_classes, norm, box, targeted, objective
):
    model, images = example(seed, n_classes)
    target = usable_target(model, images, seed) if targeted else None
    attack = build(
        name, model, images, norm=norm, box=box, target=target, objective=objective, seed=seed
    )
    read_before = model.predict(images)
    for step in attack.run(keep_images=True):
        changes = step.images - images
        sizes = attack.norm.sizes(changes)
        np.testing.assert_allclose(step.sizes, sizes, atol=1e-9)
        assert (step.sizes <= attack.budget + 1e-6).all()
        if attack.box:
            assert step.images.min() >= 0
            assert step.images.max() <= 1
        np.testing.assert_array_equal(step.predicted, model.predict(step.images))
        wanted = step.predicted != read_before if target is None else step.predicted == target
        np.testing.assert_array_equal(step.success, wanted)
    result = attack.result()
    np.testing.assert_array_equal(result.predicted, model.predict(result.images))
    wanted = result.predicted != read_before if target is None else result.predicted == target
    np.testing.assert_array_equal(result.success, wanted)
    np.testing.assert_array_equal(np.isfinite(result.sizes), result.success)
    assert (result.sizes[result.success] <= attack.budget + 1e-6).all()


@QUICK
@given(attacks, seeds, st.integers(2, 20), st.booleans(), st.booleans(), st.booleans())
def test_no_attack_succeeds_below_the_closed_form(name, seed, n_classes, box, targeted, strong):
    model, images = example(seed, n_classes)
    target = usable_target(model, images, seed) if targeted else None
    result = build(
        name, model, images, box=box, target=target, seed=seed, budget=5.0 if strong else 0.3
    ).finish()
    changes = result.changes
    for norm in ("l2", "linf"):
        least = exact_sizes(model, images, norm, target)
        size = NORMS[norm].sizes(changes)
        assert (size[result.success] >= least[result.success] - 1e-9).all()


@QUICK
@given(attacks, seeds)
def test_the_same_seed_gives_the_same_bits_and_a_run_starts_anew(name, seed):
    model, images = example(seed)
    first, second = (build(name, model, images, seed=seed) for _ in range(2))
    one, two, again = first.finish(), second.finish(), first.finish()
    for other in (two, again):
        np.testing.assert_array_equal(one.images, other.images)
        np.testing.assert_array_equal(one.sizes, other.sizes)


@pytest.mark.parametrize("name", ["pgd", "uniform", "gaussian", "ball"])
def test_another_seed_gives_another_change(name):
    model, images = example()
    first, second = (next_images(build(name, model, images, seed=seed)) for seed in (0, 1))
    assert not np.array_equal(first, second)


def next_images(attack):
    steps = attack.run(keep_images=True)
    next(steps)
    return next(steps).images


SHARING = {"universal", "pgd", "uniform", "gaussian", "ball"}
"""Attacks whose images share a change, or one stream of random numbers."""


@pytest.mark.parametrize("name", sorted(set(ATTACKS) - SHARING))
def test_images_do_not_influence_each_other(name):
    model, images = example(n=5)
    together = build(name, model, images).finish()
    for i in range(len(images)):
        alone = build(name, model, images[i]).finish()
        np.testing.assert_allclose(alone.images[0], together.images[i], atol=1e-9)


@pytest.mark.parametrize("name", sorted(ATTACKS))
@pytest.mark.parametrize("block", [1, 10**9])
def test_the_size_of_a_block_changes_nothing(name, block, monkeypatch):
    model, images = example()
    expected = build(name, model, images).finish()
    monkeypatch.setattr("core.attack.base.BLOCK_BYTES", block)
    np.testing.assert_allclose(
        build(name, model, images).finish().images, expected.images, atol=1e-12
    )


@pytest.mark.parametrize("name", sorted(ATTACKS))
def test_float32_is_close_to_float64(name):
    model, images = example(3)
    single = build(name, SoftmaxPerceptron(model.weights.astype(np.float32)), images).finish()
    double = build(name, SoftmaxPerceptron(model.weights.astype(np.float32).astype(float)), images)
    assert single.images.dtype == np.float32
    wide = double.finish()
    assert wide.images.dtype == np.float64
    np.testing.assert_array_equal(single.success, wide.success)
    ok = single.success
    np.testing.assert_allclose(single.sizes[ok], wide.sizes[ok], rtol=2e-3)


@pytest.mark.parametrize("name", sorted(ATTACKS))
def test_it_may_be_left_at_any_step_and_asked_what_it_came_to(name):
    model, images = example()
    attack = build(name, model, images)
    assert attack.step == 0
    best = None
    for step in attack.run():
        assert step.images is None
        result = attack.result()
        assert attack.step == step.step
        if name != "universal":
            assert (result.success >= step.success).all()
            if best is not None:
                assert (result.sizes <= best * (1 + 1e-12)).all()
        best = result.sizes
        if step.step == 2:
            break


@pytest.mark.parametrize("name", sorted(ATTACKS))
def test_what_is_given_stays_and_what_is_given_out_is_read_only(name):
    model, images = example()
    weights, given = model.weights.copy(), images.copy()
    attack = build(name, model, images)
    steps = list(attack.run(keep_images=True))
    kept = [step.images.copy() for step in steps]
    result = attack.finish()
    np.testing.assert_array_equal(model.weights, weights)
    np.testing.assert_array_equal(images, given)
    for step, image in zip(steps, kept, strict=True):
        np.testing.assert_array_equal(step.images, image)
        assert not step.success.flags.writeable
        assert not step.images.flags.writeable
    for array in (result.images, result.changes, result.sizes, result.success):
        assert not array.flags.writeable


@pytest.mark.parametrize("name", sorted(set(ATTACKS) - {"universal"}))
def test_an_image_that_is_misread_already_is_a_success_of_size_0(name):
    """Wherever the attack begins, and whatever it tries after that."""
    model, images = example()
    labels = (model.predict(images) + 1) % 4
    result = build(name, model, images, labels).finish()
    assert result.success.all()
    assert not result.sizes.any()
    np.testing.assert_array_equal(result.images, images)


def test_pixels_outside_the_box_are_clipped_first_where_the_box_is_on():
    model, images = example()
    wide = images * 3 - 1
    boxed = next(build("bim", model, wide, box=True).run(keep_images=True))
    free = next(build("bim", model, wide, box=False).run(keep_images=True))
    np.testing.assert_array_equal(boxed.images, np.clip(wide, 0, 1))
    np.testing.assert_array_equal(free.images, wide)


def test_a_pixel_that_no_class_looks_at_is_left_alone():
    model, images = example()
    model.weights[:, 5] = 0.7  # alike for all classes
    for name in ("fgsm", "bim", "mim", "deepfool", "greedy_l0", "universal"):
        result = build(name, model, images, norm="linf").finish()
        np.testing.assert_allclose(result.changes[:, 4], 0.0, atol=1e-15)


def test_objective_values_and_gradient_norms_of_a_step_are_the_objectives_own():
    model, images = example()
    for objective in ("margin", "cross_entropy", "squared"):
        attack = build("bim", model, images, objective=objective)
        for step in attack.run(keep_images=True):
            logits = model.logits(step.images)
            values, gradients = attack.objective.evaluate(logits, attack.labels)
            gradients = gradients @ model.weights[:, 1:]
            np.testing.assert_allclose(step.values, values, rtol=1e-9)
            np.testing.assert_allclose(
                step.gradient_norms, np.linalg.norm(gradients, axis=1), rtol=1e-7, atol=1e-12
            )


@pytest.mark.parametrize("name", sorted(ATTACKS))
def test_every_attack_says_what_it_is_and_declares_every_setting(name):
    attack = ATTACKS[name]
    assert attack.name == name
    for words in (attack.label, attack.help, attack.formula, attack.source, attack.__doc__):
        assert words.strip()
    config = attack.settings()
    declared = parameters_of(config)
    assert set(declared) == {field.name for field in fields(config)}
    for item in declared.values():
        assert item.label
        assert item.help


def test_labels_are_all_different():
    assert len({attack.label for attack in ATTACKS.values()}) == len(ATTACKS)


@pytest.mark.parametrize("name", sorted(ATTACKS))
@pytest.mark.parametrize("shape", [(11,), (3, 13), (2, 3, 4)])
def test_an_image_of_another_size_is_refused(name, shape):
    model, _ = example()
    with pytest.raises(SettingError, match="pixels; this model reads 12"):
        build(name, model, np.zeros(shape))


@pytest.mark.parametrize("name", sorted(ATTACKS))
def test_an_untrained_model_is_refused_in_words(name):
    weights = np.zeros((3, 13))
    weights[:, 0] = [1, 2, 3]
    weights[:, 1:] = np.linspace(0, 1, 12)
    with pytest.raises(SettingError, match=r"no direction to go\. Train the model first"):
        build(name, SoftmaxPerceptron(weights), np.zeros(12))


def test_a_model_that_ran_away_is_refused():
    model, images = example()
    model.weights[0, 3] = np.nan
    with pytest.raises(SettingError, match="no numbers any more"):
        build("bim", model, images)


@pytest.mark.parametrize("name", sorted(ATTACKS))
def test_unknown_and_present_classes_are_refused_as_targets(name):
    model, images = example()
    read = int(model.predict(images[:1])[0])
    with pytest.raises(SettingError, match="Target class 4 is no class of this model"):
        build(name, model, images, target=4)
    with pytest.raises(SettingError, match=r"Target class must be .* 0 or more, not -1"):
        settings_of(name, target=-1)
    with pytest.raises(SettingError, match=f"The image is read as class {read} already"):
        build(name, model, images[0], target=read)
    alike = np.repeat(images[:1], 3, axis=0)
    with pytest.raises(SettingError, match=f"All images are read as class {read} already"):
        build(name, model, alike, target=read)
    build(name, model, np.concatenate((alike, images)), target=read)  # some are not


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"budget": 0}, "Budget must be above 0"),
        ({"budget": 0.0}, "Budget must be above 0"),
        ({"budget": -1.0}, "Budget must be a number from"),
        ({"norm": "l3"}, "Norm must be one of l2, linf"),
        ({"objective": "luck"}, "Objective must be one of"),
    ],
)
def test_bad_settings_are_refused(settings, message):
    with pytest.raises(SettingError, match=message):
        settings_of("pgd", **settings)


def test_bad_images_and_labels_are_refused():
    model, images = example()
    with pytest.raises(SettingError, match="no image"):
        build("bim", model, images[:0])
    with pytest.raises(SettingError, match="not numbers"):
        build("bim", model, images * np.nan)
    with pytest.raises(SettingError, match="3 labels for 7 images"):
        build("bim", model, images, np.zeros(3, dtype=int))
    with pytest.raises(SettingError, match="labels are 0 to 3"):
        build("bim", model, images, np.full(7, 4))


def test_settings_can_be_replaced_one_by_one():
    config = replace(ATTACKS["pgd"].settings(), budget=0.25, norm="linf")
    assert (config.budget, config.norm) == (0.25, "linf")


@pytest.mark.parametrize("name", sorted(ATTACKS))
def test_a_success_is_one_that_the_model_reads(name):
    """Sums of logits round otherwise than a model that reads the whole image."""
    lost = 0
    for seed in range(15):
        model, images = example(seed, n_features=60)
        narrow = SoftmaxPerceptron(model.weights.astype(np.float32))
        attack = build(name, narrow, images, norm="linf", overshoot=1e-6, budget=0.1)
        claimed = np.zeros(len(images), dtype=bool)
        for step in attack.run():
            claimed |= step.success
        lost += (claimed & ~attack.result().success).sum()
    assert lost == 0 or name == "universal"  # which keeps the change that fools most


@pytest.mark.parametrize("scale", [1e-10, 1e-30])
@pytest.mark.parametrize("name", ["fgsm", "bim", "pgd", "mim"])
def test_faint_weights_are_followed_as_strong_ones_are(name, scale):
    model, images = example(3)
    faint = SoftmaxPerceptron((model.weights * scale).astype(np.float32))
    strong = build(name, model, images, norm="linf").finish()
    result = build(name, faint, images, norm="linf").finish()
    np.testing.assert_allclose(result.images, strong.images, atol=1e-5)
