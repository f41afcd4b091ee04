"""The paper that figures are drawn on: places in pixels from the top left, and our own style.

Imported only while something is drawn.
"""

from __future__ import annotations

import io
from contextlib import contextmanager
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import matplotlib
import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg, RendererAgg
from matplotlib.figure import Figure as Page
from matplotlib.font_manager import FontProperties
from matplotlib.image import AxesImage
from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle

from core.errors import printable
from core.report.drawing.fonts import add_own, families

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from matplotlib.axes import Axes
    from matplotlib.text import Text
    from numpy.typing import NDArray

WIDTH = 1600
DPI = 200
"""A picture is eight inches wide in print: letters of nine points, as a text around it has."""

MARGIN = 48
TITLE_SIZE = 36
PART_SIZE = 27
TEXT_SIZE = 24
SMALL_SIZE = 21
LINE_HEIGHT = 1.35
"""Distance of text lines, in font sizes."""
CAPITALS = 0.727
"""Height of Inter's capitals, in font sizes."""

INK, MUTED, AXIS, GRID, EMPTY = "#181c22", "#545c68", "#8b93a0", "#e2e6ec", "#f0f2f5"
NORMAL, STRONG = 400, 600

_STYLE: Any = {
    "text.parse_math": False,
    "text.hinting": "none",
    "svg.fonttype": "none",
    "svg.hashsalt": "figure",
    "pdf.fonttype": 42,
    "image.composite_image": False,
    "axes.linewidth": 0.6,
    "lines.solid_capstyle": "round",
    "lines.solid_joinstyle": "round",
    "lines.dash_capstyle": "round",
}


@contextmanager
def own_style() -> Iterator[None]:
    """Draw as we do, whatever a person's own matplotlib settings say, for as long as this lasts."""
    with matplotlib.rc_context():
        matplotlib.rcdefaults()
        matplotlib.rcParams.update(_STYLE)
        add_own()
        yield


def points(pixels: float) -> float:
    """Return a length of the paper in points."""
    return pixels * 72 / DPI


def tidy(text: str) -> str:
    """Return a text in one line, without what steers instead of being seen."""
    return printable(" ".join(text.split()))


_measure: Any = RendererAgg(1, 1, DPI)  # type: ignore[no-untyped-call]


@lru_cache(maxsize=8192)
def text_width(text: str, size: float, weight: int = NORMAL) -> float:
    """Return the width of one line of text in pixels."""
    font = FontProperties(family=families(text), size=points(size), weight=weight)
    return float(_measure.get_text_width_height_descent(text, font, ismath=False)[0])


def elide(text: str, size: float, width: float, weight: int = NORMAL) -> str:
    """Return ``text``, cut and ended with an ellipsis where it is wider than ``width`` pixels."""
    text = tidy(text)
    if text_width(text, size, weight) <= width:
        return text
    low, high = 0, len(text)
    while high - low > 1:
        middle = (low + high) // 2
        fits = text_width(text[:middle].rstrip() + "…", size, weight) <= width
        low, high = (middle, high) if fits else (low, middle)
    return text[:low].rstrip() + "…"


def wrap(text: str, size: float, width: float) -> list[str]:
    """Return ``text`` broken at spaces into lines of at most ``width`` pixels."""
    lines: list[str] = []
    for word in tidy(text).split():
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and text_width(longer, size) <= width:
            lines[-1] = longer
        else:
            lines.append(elide(word, size, width))
    return lines


class Paper:
    """A white picture in the making; all places are pixels from its top left corner.

    Parameters
    ----------
    height : of the picture in pixels; it is :data:`WIDTH` wide
    """

    def __init__(self, height: float, width: float = WIDTH) -> None:
        self.width, self.height = width, round(height)
        size = (self.width / DPI, self.height / DPI)
        self.page = Page(figsize=size, dpi=DPI, facecolor="white")
        FigureCanvasAgg(self.page)
        # Above all axes: words and names stand over grids and curves.
        self.ground = self.page.add_axes((0, 0, 1, 1), zorder=10)
        self.ground.set_axis_off()
        self.ground.set_xlim(0, self.width)
        self.ground.set_ylim(self.height, 0)
        self.ground.set_autoscale_on(False)

    def axes(self, left: float, top: float, right: float, bottom: float) -> Axes:
        """Return axes with this box."""
        w, h = self.width, self.height
        box = (left / w, 1 - bottom / h, (right - left) / w, (bottom - top) / h)
        return self.page.add_axes(box)

    def text(
        self,
        x: float,
        baseline: float,
        text: str,
        size: float = TEXT_SIZE,
        colour: str = INK,
        *,
        align: str = "left",
        weight: int = NORMAL,
        angle: float = 0,
        paper: bool = False,
    ) -> Text:
        """Write one line; ``paper`` hides what is behind it."""
        return self.ground.text(
            x,
            baseline,
            text,
            fontfamily=families(text),
            fontsize=points(size),
            fontweight=weight,
            color=colour,
            ha=align,
            va="baseline",
            rotation=angle,
            rotation_mode="anchor",
            zorder=5,
            bbox={"facecolor": "white", "linewidth": 0, "pad": 1} if paper else None,
        )

    def middle(self, x: float, y: float, text: str, size: float = TEXT_SIZE, **how: Any) -> Text:
        """Write one line whose capitals are centred on ``y``."""
        return self.text(x, y + CAPITALS * size / 2, text, size, **how)

    def lines(
        self, x: float, top: float, lines: Sequence[str], size: float, colour: str, **how: Any
    ) -> float:
        """Write lines and return the y below the last one."""
        for i, line in enumerate(lines):
            baseline = top + (i + 0.5) * LINE_HEIGHT * size + CAPITALS * size / 2
            self.text(x, baseline, line, size, colour, **how)
        return top + len(lines) * LINE_HEIGHT * size

    def rule(
        self,
        xs: Sequence[float],
        ys: Sequence[float],
        colour: str = GRID,
        width: float = 2,
        dash: Any = "solid",
        order: float = 1,
    ) -> None:
        """Draw a line."""
        self.ground.add_line(
            Line2D(xs, ys, color=colour, linewidth=points(width), linestyle=dash, zorder=order)
        )

    def rectangle(
        self,
        left: float,
        top: float,
        right: float,
        bottom: float,
        fill: str = "none",
        edge: str = "none",
        width: float = 2,
    ) -> Rectangle:
        """Draw a rectangle."""
        box = Rectangle(
            (left, top),
            right - left,
            bottom - top,
            facecolor=fill,
            edgecolor=edge,
            linewidth=points(width),
        )
        self.ground.add_patch(box)
        return box

    def image(
        self, left: float, top: float, rgb: NDArray[np.uint8], across: float, down: float
    ) -> AxesImage:
        """Place an image (height, width, 3) ``across`` x ``down`` pixels large, its own sharp."""
        # Repeated, so that it stays sharp in a viewer that smooths what it enlarges.
        height, width = rgb.shape[:2]
        large = rgb.repeat(max(1, int(down // height)), axis=0)
        large = large.repeat(max(1, int(across // width)), axis=1)
        extent = (left, left + across, top + down, top)
        image = AxesImage(self.ground, interpolation="nearest", extent=extent, zorder=2)
        image.set_data(large)
        self.ground.add_image(image)
        return image

    def pixels(self) -> NDArray[np.uint8]:
        """Return the finished picture, (height, width, 3)."""
        canvas: Any = self.page.canvas
        canvas.draw()
        return np.array(canvas.buffer_rgba())[..., :3]

    def content(self, form: str, title: str) -> bytes:
        """Return the finished picture as the content of a file."""
        stream = io.BytesIO()
        about: dict[str, Any] = {
            "png": {"Software": None},
            "svg": {"Date": None, "Creator": None, "Title": tidy(title)},
            "pdf": {"CreationDate": None, "Creator": None, "Producer": None, "Title": tidy(title)},
        }
        self.page.savefig(stream, format=form, dpi=DPI, metadata=about[form])
        return stream.getvalue()
