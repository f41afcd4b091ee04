"""What it takes to make one class another: sizes of single images, and plain medians of them."""

from __future__ import annotations

import itertools
import statistics

import numpy as np
import pytest
from core_samples import QUICK, tiny_dataset
from hypothesis import given
from hypothesis import strategies as st

from core.data.dataset import Split
from core.exact.cost_matrix import CostMeasurement, PairSizes, cost_matrix, rank_correlation, ranks
from core.exact.smallest import smallest_change
from core.insight.readings import confusion, read_images
from core.learning.config import TrainingConfig
from core.learning.perceptron import SoftmaxPerceptron
from core.learning.training import Trainer
from core.progress import Progress, finish

CASES = (st.integers(2, 6), st.integers(1, 12), st.integers(0, 10_000))
WAYS = list(itertools.product(("l2", "linf"), (False, True)))


def split_of(weights, images):
    """Return images labelled as they are read."""
    images = np.asarray(images, dtype=np.float32)
    labels = SoftmaxPerceptron(weights).predict(images.astype(np.float64))
    return Split(images, labels.astype(np.int64))


def case(n_classes, n_features, seed, n=7):
    """Return weights and images, a third of whose pixels lie at a limit of the box."""
    rng = np.random.default_rng(seed)
    weights = rng.standard_normal((n_classes, n_features + 1))
    images = rng.random((n, n_features))
    images[rng.random(images.shape) < 0.2] = 0.0
    images[rng.random(images.shape) < 0.2] = 1.0
    return weights, split_of(weights, images)


def measured(weights, split, norm, *, boxed, **options):
    measurement = CostMeasurement(weights, split, norm, boxed=boxed, **options)
    finish(measurement.run())
    return measurement.found().sizes


@pytest.fixture(scope="module")
def learnt():
    """Return a data set and weights that read most of it rightly, but never all."""
    dataset = tiny_dataset(200, 120, n_classes=5)
    *_, last = Trainer(dataset, TrainingConfig(epochs=60, learning_rate=0.3)).run()
    return dataset, last.weights


@pytest.mark.parametrize(("norm", "boxed"), WAYS)
@QUICK
@given(*CASES)
def test_sizes_toward_every_class_are_those_of_single_images(
    norm, boxed, n_classes, n_features, seed
):
    weights, split = case(n_classes, n_features, seed)
    found = measured(weights, split, norm, boxed=boxed)
    assert found.complete
    assert sorted(found.indices) == list(range(split.n_samples))
    for index, label, sizes in zip(found.indices, found.labels, found.sizes, strict=True):
        assert label == split.labels[index]
        for target in range(n_classes):
            if target == label:
                assert np.isnan(sizes[target])
                continue
            image = split.images[index].astype(np.float64)
            alone = smallest_change(weights, image, norm, target=target, boxed=boxed)
            assert sizes[target] == pytest.approx(alone.size, rel=1e-6, abs=1e-9)


@pytest.mark.parametrize(("norm", "boxed"), WAYS)
def test_so_are_those_of_a_learnt_model(learnt, norm, boxed):
    dataset, weights = learnt
    found = measured(weights, dataset.test, norm, boxed=boxed)
    right = read_images(weights, dataset.test).predicted == dataset.test.labels
    assert sorted(found.indices) == np.flatnonzero(right).tolist()
    assert not right.all()
    for index, label, sizes in zip(found.indices, found.labels, found.sizes, strict=True):
        image = dataset.test.images[index]
        for target in range(5):
            if target != label:
                alone = smallest_change(weights, image, norm, target=target, boxed=boxed)
                assert sizes[target] == pytest.approx(alone.size, rel=1e-6)


def test_two_classes_and_one_pixel_by_hand():
    # z_1 - z_0 = 2 x - 1: from 0.75 it is 0.25 down to the tie at 0.5, from 0.1 it is 0.4 up.
    weights = np.array([[1.0, 0.0], [0.0, 2.0]])
    split = split_of(weights, [[0.75], [0.1]])
    for norm, boxed in WAYS:
        found = measured(weights, split, norm, boxed=boxed)
        by_index = dict(zip(found.indices.tolist(), found.sizes, strict=True))
        assert by_index[0][0] == pytest.approx(0.25)
        assert by_index[1][1] == pytest.approx(0.4, rel=1e-6)


def test_two_rivals_on_the_way_by_hand():
    # Class 2 must beat 0 by u_1 >= 1 and 1 by u_2 >= 2, at right angles: sqrt(5), not 2.
    weights = np.array([[0.0, -1.0, 0.0], [1.0, 0.0, -1.0], [-1.0, 0.0, 0.0]])
    split = split_of(weights, [[0.0, 0.0]])
    assert split.labels.tolist() == [1]
    for norm, expected in (("l2", np.sqrt(5)), ("linf", 2.0)):
        found = measured(weights, split, norm, boxed=False)
        assert found.sizes[0, 2] == pytest.approx(expected, rel=1e-8)
    # In the box no pixel gets as far as 2.
    assert np.isinf(measured(weights, split, "l2", boxed=True).sizes[0, 2])


def test_the_box_stops_pixels_by_hand():
    # d = (3, 1), gap 2, room (0.5, 1): the first pixel stops at 0.5 and the second does the rest.
    weights = np.array([[2.0 + 1.5, 0.0, 0.0], [0.0, 3.0, 1.0]])
    split = split_of(weights, [[0.5, 0.0]])
    assert split.labels.tolist() == [0]
    assert measured(weights, split, "l2", boxed=False).sizes[0, 1] == pytest.approx(2 / np.sqrt(10))
    boxed = measured(weights, split, "l2", boxed=True).sizes[0, 1]
    assert boxed == pytest.approx(np.hypot(0.5, 0.5))
    assert measured(weights, split, "linf", boxed=True).sizes[0, 1] == pytest.approx(0.5)


def test_classes_with_equal_weights_are_never_overtaken():
    weights = np.array([[0.0, 1.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]])
    split = split_of(weights, [[0.9, 0.1]])
    for norm, boxed in WAYS:
        found = measured(weights, split, norm, boxed=boxed)
        assert np.isinf(found.sizes[0, 1])
        assert np.isfinite(found.sizes[0, 2])


def test_a_model_that_has_not_learnt_reaches_nothing():
    split = Split(np.full((4, 3), 0.5, dtype=np.float32), np.array([0, 1, 0, 2]))
    for norm, boxed in WAYS:
        matrix = cost_matrix(measured(np.zeros((3, 4)), split, norm, boxed=boxed))
        assert matrix.n_images.tolist() == [2, 0, 0]
        assert np.isinf(matrix.median[0, 1:]).all()
        assert matrix.extremes() is None
        assert np.isnan(matrix.correlation)


def test_a_model_whose_numbers_ran_away_reads_nothing_rightly(learnt):
    dataset, weights = learnt
    wild = weights.copy()
    wild[2] = np.nan
    found = measured(wild, dataset.test, "l2", boxed=False)
    assert found.complete
    assert not len(found.indices)
    assert np.isnan(cost_matrix(found).median).all()


def test_what_was_begun_goes_on_and_comes_to_the_same(learnt, monkeypatch):
    monkeypatch.setattr(CostMeasurement, "n_together", lambda _: 8)
    dataset, weights = learnt
    whole = measured(weights, dataset.test, "linf", boxed=False)
    measurement = CostMeasurement(weights, dataset.test, "linf", boxed=False)
    assert measurement.found() is None
    for _ in measurement.run():
        matrix = measurement.found()
        if matrix is not None and matrix.sizes.n_done >= 16:
            break
    begun = matrix.sizes
    assert begun.n_done == 16
    np.testing.assert_array_equal(matrix.median, cost_matrix(begun).median)
    assert measurement.found() is matrix  # nothing new is known
    assert not begun.complete
    assert np.isnan(begun.sizes[16:]).all()
    np.testing.assert_array_equal(begun.sizes[:16], whole.sizes[:16])
    before = begun.sizes.copy()
    told = list(measurement.run())
    np.testing.assert_array_equal(measurement.found().sizes.sizes, whole.sizes)
    np.testing.assert_array_equal(begun.sizes, before)
    assert all(isinstance(each, Progress) for each in told)
    assert 16 * 4 <= told[0].done <= told[-1].done == told[-1].total == len(whole.indices) * 4


def test_classes_take_turns(learnt):
    dataset, weights = learnt
    found = measured(weights, dataset.test, "l2", boxed=False)
    n_each = np.bincount(found.labels, minlength=5)
    fewest = int(n_each.min())
    assert fewest > 1
    for turn in range(fewest):
        assert sorted(found.labels[5 * turn : 5 * turn + 5]) == [0, 1, 2, 3, 4]
    other = measured(weights, dataset.test, "l2", boxed=False, seed=1)
    assert found.indices.tolist() != other.indices.tolist()


def test_medians_quartiles_and_examples_are_plain_ones(learnt):
    dataset, weights = learnt
    found = measured(weights, dataset.test, "l2", boxed=False)
    matrix = cost_matrix(found)
    rows = list(zip(found.indices.tolist(), found.labels.tolist(), found.sizes, strict=True))
    for label, target in itertools.product(range(5), range(5)):
        if label == target:
            assert np.isnan(matrix.median[label, target])
            assert matrix.example[label, target] == -1
            continue
        sizes = sorted((float(size[target]), index) for index, own, size in rows if own == label)
        numbers = [size for size, _ in sizes]
        assert matrix.n_images[label] == len(numbers)
        assert matrix.median[label, target] == pytest.approx(statistics.median(numbers))
        low, _, high = statistics.quantiles(numbers, n=4, method="inclusive")
        assert matrix.low[label, target] == pytest.approx(low)
        assert matrix.high[label, target] == pytest.approx(high)
        assert matrix.example[label, target] == sizes[(len(sizes) - 1) // 2][1]


def test_counts_are_the_confusion_matrix(learnt):
    dataset, weights = learnt
    found = measured(weights, dataset.train, "l2", boxed=False)
    expected = confusion(dataset.train, read_images(weights, dataset.train), 5)
    np.testing.assert_array_equal(found.counts, expected)
    rates = cost_matrix(found).rates
    assert rates[1, 2] == expected[1, 2] / expected[1].sum()


def test_wrong_labels_play_no_part():
    data = tiny_dataset(200, 20)
    noisy = data.train.with_label_noise(40.0, 4, np.random.default_rng(1))
    assert (noisy.labels != noisy.true_labels).any()
    trainer = Trainer(data, TrainingConfig(epochs=3))
    list(trainer.run())
    clean, found = (measured(trainer.snapshot(), split, "l2", boxed=False)
                    for split in (data.train, noisy))  # fmt: skip
    np.testing.assert_array_equal(found.indices, clean.indices)
    np.testing.assert_array_equal(found.counts, clean.counts)
    np.testing.assert_array_equal(found.sizes, clean.sizes)


def sizes_of(labels, sizes, counts=None):
    """Return made-up sizes, all measured."""
    labels, sizes = np.array(labels), np.array(sizes, dtype=float)
    n = sizes.shape[1]
    counts = np.zeros((n, n), dtype=np.int64) if counts is None else np.array(counts)
    return PairSizes(counts, np.arange(len(labels)), labels, sizes, len(labels))


def test_unreachable_images_count_as_infinitely_far():
    nan, inf = np.nan, np.inf
    matrix = cost_matrix(
        sizes_of([0, 0, 0, 0, 1], [[nan, 1], [nan, inf], [nan, inf], [nan, 2], [3, nan]])
    )
    assert matrix.median[0, 1] == inf  # half of them cannot be moved at all
    assert matrix.low[0, 1] == pytest.approx(1.75)
    assert matrix.high[0, 1] == inf
    assert matrix.example[0, 1] == 3
    assert matrix.extremes() == ((1, 0), (1, 0))


def test_the_cheapest_and_the_dearest_pair():
    nan = np.nan
    matrix = cost_matrix(sizes_of([0, 1, 2], [[nan, 2, 5], [1, nan, np.inf], [4, 3, nan]]))
    assert matrix.extremes() == ((1, 0), (0, 2))


def test_what_is_confused_more_often_and_cheaper_has_correlation_minus_one():
    nan = np.nan
    sizes = [[nan, 6, 5], [4, nan, 3], [2, 1, nan]]
    counts = [[10, 0, 1], [2, 10, 3], [4, 5, 10]]
    matrix = cost_matrix(sizes_of([0, 1, 2], sizes, counts))
    assert matrix.correlation == pytest.approx(-1)
    assert np.isnan(cost_matrix(sizes_of([0, 1], [[nan, 1], [2, nan]])).correlation)


@given(st.permutations(range(9)))
def test_the_rank_correlation_is_that_of_the_textbook(order):
    # Without ties: 1 - 6 sum d^2 / (n (n^2 - 1)).
    n = len(order)
    expected = 1 - 6 * sum((i - k) ** 2 for i, k in enumerate(order)) / (n * (n**2 - 1))
    assert rank_correlation(np.arange(n) ** 3, np.exp(order)) == pytest.approx(expected)


def test_equal_numbers_share_their_ranks():
    assert ranks(np.array([3.0, 1.0, 3.0, np.inf, np.inf])).tolist() == [2.5, 1.0, 2.5, 4.5, 4.5]
    assert np.isnan(rank_correlation(np.ones(5), np.arange(5)))
    assert np.isnan(rank_correlation(np.arange(2), np.arange(2)))
