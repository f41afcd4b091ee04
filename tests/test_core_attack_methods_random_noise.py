"""Noise of the size of the budget."""

from __future__ import annotations

import numpy as np
import pytest
from attack_samples import build, exact_sizes, example, trained_on_400_pixels
from core_samples import QUICK
from hypothesis import given
from hypothesis import strategies as st

from core.attack import ATTACKS, NORMS
from core.attack.methods.random_noise import noise_of_sizes, scales_in_box

both_norms = pytest.mark.parametrize("norm", ["l2", "linf"])


@both_norms
@pytest.mark.parametrize("name", ["uniform", "gaussian"])
@pytest.mark.parametrize("box", [False, True])
def test_noise_has_exactly_the_size_of_the_budget(name, norm, box):
    model, images = example(n_features=60)
    for step in list(build(name, model, images, norm=norm, box=box).run())[1:]:
        np.testing.assert_allclose(step.sizes, 0.4, rtol=1e-5)


@both_norms
@pytest.mark.parametrize("budget", [0.05, 0.4, 1.0, 2, 9.0])
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
def test_noise_within_the_ball_is_as_large_in_the_box_as_it_was_drawn(norm):
    """Clipped on dark images it would be smaller than what is compared with it by a third."""
    model, images = example(n=200, n_features=60)
    images = np.where(images < 0.6, 0.0, images)
    free, boxed = (
        list(build("ball", model, images, norm=norm, budget=1.5, box=box, draws=1).run())[1].sizes
        for box in (False, True)
    )
    most = np.inf if norm == "l2" else 1.0
    np.testing.assert_allclose(boxed, np.minimum(free, most), rtol=1e-6)


@QUICK
@given(st.integers(0, 2**31), st.sampled_from(["l2", "linf"]), st.sampled_from(["<f4", "<f8"]))
def test_noise_goes_so_far_that_its_size_is_left_in_the_box(seed, norm, dtype):
    """Whatever pixels lie on the edge of the box, and whatever the direction leaves alone."""
    rng = np.random.default_rng(seed)
    images = rng.choice([0.0, 0.2, 0.7, 1.0], (6, 9)).astype(dtype)
    directions = rng.choice([-2.0, -1.0, -1e-3, 0.0, 0.5, 1.0], (6, 9)).astype(dtype)
    sizes = rng.choice([0.0, 1e-4, 0.2, 0.9, 1.5, 50.0], (6, 4))
    scales = scales_in_box(directions, images, sizes, NORMS[norm])
    room = np.where(directions > 0, 1 - images, np.where(directions < 0, images, 0)).astype(float)
    order = 2 if norm == "l2" else np.inf
    for scale, size in zip(scales.T, sizes.T, strict=True):
        wide = images.astype(float)
        left = np.clip(wide + scale[:, None] * directions.astype(float), 0, 1) - wide
        wanted = np.minimum(size, np.linalg.norm(room, order, axis=1))
        np.testing.assert_allclose(np.linalg.norm(left, order, axis=1), wanted, rtol=1e-6)


@both_norms
@pytest.mark.parametrize("name", ["uniform", "gaussian", "ball"])
def test_noise_of_the_size_that_turns_every_image_hardly_turns_any(name, norm):
    """The point of the comparison: it is the direction that fools, not the size."""
    dataset, model = trained_on_400_pixels()
    images = dataset.test.images.astype(np.float64)
    sizes = exact_sizes(model, images, norm)
    images = images[sizes > np.quantile(sizes, 0.2)]  # those not at a boundary anyway
    budget = 1.5 * float(np.median(sizes))
    common = {"norm": norm, "budget": budget, "box": False}
    noise = ATTACKS[name](model, ATTACKS[name].settings(draws=1, **common), images).finish()
    attack = ATTACKS["pgd"](model, ATTACKS["pgd"].settings(**common), images).finish()
    assert attack.success.mean() > 0.6
    assert noise.success.mean() < 0.1


@pytest.mark.parametrize("box", [False, True])
@pytest.mark.parametrize("norm", ["l2", "linf"])
def test_noise_has_each_images_size_and_stays_in_the_box(norm, box):
    rng = np.random.default_rng(0)
    images = rng.choice([0.0, 0.3, 1.0], size=(40, 30))
    sizes = rng.random(40) * (1.0 if norm == "l2" else 0.6)
    sizes[0] = 0.0
    noise = noise_of_sizes(images, sizes, NORMS[norm], rng, box=box)
    np.testing.assert_allclose(NORMS[norm].sizes(noise), sizes, rtol=1e-5, atol=1e-12)
    if box:
        assert ((images + noise >= -1e-12) & (images + noise <= 1 + 1e-12)).all()
    signs = np.sign(noise[1:]).mean()
    assert box or abs(signs) < 0.1


def test_noise_of_few_pixels_changes_so_many_of_each_image():
    rng = np.random.default_rng(0)
    images = rng.random((30, 25))
    sizes = rng.integers(0, 25, 30).astype(float)
    noise = noise_of_sizes(images, sizes, NORMS["l0"], rng, box=True)
    np.testing.assert_array_equal(np.count_nonzero(noise, axis=1), sizes)
    assert ((images + noise >= 0) & (images + noise <= 1)).all()
    assert len({tuple(np.flatnonzero(row)) for row in noise[sizes == sizes.max()]}) > 0


def test_in_l2_noise_prefers_no_direction():
    rng = np.random.default_rng(1)
    noise = noise_of_sizes(np.zeros((4000, 3)), np.ones(4000), NORMS["l2"], rng, box=False)
    np.testing.assert_allclose(noise.T @ noise / 4000, np.eye(3) / 3, atol=0.03)
