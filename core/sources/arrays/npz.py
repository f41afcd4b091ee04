"""NumPy's arrays: an npz archive of them, or npy files beside each other.

An npz is a zip archive with one npy file per array (https://numpy.org/doc/stable/reference/
generated/numpy.savez.html). Directory and headers are checked before anything is read.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from core.errors import DatasetError
from core.progress import Progress
from core.sources import limits
from core.sources.archives import begins_with_array
from core.sources.archives.zips import MAGICS, Archive
from core.sources.arrays.array_parts import LazyArray, read_parts
from core.sources.arrays.npy import MAGIC, lazy_npy
from core.sources.arrays.roles import HOW_TO_SAY, choose, meaning
from core.sources.limits import check_at_most
from core.sources.opening import folder_names
from core.sources.parts import NotOneSet
from core.sources.streams import file_blob

if TYPE_CHECKING:
    from collections.abc import Generator, Sequence

    from core.sources.parts import Head, Parts
    from core.sources.places import Place
    from core.sources.reading import ReadingConfig

EXPECTED = "arrays as NumPy stores them (mnist.npz, or X.npy beside y.npy)"
_NPY = ".npy"
_FILE_NAME = re.compile(r"(?P<name>.*)\.(?P<kind>npy|npz)(\.gz)?", re.IGNORECASE)


def recognises(head: Head) -> bool:
    """Whether it is an npy file, an archive that begins with one, or a folder of them."""
    if head.is_folder:
        return any(_FILE_NAME.fullmatch(name) for name in head.names)
    if head.raw.startswith(MAGICS):
        return begins_with_array(head.raw)
    return head.content.startswith(MAGIC)


def read(head: Head, reading: ReadingConfig) -> Generator[Progress, None, Parts]:
    """Read an npz archive, or an npy file and those beside it, or a folder of them.

    Raises
    ------
    ArraysUnclear, DatasetError
        As :func:`core.sources.arrays.array_parts.read_parts`, or naming the file and what is wrong.
    """
    path, notes = head.path, tuple[str, ...]()
    files = _array_files(path, head.names) if head.is_folder else [path]
    arrays = _file_arrays(files[0]) if len(files) == 1 else []
    if len(files) > 1 or (len(arrays) == 1 and not head.is_folder):
        arrays, notes = yield from _one_each(head, files, reading)
    name = path.resolve().name if head.is_folder else path.name
    parts = yield from read_parts(name, str(path), arrays, reading)
    return replace(parts, notes=parts.notes + notes)


def _array_name(file: Place) -> str:
    """Return what the array in a file is called: as the file."""
    match = _FILE_NAME.fullmatch(file.name)
    return file.name if match is None else match["name"]


def _array_files(folder: Place, names: Sequence[str]) -> list[Place]:
    files = [folder / name for name in names if _FILE_NAME.fullmatch(name)]
    files = [file for file in files if file.is_file()]
    check_at_most(folder, len(files), limits.MAX_ARRAYS, "files of arrays", limits.ALONE)
    return files


def _file_arrays(file: Place) -> list[LazyArray]:
    """Return the arrays of an npy or npz file."""
    with file.open("rb") as stream:
        is_archive = stream.read(4) in MAGICS
    if not is_archive:
        return [lazy_npy(_array_name(file), file_blob(file))]
    archive = Archive(file)
    members = [member for member in archive.members if member.filename.endswith(_NPY)]
    check_at_most(file, len(members), limits.MAX_ARRAYS, "arrays in it", limits.SMALLER)
    with archive.kept_open():
        return [
            lazy_npy(member.filename.removesuffix(_NPY), archive.blob(member)) for member in members
        ]


def _one_each(
    head: Head, files: Sequence[Place], reading: ReadingConfig
) -> Generator[Progress, None, tuple[list[LazyArray], tuple[str, ...]]]:
    """Return the arrays of files that hold one each, and notes on what was left out.

    They are those of a folder; or the file that was opened and those beside it, of which only some
    may belong to it. Files that are damaged are left out if they are not needed.

    Raises
    ------
    ArraysUnclear, DatasetError
        As :func:`core.sources.arrays.roles.choose`; if files do not hold one array each, or if one
        is damaged whose name says that it holds images or labels, or without which too little is
        left.
    """
    path = head.path
    if not head.is_folder:
        beside = _array_files(path.parent, folder_names(path.parent))
        same_kind = [file for file in beside if file.suffix == path.suffix]
        files = [path, *(file for file in same_kind if file.name != path.name)]
    found: dict[str, LazyArray] = {}
    damages = []
    for n, file in enumerate(files):
        yield Progress(n, len(files), "files")
        name = _array_name(file)
        try:
            inside = _file_arrays(file)
        except DatasetError as damage:
            if any(meaning(name)):
                raise
            damages.append(damage)
            continue
        if len(inside) != 1 and not head.is_folder:
            continue
        if len(inside) != 1:
            listed = ", ".join(file.name for file in files[:12])
            raise NotOneSet(
                f"{path}: several files of arrays ({listed}), of which {file.name} holds "
                f"{len(inside)} arrays; open one of them instead"
            )
        if name in found:
            raise (NotOneSet if head.is_folder else DatasetError)(
                f"{path}: there are two files of arrays called {name}; open one of them instead"
            )
        found[name] = replace(inside[0], info=replace(inside[0].info, name=name))
    infos = [array.info for array in found.values()]
    if len(infos) < 2 and not (damages or head.is_folder):
        raise DatasetError(
            f"{path}: it holds one array ({_file_arrays(path)[0].info}), and there is none beside "
            "it; expected images and labels, as X.npy beside y.npy"
        )
    if damages or not head.is_folder:
        try:
            roles = choose(str(path), infos, reading.arrays)
        except DatasetError:  # what is damaged may be why
            if damages:
                raise damages[0] from None
            raise
        if not (head.is_folder or reading.arrays or _array_name(path) in roles.values()):
            listed = ", ".join(roles.values())
            raise DatasetError(
                f"{path}: the arrays beside it that are images and labels ({listed}) do not need "
                f"it; open one of them instead, or {HOW_TO_SAY}"
            )
    notes = tuple(f"A damaged file was left out: {damage}." for damage in damages)
    return list(found.values()), notes
