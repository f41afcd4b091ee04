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

from core.errors import printable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from core.report.figures import Figure

_drawing = threading.Lock()
# What matplotlib logs is not for the person, who may have no home for its caches.
logging.getLogger("matplotlib").setLevel(logging.CRITICAL)


@contextmanager
def alone(*words: object) -> Iterator[None]:
    """Let one thread draw, these words among others: settings and fonts are all threads'."""
    with _drawing:
        from core.report.drawing.paper import own_style

        # Ticks are looked for beyond the largest number there is: that is not a warning.
        with own_style("".join(_words(words))), np.errstate(all="ignore"):
            yield


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
    form : "png", 1600 pixels wide; "svg", text as text; "pdf"; or "csv", its numbers alone
    """
    if form == "csv":
        return figure.table().to_csv().encode("utf-8", "backslashreplace")
    with alone(figure):
        from core.report.drawing.kinds import lay_out

        return lay_out(figure).content(form, figure.title)
