"""Reading a pickle without running it: a machine that knows data, and nine names.

A pickle is a program. This machine executes the instructions that build numbers, words, lists,
tuples and dictionaries; where the program asks for something to be imported and called it gets a
stand-in from :mod:`core.sources.pickles.notes`, or the file is refused. Nothing is ever imported,
called or looked up for a file.

Instructions: the standard library's ``pickletools``, protocols 0 to 5.
"""

from __future__ import annotations

import codecs
import pickletools
import re
import struct
from typing import TYPE_CHECKING, Any, NoReturn

import numpy as np

from core.errors import DatasetError
from core.sources import limits
from core.sources.pickles.notes import (
    MAX_WORD,
    Callable_,
    LongText,
    build,
    call,
    known,
    text_of,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Generator

    from core.progress import Progress
    from core.sources.pickles.notes import Payload
    from core.sources.streams import Stream

_NAMES = {ord(code.code): code.name for code in pickletools.opcodes}
_SHORT_BYTES = 1 << 16
"""What is longer is kept as an array, not copied into a bytes object."""

_WORD_BYTES = 10 * MAX_WORD
"""Text of more bytes is no key and no name, and stays undecoded: one letter in it can make it four
times as large. Protocol 0 writes a letter with ten (``\\U0001f600``)."""

_MAX_WORDS_BYTES = 1 << 24
"""Of all words that are decoded: those of 100,000 keys of 160 letters."""

_MAX_LINE = 1000
"""Of a number or a name written in words."""

_MAX_TEXT = limits.MAX_ELEMENTS
"""Of the values of an array written as one line of text."""

_MAX_INTEGER_BYTES = 64
_ESCAPES = re.compile(rb"(?:[^\\]++|\\(?:[\\'\"nrt]|x[0-9a-fA-F]{2}))*+")
"""What Python 2 writes within quotes."""


class Machine:
    """Executes the instructions of one pickle.

    Parameters
    ----------
    stream : where the pickle begins
    """

    def __init__(self, stream: Stream) -> None:
        self._stream = stream
        self._stack: list[Any] = []
        self._marks: list[int] = []
        self._memo: dict[int, Any] = {}
        self._start = 0
        self._code = 0
        self._decoded = 0
        self._words = 0

    def run(self) -> Generator[Progress, None, Any]:
        """Return what the pickle holds, telling how many bytes of its long parts are read.

        Raises
        ------
        DatasetError
            If it is damaged, too long, or asks for anything but data and arrays.
        """
        for _ in range(limits.MAX_PICKLE_STEPS):
            self._start = self._stream.tell()
            code = self._stream.read(1)
            if not code:
                self._cut("the pickle")
            self._code = code[0]
            if code == b".":
                return self._pop()
            if code in _PAYLOADS:
                self._stack.append((yield from self._payload(*_PAYLOADS[code])))
            elif code in _STEPS:
                _STEPS[code](self)
            else:
                self._refuse("which is no instruction that data need")
        return self._refuse(
            f"and has more than {limits.MAX_PICKLE_STEPS:,} instructions until here; arrays need "
            "about a hundred. Store them by np.savez"
        )

    def _refuse(self, what: str) -> NoReturn:
        name = _NAMES.get(self._code, f"0x{self._code:02x}")
        raise DatasetError(
            f"{self._stream.label}: the pickle has {name} at byte {self._start}, {what}"
        )

    def _damaged(self) -> NoReturn:
        self._refuse("where it makes no sense; the file is damaged: copy or download it again")

    def _cut(self, what: str) -> NoReturn:
        raise DatasetError(
            f"{self._stream.label}: cut short: {what} ends early, after {self._stream.tell()} "
            "bytes; copy or download it again"
        )

    def _read(self, n: int) -> bytes:
        found = self._stream.read(n)
        if len(found) < n:
            self._cut(_NAMES[self._code])
        return found

    def _unpacked(self, form: str) -> Any:
        return struct.unpack(form, self._read(struct.calcsize(form)))[0]

    def _line(self, most: int = _MAX_LINE) -> bytes:
        return self._stream.read_line(most)

    def _word(self) -> str:
        return self._line().decode("utf-8", "replace")

    def _whole(self, word: bytes) -> int:
        try:
            return int(word)
        except ValueError:
            return self._damaged()

    def _payload(self, form: str, codec: str) -> Generator[Progress, None, Payload]:
        """Read bytes after their number; text if there is a ``codec``."""
        n = self._unpacked(form)
        if not 0 <= n <= self._stream.most - self._stream.tell():
            self._refuse(
                f"which claims {n:,} bytes; there are {self._stream.most:,} in all. The file is "
                "damaged or a trap: copy or download it again"
            )
        if codec and n <= _WORD_BYTES:
            return self._decoded_word(self._read(n), codec)
        if not codec and n <= _SHORT_BYTES:
            return self._read(n)
        content = np.empty(n, dtype=np.uint8)
        found = yield from self._stream.fill(content)
        if found < n:
            self._cut(_NAMES[self._code])
        return LongText(content, codec) if codec else content

    def _decoded_word(self, raw: bytes, codec: str) -> str:
        self._words += len(raw)
        if self._words > _MAX_WORDS_BYTES:
            self._refuse(
                f"and words of more than {_MAX_WORDS_BYTES:,} bytes until here; arrays need a few. "
                "Store them by np.savez"
            )
        try:
            return raw.decode(codec, "surrogatepass" if codec == "utf-8" else "strict")
        except ValueError:
            return self._damaged()

    def _quoted(self) -> Payload:
        """Read a string in quotes, as Python 2 writes it, up to the end of the line."""
        line = self._line(_MAX_TEXT)
        whole = len(line) >= 2 and line[0] == line[-1] and line[0] in b"'\""
        inside = memoryview(line)[1:-1]
        match = _ESCAPES.match(inside)
        # Checked here: Python's decoder warns of other escapes, and accepts them.
        if not whole or match is None or match.end() < len(inside):
            self._damaged()
        raw: bytes = codecs.escape_decode(inside)[0]
        return raw if len(raw) <= _SHORT_BYTES else np.frombuffer(raw, dtype=np.uint8)

    def _escaped(self) -> Payload:
        line = self._line(_MAX_TEXT)
        if len(line) <= _WORD_BYTES:
            return self._decoded_word(line, "raw-unicode-escape")
        return LongText(np.frombuffer(line, dtype=np.uint8), "raw-unicode-escape")

    def _integer_line(self) -> int:
        line = self._line()
        flags = {b"00": False, b"01": True}
        return flags[bytes(line)] if bytes(line) in flags else self._whole(line)

    def _float_line(self) -> float:
        try:
            return float(self._line())
        except ValueError:
            return self._damaged()

    def _long(self, form: str) -> int:
        n = self._unpacked(form)
        if not 0 <= n <= _MAX_INTEGER_BYTES:
            self._refuse(f"which claims a number of {n:,} bytes; no array needs such a one")
        return int.from_bytes(self._read(n), "little", signed=True)

    def _push(self, value: Any) -> None:
        self._stack.append(value)

    def _pop(self) -> Any:
        if len(self._stack) <= (self._marks[-1] if self._marks else 0):
            self._damaged()
        return self._stack.pop()

    def _top(self) -> Any:
        if not self._stack:
            self._damaged()
        return self._stack[-1]

    def _popped(self, n: int) -> tuple[Any, ...]:
        return tuple([self._pop() for _ in range(n)][::-1])

    def _mark(self) -> None:
        self._marks.append(len(self._stack))

    def _since_mark(self) -> list[Any]:
        if not self._marks:
            self._damaged()
        start = self._marks.pop()
        found = self._stack[start:]
        del self._stack[start:]
        return found

    def _discard(self) -> None:
        if self._marks and self._marks[-1] == len(self._stack):
            self._marks.pop()
        else:
            self._pop()

    def _put(self, index: int) -> None:
        self._memo[index] = self._top()  # a dictionary: no index, however large, costs more

    def _get(self, index: int) -> None:
        if index not in self._memo:
            self._damaged()
        self._stack.append(self._memo[index])

    def _extend(self, items: list[Any]) -> None:
        target = self._top()
        if type(target) is not list:
            self._damaged()
        target.extend(items)

    def _assign(self, items: list[Any]) -> None:
        target = self._top()
        if type(target) is not dict or len(items) % 2:
            self._damaged()
        for key, value in zip(items[::2], items[1::2], strict=True):
            word = self._key(key)
            if word in target:
                self._refuse(f"which says twice what {word!r} is; expected each key once")
            target[word] = value

    def _dictionary(self) -> None:
        items = self._since_mark()
        self._push({})
        self._assign(items)

    def _key(self, key: Any) -> str:
        # Nothing else: the hash of a deep tuple would exhaust the stack, that of a wide one time.
        if type(key) in (int, bool, float) or key is None:
            return str(key)
        word = text_of(key)
        return self._refuse("with a key that is neither word nor number") if word is None else word

    def _global(self, module: str, name: str) -> None:
        found = known(module, name)
        if found is None:
            raise DatasetError(
                f"{self._stream.label}: this pickle asks for {module[:60]}.{name[:60]} "
                f"({_NAMES[self._code]} at byte {self._start}); nothing is ever run, and it was "
                "not opened. Expected dictionaries, lists and tuples of NumPy arrays: store the "
                "arrays by np.savez"
            )
        self._push(found)

    def _stack_global(self) -> None:
        module, name = map(text_of, self._popped(2))
        if module is None or name is None:
            self._damaged()
        self._global(module, name)

    def _reduce(self) -> None:
        function, arguments = self._popped(2)
        if not isinstance(function, Callable_) or type(arguments) is not tuple:
            self._damaged()
        text = arguments[0] if arguments else None
        if isinstance(text, str | LongText):
            # Each is asked for once; a trap asks for one a thousand times.
            self._decoded += len(text if isinstance(text, str) else text.raw)
            if self._decoded > self._stream.tell():
                self._refuse("by which it makes more bytes of a text than there are in it")
        try:
            self._push(call(function, arguments))
        except DatasetError as error:
            self._refuse(f"where {error}; copy the file again, or store the arrays by np.savez")

    def _build(self) -> None:
        state = self._pop()
        try:
            build(self._top(), state)
        except DatasetError as error:
            self._refuse(f"where {error}; copy the file again, or store the arrays by np.savez")


_PAYLOADS: dict[bytes, tuple[str, str]] = {
    b"U": ("<B", ""),
    b"T": ("<i", ""),
    b"C": ("<B", ""),
    b"B": ("<I", ""),
    b"\x8e": ("<Q", ""),
    b"\x96": ("<Q", ""),
    b"\x8c": ("<B", "utf-8"),
    b"X": ("<I", "utf-8"),
    b"\x8d": ("<Q", "utf-8"),
}
"""Instruction -> how its length is written, and how its bytes are text."""

# What a machine does, written so that one line is one instruction.
_STEPS: dict[bytes, Callable[[Machine], None]] = {
    b"\x80": lambda m: _check_protocol(m, m._unpacked("<B")),
    b"\x95": lambda m: _ignore(m._unpacked("<Q")),  # FRAME: how far to read ahead
    b"N": lambda m: m._push(None),
    b"\x88": lambda m: m._push(True),
    b"\x89": lambda m: m._push(False),
    b"I": lambda m: m._push(m._integer_line()),
    b"L": lambda m: m._push(m._whole(m._line().removesuffix(b"L"))),
    b"F": lambda m: m._push(m._float_line()),
    b"K": lambda m: m._push(m._unpacked("<B")),
    b"M": lambda m: m._push(m._unpacked("<H")),
    b"J": lambda m: m._push(m._unpacked("<i")),
    b"\x8a": lambda m: m._push(m._long("<B")),
    b"\x8b": lambda m: m._push(m._long("<i")),
    b"G": lambda m: m._push(m._unpacked(">d")),
    b"S": lambda m: m._push(m._quoted()),
    b"V": lambda m: m._push(m._escaped()),
    b"(": lambda m: m._mark(),
    b"0": lambda m: m._discard(),
    b"1": lambda m: _ignore(m._since_mark()),
    b"2": lambda m: m._push(m._top()),
    b")": lambda m: m._push(()),
    b"\x85": lambda m: m._push(m._popped(1)),
    b"\x86": lambda m: m._push(m._popped(2)),
    b"\x87": lambda m: m._push(m._popped(3)),
    b"t": lambda m: m._push(tuple(m._since_mark())),
    b"]": lambda m: m._push([]),
    b"l": lambda m: m._push(m._since_mark()),
    b"a": lambda m: m._extend(list(m._popped(1))),
    b"e": lambda m: m._extend(m._since_mark()),
    b"}": lambda m: m._push({}),
    b"d": lambda m: m._dictionary(),
    b"s": lambda m: m._assign(list(m._popped(2))),
    b"u": lambda m: m._assign(m._since_mark()),
    b"p": lambda m: m._put(m._whole(m._line())),
    b"q": lambda m: m._put(m._unpacked("<B")),
    b"r": lambda m: m._put(m._unpacked("<I")),
    b"\x94": lambda m: m._put(len(m._memo)),
    b"g": lambda m: m._get(m._whole(m._line())),
    b"h": lambda m: m._get(m._unpacked("<B")),
    b"j": lambda m: m._get(m._unpacked("<I")),
    b"c": lambda m: m._global(m._word(), m._word()),
    b"\x93": lambda m: m._stack_global(),
    b"R": lambda m: m._reduce(),
    b"b": lambda m: m._build(),
}


def _check_protocol(machine: Machine, protocol: int) -> None:
    if protocol > 5:
        machine._refuse(f"of protocol {protocol}; expected 0 to 5")


def _ignore(_: object) -> None:
    """Do nothing with what was read."""
