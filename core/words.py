"""Words that are written in several places."""

from __future__ import annotations


def counted(n: int, noun: str) -> str:
    """Return so many of them in words: ``1 step``, ``1,200 steps``."""
    return f"{n:,} {noun}{'' if n == 1 else 's'}"
