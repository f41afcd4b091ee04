"""Archives, whose files are read where they are; nothing is ever unpacked to the disk."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.sources.places import in_archive
from core.sources.streams import read_heads

if TYPE_CHECKING:
    from collections.abc import Generator
    from pathlib import Path

    from core.progress import Progress
    from core.sources.places import Inside, Place

_ARRAY = b".npy"
_NAME_AT = 30
"""Where in a zip the name of its first member begins."""


def opening(path: Place, start: bytes, content: bytes) -> Generator[Progress, None, Inside | None]:
    """Return the folder that an archive is, telling how far it is; None if a file is none.

    A zip that begins with an array is a file of arrays, as NumPy writes it.

    Parameters
    ----------
    path : the file
    start, content : its first bytes, as stored and inflated where they are gzip

    Raises
    ------
    DatasetError
        If it is damaged, encrypted, too large or a trap.
    """
    from core.sources.archives import tars, zips

    if start.startswith(zips.MAGICS) and not begins_with_array(start):
        return in_archive(path, zips.Archive(path))
    if tars.is_tar(content):
        tar = tars.Tar(path)
        try:
            yield from tar.listing()
        except BaseException:  # called off, too
            tar.close()
            raise
        return in_archive(path, tar)
    return None


def place_at(path: Path) -> Generator[Progress, None, Place]:
    """Return ``path``, or what an archive on the way to it has there: ``a.zip/images/3``.

    Raises
    ------
    DatasetError
        As :func:`opening`.
    """
    if path.exists():
        return path
    archive = next((folder for folder in path.parents if folder.is_file()), None)
    found = None if archive is None else (yield from opening(archive, *read_heads(archive)))
    if archive is None or found is None:
        return path
    return found / path.relative_to(archive).as_posix()


def begins_with_array(start: bytes) -> bool:
    """Whether the first member of a zip that begins so is an array."""
    n = int.from_bytes(start[26:28], "little")
    return start[_NAME_AT : _NAME_AT + n].endswith(_ARRAY)
