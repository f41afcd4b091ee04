"""Drawing the pictures of a film: what stands still once, what moves into a copy of it.

Imported only while a film is made. A whole figure takes a quarter of a second, so what moves is
pasted: images and bars as pixels, numbers by Pillow in the same typeface.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import numpy as np
from matplotlib.colors import to_rgb
from PIL import Image, ImageDraw, ImageFont

from core.pictures import diverging_rgb, grey_rgb
from core.report.drawing import alone
from core.report.drawing.fonts import FONTS
from core.report.drawing.paper import CAPITALS, GRID, INK, MUTED, Paper, elide, widest
from core.report.figures import BLUE, VERMILION
from core.report.numbers import number

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from core.attack import AttackStep
    from core.report.kept import Film

_PANEL = 196
"""Pixels a side of each image, at least."""
_GAP, _ABOVE, _BELOW = 16, 44, 44
_SIZE = 17
_ROW, _THICK = 19, 13
_LONGEST_NAME, _BAR, _VALUE = 72, 110, 56


def _colour(hue: str) -> NDArray[np.uint8]:
    return np.asarray(255 * np.array(to_rgb(hue)) + 0.5, np.uint8)


class Frames:
    """Draws frames of one film, all of one size: chosen image, change, result, probabilities.

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
        across, down = width * self._factor, height * self._factor
        n_rows = min(len(film.class_names), max(down // _ROW, 2))
        highest = np.array([step.probabilities for step in film.steps]).max(axis=0)
        highest[film.target] = np.inf
        self._shown = sorted(np.argsort(-np.nan_to_num(highest), kind="stable")[:n_rows].tolist())
        self._lefts = [_GAP + i * (across + _GAP) for i in range(3)]
        self._middles = [_ABOVE + (i + 0.5) * _ROW for i in range(n_rows)]
        self._number_font = ImageFont.truetype(str(FONTS / "Inter-Regular.otf"), _SIZE)
        self._read_as = cache(self._draw_read_as)
        with alone(film.class_names):
            names = [elide(film.class_names[k], _SIZE, _LONGEST_NAME) for k in self._shown]
            names_right = self._lefts[2] + across + _GAP + widest(names)
            self._bars_left = round(names_right) + 8
            full = _ABOVE + max(down, n_rows * _ROW) + _BELOW
            paper = Paper(full, self._bars_left + _BAR + _VALUE + _GAP)
            titles = ("chosen image", f"change ×{number(1 / film.shown_limit, '.3g')}", "")
            for left, title in zip(self._lefts, titles, strict=True):
                paper.middle(left, _ABOVE / 2, elide(title, _SIZE, across), _SIZE)
                paper.rectangle(left - 1, _ABOVE - 1, across + 2, down + 2, GRID)
            for name, y in zip(names, self._middles, strict=True):
                paper.middle(names_right, y, name, _SIZE, align="right")
            self._still = paper.pixels()
        self._paste(0, grey_rgb(film.chosen.reshape(film.image_shape)), self._still)

    def _paste(self, place: int, rgb: NDArray[np.uint8], picture: NDArray[np.uint8]) -> None:
        large = rgb.repeat(self._factor, axis=0).repeat(self._factor, axis=1)
        left = self._lefts[place]
        picture[_ABOVE : _ABOVE + large.shape[0], left : left + large.shape[1]] = large

    def _draw_read_as(self, predicted: int) -> NDArray[np.uint8]:
        """Return the title above the result; names of classes may be of any script."""
        width = self._film.image_shape[1] * self._factor
        with alone(self._film.class_names[predicted]):
            paper = Paper(_ABOVE - 2, width)
            words = elide(f"read as {self._film.class_names[predicted]}", _SIZE, width)
            paper.middle(0, _ABOVE / 2, words, _SIZE)
            return paper.pixels()

    def draw(self, step: AttackStep) -> Image.Image:
        """Return the picture of a step."""
        film, picture = self._film, self._still.copy()
        result = step.image.reshape(film.image_shape)
        change = result - film.chosen.reshape(film.image_shape)
        self._paste(1, diverging_rgb(change, film.shown_limit), picture)
        self._paste(2, grey_rgb(result), picture)
        title = self._read_as(step.predicted)
        left = self._lefts[2]
        picture[: title.shape[0], left : left + title.shape[1]] = title
        probabilities = np.nan_to_num(step.probabilities[self._shown])
        ends = self._bars_left + np.maximum(np.rint(_BAR * probabilities), 1).astype(int)
        for k, y, end in zip(self._shown, self._middles, ends, strict=True):
            top = round(y - _THICK / 2)
            colour = _colour(VERMILION if k == film.target else BLUE)
            picture[top : top + _THICK, self._bars_left : end] = colour
        page = Image.fromarray(picture)
        pen = ImageDraw.Draw(page)

        def write(x: float, middle: float, text: str, colour: str) -> None:
            baseline = round(middle + CAPITALS * _SIZE / 2)
            pen.text((x, baseline), text, colour, self._number_font, anchor="ls")

        for k, y, end in zip(self._shown, self._middles, ends, strict=True):
            write(end + 8, y, number(float(step.probabilities[k]), ".3f"), INK)
        write(_GAP, page.height - _BELOW / 2, film.words(step), MUTED)
        return page
