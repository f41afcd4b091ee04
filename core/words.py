"""Words and numbers that are written in several places."""

from __future__ import annotations

import math
import unicodedata
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_EVEN, Context, Decimal
from numbers import Integral

MINUS = "\N{MINUS SIGN}"

DOWN, UP, NEAREST = ROUND_FLOOR, ROUND_CEILING, ROUND_HALF_EVEN
"""How a number is rounded that bounds something from below, from above, or nothing."""

_WHOLE = 5
"""From this power of ten on a number is written with it, down to it all its digits are."""

_SMALL = -5
"""Below this power of ten, too."""


def counted(n: float, noun: str) -> str:
    """Return so many of them in words: ``1 step``, ``1,200 steps``, ``0.5 epochs``."""
    number = f"{n:,}" if isinstance(n, Integral) else significant(n, 4)
    return f"{number} {noun}{'' if n == 1 else 's'}"


def sized(n_bytes: float, rounding: str = NEAREST) -> str:
    """Return a size as people write it: ``412 bytes``, ``9.91 MB``."""
    for unit, size in (("MB", 1e6), ("kB", 1e3)):
        if n_bytes >= size:
            return f"{significant(n_bytes / size, 3, rounding)} {unit}"
    return f"{n_bytes:.0f} bytes"


def significant(value: float, digits: int = 3, rounding: str = NEAREST) -> str:
    """Return a number with so many digits that count: ``0.0031``, ``−12.3``, ``512``, ``8e34``.

    What stands before the point is never cut, so that ``512`` has three digits though two are
    asked for; only 0 reads as zero.
    """
    if not math.isfinite(value):
        return "no number" if math.isnan(value) else "∞" if value > 0 else f"{MINUS}∞"
    if not value:
        return "0"
    near = _rounded(value, digits, rounding)
    if _SMALL < near.adjusted() < _WHOLE:
        words = f"{near.normalize():,f}"
    else:
        few = Context(prec=digits, rounding=rounding).plus(near)
        power = few.adjusted()
        words = f"{few.scaleb(-power).normalize():f}e{power}"
    return words.replace("-", MINUS)


def at_least(value: float, digits: int = 3) -> str:
    """Return a lower bound in words: rounded down, so that it claims no more than is so."""
    return significant(value, digits, DOWN)


def at_most(value: float, digits: int = 3) -> str:
    """Return an upper bound in words: rounded up."""
    return significant(value, digits, UP)


def rounded(value: float, digits: int, rounding: str) -> float:
    """Return a finite number with so many digits that count."""
    return float(_rounded(value, digits, rounding))


def fixed(value: float, places: int = 2, rounding: str = NEAREST) -> str:
    """Return a number with so many places, a small one with so many digits: ``0.30``, ``0.0031``.

    For numbers that follow each other in one place, which should not change their width.
    """
    if not 10 ** (1 - places) <= abs(value) < 10**_WHOLE:
        return significant(value, places, rounding)
    exact = Decimal(repr(float(value)))
    return f"{exact.quantize(Decimal(1).scaleb(-places), rounding):,f}".replace("-", MINUS)


def percent(share: float, places: int = 0, gap: str = " ") -> str:
    """Return a share in per cent; only none at all is ``0 %`` and only the whole ``100 %``."""
    if share in (0, 1):
        return f"{100 * share:.0f}{gap}%"
    if not abs(share) < 10 ** (_WHOLE - 2):
        return f"{significant(100 * share)}{gap}%"
    least, words = 10.0**-places, f"{100 * share:.{places}f}"
    if 0 < share and not float(words):
        words = f"<{least:.{places}f}"
    elif share < 1 and float(words) == 100:
        words = f">{100 - least:.{places}f}"
    return f"{words}{gap}%"


def _rounded(value: float, digits: int, rounding: str) -> Decimal:
    """Return what is written of a number, which has its digits before the point whole."""
    # The shortest decimal that is this float: 0.3 is nothing less.
    exact = Decimal(repr(float(value)))
    whole = exact.adjusted() + 1 if exact.adjusted() < _WHOLE else 0
    return Context(prec=max(digits, whole), rounding=rounding).plus(exact)


def one_line(text: str) -> str:
    """Return ``text`` without line breaks and control characters, which a path may contain."""
    plain = "".join(" " if unicodedata.category(c) in ("Cc", "Zl", "Zp") else c for c in text)
    return " ".join(plain.split())
