"""Data sets: checked, read-only, cut to size, and known by their content."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from core_samples import QUICK, tiny_dataset
from hypothesis import given
from hypothesis import strategies as st

from core.data.config import DataConfig
from core.data.dataset import Dataset, Split, make_dataset, make_split
from core.errors import DatasetError

LABELS = np.array([0, 1, 2, 1])


def images_of(n=4, n_pixels=6):
    return np.random.default_rng(n).random((n, n_pixels))


def dataset_of(train=None, test=None, **details):
    details = {"image_shape": (2, 3), "class_names": ("a", "b", "c"), **details}
    pair = (images_of(), LABELS)
    return make_dataset("name", "source", train or pair, test or pair, **details)


@QUICK
@given(st.integers(1, 8), st.integers(1, 5), st.integers(1, 5), st.booleans())
def test_images_become_flat_float32_rows_between_0_and_1(n, height, width, as_bytes):
    rng = np.random.default_rng(n)
    if as_bytes:
        images = rng.integers(256, size=(n, height, width), dtype=np.uint8)
        expected = images.reshape(n, -1) / 255
    else:
        images = rng.random((n, height, width))
        expected = images.reshape(n, -1)
    split = make_split(images, np.zeros(n, dtype=np.uint8), 2, "part")
    assert split.images.dtype == np.float32
    assert split.labels.dtype == np.int64
    assert split.images.shape == (n, height * width)
    assert split.images.flags.c_contiguous
    assert split.n_samples == n
    np.testing.assert_allclose(split.images, expected, rtol=2e-7)


def test_the_brightest_byte_is_exactly_one():
    split = make_split(np.array([[0, 128, 255]], dtype=np.uint8), np.array([0]), 2, "part")
    assert split.images[0, 0] == 0
    assert split.images[0, 2] == 1


def test_columns_first_images_are_put_in_order():
    images = np.asfortranarray(images_of())
    split = make_split(images, LABELS, 3, "part")
    assert split.images.flags.c_contiguous
    np.testing.assert_array_equal(split.images, images.astype(np.float32))


def test_what_was_given_stays_ours_to_change():
    images, labels = images_of().astype(np.float32), LABELS.copy()
    split = make_split(images, labels, 3, "part")
    images[:] = 0
    labels[:] = 0
    assert split.images.any()
    assert split.labels.any()


@pytest.mark.parametrize("part", ["train", "test", "validation"])
@pytest.mark.parametrize("name", ["images", "labels", "design"])
def test_no_array_of_a_dataset_can_be_written(part, name):
    dataset = tiny_dataset().sized(DataConfig(train_size=40, validation_size=10))
    array = getattr(dataset.split(part), name)
    with pytest.raises(ValueError, match="read-only"):
        array[0] = 0


def test_a_dataset_and_its_parts_are_frozen():
    dataset = tiny_dataset()
    with pytest.raises(dataclasses.FrozenInstanceError):
        dataset.name = "other"
    with pytest.raises(dataclasses.FrozenInstanceError):
        dataset.train.labels = dataset.test.labels


def test_design_is_the_images_with_a_one_before_each():
    split = tiny_dataset().train
    assert split.design.dtype == np.float32
    assert split.design.flags.c_contiguous
    np.testing.assert_array_equal(split.design[:, 0], 1)
    np.testing.assert_array_equal(split.design[:, 1:], split.images)
    assert split.design is split.design


@pytest.mark.parametrize("rows", [1, 7, 63, 100])
def test_chunks_give_every_sample_once_in_order(rows):
    split = tiny_dataset(63).train
    chunks = list(split.chunks(rows))
    assert max(len(labels) for _, _, labels in chunks) <= rows
    for some, images, labels in chunks:
        np.testing.assert_array_equal(images, split.images[some])
        np.testing.assert_array_equal(labels, split.labels[some])
    found = np.concatenate([np.arange(63)[some] for some, _, _ in chunks])
    np.testing.assert_array_equal(found, np.arange(63))


def test_parts_share_memory():
    split = tiny_dataset().train
    part = split.part(5, 15)
    assert part.n_samples == 10
    assert np.shares_memory(part.images, split.images)
    np.testing.assert_array_equal(part.images, split.images[5:15])
    np.testing.assert_array_equal(part.labels, split.labels[5:15])
    assert split.part(0, 1000) is split


def test_a_part_is_found_by_name():
    dataset = tiny_dataset()
    assert dataset.split("train") is dataset.train
    assert dataset.split("test") is dataset.test
    with pytest.raises(DatasetError, match="tiny has no validation part"):
        dataset.split("validation")
    with pytest.raises(DatasetError, match="no holdout part"):
        dataset.split("holdout")


def test_sizes_follow_from_shape_and_names():
    dataset = tiny_dataset(shape=(3, 7), n_classes=5)
    assert (dataset.n_features, dataset.n_classes) == (21, 5)


@QUICK
@given(
    st.integers(1, 30),
    st.integers(1, 20),
    st.integers(1, 40),
    st.integers(1, 40),
    st.integers(0, 40),
)
def test_sized_takes_the_first_and_validates_on_the_end_of_train(
    n_train, n_test, train_size, test_size, validation_size
):
    whole = tiny_dataset(n_train, n_test)
    config = DataConfig(train_size=train_size, test_size=test_size, validation_size=validation_size)
    taken = min(n_train, train_size)
    if validation_size >= taken:
        with pytest.raises(DatasetError, match=f"choose fewer than {taken}$"):
            whole.sized(config)
        return
    dataset = whole.sized(config)
    fitted = taken - validation_size
    np.testing.assert_array_equal(dataset.train.images, whole.train.images[:fitted])
    np.testing.assert_array_equal(dataset.test.images, whole.test.images[:test_size])
    assert dataset.test.n_samples == min(n_test, test_size)
    if validation_size:
        np.testing.assert_array_equal(dataset.validation.images, whole.train.images[fitted:taken])
        np.testing.assert_array_equal(dataset.validation.labels, whole.train.labels[fitted:taken])
        assert dataset.held_out is dataset.validation
    else:
        assert dataset.validation is None
        assert dataset.held_out is dataset.test


def test_sizing_copies_no_pixel():
    whole = tiny_dataset()
    dataset = whole.sized(DataConfig(train_size=40, test_size=10, validation_size=10))
    for split in (dataset.train, dataset.validation):
        assert np.shares_memory(split.images, whole.train.images)
    assert np.shares_memory(dataset.test.images, whole.test.images)
    assert (dataset.name, dataset.source) == (whole.name, whole.source)


def test_equal_content_has_equal_hashes_wherever_it_comes_from():
    first, second = tiny_dataset(), dataclasses.replace(tiny_dataset(), name="b", source="c")
    assert first.content_hash == second.content_hash
    assert len(first.content_hash) == 64
    sized = first.sized(DataConfig(train_size=40, validation_size=10))
    again = tiny_dataset().sized(DataConfig(train_size=40, validation_size=10))
    assert sized.content_hash == again.content_hash


def variants():
    whole = tiny_dataset()
    pixels = whole.train.images.copy()
    pixels[3, 5] += 0.001
    labels = whole.train.labels.copy()
    labels[7] = (labels[7] + 1) % 4
    return {
        "a pixel": dataclasses.replace(whole, train=Split(pixels, whole.train.labels)),
        "a label": dataclasses.replace(whole, train=Split(whole.train.images, labels)),
        "a class name": dataclasses.replace(whole, class_names=("a", "b", "c", "d")),
        "the shape": dataclasses.replace(whole, image_shape=(4, 3)),
        "the parts exchanged": dataclasses.replace(whole, train=whole.test, test=whole.train),
        "one image less": dataclasses.replace(whole, train=whole.train.part(0, 62)),
        "one image moved": dataclasses.replace(
            whole, train=whole.train.part(0, 53), validation=whole.train.part(53, 63)
        ),
    }


@pytest.mark.parametrize("what", variants())
def test_different_content_has_different_hashes(what):
    assert variants()[what].content_hash != tiny_dataset().content_hash


@pytest.mark.parametrize(
    ("images", "labels", "message"),
    [
        (np.empty((0, 6)), np.empty(0, dtype=int), "part: there is no image.*at least one"),
        (images_of(4), np.array([0, 1, 2]), "part: 4 images but 3 labels.*belong together"),
        (images_of(4), np.array([0, 1, 3, 2]), "label 3 of image 2 is out of range.*0 and 2"),
        (images_of(4), np.array([0, -1, 2, 2]), "label -1 of image 1 is out of range"),
        (images_of(4) + 0.5, LABELS, "part: pixels must be finite and lie between 0 and 1"),
        (images_of(4) - 0.5, LABELS, "between 0 and 1"),
        (np.where(images_of(4) > 0.5, np.nan, 0), LABELS, "must be finite"),
        (np.where(images_of(4) > 0.5, np.inf, 0), LABELS, "must be finite"),
    ],
)
def test_a_bad_part_is_named_with_what_would_be_right(images, labels, message):
    with pytest.raises(DatasetError, match=message):
        make_split(images, labels, 3, "part")


def test_a_bad_part_of_a_dataset_says_which():
    with pytest.raises(DatasetError, match="name, test part: label 5 of image 0"):
        dataset_of(test=(images_of(), LABELS + 5))
    with pytest.raises(DatasetError, match=r"training part: images have 4 pixels, .*2 x 3 = 6"):
        dataset_of(train=(images_of(4, 4), LABELS))
    with pytest.raises(DatasetError, match="training part: there is no image"):
        dataset_of(train=(np.empty((0, 6)), np.empty(0, dtype=int)))


def test_class_names_follow_from_the_largest_label_of_either_part():
    dataset = dataset_of(test=(images_of(), LABELS + 2), class_names=None)
    assert dataset.class_names == ("0", "1", "2", "3", "4")
    alone = dataset_of((images_of(), 0 * LABELS), (images_of(), 0 * LABELS), class_names=None)
    assert alone.class_names == ("0", "1")
    assert isinstance(alone, Dataset)


def test_classes_that_nothing_can_be_learned_of_are_said():
    images, labels = np.zeros((8, 16), dtype=np.float32), np.array([0, 1] * 4)
    whole = make_dataset(
        "d", "here", (images, labels), (images, np.full(8, 2)),
        image_shape=(4, 4), class_names=("cat", "dog", "eel"),
    )  # fmt: skip
    (note,) = whole.notes
    assert note.startswith("No training image is of eel: ")
    assert whole.sized(DataConfig()).notes == whole.notes
    (note,) = whole.sized(DataConfig(train_size=1)).notes
    assert note.startswith("No training image is of dog, eel: ")
    assert not tiny_dataset().sized(DataConfig()).notes
