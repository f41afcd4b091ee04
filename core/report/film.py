"""The film of an attack as something to keep: an animation, its traces, its images."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING, Any

import numpy as np

from core.errors import ReportError
from core.progress import Progress
from core.report.drawing import alone
from core.report.figures import Bars, Cell, Pictures, Series, Sheet
from core.report.files import keep
from core.report.numbers import number

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator
    from pathlib import Path

    from numpy.typing import NDArray
    from PIL.Image import Image

    from core.report.kept import Film

MOST_FRAMES = 150
"""More make a file that nobody sends; they are chosen evenly, the first and the last among them."""

LAST_FRAME_SECONDS = 1.5
"""The result stands still for a while before the film begins again."""

ANIMATIONS = {".gif": "GIF", ".png": "PNG", ".webp": "WEBP"}
"""Suffix -> Pillow's format; a PNG with several frames is an APNG."""


def frame_places(n_steps: int, most: int = MOST_FRAMES) -> NDArray[np.int64]:
    """Return which steps become frames, rising: all, or ``most`` of them evenly."""
    if n_steps <= most:
        return np.arange(n_steps)
    return np.unique(np.linspace(0, n_steps - 1, most).round().astype(np.int64))


def frames(film: Film, places: NDArray[np.int64] | None = None) -> Iterator[Image]:
    """Yield one picture a frame: chosen image, change, result, probabilities."""
    with alone():
        from core.report.drawing.frames import Frames
    drawn = Frames(film)
    for place in frame_places(len(film.steps)) if places is None else places:
        yield drawn.draw(film.steps[int(place)])


def step_figure(film: Film, place: int) -> Sheet:
    """Return one step: chosen image + change = result, and all probabilities."""
    step, shape, limit = film.steps[place], film.image_shape, film.shown_limit
    result = step.image.reshape(shape)
    chosen = film.chosen.reshape(shape)
    images = (
        Cell("chosen image", "", chosen, sign="+"),
        Cell(f"change ×{number(1 / limit, '.3g')}", "", result - chosen, signed=True, sign="="),
        Cell(f"read as {film.class_names[step.predicted]}", "", result),
    )
    bars = Bars(
        "Probabilities",
        "",
        film.class_names,
        (Series("probability", step.probabilities),),
        "probability",
        highlighted=film.target,
        highlighted_label="target",
        limits=(0.0, 1.0),
        form=".3f",
    )
    pictures = Pictures("", "", images, limit=limit, value_label="change of a pixel")
    return Sheet("Attack", film.words(step), ((pictures,), (bars,)))


def save_animation(
    path: Path, film: Film, frames_per_second: float = 20.0
) -> Generator[Progress, None, Path]:
    """Write an animation, telling how many pictures are done; return where it is at the end.

    Leaving the generator early leaves no file.

    Parameters
    ----------
    path : its suffix is one of :data:`ANIMATIONS`

    Raises
    ------
    ReportError
        If the suffix is another, or the file cannot be written.
    """
    kind = ANIMATIONS.get(path.suffix.lower())
    if kind is None:
        known = ", ".join(ANIMATIONS)
        raise ReportError(f"A film is saved as one of {known}; {path.name} ends otherwise.")
    places = frame_places(len(film.steps))
    painted: list[Image] = []
    for picture in frames(film, places):
        # A palette of its own makes a GIF a third of the size, and the colours are few.
        painted.append(picture.quantize(256) if kind == "GIF" else picture)
        yield Progress(len(painted), len(places), "pictures")
    length = round(1000 / frames_per_second)
    lengths = [length] * (len(painted) - 1) + [round(1000 * LAST_FRAME_SECONDS)]
    options: dict[str, Any] = {"lossless": True, "method": 0} if kind == "WEBP" else {}
    made = io.BytesIO()
    painted[0].save(
        made, kind, save_all=True, append_images=painted[1:], duration=lengths, loop=0, **options
    )
    keep(path, made.getvalue())
    return path


def traces_csv(film: Film) -> str:
    """Return what the traces show as CSV text, one row per step, read exactly as computed."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    names = [f"p {name}" for name in film.class_names]
    writer.writerow(["step", "read_as", "loss", "gradient_norm", "l2", "linf", *names])
    for step in film.steps:
        numbers = (step.loss, step.gradient_norm, step.l2, step.linf, *step.probabilities.tolist())
        read = film.class_names[step.predicted]
        writer.writerow([step.step, read, *(repr(float(number)) for number in numbers)])
    return text.getvalue()


def images_npz(film: Film) -> bytes:
    """Return all images and traces as npz, without pickles: what another program goes on with."""
    shape = film.image_shape
    made = io.BytesIO()
    np.savez_compressed(
        made,
        images=np.array([step.image.reshape(shape) for step in film.steps]),
        chosen=film.chosen.reshape(shape),
        probabilities=np.array([step.probabilities for step in film.steps]),
        l2=np.array([step.l2 for step in film.steps]),
        linf=np.array([step.linf for step in film.steps]),
        loss=np.array([step.loss for step in film.steps]),
        target=np.int64(film.target),
        class_names=np.array(film.class_names, dtype=np.str_),
    )
    return made.getvalue()
