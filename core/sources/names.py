"""What names of files say: which are litter, and in which order people number them."""

from __future__ import annotations

import re

_FOLDER = "__MACOSX"
_PREFIX = "._"

_DIGITS = re.compile(r"([0-9]+)")


def is_litter(name: str) -> bool:
    """Whether a path within a folder or an archive is one of macOS' shadows of a real file.

    It keeps what a foreign disk or an archive has no place for in ``._NAME`` beside ``NAME``, in
    archives below ``__MACOSX`` (AppleDouble, RFC 1740).
    """
    parts = name.split("/")
    return _FOLDER in parts or parts[-1].startswith(_PREFIX)


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
