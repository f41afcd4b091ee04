"""What operating systems leave beside a person's files."""

from __future__ import annotations

_FOLDER = "__MACOSX"
_PREFIX = "._"


def is_litter(name: str) -> bool:
    """Whether a path within a folder or an archive is one of macOS' shadows of a real file.

    It keeps what a foreign disk or an archive has no place for in ``._NAME`` beside ``NAME``, in
    archives below ``__MACOSX`` (AppleDouble, RFC 1740).
    """
    parts = name.split("/")
    return _FOLDER in parts or parts[-1].startswith(_PREFIX)
