"""The longest of several wordings that fits a width."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtGui import QFontMetrics

_MOST_FITS = 20_000
"""Captions whose width is remembered: what digits need, many times over."""


_LENGTHS = (32, 24, 20, 16, 12, 10, 8, 6, 4)
"""To how many characters a name is cut where there is no room for more."""


def remembering(metrics: QFontMetrics) -> Callable[[tuple[str, ...], int], tuple[str, int]]:
    """Return what tells the first of some words that fits, and its width, and remembers both.

    Measuring hundreds of words a frame would take too long.
    """

    @lru_cache(_MOST_FITS)
    def of(words: tuple[str, ...], room: int) -> tuple[str, int]:
        text = fitting(metrics, words, room)
        return text, metrics.horizontalAdvance(text)

    return of


def short(name: str, n: int) -> str:
    """Return a name of at most ``n`` characters."""
    return name if len(name) <= n else name[: n - 1] + "…"


def shortened(words: str, name: str) -> tuple[str, ...]:
    """Return ``words`` with ``name`` in the place of ``{}``, ever shorter.

    What stands beside the name, a number for the most part, is not cut with it.
    """
    lengths = [len(name), *(n for n in _LENGTHS if n < len(name))]
    return tuple(words.format(short(name, n)) for n in lengths)


def fitting(metrics: QFontMetrics, words: tuple[str, ...], width: int) -> str:
    """Return the first of ``words`` that fits, or the last, cut."""
    for text in words:
        if metrics.horizontalAdvance(text) <= width:
            return text
    return metrics.elidedText(words[-1], Qt.TextElideMode.ElideRight, width) if words else ""


def as_title(words: str) -> str:
    """Return words as a title has them: with a capital letter first."""
    return words[:1].upper() + words[1:]
