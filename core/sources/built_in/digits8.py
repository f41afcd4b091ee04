"""The UCI 8 x 8 digits: 1,797 real handwritten digits, shipped in ``assets``.

E. Alpaydin and C. Kaynak, Optical Recognition of Handwritten Digits, UCI Machine Learning
Repository, 1998, https://doi.org/10.24432/C50P49, CC BY 4.0; scikit-learn's copy of the test part.
"""

from __future__ import annotations

import zlib
from pathlib import Path
from typing import TYPE_CHECKING
from zipfile import BadZipFile

import numpy as np

from core.data.dataset import Dataset, make_dataset
from core.errors import DatasetError
from core.progress import Progress

if TYPE_CHECKING:
    from collections.abc import Generator

ASSET = Path(__file__).resolve().parents[3] / "assets" / "digits8.npz"
N_TRAIN = 1297
"""The first 1,297 train and the last 500 test, in file order: the writers of the two differ."""

_LARGEST_VALUE = 16
"""A pixel counts the ink in a block of 4 x 4 bits."""


def opening_digits8() -> Generator[Progress, None, Dataset]:
    """Return the 1,297 training and 500 test digits.

    Raises
    ------
    DatasetError
        If the file that ships with the program is missing or damaged.
    """
    yield Progress(0, 1, "files")
    try:
        # Opened here: np.load does not close a file that turns out to be no archive.
        with ASSET.open("rb") as stream, np.load(stream, allow_pickle=False) as archive:
            images, labels = archive["images"], archive["labels"]
    except (OSError, ValueError, KeyError, EOFError, BadZipFile, zlib.error) as error:
        raise DatasetError(
            f"{ASSET}: the 8 x 8 digits that ship with the program cannot be read ({error}); "
            "restore the file from the repository"
        ) from error
    pixels = images.astype(np.float32) / _LARGEST_VALUE
    return make_dataset(
        "UCI digits 8 x 8",
        "UCI Machine Learning Repository, CC BY 4.0",
        (pixels[:N_TRAIN], labels[:N_TRAIN]),
        (pixels[N_TRAIN:], labels[N_TRAIN:]),
        image_shape=(8, 8),
        class_names=[str(k) for k in range(10)],
    )
