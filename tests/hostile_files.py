"""Writes files that lie: large ones in little time, and headers that claim what is not there."""

from __future__ import annotations

import functools
import io
import struct
import zlib
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

GIB = 1024**3
_BLOCK = 1 << 24

Piece = bytes | int
"""Bytes, or a number of zero bytes."""


def written(path: Path, content: bytes) -> Path:
    """Write ``content``."""
    path.write_bytes(content)
    return path


@functools.cache
def _zeros(n: int) -> bytes:
    packer = zlib.compressobj(9, wbits=-15)
    return packer.compress(bytes(n)) + packer.flush(zlib.Z_FULL_FLUSH)


def deflated(*pieces: Piece) -> bytes:
    """Return the pieces as one deflated stream; blocks of zeros are compressed once."""
    done = []
    for piece in pieces:
        if isinstance(piece, int):
            done += [_zeros(_BLOCK)] * (piece // _BLOCK) + [_zeros(piece % _BLOCK)]
        else:
            packer = zlib.compressobj(9, wbits=-15)
            done.append(packer.compress(piece) + packer.flush(zlib.Z_FULL_FLUSH))
    return b"".join(done) + b"\x03\x00"  # an empty last block


def repeated(piece: bytes, n: int) -> bytes:
    """Return deflated blocks that inflate to ``piece`` about ``n`` times, packed only once."""
    times = max(1, min(n, (1 << 20) // len(piece)))
    packer = zlib.compressobj(9, wbits=-zlib.MAX_WBITS)
    # After a full flush nothing refers to what came before: the bytes can be repeated.
    block = packer.compress(piece * times) + packer.flush(zlib.Z_FULL_FLUSH)
    return block * (n // times)


def length_of(*pieces: Piece) -> int:
    """Return how many bytes the pieces are."""
    return sum(piece if isinstance(piece, int) else len(piece) for piece in pieces)


def checksum_of(*pieces: Piece) -> int:
    """Return their CRC-32; that of what is longer than anybody reads is wrong."""
    checksum = 0
    for piece in pieces if length_of(*pieces) < GIB // 4 else ():
        if isinstance(piece, int):
            for start in range(0, piece, _BLOCK):
                checksum = zlib.crc32(bytes(min(_BLOCK, piece - start)), checksum)
        else:
            checksum = zlib.crc32(piece, checksum)
    return checksum


def gz(path: Path, *pieces: Piece) -> Path:
    """Write the pieces as gzip."""
    end = struct.pack("<LL", checksum_of(*pieces), length_of(*pieces) & 0xFFFFFFFF)
    start = b"\x1f\x8b\x08\0\0\0\0\0\0\xff"
    return written(path, start + deflated(*pieces) + end)


Entry = tuple[bytes, bytes, int, int]
"""Name, deflated data, size and checksum of what they become."""


def entry(name: str, *pieces: Piece) -> Entry:
    """Return a member of an archive."""
    return name.encode(), deflated(*pieces), length_of(*pieces), checksum_of(*pieces)


def local_header(name: bytes, stored: int, size: int, checksum: int) -> bytes:
    """Return what stands before a member."""
    return (
        struct.pack(
            "<4s5H3L2H", b"PK\x03\x04", 20, 0x800, 8, 0, 0, checksum, stored, size, len(name), 0
        )
        + name
    )


def directory_entry(name: bytes, stored: int, size: int, checksum: int, at: int) -> bytes:
    """Return what the directory says of a member that begins at byte ``at``."""
    fields = (20, 20, 0x800, 8, 0, 0, checksum, stored, size, len(name), 0, 0, 0, 0, 0, at)
    return struct.pack("<4s6H3L5H2L", b"PK\x01\x02", *fields) + name


def archive_end(n_entries: int, directory: bytes, at: int) -> bytes:
    """Return the directory, which begins at byte ``at``, and the end of the archive."""
    numbers = (0, 0, n_entries, n_entries, len(directory), at, 0)
    return directory + struct.pack("<4s4H2LH", b"PK\x05\x06", *numbers)


def zip_of(path: Path, *entries: Entry) -> Path:
    """Write an archive of deflated members."""
    content, directory = b"", b""
    for name, data, size, checksum in entries:
        directory += directory_entry(name, len(data), size, checksum, len(content))
        content += local_header(name, len(data), size, checksum) + data
    return written(path, content + archive_end(len(entries), directory, len(content)))


def npy(array: NDArray[Any]) -> bytes:
    """Return an array as NumPy saves it."""
    content = io.BytesIO()
    np.save(content, array)
    return content.getvalue()


def npy_header(descr: str, shape: Any) -> bytes:
    """Return the beginning of an npy file of this type and shape."""
    words = f"{{'descr': {descr!r}, 'fortran_order': False, 'shape': {shape}, }}".encode()
    words += b" " * (-(10 + len(words) + 1) % 64) + b"\n"
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(words)) + words


def idx_header(*sizes: int, type_byte: int = 0x08) -> bytes:
    """Return the beginning of an IDX file of these sizes."""
    return bytes([0, 0, type_byte, len(sizes)]) + struct.pack(f">{len(sizes)}I", *sizes)


def pickled_text(word: bytes) -> bytes:
    """Return the instruction that makes this text."""
    return b"X" + struct.pack("<I", len(word)) + word


PICKLED_DTYPE = b"cnumpy\ndtype\n" + pickled_text(b"u1") + b"\x85R"
"""Instructions that make the type of bytes."""
