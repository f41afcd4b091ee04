"""Numbers as they are written beside curves: short, whatever a run that ran away makes of them."""

from __future__ import annotations

import math

from core.words import MINUS, significant
from core.words import percent as share_words

_LEAST = 1e-3
"""Below it a legend has two digits that count: a loss falls through many powers of ten."""

_PLAIN = 1e4
"""From here on a number is written with its power of ten."""


def short_number(value: float, digits: int = 3) -> str:
    """Return a number in few characters: ``0.040``, ``−12.3``, ``−8e34``.

    Parameters
    ----------
    digits : behind the point, where the number is small
    """
    if math.isnan(value):
        return "no number"
    if math.isinf(value):
        return f"{MINUS if value < 0 else ''}∞"
    size = abs(value)
    if size >= _PLAIN:
        mantissa, _, power = f"{size:.0e}".partition("e")
        words = f"{mantissa}e{int(power)}"
    else:
        words = f"{size:.{digits if size < 10 else 1 if size < 1000 else 0}f}"
    return f"{MINUS}{words}" if value < 0 and float(words) else words


def exact_number(value: float) -> str:
    """Return a number with four digits that count: ``0.04012``, ``−2.433``."""
    return significant(value, 4)


def legend_number(value: float, *, percent: bool) -> str:
    """Return a number as a legend has it, a share perhaps in per cent: ``37 %``, ``0.4 %``."""
    if percent and math.isfinite(value):
        return share_words(value, 0 if abs(value) >= 0.1 else 1)
    if 0 < abs(value) < _LEAST:
        return significant(value, 2)
    return short_number(value)
