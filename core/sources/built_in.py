"""The sets that ship with the program, as files in ``assets``.

Stroke digits are drawn by ``assets/make_strokes.py``. The UCI 8 x 8 digits are 1,797 real
handwritten ones: E. Alpaydin and C. Kaynak, Optical Recognition of Handwritten Digits, UCI Machine
Learning Repository, 1998, https://doi.org/10.24432/C50P49, CC BY 4.0; scikit-learn's copy of the
test part.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from core.data.dataset import make_dataset
from core.errors import DatasetError
from core.progress import Progress

if TYPE_CHECKING:
    from collections.abc import Generator

    from core.data.dataset import Dataset

ASSETS = Path(__file__).resolve().parents[2] / "assets"

_DIGITS8_TRAIN = 1297
"""The first 1,297 train and the last 500 test, in file order: the writers of the two differ."""

_DIGITS8_LARGEST = 16
"""A pixel counts the ink in a block of 4 x 4 bits."""

_STROKES_TRAIN = 6000
"""Of 8,000 in random order."""


def _opening(
    file: Path, label: str, origin: str, *, n_train: int, largest: int | None = None
) -> Generator[Progress, None, Dataset]:
    """Return a set of ``n_train`` training images, the rest of the file being its test part.

    Its pixels are ``largest`` at most; without it they are bytes.
    """
    import zlib
    from zipfile import BadZipFile

    yield Progress(0, 1, "files")
    try:
        # Opened here: np.load does not close a file that turns out to be no archive.
        with file.open("rb") as stream, np.load(stream, allow_pickle=False) as archive:
            images, labels = archive["images"], archive["labels"]
    except (OSError, ValueError, KeyError, EOFError, BadZipFile, zlib.error) as error:
        raise DatasetError(
            f"{file}: the {label} that ship with the program cannot be read ({error}); "
            "restore the file from the repository"
        ) from error
    if largest is not None:
        images = images.astype(np.float32) / largest
    parts = [(images[part], labels[part]) for part in (slice(n_train), slice(n_train, None))]
    return make_dataset(label, origin, *parts, image_shape=images.shape[1:])


def opening_strokes() -> Generator[Progress, None, Dataset]:
    """Return the 6,000 training and 2,000 test stroke digits.

    Raises
    ------
    DatasetError
        If the file that ships with the program is missing or damaged.
    """
    return _opening(
        ASSETS / "strokes.npz", "Stroke digits", "drawn for this program", n_train=_STROKES_TRAIN
    )


def opening_digits8() -> Generator[Progress, None, Dataset]:
    """Return the 1,297 training and 500 test digits of 8 x 8 pixels; raises as the other."""
    return _opening(
        ASSETS / "digits8.npz",
        "UCI digits 8 x 8",
        "UCI Machine Learning Repository, CC BY 4.0",
        n_train=_DIGITS8_TRAIN,
        largest=_DIGITS8_LARGEST,
    )
