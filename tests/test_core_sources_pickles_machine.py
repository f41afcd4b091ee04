"""Pickles made to run code: nothing in them is ever run."""

from __future__ import annotations

import gzip
import os
import pickle
import shutil
import struct
import subprocess
from pathlib import Path

import numpy as np
import pytest
from hostile_files import PICKLED_DTYPE, pickled_text, written

from core.errors import DatasetError
from core.sources import open_dataset


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


ARRAY = b"\x8e" + struct.pack("<Q", 70_000) + bytes(70_000)
"""Bytes so long that the machine keeps them as an array."""


TOUCH = pickled_text(b"touch marker")


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
    "a call of a call": b"\x80\x02" + PICKLED_DTYPE + b")R.",
    "a call of text": b"\x80\x02" + pickled_text(b"os") + b")R.",
    "a call of an array": b"\x80\x05" + ARRAY + b")R.",
    "a state for a list": b"\x80\x02]}b.",
    "a state for a name": b"\x80\x02cnumpy\nndarray\n}" + pickled_text(b"a") + b"K\x01sb.",
    "a state for nothing": b"\x80\x05N" + ARRAY + b"b.",
    "attributes for a type": b"\x80\x02" + PICKLED_DTYPE + b"}" + pickled_text(b"a") + b"K\x01sb.",
    "a codec of one's own": b"\x80\x02c_codecs\nencode\n"
    + pickled_text(b"a")
    + pickled_text(b"zip")
    + b"\x86R.",
    "a codec that is an array": b"\x80\x05c_codecs\nencode\n" + ARRAY + ARRAY + b"\x86R.",
    "NEXT_BUFFER": b"\x80\x05\x97.",
    "READONLY_BUFFER": b"\x80\x05N\x98.",
    "an array as a key": b"\x80\x05}" + ARRAY + b"K\x01s.",
    "an array as a type": b"\x80\x05cnumpy\ndtype\n" + ARRAY + b"\x85R.",
    "an array as ndarray": b"\x80\x05cnumpy.core.multiarray\n_reconstruct\n" + ARRAY + b"\x85R.",
    "an array as a flag": b"\x80\x05cnumpy.core.multiarray\n_reconstruct\ncnumpy\nndarray\n\x85R"
    + b"(K\x01K\x02\x85"
    + PICKLED_DTYPE
    + ARRAY
    + b"C\x02abtb.",
    "an array as a shape": b"\x80\x05cnumpy.core.numeric\n_frombuffer\n("
    + ARRAY
    + PICKLED_DTYPE
    + ARRAY
    + b"\x8c\x01CtR.",
    "an array as an order": b"\x80\x05cnumpy.core.numeric\n_frombuffer\n("
    + ARRAY
    + PICKLED_DTYPE
    + b"M\x70\x11\x85"
    + ARRAY
    + b"tR.",
    "axes that are none": b"\x80\x05cnumpy.core.numeric\n_frombuffer\n("
    + ARRAY
    + PICKLED_DTYPE
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


def test_names_that_steer_a_terminal_are_shown_as_escapes(tmp_path):
    name = "a\x1b[31m\nb"
    message = refusal(written(tmp_path / "b.pkl", pickle.dumps({name: ARRAYS["X"]}, 2)))
    assert message.isprintable()
    assert name not in message
    module = "os\x1b[31m"
    pickled = b"\x80\x04\x8c" + bytes([len(module)]) + module.encode() + b"\x8c\x06system\x93."
    assert refusal(written(tmp_path / "b.pkl", pickled)).isprintable()
