"""Where data sets come from: one source per file, found by name or by content.

A new named set is one line in ``NAMED_SOURCES``, or an entry of ``core.sources.catalogue.entries``
where it is downloaded; a new file format is one line in :func:`file_formats`, tried in order.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from core.errors import DatasetError
from core.progress import Progress, finish
from core.sources import built_in
from core.sources.catalogue.entries import CATALOGUE
from core.sources.reading import ReadingConfig

if TYPE_CHECKING:
    from collections.abc import Callable, Generator

    from core.data.dataset import Dataset
    from core.sources.parts import FileFormat


NAMED_SOURCES: dict[str, tuple[str, Callable[[], Generator[Progress, None, Dataset]]]] = {
    "strokes": ("Stroke digits", built_in.opening_strokes),
    "digits8": ("UCI digits 8 x 8", built_in.opening_digits8),
}
"""Name -> (what people call it, how it is opened); the first is what opens by itself."""

DEFAULT_SOURCE = next(iter(NAMED_SOURCES))


def file_formats() -> tuple[FileFormat, ...]:
    """Return every format in the order in which they are tried; what ships needs none."""
    from core.sources.arrays import idx, npz
    from core.sources.formats import hdf5, matlab, parquet
    from core.sources.pickles import format as pickles
    from core.sources.pictures import folder as picture_folder
    from core.sources.tables import format as tables
    from core.sources.tables import label_file

    return (
        idx, npz, label_file, pickles, matlab, hdf5, parquet, picture_folder, tables,
    )  # fmt: skip


def opening_dataset(
    name_or_path: str, reading: ReadingConfig | None = None, *, mirror: str = ""
) -> Generator[Progress, None, Dataset]:
    """Open the data set of that name, or the one stored at that path, telling how far it is.

    ``mirror`` is where a set of the catalogue may be found that is not in the cache; only a folder
    is looked at, for nothing here goes to the network.

    Raises
    ------
    NotDownloaded
        If it is a set of the catalogue that must be downloaded first.
    DatasetError
        Saying what is wrong with the name, the path or the content, and what would be right.
    """
    if name_or_path in NAMED_SOURCES:
        return (yield from NAMED_SOURCES[name_or_path][1]())
    names = ", ".join((*NAMED_SOURCES, *CATALOGUE))
    try:
        if name_or_path in CATALOGUE:
            from core.sources.catalogue import opening as catalogue_sets

            entry = CATALOGUE[name_or_path]
            config = reading or ReadingConfig()
            return (yield from catalogue_sets.opening_entry(entry, config, mirror))
        from core.sources.archives import place_at

        path = yield from place_at(Path(name_or_path).expanduser())
        if not path.exists():
            raise DatasetError(
                f"{name_or_path}: no such file or folder, and no data set of that name; "
                f"give the path of a data set, or one of {names}"
            )
        from core.sources.inside import open_path

        return (yield from open_path(path, file_formats(), reading or ReadingConfig()))
    except (OSError, ValueError, RuntimeError) as error:
        # ValueError: a NUL byte in the path; RuntimeError: a home folder or a loop of links.
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise DatasetError(f"{name_or_path}: cannot be read: {reason}") from error
    except MemoryError as error:
        raise DatasetError(
            f"{name_or_path}: there is not enough memory for it; open a smaller part of it"
        ) from error


def open_dataset(
    name_or_path: str, reading: ReadingConfig | None = None, *, mirror: str = ""
) -> Dataset:
    """Return the data set of that name, or the one stored at that path.

    Raises
    ------
    DatasetError
        As :func:`opening_dataset`.
    """
    return finish(opening_dataset(name_or_path, reading, mirror=mirror))
