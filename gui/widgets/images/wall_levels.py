"""Grey levels of the images on a wall, shrunk where the zoom says so. No Qt in here."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

_CHUNK_BYTES = 1 << 19
"""Pixels taken at a time: as many as stay in a processor's cache until they are shrunk."""

_LARGEST_LEVEL = 255


class WallLevels:
    """Grey levels of a part's images at one zoom, computed when first seen.

    Attributes
    ----------
    images : (n, height * width) float32 in [0, 1]
    image_shape : (height, width)
    shrink : how many pixels of a row, and of a column, become one

    Notes
    -----
    A shrunk pixel is the mean of its block; what sticks out over the image counts as 0. With
    ``L`` and ``R`` the 0-1 matrices of which row and column belongs to which block, all means of
    an image ``X`` are ``L X R / shrink ** 2``: two matrix products, many times faster than
    averaging over axes of length ``shrink``.

    Shrunk levels are kept, one byte each, so at most 1 / (4 shrink ** 2) of what the images
    take, a sixteenth or less beside edges. The system gives memory only for images once seen.
    """

    def __init__(
        self, images: NDArray[np.float32], image_shape: tuple[int, int], shrink: int
    ) -> None:
        self.images, self.image_shape, self.shrink = images, image_shape, shrink
        rows, columns = image_shape
        self._left = _blocks(rows, shrink).T.copy()
        self._right = _blocks(columns, shrink) * np.float32(_LARGEST_LEVEL / shrink**2)
        n_kept = len(images) if shrink > 1 else 0
        self._kept = np.zeros((n_kept, len(self._left), self._right.shape[1]), dtype=np.uint8)
        self._known = np.zeros(n_kept, dtype=np.bool_)

    def fits(self, images: NDArray[np.float32], image_shape: tuple[int, int], shrink: int) -> bool:
        """Return whether these are the levels of these images at this zoom."""
        return self.images is images and (self.image_shape, self.shrink) == (image_shape, shrink)

    def of(self, rows: NDArray[np.int64]) -> NDArray[np.uint8]:
        """Return the levels of some images, (n_rows, height, width) on the screen, 0..255."""
        if self.shrink == 1:
            levels = self.images[rows] * np.float32(_LARGEST_LEVEL)
            levels += np.float32(0.5)
            return levels.astype(np.uint8).reshape(len(rows), *self.image_shape)
        new = rows[~self._known[rows]]
        step = max(1, _CHUNK_BYTES // max(1, self.images[:1].nbytes))
        for first in range(0, len(new), step):
            self.keep(new[first : first + step])
        return self._kept[rows]

    def keep(self, rows: NDArray[np.int64]) -> None:
        """Shrink some images, and keep their levels."""
        height, width = self.image_shape
        narrow = self.images[rows].reshape(-1, width) @ self._right
        means = self._left @ narrow.reshape(len(rows), height, -1)
        means += np.float32(0.5)
        self._kept[rows] = means
        self._known[rows] = True


def _blocks(n: int, shrink: int) -> NDArray[np.float32]:
    """Return which of ``n`` pixels belongs to which block, (n, n_blocks), as 0 and 1."""
    return np.repeat(np.eye(-(-n // shrink), dtype=np.float32), shrink, axis=0)[:n]
