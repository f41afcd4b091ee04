"""One array in NumPy's own form: a magic, a header in words, the values.

Format: https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html. The header is a
Python dictionary in words; here it is matched, never evaluated.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from core.errors import DatasetError
from core.sources import limits
from core.sources.arrays.array_parts import LazyArray, plain_dtype, typed
from core.sources.arrays.roles import ArrayInfo

if TYPE_CHECKING:
    from collections.abc import Generator

    from numpy.typing import NDArray

    from core.progress import Progress
    from core.sources.streams import Blob, Stream

MAGIC = b"\x93NUMPY"
_LENGTH_BYTES = {1: 2, 2: 4, 3: 4}
"""Format version -> how many bytes say how long the header is."""

_ITEM = re.compile(
    r"""\s*(?P<quote>['"])(?P<key>descr|fortran_order|shape)(?P=quote)\s*:\s*
    (?:'(?P<descr>[^'\\]{1,40})' | "(?P<descr2>[^"\\]{1,40})" | (?P<record>\[[^{}]*\])
      | (?P<order>True|False) | \((?P<shape>[\d,\sL]*)\))\s*(?:,|$)""",
    re.VERBOSE,
)
_MAX_DIMENSIONS = 32
_MAX_DIGITS = 20
"""Of one number of the shape; NumPy's own sizes have 19."""


@dataclass(frozen=True, slots=True)
class Header:
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

    return LazyArray(info, load)


def read_header(stream: Stream) -> Header:
    """Read up to where the values begin.

    Raises
    ------
    DatasetError
        Naming the file and what is wrong with the header.
    """
    magic, version = stream.read(len(MAGIC)), stream.read(2)
    if magic != MAGIC:
        raise DatasetError(
            f"{stream.label}: this is no npy array, which begins with the byte 93 and 'NUMPY'; "
            "copy or download it again"
        )
    n_length = _LENGTH_BYTES.get(version[0] if version else 1)
    if n_length is None:
        raise DatasetError(
            f"{stream.label}: npy version {version[0]}; expected 1, 2 or 3, as np.save writes"
        )
    n_bytes = int.from_bytes(stream.read(n_length), "little")
    if n_bytes > limits.MAX_HEADER_BYTES:
        raise DatasetError(
            f"{stream.label}: the header at byte {stream.position} claims {n_bytes:,} bytes, more "
            f"than the {limits.MAX_HEADER_BYTES:,} accepted; NumPy writes about a hundred"
        )
    raw = stream.read(n_bytes)
    if not raw or len(raw) < n_bytes:
        raise DatasetError(
            f"{stream.label}: cut short at byte {stream.position}, within the header; copy or "
            "download it again"
        )
    return _parsed(stream.label, raw.decode("utf-8", "replace"))


def _parsed(label: str, text: str) -> Header:
    found = _items(text.strip())
    sizes = [size.strip().rstrip("L") for size in found.get("shape", "").split(",")]
    sizes = sizes[:-1] if sizes[-1] == "" else sizes
    whole = set(found) == {"descr", "fortran_order", "shape"} and all(
        size.isdecimal() and len(size) <= _MAX_DIGITS for size in sizes
    )
    if not whole or len(sizes) > _MAX_DIMENSIONS:
        raise DatasetError(
            f"{label}: the header reads {text.strip()[:100]!r}; expected one like {{'descr': "
            "'|u1', 'fortran_order': False, 'shape': (60000, 28, 28), }. Copy or download it again"
        )
    order = "F" if found["fortran_order"] == "True" else "C"
    return Header(found["descr"], tuple(map(int, sizes)), order)


def _items(text: str) -> dict[str, str]:
    """Return the three entries of the header as written; fewer where it is anything else."""
    if not (text.startswith("{") and text.endswith("}")):
        return {}
    text = text[1:-1].rstrip()
    found: dict[str, str] = {}
    groups = {"descr": ("descr", "descr2", "record"), "fortran_order": ("order",)}
    at = 0
    while at < len(text):
        item = _ITEM.match(text, at)
        if item is None or item["key"] in found:
            return {}
        values = [item[group] for group in groups.get(item["key"], ("shape",))]
        value = next((value for value in values if value is not None), None)
        if value is None:
            return {}
        found[item["key"]] = value
        at = item.end()
    return found


def _read_values(stream: Stream, header: Header) -> Generator[Progress, None, NDArray[Any]]:
    dtype = plain_dtype(header.code)
    if dtype is None:
        raise DatasetError(
            f"{stream.label}: values of type {header.code[:40]!r} are never read; expected whole "
            "numbers, floats or words"
        )
    n_bytes = math.prod(header.shape) * dtype.itemsize
    expected = stream.position + n_bytes
    promise = (
        f"the header promises {expected} bytes ({' x '.join(map(str, header.shape))} values of "
        f"type {dtype})"
    )
    if n_bytes > limits.MAX_INFLATED_BYTES:
        raise DatasetError(
            f"{stream.label}: {promise}, more than the {limits.MAX_INFLATED_BYTES:,} accepted"
        )
    if expected > stream.most:
        raise DatasetError(
            f"{stream.label}: cut short: {promise}, there are {stream.most} at most; copy or "
            "download it again"
        )
    content = np.empty(n_bytes, dtype=np.uint8)
    yield from stream.fill(content)
    state = "too long" if stream.position == expected and stream.read(1) else "cut short"
    if state == "too long" or stream.position < expected:
        raise DatasetError(
            f"{stream.label}: {state}: {promise}, there are "
            f"{'more' if state == 'too long' else stream.position}; copy or download it again"
        )
    return typed(stream.label, content, dtype, header.shape, header.order)
