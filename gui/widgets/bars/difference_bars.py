"""By how much one of two is ahead: bars of new draws, and the interval the truth lies in."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from gui.theme import on_paper
from gui.widgets.basics.painted import Painted
from gui.widgets.basics.ticks import linear_ticks

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray
    from PySide6.QtGui import QMouseEvent, QPaintEvent
    from PySide6.QtWidgets import QWidget

    from core.report.figures import Chart

_COLOURS = ("train", "test")
"""Where the first is ahead, and where the second is."""

_ALPHA = 95
_MOST_BARS = 24
_SIDE = 10
_ROOM = 0.06
"""Of the range, left empty at either end."""

_CAP = 5
_MOST_TICKS = 6


class DifferenceBars(Painted):
    """Differences in points, the right of zero in the colour of the first."""

    usual, least = QSize(420, 64), QSize(160, 60)
    in_words = 60

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("by how much A is ahead of B", parent)
        self._points: NDArray[np.float64] = np.empty(0)
        self._ahead = self._half = 0.0
        self._grain = 1.0

    def set_difference(
        self, ahead: float, half_width: float, redrawn: NDArray[np.float64], n_images: int
    ) -> None:
        """Show these differences, shares of ``n_images`` images."""
        self._points, self._grain = 100.0 * redrawn, 100.0 / n_images
        self._ahead, self._half = 100.0 * ahead, 100.0 * half_width
        self.update()

    def clear(self) -> None:
        """Show nothing."""
        self._points = np.empty(0)
        self.update()

    @property
    def interval(self) -> tuple[float, float]:
        """The ends of the interval, in points."""
        return self._ahead - self._half, self._ahead + self._half

    def _range(self) -> tuple[float, float]:
        ends = [0.0, *self.interval, float(self._points.min()), float(self._points.max())]
        room = _ROOM * (max(ends) - min(ends))
        return min(ends) - room, max(ends) + room

    def bars(self) -> Iterator[tuple[float, float, float]]:
        """Yield where each bar begins and ends, in points, and how many new draws it holds.

        None lies on both sides of zero: what is exactly there has a bar of its own.
        """
        low, high = self._range()
        images = np.rint(self._points / self._grain).astype(np.int64)
        step = max(math.ceil((high - low) / self._grain / _MOST_BARS), 1)
        places = np.sign(images) * -(-np.abs(images) // step)
        for place, count in zip(*np.unique(places, return_counts=True), strict=True):
            sign = np.sign(place)
            # Ends lie between two differences that there can be.
            inner, outer = (place - sign) * step + sign / 2, place * step + sign / 2
            first, last = sorted((inner, outer)) if sign else (-0.5, 0.5)
            yield float(first) * self._grain, float(last) * self._grain, float(count)

    def x_of(self, points: float) -> float:
        """Return the pixel at which a difference lies."""
        low, high = self._range()
        return _SIDE + (self.width() - 2 * _SIDE) * (points - low) / (high - low)

    def _axis(self) -> float:
        return self.height() - self.fontMetrics().height() - 6.0

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint bars, interval, zero and ticks."""
        if not len(self._points):
            return
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            self._paint_bars(painter)
            self._paint_axis(painter)
            self._paint_interval(painter)

    def _paint_bars(self, painter: QPainter) -> None:
        # Above the highest bar stands who is ahead.
        axis, words, bars = self._axis(), self.fontMetrics().height() + 2, list(self.bars())
        heights = [count / (last - first) for first, last, count in bars]
        top = max(heights)
        for (first, last, _), height in zip(bars, heights, strict=True):
            left, right = self.x_of(first), self.x_of(last)
            name = "muted" if first < 0 < last else _COLOURS[first < 0]
            colour = QColor(getattr(self._theme, name))
            colour.setAlpha(_ALPHA)
            size = (axis - words) * height / top
            width = max(right - left - 1.0, 1.0)
            painter.fillRect(QRectF(left + 0.5, axis - size, width, size), colour)

    def _paint_axis(self, painter: QPainter) -> None:
        axis, metrics = self._axis(), self.fontMetrics()
        painter.setPen(QPen(QColor(self._theme.edge), 1))
        painter.drawLine(QPointF(_SIDE, axis), QPointF(self.width() - _SIDE, axis))
        painter.setPen(QPen(QColor(self._theme.text), 1.5))
        zero = self.x_of(0.0)
        painter.drawLine(QPointF(zero, 2), QPointF(zero, axis))
        painter.setPen(QColor(self._theme.muted))
        ticks = self.ticks()
        for points in ticks:
            words = _words(points) + (" points" if points == ticks[-1] else "")
            width = metrics.horizontalAdvance(words)
            left = self.x_of(points) - metrics.horizontalAdvance(_words(points)) / 2
            left = min(max(left, 0.0), self.width() - width)
            painter.drawText(QPointF(left, axis + metrics.ascent() + 3), words)
        ends = ("B ahead", "A ahead")
        box = QRectF(_SIDE, 0, self.width() - 2 * _SIDE, metrics.height())
        sides = (Qt.AlignmentFlag.AlignLeft, Qt.AlignmentFlag.AlignRight)
        for text, side, name in zip(ends, sides, reversed(_COLOURS), strict=True):
            painter.setPen(QColor(getattr(self._theme, name)))
            painter.drawText(box, side, text)

    def ticks(self) -> list[float]:
        """Return round differences with room for their words."""
        room = self.fontMetrics().horizontalAdvance("−0.5 points") + 8
        return linear_ticks(*self._range(), self.width(), max(room, self.width() / _MOST_TICKS))[1]

    def _paint_interval(self, painter: QPainter) -> None:
        y = self._axis() - 14.0
        left, right = (self.x_of(end) for end in self.interval)
        painter.setPen(QPen(QColor(self._theme.text), 2))
        painter.drawLine(QPointF(left, y), QPointF(right, y))
        for x in (left, right):
            painter.drawLine(QPointF(x, y - _CAP), QPointF(x, y + _CAP))
        painter.setBrush(QColor(self._theme.text))
        painter.drawEllipse(QPointF(self.x_of(self._ahead), y), _CAP - 0.5, _CAP - 0.5)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Say how often each of the two is ahead."""
        self.tell(event, self.describe())

    def describe(self) -> str:
        """Return how often each of the two is ahead."""
        n = len(self._points)
        if not n:
            return ""
        first, second = int((self._points > 0).sum()), int((self._points < 0).sum())
        words = f"Of {n:,} new draws of the images A is ahead in {first:,}, B in {second:,}"
        return f"{words}; in {n - first - second:,} they are even."

    def figure(self) -> Chart | None:
        """Return the new draws and the interval; None where there is none."""
        if not len(self._points):
            return None
        from core.report.figures import Chart, Line, Rule

        bars = list(self.bars())
        lines = []
        for label, colour, sign in (("A ahead", _COLOURS[0], 1), ("B ahead", _COLOURS[1], -1)):
            mine = [(0.5 * (a + b), count) for a, b, count in bars if sign * (a + b) > 0]
            x, y = (np.array(values) for values in zip(*mine, strict=True)) if mine else (
                np.empty(0), np.empty(0))  # fmt: skip
            lines.append(Line(label, x, y, on_paper(colour), bars=1))
        low, high = self.interval
        rules = (Rule("", low), Rule(f"{self._ahead:+.2f}", self._ahead), Rule("", high))
        return Chart(
            title="By how much A is ahead of B",
            subtitle="",
            x_label="points",
            y_label="new draws of the images",
            lines=tuple(line for line in lines if len(line.x)),
            rules=rules,
        )


def _words(points: float) -> str:
    """Return a difference with its sign, a true minus."""
    words = f"{points:+.2f}".rstrip("0").rstrip(".")
    return "0" if points == 0 else words.replace("-", "−")
