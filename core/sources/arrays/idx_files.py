"""Which IDX files belong together: by their names, or by content where the names say nothing."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, get_args

from core.errors import DatasetError
from core.sources.arrays.roles import HalfSet

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from core.sources.streams import Blob

VALUE_TYPES = {0x08: "u1", 0x09: "i1", 0x0B: ">i2", 0x0C: ">i4"}
"""Type byte -> NumPy's type of it, for the whole numbers among them."""

FLOAT_TYPES = {0x0D: ">f4", 0x0E: ">f8"}
"""The same for floats."""

_NAME = re.compile(
    r"(?P<before>.*?)(?P<kind>images|labels)[-_.]?idx[1-4][-_.]?(ubyte|int|float)"
    r"( ?\([0-9]\))?(\.gz){0,2}( ?\([0-9]\))?",
    re.IGNORECASE,
)
_TEST_WORD = re.compile(r"t10k|test", re.IGNORECASE)
_PART_WORDS = re.compile(r"t10k|test(ing)?|train(ing)?", re.IGNORECASE)
Kind = Literal["images", "labels"]


@dataclass(frozen=True, slots=True)
class IdxFile:
    """What the name or the header of a file says.

    Attributes
    ----------
    blob : the file
    kind : images or labels
    is_test : whether its name says that it is for testing
    series : what else its name says: the set it belongs to
    """

    blob: Blob
    kind: Kind
    is_test: bool
    series: str


@dataclass(frozen=True, slots=True)
class IdxSet:
    """Images and labels that belong together, as (images, labels) for each part."""

    series: str
    train: tuple[Blob, Blob]
    test: tuple[Blob, Blob] | None

    @property
    def pairs(self) -> list[tuple[Blob, Blob]]:
        """The training pair, and the test pair where there is one."""
        return [self.train] if self.test is None else [self.train, self.test]


def is_idx_name(name: str) -> bool:
    """Whether a file is named as IDX files usually are."""
    return _NAME.fullmatch(name) is not None


def is_idx_content(content: bytes) -> bool:
    """Whether bytes begin as an IDX file of one to three dimensions does."""
    if len(content) < 4 or content[:2] != b"\0\0":
        return False
    return content[2] in (*VALUE_TYPES, *FLOAT_TYPES) and 1 <= content[3] <= 4


def by_name(blobs: Iterable[Blob], opened: str = "") -> list[IdxFile]:
    """Return the files that are named as IDX files.

    What is there plain and compressed, with a dot for a hyphen, or again with a browser's number,
    counts once: as the one called ``opened`` if that is one.
    """
    found: dict[str, IdxFile] = {}
    for blob in sorted(
        blobs, key=lambda blob: (blob.name == opened, "(" not in blob.name, blob.name)
    ):
        match = _NAME.fullmatch(blob.name)
        if match is None:
            continue
        kind: Kind = "images" if match["kind"].lower() == "images" else "labels"
        series = _plain(_PART_WORDS.sub("", match["before"]))
        is_test = _TEST_WORD.search(match["before"]) is not None
        found[_plain(match["before"]) + kind] = IdxFile(blob, kind, is_test, series)
    return list(found.values())


def _plain(words: str) -> str:
    return re.sub(r"[-_. ]+", "-", words.lower()).strip("-")


_OPEN_ONE = "open one of them instead"


def named_set(
    where: str, files: Sequence[IdxFile], opened: str = "", *, advice: str = _OPEN_ONE
) -> IdxSet:
    """Return the one set among named files, or the set that the file ``opened`` is part of.

    ``advice`` is what to do where there are several sets.

    Raises
    ------
    DatasetError
        If there are several sets, a file is missing, or it is unclear which of several it is.
    """
    if opened:
        series = next(file.series for file in files if file.blob.name == opened)
        files = [file for file in files if file.series == series]
    images = sorted(
        (file for file in files if file.kind == "images"), key=lambda file: file.is_test
    )
    if len({file.series for file in images}) > 1:
        first = {file.series: file.blob.name for file in reversed(images)}
        names = ", ".join(name for _, name in sorted(first.items()))
        raise DatasetError(f"{where}: several sets ({names}); {advice}")
    if images:  # labels of another series are not theirs, however well they would fit
        files = [file for file in files if file.series == images[0].series]
    train, test = (_named_pair(where, files, is_test, opened) for is_test in (False, True))
    if train is None and test is not None and opened:
        train, test = test, None
    if train is None:
        raise DatasetError(
            f"{where}: the training images are missing (a file like train-images-idx3-ubyte.gz); "
            "add them, or open the images file itself"
        )
    return IdxSet(files[0].series, train, test)


def _named_pair(
    where: str, files: Sequence[IdxFile], is_test: bool, opened: str
) -> tuple[Blob, Blob] | None:
    part: dict[Kind, Blob] = {}
    for kind in get_args(Kind):
        found = [file.blob for file in files if file.is_test == is_test and file.kind == kind]
        found = [blob for blob in found if blob.name == opened] or found
        if len(found) > 1:
            names = ", ".join(sorted(blob.name for blob in found))
            raise DatasetError(
                f"{where}: it is unclear which {kind} are meant ({names}); expected one file of "
                "them for each part: move the others to another folder"
            )
        if found:
            part[kind] = found[0]
    if len(part) == 1:
        ((kind, there),) = part.items()
        raise _missing(there, "labels" if kind == "images" else "images")
    return (part["images"], part["labels"]) if part else None


def _missing(there: Blob, kind: Kind) -> HalfSet:
    digit = "1" if kind == "labels" else "3"
    expected = re.sub("images|labels", kind, there.name, flags=re.IGNORECASE)
    expected = re.sub("idx[13]", f"idx{digit}", expected, flags=re.IGNORECASE)
    if expected == there.name:
        expected = f"train-{kind}-idx{digit}-ubyte.gz"
    return HalfSet(f"{there.label}: its {kind} are missing; expected {expected} in the same folder")
