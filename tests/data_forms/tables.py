from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from core.sources.reading import ReadingConfig
from data_forms import IMAGES, LABELS, WORDS, Form, N

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

TITLE = "Tables"
PIXELS = IMAGES.reshape(N, -1)
SQUARES = np.pad(IMAGES, ((0, 0), (4, 4), (4, 4))).reshape(N, -1)
ROWS = np.array([" ".join(map(str, row)) for row in PIXELS], dtype=object)
PARTS = np.array(["Training"] * 6 + ["PublicTest"] * 3 + ["PrivateTest"] * 3, dtype=object)
NAMES = [f"pixel{i}" for i in range(PIXELS.shape[1])]
CLASSES = ("cat", "dog", "eel")


def text(rows: Any, header: Any = None, separator: str = ",") -> str:
    """Return rows as lines of a table."""
    lines = [header, *rows] if header is not None else rows
    return "".join(separator.join(map(str, line)) + "\n" for line in lines)


def csv(
    *columns: Any, header: Any = None, name: str = "digits.csv", separator: str = ","
) -> Callable[[Path], Path]:
    """Return what writes columns beside each other."""

    def make(folder: Path) -> Path:
        rows = np.column_stack([np.asarray(column).astype(object) for column in columns])
        (folder / name).write_text(text(rows, header, separator))
        return folder / name

    return make


def one_each(opened: str) -> Callable[[Path], Path]:
    """Return what writes a table for each class, and opens one of them or the folder."""

    def make(folder: Path) -> Path:
        below = folder / "download"
        below.mkdir()
        for i, name in enumerate(CLASSES):
            (below / f"{name}.csv").write_text(text(PIXELS[i::3].tolist(), NAMES))
        return below / opened

    return make


def pandas_names(row: Any) -> list[str]:
    """Return what pandas makes of a row that it takes for names: equal ones are numbered."""
    row = list(map(str, row))
    return [
        f"{name}.{row[:i].count(name)}" if name in row[:i] else name for i, name in enumerate(row)
    ]


FORMS = [
    Form(
        "label first, pixels after it, as Kaggle's", csv(LABELS, PIXELS, header=["label", *NAMES])
    ),
    Form("label last", csv(PIXELS, LABELS, header=[*NAMES, "class"])),
    Form("without a header", csv(LABELS, PIXELS)),
    Form("labels that are words", csv(WORDS, PIXELS, header=["label", *NAMES])),
    Form("semicolons, tabs or blanks between them", csv(LABELS, PIXELS, separator=";")),
    Form(
        "the number of each row first",
        csv(range(N), LABELS, PIXELS, header=["", "label", *NAMES]),
    ),
    Form(
        "the label in the middle, and columns of other things",
        csv(range(N), range(N), LABELS, PIXELS, header=["id", "width", "label", *NAMES]),
    ),
    Form(
        "two columns that could be labels, with `--label-column kind --ignored-columns n`",
        csv(LABELS, WORDS, PIXELS, header=["n", "kind", *NAMES]),
        reading=ReadingConfig(label_column="kind", ignored_columns="n"),
    ),
    Form(
        "a column for each class, with a 1 in one of them",
        csv(np.eye(3, dtype=int)[LABELS], PIXELS, header=["cat", "dog", "eel", *NAMES]),
    ),
    Form(
        "class numbers, and their names in another column",
        csv(LABELS, WORDS, PIXELS, header=["label", "class_name", *NAMES]),
    ),
    Form(
        "FER2013's: all pixels in one column, the part in another",
        csv(LABELS, ROWS, PARTS, header=["emotion", "pixels", "Usage"]),
    ),
    Form(
        "images that are not square, with `--image-height 2`",
        csv(LABELS, PIXELS[:, :8], header=["label", *NAMES[:8]]),
        reading=ReadingConfig(image_height=2),
    ),
    Form(
        "images that are not square, without `--image-height`",
        csv(LABELS, PIXELS[:, :8], header=["label", *NAMES[:8]]),
        False,
    ),
    Form(
        "the first image as names of columns: pandas' `read_csv` without `header=None`",
        csv(LABELS[1:], PIXELS[1:], header=pandas_names([LABELS[0], *PIXELS[0]])),
    ),
    Form(
        "numbers as names of columns, as pandas writes",
        csv(LABELS, PIXELS, header=["label", *range(16)]),
    ),
    Form(
        "file names before the labels",
        csv([f"{k}.png" for k in range(N)], LABELS, PIXELS, header=["file", "label", *NAMES]),
    ),
    Form("a folder of one table per class", one_each("")),
    Form("one of them, `cat.csv`", one_each("cat.csv")),
    Form(
        "two labels, one after the other",
        csv(LABELS, WORDS, PIXELS, header=["digit", "letter", *NAMES]),
    ),
    Form(
        "a name at one end that is unlike the others",
        csv(PIXELS, LABELS, header=[*NAMES, "animal"]),
    ),
    Form("measurements that are no images", csv(LABELS, PIXELS[:, 2:11])),
    Form(
        "row numbers, labels and pixels without a header",
        csv(range(N), LABELS, SQUARES),
        False,
    ),
    Form("labels of one class", csv([3] * N, PIXELS, header=["label", *NAMES]), False),
    Form(
        "two labels, one at each end",
        csv(LABELS, PIXELS, LABELS, header=["y", *NAMES, "class"]),
        False,
    ),
    Form("one-hot labels without pixels", csv(np.eye(10, dtype=int)[LABELS]), False),
    Form("no labels, as Kaggle's test.csv", csv(PIXELS, header=NAMES), False),
]
