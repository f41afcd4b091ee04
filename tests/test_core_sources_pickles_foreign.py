"""Pickles of lists, pandas' frames, scikit-learn's bunches, and joblib's files."""

from __future__ import annotations

import gzip
import pickle
import struct
import sys
import zlib

import numpy as np
import pytest
from foreign_pickles import PICKLES

from core.errors import DatasetError
from core.sources import limits, open_dataset

X = (np.arange(24).reshape(6, 4) * 10).astype("u1")
Y = np.arange(6) % 3
WORDS = ("cat", "dog", "eel")


def opened(tmp_path, content, name="a.pkl"):
    path = tmp_path / name
    path.write_bytes(content)
    return open_dataset(str(path))


def rows_of(dataset):
    """Return (pixels, class name) of every image, in the order of pixels."""
    rows = []
    for part in (dataset.train, dataset.test):
        names = [dataset.class_names[label] for label in part.labels]
        rows += zip((part.images * 255).round().astype(int).tolist(), names, strict=True)
    return sorted(rows)


def assert_holds(dataset, names=("0", "1", "2"), images=X, labels=Y):
    assert rows_of(dataset) == sorted(
        (row, names[label])
        for row, label in zip(images.reshape(len(images), -1).tolist(), labels, strict=True)
    )


@pytest.mark.parametrize("case", PICKLES)
def test_what_others_pickled_opens(tmp_path, case):
    dataset = opened(tmp_path, PICKLES[case])
    assert dataset.image_shape == (2, 2)
    if case == "no names, pandas 3":
        assert_holds(dataset, ("3", "7"), labels=np.array([1, 1, 0, 1, 0, 0]))
        assert dataset.notes[0].startswith("Labels were taken from the first column, but the last")
    elif case == "numbers as categories, pandas 3":
        assert_holds(dataset, ("3", "4", "5"))
    else:
        has_words = ("words", "categories", "Bunch", "frame by joblib")
        assert_holds(dataset, WORDS if case.startswith(has_words) else ("0", "1", "2"))


def test_nothing_of_theirs_is_imported(tmp_path):
    before = set(sys.modules)
    for content in PICKLES.values():
        opened(tmp_path, content)
    assert not {"pandas", "joblib", "pyarrow"} & (set(sys.modules) - before)


LISTS = {
    "pairs": [(x.reshape(2, 2), int(k)) for x, k in zip(X, Y, strict=True)],
    "pairs of NumPy's": [[x, k] for x, k in zip(X, Y, strict=True)],
    "label first": [(int(k), x.reshape(2, 2)) for x, k in zip(X, Y, strict=True)],
    "words": [(x.reshape(2, 2), WORDS[k]) for x, k in zip(X, Y, strict=True)],
    "one-hot": [[x.reshape(2, 2), np.eye(3)[k]] for x, k in zip(X, Y, strict=True)],
    "one-hot lists": [(x, [int(k == i) for i in range(3)]) for x, k in zip(X, Y, strict=True)],
    "pairs of lists": [(x.reshape(2, 2).tolist(), int(k)) for x, k in zip(X, Y, strict=True)],
    "an array of pairs": np.array([[0, 0]] * 6, dtype=object),
    "dictionaries": [{"image": x, "label": int(k)} for x, k in zip(X, Y, strict=True)],
    "lists of lists": (X.tolist(), Y.tolist()),
    "lists of lists of lists": {"X": X.reshape(6, 2, 2).tolist(), "y": Y.tolist()},
    "tuples of lists": (tuple(X.tolist()), tuple(Y.tolist())),
    "lists of fractions": {"X": (X / 255).tolist(), "y": Y.tolist()},
    "whole numbers and fractions": {"X": [[0, *row[1:]] for row in X.tolist()], "y": Y.tolist()},
    "a list of images": {"images": [*X.reshape(6, 2, 2), X[0].reshape(2, 2)], "y": [*Y, 0]},
    "parts of lists": ((X.tolist(), Y.tolist()), (X[:3].tolist(), Y[:3].tolist())),
}
for _i, (_x, _k) in enumerate(zip(X, Y, strict=True)):
    LISTS["an array of pairs"][_i] = [_x.reshape(2, 2), int(_k)]


@pytest.mark.parametrize("protocol", [0, 2, 5])
@pytest.mark.parametrize("case", LISTS)
def test_lists_open(tmp_path, case, protocol):
    dataset = opened(tmp_path, pickle.dumps(LISTS[case], protocol))
    assert dataset.image_shape == (2, 2)
    names = WORDS if case in ("words",) else ("0", "1", "2")
    images, labels = X.copy(), Y
    if case == "whole numbers and fractions":
        images[:, 0] = 0
    if case == "a list of images":
        images, labels = np.concatenate((X, X[:1])), np.append(Y, 0)
    if case == "parts of lists":
        images, labels = np.concatenate((X, X[:3])), np.append(Y, Y[:3])
    assert_holds(dataset, names, images, labels)


def test_long_lists_are_held_as_bytes_and_fractions(tmp_path):
    """Runs of numbers are read together, wherever the buffer of the file happens to end."""
    rng = np.random.default_rng(0)
    images, labels = rng.integers(256, size=(900, 784)), rng.permutation(np.arange(900) % 10)
    for scale, value in ((255, images.tolist()), (1, (images / 255).tolist())):
        dataset = opened(tmp_path, pickle.dumps((value, labels.tolist())))
        found = np.concatenate((dataset.train.images, dataset.test.images))
        order = np.lexsort(images.T)
        (
            np.testing.assert_allclose(found[np.lexsort(found.T)], images[order] / 255, atol=1e-6),
            scale,
        )


def test_uneven_lists_are_named(tmp_path):
    rows = X.tolist()
    rows[4] = rows[4][:3]
    with pytest.raises(DatasetError, match="not all of it is alike: 3 where others are 4; bring"):
        opened(tmp_path, pickle.dumps((rows, Y.tolist())))
    pairs = [(np.zeros((2 + (i == 3), 2)), i % 2) for i in range(6)]
    with pytest.raises(DatasetError, match="alike: 3 x 2 where others are 2 x 2; bring all"):
        opened(tmp_path, pickle.dumps(pairs))


def test_a_table_that_begins_as_zlib_does_is_a_table(tmp_path):
    header = b"x^2,a,b,c,label\n"
    rows = b"".join(b"%d,0,9,255,%d\n" % (i, i % 2) for i in range(9))
    assert opened(tmp_path, header + rows, "a.csv").n_classes == 2


def damaged(case, old, new):
    assert old in PICKLES[case]
    return PICKLES[case].replace(old, new)


WRONG = {
    "joblib, cut": (
        PICKLES["joblib"][:-40],
        "where an array of joblib needs 48 bytes, and 11 are left",
    ),
    "joblib, too large": (
        damaged("joblib", b"K\x06K\x04\x86", b"J\xff\xff\xff\x7fK\x04\x86"),
        "where an array of joblib needs 8,589,934,588 bytes, and",
    ),
    "joblib, objects within objects": (
        damaged("frame by joblib", b"\x8c\x05shape", b"\x8c\x05shope"),
        "of joblib does not say its shape",
    ),
    "places": (
        damaged("numbers, pandas 3", b"K\x01K\x05K\x01\x87", b"K\x02K\x06K\x01\x87"),
        "the places of columns in it is not as pandas writes it",
    ),
    "places for ever": (
        damaged("numbers, pandas 3", b"K\x01K\x05K\x01\x87", b"K\x01J\xff\xff\xff\x7fK\x01\x87"),
        "2,147,483,646 places are more than the 1,000,000 accepted",
    ),
    "no category": (
        damaged("Bunch of frames", b"\x00\x01\x02" * 2, b"\x00\x01\xff" * 2),
        "row 2 has no category; leave such rows out",
    ),
    "Arrow's ends": (
        damaged(
            "words, pandas 3 with Arrow",
            struct.pack("<4q", 0, 3, 6, 9),
            struct.pack("<4q", 0, 9, 6, 9),
        ),
        "a column of words in it is not as pandas writes it",
    ),
    "an index in an index": (
        b"\x80\x02cpandas\n_new_Index\n(cpandas\nIndex\n}" + b"X\4\0\0\0data0" + b"tR.",
        "no array in it can be images",
    ),
}


@pytest.mark.parametrize("case", WRONG)
def test_what_is_wrong_in_them_is_named(tmp_path, case):
    content, words = WRONG[case]
    with pytest.raises(DatasetError) as caught:
        opened(tmp_path, content)
    assert words in str(caught.value)


def test_as_many_numbers_as_are_accepted(tmp_path, monkeypatch):
    monkeypatch.setattr(limits, "MAX_PICKLE_NUMBERS", 20)
    with pytest.raises(DatasetError, match="more than 20 numbers until here; store them by np"):
        opened(tmp_path, pickle.dumps((X.tolist(), Y.tolist())))


def test_zlib_and_gzip_are_the_same(tmp_path):
    content = pickle.dumps((X, Y))
    for packed in (zlib.compress(content, 1), zlib.compress(content), gzip.compress(content)):
        assert_holds(opened(tmp_path, packed))
