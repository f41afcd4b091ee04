"""Exact sizes against HiGHS, where scipy is installed: ``uv run --extra check pytest``."""

from __future__ import annotations

import numpy as np
import pytest
from check_samples import learnt_model

from core.exact.smallest import smallest_change
from core.exact.solver.ahead import can_be_ahead
from core.exact.solver.overtaking import overtaking_change, overtaking_sizes

optimize = pytest.importorskip("scipy.optimize", reason="the extra `check` is not installed")

in_and_out = pytest.mark.parametrize("boxed", [False, True])
SHARP = {"primal_feasibility_tolerance": 1e-10, "dual_feasibility_tolerance": 1e-10}


def flattest(rows, gaps, image):
    """Return the least largest component with which ``rows @ u >= gaps``; infinite if none is."""
    n_rows, n = rows.shape
    each, most = np.eye(n), np.ones((n, 1))
    below = np.block([[-rows, np.zeros((n_rows, 1))], [each, -most], [-each, -most]])
    room = [(None, None)] * n if image is None else [(-x, 1 - x) for x in image]
    answer = optimize.linprog(
        np.append(np.zeros(n), 1.0),
        A_ub=below,
        b_ub=np.append(-gaps, np.zeros(2 * n)),
        bounds=[*room, (0, None)],
        method="highs-ds",
        options=SHARP,
    )
    assert answer.status in (0, 2)
    return answer.fun if answer.status == 0 else np.inf


def rows_of(kind, rng):
    """Return rows, gaps and an image: any, of numbers made by hand, of any size, nearly alike."""
    k, d = int(rng.integers(1, 10)), int(rng.integers(2, 30))
    rows, gaps, image = rng.standard_normal((k, d)), rng.standard_normal(k) + 0.5, rng.random(d)
    image[rng.random(d) < 0.3] = 0.0
    if kind == "round":
        rows, gaps, image = np.round(rows), np.round(gaps), np.round(image)
    if kind == "sparse":
        rows[rng.random((k, d)) < 0.7] = 0.0
    if kind == "uneven":
        rows *= 10 ** rng.uniform(-3, 3, (k, 1))
    if kind == "alike":
        rows = rows[:1] + 1e-4 * rows
    return rows, gaps, image


@in_and_out
@pytest.mark.parametrize("kind", ["any", "round", "sparse", "uneven", "alike"])
def test_the_least_largest_change_is_that_of_highs(kind, boxed):
    for seed in range(100):
        rows, gaps, image = rows_of(kind, np.random.default_rng(seed))
        box = image if boxed else None
        right = flattest(rows, gaps, box)
        change = overtaking_change(rows, gaps, "linf", box)
        assert (change is None) == np.isinf(right)
        if change is not None:
            assert np.abs(change).max() == pytest.approx(right, rel=1e-10, abs=1e-10)
            missed = (gaps - rows @ change) / np.linalg.norm(rows, axis=1).clip(1e-300)
            assert missed.max() <= 1e-10 * np.abs(change).max()
        many = overtaking_sizes(rows, gaps[None], "linf", None if box is None else box[None])
        assert many[0] == pytest.approx(right, rel=3e-9, abs=1e-10)


@in_and_out
def test_a_class_that_ties_at_most_is_told_from_one_that_is_ahead(boxed):
    kinds = set()
    for seed in range(300):
        rng = np.random.default_rng(seed)
        shape = int(rng.integers(2, 6)), int(rng.integers(2, 7))
        weights = np.round(2 * rng.standard_normal(shape)) * [1.0, 0.1, np.pi][seed % 3]
        image = rng.choice([0.0, 0.5, 1.0], shape[1] - 1)
        logits = weights[:, 1:] @ image + weights[:, 0]
        for target in range(shape[0]):
            others = np.delete(np.arange(shape[0]), target)
            rows, gaps = weights[target, 1:] - weights[others, 1:], logits[others] - logits[target]
            is_ahead = np.isfinite(flattest(rows, gaps + 1e-5, image if boxed else None))
            assert can_be_ahead(weights, target, boxed=boxed) == is_ahead
            ties = np.isfinite(flattest(rows, gaps - 1e-9, image if boxed else None))
            kinds.add((is_ahead, ties))
    assert kinds == {(False, False), (False, True), (True, True)}


@in_and_out
def test_toward_every_class_the_least_largest_change_is_that_of_highs(boxed):
    model, images, _ = learnt_model()
    weights = model.weights
    for image in images[:30]:
        logits = model.logits(image)
        for target in range(len(weights)):
            others = np.delete(np.arange(len(weights)), target)
            rows, gaps = weights[target, 1:] - weights[others, 1:], logits[others] - logits[target]
            right = flattest(rows, gaps, image if boxed else None) if (gaps > 0).any() else 0.0
            found = smallest_change(weights, image, "linf", target=target, boxed=boxed)
            assert found.size == pytest.approx(right, rel=1e-10, abs=1e-12)


def fewest(rows, gaps, image):
    """Return the fewest pixels in the box with which the class is ahead by more than rounding."""
    n_rows, n = rows.shape
    each, nothing = np.eye(n), np.zeros((n, n))
    moves = np.hstack((rows * (1 - image), -rows * image, np.zeros((n_rows, n))))
    links = np.block([[-each, nothing, each], [nothing, -each, each]])
    beyond = gaps + 1e-4 * max(np.abs(gaps).max(), np.abs(rows).max())
    answer = optimize.milp(
        np.repeat([0.0, 0.0, 1.0], n),
        constraints=optimize.LinearConstraint(
            np.vstack((moves, links)), np.append(beyond, np.zeros(2 * n)), np.inf
        ),
        integrality=np.repeat([0, 0, 1], n),
        bounds=optimize.Bounds(0, 1),
        options={"mip_rel_gap": 0},
    )
    return round(answer.fun) if answer.status == 0 else np.inf


def test_the_fewest_pixels_toward_every_class_are_those_of_highs():
    model, images, _ = learnt_model()
    weights = model.weights
    for image in images[:6]:
        logits = model.logits(image)
        for target in np.flatnonzero(logits < logits.max()):
            others = np.delete(np.arange(len(weights)), target)
            rows, gaps = weights[target, 1:] - weights[others, 1:], logits[others] - logits[target]
            found = smallest_change(weights, image, "l0", target=int(target), boxed=True)
            assert found.at_least == found.size == fewest(rows, gaps, image)


@pytest.mark.parametrize("kind", ["any", "round", "sparse"])
def test_the_fewest_pixels_are_those_of_highs(kind):
    for seed in range(60):
        rows, gaps, image = rows_of(kind, np.random.default_rng(seed))
        weights = np.vstack((np.zeros(rows.shape[1]), -rows))
        biases = np.append(0.0, gaps + rows @ image)
        weights = np.column_stack((biases, weights))
        if (gaps > 0).any():
            found = smallest_change(weights, image, "l0", target=0, boxed=True)
            assert found.at_least == found.size == fewest(rows, gaps, image)
