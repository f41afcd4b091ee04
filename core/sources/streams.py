"""The content of a file or of an archive's member, read once from beginning to end, bounded.

zlib inflates gzip here, and not the ``gzip`` module: that one looks for the end of the name in a
header letter by letter, and goes through any number of empty members. 20 MB of either keep it busy
for 3 to 6 s, and there is no place at which it could be stopped.
"""

from __future__ import annotations

import io
import zlib
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from core.errors import DatasetError
from core.progress import Progress
from core.sources import limits
from core.words import UP, sized

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator
    from contextlib import AbstractContextManager

    from numpy.typing import NDArray

    from core.sources.places import Place

GZIP_MAGIC = b"\x1f\x8b"
_ZLIB_MAGICS = (b"\x78\x01", b"\x78\x5e", b"\x78\x9c", b"\x78\xda")
"""How zlib's own streams begin, as joblib writes them (RFC 1950)."""

MOST_PER_BYTE = 1032
"""What a deflated byte can become at most: 258 bytes from two bits (https://zlib.net)."""

_GZIP_OR_ZLIB = zlib.MAX_WBITS | 32
_DEFLATED_BYTES = 1 << 16
"""Held at a time; zlib copies what is left of them at every call."""

_PIECE_BYTES = 1 << 18
"""Read at a time into an array: short enough for the processor's cache, long enough to be fast."""

_MOST_DEFLATED = 2
"""Times that a file is inflated: some download what is gzip as gzip once more."""

_AHEAD_BYTES = 1 << 14
"""Read at least at a time where single bytes are asked for."""


def damaged(where: object, what: str) -> DatasetError:
    """Return the error about a file that is not as it was written."""
    return DatasetError(f"{where}: {what}; copy or download it again")


class Stream(io.BufferedReader):
    """Bytes in order, never more of them than the bounds allow.

    Parameters
    ----------
    label : how errors name it
    read : returns some of the next bytes, at most so many, nothing at the end
    most : the content cannot be longer than this, whatever a header promises
    """

    def __init__(self, label: str, read: Callable[[int], bytes], most: int) -> None:
        super().__init__(_Bounded(label, read), _AHEAD_BYTES)
        self.label = label
        self.most = min(most, limits.MAX_INFLATED_BYTES)

    def read_line(self, most: int) -> bytes:
        """Return the bytes up to the next newline without it; at most ``most`` of them.

        Raises
        ------
        DatasetError
            If there is no newline by then.
        """
        start = self.tell()
        line = self.readline(most + 1)
        if line[-1:] != b"\n":
            raise _endless(self.label, most, start)
        return line[:-1]

    def long_line(self, most: int) -> Generator[Progress, None, bytearray]:
        """Return what :meth:`read_line` does, of a line that may be long."""
        start, line = self.tell(), bytearray()
        while line[-1:] != b"\n":
            piece = self.readline(_PIECE_BYTES)
            line += piece
            if not piece or len(line) > most + 1:
                raise _endless(self.label, most, start)
            yield Progress(self.tell(), 0, "bytes")
        del line[-1:]
        return line

    def fill(self, target: NDArray[np.uint8]) -> Generator[Progress, None, int]:
        """Read into ``target`` (n,) from its beginning; return how many bytes there were."""
        done = 0
        view = target.data
        while n := self.readinto(view[done : done + _PIECE_BYTES]):
            done += n
            yield Progress(done, len(target), "bytes")
        return done

    def values(self, n_bytes: int, what: str) -> Generator[Progress, None, NDArray[np.uint8]]:
        """Return all that is left (n,): as many bytes as a header says its values have.

        Memory is taken only for what can be there. ``what`` says how many values of which kind.

        Raises
        ------
        DatasetError
            If there are fewer bytes, or more.
        """
        expected = self.tell() + n_bytes
        promise = f"the header promises {expected} bytes ({what})"
        if n_bytes > limits.MAX_INFLATED_BYTES:
            raise DatasetError(
                f"{self.label}: {promise}, more than the {limits.MAX_INFLATED_BYTES:,} accepted"
            )
        if expected > self.most:
            raise damaged(self.label, f"cut short: {promise}, there are {self.most} at most")
        content = np.empty(n_bytes, dtype=np.uint8)
        if (yield from self.fill(content)) < n_bytes:
            raise damaged(self.label, f"cut short: {promise}, there are {self.tell()}")
        if self.read(1):
            raise damaged(self.label, f"too long: {promise}, there are more")
        return content


def _endless(label: str, most: int, start: int) -> DatasetError:
    return damaged(label, f"no line ends within {most:,} bytes after byte {start}")


class _Bounded(io.RawIOBase):
    """What a stream reads from."""

    def __init__(self, label: str, read: Callable[[int], bytes]) -> None:
        super().__init__()
        self._label = label
        self._read = read
        self._given = 0

    def readable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._given

    def readinto(self, target: memoryview) -> int:  # type: ignore[override]
        piece = self._read(min(len(target), _PIECE_BYTES))
        target[: len(piece)] = piece
        self._given += len(piece)
        if self._given > limits.MAX_INFLATED_BYTES:
            raise DatasetError(
                f"{self._label}: inflates to more than the "
                f"{sized(limits.MAX_INFLATED_BYTES)} accepted"
            )
        return len(piece)


def inflated(label: str, read: Callable[[int], bytes]) -> Callable[[int], bytes]:
    """Return what reads the content of one gzip or zlib stream in pieces, to exactly its end.

    Parameters
    ----------
    label : how errors name it
    read : returns at most so many of the next deflated bytes, nothing at their end

    Raises
    ------
    DatasetError
        Later, while it is read: if the stream is damaged, ends early or is followed by more data.
    """
    stream, given = zlib.decompressobj(wbits=_GZIP_OR_ZLIB), 0

    def inflate(n: int) -> bytes:
        nonlocal given
        while not stream.eof:
            block = stream.unconsumed_tail or read(_DEFLATED_BYTES)
            try:
                # Called without input too: zlib may still hold back what did not fit before.
                piece = stream.decompress(block, n)
            except zlib.error as error:
                where = f"after {given} bytes ({error})"
                raise damaged(label, f"the gzip stream is damaged {where}") from error
            if piece:
                given += len(piece)
                return piece
            if not block and not stream.eof:
                what = f"the gzip stream ends early, after {given} bytes of content"
                raise damaged(label, what)
        if stream.unused_data or read(1):
            raise DatasetError(
                f"{label}: there is more data after the end of the gzip stream; unpack it and open "
                "what is inside, or download it again"
            )
        return b""

    return inflate


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


def file_blob(path: Place) -> Blob:
    """Return the file at ``path`` as something to read."""
    return Blob(path.name, str(path), lambda: open_file(path))


@contextmanager
def open_file(path: Place, *, whole: bool = True) -> Iterator[Stream]:
    """Open a file, plain or gzip; one of which not the ``whole`` is needed may be larger.

    Raises
    ------
    DatasetError
        If it is empty or too large.
    OSError
        If it cannot be read.
    """
    size = path.stat().st_size
    check_file_size(path, size if whole else min(size, 1))
    with path.open("rb") as file:
        yield unwrapped(Stream(str(path), file.read, size))


def check_file_size(path: Place, size: int) -> None:
    """Check how large a file is, before it is read.

    Raises
    ------
    DatasetError
        If it is empty or too large.
    """
    if size > limits.MAX_FILE_BYTES:
        raise DatasetError(
            f"{path}: {sized(size, UP)} is more than the {sized(limits.MAX_FILE_BYTES)} accepted"
        )
    if not size:
        raise damaged(path, "the file is empty")


def read_heads(path: Place) -> tuple[bytes, bytes]:
    """Return the first bytes of a file as stored, and of its content inflated where it is gzip.

    What was compressed twice is inflated twice. A damaged gzip stream has an empty content.
    """
    with path.open("rb") as file:
        raw = file.read(limits.HEAD_BYTES)
    content = raw
    for _ in range(_MOST_DEFLATED):
        if not _is_deflated(content):
            break
        try:
            content = inflated(str(path), io.BytesIO(content).read)(limits.HEAD_BYTES)
        except DatasetError:  # whoever reads all of it will say where it is damaged
            return raw, b""
    return raw, content


def unwrapped(stream: Stream) -> Stream:
    """Return the content of ``stream``, inflated where it is gzip; it must not be used itself."""
    for _ in range(_MOST_DEFLATED):
        if not _is_deflated(stream.peek()):
            break
        content = inflated(stream.label, stream.read)
        stream = Stream(stream.label, content, stream.most * MOST_PER_BYTE)
    return stream


def _is_deflated(start: bytes) -> bool:
    """Whether a file that begins so is gzip, damaged or not, or zlib."""
    if not start.startswith(_ZLIB_MAGICS):
        return start.startswith(GZIP_MAGIC)
    try:  # "x^2" begins a table, too
        return len(zlib.decompressobj().decompress(start, _PIECE_BYTES)) > 0
    except zlib.error:
        return False
