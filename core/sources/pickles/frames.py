"""What pandas' and scikit-learn's data are in a pickle: columns of numbers and words.

A frame is blocks of columns of one type, each (columns, rows), the places of these columns, and
the names of all columns: ``BlockManager.__reduce__`` and ``NDArrayBacked.__reduce__`` of pandas 2
and 3; ``__getstate__`` of 1, which ``SingleBlockManager`` still has.
"""

from __future__ import annotations

from dataclasses import replace
from math import isqrt
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from core.progress import Progress, finish
from core.sources import limits
from core.sources.arrays.array_parts import LazyArray
from core.sources.arrays.roles import ArrayInfo
from core.sources.columns import told_apart
from core.sources.limits import check_at_most
from core.sources.pickles.columns import column, numbers_of, wrong
from core.sources.pickles.notes import ArrayNote, Made, Name
from core.sources.pickles.values import LISTS, entries_of, is_number, lazy, shape_of
from core.sources.tables.layout import label_by_values

if TYPE_CHECKING:
    from collections.abc import Generator

    from numpy.typing import NDArray

_MAX_COLUMNS = 1 << 16
"""Of a frame: more than an image of the largest size has pixels."""


class _Block(NamedTuple):
    """Columns of one type: their values, (columns, rows) or (rows,), and their places."""

    values: Any
    places: list[int]


def opened(where: str, value: Any) -> Any:
    """Return an array of objects, a frame, a series or an index as what it holds.

    A frame is a dictionary of images and labels, each if it is there. Anything else is returned
    as it is.

    Raises
    ------
    DatasetError
        If it is not as pandas writes it.
    """
    if isinstance(value, ArrayNote) and value.objects is not None:
        found = entries_of(value)
        known = found and (is_number(found[0]) or isinstance(found[0], (*LISTS, ArrayNote, str)))
        return found if known else value
    if not isinstance(value, Made):
        return value
    if value.kind is Name.FRAME:
        return _frame(where, value)
    if value.kind is Name.SERIES:
        return column(where, _blocks(where, _manager(where, value))[0][0].values)
    return column(where, value)


def _manager(where: str, value: Made) -> Made:
    state = value.state
    found = state.get("_mgr", state.get("_data")) if isinstance(state, dict) else None
    if not isinstance(found, Made):
        raise wrong(where, "a frame")
    return found


def _blocks(where: str, manager: Made) -> tuple[list[_Block], Any]:
    """Return blocks, and the names of the columns."""
    if len(manager.arguments) == 2:
        found, axes = manager.arguments
        pairs = [
            block.arguments[:2]
            for block in found
            if isinstance(block, Made) and block.kind is Name.BLOCK and len(block.arguments) > 1
        ]
    else:  # (axes, values, ..., {version: the same once more})
        state = manager.state
        extra = state[3].get("0.14.1") if isinstance(state, tuple) and len(state) == 4 else None
        if not isinstance(extra, dict):
            raise wrong(where, "a frame")
        axes = extra.get("axes")
        pairs = [
            (block.get("values"), block.get("mgr_locs"))
            for block in extra.get("blocks", ())
            if isinstance(block, dict)
        ]
    if not pairs or not isinstance(axes, list) or not axes:
        raise wrong(where, "a frame")
    return [_Block(values, _places(where, places)) for values, places in pairs], axes[0]


def _places(where: str, value: Any) -> list[int]:
    if isinstance(value, ArrayNote):
        return [int(place) for place in numbers_of(where, value)]
    if not isinstance(value, Made) or value.kind is not Name.SLICE or len(value.arguments) != 3:
        raise wrong(where, "the places of columns")
    start, stop, step = value.arguments
    if any(type(end) is not int for end in value.arguments) or not step:
        raise wrong(where, "the places of columns")
    places = range(start, stop, step)
    check_at_most(where, len(places), limits.MAX_IMAGES, "places", limits.SMALLER)
    return list(places)


def _names(where: str, axis: Any, n: int) -> list[str]:
    """Return the names of ``n`` columns; their places where they have none."""
    found = column(where, axis)
    if isinstance(found, ArrayNote):
        found = numbers_of(where, found).tolist()
    if not isinstance(found, list):
        return [str(i) for i in range(n)]
    if len(found) != n:
        raise wrong(where, "the names of columns")
    return [name if isinstance(name, str) else repr(name) for name in found]


def _frame(where: str, value: Made) -> dict[str, Any]:
    blocks, axis = _blocks(where, _manager(where, value))
    n = sum(len(block.places) for block in blocks)
    check_at_most(where, n, _MAX_COLUMNS, "columns", limits.SMALLER)
    if sorted(place for block in blocks for place in block.places) != list(range(n)):
        raise wrong(where, "the places of columns")
    names = _names(where, axis, n)
    numbers, others = list[_Block](), dict[int, Any]()
    for block in blocks:
        shape = shape_of(block.values)
        if isinstance(block.values, ArrayNote) and block.values.objects is None:
            if len(shape) != 2 or shape[0] != len(block.places):
                raise wrong(where, "a block of columns")
            numbers.append(block)
            continue
        found = column(where, block.values)
        several = isinstance(block.values, ArrayNote) and len(block.values.shape or ()) == 2
        rows = found if several else [found]
        if not isinstance(rows, list) or len(rows) != len(block.places):
            raise wrong(where, "a block of columns")
        others.update(zip(block.places, rows, strict=True))
    are_numbers = [place not in others for place in range(n)]
    columns, note = told_apart(names, are_numbers), ""
    label, pixels = columns.label, columns.pixels
    if label is None and len(pixels) > 2 and isqrt(len(pixels)) ** 2 != len(pixels):
        ends = (_one(where, numbers, pixels[0]), _one(where, numbers, pixels[-1]))
        which, note = label_by_values(where, *(finish(end.load()).astype(float) for end in ends))
        label = pixels[0] if which == "first" else pixels[-1]
        pixels = tuple(place for place in pixels if place != label)
    made = dict[str, Any]()
    if pixels:
        made["images"] = replace(_pixels(where, numbers, pixels), note=note)
    if columns.image is not None:
        made["images"] = others[columns.image]
    if label is not None:
        made["labels"] = others[label] if label in others else _one(where, numbers, label)
    return made


def _one(where: str, blocks: list[_Block], place: int) -> LazyArray:
    """Return a column of numbers, (rows,)."""
    found = _pixels(where, blocks, (place,))

    def load() -> Generator[Progress, None, NDArray[Any]]:
        return (yield from found.load())[:, 0]

    return LazyArray(replace(found.info, shape=found.info.shape[:1]), load)


def _pixels(where: str, blocks: list[_Block], places: tuple[int, ...]) -> LazyArray:
    """Return columns of numbers as (rows, columns)."""
    wanted = set(places)
    held = [block for block in blocks if wanted & set(block.places)]
    arrays = [lazy(where, "columns", block.values) for block in held]
    heights = {array.info.shape[1] for array in arrays}
    if len(heights) > 1 or "object" in (array.info.dtype for array in arrays):
        raise wrong(where, "a block of columns")
    dtype = np.result_type(*(array.info.dtype for array in arrays))
    n_rows = heights.pop()

    def load() -> Generator[Progress, None, NDArray[Any]]:
        if len(held) == 1 and (part := _slice_of(held[0].places, places)) is not None:
            return (yield from arrays[0].load())[part].T  # as they are: a frame may be large
        out = np.empty((n_rows, len(places)), dtype=dtype)
        at = {place: i for i, place in enumerate(places)}
        for block, array in zip(held, arrays, strict=True):
            values = yield from array.load()
            for row, place in enumerate(block.places):
                if place in at:
                    out[:, at[place]] = values[row]
                    yield Progress(row, len(block.places), "columns")
        return out

    return LazyArray(ArrayInfo("pixels", (n_rows, len(places)), str(dtype)), load)


def _slice_of(all_places: list[int], places: tuple[int, ...]) -> slice | None:
    """Return where ``places`` stand one after the other; None if they do not."""
    start = all_places.index(places[0])
    part = slice(start, start + len(places))
    return part if tuple(all_places[part]) == places else None
