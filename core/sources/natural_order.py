"""The order in which people number things: 2 before 10."""

from __future__ import annotations

import re

_DIGITS = re.compile(r"([0-9]+)")


def natural_key(name: str) -> list[tuple[int, int, str]]:
    """Return what to sort ``name`` by, so that numbers in it count as numbers.

    Capitals do not matter, but equal names in another spelling keep a fixed order.
    """
    pieces = _DIGITS.split(name.casefold())
    key = [
        # Leading zeros do not count, and no number is converted: a name may have 200 digits.
        (1, len(piece.lstrip("0")), piece.lstrip("0")) if i % 2 else (0, 0, piece)
        for i, piece in enumerate(pieces)
    ]
    return [*key, (0, 0, name)]
