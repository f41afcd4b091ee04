"""Make assets/fonts from Debian's packages fonts-inter and fonts-mplus, unpacked somewhere.

    uv run assets/make_fonts.py FOLDER

Only what is drawn is kept: Inter's Latin, Greek and Cyrillic letters, signs and figures, and of
M PLUS 1 the kana (KMNIST's classes are named in them), without hints.
"""

from __future__ import annotations

import sys
from pathlib import Path

from fontTools.subset import Options, Subsetter, load_font, save_font

FONTS = Path(__file__).parent / "fonts"

LETTERS = (range(0x20, 0x590), range(0x1E00, 0x2000))
SIGNS = (range(0x2000, 0x2800), range(0xFB00, 0xFB07))
KANA = (range(0x3000, 0x3100), range(0x31F0, 0x3200), range(0xFF00, 0xFFEF))
NUMERALS = "一二三四五六七八九十百千万零"

WANTED = {
    "Inter-Regular.otf": (*LETTERS, *SIGNS),
    "Inter-SemiBold.otf": (*LETTERS, *SIGNS),
    "Mplus1-Regular.otf": (*KANA, map(ord, NUMERALS)),
    "Mplus1-SemiBold.otf": (*KANA, map(ord, NUMERALS)),
}


def make(source: Path, target: Path, characters: set[int]) -> None:
    """Write the font ``source`` with these characters only."""
    options = Options(
        hinting=False,
        desubroutinize=False,
        layout_features=["kern", "mark", "mkmk", "ccmp", "locl", "tnum"],
        name_IDs=["*"],
    )
    font = load_font(str(source), options)
    subsetter = Subsetter(options)
    subsetter.populate(unicodes=characters)
    subsetter.subset(font)
    save_font(font, str(target), options)


def main() -> None:
    """Make all fonts from the files anywhere below the folder given."""
    below = Path(sys.argv[1])
    FONTS.mkdir(exist_ok=True)
    for name, ranges in WANTED.items():
        (source,) = below.rglob(name)
        make(source, FONTS / name, {code for codes in ranges for code in codes})


if __name__ == "__main__":
    main()
