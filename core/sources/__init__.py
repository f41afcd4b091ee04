"""Where data sets come from: one source per file, found by name or by content.

A new named set is one line in ``NAMED_SOURCES``; a new file format is one line in
``FILE_FORMATS``, tried in order.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from core.errors import DatasetError
from core.sources import digits8, idx, strokes_cache

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Protocol

    from core.dataset import Dataset

    class FileFormat(Protocol):
        """What a module that reads one file format offers."""

        def recognises(self, path: Path) -> bool:
            """Whether the content of ``path`` looks like this format."""
            ...

        def open_path(self, path: Path) -> Dataset:
            """Read ``path``; DatasetError on anything wrong."""
            ...


NAMED_SOURCES: dict[str, tuple[str, Callable[[], Dataset]]] = {
    "strokes": ("Stroke digits", strokes_cache.open_strokes),
    "digits8": ("UCI digits 8 x 8", digits8.open_digits8),
}
"""Name -> (what people call it, how it is opened); the first is what opens by itself."""

FILE_FORMATS: tuple[FileFormat, ...] = (idx,)

DEFAULT_SOURCE = next(iter(NAMED_SOURCES))


def open_dataset(name_or_path: str) -> Dataset:
    """Return the data set of that name, or the one stored at that path.

    Raises
    ------
    DatasetError
        Saying what is wrong with the name, the path or the content, and what would be right.
    """
    if name_or_path in NAMED_SOURCES:
        return NAMED_SOURCES[name_or_path][1]()
    path = Path(name_or_path).expanduser()
    names = ", ".join(NAMED_SOURCES)
    try:
        if not path.exists():
            raise DatasetError(
                f"{name_or_path}: no such file or folder, and no data set of that name; "
                f"give the path of IDX files, or one of {names}"
            )
        for file_format in FILE_FORMATS:
            if file_format.recognises(path):
                return file_format.open_path(path)
    except (OSError, ValueError) as error:  # ValueError: a NUL byte in the path
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise DatasetError(f"{name_or_path}: cannot be read: {reason}") from error
    raise DatasetError(
        f"{name_or_path}: not IDX images; expected a folder with the four IDX files "
        "(train-images..., train-labels..., t10k-images..., t10k-labels...) or one images file "
        "with its labels file beside it"
    )
