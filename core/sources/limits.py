"""How much a file may ask for, each bound with its reason."""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING

from core.errors import DatasetError

if TYPE_CHECKING:
    from pathlib import Path

MAX_FILE_BYTES = 600 * 1024**2
"""Larger than every classroom set as it is shipped (EMNIST's archive has 562 MB)."""

MAX_INFLATED_BYTES = 1024**3
"""What a file may become in memory: 1.3 million images of 28 x 28."""

MAX_IMAGE_SIDE = 128
"""Weights grow with the square of it, and the atlas shows nothing more beyond."""

MAX_CLASSES = 100
"""A column per class must still be visible in the window."""

_READ_BYTES = 1 << 20
GZIP_MAGIC = b"\x1f\x8b"


def read_bytes(path: Path) -> bytearray:
    """Return the content of a plain or gzip file, inflated, within the bounds.

    Raises
    ------
    DatasetError
        If the file is empty, too large, or its gzip stream is damaged, cut or followed by more.
    OSError
        If the file cannot be read.
    """
    size = path.stat().st_size
    if size > MAX_FILE_BYTES:
        raise DatasetError(
            f"{path}: {size / 1e6:.0f} MB is more than the {MAX_FILE_BYTES / 1e6:.0f} MB accepted"
        )
    with path.open("rb") as file:
        first = file.read(2)
        if not first:
            raise DatasetError(f"{path}: the file is empty; copy or download it again")
        if first != GZIP_MAGIC:
            return bytearray(first + file.read(MAX_FILE_BYTES))
        inflater = zlib.decompressobj(wbits=zlib.MAX_WBITS | 16)
        content = bytearray()
        block = first + file.read(_READ_BYTES)
        while block and not inflater.eof:
            try:
                content += inflater.decompress(block, MAX_INFLATED_BYTES - len(content) + 1)
            except zlib.error as error:
                raise DatasetError(
                    f"{path}: the gzip stream is damaged after {len(content)} bytes ({error}); "
                    "copy or download it again"
                ) from error
            if len(content) > MAX_INFLATED_BYTES:
                raise DatasetError(
                    f"{path}: inflates to more than the {MAX_INFLATED_BYTES / 1e6:.0f} MB accepted"
                )
            block = file.read(_READ_BYTES)
        if not inflater.eof:
            raise DatasetError(
                f"{path}: the gzip stream ends early, after {len(content)} bytes of content; "
                "copy or download it again"
            )
        if inflater.unused_data or block:
            raise DatasetError(f"{path}: there is more data after the end of the gzip stream")
    return content


def read_head(path: Path, n_bytes: int) -> bytes:
    """Return the first bytes of a plain or gzip file's content, fewer if there are not as many."""
    with path.open("rb") as file:
        raw = file.read(4096)
    if raw[:2] != GZIP_MAGIC:
        return raw[:n_bytes]
    try:
        return zlib.decompressobj(wbits=zlib.MAX_WBITS | 16).decompress(raw, n_bytes)
    except zlib.error:
        return b""
