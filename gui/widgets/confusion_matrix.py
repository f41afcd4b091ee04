"""What is taken for what: a square of cells, rows the labels, columns what is read."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPen

from gui.widgets.cell_grid import CellGrid

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray
    from PySide6.QtGui import QPaintEvent
    from PySide6.QtWidgets import QWidget

_GAP = 6
_WIDEST_NAME = 110
_WIDEST_HEAD = 60
_LARGEST_CELL = 64
_LEAST_CELL = 2
_HELP = "Click to see these images, the most surely read first."
_DARK = 0.45
"""Of full colour, from which on the words in a cell are light."""


class ConfusionMatrix(CellGrid):
    """Paints counts, or the share of each label's images; the diagonal is what is read rightly.

    Mistakes are red, the more of the label's images the redder, measured by the largest share of
    mistakes there is: where hardly anything is wrong, the little there is can be seen.
    """

    clicked = Signal(int, int)
    """Label and what it is read as."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("confusion matrix", _HELP, parent)
        self._names: tuple[str, ...] = ()
        self._counts: NDArray[np.int64] = np.zeros((0, 0), dtype=np.int64)
        self._rates = False

    @property
    def n_cells(self) -> tuple[int, int]:
        """Rows and columns."""
        return len(self._names), len(self._names)

    def set_counts(self, names: Sequence[str], counts: NDArray[np.int64]) -> None:
        """Show other numbers.

        Parameters
        ----------
        names : one per class
        counts : (n_classes, n_classes), rows labels, columns what is read
        """
        if len(names) != len(self._names):
            self._current = (0, 0)
        self._names, self._counts = tuple(names), counts
        self.update()

    def set_rates(self, rates: bool) -> None:
        """Write shares of each row in per cent, or counts."""
        self._rates = rates
        self.update()

    @property
    def counts(self) -> NDArray[np.int64]:
        """What is shown."""
        return self._counts

    def sizeHint(self) -> QSize:
        """Return a comfortable size."""
        return QSize(360, 300)

    def minimumSizeHint(self) -> QSize:
        """Return the smallest readable size."""
        return QSize(200, 160)

    # ------------------------------------------------------------------ geometry

    def _grid(self) -> QRect:
        """Return where the cells are, all of one size."""
        metrics = QFontMetrics(self.font())
        n = max(len(self._names), 1)
        widest = max((metrics.horizontalAdvance(name) for name in self._names), default=0)
        left = min(widest, _WIDEST_NAME) + metrics.height() + 3 * _GAP
        top = 2 * metrics.height() + _GAP
        room = self.rect().adjusted(left, top, -_GAP, -_GAP)
        width = min(max(room.width() // n, _LEAST_CELL), 2 * _LARGEST_CELL)
        height = min(max(room.height() // n, _LEAST_CELL), _LARGEST_CELL)
        width = min(width, 3 * height)
        return QRect(room.left(), room.top(), n * width, n * height)

    def cell_rect(self, label: int, read: int) -> QRect:
        """Return where a cell is painted."""
        grid, n = self._grid(), max(len(self._names), 1)
        width, height = grid.width() // n, grid.height() // n
        return QRect(grid.left() + read * width, grid.top() + label * height, width, height)

    def _cell_at(self, point: QPoint) -> tuple[int, int] | None:
        grid, n = self._grid(), len(self._names)
        if not n or not grid.contains(point):
            return None
        row = (point.y() - grid.top()) * n // grid.height()
        return row, (point.x() - grid.left()) * n // grid.width()

    # ------------------------------------------------------------------ painting

    def _strengths(self) -> NDArray[np.float64]:
        """Return how strongly each cell is coloured, 0 to 1."""
        rows = np.maximum(self._counts.sum(axis=1, keepdims=True), 1)
        shares = self._counts / rows
        mistakes = shares.copy()
        np.fill_diagonal(mistakes, 0.0)
        strengths = np.sqrt(mistakes / (mistakes.max() or 1.0))
        np.fill_diagonal(strengths, np.diagonal(shares))
        return np.asarray(strengths)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint names, cells and numbers."""
        if not self._names or self._counts.shape != (len(self._names),) * 2:
            return
        with QPainter(self) as painter:
            self._paint_names(painter)
            self._paint_cells(painter)
            if self.hasFocus():
                painter.setBrush(Qt.BrushStyle.NoBrush)
                painter.setPen(QPen(QColor(self._theme.accent), 2))
                painter.drawRect(self.cell_rect(*self._current))

    def _paint_names(self, painter: QPainter) -> None:
        grid, metrics = self._grid(), painter.fontMetrics()
        line = metrics.height()
        cell = self.cell_rect(0, 0)
        painter.setPen(QColor(self._theme.muted))
        centre = Qt.AlignmentFlag.AlignCenter
        painter.drawText(QRect(grid.left(), 0, grid.width(), line), centre, "read as")
        painter.save()
        painter.translate(line / 2 + _GAP, grid.center().y())
        painter.rotate(-90)
        painter.drawText(
            QRect(-grid.height() // 2, -line // 2, grid.height(), line), centre, "label"
        )
        painter.restore()
        painter.setPen(QColor(self._theme.text))
        elide = Qt.TextElideMode.ElideRight
        # Where there is no room for each name, every so manieth is written.
        down = -(-line // max(cell.height(), 1))
        widest = max(metrics.horizontalAdvance(name) for name in self._names)
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
        strengths, n = self._strengths(), len(self._names)
        ground, right, wrong = map(_rgb, (self._theme.surface, self._theme.accent, self._theme.bad))
        metrics, cell = painter.fontMetrics(), self.cell_rect(0, 0)
        largest = metrics.horizontalAdvance("100%" if self._rates else str(self._counts.max()))
        written = cell.width() >= largest + 4 and cell.height() >= metrics.height() - 2
        lines = min(cell.width(), cell.height()) > 8
        for label in range(n):
            for read in range(n):
                box, strength = self.cell_rect(label, read), float(strengths[label, read])
                full = right if label == read else wrong
                colour = QColor(*(int(v) for v in ground + strength * (full - ground)))
                painter.fillRect(box, colour)
                if lines:
                    painter.setPen(QColor(self._theme.border))
                    painter.drawRect(box)
                if written and self._counts[label, read]:
                    light = strength > _DARK
                    painter.setPen(QColor(self._theme.on_accent if light else self._theme.text))
                    words = self._number(label, read)
                    painter.drawText(box, Qt.AlignmentFlag.AlignCenter, words)
        painter.setPen(QColor(self._theme.border))
        painter.drawRect(self._grid().adjusted(0, 0, -1, -1))

    def _number(self, label: int, read: int) -> str:
        count = int(self._counts[label, read])
        if not self._rates:
            return str(count)
        share = 100 * count / max(int(self._counts[label].sum()), 1)
        return f"{share:.0f}%" if share >= 1 else "<1%"

    # ------------------------------------------------------------------ reading and choosing

    def describe(self, label: int, read: int) -> str:
        """Return a cell in words."""
        count, whole = int(self._counts[label, read]), int(self._counts[label].sum())
        share = count / max(whole, 1)
        how = "rightly " if label == read else ""
        return (
            f"{count:,} of {whole:,} images labelled {self._names[label]} ({share:.1%}) are "
            f"{how}read as {self._names[read]}"
        )

    def _choose(self, row: int, column: int) -> None:
        self.clicked.emit(row, column)


def _rgb(colour: str) -> NDArray[np.float64]:
    made = QColor(colour)
    return np.array([made.red(), made.green(), made.blue()], dtype=np.float64)
