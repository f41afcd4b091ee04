"""What EMNIST's files do not say themselves: which letter a label is.

G. Cohen, S. Afshar, J. Tapson and A. van Schaik, EMNIST: an extension of MNIST to handwritten
letters, 2017, https://arxiv.org/abs/1702.05373; its archive has the table as a file for each set.
"""

from __future__ import annotations

import string
from typing import TYPE_CHECKING, Any

import numpy as np

from core.errors import DatasetError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

    from core.sources.streams import Blob

_BALANCED = string.digits + string.ascii_uppercase + "abdefghnqrt"
"""Where capital and small letters look alike they are one class, named by the capital."""

_KNOWN = {"letters": (1, string.ascii_lowercase), "balanced": (0, _BALANCED)}
"""Set -> (its first label, its names)."""

_MAX_MAPPING_BYTES = 10_000
"""Of a table of names; the longest, of 62 classes, has 400."""

_MAX_CODE = 0x10FFFF


def is_emnist(name: str) -> bool:
    """Whether a name says that it is a set of EMNIST, whose images are stored transposed."""
    return "emnist" in name.lower()


def named_labels(
    series: str, columns: Sequence[NDArray[Any]], beside: Iterable[Blob]
) -> tuple[list[NDArray[Any]], tuple[str, ...] | None]:
    """Return labels from 0 on, and the names of the classes, where they are known.

    Parameters
    ----------
    series : the name of the set, as ``emnist-letters``
    columns : labels of each part, (n,)
    beside : the files beside it, of which one may be the table of names

    Raises
    ------
    DatasetError
        If there is such a table but it cannot be read.
    """
    wanted = f"{series}-mapping.txt"
    table = next((blob for blob in beside if blob.name.lower() == wanted), None)
    known = [entry for word, entry in _KNOWN.items() if is_emnist(series) and word in series]
    if table is not None and is_emnist(series):
        known = [_read_table(table)]
    for first, names in known:
        low = min(int(labels.min()) for labels in columns)
        high = max(int(labels.max()) for labels in columns)
        if first <= low and high < first + len(names):
            return [np.asarray(labels, np.int64) - first for labels in columns], tuple(names)
    return list(columns), None


def _read_table(blob: Blob) -> tuple[int, str]:
    """Return the first label and the names of it and those that follow."""
    with blob.open() as stream:
        lines = stream.read(_MAX_MAPPING_BYTES).decode("ascii", "replace").splitlines()
        too_long = bool(stream.read(1))
    letters: dict[int, str] = {}
    for i, line in enumerate(lines, 1):
        numbers = line.split()
        if not numbers:
            continue
        whole = all(word.isdecimal() and len(word) < 8 for word in numbers)
        if not whole or len(numbers) < 2 or int(numbers[-1]) > _MAX_CODE:
            raise DatasetError(
                f"{blob.label}, line {i}: {line[:60]!r} is no label with the codes of its letters, "
                "as 10 65; copy it again, or remove it"
            )
        letters[int(numbers[0])] = chr(int(numbers[-1]))  # capital, then small: named by the small
    first = min(letters, default=0)
    if too_long or list(letters) != list(range(first, first + len(letters))) or not letters:
        raise DatasetError(
            f"{blob.label}: the labels in it do not follow each other; copy it again, or remove it"
        )
    return first, "".join(letters.values())
