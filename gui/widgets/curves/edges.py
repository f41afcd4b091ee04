"""Where curves leave a plot for good: an arrow at its edge, and how far they go."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPolygonF

from gui.theme import LIGHT, Theme
from gui.widgets.basics.short_number import short_number
from gui.widgets.curves.label_places import heights, is_free, lines_of
from gui.widgets.curves.runs import Drawing

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from gui.widgets.curves.lines import CurveLine
    from gui.widgets.curves.main import MainCurves
    from gui.widgets.curves.runs import RunLayer
    from gui.widgets.curves.zoom import ZoomBox

_ARROW = 5.0
"""Pixels from the middle of an arrow to its corners."""
_GAP = 4.0
_MOST, _MOST_HEIGHT = 3, 0.25
"""Curves named at one edge, and the part of the height for them; of more it is said how many."""


@dataclass(frozen=True, slots=True)
class Leaving:
    """The end of a curve outside the plot.

    Attributes
    ----------
    name, colour : of the curve, or of its run
    x : place where it ends
    value : how far it has gone, the farthest of those of one run
    is_up : whether it leaves above
    line : what is painted of it
    """

    name: str
    colour: str
    x: float
    value: float
    is_up: bool
    line: CurveLine

    @property
    def words(self) -> str:
        """What stands beside the arrow."""
        return f"{self.name} {'up' if self.is_up else 'down'} to {short_number(self.value)}"


class EdgeMarks:
    """Finds curves that end outside the range shown, and paints arrows for them.

    One that comes in from outside, as every run does that begins, is no such curve. Whoever has
    zoomed knows that there is more.
    """

    def __init__(self, box: ZoomBox, main: MainCurves, runs: RunLayer) -> None:
        self._box, self._main, self._runs = box, main, runs
        self._theme, self._drawing = LIGHT, Drawing()
        self.cut: tuple[tuple[float, bool], ...] = ()
        """Where bars go on beyond the picture, and whether above: an arrow is left out of them."""
        self._placed: list[tuple[QColor, QPolygonF, QRectF, str]] = []

    def set_theme(self, theme: Theme) -> None:
        """Use these colours."""
        self._theme = theme

    def set_drawing(self, drawing: Drawing) -> None:
        """Draw at other places."""
        self._drawing = drawing

    def found(self) -> list[Leaving]:
        """Return what has left, the present run's curves first."""
        if self._box.depth:
            return []
        ends = [end for one in self._curves() if (end := self._end(*one)) is not None]
        farthest: dict[tuple[str, bool], Leaving] = {}
        for end in ends:
            known = farthest.get((end.name, end.is_up))
            if known is None or abs(end.value) > abs(known.value):
                farthest[end.name, end.is_up] = end
        return list(farthest.values())

    def _curves(
        self,
    ) -> Iterator[tuple[str, str, CurveLine, NDArray[np.float64], NDArray[np.float64]]]:
        main = self._main
        for curve in main.curves:
            if main.is_visible(curve.name) and curve.style != Qt.PenStyle.NoPen:
                line = main.lines[curve.name]
                yield main.called(curve.name)[0], curve.colour, line, *main.data(curve.name)
        for run in self._runs.runs:
            for (_, x, y), line in zip(run.curves, self._runs.lines(run.key), strict=True):
                yield run.name, run.colour, line, x, y

    def _end(
        self,
        name: str,
        colour: str,
        line: CurveLine,
        x: NDArray[np.float64],
        y: NDArray[np.float64],
    ) -> Leaving | None:
        (left, right), (low, high) = self._box.viewRange()
        last = len(x) - 1
        while last >= 0 and not np.isfinite(y[last]):
            last -= 1
        if last < 0:
            return None
        at, place = self._drawing.x.place(float(x[last])), self._drawing.y.place(float(y[last]))
        if not np.isfinite((at, place)).all() or low <= place <= high:
            return None
        x_end = min(max(at, left), right)
        return Leaving(name, colour, x_end, float(y[last]), place > high, line)

    @property
    def boxes(self) -> list[QRectF]:
        """Where words stand, in pixels of the box."""
        return [box for _, _, box, words in self._placed if words]

    def arrange(self, painter: QPainter) -> None:
        """Find the places anew; called where curves are painted, as they are another then."""
        found, self._placed = self.found(), []
        for is_up in (True, False):
            self._arrange_edge(painter, [end for end in found if end.is_up is is_up])
        for x, is_up in self.cut:
            tip = self._arrow(self._drawing.x.place(x), is_up, _GAP)
            self._placed.append((QColor(self._theme.surface), tip, QRectF(), ""))

    def _arrow(self, x: float, is_up: bool, depth: float) -> QPolygonF:
        """Return an arrow at a place, with its tip so many pixels within the edge."""
        rect, (left, right) = self._box.rect(), self._box.viewRange()[0]
        at = rect.left() + (x - left) / (right - left) * rect.width()
        at = min(max(at, rect.left() + _ARROW), rect.right() - _ARROW)
        edge, sign = (rect.top(), 1) if is_up else (rect.bottom(), -1)
        tip, foot = edge + sign * depth, edge + sign * (depth + 2 * _ARROW)
        corners = (at - _ARROW, foot), (at + _ARROW, foot), (at, tip)
        return QPolygonF([QPointF(*corner) for corner in corners])

    def _arrange_edge(self, painter: QPainter, ends: list[Leaving]) -> None:
        rect, metrics = self._box.rect(), QFontMetricsF(painter.font())
        lines = lines_of(self._main, self._runs) if ends else []
        line = metrics.height()
        most = min(int(_MOST_HEIGHT * rect.height() / line), _MOST)
        for row, end in enumerate(ends[: max(most, 1)]):
            words = end.words if most else ""
            if row == most - 1 and len(ends) > most:
                words = f"{words}, {len(ends) - most} more"
            tip = self._arrow(end.x, end.is_up, _GAP + line * row + line / 2 - _ARROW)
            x, y = tip.boundingRect().center().x(), tip.boundingRect().center().y()
            width = metrics.horizontalAdvance(words) + 2
            # Where other curves are in the way on both sides, the arrow and the legend are enough.
            others = [other for other in lines if other is not end.line]
            for start in (x - _ARROW - _GAP - width, x + _ARROW + _GAP):
                box = QRectF(start, y - line / 2, width, line)
                inside = rect.left() <= start and box.right() <= rect.right()
                if inside and is_free(box, heights(self._box, others, start, box.right()), 0.0):
                    break
            else:
                words = ""
            self._placed.append((QColor(self._theme.colour(end.colour)), tip, box, words))

    def paint(self, painter: QPainter) -> None:
        """Paint arrows and words, in pixels of the box."""
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        behind = QColor(self._theme.surface)
        behind.setAlpha(215)
        for colour, tip, box, words in self._placed:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(colour)
            painter.drawPolygon(tip)
            if words:
                painter.fillRect(box, behind)
                painter.setPen(colour)
                painter.drawText(box, Qt.AlignmentFlag.AlignCenter, words)
