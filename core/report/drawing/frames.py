"""The film of an attack as an animation: what stands still is drawn once, what moves is pasted.

Imported only while a film is made. A whole figure takes a quarter of a second; images and bars of
a frame are pixels, its numbers written by Pillow in the same typeface.
"""

from __future__ import annotations

import io
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from core.pictures import diverging_rgb, grey_rgb, stretched_rgb
from core.progress import Progress
from core.report.drawing import alone
from core.report.drawing.fonts import FONTS
from core.report.drawing.paper import CAPITALS, GRID, INK, MUTED, Paper, elide, widest
from core.report.figures import BLUE, VERMILION
from core.report.numbers import most_probable, number
from core.words import fixed

if TYPE_CHECKING:
    from collections.abc import Generator

    from numpy.typing import NDArray

    from core.attack import AttackStep
    from core.report.film import Film

MOST_FRAMES = 150
"""More make a file that nobody sends; they are chosen evenly, the first and the last among them."""

LAST_FRAME_SECONDS = 1.5
"""The result stands still for a while before the film begins again."""

ANIMATIONS = {".gif": "GIF", ".png": "PNG", ".webp": "WEBP"}
"""Suffix -> Pillow's format; a PNG with several frames is an APNG."""

_PANEL = 196
"""Pixels a side of each image, at least."""
_GAP, _ABOVE, _BELOW = 16, 44, 44
_SIZE = 17
_MOST_ROWS = 26
"""Classes that always have a bar each, whatever the size of the images."""
_ROW, _THICK = 19, 13
_LONGEST_NAME, _BAR, _VALUE = 72, 110, 56


def frame_places(n_steps: int, most: int = MOST_FRAMES) -> NDArray[np.int64]:
    """Return which steps become frames, rising: all, or ``most`` of them evenly."""
    return np.unique(np.linspace(0, n_steps - 1, min(n_steps, most)).round().astype(np.int64))


class Frames:
    """Draws frames of one film, all of one size: start, change, result, probabilities.

    Parameters
    ----------
    film : Film
        Where it has more classes than there is room for, the bars are those that are ever most
        probable, and the target.
    """

    def __init__(self, film: Film) -> None:
        self._film = film
        height, width = film.image_shape
        self._factor = max(_PANEL // max(height, width), 1)
        self._across, down = width * self._factor, height * self._factor
        n_rows = min(len(film.class_names), max(down // _ROW, _MOST_ROWS))
        probabilities = np.array([step.probabilities for step in film.steps])
        self._shown = most_probable(probabilities, film.target, n_rows)
        self._lefts = [_GAP + i * (self._across + _GAP) for i in range(3)]
        self._middles = _ABOVE + (np.arange(n_rows) + 0.5) * _ROW
        self._hues = [VERMILION if k == film.target else BLUE for k in self._shown]
        self._number_font = ImageFont.truetype(str(FONTS / "Inter-Regular.otf"), _SIZE)
        self._read_as = cache(self._draw_read_as)
        with alone(film.class_names):
            names = [elide(film.class_names[k], _SIZE, _LONGEST_NAME) for k in self._shown]
            names_right = self._lefts[2] + self._across + _GAP + widest(names)
            self._bars_left = round(names_right) + 8
            full = _ABOVE + max(down, n_rows * _ROW) + _BELOW
            paper = Paper(full, self._bars_left + _BAR + _VALUE + _GAP)
            titles = ("start", f"change ×{number(1 / film.shown_limit, '.3g')}", "")
            for left, title in zip(self._lefts, titles, strict=True):
                paper.write(left, _ABOVE / 2, elide(title, _SIZE, self._across), _SIZE)
                paper.box(left - 1, _ABOVE - 1, self._across + 2, down + 2, GRID)
            for name, y in zip(names, self._middles, strict=True):
                paper.write(names_right, y, name, _SIZE, ha="right")
            self._still = Image.fromarray(paper.pixels())
        self._paste(self._still, 0, self._grey(film.chosen))

    def _grey(self, image: NDArray[Any]) -> NDArray[np.uint8]:
        """Return an image as it is shown."""
        shown = image.reshape(self._film.image_shape)
        return stretched_rgb(shown) if self._film.stretched else grey_rgb(shown)

    def _paste(self, picture: Image.Image, place: int, rgb: NDArray[np.uint8]) -> None:
        large = rgb.repeat(self._factor, axis=0).repeat(self._factor, axis=1)
        picture.paste(Image.fromarray(large), (self._lefts[place], _ABOVE))

    def _draw_read_as(self, predicted: int) -> Image.Image:
        """Return the title above the result; names of classes may be of any script."""
        with alone(self._film.class_names[predicted]):
            paper = Paper(_ABOVE - 2, self._across)
            words = elide(f"read as {self._film.class_names[predicted]}", _SIZE, self._across)
            paper.write(0, _ABOVE / 2, words, _SIZE)
            return Image.fromarray(paper.pixels())

    def draw(self, step: AttackStep) -> Image.Image:
        """Return the picture of a step."""
        film, picture = self._film, self._still.copy()
        result = step.image.reshape(film.image_shape)
        change = result - film.chosen.reshape(film.image_shape)
        self._paste(picture, 1, diverging_rgb(change, film.shown_limit))
        self._paste(picture, 2, self._grey(step.image))
        picture.paste(self._read_as(step.predicted), (self._lefts[2], 0))
        pen = ImageDraw.Draw(picture)

        def write(x: float, middle: float, text: str, colour: str) -> None:
            baseline = round(middle + CAPITALS * _SIZE / 2)
            pen.text((x, baseline), text, colour, self._number_font, anchor="ls")

        shown = step.probabilities[self._shown].tolist()
        for p, hue, y in zip(shown, self._hues, self._middles, strict=True):
            end = self._bars_left + max(round(_BAR * np.nan_to_num(p)), 1)
            top = round(y - _THICK / 2)
            pen.rectangle((self._bars_left, top, end - 1, top + _THICK - 1), hue)
            write(end + 8, y, number(p, ".3f"), INK)
        words = f"step {step.number}: length {fixed(step.l2, 3)}"
        words += f", largest pixel {fixed(step.linf, 3)}"
        write(_GAP, picture.height - _BELOW / 2, words, MUTED)
        return picture


def animation(
    film: Film, suffix: str, frames_per_second: float = 20.0
) -> Generator[Progress, None, bytes]:
    """Make an animation, telling how many pictures are done.

    Parameters
    ----------
    suffix : one of :data:`ANIMATIONS`, of the file that it is for
    """
    kind = ANIMATIONS[suffix]
    places, frames = frame_places(len(film.steps)), Frames(film)
    painted: list[Image.Image] = []
    for place in places:
        picture = frames.draw(film.steps[place])
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
    return made.getvalue()
