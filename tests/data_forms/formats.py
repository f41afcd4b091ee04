"""Other programs' files: Matlab's, HDF5, parquet."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from mat_files import mat

from data_forms import IMAGES, LABELS, Form
from data_forms.pickles import written

if TYPE_CHECKING:
    from pathlib import Path

TITLE = "Other programs' files"


def hdf5(folder: Path) -> Path:
    """Write images, labels and names of classes."""
    import h5py

    with h5py.File(folder / "data.h5", "w") as file:
        file["train/images"], file["train/labels"] = IMAGES, LABELS
        file["class_names"] = np.array([b"cat", b"dog", b"eel"])
    return folder / "data.h5"


def parquet(folder: Path) -> Path:
    """Write a column for each pixel and one of labels."""
    import pyarrow
    from pyarrow import parquet

    columns = {f"pixel{i}": IMAGES.reshape(len(IMAGES), -1)[:, i] for i in range(16)}
    parquet.write_table(pyarrow.table(columns | {"label": LABELS}), folder / "train.parquet")
    return folder / "train.parquet"


LAST = np.moveaxis(IMAGES, 0, -1)
FORMS = [
    Form("Matlab's `.mat`", written("data.mat", mat(X=LAST, y=LABELS))),
    Form("`.mat`, deflated", written("data.mat", mat(deflate=True, X=IMAGES, y=LABELS[:, None]))),
    Form(
        "`.mat` of structures, as EMNIST's",
        written("data.mat", mat(dataset={"train": {"images": LAST, "labels": LABELS[:, None]}})),
    ),
    Form("HDF5, with the extra `formats`", hdf5, needs="h5py"),
    Form("parquet, with the extra `formats`", parquet, needs="pyarrow"),
]
