"""Zip archives, read member by member in memory; nothing is ever unpacked to the disk.

``zipfile`` reads them, but it believes what they say: how much it may read as the directory is
bounded, and every entry is checked before anything in it is opened.
"""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from contextlib import ExitStack, contextmanager
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from core.errors import DatasetError
from core.sources import limits
from core.sources.limits import check_at_most
from core.sources.names import is_litter, wrong_member_name
from core.sources.places import seekable
from core.sources.streams import MOST_PER_BYTE, Blob, Stream, check_file_size, damaged, unwrapped

if TYPE_CHECKING:
    from collections.abc import Iterator

    from core.sources.places import Place

MAGICS = (b"PK\x03\x04", b"PK\x05\x06")
"""How an archive begins: with a member, or with its end where it has none."""

_ENTRY_MAGIC = b"PK\x01\x02"

_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
"""``zipfile`` bounds what it inflates of these alone: a few bytes of bzip2 become gigabytes."""

_ENCRYPTED = 0x0001 | 0x0040
_LOCAL_BYTES = 30
"""Before the name of a member (PKWARE's APPNOTE 6.3, 4.3.7)."""

_UNPACK = "unpack it and open what is inside"


class Archive:
    """A zip archive, its directory checked.

    Parameters
    ----------
    path : where it is

    Attributes
    ----------
    members : the files in it, as the directory lists them, without folders and what nobody put
        there

    Raises
    ------
    DatasetError
        If it is damaged, encrypted, too large, has a name twice, a name that leaves it, or members
        that share bytes.
    """

    def __init__(self, path: Place) -> None:
        check_file_size(path, path.stat().st_size)
        self._path = path
        self._open: zipfile.ZipFile | None = None
        self._kept = ExitStack()
        with self.kept_open() as archive:
            entries = archive.infolist()
            _check(path, entries, archive.start_dir)
        self.members = tuple(
            entry
            for entry in entries
            if not entry.filename.endswith("/") and not is_litter(entry.filename)
        )

    @contextmanager
    def kept_open(self) -> Iterator[zipfile.ZipFile]:
        """Keep it open: otherwise it is opened once for each member that is read."""
        if self._open is not None:
            yield self._open
            return
        with _File(self._path) as file:
            with _told(self._path, "the archive ends early, or its directory is damaged"):
                self._open = zipfile.ZipFile(file)
            try:
                yield self._open
            finally:
                self._open = None

    def blob(self, member: zipfile.ZipInfo) -> Blob:
        """Return a member as something to read."""

        @contextmanager
        def opened() -> Iterator[Stream]:
            with self.kept_open() as archive:
                yield unwrapped(self._content(archive, member))

        return Blob(PurePosixPath(member.filename).name, self._label(member), opened)

    def files(self) -> Iterator[tuple[str, int]]:
        """Give out the name of each member, and how many bytes it has."""
        return ((member.filename, member.file_size) for member in self.members)

    def open(self, name: str) -> Stream:
        """Return the content of a member as it is stored; the archive stays open from now on."""
        if self._open is None:
            self._kept.enter_context(self.kept_open())
        assert self._open is not None
        return self._content(self._open, self._open.getinfo(name))

    def close(self) -> None:
        """Close it."""
        self._kept.close()

    def _content(self, archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> Stream:
        with _told(self._path):
            content = archive.open(member)

        def read(n: int) -> bytes:
            with _told(self._path):
                return content.read(n)

        return Stream(self._label(member), read, member.file_size)

    def _label(self, member: zipfile.ZipInfo) -> str:
        return f"{self._path}/{member.filename}"


class _File(io.BufferedReader):
    """A file of which nothing longer than a directory is read at once."""

    def __init__(self, place: Place) -> None:
        super().__init__(seekable(place))
        self._label = str(place)

    def read(self, size: int | None = -1, /) -> bytes:
        if size is not None:
            most, what = limits.MAX_DIRECTORY_BYTES, "bytes of its directory"
            check_at_most(self._label, size, most, what, _UNPACK)
        piece = super().read(size)
        # ``zipfile`` makes an object of each entry before anybody can count them.
        n = piece.count(_ENTRY_MAGIC)
        check_at_most(self._label, n, limits.MAX_MEMBERS, "files in it", _UNPACK)
        return piece


@contextmanager
def _told(path: Place, damage: str = "the archive is damaged") -> Iterator[None]:
    """Tell of ``damage`` where ``zipfile`` raises what it raises then."""
    try:
        yield
    except (
        zipfile.BadZipFile,
        zlib.error,
        struct.error,
        EOFError,
        NotImplementedError,
        OverflowError,
        ValueError,
        OSError,
    ) as error:
        raise damaged(path, f"{damage} ({error or 'more was expected'})") from error


def _check(path: Place, entries: list[zipfile.ZipInfo], end: int) -> None:
    check_at_most(path, len(entries), limits.MAX_MEMBERS, "files in it", _UNPACK)
    names = set()
    for entry in entries:
        if wrong := _what_is_wrong(entry):
            raise DatasetError(f"{path}: {wrong}")
        if entry.filename in names:
            raise DatasetError(
                f"{path}: {entry.filename!r} is in it twice; expected each name once"
            )
        names.add(entry.filename)
    # Members that share bytes are how small archives become huge.
    limit, name = end, "the directory"
    for entry in sorted(entries, key=lambda entry: entry.header_offset, reverse=True):
        stop = entry.header_offset + _LOCAL_BYTES + len(entry.orig_filename) + entry.compress_size
        if stop > limit:
            what = f"{entry.filename!r} reaches into {name}: the archive is damaged or a trap"
            raise damaged(path, what)
        limit, name = entry.header_offset, repr(entry.filename)


def _what_is_wrong(entry: zipfile.ZipInfo) -> str:
    """Return what is wrong with an entry of the directory; "" if nothing is."""
    name, stored, size = entry.orig_filename, entry.compress_size, entry.file_size
    if wrong := wrong_member_name(name):
        return wrong
    if entry.header_offset < 0:
        return f"{name!r} begins before the file; the archive is damaged: copy or download it again"
    if entry.volume:
        return "this is a part of an archive; expected one in a single file"
    if entry.flag_bits & _ENCRYPTED:
        return f"{name!r} is encrypted; {_UNPACK}"
    if entry.compress_type not in _METHODS:
        return (
            f"{name!r} is compressed by method {entry.compress_type}, not stored (0) or deflated "
            f"(8); {_UNPACK}"
        )
    if entry.compress_type == zipfile.ZIP_STORED and stored != size:
        return f"{name!r} is stored in {stored:,} bytes but claims {size:,}; it is a trap"
    if size > stored * MOST_PER_BYTE:
        return (
            f"{name!r} claims {size:,} bytes from {stored:,} compressed ones; deflating makes "
            f"{MOST_PER_BYTE} of one at most"
        )
    return ""
