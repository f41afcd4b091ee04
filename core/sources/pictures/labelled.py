"""Pictures that lie together: their classes stand in a table beside them, or in their names."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from core.errors import DatasetError
from core.progress import Progress
from core.sources import limits
from core.sources.limits import check_at_most
from core.sources.names import first_names, natural_key
from core.sources.pictures.tree import Looker, Tree, is_picture_name, role_of
from core.sources.streams import open_file
from core.sources.tables.labels import NO_VALUES, NUMBER, decoded
from core.sources.tables.layout import is_label, sniff_separator, split_fields
from core.sources.tables.lines import blocks

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator

    from core.sources.places import Place
    from core.sources.streams import Stream

_TABLE = re.compile(r".*\.(csv|tsv|txt)(\.gz)?", re.IGNORECASE | re.DOTALL)
_MAX_TABLES = 8
_SAMPLE = 100
"""Lines of a table that tell what its columns are."""

_MATCH_SHARE = 0.5
"""Of them that must name pictures which are there."""

_TOKEN = re.compile(r"[^\W\d_]+|[0-9]+")
_LABEL_SAID = re.compile(r"(?:label|class|digit)[-_ =]?([^\W_]+)", re.IGNORECASE)
_NUMBER_CHARACTERS = 3
"""Of a number that may be a class; longer ones are dates and counters."""

_FEWEST_EACH = 2
"""Pictures of a class, on average, where names say it."""


@dataclass(slots=True)
class _Part:
    """Pictures of one folder.

    Attributes
    ----------
    name : of the folder, "" for the one that was opened
    folder, files : where they are, and what they are called
    labels : the class of each file, as far as it is known
    """

    name: str
    folder: Place
    files: list[str]
    labels: dict[str, str]


def labelled(top: Place) -> Generator[Progress, None, Tree | None]:
    """Return the pictures that lie in ``top`` or in its parts and whose classes are known.

    Returns
    -------
    None where pictures lie in folders of their classes, or nothing tells their classes.

    Raises
    ------
    DatasetError
        If a table names the pictures but does not tell their classes.
    """
    looker = Looker(top)
    here = looker.look(top)
    inner = {name: looker.look(top / name) for name in here.folders}
    pictured = {name: _pictures(found.files) for name, found in inner.items()}
    pictured = {name: files for name, files in pictured.items() if files}
    flat = _pictures(here.files)
    if flat and not pictured:
        parts = [_Part("", top, flat, {})]
    elif not flat and (len(pictured) == 1 or all(role_of(name) is not None for name in pictured)):
        parts = [_Part(name, top / name, files, {}) for name, files in pictured.items()]
    else:
        return None
    tables = [("", top / name) for name in here.files if _TABLE.fullmatch(name)]
    tables += [
        (part.name, part.folder / name)
        for part in parts
        if part.name
        for name in inner[part.name].files
        if _TABLE.fullmatch(name)
    ]
    notes: list[str] = []
    for place, table in tables[:_MAX_TABLES]:
        chosen = [part for part in parts if place in ("", part.name)]
        role = role_of(table.stem)
        chosen = [part for part in chosen if role == role_of(part.name)] or chosen
        told: list[str] = []
        try:
            yield from _by_table(table, chosen, told)
        except _Unclear:
            raise
        except DatasetError:  # a text that is no table, empty or damaged, was not meant
            if any(part.labels for part in chosen):
                raise
        notes += told
    if not any(part.labels for part in parts):
        _by_names(parts, notes)
    return _tree(parts, notes)


def _pictures(files: list[str]) -> list[str]:
    return [name for name in files if is_picture_name(name)]


def _tree(parts: list[_Part], notes: list[str]) -> Tree | None:
    """Return the pictures of known classes, those of the part for testing last."""
    known = [part for part in parts if part.labels]
    if not known:
        return None
    for part in parts:
        unknown = [name for name in part.files if name not in part.labels]
        if unknown:
            where = f" in {part.name}" if part.name else ""
            notes.append(
                f"{len(unknown):,} pictures{where} of which nothing tells the class were left "
                f"out: {first_names(unknown)}."
            )
    found: list[dict[str, list[Place]]] = [{}, {}]
    for part in known:
        is_test = len(known) > 1 and role_of(part.name) == role_of("test")
        for name in sorted(part.labels, key=natural_key):
            place = part.folder / name
            found[is_test].setdefault(part.labels[name], []).append(place)
    names = sorted({*found[0], *found[1]}, key=natural_key)
    return Tree(tuple(part for part in found if part), tuple(names), tuple(notes), 0)


class _Unclear(DatasetError):
    """A table names the pictures, but several of its columns may tell their classes."""


class _Columns:
    """Which column of a table names the pictures, and which tells their class.

    Parameters
    ----------
    header : the names of the columns, where the table has them
    file : the column of the pictures
    label : the column of the classes; -1 where each class has a column, with a 1 in it
    """

    def __init__(self, header: list[str], file: int, label: int) -> None:
        self._header, self.file, self._label = header, file, label

    @property
    def has_header(self) -> bool:
        """Whether the first line names the columns."""
        return bool(self._header)

    def label(self, row: list[str]) -> str:
        """Return the class that a row tells; "" if it tells none."""
        if self._label >= 0:
            word = row[self._label] if self._label < len(row) else ""
            return "" if word in NO_VALUES else _plain(word)
        ones = [i for i, word in enumerate(row) if i != self.file and _plain(word) == "1"]
        return self._header[ones[0]] if len(ones) == 1 and ones[0] < len(self._header) else ""

    def words(self) -> str:
        """Return where the classes stand."""
        if self._label < 0:
            return "one column for each"
        return f"column {self._header[self._label]!r}" if self._header else f"{self._label + 1}."


def _plain(word: str) -> str:
    """Return a label; whole numbers alike, however they are written."""
    if NUMBER.fullmatch(word) and abs(value := float(word)) < 2**53 and value == int(value):
        return str(int(value))
    return word


def _by_table(
    table: Place, parts: list[_Part], notes: list[str]
) -> Generator[Progress, None, None]:
    """Take the classes of pictures from a table that names them; of any other table nothing."""
    places: dict[str, tuple[_Part, str] | None] = {}
    for part in parts:
        for name in part.files:
            for key in (name, name.rpartition(".")[0]):
                places[key] = None if key in places else (part, name)  # in two parts: unclear
            places[f"{part.name}/{name}"] = part, name
    columns, n_missing, n_bytes = None, 0, 0
    classes: set[str] = set()
    with open_file(table) as stream:
        for rows in _rows(stream):
            if columns is None:
                columns = _columns(table, rows, places)
                if columns is None:
                    return
            for row in rows:
                found = _found(row, columns.file, places)
                if found is None:
                    n_missing += 1
                elif label := columns.label(row)[: limits.MAX_WORD]:
                    found[0].labels[found[1]] = label
                    classes.add(label)
            most, what = limits.MAX_CLASSES, f"different classes in its {columns.words()}"
            check_at_most(table, len(classes), most, what, _HOW_TO_SAY)
            n_bytes = stream.tell()
            check_at_most(table, n_bytes, limits.MAX_LIST_BYTES, "bytes of a list", limits.SMALLER)
            yield Progress(n_bytes, 0, "bytes")
    if columns is not None and classes:
        notes.append(f"The classes of the pictures are those in {table.name} ({columns.words()}).")
        n_missing -= columns.has_header
        if n_missing:
            lines = "line names" if n_missing == 1 else "lines name"
            notes.append(f"{n_missing:,} {lines} no picture that is there ({table.name}).")


_HOW_TO_SAY = "name the one that tells it label"


def _rows(stream: Stream) -> Iterator[list[list[str]]]:
    separator = ""
    for block in blocks(stream):
        lines = [decoded(line) for line in block.numbered()[1]]
        if lines and not separator:
            separator = sniff_separator(lines[0])
            if not separator:
                return
        yield [split_fields(line, separator) for line in lines]


def _found(
    row: list[str], column: int, places: dict[str, tuple[_Part, str] | None]
) -> tuple[_Part, str] | None:
    """Return the picture that a row names."""
    if column >= len(row):
        return None
    way = row[column].replace("\\", "/")
    name = way.rpartition("/")[2]
    inner = "/".join(way.split("/")[-2:])
    return places.get(inner) or places.get(name)


def _columns(
    table: Place,
    rows: list[list[str]],
    places: dict[str, tuple[_Part, str] | None],
) -> _Columns | None:
    """Return what the columns are; None if none of them names the pictures.

    Raises
    ------
    DatasetError
        If it is unclear which one tells the class.
    """
    sample = rows[: _SAMPLE + 1]
    if not sample:
        return None
    n_columns = min(len(sample[0]), limits.MAX_CLASSES + 10)
    matches = [sum(_found(row, i, places) is not None for row in sample) for i in range(n_columns)]
    file = max(range(n_columns), key=matches.__getitem__, default=0)
    if not matches or matches[file] < _MATCH_SHARE * max(len(sample) - 1, 1):
        return None
    header = sample[0] if _found(sample[0], file, places) is None else []
    body = [row for row in sample[bool(header) :] if len(row) == len(sample[0])]
    others = [i for i in range(n_columns) if i != file]
    said = [i for i in others if header and is_label(header[i].casefold())]
    if len(said) == 1 or len(others) == 1:
        return _Columns(header, file, (said or others)[0])
    hot = _Columns(header, file, -1)
    if header and body and len(others) > 1 and all(hot.label(row) for row in body):
        return hot
    n_different = {i: len({row[i] for row in body}) for i in others}
    able = [i for i in others if 1 < n_different[i] <= len(body) / _FEWEST_EACH]
    if len(able) == 1:
        return _Columns(header, file, able[0])
    names = first_names([header[i] if header else str(i + 1) for i in others])
    raise _Unclear(f"{table}: the class of a picture may be in {names}; {_HOW_TO_SAY}")


def _by_names(parts: list[_Part], notes: list[str]) -> None:
    """Take the classes of pictures from their names, where all of a part say them alike."""
    for part in parts:
        stems = [name.rpartition(".")[0] for name in part.files]
        found = classes_in(stems)
        if found is not None:
            part.labels.update(zip(part.files, found, strict=True))
            where = f" in {part.name}" if part.name else ""
            notes.append(
                f"The names of the pictures{where} tell their classes: {part.files[0]} is of "
                f"{found[0]}."
            )


def classes_in(stems: list[str]) -> list[str] | None:
    """Return the class that each name says; None if names do not say any alike.

    It is what follows ``label`` or ``class``; else the one piece of letters that differs
    (``cat.1``); else of the short numbers the one with the fewest values (``3_0001``); else all
    before the last number (``polar_bear_7``).
    """
    said = [match and match[1] for match in map(_LABEL_SAID.search, stems)]
    if all(said) and _are_classes([word or "" for word in said]):
        return [_plain(word or "") for word in said]
    pieces = [_TOKEN.findall(stem) for stem in stems]
    columns = list(zip(*pieces, strict=True)) if len({*map(len, pieces)}) == 1 else []
    able = [list(column) for column in columns if _are_classes(column)]
    words = [column for column in able if not any(word.isdecimal() for word in column)]
    if len(words) == 1:
        return words[0]
    numbers = [column for column in able if all(word.isdecimal() for word in column)]
    if numbers and not words:
        return [_plain(word) for word in min(numbers, key=lambda column: len({*column}))]
    before = [_before_number(stem) for stem in stems]
    return before if all(before) and _are_classes(before) else None


def _before_number(stem: str) -> str:
    """Return what stands before the number that a name ends with; "" if it ends otherwise."""
    pieces = list(_TOKEN.finditer(stem))
    is_number = bool(pieces) and pieces[-1][0].isdecimal()
    return stem[: pieces[-1].start()].rstrip("_-. ([") if is_number else ""


def _are_classes(words: list[str] | tuple[str, ...]) -> bool:
    """Whether words are few different ones, each of many pictures, and no dates or counters."""
    different = {*words}
    n_most = min(limits.MAX_CLASSES, len(words) // _FEWEST_EACH)
    if not limits.MIN_CLASSES <= len(different) <= n_most:
        return False
    pieces = (piece for word in different for piece in _TOKEN.findall(word))
    return all(len(piece) <= _NUMBER_CHARACTERS for piece in pieces if piece.isdecimal())
