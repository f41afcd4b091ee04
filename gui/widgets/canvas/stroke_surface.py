"""Strokes with mouse, pen or finger, on something with the proportions of an image."""

from __future__ import annotations

from abc import abstractmethod
from typing import TYPE_CHECKING, Literal

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import (
    QColor,
    QContextMenuEvent,
    QInputDevice,
    QKeyEvent,
    QPen,
    QPointingDevice,
    QTouchEvent,
)

from gui.widgets.basics.arrow_keys import ARROWS
from gui.widgets.basics.painted import Painted
from gui.widgets.basics.tooltips import wrapped

if TYPE_CHECKING:
    from PySide6.QtGui import QEnterEvent, QMouseEvent, QPainter, QTabletEvent
    from PySide6.QtWidgets import QWidget

    from core.attack.by_hand.painting import Painting
    from core.drawing.ink import SheetHistory

PLAIN_PRESSURE = 0.5
"""Of a mouse or a finger; a pen pressed so hard draws as wide."""

_KEYS = (
    *ARROWS,
    Qt.Key.Key_Backspace,
    Qt.Key.Key_Delete,
    Qt.Key.Key_X,
    Qt.Key.Key_BracketLeft,
    Qt.Key.Key_BracketRight,
)
_ALLOWED = (
    Qt.KeyboardModifier.ShiftModifier
    | Qt.KeyboardModifier.KeypadModifier
    | Qt.KeyboardModifier.GroupSwitchModifier  # without it some keyboards have no brackets
)


class StrokeSurface(Painted):
    """Follows what points at it; what a stroke does is for a subclass to say.

    Parameters
    ----------
    name, help_texts : for a screen reader; what is done with it, and with which keys
    widths : of the thinnest, the usual and the thickest pen, as parts of the sheet's longer side
    step : by which a key changes the width
    """

    usual, least = QSize(420, 420), QSize(200, 200)
    more_keys: tuple[Qt.Key, ...] = ()
    """What means something here beside the keys of every surface."""
    drawn: SheetHistory | Painting | None = None
    """What strokes change and what can be taken back, if there is anything to draw on."""
    pen_width: float
    """As a part of the sheet's longer side."""

    changed = Signal()
    """What is drawn is another, also while a stroke is being drawn."""
    tools_changed = Signal()
    """The pen, or what can be taken back, is another."""

    def __init__(
        self,
        name: str,
        help_texts: tuple[str, ...],
        widths: tuple[float, float, float],
        step: float,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(name, parent)
        self.setToolTip(wrapped(*help_texts))
        self._thinnest, self.pen_width, self._thickest = widths
        self._step = step
        self._last: tuple[QPointF, float] | None = None
        """Where the stroke under way has come to, on the sheet, and how wide it is there."""
        self._finger: int | None = None
        self._hover: QPointF | None = None
        self.setTabletTracking(True)
        self.setAttribute(Qt.WidgetAttribute.WA_AcceptTouchEvents)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.CrossCursor)

    @property
    @abstractmethod
    def sheet_size(self) -> tuple[int, int]:
        """(height, width) of the sheet, in its own pixels."""

    @abstractmethod
    def _stroke_begins(self, *, other_end: bool) -> None:
        """Begin a stroke; ``other_end`` is that of a pen, or the right button."""

    @abstractmethod
    def _stroke_goes_on(self, start: QPointF, end: QPointF, widths: tuple[float, float]) -> None:
        """Draw from one place of the sheet to another."""

    @abstractmethod
    def _stroke_ends(self) -> None:
        """End the stroke: from here on it can be taken back at once."""

    @abstractmethod
    def _arrow(self, down: int, right: int, *, is_shifted: bool) -> None:
        """Do what an arrow key says."""

    @abstractmethod
    def _next_tool(self) -> None:
        """Change what a stroke does."""

    def _other_key(self, key: Qt.Key) -> None:
        """Do what one of :attr:`more_keys` says."""

    @Slot(float)
    def set_pen_width(self, width: float) -> None:
        """Use a pen of this width, as a part of the sheet's longer side."""
        self.pen_width = min(max(width, self._thinnest), self._thickest)
        self.tools_changed.emit()
        self.update()

    def pen_pixels(self, pressure: float = PLAIN_PRESSURE) -> float:
        """Return the pen's width in pixels of the sheet, half as much more when pressed."""
        return max(self.pen_width * max(self.sheet_size) * (0.5 + pressure), 1.0)

    @Slot()
    def undo(self) -> None:
        """Take back the last stroke."""
        self._change("undo")

    @Slot()
    def redo(self) -> None:
        """Bring back the stroke taken back last."""
        self._change("redo")

    @Slot()
    def clear(self) -> None:
        """Begin anew; this can be taken back too."""
        self._change("clear")

    def _change(self, how: Literal["undo", "redo", "clear"]) -> None:
        self._end()
        if self.drawn is not None:
            getattr(self.drawn, how)()
            self._tell()

    def _tell(self) -> None:
        self.update()
        self.changed.emit()
        self.tools_changed.emit()

    def is_own_key(self, event: QKeyEvent) -> bool:
        """Whether a key means something here, and is no shortcut of the window."""
        is_known = event.key() in (*_KEYS, *self.more_keys)
        return _is_undo(event) or (is_known and not event.modifiers() & ~_ALLOWED)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Take back, clear, and change the pen; the rest is for the subclass."""
        if not self.is_own_key(event) or self.drawn is None:
            super().keyPressEvent(event)
            return
        key = Qt.Key(event.key())
        is_shifted = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        if key in ARROWS:
            self._arrow(*ARROWS[key], is_shifted=is_shifted)
        elif key == Qt.Key.Key_Backspace or _is_undo(event):
            (self.redo if is_shifted else self.undo)()
        elif key == Qt.Key.Key_Delete:
            self.clear()
        elif key == Qt.Key.Key_X:
            self._next_tool()
        elif key in (Qt.Key.Key_BracketLeft, Qt.Key.Key_BracketRight):
            sign = 1 if key == Qt.Key.Key_BracketRight else -1
            self.set_pen_width(self.pen_width + sign * self._step)
        else:
            self._other_key(key)

    @property
    def is_stroking(self) -> bool:
        """Whether a stroke is under way."""
        return self._last is not None

    def _begin(self, place: QPointF, pressure: float, *, other_end: bool) -> None:
        self._end()
        self._stroke_begins(other_end=other_end)
        self._extend(place, pressure, begin=True)

    def _extend(self, place: QPointF, pressure: float, *, begin: bool = False) -> None:
        """Draw on to a place of the widget."""
        self._hover = place
        if self._last is None and not begin:
            self.update()
            return
        point, width = self._on_sheet(place), self.pen_pixels(pressure)
        start, start_width = self._last or (point, width)
        self._stroke_goes_on(start, point, (start_width, width))
        self._last = point, width
        self.update()
        self.changed.emit()

    def _end(self) -> None:
        """End the stroke under way, if there is one."""
        if self._last is not None:
            self._last = self._finger = None
            self._stroke_ends()
            self.tools_changed.emit()

    def _cancel(self) -> None:
        """Take back the stroke under way: the screen has taken it for a gesture."""
        if self._last is not None:
            self._end()
            self.undo()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Begin a stroke; the right button is a pen's other end."""
        button = event.button()
        if button in (Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton):
            other_end = button == Qt.MouseButton.RightButton
            self._begin(event.position(), PLAIN_PRESSURE, other_end=other_end)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Open no menu where the right button draws; one asked for by a key may open."""
        event.setAccepted(event.reason() == QContextMenuEvent.Reason.Mouse)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Draw on, or show where the pen would draw."""
        self._extend(event.position(), PLAIN_PRESSURE)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """End the stroke."""
        self._end()

    def tabletEvent(self, event: QTabletEvent) -> None:
        """Draw with a pen: the harder the wider."""
        has_pressure = QInputDevice.Capability.Pressure in event.pointingDevice().capabilities()
        pressure = event.pressure() if has_pressure else PLAIN_PRESSURE
        kind = event.type()
        if kind == QEvent.Type.TabletPress:
            turned = event.pointerType() == QPointingDevice.PointerType.Eraser
            other_end = turned or event.button() == Qt.MouseButton.RightButton
            self.setFocus(Qt.FocusReason.MouseFocusReason)
            self._begin(event.position(), pressure, other_end=other_end)
        elif kind == QEvent.Type.TabletMove:
            self._extend(event.position(), pressure)
        else:
            self._end()
        event.accept()  # or the same would come again as from a mouse

    def event(self, event: QEvent) -> bool:
        """Draw with a finger; keep the keys that mean something here from being shortcuts."""
        if isinstance(event, QTouchEvent):
            self._touch(event)
            event.accept()
            return True
        asks = event.type() == QEvent.Type.ShortcutOverride
        if asks and isinstance(event, QKeyEvent) and self.is_own_key(event):
            event.accept()
            return True
        return super().event(event)

    def _touch(self, event: QTouchEvent) -> None:
        """Follow the first finger; others, and the heel of the hand, do not draw."""
        kind, points = event.type(), event.points()
        if kind == QEvent.Type.TouchCancel:
            self._cancel()
        elif kind == QEvent.Type.TouchBegin and points:
            self.setFocus(Qt.FocusReason.MouseFocusReason)
            self._begin(points[0].position(), PLAIN_PRESSURE, other_end=False)
            self._finger = points[0].id()
        else:
            for point in points:
                if point.id() == self._finger:
                    self._extend(point.position(), PLAIN_PRESSURE)
                    if point.state() == point.State.Released:
                        self._end()
        if kind == QEvent.Type.TouchEnd:
            self._end()
            self._hover = None  # a finger that is gone points nowhere

    def enterEvent(self, event: QEnterEvent) -> None:
        """Show where the pen would draw."""
        self._hover = event.position()
        self.update()

    def leaveEvent(self, event: QEvent) -> None:
        """Show no pen where there is none."""
        self._hover = None
        self.update()

    def sheet_rect(self) -> QRectF:
        """Return where the sheet lies: as large as fits, in the middle."""
        height, width = self.sheet_size
        scale = min((self.width() - 4) / width, (self.height() - 4) / height)
        rect = QRectF(0, 0, width * scale, height * scale)
        rect.moveCenter(QRectF(self.rect()).center())
        return rect

    def _on_sheet(self, place: QPointF) -> QPointF:
        rect, scale = self.sheet_rect(), self._scale()
        return QPointF((place.x() - rect.left()) / scale, (place.y() - rect.top()) / scale)

    def _scale(self) -> float:
        """Return how many pixels of the screen one of the sheet is wide."""
        return max(self.sheet_rect().width() / self.sheet_size[1], 1e-6)

    def _paint_edge(self, painter: QPainter) -> None:
        """Paint the edge of the sheet, and whether keys go to it."""
        focused = self.hasFocus()
        colour = self._theme.accent if focused else self._theme.border
        painter.setPen(QPen(QColor(colour), 2 if focused else 1))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(self.sheet_rect())


def _is_undo(event: QKeyEvent) -> bool:
    """Whether strokes are to be taken back, or with Shift put back."""
    is_control = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
    return event.key() == Qt.Key.Key_Z and is_control
