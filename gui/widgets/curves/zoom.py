"""Looking closer at a plot with the mouse, and back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pyqtgraph as pg
from PySide6.QtCore import QPointF, QRectF, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QApplication

from gui.theme import LIGHT, Theme
from gui.widgets.curves.lines import CurveLine

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtGui import QPainter

_SMALLEST = 6
"""A drag of fewer pixels than this, both ways, is a click with an unsteady hand."""
_FLAT = 14
"""A drag lower than this many pixels chooses a range of x only."""
_PER_NOTCH = 0.8
_DEEPEST = 1e-6
"""The smallest part of the whole width the wheel goes down to; beyond, rounding is seen."""
_SURE_MILLISECONDS = 50
"""On top of the time in which a second click makes a double click: the system is not punctual."""
_PAN = 0.2
_PANS = {
    Qt.Key.Key_Left: (-_PAN, 0.0),
    Qt.Key.Key_Right: (_PAN, 0.0),
    Qt.Key.Key_Up: (0.0, _PAN),
    Qt.Key.Key_Down: (0.0, -_PAN),
}
_ZOOMS = {Qt.Key.Key_Plus: 0.8, Qt.Key.Key_Equal: 0.8, Qt.Key.Key_Minus: 1.25}
_PADDING = (0.0, 0.02)
_X, _Y = 0, 1


class ZoomBox(pg.ViewBox):
    """The inside of a plot, which shows either the whole or, zoomed, a part of it.

    What the whole is may be told many times a second; it never takes a zoom away and is what
    :meth:`back` comes back to in the end. All numbers are places, not values (see ``Scale``).
    """

    zoom_changed = Signal()
    clicked = Signal(QPointF)
    """Where in the scene; while zoomed a moment later, when it is no double click."""
    curves_changed = Signal()
    marks_changed = Signal()
    """Marks, or the rectangle that is dragged: what is painted over the curves."""

    def __init__(self) -> None:
        super().__init__(enableMenu=False)
        self.setMouseEnabled(x=False, y=False)
        self.disableAutoRange()  # what is seen is said by set_whole
        self._whole: list[tuple[float, float] | None] = [None, None]
        self._views: list[QRectF] = []
        self._base = QRectF()
        self._by_wheel = False
        self._clicked_at = QPointF()
        self._click_timer = QTimer(self)
        self._click_timer.setSingleShot(True)
        self._click_timer.timeout.connect(self._click_at_last)
        self._theme = LIGHT
        self._rubber: QRectF | None = None

    def set_theme(self, theme: Theme) -> None:
        """Use these colours for the rectangle that is dragged."""
        self._theme = theme

    def paint_rubber(self, painter: QPainter) -> None:
        """Paint the rectangle that is dragged, in pixels of the box."""
        if self._rubber is not None:
            colour = QColor(self._theme.accent)
            painter.setPen(pg.mkPen(colour, width=1))
            colour.setAlpha(45)
            painter.setBrush(colour)
            painter.drawRect(self._rubber)

    @property
    def depth(self) -> int:
        """How many steps back it is to the whole."""
        return len(self._views)

    @property
    def words(self) -> str:
        """What is said of the zoom, or nothing."""
        ways = {0: "", 1: "zoomed, double-click for all"}
        return ways.get(self.depth, "zoomed, double-click to go back")

    @property
    def shown(self) -> tuple[tuple[float, float] | None, tuple[float, float] | None]:
        """The places in x and in y that are looked at; None for all there is."""
        if not self._views:
            return self._whole[_X], self._whole[_Y]
        (left, right), (bottom, top) = self.viewRange()
        return (left, right), (bottom, top)

    def set_whole(
        self, x: tuple[float, float] | None = None, y: tuple[float, float] | None = None
    ) -> None:
        """Say what the whole is, in x, in y or both; None leaves it as it was."""
        for axis, ends in ((_X, x), (_Y, y)):
            if ends is not None and ends != self._whole[axis]:
                self._whole[axis] = ends
                if not self._views:
                    self._show_whole(axis)

    def zoom_to(self, view: QRectF, *, by_wheel: bool = False) -> None:
        """Show a part; one way back for each, but only one for a wheel that is turned on."""
        if not self._views:
            self._base = self.viewRect()
        if not (by_wheel and self._by_wheel and self._views):
            self._views.append(self.viewRect())
        self._by_wheel = by_wheel
        self.setRange(rect=view, padding=0)
        self.zoom_changed.emit()

    def back(self) -> None:
        """Show what was seen before the last zoom; nothing happens at the whole."""
        self._by_wheel = False
        if len(self._views) > 1:
            self.setRange(rect=self._views.pop(), padding=0)
            self.zoom_changed.emit()
        else:
            self.show_whole()

    def show_whole(self) -> None:
        """Show everything."""
        if self._views:
            whole, self._by_wheel = self._limits(), False
            self._views = []
            self.setRange(rect=whole, padding=0)
            self.zoom_changed.emit()

    def redraw_views(self, convert: Callable[[QRectF], QRectF]) -> None:
        """Go over to other places for the same values; give up a zoom that has none there."""
        if not self._views:
            return
        shown, base = convert(self.viewRect()), convert(self._base)
        if shown.isEmpty():
            self.show_whole()
            return
        # The first is the whole, which may well have no place there; it is never gone back to.
        converted = [convert(view) for view in self._views[1:]]
        self._views = [self._views[0], *(view for view in converted if not view.isEmpty())]
        self._base = shown if base.isEmpty() else base
        self.setRange(rect=shown, padding=0)
        self.zoom_changed.emit()

    def _show_whole(self, axis: int) -> None:
        limits = self._limits()
        if axis == _X:
            self.setXRange(limits.left(), limits.right(), padding=0)
        else:
            self.setYRange(limits.top(), limits.bottom(), padding=0)

    def resizeEvent(self, event: Any) -> None:
        """Draw as much of long curves as there are pixels now."""
        super().resizeEvent(event)
        for item in self.childGroup.childItems():
            if isinstance(item, CurveLine):
                item.fit()

    def zoom_by(
        self, factor: float, centre: QPointF | None = None, axis: int | None = None
    ) -> None:
        """Show ``factor`` times as much about a point (the middle); never more than the whole."""
        view = self.viewRect()
        centre = view.center() if centre is None else centre
        factors = [1.0 if axis == _Y else factor, 1.0 if axis == _X else factor]
        left = centre.x() - (centre.x() - view.left()) * factors[_X]
        top = centre.y() - (centre.y() - view.top()) * factors[_Y]
        wanted = QRectF(left, top, view.width() * factors[_X], view.height() * factors[_Y])
        if factor >= 1.0:
            if not self._views:
                return
            wanted = wanted.intersected(self._limits())
            covered = wanted.adjusted(-1e-9, -1e-9, 1e-9, 1e-9)
            if wanted.isEmpty() or covered.contains(self._limits()):
                self.show_whole()
                return
        elif wanted.width() < _DEEPEST * self._limits().width():
            return
        self.zoom_to(wanted, by_wheel=True)

    def pan_by(self, x: float, y: float) -> None:
        """Move a zoomed view by these parts of its width and height, within the whole."""
        if not self._views:
            return
        view, limits = self.viewRect(), self._limits()
        view.translate(x * view.width(), y * view.height())
        view.moveLeft(min(max(view.left(), limits.left()), limits.right() - view.width()))
        view.moveTop(min(max(view.top(), limits.top()), limits.bottom() - view.height()))
        self.zoom_to(view, by_wheel=True)

    def _limits(self) -> QRectF:
        """Return the view of the whole."""
        shown = self._base if self._views else self.viewRect()
        ends = [[shown.left(), shown.right()], [shown.top(), shown.bottom()]]
        for axis, (whole, padding) in enumerate(zip(self._whole, _PADDING, strict=True)):
            if whole is not None:
                room = (whole[1] - whole[0]) * padding
                ends[axis] = [whole[0] - room, whole[1] + room]
        # From its corners: moving a side of what a runaway has left would round the small away.
        (left, right), (top, bottom) = ends
        return QRectF(QPointF(left, top), QPointF(right, bottom))

    def wheelEvent(self, event: Any, axis: int | None = None) -> None:
        """Zoom about the pointer; over an axis, along that axis only."""
        event.accept()
        factor = _PER_NOTCH ** (event.delta() / 120)
        self.zoom_by(factor, self.mapSceneToView(event.scenePos()), axis)

    def mouseDragEvent(self, event: Any, axis: int | None = None) -> None:
        """Draw a rectangle and show what is in it; drawn flat, it chooses a range of x."""
        if event.button() != Qt.MouseButton.LeftButton:
            event.ignore()
            return
        event.accept()
        start, end = event.buttonDownScenePos(), event.scenePos()
        chosen = self._chosen(self.mapFromScene(start), self.mapFromScene(end), axis)
        self._rubber = None if event.isFinish() else chosen
        self.marks_changed.emit()
        if not event.isFinish():
            return
        if chosen is None:
            self._click(end)
        else:
            corners = self.mapToView(chosen.topLeft()), self.mapToView(chosen.bottomRight())
            self.zoom_to(QRectF(*corners).normalized())

    def _chosen(self, start: QPointF, end: QPointF, axis: int | None) -> QRectF | None:
        """Return what a drag chooses in pixels of the box, or None if it is hardly one."""
        rect, inside = QRectF(start, end).normalized(), self.rect()
        if max(rect.width(), rect.height()) < _SMALLEST:
            return None
        if axis == _X or (axis is None and rect.height() < _FLAT):
            rect.setTop(inside.top())
            rect.setBottom(inside.bottom())
        elif axis == _Y or rect.width() < _SMALLEST:
            rect.setLeft(inside.left())
            rect.setRight(inside.right())
        rect = rect.intersected(inside)
        return None if rect.width() < 1 or rect.height() < 1 else rect

    @Slot(object)
    def scene_clicked(self, event: Any) -> None:
        """Tell of a click with the left button; a double click goes back."""
        at = event.scenePos()
        if event.button() != Qt.MouseButton.LeftButton or not self.sceneBoundingRect().contains(at):
            return
        if not event.double():
            self._click(at)
        elif self._views:
            self.back()

    def pressed_twice(self) -> None:
        """Forget the click before: it was the first half of a double click."""
        self._click_timer.stop()

    def _click(self, at: QPointF) -> None:
        """Tell of a click; while zoomed not before it is sure that it leads nowhere back."""
        self._clicked_at = at
        if self._views:
            self._click_timer.start(QApplication.doubleClickInterval() + _SURE_MILLISECONDS)
        else:
            self._click_at_last()

    @Slot()
    def _click_at_last(self) -> None:
        self.clicked.emit(self._clicked_at)

    def pressed(self, key: Qt.Key) -> bool:
        """Zoom or move by a key, and return whether it was one of those."""
        if key in _ZOOMS:
            self.zoom_by(_ZOOMS[key])
        elif not self._views:
            return False
        elif key in _PANS:
            self.pan_by(*_PANS[key])
        elif key == Qt.Key.Key_Backspace:
            self.back()
        elif key == Qt.Key.Key_Escape:
            self.show_whole()
        else:
            return False
        return True
