"""What a canvas looks like: paper, guides, ink, marks and the outline of the pen."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPen

from core.drawing.drawing import MNIST_BOX
from core.drawing.ink import FULL

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from gui.theme import Theme

_ARM = 6
"""Of the cross in the middle, in pixels."""


class CanvasLook:
    """Paints one frame of a canvas; ``rect`` is where the sheet lies."""

    def __init__(self, painter: QPainter, theme: Theme) -> None:
        self._painter, self._theme = painter, theme

    def _line(self, colour: str, width: float = 1.0, *, dashed: bool = False) -> None:
        """Draw outlines from here on."""
        style = Qt.PenStyle.DashLine if dashed else Qt.PenStyle.SolidLine
        self._painter.setPen(QPen(QColor(colour), width, style))
        self._painter.setBrush(Qt.BrushStyle.NoBrush)

    def paper(self, rect: QRectF) -> None:
        """Paint the empty sheet."""
        self._painter.fillRect(rect, QColor(self._theme.raised))

    def guides(self, rect: QRectF) -> None:
        """Paint faintly the box that MNIST's digits fill, and the middle."""
        inner = QRectF(0, 0, rect.width() * MNIST_BOX, rect.height() * MNIST_BOX)
        inner.moveCenter(rect.center())
        self._line(self._theme.border)
        self._painter.drawRect(inner)
        centre = rect.center()
        for arm in (QPointF(_ARM, 0), QPointF(0, _ARM)):
            self._painter.drawLine(centre - arm, centre + arm)

    def ink(self, sheet: NDArray[np.uint8]) -> QImage:
        """Return the ink of a sheet (height, width) in the colour of text, as opaque as it is."""
        ink = QColor(self._theme.text)
        levels = np.arange(FULL + 1, dtype=np.float64)[:, None] / FULL
        # Blue, green, red, alpha: that is how Qt keeps 32 bits; premultiplied, as it paints them.
        table = np.rint(levels * (ink.blue(), ink.green(), ink.red(), FULL)).astype(np.uint8)
        pixels = np.ascontiguousarray(table[sheet])
        height, width = sheet.shape
        kind = QImage.Format.Format_ARGB32_Premultiplied
        return QImage(pixels.data, width, height, 4 * width, kind).copy()

    def words(self, rect: QRectF, words: str, more: str) -> None:
        """Say what an empty sheet is for, around its middle."""
        painter, usual = self._painter, self._painter.font()
        large = self._painter.font()
        large.setPointSizeF(1.5 * usual.pointSizeF())
        painter.setPen(QColor(self._theme.muted))
        painter.setFont(large)
        flags = Qt.AlignmentFlag.AlignHCenter | Qt.TextFlag.TextWordWrap
        gap, side = 2 * _ARM, rect.width() * (1 - MNIST_BOX) / 2
        upper = rect.adjusted(side, 0, -side, -rect.height() / 2 - gap)
        painter.drawText(upper, flags | Qt.AlignmentFlag.AlignBottom, words)
        painter.setFont(usual)
        lower = rect.adjusted(side, rect.height() / 2 + gap, -side, 0)
        painter.drawText(lower, flags | Qt.AlignmentFlag.AlignTop, more)

    def marks(
        self,
        rect: QRectF,
        scale: float,
        box: tuple[int, int, int, int],
        mass: tuple[float, float],
    ) -> None:
        """Mark the box of the ink and its centre of mass, ``scale`` pixels for one of the sheet."""
        top, left, bottom, right = (scale * edge for edge in box)
        self._line(self._theme.test, 1.5, dashed=True)
        outline = QRectF(left, top, right - left, bottom - top)
        self._painter.drawRect(outline.translated(rect.topLeft()))
        centre = rect.topLeft() + QPointF(mass[1], mass[0]) * scale
        # A dot within a ring: to be seen on ink and on paper, in light and in dark.
        self._line(self._theme.surface, 2)
        self._painter.setBrush(QColor(self._theme.test))
        self._painter.drawEllipse(centre, _ARM, _ARM)

    def edge(self, rect: QRectF, *, focused: bool) -> None:
        """Paint the edge of the sheet, and whether keys go to it."""
        if focused:
            self._line(self._theme.accent, 2)
        else:
            self._line(self._theme.border)
        self._painter.drawRect(rect)

    def pen(self, place: QPointF, radius: float, *, erase: bool) -> None:
        """Outline what the pen would cover."""
        self._line(self._theme.bad if erase else self._theme.muted)
        self._painter.drawEllipse(place, radius, radius)
