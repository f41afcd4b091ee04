"""What is at a path, as far as its beginning tells."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.errors import DatasetError
from core.progress import Progress, finish
from core.sources import archives, limits
from core.sources.foreign import foreign
from core.sources.limits import check_at_most
from core.sources.names import is_litter
from core.sources.parts import Head
from core.sources.picture_magic import MAGIC_BYTES, picture_format
from core.sources.places import Inside, listed
from core.sources.streams import damaged, read_heads

if TYPE_CHECKING:
    from collections.abc import Generator, Sequence

    from core.sources.parts import FileFormat
    from core.sources.places import Place


def look(path: Place) -> Head:
    """Return what :func:`looking` does."""
    return finish(looking(path))


def looking(path: Place) -> Generator[Progress, None, Head]:
    """Return the beginning of what is at ``path``; an archive is a folder.

    Raises
    ------
    DatasetError
        If it is neither a file nor a folder, is empty, or is a folder of too many files.
    """
    if path.is_dir():
        return Head(path, is_folder=True, names=folder_names(path))
    if not path.is_file():  # a pipe or a device would be read for ever
        raise DatasetError(f"{path}: neither a file nor a folder; give the path of one of them")
    raw, content = read_heads(path)
    if not raw:
        raise damaged(path, "the file is empty")
    archive = yield from archives.opening(path, raw, content)
    if archive is not None:
        return Head(archive, is_folder=True, names=folder_names(archive))
    return Head(path, raw, content)


def recognising(head: Head, formats: Sequence[FileFormat]) -> FileFormat | None:
    """Return the first format that recognises what is there."""
    return next((file_format for file_format in formats if file_format.recognises(head)), None)


def folder_names(folder: Place) -> tuple[str, ...]:
    """Return the names in a folder, sorted; those that nobody put there are left out.

    Raises
    ------
    DatasetError
        If there are too many.
    """
    names = []
    for n_entries, entry in enumerate(listed(folder), 1):
        if not is_litter(entry.name):
            names.append(entry.name)
        check_at_most(folder, n_entries, limits.MAX_FOLDER_ENTRIES, "files", limits.ALONE)
    return tuple(sorted(names))


def named_foreign(head: Head) -> str:
    """Return what a file of another program is and what to do; "" for all else."""
    inner: tuple[str, ...] = ()
    if head.is_folder and not isinstance(head.path, Inside):
        return ""
    if head.is_folder and len(head.names) == 1 and (head.path / head.names[0]).is_dir():
        inner = folder_names(head.path / head.names[0])
    return foreign(head, inner)


def what_it_is(head: Head) -> str:
    """Return why no format recognises it, in words."""
    if head.is_folder:
        what = "archive" if isinstance(head.path, Inside) else "folder"
        return f"no images were found in this {what}" if head.names else f"this {what} is empty"
    if kind := picture_format(head.raw[:MAGIC_BYTES]):
        return (
            f"this is one picture ({kind}); open the folder above it, with one sub-folder of "
            "pictures per class"
        )
    if head.content.lstrip()[:1] == b"<":
        return "this is a web page, as dead mirrors send it"
    return "this is no data set of a known kind"
