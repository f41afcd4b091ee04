"""A text with one label in each line, or with a number of the image and its label: half a set."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from core.errors import DatasetError
from core.progress import Progress
from core.sources.arrays.lazy_array import LazyArray
from core.sources.arrays.roles import ArrayInfo, HalfSet, meaning
from core.sources.names import is_handed_in
from core.sources.streams import open_file
from core.sources.tables.labels import NUMBER, LabelCodes, decoded
from core.sources.tables.layout import INDEX_WORDS, is_label, split_fields
from core.sources.tables.lines import blocks

if TYPE_CHECKING:
    from collections.abc import Generator, Sequence

    from numpy.typing import NDArray

    from core.sources.parts import Head, Parts
    from core.sources.reading import ReadingConfig

EXPECTED = "labels alone, one in each line, beside a file of images"
_TABLE = re.compile(r".*\.(csv|tsv)(\.gz)?", re.IGNORECASE | re.DOTALL)
_TEXT = re.compile(r"(?P<stem>.*?)\.(txt|lst|labels)(\.gz)?", re.IGNORECASE | re.DOTALL)
_SEPARATOR = re.compile(r"[,;\t]")
_LOOKED = 40
"""Lines that are looked at to recognise it."""


def recognises(head: Head) -> bool:
    """Whether it is named as a table or as labels, and each of its first lines has one label."""
    name, text = head.path.name, _TEXT.fullmatch(head.path.name)
    is_text = text is not None and meaning(text["stem"])[1] == "labels"
    if head.is_folder or is_handed_in(name) or not (is_text or _TABLE.fullmatch(name)):
        return False
    content = head.content.removeprefix(b"\xef\xbb\xbf").replace(b"\r\n", b"\n")
    lines, _, rest = content.rpartition(b"\n")
    rows = [_fields(line) for line in (lines or rest).split(b"\n")[:_LOOKED] if line.strip()]
    if len(rows) < 2 or content.lstrip()[:1] in b"<{[" or b"\0" in content:
        return False
    return all(_is_one(row) for row in rows) or _are_numbered(rows)


def read(head: Head, reading: ReadingConfig) -> Generator[Progress, None, Parts]:
    """Read the labels.

    Raises
    ------
    HalfSet
        Always: they have no images.
    """
    half = HalfSet(f"{head.path}: these are labels, and their images are missing")
    half.arrays = yield from halves(head, reading)
    raise half


def halves(head: Head, reading: ReadingConfig) -> Generator[Progress, None, list[LazyArray]]:
    """Return the labels of a file.

    Raises
    ------
    DatasetError
        Naming a line that is no label.
    """
    codes = LabelCodes("only column of labels")
    columns: list[NDArray[np.uint8]] = []
    width = 0
    with open_file(head.path) as stream:
        for block in blocks(stream):
            numbers, lines = block.numbered()
            rows = [_fields(line) for line in lines]
            if rows and not width:
                width = len(rows[0])
                if _is_header(rows):
                    numbers, rows = numbers[1:], rows[1:]
            for number, row in zip(numbers, rows, strict=True):
                if len(row) != width:
                    raise DatasetError(
                        f"{head.path}, line {number:,}: {len(row)} columns, not {width} as above; "
                        "expected one label in each line"
                    )
            words = [row[-1].encode() for row in rows]
            columns.append(codes.codes(block.label, words, numbers))
            yield Progress(stream.tell(), 0, "bytes")
    (labels,), names = codes.labels([np.concatenate(columns)])
    values: NDArray[Any] = labels if names is None else np.array(names)[labels]

    def load() -> Generator[Progress, None, NDArray[Any]]:
        yield Progress(1, 1, "files")
        return values

    array = LazyArray(ArrayInfo(head.path.name, values.shape, str(values.dtype)), load)
    if width == 1 and len(values) > 1 and _may_be_header(values):
        array = replace(array, without_first=_without_first(values, array.info))
    return [array]


def _may_be_header(values: NDArray[Any]) -> bool:
    """Whether the first is pandas' name of a nameless column, or a word that never comes again."""
    first = str(values[0])
    return first == "0" or (not NUMBER.fullmatch(first) and bool((values[1:] != values[0]).all()))


def _without_first(values: NDArray[Any], info: ArrayInfo) -> LazyArray:
    def load() -> Generator[Progress, None, NDArray[Any]]:
        yield Progress(1, 1, "files")
        return values[1:]

    note = f"The first line of the labels, {str(values[0])[:40]!r}, was taken for a header."
    return LazyArray(replace(info, shape=(len(values) - 1,)), load, note)


def _fields(line: bytes) -> list[str]:
    text = decoded(line).strip()
    found = _SEPARATOR.search(re.sub(r'"[^"]*"', "", text))
    return split_fields(text, found[0]) if found else [text.strip('"')]


def _is_one(row: Sequence[str]) -> bool:
    """Whether a row is a label: a number or some words, but no row of numbers between blanks."""
    words = row[0].split()
    return len(row) == 1 and not (len(words) > 1 and NUMBER.fullmatch(words[1]))


def _is_header(rows: Sequence[Sequence[str]]) -> bool:
    """Whether the first row says what the others are."""
    first = rows[0]
    if is_label(first[-1].casefold()) or meaning(first[-1])[1] == "labels":
        return True
    if len(first) == 2:
        return not NUMBER.fullmatch(first[0])
    return not NUMBER.fullmatch(first[0]) and all(NUMBER.fullmatch(row[0]) for row in rows[1:])


def _are_numbered(rows: Sequence[Sequence[str]]) -> bool:
    """Whether each row is a number, one more than the last, and a label."""
    if {len(row) for row in rows} != {2}:
        return False
    if rows[0][0].casefold() in INDEX_WORDS:
        rows = rows[1:]
    numbers = [row[0] for row in rows]
    if not all(number.isdecimal() and len(number) < 8 for number in numbers):
        return False
    first = int(numbers[0])
    return first < 2 and [int(number) for number in numbers] == [
        first + i for i in range(len(numbers))
    ]
