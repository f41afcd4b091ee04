"""What the instructions of a pickle are followed by: numbers, words and bytes, each bounded."""

from __future__ import annotations

import codecs
import io
import pickletools
import re
import struct
from typing import TYPE_CHECKING, Any, NoReturn

import numpy as np

from core.errors import DatasetError
from core.progress import Progress
from core.sources import limits
from core.sources.pickles.notes import MAX_WORD, LongText
from core.sources.streams import damaged

if TYPE_CHECKING:
    from collections.abc import Generator

    from core.sources.pickles.notes import Payload
    from core.sources.streams import Stream

OPCODES = {opcode.code.encode("latin-1"): opcode for opcode in pickletools.opcodes}
LENGTHS = {
    pickletools.TAKEN_FROM_ARGUMENT1: "<B",
    pickletools.TAKEN_FROM_ARGUMENT4: "<i",
    pickletools.TAKEN_FROM_ARGUMENT4U: "<I",
    pickletools.TAKEN_FROM_ARGUMENT8U: "<Q",
}
"""How the number of bytes is written that follow."""

_SHORT_BYTES = 1 << 16
"""What is longer is kept as an array, not copied into a bytes object."""

_WORD_BYTES = 10 * MAX_WORD
"""Text of more bytes is no key and no name, and stays undecoded: one letter in it can make it four
times as large. Protocol 0 writes a letter with ten (``\\U0001f600``)."""

_MAX_WORDS_BYTES = 1 << 24
"""Of all words and numbers that are decoded: those of 100,000 keys of 160 letters."""

_MAX_LINE = 1000
"""Of a number written in words."""

_MAX_TEXT = limits.MAX_ELEMENTS
"""Of the values of an array written as one line of text."""

_PIECE_BYTES = 1 << 18
"""Of a long text, until it is told how far it is."""

_ESCAPES = re.compile(rb"(?:[^\\]++|\\(?:[\\'\"nrt]|x[0-9a-fA-F]{2}))*+")
"""What Python 2 writes within quotes."""


class Arguments:
    """Reads what follows an instruction, and names the instruction where that is wrong.

    Parameters
    ----------
    stream : where the pickle begins
    """

    def __init__(self, stream: Stream) -> None:
        self._stream = stream
        self._start = 0
        self._code = b""
        self._n_decoded = 0

    def _refuse(self, what: str) -> NoReturn:
        raise DatasetError(
            f"{self._stream.label}: the pickle has {self._name()} at byte {self._start}, {what}"
        )

    def _name(self) -> str:
        opcode = OPCODES.get(self._code)
        return f"0x{self._code.hex()}" if opcode is None else opcode.name

    def _damaged(self) -> NoReturn:
        self._refuse("where it makes no sense; the file is damaged: copy or download it again")

    def _cut(self, what: str) -> NoReturn:
        after = f"after {self._stream.tell()} bytes"
        raise damaged(self._stream.label, f"cut short: {what} ends early, {after}")

    def _argument(self, argument: pickletools.ArgumentDescriptor) -> Any:
        """Read a number that belongs to an instruction."""
        in_words = argument.n == pickletools.UP_TO_NEWLINE
        line = self._stream.read_line(_MAX_LINE) + b"\n" if in_words else b""
        try:
            found = argument.reader(io.BytesIO(line) if in_words else self._stream)
            self._count_decoded(self._stream.tell() - self._start)
            return found
        except ValueError:
            return self._damaged() if in_words else self._cut(self._name())

    def _read(self, n: int) -> bytes:
        found = self._stream.read(n)
        return found if len(found) == n else self._cut(self._name())

    def _payload(self, form: str, codec: str) -> Generator[Progress, None, Payload]:
        """Read bytes after their number; text if there is a ``codec``."""
        (n,) = struct.unpack(form, self._read(struct.calcsize(form)))
        if not 0 <= n <= self._stream.most - self._stream.tell():
            self._refuse(
                f"which claims {n:,} bytes; there are {self._stream.most:,} in all. The file is "
                "damaged or a trap: copy or download it again"
            )
        if n <= (_WORD_BYTES if codec else _SHORT_BYTES):
            raw = self._read(n)
            return self._word(raw, codec) if codec else raw
        content = np.empty(n, dtype=np.uint8)
        if (yield from self._stream.fill(content)) < n:
            self._cut(self._name())
        return LongText(content, codec) if codec else content

    def _word(self, raw: bytes, codec: str) -> str:
        self._count_decoded(len(raw))
        try:
            return raw.decode(codec, "surrogatepass" if codec == "utf-8" else "strict")
        except ValueError:
            return self._damaged()

    def _count_decoded(self, n_bytes: int) -> None:
        self._n_decoded += n_bytes
        if self._n_decoded > _MAX_WORDS_BYTES:
            self._refuse(
                f"and words and numbers of more than {_MAX_WORDS_BYTES:,} bytes until here; arrays "
                "need a few. Store them by np.savez"
            )

    def _quoted(self) -> Generator[Progress, None, Payload]:
        """Read a string in quotes, as Python 2 writes it, up to the end of the line."""
        line = yield from self._stream.long_line(_MAX_TEXT)
        at, end, done = 1, len(line) - 1, 0
        if end < 1 or line[0] != line[-1] or line[0] not in b"'\"":
            self._damaged()
        while at < end:
            # Checked here: Python's decoder warns of other escapes, and accepts them. What it makes
            # of a piece is never longer, and takes the place of what has been read.
            match = _ESCAPES.match(line, at, min(at + _PIECE_BYTES, end))
            if match is None or match.end() == at:
                self._damaged()
            raw: bytes = codecs.escape_decode(match[0])[0]
            line[done : done + len(raw)] = raw
            at, done = match.end(), done + len(raw)
            yield Progress(self._stream.tell(), 0, "bytes")
        del line[done:]
        return bytes(line) if done <= _SHORT_BYTES else np.frombuffer(line, dtype=np.uint8)

    def _escaped(self) -> Generator[Progress, None, Payload]:
        line = yield from self._stream.long_line(_MAX_TEXT)
        if len(line) <= _WORD_BYTES:
            return self._word(bytes(line), "raw-unicode-escape")
        return LongText(np.frombuffer(line, dtype=np.uint8), "raw-unicode-escape")
