"""Pickles made to fill memory or to take for ever: refused at little cost."""

from __future__ import annotations

import gzip
import os
import pickle
import struct

import hostile
import numpy as np
import pytest
from hostile_files import GIB, PICKLED_DTYPE, gz, pickled_text, written

from core.sources import limits

pytestmark = [
    pytest.mark.long,
    pytest.mark.skipif(not hasattr(os, "fork"), reason="measures in forks of a process"),
]


def content(*pieces):
    return lambda folder: written(folder / "a.pkl", b"\x80\x04" + b"".join(pieces))


def packed(*pieces):
    return lambda folder: gz(folder / "a.pkl.gz", b"\x80\x04", *pieces)


def claiming(dtype, shape):
    """Return a pickle of (images, labels); the images claim this type and shape for 16 bytes."""
    sizes = b"".join(b"\x8a\x08" + struct.pack("<q", size) for size in shape)
    order = pickled_text(b"|" if dtype[-1:] == b"1" else b"<")
    images = (
        b"cnumpy.core.multiarray\n_reconstruct\ncnumpy\nndarray\nK\x00\x85C\x01b\x87R(K\x01("
        + sizes
        + b"tcnumpy\ndtype\n"
        + pickled_text(dtype)
        + b"K\x00K\x01\x87R(K\x03"
        + order
        + b"NNNJ\xff\xff\xff\xffJ\xff\xff\xff\xffK\x00tb\x89C\x10"
        + bytes(16)
        + b"tb"
    )
    labels = pickle.dumps(np.zeros(4, dtype="u1"), 3)[2:-1]
    return content(images, labels, b"\x86.")


def wide_laughs():
    """Return ten lists, each with ten thousand times the one before."""
    lists = [b"](" + b"h%c" % i * 10_000 + b"eq%c" % (i + 1) for i in range(10)]
    return b"]q\x00" + b"".join(lists) + b"."


NUMBER = b"K\x01"
TWICE = b"2\x86"
"""Makes a pair of what is there, and of itself: a thousand of them have 2**1000 leaves."""

EMPTY_ARRAY = b"cnumpy.core.multiarray\n_reconstruct\ncnumpy\nndarray\n%sU\x01b\x87R"
NO_IMAGES = "no array in it can be images"
STEPS = limits.MAX_PICKLE_STEPS
TOO_MANY_STEPS = f"more than {STEPS:,} instructions until here"

HOSTILE = {
    "an empty array of 32 GiB": (
        content(EMPTY_ARRAY % b"\x8a\x05\0\0\0\0\x08\x85", b"."),
        NO_IMAGES,
    ),
    "a shape of 32 GiB": (
        claiming(b"u1", (4, 2**20, 2**13)),
        "34,359,738,368 pixels are more than the 268,435,456 accepted",
    ),
    "a shape that lies": (
        claiming(b"f4", (4, 2**12, 2**13)),
        "images: 4 x 4096 x 8192 values of type float32 need 536870912 bytes, there are 16",
    ),
    "a shape that overflows": (claiming(b"u1", (4, 2**62, 2**62)), "pixels are more than the"),
    "a wide type": (claiming(b"V2147483647", (4, 2, 2)), "images (4 x 2 x 2, object)"),
    "wide words": (claiming(b"S999999999", (4, 2, 2)), "images (4 x 2 x 2, object)"),
    "bytes of 4 GB": (
        content(b"B\xff\xff\xff\xff"),
        "BINBYTES at byte 2, which claims 4,294,967,295 bytes; there are 7 in all",
    ),
    "text of 2**63 bytes": (
        content(b"\x8d" + b"\xff" * 7 + b"\x7f"),
        "BINUNICODE8 at byte 2, which claims 9,223,372,036,854,775,807 bytes",
    ),
    "a buffer of 2**64 bytes": (
        content(b"\x96" + b"\xff" * 8),
        "BYTEARRAY8 at byte 2, which claims 18,446,744,073,709,551,615 bytes",
    ),
    "bytes fewer than none": (
        content(b"T\xff\xff\xff\xff"),
        "BINSTRING at byte 2, which claims -1 bytes",
    ),
    "a number of 2 GB": (
        packed(b"\x8b\xff\xff\xff\x7f", 2 * GIB),
        "LONG4 at byte 2, which is no instruction that data need",
    ),
    "a number of endless digits": (
        packed(b"L", b"9" * 10_000_000),
        "no line ends within 1,000 bytes",
    ),
    "a frame of 2**64 bytes": (content(b"\x95" + b"\xff" * 8 + b"N."), NO_IMAGES),
    "place 2**32 of the memo": (content(b"Nr\xff\xff\xff\xff."), NO_IMAGES),
    "a place of 900 digits": (content(b"Np" + b"9" * 900 + b"\n."), NO_IMAGES),
    "deep tuples": (content(b"N", b"\x85" * (STEPS - 10), b"."), NO_IMAGES),
    "deep lists": (content(b"]" * (STEPS // 2 - 10), b"a" * (STEPS // 2 - 11), b"."), NO_IMAGES),
    "deep marks": (content(b"(" * (STEPS // 2 - 10), b"t" * (STEPS // 2 - 10), b"."), NO_IMAGES),
    "deep dictionaries": (
        content(b"}N" * (STEPS // 3 - 10), b"}", b"s" * (STEPS // 3 - 10), b"."),
        NO_IMAGES,
    ),
    "a billion laughs": (content(NUMBER, TWICE * 1000, b"."), NO_IMAGES),
    "laughs as a key": (
        content(b"}", NUMBER, TWICE * 1000, b"K\x01s."),
        "SETITEM at byte 2007, with a key that is neither word nor number",
    ),
    "numbers of one hash as keys": (
        content(
            b"}(",
            *(b"\x8a\x0a" + (i * (2**61 - 1)).to_bytes(10, "little") + b"N" for i in range(10**5)),
            b"u.",
        ),
        NO_IMAGES,
    ),
    "laughs as a shape": (
        content(
            b"cnumpy.core.numeric\n_frombuffer\n(C\x01a",
            PICKLED_DTYPE,
            NUMBER,
            TWICE * 1000,
            b"NtR.",
        ),
        "the shape of an array is no shape",
    ),
    "wide laughs": (
        content(wide_laughs()),
        f"entries of containers within each other are more than the {STEPS:,}",
    ),
    "a list in itself": (
        content(b"]q\x00(", b"h\x00" * 50_000, b"e."),
        f"entries of containers within each other are more than the {STEPS:,}",
    ),
    "instructions for ever": (packed(b"N0" * 100_000_000), TOO_MANY_STEPS),
    "marks for ever": (packed(b"(" * 100_000_000), TOO_MANY_STEPS),
    "places for ever": (packed(b"N" + b"\x94" * 100_000_000), TOO_MANY_STEPS),
    "one text made into bytes for ever": (
        packed(
            b"]c_codecs\nencode\nq\x01X" + struct.pack("<I", 50_000_000),
            50_000_000,
            b"q\x0200" + (b"h\x01h\x02" + pickled_text(b"latin1") + b"\x86Ra") * 1000 + b".",
        ),
        "where the same text is to become bytes once more",
    ),
    "one short text made into bytes for ever": (
        content(
            b"]c_codecs\nencode\nq\x01" + pickled_text(b"a" * 2000) + b"q\x0200",
            (b"h\x01h\x02" + pickled_text(b"latin1") + b"\x86Ra") * 20_000 + b".",
        ),
        "by which it makes more bytes of a text than there are in it",
    ),
    "lines that a letter each makes large": (
        packed(b"](" + (b"V\\U0001f600" + b"a" * 65_000 + b"\n") * 2_000 + b"e."),
        NO_IMAGES,
    ),
    "texts of 64 kB that a letter each makes large": (
        packed(b"](" + pickled_text("\U0001f600".encode() + b"a" * 65_532) * 2_000 + b"e."),
        NO_IMAGES,
    ),
    "words for ever": (
        packed(b"](" + pickled_text("\U0001f600".encode() + b"a" * 2_000) * 50_000 + b"e."),
        "words and numbers of more than 16,777,216 bytes until here",
    ),
    "lines of words for ever": (
        packed(b"](" + (b"V\\U0001f600" + b"a" * 2_000 + b"\n") * 50_000 + b"e."),
        "words and numbers of more than 16,777,216 bytes until here",
    ),
    "text that one letter makes large": (
        packed(
            b"c_codecs\nencode\nX" + struct.pack("<I", 100_000_004),
            100_000_000,
            "\U0001f600".encode() + pickled_text(b"latin1") + b"\x86R.",
        ),
        "where the bytes of an array have letters beyond 255",
    ),
    "a million arrays": (
        content(b"]q\x00(", EMPTY_ARRAY % b"K\x00\x85", b"q\x01", b"h\x01" * (STEPS - 50), b"e."),
        f"entries of containers within each other are more than the {STEPS:,}",
    ),
    "a million names": (
        content(
            b"}(", b"".join(pickled_text(b"%d" % i) + NUMBER for i in range(STEPS // 2 - 10)), b"u."
        ),
        NO_IMAGES,
    ),
    "rows of one list of numbers": (
        content(b"]q\x00(" + b"K\x01" * 1000 + b"e](" + b"h\x00" * (STEPS - 50) + b"e."),
        "the labels are missing",
    ),
    "lists of one list of rows": (
        content(
            b"]q\x00("
            + b"K\x01" * 8
            + b"e]q\x01("
            + b"h\x00" * 5000
            + b"e]("
            + b"h\x01" * 5000
            + b"e."
        ),
        f"entries of containers within each other are more than the {STEPS:,}",
    ),
    "pairs of one list of pairs": (
        content(
            b"](K\x01K\x02eN\x86q\x01](" + b"h\x01" * 5000 + b"eq\x02](" + b"h\x02" * 5000 + b"e."
        ),
        f"entries of containers within each other are more than the {STEPS:,}",
    ),
    "a tuple of numbers that nothing ends": (
        packed(b"(" + b"K\x01" * 100_000_000),
        "values before it that belong to nothing",
    ),
    "an array of joblib of 8 TB": (
        content(
            b"cjoblib\nNumpyArrayWrapper\n)\x81}("
            + pickled_text(b"shape")
            + b"J\0\0\0\x70M\0\x10\x86"
            + pickled_text(b"order")
            + pickled_text(b"C")
            + pickled_text(b"dtype")
            + PICKLED_DTYPE
            + b"ub."
        ),
        "an array of joblib needs",
    ),
    "a head that is a name at every place": (
        lambda f: written(f / "a.pkl", b"(" + b"c" * 100_000),
        "this is no data set of a known kind",
    ),
    "gzip in gzip": (
        lambda f: written(
            f / "a.gz", gzip.compress(gz(f / "b", b"\x80\x04", 2 * GIB).read_bytes())
        ),
        "which is no instruction that data need",
    ),
}


@pytest.mark.parametrize("case", HOSTILE)
def test_what_would_fill_memory_or_take_for_ever_is_refused_at_little_cost(tmp_path, case):
    make, words = HOSTILE[case]
    path = make(tmp_path)
    message = hostile.assert_refused(path, words)
    assert message.startswith(f"{path}: ")


AT_THE_CAP = {
    "lists of bytes": (
        packed(b"](" + (b"](" + b"K\x01" * 1000 + b"e") * 100_000 + b"e."),
        "more than 67,108,864 numbers until here",
    ),
    "lists of fractions": (
        packed(b"](" + (b"](" + (b"G" + bytes(8)) * 1000 + b"e") * 70_000 + b"e."),
        "more than 67,108,864 numbers until here",
    ),
    "bytes beyond it": (
        packed(
            b"\x8e" + struct.pack("<Q", 350_000_000),
            350_000_000,
            b"\x8e" + struct.pack("<Q", 384_000_000),
            2 * GIB,
        ),
        "inflates to more than the 734 MB accepted",
    ),
    "a line without end": (packed(b"S'", 2 * GIB), "no line ends within 268,435,456 bytes"),
}


@pytest.mark.parametrize("case", AT_THE_CAP)
def test_what_might_be_honest_up_to_the_cap_takes_no_more_than_that(tmp_path, case):
    """It is told from a file of the cap's size by its last byte only."""
    make, words = AT_THE_CAP[case]
    most = limits.MAX_INFLATED_BYTES + hostile.MAX_EXTRA_BYTES
    hostile.assert_refused(make(tmp_path), words, seconds=5 * hostile.MAX_SECONDS, extra_bytes=most)
