"""Curves over epochs or steps, with exact values under the pointer."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, Any

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QEvent, QObject, QPointF, QRectF, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QColor, QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QToolButton, QVBoxLayout, QWidget

from gui.theme import LIGHT, Theme
from gui.widgets.curve_lines import CurveLine
from gui.widgets.curve_menu import (
    PlotMenu,
    PlotOptions,
    log_x_words,
    log_y_words,
    smoothing_words,
)
from gui.widgets.curve_runs import BandLayer, Drawing, RunLayer, nearest_index
from gui.widgets.curve_scale import Scale, ScaledAxis
from gui.widgets.curve_ticks import TickMarks
from gui.widgets.curve_values import ValueBox, band_rows, rows_html, run_rows
from gui.widgets.curve_zoom import ZoomBox
from gui.widgets.tooltips import wrapped

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from gui.widgets.curve_runs import Band, RunCurves

_RAW_ALPHA = 85
"""How faint a curve is behind its mean, of 255."""
_CLICK_MILLISECONDS = 250
"""While zoomed, a click waits so long: it may become the double click that leads back."""
_PAN = 0.2
_PANS = {
    Qt.Key.Key_Left: (-_PAN, 0.0),
    Qt.Key.Key_Right: (_PAN, 0.0),
    Qt.Key.Key_Up: (0.0, _PAN),
    Qt.Key.Key_Down: (0.0, -_PAN),
}
_ZOOMS = {Qt.Key.Key_Plus: 0.8, Qt.Key.Key_Equal: 0.8, Qt.Key.Key_Minus: 1.25}


@dataclass(frozen=True, slots=True)
class Curve:
    """How one curve is named and drawn.

    ``colour`` names a field of :class:`Theme`, so that the curve follows light and dark.
    """

    name: str
    colour: str
    style: Qt.PenStyle = Qt.PenStyle.SolidLine


class CurvePlot(QWidget):
    """A plot of a few named curves, before other runs, bands and marked places.

    Lines are two pixels wide and not antialiased: both together cost fifty times as much.
    What is set is always in values; what is drawn is where :class:`Scale` places them.

    Parameters
    ----------
    title, x_label : words for people
    compact : whether it is one of several small plots, without a menu
    curves : what is drawn, in legend order
    help_text : tooltip of the title
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
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._theme = LIGHT
        self._curves = tuple(curves)
        self._title_text, self._x_label, self._help = title, x_label, help_text
        self._compact, self._negative = compact, negative
        self._options = PlotOptions(log_y=log_y)
        self._drawing = Drawing()
        self._data: dict[str, tuple[NDArray[Any], NDArray[Any]]] = {}
        self._smooth: dict[str, NDArray[Any]] = {}
        self._x_range: tuple[float, float] | None = None
        self._y_range: tuple[float, float] | None = None
        self._ticks: tuple[tuple[float, str, str], ...] = ()
        self._marker_x: float | None = None
        self._star_at: tuple[float, float] | None = None
        self._hover_x: float | None = None
        self._pointer_x = 0.0
        self._clicked_x: float | None = None

        self._title = QLabel(title, self)
        self._title.setObjectName("heading")
        self._title.setTextFormat(Qt.TextFormat.RichText)
        self.menu = PlotMenu(title, x_label, negative=negative, parent=self)
        self.menu.setVisible(not compact)
        self._make_view()
        self._make_items()
        self.values = ValueBox(self)
        self.zoom_sign = QToolButton(self)
        self._lay_out()
        self._connect()
        self._apply_options()
        self.set_theme(LIGHT)

    def _make_view(self) -> None:
        self._box = ZoomBox()
        self._axes = {name: ScaledAxis(name) for name in ("left", "bottom")}
        self.view = pg.PlotWidget(self, viewBox=self._box, axisItems=dict(self._axes))
        self.view.setAccessibleName(self._title_text)
        self.view.hideButtons()
        self._item = self.view.getPlotItem()
        self._item.setMenuEnabled(False)
        if self._compact:
            # Small plots keep their few pixels for the curves; the title names the x axis.
            self.view.setMinimumHeight(96)
            self._axes["left"].setWidth(44)
            self._axes["left"].setTickDensity(0.6)
            self._axes["bottom"].setTickDensity(0.6)
        self._item.showGrid(x=True, y=True, alpha=0.18)

    def _make_items(self) -> None:
        self._bands = BandLayer(self._box)
        self._runs = RunLayer(self._box, {curve.name: curve.style for curve in self._curves})
        self._raw = {curve.name: CurveLine() for curve in self._curves}
        self._lines = {curve.name: CurveLine() for curve in self._curves}
        for raw in self._raw.values():
            raw.setZValue(-1)
            self._box.addItem(raw)
        for line in self._lines.values():
            self._box.addItem(line)
        self._marks = TickMarks(self._box)
        self._marker = pg.InfiniteLine(angle=90, movable=False)
        self._cursor = pg.InfiniteLine(angle=90, movable=False)
        self._star = pg.ScatterPlotItem(symbol="star", size=17)
        for item in (self._marker, self._cursor, self._star):
            item.setZValue(10)
            self._box.addItem(item, ignoreBounds=True)
        self._cursor.hide()
        self._marker.hide()

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setContentsMargins(0, 0, 0, 0)
        head.addWidget(self._title, 1)
        head.addWidget(self.menu)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(2)
        layout.addLayout(head)
        layout.addWidget(self.view, 1)
        self.zoom_sign.setObjectName("zoomSign")
        self.zoom_sign.setAccessibleName("zoom back")
        self.zoom_sign.hide()
        self.zoom_sign.setToolTip(wrapped("A part of the plot is shown. Backspace goes back too."))

    def _connect(self) -> None:
        self._click_timer = QTimer(self)
        self._click_timer.setSingleShot(True)
        self._click_timer.setInterval(_CLICK_MILLISECONDS)
        self._click_timer.timeout.connect(self._click_at_last)
        self.view.scene().sigMouseMoved.connect(self._mouse_moved)
        self.view.scene().sigMouseClicked.connect(self._mouse_clicked)
        self.view.installEventFilter(self)
        self._box.clicked.connect(self._clicked)
        self._box.zoom_changed.connect(self._zoom_changed)
        self._box.sigResized.connect(self._place_sign)
        self.zoom_sign.clicked.connect(self._box.back)
        self.menu.options_chosen.connect(self.set_options)
        self.menu.back_chosen.connect(self._box.back)
        self.menu.whole_chosen.connect(self._box.show_whole)

    # ------------------------------------------------------------------ how it is drawn

    def set_theme(self, theme: Theme) -> None:
        """Use these colours."""
        self._theme = theme
        self.view.setBackground(theme.surface)
        self._colour_axes()
        for axis in self._axes.values():
            axis.setTextPen(theme.muted)
            axis.setStyle(tickLength=4)
        for part in (self.menu, self.values, self._box, self._marks, self._runs, self._bands):
            part.set_theme(theme)
        self._marker.setPen(pg.mkPen(theme.text, width=1))
        self._cursor.setPen(pg.mkPen(theme.muted, width=1, style=Qt.PenStyle.DotLine))
        self._star.setBrush(QColor(theme.best))
        self._star.setPen(pg.mkPen(theme.surface, width=1))
        self.zoom_sign.setStyleSheet(
            f"QToolButton {{ color: {theme.accent}; background: {theme.surface}; padding: 0 5px;"
            f"border: 1px solid {theme.border}; border-radius: 4px; }}"
            f"QToolButton:hover, QToolButton:focus {{ border-color: {theme.accent}; }}"
        )
        self._set_pens()
        self._write_title()

    def _colour_axes(self) -> None:
        """Show by the axes that keys go to this plot."""
        colour = self._theme.accent if self.view.hasFocus() else self._theme.border
        for axis in self._axes.values():
            axis.setPen(colour)
            axis.setTickPen(self._theme.border)

    def _set_pens(self) -> None:
        for curve in self._curves:
            colour = QColor(getattr(self._theme, curve.colour))
            self._lines[curve.name].set_pen(pg.mkPen(colour, width=2, style=curve.style))
            colour.setAlpha(_RAW_ALPHA)
            self._raw[curve.name].set_pen(pg.mkPen(colour, width=1))

    def _write_title(self) -> None:
        keys = []
        for curve in self._curves:
            colour = getattr(self._theme, curve.colour)
            mark = "– –" if curve.style == Qt.PenStyle.DashLine else "——"
            if curve.style == Qt.PenStyle.DotLine:
                mark = "· · ·"
            if self._lines[curve.name].isVisible():
                keys.append(f'<span style="color:{colour}">{mark}&nbsp;{curve.name}</span>')
        self._title.setText(f"{self._title_text} &nbsp; {' &nbsp; '.join(keys)}")

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
        for name in self._data:
            self._draw(name)
        self._runs.set_drawing(self._drawing)
        self._bands.set_drawing(self._drawing)
        self._place_all()
        if (before.x, before.y) != scales:
            self._fit_ranges()
            self._box.redraw_views(lambda view: self._replaced(view, before))
        self._tell_options()
        self._update_values()

    def _replaced(self, view: QRectF, before: Drawing) -> QRectF:
        """Return where the values in a view are now; empty if they have no place."""
        xs = [self._drawing.x.place(before.x.value_at(x)) for x in (view.left(), view.right())]
        ys = [self._drawing.y.place(before.y.value_at(y)) for y in (view.top(), view.bottom())]
        if not np.isfinite(xs + ys).all():
            return QRectF()
        return QRectF(QPointF(xs[0], ys[0]), QPointF(xs[1], ys[1])).normalized()

    def _tell_options(self) -> None:
        """Say in words what is done to the curves."""
        options, label = self._options, self._x_label
        notes = []
        if options.log_x:
            notes.append(log_x_words(label))
        if options.log_y:
            notes.append(log_y_words(negative=self._negative))
        if options.smoothing > 1:
            notes.append(smoothing_words(options.smoothing, label))
        self._title.setToolTip(wrapped(self._help, *notes))
        self.menu.show_state(options, self._box.depth)
        if not self._compact:
            below = f"{label}, logarithmic" if options.log_x else label
            if options.smoothing > 1:
                below += f"  (curves: mean of {options.smoothing})"
            self._item.setLabel("bottom", below)

    # ------------------------------------------------------------------ what is drawn

    def set_curve_visible(self, name: str, visible: bool) -> None:
        """Show or hide one curve and its key."""
        if self._lines[name].isVisible() != visible:
            self._lines[name].setVisible(visible)
            self._raw[name].setVisible(visible)
            self._write_title()

    def set_data(self, name: str, x: NDArray[Any], y: NDArray[Any]) -> None:
        """Draw one curve, x ascending; points that are not finite or have no place are left out."""
        self._data[name] = (x, y)
        self._draw(name)
        self._update_values()

    def _draw(self, name: str) -> None:
        (x, y), drawing = self._data[name], self._drawing
        places, smooth = drawing.x.places(x), drawing.smooth(y)
        self._lines[name].set_points(places, drawing.y.places(smooth))
        if drawing.smoothing > 1:
            self._smooth[name] = smooth
            self._raw[name].set_points(places, drawing.y.places(y))
        elif self._raw[name].n_points:
            self._raw[name].set_points(np.empty(0), np.empty(0))

    def data(self, name: str) -> tuple[NDArray[Any], NDArray[Any]]:
        """Return the (x, y) last set for a curve."""
        return self._data.get(name, (np.empty(0), np.empty(0)))

    def set_x_range(self, low: float, high: float) -> None:
        """Show this range of x; zoomed, it is what one comes back to."""
        self._x_range = (low, max(high, low + 1))
        self._fit_ranges()

    def set_y_range(self, low: float, high: float) -> None:
        """Show this range of y, whatever the data; zoomed, it is what one comes back to."""
        self._y_range = (low, high)
        self._fit_ranges()

    def _fit_ranges(self) -> None:
        """Tell the box what the whole is in places."""
        x, y = self._drawing.x, self._drawing.y
        if self._x_range is not None:
            nearest = x.nearest_to_zero(xs for xs, _ in self._data.values()) if x.is_log else None
            self._box.set_whole(x=x.span(*self._x_range, nearest))
        if self._y_range is not None:
            nearest = y.nearest_to_zero(self._drawn_ys()) if y.is_log else None
            self._box.set_whole(y=y.span(*self._y_range, nearest))

    def _drawn_ys(self) -> Iterator[NDArray[Any]]:
        for name, (_, ys) in self._data.items():
            if self._lines[name].isVisible():
                yield ys
        yield from self._runs.arrays()
        yield from self._bands.arrays()

    def set_runs(self, runs: Sequence[RunCurves]) -> None:
        """Draw the curves of these other runs, thin, behind; only what differs is touched."""
        self._runs.set_runs(runs)
        self._update_values()

    @property
    def runs(self) -> tuple[RunCurves, ...]:
        """The other runs drawn."""
        return self._runs.runs

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
        self._update_values()

    @property
    def bands(self) -> tuple[Band, ...]:
        """The bands drawn."""
        return self._bands.bands

    def set_ticks(self, ticks: Sequence[tuple[float, str] | tuple[float, str, str]]) -> None:
        """Mark (x, words, label) places, such as changes of a setting.

        The label, which may be left out, is written beside the line; hovering reads the words.
        """
        self._ticks = tuple((tick[0], tick[1], tick[2] if len(tick) > 2 else "") for tick in ticks)
        self._place_ticks()

    @property
    def n_ticks(self) -> int:
        """How many changes are marked."""
        return len(self._ticks)

    @property
    def tick_labels(self) -> list[str]:
        """The labels of marked places that found room, from left to right."""
        return self._marks.labels

    def set_marker(self, x: float | None) -> None:
        """Mark what is shown elsewhere."""
        self._marker_x = x
        self._place_marker()

    @property
    def marker(self) -> float | None:
        """Where the marker stands."""
        return self._marker_x

    def set_star(self, x: float | None, y: float = 0.0) -> None:
        """Put the star of the best epoch at a point, or take it away."""
        self._star_at = None if x is None or not np.isfinite(y) else (float(x), float(y))
        self._place_star()

    @property
    def star(self) -> tuple[float, float] | None:
        """Where the star stands."""
        return self._star_at

    def _place_all(self) -> None:
        self._place_ticks()
        self._place_marker()
        self._place_star()
        self._place_cursor()

    def _place_ticks(self) -> None:
        self._marks.set_ticks([(self._drawing.x.place(x), label) for x, _, label in self._ticks])

    def _place_marker(self) -> None:
        self._place_line(self._marker, self._marker_x)

    def _place_cursor(self) -> None:
        self._place_line(self._cursor, self._hover_x)

    def _place_line(self, line: pg.InfiniteLine, x: float | None) -> None:
        place = np.nan if x is None else self._drawing.x.place(x)
        line.setVisible(bool(np.isfinite(place)))
        if np.isfinite(place):
            line.setValue(place)

    def _place_star(self) -> None:
        at = self._star_at
        places = [] if at is None else [self._drawing.x.place(at[0]), self._drawing.y.place(at[1])]
        if places and np.isfinite(places).all():
            self._star.setData(places[:1], places[1:])
        else:
            self._star.setData([], [])

    # ------------------------------------------------------------------ reading values

    def nearest_x(self, x: float) -> float | None:
        """Return the x of the data point drawn nearest to ``x``."""
        for curve in self._curves:
            xs, _ = self.data(curve.name)
            i = nearest_index(xs, x, self._drawing.x)
            if i is not None:
                return float(xs[i])
        return None

    def describe(self, x: float) -> str:
        """Return all values at the data point nearest to ``x``, as rich text."""
        at = self.nearest_x(x)
        if at is None:
            return ""
        lines = [f"{self._x_label} {at:g} &nbsp; ", *self._main_lines(at)]
        near = [words for place, words, _ in self._ticks if round(place) == round(at)]
        lines += [f'<span style="color:{self._theme.best}">{escape(text)}</span>' for text in near]
        if self._compact:
            return " &nbsp; ".join(lines)
        columns = [curve.name for curve in self._curves]
        found = self._runs.values_at(at)
        columns = [name for name in columns if any(name in values for _, values in found)]
        rows = run_rows(found, columns, self._theme)
        rows += band_rows(self._bands.values_at(at), self._theme)
        room = self.values.n_lines(self._inside()) - len(lines)
        return "<br>".join(lines) + rows_html(rows, columns or [""], room, self._theme)

    def _main_lines(self, at: float) -> list[str]:
        """Return the exact value of each curve, and what its mean is there."""
        lines = []
        for curve in self._curves:
            xs, ys = self.data(curve.name)
            i = nearest_index(xs, at)
            if i is None or not self._lines[curve.name].isVisible():
                continue
            colour = getattr(self._theme, curve.colour)
            words = f"{curve.name} {ys[i]:.4g}"
            if self._options.smoothing > 1:
                words += f" &nbsp;(mean of {self._options.smoothing}: "
                words += f"{self._smooth[curve.name][i]:.4g})"
            lines.append(f'<span style="color:{colour}">{words}</span>')
        return lines

    def _inside(self) -> Any:
        """Return the rectangle of the curves in pixels of this widget."""
        rect = self.view.mapFromScene(self._box.sceneBoundingRect()).boundingRect()
        return rect.translated(self.view.pos())

    def _update_values(self) -> None:
        if self._hover_x is None:
            self.values.hide()
        else:
            self.values.show_in(self._inside(), self._pointer_x, self.describe(self._hover_x))

    def _value_x(self, position: QPointF) -> float:
        """Return the x of a place in the scene."""
        return self._drawing.x.value_at(self._box.mapSceneToView(position).x())

    @Slot(object)
    def _mouse_moved(self, position: QPointF) -> None:
        if not self._box.sceneBoundingRect().contains(position):
            self._leave()
            return
        self._hover_x = self.nearest_x(self._value_x(position))
        self._pointer_x = self.view.mapFromScene(position).x() + self.view.x()
        self._place_cursor()
        self._update_values()

    def _leave(self) -> None:
        self._hover_x = None
        self._place_cursor()
        self._update_values()

    # ------------------------------------------------------------------ clicks, keys, zoom

    @Slot(object)
    def _mouse_clicked(self, event: Any) -> None:
        position = event.scenePos()
        if event.button() != Qt.MouseButton.LeftButton:
            return
        if not self._box.sceneBoundingRect().contains(position):
            return
        if not event.double():
            self._clicked(position)
        elif self.is_zoomed:
            self._click_timer.stop()
            self._box.back()

    @Slot(QPointF)
    def _clicked(self, position: QPointF) -> None:
        self._clicked_x = self.nearest_x(self._value_x(position))
        if self.is_zoomed:
            self._click_timer.start()
        else:
            self._click_at_last()

    @Slot()
    def _click_at_last(self) -> None:
        if self._clicked_x is not None:
            self.x_clicked.emit(self._clicked_x)

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
        depth = self._box.depth
        where = "for all" if depth == 1 else "to go back"
        self.zoom_sign.setText(f"zoomed, double-click {where}")
        self.zoom_sign.setVisible(depth > 0)
        self.view.setAccessibleDescription("zoomed" if depth else "")
        self.menu.show_state(self._options, depth)
        self._place_sign()

    @Slot()
    def _place_sign(self, *ignored: Any) -> None:
        """Put the sign beside the name of the x axis, or where there is none, inside."""
        self.zoom_sign.adjustSize()
        inside, size = self._inside(), self.zoom_sign.size()
        bottom = inside.bottom() - 3 if self._compact else self.view.geometry().bottom()
        self.zoom_sign.move(inside.right() - size.width(), bottom - size.height())

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Forget the hovered values when the pointer leaves the plot; zoom by keys."""
        kind = event.type()
        if kind == QEvent.Type.Leave:
            self._leave()
        elif kind in (QEvent.Type.FocusIn, QEvent.Type.FocusOut):
            self._colour_axes()
        elif kind == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            return self._pressed(Qt.Key(event.key())) or super().eventFilter(watched, event)
        return super().eventFilter(watched, event)

    def _pressed(self, key: Qt.Key) -> bool:
        """Do what a key asks for, and return whether it asked for something."""
        if key in _ZOOMS:
            self._box.zoom_by(_ZOOMS[key])
        elif key == Qt.Key.Key_Menu and not self._compact:
            self.menu.showMenu()
        elif not self.is_zoomed:
            return False
        elif key in _PANS:
            self._box.pan_by(*_PANS[key])
        elif key == Qt.Key.Key_Backspace:
            self._box.back()
        elif key == Qt.Key.Key_Escape:
            self._box.show_whole()
        else:
            return False
        return True
