"""Words that are written in several places."""

from __future__ import annotations


def counted(n: int, noun: str) -> str:
    """Return so many of them in words: ``1 step``, ``1,200 steps``."""
    return f"{n:,} {noun}{'' if n == 1 else 's'}"


def sized(n_bytes: float) -> str:
    """Return a size as people write it: ``412 bytes``, ``9.91 MB``."""
    for unit, size in (("MB", 1e6), ("kB", 1e3)):
        if n_bytes >= size:
            return f"{n_bytes / size:.3g} {unit}"
    return f"{n_bytes:.0f} bytes"
