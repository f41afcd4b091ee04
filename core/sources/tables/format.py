"""Tables of images as text: one image in each line, its pixels and its label.

CSV as Kaggle, OpenML and the UCI ship it: separated by commas, semicolons, tabs or blanks, plain
or gzip, with or without header, the label first or last (RFC 4180 for the quotes).
"""

from __future__ import annotations

import re
from collections import deque
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from core.errors import DatasetError
from core.progress import Progress
from core.sources import limits
from core.sources.arrays.emnist import is_emnist, named_labels
from core.sources.arrays.lazy_array import LazyArray
from core.sources.arrays.roles import ArrayInfo, HalfSet
from core.sources.opening import folder_names, looking
from core.sources.parts import Head, NotOneSet, Pair, Parts
from core.sources.streams import file_blob, open_file
from core.sources.tables import label_file
from core.sources.tables.columns import TRAINING, picked
from core.sources.tables.labels import NUMBER, LabelCodes
from core.sources.tables.layout import (
    find_layout,
    is_label,
    label_by_values,
    sniff_separator,
    split_fields,
)
from core.sources.tables.lines import Block, blocks, refuse_line
from core.sources.tables.naming import TABLE_NAME, only_table, test_table
from core.sources.tables.numbers import compact, read_rows

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator

    from numpy.typing import NDArray

    from core.sources.places import Place
    from core.sources.reading import ReadingConfig
    from core.sources.tables.layout import Layout

EXPECTED = "a table of labels and pixels (CSV), or a folder of one"
_MIN_FIELDS = 5
"""Seen in the first line of a table that is not named as one: a label and 2 x 2 pixels."""

_NUMBERS_SHARE = 0.8
_COLUMN_NAME = re.compile(r"[\w .-]{1,40}")
_LAST_BYTES = 1 << 20
"""Before the end of what is read of a file, at which what was read ahead would be refused."""


@dataclass(slots=True, eq=False)
class _Table:
    """What is read of one file: some rows at a time."""

    path: Place
    layout: Layout
    values: deque[NDArray[Any]]
    codes: list[NDArray[np.uint8]]
    parts: bytearray = field(default_factory=bytearray)
    n_rows: int = 0

    def column(self, place: int) -> NDArray[np.float64]:
        """Return the values (n,) of a column."""
        return np.concatenate([rows[:, place].astype(np.float64) for rows in self.values])

    def pixels(self, columns: slice) -> NDArray[Any]:
        """Return these columns of all rows, in one array; the rows are given back on the way."""
        self.values = deque(compact(rows[:, columns]) for rows in self.values)
        n_rows = sum(map(len, self.values))
        whole = all(rows.dtype == np.uint8 for rows in self.values)
        dtype = np.uint8 if whole else np.float32
        pixels = np.empty((n_rows, self.values[0].shape[1]), dtype=dtype)
        done = 0
        while self.values:
            rows = self.values.popleft()
            pixels[done : done + len(rows)] = rows
            done += len(rows)
        return pixels


def recognises(head: Head) -> bool:
    """Whether it is named as a table or looks like one, or is a folder with one."""
    if head.is_folder:
        return any(TABLE_NAME.fullmatch(name) for name in head.names)
    content = head.content.removeprefix(b"\xef\xbb\xbf").lstrip()
    if content[:1] == b"<":
        return False
    return bool(TABLE_NAME.fullmatch(head.path.name)) or _looks_like_a_table(content)


def read(head: Head, reading: ReadingConfig) -> Generator[Progress, None, Parts]:
    """Read a table, and the one beside it that is named as its test part.

    Raises
    ------
    DatasetError
        Naming the file, the line and what is wrong with it.
    """
    path, names, notes = head.path, head.names, list[str]()
    if head.is_folder:
        path = only_table(head.path, head.names)
        if label_file.recognises((yield from looking(path))):
            raise NotOneSet(f"{path}: these are labels, and their images are in no table beside it")
    else:
        names = folder_names(path.parent)
    first = yield from _first_layout(path, reading)
    if first.one_hot or not first.labelled:
        half = HalfSet(_why_half(path, first))
        if not head.is_folder:
            half.arrays = [(yield from _half_of(path, first))]
        raise half
    labels = LabelCodes(first.label_column)
    beside = test_table(path, names)
    most = _most_rows(first)
    for_first = most if beside is None else most * 4 // 5
    tables = [(yield from _read_table(path, first, labels, for_first, notes))]
    if beside is not None:
        second = yield from _second_layout(path, first, beside, reading, asked_for=head.is_folder)
        if isinstance(second, str):
            notes.append(f"{beside.name} was left out: {second}.")
        else:
            most -= tables[0].n_rows
            tables.append((yield from _read_table(beside, second, labels, most, notes)))
            if not head.is_folder:
                notes.append(f"The test images are those of {beside.name} beside it.")
    notes += first.notes
    pairs, class_names = _pairs(tables, labels, notes)
    if class_names is None:
        pairs, class_names = _named_letters(path, names, pairs)
    return Parts(
        head.path.resolve().name if head.is_folder else path.name,
        pairs[0],
        pairs[1] if len(pairs) == 2 else None,
        class_names=class_names,
        transposed=is_emnist(path.name),
        notes=tuple(notes),
    )


def halves(head: Head, reading: ReadingConfig) -> Generator[Progress, None, list[LazyArray]]:
    """Return the images of a table without labels, or labels that are one-hot rows alone."""
    layout = yield from _first_layout(head.path, reading)
    if layout.labelled and not layout.one_hot:
        return []
    return [(yield from _half_of(head.path, layout))]


def _half_of(path: Place, layout: Layout) -> Generator[Progress, None, LazyArray]:
    """Return all columns of a table as one array; its rows are counted, and read when wanted."""
    plain, n_rows = replace(layout, label=""), 0
    with open_file(path) as stream:
        for block in _rows_of(blocks(stream), layout):
            n_rows += len(block.numbered()[0])
            yield Progress(stream.tell(), 0, "bytes")

    def load() -> Generator[Progress, None, NDArray[Any]]:
        cut: list[str] = []
        table = yield from _read_table(path, plain, LabelCodes(""), _most_rows(plain), cut)
        if cut:  # what belongs to it is in another file
            raise DatasetError(f"{path}: it is too large to hold; {limits.SMALLER}")
        values = table.pixels(slice(None))
        return values.argmax(axis=1) if layout.one_hot else values

    if layout.one_hot:
        note = "One-hot labels became class numbers."
        return LazyArray(ArrayInfo(path.name, (n_rows,), "int64"), load, note)
    return LazyArray(ArrayInfo(path.name, (n_rows, layout.n_cells), "float32"), load)


def _most_rows(layout: Layout) -> int:
    """Return how many rows of a table are held at most."""
    return min(limits.MAX_IMAGES, limits.MAX_ELEMENTS // layout.n_cells)


def _why_half(path: Place, layout: Layout) -> str:
    if layout.one_hot:
        return (
            f"{path}: each row is a 1 among zeros, as one-hot labels of {layout.n_cells} classes, "
            "and there are no pixels; write the class of each image before its pixels, in one "
            "table, or put the images into a file beside it"
        )
    return (
        f"{path}: {layout.n_cells:,} columns of pixels and no labels, as in Kaggle's test.csv; "
        "expected a label in the first or last column, as in its train.csv, or labels alone in a "
        "file beside it. If images are not square, say how many rows they have (image height)"
    )


def _looks_like_a_table(content: bytes) -> bool:
    if not content or re.search(rb"[\x00-\x08\x0e-\x1f\x7f]", content) or content[:1] in b"{[":
        return False
    line, end, _ = content.decode("latin-1").partition("\n")
    separator = sniff_separator(line)
    if not separator:
        return False
    fields = split_fields(line, separator)
    if not end:  # the last field may be cut anywhere
        fields = fields[:-1]
    if len(fields) < _MIN_FIELDS:
        return False
    numbers = sum(NUMBER.fullmatch(field) is not None for field in fields)
    if numbers >= _NUMBERS_SHARE * len(fields):
        return True
    named = sum(_COLUMN_NAME.fullmatch(field) is not None for field in fields)
    return separator != " " and len(fields) > 16 and named == len(fields)


def _first_layout(path: Place, reading: ReadingConfig) -> Generator[Progress, None, Layout]:
    with open_file(path, whole=False) as stream:
        for block in blocks(stream):
            layout = find_layout(block, reading)
            if layout is not None:
                return layout
            yield Progress(stream.tell(), 0, "bytes")
    raise DatasetError(f"{path}: there is no image in it, only blank lines; at least one is needed")


def _second_layout(
    path: Place, first: Layout, beside: Place, reading: ReadingConfig, *, asked_for: bool
) -> Generator[Progress, None, Layout | str]:
    """Return the layout of the test part, or why it is left out.

    Parameters
    ----------
    path, first : the training part
    beside : what its name says is the test part
    asked_for : whether somebody has asked for both; else ``beside`` may be anything

    Raises
    ------
    DatasetError
        If its columns are not those of the training part.
    """
    try:
        found = yield from _first_layout(beside, reading)
    except DatasetError as error:
        if asked_for:
            raise
        return str(error)
    if not found.labelled or found.n_cells == first.n_cells - 1:
        return "it has no labels"
    layout = replace(found, label=found.label or first.label)
    if layout.n_cells != first.n_cells and not asked_for:
        return f"it has {layout.n_columns:,} columns, but {path.name} has {first.n_columns:,}"
    other = layout.label_name
    if first.label_name and other not in ("", first.label_name) and not is_label(other):
        # Where the labels should be stands something else, as a number for each image.
        return f"it has no column {first.label_name!r} where {path.name} has its labels"
    if layout.n_cells != first.n_cells:
        raise DatasetError(
            f"{beside}: {layout.n_columns:,} columns, but {path.name} has {first.n_columns:,}; "
            "training and test part must be alike"
        )
    if layout.label and not first.label:
        raise DatasetError(
            f"{beside}: its labels are in the {layout.label} column, but {path.name} does not "
            "tell where its own are; say it (label column)"
        )
    return layout


def _read_table(
    path: Place, layout: Layout, labels: LabelCodes, most_rows: int, notes: list[str]
) -> Generator[Progress, None, _Table]:
    """Return the rows of a table, or the first ones of more than are held."""
    table = _Table(path, layout, deque(), [])
    n_exact_bytes = n_bytes = 0
    with open_file(path, whole=False) as stream:
        size = path.stat().st_size
        total = size if stream.most <= size else 0  # what gzip becomes is not known
        for block in picked(_rows_of(blocks(stream), layout), layout.choice, table.parts):
            rows = read_rows(block, layout, labels)
            n_exact_bytes += rows.exactly * len(block.content)
            if n_exact_bytes > limits.MAX_EXACT_BYTES:
                refuse_line(
                    str(path),
                    block.first_line,
                    f"more than {limits.MAX_EXACT_BYTES:,} bytes up to here are of a form that is "
                    "slow to read; expected plain numbers, no unusual blanks between them, and "
                    "quotes around whole fields only",
                )
            room = most_rows - table.n_rows
            n_bytes += rows.values.nbytes
            is_full = len(rows.values) > room or n_bytes > limits.MAX_INFLATED_BYTES
            table.values.append(rows.values[:room])
            if rows.codes is not None:
                table.codes.append(rows.codes[:room])
            table.n_rows += len(table.values[-1])
            if is_full or stream.tell() > limits.MAX_INFLATED_BYTES - _LAST_BYTES:
                del table.parts[table.n_rows :]
                notes.append(
                    f"Only the first {table.n_rows:,} images of {path.name} were read: it is too "
                    "large to hold. If it is sorted by class, the last classes are missing; then "
                    "shuffle its rows."
                )
                break
            yield Progress(stream.tell(), total, "bytes")
    if not table.n_rows:
        raise DatasetError(f"{path}: there is no image in it, only a header; one is needed")
    return table


def _rows_of(found: Iterator[Block], layout: Layout) -> Iterator[Block]:
    """Give out what comes after the header, without blocks of blank lines."""
    for block in found:
        content, first_line = block.content, block.first_line
        while first_line < layout.first_row and content:
            content = content[content.index(b"\n") + 1 :]
            first_line += 1
        if content.strip():
            yield Block(block.label, first_line, content)


def _pairs(
    tables: list[_Table], labels: LabelCodes, notes: list[str]
) -> tuple[list[Pair], tuple[str, ...] | None]:
    """Return images and labels of each table, and the names of the classes if they are words."""
    if tables[0].layout.label:
        columns, names = labels.labels([np.concatenate(table.codes) for table in tables])
        images = [table.pixels(slice(None)) for table in tables]
        pairs: list[Pair] = list(zip(images, columns, strict=True))
        return (_by_part(pairs[0], tables[0].parts, notes) if len(pairs) == 1 else pairs), names
    ends = tables[0].column(0), tables[0].column(-1)
    label, note = label_by_values(str(tables[0].path), *ends)
    notes.append(note)
    found = [table.column(0 if label == "first" else -1) for table in tables]
    pixels = slice(1, None) if label == "first" else slice(None, -1)
    pairs = [(table.pixels(pixels), column) for table, column in zip(tables, found, strict=True)]
    return pairs, None


def _by_part(pair: Pair, parts: bytearray, notes: list[str]) -> list[Pair]:
    """Return the training and the test part of a table, where a column of it tells them."""
    said = np.frombuffer(parts, dtype=np.uint8)
    present = {int(part) for part in np.unique(said)}
    if TRAINING not in present or len(present) < 2:
        return [pair]
    is_test = said == max(present)
    if len(present) == 3:
        notes.append("The images for validation were put with those for training.")
    return [(pair[0][~is_test], pair[1][~is_test]), (pair[0][is_test], pair[1][is_test])]


def _named_letters(
    path: Place, names: tuple[str, ...], pairs: list[Pair]
) -> tuple[list[Pair], tuple[str, ...] | None]:
    """Return images and labels, and the letters these stand for, as far as EMNIST's are known."""
    columns = [labels for _, labels in pairs]
    if not is_emnist(path.name) or not all((labels % 1 == 0).all() for labels in columns):
        return pairs, None
    series = re.split(r"[-_. ]*(train|test|csv)", path.name.lower(), maxsplit=1)[0]
    series = re.sub(r"[-_. ]+", "-", series)
    tables = [name for name in names if name.lower().endswith("mapping.txt")]
    beside = [file_blob(path.parent / name) for name in tables if (path.parent / name).is_file()]
    columns, letters = named_labels(series, columns, beside)
    return [(images, labels) for (images, _), labels in zip(pairs, columns, strict=True)], letters
