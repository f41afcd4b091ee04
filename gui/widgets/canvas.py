"""A sheet to draw on, with mouse, pen or finger."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import QInputDevice, QKeyEvent, QPainter, QPointingDevice, QTouchEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from core.ink import FULL, SHEET_SIDE, SheetHistory, blank, draw_line, sheet_shape, shifted
from gui.theme import LIGHT, Theme
from gui.widgets.canvas_keys import ARROWS, is_own_key, is_undo
from gui.widgets.canvas_look import CanvasLook
from gui.widgets.tooltips import wrapped

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from PySide6.QtGui import (
        QEnterEvent,
        QFocusEvent,
        QMouseEvent,
        QPaintEvent,
        QTabletEvent,
    )

THINNEST, THICKEST = 0.02, 0.2
"""Of the pen, as a part of the sheet's longer side."""

USUAL_WIDTH = 0.08
"""A digit that fills most of the sheet then has lines as MNIST's, two to three pixels wide."""

WIDTH_STEP = 0.01
ERASER = 2.0
"""So many times as wide as the pen: one erases more roughly than one draws."""

_PLAIN_PRESSURE = 0.5
"""Of a mouse or a finger; a pen pressed so hard draws as wide."""

_TOUCHES = (
    QEvent.Type.TouchBegin,
    QEvent.Type.TouchUpdate,
    QEvent.Type.TouchEnd,
    QEvent.Type.TouchCancel,
)
_HELP = (
    "Draw with mouse, pen or finger; a pen draws wider the harder it is pressed. The right button "
    "or the pen's other end erases."
)
_KEYS_HELP = (
    "Once clicked: arrow keys move the drawing by one pixel of the image, Backspace takes a stroke "
    "back, Shift+Backspace brings it back, Delete clears, X switches the eraser, [ and ] make the "
    "pen thinner and thicker."
)


class Canvas(QWidget):
    """Ink on a sheet with the proportions of an image.

    The sheet has a size of its own, so that what is drawn depends neither on the window nor on the
    screen.
    """

    changed = Signal()
    """The ink is another, also while a stroke is being drawn."""
    tools_changed = Signal()
    """The pen, or what can be taken back, is another."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = LIGHT
        self._rest = [0.0, 0.0]
        """Pixels of the sheet that arrow keys have still to go, down and right."""
        self._image_shape = (28, 28)
        self._history = SheetHistory(blank(self._image_shape))
        self._pen_width = USUAL_WIDTH
        self._erasing = False
        self._words = ("", "")
        self._marks: tuple[tuple[int, int, int, int], tuple[float, float]] | None = None
        self._last: tuple[QPointF, float] | None = None
        """Where the stroke under way has come to, on the sheet, and how wide it is there."""
        self._stroke_erases = False
        self._finger: int | None = None
        self._hover: QPointF | None = None
        self.setMouseTracking(True)
        self.setTabletTracking(True)
        self.setAttribute(Qt.WidgetAttribute.WA_AcceptTouchEvents)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.CrossCursor)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName("sheet to draw on")
        self.setToolTip(wrapped(_HELP, _KEYS_HELP))

    # ------------------------------------------------------------------ what is on it

    @property
    def ink(self) -> NDArray[np.float32]:
        """The ink, (height, width) in [0, 1]."""
        return np.multiply(self._history.sheet, np.float32(1 / FULL), dtype=np.float32)

    @property
    def is_empty(self) -> bool:
        """Whether there is no ink."""
        return not self._history.sheet.any()

    @property
    def can_undo(self) -> bool:
        """Whether there is a stroke to take back."""
        return self._history.can_undo

    @property
    def can_redo(self) -> bool:
        """Whether there is a stroke to bring back."""
        return self._history.can_redo

    @property
    def pen_width(self) -> float:
        """The pen's width, as a part of the sheet's longer side."""
        return self._pen_width

    @property
    def erasing(self) -> bool:
        """Whether the pen takes ink away."""
        return self._erasing

    def set_theme(self, theme: Theme) -> None:
        """Use these colours."""
        self._theme = theme
        self.update()

    def set_image_shape(self, image_shape: tuple[int, int]) -> None:
        """Draw for images of this shape; a sheet of other proportions begins empty."""
        self._end()  # a stroke under way is of the sheet before
        self._image_shape = image_shape
        if sheet_shape(image_shape) != self._history.sheet.shape:
            self._history = SheetHistory(blank(image_shape))
            self._tell()
        self.update()

    def set_empty_words(self, words: str, more: str) -> None:
        """Say this on an empty sheet."""
        self._words = words, more
        self.update()

    def set_marks(
        self, box: tuple[int, int, int, int] | None, mass: tuple[float, float] | None = None
    ) -> None:
        """Mark a box (top, left, bottom, right) and a centre of mass (down, right) of the sheet."""
        self._marks = None if box is None or mass is None else (box, mass)
        self.update()

    # ------------------------------------------------------------------ tools

    @Slot(float)
    def set_pen_width(self, width: float) -> None:
        """Use a pen of this width, as a part of the sheet's longer side."""
        self._pen_width = min(max(width, THINNEST), THICKEST)
        self.tools_changed.emit()
        self.update()

    @Slot(bool)
    def set_erasing(self, erasing: bool) -> None:
        """Take ink away with the pen, or draw."""
        self._erasing = erasing
        self.tools_changed.emit()
        self.update()

    @Slot()
    def undo(self) -> None:
        """Take back the last stroke."""
        self._end()
        self._history.undo()
        self._tell()

    @Slot()
    def redo(self) -> None:
        """Bring back the stroke taken back last."""
        self._end()
        self._history.redo()
        self._tell()

    @Slot()
    def clear(self) -> None:
        """Begin anew; this can be taken back too."""
        self._end()
        self._history.replace(blank(self._image_shape))
        self._tell()

    def shift(self, down: int, right: int) -> None:
        """Move all ink by so many pixels of the image."""
        self._end()
        wanted = [
            step * side / pixels + rest
            for step, side, pixels, rest in zip(
                *((down, right), self._history.sheet.shape, self._image_shape, self._rest),
                strict=True,
            )
        ]
        by = [round(way) for way in wanted]
        # What was rounded off is made good by the next steps: many of them are no further off.
        self._rest = [way - whole for way, whole in zip(wanted, by, strict=True)]
        self._history.replace(shifted(self._history.sheet, *by))
        self._tell()

    def _tell(self) -> None:
        self.update()
        self.changed.emit()
        self.tools_changed.emit()

    # ------------------------------------------------------------------ a stroke

    def _width(self, pressure: float, *, erase: bool) -> float:
        """Return how wide the pen is, in pixels of the sheet: half as much more when pressed."""
        width = self._pen_width * SHEET_SIDE * (0.5 + pressure)
        return max(width * (ERASER if erase else 1.0), 1.0)

    def _begin(self, place: QPointF, pressure: float, *, erase: bool) -> None:
        self._end()
        self._history.begin()
        self._stroke_erases = erase or self._erasing
        self._last = None
        self._extend(place, pressure, begin=True)

    def _extend(self, place: QPointF, pressure: float, *, begin: bool = False) -> None:
        """Draw on to a place of the widget."""
        self._hover = place
        if self._last is None and not begin:
            self.update()
            return
        point = self._on_sheet(place)
        width = self._width(pressure, erase=self._stroke_erases)
        start, start_width = self._last or (point, width)
        draw_line(
            self._history.sheet,
            (start.x(), start.y()),
            (point.x(), point.y()),
            (start_width, width),
            erase=self._stroke_erases,
        )
        self._last = point, width
        self.update()
        self.changed.emit()

    def _end(self) -> None:
        """End the stroke under way, if there is one."""
        if self._last is not None:
            self._last = self._finger = None
            self._history.end()
            self.tools_changed.emit()

    def _cancel(self) -> None:
        """Take back the stroke under way: the screen has taken it for a gesture."""
        if self._last is not None:
            self._end()
            self.undo()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Begin a stroke; the right button erases."""
        button = event.button()
        if button in (Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton):
            erase = button == Qt.MouseButton.RightButton
            self._begin(event.position(), _PLAIN_PRESSURE, erase=erase)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Draw on, or show where the pen would draw."""
        self._extend(event.position(), _PLAIN_PRESSURE)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """End the stroke."""
        self._end()

    def tabletEvent(self, event: QTabletEvent) -> None:
        """Draw with a pen: the harder the wider; its other end erases."""
        has_pressure = QInputDevice.Capability.Pressure in event.pointingDevice().capabilities()
        pressure = event.pressure() if has_pressure else _PLAIN_PRESSURE
        kind = event.type()
        if kind == QEvent.Type.TabletPress:
            turned = event.pointerType() == QPointingDevice.PointerType.Eraser
            erase = turned or event.button() == Qt.MouseButton.RightButton
            self.setFocus(Qt.FocusReason.MouseFocusReason)
            self._begin(event.position(), pressure, erase=erase)
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
            and is_own_key(event)
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
            self._begin(points[0].position(), _PLAIN_PRESSURE, erase=False)
            self._finger = points[0].id()
        else:
            for point in points:
                if point.id() == self._finger:
                    self._extend(point.position(), _PLAIN_PRESSURE)
                    if point.state() == point.State.Released:
                        self._end()
        if kind == QEvent.Type.TouchEnd:
            self._end()
            self._hover = None  # a finger that is gone points nowhere

    # ------------------------------------------------------------------ keys and focus

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Move, take back, clear, and change the pen."""
        if not is_own_key(event):
            super().keyPressEvent(event)
            return
        key = Qt.Key(event.key())
        if key in ARROWS:
            self.shift(*ARROWS[key])
        elif key == Qt.Key.Key_Backspace or is_undo(event):
            is_shifted = event.modifiers() & Qt.KeyboardModifier.ShiftModifier
            (self.redo if is_shifted else self.undo)()
        elif key == Qt.Key.Key_Delete:
            self.clear()
        elif key == Qt.Key.Key_X:
            self.set_erasing(not self._erasing)
        else:
            step = WIDTH_STEP if key == Qt.Key.Key_BracketRight else -WIDTH_STEP
            self.set_pen_width(self._pen_width + step)

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

    # ------------------------------------------------------------------ looks

    def sizeHint(self) -> QSize:
        """Return a comfortable size."""
        return QSize(420, 420)

    def minimumSizeHint(self) -> QSize:
        """Return the smallest size one can draw on."""
        return QSize(200, 200)

    def sheet_rect(self) -> QRectF:
        """Return where the sheet lies: as large as fits, in the middle."""
        height, width = self._history.sheet.shape
        scale = min((self.width() - 4) / width, (self.height() - 4) / height)
        rect = QRectF(0, 0, width * scale, height * scale)
        rect.moveCenter(QRectF(self.rect()).center())
        return rect

    def _on_sheet(self, place: QPointF) -> QPointF:
        rect, scale = self.sheet_rect(), self._scale()
        return QPointF((place.x() - rect.left()) / scale, (place.y() - rect.top()) / scale)

    def _scale(self) -> float:
        """Return how many pixels of the screen one of the sheet is wide."""
        return max(self.sheet_rect().width() / self._history.sheet.shape[1], 1e-6)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint sheet, guides, ink, marks and the outline of the pen."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        rect, look = self.sheet_rect(), CanvasLook(painter, self._theme)
        look.paper(rect)
        look.guides(rect)
        painter.drawImage(rect, look.ink(self._history.sheet))
        if self.is_empty and self._last is None:
            look.words(rect, *self._words)
        elif self._marks is not None:
            look.marks(rect, self._scale(), *self._marks)
        look.edge(rect, focused=self.hasFocus())
        if self._hover is not None and rect.contains(self._hover):
            erase = self._stroke_erases if self._last is not None else self._erasing
            width = self._width(_PLAIN_PRESSURE, erase=erase)
            look.pen(self._hover, width * self._scale() / 2, erase=erase)
