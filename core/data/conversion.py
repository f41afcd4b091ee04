"""Images of any type to the pixels that are learned from, some at a time."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from core.data.samples import Split, read_only
from core.errors import DatasetError
from core.progress import Progress, finish
from core.words import counted

if TYPE_CHECKING:
    from collections.abc import Generator

    from numpy.typing import NDArray


class Rows(Protocol):
    """Images (n_samples, ...) of which some are asked for at a time, as an array is."""

    @property
    def shape(self) -> tuple[int, ...]:
        """Of all of them together."""
        ...

    def __len__(self) -> int:
        """Return how many there are."""
        ...

    def __getitem__(self, rows: Any, /) -> NDArray[Any]:
        """Return these rows."""
        ...


_VALUES_AT_A_TIME = 1 << 19
"""Pixels converted together: they stay in the processor's cache."""


def make_split(images: Rows, labels: NDArray[Any], n_classes: int, what: str) -> Split:
    """Check and convert one part.

    Parameters
    ----------
    images : (n_samples, n_features) or (n_samples, height, width)
        uint8 in 0..255 (scaled to [0, 1]) or floating point in [0, 1].
    labels : (n_samples,) integers in 0..n_classes - 1
    what : how to name this part in an error

    Raises
    ------
    DatasetError
        If the part is empty, images and labels do not match, or a value is out of range.
    """
    labels = checked_labels(images, labels, n_classes, what)
    return finish(converting(images, labels, slice(None), what))


def checked_labels(
    images: Rows, labels: NDArray[Any], n_classes: int, what: str
) -> NDArray[np.int64]:
    """Return labels as they are kept; errors as :func:`make_split`, but for those of pixels."""
    n_samples = len(images)
    if n_samples == 0:
        raise DatasetError(f"{what}: there is no image in it; at least one is needed")
    if n_samples != len(labels):
        raise DatasetError(
            f"{what}: {counted(n_samples, 'image')} but {counted(len(labels), 'label')}; the two "
            "must belong together"
        )
    low, high = int(labels.min()), int(labels.max())
    if low < 0 or high >= n_classes:
        bad = int(np.flatnonzero((labels < 0) | (labels >= n_classes))[0])
        raise DatasetError(
            f"{what}: label {int(labels[bad])} of image {bad} is out of range; "
            f"labels must lie between 0 and {n_classes - 1}"
        )
    return np.array(labels, dtype=np.int64)


def converting(
    images: Rows, labels: NDArray[np.int64], chosen: NDArray[np.int64] | slice, what: str
) -> Generator[Progress, None, Split]:
    """Convert the ``chosen`` samples, some at a time: no temporary grows with their number."""
    labels = labels[chosen]
    n_samples, n_features = len(labels), math.prod(images.shape[1:])
    pixels = np.empty((n_samples, n_features), dtype=np.float32)
    step = max(1, _VALUES_AT_A_TIME // n_features)
    for first in range(0, n_samples, step):
        some = slice(first, min(first + step, n_samples))
        rows = images[some if isinstance(chosen, slice) else chosen[some]]
        rows = rows.reshape(len(rows), n_features)
        if rows.dtype == np.uint8:
            # One multiplication straight into float32: no float64 copy of the images.
            np.multiply(rows, np.float32(1 / 255), out=pixels[some], dtype=np.float32)
        else:
            done = pixels[some]
            done[...] = rows
            if not np.isfinite(done).all() or done.min() < 0 or done.max() > 1:
                raise DatasetError(f"{what}: pixels must be finite and lie between 0 and 1")
        yield Progress(some.stop, n_samples, "images")
    return Split(read_only(pixels), read_only(labels))
