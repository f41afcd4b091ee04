"""Curves over epochs or steps, with exact values under the pointer."""

from __future__ import annotations

from dataclasses import replace
from itertools import chain
from typing import TYPE_CHECKING, Any

import numpy as np
from PySide6.QtCore import QEvent, QObject, QPointF, QRect, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLabel, QWidget

from gui.theme import LIGHT, Theme
from gui.widgets.basics.card import Card
from gui.widgets.basics.figured import FigureRequest, ask_for
from gui.widgets.basics.layouts import below, beside
from gui.widgets.basics.ticks import round_ends
from gui.widgets.basics.tooltips import wrapped
from gui.widgets.curves.edges import EdgeMarks
from gui.widgets.curves.ends import EndNames
from gui.widgets.curves.legend import Legend
from gui.widgets.curves.main import Curve, MainCurves
from gui.widgets.curves.marks import PlotMarks
from gui.widgets.curves.menu import HELP, PlotMenu, PlotOptions, ZoomSign, notes
from gui.widgets.curves.runs import BandLayer, Drawing, RunLayer, replaced
from gui.widgets.curves.scale import Scale
from gui.widgets.curves.values import ValueBox, values_words
from gui.widgets.curves.view import PlotView
from gui.widgets.curves.zoom import ZoomBox

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from core.report.figures import Chart
    from gui.widgets.curves.runs import Band, RunCurves

__all__ = ["Curve", "CurvePlot", "PlotOptions"]

_NEEDLESS = ("epoch", "step")
"""Words below a plot that the bar below the page says for all of them."""
_BESIDE_LABEL = 14
"""Pixels of a y axis beside its labels."""


class CurvePlot(QWidget):
    """A plot of a few named curves, before other runs, bands and marked places.

    What is set is always in values; what is drawn is where :class:`Scale` places them.

    Parameters
    ----------
    title, x_label : words for people
    y_label : what the numbers are, with their unit, for those who see the plot on paper
    compact : whether it is one of several small plots, with no choice of axes
    curves : what is drawn, in legend order
    help_text : tooltip of the title, a line for each paragraph
    log_y : whether the y axis is logarithmic to begin with
    negative : whether the numbers are below zero, as logarithms of probabilities are
    percent : whether shares are written in per cent
    names_runs : whether the other runs stand in the legend too, each with its value
    names_ends : whether names stand at the ends of curves always, as on the stage
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
        percent: bool = False,
        names_runs: bool = False,
        names_ends: bool = False,
        y_label: str = "",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._theme: Theme = LIGHT
        self._is_themed = False
        self._title_text, self._x_label, self._help = title, x_label, help_text
        self._y_label = y_label
        self._compact, self._negative = compact, negative
        self._percent, self._names_runs = percent, names_runs
        self.options = PlotOptions(log_y=log_y)
        """How curves are drawn."""
        self._drawing = Drawing()
        self._x_range: tuple[float, float] | None = None
        self._y_range: tuple[float, float] | None = None
        self._pointer_x = 0.0

        self.title = QLabel(title, self, textFormat=Qt.TextFormat.PlainText)
        self.title.setObjectName("heading")
        self.legend = Legend(self)
        self.menu = PlotMenu(title, x_label, negative=negative, parent=self)
        self._make_view()
        self.bands = BandLayer(self.box)
        self.runs = RunLayer(self.box, {curve.name: curve.style for curve in curves})
        self.main = MainCurves(self.box, curves)
        self.edges = EdgeMarks(self.box, self.main, self.runs)
        """Curves that end outside the range."""
        parts = self.main, self.runs, self.edges
        self.marks = PlotMarks(self.box, *parts, at_foot=negative)
        layers = self.main, self.runs, self.marks, self.edges
        self.ends = EndNames(self.box, layers, always=names_ends)
        self._layers = (self.bands, *layers, self.ends)
        self._told = self.bands, self.runs, self.main, self.marks
        self.view.set_front(
            (self.main.paint, self.edges.arrange, self.marks.arrange, self.ends.arrange),
            (self.marks.paint, self.edges.paint, self.ends.paint, self.box.paint_rubber),
        )
        self.values = ValueBox(self)
        self.zoom_sign = ZoomSign(self)
        head = beside(self.title, (self.legend, 1), self.zoom_sign, spacing=12)
        self.setLayout(below(head, (self.view, 1), spacing=2))
        self._connect()
        self._apply_options()
        self.set_theme(LIGHT)

    def _make_view(self) -> None:
        self.box = ZoomBox()
        self.view = PlotView(self.box, self, compact=self._compact)
        self.view.setAccessibleName(self._title_text)
        self.view.axes["left"].is_percent = self._percent
        bottom = self.view.axes["bottom"]
        bottom.whole = self._x_label in _NEEDLESS
        bottom.words = "" if bottom.whole else self._x_label

    def in_card(self) -> Card:
        """Return a card that holds it, with title and legend in the card's own title row."""
        self.title.hide()
        made = Card(self._title_text, self, self.legend, (self.zoom_sign,))
        made.title.setToolTip(self.title.toolTip())
        self.title = made.title
        return made

    def hide_head(self) -> None:
        """Say nothing above the curves: what stands beside them does."""
        self.title.hide()
        self.legend.hide()

    def _connect(self) -> None:
        self.view.scene().sigMouseMoved.connect(self._mouse_moved)
        self.view.scene().sigMouseClicked.connect(self.box.scene_clicked)
        self.view.installEventFilter(self)
        self.box.clicked.connect(self._clicked)
        self.box.zoom_changed.connect(self._zoom_changed)
        self.box.sigResized.connect(self._update_values)
        self.box.marks_changed.connect(self._write_legend)
        self.zoom_sign.clicked.connect(self.box.back)
        self.menu.options_chosen.connect(self.set_options)
        self.menu.back.triggered.connect(self.box.back)
        self.menu.whole.triggered.connect(self.box.show_whole)

    def set_theme(self, theme: Theme) -> None:
        """Use these colours."""
        if self._is_themed and theme is self._theme:
            return
        self._theme, self._is_themed = theme, True
        self._use_thickness()
        self.view.setBackground(theme.surface)
        self._colour_axes()
        for part in (self.legend, self.zoom_sign, self.values, self.box, *self._layers):
            part.set_theme(theme)

    def _colour_axes(self) -> None:
        """Show by the axes that keys go to this plot."""
        colour = self._theme.accent if self.view.hasFocus() else self._theme.border
        for axis in self.view.axes.values():
            axis.setPen(colour)
            axis.setTickPen(self._theme.line)
            axis.setTextPen(self._theme.muted)

    def _write_legend(self) -> None:
        """Tell the values under the pointer, else at the mark, else the last ones."""
        marks = self.marks
        at = marks.marker if marks.cursor is None else marks.cursor
        entries = self.main.entries(at, percent=self._percent)
        if self._names_runs:
            entries += self.runs.entries(at, percent=self._percent)
        self.legend.set_entries(entries)

    @Slot(object)
    def set_options(self, options: PlotOptions) -> None:
        """Draw curves like this; ``options_changed`` tells of it if it is something new."""
        if options != self.options:
            self.options = options
            self._apply_options()
            self.options_changed.emit(options)

    def _apply_options(self) -> None:
        options, before = self.options, self._drawing
        scales = (
            Scale.of(log=options.log_x),
            Scale.of(log=options.log_y, negative=self._negative),
        )
        self._drawing = Drawing(*scales, options.smoothing, before.thickness)
        self.view.axes["bottom"].set_scale(self._drawing.x)
        self.view.axes["left"].set_scale(self._drawing.y)
        for layer in self._layers:
            layer.set_drawing(self._drawing)
        if (before.x, before.y) != scales:
            self._fit_ranges()
            after = self._drawing
            self.box.redraw_views(lambda view: replaced(view, before, after))
        words = notes(options, self._x_label, negative=self._negative)
        more = () if self._compact else HELP
        self.title.setToolTip(wrapped(*self._help.split("\n"), *words, *more))
        self.menu.show_state(options, self.box.depth)
        done = ["log"] if options.log_x or options.log_y else []
        done += [f"mean of {options.smoothing}"] if options.smoothing > 1 else []
        self.legend.set_words(notes=", ".join(done))
        self._update_values()

    @property
    def options_menu(self) -> PlotMenu | None:
        """What a right click offers beside the ways of a figure; nothing for a small plot."""
        return None if self._compact else self.menu

    def set_thickness(self, thickness: float) -> None:
        """Draw lines so many times as thick, in pixels of the screen, as at 100 %."""
        if thickness != self._drawing.thickness:
            self._drawing = replace(self._drawing, thickness=thickness)
            self._apply_options()
            self.view.outdate()

    def event(self, event: QEvent) -> bool:
        """Keep lines as thick on a screen with more pixels."""
        if event.type() in (QEvent.Type.Show, QEvent.Type.DevicePixelRatioChange):
            self._use_thickness()
        return super().event(event)

    def _use_thickness(self) -> None:
        self.set_thickness(self.devicePixelRatioF() * self._theme.thickness)

    def set_curve_visible(self, name: str, visible: bool) -> None:
        """Show or hide one curve and its key."""
        if self.main.is_visible(name) != visible:
            self.main.set_visible(name, visible)
            self._write_legend()

    def set_data(self, name: str, x: NDArray[Any], y: NDArray[Any]) -> None:
        """Draw one curve, x ascending; points that are not finite or have no place are left out."""
        self.main.set_data(name, x, y)
        if self._y_range is None:
            self._fit_ranges()
        self._update_values()

    def set_stops(self, stops: NDArray[Any] | None) -> None:
        """Let the pointer stop at these x alone, where more than one curve has a point."""
        self.main.set_stops(stops)
        self._update_values()

    def set_x_words(self, words: str) -> None:
        """Say at the end of the x axis what its numbers are."""
        axis = self.view.axes["bottom"]
        if axis.words != words:
            axis.words, axis.picture = words, None
            axis.update()

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
        self.view.axes["left"].setWidth(self.fontMetrics().horizontalAdvance(label) + _BESIDE_LABEL)

    def _fit_ranges(self) -> None:
        """Tell the box what the whole is in places."""
        x, y = self._drawing.x, self._drawing.y
        if self._x_range is not None:
            nearest = x.nearest_to_zero(self.main.xs()) if x.is_log else None
            self.box.set_whole(x=x.span(*self._x_range, nearest))
        if self._y_range is not None:
            ys = chain(self.main.arrays(), self.runs.arrays(), self.bands.arrays())
            nearest = y.nearest_to_zero(ys) if y.is_log else None
            self.box.set_whole(y=y.span(*self._y_range, nearest))
            return
        places = np.concatenate([np.empty(0), *map(y.places, self.main.arrays())])
        places = places[np.isfinite(places)]
        if len(places):
            ends = [float(places.min()), float(places.max())]
            if ends[0] == ends[1] and not y.is_log:
                ends = sorted((0.0, ends[0] or 1.0))
            self.box.set_whole(y=round_ends(*ends))

    def set_runs(self, runs: Sequence[RunCurves]) -> None:
        """Draw the curves of these other runs, thin, behind; only what differs is touched."""
        self.runs.set_runs(runs)
        self.view.outdate()
        self._update_values()

    def set_bands(self, bands: Sequence[Band]) -> None:
        """Draw these bands behind everything."""
        self.bands.set_bands(bands)
        self.view.outdate()
        self._update_values()

    def set_star(self, x: float | None, y: float = 0.0) -> None:
        """Put the star of the best epoch at a point, or take it away."""
        self.marks.set_star(None if x is None or not np.isfinite(y) else (float(x), float(y)))

    def figure(self) -> Chart | None:
        """Return what is drawn, as it is looked at; None where nothing is."""
        figure = self._chart()
        return figure if any(np.isfinite(line.y).any() for line in figure.lines) else None

    def _chart(self) -> Chart:
        from gui.widgets.curves.figure import chart

        title, n = self._title_text.capitalize(), self.options.smoothing
        mean = f"mean of {n} {self._x_label}s, the curves themselves pale behind"
        done = mean if n > 1 else ""
        labels = self._x_label, self._y_label or title
        return chart((title, done), labels, self._told, self._drawing, self.box.shown)

    def describe(self, x: float) -> str:
        """Return all values at the data point nearest to ``x``, as rich text."""
        at = self.main.nearest_x(x)
        is_one_line = self._compact and not self.runs.runs
        room = None if is_one_line else self.values.n_lines(self._inside())
        return "" if at is None else values_words(self._x_label, self._told, at, room, self._theme)

    def _inside(self) -> QRect:
        """Return the rectangle of the curves in pixels of this widget."""
        rect = self.view.mapFromScene(self.box.sceneBoundingRect()).boundingRect()
        return rect.translated(self.view.pos())

    @Slot()
    def _update_values(self, *ignored: object) -> None:
        self._write_legend()
        self._read_pointer()

    def _read_pointer(self) -> None:
        if self.marks.cursor is None:
            self.values.hide()
        else:
            self.values.show_in(self._inside(), self._pointer_x, self.describe(self.marks.cursor))

    def _value_x(self, position: QPointF) -> float:
        """Return the x of a place in the scene."""
        return self._drawing.x.value_at(self.box.mapSceneToView(position).x())

    @Slot(object)
    def _mouse_moved(self, position: QPointF) -> None:
        if not self.box.sceneBoundingRect().contains(position):
            self._leave()
            return
        self.marks.set_cursor(self.main.nearest_x(self._value_x(position)))
        self._pointer_x = self.view.mapFromScene(position).x() + self.view.x()
        self._read_pointer()

    def _leave(self) -> None:
        self.marks.set_cursor(None)
        self._read_pointer()

    @Slot(QPointF)
    def _clicked(self, position: QPointF) -> None:
        at = self.main.nearest_x(self._value_x(position))
        if at is not None:
            self.x_clicked.emit(at)

    @Slot()
    def _zoom_changed(self) -> None:
        self.zoom_sign.show_words(self.box.words)
        self.view.setAccessibleDescription(self.box.words)
        self.menu.show_state(self.options, self.box.depth)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Forget the hovered values when the pointer leaves the plot; zoom by keys."""
        kind = event.type()
        if kind == QEvent.Type.Leave:
            self._leave()
        elif kind in (QEvent.Type.FocusIn, QEvent.Type.FocusOut):
            self._colour_axes()
        elif kind == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            if event.key() == Qt.Key.Key_Menu:
                place = self.view.mapToGlobal(self.view.rect().center())
                ask_for(self.window(), FigureRequest(self, place=place))
                return True
            return self.box.pressed(Qt.Key(event.key())) or super().eventFilter(watched, event)
        return super().eventFilter(watched, event)
