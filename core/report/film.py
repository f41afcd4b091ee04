"""The film of an attack as something to keep: an animation, its traces, its images."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from core.errors import ExplorerError
from core.pictures import diverging_rgb, grey_rgb
from core.progress import Progress
from core.whole_file import write_whole

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from core.attack import AttackStep

MOST_FRAMES = 150
"""More make a file that nobody sends; they are chosen evenly, the first and the last among them."""

NO_FILM = "There is no film yet: open the Attack page and choose an image and a target first."

LAST_FRAME_SECONDS = 1.5
"""The result stands still for a while before the film begins again."""

_PANEL = 196
"""Pixels a side of each picture, at least."""

_GAP = 12
_TEXT = 15
_BARS_WIDTH = 210
_BAR_HEIGHT = 16
_PAPER, _INK, _MUTED = (255, 255, 255), (24, 28, 34), (84, 92, 104)
_BAR, _TARGET = (26, 95, 180), (166, 27, 41)
_NO_CHANGE = 1e-6
"""Amplified by more than a million, rounding is all there is to be seen."""

ANIMATIONS = {".gif": "GIF", ".png": "PNG", ".webp": "WEBP"}
"""Suffix -> Pillow's format; a PNG with several frames is an APNG."""


class ExportError(ExplorerError):
    """What cannot be kept, and what to do."""


@dataclass(frozen=True, slots=True, eq=False)
class Film:
    """What is kept of an attack.

    Attributes
    ----------
    steps : all of it, the start first
    chosen : (n_features,), what changes are measured from
    image_shape : (height, width)
    class_names : one per class
    target : class it is pushed toward
    """

    steps: Sequence[AttackStep]
    chosen: NDArray[Any]
    image_shape: tuple[int, int]
    class_names: tuple[str, ...]
    target: int

    def __post_init__(self) -> None:
        """Refuse a film without steps."""
        if not self.steps:
            raise ExportError(NO_FILM)

    @property
    def largest_change(self) -> float:
        """The largest pixel of any change: one scale for all frames, so that growth is seen."""
        return float(max(np.abs(step.image - self.chosen).max() for step in self.steps))


def frame_places(n_steps: int, most: int = MOST_FRAMES) -> NDArray[np.int64]:
    """Return which steps become frames, rising: all, or ``most`` of them evenly."""
    if n_steps <= most:
        return np.arange(n_steps)
    return np.unique(np.linspace(0, n_steps - 1, most).round().astype(np.int64))


def frames(film: Film, places: NDArray[np.int64] | None = None) -> Iterator[Image.Image]:
    """Yield one picture a frame: chosen image, change, result, probabilities."""
    painter = _FramePainter(film)
    for place in frame_places(len(film.steps)) if places is None else places:
        yield painter.paint(film.steps[int(place)])


class _FramePainter:
    """Paints frames of one film, all of one size."""

    def __init__(self, film: Film) -> None:
        self._film = film
        height, width = film.image_shape
        factor = max(_PANEL // max(height, width), 1)
        self._factor = factor
        self._panel = (width * factor, height * factor)
        self._font = ImageFont.load_default(_TEXT)
        self._limit = film.largest_change
        self._chosen = self._enlarged(grey_rgb(film.chosen.reshape(film.image_shape)))
        n_bars = min(len(film.class_names), max((self._panel[1]) // _BAR_HEIGHT, 2))
        self._n_bars = n_bars
        top = _GAP + _TEXT + 6
        self._top = top
        self.size = (
            3 * (self._panel[0] + _GAP) + _GAP + _BARS_WIDTH,
            top + max(self._panel[1], n_bars * _BAR_HEIGHT) + _TEXT + 2 * _GAP,
        )

    def _enlarged(self, rgb: NDArray[np.uint8]) -> Image.Image:
        large = rgb.repeat(self._factor, axis=0).repeat(self._factor, axis=1)
        return Image.fromarray(np.ascontiguousarray(large))

    def paint(self, step: AttackStep) -> Image.Image:
        """Return the picture of a step."""
        film = self._film
        page = Image.new("RGB", self.size, _PAPER)
        draw = ImageDraw.Draw(page)
        result = step.image.reshape(film.image_shape)
        change = result - film.chosen.reshape(film.image_shape)
        limit = self._limit if self._limit > _NO_CHANGE else 1.0
        read = film.class_names[step.predicted]
        pictures = (
            ("chosen image", self._chosen),
            (f"change x {1 / limit:.3g}", self._enlarged(diverging_rgb(change, limit))),
            (f"read as {read}", self._enlarged(grey_rgb(result))),
        )
        x = _GAP
        for title, picture in pictures:
            draw.text((x, _GAP), _fitting(title, self._panel[0]), _INK, self._font)
            page.paste(picture, (x, self._top))
            x += self._panel[0] + _GAP
        self._paint_bars(draw, x, step)
        words = f"step {step.step}: length {step.l2:.3f}, largest pixel {step.linf:.3f}"
        draw.text((_GAP, self.size[1] - _TEXT - _GAP), words, _MUTED, self._font)
        return page

    def _paint_bars(self, draw: ImageDraw.ImageDraw, x: int, step: AttackStep) -> None:
        """Paint the most probable classes, the target among them, in the order of the classes."""
        film = self._film
        order = np.argsort(-step.probabilities, kind="stable")[: self._n_bars]
        shown = sorted({int(k) for k in order[: self._n_bars - 1]} | {film.target, int(order[0])})
        for row, k in enumerate(shown[: self._n_bars]):
            y = self._top + row * _BAR_HEIGHT
            p = float(step.probabilities[k])
            colour = _TARGET if k == film.target else _BAR
            draw.text((x, y - 2), _fitting(film.class_names[k], 56), _INK, self._font)
            left, room = x + 62, _BARS_WIDTH - 62 - 56
            draw.rectangle((left, y, left + max(round(room * p), 1), y + _BAR_HEIGHT - 5), colour)
            draw.text((left + room + 6, y - 2), f"{p:.3f}", _INK, self._font)


def _fitting(text: str, width: int) -> str:
    """Return words cut to about a width; Pillow's own font has Latin letters only."""
    plain = text.encode("latin-1", "replace").decode("latin-1")
    most = max(width // 8, 3)
    return plain if len(plain) <= most else plain[: most - 2] + ".."


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
    ExportError
        If the suffix is another, or the file cannot be written.
    """
    kind = ANIMATIONS.get(path.suffix.lower())
    if kind is None:
        known = ", ".join(ANIMATIONS)
        raise ExportError(f"A film is saved as one of {known}; {path.name} ends otherwise.")
    places = frame_places(len(film.steps))
    painted: list[Image.Image] = []
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
    write_file(path, made.getvalue())
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


def step_png(film: Film, place: int) -> bytes:
    """Return one step as PNG, as large as a frame of the film."""
    made = io.BytesIO()
    next(frames(film, np.array([place]))).save(made, "PNG")
    return made.getvalue()


def write_file(path: Path, content: bytes) -> None:
    """Write a file whole or not at all.

    Raises
    ------
    ExportError
        If it cannot be written.
    """
    try:
        write_whole(path, content)
    except OSError as error:
        reason = error.strerror or error
        raise ExportError(f"{path} cannot be written: {reason}; choose another folder") from error
