"""NumPy's arrays: an npz archive of them, or npy files beside each other.

An npz is a zip archive with one npy file per array (https://numpy.org/doc/stable/reference/
generated/numpy.savez.html). Directory and headers are checked before anything is read.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from core.progress import Progress
from core.sources import limits
from core.sources.archives import begins_with_array
from core.sources.archives.zips import MAGICS, Archive
from core.sources.arrays.array_parts import LazyArray, read_parts
from core.sources.arrays.npy import MAGIC, lazy_npy
from core.sources.limits import check_at_most
from core.sources.streams import file_blob

if TYPE_CHECKING:
    from collections.abc import Generator

    from core.sources.parts import Head, Parts
    from core.sources.places import Place
    from core.sources.reading import ReadingConfig

EXPECTED = "arrays as NumPy stores them (mnist.npz, or X.npy beside y.npy)"
_NPY = ".npy"
_FILE_NAME = re.compile(r"(?P<name>.*)\.(?P<kind>npy|npz)(\.gz)?", re.IGNORECASE)


def recognises(head: Head) -> bool:
    """Whether it is an npy file or an archive that begins with one; a cut one, by its name."""
    if head.is_folder:
        return False
    if head.raw.startswith(MAGICS):
        return begins_with_array(head.raw)
    return head.content.startswith(MAGIC) or _FILE_NAME.fullmatch(head.path.name) is not None


def read(head: Head, reading: ReadingConfig) -> Generator[Progress, None, Parts]:
    """Read the images and labels of an npz archive.

    Raises
    ------
    ArraysUnclear, DatasetError
        As :func:`core.sources.arrays.array_parts.read_parts`, or naming the file and what is wrong.
    """
    return (yield from read_parts(head.path.name, str(head.path), _file_arrays(head.path), reading))


def halves(head: Head, reading: ReadingConfig) -> Generator[Progress, None, list[LazyArray]]:
    """Return the array of a file that holds one alone."""
    yield Progress(0, 1, "files")
    arrays = _file_arrays(head.path)
    return arrays if len(arrays) == 1 else []


def _file_arrays(file: Place) -> list[LazyArray]:
    """Return the arrays of an npy or npz file."""
    with file.open("rb") as stream:
        is_archive = stream.read(4) in MAGICS
    if not is_archive:
        return [lazy_npy(file.name, file_blob(file))]
    archive = Archive(file)
    members = [member for member in archive.members if member.filename.endswith(_NPY)]
    check_at_most(file, len(members), limits.MAX_ARRAYS, "arrays in it", limits.SMALLER)
    with archive.kept_open():
        return [
            lazy_npy(member.filename.removesuffix(_NPY), archive.blob(member)) for member in members
        ]
