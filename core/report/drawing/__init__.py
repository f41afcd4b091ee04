"""Drawing the descriptions of :mod:`core.report.figures`: PNG, SVG, PDF, and their numbers as CSV.

matplotlib is imported when the first figure is drawn, never before. One figure is drawn at a
time, in any thread.
"""

from __future__ import annotations

import logging
import threading
from contextlib import contextmanager
from dataclasses import fields, is_dataclass
from typing import TYPE_CHECKING

import numpy as np

from core.errors import ReportError, printable
from core.report.files import keep

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from core.report.figures import Figure

FORMS = ("png", "svg", "pdf")
SUFFIXES = (*(f".{form}" for form in FORMS), ".csv")

_drawing = threading.Lock()
_log = logging.getLogger("matplotlib")


@contextmanager
def alone(*words: object) -> Iterator[None]:
    """Let one thread draw, these words among others.

    Settings and fonts are matplotlib's, and all threads'. What it logs is not for the person, who
    may have no home for its caches.
    """
    with _drawing:
        level = _log.level
        _log.setLevel(logging.CRITICAL)
        try:
            from core.report.drawing.paper import own_style

            # Ticks are looked for beyond the largest number there is: that is not a warning.
            with own_style("".join(_words(words))), np.errstate(all="ignore"):
                yield
        finally:
            _log.setLevel(level)


def _words(value: object) -> Iterator[str]:
    """Yield all words of a description."""
    if isinstance(value, str):
        yield printable(value)
    elif isinstance(value, tuple):
        for item in value:
            yield from _words(item)
    elif is_dataclass(value):
        for field in fields(value):
            yield from _words(getattr(value, field.name))


def draw(figure: Figure, form: str = "png") -> bytes:
    """Return a figure as the content of a file; equal figures give equal bytes.

    Parameters
    ----------
    form : "png", 1600 pixels wide; "svg", text as text; or "pdf"
    """
    with alone(figure):
        from core.report.drawing.kinds import lay_out

        return lay_out(figure).content(form, figure.title)


def save(figure: Figure, path: Path) -> None:
    """Write a figure, in the form that the suffix of ``path`` names; ".csv" is its numbers.

    Raises
    ------
    ReportError
        If the suffix is none of :data:`SUFFIXES` or the file cannot be written; an earlier file
        of that name is then still there.
    """
    suffix = path.suffix.lower()
    if suffix not in SUFFIXES:
        known = ", ".join(SUFFIXES)
        raise ReportError(f"A figure is saved as one of {known}; {path.name} ends otherwise.")
    if suffix == ".csv":
        content = figure.table().to_csv().encode("utf-8", "backslashreplace")
    else:
        content = draw(figure, suffix[1:])
    keep(path, content)
