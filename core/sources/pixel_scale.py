"""The values of pixels on one scale: whatever full ink is in a file, it becomes 1."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from core.errors import DatasetError

if TYPE_CHECKING:
    from numpy.typing import NDArray

_USUAL_MAXIMA = (1.0, 16.0, 255.0, 65535.0)
"""Bits; the ink counts of the UCI digits; bytes; 16-bit pictures."""


def scaled(
    name: str, full: float | None, stacks: list[NDArray[Any]], notes: list[str]
) -> list[NDArray[Any]]:
    """Return bytes as they are (they become 0..1 later), anything else as float32 in 0..1.

    Parameters
    ----------
    name : how errors call the data
    full : the value of full ink where the format fixes it; None if it is to be found out
    stacks : the images of each part, (n, height, width)
    notes : here is added what was done

    Raises
    ------
    DatasetError
        If values are not finite, or lie in none of the usual ranges.
    """
    if full == 255 and all(images.dtype == np.uint8 for images in stacks):
        return stacks
    lows = [float(images.min()) for images in stacks]
    highs = [float(images.max()) for images in stacks]
    low, high = min(lows), max(highs)
    if not (math.isfinite(low) and math.isfinite(high)):
        raise DatasetError(
            f"{name}: some pixels are not finite numbers (NaN or infinite); replace them"
        )
    if full is None and low >= 0:
        full = next((value for value in _USUAL_MAXIMA if high <= value), None)
        fulls = [] if full is None else _own_fulls(stacks, highs, full)
        if len(set(fulls)) > 1:
            notes.append(
                "The parts have different scales: training pixels 0..{:g} and test pixels "
                "0..{:g} were each divided by their own.".format(*fulls)
            )
            return [_divided(images, own) for images, own in zip(stacks, fulls, strict=True)]
        if full == 255 and all(images.dtype == np.uint8 for images in stacks):
            return stacks
    if full is not None and low >= 0 and high <= full:
        if full not in (1.0, 255.0):
            notes.append(f"Pixels 0..{full:g} were divided by {full:g}.")
        if full == 1 and all(images.dtype == np.float32 for images in stacks):
            return stacks
        return [_divided(images, full) for images in stacks]
    if full is None and -1 <= low and high <= 1 and max(lows) < 0:
        notes.append("Pixels -1..1 became 0..1: (x + 1) / 2.")
        return [np.add(images, 1, dtype=np.float32) * np.float32(0.5) for images in stacks]
    lie = f"pixels lie between {low:g} and {high:g}"
    if min(lows) < 0 <= max(lows):
        ranges = [f"between {lows[i]:g} and {highs[i]:g}" for i in range(2)]
        lie = f"training pixels lie {ranges[0]}, test pixels {ranges[1]}"
    raise DatasetError(
        f"{name}: {lie}; expected 0..1, 0..16, 0..255, 0..65535 or -1..1, alike in all "
        "parts. If they were normalised, store them as they were before"
    )


def _own_fulls(stacks: list[NDArray[Any]], highs: list[float], full: float) -> list[float]:
    """Return the full value of each part, where that of all together is ``full``.

    A part within 0..1 has a scale of its own beside larger values, for in 0..255 it would be
    black; bytes have one beside 16-bit pictures. Otherwise a part may happen to be darker.
    """
    fulls = []
    for images, high in zip(stacks, highs, strict=True):
        most = 1.0 if 0 < high <= 1 else 255.0 if images.dtype == np.uint8 else full
        fulls.append(min(most, full))
    return fulls


def _divided(images: NDArray[Any], full: float) -> NDArray[Any]:
    """Return 0..full as 0..1."""
    divided: NDArray[Any] = np.multiply(images, np.float32(1 / full), dtype=np.float32)
    return divided
