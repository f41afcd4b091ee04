"""What a plot is painted in: axes around a box.

pyqtgraph's own ``PlotItem`` makes menus of dozens of widgets, which nobody can open here and which
cost more than all else of a plot.
"""

from __future__ import annotations

from math import ceil
from typing import TYPE_CHECKING, Any

import pyqtgraph as pg
from PySide6.QtCore import QEvent, QRectF, QSize, QTimer, Slot
from PySide6.QtGui import QFont, QFontMetricsF, QPainter, QPixmap
from PySide6.QtWidgets import QGraphicsGridLayout, QSizePolicy

from gui.widgets.curves.scale import ScaledAxis

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from PySide6.QtGui import QHideEvent, QMouseEvent, QPaintEvent
    from PySide6.QtWidgets import QWidget

    from gui.widgets.curves.zoom import ZoomBox

    Paint = Callable[[QPainter], None]

LEFT, _RIGHT = 1, 12
"""Pixels beside axes and curves, at least: at the right half of the last number below them."""

_HEAD = 7
"""Pixels above the curves, at least: the upper half of the number at the end stands there."""
_NUMBERS = 12 / 14
"""Of the font: numbers beside the axes."""
_OVER = 10
"""Pixels by which a mark may lie over the edge at either side: a star is whole at the end, too."""

pg.setConfigOptions(antialias=False, imageAxisOrder="row-major")


def _number_font(font: QFont) -> QFont:
    """Return the font of numbers beside the axes, beside words in this one."""
    font = QFont(font)
    font.setPointSizeF(font.pointSizeF() * _NUMBERS)
    return font


def right_of(font: QFont) -> int:
    """Return the pixels at the right of the curves: half of the last number stands there."""
    return max(_RIGHT, ceil(QFontMetricsF(_number_font(font)).horizontalAdvance("0000") / 2))


class PlotView(pg.GraphicsView):
    """A box with an axis on its left and below it.

    All that is in the scene is kept as one picture, and painted anew only where it changed; with
    the curves over it as another. A curve that gets a point costs no axes, no grid and no other
    curves, and a mark that moves costs no curve.

    Parameters
    ----------
    box : where curves are
    compact : whether it is small: its few pixels are for the curves
    """

    def __init__(self, box: ZoomBox, parent: QWidget, *, compact: bool) -> None:
        super().__init__(parent)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.enableMouse(False)
        self.box = box
        self.axes = {name: ScaledAxis(name) for name in ("left", "bottom")}
        """The upright and the lying one."""
        if compact:
            self.setMinimumHeight(64)
            self.axes["left"].least_width = 44
        for axis in self.axes.values():
            axis.setGrid(255)
            axis.setStyle(tickLength=4)
        self._still, self._still_is_old = QPixmap(), True
        self._drawn, self._drawn_is_old = QPixmap(), True
        """The picture of all that stands still, and the same with the curves."""
        self._lay_out()
        self.setViewportUpdateMode(self.ViewportUpdateMode.NoViewportUpdate)
        # Where a range changes the scene tells of it later, and only then the axes are painted.
        # Whatever is to be painted before it waits for that: else it would move without them.
        self._front_timer = QTimer(self)
        self._front_timer.setSingleShot(True)
        self._front_timer.timeout.connect(self._update_front)
        box.curves_changed.connect(self._curves_changed)
        box.marks_changed.connect(self._front_changed)
        box.sigRangeChanged.connect(self._range_changed)
        box.sigResized.connect(self.outdate)
        self.scene().changed.connect(self._scene_changed)

    def minimumSizeHint(self) -> QSize:
        """Return what a small plot was given as its least; else what Qt asks for any."""
        usual = super().minimumSizeHint()
        return QSize(usual.width(), self.minimumHeight() or usual.height())

    def _lay_out(self) -> None:
        layout = QGraphicsGridLayout()
        layout.setContentsMargins(LEFT, _HEAD, _RIGHT, 1)
        layout.setSpacing(0)
        layout.addItem(self.box, 0, 1)
        for name, place in (("bottom", (1, 1)), ("left", (0, 0))):
            axis = self.axes[name]
            axis.linkToView(self.box)
            layout.addItem(axis, *place)
            axis.setZValue(self.box.zValue() - 1)  # its lines lie behind the curves
        for i in (0, 1):
            layout.setRowPreferredHeight(i, 0)
            layout.setRowMinimumHeight(i, 0)
            layout.setColumnPreferredWidth(i, 0)
            layout.setColumnMinimumWidth(i, 0)
        layout.setRowStretchFactor(0, 100)
        layout.setRowStretchFactor(1, 1)
        layout.setColumnStretchFactor(0, 1)
        layout.setColumnStretchFactor(1, 100)
        area = pg.GraphicsWidget()
        area.setLayout(layout)
        self.setCentralItem(area)

    def set_front(self, curves: Sequence[Paint], marks: Sequence[Paint]) -> None:
        """Paint these over the picture, in this order: each is given a painter in the box.

        Curves are painted where one is another than before, marks whenever anything is.
        """
        self._curves, self._marks = curves, marks

    def setBackground(self, background: Any) -> None:
        """Paint everything on this colour."""
        super().setBackground(background)
        self.outdate()

    def outdate(self, *ignored: object) -> None:
        """Paint what stands still anew next time: it is another now, or about to be."""
        self._still_is_old = True

    @Slot()
    def _range_changed(self) -> None:
        self.box.updateMatrix()  # now: put off until it is painted it outdates that picture
        self.outdate()

    @Slot(list)
    def _scene_changed(self, regions: Sequence[QRectF]) -> None:
        if regions:
            self.outdate()
            self.viewport().update()

    @Slot()
    def _curves_changed(self) -> None:
        self._drawn_is_old = True
        self._front_changed()

    @Slot()
    def _front_changed(self) -> None:
        if self.isVisible():  # whoever shows it paints all of it
            self._front_timer.start()

    def event(self, event: QEvent) -> bool:
        """Write numbers beside the axes a little smaller than the rest, at every size of text."""
        if event.type() in (QEvent.Type.Show, QEvent.Type.FontChange):
            font = _number_font(self.font())
            for axis in self.axes.values():
                if axis.style["tickFont"] != font:
                    axis.setTickFont(font)
                    self.outdate()
            head, right = max(self.axes["left"].half_number[1], _HEAD), right_of(self.font())
            self.centralWidget.layout().setContentsMargins(LEFT, head, right, 1)
        return bool(super().event(event))

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Let the first of two clicks mean nothing of its own, however long the second is held."""
        self.box.pressed_twice()
        super().mouseDoubleClickEvent(event)

    def hideEvent(self, event: QHideEvent) -> None:
        """Wait for nothing while nobody looks."""
        self._front_timer.stop()
        super().hideEvent(event)

    @Slot()
    def _update_front(self) -> None:
        box = self.mapFromScene(self.box.sceneBoundingRect()).boundingRect()
        self.viewport().update(box.adjusted(-_OVER, 0, _OVER, 0))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the picture, and before it what moves.

        Where all is asked for, an item may have changed of which the scene has not told yet.
        """
        ratio = self.devicePixelRatioF()
        size = self.viewport().size() * ratio
        is_whole = event.rect().contains(self.viewport().rect())
        if is_whole or self._still_is_old or self._still.size() != size:
            self._still_is_old, self._drawn_is_old = False, True
            self._still = QPixmap(size)
            self._still.setDevicePixelRatio(ratio)
            with QPainter(self._still) as painter:
                # Told where to: else it fills what the pixmap has in pixels of the screen.
                whole = self.viewport().rect()
                self.render(painter, QRectF(whole), whole)
        if self._drawn_is_old:
            self._drawn_is_old = False
            self._drawn = QPixmap(self._still)
            with QPainter(self._drawn) as painter:
                self._paint_front(painter, 0, self._curves)
        with QPainter(self.viewport()) as painter:
            painter.drawPixmap(0, 0, self._drawn)
            self._paint_front(painter, _OVER, self._marks)

    def _paint_front(self, painter: QPainter, over: int, front: Sequence[Paint]) -> None:
        painter.setTransform(self.box.sceneTransform() * self.viewportTransform())
        painter.setClipRect(self.box.rect().adjusted(-over, 0, over, 0))
        for paint in front:
            painter.save()
            paint(painter)
            painter.restore()
