"""Stroke digits are drawn once and kept; a damaged cache is drawn anew."""

from __future__ import annotations

import logging
import re
from pathlib import Path

import numpy as np
import pytest

from core.progress import Progress
from core.sources import NAMED_SOURCES, open_dataset
from core.sources.built_in import strokes_cache


@pytest.fixture
def drawings(tmp_path, monkeypatch):
    """Replace the slow pen by random pixels; return the list of what it was asked to draw."""
    monkeypatch.setenv("PERCEPTRON_EXPLORER_CACHE", str(tmp_path / "cache"))
    asked = []

    def draw(n, rng):
        asked.append(n)
        yield Progress(0, n, "digits drawn")
        return rng.integers(256, size=(n, 28, 28), dtype=np.uint8), np.arange(n) % 10

    monkeypatch.setattr(strokes_cache, "drawing_stroke_digits", draw)
    return asked


def test_strokes_are_drawn_once_and_then_reused(drawings, tmp_path, caplog):
    first = open_dataset("strokes")
    assert drawings == [8000]
    assert strokes_cache.cache_file().parent == tmp_path / "cache"
    assert [file.name for file in (tmp_path / "cache").iterdir()] == [
        strokes_cache.cache_file().name
    ]
    second = open_dataset("strokes")
    assert drawings == [8000]
    assert first.content_hash == second.content_hash
    assert (first.train.n_samples, first.test.n_samples) == (6000, 2000)
    assert first.image_shape == (28, 28)
    assert first.class_names == tuple("0123456789")
    assert first.train.labels[:12].tolist() == [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 0, 1]
    assert caplog.records == []


def saved_array(array, path, **options):
    with path.open("wb") as file:
        np.save(file, array, **options)


def overwritten(path):
    path.write_bytes(b"what is this")


def emptied(path):
    path.write_bytes(b"")


def cut(path):
    path.write_bytes(path.read_bytes()[:100_000])


def header_only(path):
    path.write_bytes(path.read_bytes()[:60])


def zipped(path):
    path.write_bytes(b"PK\x03\x04" + bytes(100))


def archived(path):
    with path.open("wb") as file:
        np.savez(file, samples=np.zeros((8000, 785), dtype=np.uint8))


def other_shape(path):
    saved_array(np.zeros((8000, 784), dtype=np.uint8), path)


def other_type(path):
    saved_array(np.zeros((8000, 785), dtype=np.float32), path)


def label_out_of_range(path):
    samples = np.load(path)
    samples[17, -1] = 10
    saved_array(samples, path)


def pickled(path):
    saved_array(np.array([{"an": "object"}], dtype=object), path, allow_pickle=True)


def lying(path):
    header = np.lib.format.magic(1, 0)
    words = b"{'descr': '|u1', 'fortran_order': False, 'shape': (%d, 785)}" % 10**15
    words += b" " * (-(len(header) + 2 + len(words) + 1) % 64) + b"\n"
    path.write_bytes(header + len(words).to_bytes(2, "little") + words)


def a_folder(path):
    path.unlink()
    path.mkdir()


@pytest.mark.parametrize(
    "damage",
    [
        overwritten,
        emptied,
        cut,
        header_only,
        zipped,
        archived,
        other_shape,
        other_type,
        label_out_of_range,
        pickled,
        lying,
        a_folder,
    ],
    ids=lambda damage: damage.__name__,
)
def test_a_damaged_cache_is_drawn_anew(drawings, caplog, damage):
    expected = open_dataset("strokes").content_hash
    file = strokes_cache.cache_file()
    damage(file)
    with caplog.at_level(logging.WARNING):
        assert open_dataset("strokes").content_hash == expected
    assert drawings == [8000, 8000]
    assert "drawing the stroke digits anew" in caplog.text
    if file.is_dir():
        return  # not ours to remove; it stays slow but works
    assert open_dataset("strokes").content_hash == expected
    assert drawings == [8000, 8000]


def test_an_unwritable_cache_only_costs_time(drawings, tmp_path, monkeypatch, caplog):
    """Below a regular file nothing can be written, not even by root."""
    expected = open_dataset("strokes").content_hash
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv("PERCEPTRON_EXPLORER_CACHE", str(tmp_path / "file" / "cache"))
    with caplog.at_level(logging.WARNING):
        for _ in range(2):
            assert open_dataset("strokes").content_hash == expected
    assert len(drawings) == 3
    assert "the stroke digits are not cached" in caplog.text


def test_a_disk_that_fills_up_leaves_no_half_cache(drawings, tmp_path, monkeypatch, caplog):
    def save(stream, samples):
        stream.write(b"half")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(strokes_cache.np, "save", save)
    assert open_dataset("strokes").train.n_samples == 6000
    assert "No space left on device" in caplog.text
    assert list((tmp_path / "cache").iterdir()) == []


def test_the_cache_is_named_after_what_it_holds(monkeypatch):
    monkeypatch.delenv("PERCEPTRON_EXPLORER_CACHE", raising=False)
    file = strokes_cache.cache_file()
    assert re.fullmatch(r"stroke-digits-v\d+-seed\d+\.npy", file.name)
    assert "perceptron-explorer" in str(file.parent)
    assert file.parent.is_absolute()
    assert isinstance(file, Path)


def test_the_first_named_source_is_the_strokes():
    assert next(iter(NAMED_SOURCES)) == "strokes"
    assert all(label for label, _ in NAMED_SOURCES.values())
