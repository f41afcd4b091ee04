"""The rows of a table as numbers: first the fast way, then the exact one that names what is wrong.

Rows of digits alone, as nearly all tables of images have them, are read by a few array operations;
decimals and quotes by ``np.loadtxt``, which takes several times as long. What neither can
read goes through the ``csv`` module, line by line.
"""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from core.sources import limits
from core.sources.tables.labels import NUMBER, LabelCodes, decoded
from core.sources.tables.lines import Block, refuse_line

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from core.sources.tables.layout import Layout

_NEWLINE, _ZERO, _QUOTE = ord("\n"), ord("0"), b'"'
_DIGIT = re.compile(rb"[0-9]")
_MAX_VALUE = 1e30
"""Far beyond any pixel, and still a float32."""


@dataclass(frozen=True, slots=True, eq=False)
class Rows:
    """Some rows of a table.

    Attributes
    ----------
    values
        (n, columns) uint8 where all are whole numbers in 0..255, else float32. Without the
        label where its column is known.
    codes : (n,) of the labels; None where their column is not known
    exactly : whether it took the slowest way to read them
    """

    values: NDArray[Any]
    codes: NDArray[np.uint8] | None
    exactly: bool = False


def read_rows(block: Block, layout: Layout, labels: LabelCodes) -> Rows:
    """Return the rows in ``block``.

    Raises
    ------
    DatasetError
        Naming the line and what is wrong with it.
    """
    places, lines = block.numbered()
    separator = layout.separator.encode()
    if layout.separator == " ":
        lines = [b" ".join(line.split()) for line in lines]
    if layout.indexed:
        lines = [line.partition(separator)[2] for line in lines]
    cells = _numbers(lines, layout.n_cells, separator)
    if cells is not None and not layout.label:
        return Rows(compact(cells), None)
    if cells is not None:
        at_start = layout.label == "first"
        values = cells[:, 1:] if at_start else cells[:, :-1]
        column = cells[:, 0 if at_start else -1]
        if (column == np.rint(column)).all() and np.abs(column).max() < 2**53:
            words = [b"%d" % label for label in column.astype(np.int64).tolist()]
            return Rows(compact(values), labels.codes(block.label, words, places))
    elif layout.label:
        split = _split_labels(lines, separator, layout.label)
        if split is not None:
            cells = _numbers(split[1], layout.n_cells - 1, separator)
            if cells is not None:
                return Rows(compact(cells), labels.codes(block.label, split[0], places))
    return _exact(block, layout, labels)


def compact(cells: NDArray[Any]) -> NDArray[Any]:
    """Return numbers as uint8 where all are whole and in 0..255, else as float32."""
    if cells.dtype == np.uint8:
        return cells
    if cells.size and cells.min() >= 0 and cells.max() <= 255:
        whole = cells.astype(np.uint8)
        if (whole == cells).all():
            return whole
    return cells.astype(np.float32)


def _numbers(lines: Sequence[bytes], n: int, separator: bytes) -> NDArray[Any] | None:
    """Return lines of ``n`` numbers each as an array, or None where one is anything else."""
    if n < 1:
        return None
    cells = _whole_numbers(b"\n".join(lines) + b"\n", n, separator[0])
    return _decimals(lines, n, separator) if cells is None else cells


def _whole_numbers(content: bytes, n: int, separator: int) -> NDArray[np.uint16] | None:
    """Return rows of ``n`` numbers of one to three digits, or None where one is anything else."""
    raw = np.frombuffer(content, dtype=np.uint8)
    digits = raw - np.uint8(_ZERO)
    between = digits > 9  # bytes below "0" have wrapped around
    ends = np.flatnonzero(between)
    n_rows, left = divmod(len(ends), n)
    if left:
        return None
    marks = raw[ends].reshape(n_rows, n)
    if (marks[:, -1] != _NEWLINE).any() or (marks[:, :-1] != separator).any():
        return None
    if between[0] or (between[1:] & between[:-1]).any():  # an empty field
        return None
    # Whether so many bytes up to each one are digits. Whole arrays at every byte cost less than
    # picking the bytes of each number.
    one = ~between
    two = one[1:] & one[:-1]
    three = two[1:] & one[:-2]
    if (three[1:] & one[:-3]).any():
        return None
    values = digits.astype(np.uint16)
    values[1:] += digits[:-1] * two * np.uint16(10)
    values[2:] += digits[:-2] * three * np.uint16(100)
    return values[ends - 1].reshape(n_rows, n)


def _decimals(lines: Sequence[bytes], n: int, separator: bytes) -> NDArray[np.float64] | None:
    """Return rows of ``n`` numbers in any notation, or None where one is anything else."""
    if not _DIGIT.search(lines[0]):  # np.loadtxt only warns of rows that are empty
        return None
    if any(_QUOTE in line for line in lines):
        # np.loadtxt would take "1"2 for 12.
        mark = re.escape(separator)
        astray = rb'(?<![\n%b])"(?![\n%b])' % (mark, mark)
        if re.search(astray, b"\n".join((b"", *lines, b""))):
            return None
    try:
        values = np.loadtxt(
            [decoded(line) for line in lines],  # it takes blanks of every kind
            delimiter=separator.decode(),
            comments=None,
            quotechar='"',
            ndmin=2,
        )
    except ValueError:
        return None
    # A quote that is left open would make one row of two lines.
    if values.shape != (len(lines), n) or not np.abs(values).max() <= _MAX_VALUE:
        return None
    return values


def _split_labels(
    lines: Sequence[bytes], separator: bytes, place: str
) -> tuple[list[bytes], list[bytes]] | None:
    """Return the labels of lines, and what is left of these; None where quotes are astray."""
    if place == "first":
        pieces = [line.partition(separator) for line in lines]
        labels, rests = [piece[0] for piece in pieces], [piece[2] for piece in pieces]
    else:
        pieces = [line.rpartition(separator) for line in lines]
        labels, rests = [piece[2] for piece in pieces], [piece[0] for piece in pieces]
    way = 1 if place == "first" else -1  # quotes are written alike in both directions
    for i, label in enumerate(labels):
        if _QUOTE in label:
            found = _cut_quoted(lines[i][::way], separator)
            if found is None:
                return None
            labels[i] = found[0][::way].replace(b'""', _QUOTE)
            rests[i] = found[1][::way]
    return labels, rests


def _cut_quoted(line: bytes, separator: bytes) -> tuple[bytes, bytes] | None:
    """Return what is in the quotes that a line begins with, and what comes after the separator.

    Searching and not a pattern: blanks before a separator that is one itself take a pattern the
    square of their number, a million of them half an hour.
    """
    start = line.index(_QUOTE) + 1
    end = line.find(_QUOTE, start)
    while end >= 0 and line[end + 1 : end + 2] == _QUOTE:
        end = line.find(_QUOTE, end + 2)
    rest = line[end + 1 :].lstrip(b" \t\r\v\f".replace(separator, b""))
    if end < 0 or line[: start - 1].strip() or not rest.startswith(separator):
        return None
    return line[start:end], rest[1:]


def _exact(block: Block, layout: Layout, labels: LabelCodes) -> Rows:
    """Return the rows in ``block``, or say what is wrong with the first bad one."""
    values, codes = [], []
    for number, line in zip(*block.numbered(), strict=True):
        fields = _fields(block.label, number, line, layout)
        first = int(layout.indexed) + 1  # column of the first field left, as people count
        del fields[: layout.indexed]
        if layout.label:
            word = fields.pop(0 if layout.label == "first" else -1)
            codes.append(labels.codes(block.label, [word.encode()], [number]))
            first += layout.label == "first"
        values.append(
            np.array([_value(block.label, number, first + i, f) for i, f in enumerate(fields)])
        )
    return Rows(compact(np.array(values)), np.concatenate(codes) if codes else None, exactly=True)


def _fields(label: str, number: int, line: bytes, layout: Layout) -> list[str]:
    text = decoded(line)
    try:
        if layout.separator == " ":
            fields = text.split()
        elif '"' not in text:  # then the csv module would do the same, but only for short fields
            fields = text.split(layout.separator)
        else:
            (fields,) = csv.reader([text], delimiter=layout.separator, strict=True)
    except csv.Error as error:
        refuse_line(
            label, number, f"{error}; expected quotes around whole fields, closed in the same line"
        )
    if len(fields) != layout.n_columns:
        refuse_line(
            label,
            number,
            f"{len(fields):,} column{'s' * (len(fields) != 1)}; expected {layout.n_columns:,}, as "
            "in the first line",
        )
    return fields


def _value(label: str, number: int, column: int, field: str) -> float:
    word = field.strip()
    if len(word) <= limits.MAX_WORD and NUMBER.fullmatch(word):
        value = float(word)
        if abs(value) <= _MAX_VALUE:
            return value
    what = f"is {word[:40]!r}" if word else "is empty"
    advice = "write decimals with a point" if "," in word else "expected a number in every pixel"
    refuse_line(label, number, f"column {column:,} {what}; {advice}")
