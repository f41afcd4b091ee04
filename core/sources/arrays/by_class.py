"""Arrays that hold the images of one class each and are called as it, as Quick, Draw!'s files."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from core.progress import Progress
from core.sources import limits
from core.sources.arrays.roles import meaning, part_of
from core.sources.limits import check_at_most
from core.sources.names import natural_key
from core.sources.parts import Parts

if TYPE_CHECKING:
    from collections.abc import Generator, Mapping, Sequence

    from core.sources.arrays.lazy_array import LazyArray
    from core.sources.arrays.roles import ArrayInfo
    from core.sources.parts import Pair

_QUICK_DRAW = "full_numpy_bitmap_"
"""Before the class, in the names of Google's files."""

_MIN_NUMBERED = 4
"""Arrays that have numbers for names: fewer may be parts, as [X_train, X_test]."""


def one_per_class(infos: Sequence[ArrayInfo]) -> bool:
    """Whether all arrays are images of one shape, and no name says what part they are."""
    if not limits.MIN_CLASSES <= len(infos) <= limits.MAX_CLASSES:
        return False
    if not all(info.may_be_images and not info.is_column for info in infos):
        return False
    # One of them may be a picture frame.
    named = sum(bool(any(meaning(info.name)) or part_of(info.name)) for info in infos)
    if 2 * named >= len(infos):
        return False
    numbered = all(info.name.rpartition("/")[2].isdecimal() for info in infos)
    alike = len({info.shape[1:] for info in infos}) == 1
    return (
        alike
        and all(info.shape[0] for info in infos)
        and not (numbered and len(infos) < _MIN_NUMBERED)
    )


def read_classes(
    name: str, where: str, arrays: Sequence[LazyArray]
) -> Generator[Progress, None, Parts]:
    """Read such arrays, as many images of each as can be held of all.

    Raises
    ------
    DatasetError
        If one of them is damaged.
    """
    arrays = sorted(arrays, key=lambda array: natural_key(array.info.name))
    infos = [array.info for array in arrays]
    n_pixels, sizes = math.prod(infos[0].shape[1:]), [info.shape[0] for info in infos]
    dtype = np.result_type(*(info.dtype for info in infos))
    most = min(
        limits.MAX_IMAGES,
        limits.MAX_ELEMENTS // n_pixels,
        limits.MAX_INFLATED_BYTES // (n_pixels * dtype.itemsize),
    )
    taken, notes = sizes, ["Each array holds the images of one class, and is called as it."]
    if sum(sizes) > most:
        each = _even_share(sizes, most)
        taken = [min(size, each) for size in sizes]
        notes.append(
            f"Of {sum(sizes):,} images the first {each:,} of each class were taken: more than "
            f"{most:,} are not held at once."
        )
    images = np.empty((sum(taken), *infos[0].shape[1:]), dtype=dtype)
    done = 0
    for array, n in zip(arrays, taken, strict=True):
        if n < array.info.shape[0] and array.load_first is None:
            check_at_most(where, sum(sizes), most, "images", limits.SMALLER)
        some = array.load_first if n < array.info.shape[0] else None
        images[done : done + n] = yield from (array.load() if some is None else some(n))
        done += n
        yield Progress(done, len(images), "images")
    labels = np.repeat(np.arange(len(arrays)), taken)
    names = tuple(info.name.removeprefix(_QUICK_DRAW) for info in infos)
    return Parts(name, (images, labels), class_names=names, notes=tuple(notes))


def _even_share(sizes: Sequence[int], most: int) -> int:
    """Return the largest k for which sum(min(size, k)) is at most ``most``."""
    left = most
    for i, size in enumerate(sorted(sizes)):
        share = left // (len(sizes) - i)
        if size > share:
            return share
        left -= size
    return max(sizes)


def named_classes(
    pairs: Mapping[str, Pair], lists: Sequence[LazyArray]
) -> Generator[Progress, None, tuple[str, ...] | None]:
    """Return what the labels 0, 1, ... of all parts are called, by the shortest list that fits.

    Labels may be one-hot as well; those that are words name themselves.
    """
    columns = [labels for _, labels in pairs.values()]
    most = -1
    for labels in columns:
        if labels.dtype.kind not in "buif" or not labels.size or not np.isfinite(labels).all():
            return None
        one_hot = labels.ndim == 2 and labels.shape[1] > 1
        most = max(most, labels.shape[1] - 1 if one_hot else int(labels.max()))
        if labels.min() < 0 or not (labels == np.rint(labels)).all():
            return None
    for array in sorted(lists, key=lambda array: array.info.shape):
        if array.info.shape[0] > most:
            found = (yield from array.load()).tolist()
            words = [
                word.decode("utf-8", "replace") if isinstance(word, bytes) else str(word)
                for word in found
            ]
            return tuple(words) if len(set(words)) == len(words) else None
    return None
