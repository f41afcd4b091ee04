"""What a reader guesses it says, and what is no set of images does not open as one."""

from __future__ import annotations

import numpy as np
import pytest
from data_forms import IMAGES, LABELS, WORDS, N
from data_forms.tables import NAMES, PIXELS, csv, pandas_names

from core.errors import DatasetError
from core.sources import open_dataset
from core.sources.tables.layout import is_header


def opened(path):
    dataset = open_dataset(str(path))
    return dataset, " ".join(dataset.notes)


@pytest.mark.parametrize("kind", [int, float])
@pytest.mark.parametrize("index", [False, True])
def test_an_image_that_pandas_took_for_names_is_none(tmp_path, kind, index):
    """As ``0,0.1,0.2,...,0.648``: they were read as pixels of 0.1 to 0.648."""
    first = pandas_names([LABELS[0], *PIXELS[0].astype(kind)])
    assert first[2:4] == [f"{kind(0)}.1", f"{kind(0)}.2"] or kind is int
    columns = [LABELS[1:], PIXELS[1:]]
    if index:
        first, columns = ["", *first], [range(N - 1), *columns]
    dataset, notes = opened(csv(*columns, header=first)(tmp_path))
    images = np.concatenate((dataset.train.images, dataset.test.images))
    assert len(images) == N - 1
    stored = PIXELS[1:].astype(float)
    expected = np.sort(stored / 255, axis=0)
    np.testing.assert_allclose(np.sort(images, axis=0), expected, atol=1e-6)
    assert "pandas took for names of columns" in notes


def test_rows_of_fractions_are_no_names():
    rng = np.random.default_rng(0)
    for decimals in (1, 2, 3, 8):
        for row in np.round(rng.random((300, 17)), decimals):
            assert not is_header([f"{value:g}" for value in row])


@pytest.mark.parametrize(
    ("first", "name", "words"),
    [
        (range(N), "", "The first column numbers the rows"),
        (range(5, 5 + N), "id", "The first column numbers the rows"),
        (np.arange(N) * 7 % N, "id", "'id', was left out: by its name"),
        (np.arange(N) * 7 % N, "", "which has no name, was left out"),
        ([f"{k}.png" for k in range(N)], "file", "'file', was left out: by its name"),
        (WORDS, "letter", "named as labels 'label' was taken and 'letter' left out"),
        (range(N, 0, -1), "size", "'size', was left out: by its name"),
    ],
)
def test_the_first_column_is_said_to_number_rows_only_if_it_does(tmp_path, first, name, words):
    dataset, notes = opened(csv(first, LABELS, PIXELS, header=[name, "label", *NAMES])(tmp_path))
    assert dataset.class_names == ("0", "1", "2")
    assert words in notes
    assert ("numbers the rows" in notes) == (words == "The first column numbers the rows")


@pytest.mark.parametrize(
    ("kind", "names"),
    [(int, None), (float, None), (int, list("abcdefghij")), (bool, [f"is_{k}" for k in range(10)])],
)
def test_one_hot_labels_are_no_images_of_3_x_3(tmp_path, kind, names):
    path = csv(np.eye(10)[np.arange(20) % 10].astype(kind), header=names, name="y_train.csv")(
        tmp_path
    )
    with pytest.raises(DatasetError, match="one-hot labels of 10 classes, and there are no pixels"):
        open_dataset(str(path))
    dataset, _ = opened(csv(LABELS, PIXELS)(tmp_path))  # what the message advises
    assert dataset.image_shape == (4, 4)


def test_images_of_zeros_and_ones_stay_images(tmp_path):
    bits = (np.random.default_rng(0).random((40, 9)) < 0.3).astype(int)
    dataset, _ = opened(csv(np.arange(40) % 2, bits)(tmp_path))
    assert dataset.image_shape == (3, 3)


def test_two_labels_at_both_ends_are_none_of_them_a_pixel(tmp_path):
    header = ["label", *NAMES[:15], "class"]
    path = csv(LABELS, PIXELS[:, :15], WORDS, header=header)(tmp_path)
    with pytest.raises(DatasetError, match="leave one of the two columns out"):
        open_dataset(str(path))
    path = csv(LABELS, PIXELS, header=["label", *NAMES])(tmp_path)
    assert open_dataset(str(path)).image_shape == (4, 4)


def test_arrays_told_by_their_shapes_and_those_left_out_are_said(tmp_path):
    np.savez(tmp_path / "set.npz", a=IMAGES, b=LABELS)
    _, notes = opened(tmp_path / "set.npz")
    assert "Images were taken from 'a' and labels from 'b', as their shapes tell." in notes
    np.savez(tmp_path / "set.npz", X=IMAGES, y=LABELS, ids=np.arange(N), weights=np.ones(N))
    _, notes = opened(tmp_path / "set.npz")
    assert "Arrays left out: ids, weights." in notes
    assert "shapes tell" not in notes


def test_measurements_taken_for_small_images_are_said(tmp_path):
    _, notes = opened(csv(LABELS, PIXELS[:, 2:11])(tmp_path))
    assert "Each row of 9 values was taken for an image of 3 x 3 pixels." in notes
