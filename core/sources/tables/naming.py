"""Which tables of a folder are the training and the test part of a set, by their names."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from core.errors import DatasetError
from core.sources.names import is_handed_in
from core.sources.parts import NotOneSet

if TYPE_CHECKING:
    from core.sources.places import Place

TABLE_NAME = re.compile(r".*\.(csv|tsv|tra|tes)(\.gz)?", re.IGNORECASE | re.DOTALL)
"""CSV as everybody names it, and the UCI's training and test parts."""

_TEST_NAMES = (("training", "testing"), ("training", "test"), ("train", "test"), (".tra", ".tes"))
_LISTED = 6


def _stem(name: str) -> str:
    return re.sub(r"\.gz$", "", name.casefold())


def _test_stems(stem: str) -> list[str]:
    """Return what the test part of a table may be called."""
    return [stem.replace(*words) for words in _TEST_NAMES if words[0] in stem]


def test_table(path: Place, names: tuple[str, ...]) -> Place | None:
    """Return the table that is the test part of ``path``, by its name."""
    for word in _test_stems(_stem(path.name)):
        for name in names:
            if (
                _stem(name) == word
                and TABLE_NAME.fullmatch(name)
                and (path.parent / name).is_file()
            ):
                return path.parent / name
    return None


def only_table(folder: Place, names: tuple[str, ...]) -> Place:
    """Return the one table in a folder, or the training one of two.

    Raises
    ------
    DatasetError
        If there are more.
    """
    found = [name for name in names if TABLE_NAME.fullmatch(name) and (folder / name).is_file()]
    by_stem = {_stem(name): name for name in reversed(found)}  # plain before gz
    found = list(by_stem.values())[::-1]
    if not found:
        raise DatasetError(f"{folder}: what is named as a table in it is no file")
    needed = {stem for stem in by_stem if not is_handed_in(stem)}
    for name in found:
        stem = _stem(name)
        test = next((word for word in _test_stems(stem) if word in by_stem), None)
        if test is not None and needed <= {stem, test}:
            return folder / name
    if len(found) == 1 and len(names) > 1:
        raise NotOneSet(f"{folder}: {found[0]} is the only table in it, but not alone")
    if len(found) > 1:
        more = ", ..." if len(found) > _LISTED else ""
        raise NotOneSet(
            f"{folder}: several tables ({', '.join(found[:_LISTED])}{more}); open one of them "
            "instead. Two open together if they are named as train.csv and test.csv"
        )
    return folder / found[0]
