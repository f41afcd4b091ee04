"""Many small steps: against plain loops, and against the exact sizes."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from attack_samples import build, exact_sizes, example, trained_on_400_pixels
from core_samples import QUICK
from hypothesis import given
from hypothesis import strategies as st

from core.attack import ATTACKS
from core.learning.perceptron import softmax

seeds = st.integers(0, 1000)

both_norms = pytest.mark.parametrize("norm", ["l2", "linf"])


def image_gradient(model, image, k):
    """Return the gradient of -log y_k in the image, by the definition."""
    y = softmax(model.weights[:, 1:] @ image + model.weights[:, 0])
    return (y - np.eye(len(y))[k]) @ model.weights[:, 1:]


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
def test_pgd_of_1_05_times_the_exact_size_turns_images_of_a_trained_model(norm):
    """All of them toward the nearest class; most without a target.

    Without one it climbs toward the rival that is strongest where it stands, which is not always
    the one whose boundary is nearest.
    """
    dataset, model = trained_on_400_pixels()
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
