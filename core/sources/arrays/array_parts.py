"""From arrays that were only looked at to images and labels: checked first, then read."""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING, Any

import numpy as np

from core.errors import DatasetError
from core.sources import limits
from core.sources.arrays.axes import images_first
from core.sources.arrays.by_class import named_classes, one_per_class, read_classes
from core.sources.arrays.lazy_array import LazyArray as LazyArray  # noqa: TC001
from core.sources.arrays.roles import HalfSet, choose, lists_classes, meaning
from core.sources.limits import check_at_most
from core.sources.parts import Pair, Parts
from core.sources.streams import damaged
from core.words import counted

if TYPE_CHECKING:
    from collections.abc import Generator, Sequence

    from numpy.typing import NDArray

    from core.progress import Progress
    from core.sources.arrays.roles import ArrayInfo
    from core.sources.reading import ReadingConfig

_PLAIN = re.compile(r"[<>|=]?(\?|b1|[iu][1248]|f[248]|[SUa][1-9][0-9]{0,2})")
_LAST_CHARACTER = 0x10FFFF
_LISTED, _SHOWN = 4, 40
"""Arrays named in a note, and characters of such a name."""


def plain_dtype(code: str) -> np.dtype[Any] | None:
    """Return the type NumPy writes as ``code``, or None for what is never read.

    Truth values, whole numbers, floats and short words are plain; objects, records, dates,
    complex numbers and words beyond the bound are not.
    """
    if _PLAIN.fullmatch(code) is None:
        return None
    dtype = np.dtype(code.replace("a", "S"))
    characters = dtype.itemsize // (4 if dtype.kind == "U" else 1)
    return dtype if dtype.kind not in "SU" or characters <= limits.MAX_WORD else None


def typed(
    where: str, content: NDArray[np.uint8], dtype: np.dtype[Any], shape: tuple[int, ...], order: Any
) -> NDArray[Any]:
    """Return bytes (n,) as the array they are, sharing their memory where that is safe.

    Raises
    ------
    DatasetError
        If there are not as many bytes as the shape needs, or a letter is none.
    """
    expected = math.prod(shape) * dtype.itemsize
    if len(content) != expected:
        need = f"{' x '.join(map(str, shape))} values of type {dtype} need {expected} bytes"
        raise damaged(where, f"{need}, there are {len(content)}")
    if dtype.kind == "b":
        content = content != 0  # any other byte is no truth value, and NumPy would not look
    if dtype.kind == "U" and expected:
        codes = content.view(np.dtype(np.uint32).newbyteorder(dtype.byteorder))
        if int(codes.max()) > _LAST_CHARACTER:
            raise DatasetError(f"{where}: the words in it have a letter that does not exist")
    return content.view(dtype).reshape(shape, order=order)


def read_parts(
    name: str, where: str, arrays: Sequence[LazyArray], reading: ReadingConfig
) -> Generator[Progress, None, Parts]:
    """Choose, check and read the images and labels among ``arrays``.

    Parameters
    ----------
    name, where : what people call the data, and how errors name their file
    arrays : what the file holds

    Raises
    ------
    ArraysUnclear, DatasetError
        As :func:`core.sources.arrays.roles.choose`; if an array is too large or of a type that is
        not read, or images and labels differ in number.
    """
    infos = [array.info for array in arrays]
    names = [array for array in arrays if lists_classes(array.info, infos)]
    if not reading.arrays:
        arrays = [array for array in arrays if array not in names]
        if one_per_class([array.info for array in arrays]):
            return (yield from read_classes(name, where, arrays))
    arrays = images_first(arrays)
    try:
        roles = choose(where, [array.info for array in arrays], reading.arrays)
    except HalfSet as half:
        half.arrays = arrays
        raise
    by_name = {array.info.name: array for array in arrays}
    chosen = {role: by_name[found] for role, found in roles.items()}
    _check(where, {role: array.info for role, array in chosen.items()})
    pairs: dict[str, Pair] = {}
    for part in ("train", "validation", "test"):
        if f"{part}_images" in chosen:
            images = yield from chosen[f"{part}_images"].load()
            labels = yield from chosen[f"{part}_labels"].load()
            pairs[part] = images, labels
    notes = [array.note for array in chosen.values() if array.note]
    notes += _guesses(roles, list(by_name), reading)
    if "validation" in pairs:
        n_validation = len(pairs["validation"][1])
        pairs["train"] = _joined(where, pairs["train"], pairs.pop("validation"))
        notes.append(
            f"The file's {n_validation:,} validation images are the last of the training images: "
            f"{n_validation:,} validation images give the file's own split."
        )
    names = [array for array in names if array.info.name not in roles.values()]
    class_names = yield from named_classes(pairs, names)
    return Parts(
        name, pairs["train"], pairs.get("test"), class_names=class_names, notes=tuple(notes)
    )


def _guesses(roles: dict[str, str], names: list[str], reading: ReadingConfig) -> list[str]:
    """Return what was not said by names, and what was left out."""
    notes = []
    unnamed = [name for role, name in roles.items() if meaning(name)[1] != role.split("_")[1]]
    if unnamed and not reading.arrays:
        notes.append(
            f"Images were taken from {roles['train_images']!r} and labels from "
            f"{roles['train_labels']!r}, as their shapes tell."
        )
    others = [name[:_SHOWN] for name in names if name not in roles.values()]
    if others:
        more = f" and {len(others) - _LISTED:,} more" if len(others) > _LISTED else ""
        notes.append(f"Arrays left out: {', '.join(others[:_LISTED])}{more}.")
    return notes


def _check(where: str, infos: dict[str, ArrayInfo]) -> None:
    """Check the arrays before any of them is read."""
    n_bytes = n_images = n_values = 0
    for role, info in infos.items():
        usable = info.may_be_images if role.endswith("images") else info.may_be_labels
        if not usable:
            raise DatasetError(
                f"{where}: {info} cannot be the {role}; expected numbers in (n, pixels) or (n, "
                "height, width) for images, one number or word per image for labels"
            )
        mate = infos[role.replace("images", "labels")]
        if info.shape[0] != mate.shape[0]:
            raise DatasetError(
                f"{where}: {info.name} has {counted(info.shape[0], 'image')} but {mate.name} has "
                f"{counted(mate.shape[0], 'label')}; the two must belong together"
            )
        size = math.prod(info.shape)
        if not size:
            raise DatasetError(f"{where}: {info} is empty; at least one image is needed")
        twice = "validation_images" in infos and not role.startswith("test")  # they are joined
        n_bytes += size * np.dtype(info.dtype).itemsize * (1 + twice)
        if role.endswith("images"):
            n_images += info.shape[0]
            n_values += size
    check_at_most(where, n_images, limits.MAX_IMAGES, "images", limits.SMALLER)
    check_at_most(where, n_values, limits.MAX_ELEMENTS, "pixels", limits.SMALLER)
    check_at_most(where, n_bytes, limits.MAX_INFLATED_BYTES, "bytes", limits.SMALLER)


def _joined(where: str, one: Pair, other: Pair) -> Pair:
    """Return two pairs one after the other."""
    for first, second, what in zip(one, other, ("images", "labels"), strict=True):
        same_type = first.dtype == second.dtype or {first.dtype.kind, second.dtype.kind} <= set(
            "iu" if what == "labels" else ""
        )
        same_words = first.dtype.kind == second.dtype.kind == "U"
        if first.shape[1:] != second.shape[1:] or not (same_type or same_words):
            raise DatasetError(
                f"{where}: training and validation {what} are not alike: {first.shape[1:]} of "
                f"type {first.dtype}, {second.shape[1:]} of type {second.dtype}"
            )
    return np.concatenate((one[0], other[0])), np.concatenate((one[1], other[1]))
