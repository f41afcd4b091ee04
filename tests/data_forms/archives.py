from __future__ import annotations

import shutil
import tempfile
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

from data_forms import IMAGES, LABELS, WORDS, Form
from data_forms.tables import PIXELS, csv

if TYPE_CHECKING:
    from collections.abc import Callable

TITLE = "Archives"


def classes(folder: Path) -> Path:
    """Write a folder of one sub-folder of pictures per class."""
    for i, (word, image) in enumerate(zip(WORDS, IMAGES, strict=True)):
        (folder / word).mkdir(exist_ok=True)
        Image.fromarray(image).save(folder / word / f"{i}.png")
    return folder


def arrays(folder: Path) -> Path:
    np.savez(folder / "digits.npz", X=IMAGES, y=LABELS)
    return folder


def packed(make: Callable[[Path], Path], name: str) -> Callable[[Path], Path]:
    """Return what packs what ``make`` writes."""
    stem, _, suffix = name.partition(".")
    kind = {"zip": "zip", "tar": "tar", "tar.gz": "gztar"}[suffix]

    def pack(folder: Path) -> Path:
        with tempfile.TemporaryDirectory() as top:
            make(Path(top))
            return Path(shutil.make_archive(str(folder / stem), kind, top))

    return pack


def trap(folder: Path) -> Path:
    with zipfile.ZipFile(folder / "trap.zip", "w") as archive:
        archive.writestr("../../train.csv", "0,1,2,3,4")
    return folder / "trap.zip"


def inner(folder: Path) -> Path:
    return packed(csv(LABELS, PIXELS, name="train.csv"), "digits.zip")(folder) / "train.csv"


FORMS = [
    Form("a zip of pictures, a folder per class", packed(classes, "digits.zip")),
    Form("a tar.gz of them", packed(classes, "digits.tar.gz")),
    Form("a zip of a table", packed(csv(LABELS, PIXELS, name="train.csv"), "digits.zip")),
    Form("a tar of arrays", packed(arrays, "digits.tar")),
    Form("a path that goes on into a zip: digits.zip/train.csv", inner),
    Form("an archive whose names lead out of it", trap, False),
]
