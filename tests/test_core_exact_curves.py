"""Accuracy against size, exact and under noise; medians over epochs."""

from __future__ import annotations

import numpy as np
import pytest
from core_samples import tiny_dataset

from core.data.dataset import Split
from core.exact.closed_form import smallest_changes
from core.exact.curves import (
    CurveSearch,
    MedianSearch,
    between_tried,
    curve_sizes,
    exact_robustness,
    share_right,
    shown_size,
    tried_sizes,
)
from core.learning.config import TrainingConfig
from core.learning.model_cache import ModelCache
from core.learning.perceptron import SoftmaxPerceptron
from core.learning.training import EpochRecord, Trainer
from core.progress import Progress, finish


@pytest.fixture(scope="module")
def learnt():
    data = tiny_dataset(200, 150)
    events = list(Trainer(data, TrainingConfig(epochs=6)).run())
    return data, [event for event in events if isinstance(event, EpochRecord)]


@pytest.mark.parametrize("boxed", [False, True])
@pytest.mark.parametrize("norm", ["l2", "linf"])
def test_the_exact_curve_counts_what_is_right_and_withstands_more(learnt, norm, boxed):
    data, records = learnt
    found = finish(exact_robustness(records[-1].weights, data.test, boxed=boxed))
    sizes, right = found.sizes(norm), found.right
    at = curve_sizes(shown_size(found, norm))
    expected = [(right & (sizes > e)).mean() for e in at]
    np.testing.assert_allclose(found.accuracy(norm, at), expected)
    for k in range(data.n_classes):
        own = data.test.labels == k
        expected = [(right & (sizes > e))[own].mean() for e in at]
        np.testing.assert_allclose(found.accuracy(norm, at, k), expected)
    score = SoftmaxPerceptron(records[-1].weights).evaluate(data.test)[0]
    assert found.accuracy(norm, np.zeros(1))[0] == pytest.approx(score)
    # At a size that an image falls at it has fallen.
    some = float(np.sort(sizes[right])[5])
    assert found.accuracy(norm, np.array([some]))[0] == (right & (sizes > some)).mean()


def test_fragile_and_solid_images_are_the_ends_of_the_rightly_read(learnt):
    data, records = learnt
    found = finish(exact_robustness(records[-1].weights, data.test, boxed=False))
    sizes = found.sizes("linf")
    for label in (None, 1):
        own = found.right & (True if label is None else data.test.labels == label)
        ordered = sorted(np.flatnonzero(own), key=lambda i: sizes[i])
        assert found.ordered("linf", label)[:4].tolist() == ordered[:4]
        assert found.ordered("linf", label)[::-1][:4].tolist() == ordered[::-1][:4]
        assert found.median("linf", label) == np.median(sizes[own])


def test_a_class_without_images_is_nan_and_nothing_right_has_no_median():
    data = tiny_dataset(20, 10)
    test = Split(data.test.images, np.zeros(10, dtype=np.int64))
    weights = np.zeros((4, 13), dtype=np.float32)
    weights[1, 0] = 1  # everything is read as 1
    found = finish(exact_robustness(weights, test, boxed=True))
    assert np.isnan(found.accuracy("l2", np.zeros(2), 3)).all()
    assert np.isnan(found.median("l2"))
    assert found.accuracy("l2", np.zeros(1))[0] == 0
    assert shown_size(found, "l2") == 1
    assert not len(found.ordered("l2")[:3])
    counts = np.zeros((2, 4), dtype=np.int64)
    assert np.isnan(share_right(counts, test.labels, 2)).all()


@pytest.mark.parametrize("norm", ["l2", "linf"])
def test_attacks_are_tried_where_the_curve_falls(learnt, norm):
    data, records = learnt
    found = finish(exact_robustness(records[-1].weights, data.test, boxed=False))
    at = tried_sizes(found, norm)
    assert at[0] == 0
    assert at[-1] == shown_size(found, norm)
    assert (np.diff(at) > 0).all()
    assert np.diff(at).max() <= shown_size(found, norm) / 11 * 1.001
    falls = -np.diff(found.accuracy(norm, at)) * data.test.n_samples
    assert falls.max() <= found.right.sum() / 13 + 1


def test_attacks_on_nothing_have_sizes_to_be_tried_at():
    test = Split(np.zeros((4, 12), np.float32), np.zeros(4, dtype=np.int64))
    weights = np.zeros((4, 13), dtype=np.float32)
    weights[1, 0] = 1  # everything is read as 1
    found = finish(exact_robustness(weights, test, boxed=False))
    np.testing.assert_allclose(tried_sizes(found, "l2"), np.linspace(0, 1, 12))


def test_between_the_sizes_tried_a_curve_is_straight_but_never_under_the_exact_one():
    at = np.array([0.0, 0.5, 1.0, 1.5, 2.0])
    exact = np.array([1.0, 0.95, 0.4, 0.1, 0.0])
    tried, accuracy = np.array([0.0, 1.0, 2.0]), np.array([1.0, 0.5, 0.2])
    drawn = between_tried(at, exact, tried, accuracy)
    np.testing.assert_allclose(drawn, [1.0, 0.95, 0.5, 0.35, 0.2])


def test_medians_over_epochs_are_found_once_and_of_the_rightly_read(learnt):
    data, records = learnt
    known = ModelCache()
    assert len(list(MedianSearch(data.test, {7: records[:3]}, known=known).run())) == 3
    search = MedianSearch(data.test, {7: records, 8: records[:2]}, known=known)
    assert len(list(search.run())) == len(records) - 3  # the others are known
    assert search.found()[8].epochs.tolist() == [0, 1]
    found = search.found()[7]
    np.testing.assert_array_equal(found.epochs, [record.epoch for record in records])
    for i, record in enumerate(records):
        changes = smallest_changes(record.weights, data.test)
        right = changes.predicted == data.test.labels
        assert found.score[i] == pytest.approx(record.test_score)
        for values, sizes in ((found.l2, changes.sizes["l2"]), (found.linf, changes.sizes["linf"])):
            np.testing.assert_equal(values[i], np.median(sizes[right]))
    partial = MedianSearch(data.test, {7: records}, ModelCache())
    next(partial.run())
    assert len(partial.found()[7].epochs) == 1


def test_curves_of_several_models_are_those_of_each_and_found_once(learnt):
    data, records = learnt
    known = ModelCache()
    first, last = records[1].weights, records[-1].weights
    search = CurveSearch({5: last, 2: first}, data.test, boxed=False, known=known)
    assert search.found() is None
    steps = search.run()
    assert next(steps) == Progress(1, 2, "models")
    steps.close()
    assert search.found() is None
    assert list(search.run()) == [Progress(2, 2, "models")]
    found = search.found()
    assert list(found.models) == [5, 2]
    for key, weights in ((5, last), (2, first)):
        alone = finish(exact_robustness(weights, data.test, boxed=False))
        for norm in ("l2", "linf"):
            np.testing.assert_array_equal(found.models[key].sizes(norm), alone.sizes(norm))
    assert found.shown is found.models[5]
    for norm in ("l2", "linf"):
        sizes = found.sizes(norm)
        furthest = max(shown_size(each, norm) for each in found.models.values())
        assert sizes[0] == 0
        assert sizes[-1] == furthest
        np.testing.assert_array_equal(found.attack_sizes(norm), tried_sizes(found.shown, norm))
        assert np.isin(found.attack_sizes(norm), sizes).all()
    again = CurveSearch({9: first}, data.test, boxed=False, known=known)
    assert not list(again.run())
    assert again.found().shown is found.models[2]
    # In the box it is another question.
    boxed = CurveSearch({9: first}, data.test, boxed=True, known=known)
    assert list(boxed.run())
    assert boxed.found().shown.boxed
