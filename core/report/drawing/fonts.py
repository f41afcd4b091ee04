"""Which typefaces a text needs: ours first, then what matplotlib brings, then the machine's.

Imported only while something is drawn.
"""

from __future__ import annotations

from functools import cache, lru_cache
from pathlib import Path

from matplotlib import font_manager
from matplotlib.ft2font import FT2Font

FONTS = Path(__file__).resolve().parents[3] / "assets" / "fonts"

_OWN = ("Inter", "M PLUS 1", "DejaVu Sans")
_LAST = "Last Resort High-Efficiency"
"""Comes with matplotlib and has a sign for each script, for what no other font can draw."""


@cache
def add_own() -> None:
    """Make the typefaces in assets known; they go before others of the same name."""
    manager = font_manager.fontManager
    paths = {str(path) for path in FONTS.glob("*.otf")}
    for path in sorted(paths):
        manager.addfont(path)
    manager.ttflist.sort(key=lambda entry: entry.fname not in paths)


def _characters(path: str) -> frozenset[int]:
    try:
        return frozenset(FT2Font(path).get_charmap())
    except (OSError, RuntimeError, ValueError):  # a damaged file, or pictures instead of outlines
        return frozenset()


@cache
def _covered() -> frozenset[int]:
    found = [_characters(font_manager.findfont(name)) for name in _OWN]
    return frozenset().union(*found)


@cache
def _of_the_machine() -> list[tuple[str, str]]:
    """Return name and file of every upright font of ordinary weight, in the order of names."""
    entries = font_manager.fontManager.ttflist
    return sorted(
        {
            (entry.name, entry.fname)
            for entry in entries
            if entry.name not in (*_OWN, _LAST)
            and entry.style == "normal"
            and entry.weight in (400, "normal", "regular")
        }
    )


@lru_cache(maxsize=4096)
def _family_for(character: str) -> str | None:
    """Return the first of the machine's typefaces that has a character which ours have not."""
    code = ord(character)
    return next((name for name, path in _of_the_machine() if code in _characters(path)), None)


@lru_cache(maxsize=4096)
def families(text: str) -> list[str]:
    """Return the typefaces that a text is drawn with, in the order in which they are asked."""
    missing = sorted({c for c in text if ord(c) not in _covered()})
    others = dict.fromkeys(family for c in missing if (family := _family_for(c)))
    return [*_OWN, *others, _LAST]
