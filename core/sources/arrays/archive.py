"""Zip archives, read member by member in memory; nothing is ever unpacked to the disk.

Format: PKWARE's APPNOTE 6.3. The directory is read here and not by ``zipfile``, which builds an
object for each of a million entries and believes what they say before anything can be checked.
"""

from __future__ import annotations

import re
import struct
import zlib
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, BinaryIO, NoReturn

from core.errors import DatasetError
from core.sources import limits
from core.sources.inflate import MOST_PER_BYTE, Inflater
from core.sources.litter import is_litter
from core.sources.streams import Blob, Stream, check_file_size, unwrapped

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

MAGICS = (b"PK\x03\x04", b"PK\x05\x06")
"""How an archive begins: with a member, or with its end where it has none."""

_END = struct.Struct("<4s4H2LH")
_END_MAGIC = b"PK\x05\x06"
_ENTRY = struct.Struct("<4s6H3L5H2L")
_ENTRY_MAGIC = b"PK\x01\x02"
_LOCAL = struct.Struct("<4s5H3L2H")
_LOCAL_MAGIC = b"PK\x03\x04"
_MAX_COMMENT = 0xFFFF
_STORED, _DEFLATED = 0, 8
_ENCRYPTED = 0x0001 | 0x0040
_UTF8_NAMES = 0x0800
_IN_64_BITS = 0xFFFFFFFF
_READ_BYTES = 1 << 16
_LEADS_OUT = re.compile(r"^[/\\]|^[A-Za-z]:|(^|[/\\])\.\.($|[/\\])|\0")
"""An absolute path, a drive, or a step up."""


@dataclass(frozen=True, slots=True)
class Member:
    """One file in an archive.

    Attributes
    ----------
    name : with its folders
    method : stored or deflated
    checksum : CRC-32 of its content
    stored, size : bytes in the archive, and of the content
    start, stop : where its header begins, and what follows it
    """

    name: str
    raw_name: bytes
    method: int
    checksum: int
    stored: int
    size: int
    start: int
    stop: int


def members(path: Path) -> tuple[Member, ...]:
    """Return the files in an archive, in the order of the directory.

    Folders are left out, and so is what nobody put there.

    Raises
    ------
    DatasetError
        If the archive is damaged, encrypted, too large, has a name twice, a name that leaves the
        archive, or members that share bytes.
    """
    size = path.stat().st_size
    check_file_size(path, size)
    with path.open("rb") as file:
        n_entries, directory, start = _directory(path, file, size)
    found = list(_entries(path, directory, n_entries, start))
    _check_places(path, found, start)
    names = set()
    for member in found:
        if member.name in names:
            _refuse(path, f"{member.name!r} is in it twice; expected each name once")
        names.add(member.name)
    return tuple(
        member for member in found if not member.name.endswith("/") and not is_litter(member.name)
    )


def blob(path: Path, member: Member, *, gunzip: bool = True) -> Blob:
    """Return a member as something to read; ``gunzip`` also inflates gzip within it."""
    label = f"{path}: {member.name}"

    @contextmanager
    def opened() -> Iterator[Stream]:
        with path.open("rb") as file:
            stream = Stream(label, _reader(path, file, member), member.size)
            yield unwrapped(stream) if gunzip else stream

    return Blob(PurePosixPath(member.name).name, label, opened)


def _refuse(path: Path, what: str) -> NoReturn:
    raise DatasetError(f"{path}: {what}")


def _damaged(path: Path, where: int, what: str) -> NoReturn:
    _refuse(path, f"the archive is damaged at byte {where}: {what}; copy or download it again")


def _directory(path: Path, file: BinaryIO, size: int) -> tuple[int, bytes, int]:
    """Return the number of entries, the bytes of the directory, and where it begins."""
    tail_start = max(0, size - _END.size - _MAX_COMMENT)
    file.seek(tail_start)
    tail = file.read(_END.size + _MAX_COMMENT)
    at = tail.rfind(_END_MAGIC)
    if at < 0 or len(tail) - at < _END.size:
        _refuse(path, "the archive ends early, its directory is missing; copy or download it again")
    _, disk, first_disk, here, n_entries, n_bytes, start, _ = _END.unpack_from(tail, at)
    if disk or first_disk or here != n_entries:
        _refuse(path, "this is a part of an archive; expected one in a single file")
    if n_entries > limits.MAX_MEMBERS:
        _refuse(path, f"{n_entries:,} files are in it, more than {limits.MAX_MEMBERS:,} accepted")
    most = limits.MAX_MEMBERS * limits.MAX_HEADER_BYTES
    if n_bytes > most:
        _refuse(path, f"its directory has {n_bytes:,} bytes, more than {most:,} accepted")
    end = tail_start + at
    if start + n_bytes > end:
        _damaged(path, end, f"a directory of {n_bytes} bytes from byte {start} does not end there")
    file.seek(start)
    return n_entries, file.read(n_bytes), start


def _entries(path: Path, directory: bytes, n_entries: int, start: int) -> Iterator[Member]:
    at = 0
    for _ in range(n_entries):
        if len(directory) - at < _ENTRY.size or directory[at : at + 4] != _ENTRY_MAGIC:
            _damaged(path, start + at, "expected an entry of the directory")
        fields = _ENTRY.unpack_from(directory, at)
        _, _, _, flags, method, _, _, checksum, stored, length, n, extra_size, comment = fields[:13]
        raw_name = directory[at + _ENTRY.size : at + _ENTRY.size + n]
        extra = directory[at + _ENTRY.size + n :][:extra_size]
        name = raw_name.decode("utf-8" if flags & _UTF8_NAMES else "cp437", "replace")
        length, stored, offset = _wide(extra, (length, stored, fields[16]))
        _check_entry(path, name, flags, method, stored, length)
        stop = offset + _LOCAL.size + n + stored
        yield Member(name, raw_name, method, checksum, stored, length, offset, stop)
        at += _ENTRY.size + n + extra_size + comment
    if at != len(directory):
        _damaged(path, start + at, f"more follows the {n_entries} entries announced")


def _wide(extra: bytes, values: tuple[int, int, int]) -> tuple[int, int, int]:
    """Return size, stored size and offset, each from the 64-bit field where it refers to that."""
    at, wide = 0, b""
    while at + 4 <= len(extra):
        kind, n = struct.unpack_from("<HH", extra, at)
        if kind == 1:
            wide = extra[at + 4 : at + 4 + n]
        at += 4 + n
    found = []
    for value in values:
        if value == _IN_64_BITS and len(wide) >= 8:
            value, wide = int.from_bytes(wide[:8], "little"), wide[8:]
        found.append(value)
    return found[0], found[1], found[2]


def _check_entry(path: Path, name: str, flags: int, method: int, stored: int, size: int) -> None:
    if len(name) > limits.MAX_MEMBER_NAME:
        _refuse(
            path,
            f"a name of {len(name):,} characters is in it ({name[:40]!r}...); up to "
            f"{limits.MAX_MEMBER_NAME:,} are accepted",
        )
    if _LEADS_OUT.search(name):
        _refuse(path, f"the name {name!r} leads out of the archive; such an archive is a trap")
    if flags & _ENCRYPTED:
        _refuse(path, f"{name!r} is encrypted; unpack it and open what is inside")
    if method not in (_STORED, _DEFLATED):
        _refuse(
            path,
            f"{name!r} is compressed by method {method}; expected stored (0) or deflated (8). "
            "Unpack it and open what is inside",
        )
    if method == _STORED and stored != size:
        _refuse(path, f"{name!r} is stored in {stored:,} bytes but claims {size:,}; it is a trap")
    if size > stored * MOST_PER_BYTE:
        _refuse(
            path,
            f"{name!r} claims {size:,} bytes from {stored:,} compressed ones; deflating makes "
            f"{MOST_PER_BYTE} of one at most",
        )


def _check_places(path: Path, found: list[Member], start: int) -> None:
    """Check that no two members share bytes: small archives become huge by that."""
    limit, name = start, "the directory"
    for member in sorted(found, key=lambda member: member.start, reverse=True):
        if member.stop > limit:
            _refuse(
                path,
                f"{member.name!r} reaches into {name}; the archive is damaged or a trap: copy or "
                "download it again",
            )
        limit, name = member.start, repr(member.name)


def _reader(path: Path, file: BinaryIO, member: Member) -> Callable[[int], bytes]:
    """Return what reads the content of ``member``, checking length and checksum at its end."""
    file.seek(member.start)
    header = file.read(_LOCAL.size)
    if len(header) < _LOCAL.size or header[:4] != _LOCAL_MAGIC:
        _damaged(path, member.start, f"expected {member.name!r} there")
    *_, n, extra = _LOCAL.unpack(header)
    if file.read(n) != member.raw_name:
        _damaged(path, member.start, f"another name than {member.name!r} stands there")
    file.seek(extra, 1)
    left = member.stored

    def read_stored(n: int) -> bytes:
        nonlocal left
        piece = file.read(min(n, left, _READ_BYTES))
        left -= len(piece)
        return piece

    read = read_stored
    if member.method == _DEFLATED:
        read = Inflater(f"{path}: {member.name}", read_stored, raw=True).read
    length, checksum = 0, 0

    def read_checked(n: int) -> bytes:
        nonlocal length, checksum
        piece = read(n)
        length += len(piece)
        checksum = zlib.crc32(piece, checksum)
        if length > member.size or (not piece and length < member.size):
            _refuse(
                path,
                f"{member.name!r} should have {member.size:,} bytes and has "
                f"{'more' if piece else f'{length:,}'}; copy or download it again",
            )
        if not piece and checksum != member.checksum:
            _refuse(path, f"the checksum of {member.name!r} is wrong; copy or download it again")
        return piece

    return read_checked
