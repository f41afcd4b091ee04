"""Each attack against what is known of it: closed forms, plain references, other attacks."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations

import numpy as np
import pytest
from core_samples import QUICK, notebook_image_step, tiny_dataset
from hypothesis import given
from hypothesis import strategies as st
from test_core_attack_batch import build, exact_sizes, example

from core.attack import ATTACKS, NORMS
from core.attack.methods.carlini_wagner import Adam
from core.learning.perceptron import SoftmaxPerceptron, softmax
from core.learning.training import Trainer, TrainingConfig

seeds = st.integers(0, 1000)
both_norms = pytest.mark.parametrize("norm", ["l2", "linf"])


@pytest.fixture(scope="module")
def trained():
    """Images of 400 pixels: in few dimensions noise is not much worse than an attack."""
    dataset = tiny_dataset(400, 100, shape=(20, 20))
    trainer = Trainer(dataset, TrainingConfig(learning_rate=0.1, epochs=20))
    list(trainer.run())
    return dataset, SoftmaxPerceptron(trainer.snapshot().astype(np.float64))


def image_gradient(model, image, k):
    """Return the gradient of -log y_k in the image, by the definition."""
    y = softmax(model.weights[:, 1:] @ image + model.weights[:, 0])
    return (y - np.eye(len(y))[k]) @ model.weights[:, 1:]


@both_norms
@pytest.mark.parametrize("target", [None, 1])
def test_fgsm_is_its_formula(norm, target):
    model, images = example()
    result = build("fgsm", model, images, norm=norm, target=target, objective="cross_entropy")
    last = list(result.run(keep_images=True))[-1]
    for image, seen, label in zip(images, last.images, model.predict(images), strict=True):
        g = image_gradient(model, image, label if target is None else target)
        g = g if target is None else -g
        step = np.sign(g) if norm == "linf" else g / np.linalg.norm(g)
        np.testing.assert_allclose(seen, np.clip(image + 0.4 * step, 0, 1), atol=1e-12)


@both_norms
@pytest.mark.parametrize("decay", [None, 0.0, 0.7])
def test_iterative_attacks_are_a_plain_loop(norm, decay):
    """BIM (no decay) and MIM image by image, as their papers write them."""
    model, images = example()
    name = "bim" if decay is None else "mim"
    attack = build(name, model, images, norm=norm, decay=decay, objective="cross_entropy")
    if decay is not None:
        config = ATTACKS["mim"].settings(
            norm=norm, budget=0.4, steps=12, decay=decay, objective="cross_entropy"
        )
        attack = ATTACKS["mim"](model, config, images)
    steps = list(attack.run(keep_images=True))
    length = 2.5 / 12 * 0.4
    for i, (image, label) in enumerate(zip(images, model.predict(images), strict=True)):
        x, m = image.copy(), np.zeros(12)
        for step in steps[1:]:
            g = image_gradient(model, x, label)
            m = g if decay is None else decay * m + g / np.abs(g).sum()
            x = x + length * (np.sign(m) if norm == "linf" else m / np.linalg.norm(m))
            change = x - image
            if norm == "linf":
                change = np.clip(change, -0.4, 0.4)
            elif np.linalg.norm(change) > 0.4:
                change *= 0.4 / np.linalg.norm(change)
            x = np.clip(image + change, 0, 1)
            np.testing.assert_allclose(step.images[i], x, atol=1e-9)


@QUICK
@given(seeds, st.integers(2, 20), st.sampled_from(["l2", "linf"]))
def test_pgd_toward_the_nearest_class_succeeds_just_above_the_exact_size(seed, n_classes, norm):
    """The margin of a target is concave: no local maximum can hold the attack."""
    model, images = example(seed, n_classes, n=1)
    least = exact_sizes(model, images, norm)[0]
    nearest = min(
        (c for c in range(n_classes) if c != model.predict(images)[0]),
        key=lambda c: exact_sizes(model, images, norm, target=c)[0],
    )
    config = ATTACKS["pgd"].settings(
        target=int(nearest), norm=norm, budget=1.05 * max(least, 1e-4), box=False, steps=200
    )
    assert ATTACKS["pgd"](model, config, images).finish().success.all()
    below = ATTACKS["pgd"].settings(norm=norm, budget=0.95 * max(least, 1e-4), box=False)
    if least > 1e-4:
        assert not ATTACKS["pgd"](model, below, images).finish().success.any()


@both_norms
def test_pgd_of_1_05_times_the_exact_size_turns_images_of_a_trained_model(trained, norm):
    """All of them toward the nearest class; most without a target.

    Without one it climbs toward the rival that is strongest where it stands, which is not always
    the one whose boundary is nearest.
    """
    dataset, model = trained
    images = dataset.test.images[:30].astype(np.float64)
    classes = range(model.n_classes)
    to_each = np.array([exact_sizes(model, images, norm, c) for c in classes])
    to_each[model.predict(images), np.arange(30)] = np.inf
    turned = 0
    for image, sizes in zip(images, to_each.T, strict=True):
        free = ATTACKS["pgd"].settings(norm=norm, budget=1.05 * sizes.min(), box=False)
        aimed = replace(free, target=int(sizes.argmin()))
        assert ATTACKS["pgd"](model, aimed, image).finish().success.all()
        turned += ATTACKS["pgd"](model, free, image).finish().success[0]
    assert turned > 15


def test_a_random_start_is_within_the_budget_and_can_be_off():
    model, images = example()
    random = next(build("pgd", model, images, box=False).run())
    assert (random.sizes > 0).all()
    assert (random.sizes <= 0.4).all()
    plain = ATTACKS["pgd"].settings(random_start=False, budget=0.4, steps=12)
    start = next(ATTACKS["pgd"](model, plain, images).run())
    assert not start.sizes.any()


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


def fewest_pixels(model, image, most):
    """Return the fewest pixels whose best corner changes what is read, by trying all."""
    read = model.predict(image[None])[0]
    for k in range(1, most + 1):
        for pixels in combinations(range(len(image)), k):
            for corner in range(2**k):
                changed = image.copy()
                changed[list(pixels)] = [(corner >> i) & 1 for i in range(k)]
                if model.predict(changed[None])[0] != read:
                    return k
    return None


@pytest.mark.parametrize("seed", range(6))
def test_greedy_changes_the_fewest_pixels_possible(seed):
    """A linear function over a box is largest at a corner, so corners are all there is to try."""
    model, images = example(seed, n_classes=3 + seed % 3, n=4, n_features=7)
    result = build("greedy_l0", model, images, pixels=7).finish()
    for image, success, size in zip(images, result.success, result.sizes, strict=True):
        fewest = fewest_pixels(model, image, 7)
        assert success == (fewest is not None)
        if success:
            assert size == fewest


@pytest.mark.parametrize("target", [None, 2])
def test_greedy_moves_one_more_pixel_to_a_limit_at_each_step(target):
    model, images = example()
    attack = build("greedy_l0", model, images, target=target)
    for step in attack.run(keep_images=True):
        changed = step.images != images
        assert (changed.sum(axis=1) <= step.step).all()
        limits = step.images[changed]
        assert (np.minimum(limits, 1 - limits) < 1e-12).all()


def test_greedy_obeys_its_number_of_pixels():
    model, images = example()
    result = build("greedy_l0", model, images, pixels=1).finish()
    assert (np.count_nonzero(result.changes, axis=1) <= 1).all()
    assert not result.success.all()


@both_norms
@pytest.mark.parametrize("target", [None, 1])
@pytest.mark.parametrize("box", [False, True])
def test_a_universal_change_is_one_for_all_and_beats_noise(trained, norm, target, box):
    dataset, model = trained
    images = dataset.test.images.astype(np.float64)
    budget = 3 * np.median(exact_sizes(model, images, norm, target))
    settings = {"norm": norm, "budget": budget, "target": target, "box": box}
    result = ATTACKS["universal"](model, ATTACKS["universal"].settings(**settings), images).finish()
    assert NORMS[norm].sizes(result.shared[None])[0] <= budget + 1e-9
    expected = images + result.shared
    np.testing.assert_array_equal(result.images, np.clip(expected, 0, 1) if box else expected)
    one_draw = ATTACKS["uniform"].settings(draws=1, **settings)
    noise = ATTACKS["uniform"](model, one_draw, images).finish()
    assert result.success_rate > 0.4
    assert result.success_rate > 2 * noise.success_rate


def test_a_universal_result_is_the_step_that_fooled_most(trained):
    dataset, model = trained
    images = dataset.test.images.astype(np.float64)
    attack = ATTACKS["universal"](model, ATTACKS["universal"].settings(budget=1.0), images)
    rates = [step.success_rate for step in attack.run()]
    assert attack.result().success_rate == pytest.approx(max(rates))


@both_norms
@pytest.mark.parametrize("name", ["uniform", "gaussian"])
@pytest.mark.parametrize("box", [False, True])
def test_noise_has_exactly_the_size_of_the_budget(name, norm, box):
    model, images = example(n_features=60)
    for step in list(build(name, model, images, norm=norm, box=box).run())[1:]:
        np.testing.assert_allclose(step.sizes, 0.4, rtol=1e-5)


@both_norms
@pytest.mark.parametrize("budget", [0.05, 0.4, 1.0, 2.0, 9.0])
def test_noise_in_the_box_is_one_direction_clipped(norm, budget):
    """What is not clipped went equally far along what was drawn; what is clipped, less far."""
    model, images = example(n_features=60)
    attack = build("gaussian", model, images, norm=norm, budget=budget, seed=3)
    step = list(attack.run(keep_images=True))[1]
    drawn = np.random.default_rng(3).standard_normal(images.shape)
    for image, seen, d, size in zip(images, step.images, drawn, step.sizes, strict=True):
        free = (seen > 1e-9) & (seen < 1 - 1e-9)
        scales = ((seen - image) / d)[free]
        if len(scales):
            np.testing.assert_allclose(scales, scales[0], rtol=1e-9)
            np.testing.assert_allclose(seen, np.clip(image + scales[0] * d, 0, 1), atol=1e-9)
        most = np.where(d > 0, 1 - image, image)
        largest = np.linalg.norm(most) if norm == "l2" else most.max()
        assert size == pytest.approx(min(budget, largest), rel=1e-6)


def test_noise_that_the_box_does_not_have_room_for_fills_it():
    model, images = example()
    step = list(build("gaussian", model, images, budget=900.0).run(keep_images=True))[1]
    distance = np.minimum(step.images, 1 - step.images)
    assert distance.max() < 1e-6


def test_noise_within_the_ball_fills_its_volume():
    """Half of the ball's volume lies within 2^(-1/D) of its radius."""
    model, images = example(n=4000, n_features=3)
    step = list(build("ball", model, images, box=False, draws=1).run())[1]
    assert (step.sizes <= 0.4 * 0.5 ** (1 / 3)).mean() == pytest.approx(0.5, abs=0.03)


@both_norms
@pytest.mark.parametrize("name", ["uniform", "gaussian", "ball"])
def test_noise_of_the_size_that_turns_every_image_hardly_turns_any(trained, name, norm):
    """The point of the comparison: it is the direction that fools, not the size."""
    dataset, model = trained
    images = dataset.test.images.astype(np.float64)
    sizes = exact_sizes(model, images, norm)
    images = images[sizes > np.quantile(sizes, 0.2)]  # those not at a boundary anyway
    budget = 1.5 * float(np.median(sizes))
    common = {"norm": norm, "budget": budget, "box": False}
    noise = ATTACKS[name](model, ATTACKS[name].settings(draws=1, **common), images).finish()
    attack = ATTACKS["pgd"](model, ATTACKS["pgd"].settings(**common), images).finish()
    assert attack.success_rate > 0.6
    assert noise.success_rate < 0.1
