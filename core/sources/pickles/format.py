"""Pickled arrays, as ``mnist.pkl.gz``: read, never run.

Three or two pairs of (images, labels), one pair, (image, label) for each image, or dictionaries,
lists and tuples of arrays, of lists of numbers and of pandas' frames; joblib's files, too.
"""

from __future__ import annotations

import re
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

from core.errors import DatasetError
from core.progress import Progress
from core.sources import limits
from core.sources.arrays.array_parts import LazyArray, read_parts
from core.sources.arrays.roles import (
    ArrayInfo,
    ArraysUnclear,
    HalfSet,
    choose,
    lists_classes,
    meaning,
)
from core.sources.limits import check_at_most
from core.sources.pickles.frames import opened
from core.sources.pickles.machine import Machine
from core.sources.pickles.notes import MAX_WORD, ArrayNote, text_of
from core.sources.pickles.values import LISTS, is_number, is_numbers, is_words, lazy, shape_of
from core.sources.streams import open_file

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator

    from numpy.typing import NDArray

    from core.sources.parts import Head, Parts
    from core.sources.reading import ReadingConfig

EXPECTED = "pickled arrays, lists or frames (mnist.pkl.gz, data.joblib)"
_PROTOCOLS = range(2, 6)
_WORD = rb"[A-Za-z_][\w.]{0,99}+\n"
_IN_WORDS = re.compile(
    rb"(?:[(\]})].*?)?[ci]" + _WORD + _WORD + rb"|\(++[ld]p\d++\n|\(*+[\]}]q\0", re.DOTALL
)
"""Protocols 0 and 1 have no mark of their own: they begin a container or import something; the
first container is remembered at once."""

_PARTS = {2: ("train", "test"), 3: ("train", "validation", "test")}
"""What pairs are, by how many there are; the practical's file has three."""

_MAX_DEPTH = 4
"""Containers within each other that are looked into."""

_MOST_THINGS = 6
"""Arrays of one shape in a list that may be different things: training, validation and test."""

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
    arrays = yield from _arrays(head)
    try:
        return (yield from read_parts(head.path.name, str(head.path), arrays, reading))
    except HalfSet as half:  # read again where it is wanted: nothing is held until then
        half.arrays = [replace(array, load=partial(_again, head, array.info)) for array in arrays]
        raise


def halves(head: Head, reading: ReadingConfig) -> Generator[Progress, None, list[LazyArray]]:
    """Return the arrays of a pickle without images, or without labels; none of any other."""
    arrays = yield from _arrays(head)
    try:
        choose(str(head.path), [array.info for array in arrays])
    except HalfSet:
        return [replace(array, load=partial(_again, head, array.info)) for array in arrays]
    except ArraysUnclear:
        pass
    return []


def _again(head: Head, info: ArrayInfo) -> Generator[Progress, None, NDArray[Any]]:
    arrays = yield from _arrays(head)
    (same,) = (other for other in arrays if other.info == info)
    return (yield from same.load())


def _arrays(head: Head) -> Generator[Progress, None, list[LazyArray]]:
    """Return the arrays in a pickle.

    Raises
    ------
    DatasetError
        Naming the byte at which it is damaged, or asks for something that is no array.
    """
    with open_file(head.path) as stream:
        content = yield from Machine(stream).run()
        if stream.read(1):
            raise DatasetError(
                f"{head.path}: there is more data after the end of the pickle, at byte "
                f"{stream.tell() - 1}; expected one pickle that holds all arrays"
            )
    where = str(head.path)
    arrays = yield from leaves(where, content)
    names = [array.info.name for array in arrays]
    if len(set(names)) < len(names):
        twice = next(name for name in names if names.count(name) > 1)
        raise DatasetError(f"{where}: two arrays in it are called {twice!r}; expected each once")
    return arrays


def leaves(where: str, content: Any) -> Generator[Progress, None, list[LazyArray]]:
    """Return the arrays in containers, named by the way to them: ``train/images``.

    A list of words is one where its name says that it holds labels: file names are none.
    """
    open_ones: list[tuple[str, Iterator[tuple[Any, Any]]]] = [("", iter([("", content)]))]
    arrays = list[LazyArray]()
    looked_at = told = 0  # containers may hold each other a thousand times over
    while open_ones:
        way, items = open_ones[-1]
        item = next(items, None)
        if item is None:
            open_ones.pop()
            continue
        key, value = item
        value, name = opened(where, value), f"{way}/{key}".lstrip("/")
        shape = shape_of(value)
        looked_at += _work(value)
        most, what = limits.MAX_PICKLE_STEPS, "entries of containers within each other"
        check_at_most(where, looked_at, most, what, "expected a few arrays")
        if looked_at >= told + _LOOKED_AT_A_TIME:
            told = looked_at
            yield Progress(looked_at, 0, "entries")
        if isinstance(value, LISTS):
            value = _together(value)
        are_words = is_words(value)
        if are_words:  # places in a list say nothing: what that is called is looked at once
            called = way if type(key) is int else name
            is_array = meaning(called)[1] == "labels" or lists_classes(
                ArrayInfo(called, shape, f"<U{MAX_WORD}"), ()
            )
        else:
            is_array = isinstance(value, ArrayNote | LazyArray) or is_numbers(value)
            is_array = is_array or (isinstance(value, LISTS) and _is_stack(name, value, shape))
        if is_array:
            arrays.append(_named(where, name or "array", value))
            expected = "expected one of images and one of labels, not one per image"
            check_at_most(where, len(arrays), limits.MAX_ARRAYS, "arrays", expected)
        elif (
            not are_words
            and len(open_ones) <= _MAX_DEPTH
            and isinstance(value, dict | list | tuple)
        ):
            open_ones.append((name, _items(value)))
    return arrays


def _work(value: Any) -> int:
    """Return how many entries are looked at to tell what a value is."""
    n = 1
    for _ in range(_MAX_DEPTH):
        if not isinstance(value, LISTS) or not value or is_words(value):
            break
        n, value = n * len(value), value[0]
    return n


def _named(where: str, name: str, value: Any) -> LazyArray:
    if isinstance(value, LazyArray):
        return replace(value, info=replace(value.info, name=name))
    return lazy(where, name, value)


def _items(value: dict[str, Any] | list[Any] | tuple[Any, ...]) -> Iterator[tuple[Any, Any]]:
    if isinstance(value, dict):
        if {"data", "target", "frame"} <= set(value):  # scikit-learn's: the same once more
            return ((key, one) for key, one in value.items() if key != "frame")
        return iter(value.items())
    if _is_pair(value):
        return zip(("images", "labels"), value, strict=True)
    if len(value) in _PARTS and all(_is_pair(item) for item in value):
        return zip(_PARTS[len(value)], value, strict=True)
    return enumerate(value)


def _together(value: list[Any] | tuple[Any, ...]) -> Any:
    """Return (image, label) for each image, or a dictionary for each, as one of images and labels.

    Anything else is returned as it is.
    """
    first = value[0] if value else None
    if isinstance(first, dict) and all(
        isinstance(one, dict) and one.keys() == first.keys() for one in value
    ):
        return {key: [one[key] for one in value] for key in first}
    if not isinstance(first, LISTS) or len(first) != 2 or all(map(is_number, first)):
        return value
    if not all(isinstance(one, LISTS) and len(one) == 2 for one in value):
        return value
    first_is_label = _is_label(first[0], len(value)) and not _is_label(first[1], len(value))
    image, label = reversed(first) if first_is_label else first
    shape = shape_of(image)
    if not shape or shape == shape_of(label) or not _is_label(label, len(value)):
        return value
    columns = [[one[i] for one in value] for i in (first_is_label, not first_is_label)]
    return dict(zip(("images", "labels"), columns, strict=True))


def _is_label(value: Any, n: int) -> bool:
    """Whether it is the label of one image of ``n``: a number, a word or a row of one 1."""
    if text_of(value) is not None or type(value) is int:
        return True
    return n > max(_PARTS) and len(shape_of(value)) == 1


def _is_stack(name: str, value: list[Any] | tuple[Any, ...], shape: tuple[int, ...]) -> bool:
    """Whether it is a list of images or rows, and not of several things."""
    alike = len(shape) > 1 and all(shape_of(one) == shape[1:] for one in value[:2])
    return alike and bool(len(value) > _MOST_THINGS or is_numbers(value[0]) or meaning(name)[1])


def _is_pair(value: Any) -> bool:
    """Whether it is (images, labels): rows or pictures, and one entry for each."""
    if not isinstance(value, list | tuple) or len(value) != 2:
        return False
    images, labels = map(shape_of, value)
    rows = len(images) in (2, 3, 4) and len(labels) in (1, 2)
    return rows and (len(labels) == 1 or images[1:] != labels[1:])
