"""Pickled arrays, as ``mnist.pkl.gz``: read, never run.

Three or two pairs of (images, labels), one pair, or dictionaries, lists and tuples of arrays.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import numpy as np

from core.errors import DatasetError
from core.progress import Progress
from core.sources import limits
from core.sources.arrays.array_parts import LazyArray, plain_dtype, read_parts, typed
from core.sources.arrays.roles import ArrayInfo, meaning
from core.sources.limits import check_at_most
from core.sources.pickles.machine import Machine
from core.sources.pickles.notes import MAX_WORD, ArrayNote, text_of
from core.sources.streams import open_file

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator

    from numpy.typing import NDArray

    from core.sources.parts import Head, Parts
    from core.sources.reading import ReadingConfig

    _List = list[Any] | tuple[Any, ...]
    """Of labels: whole numbers or words."""

EXPECTED = "pickled NumPy arrays (mnist.pkl.gz)"
_PROTOCOLS = range(2, 6)
_WORD = rb"[A-Za-z_][\w.]{0,99}+\n"
_IN_WORDS = re.compile(rb"(?:[(\]})].*?)?[ci]" + _WORD + _WORD, re.DOTALL)
"""Protocols 0 and 1 have no mark of their own: they begin a container or import something."""

_PARTS = {2: ("train", "test"), 3: ("train", "validation", "test")}
"""What pairs are, by how many there are; the practical's file has three."""

_MAX_DEPTH = 4
"""Containers within each other that are looked into."""

_LOOKED_AT_A_TIME = 1 << 13
"""Entries of containers between two words on how far it is."""


def recognises(head: Head) -> bool:
    """Whether it begins as a pickle does."""
    if head.content[:1] == b"\x80":
        return len(head.content) > 1 and head.content[1] in _PROTOCOLS
    return _IN_WORDS.match(head.content) is not None


def read(head: Head, reading: ReadingConfig) -> Generator[Progress, None, Parts]:
    """Read the arrays in a pickle.

    Raises
    ------
    ArraysUnclear, DatasetError
        As :func:`core.sources.arrays.array_parts.read_parts`; naming the byte at which the pickle
        is damaged, or asks for something that is no array.
    """
    with open_file(head.path) as stream:
        content = yield from Machine(stream).run()
        if stream.read(1):
            raise DatasetError(
                f"{head.path}: there is more data after the end of the pickle, at byte "
                f"{stream.tell() - 1}; expected one pickle that holds all arrays"
            )
    where = str(head.path)
    arrays = yield from _leaves(where, content)
    names = [array.info.name for array in arrays]
    if len(set(names)) < len(names):
        twice = next(name for name in names if names.count(name) > 1)
        raise DatasetError(f"{where}: two arrays in it are called {twice!r}; expected each once")
    del content
    return (yield from read_parts(head.path.name, where, arrays, reading))


def _leaves(where: str, content: Any) -> Generator[Progress, None, list[LazyArray]]:
    """Return the arrays in containers, named by the way to them: ``train/images``.

    A list of words is one where its name says that it holds labels: file names are none.
    """
    open_ones: list[tuple[str, Iterator[tuple[Any, Any]]]] = [("", iter([("", content)]))]
    arrays = list[LazyArray]()
    looked_at = 0  # containers may hold each other a thousand times over
    while open_ones:
        way, items = open_ones[-1]
        item = next(items, None)
        if item is None:
            open_ones.pop()
            continue
        key, value = item
        looked_at += 1
        most, what = limits.MAX_PICKLE_STEPS, "entries of containers within each other"
        check_at_most(where, looked_at, most, what, "expected a few arrays")
        if looked_at % _LOOKED_AT_A_TIME == 0:
            yield Progress(looked_at, 0, "entries")
        name = f"{way}/{key}".lstrip("/")
        is_array, are_words = isinstance(value, ArrayNote) or _is_numbers(value), _is_words(value)
        if are_words:  # places in a list say nothing: what that is called is looked at once
            is_array = meaning(way if type(key) is int else name)[1] == "labels"
        if is_array:
            arrays.append(_lazy(where, name or "array", value))
            expected = "expected one of images and one of labels, not one per image"
            check_at_most(where, len(arrays), limits.MAX_ARRAYS, "arrays", expected)
        elif (
            not are_words
            and len(open_ones) <= _MAX_DEPTH
            and isinstance(value, dict | list | tuple)
        ):
            open_ones.append((name, _items(value)))
    return arrays


def _items(value: dict[str, Any] | list[Any] | tuple[Any, ...]) -> Iterator[tuple[Any, Any]]:
    if isinstance(value, dict):
        return iter(value.items())
    if _is_pair(value):
        return zip(("images", "labels"), value, strict=True)
    if len(value) in _PARTS and all(_is_pair(item) for item in value):
        return zip(_PARTS[len(value)], value, strict=True)
    return enumerate(value)


def _is_numbers(value: Any) -> bool:
    return isinstance(value, list | tuple) and len(value) > 0 and type(value[0]) is int


def _is_words(value: Any) -> bool:
    return isinstance(value, list | tuple) and len(value) > 0 and text_of(value[0]) is not None


def _is_pair(value: Any) -> bool:
    """Whether it is (images, labels): rows or pictures, and one entry for each."""
    if not isinstance(value, list | tuple) or len(value) != 2:
        return False
    images, labels = map(_shape, value)
    rows = len(images) in (2, 3, 4) and len(labels) in (1, 2)
    return rows and (len(labels) == 1 or images[1:] != labels[1:])


def _shape(value: Any) -> tuple[int, ...]:
    """Return the shape of an array or of a list of labels; that of anything else is empty."""
    if isinstance(value, ArrayNote):
        shape = value.shape or ()
        return shape if value.axes is None else tuple(shape[axis] for axis in value.axes)
    return (len(value),) if _is_numbers(value) or _is_words(value) else ()


def _lazy(where: str, name: str, found: ArrayNote | _List) -> LazyArray:
    label = f"{where}: {name}"
    if not isinstance(found, ArrayNote):
        entries, are_words = found, _is_words(found)
        info = ArrayInfo(name, (len(entries),), f"<U{MAX_WORD}" if are_words else "int64")
        return LazyArray(info, lambda: (_words if are_words else _numbers)(label, entries))
    note = found
    dtype = None if note.content is None else plain_dtype(note.code)
    info = ArrayInfo(name, _shape(note), "object" if dtype is None else str(dtype))
    return LazyArray(info, lambda: _built(label, note))


def _numbers(label: str, entries: _List) -> Generator[Progress, None, NDArray[Any]]:
    yield from ()
    whole = all(type(entry) is int and -(2**63) <= entry < 2**63 for entry in entries)
    if not whole:
        raise DatasetError(f"{label}: it is a list of other things than whole numbers")
    return np.array(entries, dtype=np.int64)


def _words(label: str, entries: _List) -> Generator[Progress, None, NDArray[Any]]:
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


def _built(label: str, note: ArrayNote) -> Generator[Progress, None, NDArray[Any]]:
    yield from ()
    dtype = plain_dtype(note.code)
    if dtype is None or note.content is None or note.shape is None:
        raise DatasetError(f"{label}: values of type {note.code[:40]!r} are never read")
    array = typed(label, note.content, dtype, note.shape, note.order)
    return array if note.axes is None else array.transpose(note.axes)
