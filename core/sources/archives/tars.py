"""Tar archives, plain or gzip, read file by file (POSIX.1-2017, pax; GNU tar's manual, 15).

``tarfile`` is not used: it takes patterns of more than linear time to headers, follows links, and
goes through gzip from its beginning for every file that lies before the last one read.
"""

from __future__ import annotations

import re
import zlib
from collections import OrderedDict
from typing import TYPE_CHECKING

from core.errors import DatasetError
from core.progress import Progress
from core.sources import limits
from core.sources.limits import check_at_most
from core.sources.names import is_litter, wrong_member_name
from core.sources.places import seekable
from core.sources.streams import GZIP_MAGIC, Stream, check_file_size, damaged

if TYPE_CHECKING:
    import io
    from collections.abc import Generator, Iterator

    from core.sources.places import Place

_BLOCK = 512
_CHECKSUM = slice(148, 156)
_FILE_TYPES, _LONG_NAME, _PAX, _SPARSE = b"0\0007", b"L", b"x", b"S"
_WITHOUT_CONTENT = b"123456"
"""Links, devices, folders and pipes: whatever size they claim, nothing follows them."""

_PAX_RECORD = re.compile(rb"([0-9]{1,6}) (path|size)=")
_MAX_EXTENDED = 64 * 1024
"""Bytes of what stands before a header, as a long name."""

_HEADERS_AT_A_TIME = 512

_GZIP = zlib.MAX_WBITS | 16
_READ_BYTES = 1 << 14
_PIECE_BYTES = 1 << 21
_PIECES_KEPT = 24
"""Pieces of a gzip stream that stay inflated: pictures of a class rarely come in their order."""

_UNPACK = "unpack it and open the folder"


def is_tar(content: bytes) -> bool:
    """Whether bytes begin as a tar archive: the first header has the right sum."""
    return len(content) >= _BLOCK and content[:1] != b"\0" and _is_header(content[:_BLOCK])


class Tar:
    """A tar archive; its files are known once :meth:`listing` is through.

    Parameters
    ----------
    path : where it is

    Raises
    ------
    DatasetError
        If it is too large.
    """

    def __init__(self, path: Place) -> None:
        check_file_size(path, path.stat().st_size)
        self._path = path
        self._file = seekable(path)
        is_gzip = self._file.read(2) == GZIP_MAGIC
        self._content = _Inflated(path, self._file) if is_gzip else _Plain(self._file)
        self._found: dict[str, tuple[int, int]] = {}

    def listing(self) -> Generator[Progress, None, None]:
        """Find all files in it, telling how far it is.

        Raises
        ------
        DatasetError
            If it is damaged, too large, or has a name that leaves it.
        """
        at = n_headers = n_bytes = 0
        long_name, size_said = b"", None
        while header := self._content.whole(at, _BLOCK):
            if not any(header):
                return
            if len(header) < _BLOCK or not _is_header(header):
                raise damaged(self._path, f"the tar archive is damaged at byte {at:,}")
            kind, size = header[156:157], _number(header[124:136])
            if size_said is not None and kind not in (_LONG_NAME, _PAX):
                size = size_said
            n_headers += 1
            most = 3 * limits.MAX_MEMBERS
            check_at_most(self._path, n_headers, most, "entries in it", _UNPACK)
            if kind in (_LONG_NAME, _PAX):
                check_at_most(self._path, size, _MAX_EXTENDED, "bytes of one name", _UNPACK)
            start = at + _BLOCK
            at = start if kind in _WITHOUT_CONTENT else start + -(-size // _BLOCK) * _BLOCK
            if n_headers % _HEADERS_AT_A_TIME == 0:
                yield Progress(at, 0, "bytes")
            yield from self._content.forward(at)
            if kind in (_LONG_NAME, _PAX):
                extended = self._content.whole(start, size)
                if kind == _LONG_NAME:
                    long_name = extended.partition(b"\0")[0]
                else:
                    long_name, size_said = _pax(extended, long_name, size_said)
                continue
            if kind == _SPARSE:
                raise DatasetError(f"{self._path}: a file with holes is in it; {_UNPACK}")
            if kind in _FILE_TYPES:
                name = (long_name or _short_name(header)).decode("utf-8", "replace")
                if wrong := wrong_member_name(name):
                    raise DatasetError(f"{self._path}: {wrong}")
                if not is_litter(name):
                    self._found[name] = start, size
                n_bytes += len(name)
                check_at_most(
                    self._path, len(self._found), limits.MAX_MEMBERS, "files in it", _UNPACK
                )
                most = limits.MAX_DIRECTORY_BYTES
                check_at_most(self._path, n_bytes, most, "bytes of names in it", _UNPACK)
            long_name, size_said = b"", None
        if not self._content.some(at - 1, 1):  # without an end, as some programs write it, or cut
            raise damaged(self._path, "the tar archive ends early")

    def files(self) -> Iterator[tuple[str, int]]:
        """Give out the name of each file, and how many bytes it has."""
        return ((name, size) for name, (_, size) in self._found.items())

    def open(self, name: str) -> Stream:
        """Return the content of a file as it is stored."""
        label = f"{self._path}/{name}"
        at, left = self._found[name]

        def read(n: int) -> bytes:
            nonlocal at, left
            piece = self._content.some(at, min(n, left))
            if not piece and min(n, left):
                raise damaged(label, f"the archive ends early, {left:,} bytes before its end")
            at, left = at + len(piece), left - len(piece)
            return piece

        return Stream(label, read, left)

    def close(self) -> None:
        """Close it."""
        self._file.close()


class _Plain:
    """The bytes of a file at any place."""

    def __init__(self, file: io.RawIOBase) -> None:
        self._file = file

    def some(self, at: int, n: int) -> bytes:
        """Return some bytes from ``at`` on, at most ``n``; nothing at the end."""
        self._file.seek(at)
        return self._file.read(n) or b""

    def whole(self, at: int, n: int) -> bytes:
        """Return ``n`` bytes from ``at`` on, fewer at the end."""
        pieces = []
        while n and (piece := self.some(at, n)):
            pieces.append(piece)
            at, n = at + len(piece), n - len(piece)
        return b"".join(pieces)

    def forward(self, at: int) -> Generator[Progress, None, None]:
        """Go on to ``at``, telling how far it is."""
        yield from ()


class _Inflated(_Plain):
    """The bytes that a gzip stream becomes, at any place.

    The state of the stream is kept at the beginning of every piece, so that none is inflated for
    the sake of a later one, and some pieces are kept.
    """

    def __init__(self, path: Place, file: io.RawIOBase) -> None:
        super().__init__(file)
        self._path = path
        self._starts = [(0, zlib.decompressobj(wbits=_GZIP))]
        self._kept = OrderedDict[int, bytes]()

    def some(self, at: int, n: int) -> bytes:
        place, offset = divmod(at, _PIECE_BYTES)
        while place >= len(self._starts):
            if len(self._piece(len(self._starts) - 1)) < _PIECE_BYTES:
                return b""
        return self._piece(place)[offset : offset + n]

    def forward(self, at: int) -> Generator[Progress, None, None]:
        for place in range(len(self._starts) - 1, at // _PIECE_BYTES + 1):
            yield Progress(place * _PIECE_BYTES, 0, "bytes")
            if len(self._piece(place)) < _PIECE_BYTES:
                return

    def _piece(self, place: int) -> bytes:
        if place in self._kept:
            self._kept.move_to_end(place)
            return self._kept[place]
        at, start = self._starts[place]
        stream = start.copy()
        self._file.seek(at)
        pieces, left = [], _PIECE_BYTES
        while left and not stream.eof:
            block = stream.unconsumed_tail
            if not block:
                block = self._file.read(_READ_BYTES) or b""
                at += len(block)
            try:
                piece = stream.decompress(block, left)
            except zlib.error as error:
                raise damaged(self._path, f"the gzip stream is damaged ({error})") from error
            if not (piece or block or stream.eof):
                raise damaged(self._path, "the gzip stream ends early")
            pieces.append(piece)
            left -= len(piece)
        content = b"".join(pieces)
        if not left and place + 1 == len(self._starts):
            self._starts.append((at, stream))
            n_bytes, most = len(self._starts) * _PIECE_BYTES, limits.MAX_INFLATED_BYTES
            check_at_most(self._path, n_bytes - _PIECE_BYTES, most, "bytes inflated", _UNPACK)
        self._kept[place] = content
        if len(self._kept) > _PIECES_KEPT:
            self._kept.popitem(last=False)
        return content


def _is_header(header: bytes) -> bool:
    """Whether the sum of all bytes, those of the sum taken as blanks, is the one written."""
    said = header[_CHECKSUM].strip(b" \0")
    if not said.isdigit() or b"8" in said or b"9" in said:
        return False
    # Adler's checksum has the sum in it, far faster: 1 + sum, modulo 65521 (RFC 1950).
    blanked = header[:148] + b" " * 8 + header[156:]
    return (int(said, 8) + 1) % 65521 == zlib.adler32(blanked) & 0xFFFF


def _number(field: bytes) -> int:
    """Return a number in octal digits, or in base 256 as GNU tar writes large ones."""
    if field[0] & 0x80:
        return int.from_bytes(field[1:], "big")
    digits = field.strip(b" \0")
    return int(digits, 8) if digits and not digits.strip(b"01234567") else 0


def _short_name(header: bytes) -> bytes:
    name, prefix = header[:100].partition(b"\0")[0], header[345:500].partition(b"\0")[0]
    is_posix = header[257:263] == b"ustar\0"  # GNU's has other things there
    return prefix + b"/" + name if prefix and is_posix else name


def _pax(records: bytes, name: bytes, size: int | None) -> tuple[bytes, int | None]:
    """Return the name and the size that the records before a header say, else those given."""
    at = 0
    while at < len(records):
        length, blank, _ = records[at : at + 8].partition(b" ")
        if not blank or not length.isdigit() or not int(length):
            break
        record = records[at : at + int(length)]
        match, value = _PAX_RECORD.match(record), record.partition(b"=")[2][:-1]
        if match is not None and match[2] == b"path":
            name = value
        elif match is not None and value.isdigit() and len(value) < 20:
            size = int(value)
        at += int(length)
    return name, size
