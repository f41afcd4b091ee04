"""An image on which a signed change is painted, with mouse, pen, finger or keys."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSizeF, Qt, Signal, Slot
from PySide6.QtGui import QColor, QPainter, QPen

from core.attack.by_hand.painting import OPPOSITE, TOOLS, full_ink, widest_dab
from core.pictures import diverging_rgb, grey_rgb, tinted_rgb
from core.words import significant
from gui.widgets.basics.arrow_keys import ENTER
from gui.widgets.basics.numpy_image import to_qimage
from gui.widgets.canvas.stroke_surface import PLAIN_PRESSURE, StrokeSurface

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from PySide6.QtGui import QMouseEvent, QPaintEvent
    from PySide6.QtWidgets import QWidget

    from core.attack.by_hand.painting import Painting, Tool
    from core.report.figures import Pictures

NARROWEST, WIDEST = 0.03, 0.5
"""Of the brush, as a part of the image's longer side; never less than a pixel."""

USUAL_WIDTH = 0.1
WIDTH_STEP = 0.02
FAINTEST, STRONGEST = 0.02, 1.0
USUAL_STRENGTH = 0.25
"""Of the strongest dab, which takes half of the budget."""
STRENGTH_STEP = 0.05

_LEAST_LIMIT = 0.02
"""A change smaller than that is not shown as if it were large."""

_MORE, _LESS = (Qt.Key.Key_Plus, Qt.Key.Key_Equal), (Qt.Key.Key_Minus, Qt.Key.Key_Underscore)
_HELP = (
    "Paint with mouse, pen or finger until the image is read as wanted. The right button, or the "
    "pen's other end, does the opposite: it takes ink away where the brush adds it."
)
_KEYS_HELP = (
    "Once clicked: arrow keys move a cursor, with Shift they paint along, Space or Enter paints a "
    "dab; X changes the tool, [ and ] the size, + and - the strength; Backspace takes a stroke "
    "back, Shift+Backspace brings it back, Delete clears."
)


class ChangeCanvas(StrokeSurface):
    """Paints into a :class:`~core.attack.by_hand.painting.Painting`, which holds budget and box."""

    drawn: Painting | None
    refused = Signal(str)
    """Why a stroke has changed nothing: a :data:`~core.attack.by_hand.painting.Refusal`."""

    more_keys = (Qt.Key.Key_Space, *ENTER, *_MORE, *_LESS)

    def __init__(self, parent: QWidget | None = None) -> None:
        widths = NARROWEST, USUAL_WIDTH, WIDEST
        super().__init__("image to paint on", (_HELP, _KEYS_HELP), widths, WIDTH_STEP, parent)
        self._image_shape = (28, 28)
        self.tool: Tool = "add"
        """What the brush does."""
        self.stroke_tool: Tool = "add"
        """What the stroke under way does, or the last one did."""
        self.strength = USUAL_STRENGTH
        """How much ink a stroke adds, as a part of the most that one dab may."""
        self.hint: NDArray[np.float64] | None = None
        """What is shown faintly, (height, width)."""
        self.shows_change = False
        """Whether the change alone is shown."""
        self._words = ""
        self.cursor_place = (0, 0)
        """Row and column of the pixel at which the keys paint."""
        self._has_cursor = False
        """Whether the keys have the cursor out; with the mouse it is in the way."""

    def figure(self) -> Pictures | None:
        """Return the image, what is painted, and both together; None where there is no image."""
        painting = self.drawn
        if painting is None:
            return None
        from core.report.figures import Cell, Pictures

        limit = max(float(np.abs(painting.change).max()), _LEAST_LIMIT)
        cells = (
            Cell("image", "", painting.original, sign="+"),
            Cell("painted", f"±{significant(limit)}", painting.change, limit=limit, sign="="),
            Cell("result", "", painting.image),
        )
        return Pictures("A change by hand", "", cells, columns=len(cells))

    def set_painting(self, painting: Painting | None, words: str = "") -> None:
        """Paint into another one from here on; without one say why, in words."""
        self._words = words
        if painting is not self.drawn:
            self._end()
            self.drawn = painting
            if painting is not None:
                height, width = painting.original.shape
                if (height, width) != self._image_shape or self.cursor_place == (0, 0):
                    self._image_shape = height, width
                    self.cursor_place = height // 2, width // 2
            self.tools_changed.emit()
        self.setEnabled(painting is not None)
        self.update()

    def set_hint(self, hint: NDArray[np.float64] | None) -> None:
        """Show faintly where ink gains (red) and where it loses (blue), (height, width)."""
        self.hint = hint
        self.update()

    @Slot(bool)
    def set_shows_change(self, shows_change: bool) -> None:
        """Show the change alone, or the image with it."""
        self.shows_change = shows_change
        self.tools_changed.emit()
        self.update()

    def set_tool(self, tool: Tool) -> None:
        """Do this with the brush from the next stroke on."""
        self.tool = tool
        self.tools_changed.emit()
        self.update()

    @Slot(float)
    def set_strength(self, strength: float) -> None:
        """Add so much ink from the next stroke on."""
        self.strength = min(max(strength, FAINTEST), STRONGEST)
        self.tools_changed.emit()

    @property
    def sheet_size(self) -> tuple[int, int]:
        """(height, width) of the image."""
        return self._image_shape

    def sheet_rect(self) -> QRectF:
        """Return where the image lies: every pixel as wide as every other."""
        rect, ratio = super().sheet_rect(), self.devicePixelRatioF()
        height, width = self.sheet_size
        whole = int(rect.width() / width * ratio) / ratio
        if whole:
            middle = rect.center()
            rect.setSize(QSizeF(width * whole, height * whole))
            rect.moveCenter(middle)
        return rect

    def _stroke_begins(self, *, other_end: bool) -> None:
        self.stroke_tool = OPPOSITE[self.tool] if other_end else self.tool
        if self.drawn is not None:
            how = self.strength if self.stroke_tool == "soften" else self.ink
            self.drawn.begin(self.stroke_tool, how)

    def _stroke_goes_on(self, start: QPointF, end: QPointF, widths: tuple[float, float]) -> None:
        # The rules may have changed in the midst of a stroke, which ends it.
        if self.drawn is not None and self.drawn.is_stroking:
            self.drawn.line(start.toTuple(), end.toTuple(), widths)

    def _stroke_ends(self) -> None:
        if self.drawn is not None and self.drawn.is_stroking:
            self.drawn.end()
            if self.drawn.refusal:
                self.refused.emit(self.drawn.refusal)

    @property
    def ink(self) -> float:
        """How much ink a stroke adds where it covers wholly."""
        if self.drawn is None:
            return 0.0
        return self.strength * full_ink(self.pen_pixels(), self.drawn.rules)

    def pen_pixels(self, pressure: float = PLAIN_PRESSURE) -> float:
        """Return how wide the brush is, in pixels of the image; no dab spends the budget."""
        width = super().pen_pixels(pressure)
        return width if self.drawn is None else widest_dab(width, self.drawn.rules)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Begin a stroke; the cursor of the keys is not needed."""
        self._has_cursor = False
        super().mousePressEvent(event)

    def _next_tool(self) -> None:
        names = list(TOOLS)
        self.set_tool(names[(names.index(self.tool) + 1) % len(names)])

    def _other_key(self, key: Qt.Key) -> None:
        if key in (*_MORE, *_LESS):
            self.set_strength(self.strength + (STRENGTH_STEP if key in _MORE else -STRENGTH_STEP))
        else:
            self._paint(self.cursor_place, self.cursor_place)

    def _arrow(self, down: int, right: int, *, is_shifted: bool) -> None:
        """Move the cursor by a pixel; with Shift draw along."""
        before, (height, width) = self.cursor_place, self._image_shape
        row, column = before[0] + down, before[1] + right
        self.cursor_place = min(max(row, 0), height - 1), min(max(column, 0), width - 1)
        self._has_cursor = True
        if is_shifted:
            self._paint(before, self.cursor_place)
        self.update()

    def _paint(self, start: tuple[int, int], end: tuple[int, int]) -> None:
        """Draw one stroke from pixel to pixel."""
        self._end()
        self._has_cursor = True
        self._stroke_begins(other_end=False)
        width = self.pen_pixels()
        places = [QPointF(column + 0.5, row + 0.5) for row, column in (start, end)]
        self._stroke_goes_on(places[0], places[1], (width, width))
        self._stroke_ends()
        self._tell()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint image, hint, cursor and the outline of the brush."""
        with QPainter(self) as painter:
            rect = self.sheet_rect()
            if self.drawn is None:
                self._paint_words(painter, rect)
                return
            painter.drawImage(rect.toRect(), to_qimage(self._picture(self.drawn)))
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            self._paint_edge(painter)
            scale = self._scale()
            if self.hasFocus() and self._has_cursor:
                row, column = self.cursor_place
                cell = QRectF(column * scale, row * scale, scale, scale).translated(rect.topLeft())
                # Outlined so that it is seen on ink and on paper.
                for colour, width in ((self._theme.surface, 4), (self._theme.accent, 2)):
                    painter.setPen(QPen(QColor(colour), width))
                    painter.drawRect(cell)
                self._ring(painter, cell.center())
            elif self._hover is not None and rect.contains(self._hover):
                self._ring(painter, self._hover)

    def _picture(self, painting: Painting) -> NDArray[np.uint8]:
        """Return image or change, the hint over it: scaling one picture up is what takes time."""
        rgb = grey_rgb(painting.image)
        if self.shows_change:
            largest = float(np.abs(painting.change).max())
            rgb = diverging_rgb(painting.change, max(largest, _LEAST_LIMIT))
        if self.hint is None or self.hint.shape != self._image_shape:
            return rgb
        return tinted_rgb(rgb, self.hint, float(np.abs(self.hint).max()) or 1.0)

    def _paint_words(self, painter: QPainter, rect: QRectF) -> None:
        painter.fillRect(rect, QColor(self._theme.raised))
        painter.setPen(QColor(self._theme.border))
        painter.drawRect(rect)
        painter.setPen(QColor(self._theme.muted))
        flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
        painter.drawText(rect.adjusted(16, 16, -16, -16), flags, self._words)

    def _ring(self, painter: QPainter, place: QPointF) -> None:
        """Outline what the brush would cover; dashed where it takes away, dotted to soften."""
        radius = self.pen_pixels() * self._scale() / 2
        tool = self.stroke_tool if self.is_stroking else self.tool
        lines = {
            "add": Qt.PenStyle.SolidLine,
            "take": Qt.PenStyle.DashLine,
            "soften": Qt.PenStyle.DotLine,
        }
        painter.setPen(QPen(QColor(self._theme.surface), 3))
        painter.drawEllipse(place, radius, radius)
        colour = self._theme.bad if tool == "take" else self._theme.accent
        painter.setPen(QPen(QColor(colour), 1.5, lines[tool]))
        painter.drawEllipse(place, radius, radius)
