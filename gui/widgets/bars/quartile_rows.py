"""Quartiles and median of each class, a row each, and where another run's median lies."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPolygonF

from core.words import at_least, at_most, significant
from gui.theme import on_paper
from gui.widgets.basics.fitting_words import as_title, short
from gui.widgets.basics.ticks import linear_ticks
from gui.widgets.grids.cell_grid import CellGrid

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray
    from PySide6.QtGui import QPaintEvent
    from PySide6.QtWidgets import QWidget

    from core.report.figures import Chart

_GAP = 6
_LONGEST_NAME = 10
_DOT, _SQUARE = 9, 8
_HELP = "Click to see this class alone; click again for all classes."


class QuartileRows(CellGrid):
    """Paints a bar from quartile to quartile and a dot at the median; a square is the other run's.

    Where there is no room for every name, every so manieth is written.
    """

    usual, least = QSize(280, 150), QSize(150, 90)
    in_words = 90

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("what each class withstands", _HELP, parent)
        self._names: tuple[str, ...] = ()
        self.quartiles = np.zeros((3, 0))
        """Quartile, median, quartile of each class, (3, n_classes); NaN without images."""
        self.other = np.zeros(0)
        """Medians of the other run, (n_classes,); NaN where there is none."""
        self._colour, self._unit = "run 0", ""
        self._counted: tuple[bool, ...] = ()
        self.chosen: int | None = None

    @property
    def n_cells(self) -> tuple[int, int]:
        """A row for each class."""
        return len(self._names), 1

    def set_rows(
        self,
        names: Sequence[str],
        quartiles: NDArray[np.float64],
        other: NDArray[np.float64],
        colour: str,
        unit: str,
        counted: tuple[bool, ...] = (),
    ) -> None:
        """Show other numbers.

        Parameters
        ----------
        names, quartiles, other : as the attributes have them
        colour : of the other run, as the theme takes it
        unit : what the numbers are
        counted : whether the axis has room for the run shown, and for the other; both where
            neither has. What lies beyond it has an arrow at its end.
        """
        self._names, self.quartiles, self.other = tuple(names), quartiles, other
        self._colour, self._unit, self._counted = colour, unit, counted
        self.current = min(self.current[0], max(len(names) - 1, 0)), 0
        self.update()

    def set_chosen(self, label: int | None) -> None:
        """Let one class stand out, or none."""
        if label != self.chosen:
            self.chosen = label
            self.update()

    def figure(self) -> Chart | None:
        """Return quartiles and medians against the classes, counted; None before there are any."""
        if not self._names:
            return None
        from core.report.figures import Band, Chart, Line

        x = np.arange(len(self._names))
        low, median, high = self.quartiles
        lines = [Line("median", x, median, on_paper("train"))]
        if np.isfinite(self.other).any():
            lines.append(Line("the other run's median", x, self.other, on_paper("test"), "dashed"))
        return Chart(
            title=as_title(self.accessibleName()),
            subtitle="classes: " + ", ".join(f"{i} {name}" for i, name in enumerate(self._names)),
            x_label="class",
            y_label=self._unit,
            lines=tuple(lines),
            y_limits=(0.0, self._largest()),
            bands=(Band("from quartile to quartile", x, low, high, on_paper("train")),),
        )

    def _frame(self) -> QRect:
        """Return where the rows are."""
        metrics = self.fontMetrics()
        shown = [short(name, _LONGEST_NAME) for name in self._names]
        left = max((metrics.horizontalAdvance(name) for name in shown), default=0) + 2 * _GAP
        room = self.height() - metrics.height() - 6
        is_thin = room < metrics.height() * len(self._names)
        top = metrics.height() // 2 if is_thin else 2  # room for half of the first name
        return self.rect().adjusted(left, top, -2 * _GAP, -metrics.height() - 4)

    def cell_rect(self, row: int, column: int) -> QRect:
        """Return where a class is painted, its name with it."""
        frame, n = self._frame(), max(len(self._names), 1)
        top = frame.top() + frame.height() * row // n
        bottom = frame.top() + frame.height() * (row + 1) // n
        return QRect(0, top, self.width(), max(bottom - top, 1))

    def _largest(self) -> float:
        both = self.quartiles.ravel(), self.other
        counted = [values for values, ok in zip(both, self._counted, strict=False) if ok]
        values = np.concatenate(counted or both)
        values = values[np.isfinite(values)]
        return 1.05 * float(values.max(initial=0.0)) or 1.0

    def x_of(self, size: float) -> float:
        """Return where a size is painted."""
        frame = self._frame()
        return frame.left() + frame.width() * min(size / self._largest(), 1.0)

    def describe(self, row: int, column: int) -> str:
        """Return a class in words."""
        low, median, high = self.quartiles[:, row].tolist()
        name = self._names[row]
        if np.isnan(median):
            return f"{name}: no image is read rightly"
        half, few, many = (
            "any change" if np.isinf(size) else write(size, 4)
            for write, size in ((at_least, median), (at_most, low), (at_least, high))
        )
        words = f"{name}: half withstand {half}, a quarter less than {few}, a quarter more than "
        words += many
        if np.isfinite(self.other[row]):
            words += f"; the other run {at_least(self.other[row], 4)}"
        return words

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the axis and the rows."""
        if not self._names:
            return
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            self._paint_axis(painter)
            line = painter.fontMetrics().height()
            height = self.cell_rect(0, 0).height()
            every = -(-line * 3 // 4 // max(height, 1))
            for row, name in enumerate(self._names):
                cell = self.cell_rect(row, 0)
                if row == self.chosen:
                    painter.fillRect(cell, QColor(self._theme.selection))
                if row % every == 0:
                    painter.setPen(QColor(self._theme.text))
                    box = QRect(0, cell.center().y() - line // 2, self._frame().left() - _GAP, line)
                    right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
                    painter.drawText(box, right, short(name, _LONGEST_NAME))
                self._paint_row(painter, row, cell)
            if self.hasFocus():
                painter.setBrush(Qt.BrushStyle.NoBrush)
                painter.setPen(QPen(QColor(self._theme.accent), 2))
                painter.drawRect(self.cell_rect(*self.current).adjusted(1, 0, -1, 0))

    def _paint_axis(self, painter: QPainter) -> None:
        frame, metrics = self._frame(), painter.fontMetrics()
        room = 2.5 * metrics.horizontalAdvance("0.00")
        _, places = linear_ticks(0.0, self._largest(), frame.width(), room)
        for place in places:
            x = round(self.x_of(place))
            painter.setPen(QColor(self._theme.line))
            painter.drawLine(x, frame.top(), x, frame.bottom())
            painter.setPen(QColor(self._theme.muted))
            box = QRect(x - 40, frame.bottom() + 2, 80, metrics.height())
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter, significant(place, 6))

    def _paint_row(self, painter: QPainter, row: int, cell: QRect) -> None:
        low, median, high = self.quartiles[:, row].tolist()
        middle = cell.top() + cell.height() / 2
        thick = min(max(cell.height() - 3, 1), 4)
        if np.isfinite(low):
            end = self.x_of(high) if np.isfinite(high) else self._frame().right()
            pale = QColor(self._theme.train)
            pale.setAlpha(110)
            bar = QRectF(self.x_of(low), middle - thick / 2, end - self.x_of(low), thick)
            painter.fillRect(bar, pale)
        painter.setPen(Qt.PenStyle.NoPen)
        size = min(_DOT, max(cell.height() - 1, 3))
        if np.isfinite(median):
            painter.setBrush(QColor(self._theme.train))
            x = self.x_of(median)
            if median > self._largest():
                painter.drawPolygon(_beyond(x, middle, size))
            else:
                painter.drawEllipse(QRectF(x - size / 2, middle - size / 2, size, size))
        if np.isfinite(self.other[row]):
            size = min(_SQUARE, max(cell.height() - 2, 3))
            painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
            painter.setBrush(QColor(self._theme.surface))
            painter.setPen(QPen(QColor(self._theme.colour(self._colour)), 2))
            x = self.x_of(float(self.other[row]))
            if self.other[row] > self._largest():
                painter.drawPolygon(_beyond(x, middle, size))
            else:
                painter.drawRect(QRect(round(x - size / 2), round(middle - size / 2), size, size))
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)


def _beyond(x: float, middle: float, size: float) -> QPolygonF:
    """Return the arrow of what lies farther than the axis goes, its tip at the end of it."""
    half = size / 2
    corners = (x - half, middle - half), (x + half, middle), (x - half, middle + half)
    return QPolygonF([QPointF(*corner) for corner in corners])
