"""The one exact solver: against trying all sets of rows, against bounds, one image against many."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from core_samples import QUICK
from hypothesis import example, given
from hypothesis import strategies as st

from core.data.config import DataConfig
from core.exact.cost_matrix import CostMeasurement
from core.exact.repair import changed
from core.exact.smallest import smallest_change
from core.exact.solver import row_products
from core.exact.solver.overtaking import overtaking_change, overtaking_sizes
from core.exact.solver.settling import nonnegative, settled_shortest
from core.learning.config import TrainingConfig
from core.learning.training import Trainer
from core.progress import finish
from core.sources import open_dataset

both_norms = pytest.mark.parametrize("norm", ["l2", "linf"])
in_and_out = pytest.mark.parametrize("boxed", [False, True])


def size_of(change, norm):
    if change is None:
        return np.inf
    return np.linalg.norm(change) if norm == "l2" else np.abs(change).max()


def shortest_by_trying_all_sets(rows, gaps):
    """Return the least length, by the closed form over all sets of rows that could hold."""
    n_rows, n_features = rows.shape
    best = np.inf
    for size in range(min(n_rows, n_features) + 1):
        for active in itertools.combinations(range(n_rows), size):
            some = rows[list(active)]
            point = np.linalg.pinv(some) @ gaps[list(active)] if active else np.zeros(n_features)
            if (rows @ point >= gaps - 1e-9).all():
                best = min(best, float(np.linalg.norm(point)))
    return best


@QUICK
@given(st.integers(3, 6), st.integers(2, 9), st.integers(0, 10_000))
def test_length_toward_a_class_is_the_nearest_point_of_the_active_rows(k, d, seed):
    rng = np.random.default_rng(seed)
    rows, gaps = rng.standard_normal((k - 1, d)), rng.standard_normal(k - 1)
    best = shortest_by_trying_all_sets(rows, gaps)
    found = overtaking_change(rows, gaps, "l2", None)
    if found is None:
        assert best > 1e5
        return
    assert np.linalg.norm(found) == pytest.approx(best, rel=1e-7, abs=1e-7)


@QUICK
@given(st.integers(3, 6), st.integers(2, 9), st.integers(0, 10_000))
def test_largest_change_toward_a_class_cannot_be_undercut(k, d, seed):
    """By duality: weights of the rows that add up to one give a bound no change is below."""
    rng = np.random.default_rng(seed)
    rows, gaps = rng.standard_normal((k - 1, d)), rng.standard_normal(k - 1) + 1
    found = overtaking_change(rows, gaps, "linf", None)
    if found is None:
        return
    assert (rows @ found >= gaps - 1e-7).all()
    size = np.abs(found).max()
    shares = rng.dirichlet(np.full(k - 1, 0.5), size=2000)
    bounds = shares @ gaps / np.abs(shares @ rows).sum(axis=1)
    assert size >= bounds.max() * (1 - 1e-7)


@in_and_out
@both_norms
@QUICK
@given(st.integers(1, 8), st.integers(1, 10), st.integers(0, 10_000), st.booleans())
# The weights that iterations end at do not tell which pixels the box holds.
@example(4, 9, 105, True)
@example(3, 6, 26, True)
@example(5, 4, 42, True)
@example(7, 10, 33, True)
def test_many_at_once_are_as_one_by_one(norm, boxed, n_rows, n_features, seed, is_round):
    rng = np.random.default_rng(seed)
    rows, gaps = rng.standard_normal((n_rows, n_features)), rng.standard_normal((5, n_rows))
    images = rng.random((5, n_features))
    if is_round:  # as of a model made by hand: rows repeat, combine and contradict each other
        rows, gaps, images = np.round(rows), np.round(gaps), np.round(images)
    sizes = overtaking_sizes(rows, gaps, norm, images if boxed else None)
    for image, gap, size in zip(images, gaps, sizes, strict=True):
        change = overtaking_change(rows, gap, norm, image if boxed else None)
        if not (gap > 0).any():
            assert size == 0
            assert not change.any()
            continue
        assert size == pytest.approx(size_of(change, norm), rel=1e-6)
        if change is None:
            continue
        assert (rows @ change >= gap - 1e-7 * np.abs(gap).max()).all()
        if boxed:
            assert (image + change).min() >= -1e-12
            assert (image + change).max() <= 1 + 1e-12


@in_and_out
@QUICK
@given(st.integers(1, 8), st.integers(1, 10), st.integers(0, 10_000))
def test_what_is_out_of_reach_is_so_in_either_norm(boxed, n_rows, n_features, seed):
    rng = np.random.default_rng(seed)
    rows, gaps = rng.standard_normal((n_rows, n_features)), rng.standard_normal((5, n_rows))
    images = rng.random((5, n_features)) if boxed else None
    l2, linf = (overtaking_sizes(rows, gaps, norm, images) for norm in ("l2", "linf"))
    np.testing.assert_array_equal(np.isinf(l2), np.isinf(linf))
    assert (linf[np.isfinite(l2)] <= l2[np.isfinite(l2)] * (1 + 1e-7)).all()


def test_two_rivals_at_once_have_sizes_one_can_see():
    rows, gaps = np.array([[1.0, 0.0], [0.0, 1.0]]), np.array([[1.0, 2.0], [3.0, 4.0]])
    np.testing.assert_allclose(overtaking_sizes(rows, gaps, "l2", None), [np.sqrt(5), 5.0])
    np.testing.assert_allclose(overtaking_sizes(rows, gaps, "linf", None), [2.0, 4.0])
    for gap in gaps:
        for norm in ("l2", "linf"):
            change = overtaking_change(rows, gap, norm, None)
            assert (rows @ change >= gap - 1e-7).all()


# Rows and gaps as round as those of a model made by hand, where a step of many does not settle by
# itself, and the largest change that HiGHS finds.
ROUND = [
    (
        [[0, 1, 1, 1, -2, 0], [-1, -2, -1, 1, 0, 0], [1, 0, 1, -1, 1, 1], [1, 0, 0, 0, 2, 1],
         [0, 0, 0, -2, 2, 0], [1, 0, 0, -1, 1, 0]],
        [2, 1, 0, 1, -1, 0],
        17 / 6,
    ),
    ([[0, 0, 1], [1, -1, 0], [-1, 1, -1], [-1, -1, 1]], [1, 0, -1, 2], 1.0),
]  # fmt: skip


@both_norms
@pytest.mark.parametrize(("rows", "gaps", "largest"), ROUND)
def test_round_numbers_are_brought_to_their_end(rows, gaps, largest, norm):
    rows, gaps = np.array(rows, dtype=float), np.array(gaps, dtype=float)
    change = overtaking_change(rows, gaps, norm, None)
    assert (rows @ change >= gaps - 1e-9).all()
    # The proof for a length: the best of all sets of rows that could be met exactly.
    best = shortest_by_trying_all_sets(rows, gaps) if norm == "l2" else largest
    assert size_of(change, norm) == pytest.approx(best, rel=1e-9)


@both_norms
def test_rows_that_contradict_each_other_are_out_of_reach(norm):
    rng = np.random.default_rng(3)
    for n_features in (1, 2, 5):
        some = rng.standard_normal((3, n_features))
        rows = np.vstack((some, -some.sum(axis=0)))  # they add up to nothing
        gaps = np.array([0.5, 0.2, -0.1, -0.5])
        assert overtaking_change(rows, gaps, norm, None) is None  # and ask for 0.1 together
        assert np.isinf(overtaking_sizes(rows, gaps[None], norm, None)[0])
        gaps[3] = -0.61
        if n_features == 5:  # nothing else contradicts there
            assert overtaking_change(rows, gaps, norm, None) is not None


def test_a_problem_whose_slacks_and_duals_do_not_settle_has_the_optimum_of_projected_gradients():
    """One of very few on which an interior point of its own used to end in an error."""
    rng = np.random.default_rng(2478)
    rows, gaps, images = (
        rng.standard_normal((3, 5)),
        rng.standard_normal((9, 3)),
        rng.random((9, 5)),
    )
    gap, image = gaps[6], images[6]
    change = overtaking_change(rows, gap, "l2", image)
    assert change is not None
    assert (rows @ change >= gap - 1e-7).all()
    weights = np.zeros(3)
    for _ in range(20_000):
        primal = np.clip(rows.T @ weights, -image, 1 - image)
        weights = np.maximum(weights + 0.2 * (gap - rows @ primal), 0.0)
    np.testing.assert_allclose(np.linalg.norm(change), np.linalg.norm(primal), rtol=1e-6)


@pytest.mark.parametrize("far", [10.0, 1e3, 1e5, 1e6, 5e6])
def test_what_is_far_is_not_out_of_reach(far):
    """Weights of two rivals that nearly contradict each other: ``u_1 >= 1``, ``u_2 >= far u_1``."""
    rng = np.random.default_rng(3)
    turn = np.linalg.qr(rng.standard_normal((20, 20))).Q
    rows, gaps = np.zeros((2, 20)), np.array([1.0, 0.0])
    rows[0, 0], rows[1, :2] = 1.0, (-1.0, 1 / far)
    for some, norm in itertools.product((rows, rows @ turn), ("l2", "linf")):
        right = np.hypot(1.0, far) if norm == "l2" else far
        change = overtaking_change(some, gaps, norm, None)
        size = overtaking_sizes(some, np.stack((gaps, gaps)), norm, None)
        assert size == pytest.approx([size_of(change, norm)] * 2, rel=1e-6)
        assert (some @ change >= gaps - 1e-8 * far).all()
        if some is rows or norm == "l2":
            assert size[0] == pytest.approx(right, rel=1e-6)


def test_products_kept_and_products_made_anew_are_the_same(monkeypatch):
    rng = np.random.default_rng(3)
    rows, gaps, images = rng.standard_normal((6, 9)), rng.random((5, 6)), rng.random((5, 9))
    kept = [overtaking_sizes(rows, gaps, norm, images) for norm in ("l2", "linf")]
    monkeypatch.setattr(row_products, "MOST_KEPT", 0)
    for norm, sizes in zip(("l2", "linf"), kept, strict=True):
        np.testing.assert_allclose(overtaking_sizes(rows, gaps, norm, images), sizes, rtol=1e-7)


@QUICK
@given(st.integers(1, 6), st.integers(1, 6), st.integers(0, 10_000))
def test_weights_that_are_not_negative_are_the_best_of_all_sets(n, n_columns, seed):
    rng = np.random.default_rng(seed)
    columns, aim = rng.standard_normal((n, n_columns)), rng.standard_normal(n)
    found = nonnegative(columns, aim)
    assert (found >= 0).all()
    best = np.linalg.norm(aim)
    for chosen in itertools.product([False, True], repeat=n_columns):
        at = np.flatnonzero(chosen)
        weights = np.linalg.lstsq(columns[:, at], aim, rcond=None)[0] if len(at) else np.zeros(0)
        if (weights >= 0).all():
            best = min(best, np.linalg.norm(columns[:, at] @ weights - aim))
    assert np.linalg.norm(columns @ found - aim) == pytest.approx(best, rel=1e-9, abs=1e-9)


@QUICK
@given(st.integers(1, 5), st.integers(2, 8), st.integers(0, 10_000))
def test_a_length_is_settled_from_any_weights(n_rows, n_features, seed):
    rng = np.random.default_rng(seed)
    rows, gaps = rng.standard_normal((n_rows, n_features)), rng.standard_normal(n_rows) + 0.5
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    change, weights = settled_shortest(rows, gaps, rng.random(n_rows), None)
    best = shortest_by_trying_all_sets(rows, gaps)
    if np.isinf(best):  # the weights prove it: they make nothing of the rows, and ask for more
        assert np.abs(weights @ rows).max() < 1e-6 * (weights @ gaps)
        return
    assert np.linalg.norm(change) == pytest.approx(best, rel=1e-6, abs=1e-9)
    np.testing.assert_allclose(weights @ rows, change, atol=1e-9)


def test_one_image_and_a_whole_part_have_the_same_size():
    """Image 2 of the digits toward 4 was 9e-6 too far where a corner was not found."""
    data = open_dataset("digits8").sized(DataConfig())
    *_, last = Trainer(data, TrainingConfig(epochs=1)).run()
    measurement = CostMeasurement(last.weights, data.test, "linf", boxed=False)
    finish(measurement.run())
    found = measurement.found().sizes
    row = int(np.flatnonzero(found.indices == 2)[0])
    alone = smallest_change(last.weights, data.test.images[2], "linf", target=4)
    assert alone.size == pytest.approx(0.1164724824, rel=1e-9)
    for place in [row, *range(20)]:
        index = int(found.indices[place])
        for target in range(10):
            if target == found.labels[place]:
                continue
            size = found.sizes[place, target]
            image = data.test.images[index]
            alone = smallest_change(last.weights, image, "linf", target=target)
            assert alone.size == pytest.approx(size, rel=2e-9)
    one = changed(last.weights, data.test, 2, "linf", boxed=False)
    nearest = np.nanmin(found.sizes[row])
    assert one.crossing.smallest.size == pytest.approx(nearest, rel=2e-9)
