"""Reading a file's content within bounds: the same bytes in any pieces, and never too many."""

from __future__ import annotations

import gzip
import io
import zlib

import numpy as np
import pytest
from core_samples import QUICK, write_content
from hypothesis import given
from hypothesis import strategies as st

from core.errors import DatasetError
from core.progress import Progress, finish
from core.sources import limits
from core.sources.streams import (
    GZIP_MAGIC,
    MOST_PER_BYTE,
    Stream,
    inflated,
    open_file,
    read_heads,
)

BOTH_KINDS = pytest.mark.parametrize("suffix", ["", ".gz"], ids=["plain", "gzip"])


def read_all(path):
    with open_file(path) as stream:
        pieces = []
        while piece := stream.read(100_000):
            pieces.append(piece)
        return b"".join(pieces)


def random_bytes(n):
    return np.random.default_rng(0).integers(256, size=n, dtype=np.uint8).tobytes()


STEPS = st.lists(
    st.tuples(st.sampled_from(["read", "fill", "line"]), st.integers(0, 60_000)), max_size=12
)


@QUICK
@given(steps=STEPS, length=st.integers(1, 200_000), packed=st.booleans(), lines=st.booleans())
def test_any_pieces_are_those_of_the_content(tmp_path_factory, steps, length, packed, lines):
    content = random_bytes(length)
    if not lines:
        content = content.replace(b"\n", b"\0")
    expected = io.BytesIO(content)
    folder = tmp_path_factory.mktemp("stream")
    with open_file(write_content(folder / ("a.gz" if packed else "a"), content)) as stream:
        for step, n in steps:
            start = expected.tell()
            if step == "read":
                assert stream.read(n) == expected.read(n)
            elif step == "fill":
                target = np.zeros(n, dtype=np.uint8)
                wanted = expected.read(n)
                assert finish(stream.fill(target)) == len(wanted)
                assert target[: len(wanted)].tobytes() == wanted
            else:
                line = expected.readline()
                if line.endswith(b"\n") and len(line) <= n + 1:
                    assert stream.read_line(n) == line[:-1]
                else:
                    with pytest.raises(DatasetError, match=f"after byte {start}"):
                        stream.read_line(n)
                    return
            assert stream.tell() == expected.tell()
        assert stream.read(300_000) == expected.read()
        assert stream.read(1) == b""


def test_filling_tells_how_far_it_is(tmp_path):
    target = np.empty(1_000_000, dtype=np.uint8)
    with open_file(write_content(tmp_path / "a.gz", random_bytes(1_000_000))) as stream:
        told = list(stream.fill(target))
    assert told[-1] == Progress(1_000_000, 1_000_000, "bytes")
    assert len(told) > 3
    assert [progress.done for progress in told] == sorted(progress.done for progress in told)


@BOTH_KINDS
def test_nothing_can_be_longer_than_is_promised_to_be_possible(tmp_path, suffix):
    file = write_content(tmp_path / f"a{suffix}", bytes(3_000_000))
    with open_file(file) as stream:
        assert 3_000_000 <= stream.most <= file.stat().st_size * MOST_PER_BYTE


def test_deflating_makes_no_more_of_a_byte_than_is_said():
    """258 bytes, the longest match, from a bit for its length and one for its distance."""
    deflated = zlib.compress(bytes(100_000_000), 9, wbits=-15)
    assert MOST_PER_BYTE == 258 * 8 / 2
    assert 0.99 * MOST_PER_BYTE < 100_000_000 / len(deflated) <= MOST_PER_BYTE


@QUICK
@given(n=st.integers(0, 3000), piece=st.integers(1, 700), level=st.integers(0, 9))
def test_no_piece_is_lost_at_the_end_of_a_deflated_stream(n, piece, level):
    """What zlib holds back, because it did not fit, must come out before the end is noticed."""
    content = bytes(n) + random_bytes(n // 10)
    deflated = zlib.compress(content, level, wbits=31)
    read = inflated("file", io.BytesIO(deflated).read)
    pieces = iter(lambda: read(piece), b"")
    assert b"".join(pieces) == content


def test_a_small_file_that_would_fill_memory_is_stopped(tmp_path, monkeypatch):
    monkeypatch.setattr(limits, "MAX_INFLATED_BYTES", 1_000_000)
    bomb = write_content(tmp_path / "bomb.gz", bytes(3_000_000))
    assert bomb.stat().st_size < 5000
    with pytest.raises(DatasetError, match=r"bomb.gz: inflates to more than the 1 MB accepted"):
        read_all(bomb)
    fits = write_content(tmp_path / "fits.gz", bytes(1_000_000))
    assert read_all(fits) == bytes(1_000_000)


def test_a_file_too_large_to_be_a_data_set_is_not_read(tmp_path, monkeypatch):
    monkeypatch.setattr(limits, "MAX_FILE_BYTES", 2_000_000)
    file = write_content(tmp_path / "large", bytes(2_000_001))
    with pytest.raises(DatasetError, match=r"large: 2\.01 MB is more than the 2 MB accepted"):
        read_all(file)
    file = write_content(tmp_path / "fits", bytes(2_000_000))
    assert read_all(file) == bytes(2_000_000)


@pytest.mark.parametrize("kept", [0.02, 0.5, 0.9])
def test_a_stream_cut_short_says_after_how_many_bytes(tmp_path, kept):
    packed = gzip.compress(random_bytes(100_000))
    (tmp_path / "a.gz").write_bytes(packed[: int(kept * len(packed))])
    with pytest.raises(DatasetError, match=r"a.gz: the gzip stream ends early, after \d+ bytes"):
        read_all(tmp_path / "a.gz")


@pytest.mark.parametrize(
    "more",
    [b"more", gzip.compress(b"a second member", mtime=0), b"\0"],
    ids=["text", "a second member", "a zero byte"],
)
def test_what_follows_a_gzip_stream_is_refused(tmp_path, more):
    (tmp_path / "a.gz").write_bytes(gzip.compress(b"content") + more)
    with pytest.raises(DatasetError, match="there is more data after the end of the gzip stream"):
        read_all(tmp_path / "a.gz")


def test_what_grows_while_it_is_read_is_bounded_too(monkeypatch):
    monkeypatch.setattr(limits, "MAX_INFLATED_BYTES", 1_000_000)
    stream = Stream("endless", bytes, 10)
    with pytest.raises(DatasetError, match="endless: inflates to more than the 1 MB accepted"):
        stream.read(2_000_000)


@BOTH_KINDS
def test_the_head_of_a_file_is_that_of_its_content(tmp_path, suffix):
    file = write_content(tmp_path / f"a{suffix}", b"0123456789")
    assert read_heads(file) == (file.read_bytes(), b"0123456789")
    content = bytes(range(256)) * 1000
    raw, head = read_heads(write_content(file, content))
    assert raw == file.read_bytes()[: limits.HEAD_BYTES]
    assert head == content[: limits.HEAD_BYTES]


def test_the_head_of_a_damaged_gzip_is_nothing(tmp_path):
    file = tmp_path / "a.gz"
    file.write_bytes(GZIP_MAGIC + b"\xff" * 30)
    assert read_heads(file) == (file.read_bytes(), b"")
