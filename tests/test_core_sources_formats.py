"""Matlab's files; what is said of HDF5 and parquet where nothing reads them."""

from __future__ import annotations

import gzip
import importlib
import struct

import numpy as np
import pytest
from mat_files import deflated, element, header, mat, matrix, written

from core.errors import DatasetError
from core.sources import limits, open_dataset
from core.sources.reading import ReadingConfig

N = 12
IMAGES = np.zeros((N, 4, 6), dtype=np.uint8)
IMAGES[:, 1:3, 1:5] = np.random.default_rng(0).integers(1, 256, size=(N, 2, 4))
IMAGES[0, 1, 1] = 255
LABELS = np.arange(N) % 3
LAST = np.moveaxis(IMAGES, 0, -1)


def opened(folder, content, name="data.mat", **reading):
    (folder / name).write_bytes(content)
    return open_dataset(str(folder / name), ReadingConfig(**reading))


def refusal(folder, content, **reading):
    with pytest.raises(DatasetError) as caught:
        opened(folder, content, **reading)
    return str(caught.value)


def assert_holds(dataset, names="012", images=IMAGES, labels=LABELS):
    rows = []
    for part in (dataset.train, dataset.test):
        words = [dataset.class_names[label] for label in part.labels]
        rows += zip((part.images * 255).round().astype(int).tolist(), words, strict=True)
    flat = images.reshape(len(images), -1).tolist()
    assert sorted(rows) == sorted((row, names[k]) for row, k in zip(flat, labels, strict=True))


FILES = {
    "images first": {"X": IMAGES, "y": LABELS[:, None]},
    "images last, labels in a row": {"X": LAST, "y": LABELS},
    "fractions": {"X": LAST / 255.0, "y": LABELS.astype(float)},
    "small numbers": {"X": LAST.astype("i2"), "y": LABELS.astype("u1")},
    "a structure": {"dataset": {"train": {"images": LAST, "labels": LABELS[:, None]}}},
    "other things": {
        "about": "made by hand",
        "nothing": np.zeros((0, 0)),
        "X": LAST,
        "y": LABELS,
        "cells": [1.0 * IMAGES[0], "a", ["b"]],
    },
    "names": {"X": LAST, "y": LABELS, "class_names": ["cat", "dog", "eel"]},
    "truth values": {"X": LAST > 100, "y": LABELS},
}


@pytest.mark.parametrize("order", "<>")
@pytest.mark.parametrize("deflate", [False, True])
@pytest.mark.parametrize("case", FILES)
def test_matlabs_files_open(tmp_path, case, deflate, order):
    if deflate and order == ">":
        order = "<"
    dataset = opened(tmp_path, mat(order, deflate=deflate, **FILES[case]))
    assert dataset.image_shape == (4, 6)
    images = 255 * (IMAGES > 100) if case == "truth values" else IMAGES
    assert_holds(dataset, ("cat", "dog", "eel") if case == "names" else "012", images)


def test_both_parts_open(tmp_path):
    inside = {"images": IMAGES, "labels": LABELS[:, None]}
    dataset = opened(tmp_path, mat(dataset={"train": inside, "test": inside}))
    assert dataset.has_own_test
    assert dataset.train.n_samples == dataset.test.n_samples == N


def test_it_may_be_gzipped(tmp_path):
    content = gzip.compress(mat(X=IMAGES, y=LABELS[:, None]))
    assert_holds(opened(tmp_path, content, "data.mat.gz"))


WHOLE = mat(X=IMAGES, y=LABELS)
CLAIMS = matrix("X", 9, (4, 4, 2**31 - 1), element(2, b"12345678"))
WRONG = {
    "cut in the header": (WHOLE[:100], "does not say its byte order; copy or download it again"),
    "cut in a tag": (WHOLE[:131], "cut short: it ends early, after 131 bytes"),
    "cut in the values": (WHOLE[:250], "cut short: the values of an array end early"),
    "no Matlab file": (header() + b"\xff" * 64, "an element of more bytes than it has room for"),
    "a size that lies": (header() + CLAIMS, "an array needs 34,359,738,352 bytes and has 8"),
    "a size below nothing": (
        header() + matrix("X", 9, (4, -4), element(2, b"12345678")),
        "an array has no size",
    ),
    "other numbers": (
        header() + matrix("X", 9, (1, 8), element(8, b"12345678")),
        "numbers of type 8, before byte",
    ),
    "a name without end": (
        header()
        + struct.pack("<II", 14, 99)
        + element(6, bytes(8))
        + element(5, bytes(8))
        + element(1, b"x" * 2000),
        "an element claims 2,000 bytes; 64 are usual at most",
    ),
    "longer than it says": (
        header() + struct.pack("<II", 14, 40) + written(IMAGES, "X")[8:],
        "an array is longer than it says",
    ),
    "damaged within": (
        header() + struct.pack("<II", 15, 40) + b"x" * 40,
        "the gzip stream is damaged",
    ),
    "a cell of endless entries": (
        header() + matrix("X", 1, (2**31 - 1, 2**31 - 1, 2**31 - 1), b""),
        "entries are more than the 10,000 accepted",
    ),
    "complex numbers": (
        header() + matrix("X", 6, (1, 1), element(9, bytes(8)), flags=0x0800),
        "no array in it can be images",
    ),
}


@pytest.mark.parametrize("case", WRONG)
def test_what_is_wrong_is_named(tmp_path, case):
    content, words = WRONG[case]
    message = refusal(tmp_path, content)
    assert message.startswith(f"{tmp_path / 'data.mat'}: ")
    assert words in message


def test_as_many_bytes_and_arrays_as_are_accepted(tmp_path, monkeypatch):
    bomb = header() + b"".join(
        deflated(written(np.zeros((1000, 1000), "u1"), f"a{i}")) for i in range(4)
    )
    monkeypatch.setattr(limits, "MAX_INFLATED_BYTES", 3_000_000)
    assert "bytes are more than the 3,000,000 accepted" in refusal(tmp_path, bomb)
    cells = header() + written([["a"] * 200] * 200, "c")
    monkeypatch.setattr("core.sources.formats.matlab._MAX_ELEMENTS", 10_000)
    assert "10,001 arrays are more than the 10,000 accepted" in refusal(tmp_path, cells)


MISSING = {
    "h5py": (b"\x89HDF\r\n\x1a\n" + bytes(64), "write its arrays by np.savez and open that"),
    "Matlab 7.3": (
        b"MATLAB 7.3 MAT-file, Platform".ljust(512) + b"\x89HDF\r\n\x1a\n",
        "write its arrays by np.savez and open that",
    ),
    "pyarrow": (b"PAR1" + bytes(64) + b"PAR1", "frame.to_csv('train.csv', index=False)"),
}


@pytest.mark.parametrize("case", MISSING)
def test_without_its_library_a_file_is_named_with_what_to_type(tmp_path, monkeypatch, case):
    content, instead = MISSING[case]
    package = "pyarrow" if case == "pyarrow" else "h5py"
    real = importlib.import_module

    def missing(name, *rest):
        if name.partition(".")[0] == package:
            raise ImportError(name)
        return real(name, *rest)

    monkeypatch.setattr(importlib, "import_module", missing)
    message = refusal(tmp_path, content)
    assert f"{package} reads such files and is not installed" in message
    assert "`uv sync --extra formats`" in message
    assert f"`pip install {package}`" in message
    assert instead in message
