"""Which IDX files belong together: by their names, or by content where the names say nothing."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, get_args

from core.errors import DatasetError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from core.sources.streams import Blob

VALUE_TYPES = {0x08: "u1", 0x09: "i1", 0x0B: ">i2", 0x0C: ">i4"}
"""Type byte -> NumPy's type of it, for the whole numbers among them."""

_FLOAT_TYPES = (0x0D, 0x0E)
_NAME = re.compile(
    r"(?P<before>.*?)(?P<kind>images|labels)[-_.]?idx[13][-_.]?ubyte(\.gz)?", re.IGNORECASE
)
_TEST_WORD = re.compile(r"t10k|test", re.IGNORECASE)
_PART_WORDS = re.compile(r"t10k|test(ing)?|train(ing)?", re.IGNORECASE)
MAX_LOOKED = 64
"""Files of other names that are looked into; whoever has a set in four files finds it there."""

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
    count : how many images or labels it announces; None where it was not looked at
    """

    blob: Blob
    kind: Kind
    is_test: bool
    series: str
    count: int | None = None


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
    return content[2] in (*VALUE_TYPES, *_FLOAT_TYPES) and 1 <= content[3] <= 3


def by_name(blobs: Iterable[Blob], opened: str = "") -> list[IdxFile]:
    """Return the files that are named as IDX files.

    What is there plain and compressed, or with a dot for a hyphen, counts once: as the one called
    ``opened`` if that is one.
    """
    found: dict[str, IdxFile] = {}
    for blob in sorted(blobs, key=lambda blob: (blob.name == opened, blob.name)):
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


def by_content(blobs: Sequence[Blob]) -> list[IdxFile]:
    """Return the files whose header is that of IDX images or labels, among the first ones."""
    found = []
    for blob in blobs[:MAX_LOOKED]:
        try:
            with blob.open() as stream:
                header = stream.read(8)
        except (DatasetError, OSError):  # damaged, empty, huge, locked: nobody asked for it
            continue
        if len(header) < 8 or not is_idx_content(header) or header[3] not in (1, 3):
            continue
        kind: Kind = "images" if header[3] == 3 else "labels"
        is_test = _TEST_WORD.search(blob.name) is not None
        found.append(IdxFile(blob, kind, is_test, "", int.from_bytes(header[4:], "big")))
    return found


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


def _missing(there: Blob, kind: Kind) -> DatasetError:
    digit = "1" if kind == "labels" else "3"
    expected = re.sub("images|labels", kind, there.name, flags=re.IGNORECASE)
    expected = re.sub("idx[13]", f"idx{digit}", expected, flags=re.IGNORECASE)
    if expected == there.name:
        expected = f"train-{kind}-idx{digit}-ubyte.gz"
    return DatasetError(
        f"{there.label}: its {kind} are missing; expected {expected} in the same folder"
    )


def unnamed_set(
    where: str, files: Sequence[IdxFile], opened: str = "", *, advice: str = _OPEN_ONE
) -> IdxSet:
    """Return the one set among files of any names: images and labels of the same number.

    ``advice`` is what to do where there are several sets.

    Raises
    ------
    DatasetError
        If images have no labels, or it is unclear which belong to them.
    """
    images = [file for file in files if file.kind == "images"]
    labels = [file for file in files if file.kind == "labels"]
    mine = next((file for file in files if file.blob.name == opened), None)
    if mine is not None:
        if mine.kind == "labels":
            return IdxSet("", (_mate(mine, images).blob, mine.blob), None)
        return IdxSet("", (mine.blob, _mate(mine, labels).blob), None)
    if not images:
        raise DatasetError(f"{where}: no IDX file of images is in it; expected images and labels")
    pairs = [(file, _mate(file, labels)) for file in images]
    names = ", ".join(file.blob.name for file in images)
    if len(pairs) > 2:
        raise DatasetError(f"{where}: several sets ({names}); {advice}")
    if len({other.blob.name for _, other in pairs}) < len(pairs):
        raise DatasetError(
            f"{where}: there are two files of images ({names}) but one of that many labels, "
            f"{pairs[0][1].blob.name}; add the other labels, or open one of the files"
        )
    # What the names say; else the longer one is for training.
    pairs.sort(key=lambda pair: (pair[0].is_test, -(pair[0].count or 0)))
    blobs = [(one.blob, other.blob) for one, other in pairs]
    return IdxSet("", blobs[0], blobs[1] if len(blobs) == 2 else None)


def _mate(mine: IdxFile, others: Sequence[IdxFile]) -> IdxFile:
    """Return the labels that belong to images, or the images that belong to labels."""
    found = [file for file in others if file.count == mine.count]
    if len(found) > 1:
        found = [file for file in found if file.is_test == mine.is_test]
    if len(found) == 1:
        return found[0]
    kind: Kind = "labels" if mine.kind == "images" else "images"
    if not found:
        raise _missing(mine.blob, kind)
    names = ", ".join(file.blob.name for file in found)
    raise DatasetError(
        f"{mine.blob.label}: it is unclear which {kind} belong to it ({names}, each with "
        f"{mine.count}); name them as MNIST's, train-{kind}-idx{'1' if kind == 'labels' else '3'}"
        "-ubyte"
    )
