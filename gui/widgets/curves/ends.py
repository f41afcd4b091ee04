"""Names at the ends of curves: nobody has to look for the legend."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter
from PySide6.QtWidgets import QApplication

from gui.theme import LIGHT, STAGE, STAGE_DARK, Theme
from gui.widgets.curves.label_places import heights, in_pixels, is_free

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from gui.widgets.curves.edges import EdgeMarks
    from gui.widgets.curves.lines import CurveLine
    from gui.widgets.curves.main import MainCurves
    from gui.widgets.curves.marks import PlotMarks
    from gui.widgets.curves.runs import Drawing, RunLayer
    from gui.widgets.curves.zoom import ZoomBox

_GAP = 3.0
"""Pixels between a name and any curve."""
_STEPS = 4
"""Of a third of a line each: so far from its curve a name may stand."""


@dataclass(frozen=True, slots=True)
class EndName:
    """A name and where it stands, in pixels of the box."""

    words: str
    colour: str
    is_main: bool
    rect: QRectF


class EndNames:
    """Puts names at the ends of curves, on the stage or wherever it is told to.

    None lies on another, on a curve, on the star or on what the edges say, or is nearer to another
    curve than to its own: for a name without such a place there is the legend. The present run's
    curves come first: rather than not at all they are named over another run's.
    """

    def __init__(
        self,
        box: ZoomBox,
        layers: tuple[MainCurves, RunLayer, PlotMarks, EdgeMarks],
        *,
        always: bool,
    ) -> None:
        self._box, self._always = box, always
        self._main, self._runs, self._marks, self._edges = layers
        self._theme = LIGHT
        self.placed: tuple[EndName, ...] = ()
        """The names that found room."""
        self._is_above: dict[str, bool] = {}
        """On which side of its curve a name was last: there it stays while it can."""

    def set_theme(self, theme: Theme) -> None:
        """Use these colours."""
        self._theme = theme

    def set_drawing(self, drawing: Drawing) -> None:
        """Lines know where they are drawn."""

    def arrange(self, painter: QPainter) -> None:
        """Find the places anew; called where curves are painted, as they are another then."""
        self.placed = ()
        if not (self._always or self._theme in (STAGE, STAGE_DARK)):
            return
        lines = list(self._lines())
        every = [line for _, _, _, line in lines]
        own = [line for _, _, is_main, line in lines if is_main]
        for words, colour, is_main, line in lines:
            if not words:
                continue
            metrics = QFontMetricsF(_font(is_main))
            wanted = metrics.horizontalAdvance(words) + 2, metrics.height()
            rect = self._place(words, line, every, wanted)
            if rect is None and is_main:
                rect = self._place(words, line, own, wanted)
            if rect is not None:
                self.placed += (EndName(words, colour, is_main, rect),)

    def _lines(self) -> Iterator[tuple[str, str, bool, CurveLine]]:
        main, runs = self._main, self._runs
        for curve in main.curves:
            if main.is_visible(curve.name) and curve.style != Qt.PenStyle.NoPen:
                yield main.called(curve.name)[0], curve.colour, True, main.lines[curve.name]
        for run in sorted(runs.runs, key=lambda run: not run.strong):
            for (name, _, _), line in zip(run.curves, runs.lines(run.key), strict=True):
                yield run.label(name), run.colour, False, line

    def _place(
        self, words: str, line: CurveLine, lines: list[CurveLine], size: tuple[float, float]
    ) -> QRectF | None:
        """Return where a name stands beside the end of its line, if it can."""
        rect, (width, height) = self._box.rect(), size
        x, y = in_pixels(self._box, *line.places)
        seen = (x >= rect.left()) & (x <= rect.right() + 0.5)
        if not seen.any() or not rect.top() <= y[seen][-1] <= rect.bottom():
            return None
        left = max(float(x[seen][-1]) - width - _GAP, rect.left())
        others = heights(self._box, lines, left - _GAP, left + width + _GAP)
        at = lines.index(line)
        own = np.append(others[at], y[seen][-1])  # of one point nothing is between
        top, bottom = float(np.nanmin(own)) - _GAP - height, float(np.nanmax(own)) + _GAP
        first = self._is_above.get(words, False)
        ways = [
            (is_above, (top if is_above else bottom) + (-1 if is_above else 1) * height * step / 3)
            for step in range(_STEPS)
            for is_above in (first, not first)
        ]
        for is_above, place in ways:
            wanted = QRectF(left, place, width, height)
            near = place in (top, bottom) or _is_nearest(
                wanted, own, others[:at] + others[at + 1 :]
            )
            if rect.contains(wanted) and near and self._is_free(wanted, others):
                self._is_above[words] = is_above
                return wanted
        return None

    def _is_free(self, wanted: QRectF, curves: list[NDArray[np.float64]]) -> bool:
        taken = chain((name.rect for name in self.placed), self._edges.boxes, self._marks.boxes())
        free = not any(wanted.intersects(rect) for rect in taken)
        return free and is_free(wanted, curves, _GAP / 2)

    def paint(self, painter: QPainter) -> None:
        """Paint the names, in pixels of the box."""
        behind = QColor(self._theme.surface)
        behind.setAlpha(215)
        for name in self.placed:
            painter.fillRect(name.rect, behind)
            painter.setFont(_font(name.is_main))
            painter.setPen(QColor(self._theme.colour(name.colour)))
            painter.drawText(name.rect, Qt.AlignmentFlag.AlignCenter, name.words)


def _is_nearest(name: QRectF, own: NDArray[np.float64], others: list[NDArray[np.float64]]) -> bool:
    """Whether no other curve is nearer to a name than its own, in heights beside it."""

    def away(curve: NDArray[np.float64]) -> float:
        off = np.maximum(name.top() - curve, curve - name.bottom())
        return float(np.nanmin(off)) if np.isfinite(off).any() else np.inf

    return away(own) <= min(map(away, others), default=np.inf)


def _font(is_main: bool) -> QFont:
    font = QApplication.font()
    if is_main:
        font.setWeight(QFont.Weight.DemiBold)
    else:
        font.setPointSizeF(font.pointSizeF() * 0.9)
    return font
