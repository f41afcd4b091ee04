"""Zip archives of data files: MNIST's four IDX files, or those of the NIST's EMNIST archive.

Members are read in memory, one at a time and only those that are wanted.
"""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from core.errors import DatasetError
from core.sources.arrays import idx, npz
from core.sources.arrays.archive import MAGICS, Archive
from core.sources.arrays.idx_files import by_content, by_name, is_idx_name, named_set, unnamed_set

if TYPE_CHECKING:
    from collections.abc import Generator, Sequence
    from pathlib import Path
    from zipfile import ZipInfo

    from core.progress import Progress
    from core.sources.parts import Head, Parts
    from core.sources.reading import ReadingConfig

EXPECTED = "a zip archive of IDX files"
_UNPACK = "unpack it and open one of them"
_LISTED = 6
"""Members named in an error."""


def recognises(head: Head) -> bool:
    """Whether it is a zip archive."""
    return head.raw.startswith(MAGICS)


def read(head: Head, reading: ReadingConfig) -> Generator[Progress, None, Parts]:
    """Read the IDX files of an archive, or its arrays where it holds those.

    Raises
    ------
    DatasetError
        If the archive is damaged or a trap, or holds no set or several.
    """
    path = head.path
    archive = Archive(path)
    members = archive.members
    if any(member.filename.endswith(".npy") for member in members):
        return (yield from npz.read(head, reading))
    blobs = [archive.blob(member) for member in _shallowest(path, members)]
    if blobs:
        chosen = named_set(str(path), by_name(blobs), advice=_UNPACK)
    else:
        blobs = [archive.blob(member) for member in members]
        found = by_content(blobs)
        if not any(file.kind == "images" for file in found):
            raise DatasetError(f"{path}: {_what_it_holds(members)}")
        chosen = unnamed_set(str(path), found, advice=_UNPACK)
    folder = {blob.label.rpartition("/")[0] for pair in chosen.pairs for blob in pair}
    beside = [archive.blob(member) for member in members if "mapping" in member.filename.lower()]
    beside = [blob for blob in beside if blob.label.rpartition("/")[0] in folder]
    return (yield from idx.read_set(path.name, str(path), chosen, beside))


def _shallowest(path: Path, members: Sequence[ZipInfo]) -> list[ZipInfo]:
    """Return the members named as IDX files in the one folder that is nearest to the top.

    Some archives hold each file a second time, in a folder of its name.

    Raises
    ------
    DatasetError
        If several folders are equally near.
    """
    named = [member for member in members if is_idx_name(PurePosixPath(member.filename).name)]
    depth = min((member.filename.count("/") for member in named), default=0)
    named = [member for member in named if member.filename.count("/") == depth]
    folders = sorted({str(PurePosixPath(member.filename).parent) for member in named})
    if len(folders) > 1:
        raise DatasetError(
            f"{path}: several sets in the folders {', '.join(folders[:_LISTED])}; {_UNPACK}"
        )
    return named


def _what_it_holds(members: Sequence[ZipInfo]) -> str:
    if not members:
        return "the archive is empty; copy or download it again"
    names = ", ".join(member.filename for member in members[:_LISTED])
    more = f" and {len(members) - _LISTED} more" if len(members) > _LISTED else ""
    return (
        f"this archive holds {names}{more}; expected IDX files or npy arrays in it. If it holds "
        "pictures or a table, unpack it and open the folder or the file"
    )
