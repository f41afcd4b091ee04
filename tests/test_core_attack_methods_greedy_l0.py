"""Fewest pixels: against trying all."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from attack_samples import build, example


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
