"""What opening a file holds at once: its values as stored, its pixels as float32, and no more."""

from __future__ import annotations

import gzip
import pickle
import struct
import tracemalloc

import numpy as np
import pytest
from test_core_sources_pictures import encoded, write_set

from core.errors import DatasetError
from core.sources import open_dataset
from core.sources.reading import ReadingConfig

_SLACK = 12_000_000
"""Of what is converted together, of labels and of all that is not pixels."""

N = 10_000


def peak_bytes(path, reading=None):
    """Return the most memory that opening a path takes at once, NumPy's arrays among it."""
    tracemalloc.start()
    try:
        dataset = open_dataset(str(path), reading)
        return dataset, tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def alternating(values, dtype, shape=(28, 28)):
    """Return ``N`` images of these values, one after the other."""
    return np.resize(np.array(values, dtype=dtype), (N, *shape))


IMAGES = {
    "bytes": alternating([0, 200], "u1"),
    "bytes of two values": alternating([0, 1], "u1"),
    "truth values": alternating([0, 1], "?"),
    "16 bits": alternating([0, 65535], "u2"),
    "whole numbers": alternating([0, 255], "i4"),
    "floats": alternating([0, 1], "f4"),
    "floats up to 255": alternating([0, 0.5, 255], "f4"),
    "floats on both sides of 0": alternating([-1, 1], "f4"),
    "floats that overshoot": alternating([-0.0001, 1.0001], "f4"),
    "long floats": alternating([0, 0.5, 1], "f8"),
    "half floats": alternating([0, 1], "f2"),
    "colours": alternating([0, 100, 200], "u1", (28, 28, 3)),
    "colours in floats": alternating([0, 0.5, 1], "f4", (28, 28, 3)),
}


@pytest.mark.parametrize("order", ["mixed", "grouped"])
@pytest.mark.parametrize("kind", IMAGES)
def test_nothing_but_stored_values_and_pixels_is_there_of_all_images(tmp_path, kind, order):
    images, labels = IMAGES[kind], np.arange(N) % 10
    np.savez(tmp_path / "a.npz", x=images, y=np.sort(labels) if order == "grouped" else labels)
    dataset, peak = peak_bytes(tmp_path / "a.npz", ReadingConfig(ink="dark"))
    pixels = dataset.train.images.nbytes + dataset.test.images.nbytes
    assert pixels == 4 * 784 * N
    grey = pixels * ("colours" in kind)
    assert peak < images.nbytes + pixels + grey + _SLACK


def test_validation_images_are_counted_twice_since_they_are_joined(tmp_path):
    def pair(n):
        return np.zeros((n, 784), dtype=np.uint8), np.arange(n) % 10

    path = tmp_path / "a.pkl"
    path.write_bytes(pickle.dumps((pair(N), pair(N), pair(N))))
    dataset, peak = peak_bytes(path)
    assert dataset.train.n_samples == 2 * N
    assert peak < (5 + 3 * 4) * 784 * N + _SLACK


def test_a_table_with_fractions_is_held_as_pixels_at_most_twice(tmp_path):
    path = tmp_path / "a.csv.gz"
    row = b",0" * 783 + b",0.5\n"
    path.write_bytes(gzip.compress(b"".join(b"%d" % (k % 10) + row for k in range(2000)), 1))
    dataset, peak = peak_bytes(path)
    assert peak < 2 * 4 * 784 * dataset.train.n_samples / 0.8 + _SLACK


ONE_WORD = {
    "text": b"X" + struct.pack("<I", 256) + b"a" * 256,
    "bytes": b"T" + struct.pack("<i", 256) + b"a" * 256,
}


@pytest.mark.parametrize("kind", ONE_WORD)
def test_one_long_word_for_all_labels_is_there_once(tmp_path, kind):
    n = 490_000
    images = pickle.dumps(np.zeros((n, 1), dtype=np.uint8), 2)[2:-1]
    words = b"](" + b"X\1\0\0\0b" + ONE_WORD[kind] + b"2" * (n - 2) + b"e"
    path = tmp_path / "a.pkl.gz"
    path.write_bytes(gzip.compress(b"\x80\x02(" + images + words + b"t.", 9))
    assert path.stat().st_size < 23_000
    dataset, peak = peak_bytes(path)
    assert dataset.n_classes == 2
    assert peak < 5 * n + 3 * _SLACK


def test_bytes_take_the_place_of_the_text_they_were(tmp_path):
    n = 20_000_000
    path = tmp_path / "a.pkl"
    path.write_bytes(b"\x80\x02c_codecs\nencode\n(V" + b"7" * n + b"\nX\x06\0\0\0latin1tR.")
    tracemalloc.start()
    with pytest.raises(DatasetError, match="no array in it can be images"):
        open_dataset(str(path))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 1.2 * n + _SLACK


def test_one_text_does_not_become_bytes_twice(tmp_path):
    path = tmp_path / "a.pkl"
    encode = b"h\x01h\x02X\x06\0\0\0latin1\x86R"
    text = b"X" + struct.pack("<I", 5000) + b"a" * 5000 + b"q\x02"
    path.write_bytes(b"\x80\x02N" + b"c_codecs\nencode\nq\x01" + text + encode + text[:0] + encode)
    filled = path.read_bytes() + b"X" + struct.pack("<I", 5000) + b"a" * 5000 + encode + b"."
    path.write_bytes(filled)
    with pytest.raises(DatasetError, match="REDUCE"):
        open_dataset(str(path))


def test_a_picture_of_16_bits_takes_a_few_bytes_for_each_pixel(tmp_path):
    side = 1500
    deep = np.full((side, side), 60_000, dtype=np.uint16)
    deep[300:600] = 0
    write_set(tmp_path, {"a": [encoded(deep)] * 2, "b": [encoded(deep)] * 2})
    dataset, peak = peak_bytes(tmp_path)
    assert dataset.n_classes == 2
    assert peak < 16 * side * side
