"""NumPy's arrays: which is what, one for each class, Matlab's order of axes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from data_forms import IMAGES, LABELS, WORDS, Form

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

TITLE = "Arrays"


def npz(**arrays: Any) -> Callable[[Path], Path]:
    """Return what writes these arrays into one file."""

    def make(folder: Path) -> Path:
        np.savez(folder / "data.npz", **arrays)
        return folder / "data.npz"

    return make


def npy(opened: str = "", **arrays: Any) -> Callable[[Path], Path]:
    """Return what writes each array into a file of a folder, of which ``opened`` is opened."""

    def make(folder: Path) -> Path:
        (folder / "data").mkdir()
        for name, array in arrays.items():
            np.save(folder / "data" / f"{name}.npy", array)
        return folder / "data" / opened

    return make


ONE_EACH = {name: IMAGES[WORDS == name] for name in ("cat", "dog", "eel")}
FORMS = [
    Form(
        "keras' `mnist.npz`",
        npz(x_train=IMAGES, y_train=LABELS, x_test=IMAGES, y_test=LABELS),
    ),
    Form("npz with `X` and `y`", npz(X=IMAGES, y=LABELS)),
    Form("npz with labels that are words", npz(images=IMAGES, labels=WORDS)),
    Form("npz with `class_names`", npz(X=IMAGES, y=LABELS, class_names=["cat", "dog", "eel"])),
    Form("npz with one array per class", npz(**ONE_EACH)),
    Form("a folder of one npy per class (Quick, Draw!)", npy(**ONE_EACH)),
    Form("Matlab's (height, width, n)", npz(X=np.moveaxis(IMAGES, 0, -1), y=LABELS[None])),
    Form("Matlab's (pixels, n)", npz(X=IMAGES.reshape(12, 16).T, y=LABELS)),
    Form("arrays of unknown names", npz(a=IMAGES, b=LABELS, c=LABELS), opens=False),
    Form("images alone", npz(X=IMAGES), opens=False),
    Form("another number of labels", npz(X=IMAGES, y=LABELS[1:]), opens=False),
]
