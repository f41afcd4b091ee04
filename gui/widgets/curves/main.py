"""The curves of the present run: the lines that are read first."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor

from gui.theme import LIGHT, Theme
from gui.widgets.basics.short_number import exact_number, legend_number
from gui.widgets.curves.legend import Entry
from gui.widgets.curves.lines import FrontLine
from gui.widgets.curves.runs import BranchDots, Drawing, index_at, nearest_index

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray
    from PySide6.QtGui import QPainter, QPen

    from gui.widgets.curves.lines import CurveLine
    from gui.widgets.curves.zoom import ZoomBox

_RAW_ALPHA = 85
"""How faint a curve is behind its mean, of 255."""
_NOTHING = np.empty(0)


@dataclass(frozen=True, slots=True)
class Curve:
    """How one curve is named and drawn.

    ``colour`` names a field of :class:`Theme`, so that the curve follows light and dark. Without a
    pen the values are read but not drawn: something else, bars perhaps, shows them.
    """

    name: str
    colour: str
    style: Qt.PenStyle = Qt.PenStyle.SolidLine
    width: float = 2.0
    """In pixels."""


class MainCurves:
    """Draws the curves of the present run, each before what it is the mean of.

    Each is smooth where it is short; see :class:`CurveLine`.
    """

    def __init__(self, box: ZoomBox, curves: Sequence[Curve]) -> None:
        self.curves = tuple(curves)
        self._box = box
        self._theme = LIGHT
        self._drawing = Drawing()
        self._data: dict[str, tuple[NDArray[Any], NDArray[Any]]] = {}
        self.names: dict[str, tuple[str, str]] = {}
        """What the legend calls a curve that is not called by its name, and where there is little
        room; empty: it is left out."""
        self._smooth: dict[str, NDArray[Any]] = {}
        self.lines = {curve.name: self._make_line() for curve in curves}
        """Of curves, or of their means where they are smoothed."""
        self._raw: dict[str, FrontLine] = {}
        """Made with the first mean."""
        self._stops: NDArray[Any] | None = None
        self._dots = BranchDots(box, z=0.0)

    def _make_line(self) -> FrontLine:
        line = FrontLine()
        self._box.addItem(line, ignoreBounds=True)
        return line

    def set_theme(self, theme: Theme) -> None:
        """Use these colours."""
        self._theme = theme
        self._choose_pens()
        self._draw_dots()
        self._box.curves_changed.emit()

    def _choose_pens(self) -> None:
        for curve in self.curves:
            colour = QColor(getattr(self._theme, curve.colour))
            width = curve.width * self._drawing.thickness
            self.lines[curve.name].set_pen(pg.mkPen(colour, width=width, style=curve.style))
        for name, line in self._raw.items():
            line.set_pen(self._raw_pen(name))

    def set_drawing(self, drawing: Drawing) -> None:
        """Draw at other places."""
        self._drawing = drawing
        self._choose_pens()
        for name in self._data:
            self._draw(name)
        self._draw_dots()

    def set_visible(self, name: str, visible: bool) -> None:
        """Show or hide one curve."""
        self.lines[name].setVisible(visible)
        if name in self._raw:
            self._raw[name].setVisible(visible)
        self._draw_dots()
        self._box.curves_changed.emit()

    def paint(self, painter: QPainter) -> None:
        """Paint the curves over what stands still, in pixels of the box."""
        painter.setTransform(self._box.childTransform(), combine=True)
        for line in (*self._raw.values(), *self.lines.values()):
            if line.isVisible():
                line.paint(painter, None, None)

    def is_visible(self, name: str) -> bool:
        """Whether a curve is shown."""
        return bool(self.lines[name].isVisible())

    def set_data(self, name: str, x: NDArray[Any], y: NDArray[Any]) -> None:
        """Draw one curve, x ascending."""
        before, _ = self.data(name)
        self._data[name] = (x, y)
        self._draw(name)
        if not np.array_equal(before[:1], x[:1]):
            self._draw_dots()

    def _draw_dots(self) -> None:
        """Mark where a run that is a branch left its parent."""
        drawn = [curve for curve in self.curves if curve.style != Qt.PenStyle.NoPen]
        shown = [curve for curve in drawn if self.is_visible(curve.name)]
        self._dots.draw(
            self._drawing,
            [(*self.data(curve.name), getattr(self._theme, curve.colour)) for curve in shown],
        )

    def _draw(self, name: str) -> None:
        (x, y), drawing = self._data[name], self._drawing
        places, smooth = drawing.x.places(x), drawing.smooth(y)
        self._smooth[name] = smooth
        self.lines[name].set_points(places, drawing.y.places(smooth))
        if drawing.smoothing > 1:
            self.raw_line(name).set_points(places, drawing.y.places(y))
        elif name in self._raw and self._raw[name].n_points:
            self._raw[name].set_points(_NOTHING, _NOTHING)
        self._box.curves_changed.emit()

    def data(self, name: str) -> tuple[NDArray[Any], NDArray[Any]]:
        """Return the (x, y) last set for a curve."""
        return self._data.get(name, (_NOTHING, _NOTHING))

    def raw_line(self, name: str) -> CurveLine:
        """Return the line of a curve itself, of no points where it is not smoothed."""
        if name not in self._raw:
            line = self._raw[name] = self._make_line()
            line.set_pen(self._raw_pen(name))
            line.setVisible(self.is_visible(name))
        return self._raw[name]

    def _raw_pen(self, name: str) -> QPen:
        curve = next(curve for curve in self.curves if curve.name == name)
        colour = QColor(getattr(self._theme, curve.colour))
        colour.setAlpha(_RAW_ALPHA)
        return pg.mkPen(colour, width=self._drawing.thickness)

    def xs(self) -> Iterator[NDArray[Any]]:
        """Yield the x of every curve."""
        return (x for x, _ in self._data.values())

    def arrays(self) -> Iterator[NDArray[Any]]:
        """Yield the y of every curve that is shown."""
        return (y for name, (_, y) in self._data.items() if self.is_visible(name))

    def set_stops(self, stops: NDArray[Any] | None) -> None:
        """Read at these x alone, ascending; there only curves that have a point are read.

        None is for the points of the first curve, and of the others those nearest to them.
        """
        self._stops = stops

    def nearest_x(self, x: float) -> float | None:
        """Return the x of the data point drawn nearest to ``x``."""
        if self._stops is not None:
            i = nearest_index(self._stops, x, self._drawing.x)
            return None if i is None else float(self._stops[i])
        for curve in self.curves:
            xs, _ = self.data(curve.name)
            i = nearest_index(xs, x, self._drawing.x)
            if i is not None:
                return float(xs[i])
        return None

    def called(self, name: str) -> tuple[str, str]:
        """Return what a curve is called, and where there is little room."""
        return self.names.get(name, (name, ""))

    def entries(self, at: float | None, *, percent: bool = False) -> list[Entry]:
        """Return the curves shown for the legend, each with its value at ``at``; None: the last."""
        entries = []
        for curve in self.curves:
            name, short = self.called(curve.name)
            if self.is_visible(curve.name) and name:
                x, y = self.data(curve.name)
                i = index_at(x, at, may_lag=self._stops is None)
                value = "" if i is None else legend_number(float(y[i]), percent=percent)
                entries.append(Entry(name, value, curve.colour, curve.style, short))
        return entries

    def describe(self, at: float) -> list[str]:
        """Return the exact value of each curve, and its mean if that is drawn, as rich text."""
        lines = []
        for curve in self.curves:
            xs, ys = self.data(curve.name)
            i = nearest_index(xs, at)
            if i is None or not self.is_visible(curve.name):
                continue
            if self._stops is not None and xs[i] != at:
                continue
            words = f"{curve.name} {exact_number(ys[i])}"
            if self._drawing.smoothing > 1:
                words += f" &nbsp;(mean {exact_number(self._smooth[curve.name][i])})"
            colour = getattr(self._theme, curve.colour)
            lines.append(f'<span style="color:{colour}">{words}</span>')
        return lines
