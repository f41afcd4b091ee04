"""Every form of data that opens or is refused, made small: docs/data.md is written from these.

A module of this folder holds one kind of file: ``TITLE`` and ``FORMS``, in the order of the page.
``uv run tests/write_data_page.py`` opens them all and writes what is said into docs/data.md;
``test_docs_data.py`` holds the page against it.
"""

from __future__ import annotations

import importlib
import importlib.util
import pkgutil
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from core.errors import DatasetError
from core.sources import open_dataset

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from core.data.dataset import Dataset
    from core.sources.reading import ReadingConfig

PAGE = Path(__file__).resolve().parents[2] / "docs" / "data.md"
BEGIN, END = "<!-- made by tests/write_data_page.py -->", "<!-- end -->"

NO_TEST_PART = "There is no test part; a share of each class is set aside for it."
"""Said of most, and on the page once."""

N = 12
LABELS = np.arange(N) % 3
WORDS = np.array(["cat", "dog", "eel"])[LABELS]
IMAGES = np.zeros((N, 4, 4), dtype=np.uint8)
IMAGES[:, 1:3, 1:3] = np.random.default_rng(0).integers(1, 256, size=(N, 2, 2))
IMAGES[0, 1, 1] = 255
"""Light ink on dark: all that is looked for is there, and nothing has to be said of it."""


@dataclass(frozen=True)
class Form:
    """One form of data.

    Attributes
    ----------
    words : what a person has
    make : writes it into an empty folder and returns what is opened
    opens : whether it opens or is refused
    reading : how it is read
    needs : a library without which it cannot be made or opened
    """

    words: str
    make: Callable[[Path], Path]
    opens: bool = True
    reading: ReadingConfig | None = None
    needs: str = ""


def forms() -> Iterator[tuple[str, list[Form]]]:
    """Give out the title and the forms of each module."""
    for found in sorted(pkgutil.iter_modules(__path__), key=lambda module: module.name):
        module = importlib.import_module(f"{__name__}.{found.name}")
        yield module.TITLE, module.FORMS


def row(form: Form, folder: Path) -> str:
    """Return the row of a form, opened in an empty folder.

    Raises
    ------
    AssertionError
        If it opens and should be refused, or the other way round.
    """
    folder.mkdir()
    path = form.make(folder)
    try:
        said = _outcome(open_dataset(str(path), form.reading))
        opens = True
    except DatasetError as error:
        said, opens = str(error), False
    assert opens == form.opens, f"{form.words}: {said}"
    said = said.replace(f"{path.parent}/", "").replace(str(folder.parent), "")
    return f"| {form.words} | {said} |".replace("\n", " ")


def is_missing(form: Form) -> bool:
    """Whether the library that a form needs is not here."""
    return bool(form.needs) and importlib.util.find_spec(form.needs) is None


def _kept(form: Form) -> str:
    """Return the row of a form as it stands on the page."""
    lines = PAGE.read_text(encoding="utf-8").splitlines()
    return next(line for line in lines if line.startswith(f"| {form.words} |"))


def _outcome(dataset: Dataset) -> str:
    names = ", ".join(dataset.class_names[:3]) + ", ..." * (dataset.n_classes > 3)
    height, width = dataset.image_shape
    sizes = f"{dataset.train.n_samples} + {dataset.test.n_samples}"
    return " ".join((f"**{sizes} images, {height} x {width}, classes {names}.**", *_news(dataset)))


def _news(dataset: Dataset) -> list[str]:
    return [note for note in dataset.notes if note != NO_TEST_PART]


def table(folder: Path) -> str:
    """Return all of them as Markdown, made in subfolders of an empty folder."""
    lines = []
    for i, (title, found) in enumerate(forms()):
        rows = [
            _kept(form) if is_missing(form) else row(form, folder / f"{i}-{k}")
            for k, form in enumerate(found)
        ]
        for opens, head in ((True, "opens as"), (False, "is refused with")):
            chosen = [line for form, line in zip(found, rows, strict=True) if form.opens == opens]
            if chosen:
                lines += ["", f"### {title}: what {'opens' if opens else 'is refused'}", ""]
                lines += [f"| {title.lower()} | {head} |", "|---|---|", *chosen]
    return "\n".join((*lines[1:], ""))
