"""Netpbm's pictures, PBM, PGM and PPM, plain or not (https://netpbm.sourceforge.net/doc/pnm.html).

Pillow reads the plain ones, and those whose white is not 255, in Python and value by value.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import numpy as np

from core.sources import limits
from core.sources.limits import check_at_most
from core.sources.pictures.essentials import check_pieces
from core.sources.streams import damaged

if TYPE_CHECKING:
    from numpy.typing import NDArray

_TOKEN = re.compile(rb"(?:\s|#[^\r\n]*+[\r\n])*+([0-9]{1,10})")
_COMMENT = re.compile(rb"#[^\r\n]*+")
_HEADER_BYTES = 4096
_BITS, _GREY, _COLOURS, _PLAIN = b"14", b"25", b"36", b"123"


def read_pnm(label: str, content: bytes) -> NDArray[np.uint8]:
    """Return the picture, (height, width) or (height, width, 3); 255 is white.

    Raises
    ------
    DatasetError
        If it is damaged or too large.
    """
    kind = content[1:2]
    at, numbers = 2, []
    for _ in range(2 if kind in _BITS else 3):
        match = _TOKEN.match(content, at, _HEADER_BYTES)
        if match is None:
            raise damaged(label, "the header of this PNM picture is damaged")
        numbers.append(int(match[1]))
        at = match.end()
    width, height, white = numbers if len(numbers) == 3 else (*numbers, 1)
    if not (width and height and 1 <= white <= 65535):
        raise damaged(label, f"a PNM picture of {width} x {height} pixels up to {white}")
    n_values = width * height * (3 if kind in _COLOURS else 1)
    most = limits.MAX_PLAIN_VALUES if kind in _PLAIN else limits.MAX_PICTURE_PIXELS
    what = f"values of one picture, {width:,} x {height:,},"
    check_at_most(label, n_values, most, what, "make it smaller")
    values: NDArray[Any]
    if kind in _PLAIN:
        check_pieces(label, content.count(b"#"))
        values = _plain(content[at:], n_values, bits=kind in _BITS)
    elif kind in _BITS:
        rows = np.frombuffer(content, np.uint8, offset=min(at + 1, len(content)))
        n_bytes = -(-width // 8)
        rows = rows[: height * n_bytes]
        values = rows
        if len(rows) == height * n_bytes:
            values = np.unpackbits(rows.reshape(height, n_bytes), axis=1)[:, :width].reshape(-1)
    else:
        dtype = np.dtype(">u2" if white > 255 else np.uint8)
        n_there = max(len(content) - at - 1, 0) // dtype.itemsize
        values = np.frombuffer(content, dtype, min(n_values, n_there), min(at + 1, len(content)))
    if len(values) < n_values:
        raise damaged(label, f"cut short: the header promises {n_values:,} values")
    if kind in _BITS:
        grey = np.where(values > 0, np.uint8(0), np.uint8(255))
    elif white == 255 and values.dtype == np.uint8:
        grey = values
    else:
        scaled = np.minimum(values, white) * np.float32(255 / white)
        grey = np.rint(scaled, out=scaled).astype(np.uint8)
    return grey.reshape((height, width, 3) if kind in _COLOURS else (height, width))


def _plain(content: bytes, n: int, *, bits: bool) -> NDArray[np.int64]:
    """Return the first values written in words, or fewer where something else stands there."""
    content = _COMMENT.sub(b"", content)
    if bits:
        joined = np.frombuffer(content.translate(None, b" \t\n\r\v\f"), np.uint8)[:n]
        are_bits = ((joined == ord("0")) | (joined == ord("1"))).all()
        return joined[: n if are_bits else 0].astype(np.int64) - ord("0")
    words = content.split(None, n)[:n]
    if not words or not all(len(word) <= 5 and word.isdigit() for word in words):
        return np.zeros(0, dtype=np.int64)
    return np.array(words, dtype="S5").astype(np.int64)
