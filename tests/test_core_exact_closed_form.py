"""Smallest changes in closed form: just beyond one the reading changes, just below it does not."""

from __future__ import annotations

import numpy as np
import pytest
from core_samples import QUICK, tiny_dataset
from hypothesis import given
from hypothesis import strategies as st

from core.data.dataset import Split
from core.data.samples import CHUNK_ROWS
from core.exact.closed_form import class_distances, smallest_changes
from core.exact.curves import exact_robustness
from core.learning.perceptron import SoftmaxPerceptron
from core.progress import finish


def case(n_samples, n_classes, n_features, seed):
    rng = np.random.default_rng(seed)
    weights = rng.standard_normal((n_classes, n_features + 1))
    return weights, Split(
        rng.random((n_samples, n_features)), rng.integers(n_classes, size=n_samples)
    )


@QUICK
@given(st.integers(1, 12), st.integers(2, 6), st.integers(1, 9), st.integers(0, 10_000))
def test_just_beyond_changes_the_class_and_just_below_does_not(
    n_samples, n_classes, n_features, seed
):
    weights, split = case(n_samples, n_classes, n_features, seed)
    model, changes = SoftmaxPerceptron(weights), smallest_changes(weights, split)
    np.testing.assert_array_equal(changes.predicted, model.predict(split.images))
    for i, image in enumerate(split.images):
        y = int(changes.predicted[i])
        c2, c1 = int(changes.rivals["l2"][i]), int(changes.rivals["linf"][i])
        along = (weights[c2] - weights[y])[1:]
        along /= np.linalg.norm(along)
        signs = np.sign((weights[c1] - weights[y])[1:])
        for size, direction, rival in (
            (changes.sizes["l2"][i], along, c2),
            (changes.sizes["linf"][i], signs, c1),
        ):
            beyond, below = (image + f * size * direction for f in (1 + 1e-6, 1 - 1e-6))
            assert model.predict((beyond + 1e-9 * direction)[None])[0] == rival
            assert size < 1e-9 or model.predict(below[None])[0] == y


@QUICK
@given(st.integers(2, 6), st.integers(1, 9), st.integers(0, 10_000))
def test_no_smaller_change_in_any_direction_is_enough(n_classes, n_features, seed):
    weights, split = case(4, n_classes, n_features, seed)
    model, changes = SoftmaxPerceptron(weights), smallest_changes(weights, split)
    rng = np.random.default_rng(seed + 1)
    for i, image in enumerate(split.images):
        steps = rng.standard_normal((200, n_features))
        lengths = np.linalg.norm(steps, axis=1, keepdims=True)
        inside_l2 = image + steps / lengths * changes.sizes["l2"][i] * (1 - 1e-9)
        largest = np.abs(steps).max(axis=1, keepdims=True)
        inside_linf = image + steps / largest * changes.sizes["linf"][i] * (1 - 1e-9)
        for moved in (inside_l2, inside_linf):
            assert (model.predict(moved) == changes.predicted[i]).all()


def test_distances_are_norms_of_differences_without_the_bias():
    weights, _ = case(1, 5, 7, 0)
    l2, l1 = class_distances(weights).values()
    for a in range(5):
        for b in range(5):
            difference = (weights[a] - weights[b])[1:]
            assert l2[a, b] == pytest.approx(np.linalg.norm(difference))
            assert l1[a, b] == pytest.approx(np.linalg.norm(difference, 1))


def test_identical_rivals_are_never_reached_and_ties_need_nothing():
    # Classes 0 and 1 differ in the bias only; 2 would be reached after two steps to the right.
    weights = np.array([[2.0, 0.0], [1.0, 0.0], [0.0, 1.0]])
    split = Split(np.zeros((1, 1)), np.array([0]))
    changes = smallest_changes(weights, split)
    assert [*changes.sizes["l2"], *changes.sizes["linf"], *changes.rivals["l2"]] == [2.0, 2.0, 2]
    same = smallest_changes(weights[:2], split)
    assert np.isinf(same.sizes["l2"][0])
    assert np.isinf(same.sizes["linf"][0])
    assert same.rivals["l2"][0] == same.rivals["linf"][0] == -1
    tie = smallest_changes(np.array([[0.0, 1.0], [0.0, -1.0]]), split)
    assert [*tie.sizes["l2"], *tie.sizes["linf"], *tie.predicted, *tie.rivals["l2"]] == [0, 0, 0, 1]


def test_zero_weights_are_moved_by_nothing():
    changes = smallest_changes(np.zeros((3, 5)), tiny_dataset(shape=(2, 2)).test)
    assert np.isinf(changes.sizes["l2"]).all()


def test_overflow_is_told_without_a_warning():
    split = Split(np.ones((1, 2), dtype=np.float32), np.array([0]))
    weights = np.array([[3e38] * 3, [-3e38] * 3], dtype=np.float32)
    assert smallest_changes(weights, split).sizes["l2"][0] == pytest.approx(3 / np.sqrt(2))
    huge = smallest_changes(np.array([[1e308] * 3, [-1e308] * 3]), split)
    assert not np.isfinite(huge.sizes["l2"][0])


def test_a_small_gap_of_large_logits_has_all_its_digits():
    """In float32 logits near 1,000 are told apart by 0.00006: these differ by 0.0001."""
    rng = np.random.default_rng(0)
    weights = rng.standard_normal((4, 101)).astype(np.float32)
    images = rng.random((6, 100)).astype(np.float32)
    wide, pixels = weights.astype(np.float64), images.astype(np.float64)
    for i, image in enumerate(images):
        weights[:, 0] = 1000.0 - wide[:, 1:] @ pixels[i] + [0.0, 1e-4, 0.0, -1.0]
        logits = weights[:, 1:].astype(np.float64) @ pixels[i] + weights[:, 0]
        first = int(logits.argmax())
        lengths = np.linalg.norm(wide[:, 1:] - wide[first, 1:], axis=1)
        right = np.delete((logits[first] - logits) / np.where(lengths, lengths, 1.0), first).min()
        split = Split(image[None], np.array([0]))
        assert smallest_changes(weights, split).sizes["l2"][0] == pytest.approx(right, rel=1e-9)


@pytest.mark.parametrize("bad", [np.nan, np.inf])
@pytest.mark.parametrize("boxed", [False, True])
def test_weights_that_are_no_numbers_give_no_number(bad, boxed):
    """Not infinity, which says that no change is enough; and no warning."""
    weights, split = case(3, 4, 5, 0)
    weights[2, 3] = bad
    changes = finish(exact_robustness(weights, split, boxed=boxed)).changes
    for norm in ("l2", "linf"):
        assert np.isnan(changes.sizes[norm]).all()
        assert (changes.rivals[norm] == -1).all()


def test_slices_are_put_together_in_order():
    weights, split = case(5000, 4, 3, 0)
    whole = smallest_changes(weights, split)
    for i in (0, CHUNK_ROWS - 1, CHUNK_ROWS, 4999):
        one = smallest_changes(weights, split.part(i, i + 1))
        assert one.sizes["l2"][0] == pytest.approx(whole.sizes["l2"][i], rel=1e-12)
        assert one.sizes["linf"][0] == pytest.approx(whole.sizes["linf"][i], rel=1e-12)


def test_medians_are_of_the_rightly_read_images_of_each_class():
    weights, split = case(60, 5, 4, 3)
    split = Split(split.images, np.where(split.labels == 4, 0, split.labels))
    found = finish(exact_robustness(weights, split, boxed=False))
    for k in range(5):
        own = [i for i in range(60) if split.labels[i] == found.changes.predicted[i] == k]
        l2, linf = found.changes.sizes["l2"][own], found.changes.sizes["linf"][own]
        np.testing.assert_equal(found.median("l2", k), np.median(l2) if own else np.nan)
        np.testing.assert_equal(found.median("linf", k), np.median(linf) if own else np.nan)
