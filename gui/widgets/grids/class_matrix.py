"""A square of cells, one for each pair of classes, the rows and the columns in the same order."""

from __future__ import annotations

from abc import abstractmethod
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QLine, QPoint, QRect, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from core.pictures import reads_white
from gui.theme import on_paper
from gui.widgets.basics.fitting_words import as_title
from gui.widgets.basics.numpy_image import to_qimage
from gui.widgets.grids.cell_grid import CellGrid

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from numpy.typing import NDArray
    from PySide6.QtGui import QPaintEvent
    from PySide6.QtWidgets import QWidget

    from core.report.figures import Matrix

_GAP = 6
_WIDEST_NAME = 110
_WIDEST_HEAD = 60
_LARGEST_CELL, _LARGEST = 64, 320
"""Pixels of a cell's height at most; those of fewer than five classes fill that much together."""
_LEAST_CELL = 2
_BAR_WIDTH = 10
_BLACK, _WHITE = QColor("#000000"), QColor("#ffffff")
_WIDE_FRAMED = 22
"""Pixels: the number in a smaller cell has room for a thin frame alone."""
_FEWEST_FOR_LINES = 8
"""Pixels a side; between smaller cells there would be more lines than cells."""
_FEW = 12
"""So many classes have their numbers at every size of text."""


class ClassMatrix(CellGrid):
    """A grid of which a subclass says how strong the colour of a cell is, and what stands in it.

    Parameters
    ----------
    name : for screen readers
    help_text : what a click does
    axes : what rows and columns are
    diagonal : the theme's colour of the strongest cells on the diagonal; elsewhere it is red
    has_scale : whether the ends of the colours are written beside the cells
    """

    usual, least = QSize(360, 300), QSize(200, 160)

    def __init__(
        self,
        name: str,
        help_text: str,
        axes: tuple[str, str],
        parent: QWidget | None = None,
        *,
        diagonal: str = "bad",
        has_scale: bool = False,
    ) -> None:
        super().__init__(name, help_text, parent)
        self._diagonal = diagonal
        self._names: tuple[str, ...] = ()
        self._axes = axes
        self._has_scale = has_scale
        self.mark: tuple[int, int] | None = None
        """The framed cell."""
        self.chosen: tuple[int, int] | None = None
        """The cell that is looked at below, framed in black and white."""
        self._measured: tuple[tuple[str, ...], str] = (), ""
        self._widest = 0

    @property
    def n_cells(self) -> tuple[int, int]:
        """Rows and columns; none before there is something to read in them."""
        return self._square if self._is_ready else (0, 0)

    @property
    def _square(self) -> tuple[int, int]:
        return len(self._names), len(self._names)

    def set_mark(self, at: tuple[int, int] | None) -> None:
        """Frame a cell that is looked at elsewhere."""
        if at != self.mark:
            self.mark = at
            self.update()

    def set_chosen(self, at: tuple[int, int] | None) -> None:
        """Frame the cell that is looked at below, or none."""
        if at != self.chosen:
            self.chosen = at
            if at is not None:
                self.current = at
            self.update()

    def _set_names(self, names: Sequence[str]) -> None:
        if len(names) != len(self._names):
            self.current, self.mark, self.chosen = (0, 0), None, None
            self.updateGeometry()
        self._names = tuple(names)

    @property
    @abstractmethod
    def _is_ready(self) -> bool:
        """Whether there is anything to paint."""

    def minimumSizeHint(self) -> QSize:
        """Return the room for numbers of few classes that can be read; many have colours alone."""
        line, n = self.fontMetrics().height(), len(self._names)
        rows = n * (line - 2) if n <= _FEW else 0
        return QSize(self.least.width(), max(rows + 2 * line + 3 * _GAP, self.least.height()))

    @abstractmethod
    def _strengths(self) -> NDArray[np.float64]:
        """Return how strongly each cell is coloured, 0 to 1; NaN for one that is empty."""

    @abstractmethod
    def _words(self) -> Sequence[Sequence[str]]:
        """Return what stands in the cells, if there is room."""

    @abstractmethod
    def _values(self) -> NDArray[Any]:
        """Return the exact number of each cell."""

    @abstractmethod
    def _value_words(self) -> str:
        """Return what the numbers are."""

    def _shade_words(self) -> str:
        """Return what the colours off the diagonal say."""
        return self._value_words()

    def scale_ends(self) -> tuple[str, str]:
        """Return what the strongest and the palest colour mean; no words for no scale."""
        return "", ""

    def figure(self) -> Matrix | None:
        """Return the cells as they are coloured, with their numbers; None where there are none."""
        if not self._names or not self._is_ready:
            return None
        from core.report.figures import Matrix

        of_rows, of_columns = self._axes
        return Matrix(
            title=as_title(self.accessibleName()),
            subtitle="",
            values=self._values(),
            row_names=self._names,
            column_names=self._names,
            row_label=of_rows,
            column_label=of_columns,
            value_label=self._value_words(),
            texts=tuple(tuple(words) for words in self._words()),
            shades=self._strengths(),
            shade_words=self.scale_ends()[::-1],
            shade_label=self._shade_words(),
            hues=(on_paper("bad"), on_paper(self._diagonal)),
        )

    def _scale_width(self) -> int:
        if not self._has_scale:
            return 0
        metrics = self.fontMetrics()
        widest = max(metrics.horizontalAdvance(words) for words in self.scale_ends())
        return widest + _BAR_WIDTH + 2 * _GAP

    def _widest_name(self) -> int:
        """Return the width of the widest name; measured once, as every cell asks for it."""
        measured = self._names, self.font().key()
        if measured != self._measured:
            metrics = self.fontMetrics()
            widths = (metrics.horizontalAdvance(name) for name in self._names)
            self._measured, self._widest = measured, max(widths, default=0)
        return self._widest

    def _grid(self) -> QRect:
        """Return where the cells are, all of one size."""
        metrics = self.fontMetrics()
        n, widest = max(len(self._names), 1), self._widest_name()
        left = min(widest, _WIDEST_NAME) + metrics.height() + 3 * _GAP
        top = 2 * metrics.height() + _GAP
        room = self.rect().adjusted(left, top, -_GAP - self._scale_width(), -_GAP)
        largest = max(_LARGEST_CELL, _LARGEST // n)
        width = min(max(room.width() // n, _LEAST_CELL), 2 * largest)
        height = min(max(room.height() // n, _LEAST_CELL), largest)
        width = min(width, 3 * height)
        return QRect(room.left(), room.top(), n * width, n * height)

    def cell_rect(self, row: int, column: int) -> QRect:
        """Return where a cell is painted."""
        grid, n = self._grid(), max(len(self._names), 1)
        width, height = grid.width() // n, grid.height() // n
        return QRect(grid.left() + column * width, grid.top() + row * height, width, height)

    def scale_rect(self) -> QRect:
        """Return where the scale of the colours is painted, the strongest on top."""
        grid = self._grid()
        return QRect(grid.right() + 1 + _GAP, grid.top(), _BAR_WIDTH, grid.height())

    def _cell_at(self, point: QPoint) -> tuple[int, int] | None:
        grid, n = self._grid(), self.n_cells[0]
        if not n or not grid.contains(point):
            return None
        row = (point.y() - grid.top()) * n // grid.height()
        return row, (point.x() - grid.left()) * n // grid.width()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint names, cells, numbers and the scale."""
        if not self._names or not self._is_ready:
            return
        with QPainter(self) as painter:
            self._paint_names(painter)
            self._paint_cells(painter)
            if self._has_scale and any(self.scale_ends()):
                bar = self.scale_rect()
                strengths = np.linspace(1.0, 0.0, bar.height())[:, None]
                shades = to_qimage(self._colours(strengths, _rgb(self._theme.bad)))
                frame = bar.adjusted(0, 0, -1, -1)
                self._paint_scale(painter, bar, frame, shades, self.scale_ends())
            painter.setBrush(Qt.BrushStyle.NoBrush)
            if self.chosen is not None:
                inside = self.cell_rect(*self.chosen).adjusted(0, 0, -1, -1)
                width = 2 if inside.height() >= _WIDE_FRAMED else 1
                for inwards, colour in ((0, Qt.GlobalColor.black), (width, Qt.GlobalColor.white)):
                    painter.setPen(QPen(colour, width))
                    painter.drawRect(inside.adjusted(inwards, inwards, -inwards, -inwards))
            if self.mark is not None:
                painter.setPen(QPen(QColor(self._theme.text), 2))
                painter.drawRect(self.cell_rect(*self.mark))
            if self.hasFocus():
                painter.setPen(QPen(QColor(self._theme.accent), 2))
                painter.drawRect(self.cell_rect(*self.current))

    def _paint_names(self, painter: QPainter) -> None:
        grid, metrics = self._grid(), painter.fontMetrics()
        line = metrics.height()
        cell = self.cell_rect(0, 0)
        painter.setPen(QColor(self._theme.muted))
        centre = Qt.AlignmentFlag.AlignCenter
        whole = Qt.AlignmentFlag(centre | Qt.TextFlag.TextDontClip)
        of_rows, of_columns = self._axes
        painter.drawText(QRect(grid.left(), 0, grid.width(), line), whole, of_columns)
        painter.save()
        painter.translate(line / 2 + _GAP, grid.center().y())
        painter.rotate(-90)
        painter.drawText(
            QRect(-grid.height() // 2, -line // 2, grid.height(), line), whole, of_rows
        )
        painter.restore()
        painter.setPen(QColor(self._theme.text))
        elide = Qt.TextElideMode.ElideRight
        # Where there is no room for each name, every so manieth is written.
        down = -(-line // max(cell.height(), 1))
        widest = self._widest_name()
        across = -(-(min(widest, _WIDEST_HEAD) + 4) // max(cell.width(), 1))
        right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        for k in range(0, len(self._names), down):
            row = self.cell_rect(k, 0)
            left = line + 2 * _GAP
            box = QRect(left, row.center().y() - line // 2, row.left() - left - _GAP, line)
            painter.drawText(box, right, metrics.elidedText(self._names[k], elide, box.width()))
        for k in range(0, len(self._names), across):
            column = self.cell_rect(0, k)
            width = across * column.width()
            box = QRect(column.center().x() - width // 2, line, width, line)
            painter.drawText(box, centre, metrics.elidedText(self._names[k], elide, width - 2))

    def _paint_cells(self, painter: QPainter) -> None:
        """Paint the colours as one picture: many classes have thousands of cells."""
        grid, cell, n = self._grid(), self.cell_rect(0, 0), len(self._names)
        strengths = self._strengths()
        diagonal = np.eye(n, dtype=bool)[..., None]
        of_diagonal = getattr(self._theme, self._diagonal)
        full = np.where(diagonal, _rgb(of_diagonal), _rgb(self._theme.bad))
        colours = self._colours(strengths, full)
        painter.drawImage(grid, to_qimage(colours))
        painter.setPen(QColor(self._theme.border))
        if min(cell.width(), cell.height()) > _FEWEST_FOR_LINES:
            x = grid.left() + cell.width() * np.arange(n + 1)
            y = grid.top() + cell.height() * np.arange(n + 1)
            upright = [QLine(at, int(y[0]), at, int(y[-1])) for at in x.tolist()]
            painter.drawLines(upright + [QLine(int(x[0]), at, int(x[-1]), at) for at in y.tolist()])
        painter.drawRect(grid.adjusted(0, 0, -1, -1))
        if cell.height() >= painter.fontMetrics().height() - 2:
            self._paint_words(painter, cell, reads_white(colours))

    def _paint_words(self, painter: QPainter, cell: QRect, white: NDArray[np.bool_]) -> None:
        """Write what stands in the cells, if all of it fits."""
        words, metrics = self._words(), painter.fontMetrics()
        room = cell.width() - 4
        if any(metrics.horizontalAdvance(one) > room for one in {one for r in words for one in r}):
            return
        for row, column in np.ndindex(white.shape):
            if words[row][column]:
                painter.setPen(_WHITE if white[row, column] else _BLACK)
                box = cell.translated(column * cell.width(), row * cell.height())
                painter.drawText(box, Qt.AlignmentFlag.AlignCenter, words[row][column])

    def _colours(
        self, strengths: NDArray[np.float64], full: NDArray[np.float64]
    ) -> NDArray[np.uint8]:
        """Return strengths (height, width) on the way to a colour (..., 3) as a picture."""
        share, ground = strengths[..., None], _rgb(self._theme.surface)
        colours = ground + np.nan_to_num(share) * (full - ground)
        return np.where(np.isnan(share), _rgb(self._theme.raised), colours).astype(np.uint8)


def _rgb(colour: str) -> NDArray[np.float64]:
    made = QColor(colour)
    return np.array([made.red(), made.green(), made.blue()], dtype=np.float64)
