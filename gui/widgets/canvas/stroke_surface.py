"""Strokes with mouse, pen or finger, on something with the proportions of an image."""

from __future__ import annotations

from abc import abstractmethod
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import QContextMenuEvent, QInputDevice, QKeyEvent, QPointingDevice, QTouchEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from gui.theme import LIGHT, Theme

if TYPE_CHECKING:
    from PySide6.QtGui import QEnterEvent, QFocusEvent, QMouseEvent, QTabletEvent

PLAIN_PRESSURE = 0.5
"""Of a mouse or a finger; a pen pressed so hard draws as wide."""

_TOUCHES = (
    QEvent.Type.TouchBegin,
    QEvent.Type.TouchUpdate,
    QEvent.Type.TouchEnd,
    QEvent.Type.TouchCancel,
)


class StrokeSurface(QWidget):
    """Follows what points at it; what a stroke does is for a subclass to say."""

    changed = Signal()
    """What is drawn is another, also while a stroke is being drawn."""
    tools_changed = Signal()
    """The pen, or what can be taken back, is another."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = LIGHT
        self._last: tuple[QPointF, float] | None = None
        """Where the stroke under way has come to, on the sheet, and how wide it is there."""
        self._finger: int | None = None
        self._hover: QPointF | None = None
        self.setMouseTracking(True)
        self.setTabletTracking(True)
        self.setAttribute(Qt.WidgetAttribute.WA_AcceptTouchEvents)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.CrossCursor)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    def set_theme(self, theme: Theme) -> None:
        """Use these colours."""
        self._theme = theme
        self.update()

    @property
    @abstractmethod
    def sheet_size(self) -> tuple[int, int]:
        """(height, width) of the sheet, in its own pixels."""

    @abstractmethod
    def _width(self, pressure: float) -> float:
        """Return how wide the stroke under way is, in pixels of the sheet."""

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
    def is_own_key(self, event: QKeyEvent) -> bool:
        """Whether a key means something here, and is no shortcut of the window."""

    @abstractmethod
    @Slot()
    def undo(self) -> None:
        """Take back the last stroke."""

    @property
    def is_stroking(self) -> bool:
        """Whether a stroke is under way."""
        return self._last is not None

    def _begin(self, place: QPointF, pressure: float, *, other_end: bool) -> None:
        self._end()
        self._stroke_begins(other_end=other_end)
        self._last = None
        self._extend(place, pressure, begin=True)

    def _extend(self, place: QPointF, pressure: float, *, begin: bool = False) -> None:
        """Draw on to a place of the widget."""
        self._hover = place
        if self._last is None and not begin:
            self.update()
            return
        point, width = self._on_sheet(place), self._width(pressure)
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
        kind = event.type()
        if kind in _TOUCHES and isinstance(event, QTouchEvent):
            self._touch(event)
            event.accept()
            return True
        if (
            kind == QEvent.Type.ShortcutOverride
            and isinstance(event, QKeyEvent)
            and self.is_own_key(event)
        ):
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

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show that keys go here."""
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Show that keys go elsewhere."""
        self.update()

    def sizeHint(self) -> QSize:
        """Return a comfortable size."""
        return QSize(420, 420)

    def minimumSizeHint(self) -> QSize:
        """Return the smallest size one can draw on."""
        return QSize(200, 200)

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
