"""Values of every class at every epoch as a picture: rows classes, columns epochs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import QColor, QImage, QPainter, QPen

from core.pictures import SEQUENTIAL, sequential_rgb
from gui.widgets.basics.fitting_words import as_title
from gui.widgets.basics.numpy_image import to_qimage
from gui.widgets.basics.ticks import round_above
from gui.widgets.grids.cell_grid import CellGrid

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray
    from PySide6.QtGui import QPaintEvent
    from PySide6.QtWidgets import QWidget

    from core.report.figures import Matrix

_GAP = 6
_WIDEST_NAME = 110
_BAR_WIDTH = 12
_TALLEST_ROW = 40
_LEAST_SPAN = 0.01
"""Of the scale: smaller differences are not blown up."""

_HELP = "Click to show the model of this epoch everywhere."


class EpochHeatMap(CellGrid):
    """Pale is low, dark is high; the scale stands beside it, from the lowest to the highest value.

    The scale leaves the first epoch out where there are more: the start would dwarf what is learnt.
    """

    epoch_clicked = Signal(int)
    usual, least = QSize(460, 260), QSize(90, 84)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("scores of each class over epochs", _HELP, parent)
        self._names: tuple[str, ...] = ()
        self.epochs: NDArray[np.int64] = np.empty(0, dtype=np.int64)
        """The epochs shown, (n_epochs,)."""
        self.scores: NDArray[np.float64] = np.empty((0, 0))
        """What is shown, (n_epochs, n_classes)."""
        self._counts: NDArray[np.int64] = np.empty(0, dtype=np.int64)
        self.limits = (0.0, 1.0)
        """The values of the two ends of the scale."""
        self._image: QImage | None = None
        self._scale = to_qimage(SEQUENTIAL[::-1, None])
        self._marker: float | None = None
        self._sides: tuple[int, int] | None = None

    def stand_in_column(self, left: int, right: int) -> None:
        """Begin and end so many pixels from the sides, as plots above do; without the scale."""
        self._sides = left, right
        self.update()

    @property
    def n_cells(self) -> tuple[int, int]:
        """Rows and columns."""
        n_epochs, n_classes = self.scores.shape
        return n_classes, n_epochs

    def set_scores(
        self,
        names: Sequence[str],
        epochs: NDArray[np.int64],
        scores: NDArray[np.float64],
        counts: NDArray[np.int64],
    ) -> None:
        """Show other numbers.

        Parameters
        ----------
        names : one per class
        epochs : (n_epochs,)
        scores : (n_epochs, n_classes) shares read rightly; NaN where a class has no image
        counts : (n_classes,) how many images they are shares of
        """
        self._names, self.epochs, self.scores = tuple(names), epochs, scores
        self._counts = counts
        learnt = scores[1:] if len(scores) > 1 else scores
        finite = learnt[np.isfinite(learnt)]
        self.limits = _limits(finite)
        self._image = None
        self.current = self._neighbour(0, 0)  # what is not there any more cannot be chosen
        self.update()

    def set_marker(self, epoch: float | None) -> None:
        """Mark the epoch shown elsewhere."""
        if epoch != self._marker:
            self._marker = epoch
            self.update()

    def figure(self) -> Matrix | None:
        """Return the scores of all classes and epochs; None before there are any."""
        if not len(self.epochs):
            return None
        from core.report.figures import Matrix

        low, high = self.limits
        return Matrix(
            title=as_title(self.accessibleName()),
            subtitle="",
            values=self.scores.T,
            row_names=self._names,
            column_names=tuple(map(str, self.epochs.tolist())),
            row_label="class",
            column_label="epoch",
            value_label="share read rightly",
            shades=np.clip((self.scores.T - low) / (high - low), 0.0, 1.0),
            shade_words=(f"{low:.3f}", f"{high:.3f}"),
        )

    def _grid(self) -> QRect:
        """Return where the cells are."""
        metrics = self.fontMetrics()
        widest = max((metrics.horizontalAdvance(name) for name in self._names), default=0)
        left = min(widest, _WIDEST_NAME) + 2 * _GAP
        right = _BAR_WIDTH + metrics.horizontalAdvance("1.000") + 3 * _GAP
        if self._sides is not None:
            left, right = self._sides
        above = _GAP if self._sides is None else 2
        room = self.rect().adjusted(left, above, -right, -metrics.height() - above)
        height = min(room.height(), _TALLEST_ROW * max(len(self._names), 1))
        return QRect(room.left(), room.top(), max(room.width(), 1), max(height, 1))

    def cell_rect(self, label: int, column: int) -> QRect:
        """Return where the value of a class at the ``column``-th epoch is painted."""
        grid, (n_epochs, n_classes) = self._grid(), self.scores.shape
        left, right = (grid.left() + grid.width() * c // n_epochs for c in (column, column + 1))
        top, bottom = (grid.top() + grid.height() * k // n_classes for k in (label, label + 1))
        return QRect(left, top, max(right - left, 1), max(bottom - top, 1))

    def _cell_at(self, point: QPoint) -> tuple[int, int] | None:
        grid, (n_epochs, n_classes) = self._grid(), self.scores.shape
        if not n_epochs or not grid.contains(point):
            return None
        label = _place(np.array(point.y() - grid.top()), n_classes, grid.height())
        column = _place(np.array(point.x() - grid.left()), n_epochs, grid.width())
        return int(label), int(column)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint names, cells, epochs, the scale and the mark."""
        if not len(self.epochs):
            return
        # A painter that goes on after an exception would end the process.
        with QPainter(self) as painter:
            grid = self._grid()
            self._paint_cells(painter, grid)
            self._paint_names(painter, grid)
            self._paint_epochs(painter, grid)
            if self._sides is None:
                low, high = self.limits
                bar = QRect(grid.right() + 2 * _GAP, grid.top(), _BAR_WIDTH, grid.height())
                ends = f"{high:.3f}", f"{low:.3f}"
                self._paint_scale(painter, bar, bar.adjusted(-1, -1, 0, 0), self._scale, ends)
            painter.setBrush(Qt.BrushStyle.NoBrush)
            if self.hasFocus():
                painter.setPen(QPen(QColor(self._theme.accent), 2))
                painter.drawRect(self.cell_rect(*self.current).adjusted(-1, -1, 1, 1))

    def _paint_cells(self, painter: QPainter, grid: QRect) -> None:
        if self._image is None or self._image.size() != grid.size():
            self._image = self._picture(grid)
        painter.drawImage(grid.topLeft(), self._image)
        n_epochs, _ = self.scores.shape
        missing = np.flatnonzero(np.isnan(self.scores).all(axis=0))
        for label in missing.tolist():
            whole = self.cell_rect(label, 0).united(self.cell_rect(label, n_epochs - 1))
            painter.fillRect(whole, QColor(self._theme.raised))
        painter.setPen(QColor(self._theme.border))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(grid.adjusted(-1, -1, 0, 0))
        if self._marker is not None:
            column = int(np.abs(self.epochs - self._marker).argmin())
            cell = self.cell_rect(0, column)
            box = QRect(cell.left() - 2, grid.top() - 3, cell.width() + 3, grid.height() + 5)
            painter.setPen(QPen(QColor(self._theme.text), 2))
            painter.drawRect(box)

    def _picture(self, grid: QRect) -> QImage:
        """Return the cells in colours, each pixel that of the cell that hovering finds there."""
        n_epochs, n_classes = self.scores.shape
        columns = _place(np.arange(grid.width()), n_epochs, grid.width())
        labels = _place(np.arange(grid.height()), n_classes, grid.height())
        cells = sequential_rgb(self.scores.T, *self.limits)
        return to_qimage(cells[labels][:, columns])

    def _paint_names(self, painter: QPainter, grid: QRect) -> None:
        metrics = painter.fontMetrics()
        line, n_classes = metrics.height(), len(self._names)
        tops = [max(self.cell_rect(k, 0).center().y() - line // 2, 0) for k in range(n_classes)]
        # Where there is no room for each name, every so manieth is written.
        apart = (k for k in range(1, n_classes) if tops[k] - tops[0] >= line - 2)
        step = next(apart, n_classes)
        painter.setPen(QColor(self._theme.text))
        flags = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        elide = Qt.TextElideMode.ElideRight
        for k in range(0, n_classes, step):
            box = QRect(0, tops[k], grid.left() - _GAP - 2, line)
            painter.drawText(box, flags, metrics.elidedText(self._names[k], elide, box.width()))

    def _paint_epochs(self, painter: QPainter, grid: QRect) -> None:
        metrics = painter.fontMetrics()
        painter.setPen(QColor(self._theme.muted))
        room = metrics.horizontalAdvance(f" {self.epochs[-1]} ") + _GAP
        most = max(grid.width() // room, 1)
        top = grid.bottom() + 3
        centre = Qt.AlignmentFlag.AlignCenter
        right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        words = "epoch" if self._sides is None else ""
        painter.drawText(QRect(0, top, self.width(), metrics.height()), right, words)
        step = max(round(round_above(len(self.epochs) / most)), 1)
        for column in range(0, len(self.epochs), step):
            middle = self.cell_rect(0, column).center().x()
            box = QRect(middle - room // 2, top, room, metrics.height())
            if not words or box.right() < self.width() - metrics.horizontalAdvance(words):
                painter.drawText(box, centre, str(self.epochs[column]))

    def describe(self, label: int, column: int) -> str:
        """Return a value in words."""
        score, epoch = float(self.scores[column, label]), int(self.epochs[column])
        n = int(self._counts[label])
        words = f"class {self._names[label]} at epoch {epoch}"
        if not n:
            return f"{words}: no image"
        return f"{words}: {score:.4f}, {round(score * n):,} of {n:,} read rightly"

    def _choose(self, row: int, column: int) -> None:
        self.epoch_clicked.emit(int(self.epochs[column]))


def _limits(scores: NDArray[np.float64]) -> tuple[float, float]:
    """Return the ends of the scale; where all are next to the same, that is high, not low."""
    if not len(scores):
        return 0.0, 1.0
    low, high = float(scores.min()), float(scores.max())
    return (low, high) if high - low >= _LEAST_SPAN else (max(high - _LEAST_SPAN, 0.0), high)


def _place(pixels: NDArray[np.int64], n_cells: int, room: int) -> NDArray[np.int64]:
    """Return which of ``n_cells`` cells in ``room`` pixels is at each pixel.

    Cell c begins at pixel ``room * c // n_cells``; the last that begins there or before is it.
    """
    return np.asarray(-(-(pixels + 1) * n_cells // room) - 1)
