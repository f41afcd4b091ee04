"""A curve over epochs with a band around it, and bars over the same epochs."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor

from core.words import MINUS, at_least, at_most
from gui.theme import grow, on_paper
from gui.widgets.basics.ticks import round_below
from gui.widgets.curves.plot import Curve, CurvePlot
from gui.widgets.curves.runs import Band

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray
    from PySide6.QtWidgets import QWidget

    from core.report.figures import Chart
    from gui.theme import Theme

AXIS_WIDTH = 56
"""Of the left axis, so that plots below each other have their epochs below each other."""
LEAST_BARS = 34
"""Pixels at 100 % in which a number on either side of zero has room."""
_HEADROOM = 1.2


class BandPlot(CurvePlot):
    """One curve, and between which values it would lie for other images."""

    def __init__(
        self,
        title: str,
        curves: Sequence[Curve],
        help_text: str,
        y_label: str,
        parent: QWidget | None = None,
    ) -> None:
        self._choices = {curve.name: curve for curve in curves}
        super().__init__(
            title, "epoch", curves, help_text, compact=True, y_label=y_label, parent=parent
        )
        self.view.axes["left"].setWidth(AXIS_WIDTH)
        self.view.axes["bottom"].setStyle(showValues=False)  # they stand below the bars
        self.choose_curve(curves[0].name)

    def choose_curve(self, name: str) -> None:
        """Show this one of the curves; the others are empty and hidden."""
        self._curve = self._choices[name]
        for other in self._choices:
            self.set_curve_visible(other, other == name)
            if other != name:
                self.set_data(other, np.empty(0), np.empty(0))

    @property
    def band(self) -> tuple[NDArray[Any], NDArray[Any], NDArray[Any]]:
        """The (x, low, high) drawn."""
        none = np.empty(0)
        return next(((one.x, one.low, one.high) for one in self.bands.bands), (none, none, none))

    def set_band(self, x: NDArray[Any], low: NDArray[Any], high: NDArray[Any], words: str) -> None:
        """Fill between two curves; ``words`` are put before the two values that hovering reads.

        Places where either is not a number are left out.
        """
        keep = np.isfinite(low) & np.isfinite(high)
        none = np.full(int(keep.sum()), np.nan)
        self.set_bands([Band(0, words, self._curve.colour, x[keep], low[keep], none, high[keep])])

    def describe(self, x: float) -> str:
        """Return the value and the band at the data point nearest to ``x``, as rich text."""
        words, at = super().describe(x), self.main.nearest_x(x)
        for band, (low, _, high) in self.bands.values_at(np.nan if at is None else at):
            words += f" &nbsp; {band.name}: {at_least(low, 4)} to {at_most(high, 4)}"
        return words


class EpochBars(CurvePlot):
    """Bars over epochs; those of the names in ``downward`` hang down from zero.

    The numbers beside the axis and under the pointer are without sign. The first ``n_cut`` bars may
    go out of the picture: they would dwarf the others, and have an arrow there. ``shares`` are
    written in per cent.
    """

    def __init__(
        self,
        title: str,
        curves: Sequence[Curve],
        help_text: str,
        *,
        downward: frozenset[str] = frozenset(),
        n_cut: int = 0,
        shares: bool = False,
        y_label: str = "",
        parent: QWidget | None = None,
    ) -> None:
        self._downward, self._n_cut, self._shares = downward, n_cut, shares
        self._bar_curves = tuple(replace(curve, style=Qt.PenStyle.NoPen) for curve in curves)
        self._heights: dict[str, NDArray[Any]] = {}
        self._bars = {curve.name: pg.BarGraphItem(x=[], height=[], width=1) for curve in curves}
        super().__init__(
            title,
            "epoch",
            self._bar_curves,
            help_text,
            compact=True,
            y_label=y_label,
            parent=parent,
        )
        self.view.axes["left"].setWidth(AXIS_WIDTH)
        self.view.axes["bottom"].setGrid(False)
        self.view.axes["bottom"].setStyle(showValues=False)  # they stand below the whole column
        for bars in self._bars.values():
            self.box.addItem(bars, ignoreBounds=True)
        grow(self.view, minimum_height=LEAST_BARS)
        self.set_theme(self._theme)

    def set_theme(self, theme: Theme) -> None:
        """Use these colours."""
        super().set_theme(theme)
        for curve in self._bar_curves:
            colour = QColor(getattr(theme, curve.colour))
            # The pen is a pixel wide whatever the scale: a narrow bar would not be painted at all.
            self._bars[curve.name].setOpts(brush=colour, pen=pg.mkPen(colour, width=1))

    def set_data(self, name: str, x: NDArray[Any], y: NDArray[Any]) -> None:
        """Draw bars of these heights, not negative ones."""
        super().set_data(name, x, y)
        self._heights[name] = y
        # The usual gap: best and last epoch may lie nearer to their neighbours than all others.
        gaps = np.diff(x)
        width = 0.8 * float(np.median(gaps)) if len(gaps) else 0.8
        heights, some = (-y if name in self._downward else y), y > 0
        self._bars[name].setOpts(
            x=np.asarray(x, dtype=float)[some], height=heights[some], width=width
        )
        self.view.outdate()
        self._fit()

    def figure(self) -> Chart | None:
        """Return the bars; None where there is none."""
        from core.report.figures import Line

        lines = tuple(
            Line(
                label=curve.name,
                x=self.main.data(curve.name)[0],
                y=self._heights[curve.name],
                colour=on_paper(curve.colour),
                bars=-1 if curve.name in self._downward else 1,
            )
            for curve in self._bar_curves
            if curve.name in self._heights
        )
        is_there = any(len(line.x) for line in lines)
        chart = self._chart()
        return replace(chart, lines=chart.lines + lines) if is_there else None

    def _fit(self) -> None:
        """Show all bars, from the deepest to the highest, but for the first ones left out."""
        n = self._n_cut
        shown = {name: y[n:] if len(y) > n else y for name, y in self._heights.items()}
        up = [y.max(initial=0) for name, y in shown.items() if name not in self._downward]
        down = [y.max(initial=0) for name, y in shown.items() if name in self._downward]
        high, low = max(up, default=0), max(down, default=0)
        if not (low or high):
            high = 1
        top = _HEADROOM * float(high)  # else the upper number is cut
        self.set_y_range(-float(low), top)
        self.edges.cut = tuple(
            (float(x), name not in self._downward)
            for name, y in self._heights.items()
            for x, height in zip(self.main.data(name)[0][:n], y[:n], strict=True)
            if height > (low if name in self._downward else top)
        )
        # One number on either side of zero and none at it: there is no room for more.
        ends = [sign * round_below(float(end)) for sign, end in ((1, high), (-1, low)) if end]
        self.view.axes["left"].setTicks([[(end, self._form(end)) for end in ends]])
        self.view.axes["left"].setGrid(False)

    def _form(self, end: float) -> str:
        """Return a number beside the axis: a share in per cent, a count with its way."""
        if self._shares:
            return f"{100 * end:.3g} %"
        return f"{end:+g}".replace("-", MINUS) if self._downward else f"{end:g}"
