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
from matplotlib.cm import ScalarMappable
from matplotlib.colors import Normalize
from matplotlib.figure import Figure as Page
from matplotlib.font_manager import FontProperties
from matplotlib.patches import Rectangle

from core.errors import printable
from core.report.drawing.fonts import families

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from matplotlib.axes import Axes
    from matplotlib.colorbar import Colorbar
    from matplotlib.colors import Colormap
    from matplotlib.text import Text
    from numpy.typing import NDArray

WIDTH = 1600
DPI = 200
"""A picture is eight inches wide in print: letters of nine points, as a text around it has."""

MARGIN = 48
TITLE_SIZE, PART_SIZE, TEXT_SIZE, SMALL_SIZE = 36, 27, 24, 21
LINE_HEIGHT = 1.35
"""Distance of text lines, in font sizes."""
CAPITALS = 0.727
"""Height of Inter's capitals, in font sizes."""
BAR_HEIGHT = 118
"""Of a colour bar with its numbers and its words, in pixels."""

INK, MUTED, AXIS, GRID, EMPTY = "#181c22", "#545c68", "#8b93a0", "#e2e6ec", "#f0f2f5"
NORMAL, STRONG = 400, 600


def points(pixels: float) -> float:
    """Return a length of the paper in points."""
    return pixels * 72 / DPI


_STYLE: Any = {
    "text.parse_math": False,
    "text.hinting": "none",
    "text.color": INK,
    "font.size": points(SMALL_SIZE),
    "svg.fonttype": "none",
    "svg.hashsalt": "figure",
    "pdf.fonttype": 42,
    "image.composite_image": False,
    "lines.solid_capstyle": "round",
    "lines.dash_capstyle": "round",
    "axes.facecolor": "none",
    "axes.edgecolor": AXIS,
    "axes.linewidth": points(2),
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.axisbelow": True,
    "axes.labelcolor": MUTED,
    "grid.color": GRID,
    "grid.linewidth": points(1.5),
    "xtick.color": AXIS,
    "xtick.labelcolor": MUTED,
    "xtick.labelsize": points(SMALL_SIZE),
    "xtick.major.size": points(8),
    "xtick.major.width": points(2),
    "ytick.major.size": 0,
    "ytick.major.pad": points(12),
    "ytick.labelcolor": MUTED,
    "ytick.labelsize": points(SMALL_SIZE),
    "legend.frameon": False,
    "legend.borderpad": 0,
    "legend.handlelength": 1.5,
    "legend.handleheight": 0.9,
    "legend.columnspacing": 1.4,
    "legend.borderaxespad": 0,
}


@contextmanager
def own_style(words: str) -> Iterator[None]:
    """Draw these words as we do, whatever a person's own matplotlib settings say."""
    with matplotlib.rc_context():
        matplotlib.rcdefaults()
        matplotlib.rcParams.update(_STYLE | {"font.family": families(words)})
        yield


def tidy(text: str) -> str:
    """Return a text in one line, without what steers instead of being seen."""
    return printable(" ".join(text.split()))


_measure: Any = RendererAgg(1, 1, DPI)  # type: ignore[no-untyped-call]


@lru_cache(maxsize=8192)
def text_width(text: str, size: float = SMALL_SIZE, weight: int = NORMAL) -> float:
    """Return the width of one line of text in pixels."""
    font = FontProperties(size=points(size), weight=weight)
    return float(_measure.get_text_width_height_descent(text, font, ismath=False)[0])


def widest(texts: Sequence[str]) -> float:
    """Return the width of the widest of small texts."""
    return max((text_width(text) for text in texts), default=0.0)


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
    """Return ``text`` broken at its line breaks, and into lines of at most ``width`` pixels."""
    lines: list[str] = []
    for part in text.split("\n"):
        first = len(lines)
        for word in tidy(part).split():
            longer = f"{lines[-1]} {word}" if len(lines) > first else word
            if len(lines) > first and text_width(longer, size) <= width:
                lines[-1] = longer
            else:
                lines.append(elide(word, size, width))
    return lines


class Paper:
    """A white picture in the making; all places are pixels from its top left corner."""

    def __init__(self, height: float, width: float = WIDTH) -> None:
        self.width, self.height = width, round(height)
        size = (self.width / DPI, self.height / DPI)
        self.page = Page(figsize=size, dpi=DPI, facecolor="white")
        FigureCanvasAgg(self.page)
        self.ground = self.page.add_axes((0, 0, 1, 1))
        self.ground.set_axis_off()
        self.ground.set(xlim=(0, self.width), ylim=(self.height, 0), autoscale_on=False)

    def axes(self, left: float, top: float, right: float, bottom: float) -> Axes:
        """Return axes with this box."""
        w, h = self.width, self.height
        return self.page.add_axes(
            (left / w, 1 - bottom / h, (right - left) / w, (bottom - top) / h)
        )

    def write(
        self,
        x: float,
        y: float,
        text: str,
        size: float = SMALL_SIZE,
        colour: str = INK,
        **how: Any,
    ) -> Text:
        """Write one line whose capitals are centred on ``y``."""
        at = y + CAPITALS * size / 2
        return self.ground.text(x, at, text, fontsize=points(size), color=colour, **how)

    def lines(
        self, x: float, top: float, lines: Sequence[str], size: float, colour: str, **how: Any
    ) -> None:
        """Write lines below each other."""
        for i, line in enumerate(lines):
            self.write(x, top + (i + 0.5) * LINE_HEIGHT * size, line, size, colour, **how)

    def box(self, left: float, top: float, across: float, down: float, fill: str = "none") -> None:
        """Draw a rectangle with a faint edge."""
        look: Any = {"facecolor": fill, "edgecolor": GRID, "linewidth": points(2)}
        self.ground.add_patch(Rectangle((left, top), across, down, **look))

    def colour_bar(
        self, middle: float, top: float, colours: Colormap, low: float, high: float, words: str
    ) -> Colorbar:
        """Draw a scale with its numbers and what they mean, centred below a place."""
        axes = self.axes(middle - 360, top, middle + 360, top + 28)
        scale = ScalarMappable(Normalize(low, high), colours)
        bar = self.page.colorbar(scale, cax=axes, orientation="horizontal")
        bar.outline.set_visible(False)
        bar.set_label(elide(words, SMALL_SIZE, 2 * min(middle, self.width - middle)))
        return bar

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
