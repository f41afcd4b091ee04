"""Tables, pictures and folders made to exhaust whoever opens them: refused soon, in little memory.

Each opens in a process of its own, whose processor time and memory are measured.
"""

from __future__ import annotations

import os
import struct
import zlib

import numpy as np
import pytest
from hostile import MAX_EXTRA_BYTES, MAX_SECONDS, assert_refused, open_bounded, quiet_bytes
from test_core_sources_pictures import GREY, NOISE, encoded, png_chunk, png_header, write_set

from core.errors import DatasetError
from core.sources import open_dataset

GIGABYTE = 1 << 30
ROW = b"3," + b"0," * 783 + b"255\n"


def assert_opened(path, **reading):
    """Assert that ``path`` opens at little cost."""
    opened = open_bounded(path, **reading)
    assert not opened.message
    assert opened.seconds < MAX_SECONDS
    assert opened.peak_bytes - quiet_bytes() < MAX_EXTRA_BYTES


def repeated(piece, n):
    """Return deflated blocks that inflate to ``piece`` about ``n`` times, packed only once."""
    times = max(1, min(n, (1 << 20) // len(piece)))
    packer = zlib.compressobj(9, wbits=-zlib.MAX_WBITS)
    # After a full flush nothing refers to what came before: the bytes can be repeated.
    block = packer.compress(piece * times) + packer.flush(zlib.Z_FULL_FLUSH)
    return block * (n // times)


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
    assert_refused(path, "1074 MB is more than the 629 MB accepted", seconds=0.5)


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
    assert_refused(path, "more than 1,000,000 images")


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
    assert_refused(path, "0.png", "16,777,216 accepted", seconds=0.5)


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
    assert_refused(path, "0.png", "more than 300,000 pieces")


def test_pixels_in_millions_of_chunks(tmp_path):
    content = png_header(40, 40) + png_chunk(b"IDAT", b"") * 280_000
    path = one_class_of(content, tmp_path)
    assert_refused(path, "0.png", "more than 300,000 pieces")


@pytest.mark.parametrize("colours", [1, 3], ids=["grey", "colours"])
def test_a_progressive_jpeg_of_thousands_of_scans(tmp_path, colours):
    image = np.zeros((4000, 4000, colours), dtype=np.uint8).squeeze()
    plain = encoded(image, "JPEG", progressive=True)
    last = plain[plain.rindex(b"\xff\xda") : -2]
    path = one_class_of(plain[:-2] + last * 5000 + plain[-2:], tmp_path)
    assert_refused(path, "0.png", "scans are in this JPEG picture")


def test_a_jpeg_of_fill_bytes(tmp_path):
    plain = encoded(NOISE, "JPEG")
    assert_opened(one_class_of(plain[:2] + b"\xff" * (60 << 20) + plain[3:], tmp_path))


def test_a_jpeg_of_millions_of_segments(tmp_path):
    plain = encoded(NOISE, "JPEG")
    path = one_class_of(plain[:2] + b"\xff\xfe\0\2" * 10_000_000 + plain[2:], tmp_path)
    assert_refused(path, "0.png", "more than 300,000 pieces")


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
    assert_refused(path, "0.png", "more than 300,000 pieces")


def test_a_gif_whose_frame_is_larger_than_its_screen(tmp_path):
    plain = bytearray(encoded(NOISE, "GIF"))
    at = plain.index(b",", 13 + 3 * 2 ** ((plain[10] & 7) + 1))
    plain[at + 5 : at + 9] = struct.pack("<HH", 65535, 65535)
    path = one_class_of(bytes(plain), tmp_path)
    assert_refused(path, "0.png", "16,777,216 accepted", seconds=0.5)


def test_a_bmp_of_single_runs(tmp_path):
    header = struct.pack("<IiiHHIIiiII", 40, 4000, 4000, 1, 8, 1, 0, 0, 0, 256, 0)
    palette = bytes(value for k in range(256) for value in (k, 255 - k, k, 0))
    head = b"BM" + struct.pack("<IHHI", 0, 0, 0, 14 + 40 + len(palette))
    path = one_class_of(head + header + palette + b"\x01\x07" * 16_000_000, tmp_path)
    assert_refused(path, "0.png", "more than 300,000 pieces")


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
    assert_refused(tmp_path, "more than 200,000 files in it and its sub-folders")


def test_a_pipe_among_pictures(tmp_path):
    if not hasattr(os, "mkfifo"):
        pytest.skip("needs named pipes")
    write_set(tmp_path, {"a": [GREY] * 3, "b": [GREY] * 3, "c": []})
    for name in ("a/pipe.png", "b/pipe", "c/0.png", "pipe.png"):
        os.mkfifo(tmp_path / name)
    assert_opened(tmp_path)


NAMES = {
    "newline": "new\nline",
    "terminal": "\x1b[2J\x1b]0;owned\x07red",
    "direction": "\u202egnp.exe",
    "not UTF-8": b"caf\xe9".decode("utf-8", "surrogateescape"),
    "separators": "a,b;c\td",
    "longest": "w" * 255,
    "blank": " ",
    "markup": "<b onclick=x>&amp;",
}


def _mischief(text):
    return [char for char in text if not char.isprintable()]


@pytest.mark.parametrize("kind", NAMES)
def test_names_of_folders_and_files_never_act(tmp_path, kind):
    name = NAMES[kind]
    write_set(tmp_path / name, {name: [GREY] * 3, "b": [GREY] * 3})
    os.rename(tmp_path / name / name / "0.png", tmp_path / name / name / name)
    (tmp_path / name / name / (name[:-4] + ".txt")).write_text("no picture")
    dataset = open_dataset(str(tmp_path / name))
    words = [dataset.name, dataset.source, *dataset.class_names, *dataset.notes]
    assert not any(_mischief(word) for word in words)
    assert len(set(dataset.class_names)) == 2
    (tmp_path / name / name / name).write_bytes(encoded(GREY)[:60])
    with pytest.raises(DatasetError) as caught:
        open_dataset(str(tmp_path / name))
    assert not _mischief(str(caught.value))
    str(caught.value).encode()


@pytest.mark.parametrize("kind", NAMES)
def test_names_of_tables_and_their_classes_never_act(tmp_path, kind):
    name = NAMES[kind][-200:] + ".csv"
    path = tmp_path / name
    label = NAMES[kind].replace("\n", " ").encode("utf-8", "surrogateescape").strip() or b"x"
    rows = [b'"%s",0,0,%d,0\n' % (label if k % 2 else b"other", k) for k in range(20)]
    path.write_bytes(b"".join(rows))
    dataset = open_dataset(str(path))
    assert dataset.n_classes == 2
    words = [dataset.name, dataset.source, *dataset.class_names, *dataset.notes]
    assert not any(_mischief(word) for word in words)
    path.write_bytes(b"".join(rows) + b'"x",0,0,\x1b[2J,0\n')
    with pytest.raises(DatasetError) as caught:
        open_dataset(str(path))
    assert not _mischief(str(caught.value))
    assert "line 21: column 4" in str(caught.value)
