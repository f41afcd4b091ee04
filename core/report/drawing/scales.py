"""Where axes end, and what stands at their ticks.

Imported only while something is drawn.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
from matplotlib.ticker import LogLocator, MaxNLocator

from core.report.numbers import number

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

_SUPERSCRIPTS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def ticks(
    limits: tuple[float, float], n: int, *, log: bool = False, whole: bool = False
) -> tuple[NDArray[np.float64], list[str]]:
    """Return about ``n`` round values within an axis, and their labels.

    Parameters
    ----------
    whole : only whole numbers, as for epochs and steps
    """
    low, high = sorted(limits)
    if log:
        decades = math.log10(high / low)
        subs = (1.0,) if decades > 2 else (1.0, 3.0) if decades > 1 else (1.0, 2.0, 3.0, 5.0, 7.0)
        places = LogLocator(subs=subs, numticks=n + 2).tick_values(low, high)
    else:
        places = MaxNLocator(n, steps=[1, 2, 5, 10], integer=whole).tick_values(low, high)
    slack = 1e-9 * abs(high - low)
    found = np.asarray([place for place in places if low - slack <= place <= high + slack])
    return found, [_power(place) for place in found] if log else tick_labels(found)


def _power(value: float) -> str:
    if 1e-3 <= value < 1e5:
        return number(value, ",.10g")
    mantissa, exponent = format(value, ".0e").split("e")
    power = "10" + str(int(exponent)).translate(_SUPERSCRIPTS)
    return power if mantissa == "1" else f"{mantissa}×{power}"


def tick_labels(places: Sequence[float] | NDArray[np.float64]) -> list[str]:
    """Return the labels of equally spaced ticks, all with the same number of decimals."""
    largest = float(np.abs(places).max(initial=0.0))
    step = float(places[1] - places[0]) if len(places) > 1 else largest
    if largest >= 1e6 or 0 < step < 1e-5:
        return [number(place, ".3g") for place in places]
    decimals = max(0, -math.floor(math.log10(step) + 1e-9)) if step > 0 else 0
    return [number(place, f",.{decimals}f") for place in places]
