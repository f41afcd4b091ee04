"""What the columns of a table are: its separator, its header, and where the labels stand."""

from __future__ import annotations

import csv
import math
import re
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from core.errors import DatasetError
from core.sources import limits
from core.sources.tables.columns import Choice, choose_columns
from core.sources.tables.labels import NO_VALUES, NUMBER, are_one_hot, decoded
from core.sources.tables.lines import Block, refuse_line

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from core.sources.reading import ReadingConfig

LABEL_WORDS = frozenset(
    {"label", "labels", "class", "classes", "target", "targets", "digit", "y"}
    | {"category", "letter", "character"}
)
INDEX_WORDS = frozenset({"", "id", "index", "unnamed: 0", "imageid", "image_id"})
"""How the column is called that numbers the rows; pandas leaves its name empty."""

_QUOTED = re.compile(r'"[^"]*"?')
_SEPARATOR_SAID = re.compile(rb"sep=.\s*", re.IGNORECASE)
_MAX_COLUMNS = limits.MAX_STORED_SIDE**2 + 2
"""The pixels of the largest image, a label and a number of the row."""

_WHOLE = re.compile(rb'"?([0-9]{1,15})(?=[^0-9.])')
_ROWS_CHOSEN = 20
_ROWS_SEEN = 100
"""Of a table, to tell whether its first column numbers them."""

_NUMBERED = "The first line numbers the columns and was taken for their names."
_PANDAS = (
    "The first line is an image whose pixels pandas took for names of columns (0, 0.1, 0.2, ...); "
    "it was left out."
)

_HOW_TO_SAY = "say which one it is (label column)"


@dataclass(frozen=True, slots=True)
class Layout:
    """The columns of a table.

    Attributes
    ----------
    separator : between two of them; a space stands for any number of blanks
    n_columns : as they are in the file
    indexed : whether the first one only numbers the rows and is left out
    label : "first" or "last" of those left; "" if only the values can tell
    labelled : whether there can be labels at all
    first_row : number of the line with the first image
    names : what the first and the last of the columns left are called; empty without a header
    notes : what was guessed of it, in words
    one_hot : whether each of its first rows is one 1 among zeros: labels and no image
    choice : which columns are taken, where they are not in the usual order; the others are as
        they are once these have been picked
    """

    separator: str
    n_columns: int
    indexed: bool
    label: str
    labelled: bool
    first_row: int
    names: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    one_hot: bool = False
    choice: Choice | None = None

    @property
    def label_name(self) -> str:
        """How the column of the labels is called; empty where nothing tells."""
        if not (self.names and self.label):
            return ""
        return self.names[0] if self.label == "first" else self.names[-1]

    @property
    def n_cells(self) -> int:
        """Columns that are read."""
        return self.n_columns - self.indexed

    @property
    def label_column(self) -> str:
        """How errors call the column of the labels."""
        return "last column" if self.label == "last" else f"column {1 + self.indexed}"


def find_layout(block: Block, reading: ReadingConfig) -> Layout | None:
    """Return the layout of the table that begins with ``block``; None if that is blank.

    Raises
    ------
    DatasetError
        If it is no table of labels and pixels.
    """
    numbers, lines = block.numbered()
    if not lines:
        return None
    if _SEPARATOR_SAID.fullmatch(lines[0]) and len(lines) > 1:  # Excel's own first line
        numbers, lines = numbers[1:], lines[1:]
    line, text = numbers[0], lines[0].decode("latin-1").lstrip("# ")
    separator = sniff_separator(text)
    if not separator:
        refuse_line(
            block.label,
            line,
            "only one column; expected a label and pixels separated by commas, semicolons or tabs",
        )
    fields = split_fields(text, separator)
    n = len(fields)
    if n > _MAX_COLUMNS:
        refuse_line(
            block.label,
            line,
            f"{n:,} columns; images of {limits.MAX_STORED_SIDE} x {limits.MAX_STORED_SIDE} pixels "
            f"need {_MAX_COLUMNS - 1:,}, and no more are accepted",
        )
    header, notes = is_header(fields), list[str]()
    rows = lines[1 : 1 + _ROWS_CHOSEN]
    choice = choose_columns(
        block.label,
        fields if header else [],
        [split_fields(decoded(row), separator) for row in rows],
        separator,
        reading,
        (LABEL_WORDS, INDEX_WORDS),
        indexed=header and _is_index(fields),
    )
    if choice is not None:
        taken, n_cells = ("label", "pixel"), choice.n_pixels + 1
        return Layout(
            ",", n_cells, False, "first", True, numbers[1], taken, choice.notes, choice=choice
        )
    indexed = header and _is_index(fields)
    notes += [_PANDAS] * _are_twins(fields) + [_NUMBERED] * _counts(fields)
    if indexed:
        notes.append(_left_out(fields, [row.lstrip()[:20] for row in lines[1:_ROWS_SEEN]]))
    if n - indexed < 2:
        refuse_line(block.label, line, f"{n} columns; expected a label and the pixels of an image")
    label, labelled = reading.label_column, True
    if label == "auto":
        named = fields[1:] if indexed else fields
        label = _by_name(block.label, line, named, notes) if header else _by_word(fields)
        labelled = bool(label) or _fits(n - indexed - 1, reading) or not _fits(n - indexed, reading)
    # The second row need not be in this block; then it is the line after, or a blank one.
    first_row = line if not header else numbers[1] if len(numbers) > 1 else line + 1
    names = (fields[indexed].casefold(), fields[-1].casefold()) if header else ()
    one_hot = (
        not (label and header)
        and n - indexed <= limits.MAX_CLASSES
        and are_one_hot(
            [
                split_fields(row.decode("latin-1"), separator)[indexed:]
                for row in lines[header:_ROWS_SEEN]
            ]
        )
    )
    found = tuple(notes)
    return Layout(separator, n, indexed, label, labelled, first_row, names, found, one_hot)


def sniff_separator(line: str) -> str:
    """Return what separates the fields of a line; "" if nothing does."""
    plain = _QUOTED.sub("", line)
    # In a tie the semicolon wins: then the commas are those of numbers such as 0,5.
    best = max(";,\t", key=plain.count)
    if best in plain:
        return best
    return " " if " " in plain.strip() else ""


def split_fields(line: str, separator: str) -> list[str]:
    """Return the fields of a line without quotes, for looking at them; reading is stricter."""
    fields = line.split() if separator == " " else line.split(separator)
    if '"' in line:
        with suppress(csv.Error):  # a field too long for it, or a line end within one
            (fields,) = csv.reader([line], delimiter=separator, skipinitialspace=True)
    return [field.strip() for field in fields]


def is_header(fields: list[str]) -> bool:
    """Whether a row names columns: mostly words, or numbers that pandas writes as names."""
    words = [not NUMBER.fullmatch(field) for field in fields]
    named = [
        word and bool(field) and field not in NO_VALUES
        for word, field in zip(words, fields, strict=True)
    ]
    return sum(named) > len(fields) / 2 or _counts(fields) or _are_twins(fields)


def _counts(fields: list[str]) -> bool:
    """Whether fields are numbers in order with words at the ends, as pandas' label,0,1,2,..."""
    words = [not NUMBER.fullmatch(field) for field in fields]
    inner = [field for field, word in zip(fields, words, strict=True) if not word]
    if any(words[2:-1]) or not all(field.isdecimal() and len(field) < 6 for field in inner):
        return False
    if len(inner) < (4 if any(words) else 10) or int(inner[0]) > 1:
        return False
    return [int(field) - int(inner[0]) for field in inner] == list(range(len(inner)))


def _are_twins(fields: list[str]) -> bool:
    """Whether a row is one of numbers that pandas took for names: 5,0,0.1,0.2,18,0.3,18.1,...

    A name that was there before gets a point and how often it was, so that no two are alike.
    """
    n_seen: dict[str, int] = {}
    n_twins = 0
    for field in fields[not NUMBER.fullmatch(fields[0]) :]:  # before it the numbers of the rows
        name, _, number = field.rpartition(".")
        if name in n_seen and number == str(n_seen[name]):
            n_twins += 1
            n_seen[name] += 1
        elif field not in n_seen and NUMBER.fullmatch(field):
            n_seen[field] = 1
        else:
            return False
    return n_twins > 2


def _left_out(fields: list[str], rows: list[bytes]) -> str:
    """Return why the first column is left out, of rows that begin like this."""
    name = fields[0]
    numbers = [int(found[1]) for found in map(_WHOLE.match, rows) if found]
    if len(numbers) == len(rows) and set(np.diff(numbers)) <= {1}:
        return "The first column numbers the rows and was left out."
    if is_label(name.casefold()):
        return f"Of two columns named as labels {fields[1]!r} was taken and {name!r} left out."
    called = f"The first column, {name!r}," if name else "The first column, which has no name,"
    return f"{called} was left out: by its name it is neither label nor pixels."


def _is_index(fields: list[str]) -> bool:
    """Whether the first column of a header numbers the rows.

    It is called so, or it stands before the labels and is called otherwise than the pixels.
    """
    names = [field.casefold() for field in fields]
    if names[0] in INDEX_WORDS:
        return True
    pixel = _stem(names[-1])
    return len(names) > 2 and is_label(names[1]) and _stem(names[0]) != pixel == _stem(names[2])


def _stem(name: str) -> str:
    """Return what pixels are called in common: their names up to the numbers."""
    return re.sub("[0-9]+", "", name)


def is_label(name: str) -> bool:
    """Whether a column of that name, in small letters, holds labels."""
    return name.strip("'") in LABEL_WORDS  # OpenML's tables have quotes


def _by_name(label: str, line: int, fields: list[str], notes: list[str]) -> str:
    """Return where a header says that the labels are; "" if it does not."""
    names = [field.casefold() for field in fields]
    found = [i for i, name in enumerate(names) if is_label(name)]
    if {0, len(names) - 1} <= set(found):
        refuse_line(
            label,
            line,
            f"both ends are named as labels, {fields[0]!r} and {fields[-1]!r}; leave one of the "
            "two columns out",
        )
    if found:
        if found[0] == 0:
            return "first"
        if found[-1] == len(names) - 1:
            return "last"
        refuse_line(
            label,
            line,
            f"the labels are in the middle, in the column {fields[found[0]]!r}; expected them in "
            "the first or last column",
        )
    # Pixels are named alike, up to their numbers; a column at an end that is not is the label.
    stems = [_stem(name) for name in names]
    if len(stems) < 4 or len(set(stems[1:-1])) > 1 or (stems[0] == stems[-1]):
        return ""
    found_at = "first" if stems[-1] == stems[1] else "last" if stems[0] == stems[1] else ""
    if found_at:
        name = fields[0 if found_at == "first" else -1]
        notes.append(
            f"Labels are in the {found_at} column, {name!r}, which alone is named otherwise than "
            "the pixels."
        )
    return found_at


def _by_word(fields: list[str]) -> str:
    """Return which end of a row of values is a word; "" if none is."""
    if not NUMBER.fullmatch(fields[0]):
        return "first" if fields[0] else ""
    return "last" if fields[-1] and not NUMBER.fullmatch(fields[-1]) else ""


def _fits(n_pixels: int, reading: ReadingConfig) -> bool:
    """Whether so many pixels are an image."""
    if reading.image_height:
        return n_pixels % reading.image_height == 0
    return math.isqrt(n_pixels) ** 2 == n_pixels


def label_by_values(
    label: str, first: NDArray[np.float64], last: NDArray[np.float64]
) -> tuple[str, str]:
    """Return which column of a table without words has the labels, and a note on how that was told.

    Labels are whole numbers, at least two and at most as many different ones as there may be
    classes. Where that is true of both columns, one that has the same value in more than half of
    the rows is a pixel, mostly ground. Where that does not decide either, the first is taken.

    Parameters
    ----------
    label : how errors name the file
    first, last : the values (n,) of the two columns

    Raises
    ------
    DatasetError
        If neither can hold labels.
    """
    columns = {"first": first, "last": last}
    possible = [name for name, values in columns.items() if _may_be_labels(values)]
    if not possible:
        raise DatasetError(
            f"{label}: neither the first nor the last column can be labels; expected whole "
            f"numbers, {limits.MIN_CLASSES} to {limits.MAX_CLASSES} different ones. Leave a column "
            f"that numbers the rows out; if one holds labels all the same, {_HOW_TO_SAY}"
        )
    varied = [name for name in possible if not _is_mostly_ground(columns[name])]
    if len(varied) == 1:
        possible = varied
    if len(possible) == 1:
        return possible[0], f"Labels are in the {possible[0]} column, as its values tell."
    return "first", (
        "Labels were taken from the first column, but the last could be labels too. If they are, "
        f"{_HOW_TO_SAY}."
    )


def _may_be_labels(values: NDArray[np.float64]) -> bool:
    if not (values == np.rint(values)).all():
        return False
    n_values = len(np.unique(values))
    numbers_rows = n_values == len(values) and set(np.diff(values)) <= {1.0}
    return limits.MIN_CLASSES <= n_values <= limits.MAX_CLASSES and not numbers_rows


def _is_mostly_ground(values: NDArray[np.float64]) -> bool:
    _, counts = np.unique(values, return_counts=True)
    return bool(counts.max() > len(values) / 2)
