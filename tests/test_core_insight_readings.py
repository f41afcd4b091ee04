"""What a model reads, and choosing images by it, against the definitions one image at a time."""

from __future__ import annotations

import numpy as np
import pytest
from core_samples import QUICK, tiny_dataset
from hypothesis import given
from hypothesis import strategies as st

from core.data.config import DataConfig
from core.data.dataset import Split, read_only
from core.data.samples import CHUNK_ROWS
from core.errors import SettingError
from core.insight.diagnostics import diagnose
from core.insight.readings import (
    ImageFilter,
    Readings,
    confusion,
    most_confused,
    read_images,
    select,
)
from core.learning.perceptron import SoftmaxPerceptron


def made_up(n=50, n_classes=4, seed=0, *, noisy=False):
    """Return a split and readings of it that have ties, right and wrong ones, and any surety."""
    rng = np.random.default_rng(seed)
    labels = read_only(rng.integers(n_classes, size=n))
    clean = None
    if noisy:
        clean = read_only(np.where(rng.random(n) < 0.4, rng.integers(n_classes, size=n), labels))
    split = Split(read_only(np.zeros((n, 2), dtype=np.float32)), labels, clean)
    sure = rng.choice([0.25, 0.3, 0.5, 0.5, 0.75, 1.0, float(rng.random())], size=n)
    predicted = np.where(rng.random(n) < 0.6, labels, rng.integers(n_classes, size=n))
    confidence = sure.astype(np.float32)
    return split, Readings(predicted, confidence)


def by_hand(split, readings, wanted):
    """Choose and sort as the words say, one image at a time."""
    chosen = []
    for i in range(split.n_samples):
        label, sure = int(split.labels[i]), float(readings.confidence[i])
        right = int(readings.predicted[i]) == label
        changed = split.clean_labels is not None and int(split.clean_labels[i]) != label
        fits = {"all": True, "right": right, "wrong": not right, "changed": changed}[wanted.read]
        inside = np.float32(wanted.low / 100) <= sure <= np.float32(wanted.high / 100)
        if fits and inside and wanted.label in (None, label):
            chosen.append((i, right, sure))
    keys = {
        "stored": lambda image: image[0],
        "worst": lambda image: (image[1], image[2] if image[1] else -image[2], image[0]),
        "unsure": lambda image: (image[2], image[0]),
        "sure": lambda image: (-image[2], image[0]),
    }
    return [image[0] for image in sorted(chosen, key=keys[wanted.order])]


@QUICK
@given(
    st.integers(0, 1000),
    st.one_of(st.none(), st.integers(0, 5)),
    st.sampled_from(["all", "right", "wrong", "changed"]),
    st.sampled_from([(0.0, 100.0), (30.0, 100.0), (0.0, 50.0), (50.0, 50.0), (70.0, 20.0)]),
    st.sampled_from(["stored", "worst", "unsure", "sure"]),
    st.booleans(),
)
def test_choosing_is_what_its_words_say(seed, label, read, between, order, noisy):
    split, readings = made_up(seed=seed, noisy=noisy)
    low, high = between
    wanted = ImageFilter(label=label, read=read, low=low, high=high, order=order)
    chosen = select(split, readings, wanted)
    assert chosen.tolist() == by_hand(split, readings, wanted)
    if not wanted.needs_readings:
        np.testing.assert_array_equal(select(split, None, wanted), chosen)
    if wanted.chooses_all:
        assert len(chosen) == split.n_samples


@pytest.mark.parametrize(
    "wanted",
    [
        ImageFilter(read="right"),
        ImageFilter(read="wrong"),
        ImageFilter(low=1.0),
        ImageFilter(high=99.0),
        ImageFilter(order="sure"),
    ],
    ids=["right", "wrong", "low", "high", "order"],
)
def test_what_needs_readings_says_so_and_is_not_done_without(wanted):
    assert wanted.needs_readings
    with pytest.raises(ValueError, match="reads"):
        select(made_up()[0], None, wanted)


def test_most_surely_wrong_first_in_an_example():
    labels = read_only(np.array([0, 0, 1, 1, 2]))
    split = Split(read_only(np.zeros((5, 1), dtype=np.float32)), labels)
    confidence = np.array([0.9, 0.6, 0.95, 0.5, 0.7], dtype=np.float32)
    readings = Readings(np.array([0, 1, 2, 1, 2]), confidence)
    assert select(split, readings, ImageFilter(order="worst")).tolist() == [2, 1, 3, 4, 0]


def test_thirty_percent_keeps_what_is_three_tenths_in_single_precision():
    split = Split(read_only(np.zeros((1, 1), dtype=np.float32)), read_only(np.array([0])))
    confidence = np.array([0.3], dtype=np.float32)
    readings = Readings(np.array([0]), confidence)
    assert select(split, readings, ImageFilter(low=30.0)).tolist() == [0]
    assert select(split, readings, ImageFilter(high=30.0)).tolist() == [0]


def test_images_of_a_model_that_ran_away_are_kept_and_come_last():
    split, readings = made_up(6)
    confidence = readings.confidence.copy()
    confidence[[1, 4]] = np.nan
    lost = Readings(readings.predicted, confidence)
    assert select(split, lost, ImageFilter()).tolist() == list(range(6))
    for order in ("worst", "unsure", "sure"):
        assert select(split, lost, ImageFilter(order=order)).tolist()[-2:] == [1, 4]
    assert not {1, 4} & set(select(split, lost, ImageFilter(low=0.1)).tolist())


@pytest.mark.parametrize(
    "wrong",
    [{"low": -1.0}, {"high": 101.0}, {"read": "maybe"}, {"order": "random"}, {"label": "3"}],
    ids=["low", "high", "read", "order", "label"],
)
def test_a_filter_out_of_range_is_refused(wrong):
    with pytest.raises(SettingError, match="must be"):
        ImageFilter(**wrong)


@pytest.mark.parametrize("n", [1, CHUNK_ROWS, 5000], ids=["one", "a chunk", "chunks"])
def test_readings_are_those_of_the_model_image_by_image(n):
    split = tiny_dataset(n, 5).train
    weights = np.random.default_rng(4).normal(size=(4, 13))
    readings = read_images(weights, split)
    model = SoftmaxPerceptron(weights)
    for i in np.unique(np.linspace(0, n - 1, 60).astype(int)):
        probabilities = model.probabilities(split.images[i])
        assert readings.predicted[i] == probabilities.argmax()
        assert readings.confidence[i] == pytest.approx(probabilities.max(), rel=1e-5)
    for array in (readings.predicted, readings.confidence):
        assert array.shape == (n,)
        assert not array.flags.writeable


def test_changed_labels_are_found_in_noisy_data():
    noisy = tiny_dataset().sized(DataConfig(label_noise=20.0)).train
    assert noisy.clean_labels is not None
    expected = np.flatnonzero(noisy.labels != noisy.clean_labels)
    chosen = select(noisy, None, ImageFilter(read="changed"))
    np.testing.assert_array_equal(chosen, expected)
    assert len(chosen) == round(0.2 * noisy.n_samples)


@QUICK
@given(st.integers(1, 80), st.integers(2, 9), st.integers(0, 10_000))
def test_confusion_is_that_of_a_plain_loop(n_samples, n_classes, seed):
    rng = np.random.default_rng(seed)
    dataset = tiny_dataset(n_samples, 1, shape=(2, 3), n_classes=n_classes, seed=seed)
    weights = rng.standard_normal((n_classes, 7)).astype(np.float32)
    split = dataset.train
    readings = read_images(weights, split)
    counts = confusion(split, readings, n_classes)
    expected = np.zeros((n_classes, n_classes), dtype=np.int64)
    for label, read in zip(split.labels, readings.predicted, strict=True):
        expected[label, read] += 1
    np.testing.assert_array_equal(counts, expected)
    np.testing.assert_array_equal(counts, diagnose(weights, split).confusion)
    for label in range(n_classes):
        for read in range(n_classes):
            wanted = ImageFilter(label=label, predicted=read, order="sure")
            found = select(split, readings, wanted)
            assert len(found) == counts[label, read]
            assert (np.diff(readings.confidence[found]) <= 0).all()
    listed = most_confused(counts, 5)
    mistakes = expected[~np.eye(n_classes, dtype=bool)]
    assert [count for _, _, count in listed] == sorted(mistakes[mistakes > 0], reverse=True)[:5]
    assert all(counts[label, read] == count and label != read for label, read, count in listed)


def test_what_is_read_needs_readings():
    wanted = ImageFilter(predicted=1)
    assert wanted.needs_readings
    assert not wanted.chooses_all
    with pytest.raises(ValueError, match="needs what a model reads"):
        select(tiny_dataset().train, None, wanted)
