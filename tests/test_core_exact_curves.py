"""Accuracy against size, exact and under noise; medians over epochs."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from core_samples import tiny_dataset

from core.data.dataset import Split
from core.exact.curve_search import CurveSearch, KnownCurves, MedianSearch, some_images
from core.exact.curves import (
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


@pytest.mark.parametrize("boxed", [False, True])
@pytest.mark.parametrize("norm", ["l2", "linf"])
def test_quartiles_of_a_class_are_of_its_rightly_read_images(learnt, norm, boxed):
    data, records = learnt
    found = finish(exact_robustness(records[-1].weights, data.test, boxed=boxed))
    quartiles = found.quartiles(norm)
    for label in range(data.n_classes):
        own = found.sizes(norm)[found.right & (data.test.labels == label)]
        expected = np.quantile(own, [0.25, 0.5, 0.75]) if len(own) else np.full(3, np.nan)
        np.testing.assert_allclose(quartiles[:, label], expected)


def test_what_lies_on_the_boundary_is_not_the_most_fragile():
    # Two classes of images (x, 1 - x): the boundary is at x = 0.5.
    places = np.array([0.5, 0.5001, 0.501, 0.6, 0.7, 0.8, 0.9])
    images = np.stack((places, 1 - places), axis=1).astype(np.float32)
    test = Split(images, np.zeros(len(images), dtype=np.int64))
    weights = np.array([[0.0, 1.0, -1.0], [0.0, -1.0, 1.0]])
    found = finish(exact_robustness(weights, test, boxed=False))
    fragile, n_left_out = found.fragile("l2")
    assert n_left_out == 3
    assert fragile.tolist() == [3, 4, 5, 6]
    assert len(found.ordered("l2")) == 7


def test_some_images_are_a_round_number_drawn_once_or_all():
    data = tiny_dataset(20, 150)
    some = some_images(data.test, 12 * 67)
    assert len(some.rows) == some.split.n_samples == 65
    assert not some.is_whole
    assert (np.diff(some.rows) > 0).all()
    np.testing.assert_array_equal(some.split.images, data.test.images[some.rows])
    np.testing.assert_array_equal(some.rows, some_images(data.test, 12 * 67).rows)
    whole = some_images(data.test, 12 * 150)
    assert whole.is_whole
    assert whole.split is data.test


@pytest.mark.parametrize("boxed", [False, True])
@pytest.mark.parametrize("norm", ["l2", "linf"])
def test_medians_over_epochs_are_found_once_and_of_the_rightly_read(learnt, norm, boxed):
    data, records = learnt
    images = some_images(data.test)

    def search_of(runs, known):
        return MedianSearch(images, runs, known, norm=norm, boxed=boxed)

    known = ModelCache()
    assert list(search_of({7: records[:3]}, known).run())
    search = search_of({7: records, 8: records[:2]}, known)
    list(search.run())
    assert not list(search_of({7: records}, known).run())  # all of them are known
    assert search.found()[8].epochs.tolist() == [0, 1]
    found = search.found()[7]
    np.testing.assert_array_equal(found.epochs, [record.epoch for record in records])
    for i, record in enumerate(records):
        exact = finish(exact_robustness(record.weights, data.test, boxed=boxed))
        assert found.score[i] == pytest.approx(record.test_score)
        np.testing.assert_equal(found.medians[i], exact.median(norm))


def test_medians_go_from_the_last_epoch_over_the_first_to_the_finer_ones(learnt):
    data, records = learnt
    search = MedianSearch(
        some_images(data.test), {7: records}, ModelCache(), norm="l2", boxed=False
    )
    seen = []
    for _ in search.run():
        epochs = set(search.found()[7].epochs.tolist())
        seen += sorted(epochs - set(seen))
    assert seen[:3] == [records[-1].epoch, 0, 2]
    assert sorted(seen) == [record.epoch for record in records]


def test_medians_of_a_run_that_goes_on_are_found_few_at_a_time_and_kept(learnt):
    data, records = learnt
    known, images = ModelCache(), some_images(data.test)

    def after(n):
        search = MedianSearch(images, {7: records[:n]}, known, norm="l2", boxed=True, most=2)
        list(search.run())
        return search.found()[7].epochs.tolist()

    assert after(4) == [0, 3]
    assert after(6) == [0, 1, 3, 5]
    assert after(6) == [0, 1, 2, 3, 4, 5]


def test_curves_of_several_models_are_those_of_each_and_found_once(learnt):
    data, records = learnt
    known, images = KnownCurves(), (some_images(data.test),)
    first, last = records[1].weights, records[-1].weights

    def search_of(models, boxed=False):
        return CurveSearch(models, images, known, norm="l2", boxed=boxed)

    search = search_of({5: last, 2: first})
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
        np.testing.assert_array_equal(found.models[key].sizes("l2"), alone.sizes("l2"))
    assert found.shown is found.models[5]
    sizes = found.sizes
    furthest = max(shown_size(each, "l2") for each in found.models.values())
    assert sizes[0] == 0
    assert sizes[-1] == furthest
    np.testing.assert_array_equal(found.attack_sizes, tried_sizes(found.shown, "l2"))
    assert np.isin(found.attack_sizes, sizes).all()
    again = search_of({9: first})
    assert not list(again.run())
    assert again.found().shown is found.models[2]
    # In the box it is another question.
    boxed = search_of({9: first}, boxed=True)
    assert list(boxed.run())
    assert boxed.found().shown.boxed


def test_a_runaway_stretches_no_axis_unless_it_is_alone(learnt):
    data, records = learnt
    images, good = (some_images(data.test),), records[-1].weights
    # One class for all, by far: the sizes that turn it are of another order.
    away = good.copy()
    away[:, 0] += 1e4 * np.eye(len(good))[1]

    def found_of(models):
        search = CurveSearch(models, images, KnownCurves(), norm="l2", boxed=False)
        list(search.run())
        return search.found()

    usual, alone = found_of({1: good}), found_of({2: away})
    assert alone.furthest > 100 * usual.furthest
    for models in ({1: good, 2: away}, {2: away, 1: good}):
        found = found_of(models)
        assert found.sound == tuple(key == 1 for key in models)
        assert found.furthest == usual.furthest
        # Attacks are tried where the model shown falls, wherever that is.
        np.testing.assert_array_equal(found.attack_sizes, tried_sizes(found.shown, "l2"))
        assert np.isin(found.attack_sizes, found.sizes).all()
    runs = {1: [records[2], replace(records[3], weights=away)]}
    medians = MedianSearch(images[0], runs, ModelCache(), norm="l2", boxed=False)
    list(medians.run())
    assert medians.found()[1].sound.tolist() == [True, False]


def test_few_images_are_known_before_all_are(learnt):
    data, records = learnt
    few, whole = some_images(data.test, 12 * 20), some_images(data.test)
    weights = records[-1].weights
    search = CurveSearch({0: weights}, (few, whole), KnownCurves(), norm="l2", boxed=True)
    steps = search.run()
    while search.found() is None:
        next(steps)
    assert search.found().images is few
    assert len(search.found().shown.labels) == 20
    list(steps)
    assert search.found().images is whole
    alone = finish(exact_robustness(weights, data.test, boxed=True, norms=("l2",)))
    np.testing.assert_array_equal(search.found().shown.sizes("l2"), alone.sizes("l2"))
    np.testing.assert_allclose(
        alone.sizes("l2"),
        finish(exact_robustness(weights, data.test, boxed=True)).sizes("l2"),
    )
