from __future__ import annotations

import gzip
import pickle
import zipfile
from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np
from core_samples import write_idx
from PIL import Image

from data_forms import IMAGES, LABELS, WORDS, Form

if TYPE_CHECKING:
    from pathlib import Path

TITLE = "Folders"

Making = Callable[["Path"], object]


def idx(name: str, turned: int = 0) -> Making:
    """Write four files as MNIST's."""

    def make(top: Path) -> None:
        (top / name).mkdir(parents=True, exist_ok=True)
        for part in ("train", "t10k"):
            write_idx(top / name / f"{part}-images-idx3-ubyte", np.roll(IMAGES, turned, axis=0))
            write_idx(top / name / f"{part}-labels-idx1-ubyte", LABELS)

    return make


def pictures(*names: str) -> Making:
    """Write each image into a folder named as its class, in each of some folders."""

    def make(top: Path) -> None:
        for name in names:
            for k, (image, word) in enumerate(zip(IMAGES, WORDS, strict=True)):
                folder = top / name.replace("CLASS", word)
                folder.mkdir(parents=True, exist_ok=True)
                Image.fromarray(image).save(folder / f"{k}.png")

    return make


def text(name: str, words: str = "hello") -> Making:
    """Write words."""
    return lambda top: (top / name).write_text(words)


def pickled(name: str) -> Making:
    """Write a pickle of images and labels."""
    return lambda top: (top / name).write_bytes(gzip.compress(pickle.dumps((IMAGES, LABELS))))


def zipped(folder: str, name: str) -> Making:
    """Pack what is in a folder."""

    def make(top: Path) -> None:
        with zipfile.ZipFile(top / name, "w") as archive:
            for file in sorted((top / folder).iterdir()):
                archive.write(file, file.name)

    return make


def damage(name: str) -> Making:
    """Cut a file."""
    return lambda top: (top / name).write_bytes((top / name).read_bytes()[:60])


def many(top: Path) -> None:
    """Write 100 pictures of each of two classes."""
    for word in ("cat", "dog"):
        (top / word).mkdir()
        for k in range(100):
            Image.fromarray(IMAGES[k % len(IMAGES)]).save(top / word / f"{k}.png")


def folder(*making: Making) -> Callable[[Path], Path]:
    """Return what writes all of it into one folder."""

    def make(above: Path) -> Path:
        top = above / "download"
        top.mkdir()
        for each in making:
            each(top)
        return top

    return make


FORMS = [
    Form("MNIST's four files", folder(idx("."))),
    Form("a text beside the folder of a set", folder(idx("mnist"), text("README.md"))),
    Form(
        "an archive beside the folder it was unpacked to",
        folder(idx("mnist"), zipped("mnist", "mnist.zip")),
    ),
    Form(
        "an archive of another name with the same set",
        folder(idx("mnist"), zipped("mnist", "archive.zip")),
    ),
    Form(
        "`MNIST/raw` beside `MNIST/processed`, as torchvision kept it",
        folder(idx("MNIST/raw"), lambda top: (top / "MNIST/processed").mkdir()),
    ),
    Form("one pickle", folder(pickled("mnist.pkl.gz"))),
    Form("a sub-folder of pictures for each class", folder(pictures("CLASS"))),
    Form("such folders in `train` and `test`", folder(pictures("train/CLASS", "test/CLASS"))),
    Form(
        "`training_set`, `test_set`, and single pictures beside them",
        folder(pictures("training_set/CLASS", "test_set/CLASS", "single_prediction")),
    ),
    Form(
        "parts named after the set, each in a folder of its name",
        folder(pictures("asl_train/asl_train/CLASS", "asl_test/asl_test/CLASS")),
    ),
    Form(
        "test pictures without classes",
        folder(pictures("asl_train/CLASS", "asl_test/asl_test")),
    ),
    Form(
        "what file managers leave in every folder",
        folder(
            pictures("CLASS"),
            *(text(f"{name}/.DS_Store") for name in (".", "cat", "dog")),
            text("cat/Thumbs.db"),
        ),
    ),
    Form("one damaged picture in 200", folder(many, damage("cat/7.png"))),
    Form("three in 200", folder(many, *(damage(f"cat/{k}.png") for k in range(3))), opens=False),
    Form("two sets", folder(idx("mnist"), idx("fashion", turned=1)), opens=False),
    Form("pictures without classes", folder(pictures(".")), opens=False),
    Form("pictures of one class", folder(pictures("cats")), opens=False),
    Form("nothing", folder(), opens=False),
]
