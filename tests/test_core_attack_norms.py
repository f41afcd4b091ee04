"""Sizes of changes, projection, steepest directions, random points."""

from __future__ import annotations

import numpy as np
import pytest
from core_samples import QUICK
from hypothesis import given
from hypothesis import strategies as st

from core.attack.norms import NORMS, gradient_sizes

BY_DEFINITION = {
    "l2": lambda d: np.linalg.norm(d, axis=1),
    "linf": lambda d: np.abs(d).max(axis=1),
    "l0": lambda d: (d != 0).sum(axis=1),
}
seeds = st.integers(0, 10_000)
norms = st.sampled_from(sorted(NORMS))


def some_changes(seed, n=6, n_features=9):
    rng = np.random.default_rng(seed)
    changes = rng.standard_normal((n, n_features))
    changes[rng.random(changes.shape) < 0.3] = 0.0
    return changes


def budget_for(name, seed):
    low, high = (1, 6) if name == "l0" else (0.05, 3.0)
    budget = np.random.default_rng(seed).uniform(low, high)
    return float(np.floor(budget)) if name == "l0" else float(budget)


@QUICK
@given(norms, seeds)
def test_sizes_are_those_of_the_definition(name, seed):
    changes = some_changes(seed)
    np.testing.assert_allclose(NORMS[name].sizes(changes), BY_DEFINITION[name](changes), rtol=1e-12)


@QUICK
@given(norms, seeds)
def test_a_projection_is_in_the_ball_and_no_sampled_point_of_it_is_nearer(name, seed):
    norm, budget = NORMS[name], budget_for(name, seed)
    changes = some_changes(seed)
    projected = changes.copy()
    norm.project(projected, budget)
    assert (norm.sizes(projected) <= budget * (1 + 1e-12)).all()
    inside = norm.sizes(changes) <= budget
    np.testing.assert_array_equal(projected[inside], changes[inside])
    distance = np.linalg.norm(changes - projected, axis=1)
    others = norm.random(np.random.default_rng(seed), (200, changes.shape[1]), budget)
    for change, least in zip(changes, distance, strict=True):
        assert np.linalg.norm(change - others, axis=1).min() >= least - 1e-12


@QUICK
@given(norms, seeds)
def test_clipping_after_projecting_keeps_both_the_ball_and_the_box(name, seed):
    norm, budget = NORMS[name], budget_for(name, seed)
    changes = some_changes(seed)
    originals = np.random.default_rng(seed + 1).random(changes.shape)
    norm.project(changes, budget)
    images = np.clip(originals + changes, 0, 1)
    assert (norm.sizes(images - originals) <= budget * (1 + 1e-12)).all()


@QUICK
@given(norms, seeds)
def test_no_sampled_change_of_size_1_gains_more_than_the_steepest(name, seed):
    norm = NORMS[name]
    gradients = some_changes(seed)
    steepest = norm.steepest(gradients)
    gains = (gradients * steepest).sum(axis=1)
    some = np.abs(gradients).sum(axis=1) > 0
    np.testing.assert_allclose(norm.sizes(steepest)[some], 1.0)
    others = norm.random(np.random.default_rng(seed), (300, gradients.shape[1]), 1.0)
    assert ((gradients @ others.T).max(axis=1) <= gains + 1e-12).all()


@pytest.mark.parametrize("name", sorted(NORMS))
def test_a_gradient_of_0_goes_nowhere(name):
    assert not NORMS[name].steepest(np.zeros((2, 5))).any()


@QUICK
@given(norms, seeds)
def test_a_step_by_the_classes_is_the_steepest_step_over_the_pixels(name, seed):
    rng = np.random.default_rng(seed)
    rows = rng.standard_normal((4, 9))
    rows[:, 2] = 0.0  # a pixel that no class looks at
    pull = rng.uniform(-1, 1, (6, 4))
    pull[0] = 0.0
    step = NORMS[name].scaled_pull(pull, rows, gradient_sizes(pull, rows @ rows.T), 0.3) @ rows
    NORMS[name].shape(step, 0.3)
    np.testing.assert_allclose(step, 0.3 * NORMS[name].steepest(pull @ rows), atol=1e-12)
    assert not step[0].any()
    assert not step[:, 2].any()


@QUICK
@given(seeds)
def test_gradient_sizes_come_from_the_gram_matrix(seed):
    rng = np.random.default_rng(seed)
    rows, pull = rng.standard_normal((4, 9)), rng.standard_normal((6, 4))
    np.testing.assert_allclose(
        gradient_sizes(pull, rows @ rows.T), np.linalg.norm(pull @ rows, axis=1)
    )


def test_random_points_fill_the_l2_ball_evenly():
    """The share within radius r of a ball is r^D; the mean is the middle."""
    points = NORMS["l2"].random(np.random.default_rng(0), (20_000, 3), 2.0)
    radii = np.linalg.norm(points, axis=1) / 2.0
    for r in (0.3, 0.5, 0.8):
        assert (radii <= r).mean() == pytest.approx(r**3, abs=0.01)
    np.testing.assert_allclose(points.mean(axis=0), 0.0, atol=0.03)
    assert radii.max() <= 1 + 1e-12


def test_random_points_fill_the_cube_evenly():
    points = NORMS["linf"].random(np.random.default_rng(0), (20_000, 3), 2.0)
    assert np.abs(points).max() <= 2.0
    np.testing.assert_allclose(points.var(axis=0), 4 / 3, rtol=0.03)


def test_random_changes_of_l0_touch_as_many_pixels_as_allowed():
    points = NORMS["l0"].random(np.random.default_rng(0), (500, 8), 3.0)
    assert set((points != 0).sum(axis=1)) == {3}
    assert ((points != 0).mean(axis=0) > 0.25).all()


@pytest.mark.parametrize("name", NORMS)
def test_no_change_has_the_size_nought_and_no_sign(name):
    assert not np.signbit(NORMS[name].sizes(np.zeros((2, 5), dtype=np.float32))).any()
