"""Which typefaces a text needs: ours first, then what matplotlib brings, then the machine's.

Imported only while something is drawn.
"""

from __future__ import annotations

from functools import cache, lru_cache
from pathlib import Path

import matplotlib
from matplotlib import font_manager
from matplotlib.ft2font import FT2Font

FONTS = Path(__file__).resolve().parents[3] / "assets" / "fonts"

_OWN = ("Inter", "M PLUS 1", "DejaVu Sans")
_LAST = "Last Resort High-Efficiency"
"""Comes with matplotlib and has a sign for each script, for what no other font can draw."""


def _characters(path: str) -> frozenset[int]:
    try:
        return frozenset(FT2Font(path).get_charmap())
    except (OSError, RuntimeError, ValueError):  # a damaged file, or pictures instead of outlines
        return frozenset()


@cache
def _covered() -> frozenset[int]:
    """Make our typefaces known, before others of the same name; return what ours can draw.

    Those that come with matplotlib are made known, too: its list, kept in a person's home, lacks
    them where it was written by an installation without them.
    """
    manager = font_manager.fontManager
    brought = Path(matplotlib.get_data_path()) / "fonts" / "ttf"
    files = (*FONTS.glob("*.otf"), *brought.glob("DejaVuSans*"), *brought.glob("LastResort*"))
    paths = {str(path) for path in files}
    for path in sorted(paths):
        manager.addfont(path)
    manager.ttflist.sort(key=lambda entry: entry.fname not in paths)
    return frozenset().union(*(_characters(font_manager.findfont(name)) for name in _OWN))


@lru_cache(maxsize=4096)
def _family_for(code: int) -> str | None:
    """Return the first, by name, of the machine's upright typefaces that has a character."""
    entries = sorted(font_manager.fontManager.ttflist, key=lambda entry: (entry.name, entry.fname))
    others = (e for e in entries if e.name not in (*_OWN, _LAST) and e.style == "normal")
    return next((e.name for e in others if code in _characters(e.fname)), None)


def families(words: str) -> list[str]:
    """Return the typefaces that words are drawn with, in the order in which they are asked."""
    missing = sorted({ord(c) for c in words} - _covered())
    others = dict.fromkeys(family for code in missing if (family := _family_for(code)))
    return [*_OWN, *others, _LAST]
