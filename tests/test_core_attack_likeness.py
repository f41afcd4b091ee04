"""Whether a change looks like the weights of its target, or like its images."""

from __future__ import annotations

import numpy as np
import pytest

from core.attack.likeness import cosine, likeness


def test_cosines_of_directions():
    assert cosine(np.array([1.0, 0.0]), np.array([2.0, 0.0])) == 1.0
    assert cosine(np.array([1.0, 0.0]), np.array([0.0, 3.0])) == 0.0
    assert cosine(np.array([1.0, 1.0]), np.array([-1.0, -1.0])) == pytest.approx(-1.0)
    assert cosine(np.zeros(2), np.ones(2)) == 0.0


def test_a_change_along_the_targets_own_weights_looks_like_them():
    rng = np.random.default_rng(0)
    weights, means = rng.standard_normal((4, 7)), rng.random((4, 6))
    own = weights[2, 1:] - weights[:, 1:].mean(axis=0)
    assert likeness(3 * own, weights, 2, means)[0] == pytest.approx(1.0)
    typical = means[2] - means.mean(axis=0)
    assert likeness(-typical, weights, 2, means)[1] == pytest.approx(-1.0)
