"""Numbers to colours: the one mapping that the window and the report share.

Images are grey, ink light on dark as MNIST is. Weights and perturbations are blue (negative) to
red (positive) through a neutral middle, a scale that colour-blind eyes keep apart; its anchors
are those of ColorBrewer's RdBu (C. Brewer, M. Harrower, Pennsylvania State University).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

_OVER_BLUE, _OVER_RED = (67, 147, 195), (214, 96, 77)
"""Two of the diverging anchors below, to be seen on black and on white."""

_MOST_OPAQUE = 0.6


def _scale(anchors: str, n_colours: int) -> NDArray[np.uint8]:
    """Return colours (n_colours, 3) evenly between ``anchors``, six hexadecimal digits each."""
    colours = np.frombuffer(bytes.fromhex(anchors), dtype=np.uint8).reshape(-1, 3)
    place = np.linspace(0, len(colours) - 1, n_colours)
    channels = [np.interp(place, np.arange(len(colours)), channel) for channel in colours.T]
    return np.rint(np.stack(channels, axis=1)).astype(np.uint8)


DIVERGING = _scale("053061 2166ac 4393c3 92c5de f7f7f7 f4a582 d6604d b2182b 67001f", 255)
"""(255, 3) uint8, an odd number of colours, so that zero has one of its own: row 127."""

SEQUENTIAL = _scale("ffffd9 edf8b1 c7e9b4 7fcdbb 41b6c4 1d91c0 225ea8 253494 081d58", 256)
"""(256, 3) uint8, from low to high: ColorBrewer's YlGnBu, pale to dark, also without any colour."""


def luminance(rgb: NDArray[Any]) -> NDArray[np.float64]:
    """Return the relative luminance (...,) of colours (..., 3), 0 to 255: WCAG 2.1, 1.4.3."""
    share = np.asarray(rgb, dtype=np.float64) / 255.0
    linear = np.where(share <= 0.04045, share / 12.92, ((share + 0.055) / 1.055) ** 2.4)
    return np.asarray(linear @ (0.2126, 0.7152, 0.0722))


def reads_white(rgb: NDArray[Any]) -> NDArray[np.bool_]:
    """Return whether white words on colours (..., 3) contrast more than black ones do.

    The better of both has a contrast of sqrt(21) = 4.58 at least, on any colour.
    """
    return np.asarray((luminance(rgb) + 0.05) ** 2 < 1.05 * 0.05)


def sequential_rgb(values: NDArray[Any], low: float, high: float) -> NDArray[np.uint8]:
    """Return values (...,) between ``low`` and ``high`` as colours (..., 3) uint8; NaN is low."""
    span = max(high - low, np.finfo(np.float64).tiny)
    share = np.clip((np.nan_to_num(values, nan=low) - low) / span, 0.0, 1.0)
    return np.asarray(SEQUENTIAL[np.rint(share * (len(SEQUENTIAL) - 1)).astype(np.intp)])


def stretched_rgb(image: NDArray[Any]) -> NDArray[np.uint8]:
    """Return an image in grey, its smallest value black and its largest white."""
    low, high = float(image.min()), float(image.max())
    return grey_rgb((image - low) / ((high - low) or 1.0))


def grey_rgb(images: NDArray[Any]) -> NDArray[np.uint8]:
    """Return images (..., height, width) in [0, 1] as (..., height, width, 3) uint8.

    Values outside are clipped; NaN (an empty mean) is black.
    """
    levels = np.clip(np.nan_to_num(images, nan=0.0), 0.0, 1.0)
    grey = (levels * 255.0 + 0.5).astype(np.uint8)
    return np.repeat(grey[..., None], 3, axis=-1)


def diverging_rgb(values: NDArray[Any], limit: float) -> NDArray[np.uint8]:
    """Return values (..., height, width) in [-limit, limit] as (..., height, width, 3) uint8."""
    half = len(DIVERGING) // 2
    # Clipped before it is scaled, or the largest values would overflow; divided first and in
    # float64, or half / limit would, where the limit is next to nothing.
    clipped = np.nan_to_num(np.clip(values, -limit, limit))
    scaled = clipped.astype(np.float64) / limit * half
    return np.asarray(DIVERGING[np.rint(scaled).astype(np.intp) + half])


def tinted_rgb(rgb: NDArray[np.uint8], values: NDArray[Any], limit: float) -> NDArray[np.uint8]:
    """Return a picture (..., height, width, 3) with values (..., height, width) laid over it.

    Blue and red as :func:`diverging_rgb` has them, but as faint as the values are small: what lies
    below is seen as it is where there is nothing to say, and never wholly covered.
    """
    strength = np.clip(np.abs(np.nan_to_num(values)) / limit, 0.0, 1.0)
    cover = (_MOST_OPAQUE * strength)[..., None]
    colour = np.where((values < 0)[..., None], _OVER_BLUE, _OVER_RED)
    return np.asarray(np.rint((1.0 - cover) * rgb + cover * colour).astype(np.uint8))
