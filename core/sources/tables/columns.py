"""Tables whose columns are in another order: each line is brought into the usual one, label first.

A label in the middle or by its name, columns to be left out, a column for each class, all pixels
in one field (FER2013's), and a column that tells the part of the set.
"""

from __future__ import annotations

import csv
import re
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from core.errors import DatasetError
from core.sources import limits
from core.sources.names import first_names
from core.sources.tables.labels import NUMBER, are_one_hot, decoded
from core.sources.tables.lines import Block, refuse_line

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from core.sources.reading import ReadingConfig

_PLACES = ("auto", "first", "last")
_PART_WORDS = frozenset({"usage", "split", "set", "subset", "partition", "part", "dataset"})
_NAME_WORDS = frozenset({"class_name", "label_name", "category_name", "classname", "labelname"})
"""How a column is called that has the names of the classes beside one with their numbers."""

_FEWEST_IN_ONE = 4
"""Numbers in a field that are the pixels of an image."""

_MAX_SAMPLE = 50

TRAINING, VALIDATION, TEST = range(3)


@dataclass(frozen=True, slots=True)
class Choice:
    """Which columns of a table are taken.

    Attributes
    ----------
    separator, n_columns : as they are in the file
    label : the column of the class; -1 where each class has one
    hot : the columns of the classes, with a 1 in one of them, and their names
    pixels : the columns of the pixels; a single one may hold them all, separated by blanks
    is_spread : whether it does
    n_pixels : how many there are
    part : the column that tells the part of the set; -1 if there is none
    notes : what was chosen and left out, in words
    """

    separator: str
    n_columns: int
    label: int
    hot: tuple[tuple[int, str], ...]
    pixels: tuple[int, ...]
    is_spread: bool
    n_pixels: int
    part: int
    notes: tuple[str, ...]


def part_of(word: str) -> int | None:
    """Return which part of a set a word says; of FER2013's two tests the public one validates."""
    word = word.casefold()
    if "train" in word:
        return TRAINING
    if "public" in word or word.startswith("val"):
        return VALIDATION
    return TEST if "test" in word or "private" in word else None


def choose_columns(
    label: str,
    header: Sequence[str],
    rows: Sequence[Sequence[str]],
    separator: str,
    reading: ReadingConfig,
    words: tuple[frozenset[str], frozenset[str]],
    *,
    indexed: bool,
) -> Choice | None:
    """Return which columns are taken; None where the usual order or nothing else is there.

    Parameters
    ----------
    label : how errors name the file
    header : names of the columns; empty without a header
    rows : fields of the first lines
    words : how columns are called that hold labels, and those that number the rows
    indexed : whether the first column numbers the rows

    Raises
    ------
    DatasetError
        If a column was asked for that is not there, or it is unclear which one has the labels.
    """
    n_columns = len(header)
    rows = [row for row in rows[:_MAX_SAMPLE] if len(row) == n_columns]
    if not header or not rows or n_columns > limits.MAX_STORED_SIDE**2 + limits.MAX_CLASSES:
        if reading.label_column not in _PLACES or reading.ignored_columns:
            raise DatasetError(f"{label}: its columns have no names; {_WITHOUT_NAMES}")
        return None
    label_words, index_words = words
    names = [name.casefold().strip("'") for name in header]
    ignored = {_find(label, name, header) for name in reading.ignored_columns.split(",") if name}
    asked = reading.label_column not in _PLACES
    index = {i for i, name in enumerate(names) if name in index_words or (indexed and not i)}
    index -= ignored | {i for i, name in enumerate(names) if name in label_words | _NAME_WORDS}
    part = _part_column(names, rows)
    spread = [i for i in range(n_columns) if i not in ignored and _is_spread(rows, i, separator)]
    taken = ignored | index | {part, *spread}
    free = [i for i in range(n_columns) if i not in taken]
    if asked:
        chosen = [_find(label, reading.label_column, header)]
    else:
        chosen = [i for i in free if names[i] in label_words]
        named = [i for i in free if names[i] in _NAME_WORDS]
        if len(named) == 1 == len(chosen):  # the words are taken, not their numbers
            chosen, asked = named, True
    hot = () if chosen or spread else _hot(header, rows, free)
    if not chosen and not hot and len(spread) == 1 and len(free) == 1:
        chosen = free  # as FER2013's emotion
    labels = {*chosen, *(i for i, _ in hot)}
    rest = [i for i in free if i not in labels]
    left_out = sorted((ignored | index) - {*chosen}) + [
        i for i in rest if spread or not _has_numbers(rows, i)
    ]
    without = {*left_out}
    rest = [] if spread else [i for i in rest if i not in without]
    alike = _alike(header, rest)
    others = {i for i in rest if i not in alike}
    at_end = bool(chosen) and chosen[0] in (free[:1] + free[-1:])
    is_usual = len(chosen) != 1 or (at_end and len(left_out) <= (0 in left_out))
    if reading.label_column in ("first", "last") and not ignored | {*spread}:
        return None
    if is_usual and not (asked or ignored or spread or hot or part >= 0):
        return None
    if len(chosen) != 1 and not hot:
        several = first_names([header[i] for i in chosen or free])
        raise DatasetError(f"{label}: the labels may be in {several}; {_HOW_TO_SAY}")
    left_out = sorted([*left_out, *others])
    pixels = (spread[0],) if spread else tuple(i for i in rest if i not in others)
    n_pixels = len(rows[0][spread[0]].split()) if spread else len(pixels)
    if not n_pixels:
        raise DatasetError(f"{label}: no column of pixels is left; {_HOW_TO_SAY}")
    notes = [f"Labels are in the column {header[chosen[0]]!r}."] if chosen else []
    if hot:
        notes.append(f"Labels are a column for each class: {first_names([n for _, n in hot])}.")
    if spread:
        notes.append(f"All pixels of an image are in the column {header[spread[0]]!r}.")
    if left_out:
        called = first_names([header[i] or f"number {i + 1}" for i in left_out])
        notes.append(f"Columns that were left out: {called}.")
    return Choice(
        separator,
        n_columns,
        chosen[0] if chosen else -1,
        hot,
        pixels,
        bool(spread),
        n_pixels,
        part,
        tuple(notes),
    )


_HOW_TO_SAY = "say which column it is (label column) and which to leave out (ignored columns)"
_WITHOUT_NAMES = "name them in a first line, or say first or last (label column)"


def _find(label: str, wanted: str, header: Sequence[str]) -> int:
    wanted = wanted.strip()
    found = [i for i, name in enumerate(header) if name.strip("'") == wanted]
    found = found or [i for i, name in enumerate(header) if name.casefold() == wanted.casefold()]
    if not found:
        names = first_names([name for name in header if name])
        raise DatasetError(f"{label}: no column is called {wanted[:60]!r}; there are {names}")
    return found[0]


def _part_column(names: Sequence[str], rows: Sequence[Sequence[str]]) -> int:
    for i, name in enumerate(names):
        if name in _PART_WORDS and all(part_of(row[i]) is not None for row in rows):
            return i
    return -1


def _is_spread(rows: Sequence[Sequence[str]], column: int, separator: str) -> bool:
    """Whether a column holds all pixels of an image."""
    if separator == " ":
        return False
    pieces = [row[column].split() for row in rows]
    numbers = {len(piece) for piece in pieces}
    if len(numbers) > 1 or min(numbers) < _FEWEST_IN_ONE:
        return False
    return all(NUMBER.fullmatch(word) for word in pieces[0])


def _has_numbers(rows: Sequence[Sequence[str]], column: int) -> bool:
    return any(NUMBER.fullmatch(row[column]) for row in rows)


def _alike(header: Sequence[str], columns: Sequence[int]) -> set[int]:
    """Return the columns named as more than half of them are, up to their numbers; else all."""
    stems = [re.sub("[0-9]+", "", header[i]) for i in columns]
    stem, n_alike = Counter(stems).most_common(1)[0] if stems else ("", 0)
    if n_alike <= len(columns) / 2:
        return set(columns)
    return {i for i, each in zip(columns, stems, strict=True) if each == stem}


def _hot(
    header: Sequence[str], rows: Sequence[Sequence[str]], free: Sequence[int]
) -> tuple[tuple[int, str], ...]:
    """Return the columns of which each stands for a class, and the names of these."""
    pixels = _alike(header, free)
    places = [i for i in free if i not in pixels]
    if not limits.MIN_CLASSES <= len(places) <= limits.MAX_CLASSES:
        return ()
    if not are_one_hot([[row[i] for i in places] for row in rows]):
        return ()
    stem = {header[i].rstrip("0123456789") for i in places}
    shared = len(stem.pop()) if len(stem) == 1 else 0  # label_0, label_1: the numbers tell
    return tuple((i, header[i][shared:] or header[i]) for i in places)


def picked(found: Iterator[Block], choice: Choice | None, parts: bytearray) -> Iterator[Block]:
    """Give out blocks with the label first, then the pixels, separated by commas.

    Parameters
    ----------
    choice : which columns are taken; None to leave blocks as they are
    parts : here is added which part each row belongs to, where a column tells
    """
    for block in found:
        if choice is None:
            yield block
            continue
        lines = [
            _line(block.label, block.first_line + i, line, choice, parts) if line.strip() else b""
            for i, line in enumerate(block.content.split(b"\n")[:-1])
        ]
        yield Block(block.label, block.first_line, b"\n".join((*lines, b"")))


def _line(label: str, number: int, line: bytes, choice: Choice, parts: bytearray) -> bytes:
    fields = _fields(label, number, line, choice)
    if len(fields) != choice.n_columns:
        n = len(fields)
        what = f"{n:,} column{'s' * (n != 1)}; expected {choice.n_columns:,}, as in the first line"
        refuse_line(label, number, what)
    if choice.part >= 0:
        part = part_of(fields[choice.part])
        if part is None:
            what = f"the part is {fields[choice.part][:40]!r}; expected one of training or test"
            refuse_line(label, number, what)
        parts.append(part)
    pixels = [fields[i] for i in choice.pixels]
    if choice.is_spread:
        pixels = pixels[0].split()
        if len(pixels) != choice.n_pixels:
            what = f"{len(pixels):,} pixels; expected {choice.n_pixels:,}, as in the first image"
            refuse_line(label, number, what)
    word = fields[choice.label] if choice.label >= 0 else _hot_word(label, number, fields, choice)
    if "," in word or '"' in word:
        word = '"' + word.replace('"', '""') + '"'
    return ",".join((word, *pixels)).encode()


def _fields(label: str, number: int, line: bytes, choice: Choice) -> list[str]:
    text = decoded(line)
    if choice.separator == " ":
        return text.split()
    if '"' not in text:
        return text.split(choice.separator)
    try:
        (fields,) = csv.reader([text], delimiter=choice.separator, strict=True)
    except csv.Error as error:
        what = f"{error}; expected quotes around whole fields, closed in the same line"
        refuse_line(label, number, what)
    return fields


def _hot_word(label: str, number: int, fields: list[str], choice: Choice) -> str:
    ones = [name for i, name in choice.hot if fields[i].strip() not in ("0", "0.0", "")]
    if len(ones) != 1:
        what = f"{len(ones)} classes are marked; expected one, with a 1 in its column"
        refuse_line(label, number, what)
    return ones[0]
