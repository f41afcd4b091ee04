"""HDF5 files: arrays in groups, of ``h5py``, keras, and Matlab from 7.3 on.

``h5py`` reads them, and the C library below it. What a file claims is checked before anything is
read: sizes, and that nothing leads out of it into another file.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from core.errors import DatasetError
from core.progress import Progress
from core.sources import limits
from core.sources.arrays.array_parts import plain_dtype, read_parts
from core.sources.arrays.lazy_array import LazyArray
from core.sources.arrays.roles import ArrayInfo
from core.sources.formats.extra import library
from core.sources.limits import check_at_most
from core.sources.places import seekable
from core.sources.streams import check_file_size, damaged

if TYPE_CHECKING:
    from collections.abc import Callable, Generator

    from numpy.typing import NDArray

    from core.sources.parts import Head, Parts
    from core.sources.places import Place
    from core.sources.reading import ReadingConfig

EXPECTED = "an HDF5 file (data.h5, Matlab's of version 7.3)"
MAGIC = b"\x89HDF\r\n\x1a\n"
_MATLAB = b"MATLAB 7.3 MAT-file"
_INSTEAD = "write its arrays by np.savez and open that"
_PIECE_BYTES = 1 << 22
"""Read at a time, whole chunks of a file among it."""

_FAULTS = (OSError, RuntimeError, KeyError, ValueError, TypeError, AttributeError, OverflowError)
"""What h5py raises of a damaged file."""


def recognises(head: Head) -> bool:
    """Whether it begins as one."""
    return head.raw.startswith((MAGIC, _MATLAB))


def read(head: Head, reading: ReadingConfig) -> Generator[Progress, None, Parts]:
    """Read the arrays of a file.

    Raises
    ------
    ArraysUnclear, DatasetError
        As :func:`core.sources.arrays.array_parts.read_parts`; if h5py is missing or stumbles.
    """
    found = yield from arrays(head, reading)
    return (yield from read_parts(head.path.name, str(head.path), found, reading))


def arrays(head: Head, reading: ReadingConfig) -> Generator[Progress, None, list[LazyArray]]:
    """Return the arrays of a file, those in groups called by the way to them.

    Raises
    ------
    DatasetError
        If h5py is missing, the file is damaged, or there are too many arrays.
    """
    yield Progress(0, 0, "arrays")
    h5py = library(head.path, "h5py", "h5py", _INSTEAD)
    check_file_size(head.path, head.path.stat().st_size)
    turned = head.raw.startswith(_MATLAB)
    found = list[LazyArray]()

    def look(name: str, node: Any) -> None:
        if isinstance(node, h5py.Dataset):
            found.append(_lazy(h5py, head.path, name, node, turned=turned))
        check_at_most(head.path, len(found), limits.MAX_ARRAYS, "arrays in it", limits.SMALLER)

    _asked(head.path, lambda: _with_file(h5py, head.path, lambda file: file.visititems(look)))
    return found


def _asked(path: Place, ask: Callable[[], Any]) -> Any:
    try:
        return ask()
    except DatasetError:
        raise
    except _FAULTS as error:
        raise damaged(path, f"this HDF5 file is damaged ({str(error)[:200]})") from error


def _with_file(h5py: Any, path: Place, ask: Callable[[Any], Any]) -> Any:
    with seekable(path) as raw, h5py.File(raw, "r") as file:
        return ask(file)


def _lazy(h5py: Any, path: Place, name: str, node: Any, *, turned: bool) -> LazyArray:
    label, dtype = f"{path}: {name}", node.dtype
    # Matlab writes the first axis last.
    shape = tuple(map(int, node.shape[::-1] if turned else node.shape))
    leads_out = bool(node.external) or node.is_virtual
    is_word = h5py.check_string_dtype(dtype) is not None and dtype.kind == "O"
    if is_word and len(shape) == 1 and shape[0] <= limits.MAX_CLASSES and not leads_out:
        info = ArrayInfo(name, shape, f"<U{limits.MAX_WORD}")
        return LazyArray(info, lambda: _words(h5py, path, name))
    plain = None if dtype.kind in "OV" or leads_out else plain_dtype(dtype.str)
    info = ArrayInfo(name, shape, "object" if plain is None else str(plain))
    return LazyArray(info, lambda: _values(h5py, path, label, name, turned=turned))


def _values(
    h5py: Any, path: Place, label: str, name: str, *, turned: bool
) -> Generator[Progress, None, NDArray[Any]]:
    with seekable(path) as raw:
        file = _asked(path, lambda: h5py.File(raw, "r"))
        try:
            node = _asked(path, lambda: file[name])
            out = np.empty(node.shape, dtype=node.dtype)
            rows = max(1, _PIECE_BYTES // max(1, out[:1].nbytes))
            for first in range(0, len(out), rows):
                part = slice(first, first + rows)

                def fill(part: slice = part) -> None:
                    out[part] = node[part]

                _asked(path, fill)
                yield Progress(first, len(out), "entries")
        finally:
            file.close()
    return out.T if turned else out


def _words(h5py: Any, path: Place, name: str) -> Generator[Progress, None, NDArray[Any]]:
    yield Progress(0, 0, "words")

    def ask(file: Any) -> list[str]:
        node = file[name].asstr(errors="replace")
        return [str(node[i])[: limits.MAX_WORD] for i in range(len(node))]

    return np.array(_asked(path, lambda: _with_file(h5py, path, ask)), dtype=object)
