"""What grids of cells share: reading under the pointer, choosing by click and by keyboard."""

from __future__ import annotations

from abc import abstractmethod
from itertools import product
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, QRect, Qt, Signal
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QToolTip

from gui.widgets.basics.arrow_keys import ARROWS, ENTER
from gui.widgets.basics.painted import Painted
from gui.widgets.basics.tooltips import say_hovered, wrapped

if TYPE_CHECKING:
    from PySide6.QtCore import QEvent
    from PySide6.QtGui import QImage, QKeyEvent, QMouseEvent, QPainter
    from PySide6.QtWidgets import QWidget


class CellGrid(Painted):
    """A grid of which a subclass says how many cells there are, where they lie and what they say.

    Parameters
    ----------
    name : for screen readers
    help_text : what a click does, below what a cell says
    """

    clicked = Signal(int, int)
    """The row and the column that is chosen, by click or with Enter."""
    pointed = Signal(object)
    """The (row, column) that is hovered or walked to, or None."""

    def __init__(self, name: str, help_text: str, parent: QWidget | None = None) -> None:
        super().__init__(name, parent)
        self._help = help_text
        self.current = (0, 0)
        """The row and the column that the keyboard has reached."""
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    @property
    @abstractmethod
    def n_cells(self) -> tuple[int, int]:
        """Rows and columns."""

    @abstractmethod
    def cell_rect(self, row: int, column: int) -> QRect:
        """Return where a cell lies."""

    @abstractmethod
    def describe(self, row: int, column: int) -> str:
        """Return a cell in words."""

    def _cell_at(self, point: QPoint) -> tuple[int, int] | None:
        """Return the cell at a place, if there is one."""
        n_rows, n_columns = self.n_cells
        cells = product(range(n_rows), range(n_columns))
        return next((at for at in cells if self.cell_rect(*at).contains(point)), None)

    def _words_at(self, row: int, column: int, point: QPoint) -> tuple[str, str]:
        """Return what the cell under the pointer says, and the help below."""
        return self.describe(row, column), self._help

    def _neighbour(self, down: int, right: int) -> tuple[int, int]:
        """Return the cell beside the current one."""
        (row, column), (n_rows, n_columns) = self.current, self.n_cells
        return max(min(row + down, n_rows - 1), 0), max(min(column + right, n_columns - 1), 0)

    def _choose(self, row: int, column: int) -> None:
        """Tell that a cell was chosen."""
        self.clicked.emit(row, column)

    def _paint_scale(
        self, painter: QPainter, bar: QRect, frame: QRect, shades: QImage, ends: tuple[str, str]
    ) -> None:
        """Paint a scale of the colours, and its upper and its lower end in words."""
        painter.drawImage(bar, shades)
        painter.setPen(QColor(self._theme.border))
        painter.drawRect(frame)
        painter.setPen(QColor(self._theme.muted))
        box = bar.adjusted(bar.width() + 4, -2, self.width(), 2)
        upper, lower = Qt.AlignmentFlag.AlignTop, Qt.AlignmentFlag.AlignBottom
        for words, side in zip(ends, (upper, lower), strict=True):
            painter.drawText(box, Qt.AlignmentFlag.AlignLeft | side, words)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Tell what the cell under the pointer says."""
        point = event.position().toPoint()
        at = self._cell_at(point)
        self.setCursor(Qt.CursorShape.PointingHandCursor if at else Qt.CursorShape.ArrowCursor)
        self.pointed.emit(at)
        if at is None:
            QToolTip.hideText()
            say_hovered(self, "")
            return
        words, more = self._words_at(*at, point)
        say_hovered(self, words)
        place = event.globalPosition().toPoint()
        QToolTip.showText(place, wrapped(words, more), self, self.cell_rect(*at))

    def leaveEvent(self, event: QEvent) -> None:
        """Forget what was hovered."""
        self.pointed.emit(None)
        say_hovered(self, "")
        super().leaveEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Choose the cell under the pointer."""
        at = self._cell_at(event.position().toPoint())
        if at is not None and event.button() == Qt.MouseButton.LeftButton:
            self.current = at
            self.update()
            self._choose(*at)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Walk with the arrows, choose with Enter."""
        key = Qt.Key(event.key())
        if not all(self.n_cells):
            super().keyPressEvent(event)
        elif key in ARROWS:
            self.current = self._neighbour(*ARROWS[key])
            words = self.describe(*self.current)
            self.setAccessibleDescription(words)
            say_hovered(self, words)
            self.pointed.emit(self.current)
            self.update()
        elif key in ENTER:
            self._choose(*self.current)
        else:
            super().keyPressEvent(event)
