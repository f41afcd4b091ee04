"""Tables made to exhaust whoever opens them: refused soon, in little memory.

Each opens in a process of its own, whose processor time and memory are measured.
"""

from __future__ import annotations

import os
import zlib

import pytest
from hostile import (
    MAX_EXTRA_BYTES,
    MAX_SECONDS,
    assert_opened,
    assert_refused,
    open_bounded,
    quiet_bytes,
)
from hostile_files import repeated

pytestmark = pytest.mark.long

GIGABYTE = 1 << 30
ROW = b"3," + b"0," * 783 + b"255\n"


def gzip_of(piece, n, *, before=b"", after=b""):
    """Return a gzip file of ``before``, ``piece`` about ``n`` times, and ``after``.

    Its checksum is not computed: nobody is to get there.
    """
    header = b"\x1f\x8b\x08" + bytes(6) + b"\xff"
    packer = zlib.compressobj(9, wbits=-zlib.MAX_WBITS)
    end = packer.compress(after) + packer.flush()
    return header + repeated(before or piece, 1) + repeated(piece, n) + end + bytes(8)


@pytest.mark.parametrize("start", [b"", b"1,2,3,", ROW], ids=["all", "from its start", "line 2"])
def test_a_line_of_a_gigabyte(tmp_path, start):
    path = tmp_path / "digits.csv"
    with path.open("wb") as file:
        file.write(start)
        file.truncate(550 * 1024**2)  # zero bytes that take no room on the disk
    assert_refused(path, str(path), "line ", "value 0", seconds=1)
    path.write_bytes(gzip_of(b"1,", GIGABYTE // 2, before=start))
    line = 2 if start.endswith(b"\n") else 1
    assert_refused(path, f"line {line}: longer than 1,048,576 bytes", seconds=1)


def test_a_file_of_a_gigabyte(tmp_path):
    path = tmp_path / "digits.csv"
    with path.open("wb") as file:
        file.write(ROW)
        file.truncate(GIGABYTE)
    assert_refused(path, "line 2: a byte of value 0; expected a table of text", seconds=0.5)


def test_a_quoted_field_of_a_gigabyte(tmp_path):
    path = tmp_path / "digits.csv.gz"
    path.write_bytes(gzip_of(b"x", GIGABYTE, before=b'"', after=b'",1\n'))
    assert_refused(path, "line 1: longer than", seconds=1)


@pytest.mark.parametrize("piece", [b"\n", b" \n", b"\r\n", b"\r"], ids=repr)
def test_a_gigabyte_of_blank_lines(tmp_path, piece):
    path = tmp_path / "digits.csv.gz"
    before = ROW.replace(b"\n", b"\r") if piece == b"\r" else ROW
    path.write_bytes(gzip_of(piece, GIGABYTE // len(piece), before=before))
    assert_refused(path, str(path), "more lines than the 1,000,000 images accepted", seconds=1)


def test_millions_of_tiny_rows(tmp_path):
    path = tmp_path / "digits.csv.gz"
    path.write_bytes(gzip_of(b"1,0,0,0,0\n2,0,0,0,9\n", 5_000_000))
    opened = open_bounded(path)  # the first million of them
    assert not opened.message
    assert opened.seconds < 3 * MAX_SECONDS
    assert opened.peak_bytes - quiet_bytes() < MAX_EXTRA_BYTES


def test_rows_that_the_fast_ways_cannot_read(tmp_path):
    # Each field of two quotes takes the slowest way, until the first block has a bad line.
    path = tmp_path / "digits.csv.gz"
    path.write_bytes(gzip_of(b'1,"",9,3,4\n', 60_000_000))
    assert_refused(path, "line 1: column 2 is empty", seconds=1)


def test_a_bomb_of_labels(tmp_path):
    path = tmp_path / "digits.csv"
    path.write_text("".join(f"{'w' * 200}{k},0,0,0,0\n" for k in range(100_000)))
    assert_refused(path, "line 101:", "different label number 101", seconds=1)


def blanks(k):
    """Return blanks and tabs that are different for each ``k``."""
    return " " * 100 + format(k, "020b").replace("0", " ").replace("1", "\t")


def test_a_label_after_ever_different_blanks(tmp_path):
    path = tmp_path / "digits.csv"
    path.write_text("".join(f"{blanks(k)}{'ab'[k % 2]},1,2,3,4\n" for k in range(200_000)))
    opened = open_bounded(path)
    assert not opened.message
    assert opened.peak_bytes - quiet_bytes() < 40 * 1024**2


def odd_blanks(k):
    return format(k, "020b").translate({ord("0"): "\u2002", ord("1"): "\u2003"})


SPELLINGS = {
    "zeros": lambda k: f"{'0' * (k % 100)}7.{'0' * (k // 100)}",
    "unusual blanks": lambda k: f"{odd_blanks(k)}cat",
}


@pytest.mark.parametrize("kind", SPELLINGS)
def test_ever_different_spellings_of_a_label(tmp_path, kind):
    path = tmp_path / "digits.csv"
    words = ["dog", *map(SPELLINGS[kind], range(10_000))]
    path.write_text("".join(f"{word},9,9,9,9\n" for word in words), encoding="utf-8")
    assert_refused(path, "line 1,001:", "more than 1,000 spellings of 2 labels", seconds=1)


def test_rows_of_the_slowest_way_for_ever(tmp_path):
    path = tmp_path / "digits.csv.gz"
    path.write_bytes(gzip_of(b'a"b,9,9,9,9\n', 10_000_000, before=b"c,9,9,9,9\n"))
    assert_refused(path, "line ", "more than 2,000,000 bytes", "slow to read", seconds=4)
    path.write_bytes(gzip_of(b'a"b,' + ROW[2:], 100_000, before=b"c," + ROW[2:]))
    assert_refused(path, "line ", "more than 2,000,000 bytes", "slow to read")


def test_unusual_blanks_in_every_row_cost_little(tmp_path):
    path = tmp_path / "digits.csv"
    path.write_bytes(b"".join(b"%d,\xc2\xa0" % (k % 10) + ROW[2:] for k in range(8000)))
    assert_opened(path)


def test_a_header_of_a_million_columns(tmp_path):
    path = tmp_path / "digits.csv"
    path.write_bytes(b"p," * 500_000 + b"p\n" + b"1," * 500_000 + b"1\n")
    assert_refused(path, "line 1: 500,001 columns", seconds=1)


@pytest.mark.parametrize("place", [0, 5000], ids=["label first", "label in the middle"])
def test_the_columns_of_large_images_are_chosen_soon(tmp_path, place):
    names, pixels = [f"pixel{i}" for i in range(100 * 100)], ["0"] * 100 * 100
    lines = [[*names[:place], "label", *names[place:]]]
    lines += [[*pixels[:place], str(i % 2), *pixels[:-1][place:], "255"] for i in range(6)]
    path = tmp_path / "large.csv"
    path.write_text("".join(",".join(line) + "\n" for line in lines))
    assert_opened(path)


def test_a_line_of_quotes_alone(tmp_path):
    path = tmp_path / "digits.csv"
    path.write_bytes(b'1,2,3,4,5\n"' + b'""' * 500_000 + b"\n")
    assert_refused(path, "line 2:", seconds=1)


def test_a_label_of_quotes_and_separators(tmp_path):
    path = tmp_path / "digits.csv"
    path.write_bytes(b"cat,2,3,4,5\n" + b'","' * 300_000 + b"\n")
    assert_refused(path, "line 2:", seconds=1)


def test_a_number_of_a_million_digits(tmp_path):
    path = tmp_path / "digits.csv"
    path.write_bytes(b"1,2,3,4,5\n1,2,3,4," + b"9" * 1_000_000 + b"\n")
    assert_refused(path, "line 2: column 5", seconds=1)
    path.write_bytes(b"label,2,3,4,5\n" + b"9" * 1_000_000 + b",1,2,3,4\n")
    assert_refused(path, "line 2: the label", "1,000,000 characters", seconds=1)


def test_a_pipe_instead_of_a_table(tmp_path):
    if not hasattr(os, "mkfifo"):
        pytest.skip("needs named pipes")
    path = tmp_path / "train.csv"
    os.mkfifo(path)
    assert_refused(path, "neither a file nor a folder", seconds=0.5)
    assert_refused(tmp_path, "named as a table in it is no file", seconds=0.5)
    path.unlink()
    path.write_bytes(b"".join(b"%d,0,0,0,%d\n" % (k % 2, k) for k in range(20)))
    os.mkfifo(tmp_path / "test.csv")
    assert_opened(path)
