"""NumPy's arrays: an npz archive of them, or npy files beside each other.

An npz is a zip archive with one npy file per array (https://numpy.org/doc/stable/reference/
generated/numpy.savez.html). Directory and headers are checked before anything is read.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from core.errors import DatasetError
from core.sources import limits
from core.sources.arrays.archive import MAGICS, Archive
from core.sources.arrays.array_parts import LazyArray, read_parts
from core.sources.arrays.npy import MAGIC, lazy_npy
from core.sources.arrays.roles import HOW_TO_SAY, choose, meaning
from core.sources.limits import check_at_most
from core.sources.opening import folder_names
from core.sources.streams import file_blob

if TYPE_CHECKING:
    from collections.abc import Generator, Sequence
    from pathlib import Path

    from core.progress import Progress
    from core.sources.parts import Head, Parts
    from core.sources.reading import ReadingConfig

EXPECTED = "arrays as NumPy stores them (mnist.npz, or X.npy beside y.npy)"
_NPY = ".npy"
_FILE_NAME = re.compile(r"(?P<name>.*)\.(?P<kind>npy|npz)(\.gz)?", re.IGNORECASE)
_NAME_AT = 30
"""Where in an archive the name of its first member begins."""


def recognises(head: Head) -> bool:
    """Whether it is an npy file, an archive that begins with one, or a folder of them."""
    if head.is_folder:
        return any(_FILE_NAME.fullmatch(name) for name in head.names)
    if head.raw.startswith(MAGICS):
        n = int.from_bytes(head.raw[26:28], "little")
        return head.raw[_NAME_AT : _NAME_AT + n].endswith(_NPY.encode())
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
    if len(files) == 1:
        arrays = _file_arrays(files[0])
        if len(arrays) == 1 and not head.is_folder:  # images in one file and labels in another
            arrays, notes = _beside(path, arrays[0], reading)
    else:
        arrays, notes = _one_each(path, files, reading)
    name = path.resolve().name if head.is_folder else path.name
    parts = yield from read_parts(name, str(path), arrays, reading)
    return replace(parts, notes=parts.notes + notes)


def _array_name(file: Path) -> str:
    """Return what the array in a file is called: as the file."""
    match = _FILE_NAME.fullmatch(file.name)
    return file.name if match is None else match["name"]


def _array_files(folder: Path, names: Sequence[str]) -> list[Path]:
    files = [folder / name for name in names if _FILE_NAME.fullmatch(name)]
    files = [file for file in files if file.is_file()]
    check_at_most(folder, len(files), limits.MAX_MEMBERS, "files of arrays", limits.ALONE)
    return files


def _file_arrays(file: Path) -> list[LazyArray]:
    """Return the arrays of an npy or npz file."""
    with file.open("rb") as stream:
        is_archive = stream.read(4) in MAGICS
    if not is_archive:
        return [lazy_npy(_array_name(file), file_blob(file))]
    archive = Archive(file)
    with archive.kept_open():
        return [
            lazy_npy(member.filename.removesuffix(_NPY), archive.blob(member))
            for member in archive.members
            if member.filename.endswith(_NPY)
        ]


def _named_as(file: Path, alone: LazyArray) -> LazyArray:
    return replace(alone, info=replace(alone.info, name=_array_name(file)))


def _readable(files: Sequence[Path]) -> tuple[dict[Path, list[LazyArray]], list[DatasetError]]:
    """Return the arrays of each file, without those that are damaged but not needed by their name.

    Raises
    ------
    DatasetError
        About a damaged file whose name says that it holds images or labels.
    """
    found: dict[Path, list[LazyArray]] = {}
    damages = []
    for file in files:
        try:
            found[file] = _file_arrays(file)
        except DatasetError as damage:
            if any(meaning(_array_name(file))):
                raise
            damages.append(damage)
    return found, damages


def _check_enough(
    where: str, arrays: Sequence[LazyArray], damages: Sequence[DatasetError], reading: ReadingConfig
) -> dict[str, str]:
    """Return which array is what; where that is not clear, what is damaged may be why.

    Raises
    ------
    ArraysUnclear, DatasetError
        As :func:`core.sources.arrays.roles.choose`, or about the damaged file.
    """
    try:
        return choose(where, [array.info for array in arrays], reading.arrays)
    except DatasetError:
        if damages:
            raise damages[0] from None
        raise


def _left_out(damages: Sequence[DatasetError]) -> tuple[str, ...]:
    return tuple(f"A damaged file was left out: {damage}." for damage in damages)


def _one_each(
    folder: Path, files: Sequence[Path], reading: ReadingConfig
) -> tuple[list[LazyArray], tuple[str, ...]]:
    """Return the arrays of the files in a folder, which hold one each.

    Beside them come notes on what was left out.
    """
    found: dict[str, LazyArray] = {}
    readable, damages = _readable(files)
    for file, inside in readable.items():
        if len(inside) != 1:
            listed = ", ".join(file.name for file in files[:12])
            raise DatasetError(
                f"{folder}: several files of arrays ({listed}), of which {file.name} holds "
                f"{len(inside)} arrays; open one of them instead"
            )
        name = _array_name(file)
        if name in found:
            raise DatasetError(
                f"{folder}: there are two files of arrays called {name}; open one of them instead"
            )
        found[name] = _named_as(file, inside[0])
    if damages:
        _check_enough(str(folder), list(found.values()), damages, reading)
    return list(found.values()), _left_out(damages)


def _beside(
    path: Path, alone: LazyArray, reading: ReadingConfig
) -> tuple[list[LazyArray], tuple[str, ...]]:
    """Return the arrays of ``path``, which holds one alone, and of the files beside it.

    Beside them come notes on what was left out.
    """
    inside = {path: [alone]}
    files = _array_files(path.parent, folder_names(path.parent))
    others = [file for file in files if file.suffix == path.suffix and file.name != path.name]
    readable, damages = _readable(others)
    inside |= readable
    arrays = [_named_as(file, found[0]) for file, found in inside.items() if len(found) == 1]
    if len(arrays) < 2 and damages:
        raise damages[0]
    if len(arrays) < 2:
        raise DatasetError(
            f"{path}: it holds one array ({alone.info}), and there is none beside it; expected "
            "images and labels, as X.npy beside y.npy"
        )
    roles = _check_enough(str(path), arrays, damages, reading)
    if not reading.arrays and _array_name(path) not in roles.values():
        listed = ", ".join(roles.values())
        raise DatasetError(
            f"{path}: the arrays beside it that are images and labels ({listed}) do not need it; "
            f"open one of them instead, or {HOW_TO_SAY}"
        )
    return arrays, _left_out(damages)
