"""Where files and folders are: on the disk, or within an archive, which is never unpacked.

A reader of a folder takes either: what it asks of a ``Path``, an :class:`Inside` answers too.
"""

from __future__ import annotations

import io
import os
import weakref
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, Protocol

from core.errors import DatasetError
from core.sources import limits
from core.sources.limits import check_at_most
from core.sources.names import is_litter

if TYPE_CHECKING:
    from collections.abc import Iterator

_UNPACK = "unpack it and open what is inside"
_MOST_FOLDERS = 10
"""Folders within each other that are known of in an archive; no reader looks as deep."""


class Packed(Protocol):
    """The files of an archive."""

    def files(self) -> Iterator[tuple[str, int]]:
        """Give out the name of each, with its folders, and how many bytes it has."""
        ...

    def open(self, name: str) -> io.BufferedReader:
        """Return the content of one as it is stored, from its beginning."""
        ...

    def close(self) -> None:
        """Let go of the archive."""
        ...


class _Contents:
    """The folders of an archive, as they would be on a disk."""

    def __init__(self, path: Place, packed: Packed) -> None:
        self.path, self.packed = path, packed
        self.sizes: dict[str, tuple[str, int]] = {}
        self.folders: dict[str, dict[str, None]] = {"": {}}
        weakref.finalize(self, packed.close)
        for name, size in packed.files():
            pieces = [
                piece for piece in name.replace("\\", "/").split("/") if piece not in ("", ".")
            ]
            if not pieces or len(pieces) > _MOST_FOLDERS or is_litter("/".join(pieces)):
                continue
            folder = ""
            for piece in pieces[:-1]:
                self.folders[folder][piece] = None
                folder = f"{folder}/{piece}" if folder else piece
                self.folders.setdefault(folder, {})
            self.folders[folder][pieces[-1]] = None
            self.sizes["/".join(pieces)] = name, size  # of two in a tar the later one counts


class _Stat(NamedTuple):
    st_size: int


class Inside:
    """A file or a folder within an archive, used as a ``Path`` is.

    Parameters
    ----------
    contents : all that is in the archive
    inner : the way to it from the top, ``a/b``; the top itself is ""
    """

    __slots__ = ("_contents", "_inner")

    def __init__(self, contents: _Contents, inner: str = "") -> None:
        self._contents, self._inner = contents, inner

    @property
    def name(self) -> str:
        """The last part of the way; of the top the name of the archive."""
        return self._inner.rpartition("/")[2] or self._contents.path.name

    @property
    def suffix(self) -> str:
        """The end of the name from its last point on."""
        stem, point, end = self.name.rpartition(".")
        return point + end if stem and end else ""

    @property
    def stem(self) -> str:
        """The name without its suffix."""
        return self.name.removesuffix(self.suffix) if self.suffix else self.name

    @property
    def parent(self) -> Inside:
        """The folder it is in; the top is its own."""
        return Inside(self._contents, self._inner.rpartition("/")[0])

    def __truediv__(self, name: str) -> Inside:
        return Inside(self._contents, f"{self._inner}/{name}" if self._inner else name)

    def __str__(self) -> str:
        archive = str(self._contents.path)
        return f"{archive}/{self._inner}" if self._inner else archive

    def __repr__(self) -> str:
        return f"Inside({str(self)!r})"

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Inside):
            return NotImplemented
        return self._contents is other._contents and self._inner == other._inner

    def __hash__(self) -> int:
        return hash((id(self._contents), self._inner))

    @property
    def depth(self) -> int:
        """In how many archives it is, one within the other."""
        path = self._contents.path
        return 1 if isinstance(path, Path) else 1 + path.depth

    def exists(self) -> bool:
        """Whether it is in the archive."""
        return self.is_dir() or self.is_file()

    def is_dir(self) -> bool:
        """Whether it is a folder; what a trap has as a file, too, is none."""
        return self._inner in self._contents.folders and not self.is_file()

    def is_file(self) -> bool:
        """Whether it is a file; links are never followed, and count as none."""
        return self._inner in self._contents.sizes

    def is_symlink(self) -> bool:
        """Whether it is a link: what is known of an archive are files and folders alone."""
        return False

    def resolve(self) -> Inside:
        """Return itself."""
        return self

    def stat(self) -> _Stat:
        """Return how many bytes it has."""
        return _Stat(self._entry()[1])

    def open(self, mode: str = "rb") -> io.BufferedReader:
        """Return its content."""
        assert mode == "rb"
        return self._contents.packed.open(self._entry()[0])

    def names(self) -> tuple[str, ...]:
        """Return the names in a folder.

        Raises
        ------
        FileNotFoundError
            If it is none.
        """
        found = self._contents.folders.get(self._inner)
        if found is None or not self.is_dir():
            raise FileNotFoundError(2, "No such folder in the archive", str(self))
        return tuple(found)

    def _entry(self) -> tuple[str, int]:
        found = self._contents.sizes.get(self._inner)
        if found is None:
            raise FileNotFoundError(2, "No such file in the archive", str(self))
        return found


def in_archive(path: Place, packed: Packed) -> Inside:
    """Return the folder that an archive is; it is closed once nobody has it any more."""
    return Inside(_Contents(path, packed))


Place = Path | Inside


def seekable(place: Place) -> io.RawIOBase:
    """Return a file that can be read at any place; one in an archive is held in memory.

    Raises
    ------
    DatasetError
        If it is in an archive and large, or the archive is itself in one.
    """
    if isinstance(place, Path):
        return io.FileIO(place)
    n_bytes = place.stat().st_size
    check_at_most(place, n_bytes, limits.MAX_HELD_BYTES, "bytes within an archive", _UNPACK)
    if place.depth > 1:
        raise DatasetError(f"{place}: an archive within an archive within another; {_UNPACK}")
    with place.open() as stream:
        return _Held(stream.read())


class _Held(io.RawIOBase):
    """Bytes in memory as a file that nothing stands between, as ``io.FileIO``."""

    def __init__(self, content: bytes) -> None:
        super().__init__()
        self._content = io.BytesIO(content)

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = os.SEEK_SET, /) -> int:
        return self._content.seek(offset, whence)

    def tell(self) -> int:
        return self._content.tell()

    def readinto(self, target: memoryview) -> int:  # type: ignore[override]
        return self._content.readinto(target)


class Entry(NamedTuple):
    """What a folder has under a name.

    Attributes
    ----------
    name : without folders
    is_folder, is_file : whether it is one; never true of what is neither, as a pipe
    is_link : whether it is a link to a folder, which counts as none
    """

    name: str
    is_folder: bool
    is_file: bool
    is_link: bool = False


def listed(folder: Place) -> Iterator[Entry]:
    """Give out what is in a folder, in no order.

    Raises
    ------
    OSError
        If it cannot be looked into.
    """
    if isinstance(folder, Inside):
        for name in folder.names():
            is_folder = (folder / name).is_dir()
            yield Entry(name, is_folder, not is_folder)
        return
    with os.scandir(folder) as entries:
        for entry in entries:
            is_folder = is_file = is_link = False
            with suppress(OSError):  # a link to itself
                is_folder = entry.is_dir(follow_symlinks=False)
                is_file = not is_folder and entry.is_file()
                is_link = not (is_folder or is_file) and entry.is_dir()
            yield Entry(entry.name, is_folder, is_file, is_link)
