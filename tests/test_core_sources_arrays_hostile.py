"""IDX, npy, npz and zip files made to fill memory or to take for ever: refused at little cost."""

from __future__ import annotations

import gzip
import io
import os
import pickle
import struct
import zipfile
import zlib

import hostile
import numpy as np
import pytest
from core_samples import idx_bytes, write_idx
from hostile_files import (
    GIB,
    archive_end,
    directory_entry,
    entry,
    gz,
    idx_header,
    local_header,
    npy,
    npy_header,
    written,
    zip_of,
)

pytestmark = [
    pytest.mark.long,
    pytest.mark.skipif(not hasattr(os, "fork"), reason="measures in forks of a process"),
]

X, Y = np.zeros((4, 2, 2)), np.arange(4) % 2
IMAGES, LABELS = "train-images-idx3-ubyte", "train-labels-idx1-ubyte"
Y_ENTRY = entry("y.npy", npy(Y))


class Call:
    """Pickles as a call of ``function``."""

    def __init__(self, function):
        self.function = function

    def __reduce__(self):
        return self.function, ()


def idx(*header, zeros=None, **options):
    """Return a maker of images with that header, compressed where ``zeros`` follow it."""

    def make(folder):
        write_idx(folder / LABELS, np.zeros(3))
        start = idx_header(*header, **options)
        if zeros is None:
            return written(folder / IMAGES, start)
        return gz(folder / IMAGES, start, zeros)

    return make


def idx_labels(start, zeros):
    def make(folder):
        written(folder / IMAGES, idx_bytes(X))
        return gz(folder / LABELS, start, zeros).with_name(IMAGES)

    return make


def gzip_in_gzip(folder):
    return written(folder / "a.gz", gzip.compress(gz(folder / "b", 2 * GIB).read_bytes()))


def npz(*pieces, name="X.npy"):
    """Return a maker of an archive of X, which consists of these pieces, and of labels."""
    return lambda folder: zip_of(folder / "a.npz", entry(name, *pieces), Y_ENTRY)


def npz_labels(*pieces):
    return lambda folder: zip_of(folder / "a.npz", entry("X.npy", npy(X)), entry("y.npy", *pieces))


def npz_claiming(size):
    """Return a maker of an npz whose directory claims that X.npy has ``size`` bytes."""
    name, data, _, checksum = entry("X.npy", npy_header("|u1", (size, 4, 4)))
    return lambda folder: zip_of(folder / "a.npz", (name, data, size, checksum), Y_ENTRY)


def quoted_overlap(folder):
    """Members that share one kernel of deflated data, as D. Fifield's zip bombs do."""
    size = 20_000_000
    packer = zlib.compressobj(9, wbits=-15)
    kernel = packer.compress(bytes(size)) + packer.flush()
    checksum = zlib.crc32(bytes(size))
    names = [b"%03d.npy" % i for i in range(500)]
    headers = [local_header(name, 0, 0, checksum) for name in names]
    content = b"".join(headers) + kernel
    directory, at = b"", 0
    for name, header in zip(names, headers, strict=True):
        stored = len(content) - at - len(header)
        directory += directory_entry(name, stored, size, checksum, at)
        at += len(header)
    return written(
        folder / "overlap.npz", content + archive_end(len(names), directory, len(content))
    )


def same_member(folder):
    """Two entries of the directory for one member."""
    name, data, size, checksum = entry("X.npy", npy(X))
    content = local_header(name, len(data), size, checksum) + data
    directory = b"".join(
        directory_entry(word, len(data), size, checksum, 0) for word in (b"X.npy", b"Y.npy")
    )
    return written(folder / "a.npz", content + archive_end(2, directory, len(content)))


def million_entries(folder):
    """A directory of a million empty members, of which zipfile would make a million objects."""
    content = local_header(b"a", 0, 0, 0)
    directory = directory_entry(b"a", 0, 0, 0, 0) * 1_000_000
    return written(folder / "a.zip", content + archive_end(999, directory, len(content)))


def honest_entries(n):
    def make(folder):
        content = local_header(b"a", 0, 0, 0)
        directory = directory_entry(b"a", 0, 0, 0, 0) * n
        return written(folder / "a.zip", content + archive_end(n & 0xFFFF, directory, len(content)))

    return make


def wide_directory(folder):
    """The record that counts in 64 bits, of a directory that has no end."""
    content = local_header(b"a", 0, 0, 0) + directory_entry(b"a", 0, 0, 0, 0) * 1_000_000
    start = len(local_header(b"a", 0, 0, 0))
    size = len(content) - start
    wide = struct.pack("<4sQ2H2L4Q", b"PK\x06\x06", 44, 45, 45, 0, 0, 1, 1, size, start)
    place = struct.pack("<4sLQL", b"PK\x06\x07", 0, len(content), 1)
    return written(folder / "a.zip", content + wide + place + archive_end(1, b"", 2**32 - 1))


def bzip2(folder):
    """Of this method a few bytes become gigabytes, and ``zipfile`` would inflate them at once."""
    content = io.BytesIO()
    with (
        zipfile.ZipFile(content, "w", zipfile.ZIP_BZIP2) as archive,
        archive.open("X.npy", "w", force_zip64=True) as member,
    ):
        for _ in range(16):
            member.write(bytes(1 << 24))
    return written(folder / "a.npz", content.getvalue())


def many_records(size):
    """As many arrays as are accepted, of records of so many fields that it takes long to read."""

    def make(folder):
        fields = ", ".join(f"('f{i}', '|u1')" for i in range(550))
        words = f"{{'descr': [{fields}], 'fortran_order': False, 'shape': ({size},), }}\n".encode()
        header = b"\x93NUMPY\x01\x00" + struct.pack("<H", len(words)) + words
        return zip_of(folder / "a.npz", *(entry(f"{i:03}.npy", header) for i in range(1000)))

    return make


def gzip_name_without_end(folder):
    write_idx(folder / LABELS, np.zeros(3))
    return written(folder / IMAGES, b"\x1f\x8b\x08\x08\0\0\0\0\0\xff" + b"x" * 100_000_000)


def gzip_of_nothing_for_ever(folder):
    """As the standard allows: one stream after another, each of nothing."""
    write_idx(folder / LABELS, np.zeros(3))
    return written(folder / IMAGES, gzip.compress(b"", mtime=0) * 5_000_000)


def nested_zip(folder):
    """Zip within zip within zip, each many times what it is in."""
    content = bytes(10_000_000)
    for level in range(3):
        inner = io.BytesIO()
        with zipfile.ZipFile(inner, "w", zipfile.ZIP_DEFLATED) as archive:
            for i in range(10):
                archive.writestr(f"{level}{i}.zip", content)
        content = inner.getvalue()
    return written(folder / "a.zip", content)


def gzip_in_zip(folder):
    """A small IDX header and two gigabytes of zeros behind it, compressed twice."""
    inner = gz(folder / "inner", idx_header(4, 2, 2), 2 * GIB).read_bytes()
    labels = gzip.compress(idx_bytes(Y))
    return zip_of(folder / "a.zip", entry(f"{IMAGES}.gz", inner), entry(f"{LABELS}.gz", labels))


def many_arrays(folder):
    entries = [entry(f"{i:04}.npy", npy(np.zeros(1))) for i in range(1001)]
    return zip_of(folder / "a.npz", *entries)


def many_headers(folder):
    """As many arrays as are accepted, each with as long a header as is accepted."""
    header = npy_header("|u1", (2,)).rstrip()
    header = b"\x93NUMPY\x01\x00" + struct.pack("<H", 10_000) + header[10:].ljust(10_000)
    entries = [entry(f"{i:03}.npy", header, 2) for i in range(1000)]
    return zip_of(folder / "a.npz", *entries)


def long_names(folder):
    """Twenty names of 65,000 letters: no word in them is looked for at every place."""
    entries = [entry(f"{i:03}{'x' * 65_000}.npy", npy(X)) for i in range(20)]
    return zip_of(folder / "a.npz", *entries)


def longest_names(folder):
    entries = [entry(f"{i:03}{'x' * 990}.npy", npy(X)) for i in range(1000)]
    return zip_of(folder / "a.npz", *entries)


def npy_gz(folder):
    written(folder / "y.npy.gz", npy(Y))
    return gz(folder / "X.npy.gz", npy(X), 2 * GIB)


HOSTILE = {
    "idx: 2**96 values": (
        idx(2**32 - 1, 28, 28),
        # 16 + (2**32 - 1) * 28 * 28
        "4,294,967,295 images promised by the header are more than the",
    ),
    "idx: nothing at all in 32 bits": (
        idx(2**31, 2, 1),
        "2,147,483,648 images promised by the header are more than the",
    ),
    "idx: a promise nobody can keep": (
        idx(300_000, 28, 28, zeros=0),
        "cut short: the header promises 235200016 bytes",
    ),
    "idx: images of no size": (idx(2**32 - 1, 0, 2**32 - 1), "images of 0 x 4294967295 pixels"),
    "idx: 2**32 labels of 4 bytes": (
        idx_labels(idx_header(2**32 - 1, type_byte=0x0C), 0),
        f"{LABELS}: 4,294,967,295 labels promised by the header are more than",
    ),
    "idx: more images than are counted": (
        idx(2**28, 1, 1, zeros=2**28),
        "268,435,456 images promised by the header are more than the 1,000,000",
    ),
    "idx: two gigabytes after it": (
        idx(3, 2, 2, zeros=2 * GIB),
        "too long: the header promises 28 bytes (3 x 2 x 2 values), there are more",
    ),
    "idx: two gigabytes after labels": (
        idx_labels(idx_header(4), 2 * GIB),
        f"{LABELS}: too long: the header promises 12 bytes",
    ),
    "idx: gzip in gzip": (gzip_in_gzip, "this is no data set of a known kind"),
    "npz: 4 GB in a member of nothing": (npz_claiming(4_000_000_000), "deflating makes 1032 of"),
    "npz: as much as fits in 32 bits": (npz_claiming(2**32 - 2), "deflating makes 1032 of one"),
    "npz: 32 GiB": (
        npz(npy_header("<f8", (2**16, 2**8, 2**8))),
        "X has 65,536 images but y has 4 labels",
    ),
    "npz: 32 GiB and as many labels": (
        lambda f: zip_of(
            f / "a.npz",
            entry("X.npy", npy_header("<f8", (2**16, 2**8, 2**8))),
            entry("y.npy", npy(np.zeros(2**16))),
        ),
        "4,294,967,296 pixels are more than the 268,435,456 accepted",
    ),
    "npz: 500 MB that are not there": (
        npz(npy_header("<f8", (4, 2**12, 2**12))),
        "X.npy: cut short: the header promises 536871040 bytes",
    ),
    "npz: sizes that overflow": (
        npz(npy_header("|u1", (4, 2**62, 4))),
        "pixels are more than the 268,435,456 accepted",
    ),
    "npz: nothing times everything": (
        lambda f: zip_of(
            f / "a.npz",
            entry("X.npy", npy_header("|u1", (0, 2**62, 4))),
            entry("y.npy", npy(np.zeros(0))),
        ),
        "is empty; at least one image is needed",
    ),
    "npz: a gigabyte of header": (
        npz(b"\x93NUMPY\x02\x00" + struct.pack("<L", GIB), GIB),
        "1,073,741,824 bytes of the header are more than the 10,000 accepted",
    ),
    "npz: a header of brackets": (npz(npy_header("|u1", "(" * 9000)), "X.npy: the header reads"),
    "npz: a header of minus signs": (npz(npy_header("|u1", "-" * 9000)), "the header reads"),
    "npz: a header of spaces": (npz(npy_header("|u1", " " * 9000)), "X.npy: the header reads"),
    "npz: a header of commas": (
        npz(npy_header("|u1", "(" + "1, " * 3000 + ")")),
        "X.npy: the header reads",
    ),
    "npz: two gigabytes after the values": (
        npz(npy(X), 2 * GIB),
        "X.npy: too long: the header promises 256 bytes",
    ),
    "npz: objects": (
        npz(npy_header("|O", (4, 2, 2)), pickle.dumps(Call(os.abort))),
        "X (4 x 2 x 2, object)",
    ),
    "npz: words of 2 GB": (
        npz_labels(npy_header("|S2147483647", (4,))),
        "y (4, type |S2147483647)",
    ),
    "npz: members within each other": (quoted_overlap, "reaches into '499.npy': the archive is"),
    "npz: a member twice": (same_member, "reaches into 'X.npy'"),
    "npz: too many members": (many_arrays, "1,001 arrays in it are more than the 1,000 accepted"),
    "npz: many long headers": (many_headers, "no array in it can be images"),
    "npz: names of 65,000 letters": (long_names, "a name of 65,007 characters is in it ('000xx"),
    "npz: a thousand long names": (longest_names, "the labels are missing"),
    "zip: a million entries": (million_entries, "47,000,000 bytes of its directory are more"),
    "zip: 110,000 entries": (honest_entries(110_000), "110,000 files in it are more than"),
    "zip: 100,000 entries": (honest_entries(100_000), "'a' is in it twice"),
    "zip: a million entries in 64 bits": (wide_directory, "47,000,000 bytes of its directory"),
    "npz: bzip2": (bzip2, "'X.npy' is compressed by method 12, not stored (0) or deflated"),
    "npz: many records": (many_records("2"), "no array in it can be images"),
    "npz: many records of Python 2": (many_records("2L"), "no array in it can be images"),
    "gzip: a name without end": (gzip_name_without_end, "the gzip stream ends early, after 0"),
    "gzip: nothing for ever": (gzip_of_nothing_for_ever, "more data after the end of the gzip"),
    "zip: zip in zip": (nested_zip, "an archive within an archive within another; unpack it"),
    "zip: gzip in zip": (gzip_in_zip, f"{IMAGES}.gz: too long: the header promises 32 bytes"),
    "zip: ends without end": (
        lambda f: written(f / "a.zip", b"PK\x03\x04" + b"PK\x05\x06" * 1_000_000),
        "the archive ends early",
    ),
    "npy: two gigabytes after the values": (npy_gz, "X.npy.gz: too long: the header promises 256"),
}


@pytest.mark.parametrize("case", HOSTILE)
def test_what_would_fill_memory_or_take_for_ever_is_refused_at_little_cost(tmp_path, case):
    make, words = HOSTILE[case]
    message = hostile.assert_refused(make(tmp_path), words)
    assert message.startswith(str(tmp_path))


def test_the_measure_sees_memory_and_time(tmp_path):
    """Else none of the tests above could fail: an honest file of 60 MB takes more than that."""
    write_idx(tmp_path / IMAGES, np.zeros((20_000, 50, 60)))
    write_idx(tmp_path / LABELS, np.arange(20_000) % 2)
    opened = hostile.open_bounded(tmp_path)
    assert opened.message == ""
    assert opened.peak_bytes - hostile.quiet_bytes() > 5 * 60_000_000
    with pytest.raises(AssertionError, match="it opened"):
        hostile.assert_refused(tmp_path)
    with pytest.raises(AssertionError, match="not said"):
        hostile.assert_refused(tmp_path / "nowhere", "something else")
    with pytest.raises(AssertionError, match=" s until "):
        hostile.assert_refused(tmp_path / "nowhere", seconds=0)
    with pytest.raises(AssertionError, match=" MB until "):
        hostile.assert_refused(tmp_path / "nowhere", extra_bytes=-1)
