"""NumPy's files, npz and npy, and which of their arrays is what."""

from __future__ import annotations

import gzip
import io
import re
import struct
import zipfile

import numpy as np
import pytest
from core_samples import QUICK
from hypothesis import given
from hypothesis import strategies as st

from core.errors import DatasetError
from core.sources import limits, open_dataset
from core.sources.arrays.roles import (
    ALL_ROLES,
    ROLES,
    ArrayInfo,
    ArraysUnclear,
    arrays_text,
    choose,
    meaning,
    parse_arrays,
)
from core.sources.reading import ReadingConfig

RNG = np.random.default_rng(0)
TRAIN = RNG.integers(256, size=(40, 4, 5), dtype=np.uint8)
TEST = RNG.integers(256, size=(20, 4, 5), dtype=np.uint8)
TRAIN[0, 0, 0] = 255
TRAIN_LABELS = RNG.permutation(np.arange(40) % 4)
TEST_LABELS = RNG.permutation(np.arange(20) % 4)
FOUR = {"x_train": TRAIN, "y_train": TRAIN_LABELS, "x_test": TEST, "y_test": TEST_LABELS}
PAIR = {"X": TRAIN, "y": TRAIN_LABELS}


def refusal(path, **reading):
    with pytest.raises(DatasetError) as caught:
        open_dataset(str(path), ReadingConfig(**reading))
    return str(caught.value)


def assert_holds(path, *, own_test, pixels=None, names="0123", **reading):
    """Assert that ``path`` opens as the arrays above, to float32's precision."""
    dataset = open_dataset(str(path), ReadingConfig(**reading))
    assert dataset.image_shape == (4, 5)
    assert dataset.class_names == tuple(names)
    assert dataset.has_own_test == own_test
    expected = TRAIN.reshape(40, -1) / 255 if pixels is None else pixels.reshape(40, -1)
    if own_test:
        np.testing.assert_allclose(dataset.train.images, expected, atol=1e-6)
        np.testing.assert_array_equal(dataset.train.labels, TRAIN_LABELS)
        np.testing.assert_allclose(dataset.test.images, TEST.reshape(20, -1) / 255, atol=1e-6)
        np.testing.assert_array_equal(dataset.test.labels, TEST_LABELS)
        return
    found = np.concatenate((dataset.train.images, dataset.test.images))
    labels = np.concatenate((dataset.train.labels, dataset.test.labels))
    # No two images are alike: each is found again beside its own label.
    distance = np.abs(found[:, None] - expected[None]).max(axis=2)
    assert (distance.min(axis=1) < 1e-6).all()
    assert sorted(distance.argmin(axis=1)) == list(range(40))
    np.testing.assert_array_equal(labels, TRAIN_LABELS[distance.argmin(axis=1)])


def npz(compressed=False, **arrays):
    def write(folder):
        save = np.savez_compressed if compressed else np.savez
        save(folder / "set.npz", **arrays)
        return folder / "set.npz"

    return write


def unnamed(*arrays):
    def write(folder):
        np.savez(folder / "set.npz", *arrays)
        return folder / "set.npz"

    return write


def npy(opened, **arrays):
    def write(folder):
        for name, array in arrays.items():
            np.save(folder / f"{name}.npy", array)
        return folder / opened

    return write


def npy_gz(folder):
    for name, array in PAIR.items():
        content = io.BytesIO()
        np.save(content, array)
        (folder / f"{name}.npy.gz").write_bytes(gzip.compress(content.getvalue()))
    return folder / "X.npy.gz"


def npz_each(opened):
    """Write as the KMNIST's authors do: one archive for each array, each called arr_0."""

    def write(folder):
        for part, images, labels in (("train", TRAIN, TRAIN_LABELS), ("test", TEST, TEST_LABELS)):
            np.savez_compressed(folder / f"kmnist-{part}-imgs.npz", images)
            np.savez_compressed(folder / f"kmnist-{part}-labels.npz", labels)
        return folder / opened

    return write


def version(major, minor):
    """Write npy of another format version, as NumPy does for long or Unicode headers."""

    def write(folder):
        for name, array in PAIR.items():
            with (folder / f"{name}.npy").open("wb") as file:
                np.lib.format.write_array(file, array, version=(major, minor))
        return folder

    return write


def python_2(folder):
    """Write the header as NumPy did under Python 2 on Windows: sizes are long integers."""
    for name, array in PAIR.items():
        sizes = "".join(f"{size}L, " for size in array.shape)
        words = f"{{'descr': {array.dtype.str!r}, 'fortran_order': False, 'shape': ({sizes}), }}"
        header = words.encode() + b" " * (-(10 + len(words) + 1) % 16) + b"\n"
        content = b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header
        (folder / f"{name}.npy").write_bytes(content + array.tobytes())
    return folder


def beside_a_text(folder):
    path = npz(**FOUR)(folder)
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("README.txt", "hello")
    return path


OPENS_WITH_TEST = {
    "keras": npz(**FOUR),
    "keras, compressed": npz(compressed=True, **FOUR),
    "X and y": npz(X_train=TRAIN, Y_train=TRAIN_LABELS, X_test=TEST, Y_test=TEST_LABELS),
    "train_images": npz(
        train_images=TRAIN, train_labels=TRAIN_LABELS, test_images=TEST, test_labels=TEST_LABELS
    ),
    "training_images": npz(
        training_images=TRAIN,
        training_labels=TRAIN_LABELS,
        test_images=TEST,
        test_labels=TEST_LABELS,
    ),
    "img and label": npz(
        train_img=TRAIN, train_label=TRAIN_LABELS, test_img=TEST, test_label=TEST_LABELS
    ),
    "camels": npz(trainX=TRAIN, trainY=TRAIN_LABELS, testX=TEST, testY=TEST_LABELS),
    "glued": npz(xtrain=TRAIN, ytrain=TRAIN_LABELS, xtest=TEST, ytest=TEST_LABELS),
    "more than needed": npz(**FOUR, mean=TRAIN.mean(axis=0), class_names=np.array(list("0123"))),
    "objects beside": npz(**FOUR, about=np.array({"made": "by us"}, dtype=object)),
    "a text beside": beside_a_text,
    "channel last": npz(**FOUR | {"x_train": TRAIN[..., None], "x_test": TEST[..., None]}),
    "channel first": npz(**FOUR | {"x_train": TRAIN[:, None], "x_test": TEST[:, None]}),
    "columns of labels": npz(
        **FOUR | {"y_train": TRAIN_LABELS[:, None], "y_test": TEST_LABELS[:, None]}
    ),
    "one-hot": npz(
        **FOUR | {"y_train": np.eye(4)[TRAIN_LABELS], "y_test": np.eye(4, dtype=int)[TEST_LABELS]}
    ),
    "npy in a folder": npy("", **FOUR),
    "npy, one opened": npy("y_test.npy", **FOUR),
    "npz each in a folder": npz_each(""),
    "npz each, one opened": npz_each("kmnist-train-imgs.npz"),
}

OPENS_ALONE = {
    "X y": npz(**PAIR),
    "data target": npz(data=TRAIN, target=TRAIN_LABELS),
    "images labels": npz(images=TRAIN, labels=TRAIN_LABELS),
    "as scikit-learn": npz(
        data=TRAIN.reshape(40, -1),
        images=TRAIN,
        target=TRAIN_LABELS,
        target_names=np.arange(4),
    ),
    "arr_0 arr_1": unnamed(TRAIN, TRAIN_LABELS),
    "labels first": unnamed(TRAIN_LABELS, TRAIN),
    "any names": npz(pictures_of_us=TRAIN, who=TRAIN_LABELS),
    "npy pair": npy("", **PAIR),
    "npy, images opened": npy("X.npy", **PAIR),
    "npy, labels opened": npy("labels.npy", images=TRAIN, labels=TRAIN_LABELS),
    "npy beside others": npy("X.npy", **PAIR, weights=np.zeros((3, 4))),
    "npy.gz pair": npy_gz,
    "npy version 2": version(2, 0),
    "npy version 3": version(3, 0),
    "npy of Python 2": python_2,
    "columns first": npz(X=np.asfortranarray(TRAIN), y=TRAIN_LABELS),
    "big-endian": npz(X=TRAIN.astype(">u2"), y=TRAIN_LABELS.astype(">i4")),
    "floats in 0..255": npz(X=TRAIN.astype(np.float32), y=TRAIN_LABELS.astype(float)),
    "floats in 0..1": npz(X=TRAIN / 255, y=TRAIN_LABELS),
    "floats in -1..1": npz(X=TRAIN / 127.5 - 1, y=TRAIN_LABELS),
    "floats in -0.5..0.5": npz(X=TRAIN / 255 - 0.5, y=TRAIN_LABELS),
    "made on a Mac": npy("X.npy", **PAIR, **{"._X": TRAIN[:1], "._y": TRAIN_LABELS[:1]}),
    "float16": npz(X=TRAIN.astype(np.float16), y=TRAIN_LABELS),
}


@pytest.mark.parametrize("case", OPENS_WITH_TEST)
def test_training_and_test_arrays_open(tmp_path, case):
    assert_holds(OPENS_WITH_TEST[case](tmp_path), own_test=True)


@pytest.mark.parametrize("case", OPENS_ALONE)
def test_a_pair_of_arrays_opens(tmp_path, case):
    assert_holds(OPENS_ALONE[case](tmp_path), own_test=False)


@pytest.mark.parametrize(
    "words",
    [np.array(["zero", "one", "two", "drei"]), np.array([b"zero", b"one", b"two", b"drei"])],
    ids=["unicode", "bytes"],
)
@pytest.mark.parametrize("order", ["<", ">"])
def test_labels_may_be_words(tmp_path, words, order):
    labels = words.astype(words.dtype.newbyteorder(order))[TRAIN_LABELS]
    np.savez(tmp_path / "set.npz", X=TRAIN, y=labels)
    dataset = open_dataset(str(tmp_path / "set.npz"))
    assert dataset.class_names == ("drei", "one", "two", "zero")
    assert np.bincount(dataset.train.labels).tolist() == [8, 8, 8, 8]  # 10 each, 2 set aside


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda x: x / 255 * np.float32(1.0000004), "outside of 0..1"),
        (lambda x: x / 255 - 1e-9, "outside of 0..1"),
        (lambda x: (x * np.float32(1.0000004)).astype(np.float32), "outside of 0..255"),
        (lambda x: x / 127.5 * np.float32(1.0000004) - 1, "outside of -1..1"),
        (lambda x: x / 255 * np.float32(1.0000004) - 0.5, "outside of -0.5..0.5"),
    ],
    ids=["above 1", "below 0", "above 255", "above 1, centred", "above 0.5"],
)
def test_what_rounding_leaves_outside_of_a_scale_is_brought_back(tmp_path, change, words):
    np.savez(tmp_path / "set.npz", X=change(TRAIN.astype(float)), y=TRAIN_LABELS)
    dataset = open_dataset(str(tmp_path / "set.npz"))
    assert any(words in note for note in dataset.notes)
    found = np.concatenate((dataset.train.images, dataset.test.images))
    assert found.min() >= 0
    assert found.max() <= 1
    distance = np.abs(found[:, None] - TRAIN.reshape(1, 40, -1) / 255).max(axis=2)
    assert sorted(distance.argmin(axis=1)) == list(range(40))
    assert distance.min(axis=1).max() < 2e-6


def test_a_part_a_little_beyond_1_has_a_scale_of_its_own_too(tmp_path):
    near = TRAIN / 255 * np.float32(1.0000004)
    npz(**FOUR | {"x_train": near, "x_test": TEST.astype(float)})(tmp_path)
    assert open_dataset(str(tmp_path / "set.npz")).train.images.max() == 1


def test_words_are_sorted_as_people_do(tmp_path):
    np.savez(tmp_path / "set.npz", X=TRAIN, y=(9 + TRAIN_LABELS).astype(str))
    assert open_dataset(str(tmp_path / "set.npz")).class_names == ("9", "10", "11", "12")


COLOURS = RNG.integers(256, size=(40, 3, 4, 4), dtype=np.uint8)


def test_rows_of_three_colours_are_read_as_cifars(tmp_path):
    """One row is all red values, then all green, then all blue (cs.toronto.edu/~kriz/cifar)."""
    np.savez(tmp_path / "set.npz", data=COLOURS.reshape(40, 48), labels=TRAIN_LABELS)
    dataset = open_dataset(str(tmp_path / "set.npz"))
    assert dataset.image_shape == (4, 4)
    assert any("0.299 red" in note for note in dataset.notes)
    red, green, blue = COLOURS.reshape(40, 3, 16).astype(float).transpose(1, 0, 2)
    expected = (0.299 * red + 0.587 * green + 0.114 * blue) / 255
    found = np.concatenate((dataset.train.images, dataset.test.images))
    distance = np.abs(found[:, None] - expected[None]).max(axis=2)
    assert sorted(distance.argmin(axis=1)) == list(range(40))
    assert distance.min(axis=1).max() < 0.5 / 255 + 1e-6  # grey is rounded to bytes


def test_black_and_white_may_be_truth_values(tmp_path):
    np.savez(tmp_path / "set.npz", X=TRAIN > 127, y=TRAIN_LABELS)
    assert_holds(tmp_path / "set.npz", own_test=False, pixels=(TRAIN > 127).astype(float))


def test_rows_of_pixels_become_square_images_or_as_high_as_said(tmp_path):
    np.savez(tmp_path / "set.npz", X=TRAIN.reshape(40, 20), y=TRAIN_LABELS)
    assert "20 pixels do not make a square image" in refusal(tmp_path / "set.npz")
    assert_holds(tmp_path / "set.npz", own_test=False, image_height=4)
    np.savez(tmp_path / "set.npz", X=TRAIN.reshape(40, 20)[:, :16], y=TRAIN_LABELS)
    assert open_dataset(str(tmp_path / "set.npz")).image_shape == (4, 4)


def test_validation_images_are_the_last_of_the_training_images(tmp_path):
    """As MedMNIST is shipped."""
    np.savez(
        tmp_path / "set.npz",
        train_images=TRAIN[:30],
        train_labels=TRAIN_LABELS[:30, None],
        val_images=TRAIN[30:],
        val_labels=TRAIN_LABELS[30:, None],
        test_images=TEST,
        test_labels=TEST_LABELS[:, None],
    )
    assert_holds(tmp_path / "set.npz", own_test=True)
    (note,) = open_dataset(str(tmp_path / "set.npz")).notes
    assert "The file's 10 validation images are the last of the training images" in note


@pytest.mark.parametrize("suffix", [".npz", ".npy", ""], ids=["npz", "npy", "none"])
def test_the_content_says_what_it_is_not_the_name(tmp_path, suffix):
    written = npz(**FOUR)(tmp_path)
    assert_holds(written.rename(tmp_path / f"digits{suffix}"), own_test=True)


@pytest.mark.parametrize(
    ("name", "part", "kind"),
    [
        ("x_train", "train", "images"),
        ("Y_TEST", "test", "labels"),
        ("XTrain", "train", "images"),
        ("valid/labels", "validation", "labels"),
        ("t10k-images-idx3-ubyte", "test", "images"),
        ("train_image_labels", "train", "labels"),
        ("target_data", "", "labels"),
        ("data", "", "images"),
        ("label_names", "", ""),
        ("class_index", "", ""),
        ("x_train_test", "", ""),
        ("arr_0", "", ""),
        ("", "", ""),
    ],
)
def test_usual_names_are_understood(name, part, kind):
    assert meaning(name) == (part, kind)


NAMES = st.text(max_size=12) | st.sampled_from(["=", ",", "%", "%2C", "a=b,c", " x ", "\n", "%C3"])


@QUICK
@given(data=st.data())
def test_what_was_said_reads_back_as_it_was_said(data):
    n = data.draw(st.sampled_from([2, 4, 6]))
    names = data.draw(st.lists(NAMES, min_size=n, max_size=n, unique=True))
    roles = dict(zip(ALL_ROLES[:n], names, strict=True))
    assert parse_arrays("file", arrays_text(roles)) == roles


@pytest.mark.parametrize(
    "text",
    ["train_images=arr_0,train_labels=arr_1", " train_labels = arr_1 , train_images = arr_0 "],
    ids=["as the window writes", "as people write"],
)
def test_what_is_said_decides(tmp_path, text):
    np.savez(tmp_path / "set.npz", TRAIN, TRAIN_LABELS, TEST, TEST_LABELS)
    assert_holds(tmp_path / "set.npz", own_test=False, arrays=text)
    text += ",test_images=arr_2,test_labels=arr_3"
    assert_holds(tmp_path / "set.npz", own_test=True, arrays=text)


def test_what_is_said_overrules_names(tmp_path):
    np.savez(tmp_path / "set.npz", **FOUR, other=TRAIN_LABELS[::-1])
    dataset = open_dataset(
        str(tmp_path / "set.npz"),
        ReadingConfig(
            arrays="train_images=x_train,train_labels=other,test_images=x_test,test_labels=y_test"
        ),
    )
    np.testing.assert_array_equal(dataset.train.labels, TRAIN_LABELS[::-1])


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("x", "'x' does not say what an array is; expected ROLE=NAME with a role of train_images"),
        ("images=X,train_labels=y", "'images=X' does not say what an array is"),
        ("train_images=X", "no array is said to be the train_labels"),
        ("test_images=X,test_labels=y", "said to be the train_images and the train_labels"),
        ("train_images=X,train_labels=y,test_images=X", "no array is said to be the test_labels"),
        ("train_images=X,train_images=y", "two arrays are to be the train_images; choose one"),
        ("train_images=Z,train_labels=y", "there is no array 'Z' for the train_images; it holds X"),
        ("train_images=X,train_labels=X", "'X' is to be two things at once; choose one"),
        ("train_images=y,train_labels=X", "y (40, int64) cannot be the train_images"),
        ("train_images=X,train_labels=X2", "X2 (40 x 4 x 5, uint8) cannot be the train_labels"),
        ("train_images=X,train_labels=o", "o (40, object) cannot be the train_labels"),
    ],
)
def test_what_is_said_wrongly_is_named(tmp_path, text, words):
    objects = np.array([None] * 40)
    np.savez(tmp_path / "set.npz", **PAIR, X2=TRAIN, o=objects)
    message = refusal(tmp_path / "set.npz", arrays=text)
    assert message.startswith(f"{tmp_path / 'set.npz'}: ")
    assert words in message


UNCLEAR = {
    "two labels": (
        {"a": TRAIN, "b": TRAIN_LABELS, "c": TRAIN_LABELS},
        {"train_images": "a", "train_labels": "b"},
    ),
    "two images": (
        {"one": TRAIN, "other": TRAIN, "y": TRAIN_LABELS},
        {"train_images": "one", "train_labels": "y"},
    ),
    "one-hot without a name": ({"a": TRAIN, "b": np.eye(4)[TRAIN_LABELS]}, {}),
    "two of one name": (
        {"train_images": TRAIN, "train_pictures": TRAIN, "train_labels": TRAIN_LABELS},
        {"train_images": "train_images", "train_labels": "train_labels"},
    ),
}


@pytest.mark.parametrize("order", ["abcd", "cdab"])
def test_four_arrays_without_names_are_paired_by_their_lengths(tmp_path, order):
    arrays = {"a": TRAIN, "b": TRAIN_LABELS, "c": TEST, "d": TEST_LABELS}
    np.savez(tmp_path / "set.npz", **{name: arrays[name] for name in order})
    assert_holds(tmp_path / "set.npz", own_test=True)
    notes = open_dataset(str(tmp_path / "set.npz")).notes
    assert "Images were taken from 'a' and labels from 'b', as their shapes tell." in notes


def test_test_images_without_labels_are_left_out_and_said(tmp_path):
    np.savez(tmp_path / "set.npz", x_train=TRAIN, y_train=TRAIN_LABELS, x_test=TEST)
    assert_holds(tmp_path / "set.npz", own_test=False)
    assert "Arrays left out: x_test." in open_dataset(str(tmp_path / "set.npz")).notes


@pytest.mark.parametrize("case", UNCLEAR)
def test_where_it_is_unclear_all_arrays_and_a_guess_are_told(tmp_path, case):
    arrays, guess = UNCLEAR[case]
    np.savez(tmp_path / "set.npz", **arrays)
    with pytest.raises(ArraysUnclear) as caught:
        open_dataset(str(tmp_path / "set.npz"))
    assert caught.value.candidates == tuple(
        ArrayInfo(name, array.shape, str(array.dtype)) for name, array in arrays.items()
    )
    assert caught.value.guess == guess
    assert set(guess) <= set(ROLES)
    message = str(caught.value)
    assert message.startswith(f"{tmp_path / 'set.npz'}: ")
    assert "--arrays train_images=NAME,train_labels=NAME" in message
    assert all(f"{name} (" in message for name in arrays)


INFOS = st.lists(
    st.builds(
        ArrayInfo,
        st.sampled_from(
            ["x_train", "y_train", "x_test", "y_test", "a", "b", "images", "y", "val_x"]
        ),
        st.lists(st.integers(0, 4), max_size=5).map(tuple),
        st.sampled_from(["uint8", "float64", ">f4", "<U3", "|S2", "bool", "object", "type V8"]),
    ),
    max_size=6,
    unique_by=lambda info: info.name,
)


@QUICK
@given(infos=INFOS)
def test_whatever_is_chosen_can_be_what_it_was_chosen_for(infos):
    by_name = {info.name: info for info in infos}
    try:
        roles = choose("file", infos)
    except DatasetError as error:
        roles = getattr(error, "guess", {})
    else:
        assert {"train_images", "train_labels"} <= set(roles)
        assert ("test_images" in roles) == ("test_labels" in roles)
    assert len(set(roles.values())) == len(roles)
    for role, name in roles.items():
        info = by_name[name]
        assert info.may_be_images if role.endswith("images") else info.may_be_labels


def test_one_hot_rows_may_be_negative(tmp_path):
    path = npz(X=TRAIN, y=-np.eye(4)[TRAIN_LABELS])(tmp_path)
    assert_holds(path, own_test=False)


@pytest.mark.parametrize(
    ("train", "test"),
    [
        (TRAIN, (TEST / 255).astype(np.float32)),
        ((TRAIN / 255).astype(np.float32), TEST),
        (TRAIN.astype(np.uint16) * 257, TEST),
        (TRAIN.astype(float), TEST / 255),
    ],
    ids=["bytes, floats", "floats, bytes", "16 bits, bytes", "floats, floats"],
)
def test_parts_of_different_scales_are_each_divided_by_their_own(tmp_path, train, test):
    path = npz(**FOUR | {"x_train": train, "x_test": test})(tmp_path)
    assert_holds(path, own_test=True)
    notes = open_dataset(str(path)).notes
    assert sum("each divided by their own" in note for note in notes) == 1


def test_a_darker_part_keeps_the_scale_of_the_other(tmp_path):
    path = npz(**FOUR | {"x_test": TEST // 20})(tmp_path)
    test = open_dataset(str(path)).test.images
    np.testing.assert_allclose(test, (TEST // 20).reshape(20, -1) / 255, rtol=3e-7)


GROUPED = {
    "upwards": np.repeat([0, 1, 2, 3], 500),
    "downwards": np.repeat([3, 2, 1, 0], 500),
    "in any order": np.repeat([3, 0, 2, 1], 500),
    "twice": np.repeat([0, 1, 2, 3] * 2, 250),
    "one rare": np.repeat([1, 0, 1, 2, 3], [600, 20, 600, 300, 480]),
    "words": np.repeat(["zebra", "ant", "cat", "bee"], 500),
    "few": np.repeat([2, 1, 0, 3], 10),
}


@pytest.mark.parametrize("case", GROUPED)
def test_images_in_groups_of_a_class_are_shuffled(tmp_path, case):
    y = GROUPED[case]
    x = np.arange(len(y) * 4, dtype=np.uint16).reshape(-1, 2, 2)
    x[-1, -1, -1] = 65535
    path = npz(x_train=x, y_train=y, x_test=x[::3], y_test=y[::3])(tmp_path)
    dataset = open_dataset(str(path))
    assert "The training images came class after class and were shuffled." in dataset.notes
    _, inverse = np.unique(y, return_inverse=True)
    assert len(np.unique(dataset.train.labels[: len(y) // 2])) == 4
    places = np.rint(dataset.train.images[:, 0] * 65535 / 4).astype(int)
    assert sorted(places) == list(range(len(y)))
    np.testing.assert_array_equal(dataset.train.labels, inverse[places])


MIXED = {
    "random": np.random.default_rng(1).integers(10, size=3000),
    "mostly one": (np.random.default_rng(2).random(3000) < 0.01).astype(int),
    "in turn": np.arange(3000) % 10,
    "in pairs": np.arange(3000) // 2 % 10,
}


@pytest.mark.parametrize("case", MIXED)
def test_images_of_mixed_classes_keep_their_order(tmp_path, case):
    y = MIXED[case]
    x = np.random.default_rng(0).integers(256, size=(3000, 2, 2), dtype=np.uint8)
    dataset = open_dataset(str(npz(x_train=x, y_train=y, x_test=x, y_test=y)(tmp_path)))
    np.testing.assert_array_equal(dataset.train.labels, y)
    assert not any("shuffled" in note for note in dataset.notes)


def test_a_few_images_in_any_unsorted_order_keep_it(tmp_path):
    for seed in range(200):
        y = np.random.default_rng(seed).permutation([0, 0, 0, 1, 1, 1, 2, 2])
        if (np.diff(y) >= 0).all():
            continue
        path = npz(x_train=TRAIN[:8], y_train=y, x_test=TEST, y_test=TEST_LABELS % 3)(tmp_path)
        np.testing.assert_array_equal(open_dataset(str(path)).train.labels, y)


@pytest.mark.parametrize("content", [b"", b"hello", b"\x93NUMPY\x01"], ids=["empty", "text", "cut"])
@pytest.mark.parametrize("opened", ["X.npy", ""], ids=["the file", "the folder"])
def test_a_damaged_file_that_is_not_needed_is_left_out(tmp_path, opened, content):
    path = npy(opened, **PAIR)(tmp_path)
    (tmp_path / "old.npy").write_bytes(content)
    assert_holds(path, own_test=False)
    (note,) = [note for note in open_dataset(str(path)).notes if "left out" in note]
    assert "old.npy" in note


@pytest.mark.parametrize("others", [{}, {"b": TEST}], ids=["alone", "unclear"])
@pytest.mark.parametrize("opened", ["X.npy", ""], ids=["the file", "the folder"])
def test_a_damaged_file_is_named_where_the_others_are_not_enough(tmp_path, opened, others):
    path = npy(opened, X=TRAIN, **others)(tmp_path)
    (tmp_path / "who.npy").write_bytes(b"")
    assert "who.npy: the file is empty" in refusal(path)


@pytest.mark.parametrize("opened", ["x_train.npy", ""], ids=["the file", "the folder"])
def test_a_damaged_part_of_the_set_is_not_left_out(tmp_path, opened):
    path = npy(opened, **FOUR)(tmp_path)
    (tmp_path / "x_test.npy").write_bytes(b"")
    assert "x_test.npy" in refusal(path)


def npy_bytes(array, **options):
    content = io.BytesIO()
    np.save(content, array, **options)
    return content.getvalue()


def header_bytes(words, *, length=None, version=b"\x01\x00"):
    raw = words.encode("latin-1")
    size = struct.pack("<H", len(raw) if length is None else length)
    return b"\x93NUMPY" + version + size + raw


def npz_of(**contents):
    """Return a maker of an archive with these members as they are."""

    def make(folder):
        with zipfile.ZipFile(folder / "set.npz", "w", zipfile.ZIP_DEFLATED) as archive:
            for name, content in contents.items():
                archive.writestr(f"{name}.npy", content)
        return folder / "set.npz"

    return make


def with_x(content):
    return npz_of(X=content, y=npy_bytes(TRAIN_LABELS))


def patched(change, **options):
    """Return a maker of an archive whose bytes were changed afterwards."""

    def make(folder):
        path = npz(**options, **FOUR)(folder)
        path.write_bytes(change(path.read_bytes()))
        return path

    return make


def flagged(content):
    at = content.index(b"PK\x01\x02")
    return content[: at + 8] + b"\x01" + content[at + 9 :]


def with_method(content):
    at = content.index(b"PK\x01\x02")
    return content[: at + 10] + b"\x0c" + content[at + 11 :]


def volumes(content):
    """Say of each member that it begins in the second file of several."""
    places = [found.start() + 34 for found in re.finditer(b"PK\x01\x02", content)]
    for at in places:
        content = content[:at] + b"\x01" + content[at + 1 :]
    return content


def flipped(content):
    at = content.index(TRAIN.tobytes()[:50])
    return content[: at + 20] + bytes([content[at + 20] ^ 1]) + content[at + 21 :]


def twice(folder):
    path = folder / "set.npz"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("X.npy", npy_bytes(TRAIN))
        archive.writestr("y.npy", npy_bytes(TRAIN_LABELS))
        with pytest.warns(UserWarning, match="Duplicate name"):
            archive.writestr("y.npy", npy_bytes(TRAIN_LABELS[::-1]))
    return path


GOOD = "'fortran_order': False, 'shape': (40, 4, 5), }"
PIXELS = TRAIN.tobytes()

WRONG = {
    "objects": (
        with_x(npy_bytes(np.array([{}] * 40), allow_pickle=True)),
        "X (40, object)",
    ),
    "records": (
        with_x(npy_bytes(np.zeros(40, dtype=[("a", "u1"), ("b", "f4")]))),
        "no array in it can be images",
    ),
    "complex": (with_x(npy_bytes(TRAIN.astype(complex))), "X (40 x 4 x 5, type <c16)"),
    "dates": (with_x(npy_bytes(TRAIN.astype("M8[s]"))), "X (40 x 4 x 5, type <M8[s])"),
    "too few labels": (
        npz(X=TRAIN, y=TRAIN_LABELS[:-1]),
        "X has 40 images but y has 39 labels; the two must belong together",
    ),
    "too few test labels": (
        npz(**FOUR | {"y_test": TEST_LABELS[1:]}),
        "x_test has 20 images but y_test has 19 labels",
    ),
    "no image": (npz(X=TRAIN[:0], y=TRAIN_LABELS[:0]), "X (0 x 4 x 5, uint8) is empty"),
    "only images": (npz(X=TRAIN), "No file beside it holds 40 labels, either"),
    "only labels": (npz(y=TRAIN_LABELS, z=TRAIN_LABELS), "no array in it can be images"),
    "no array": (npz(), "this archive is empty"),
    "NaN": (npz(X=TRAIN * np.nan, y=TRAIN_LABELS), "some pixels are not finite numbers"),
    "overshot": (npz(X=TRAIN / 255 * 1.1, y=TRAIN_LABELS), "if they overshoot, clip them"),
    "overshot bytes": (npz(X=TRAIN * 1.1, y=TRAIN_LABELS), "pixels lie between 0 and 280.5"),
    "minus one": (npz(X=TRAIN.astype(int) * 200 - 1, y=TRAIN_LABELS), "pixels lie between -1"),
    "beyond 65535": (npz(X=TRAIN * 1e6, y=TRAIN_LABELS), "pixels lie between 0 and 2.55e+08"),
    "labels between": (npz(X=TRAIN, y=TRAIN_LABELS + 0.5), "of image 0 is no whole number"),
    "one class": (npz(X=TRAIN, y=TRAIN_LABELS * 0), "two classes at least"),
    "too many classes": (
        npz(X=np.tile(TRAIN, (3, 1, 1)), y=np.arange(120)),
        "more than 100 classes (0, 1, 2, ...); between 2 and 100",
    ),
    "too many words": (
        npz(X=np.tile(TRAIN, (3, 1, 1)), y=np.arange(120).astype(str)),
        "more than 100 classes (0, 1, 2, ...); between 2 and 100",
    ),
    "too long words": (
        npz(X=TRAIN, y=np.array(["a", "b" * 300])[TRAIN_LABELS // 2]),
        "y (40, type <U300)",
    ),
    "a letter that does not exist": (
        npz_of(X=npy_bytes(TRAIN), y=npy_bytes(np.array(["a"] * 40))[:-1] + b"\xff"),
        "y.npy: the words in it have a letter that does not exist",
    ),
    "too large images": (npz(X=np.zeros((4, 513, 2)), y=np.arange(4) // 2), "images of 513 x 2"),
    "validation alike": (
        npz(**FOUR, x_val=TEST / 255, y_val=TEST_LABELS),
        "training and validation images are not alike: (4, 5) of type uint8, (4, 5) of type float6",
    ),
    "header cut": (with_x(npy_bytes(TRAIN)[:40]), "X.npy: cut short at byte 40, within the header"),
    "values cut": (
        with_x(npy_bytes(TRAIN)[:-3]),
        "X.npy: cut short: the header promises 928 bytes (40 x 4 x 5 values of type uint8), "
        "there are 925",
    ),
    "values too long": (with_x(npy_bytes(TRAIN) + b"x"), "X.npy: too long: the header promises"),
    "no npy": (with_x(b"hello, I am a text"), "X.npy: this is no npy array"),
    "an empty member": (with_x(b""), "X.npy: this is no npy array"),
    "npy version 9": (
        with_x(header_bytes("", version=b"\x09\x00")),
        "X.npy: npy version 9; expected 1, 2 or 3",
    ),
    "header too long": (
        with_x(header_bytes(" " * 60_000)),
        "X.npy: 60,000 bytes of the header are more than the 10,000 accepted",
    ),
    "header missing": (with_x(header_bytes("")), "X.npy: cut short at byte 10, within the header"),
    "header is code": (
        with_x(header_bytes("__import__('os').system('true')\n")),
        "the header reads \"__import__('os').system('true')\"; expected one like {'descr': '|u1'",
    ),
    "header without shape": (
        with_x(header_bytes("{'descr': '|u1', 'fortran_order': False, }") + PIXELS),
        "X.npy: the header reads",
    ),
    "header with a key twice": (
        with_x(header_bytes("{'descr': '|u1', 'descr': '|u1', " + GOOD) + PIXELS),
        "X.npy: the header reads",
    ),
    "header with more keys": (
        with_x(header_bytes("{'descr': '|u1', 'more': '|u1', " + GOOD) + PIXELS),
        "X.npy: the header reads",
    ),
    "a negative size": (
        with_x(header_bytes("{'descr': '|u1', " + GOOD.replace("40", "-40")) + PIXELS),
        "X.npy: the header reads",
    ),
    "a size of words": (
        with_x(header_bytes("{'descr': '|u1', " + GOOD.replace("40", "L")) + PIXELS),
        "X.npy: the header reads",
    ),
    "more dimensions than NumPy has": (
        with_x(header_bytes("{'descr': '|u1', " + GOOD.replace("40", "1, " * 40 + "40")) + PIXELS),
        "X.npy: the header reads",
    ),
    "not an archive inside": (
        patched(lambda c: c[:30] + bytes(200)),
        "the archive ends early, or its directory is damaged",
    ),
    "archive cut": (
        patched(lambda c: c[:-100]),
        "the archive ends early, or its directory is damaged",
    ),
    "archive without its start": (
        patched(lambda c: c[:4] + c[90:]),
        "'x_train.npy' begins before the file; the archive is damaged",
    ),
    "directory overwritten": (
        patched(lambda c: c.replace(b"PK\x01\x02", b"PK\x01\x03", 1)),
        "its directory is damaged (Bad magic number for central directory); copy or download it",
    ),
    "another name at the place": (
        patched(lambda c: c.replace(b"x_train", b"y_train", 1)),
        "the archive is damaged (File name in directory 'x_train.npy' and header b'y_train.npy'",
    ),
    "encrypted": (patched(flagged), "'x_train.npy' is encrypted; unpack it"),
    "another compression": (patched(with_method), "'x_train.npy' is compressed by method 12"),
    "a flipped bit": (
        patched(flipped),
        "damaged (Bad CRC-32 for file 'x_train.npy'); copy or download",
    ),
    "deflated data damaged": (
        patched(lambda c: c[:200] + bytes(60) + c[260:], compressed=True),
        "x_train.npy",
    ),
    "a part of several": (
        patched(volumes),
        "this is a part of an archive; expected one in a single file",
    ),
    "a name twice": (twice, "'y.npy' is in it twice; expected each name once"),
    "images alone as npy": (npy("X.npy", X=TRAIN), "/X.npy: the labels are missing, one per image"),
    "npy without labels": (npy("", a=TRAIN, train=TRAIN), "the labels are missing"),
    "npy that does not belong": (
        npy("w.npy", **PAIR, w=np.zeros(3)),
        "it holds w.npy (3, float64). No file beside it holds 3 images, either",
    ),
    "two sets in a folder": (
        lambda folder: [npz(**FOUR)(folder), npy("", **PAIR)(folder)][1],
        "set.npz and X.npy with y.npy open; open one of them instead",
    ),
    "one-hot of different numbers": (
        npz(X=TRAIN, y=np.eye(4)[TRAIN_LABELS] * np.where(np.arange(40) == 7, 0.5, 1)[:, None]),
        "the labels of image 7 are a row with 0.5, those of image 0 with 1.0; expected one-hot",
    ),
    "one-hot of NaN": (
        npz(X=TRAIN, y=np.where(np.eye(4)[TRAIN_LABELS] == 1, np.nan, 0)),
        "the labels of image 0 are a row with nan",
    ),
    "one part normalised": (
        npz(**FOUR | {"x_train": TRAIN / 255, "x_test": TEST / 127.5 - 1}),
        "training pixels lie between 0 and 1, test pixels between -",
    ),
    "different sizes": (
        npz(**FOUR | {"x_test": TEST[:, :3]}),
        "training and test images have different sizes (4 x 5 and 3 x 5)",
    ),
    "words and numbers": (
        npz(**FOUR | {"y_test": TEST_LABELS.astype(str)}),
        "labels are words in one part and numbers in the other",
    ),
}


@pytest.mark.parametrize("case", WRONG)
def test_what_is_wrong_is_named(tmp_path, case):
    make, words = WRONG[case]
    path = make(tmp_path)
    message = refusal(path)
    assert message.startswith(str(path)) or message.startswith(path.name)
    assert words in message


@pytest.mark.parametrize(
    ("bound", "value", "words"),
    [
        ("MAX_IMAGES", 50, "60 images are more than the 50 accepted"),
        ("MAX_ELEMENTS", 1000, "1,200 pixels are more than the 1,000 accepted"),
        ("MAX_ARRAYS", 3, "4 arrays in it are more than the 3 accepted"),
        ("MAX_INFLATED_BYTES", 1600, "1,680 bytes are more than the 1,600 accepted"),
        ("MAX_FILE_BYTES", 1000, "is more than the 1 kB accepted"),
        ("MAX_HEADER_BYTES", 100, "more than the 100 accepted; NumPy writes about a hundred"),
    ],
)
def test_every_bound_is_kept_by_the_sum_of_all_arrays(tmp_path, monkeypatch, bound, value, words):
    path = npz(**FOUR)(tmp_path)
    size = sum(array.nbytes for array in FOUR.values())
    assert size == 1680
    open_dataset(str(path))
    monkeypatch.setattr(limits, bound, value)
    assert words in refusal(path)


def writable(kind):
    try:
        np.arange(2).astype(kind)
    except TypeError:
        return False
    return True


@pytest.mark.parametrize(
    "kind", sorted({kind.__name__ for kind in set(np.sctypeDict.values()) if writable(kind)})
)
def test_of_every_type_numpy_has_it_reads_the_same_or_refuses(tmp_path, kind):
    """Independent truth: ``np.load`` itself."""
    array = (np.arange(40 * 20) % 128).reshape(40, 4, 5).astype(getattr(np, kind))
    path = npz(X=array, y=TRAIN_LABELS)(tmp_path)
    if array.dtype.kind not in "buif" or array.dtype.itemsize > 8:
        assert "X (40 x 4 x 5, " in refusal(path)
        return
    with np.load(path) as loaded:
        expected = loaded["X"].astype(float)
    dataset = open_dataset(str(path), ReadingConfig(ink="light"))
    ordered = np.sort(np.concatenate((dataset.train.images, dataset.test.images)), axis=0)
    expected = np.sort(expected.reshape(40, -1), axis=0)
    np.testing.assert_allclose(ordered / ordered.max(), expected / expected.max(), atol=1e-6)


def test_faint_pixels_a_hair_below_0_are_no_centred_ones(tmp_path):
    faint = TRAIN / 255 * 0.3 - 4e-4
    np.savez(tmp_path / "set.npz", X=faint, y=TRAIN_LABELS)
    assert open_dataset(str(tmp_path / "set.npz")).train.images.min() == 0


def test_three_values_are_no_coloured_image(tmp_path):
    np.savez(tmp_path / "set.npz", X=TRAIN.reshape(40, 20)[:, :3], y=TRAIN_LABELS)
    assert "3 pixels do not make a square image" in refusal(tmp_path / "set.npz")
