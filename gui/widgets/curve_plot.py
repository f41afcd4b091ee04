"""Curves over epochs or steps, with exact values under the pointer."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, Any

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QEvent, QObject, Qt, Signal, Slot
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from gui.theme import LIGHT, Theme
from gui.widgets.tooltips import wrapped

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Curve:
    """How one curve is named and drawn.

    ``colour`` names a field of :class:`Theme`, so that the curve follows light and dark.
    """

    name: str
    colour: str
    style: Qt.PenStyle = Qt.PenStyle.SolidLine


class CurvePlot(QWidget):
    """A plot of a few named curves.

    Lines are two pixels wide and not antialiased: both together cost fifty times as much.

    Parameters
    ----------
    title, x_label : words for people
    compact : whether it is one of several small plots
    curves : what is drawn, in legend order
    help_text : tooltip of the title
    """

    x_clicked = Signal(float)

    def __init__(
        self,
        title: str,
        x_label: str,
        curves: Sequence[Curve],
        help_text: str,
        *,
        log_y: bool = False,
        compact: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._theme = LIGHT
        self._curves = tuple(curves)
        self._x_label = x_label
        self._log_y = log_y
        self._data: dict[str, tuple[NDArray[Any], NDArray[Any]]] = {}
        self._hover_x: float | None = None

        self._title = QLabel(title, self)
        self._title.setObjectName("heading")
        self._title.setToolTip(wrapped(help_text))
        self._title.setTextFormat(Qt.TextFormat.RichText)
        self._title_text = title
        self.values = QLabel("", self)
        self.values.setTextFormat(Qt.TextFormat.RichText)
        self.values.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.view = pg.PlotWidget(self)
        self.view.setAccessibleName(title)
        self.view.hideButtons()
        self.view.setMenuEnabled(False)
        self._item = self.view.getPlotItem()
        if compact:
            # Small plots keep their few pixels for the curves; the title names the x axis.
            self.view.setMinimumHeight(96)
            self._item.getAxis("left").setWidth(44)
            self._item.getAxis("left").setTickDensity(0.6)
            self._item.getAxis("bottom").setTickDensity(0.6)
        else:
            self._item.setLabel("bottom", x_label)
        self._item.setLogMode(y=log_y)
        self._item.showGrid(x=True, y=True, alpha=0.18)
        self._item.getViewBox().setMouseEnabled(x=False, y=False)
        self._item.setDownsampling(auto=True, mode="peak")
        self._item.setClipToView(True)
        self._earlier: list[pg.PlotDataItem] = []
        self._ticks: list[pg.InfiniteLine] = []
        self._tick_words: tuple[tuple[float, str], ...] = ()
        self._lines = {curve.name: self._item.plot([], []) for curve in curves}
        self._marker = pg.InfiniteLine(angle=90, movable=False)
        self._cursor = pg.InfiniteLine(angle=90, movable=False)
        self._star = pg.ScatterPlotItem(symbol="star", size=17)
        for item in (self._marker, self._cursor, self._star):
            item.setZValue(10)
            self._item.addItem(item, ignoreBounds=True)
        self._cursor.hide()
        self._marker.hide()

        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(2)
        layout.addWidget(self._title)
        layout.addWidget(self.view, 1)
        self.values.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.values.raise_()
        self.view.scene().sigMouseMoved.connect(self._mouse_moved)
        self.view.scene().sigMouseClicked.connect(self._mouse_clicked)
        self.view.installEventFilter(self)
        self.set_theme(LIGHT)

    # ------------------------------------------------------------------ what is drawn

    def set_theme(self, theme: Theme) -> None:
        """Use these colours."""
        self._theme = theme
        self.view.setBackground(theme.surface)
        for name in ("left", "bottom"):
            axis = self._item.getAxis(name)
            axis.setPen(theme.border)
            axis.setTextPen(theme.muted)
            axis.setStyle(tickLength=4)
        for curve in self._curves:
            self._lines[curve.name].setPen(self._pen(curve))
        self._marker.setPen(pg.mkPen(theme.text, width=1))
        self._cursor.setPen(pg.mkPen(theme.muted, width=1, style=Qt.PenStyle.DotLine))
        self._star.setBrush(QColor(theme.best))
        self._star.setPen(pg.mkPen(theme.surface, width=1))
        for line in self._earlier:
            line.setPen(pg.mkPen(theme.earlier, width=1, style=line.opts["pen"].style()))
        for tick in self._ticks:
            tick.setPen(pg.mkPen(theme.best, width=1, style=Qt.PenStyle.DashDotLine))
        self._write_title()

    def _pen(self, curve: Curve) -> Any:
        return pg.mkPen(getattr(self._theme, curve.colour), width=2, style=curve.style)

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

    def set_curve_visible(self, name: str, visible: bool) -> None:
        """Show or hide one curve and its key."""
        if self._lines[name].isVisible() != visible:
            self._lines[name].setVisible(visible)
            self._write_title()

    def set_data(self, name: str, x: NDArray[Any], y: NDArray[Any]) -> None:
        """Draw one curve through finite points; a log axis leaves out what is not positive."""
        keep = np.isfinite(y)
        if self._log_y:
            keep &= y > 0
        self._data[name] = (x, y)
        self._lines[name].setData(x[keep], y[keep])
        self._update_values()

    def data(self, name: str) -> tuple[NDArray[Any], NDArray[Any]]:
        """Return the (x, y) last set for a curve."""
        return self._data.get(name, (np.empty(0), np.empty(0)))

    def set_x_range(self, low: float, high: float) -> None:
        """Show this range of x."""
        self._item.setXRange(low, max(high, low + 1), padding=0.035)

    def set_y_range(self, low: float, high: float) -> None:
        """Show this range of y, whatever the data."""
        self._item.setYRange(low, high, padding=0.02)

    def set_earlier(self, curves: Sequence[tuple[NDArray[Any], NDArray[Any], Qt.PenStyle]]) -> None:
        """Draw (x, y, line style) curves of earlier runs, faint, behind."""
        for line in self._earlier:
            self._item.removeItem(line)
        self._earlier = []
        for x, y, style in curves:
            keep = np.isfinite(y)
            pen = pg.mkPen(self._theme.earlier, width=1, style=style)
            line = self._item.plot(x[keep], y[keep], pen=pen)
            line.setZValue(-5)
            self._earlier.append(line)

    @property
    def n_earlier(self) -> int:
        """How many earlier curves are drawn."""
        return len(self._earlier)

    def set_ticks(self, ticks: Sequence[tuple[float, str]]) -> None:
        """Mark (x, words) places, such as changes of a setting; hovering reads the words."""
        known = len(self._tick_words)
        if self._tick_words != tuple(ticks[:known]):
            for tick in self._ticks:
                self._item.removeItem(tick)
            self._ticks, known = [], 0
        pen = pg.mkPen(self._theme.best, width=1, style=Qt.PenStyle.DashDotLine)
        for x, _ in ticks[known:]:
            tick = pg.InfiniteLine(x, angle=90, pen=pen)
            self._item.addItem(tick, ignoreBounds=True)
            self._ticks.append(tick)
        self._tick_words = tuple(ticks)

    @property
    def n_ticks(self) -> int:
        """How many changes are marked."""
        return len(self._ticks)

    def set_marker(self, x: float | None) -> None:
        """Mark what is shown elsewhere."""
        self._marker.setVisible(x is not None)
        if x is not None:
            self._marker.setValue(x)

    @property
    def marker(self) -> float | None:
        """Where the marker stands."""
        return float(self._marker.value()) if self._marker.isVisible() else None

    def set_star(self, x: float | None, y: float = 0.0) -> None:
        """Put the star of the best epoch at a point, or take it away."""
        if x is None or not np.isfinite(y):
            self._star.setData([], [])
        else:
            self._star.setData([x], [y])

    @property
    def star(self) -> tuple[float, float] | None:
        """Where the star stands."""
        x, y = self._star.getData()
        return (float(x[0]), float(y[0])) if len(x) else None

    # ------------------------------------------------------------------ reading values

    def nearest_x(self, x: float) -> float | None:
        """Return the x of the data point nearest to ``x``."""
        for name in (curve.name for curve in self._curves):
            xs, _ = self.data(name)
            if len(xs):
                return float(xs[int(np.abs(xs - x).argmin())])
        return None

    def describe(self, x: float) -> str:
        """Return every curve's value at the data point nearest to ``x``, as rich text."""
        at = self.nearest_x(x)
        if at is None:
            return ""
        words = [f"{self._x_label} {at:g}"]
        for curve in self._curves:
            xs, ys = self.data(curve.name)
            if self._lines[curve.name].isVisible() and len(xs):
                value = ys[int(np.abs(xs - at).argmin())]
                colour = getattr(self._theme, curve.colour)
                words.append(f'<span style="color:{colour}">{curve.name} {value:.4g}</span>')
        near = [text for place, text in self._tick_words if round(place) == round(at)]
        words += [f'<span style="color:{self._theme.best}">{escape(text)}</span>' for text in near]
        return " &nbsp; ".join(words)

    def _update_values(self) -> None:
        if self._hover_x is None:
            self.values.hide()
            return
        background, border = self._theme.surface, self._theme.border
        self.values.setStyleSheet(
            f"background: {background}; border: 1px solid {border}; border-radius: 4px;"
            "padding: 2px 6px;"
        )
        self.values.setText(self.describe(self._hover_x))
        self.values.adjustSize()
        self.values.move(self.width() - self.values.width() - 8, self.view.y() + 6)
        self.values.show()
        self.values.raise_()

    @Slot(object)
    def _mouse_moved(self, position: Any) -> None:
        box = self._item.getViewBox()
        if not box.sceneBoundingRect().contains(position):
            self._leave()
            return
        at = self.nearest_x(box.mapSceneToView(position).x())
        self._hover_x = at
        self._cursor.setVisible(at is not None)
        if at is not None:
            self._cursor.setValue(at)
        self._update_values()

    def _leave(self) -> None:
        self._hover_x = None
        self._cursor.hide()
        self._update_values()

    @Slot(object)
    def _mouse_clicked(self, event: Any) -> None:
        box = self._item.getViewBox()
        if event.button() == Qt.MouseButton.LeftButton and box.sceneBoundingRect().contains(
            event.scenePos()
        ):
            at = self.nearest_x(box.mapSceneToView(event.scenePos()).x())
            if at is not None:
                self.x_clicked.emit(at)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Forget the hovered values when the pointer leaves the plot."""
        if event.type() == QEvent.Type.Leave:
            self._leave()
        return super().eventFilter(watched, event)
