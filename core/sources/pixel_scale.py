"""The values of pixels on one scale: whatever full ink is in a file, it becomes 1."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from core.errors import DatasetError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from numpy.typing import NDArray

_USUAL_MAXIMA = (1.0, 16.0, 255.0, 65535.0)
"""Bits; the ink counts of the UCI digits; bytes; 16-bit pictures."""

_WITH_FRACTIONS = (1.0, 255.0)
"""Of these, what floats with fractions are stored in. Read as 16 or 65535, what overshoots 1 or 255
a little, as after a resampling, would become black."""

_USUAL_ENDS = (0.5, 1.0)
"""What pixels lie between this and minus this in, where some are negative."""

_FAINT = 0.5
"""Of full ink: where no pixel of any image reaches it, the scale is another one, as 12 bits in 16
or percent, and the images would open nearly black."""

_SLACK = 1e-3
"""How far beyond the ends of a range, as a share of it, values may lie: rounding brings them there,
as x * 0.00392157 brings 255 to 1.0000004. They are brought back."""


_VALUES_AT_A_TIME = 1 << 19
"""Looked at together, so that no temporary grows with the file."""


@dataclass(frozen=True, slots=True, eq=False)
class Pixels:
    """The images of one part as they are stored, and what is done to those that are asked for.

    The memory that images take as they are stored and as they are learned from is large enough;
    nothing between the two is ever there of all of them.

    Attributes
    ----------
    stored : (n, height, width)
    steps : what is done to some of them, one after the other
    order : (n,) which stored image is the first, second, ...; None where they are as stored
    """

    stored: NDArray[Any]
    steps: tuple[Callable[[NDArray[Any]], NDArray[Any]], ...] = ()
    order: NDArray[np.int64] | None = None

    def __len__(self) -> int:
        return len(self.stored)

    @property
    def shape(self) -> tuple[int, ...]:
        """Of all of them together."""
        return self.stored.shape

    def __getitem__(self, rows: Any, /) -> NDArray[Any]:
        return self.done(self.stored[rows if self.order is None else self.order[rows]])

    def then(self, step: Callable[[NDArray[Any]], NDArray[Any]]) -> Pixels:
        """Return these with one more step."""
        return replace(self, steps=(*self.steps, step))

    # What overflows or is no number at all is found and refused by name, not warned of.
    @np.errstate(over="ignore", invalid="ignore")
    def done(self, values: NDArray[Any]) -> NDArray[Any]:
        """Return ``values``, which are some of those stored, after all steps."""
        for step in self.steps:
            values = step(values)
        return values


def scaled(
    name: str,
    full: float | None,
    stacks: list[NDArray[Any]],
    notes: list[str],
    *,
    said: float = 0.0,
) -> list[Pixels]:
    """Return bytes as they are (they become 0..1 later), anything else as float32 in 0..1.

    Parameters
    ----------
    name : how errors call the data
    full : the value of full ink that the format has; None if it is to be found out
    stacks : the images of each part, (n, height, width)
    notes : here is added what was done
    said : the value of full ink that a person has given; 0 if none

    Raises
    ------
    DatasetError
        If values are not finite, or lie in none of the usual ranges.
    """
    are_bytes = all(images.dtype == np.uint8 for images in stacks)
    highs = [float(images.max()) for images in stacks]
    if full == 255 and are_bytes and max(highs) >= _FAINT * full and not said:
        return [Pixels(images) for images in stacks]
    lows = [float(images.min()) for images in stacks]
    low, high = min(lows), max(highs)
    if not np.isfinite([*lows, *highs]).all():
        raise DatasetError(
            f"{name}: some pixels are not finite numbers (NaN or infinite); replace them"
        )
    slack = _SLACK if any(images.dtype.kind == "f" for images in stacks) else 0.0
    if said:
        full = said if -low < _FAINT * said else None
    elif full is None and low >= -slack * max(high, 1.0):
        full = _full_of(stacks, high / (1 + slack))
        fulls = [] if full is None else _own_fulls(stacks, highs, full)
        if len(set(fulls)) > 1:
            fulls = [_seen(own, most, notes) for own, most in zip(fulls, highs, strict=True)]
            notes.append(
                "The parts have different scales: training pixels 0..{:g} and test pixels "
                "0..{:g} were each divided by their own.".format(*fulls)
            )
            return [
                _brought_back([images], 0, own, notes)[0].then(_divider(own))
                for images, own in zip(stacks, fulls, strict=True)
            ]
    if full is not None and (said or (low >= -slack * full and high <= full * (1 + slack))):
        full = full if said else _seen(full, high, notes)
        if full == 255 and are_bytes:
            return [Pixels(images) for images in stacks]
        if full not in (1.0, 255.0):
            notes.append(f"Pixels 0..{full:g} were divided by {full:g}.")
        inside = _brought_back(stacks, 0, full, notes)
        if full == 1 and all(images.dtype == np.float32 for images in stacks):
            return inside
        return [images.then(_divider(full)) for images in inside]
    if full is None and (said or max(lows) < 0):
        # The smaller one first: MNIST from -0.5 to 0.5 lies in both.
        reach = max(-low, high)
        for end in (said,) if said else _USUAL_ENDS:
            if said or (-low >= _FAINT * min(reach, end) and reach <= end * (1 + slack)):
                end = end if said else _seen(end, reach, notes)
                notes.append(f"Pixels -{end:g}..{end:g} became 0..1: (x + {end:g}) / {2 * end:g}.")
                return [
                    images.then(_adder(end)).then(_divider(2 * end))
                    for images in _brought_back(stacks, -end, end, notes)
                ]
    lie = f"pixels lie between {low:g} and {high:g}"
    if min(lows) < 0 <= max(lows):
        ranges = [f"between {lows[i]:g} and {highs[i]:g}" for i in range(2)]
        lie = f"training pixels lie {ranges[0]}, test pixels {ranges[1]}"
    raise DatasetError(
        f"{name}: {lie}; expected 0..1, 0..255 (above 16, where there are fractions), whole "
        "numbers 0..16 or 0..65535, -1..1 or -0.5..0.5, alike in all parts. If they were "
        "normalised, store them as they were before; if they overshoot, clip them, or say which "
        "value is full ink (full ink)"
    )


def _seen(full: float, high: float, notes: list[str]) -> float:
    """Return ``full``, or the largest value ``high`` where that is faint on a scale up to it."""
    if not 0 < high < _FAINT * full:
        return full
    notes.append(
        f"No pixel is above {high:g}, where {full:g} is usual: {high:g} was taken as full ink. If "
        "it is not, say what is (full ink)."
    )
    return high


def _full_of(stacks: list[NDArray[Any]], high: float) -> float | None:
    """Return the usual value of full ink of images up to ``high``; None if there is none."""
    full = next((value for value in _USUAL_MAXIMA if high <= value), None)
    if full in (None, *_WITH_FRACTIONS) or all(_is_whole(images) for images in stacks):
        return full
    return None


def _is_whole(images: NDArray[Any]) -> bool:
    return images.dtype.kind != "f" or all((some == np.rint(some)).all() for some in _some(images))


def _some(images: NDArray[Any]) -> Iterator[NDArray[Any]]:
    step = max(1, _VALUES_AT_A_TIME // max(1, images[0].size))
    return (images[first : first + step] for first in range(0, len(images), step))


def _brought_back(
    stacks: list[NDArray[Any]], low: float, high: float, notes: list[str]
) -> list[Pixels]:
    """Return images without what lies a little outside of ``low`` and ``high``."""
    outside = [images.min() < low or images.max() > high for images in stacks]
    if not any(outside):
        return [Pixels(images) for images in stacks]
    notes.append(f"Pixels outside of {low:g}..{high:g} were brought back into it.")
    return [Pixels(images, (lambda rows: np.clip(rows, low, high),)) for images in stacks]


def _own_fulls(stacks: list[NDArray[Any]], highs: list[float], full: float) -> list[float]:
    """Return the full value of each part, where that of all together is ``full``.

    A part within 0..1 has a scale of its own beside larger values, for in 0..255 it would be
    black; bytes have one beside 16-bit pictures. Otherwise a part may happen to be darker.
    """
    fulls = []
    for images, high in zip(stacks, highs, strict=True):
        most = 1.0 if 0 < high <= 1 + _SLACK else 255.0 if images.dtype == np.uint8 else full
        fulls.append(min(most, full))
    return fulls


def _divider(full: float) -> Callable[[NDArray[Any]], NDArray[Any]]:
    """Return what makes 0..1 of 0..full."""
    return lambda rows: np.multiply(rows, np.float32(1 / full), dtype=np.float32)


def _adder(offset: float) -> Callable[[NDArray[Any]], NDArray[Any]]:
    return lambda rows: np.add(rows, offset, dtype=np.float32)
