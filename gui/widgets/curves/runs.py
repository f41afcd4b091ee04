"""What lies behind the curves of the present run: other runs, and bands of many runs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QColor

from core.learning.smoothing import moving_mean
from gui.theme import LIGHT, Theme
from gui.widgets.basics.short_number import legend_number
from gui.widgets.curves.legend import Entry
from gui.widgets.curves.lines import BandFill, CurveLine
from gui.widgets.curves.scale import Scale

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from numpy.typing import NDArray
    from PySide6.QtCore import Qt
    from PySide6.QtGui import QPen

_RUN_ALPHA = 175
_BAND_ALPHA = 50
_DOT_PIXELS = 7
_HALF_AN_EPOCH = 0.5


@dataclass(frozen=True, slots=True, eq=False)
class RunCurves:
    """The curves of another run.

    Attributes
    ----------
    key : which run it is, from one call to the next
    name : what people call it
    colour : as :meth:`Theme.colour` takes it; a field is drawn as it is, any other a little pale
    curves : (name of the curve in the plot, x ascending, y) each
    strong : the reference: drawn as boldly as the present run
    """

    key: int
    name: str
    colour: str
    curves: tuple[tuple[str, NDArray[Any], NDArray[Any]], ...]
    strong: bool = False

    def label(self, name: str) -> str:
        """Return what one of its curves is called beside those of others."""
        return f"{self.name}, {name}" if len(self.curves) > 1 else self.name


@dataclass(frozen=True, slots=True, eq=False)
class Band:
    """Where most of many runs lie, or a curve of other images.

    Attributes
    ----------
    key, name, colour : as of :class:`RunCurves`
    x, low, median, high : (n,) each, x ascending; the median is NaN where it is drawn already
    """

    key: int
    name: str
    colour: str
    x: NDArray[Any]
    low: NDArray[Any]
    median: NDArray[Any]
    high: NDArray[Any]


@dataclass(frozen=True, slots=True)
class Drawing:
    """How values become places: the scales of both axes, and the mean that is drawn.

    ``thickness`` is the width of a line in pixels of the screen, times that at 100 %.
    """

    x: Scale = Scale.LINEAR
    y: Scale = Scale.LINEAR
    smoothing: int = 1
    thickness: float = 1.0

    def smooth(self, y: NDArray[Any]) -> NDArray[Any]:
        """Return the curve that is drawn.

        The first value stands alone: from before anything is learnt, it would drag the means of
        the next ones far away from every value that was measured there.
        """
        if self.smoothing == 1:
            return y
        return np.concatenate((y[:1], moving_mean(y[1:], self.smoothing)))


def replaced(view: QRectF, before: Drawing, after: Drawing) -> QRectF:
    """Return where the values in a view are now; empty if they have no place."""
    xs = [after.x.place(before.x.value_at(x)) for x in (view.left(), view.right())]
    ys = [after.y.place(before.y.value_at(y)) for y in (view.top(), view.bottom())]
    if not np.isfinite(xs + ys).all():
        return QRectF()
    return QRectF(QPointF(xs[0], ys[0]), QPointF(xs[1], ys[1])).normalized()


def nearest_index(x: NDArray[Any], at: float, scale: Scale = Scale.LINEAR) -> int | None:
    """Return which of ascending ``x`` is drawn nearest to ``at``, or None if none has a place."""
    first = 0 if scale is Scale.LINEAR else int(np.searchsorted(x, 0.0, side="right"))
    if first >= len(x):
        return None
    after = min(max(int(np.searchsorted(x, at)), first), len(x) - 1)
    before = max(after - 1, first)
    middle = 0.5 * (scale.place(float(x[before])) + scale.place(float(x[after])))
    return before if at <= scale.value_at(middle) else after


def index_at(x: NDArray[Any], at: float | None, *, may_lag: bool = True) -> int | None:
    """Return which of ascending ``x`` is nearest to ``at``, the last for None.

    None where there is none, or where ``at`` lies beyond the last, by more than a step where a
    curve may lag: one that is still growing says nothing of a place that it has not reached.
    """
    if at is None or not len(x):
        return len(x) - 1 if len(x) else None
    step = float(x[-1] - x[-2]) if len(x) > 1 else 1.0
    step *= may_lag
    return nearest_index(x, at) if at <= x[-1] + step else None


class BranchDots:
    """Dots where curves begin that left those of a parent; most plots never have one."""

    def __init__(self, box: pg.ViewBox, z: float) -> None:
        self._box, self._z = box, z
        self._item: pg.ScatterPlotItem | None = None

    def draw(
        self, drawing: Drawing, curves: Iterable[tuple[NDArray[Any], NDArray[Any], str]]
    ) -> None:
        """Put a dot at the first point of every (x, y, colour) that begins after 0."""
        xs, ys, brushes = [], [], []
        for x, y, colour in curves:
            if not len(x) or x[0] <= 0:
                continue
            at = drawing.x.place(float(x[0])), drawing.y.place(float(y[0]))
            if np.isfinite(at).all():
                xs.append(at[0])
                ys.append(at[1])
                brushes.append(pg.mkBrush(colour))
        if xs and self._item is None:
            self._item = pg.ScatterPlotItem(size=_DOT_PIXELS, pen=None)
            self._item.setZValue(self._z)
            self._box.addItem(self._item, ignoreBounds=True)
        if self._item is not None:
            self._item.setData(xs, ys, brush=brushes)
            self._item.setVisible(bool(xs))


class RunLayer:
    """Draws other runs behind the present one, touching only what differs from the last time."""

    def __init__(self, box: pg.ViewBox, styles: Mapping[str, Qt.PenStyle]) -> None:
        self._box = box
        self.styles = styles
        self._theme = LIGHT
        self._drawing = Drawing()
        self.runs: tuple[RunCurves, ...] = ()
        """The runs drawn, a later one over an earlier one."""
        self._lines: dict[int, list[CurveLine]] = {}
        self._dots = BranchDots(box, z=-3.0)

    def lines(self, key: int) -> tuple[CurveLine, ...]:
        """Return the lines of one run, one a curve."""
        return tuple(self._lines[key])

    def set_theme(self, theme: Theme) -> None:
        """Use these colours."""
        self._theme = theme
        for run in self.runs:
            self._style(run)
        self._draw_dots()

    def set_drawing(self, drawing: Drawing) -> None:
        """Draw at other places."""
        self._drawing = drawing
        for run in self.runs:
            self._draw(run)
            self._style(run)
        self._draw_dots()

    def set_runs(self, runs: Sequence[RunCurves]) -> None:
        """Draw these runs and no others."""
        before, self.runs = {run.key: run for run in self.runs}, tuple(runs)
        for key in before.keys() - {run.key for run in runs}:
            self._remove(key, 0)
            del self._lines[key]
        for run in runs:
            lines = self._lines.setdefault(run.key, [])
            self._remove(run.key, len(run.curves))
            is_new = len(lines) < len(run.curves)
            while len(lines) < len(run.curves):
                lines.append(CurveLine())
                self._box.addItem(lines[-1], ignoreBounds=True)
            if is_new or not _same_curves(before[run.key], run):
                self._draw(run)
            self._style(run)
        self._draw_dots()

    def _remove(self, key: int, n_kept: int) -> None:
        lines = self._lines[key]
        while len(lines) > n_kept:
            self._box.removeItem(lines.pop())

    def _draw(self, run: RunCurves) -> None:
        drawing = self._drawing
        for (_, x, y), line in zip(run.curves, self._lines[run.key], strict=True):
            line.set_points(drawing.x.places(x), drawing.y.places(drawing.smooth(y)))

    def _style(self, run: RunCurves) -> None:
        z = -4.0 if run.strong else -5.0
        for (name, _, _), line in zip(run.curves, self._lines[run.key], strict=True):
            line.set_pen(self._pen(run, name))
            line.setZValue(z)

    def _pen(self, run: RunCurves, name: str) -> QPen:
        colour = QColor(self._theme.colour(run.colour))
        if run.colour.startswith(("#", "run ")) and not run.strong:
            colour.setAlpha(_RUN_ALPHA)
        width = (2 if run.strong else 1) * self._drawing.thickness
        pen = pg.mkPen(colour, width=width, style=self.styles[name])
        pen.setCosmetic(True)
        return pen

    def _draw_dots(self) -> None:
        """Mark where runs left their parents."""
        branches = [
            (x, y, self._theme.colour(run.colour)) for run in self.runs for _, x, y in run.curves
        ]
        self._dots.draw(self._drawing, branches)

    def arrays(self) -> Iterator[NDArray[Any]]:
        """Yield the y of all that is drawn."""
        for run in self.runs:
            for _, _, y in run.curves:
                yield y

    def entries(self, at: float | None, *, percent: bool = False) -> list[Entry]:
        """Return the runs for a legend, each with the value of its first curve, as the main ones.

        Its line has that curve's style.
        """
        entries = []
        for run in self.runs:
            name, x, y = run.curves[0]
            i = index_at(x, at)
            value = "" if i is None else legend_number(float(y[i]), percent=percent)
            entries.append(Entry(run.name, value, run.colour, self.styles[name]))
        return entries

    def values_at(self, at: float) -> list[tuple[RunCurves, dict[str, float]]]:
        """Return the exact values of every run that has a record within half an epoch.

        A strong run comes first.
        """
        found = []
        for run in self.runs:
            values = {}
            for name, x, y in run.curves:
                i = nearest_index(x, at)
                if i is not None and abs(x[i] - at) <= _HALF_AN_EPOCH:
                    values[name] = float(y[i])
            if values:
                found.append((run, values))
        return sorted(found, key=lambda item: not item[0].strong)


class BandLayer:
    """Draws bands behind everything."""

    def __init__(self, box: pg.ViewBox) -> None:
        self._box = box
        self._theme = LIGHT
        self._drawing = Drawing()
        self.bands: tuple[Band, ...] = ()
        """The bands drawn."""
        self._items: dict[int, tuple[BandFill, CurveLine]] = {}

    def set_theme(self, theme: Theme) -> None:
        """Use these colours."""
        self._theme = theme
        for band in self.bands:
            self._style(band)

    def set_drawing(self, drawing: Drawing) -> None:
        """Draw at other places; a band is never smoothed."""
        self._drawing = drawing
        for band in self.bands:
            self._draw(band)
            self._style(band)

    def set_bands(self, bands: Sequence[Band]) -> None:
        """Draw these bands and no others."""
        before, self.bands = {band.key: band for band in self.bands}, tuple(bands)
        for key in before.keys() - {band.key for band in bands}:
            for item in self._items.pop(key):
                self._box.removeItem(item)
        for band in bands:
            if band.key not in self._items:
                fill, median = BandFill(), CurveLine()
                for item, z in ((fill, -20.0), (median, -19.0)):
                    item.setZValue(z)
                    self._box.addItem(item, ignoreBounds=True)
                self._items[band.key] = fill, median
            if before.get(band.key) is not band:
                self._draw(band)
            self._style(band)

    def _draw(self, band: Band) -> None:
        fill, median = self._items[band.key]
        x, y = self._drawing.x.places(band.x), self._drawing.y
        # On a log axis a band that reaches to zero or beyond has no lower end there: to its median.
        low, middle, high = (y.places(values) for values in (band.low, band.median, band.high))
        fill.set_places(x, np.where(np.isfinite(low), low, middle),
                        np.where(np.isfinite(high), high, middle))  # fmt: skip
        median.set_points(x, middle)

    def _style(self, band: Band) -> None:
        fill, median = self._items[band.key]
        colour = self._theme.colour(band.colour)
        fill.set_colour(colour, _BAND_ALPHA)
        median.set_pen(pg.mkPen(colour, width=2 * self._drawing.thickness))

    def arrays(self) -> Iterable[NDArray[Any]]:
        """Return the y of all that is drawn."""
        return [values for band in self.bands for values in (band.low, band.median, band.high)]

    def values_at(self, at: float) -> list[tuple[Band, tuple[float, float, float]]]:
        """Return (low, median, high) of every band that has a point within half an epoch."""
        found = []
        for band in self.bands:
            i = nearest_index(band.x, at)
            if i is not None and abs(band.x[i] - at) <= _HALF_AN_EPOCH:
                found.append((band, (float(band.low[i]), float(band.median[i]),
                                     float(band.high[i]))))  # fmt: skip
        return found


def _same_curves(one: RunCurves, other: RunCurves) -> bool:
    return len(one.curves) == len(other.curves) and all(
        a[0] == b[0]
        and all(
            x is y or np.array_equal(x, y, equal_nan=True)
            for x, y in zip(a[1:], b[1:], strict=True)
        )
        for a, b in zip(one.curves, other.curves, strict=True)
    )
