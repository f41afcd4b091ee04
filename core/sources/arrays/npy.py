"""One array in NumPy's own form: a magic, a header in words, the values.

Format: https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html. The header is a
Python dictionary in words; here it is matched, never evaluated. ``numpy.lib.format`` evaluates it:
a thousand headers of records, as an archive may have, take it 5 s, in the words of Python 2 19 s;
and of a header that claims 1 GB it reads all before it looks at the length.
"""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from core.errors import DatasetError
from core.sources import limits
from core.sources.arrays.array_parts import LazyArray, plain_dtype, typed
from core.sources.arrays.roles import ArrayInfo
from core.sources.limits import check_at_most
from core.sources.streams import damaged

if TYPE_CHECKING:
    from collections.abc import Generator

    from numpy.typing import NDArray

    from core.progress import Progress
    from core.sources.streams import Blob, Stream

MAGIC = b"\x93NUMPY"
_LENGTH_BYTES = {1: 2, 2: 4, 3: 4}
"""Format version -> how many bytes say how long the header is."""

_ITEM = re.compile(
    r"""\s*(['"])(?P<key>descr|fortran_order|shape)\1\s*:\s*
    (?P<value>'[^'\\]{1,40}' | "[^"\\]{1,40}" | \[[^{}]*\] | True | False | \([\d,\sL]*\))
    \s*(?:,|$)\s*""",
    re.VERBOSE,
)
_SHAPE = re.compile(r"\(\s*((?:[0-9]{1,20}L?\s*(?:,\s*|(?=\))))*)\)")
"""NumPy's own sizes have 19 digits at most; Python 2 wrote an L behind them."""

_MAX_DIMENSIONS = 32


class Header(NamedTuple):
    """What stands before the values.

    Attributes
    ----------
    code : the type as NumPy writes it
    shape : of the array
    order : ``C`` or ``F``, the last or the first axis running fastest
    """

    code: str
    shape: tuple[int, ...]
    order: str


def lazy_npy(name: str, blob: Blob) -> LazyArray:
    """Return the array in ``blob`` under that name, of which the header alone has been read.

    Raises
    ------
    DatasetError
        If the header is damaged, cut or too long.
    """
    with blob.open() as stream:
        header = read_header(stream)
    dtype = plain_dtype(header.code)
    word = "object" if "O" in header.code else f"type {header.code[:40]}"
    info = ArrayInfo(name, header.shape, word if dtype is None else str(dtype))

    def load() -> Generator[Progress, None, NDArray[Any]]:
        with blob.open() as stream:
            return (yield from _read_values(stream, read_header(stream)))

    def load_first(n: int) -> Generator[Progress, None, NDArray[Any]]:
        with blob.open() as stream:
            return (yield from _read_first(stream, read_header(stream), n))

    return LazyArray(info, load, load_first=load_first if header.order == "C" else None)


def read_header(stream: Stream) -> Header:
    """Read up to where the values begin.

    Raises
    ------
    DatasetError
        Naming the file and what is wrong with the header.
    """
    magic, version = stream.read(len(MAGIC)), stream.read(2)
    if magic != MAGIC:
        what = "this is no npy array, which begins with the byte 93 and 'NUMPY'"
        raise damaged(stream.label, what)
    n_length = _LENGTH_BYTES.get(version[0] if version else 1)
    if n_length is None:
        raise DatasetError(
            f"{stream.label}: npy version {version[0]}; expected 1, 2 or 3, as np.save writes"
        )
    n_bytes = int.from_bytes(stream.read(n_length), "little")
    most, usual = limits.MAX_HEADER_BYTES, "NumPy writes about a hundred"
    check_at_most(stream.label, n_bytes, most, "bytes of the header", usual)
    raw = stream.read(n_bytes)
    if not raw or len(raw) < n_bytes:
        raise damaged(stream.label, f"cut short at byte {stream.tell()}, within the header")
    text = raw.decode("utf-8", "replace").strip()
    header = _parsed(text)
    if header is None:
        raise DatasetError(
            f"{stream.label}: the header reads {text[:100]!r}; expected one like {{'descr': "
            "'|u1', 'fortran_order': False, 'shape': (60000, 28, 28), }. Copy or download it again"
        )
    return header


def _parsed(text: str) -> Header | None:
    """Return what the header says; None where it is anything but the three entries."""
    found: dict[str, str] = {}
    at, end = 1, len(text) - 1
    while at < end and (item := _ITEM.match(text, at, end)) and item["key"] not in found:
        found[item["key"]] = item["value"]
        at = item.end()
    shape = _SHAPE.fullmatch(found.get("shape", ""))
    order = {"False": "C", "True": "F"}.get(found.get("fortran_order", ""))
    code = found.get("descr", "T")
    if text[:1] + text[-1:] != "{}" or at != end or not shape or not order or code[0] in "TF(":
        return None
    sizes = [int(size) for size in re.findall("[0-9]+", shape[1])]
    return Header(code.strip("'\""), tuple(sizes), order) if len(sizes) <= _MAX_DIMENSIONS else None


def _read_values(stream: Stream, header: Header) -> Generator[Progress, None, NDArray[Any]]:
    dtype = plain_dtype(header.code)
    if dtype is None:
        raise DatasetError(
            f"{stream.label}: values of type {header.code[:40]!r} are never read; expected whole "
            "numbers, floats or words"
        )
    what = f"{' x '.join(map(str, header.shape))} values of type {dtype}"
    content = yield from stream.values(math.prod(header.shape) * dtype.itemsize, what)
    return typed(stream.label, content, dtype, header.shape, header.order)


def _read_first(stream: Stream, header: Header, n: int) -> Generator[Progress, None, NDArray[Any]]:
    shape, dtype = (n, *header.shape[1:]), np.dtype(header.code)
    content = np.empty(math.prod(shape) * dtype.itemsize, dtype=np.uint8)
    if (done := (yield from stream.fill(content))) < len(content):
        raise damaged(stream.label, f"cut short: {len(content):,} bytes are needed, of {done:,}")
    return typed(stream.label, content, dtype, shape, header.order)
