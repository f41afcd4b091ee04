"""Pickles made to run code, to fill memory or to take for ever: nothing runs, at little cost."""

from __future__ import annotations

import gzip
import os
import pickle
import shutil
import struct
import subprocess
from pathlib import Path

import hostile
import numpy as np
import pytest
from hostile_files import GIB, gz, written

from core.errors import DatasetError
from core.sources import limits, open_dataset

needs_fork = pytest.mark.skipif(not hasattr(os, "fork"), reason="measures in forks of a process")


def refusal(path):
    with pytest.raises(DatasetError) as caught:
        open_dataset(str(path))
    return str(caught.value)


class Call:
    """Pickles as a call of ``function`` with ``arguments``, and perhaps a state set afterwards."""

    def __init__(self, function, *arguments, state=None):
        self.answer = (function, arguments, state)

    def __reduce__(self):
        return self.answer if self.answer[2] is not None else self.answer[:2]


def calls(marker):
    """Return one call for each way to make the file ``marker``, if anybody lets it run."""
    code = f"open({str(marker)!r}, 'w').close()"
    return {
        "eval": Call(eval, code),
        "exec": Call(exec, code),
        "os.system": Call(os.system, f"touch {marker}"),
        "loads in it": Call(pickle.loads, pickle.dumps(Call(eval, code))),
        "Path.touch": Call(Path.touch, Path(marker)),
        "subprocess": Call(subprocess.Popen, ["touch", str(marker)]),
        "open": Call(open, str(marker), "w"),
        "getattr": Call(getattr, Path, "touch"),
        "import": Call(__import__, "antigravity"),
        "remove": Call(shutil.rmtree, str(marker.parent)),
        "numpy.save": Call(np.save, str(marker), np.zeros(3)),
        "numpy.load": Call(np.load, str(marker)),
        "map": Call(map, eval, [code]),
    }


ARRAYS = {"X": np.zeros((4, 2, 2)), "y": np.arange(4) % 2}

PLACES = {
    "alone": lambda call: call,
    "in a dictionary": lambda call: {"X": ARRAYS["X"], "y": call},
    "after arrays": lambda call: {**ARRAYS, "more": call},
    "in a pair": lambda call: ((ARRAYS["X"], call), (ARRAYS["X"], ARRAYS["y"])),
    "deep within": lambda call: [[[[[call]]]]],
    "as an argument": lambda call: Call(dict, call),
    "as a state": lambda call: Call(dict, state=call),
    "as the values of an array": lambda call: np.array([call, 1], dtype=object),
}


@pytest.mark.parametrize("protocol", range(6))
@pytest.mark.parametrize("way", calls(Path("marker")))
def test_nothing_in_a_pickle_is_ever_run(tmp_path, way, protocol):
    marker = tmp_path / "marker"
    call = calls(marker)[way]
    for place, put in PLACES.items():
        content = pickle.dumps(put(call), protocol)
        for name, stored in (("a.pkl", content), ("a.pkl.gz", gzip.compress(content))):
            file = written(tmp_path / name, stored)
            message = refusal(file)
            assert str(file) in message, place
            assert "nothing is ever run" in message, place
            assert sorted(tmp_path.iterdir()) == [file], place
            file.unlink()


def test_the_pickles_above_would_run(tmp_path):
    """Else the test above could not fail."""
    marker = tmp_path / "marker"
    for way in ("eval", "exec", "os.system", "loads in it", "Path.touch"):
        for protocol in range(6):
            pickle.loads(pickle.dumps({**ARRAYS, "more": calls(marker)[way]}, protocol))
            assert marker.exists(), (way, protocol)
            marker.unlink()


def text(word):
    return b"X" + struct.pack("<I", len(word)) + word


ARRAY = b"\x8e" + struct.pack("<Q", 70_000) + bytes(70_000)
"""Bytes so long that the machine keeps them as an array."""

DTYPE = b"cnumpy\ndtype\n" + text(b"u1") + b"\x85R"
TOUCH = text(b"touch marker")

INSTRUCTIONS = {
    "INST": b"(S'touch marker'\nios\nsystem\n.",
    "INST after a mark": b"((S'touch marker'\nios\nsystem\n.",
    "GLOBAL": b"cos\nsystem\n(S'touch marker'\ntR.",
    "GLOBAL of Python 2": b"c__builtin__\neval\n(Vopen('marker', 'w')\ntR.",
    "OBJ": b"\x80\x02(cos\nsystem\n" + TOUCH + b"o.",
    "NEWOBJ": b"\x80\x02cos\nsystem\n" + TOUCH + b"\x85\x81.",
    "NEWOBJ_EX": b"\x80\x04cos\nsystem\n" + TOUCH + b"\x85}\x92.",
    "OBJ of an array": b"\x80\x02(cnumpy\nndarray\nJ\xff\xff\xff\x7fo.",
    "NEWOBJ of an array": b"\x80\x02cnumpy\nndarray\nJ\xff\xff\xff\x7f\x85\x81.",
    "EXT1": b"\x80\x02\x82\x01.",
    "EXT2": b"\x80\x02\x83\x01\x00.",
    "EXT4": b"\x80\x02\x84\x01\x00\x00\x00.",
    "PERSID": b"(cnumpy\nndarray\nPmarker\n.",
    "BINPERSID": b"\x80\x02" + TOUCH + b"Q.",
    "STACK_GLOBAL": b"\x80\x04\x8c\x02os\x8c\x06system\x93" + TOUCH + b"\x85R.",
    "dots in STACK_GLOBAL": b"\x80\x04\x8c\x05numpy\x8c\x0fdtype.__class__\x93.",
    "dots from numpy": b"\x80\x04\x8c\x05numpy\x8c\x0ef2py.os.system\x93" + TOUCH + b"\x85R.",
    "names that are numbers": b"\x80\x04K\x01K\x02\x93.",
    "names that are arrays": b"\x80\x04" + ARRAY + ARRAY + b"\x93.",
    "a call of a call": b"\x80\x02" + DTYPE + b")R.",
    "a call of text": b"\x80\x02" + text(b"os") + b")R.",
    "a call of an array": b"\x80\x05" + ARRAY + b")R.",
    "a state for a list": b"\x80\x02]}b.",
    "a state for a name": b"\x80\x02cnumpy\nndarray\n}" + text(b"a") + b"K\x01sb.",
    "a state for nothing": b"\x80\x05N" + ARRAY + b"b.",
    "attributes for a type": b"\x80\x02" + DTYPE + b"}" + text(b"a") + b"K\x01sb.",
    "a codec of one's own": b"\x80\x02c_codecs\nencode\n" + text(b"a") + text(b"zip") + b"\x86R.",
    "a codec that is an array": b"\x80\x05c_codecs\nencode\n" + ARRAY + ARRAY + b"\x86R.",
    "NEXT_BUFFER": b"\x80\x05\x97.",
    "READONLY_BUFFER": b"\x80\x05N\x98.",
    "an array as a key": b"\x80\x05}" + ARRAY + b"K\x01s.",
    "an array as a type": b"\x80\x05cnumpy\ndtype\n" + ARRAY + b"\x85R.",
    "an array as ndarray": b"\x80\x05cnumpy.core.multiarray\n_reconstruct\n" + ARRAY + b"\x85R.",
    "an array as a flag": b"\x80\x05cnumpy.core.multiarray\n_reconstruct\ncnumpy\nndarray\n\x85R"
    + b"(K\x01K\x02\x85"
    + DTYPE
    + ARRAY
    + b"C\x02abtb.",
    "an array as a shape": b"\x80\x05cnumpy.core.numeric\n_frombuffer\n("
    + ARRAY
    + DTYPE
    + ARRAY
    + b"\x8c\x01CtR.",
    "an array as an order": b"\x80\x05cnumpy.core.numeric\n_frombuffer\n("
    + ARRAY
    + DTYPE
    + b"M\x70\x11\x85"
    + ARRAY
    + b"tR.",
    "axes that are none": b"\x80\x05cnumpy.core.numeric\n_frombuffer\n("
    + ARRAY
    + DTYPE
    + b"M\x70\x11\x85\x8c\x01KK\x05\x85tR.",
}


@pytest.mark.parametrize("case", INSTRUCTIONS)
def test_no_instruction_reaches_beyond_data(tmp_path, monkeypatch, case):
    monkeypatch.chdir(tmp_path)
    file = written(tmp_path / "data.pkl", INSTRUCTIONS[case])
    message = refusal(file)
    assert message.startswith((f"{file}: the pickle has ", f"{file}: this pickle asks for "))
    assert " at byte " in message
    assert list(tmp_path.iterdir()) == [file]


def content(*pieces):
    return lambda folder: written(folder / "a.pkl", b"\x80\x04" + b"".join(pieces))


def packed(*pieces):
    return lambda folder: gz(folder / "a.pkl.gz", b"\x80\x04", *pieces)


def claiming(dtype, shape):
    """Return a pickle of (images, labels); the images claim this type and shape for 16 bytes."""
    sizes = b"".join(b"\x8a\x08" + struct.pack("<q", size) for size in shape)
    order = text(b"|" if dtype[-1:] == b"1" else b"<")
    images = (
        b"cnumpy.core.multiarray\n_reconstruct\ncnumpy\nndarray\nK\x00\x85C\x01b\x87R(K\x01("
        + sizes
        + b"tcnumpy\ndtype\n"
        + text(dtype)
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
        "LONG4 at byte 2, which claims a number of 2,147,483,647 bytes",
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
    "laughs as a shape": (
        content(b"cnumpy.core.numeric\n_frombuffer\n(C\x01a", DTYPE, NUMBER, TWICE * 1000, b"NtR."),
        "the shape of an array is no shape",
    ),
    "wide laughs": (
        content(wide_laughs()),
        f"its containers hold each other more than {STEPS:,} times",
    ),
    "a list in itself": (
        content(b"]q\x00(", b"h\x00" * 50_000, b"e."),
        f"its containers hold each other more than {STEPS:,} times",
    ),
    "instructions for ever": (packed(b"N0" * 100_000_000), TOO_MANY_STEPS),
    "marks for ever": (packed(b"(" * 100_000_000), TOO_MANY_STEPS),
    "places for ever": (packed(b"N" + b"\x94" * 100_000_000), TOO_MANY_STEPS),
    "one text made into bytes for ever": (
        packed(
            b"]c_codecs\nencode\nq\x01X" + struct.pack("<I", 50_000_000),
            50_000_000,
            b"q\x0200" + (b"h\x01h\x02" + text(b"latin1") + b"\x86Ra") * 1000 + b".",
        ),
        "by which it makes more bytes of a text than there are in it",
    ),
    "one short text made into bytes for ever": (
        content(
            b"]c_codecs\nencode\nq\x01" + text(b"a" * 2000) + b"q\x0200",
            (b"h\x01h\x02" + text(b"latin1") + b"\x86Ra") * 20_000 + b".",
        ),
        "by which it makes more bytes of a text than there are in it",
    ),
    "lines that a letter each makes large": (
        packed(b"](" + (b"V\\U0001f600" + b"a" * 65_000 + b"\n") * 2_000 + b"e."),
        NO_IMAGES,
    ),
    "texts of 64 kB that a letter each makes large": (
        packed(b"](" + text("\U0001f600".encode() + b"a" * 65_532) * 2_000 + b"e."),
        NO_IMAGES,
    ),
    "words for ever": (
        packed(b"](" + text("\U0001f600".encode() + b"a" * 2_000) * 50_000 + b"e."),
        "words of more than 16,777,216 bytes until here",
    ),
    "lines of words for ever": (
        packed(b"](" + (b"V\\U0001f600" + b"a" * 2_000 + b"\n") * 50_000 + b"e."),
        "words of more than 16,777,216 bytes until here",
    ),
    "text that one letter makes large": (
        packed(
            b"c_codecs\nencode\nX" + struct.pack("<I", 100_000_004),
            100_000_000,
            "\U0001f600".encode() + text(b"latin1") + b"\x86R.",
        ),
        "where the bytes of an array have letters beyond 255",
    ),
    "a million arrays": (
        content(b"]q\x00(", EMPTY_ARRAY % b"K\x00\x85", b"q\x01", b"h\x01" * (STEPS - 50), b"e."),
        "more than 1,000 arrays are in it",
    ),
    "a million names": (
        content(b"}(", b"".join(text(b"%d" % i) + NUMBER for i in range(STEPS // 2 - 10)), b"u."),
        NO_IMAGES,
    ),
    "a head that is a name at every place": (
        lambda f: written(f / "a.pkl", b"(" + b"c" * 100_000),
        "this is no data set of a known kind",
    ),
    "gzip in gzip": (
        lambda f: written(
            f / "a.gz", gzip.compress(gz(f / "b", b"\x80\x04", 2 * GIB).read_bytes())
        ),
        "this is no data set of a known kind",
    ),
}


@needs_fork
@pytest.mark.parametrize("case", HOSTILE)
def test_what_would_fill_memory_or_take_for_ever_is_refused_at_little_cost(tmp_path, case):
    make, words = HOSTILE[case]
    path = make(tmp_path)
    message = hostile.assert_refused(path, words)
    assert message.startswith(f"{path}: ")


AT_THE_CAP = {
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


@needs_fork
@pytest.mark.parametrize("case", AT_THE_CAP)
def test_what_might_be_honest_up_to_the_cap_takes_no_more_than_that(tmp_path, case):
    """It is told from a file of the cap's size by its last byte only."""
    make, words = AT_THE_CAP[case]
    most = limits.MAX_INFLATED_BYTES + hostile.MAX_EXTRA_BYTES
    hostile.assert_refused(make(tmp_path), words, seconds=5 * hostile.MAX_SECONDS, extra_bytes=most)


def test_names_that_steer_a_terminal_are_shown_as_escapes(tmp_path):
    name = "a\x1b[31m\nb"
    message = refusal(written(tmp_path / "b.pkl", pickle.dumps({name: ARRAYS["X"]}, 2)))
    assert message.isprintable()
    assert name not in message
    module = "os\x1b[31m"
    pickled = b"\x80\x04\x8c" + bytes([len(module)]) + module.encode() + b"\x8c\x06system\x93."
    assert refusal(written(tmp_path / "b.pkl", pickled)).isprintable()
