"""Inflating what zlib deflated, a piece at a time, to exactly the end and nothing after it."""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING

from core.errors import DatasetError

if TYPE_CHECKING:
    from collections.abc import Callable

GZIP_MAGIC = b"\x1f\x8b"

MOST_PER_BYTE = 1032
"""What a deflated byte can become at most: 258 bytes from two bits (https://zlib.net)."""

_GZIP = zlib.MAX_WBITS | 16
_RAW = -zlib.MAX_WBITS
_INPUT_BYTES = 1 << 16
"""Deflated bytes held at a time; zlib copies what is left of them at every call."""


class Inflater:
    """The content of one deflated stream, given out in pieces.

    Parameters
    ----------
    label : how errors name what is inflated
    read : returns at most so many of the next deflated bytes, nothing at their end
    raw : whether the stream has no gzip header and no checksum, as in a zip archive
    """

    def __init__(self, label: str, read: Callable[[int], bytes], *, raw: bool = False) -> None:
        self._label = label
        self._read = read
        self._what = "compressed data" if raw else "gzip stream"
        self._zlib = zlib.decompressobj(wbits=_RAW if raw else _GZIP)
        self._given = 0

    def read(self, n: int) -> bytes:
        """Return some of the next bytes, ``n`` at most; nothing at the end.

        Raises
        ------
        DatasetError
            If the stream is damaged, ends early or is followed by more data.
        """
        while not self._zlib.eof:
            block = self._zlib.unconsumed_tail or self._read(_INPUT_BYTES)
            try:
                # Called without input too: zlib may still hold back what did not fit before.
                piece = self._zlib.decompress(block, n)
            except zlib.error as error:
                raise DatasetError(
                    f"{self._label}: the {self._what} is damaged after {self._given} bytes "
                    f"({error}); copy or download it again"
                ) from error
            if piece:
                self._given += len(piece)
                return piece
            if not block and not self._zlib.eof:
                raise DatasetError(
                    f"{self._label}: the {self._what} ends early, after {self._given} bytes of "
                    "content; copy or download it again"
                )
        if self._zlib.unused_data or self._read(1):
            raise DatasetError(
                f"{self._label}: there is more data after the end of the {self._what}; unpack it "
                "and open what is inside, or download it again"
            )
        return b""
