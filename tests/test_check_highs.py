"""Exact sizes against HiGHS, where scipy is installed: ``uv run --extra check pytest``."""

from __future__ import annotations

import numpy as np
import pytest
from check_samples import learnt_model

from core.exact.smallest import smallest_change
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
