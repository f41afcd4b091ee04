"""A wall of images to walk along: with the keyboard, the pointer and the wheel."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtWidgets import QToolTip, QWidget

from gui.widgets.basics.arrow_keys import ENTER
from gui.widgets.basics.numpy_image import pixel_words
from gui.widgets.basics.tooltips import say_hovered, wrapped
from gui.widgets.images.wall_view import WallView

if TYPE_CHECKING:
    from PySide6.QtCore import QEvent
    from PySide6.QtGui import QKeyEvent, QMouseEvent, QWheelEvent

    from gui.widgets.images.wall_picture import WallContent, WallLayout

_WHEEL_NOTCH = 120


class ImageWall(WallView):
    """Arrows, Page Up and Down, Home and End move the current image, and Enter opens it.

    A click opens the image under the pointer. Ctrl and the wheel, + and - change how large the
    images are.
    """

    opened = Signal(int)
    """A row of the images."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._pointer: QPoint | None = None
        self.viewport().setMouseTracking(True)

    def set_content(self, content: WallContent | None, *, keep_place: bool) -> None:
        """Show other images, from the first on or from where one is."""
        super().set_content(content, keep_place=keep_place)
        self._tell_hovered()

    def scrollContentsBy(self, dx: int, dy: int) -> None:
        """Tell what has come under the pointer."""
        super().scrollContentsBy(dx, dy)
        self._tell_hovered()

    def set_zoom(self, index: int, around: QPoint | None = None) -> None:
        """Use one of the zooms.

        The image ``around`` a point of the viewport stays there; without a point it is the
        current image, or else the first in view.
        """
        index = min(max(index, 0), len(self._zooms) - 1)
        if index == self.zoom_index or self.content is None:
            return
        point, cells = around, self.visible_cells()
        if point is None and self.current is not None and self._cell in cells:
            point = self.cell_rect(self._cell).center()
        point = point or QPoint(0, 0)
        cell = self.cell_at(point)
        if cell is None:
            cell = next(iter(cells), 0)
        self.zoom_index = index
        self._side = self.side
        self._lay_out()
        if self.layout_now is not None:
            middle = self.layout_now.margin + self.layout_now.image_size[0] / 2
            under = point.y() * self._ratio
            self._scroll_to(self.layout_now.corner(cell)[0] + min(middle, under) - under)
            self._remember_anchor()
        self.zoom_changed.emit(self.zoom_index, len(self._zooms))
        self.viewport().update()

    def go_to(self, row: int) -> bool:
        """Make an image the current one and show it; return whether it is on the wall."""
        cell = self._cell_of(row)
        if cell is None:
            return False
        self._set_current(cell, in_the_middle=True)
        return True

    def _set_current(self, cell: int, *, in_the_middle: bool = False) -> None:
        content = self.content
        if content is None or not len(content.order):
            return
        self._cell = min(max(cell, 0), len(content.order) - 1)
        self.current = int(content.order[self._cell])
        words = content.describe(self.current)
        self.setAccessibleDescription(words)
        self._show_cell(self._cell, in_the_middle=in_the_middle)
        say_hovered(self, words)
        self.viewport().update()

    def describe(self, cell: int, point: QPoint | None = None) -> str:
        """Return what is at a cell, with the value of the pixel under a point of the viewport."""
        content, layout = self.content, self.layout_now
        assert content is not None
        assert layout is not None
        row = int(content.order[cell])
        words = content.describe(row)
        at = None if point is None else layout.pixel_at(cell, *self._on_wall(point))
        if at is not None:
            words += f"; {pixel_words(content.images[row].reshape(content.image_shape), at)}"
        return words

    def _tell_hovered(self) -> None:
        if self._pointer is None:
            return
        cell = self.cell_at(self._pointer)
        say_hovered(self, "" if cell is None else self.describe(cell, self._pointer))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Tell what is under the pointer."""
        self._pointer = point = event.position().toPoint()
        cell = self.cell_at(point)
        shape = Qt.CursorShape.ArrowCursor if cell is None else Qt.CursorShape.PointingHandCursor
        self.viewport().setCursor(shape)
        self._tell_hovered()
        if cell is None:
            QToolTip.hideText()
            return
        words = wrapped(self.describe(cell, point), "Click to open it.")
        place = event.globalPosition().toPoint()
        QToolTip.showText(place, words, self.viewport(), self.cell_rect(cell))

    def leaveEvent(self, event: QEvent) -> None:
        """Forget what was hovered."""
        self._pointer = None
        say_hovered(self, "")

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Open the image under the pointer."""
        cell = self.cell_at(event.position().toPoint())
        if cell is not None and event.button() == Qt.MouseButton.LeftButton:
            self._set_current(cell)
            self._open_current()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Take what belongs to a press that was taken."""
        event.accept()

    def _open_current(self) -> None:
        if self.current is not None:
            self.opened.emit(self.current)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Scroll; with Ctrl, zoom around the pointer."""
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            notches = event.angleDelta().y() / _WHEEL_NOTCH
            steps = int(np.sign(notches) * max(1, round(abs(notches)))) if notches else 0
            self.set_zoom(self.zoom_index + steps, event.position().toPoint())
            event.accept()
        else:
            super().wheelEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Walk along the wall, open the current image, or zoom."""
        layout = self.layout_now
        if layout is None or event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            event.ignore()
            return
        columns = layout.n_columns
        seen = self.viewport().height() * self._ratio
        page = max(1, int(seen // layout.cell_size[0])) * columns
        moves = {
            Qt.Key.Key_Left: -1,
            Qt.Key.Key_Right: 1,
            Qt.Key.Key_Up: -columns,
            Qt.Key.Key_Down: columns,
            Qt.Key.Key_PageUp: -page,
            Qt.Key.Key_PageDown: page,
        }
        ends = {Qt.Key.Key_Home: 0, Qt.Key.Key_End: layout.n_cells - 1}
        key = Qt.Key(event.key())
        if key in ends:
            self._set_current(ends[key])
        elif key in moves:
            self._walk(moves[key], layout)
        elif key in ENTER:
            self._open_current()
        elif key in (Qt.Key.Key_Plus, Qt.Key.Key_Equal):
            self.set_zoom(self.zoom_index + 1)
        elif key == Qt.Key.Key_Minus:
            self.set_zoom(self.zoom_index - 1)
        else:
            event.ignore()

    def walk(self, down: int, right: int) -> None:
        """Make the image so many rows down and columns to the right the current one."""
        layout = self.layout_now
        if layout is not None:
            self._walk(right or down * layout.n_columns, layout)

    def _walk(self, step: int, layout: WallLayout) -> None:
        """Move the current image; the first step chooses one in view, one too far ends a column."""
        cell, columns, n_cells = self._cell + step, layout.n_columns, layout.n_cells
        if self.current is None:
            cell = self._first_cell(layout)
        elif cell == -1 and self.first is not None:
            self._show_cell(-1)
            self.first.setFocus()
            return
        elif abs(step) > 1 and not 0 <= cell < n_cells:
            place = (self._cell + layout.lead) % columns - layout.lead
            column = range(place if place >= 0 else place + columns, n_cells, columns)
            cell = column[0 if step < 0 else -1]
        self._set_current(cell)

    def _first_cell(self, layout: WallLayout) -> int:
        """Return the remembered place if it is in view, else the first cell seen whole."""
        cells = self.visible_cells()
        if self._cell in cells:
            return self._cell
        cut = layout.corner(cells.start)[0] < self.verticalScrollBar().value()
        return min(cells.start + layout.n_columns * cut, layout.n_cells - 1)
