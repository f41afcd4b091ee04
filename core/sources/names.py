"""What names of files say: which are litter, and in which order people number them."""

from __future__ import annotations

import re

from core.sources import limits

_FOLDER = "__MACOSX"
_PREFIX = "._"

_LEADS_OUT = re.compile(r"^[/\\]|^[A-Za-z]:|(^|[/\\])\.\.($|[/\\])|\0")
"""An absolute path, a drive, or a step up."""

_DIGITS = re.compile(r"([0-9]+)")


def is_litter(name: str) -> bool:
    """Whether a path within a folder or an archive is one of macOS' shadows of a real file.

    It keeps what a foreign disk or an archive has no place for in ``._NAME`` beside ``NAME``, in
    archives below ``__MACOSX`` (AppleDouble, RFC 1740).
    """
    parts = name.split("/")
    return _FOLDER in parts or parts[-1].startswith(_PREFIX)


def wrong_member_name(name: str) -> str:
    """Return what is wrong with the name of a file in an archive; "" if nothing is."""
    if len(name) > limits.MAX_MEMBER_NAME:
        return (
            f"a name of {len(name):,} characters is in it ({name[:40]!r}...); up to "
            f"{limits.MAX_MEMBER_NAME:,} are accepted"
        )
    if _LEADS_OUT.search(name):
        return f"the name {name!r} leads out of the archive; such an archive is a trap"
    return ""


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
