"""What a message advises has been tried: each is refused, changed as it says, and opens."""

from __future__ import annotations

import numpy as np
import pytest
from data_forms import IMAGES, LABELS, N
from data_forms.tables import NAMES, PIXELS, SQUARES, csv

from core.errors import DatasetError
from core.sources import open_dataset
from core.sources.arrays.roles import ArraysUnclear
from core.sources.reading import ReadingConfig


def refusal(path, **reading):
    with pytest.raises(DatasetError) as caught:
        open_dataset(str(path), ReadingConfig(**reading))
    assert not isinstance(caught.value, ArraysUnclear), "the window would ask"
    return str(caught.value)


def test_one_column_too_many_is_likely_a_label(tmp_path):
    """As 785 pixels: a number of the row or a second label that is taken for a pixel."""
    path = csv(LABELS, range(100, 100 + N), SQUARES)(tmp_path)
    assert "145 pixels do not make a square image, but 144 do: 1 column too many" in refusal(path)
    opened = open_dataset(str(path), ReadingConfig(image_height=29, label_column="first"))
    assert opened.image_shape == (29, 5)
    opened = open_dataset(str(csv(LABELS, SQUARES)(tmp_path)))  # left out
    assert opened.image_shape == (12, 12)


def test_numbers_of_rows_without_a_header_are_no_labels(tmp_path):
    """They were, in a short table, and then no class had two images."""
    words = refusal(csv(range(N), LABELS, SQUARES)(tmp_path))
    assert "neither the first nor the last column can be labels" in words
    assert "Leave a column that numbers the rows out" in words
    assert open_dataset(str(csv(LABELS, SQUARES)(tmp_path))).n_classes == 3
    path = csv(range(N), PIXELS, LABELS)(tmp_path)
    assert "16 do: 1 column too many" not in refusal(path), "17 columns may be anything"
    path = csv(range(N), SQUARES, LABELS)(tmp_path)
    assert "144 do: 1 column too many is likely a label or the number of a row" in refusal(path)


def test_two_columns_too_many_are_counted(tmp_path):
    path = csv(LABELS, range(N), LABELS, SQUARES)(tmp_path)
    assert "144 do: 2 columns too many are likely a label" in refusal(path, label_column="first")


def test_small_rows_are_not_said_to_have_a_column_too_many(tmp_path):
    assert "too many" not in refusal(csv(LABELS, PIXELS[:, :5])(tmp_path), label_column="first")


def test_labels_of_one_class(tmp_path):
    columns, header = ([3] * N, PIXELS[:, :15], LABELS), ["label", *NAMES[:15], "pixel15"]
    path = csv(*columns, header=header)(tmp_path)
    words = refusal(path)
    assert "all labels are 3; there must be two classes at least" in words
    assert "1 classes" not in words
    advised = open_dataset(str(path), ReadingConfig(label_column="last"))
    assert advised.n_classes == 3


def test_one_image_and_two_labels_are_counted_in_words(tmp_path):
    np.savez(tmp_path / "set.npz", X=IMAGES[:1], y=LABELS[:2])
    assert "1 image but y has 2 labels" in refusal(tmp_path / "set.npz")


@pytest.mark.parametrize(
    "arrays",
    [
        {"a": IMAGES, "b": IMAGES[:7], "c": LABELS[:5]},
        {"a": IMAGES[:, 0, 0], "b": IMAGES[:7], "c": LABELS[:5], "d": IMAGES[:3]},
    ],
)
def test_nobody_is_asked_where_no_choice_can_be_right(tmp_path, arrays):
    np.savez(tmp_path / "set.npz", **arrays)
    words = refusal(tmp_path / "set.npz")
    assert "no array of it has as many labels as another has images" in words
    np.savez(tmp_path / "set.npz", **arrays, e=IMAGES[:5])
    with pytest.raises(ArraysUnclear) as caught:
        open_dataset(str(tmp_path / "set.npz"))
    assert "say which is which by --arrays" in str(caught.value)
    said = ReadingConfig(arrays="train_images=e,train_labels=c")
    assert open_dataset(str(tmp_path / "set.npz"), said).image_shape == (4, 4)


@pytest.mark.parametrize(
    ("images", "words", "reading"),
    [
        (PIXELS[:, :8], "image height", {"image_height": 2}),
        (PIXELS * 300.5, "full ink", {"full_ink": 255 * 300.5}),
        (PIXELS / 255 * 1.2, "full ink", {"full_ink": 1.2}),
    ],
)
def test_what_is_said_of_pixels_opens_them(tmp_path, images, words, reading):
    path = csv(LABELS, images)(tmp_path)
    assert words in refusal(path, label_column="first")
    assert open_dataset(str(path), ReadingConfig(label_column="first", **reading)).n_classes == 3
