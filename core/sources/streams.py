"""The content of a file or of an archive's member, read once from beginning to end, bounded."""

from __future__ import annotations

import io
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from core.errors import DatasetError
from core.progress import Progress
from core.sources import limits
from core.sources.inflate import GZIP_MAGIC, MOST_PER_BYTE, Inflater

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator
    from contextlib import AbstractContextManager
    from pathlib import Path

    import numpy as np
    from numpy.typing import NDArray

_PIECE_BYTES = 1 << 18
"""Read at a time into an array: short enough for the processor's cache, long enough to be fast."""

_AHEAD_BYTES = 1 << 14
"""Read at least at a time where single bytes are asked for."""


class Stream:
    """Bytes in order, never more of them than the bounds allow.

    Parameters
    ----------
    label : how errors name it
    read : returns some of the next bytes, at most so many, nothing at the end
    most : the content cannot be longer than this, whatever a header promises

    Attributes
    ----------
    position : how many bytes were given out
    """

    def __init__(self, label: str, read: Callable[[int], bytes], most: int) -> None:
        self.label = label
        self.most = min(most, limits.MAX_INFLATED_BYTES)
        self.position = 0
        self._source = read
        self._taken = 0
        self._ahead = b""
        self._at = 0

    def read(self, n: int) -> bytes:
        """Return the next ``n`` bytes, fewer only at the end."""
        found = self._some(n)
        if len(found) == n:
            return found
        pieces = [found]
        missing = n - len(found)
        while missing and (piece := self._some(missing)):
            pieces.append(piece)
            missing -= len(piece)
        return b"".join(pieces)

    def read_line(self, most: int) -> bytearray:
        """Return the bytes up to the next newline without it; at most ``most`` of them.

        Raises
        ------
        DatasetError
            If there is no newline by then.
        """
        start = self.position
        line = bytearray()
        while len(line) <= most:
            if self._at == len(self._ahead):
                self._ahead, self._at = self._take(_AHEAD_BYTES), 0
                if not self._ahead:
                    break
            end = self._ahead.find(b"\n", self._at)
            stop = len(self._ahead) if end < 0 else end
            line += self._ahead[self._at : stop]
            self.position += stop - self._at
            self._at = stop
            if end >= 0:
                self._at += 1
                self.position += 1
                if len(line) <= most:
                    return line
        raise DatasetError(
            f"{self.label}: no line ends within {most:,} bytes after byte {start}; copy or "
            "download it again"
        )

    def fill(self, target: NDArray[np.uint8]) -> Generator[Progress, None, int]:
        """Read into ``target`` (n,) from its beginning; return how many bytes there were."""
        done = 0
        view = target.data
        while done < len(target) and (piece := self._some(len(target) - done)):
            view[done : done + len(piece)] = piece
            done += len(piece)
            yield Progress(done, len(target), "bytes")
        return done

    def _some(self, n: int) -> bytes:
        """Return some of the next bytes, ``n`` at most; none only at the end."""
        if self._at < len(self._ahead):
            piece = self._ahead[self._at : self._at + n]
            self._at += len(piece)
        else:
            piece = self._take(max(n, _AHEAD_BYTES))
            if len(piece) > n:
                self._ahead, self._at = piece, n
                piece = piece[:n]
        self.position += len(piece)
        return piece

    def _take(self, n: int) -> bytes:
        piece = self._source(min(n, _PIECE_BYTES))
        self._taken += len(piece)
        if self._taken > limits.MAX_INFLATED_BYTES:
            raise DatasetError(
                f"{self.label}: inflates to more than the "
                f"{limits.MAX_INFLATED_BYTES / 1e6:.0f} MB accepted"
            )
        return piece


@dataclass(frozen=True, slots=True)
class Blob:
    """Something that can be read: a file, or a member of an archive.

    Attributes
    ----------
    name : its name without folders
    label : how errors name it
    open : returns its content, inflated where it is gzip
    """

    name: str
    label: str
    open: Callable[[], AbstractContextManager[Stream]]


def file_blob(path: Path) -> Blob:
    """Return the file at ``path`` as something to read."""
    return Blob(path.name, str(path), lambda: open_file(path))


@contextmanager
def open_file(path: Path) -> Iterator[Stream]:
    """Open a file, plain or gzip.

    Raises
    ------
    DatasetError
        If it is empty or too large.
    OSError
        If it cannot be read.
    """
    size = path.stat().st_size
    check_file_size(path, size)
    with path.open("rb") as file:
        stream = unwrapped(Stream(str(path), file.read, size))
        yield stream


def check_file_size(path: Path, size: int) -> None:
    """Check how large a file is, before it is read.

    Raises
    ------
    DatasetError
        If it is empty or too large.
    """
    if size > limits.MAX_FILE_BYTES:
        raise DatasetError(
            f"{path}: {size / 1e6:.0f} MB is more than the {limits.MAX_FILE_BYTES / 1e6:.0f} MB "
            "accepted"
        )
    if not size:
        raise DatasetError(f"{path}: the file is empty; copy or download it again")


def read_heads(path: Path) -> tuple[bytes, bytes]:
    """Return the first bytes of a file as stored, and of its content inflated where it is gzip.

    A damaged gzip stream has an empty content.
    """
    with path.open("rb") as file:
        raw = file.read(limits.HEAD_BYTES)
    if raw[: len(GZIP_MAGIC)] != GZIP_MAGIC:
        return raw, raw
    try:
        return raw, Inflater(str(path), io.BytesIO(raw).read).read(limits.HEAD_BYTES)
    except DatasetError:  # whoever reads all of it will say where it is damaged
        return raw, b""


def unwrapped(stream: Stream) -> Stream:
    """Return the content of ``stream``, inflated where it is gzip; it must not be used itself."""
    start = stream.read(len(GZIP_MAGIC))
    if start == GZIP_MAGIC:
        inflater = Inflater(stream.label, _chained(start, stream))
        return Stream(stream.label, inflater.read, stream.most * MOST_PER_BYTE)
    return Stream(stream.label, _chained(start, stream), stream.most)


def _chained(start: bytes, stream: Stream) -> Callable[[int], bytes]:
    """Return a reader of ``start`` and then of what is left of ``stream``."""
    first = [start]

    def read(n: int) -> bytes:
        return first.pop() if first else stream.read(n)

    return read
