from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

from data_forms import IMAGES, WORDS, Form, N

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

TITLE = "Pictures"


def classes(suffix: str, mode: str = "L", scale: int = 1) -> Callable[[Path], Path]:
    """Return what writes a sub-folder of pictures per class."""

    def make(folder: Path) -> Path:
        for i, (word, image) in enumerate(zip(WORDS, IMAGES, strict=True)):
            (folder / "set" / word).mkdir(parents=True, exist_ok=True)
            large = Image.fromarray(np.kron(image, np.ones((scale, scale), dtype=np.uint8)))
            how = {"lossless": True} if suffix == "webp" else {}
            large.convert(mode).save(folder / "set" / word / f"{i}.{suffix}", **how)
        return folder / "set"

    return make


def deep(folder: Path) -> Path:
    for i, (word, image) in enumerate(zip(WORDS, IMAGES, strict=True)):
        (folder / "set" / word).mkdir(parents=True, exist_ok=True)
        Image.fromarray(image.astype(np.uint16) * 257).save(folder / "set" / word / f"{i}.png")
    return folder / "set"


def together(names: list[str], table: str = "") -> Callable[[Path], Path]:
    """Return what writes pictures into one folder."""

    def make(folder: Path) -> Path:
        (folder / "set").mkdir()
        for name, image in zip(names, IMAGES, strict=True):
            Image.fromarray(image).save(folder / "set" / name)
        if table:
            (folder / "set" / "labels.csv").write_text(table)
        return folder / "set"

    return make


NUMBERED = [f"{i:04}.png" for i in range(N)]
TABLE = "".join(f"{name},{word}\n" for name, word in zip(NUMBERED, WORDS, strict=True))
UNCLEAR = "".join(f"{name},{word},{word}\n" for name, word in zip(NUMBERED, WORDS, strict=True))

FORMS = [
    Form("PNG, a folder per class", classes("png")),
    Form("BMP, GIF, TIFF, PGM, PBM, PPM", classes("pgm")),
    Form("WebP, or any with colours", classes("webp", "RGB")),
    Form("any with a transparent ground", classes("png", "RGBA")),
    Form("any with a palette", classes("png", "P")),
    Form("16 bits", deep),
    Form("larger than 128 pixels", classes("png", scale=40)),
    Form("together, and a table of file and class", together(NUMBERED, "file,label\n" + TABLE)),
    Form(
        "together, with the class in their names",
        together([f"{w}.{i}.png" for i, w in enumerate(WORDS)]),
    ),
    Form(
        "together, and a table of two kinds",
        together(NUMBERED, "file,kind,colour\n" + UNCLEAR),
        False,
    ),
]
