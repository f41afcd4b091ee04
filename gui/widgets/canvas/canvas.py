"""A sheet to draw on, with mouse, pen or finger."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QPainter

from core.drawing.ink import FULL, SHEET_SIDE, SheetHistory, blank, draw_line, sheet_shape, shifted
from gui.widgets.basics.tooltips import wrapped
from gui.widgets.canvas.canvas_keys import ARROWS, is_own_key, is_undo
from gui.widgets.canvas.canvas_look import CanvasLook
from gui.widgets.canvas.stroke_surface import PLAIN_PRESSURE, StrokeSurface

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from PySide6.QtCore import QPointF
    from PySide6.QtGui import QKeyEvent, QPaintEvent
    from PySide6.QtWidgets import QWidget

    from core.report.figures import Pictures

THINNEST, THICKEST = 0.02, 0.2
"""Of the pen, as a part of the sheet's longer side."""

USUAL_WIDTH = 0.08
"""A digit that fills most of the sheet then has lines as MNIST's, two to three pixels wide."""

WIDTH_STEP = 0.01
ERASER = 2.0
"""So many times as wide as the pen: one erases more roughly than one draws."""

_HELP = (
    "Draw with mouse, pen or finger; a pen draws wider the harder it is pressed. The right button "
    "or the pen's other end erases."
)
_KEYS_HELP = (
    "Once clicked: arrow keys move the drawing by one pixel of the image, Backspace takes a stroke "
    "back, Shift+Backspace brings it back, Delete clears, X switches the eraser, [ and ] make the "
    "pen thinner and thicker."
)


class Canvas(StrokeSurface):
    """Ink on a sheet with the proportions of an image.

    The sheet has a size of its own, so that what is drawn depends neither on the window nor on the
    screen.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rest = [0.0, 0.0]
        """Pixels of the sheet that arrow keys have still to go, down and right."""
        self._image_shape = (28, 28)
        self._history = SheetHistory(blank(self._image_shape))
        self._pen_width = USUAL_WIDTH
        self._erasing = False
        self._words = ("", "")
        self._marks: tuple[tuple[int, int, int, int], tuple[float, float]] | None = None
        self._stroke_erases = False
        self.setAccessibleName("sheet to draw on")
        self.setToolTip(wrapped(_HELP, _KEYS_HELP))

    @property
    def ink(self) -> NDArray[np.float32]:
        """The ink, (height, width) in [0, 1]."""
        return np.multiply(self._history.sheet, np.float32(1 / FULL), dtype=np.float32)

    def figure(self) -> Pictures | None:
        """Return the ink; None where there is none."""
        if self.is_empty:
            return None
        from core.report.figures import Cell, Pictures

        return Pictures("Drawing", "", (Cell("", "", self.ink),))

    def figure_words(self) -> None:
        """Say that no run has to do with it."""

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

    def set_image_shape(self, image_shape: tuple[int, int]) -> None:
        """Draw for images of this shape; a sheet of other proportions begins empty."""
        self._end()  # a stroke under way is of the sheet before
        self._image_shape = image_shape
        if sheet_shape(image_shape) != self._history.sheet.shape:
            self._history = SheetHistory(blank(image_shape))
            self._tell()
        self.update()

    @property
    def empty_words(self) -> tuple[str, str]:
        """What is said on an empty sheet."""
        return self._words

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
                (down, right),
                self._history.sheet.shape,
                self._image_shape,
                self._rest,
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

    @property
    def sheet_size(self) -> tuple[int, int]:
        """(height, width) of the sheet, in its own pixels."""
        height, width = self._history.sheet.shape
        return height, width

    def _pen(self, pressure: float, *, erase: bool) -> float:
        """Return how wide the pen is, in pixels of the sheet: half as much more when pressed."""
        width = self._pen_width * SHEET_SIDE * (0.5 + pressure)
        return max(width * (ERASER if erase else 1.0), 1.0)

    def _width(self, pressure: float) -> float:
        """Return how wide the stroke under way is."""
        return self._pen(pressure, erase=self._stroke_erases)

    def _stroke_begins(self, *, other_end: bool) -> None:
        self._history.begin()
        self._stroke_erases = other_end or self._erasing

    def _stroke_goes_on(self, start: QPointF, end: QPointF, widths: tuple[float, float]) -> None:
        draw_line(
            self._history.sheet,
            (start.x(), start.y()),
            (end.x(), end.y()),
            widths,
            erase=self._stroke_erases,
        )

    def _stroke_ends(self) -> None:
        self._history.end()

    def is_own_key(self, event: QKeyEvent) -> bool:
        """Whether a key means something here, and is no shortcut of the window."""
        return is_own_key(event)

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

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint sheet, guides, ink, marks and the outline of the pen."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        rect, look = self.sheet_rect(), CanvasLook(painter, self._theme)
        look.paper(rect)
        look.guides(rect)
        painter.drawImage(rect, look.ink(self._history.sheet))
        if self.is_empty and not self.is_stroking:
            look.words(rect, *self._words)
        elif self._marks is not None:
            look.marks(rect, self._scale(), *self._marks)
        look.edge(rect, focused=self.hasFocus())
        if self._hover is not None and rect.contains(self._hover):
            erase = self._stroke_erases if self.is_stroking else self._erasing
            width = self._pen(PLAIN_PRESSURE, erase=erase)
            look.pen(self._hover, width * self._scale() / 2, erase=erase)
