"""What the benchmarks work on: real MNIST where it is at hand, else the stroke digits."""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from core.data.config import DataConfig
from core.sources import open_dataset

if TYPE_CHECKING:
    from core.data.dataset import Dataset

REPOSITORY = Path(__file__).resolve().parents[1]


def mnist_folder() -> Path | None:
    """Return the folder with real MNIST, found as the tests find it, or None."""
    candidates = [REPOSITORY.parent / "shared" / "data" / "mnist"]
    if os.environ.get("PERCEPTRON_EXPLORER_DATA"):
        candidates.insert(0, Path(os.environ["PERCEPTRON_EXPLORER_DATA"]))
    return next((folder for folder in candidates if folder.is_dir()), None)


@cache
def practical_data() -> tuple[Dataset, str]:
    """Return the practical's 5,000 training images and where they come from."""
    folder = mnist_folder()
    whole = open_dataset(str(folder) if folder else "strokes")
    return whole.sized(DataConfig()), "MNIST" if folder else "stroke digits"
