"""Arrays whose last axis numbers the images, as Matlab keeps them, brought into the usual order."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from core.sources.arrays.roles import meaning

if TYPE_CHECKING:
    from collections.abc import Generator, Sequence

    from numpy.typing import NDArray

    from core.progress import Progress
    from core.sources.arrays.lazy_array import LazyArray


def images_first(arrays: Sequence[LazyArray]) -> list[LazyArray]:
    """Return arrays of (height, width, n), (height, width, colours, n) or (pixels, n) as (n, ...).

    They are those whose last axis is as long as there are labels, and whose first is not. Labels
    may be a row, (1, n), or one-hot columns, (classes, n).
    """
    lengths = {_n_labels(array) for array in arrays} - {0}
    return [_turned(array, lengths) for array in arrays]


def _n_labels(array: LazyArray) -> int:
    """Return how many labels an array would be; 0 where it can hardly be labels."""
    info = array.info
    if info.is_column:
        return info.shape[0]
    kind = meaning(info.name)[1]
    is_row = info.may_be_labels and info.shape[0] == 1 and kind != "images"
    return max(info.shape) if is_row or (info.may_be_labels and kind == "labels") else 0


def _turned(array: LazyArray, lengths: set[int]) -> LazyArray:
    info = array.info
    shape = (info.shape[-1], *info.shape[:-1]) if len(info.shape) > 1 else info.shape
    if not (info.may_be_images or info.may_be_labels) or info.is_column:
        return array
    if info.shape[0] in lengths or shape[0] not in lengths:
        return array
    is_row = info.may_be_labels and info.shape[0] == 1
    note = (
        "" if is_row else f"The last axis of {info.name} numbers the images and became the first."
    )

    def load() -> Generator[Progress, None, NDArray[Any]]:
        return np.moveaxis((yield from array.load()), -1, 0)

    return replace(
        array,
        info=replace(info, shape=shape),
        load=load,
        load_first=None,
        note=array.note if is_row else note,
    )
