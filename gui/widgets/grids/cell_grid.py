"""What grids of cells share: reading under the pointer, choosing by click and by keyboard."""

from __future__ import annotations

from abc import abstractmethod
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, QRect, Qt, Signal
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from gui.theme import LIGHT, Theme
from gui.widgets.basics.arrow_keys import ARROWS, ENTER
from gui.widgets.basics.tooltips import wrapped

if TYPE_CHECKING:
    from PySide6.QtCore import QEvent
    from PySide6.QtGui import QKeyEvent, QMouseEvent


class CellGrid(QWidget):
    """A grid of which a subclass says how many cells there are, where they lie and what they say.

    Parameters
    ----------
    name : for screen readers
    help_text : what a click does, below what a cell says
    """

    hovered = Signal(str)
    pointed = Signal(object)
    """The (row, column) that is hovered or walked to, or None."""

    def __init__(self, name: str, help_text: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = LIGHT
        self._help = help_text
        self._current = (0, 0)
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName(name)

    def set_theme(self, theme: Theme) -> None:
        """Use these colours."""
        self._theme = theme
        self.update()

    @property
    @abstractmethod
    def n_cells(self) -> tuple[int, int]:
        """Rows and columns."""

    @abstractmethod
    def cell_rect(self, row: int, column: int) -> QRect:
        """Return where a cell lies."""

    @abstractmethod
    def _cell_at(self, point: QPoint) -> tuple[int, int] | None:
        """Return the cell at a place, if there is one."""

    @abstractmethod
    def describe(self, row: int, column: int) -> str:
        """Return a cell in words."""

    @abstractmethod
    def _choose(self, row: int, column: int) -> None:
        """Tell that a cell was chosen."""

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Tell what the cell under the pointer says."""
        at = self._cell_at(event.position().toPoint())
        self.setCursor(Qt.CursorShape.PointingHandCursor if at else Qt.CursorShape.ArrowCursor)
        self.pointed.emit(at)
        if at is None:
            QToolTip.hideText()
            self.hovered.emit("")
            return
        words = self.describe(*at)
        self.hovered.emit(words)
        place = event.globalPosition().toPoint()
        QToolTip.showText(place, wrapped(words, self._help), self, self.cell_rect(*at))

    def leaveEvent(self, event: QEvent) -> None:
        """Forget what was hovered."""
        self.pointed.emit(None)
        self.hovered.emit("")

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Choose the cell under the pointer."""
        at = self._cell_at(event.position().toPoint())
        if at is not None and event.button() == Qt.MouseButton.LeftButton:
            self._current = at
            self.update()
            self._choose(*at)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Walk with the arrows, choose with Enter."""
        key, (n_rows, n_columns) = Qt.Key(event.key()), self.n_cells
        if not (n_rows and n_columns):
            super().keyPressEvent(event)
        elif key in ARROWS:
            row, column = (self._current[i] + ARROWS[key][i] for i in range(2))
            self._current = min(max(row, 0), n_rows - 1), min(max(column, 0), n_columns - 1)
            words = self.describe(*self._current)
            self.setAccessibleDescription(words)
            self.hovered.emit(words)
            self.pointed.emit(self._current)
            self.update()
        elif key in ENTER:
            self._choose(*self._current)
        else:
            super().keyPressEvent(event)
