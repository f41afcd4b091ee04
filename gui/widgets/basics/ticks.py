"""Round numbers along an axis."""

from __future__ import annotations

from math import ceil, floor, log10


def round_below(value: float) -> float:
    """Return the largest of ..., 0.1, 0.2, 0.5, 1, 2, 5, 10, ... that is at most ``value``."""
    decade = 10.0 ** floor(log10(value))
    # Just below a power of ten the logarithm may be that of it: 0.5 is the 5 of the one before.
    return max(digit * decade for digit in (0.5, 1, 2, 5) if digit * decade <= value)


def round_above(value: float) -> float:
    """Return the smallest of ..., 0.1, 0.2, 0.5, 1, 2, 5, 10, ... that is at least ``value``."""
    decade = 10.0 ** floor(log10(value))
    return min(digit * decade for digit in (1, 2, 5, 10) if digit * decade >= value * (1 - 1e-9))


def round_ends(low: float, high: float) -> tuple[float, float]:
    """Return round ends around places: they stand still while a curve grows, then they jump."""
    step = round_below(((high - low) or abs(high) or 1.0) / 4)
    return step * floor(low / step), step * ceil(high / step)


def linear_ticks(
    low: float, high: float, size: float, room: float, least: float = 0.0
) -> tuple[float, list[float]]:
    """Return the spacing and the places of round numbers, as many as keep ``room`` pixels apart.

    They are ``least`` apart in any case.
    """
    if not (high > low and size > 0):
        return 1.0, []
    step = max(round_above((high - low) * room / size), least)
    first, last = ceil(low / step - 1e-9), floor(high / step + 1e-9)
    return step, [step * i for i in range(first, last + 1)]
