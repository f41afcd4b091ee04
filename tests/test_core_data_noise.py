"""Spoiling and dividing data on purpose: exactly as much as asked for, and the same every time."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from core_samples import QUICK, tiny_dataset
from hypothesis import given
from hypothesis import strategies as st

from core.data.config import DEFAULT_TEST_PERCENT, DataConfig
from core.data.dataset import Split, make_dataset, n_set_aside, read_only, stratified_split
from core.data.samples import noisy_images, noisy_labels
from core.errors import DatasetError, SettingError

NOISE = [
    DataConfig(label_noise=30.0),
    DataConfig(pixel_noise=0.2),
    DataConfig(label_noise=30.0, pixel_noise=0.2),
]
NOISE_IDS = ["labels", "pixels", "both"]


def rng(seed=0):
    return np.random.default_rng(seed)


def without_test_part(n_per_class=(40, 12, 4, 1), seed=0):
    """Return data of uneven classes whose images carry their own number in their first pixel."""
    labels = np.repeat(np.arange(len(n_per_class)), n_per_class)
    rng(seed).shuffle(labels)
    images = rng(seed).random((len(labels), 6))
    images[:, 0] = np.arange(len(labels)) / len(labels)
    return make_dataset("own", "made up", (images, labels), None, image_shape=(2, 3))


def numbers(split: Split) -> list[float]:
    """Return which images a part of :func:`without_test_part` has."""
    return split.images[:, 0].tolist()


@QUICK
@given(
    st.integers(1, 200),
    st.integers(2, 100),
    st.floats(0, 100, allow_nan=False),
    st.integers(0, 2**31 - 1),
)
def test_exactly_as_many_labels_are_wrong_as_asked_for(n, n_classes, percent, seed):
    labels = rng(1).integers(n_classes, size=n)
    before = labels.copy()
    noisy = noisy_labels(labels, percent, n_classes, rng(seed))
    np.testing.assert_array_equal(labels, before)
    assert np.count_nonzero(noisy != labels) == round(percent / 100 * n)
    assert noisy.dtype == labels.dtype
    assert noisy.min() >= 0
    assert noisy.max() < n_classes
    np.testing.assert_array_equal(noisy, noisy_labels(labels, percent, n_classes, rng(seed)))


def test_every_wrong_class_and_every_image_is_equally_likely():
    n, n_classes, percent = 40_000, 5, 40.0
    labels = np.zeros(n, dtype=np.int64)
    noisy = noisy_labels(labels, percent, n_classes, rng(3))
    counts = np.bincount(noisy, minlength=n_classes)
    assert counts[0] == 24_000
    # Four classes share 16,000: the deviation of a binomial count is 55; five of them are safe.
    assert np.abs(counts[1:] - 4_000).max() < 5 * np.sqrt(16_000 * 0.25 * 0.75)
    first_half = np.count_nonzero(noisy[: n // 2])
    assert abs(first_half - 8_000) < 5 * np.sqrt(16_000 * 0.25)


def test_another_seed_spoils_other_labels():
    labels = rng().integers(10, size=500)
    spoilt = [noisy_labels(labels, 20.0, 10, rng(seed)) != labels for seed in (1, 2)]
    assert not np.array_equal(*spoilt)


def test_all_labels_can_be_wrong_even_of_two_classes():
    labels = rng().integers(2, size=99)
    np.testing.assert_array_equal(noisy_labels(labels, 100.0, 2, rng()), 1 - labels)


@pytest.mark.parametrize("n", [1, 4096, 9000], ids=["one", "a block", "blocks"])
def test_pixels_get_normal_noise_and_stay_between_0_and_1(n):
    images = rng(1).random((n, 5)).astype(np.float32)
    before = images.copy()
    noisy = noisy_images(images, 0.3, rng(7))
    np.testing.assert_array_equal(images, before)
    assert noisy.dtype == np.float32
    # The same draws in one piece: how the work is divided must not show.
    draws = rng(7).standard_normal(images.shape, dtype=np.float32)
    np.testing.assert_allclose(noisy, np.clip(images + 0.3 * draws, 0, 1), atol=1e-6)


def test_the_spread_is_in_units_of_the_pixels_range():
    grey = np.full((20_000, 3), 0.5, dtype=np.float32)
    change = noisy_images(grey, 0.05, rng()) - grey  # ten deviations from either end: unclipped
    assert abs(float(change.std()) - 0.05) < 0.001
    assert abs(float(change.mean())) < 0.001


@pytest.mark.parametrize("config", NOISE, ids=NOISE_IDS)
def test_the_same_seed_gives_the_same_data_and_another_one_does_not(config):
    whole = tiny_dataset()
    one, again = whole.sized(config), whole.sized(config)
    assert one.content_hash == again.content_hash
    assert one.content_hash != whole.content_hash
    other = whole.sized(dataclasses.replace(config, noise_seed=1))
    assert other.content_hash != one.content_hash


def test_only_training_labels_are_spoilt_and_the_true_ones_are_kept():
    whole = tiny_dataset()
    noisy = whole.sized(DataConfig(label_noise=20.0, validation_size=13))
    clean = whole.sized(DataConfig(validation_size=13))
    assert noisy.train.n_samples == 50
    assert noisy.train.clean_labels is not None
    np.testing.assert_array_equal(noisy.train.clean_labels, clean.train.labels)
    assert np.count_nonzero(noisy.train.labels != clean.train.labels) == 10
    for part in ("validation", "test"):
        np.testing.assert_array_equal(noisy.split(part).labels, clean.split(part).labels)
        assert noisy.split(part).clean_labels is None
    np.testing.assert_array_equal(noisy.train.images, clean.train.images)
    assert not noisy.train.labels.flags.writeable


def test_pixel_noise_is_in_every_part_and_in_each_its_own():
    whole = tiny_dataset(60, 30)
    config = DataConfig(pixel_noise=0.1, validation_size=30)
    noisy, clean = whole.sized(config), whole.sized(dataclasses.replace(config, pixel_noise=0.0))
    changes = []
    for part in ("train", "validation", "test"):
        before, after = clean.split(part), noisy.split(part)
        inside = (before.images > 0.4) & (before.images < 0.6)  # far from being clipped
        change = (after.images - before.images)[inside]
        assert change.std() == pytest.approx(0.1, rel=0.4)
        np.testing.assert_array_equal(after.labels, before.labels)
        assert after.images.min() >= 0
        assert after.images.max() <= 1
        assert not after.images.flags.writeable
        changes.append(after.images - before.images)
    assert not np.array_equal(changes[0], changes[1])
    assert not np.array_equal(changes[0], changes[2])


def test_turning_one_noise_on_leaves_the_other_as_it_was():
    whole = tiny_dataset()
    labels, pixels, both = (whole.sized(config) for config in NOISE)
    np.testing.assert_array_equal(both.train.labels, labels.train.labels)
    np.testing.assert_array_equal(both.train.images, pixels.train.images)
    assert both.train.clean_labels is not None
    np.testing.assert_array_equal(both.train.clean_labels, whole.train.labels)


def test_parts_and_choices_of_a_noisy_part_keep_the_true_labels():
    train = tiny_dataset().sized(DataConfig(label_noise=50.0)).train
    assert train.clean_labels is not None
    np.testing.assert_array_equal(train.part(3, 9).clean_labels, train.clean_labels[3:9])
    rows = np.array([5, 0, 5])
    taken = train.take(rows)
    np.testing.assert_array_equal(taken.clean_labels, train.clean_labels[rows])
    np.testing.assert_array_equal(taken.labels, train.labels[rows])


@pytest.mark.parametrize("percent", [0.0, 0.4], ids=["none asked for", "less than half an image"])
def test_no_noise_is_no_noise(percent):
    whole = tiny_dataset()
    sized = whole.sized(DataConfig(label_noise=percent))
    np.testing.assert_array_equal(sized.train.labels, whole.train.labels)
    np.testing.assert_array_equal(sized.train.images, whole.train.images)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("label_noise", -1.0),
        ("label_noise", 100.1),
        ("label_noise", float("nan")),
        ("pixel_noise", -0.1),
        ("noise_seed", -1),
        ("noise_seed", 1.5),
        ("test_share", 0.0),
        ("test_share", 99.0),
        ("split_seed", -3),
    ],
)
def test_settings_out_of_range_are_refused(name, value):
    with pytest.raises(SettingError, match="must be"):
        DataConfig(**{name: value})


@QUICK
@given(
    st.lists(st.integers(0, 6), min_size=1, max_size=120),
    st.floats(0.01, 0.9),
    st.integers(0, 2**31 - 1),
)
def test_a_split_divides_every_class_alike_and_loses_nothing(labels, share, seed):
    labels = np.array(labels)
    kept, aside = stratified_split(labels, share, rng(seed))
    assert sorted([*kept, *aside]) == list(range(len(labels)))
    for label in np.unique(labels):
        n = int(np.count_nonzero(labels == label))
        n_aside = int(np.count_nonzero(labels[aside] == label))
        if n == 1:
            assert n_aside == 0
        else:
            assert 1 <= n_aside <= n - 1
            # Half an image is lost to rounding, a whole one where the bounds above hold it.
            assert abs(n_aside - share * n) <= 1
    again = stratified_split(labels, share, rng(seed))
    np.testing.assert_array_equal(kept, again[0])
    np.testing.assert_array_equal(aside, again[1])


@pytest.mark.parametrize(
    ("n", "share", "expected"),
    [(1, 0.5, 0), (2, 0.01, 1), (2, 0.9, 1), (10, 0.15, 2), (100, 0.15, 15), (100, 0.9, 90)],
)
def test_how_many_of_a_class_are_set_aside(n, share, expected):
    assert n_set_aside(n, share) == expected


def test_the_share_and_seed_of_the_test_part_can_be_chosen():
    whole = without_test_part()
    assert not whole.has_own_test
    everything = sorted(numbers(whole.train) + numbers(whole.test))
    seen = set()
    for share, seed in [(DEFAULT_TEST_PERCENT, 0), (50.0, 0), (50.0, 1), (15.0, 7)]:
        config = DataConfig(test_share=share, split_seed=seed)
        sized = whole.sized(config)
        assert sorted(numbers(sized.train) + numbers(sized.test)) == everything
        for k, n in enumerate((40, 12, 4, 1)):
            n_test = np.count_nonzero(sized.test.labels == k)
            assert n_test == n_set_aside(n, share / 100)
        seen.add(tuple(sorted(numbers(sized.test))))
        assert sized.content_hash == whole.sized(config).content_hash
    assert len(seen) == 4


def test_the_usual_split_copies_nothing():
    whole = without_test_part()
    assert whole.sized(DataConfig()).train.images is whole.train.images


def test_data_with_a_test_part_of_their_own_keep_it():
    whole = tiny_dataset()
    sized = whole.sized(DataConfig(test_share=60.0, split_seed=5))
    assert sized.content_hash == whole.content_hash


def test_labels_stay_with_their_images_through_split_validation_and_noise():
    whole = without_test_part()
    of_image = dict(zip(numbers(whole.train), whole.train.labels.tolist(), strict=True))
    of_image |= dict(zip(numbers(whole.test), whole.test.labels.tolist(), strict=True))
    config = DataConfig(test_share=30.0, split_seed=2, validation_size=9, label_noise=40.0)
    sized = whole.sized(config)
    assert sized.validation is not None
    for split in (sized.train, sized.validation, sized.test):
        true = split.labels if split.clean_labels is None else split.clean_labels
        assert [of_image[number] for number in numbers(split)] == true.tolist()
    assert sized.train.n_samples + 9 + sized.test.n_samples == len(of_image)


@pytest.mark.parametrize(
    ("share", "validation_size", "fits"),
    [
        # 57 images, of which a share of 15 % leaves 48 to learn from, 1 % leaves 54, 90 % leaves 7.
        (DEFAULT_TEST_PERCENT, 47, True),
        (DEFAULT_TEST_PERCENT, 48, False),
        (1.0, 53, True),
        (1.0, 54, False),
        (90.0, 6, True),
        (90.0, 7, False),
    ],
)
def test_validation_must_leave_images_of_the_split_that_is_asked_for(share, validation_size, fits):
    whole = without_test_part()
    config = DataConfig(test_share=share, validation_size=validation_size)
    if fits:
        whole.check_sizes(config)
        assert whole.sized(config).train.n_samples == 1
        return
    for refuse in (whole.check_sizes, whole.sized):
        with pytest.raises(DatasetError, match=f"choose fewer than {validation_size}"):
            refuse(config)


@pytest.mark.parametrize(
    ("config", "copies"),
    [
        (DataConfig(), False),
        (DataConfig(label_noise=50.0, validation_size=5, train_size=20), False),
        (DataConfig(pixel_noise=0.1), True),
        (DataConfig(test_share=20.0), True),
        (DataConfig(split_seed=1), True),
    ],
    ids=["usual", "labels and sizes", "pixels", "share", "split seed"],
)
def test_who_makes_new_pixels_says_so(config, copies):
    whole = without_test_part()
    sized = whole.sized(config)
    assert config.copies_pixels == copies
    assert np.shares_memory(sized.train.images, whole.train.images) != copies


def test_a_part_made_by_hand_has_no_true_labels_but_its_own():
    split = Split(read_only(np.zeros((2, 3), dtype=np.float32)), read_only(np.array([0, 1])))
    assert split.clean_labels is None
    noisy = split.with_label_noise(50.0, 2, rng())
    assert noisy.clean_labels is split.labels
