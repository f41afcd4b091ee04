"""A sheet to draw on, with mouse, pen or finger."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt, Slot
from PySide6.QtGui import QColor, QImage, QPainter, QPen

from core.drawing.drawing import MNIST_BOX
from core.drawing.ink import FULL, SheetHistory, blank, draw_line, sheet_shape, shifted
from gui.theme import DARK
from gui.widgets.canvas.stroke_surface import PLAIN_PRESSURE, StrokeSurface

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from PySide6.QtGui import QPaintEvent
    from PySide6.QtWidgets import QWidget

    from core.report.figures import Pictures

THINNEST, THICKEST = 0.02, 0.2
"""Of the pen, as a part of the sheet's longer side."""

USUAL_WIDTH = 0.08
"""A digit that fills most of the sheet then has lines as MNIST's, two to three pixels wide."""

WIDTH_STEP = 0.01
ERASER = 2.0
"""So many times as wide as the pen: one erases more roughly than one draws."""

GROUND, INK = "#000000", "#ffffff"
"""As in the images that a model learns, in both themes."""

_ON_BLACK = DARK
_ARM = 6
"""Of the cross in the middle, in pixels."""

_MARKS_HELP = "Thin box: the part MNIST's digits fill. Dashed: your ink; dot: its centre of mass."
_HELP = (
    "Draw with mouse, pen or finger; a pen draws wider the harder it is pressed. The right button "
    "or the pen's other end erases."
)
_KEYS_HELP = (
    "Once clicked: arrow keys move the drawing by one pixel of the image, Backspace takes a stroke "
    "back, Shift+Backspace brings it back, Delete clears, X switches the eraser, [ and ] make the "
    "pen thinner and thicker."
)


class Canvas(StrokeSurface):
    """Ink on a sheet with the proportions of an image.

    The sheet has a size of its own, so that what is drawn depends neither on the window nor on the
    screen.
    """

    drawn: SheetHistory

    def __init__(self, parent: QWidget | None = None) -> None:
        widths = THINNEST, USUAL_WIDTH, THICKEST
        super().__init__(
            "sheet to draw on", (_HELP, _KEYS_HELP, _MARKS_HELP), widths, WIDTH_STEP, parent
        )
        self._rest = np.zeros(2)
        """Pixels of the sheet that arrow keys have still to go, down and right."""
        self._image_shape = (28, 28)
        self.drawn = SheetHistory(blank(self._image_shape))
        self.erasing = False
        """Whether the pen takes ink away."""
        self.empty_words = ("", "")
        """What is said on an empty sheet."""
        self._marks: tuple[tuple[int, int, int, int], tuple[float, float]] | None = None
        self._erases_now = False
        """Whether the stroke under way, or else the next one, takes ink away."""

    @property
    def ink(self) -> NDArray[np.float32]:
        """The ink, (height, width) in [0, 1]."""
        return np.multiply(self.drawn.sheet, np.float32(1 / FULL), dtype=np.float32)

    def figure(self) -> Pictures | None:
        """Return the ink; None where there is none."""
        if self.is_empty:
            return None
        from core.report.figures import Cell, Pictures

        return Pictures("Drawing", "", (Cell("", "", self.ink),))

    def figure_words(self) -> None:
        """Say that no run has to do with it."""

    @property
    def is_empty(self) -> bool:
        """Whether there is no ink."""
        return self.drawn.is_empty

    def set_image_shape(self, image_shape: tuple[int, int]) -> None:
        """Draw for images of this shape; a sheet of other proportions begins empty."""
        self._end()  # a stroke under way is of the sheet before
        self._image_shape = image_shape
        if sheet_shape(image_shape) != self.drawn.sheet.shape:
            self.drawn = SheetHistory(blank(image_shape))
            self._tell()
        self.update()

    def set_empty_words(self, words: str, more: str) -> None:
        """Say this on an empty sheet."""
        self.empty_words = words, more
        self.update()

    def set_marks(
        self, box: tuple[int, int, int, int] | None, mass: tuple[float, float] | None = None
    ) -> None:
        """Mark a box (top, left, bottom, right) and a centre of mass (down, right) of the sheet."""
        self._marks = None if box is None or mass is None else (box, mass)
        self.update()

    @Slot(bool)
    def set_erasing(self, erasing: bool) -> None:
        """Take ink away with the pen, or draw."""
        self.erasing = erasing
        if not self.is_stroking:
            self._erases_now = erasing
        self.tools_changed.emit()
        self.update()

    def shift(self, down: int, right: int) -> None:
        """Move all ink by so many pixels of the image."""
        self._end()
        scale = np.divide(self.sheet_size, self._image_shape)
        wanted = np.add((down, right) * scale, self._rest)
        by = np.rint(wanted)
        # What was rounded off is made good by the next steps: many of them are no further off.
        self._rest = wanted - by
        self.drawn.replace(shifted(self.drawn.sheet, *by.astype(int).tolist()))
        self._tell()

    @property
    def sheet_size(self) -> tuple[int, int]:
        """(height, width) of the sheet, in its own pixels."""
        height, width = self.drawn.sheet.shape
        return height, width

    def pen_pixels(self, pressure: float = PLAIN_PRESSURE) -> float:
        """Return how wide the pen is, or the eraser, in pixels of the sheet."""
        return super().pen_pixels(pressure) * (ERASER if self._erases_now else 1.0)

    def _stroke_begins(self, *, other_end: bool) -> None:
        self.drawn.begin()
        self._erases_now = other_end or self.erasing

    def _stroke_goes_on(self, start: QPointF, end: QPointF, widths: tuple[float, float]) -> None:
        places = start.toTuple(), end.toTuple()
        draw_line(self.drawn.sheet, *places, widths, erase=self._erases_now)

    def _stroke_ends(self) -> None:
        self.drawn.end()
        self._erases_now = self.erasing

    def _arrow(self, down: int, right: int, *, is_shifted: bool) -> None:
        self.shift(down, right)

    def _next_tool(self) -> None:
        self.set_erasing(not self.erasing)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint sheet, guides, ink, marks and the outline of the pen."""
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            rect = self.sheet_rect()
            painter.fillRect(rect, QColor(GROUND))
            self._paint_guides(painter, rect)
            painter.drawImage(rect, _ink_image(self.drawn.sheet, QColor(INK)))
            if self.is_empty and not self.is_stroking:
                self._paint_words(painter, rect)
            elif self._marks is not None:
                self._paint_marks(painter, rect, *self._marks)
            self._paint_edge(painter)
            if self._hover is not None and rect.contains(self._hover):
                painter.setPen(QColor(_ON_BLACK.bad if self._erases_now else _ON_BLACK.muted))
                radius = self.pen_pixels() * self._scale() / 2
                painter.drawEllipse(self._hover, radius, radius)

    def _paint_guides(self, painter: QPainter, rect: QRectF) -> None:
        """Paint faintly the box that MNIST's digits fill, and the middle."""
        inner = QRectF(0, 0, rect.width() * MNIST_BOX, rect.height() * MNIST_BOX)
        inner.moveCenter(rect.center())
        painter.setPen(QColor(_ON_BLACK.border))
        painter.drawRect(inner)
        for arm in (QPointF(_ARM, 0), QPointF(0, _ARM)):
            painter.drawLine(rect.center() - arm, rect.center() + arm)

    def _paint_words(self, painter: QPainter, rect: QRectF) -> None:
        """Say what an empty sheet is for, around its middle."""
        words, more = self.empty_words
        usual, large = painter.font(), painter.font()
        large.setPointSizeF(1.5 * usual.pointSizeF())
        painter.setPen(QColor(_ON_BLACK.muted))
        painter.setFont(large)
        flags = Qt.AlignmentFlag.AlignHCenter | Qt.TextFlag.TextWordWrap
        gap, side = 2 * _ARM, rect.width() * (1 - MNIST_BOX) / 2
        upper = rect.adjusted(side, 0, -side, -rect.height() / 2 - gap)
        painter.drawText(upper, flags | Qt.AlignmentFlag.AlignBottom, words)
        painter.setFont(usual)
        lower = rect.adjusted(side, rect.height() / 2 + gap, -side, 0)
        painter.drawText(lower, flags | Qt.AlignmentFlag.AlignTop, more)

    def _paint_marks(
        self,
        painter: QPainter,
        rect: QRectF,
        box: tuple[int, int, int, int],
        mass: tuple[float, float],
    ) -> None:
        """Mark the box of the ink and its centre of mass."""
        scale = self._scale()
        top, left, bottom, right = (scale * edge for edge in box)
        painter.setPen(QPen(QColor(_ON_BLACK.test), 1.5, Qt.PenStyle.DashLine))
        outline = QRectF(left, top, right - left, bottom - top)
        painter.drawRect(outline.translated(rect.topLeft()))
        # A dot within a ring: to be seen on ink and on paper, in light and in dark.
        painter.setPen(QPen(QColor(_ON_BLACK.surface), 2))
        painter.setBrush(QColor(_ON_BLACK.test))
        painter.drawEllipse(rect.topLeft() + QPointF(mass[1], mass[0]) * scale, _ARM, _ARM)


def _ink_image(sheet: NDArray[np.uint8], ink: QColor) -> QImage:
    """Return the ink of a sheet (height, width) in a colour, as opaque as it is."""
    levels = np.arange(FULL + 1, dtype=np.float64)[:, None] / FULL
    # Blue, green, red, alpha: that is how Qt keeps 32 bits; premultiplied, as it paints them.
    table = np.rint(levels * (ink.blue(), ink.green(), ink.red(), FULL)).astype(np.uint8)
    pixels = np.ascontiguousarray(table[sheet])
    height, width = sheet.shape
    kind = QImage.Format.Format_ARGB32_Premultiplied
    return QImage(pixels.data, width, height, 4 * width, kind).copy()
