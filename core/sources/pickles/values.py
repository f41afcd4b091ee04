"""What the containers of a pickle amount to: arrays, and lists of numbers, rows, images, words.

The first entry of a list says what it should hold; that all others are alike is seen when it is
read.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from core.errors import DatasetError
from core.progress import Progress
from core.sources import limits
from core.sources.arrays.array_parts import LazyArray, plain_dtype, typed
from core.sources.arrays.roles import ArrayInfo
from core.sources.pickles.notes import MAX_WORD, ArrayNote, Numbers, text_of

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator

    from numpy.typing import NDArray

LISTS = (list, tuple)
_MAX_DIMENSIONS = 4
"""Images in colour are lists of lists of lists of lists."""

_ROWS_AT_A_TIME = 1 << 10
"""Until it is told how far it is."""


def entries_of(value: ArrayNote) -> list[Any] | None:
    """Return an array of objects as the list, or the list of rows, that it is."""
    found, shape = value.objects or [], value.shape or ()
    if math.prod(shape) != sum(map(_n_entries, found)) or not 1 <= len(shape) <= 2:
        return None
    if len(shape) == 1:
        return found
    plain = [one for entry in found for one in _entries(entry)]
    return [tuple(plain[i : i + shape[1]]) for i in range(0, len(plain), max(1, shape[1]))]


def is_numbers(value: Any) -> bool:
    """Whether it is a list that begins with a number."""
    return isinstance(value, LISTS) and len(value) > 0 and is_number(value[0])


def is_number(value: Any) -> bool:
    """Whether it is a number, or several that are held together; truth values are none."""
    return type(value) in (int, float) or isinstance(value, Numbers)


def is_words(value: Any) -> bool:
    """Whether it is a list that begins with a word."""
    return isinstance(value, LISTS) and len(value) > 0 and text_of(value[0]) is not None


def shape_of(value: Any) -> tuple[int, ...]:
    """Return the shape of an array or of a list of numbers, words or arrays; else an empty one."""
    if isinstance(value, ArrayNote):
        shape = value.shape or ()
        return shape if value.axes is None else tuple(shape[axis] for axis in value.axes)
    if is_numbers(value):
        return (sum(map(_n_entries, value)),)
    return (len(value),) if is_words(value) else _shape_of_rows(value)


def _shape_of_rows(value: Any) -> tuple[int, ...]:
    sizes, first = list[int](), value
    while isinstance(first, LISTS) and first and not is_numbers(first):
        sizes.append(len(first))
        first = first[0]
        if len(sizes) == _MAX_DIMENSIONS or is_words(first):
            return ()
    inner = shape_of(first) if is_numbers(first) or isinstance(first, ArrayNote) else ()
    is_whole = inner and len(inner) + len(sizes) <= _MAX_DIMENSIONS
    # Of lists that hold each other a thousand times over nothing is looked at.
    is_told = math.prod(sizes) <= limits.MAX_PICKLE_STEPS
    return (*sizes, *inner) if is_whole and is_told else ()


def _n_entries(entry: Any) -> int:
    return len(entry.values) if isinstance(entry, Numbers) else 1


def _entries(entry: Any) -> list[Any]:
    return entry.values.tolist() if isinstance(entry, Numbers) else [entry]


def lazy(where: str, name: str, value: Any) -> LazyArray:
    """Return an array, or a list of numbers, words, rows or images, as an array to be read."""
    label, shape = f"{where}: {name}", shape_of(value)
    if isinstance(value, ArrayNote):
        dtype = plain_dtype(value.code) if value.content is not None else None
        info = ArrayInfo(name, shape, "object" if dtype is None else str(dtype))
        return LazyArray(info, lambda: built(label, value))
    if is_words(value):
        return LazyArray(ArrayInfo(name, shape, f"<U{MAX_WORD}"), lambda: _words(label, value))
    if is_numbers(value):
        info = ArrayInfo(name, shape, "float64" if _has_fractions(value) else "int64")
        return LazyArray(info, lambda: _numbers(label, value))
    if not shape:
        return LazyArray(ArrayInfo(name, shape, "object"), lambda: _refused(label))
    dtype = np.result_type(*{_dtype_of(row) for row in _rows(label, value, shape)})
    return LazyArray(ArrayInfo(name, shape, str(dtype)), lambda: _stack(label, value, shape, dtype))


def _has_fractions(entries: Any) -> bool:
    return any(
        type(entry) is float or (isinstance(entry, Numbers) and entry.values.dtype.kind == "f")
        for entry in entries
    )


def _dtype_of(row: Any) -> np.dtype[Any]:
    if isinstance(row, ArrayNote):
        return plain_dtype(row.code) or np.dtype(object)
    if len(row) == 1 and isinstance(row[0], Numbers):
        return row[0].values.dtype
    return np.dtype(np.float64 if _has_fractions(row) else np.int64)


def _rows(label: str, value: Any, shape: tuple[int, ...]) -> Iterator[Any]:
    """Give out the arrays and lists of numbers that lists within each other hold.

    Raises
    ------
    DatasetError
        If they are not all of ``shape`` together.
    """
    if isinstance(value, ArrayNote) or is_numbers(value):
        found = shape_of(value)
        if found != shape:
            raise DatasetError(_uneven(label, found, shape))
        yield value
    elif not isinstance(value, LISTS) or len(value) != shape[0]:
        raise DatasetError(_uneven(label, shape_of(value), shape))
    else:
        for one in value:
            yield from _rows(label, one, shape[1:])


def _uneven(label: str, found: tuple[int, ...], shape: tuple[int, ...]) -> str:
    had, usual = (" x ".join(map(str, one)) or "no numbers" for one in (found, shape))
    return f"{label}: not all of it is alike: {had} where others are {usual}; bring all to one size"


def _stack(
    label: str, value: Any, shape: tuple[int, ...], dtype: np.dtype[Any]
) -> Generator[Progress, None, NDArray[Any]]:
    flat, done = np.empty(math.prod(shape), dtype=dtype), 0
    for n, row in enumerate(_rows(label, value, shape)):
        if n % _ROWS_AT_A_TIME == 0:
            yield Progress(done, len(flat), "values")
        load = built if isinstance(row, ArrayNote) else _numbers
        found = (yield from load(label, row)).reshape(-1)
        flat[done : done + len(found)] = found
        done += len(found)
    return flat.reshape(shape)


def _refused(label: str) -> Generator[Progress, None, NDArray[Any]]:
    yield from ()
    raise DatasetError(f"{label}: values of this kind are never read")


def _numbers(label: str, entries: Any) -> Generator[Progress, None, NDArray[Any]]:
    yield from ()
    pieces = [entry.values for entry in entries if isinstance(entry, Numbers)]
    if len(pieces) == len(entries):
        return np.concatenate(pieces) if len(pieces) > 1 else pieces[0]
    plain = [one for entry in entries for one in _entries(entry)]
    kinds = set(map(type, plain))
    if not kinds <= {int, float} or not all(-(2**63) <= one < 2**63 for one in plain):
        raise DatasetError(f"{label}: it is a list of other things than whole numbers")
    return np.array(plain, dtype=np.float64 if float in kinds else np.int64)


def _words(label: str, entries: Any) -> Generator[Progress, None, NDArray[Any]]:
    yield from ()
    known: dict[Any, str | None] = {}  # the same one may be meant half a million times
    words = np.empty(len(entries), dtype=object)
    for i, entry in enumerate(entries):
        plain = entry if isinstance(entry, bytes | str) else None
        if plain not in known:
            known[plain] = text_of(plain)
        words[i] = known[plain]
    if None in known.values():
        raise DatasetError(
            f"{label}: it is a list of other things than words of at most {MAX_WORD} characters"
        )
    return words


def built(label: str, note: ArrayNote) -> Generator[Progress, None, NDArray[Any]]:
    """Return the array that a note is of.

    Raises
    ------
    DatasetError
        If it is of a type that is not read, or has not as many bytes as its shape needs.
    """
    yield from ()
    dtype = plain_dtype(note.code)
    if dtype is None or note.content is None or note.shape is None:
        raise DatasetError(f"{label}: values of type {note.code[:40]!r} are never read")
    array = typed(label, note.content, dtype, note.shape, note.order)
    return array if note.axes is None else array.transpose(note.axes)
