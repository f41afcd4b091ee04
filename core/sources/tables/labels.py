"""The labels of a table, numbers or words, as small codes while it is read."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NoReturn

import numpy as np

from core.sources import limits
from core.sources.names import natural_key
from core.sources.tables.lines import refuse_line

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

NUMBER = re.compile(r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]{1,4})?")
NO_VALUES = frozenset("nan NaN -nan -NaN NA N/A n/a NULL null None <NA> inf -inf Inf -Inf".split())
"""Written where a value is missing, capitals and all: ``na`` is a hiragana, ``none`` a gesture."""

_OTHERWISE = "If labels are in another column, say so (label column)"

_MARKS = {"0": 0, "0.0": 0, "false": 0, "1": 1, "1.0": 1, "true": 1}
"""As NumPy and pandas write one-hot labels."""

_ROWS_TO_TELL = 4

_MAX_WHOLE = 2**53
"""Whole numbers beyond are not exact as floats."""


class LabelCodes:
    """The labels met so far; each different one has a code from 0, whatever its spelling.

    A million labels are a byte each, and a column that holds no labels is noticed after a
    hundred different values.

    Parameters
    ----------
    column : how errors call the column
    """

    def __init__(self, column: str) -> None:
        self._column = column
        self._by_spelling: dict[bytes, int] = {}
        self._words: dict[str, int] = {}

    def codes(
        self, label: str, spellings: Sequence[bytes], lines: Sequence[int]
    ) -> NDArray[np.uint8]:
        """Return the codes (n,) of labels as written in these lines of the file ``label``.

        Raises
        ------
        DatasetError
            If one is empty, too long or no label, or if there are too many different ones or
            ways to write them.
        """
        known = self._by_spelling
        spellings = [spelling.strip() for spelling in spellings]
        for i, spelling in enumerate(spellings):
            if spelling not in known:
                known[spelling] = self._code(label, lines[i], spelling)
        return np.array([known[spelling] for spelling in spellings], dtype=np.uint8)

    def labels(
        self, columns: Sequence[NDArray[np.uint8]]
    ) -> tuple[list[NDArray[np.int64]], tuple[str, ...] | None]:
        """Return codes as labels, and the names of the classes where those are words."""
        words = list(self._words)
        names = None
        if all(NUMBER.fullmatch(word) for word in words):
            values = [int(word) for word in words]
        else:
            names = tuple(sorted(words, key=natural_key))
            values = [names.index(word) for word in words]
        by_code = np.array(values, dtype=np.int64)
        return [by_code[codes] for codes in columns], names

    def _code(self, label: str, line: int, spelling: bytes) -> int:
        def refuse(what: str) -> NoReturn:
            refuse_line(label, line, f"the label, in the {self._column}, {what}")

        text = decoded(spelling)
        word = text.strip()
        if len(word) > 2 and word[0] == word[-1] == "'":  # as in OpenML's tables
            word = word[1:-1]
        if not word:
            refuse("is empty")
        if len(text) > limits.MAX_WORD:  # unusual blanks count: the spelling is kept
            refuse(f"has {len(text):,} characters; {limits.MAX_WORD} at most are accepted")
        if word in NO_VALUES:
            refuse(f"is {word}: no value")
        if NUMBER.fullmatch(word):
            number = float(word)
            if not abs(number) < _MAX_WHOLE or number != int(number):
                refuse(f"is {word}; expected a whole number or a word. {_OTHERWISE}")
            word = str(int(number))
        if word not in self._words and len(self._words) == limits.MAX_CLASSES:
            refuse(
                f"is {word}, different label number {limits.MAX_CLASSES + 1}; between "
                f"{limits.MIN_CLASSES} and {limits.MAX_CLASSES} classes are accepted. {_OTHERWISE}"
            )
        if len(self._by_spelling) == limits.MAX_SPELLINGS:
            refuse(
                f"is {word} written in yet another way: more than {limits.MAX_SPELLINGS:,} "
                f"spellings of {len(self._words)} labels; write each label alike everywhere"
            )
        return self._words.setdefault(word, len(self._words))


def are_one_hot(rows: Sequence[Sequence[str]]) -> bool:
    """Whether each of some rows as written is one 1 among zeros, not the same in all of them."""
    places = set()
    for row in rows:
        marks = [_MARKS.get(field.casefold()) for field in row]
        if None in marks or sum(mark or 0 for mark in marks) != 1:
            return False
        places.add(marks.index(1))
    return len(rows) >= _ROWS_TO_TELL and len(places) > 1


def decoded(raw: bytes) -> str:
    """Return text as UTF-8, or else as latin-1."""
    try:
        return raw.decode()
    except UnicodeDecodeError:  # older programs write the letters of western Europe as bytes
        return raw.decode("latin-1")
