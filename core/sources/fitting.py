"""Images of any size brought to one that can be learnt."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from core.progress import Progress
from core.sources.ink import frames

if TYPE_CHECKING:
    from collections.abc import Generator

    from numpy.typing import NDArray

USUAL_SIDE = 28
"""As MNIST's, where images are too large or too different to keep their own size."""


def brought_down(images: NDArray[Any], side: int) -> Generator[Progress, None, NDArray[Any]]:
    """Return images (n, height, width) as (n, side, side): bytes as such, others as float32."""
    dtype = images.dtype if images.dtype == np.uint8 else np.dtype(np.float32)
    small = np.empty((len(images), side, side), dtype=dtype)
    for i, image in enumerate(images):
        small[i] = fitted(image.astype(dtype, copy=False), side)
        yield Progress(i, len(images), "images")
    return small


def fitted(grey: NDArray[Any], side: int) -> NDArray[Any]:
    """Return an image (height, width) in the middle of a square, as large as fits into it.

    Its proportions are kept; what it leaves free has the ground of its frame. Shrinking averages
    over all pixels (Lanczos' filter, after whole steps of plain means), and goes beyond none.

    Parameters
    ----------
    grey : uint8 or float32
    """
    from PIL import Image  # 40 ms, for which no array of usual size should wait

    height, width = grey.shape
    scale = side / max(height, width)
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    resample = Image.Resampling.LANCZOS
    image = Image.fromarray(np.ascontiguousarray(grey))
    small = np.asarray(image.resize(size, resample, reducing_gap=3.0))
    small = np.clip(small, grey.min(), grey.max())
    ground = np.median(frames(grey[np.newaxis]))
    are_bytes = grey.dtype == np.uint8
    square = np.full((side, side), round(float(ground)) if are_bytes else ground, dtype=grey.dtype)
    top, left = (side - size[1]) // 2, (side - size[0]) // 2
    square[top : top + size[1], left : left + size[0]] = small
    return square
