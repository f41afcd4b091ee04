"""Whether the drawing is the bright part of the images or the dark one, as their grounds tell."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from core.sources.pixel_scale import Pixels

_LOOKED_AT = 256
"""Images of each part, drawn at random; they tell the shares of a set to 3 in 100."""

_SMALLEST = 4
"""Pixels of a side: of fewer, the frame is most of the image and no ground."""

_CLEARLY = 3.0
"""Times as much, in squares, must lie on one side of the ground as on the other. Drawings have all
of it on one side, but for the shades of a photographed paper; scenes go to both."""

_MOST = 2 / 3
"""Of the images; letters that fill their frame (notMNIST) have ink in some of these."""

_MIXED_SHARE = 0.1
"""Of images with another ground than most, beyond which it is said."""


def frames(images: NDArray[Any]) -> NDArray[Any]:
    """Return the outermost pixels (n, ...) of images (n, height, width)."""
    return np.concatenate([images[:, 0], images[:, -1], images[:, :, 0], images[:, :, -1]], axis=1)


def is_dark_ink(parts: Sequence[Pixels], notes: list[str]) -> bool:
    """Return whether most images have a bright ground with a darker drawing on it.

    The ground of an image is the median of its frame, which drawings rarely touch. What is
    doubtful stays as it is stored: scenes, noise, sets of both kinds.

    Parameters
    ----------
    parts : the pixels of each part, (n, height, width), bytes or fractions of full ink
    notes : here is added that grounds differ
    """
    if min(parts[0].shape[1:]) < _SMALLEST:
        return False
    looked_at = np.concatenate([_some(pixels) for pixels in parts])
    n, grounds = len(looked_at), np.median(frames(looked_at), axis=1)
    away = looked_at.reshape(n, -1) - grounds[:, np.newaxis]
    squares = away * np.abs(away)
    brighter, darker = np.maximum(squares, 0).sum(axis=1), -np.minimum(squares, 0).sum(axis=1)
    n_bright = int(((grounds > 0.5) & (darker > _CLEARLY * brighter)).sum())
    n_dark = int(((grounds < 0.5) & (brighter > _CLEARLY * darker)).sum())
    n_drawn = int((brighter + darker > 0).sum())
    n_clear = n_bright + n_dark
    if n_clear > n_drawn / 2 and min(n_bright, n_dark) > _MIXED_SHARE * n_clear:
        notes.append(
            f"{n_bright:,} of {n:,} images that were looked at seem to have a bright ground, "
            f"{n_dark:,} a dark one. All are read alike; better keep them apart."
        )
    return n_bright > _MOST * n_drawn


def _some(pixels: Pixels) -> NDArray[np.float32]:
    n = len(pixels)
    chosen = np.random.default_rng(0).choice(n, min(n, _LOOKED_AT), replace=False)
    values = pixels.done(pixels.stored[np.sort(chosen)])
    full = 255 if values.dtype == np.uint8 else 1
    return values.astype(np.float32) / np.float32(full)
