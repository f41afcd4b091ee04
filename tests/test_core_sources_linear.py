"""Files made to hold the window up: the work they make grows as they do, and can be left."""

from __future__ import annotations

import gzip
import importlib
import pkgutil
import re
import struct
import time
import zipfile

import numpy as np
import pytest
from test_core_sources_pictures import NOISE, encoded, write_set

import core.sources
from core.errors import DatasetError
from core.sources import limits, open_dataset, opening_dataset

_SLACK = 0.03
"""Seconds in which nobody can tell how work grows."""


def processor_seconds(work):
    """Return the least of two tries."""
    tries = []
    for _ in range(2):
        started = time.process_time()
        work()
        tries.append(time.process_time() - started)
    return min(tries)


def assert_linear(work, n):
    """Assert that twice the size makes about twice the work: below three times; four is n²."""
    once, twice = (processor_seconds(lambda size=size: work(size)) for size in (n, 2 * n))
    assert twice < 3 * once + _SLACK


def patterns():
    """Return name -> pattern, for all that the readers keep."""
    found = {}
    for module in pkgutil.walk_packages(core.sources.__path__, "core.sources."):
        for name, value in vars(importlib.import_module(module.name)).items():
            if isinstance(value, re.Pattern) and value not in found.values():
                found[f"{module.name}.{name}"] = value
    return found


PUMPED = ["9", "a", " ", "\t", '"', '""', "'", "\\", ",", ".", "-", "e", "(", "[", "1,", "c", "_"]
BEFORE = ["", '"', "(", ".", "'shape': ("]
AFTER = ["x", '"', "\n", ")", "."]


@pytest.mark.parametrize("name", patterns())
def test_a_pattern_takes_time_in_proportion_to_what_it_reads(name):
    pattern = patterns()[name]
    as_read = str.encode if isinstance(pattern.pattern, bytes) else str
    for pumped in PUMPED:
        for before in BEFORE:
            for after in AFTER:

                def match(n, text=(before, pumped, after)):
                    content = as_read(text[0] + text[1] * n + text[2])
                    pattern.match(content)
                    pattern.fullmatch(content)

                match(10)
                assert_linear(match, 6000)


def refused(path):
    with pytest.raises(DatasetError):
        open_dataset(str(path))


TABLES = {
    "tabs before a quote": lambda n: (
        "\t".join([*(f"p{k}" for k in range(16)), "label"])
        + "\n"
        + "\t".join(["0"] * 16 + ['"a"'])
        + "\n"
        + "\t" * n
        + 'x"\n'
    ),
    "tabs after a quote": lambda n: 'label\tp0\tp1\tp2\tp3\n"a"' + "\t" * n + "1\n",
    "pairs of quotes": lambda n: 'label,p0,p1,p2,p3\n"' + '""' * n + "\n",
    "a number that is none": lambda n: "9" * n + "x,1,2,3,4\n1,2,3,4,5\n",
    "numbers that are none": lambda n: "a,1,2,3,4\n0,1,2,3," + "9" * n + "x\n",
    "a quote for each label": lambda n: 'a,1,2,3,4\n"a' + ',"a' * n + "\n",
}


@pytest.mark.parametrize("kind", TABLES)
def test_a_table_takes_time_in_proportion_to_its_size(tmp_path, kind):
    path = tmp_path / "digits.csv"

    def read(n):
        path.write_text(TABLES[kind](n))
        refused(path)

    assert_linear(read, 20_000)


def test_a_folder_of_tables_takes_time_in_proportion_to_their_number(tmp_path):
    folders = {}
    for n in (500, 1000):
        folders[n] = tmp_path / str(n)
        folders[n].mkdir()
        for k in range(n):
            (folders[n] / f"train_{k}.csv").touch()
    assert_linear(lambda n: refused(folders[n]), 500)


def n_told(path):
    """Return how often opening a path can be left, which ends in an error."""
    steps = opening_dataset(str(path))
    n = 0
    with pytest.raises(DatasetError):
        for n, _ in enumerate(steps, 1):  # noqa: B007
            pass
    return n


LONG = b"L" + b"9" * 990 + b"\n"
WORDS = b"](X\x02\0\0\0abe"
PICKLES = {
    "a line in quotes": b"S'" + b"7" * 10_000_000 + b"'\n.",
    "a line of letters": b"V" + b"7" * 10_000_000 + b"\n.",
    "a line made into bytes": b"c_codecs\nencode\n(V"
    + b"7" * 10_000_000
    + b"\nX\x06\0\0\0latin1tR.",
    "instructions": b"](" + b"K\x01" * 400_000 + b"e.",
    "lists of words": WORDS + b"q\x000](h\x00" + b"2" * 400_000 + b"e.",
}


@pytest.mark.parametrize("kind", PICKLES)
def test_a_pickle_can_be_left_all_the_time(tmp_path, kind):
    path = tmp_path / "digits.pkl.gz"
    path.write_bytes(gzip.compress(b"\x80\x02" + PICKLES[kind], 1))
    assert n_told(path) > 35


@pytest.mark.parametrize("number", [LONG, LONG.replace(b"L", b"I"), b"\x8a\xff" + b"7" * 255])
def test_long_numbers_in_a_pickle_are_refused_before_they_fill_it(tmp_path, number):
    path = tmp_path / "digits.pkl.gz"
    path.write_bytes(gzip.compress(b"\x80\x02](" + number * 70_000 + b"e.", 1))
    with pytest.raises(DatasetError, match="words and numbers of more than 16,777,216 bytes"):
        open_dataset(str(path))


def test_a_damaged_escape_anywhere_in_a_long_line_is_found(tmp_path):
    path = tmp_path / "digits.pkl"
    for at in (0, 262_140, 262_143, 600_000):
        line = bytearray(b"\\x41" * 262_144)
        line[at - at % 4 : at - at % 4 + 2] = b"\\q"
        path.write_bytes(b"\x80\x02S'" + line + b"'\n.")
        with pytest.raises(DatasetError, match="STRING at byte 2, where it makes no sense"):
            open_dataset(str(path))


def test_blank_lines_before_a_table_can_be_left(tmp_path):
    path = tmp_path / "digits.csv.gz"
    path.write_bytes(gzip.compress((b" " * 600 + b"\n") * 20_000, 1))
    assert n_told(path) > 80


def test_archives_beside_an_array_can_be_left(tmp_path):
    for k in range(20):
        with zipfile.ZipFile(tmp_path / f"{k}.npz", "w") as archive:
            for name in "ab"[: 1 + (k > 0)]:
                with archive.open(f"{name}.npy", "w") as file:
                    np.save(file, np.zeros((3, 4)))
    assert n_told(tmp_path / "0.npz") >= 20


def run_length_bitmap(side):
    """Return a bitmap of one pixel in each row: the rest is filled up one by one."""
    palette = bytes(value for k in range(256) for value in (k, k, k, 0))
    start = 14 + 40 + len(palette)
    header = struct.pack("<IiiHHIIiiII", 40, side, side, 1, 8, 1, 0, 0, 0, 256, 0)
    before = b"BM" + struct.pack("<IHHI", 0, 0, 0, start) + header + palette
    return before + b"\x01\x07\0\0" * side


def test_a_large_bitmap_in_runs_is_refused_before_it_is_decoded(tmp_path):
    few = [encoded(NOISE)] * 2
    write_set(tmp_path / "a", {"a": [run_length_bitmap(2049)], "b": few})
    with pytest.raises(DatasetError, match=r"2,049 x 2,049, in runs of equal ones are more than"):
        open_dataset(str(tmp_path / "a"))
    write_set(tmp_path / "b", {"a": [run_length_bitmap(100)], "b": few})
    assert open_dataset(str(tmp_path / "b")).n_classes == 2


def test_a_jpeg_of_many_scans_is_refused_where_they_are_large(tmp_path):
    few = [encoded(NOISE)] * 2

    def scanned(side, n_scans):
        plain = encoded(np.zeros((side, side), dtype=np.uint8), "JPEG", progressive=True)
        last = plain[plain.rindex(b"\xff\xda") : -2]
        return plain[:-2] + last * (n_scans - plain.count(b"\xff\xda")) + plain[-2:]

    write_set(tmp_path / "a", {"a": [scanned(4096, 17)], "b": few})
    with pytest.raises(DatasetError, match="17 JPEG scans of 4,096 x 4,096 are more than the"):
        open_dataset(str(tmp_path / "a"))
    write_set(tmp_path / "b", {"a": [scanned(64, 90), scanned(1024, 12)], "b": few})
    assert open_dataset(str(tmp_path / "b")).n_classes == 2
    assert 16 * limits.MAX_PICTURE_PIXELS == limits.MAX_SCANNED_PIXELS
