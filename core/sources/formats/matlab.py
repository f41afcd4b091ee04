"""Matlab's files as ``save`` writes them from version 5 on; those of version 7.3 are HDF5.

A file is elements: a type, a number of bytes, the bytes, to a multiple of 8; an array is an element
of elements, and may be deflated (https://www.mathworks.com/help/pdf_doc/matlab/matfile_format.pdf).
Read here, and not by ``scipy.io``: that one takes memory for what an element claims, and inflates
without end.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, NamedTuple, NoReturn

import numpy as np

from core.progress import Progress
from core.sources import limits
from core.sources.arrays.array_parts import read_parts
from core.sources.limits import check_at_most
from core.sources.pickles.format import leaves
from core.sources.pickles.notes import ArrayNote
from core.sources.streams import Stream, damaged, inflated, open_file

if TYPE_CHECKING:
    from collections.abc import Generator

    from core.sources.arrays.lazy_array import LazyArray
    from core.sources.parts import Head, Parts
    from core.sources.reading import ReadingConfig

EXPECTED = "a Matlab file (train_32x32.mat)"
MAGIC = b"MATLAB 5.0 MAT-file"
_HEADER_BYTES = 128
_BYTE_ORDERS = {b"IM": "<", b"MI": ">"}
_CODES = {1: "i1", 2: "u1", 3: "i2", 4: "u2", 5: "i4", 6: "u4", 7: "f4", 9: "f8", 12: "i8"} | {
    13: "u8"
}
_UTF8, _UTF16 = 16, 17
_MATRIX, _DEFLATED = 14, 15
_CELL, _STRUCT, _CHAR, _NUMBERS = 1, 2, 4, range(6, 16)
_COMPLEX, _LOGICAL = 0x0800, 0x0200
_MAX_DEPTH = 4
_MAX_NAME = 64
_MAX_TEXT = 1 << 16
_MAX_ELEMENTS = 10_000
"""Arrays within each other: those of EMNIST have 20."""


def recognises(head: Head) -> bool:
    """Whether it begins as one."""
    return head.content.startswith(MAGIC)


def read(head: Head, reading: ReadingConfig) -> Generator[Progress, None, Parts]:
    """Read the arrays of a file.

    Raises
    ------
    ArraysUnclear, DatasetError
        As :func:`core.sources.arrays.array_parts.read_parts`; naming the byte where it is damaged.
    """
    found = yield from arrays(head, reading)
    return (yield from read_parts(head.path.name, str(head.path), found, reading))


def arrays(head: Head, reading: ReadingConfig) -> Generator[Progress, None, list[LazyArray]]:
    """Return the arrays of a file, those in structures called by the way to them.

    Raises
    ------
    DatasetError
        If it is damaged, or holds more than may be held.
    """
    with open_file(head.path) as stream:
        order = _BYTE_ORDERS.get(stream.read(_HEADER_BYTES)[-2:])
        if order is None:
            raise damaged(head.path, "the header of a Matlab file does not say its byte order")
        content = yield from _File(stream, order).read()
    return (yield from leaves(str(head.path), content))


class _Tag(NamedTuple):
    kind: int
    n_bytes: int
    inside: bytes
    """Its bytes where there are four at most, else none."""


class _File:
    """The arrays of one file, and how much of it is held.

    Parameters
    ----------
    stream : behind the header
    order : the byte order, as NumPy writes it
    """

    def __init__(self, stream: Stream, order: str) -> None:
        self._stream, self._order = stream, order
        self._n_held = self._n_elements = 0

    def read(self) -> Generator[Progress, None, dict[str, Any]]:
        found: dict[str, Any] = {}
        while self._stream.peek():
            tag = self._tag(self._stream)
            if tag.kind == _DEFLATED:
                left = tag.n_bytes

                def part(n: int) -> bytes:
                    nonlocal left
                    piece = self._stream.read(min(n, left))
                    left -= len(piece)
                    return piece

                most = tag.n_bytes * 1032
                stream = Stream(self._stream.label, inflated(self._stream.label, part), most)
                name, value = yield from self._element(stream, self._tag(stream), 0)
                while left and part(1 << 16):  # checksum
                    pass
            else:
                name, value = yield from self._element(self._stream, tag, 0)
            if name:
                found[name] = value
        return found

    def _tag(self, stream: Stream) -> _Tag:
        raw = self._bytes(stream, 8)
        kind, n_bytes = (int(word) for word in np.frombuffer(raw, dtype=f"{self._order}u4"))
        if kind >> 16:
            if kind >> 16 > 4:
                self._damaged("an element of more bytes than it has room for")
            return _Tag(kind & 0xFFFF, kind >> 16, raw[4:])
        return _Tag(kind, n_bytes, b"")

    def _bytes(self, stream: Stream, n: int) -> bytes:
        raw = stream.read(n)
        if len(raw) < n:
            raise damaged(stream.label, f"cut short: it ends early, after {stream.tell():,} bytes")
        return raw

    def _damaged(self, what: str) -> NoReturn:
        at = f"before byte {self._stream.tell():,}"
        raise damaged(self._stream.label, f"{what}, {at}: this is no Matlab file of version 5 to 7")

    def _short(self, stream: Stream, most: int) -> tuple[_Tag, bytes]:
        """Read an element of a few bytes."""
        tag = self._tag(stream)
        if tag.inside:
            return tag, tag.inside[: tag.n_bytes]
        if tag.n_bytes > most:
            self._damaged(f"an element claims {tag.n_bytes:,} bytes; {most:,} are usual at most")
        return tag, self._bytes(stream, tag.n_bytes + -tag.n_bytes % 8)[: tag.n_bytes]

    def _integers(self, stream: Stream) -> list[int]:
        _, raw = self._short(stream, 4 * 32)
        if len(raw) % 4:
            self._damaged("sizes of other than four bytes")
        return [int(size) for size in np.frombuffer(raw, dtype=f"{self._order}i4")]

    def _element(
        self, stream: Stream, tag: _Tag, depth: int
    ) -> Generator[Progress, None, tuple[str, Any]]:
        """Read an array that begins here; its value is None where it is of no use."""
        self._n_elements += 1
        most = _MAX_ELEMENTS
        check_at_most(self._stream.label, self._n_elements, most, "arrays", limits.SMALLER)
        end = stream.tell() + tag.n_bytes
        if tag.kind != _MATRIX or not tag.n_bytes:
            yield from self._skipped(stream, end + -end % 8 if stream is self._stream else end)
            return "", None
        flags = self._integers(stream)
        sizes = self._integers(stream)
        _, raw = self._short(stream, _MAX_NAME)
        name = raw.decode("latin-1")
        if not flags or not sizes or min(sizes) < 0:
            self._damaged("an array has no size")
        kind = flags[0] & 0xFF
        value: Any = None
        if kind in _NUMBERS and not flags[0] & _COMPLEX:
            value = yield from self._numbers(stream, sizes, bool(flags[0] & _LOGICAL))
        elif kind == _CHAR and len(sizes) == 2 and sizes[0] == 1:
            value = self._text(stream)
        elif kind in (_CELL, _STRUCT) and depth < _MAX_DEPTH:
            value = yield from self._several(stream, kind, math.prod(sizes), depth)
        yield from self._skipped(stream, end)
        return name, value

    def _skipped(self, stream: Stream, end: int) -> Generator[Progress, None, None]:
        if stream.tell() > end:
            self._damaged("an array is longer than it says")
        while (left := end - stream.tell()) > 0:
            self._bytes(stream, min(left, 1 << 18))
            yield Progress(self._stream.tell(), 0, "bytes")

    def _numbers(
        self, stream: Stream, sizes: list[int], logical: bool
    ) -> Generator[Progress, None, ArrayNote]:
        tag = self._tag(stream)
        code = _CODES.get(tag.kind)
        if code is None:
            self._damaged(f"numbers of type {tag.kind}")
        dtype = np.dtype(f"{self._order}{code}")
        expected = math.prod(sizes) * dtype.itemsize
        if tag.n_bytes != expected:
            self._damaged(f"an array needs {expected:,} bytes and has {tag.n_bytes:,}")
        if tag.inside:
            content = np.frombuffer(tag.inside[: tag.n_bytes], dtype=np.uint8)
        else:
            self._n_held += tag.n_bytes
            most = min(limits.MAX_INFLATED_BYTES, self._n_held + stream.most - stream.tell())
            check_at_most(self._stream.label, self._n_held, most, "bytes", limits.SMALLER)
            content = np.empty(tag.n_bytes, dtype=np.uint8)
            if (yield from stream.fill(content)) < tag.n_bytes:
                raise damaged(stream.label, "cut short: the values of an array end early")
            stream.read(-tag.n_bytes % 8)
        written = "b1" if logical and code == "u1" else f"{self._order}{code}"
        return ArrayNote(tuple(sizes), written, order="F", content=content)

    def _text(self, stream: Stream) -> str:
        tag, raw = self._short(stream, _MAX_TEXT)
        codec = {4: "utf-16", _UTF16: "utf-16", _UTF8: "utf-8"}.get(tag.kind, "latin-1")
        ending = {"<": "-le", ">": "-be"}[self._order] if codec == "utf-16" else ""
        return raw.decode(codec + ending, "replace")

    def _several(
        self, stream: Stream, kind: int, n: int, depth: int
    ) -> Generator[Progress, None, Any]:
        """Read the entries of a cell, or the fields of one structure."""
        check_at_most(self._stream.label, n, _MAX_ELEMENTS, "entries", limits.SMALLER)
        fields = [""] * n
        if kind == _STRUCT:
            width = (self._integers(stream) or [0])[0]
            _, raw = self._short(stream, _MAX_ELEMENTS * _MAX_NAME)
            if not 0 < width <= _MAX_NAME or len(raw) % width or n != 1:
                return None
            pieces = [raw[i : i + width] for i in range(0, len(raw), width)]
            fields = [piece.partition(b"\0")[0].decode("latin-1") for piece in pieces]
        values = []
        for _ in fields:
            values.append((yield from self._element(stream, self._tag(stream), depth + 1))[1])
        return dict(zip(fields, values, strict=True)) if kind == _STRUCT else values
