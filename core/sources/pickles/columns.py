"""One column of pandas' in a pickle: numbers, words, categories, and Arrow's words."""

from __future__ import annotations

import math
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np

from core.errors import DatasetError
from core.progress import finish
from core.sources import limits
from core.sources.arrays.array_parts import plain_dtype, typed
from core.sources.limits import check_at_most
from core.sources.pickles.notes import ArrayNote, Made, Name
from core.sources.pickles.values import built, entries_of, shape_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

_OFFSETS: dict[str, np.dtype[Any]] = {"string": np.dtype("<i4"), "large_string": np.dtype("<i8")}
"""Of the beginnings of words in Arrow's two types
(https://arrow.apache.org/docs/format/Columnar.html)."""


def wrong(where: str, what: str) -> DatasetError:
    """Return the error that something is not as pandas writes it."""
    return DatasetError(
        f"{where}: {what} in it is not as pandas writes it, or of a type that is not read; write "
        "it as numbers and words by frame.to_csv('train.csv', index=False), and open that"
    )


def numbers_of(where: str, note: ArrayNote) -> NDArray[Any]:
    """Return whole numbers (n,) that something else depends on, as places and codes.

    Raises
    ------
    DatasetError
        If they are none.
    """
    dtype = plain_dtype(note.code)
    n = math.prod(shape_of(note))
    check_at_most(where, n, limits.MAX_IMAGES, "rows", limits.SMALLER)
    if dtype is None or dtype.kind not in "iu" or len(shape_of(note)) != 1:
        raise wrong(where, "a column of numbers")
    return finish(built(where, note))


def column(where: str, value: Any) -> Any:
    """Return a column, or an index, as an array or a list of values; None if it says nothing.

    Raises
    ------
    DatasetError
        If it is not as pandas writes it.
    """
    if isinstance(value, ArrayNote):
        return value if value.objects is None else entries_of(value)
    if not isinstance(value, Made):
        return value
    state = value.state
    if value.kind is Name.INDEX and len(value.arguments) == 2:
        entries = value.arguments[1]
        return _unindexed(where, entries.get("data")) if isinstance(entries, dict) else None
    if value.kind is Name.ARROW_WORDS and isinstance(state, dict):
        return _arrow_words(where, state.get("_pa_array", state.get("_data")))
    if value.kind is Name.ARRAY and isinstance(state, tuple):
        codes = next((one for one in state if isinstance(one, ArrayNote)), None)
        dtype = next((one for one in state if isinstance(one, Made)), None)
        if codes is not None and dtype is not None and dtype.kind is Name.CATEGORIES:
            return _categories(where, codes, dtype.state)
        return None if codes is None else entries_of(codes) if codes.objects else codes
    return None


def _unindexed(where: str, value: Any) -> Any:
    # No deeper: an index within an index for ever would exhaust the stack.
    is_index = isinstance(value, Made) and value.kind is Name.INDEX
    return None if is_index else column(where, value)


def _categories(where: str, codes: ArrayNote, state: Any) -> list[Any]:
    index = state.get("categories") if isinstance(state, dict) else None
    is_index = isinstance(index, Made) and index.kind is Name.INDEX
    names = column(where, index) if is_index else None
    if isinstance(names, ArrayNote):
        names = numbers_of(where, names).tolist()
    found = numbers_of(where, codes)
    if not isinstance(names, list) or not len(found) or found.max() >= len(names):
        raise wrong(where, "a column of categories")
    if found.min() < 0:
        row = int(np.flatnonzero(found < 0)[0])
        raise DatasetError(f"{where}: row {row} has no category; leave such rows out")
    return [names[code] for code in found.tolist()]


def _arrow_words(where: str, value: Any) -> list[str]:
    """Return the words of one Arrow array: where each begins, and all of them in one piece."""
    if isinstance(value, Made) and value.kind is Name.ARROW_CHUNKS and value.arguments:
        chunks = value.arguments[0]
        value = chunks[0] if isinstance(chunks, list) and len(chunks) == 1 else None
    is_array = isinstance(value, Made) and value.kind is Name.ARROW_ARRAY
    parts = value.arguments[0] if is_array and value.arguments else None
    if not isinstance(parts, tuple) or len(parts) < 5:
        raise wrong(where, "a column of words")
    kind, n, n_missing, first, buffers = parts[:5]
    name = kind.arguments[0] if isinstance(kind, Made) and kind.arguments else ""
    offset = _OFFSETS.get(name) if isinstance(name, str) else None
    if offset is None or n_missing != 0 or first != 0 or type(n) is not int or n < 0:
        raise wrong(where, "a column of words")
    check_at_most(where, n, limits.MAX_IMAGES, "rows", limits.SMALLER)
    if not isinstance(buffers, list) or len(buffers) != 3:
        raise wrong(where, "a column of words")
    starts, text = map(_bytes, buffers[1:])
    size = (n + 1) * offset.itemsize
    if starts is None or text is None or len(starts) < size:
        raise wrong(where, "a column of words")
    ends = typed(where, starts[:size], offset, (n + 1,), "C")
    if ends[0] < 0 or (np.diff(ends) < 0).any() or ends[-1] > len(text):
        raise wrong(where, "a column of words")
    raw = text[: int(ends[-1])].tobytes()
    return [raw[start:end].decode("utf-8", "replace") for start, end in pairwise(ends.tolist())]


def _bytes(value: Any) -> NDArray[np.uint8] | None:
    if isinstance(value, bytes):
        return np.frombuffer(value, dtype=np.uint8)
    return value if isinstance(value, np.ndarray) else None
