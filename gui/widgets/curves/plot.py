"""Curves over epochs or steps, with exact values under the pointer."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING, Any

import numpy as np
from PySide6.QtCore import QEvent, QObject, QPointF, QRect, QRectF, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from gui.theme import LIGHT, Theme
from gui.widgets.basics.figured import FigureRequest, ask_for
from gui.widgets.basics.tooltips import wrapped
from gui.widgets.curves.main import Curve, MainCurves
from gui.widgets.curves.marks import PlotMarks
from gui.widgets.curves.menu import PlotMenu, PlotOptions, ZoomSign, notes
from gui.widgets.curves.runs import BandLayer, Drawing, RunLayer
from gui.widgets.curves.scale import Scale, ScaledAxis, round_ends
from gui.widgets.curves.values import PlotReader, ValueBox
from gui.widgets.curves.view import PlotView
from gui.widgets.curves.zoom import ZoomBox

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from core.report.figures import Chart
    from gui.widgets.curves.lines import CurveLine
    from gui.widgets.curves.runs import Band, RunCurves

__all__ = ["Curve", "CurvePlot", "PlotOptions"]

GRID_ALPHA = 0.18

_BESIDE_LABEL = 14
"""Pixels of a y axis beside its labels."""


class CurvePlot(QWidget):
    """A plot of a few named curves, before other runs, bands and marked places.

    What is set is always in values; what is drawn is where :class:`Scale` places them.

    Parameters
    ----------
    title, x_label : words for people
    y_label : what the numbers are, with their unit, for those who see the plot on paper
    compact : whether it is one of several small plots, without a menu
    curves : what is drawn, in legend order
    help_text : tooltip of the title, a line for each paragraph
    log_y : whether the y axis is logarithmic to begin with
    negative : whether the numbers are below zero, as logarithms of probabilities are
    """

    x_clicked = Signal(float)
    options_changed = Signal(object)

    def __init__(
        self,
        title: str,
        x_label: str,
        curves: Sequence[Curve],
        help_text: str,
        *,
        log_y: bool = False,
        negative: bool = False,
        compact: bool = False,
        y_label: str = "",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._theme: Theme = LIGHT
        self._is_themed = False
        self._title_text, self._x_label, self._help = title, x_label, help_text
        self._y_label = y_label
        self._compact, self._negative = compact, negative
        self._options = PlotOptions(log_y=log_y)
        self._drawing = Drawing()
        self._x_range: tuple[float, float] | None = None
        self._y_range: tuple[float, float] | None = None
        self._pointer_x = 0.0

        self.title = QLabel(title, self)
        self.title.setObjectName("heading")
        self.title.setTextFormat(Qt.TextFormat.RichText)
        self.menu = PlotMenu(title, x_label, negative=negative, parent=self)
        self.menu.setVisible(not compact)
        self._make_view()
        self._bands = BandLayer(self._box)
        self._runs = RunLayer(self._box, {curve.name: curve.style for curve in curves})
        self._main = MainCurves(self._box, curves)
        self._marks = PlotMarks(self._box)
        self._layers = (self._bands, self._runs, self._main, self._marks)
        self.view.set_front([self._main.paint], [self._marks.paint, self._box.paint_rubber])
        self._reader = PlotReader(x_label, self._main, self._runs, self._bands, self._marks)
        self.values = ValueBox(self)
        self.zoom_sign = ZoomSign(self)
        self._lay_out()
        self._connect()
        self._apply_options()
        self.set_theme(LIGHT)

    def _make_view(self) -> None:
        self._box = ZoomBox()
        self._axes = {name: ScaledAxis(name) for name in ("left", "bottom")}
        self.view = PlotView(self._box, self._axes, self)
        self.view.setAccessibleName(self._title_text)
        if self._compact:
            # Small plots keep their few pixels for the curves; the title names the x axis.
            self.view.setMinimumHeight(96)
            self._axes["left"].setWidth(44)
            self._axes["left"].setTickDensity(0.6)
            self._axes["bottom"].setTickDensity(0.6)
        self.view.getPlotItem().show_grid(x=True, y=True, alpha=GRID_ALPHA)

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setContentsMargins(0, 0, 0, 0)
        head.setSpacing(2)
        head.addWidget(self.title, 1)
        head.addWidget(self.zoom_sign)
        head.addWidget(self.menu)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(2)
        layout.addLayout(head)
        layout.addWidget(self.view, 1)

    def _connect(self) -> None:
        self.view.scene().sigMouseMoved.connect(self._mouse_moved)
        self.view.scene().sigMouseClicked.connect(self._box.scene_clicked)
        self.view.installEventFilter(self)
        self._box.clicked.connect(self._clicked)
        self._box.zoom_changed.connect(self._zoom_changed)
        self._box.sigResized.connect(self._update_values)
        self.zoom_sign.clicked.connect(self.zoom_back)
        self.menu.options_chosen.connect(self.set_options)
        self.menu.back_chosen.connect(self.zoom_back)
        self.menu.whole_chosen.connect(self.show_whole)
        self.menu.figure_chosen.connect(self._take_figure)

    def set_theme(self, theme: Theme) -> None:
        """Use these colours."""
        if self._is_themed and theme is self._theme:
            return
        self._theme, self._is_themed = theme, True
        self.view.setBackground(theme.surface)
        self._colour_axes()
        for axis in self._axes.values():
            axis.setTextPen(theme.muted)
            axis.setStyle(tickLength=4)
        for part in (self.menu, self.zoom_sign, self.values, self._box, *self._layers):
            part.set_theme(theme)
        self._write_title()
        self._write_below()

    def _colour_axes(self) -> None:
        """Show by the axes that keys go to this plot."""
        colour = self._theme.accent if self.view.hasFocus() else self._theme.border
        for axis in self._axes.values():
            axis.setPen(colour)
            axis.setTickPen(self._theme.border)

    def _write_title(self) -> None:
        self.title.setText(f"{self._title_text} &nbsp; {self._main.legend()}")

    @property
    def options(self) -> PlotOptions:
        """How curves are drawn."""
        return self._options

    @Slot(object)
    def set_options(self, options: PlotOptions) -> None:
        """Draw curves like this; ``options_changed`` tells of it if it is something new."""
        if options != self._options:
            self._options = options
            self._apply_options()
            self.options_changed.emit(options)

    def _apply_options(self) -> None:
        options, before = self._options, self._drawing
        scales = (
            Scale.of(log=options.log_x),
            Scale.of(log=options.log_y, negative=self._negative),
        )
        self._drawing = Drawing(*scales, options.smoothing)
        self._axes["bottom"].set_scale(self._drawing.x)
        self._axes["left"].set_scale(self._drawing.y)
        for layer in self._layers:
            layer.set_drawing(self._drawing)
        if (before.x, before.y) != scales:
            self._fit_ranges()
            self._box.redraw_views(lambda view: self._replaced(view, before))
        words = notes(options, self._x_label, negative=self._negative)
        self.title.setToolTip(wrapped(*self._help.split("\n"), *words))
        self.menu.show_state(options, self._box.depth)
        self._write_below()
        self._update_values()

    def _replaced(self, view: QRectF, before: Drawing) -> QRectF:
        """Return where the values in a view are now; empty if they have no place."""
        xs = [self._drawing.x.place(before.x.value_at(x)) for x in (view.left(), view.right())]
        ys = [self._drawing.y.place(before.y.value_at(y)) for y in (view.top(), view.bottom())]
        if not np.isfinite(xs + ys).all():
            return QRectF()
        return QRectF(QPointF(xs[0], ys[0]), QPointF(xs[1], ys[1])).normalized()

    def _write_below(self) -> None:
        """Say under the x axis what it is, and that more could be seen."""
        if self._compact:
            return
        done = ["log"] if self._options.log_x else []
        if self._options.smoothing > 1:
            done.append(f"mean of {self._options.smoothing}")
        words = f"{self._x_label} ({', '.join(done)})" if done else self._x_label
        if self.is_zoomed:
            words += f' &nbsp;<span style="color:{self._theme.accent}">{self._box.words}</span>'
        self._axes["bottom"].setLabel(words)

    def set_curve_visible(self, name: str, visible: bool) -> None:
        """Show or hide one curve and its key."""
        if self._main.is_visible(name) != visible:
            self._main.set_visible(name, visible)
            self._write_title()

    def set_data(self, name: str, x: NDArray[Any], y: NDArray[Any]) -> None:
        """Draw one curve, x ascending; points that are not finite or have no place are left out."""
        self._main.set_data(name, x, y)
        if self._y_range is None:
            self._fit_ranges()
        self._update_values()

    def data(self, name: str) -> tuple[NDArray[Any], NDArray[Any]]:
        """Return the (x, y) last set for a curve."""
        return self._main.data(name)

    def set_stops(self, stops: NDArray[Any] | None) -> None:
        """Let the pointer stop at these x alone, where more than one curve has a point."""
        self._main.set_stops(stops)
        self._update_values()

    def set_x_range(self, low: float, high: float, *, least: float = 1.0) -> None:
        """Show this range of x, ``least`` wide; zoomed, it is what one comes back to."""
        self._x_range = (low, max(high, low + least))
        self._fit_ranges()

    def set_y_range(self, low: float, high: float) -> None:
        """Show this range of y, whatever the data; zoomed, it is what one comes back to.

        Without it a range is shown that holds the curves, with round ends.
        """
        self._y_range = (low, high)
        self._fit_ranges()

    def set_axis_room(self, label: str) -> None:
        """Leave room for such a label beside the y axis: plots above each other then line up."""
        self._axes["left"].setWidth(self.fontMetrics().horizontalAdvance(label) + _BESIDE_LABEL)

    def _fit_ranges(self) -> None:
        """Tell the box what the whole is in places."""
        x, y = self._drawing.x, self._drawing.y
        if self._x_range is not None:
            nearest = x.nearest_to_zero(self._main.xs()) if x.is_log else None
            self._box.set_whole(x=x.span(*self._x_range, nearest))
        if self._y_range is not None:
            ys = chain(self._main.arrays(), self._runs.arrays(), self._bands.arrays())
            nearest = y.nearest_to_zero(ys) if y.is_log else None
            self._box.set_whole(y=y.span(*self._y_range, nearest))
            return
        places = np.concatenate([np.empty(0), *map(y.places, self._main.arrays())])
        places = places[np.isfinite(places)]
        if len(places):
            self._box.set_whole(y=round_ends(float(places.min()), float(places.max())))

    def set_runs(self, runs: Sequence[RunCurves]) -> None:
        """Draw the curves of these other runs, thin, behind; only what differs is touched."""
        self._runs.set_runs(runs)
        self.view.outdate()
        self._update_values()

    @property
    def runs(self) -> tuple[RunCurves, ...]:
        """The other runs drawn."""
        return self._runs.runs

    def line(self, name: str) -> CurveLine:
        """Return the line of a curve: its mean where it is smoothed."""
        return self._main.line(name)

    def raw_line(self, name: str) -> CurveLine:
        """Return the line of a curve itself, drawn faint behind where it is smoothed."""
        return self._main.raw_line(name)

    def run_lines(self, key: int) -> tuple[CurveLine, ...]:
        """Return the lines of another run, one a curve."""
        return self._runs.lines(key)

    @property
    def n_earlier(self) -> int:
        """How many curves of other runs are drawn."""
        return sum(len(run.curves) for run in self.runs)

    def set_bands(self, bands: Sequence[Band]) -> None:
        """Draw these bands behind everything."""
        self._bands.set_bands(bands)
        self.view.outdate()
        self._update_values()

    @property
    def bands(self) -> tuple[Band, ...]:
        """The bands drawn."""
        return self._bands.bands

    def set_ticks(self, ticks: Sequence[tuple[float, str] | tuple[float, str, str]]) -> None:
        """Mark (x, words, label) places, such as changes of a setting.

        The label, which may be left out, is written beside the line; hovering reads the words.
        """
        self._marks.set_ticks(
            [(tick[0], tick[1], tick[2] if len(tick) > 2 else "") for tick in ticks]
        )

    @property
    def n_ticks(self) -> int:
        """How many changes are marked."""
        return len(self._marks.ticks)

    @property
    def tick_labels(self) -> list[str]:
        """The labels of marked places that found room, from left to right."""
        return self._marks.tick_labels

    def set_marker(self, x: float | None) -> None:
        """Mark what is shown elsewhere."""
        self._marks.set_marker(x)

    @property
    def marker(self) -> float | None:
        """Where the marker stands."""
        return self._marks.marker

    def set_star(self, x: float | None, y: float = 0.0) -> None:
        """Put the star of the best epoch at a point, or take it away."""
        self._marks.set_star(None if x is None or not np.isfinite(y) else (float(x), float(y)))

    @property
    def star(self) -> tuple[float, float] | None:
        """Where the star stands."""
        return self._marks.star

    def figure(self) -> Chart | None:
        """Return what is drawn, as it is looked at; None where nothing is."""
        figure = self._chart()
        return figure if any(np.isfinite(line.y).any() for line in figure.lines) else None

    @Slot(str)
    def _take_figure(self, way: str) -> None:
        ask_for(self.window(), FigureRequest(self, way))

    def _chart(self) -> Chart:
        from gui.widgets.curves.figure import chart

        title = self._title_text.capitalize()
        done = (
            f"mean of {self._options.smoothing} {self._x_label}s, the curves themselves pale behind"
            if self._options.smoothing > 1
            else ""
        )
        labels = self._x_label, self._y_label or title
        return chart((title, done), labels, self._layers, self._drawing, self._box.shown)

    def nearest_x(self, x: float) -> float | None:
        """Return the x of the data point drawn nearest to ``x``."""
        return self._main.nearest_x(x)

    def describe(self, x: float) -> str:
        """Return all values at the data point nearest to ``x``, as rich text."""
        at = self.nearest_x(x)
        room = None if self._compact else self.values.n_lines(self._inside())
        return "" if at is None else self._reader.describe(at, room, self._theme)

    def _inside(self) -> QRect:
        """Return the rectangle of the curves in pixels of this widget."""
        rect = self.view.mapFromScene(self._box.sceneBoundingRect()).boundingRect()
        return rect.translated(self.view.pos())

    @Slot()
    def _update_values(self, *ignored: object) -> None:
        if self._marks.cursor is None:
            self.values.hide()
        else:
            self.values.show_in(self._inside(), self._pointer_x, self.describe(self._marks.cursor))

    def _value_x(self, position: QPointF) -> float:
        """Return the x of a place in the scene."""
        return self._drawing.x.value_at(self._box.mapSceneToView(position).x())

    @Slot(object)
    def _mouse_moved(self, position: QPointF) -> None:
        if not self._box.sceneBoundingRect().contains(position):
            self._leave()
            return
        self._marks.set_cursor(self.nearest_x(self._value_x(position)))
        self._pointer_x = self.view.mapFromScene(position).x() + self.view.x()
        self._update_values()

    def _leave(self) -> None:
        self._marks.set_cursor(None)
        self._update_values()

    @Slot(QPointF)
    def _clicked(self, position: QPointF) -> None:
        at = self.nearest_x(self._value_x(position))
        if at is not None:
            self.x_clicked.emit(at)

    @property
    def is_zoomed(self) -> bool:
        """Whether a part of the plot is shown."""
        return self._box.depth > 0

    @Slot()
    def zoom_back(self) -> None:
        """Show what was seen before the last zoom."""
        self._box.back()

    @Slot()
    def show_whole(self) -> None:
        """Show everything."""
        self._box.show_whole()

    @Slot()
    def _zoom_changed(self) -> None:
        self.zoom_sign.show_words(self._box.words)
        self.view.setAccessibleDescription(self._box.words)
        self.menu.show_state(self._options, self._box.depth)
        self._write_below()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Forget the hovered values when the pointer leaves the plot; zoom by keys."""
        kind = event.type()
        if kind == QEvent.Type.Leave:
            self._leave()
        elif kind in (QEvent.Type.FocusIn, QEvent.Type.FocusOut):
            self._colour_axes()
        elif kind == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            if event.key() == Qt.Key.Key_Menu and not self._compact:
                self.menu.showMenu()
                return True
            return self._box.pressed(Qt.Key(event.key())) or super().eventFilter(watched, event)
        return super().eventFilter(watched, event)
