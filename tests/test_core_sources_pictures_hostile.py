"""Pictures and folders made to exhaust whoever opens them: refused soon, in little memory.

Each opens in a process of its own, whose processor time and memory are measured.
"""

from __future__ import annotations

import os
import struct
import zlib

import numpy as np
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
from test_core_sources_pictures import GREY, NOISE, encoded, png_chunk, png_header, write_set

pytestmark = pytest.mark.long


def png(*chunks):
    """Return a PNG whose image is NOISE, with more chunks after its header."""
    plain = encoded(NOISE)
    return plain[:33] + b"".join(png_chunk(*chunk) for chunk in chunks) + plain[33:]


def one_class_of(content, folder, name="a/0.png"):
    """Write a set whose first picture is ``content``."""
    write_set(folder, {"a": [NOISE] * 2, "b": [NOISE] * 2})
    (folder / name).write_bytes(content)
    return folder


def test_a_png_of_30000_by_30000(tmp_path):
    rows = b"\x78\xda" + repeated(b"\0" * 30_001, 30_000)
    content = png_header(30_000, 30_000) + png_chunk(b"IDAT", rows) + png_chunk(b"IEND", b"")
    assert len(content) < 1_000_000
    path = one_class_of(content, tmp_path)
    assert_refused(path, "0.png", "the 16,777,216", seconds=0.5)


@pytest.mark.parametrize("size", [(100_000, 1), (2**31 - 1, 2**31 - 1), (0, 5), (2**32 - 1, 1)])
def test_a_png_of_any_claimed_size(tmp_path, size):
    content = png_header(*size) + png_chunk(b"IDAT", zlib.compress(b"\0" * 200_000))
    path = one_class_of(content + png_chunk(b"IEND", b""), tmp_path)
    opened = open_bounded(path)
    assert opened.seconds < MAX_SECONDS
    assert (not opened.message) == (size == (100_000, 1))


_BOMB = zlib.compress(b"x" * (64 << 20), 9)


@pytest.mark.parametrize(
    "chunk",
    [
        (b"zTXt", b"Comment\0\0" + _BOMB),
        (b"iTXt", b"Comment\0\1\0\0\0" + _BOMB),
        (b"iCCP", b"profile\0\0" + _BOMB),
    ],
    ids=["zTXt", "iTXt", "iCCP"],
)
def test_what_inflates_beside_the_pixels_is_not_touched(tmp_path, chunk):
    assert_opened(one_class_of(png(*[chunk] * 200), tmp_path))


def test_a_png_of_millions_of_chunks(tmp_path):
    content = png_chunk(b"tEXt", b"") * 5_000_000
    path = one_class_of(encoded(NOISE)[:33] + content + encoded(NOISE)[33:], tmp_path)
    assert_refused(path, "0.png", "300,001 pieces of one picture are more than")


def test_pixels_in_millions_of_chunks(tmp_path):
    content = png_header(40, 40) + png_chunk(b"IDAT", b"") * 280_000
    path = one_class_of(content, tmp_path)
    assert_refused(path, "0.png", "300,001 pieces of one picture are more than")


@pytest.mark.parametrize("colours", [1, 3], ids=["grey", "colours"])
def test_a_progressive_jpeg_of_thousands_of_scans(tmp_path, colours):
    image = np.zeros((4000, 4000, colours), dtype=np.uint8).squeeze()
    plain = encoded(image, "JPEG", progressive=True)
    last = plain[plain.rindex(b"\xff\xda") : -2]
    path = one_class_of(plain[:-2] + last * 5000 + plain[-2:], tmp_path)
    assert_refused(path, "0.png", "JPEG scans are more than the 100 accepted")


def test_a_jpeg_of_fill_bytes(tmp_path):
    plain = encoded(NOISE, "JPEG")
    assert_opened(one_class_of(plain[:2] + b"\xff" * (60 << 20) + plain[3:], tmp_path))


def test_a_jpeg_of_millions_of_segments(tmp_path):
    plain = encoded(NOISE, "JPEG")
    path = one_class_of(plain[:2] + b"\xff\xfe\0\2" * 10_000_000 + plain[2:], tmp_path)
    assert_refused(path, "0.png", "300,001 pieces of one picture are more than")


def test_a_jpeg_whose_notes_refer_to_all_of_it(tmp_path):
    # Each of thousands of entries claims all that is there; many segments would join into one.
    entry = struct.pack(">HHII", 0x0001, 7, 60_000, 8)
    exif = b"Exif\0\0MM\0*\0\0\0\10" + struct.pack(">H", 5000) + entry * 5000
    segment = b"\xff\xe1" + struct.pack(">H", len(exif) + 2) + exif
    plain = encoded(NOISE, "JPEG")
    assert_opened(one_class_of(plain[:2] + segment * 500 + plain[2:], tmp_path))


def test_a_gif_of_extensions_alone(tmp_path):
    plain = encoded(NOISE, "GIF")
    start = 13 + 3 * 2 ** ((plain[10] & 7) + 1)
    path = one_class_of(plain[:start] + b"!\x01\0" * 20_000_000 + plain[start:], tmp_path)
    assert_refused(path, "0.png", "300,001 pieces of one picture are more than")


def test_a_gif_whose_frame_is_larger_than_its_screen(tmp_path):
    plain = bytearray(encoded(NOISE, "GIF"))
    at = plain.index(b",", 13 + 3 * 2 ** ((plain[10] & 7) + 1))
    plain[at + 5 : at + 9] = struct.pack("<HH", 65535, 65535)
    path = one_class_of(bytes(plain), tmp_path)
    assert_refused(path, "0.png", "the 16,777,216", seconds=0.5)


def test_a_bmp_of_single_runs(tmp_path):
    header = struct.pack("<IiiHHIIiiII", 40, 2000, 2000, 1, 8, 1, 0, 0, 0, 256, 0)
    palette = bytes(value for k in range(256) for value in (k, 255 - k, k, 0))
    head = b"BM" + struct.pack("<IHHI", 0, 0, 0, 14 + 40 + len(palette))
    path = one_class_of(head + header + palette + b"\x01\x07" * 4_000_000, tmp_path)
    assert_refused(path, "0.png", "300,001 pieces of one picture are more than")


def tiff(*entries, rest=b""):
    """Return a TIFF of these (tag, type, count, value), and what stands before its directory."""
    directory = struct.pack("<H", len(entries)) + b"".join(
        struct.pack("<HHII", *entry) for entry in entries
    )
    return struct.pack("<2sHI", b"II", 42, 8 + len(rest)) + rest + directory + bytes(4)


GREY_TIFF = ((256, 4, 1, 4000), (257, 4, 1, 4000), (258, 3, 1, 8), (262, 3, 1, 1), (277, 3, 1, 1))


def test_a_tiff_whose_strips_are_all_the_same_long_nothing(tmp_path):
    empty = zlib.compress(b"")[:2] + b"\0\0\0\xff\xff" * 4_000_000
    places, lengths = (
        struct.pack("<4000I", *[8] * 4000),
        struct.pack("<4000I", *[len(empty)] * 4000),
    )
    rest = empty + places + lengths
    strips = (
        (273, 4, 4000, 8 + len(empty)),
        (278, 4, 1, 1),
        (279, 4, 4000, 8 + len(empty) + 16_000),
    )
    content = tiff(*GREY_TIFF[:3], (259, 3, 1, 8), *GREY_TIFF[3:], *strips, rest=rest)
    path = one_class_of(content, tmp_path)
    assert_refused(path, "0.png", "bytes of its strips are more than")


def test_a_tiff_of_millions_of_tiles(tmp_path):
    rest = bytes(60_000_000)
    tiles = ((322, 4, 1, 1), (323, 4, 1, 1), (324, 4, 15_000_000, 8), (325, 4, 15_000_000, 8))
    path = one_class_of(tiff(*GREY_TIFF, *tiles, rest=rest), tmp_path)
    assert_refused(path, "0.png", "15,000,000 values of TIFF's tag 324 are more than")


def test_a_tiff_whose_notes_refer_to_all_of_it(tmp_path):
    size = 60_000_000
    notes = tuple((tag, 7, size, 8) for tag in range(40_000, 65_000))
    strip = ((273, 4, 1, 8), (278, 4, 1, 4000), (279, 4, 1, 16_000_000), (34665, 4, 1, 8))
    inner = struct.pack("<H", 60_000) + struct.pack("<HHII", 1, 7, size, 8) * 60_000
    assert_opened(one_class_of(tiff(*GREY_TIFF, *strip, *notes, rest=inner.ljust(size)), tmp_path))


def test_a_webp_of_the_largest_canvas(tmp_path):
    largest = (16_382).to_bytes(3, "little") * 2
    body = b"VP8X" + struct.pack("<I", 10) + bytes([2, 0, 0, 0]) + largest
    body += b"ANIM" + struct.pack("<IIH", 6, 0, 0)
    path = one_class_of(b"RIFF" + struct.pack("<I", 4 + len(body)) + b"WEBP" + body, tmp_path)
    assert_refused(path, "0.png", "pixels of one WebP, 16,383 x 16,383, are more", seconds=0.5)


def test_a_webp_of_millions_of_chunks(tmp_path):
    plain = encoded(NOISE, "WEBP", lossless=True)
    path = one_class_of(plain + b"XMP \0\0\0\0" * 5_000_000, tmp_path)
    assert_refused(path, "0.png", "300,001 pieces of one picture are more than")


@pytest.mark.parametrize("filling", [b" ", b"#\n", b"# ", b"1 ", b"1"])
@pytest.mark.parametrize("kind", [b"P1", b"P2", b"P3"])
def test_a_picture_in_digits_with_millions_of_others(tmp_path, kind, filling):
    content = kind + b" 500 500 255 " + filling * (40_000_000 // len(filling))
    opened = open_bounded(one_class_of(content, tmp_path))
    assert opened.seconds < MAX_SECONDS
    assert opened.peak_bytes - quiet_bytes() < MAX_EXTRA_BYTES


def test_pictures_of_the_largest_size_take_no_more_than_an_honest_one(tmp_path):
    large = np.zeros((4096, 4096, 4), dtype=np.uint8)
    large[1000:2000, 1000:2000] = 255
    content = encoded(large, compress_level=1)
    path = write_set(tmp_path, {"a": [content] * 2, "b": [content]})
    opened = open_bounded(path)
    assert not opened.message
    assert opened.seconds < 3 * MAX_SECONDS
    assert opened.peak_bytes - quiet_bytes() < MAX_EXTRA_BYTES


def test_a_link_that_leads_out_of_the_folder(tmp_path):
    write_set(tmp_path / "set", {"a": [GREY] * 3, "b": [GREY] * 3})
    os.symlink("/", tmp_path / "set" / "c")
    os.symlink(tmp_path / "set", tmp_path / "set" / "a" / "loop")
    os.symlink("loop", tmp_path / "set" / "loop")
    assert_opened(tmp_path / "set")


def test_links_alone(tmp_path):
    for k in range(50):
        os.symlink(tmp_path, tmp_path / f"loop{k}")
    assert_refused(tmp_path, "no images were found in this folder", seconds=0.5)
    os.symlink("self", tmp_path / "self")
    assert_refused(tmp_path / "self", "no such file or folder", seconds=0.5)


def write_files(folder, n):
    """Write ``n`` tiny files that are no pictures; links to one are faster, up to a limit."""
    folder.mkdir(exist_ok=True)
    for k in range(n):
        path = folder / f"{k}.txt"
        if k % 10_000 == 0:
            path.write_text("no picture")
            first = path
        else:
            os.link(first, path)


@pytest.mark.parametrize("where", [".", "a"])
def test_a_folder_of_100000_files(tmp_path, where):
    write_files(tmp_path / where, 100_000)
    assert_refused(tmp_path, "no images were found")


def test_hundreds_of_folders_of_hundreds_of_files(tmp_path):
    for k in range(450):
        write_files(tmp_path / str(k), 450)
    assert_refused(tmp_path, "200,001 files in it and its sub-folders are more")


def test_a_pipe_among_pictures(tmp_path):
    if not hasattr(os, "mkfifo"):
        pytest.skip("needs named pipes")
    write_set(tmp_path, {"a": [GREY] * 3, "b": [GREY] * 3, "c": []})
    for name in ("a/pipe.png", "b/pipe", "c/0.png", "pipe.png"):
        os.mkfifo(tmp_path / name)
    assert_opened(tmp_path)
