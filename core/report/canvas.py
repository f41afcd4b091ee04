"""A drawing surface for the report's pictures: antialiased lines, text without a system font.

A bare machine may have no font at all, so text uses the one inside Pillow. That font has no
arrow, minus or times sign; these few are drawn as strokes.
"""

from __future__ import annotations

import io
import unicodedata
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np
from PIL import Image, ImageDraw, ImageFont

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

Colour = tuple[int, int, int]
Point = tuple[float, float]
Box = tuple[float, float, float, float]
"""Left, top, right, bottom in pixels."""

PAPER: Colour = (255, 255, 255)
INK: Colour = (24, 28, 34)
MUTED: Colour = (84, 92, 104)
GRID: Colour = (222, 226, 232)
EMPTY: Colour = (240, 242, 245)
# Okabe and Ito's colours, which colour-blind eyes keep apart.
BLUE: Colour = (0, 114, 178)
VERMILION: Colour = (213, 94, 0)
GREEN: Colour = (0, 132, 96)

PICTURE_WIDTH = 1600
MARGIN = 48
TITLE_SIZE = 36
TEXT_SIZE = 24
SMALL_SIZE = 21
LINE_HEIGHT = 1.35
"""Distance of text lines, in font sizes."""

_SIGN_AXIS = 0.34
"""Height of the middle of a sign above the baseline, in font sizes."""
_SIGN_STROKE = 0.075
_SIGNS: dict[str, tuple[float, tuple[tuple[Point, ...], ...]]] = {
    "→": (0.98, (((0.08, 0.0), (0.86, 0.0)), ((0.6, -0.24), (0.88, 0.0), (0.6, 0.24)))),
    "−": (0.60, (((0.08, 0.0), (0.52, 0.0)),)),
    "×": (0.60, (((0.1, -0.2), (0.5, 0.2)), ((0.1, 0.2), (0.5, -0.2)))),
}
"""Sign -> (advance, strokes), in font sizes; y points down from the axis."""

_PLAIN = str.maketrans({"–": "-", "—": "-", "‑": "-", "’": "'", "‘": "'", "“": '"', "”": '"'})


@lru_cache(maxsize=32)
def _font(size: int) -> Any:
    return ImageFont.load_default(size)


@lru_cache(maxsize=4096)
def _has_glyph(character: str) -> bool:
    """Whether the font draws ``character`` as itself, not as its box for unknown ones."""
    font = _font(TEXT_SIZE)
    return bytes(font.getmask(character)) != bytes(font.getmask("\uffff"))


@lru_cache(maxsize=4096)
def drawable(text: str) -> str:
    """Return ``text`` with characters the font lacks replaced by their base letters."""
    found = []
    for character in text.translate(_PLAIN):
        if character == " " or character in _SIGNS or _has_glyph(character):
            found.append(character)
        else:
            base = unicodedata.normalize("NFKD", character)
            found.append("".join(c for c in base if _has_glyph(c)) or "?")
    return " ".join("".join(found).split())


def _runs(text: str) -> list[str]:
    """Split into single signs and the stretches of plain text between them."""
    runs: list[str] = []
    for character in drawable(text):
        if character in _SIGNS or not runs or runs[-1] in _SIGNS:
            runs.append(character)
        else:
            runs[-1] += character
    return runs


def _advance(run: str, size: int) -> float:
    return _SIGNS[run][0] * size if run in _SIGNS else float(_font(size).getlength(run))


def text_width(text: str, size: int) -> float:
    """Return the width of one line of text in pixels."""
    return sum(_advance(run, size) for run in _runs(text))


def elide(text: str, size: int, width: float) -> str:
    """Return ``text``, cut and ended with an ellipsis where it is wider than ``width`` pixels."""
    if text_width(text, size) <= width:
        return text
    for length in range(len(text) - 1, 0, -1):
        short = text[:length].rstrip() + "…"
        if text_width(short, size) <= width:
            return short
    return "…"


def wrap(text: str, size: int, width: float) -> list[str]:
    """Return ``text`` broken at spaces into lines of at most ``width`` pixels."""
    lines: list[str] = []
    for word in text.split():
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and text_width(longer, size) <= width:
            lines[-1] = longer
        else:
            lines.append(elide(word, size, width))
    return lines


@lru_cache(maxsize=256)
def _sign_mask(sign: str, size: int) -> Image.Image:
    """Draw a sign at four times its size and shrink it: the same softness as the font's edges."""
    scale = 4 * size
    advance, strokes = _SIGNS[sign]
    mask = Image.new("L", (round(advance * size) * 4, 4 * size))
    draw = ImageDraw.Draw(mask)
    for stroke in strokes:
        points = [(x * scale, (y + 0.5) * scale) for x, y in stroke]
        draw.line(points, fill=255, width=round(_SIGN_STROKE * scale), joint="curve")
    return mask.reduce(4)


class Canvas:
    """A picture in the making.

    Lines and shapes are drawn ``oversampling`` times too large and shrunk at the end, which
    smooths them; images and text go on top at their real size, so pixels stay sharp.

    Parameters
    ----------
    width, height : int
        Size of the finished picture in pixels.
    """

    def __init__(self, width: int, height: int, oversampling: int = 3) -> None:
        self.width, self.height = width, height
        self._scale = oversampling
        self._layer = Image.new("RGB", (width * oversampling, height * oversampling), PAPER)
        self._draw = ImageDraw.Draw(self._layer)
        self._images: list[tuple[tuple[int, int], Image.Image]] = []
        self._texts: list[tuple[Point, str, int, Colour]] = []

    def _up(self, points: Sequence[Point]) -> list[Point]:
        return [(x * self._scale, y * self._scale) for x, y in points]

    def rectangle(
        self, box: Box, fill: Colour | None = None, outline: Colour | None = None, width: float = 1
    ) -> None:
        """Draw a rectangle."""
        corners = self._up([(box[0], box[1]), (box[2], box[3])])
        edge = max(1, round(width * self._scale))
        # Pillow counts the far corner in; half-open boxes tile without overlap.
        (left, top), (right, bottom) = corners
        corner = (max(left, right - 1), max(top, bottom - 1))
        self._draw.rectangle([(left, top), corner], fill=fill, outline=outline, width=edge)

    def polygon(self, points: Sequence[Point], fill: Colour) -> None:
        """Draw a filled polygon."""
        self._draw.polygon(self._up(points), fill=fill)

    def line(
        self,
        points: Sequence[Point],
        colour: Colour,
        width: float = 2,
        dash: tuple[float, ...] = (),
        clip: Box | None = None,
    ) -> None:
        """Draw a polyline.

        Parameters
        ----------
        dash : lengths in pixels, alternately drawn and left out; empty for a solid line
        clip : nothing is drawn outside this box
        """
        draw, layer, origin = self._draw, self._layer, (0, 0)
        if clip is not None:
            region = tuple(round(edge * self._scale) for edge in clip)
            layer = self._layer.crop(region)  # type: ignore[arg-type]
            draw, origin = ImageDraw.Draw(layer), (region[0], region[1])
        edge = max(1, round(width * self._scale))
        for piece in dashed(points, dash) if dash else [points]:
            moved = [(x - origin[0], y - origin[1]) for x, y in self._up(piece)]
            draw.line(moved, fill=colour, width=edge, joint="curve")
        if clip is not None:
            self._layer.paste(layer, origin)

    def image(self, corner: Point, pixels: NDArray[np.uint8], factor: int = 1) -> None:
        """Place an image (height, width, 3), each of its pixels ``factor`` x ``factor`` large."""
        large = pixels.repeat(factor, axis=0).repeat(factor, axis=1)
        self._images.append(((round(corner[0]), round(corner[1])), Image.fromarray(large)))

    def text(
        self,
        place: Point,
        text: str,
        size: int = TEXT_SIZE,
        colour: Colour = INK,
        anchor: str = "la",
    ) -> None:
        """Write one line.

        ``anchor`` is two letters: l, m or r for left, middle, right and a, m or s for top, middle
        (of the capitals) and baseline, at ``place``.
        """
        x = place[0] - {"l": 0.0, "m": 0.5, "r": 1.0}[anchor[0]] * text_width(text, size)
        ascent = _font(size).getmetrics()[0]
        y = place[1] + {"a": float(ascent), "m": _SIGN_AXIS * size, "s": 0.0}[anchor[1]]
        self._texts.append(((x, y), text, size, colour))

    def lines(
        self,
        place: Point,
        lines: Sequence[str],
        size: int = TEXT_SIZE,
        colour: Colour = INK,
        anchor: str = "la",
    ) -> float:
        """Write several lines and return the y below the last one."""
        y = place[1]
        for line in lines:
            self.text((place[0], y), line, size, colour, anchor)
            y += LINE_HEIGHT * size
        return y

    def png(self) -> bytes:
        """Return the finished picture as the bytes of a PNG file."""
        picture = self._layer.reduce(self._scale) if self._scale > 1 else self._layer
        for corner, image in self._images:
            picture.paste(image, corner)
        draw = ImageDraw.Draw(picture)
        for place, text, size, colour in self._texts:
            _write(picture, draw, place, text, size, colour)
        stream = io.BytesIO()
        picture.save(stream, format="PNG")
        return stream.getvalue()


def _write(
    picture: Image.Image,
    draw: ImageDraw.ImageDraw,
    place: Point,
    text: str,
    size: int,
    colour: Colour,
) -> None:
    x, baseline = place
    for run in _runs(text):
        if run in _SIGNS:
            top = round(baseline - _SIGN_AXIS * size - size / 2)
            draw.bitmap((round(x), top), _sign_mask(run, size), fill=colour)
        else:
            draw.text((round(x), round(baseline)), run, fill=colour, font=_font(size), anchor="ls")
        x += _advance(run, size)


def dashed(points: Sequence[Point], dash: tuple[float, ...]) -> list[list[Point]]:
    """Cut a polyline into its dashes.

    Parameters
    ----------
    points : the corners of the line
    dash : lengths alternately drawn and left out, each above 0
    """
    corners = np.asarray(points, dtype=np.float64)
    if len(corners) < 2:
        return []
    lengths = np.hypot(*np.diff(corners, axis=0).T)
    along = np.concatenate(([0.0], np.cumsum(lengths)))
    pieces, at, i = [], 0.0, 0
    while at < along[-1]:
        end = min(at + dash[i % len(dash)], along[-1])
        if i % 2 == 0:
            inside = corners[(along > at) & (along < end)]
            ends = [[np.interp(s, along, corners[:, c]) for c in (0, 1)] for s in (at, end)]
            path = np.vstack((ends[0], inside, ends[1]))
            pieces.append([(float(x), float(y)) for x, y in path])
        at, i = at + dash[i % len(dash)], i + 1
    return pieces
