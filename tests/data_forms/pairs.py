from __future__ import annotations

import gzip
import pickle
from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np
from core_samples import idx_bytes, write_idx

from data_forms import IMAGES, LABELS, WORDS, Form
from data_forms.tables import NAMES, PIXELS, text

if TYPE_CHECKING:
    from pathlib import Path

TITLE = "Pairs of files"

Writing = Callable[["Path"], object]
ONE_HOT = np.eye(3, dtype=int)[LABELS]


def table(columns: np.ndarray, header: list[str] | None = None) -> Writing:
    """Write rows as lines of a table."""
    return lambda file: file.write_text(text(columns.tolist(), header))


def lines(values: np.ndarray, header: str = "") -> Writing:
    """Write one value in each line, below a header."""
    return lambda file: file.write_text(
        "\n".join(([header] if header else []) + [*map(str, values)])
    )


def idx(array: np.ndarray, type_byte: int = 0x08) -> Writing:
    """Write an IDX file."""
    if type_byte == 0x08:
        return lambda file: write_idx(file, array)
    header = bytes([0, 0, type_byte, array.ndim])
    header += b"".join(size.to_bytes(4, "big") for size in array.shape)
    return lambda file: file.write_bytes(header + array.tobytes())


def npy(array: np.ndarray) -> Writing:
    """Write an array."""
    return lambda file: np.save(file, array)


def pickled(array: np.ndarray) -> Writing:
    """Write a pickle."""
    return lambda file: file.write_bytes(pickle.dumps(array))


def twice(array: np.ndarray) -> Writing:
    """Write an IDX file, compressed twice."""
    return lambda file: file.write_bytes(gzip.compress(gzip.compress(idx_bytes(array))))


def files(opened: str, **writing: Writing) -> Callable[[Path], Path]:
    """Return what writes them and opens one of them, or the folder; ``__`` stands for a point."""

    def make(above: Path) -> Path:
        folder = above / "download"
        folder.mkdir()
        for name, write in writing.items():
            write(folder / name.replace("__", "."))
        return folder / opened

    return make


QMNIST = np.column_stack((LABELS, np.arange(12).reshape(12, 1) + np.arange(7))).astype(">i4")

FORMS = [
    Form(
        "`images.csv` and `labels.csv`, the folder",
        files("", images__csv=table(PIXELS, NAMES), labels__csv=lines(LABELS, "label")),
    ),
    Form(
        "`images.csv` beside `labels.csv`",
        files("images.csv", images__csv=table(PIXELS, NAMES), labels__csv=lines(LABELS, "label")),
    ),
    Form(
        "`labels.csv` beside `images.csv`",
        files("labels.csv", images__csv=table(PIXELS), labels__csv=lines(WORDS)),
    ),
    Form(
        "`X_train.csv`, `y_train.csv`, `X_test.csv`, `y_test.csv`",
        files(
            "",
            X_train__csv=table(PIXELS),
            y_train__csv=lines(LABELS),
            X_test__csv=table(PIXELS[:6]),
            y_test__csv=lines(LABELS[:6]),
        ),
    ),
    Form(
        "the same without `y_test.csv`",
        files(
            "",
            X_train__csv=table(PIXELS),
            y_train__csv=lines(LABELS),
            X_test__csv=table(PIXELS[:6]),
        ),
    ),
    Form(
        "labels with the number of their image, as pandas writes them",
        files(
            "x.csv",
            x__csv=table(PIXELS),
            y__csv=table(np.column_stack((np.arange(12), LABELS)), ["", "label"]),
        ),
    ),
    Form(
        "labels below pandas' `0`, as `to_csv(index=False)` of a nameless column",
        files("", images__csv=table(PIXELS), labels__csv=lines(LABELS, "0")),
    ),
    Form(
        "one-hot labels in a table",
        files("X_train.csv", X_train__csv=table(PIXELS), y_train__csv=table(ONE_HOT)),
    ),
    Form(
        "`X.pickle` beside `y.pickle`",
        files("X.pickle", X__pickle=pickled(IMAGES), y__pickle=pickled(LABELS)),
    ),
    Form(
        "`x.npy` beside `labels.txt`", files("x.npy", x__npy=npy(IMAGES), labels__txt=lines(LABELS))
    ),
    Form("a folder of both", files("", x__npy=npy(IMAGES), labels__txt=lines(LABELS))),
    Form("two files without telling names", files("", a__npy=npy(IMAGES), b__csv=lines(LABELS))),
    Form("IDX files without telling names", files("a", a=idx(IMAGES), b=idx(LABELS))),
    Form(
        "`train-images-idx3-ubyte` beside `labels.csv`",
        files(
            "",
            **{"train-images-idx3-ubyte": idx(IMAGES), "labels__csv": lines(LABELS)},
        ),
    ),
    Form(
        "IDX files with a browser's number",
        files(
            "",
            **{
                "train-images-idx3-ubyte (1)__gz": idx(IMAGES),
                "train-labels-idx1-ubyte__gz": idx(LABELS),
            },
        ),
    ),
    Form(
        "IDX files compressed twice",
        files(
            "",
            **{
                "train-images-idx3-ubyte__gz": twice(IMAGES),
                "train-labels-idx1-ubyte__gz": twice(LABELS),
            },
        ),
    ),
    Form(
        "QMNIST's labels of 8 numbers",
        files(
            "",
            **{
                "qmnist-train-images-idx3-ubyte": idx(IMAGES),
                "qmnist-train-labels-idx2-int": idx(QMNIST, 0x0C),
            },
        ),
    ),
    Form(
        "IDX of (n, height, width, 1), of rows, of floats",
        files("a", a=idx(IMAGES[..., np.newaxis]), b=idx(LABELS)),
    ),
    Form(
        "images with two files of labels",
        files("x.npy", x__npy=npy(IMAGES), a__csv=lines(LABELS), b__csv=lines(LABELS[::-1])),
        opens=False,
    ),
    Form(
        "images beside another number of labels",
        files("x.npy", x__npy=npy(IMAGES), y__npy=npy(LABELS[:6])),
        opens=False,
    ),
    Form("labels alone", files("labels.txt", labels__txt=lines(LABELS)), opens=False),
    Form("images alone", files("images.csv", images__csv=table(PIXELS)), opens=False),
]
