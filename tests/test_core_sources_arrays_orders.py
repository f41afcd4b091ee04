"""Arrays of one class each, names of classes beside them, and Matlab's order of axes."""

from __future__ import annotations

import pickle

import numpy as np
import pytest

from core.errors import DatasetError
from core.sources import limits, open_dataset
from core.sources.arrays.by_class import _even_share

N = 12
IMAGES = np.zeros((N, 4, 6), dtype=np.uint8)
IMAGES[:, 1:3, 1:5] = np.random.default_rng(0).integers(1, 256, size=(N, 2, 4))
IMAGES[0, 1, 1] = 255
LABELS = np.arange(N) % 3
WORDS = ("cat", "dog", "eel")


def rows_of(dataset):
    """Return (pixels, class name) of every image, in the order of pixels."""
    rows = []
    for part in (dataset.train, dataset.test):
        names = [dataset.class_names[label] for label in part.labels]
        rows += zip((part.images * 255).round().astype(int).tolist(), names, strict=True)
    return sorted(rows)


def assert_holds(dataset, names, images=IMAGES, labels=LABELS):
    flat = images.reshape(len(images), -1).tolist()
    assert rows_of(dataset) == sorted(
        (row, names[label]) for row, label in zip(flat, labels, strict=True)
    )


def saved(folder, **arrays):
    np.savez(folder / "a.npz", **arrays)
    return open_dataset(str(folder / "a.npz"))


def by_class(names=WORDS):
    return {name: IMAGES[LABELS == k] for k, name in enumerate(names)}


def npy_folder(folder, arrays):
    (folder / "drawings").mkdir()
    for name, array in arrays.items():
        np.save(folder / "drawings" / f"{name}.npy", array)
    return open_dataset(str(folder / "drawings"))


@pytest.mark.parametrize("before", ["", "full_numpy_bitmap_"])
def test_one_npy_per_class(tmp_path, before):
    arrays = {before + name: images for name, images in by_class().items()}
    dataset = npy_folder(tmp_path, arrays)
    assert dataset.class_names == WORDS
    assert_holds(dataset, WORDS)
    assert "Each array holds the images of one class, and is called as it." in dataset.notes
    assert "The training images came class after class and were shuffled." in dataset.notes


@pytest.mark.parametrize("names", [WORDS, ("picture frame", "cat", "the-dog"), tuple("0123")])
def test_one_array_per_class_in_one_file(tmp_path, names):
    labels = np.arange(N) % len(names)
    arrays = {name: IMAGES[labels == k] for k, name in enumerate(names)}
    path = tmp_path / "a.pkl"
    path.write_bytes(pickle.dumps(arrays))
    order = sorted(names)
    for dataset in (saved(tmp_path, **arrays), open_dataset(str(path))):
        assert dataset.class_names == tuple(order)
        assert_holds(dataset, names, labels=labels)


@pytest.mark.parametrize(
    "names", [("x_train", "x_test"), ("train", "test"), ("0", "1"), ("images", "more")]
)
def test_parts_are_no_classes(tmp_path, names):
    with pytest.raises(DatasetError, match="the labels are missing"):
        saved(tmp_path, **dict.fromkeys(names, IMAGES))


def test_of_classes_too_large_together_the_first_images_are_taken(tmp_path, monkeypatch):
    monkeypatch.setattr(limits, "MAX_ELEMENTS", 24 * 8)
    arrays = {"cat": IMAGES[:9], "dog": IMAGES[9:11], "eel": IMAGES[:8]}
    dataset = npy_folder(tmp_path, arrays)
    assert (
        "Of 19 images the first 3 of each class were taken: more than 8 are not held at once."
        in dataset.notes
    )
    taken = np.concatenate((IMAGES[:3], IMAGES[9:11], IMAGES[:3]))
    assert_holds(dataset, WORDS, taken, np.repeat([0, 1, 2], [3, 2, 3]))


def test_even_shares():
    for sizes, most in (((9, 2, 8), 8), ((5, 5), 3), ((1, 1, 100), 50), ((4,), 2)):
        share = _even_share(sizes, most)
        taken = [sum(min(size, k) for size in sizes) for k in (share, share + 1)]
        assert taken[0] <= most < taken[1]


def test_a_class_that_is_cut_short_is_named(tmp_path, monkeypatch):
    monkeypatch.setattr(limits, "MAX_ELEMENTS", 24 * 8)
    np.save(tmp_path / "cat.npy", IMAGES)
    np.save(tmp_path / "dog.npy", IMAGES)
    whole = (tmp_path / "dog.npy").read_bytes()
    (tmp_path / "dog.npy").write_bytes(whole[: len(whole) - 24 * 10])
    with pytest.raises(DatasetError, match=r"dog\.npy: cut short: 96 bytes are needed, of 48"):
        open_dataset(str(tmp_path))


COLOURS = np.stack([IMAGES] * 3, axis=-1)
MATLAB = {
    "height, width, n": (np.moveaxis(IMAGES, 0, -1), LABELS),
    "height, width, colours, n": (np.moveaxis(COLOURS, 0, -1), LABELS),
    "labels in a row": (np.moveaxis(IMAGES, 0, -1), LABELS[None]),
    "labels in a column": (np.moveaxis(IMAGES, 0, -1), LABELS[:, None]),
    "one-hot columns": (np.moveaxis(IMAGES, 0, -1), np.eye(3)[LABELS].T),
    "images first, labels in a row": (IMAGES, LABELS[None]),
}


@pytest.mark.parametrize("case", MATLAB)
def test_matlabs_order_is_read(tmp_path, case):
    images, labels = MATLAB[case]
    dataset = saved(tmp_path, X=images, y=labels)
    assert dataset.image_shape == (4, 6)
    assert_holds(dataset, "012")
    said = "The last axis of X numbers the images and became the first." in dataset.notes
    assert said == (case != "images first, labels in a row")


def test_pixels_by_images_are_read(tmp_path):
    squares = IMAGES[:, :, 1:5]
    dataset = saved(tmp_path, X=squares.reshape(N, 16).T, y=LABELS[None])
    assert dataset.image_shape == (4, 4)
    assert_holds(dataset, "012", squares)


def test_what_fits_neither_way_is_refused(tmp_path):
    with pytest.raises(DatasetError, match="X has 12 images but y has 11 labels"):
        saved(tmp_path, X=IMAGES, y=LABELS[:-1])


NAMED = {
    "class_names": LABELS,
    "label_names": LABELS[:, None],
    "target_names": LABELS.astype(float),
    "meta/label_names": np.eye(3)[LABELS],
    "list_classes": LABELS,
    "classes": LABELS,
    "names": LABELS,
}


@pytest.mark.parametrize("kind", ["U", "S"])
@pytest.mark.parametrize("called", NAMED)
def test_class_names_in_the_file_are_taken(tmp_path, called, kind):
    words = np.array(["eel", "cat", "dog"], dtype=kind)
    dataset = saved(tmp_path, **{"X": IMAGES, "y": NAMED[called], called: words})
    assert dataset.class_names == ("eel", "cat", "dog")
    assert_holds(dataset, ("eel", "cat", "dog"))


@pytest.mark.parametrize("protocol", [0, 2, 5])
def test_class_names_in_a_pickle_are_taken(tmp_path, protocol):
    value = {"data": IMAGES, "target": LABELS, "target_names": ["eel", "cat", "dog"]}
    path = tmp_path / "a.pkl"
    path.write_bytes(pickle.dumps(value, protocol))
    assert open_dataset(str(path)).class_names == ("eel", "cat", "dog")


def test_of_several_lists_the_shortest_that_fits_is_taken(tmp_path):
    lists = {"coarse_label_names": ["a", "b"], "fine_label_names": ["c", "d", "e", "f"]}
    dataset = saved(tmp_path, data=IMAGES, labels=LABELS, **lists)
    assert dataset.class_names == ("c", "d", "e", "f")


NOT_NAMED = {
    "labels from 1": (LABELS + 1, ["a", "b", "c"]),
    "twice the same": (LABELS, ["a", "b", "a"]),
    "too few": (LABELS, ["a", "b"]),
}


@pytest.mark.parametrize("case", NOT_NAMED)
def test_names_that_do_not_fit_are_left_alone(tmp_path, case):
    labels, names = NOT_NAMED[case]
    dataset = saved(tmp_path, X=IMAGES, y=labels, class_names=names)
    assert dataset.class_names == tuple(map(str, np.unique(labels)))


def test_a_word_for_each_image_is_a_label(tmp_path):
    words = np.array(WORDS)[LABELS]
    assert saved(tmp_path, X=IMAGES, classes=words).class_names == WORDS
