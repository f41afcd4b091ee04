"""The rank of an image's class over epochs, and below it where the image is right and wrong."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QPointF, QRect, QSize, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPen, QPolygonF
from PySide6.QtWidgets import QToolTip

from gui.theme import on_paper
from gui.widgets.basics.arrow_keys import ARROWS, ENTER
from gui.widgets.basics.fitting_words import as_title
from gui.widgets.basics.painted import Painted
from gui.widgets.basics.tooltips import wrapped

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtCore import QEvent
    from PySide6.QtGui import QKeyEvent, QMouseEvent, QPaintEvent
    from PySide6.QtWidgets import QWidget

    from core.insight.image_history import ImageHistory
    from core.report.figures import Chart

_GAP = 6
_STRIP = 14
_HELP = (
    "Rank 1 is the largest of all logits: the image is read rightly there. The axis is logarithmic "
    "and hangs down from 1. Click to show the model of an epoch everywhere."
)


class RankPlot(Painted):
    """Steps from rank to rank, 1 on top; a strip below is high where right, low where wrong."""

    epoch_clicked = Signal(int)
    usual, least = QSize(300, 150), QSize(180, 96)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("rank of the true class over epochs", parent)
        self.history: ImageHistory | None = None
        """What is shown."""
        self._names: tuple[str, ...] = ()
        self._marker: float | None = None
        self._current = 0
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)

    def set_history(
        self, history: ImageHistory, names: Sequence[str], marker: float | None = None
    ) -> None:
        """Show another history; ``marker`` is the epoch shown elsewhere."""
        self.history, self._names, self._marker = history, tuple(names), marker
        self._current = min(self._current, max(len(history.epochs) - 1, 0))
        self.setAccessibleDescription(str(history))
        self.update()

    def figure(self) -> Chart | None:
        """Return the rank over epochs, 1 on top; None before there is any."""
        history = self.history
        if history is None or not len(history.epochs):
            return None
        from core.report.figures import Chart, Line, Rule

        ranks = np.where(history.rank == 0, np.nan, history.rank)  # 0: no order
        epoch = self._marker
        return Chart(
            title=as_title(self.accessibleName()),
            subtitle=str(history),
            x_label="epoch",
            y_label="rank (1: read rightly)",
            lines=(Line(self._names[history.label], history.epochs, ranks, on_paper("accent")),),
            rules=() if epoch is None else (Rule(f"epoch {epoch:g}", epoch),),
            y_log=True,
            y_limits=(max(len(self._names), 2), 1),
        )

    def _left(self) -> int:
        return self.fontMetrics().horizontalAdvance("000") + _GAP

    def frame(self) -> QRect:
        """Return where the ranks are drawn."""
        below = _STRIP + self.fontMetrics().height() + 2 * _GAP
        return self.rect().adjusted(self._left(), _GAP + 2, -_GAP, -below)

    def strip_rect(self) -> QRect:
        """Return where right and wrong are drawn."""
        frame = self.frame()
        return QRect(frame.left(), frame.bottom() + _GAP, frame.width(), _STRIP)

    def edges(self) -> list[int]:
        """Return where each epoch begins, and the last one ends, in pixels from the left."""
        frame, n = self.frame(), 0 if self.history is None else len(self.history.epochs)
        return [frame.left() + frame.width() * i // max(n, 1) for i in range(n + 1)]

    def row_of(self, rank: float) -> float:
        """Return how far down a rank is drawn."""
        frame, n_classes = self.frame(), max(len(self._names), 2)
        return frame.top() + frame.height() * float(np.log(rank) / np.log(n_classes))

    def place_at(self, x: float) -> int | None:
        """Return which epoch, counted, is drawn at a place; None beside them."""
        edges = self.edges()
        if len(edges) < 2 or not edges[0] <= x <= edges[-1]:
            return None
        return min(int(np.searchsorted(edges, x, side="right")) - 1, len(edges) - 2)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint axis, steps, strip and mark."""
        if self.history is None or not len(self.history.epochs):
            return
        # A painter that goes on after an exception would end the process.
        with QPainter(self) as painter:
            edges = self.edges()
            self._paint_axis(painter)
            self._paint_steps(painter, edges)
            self._paint_strip(painter, edges)
            self._paint_epochs(painter, edges)
            self._paint_mark(painter, edges)

    def _paint_axis(self, painter: QPainter) -> None:
        frame, line = self.frame(), self.fontMetrics().height()
        flags = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        n_classes, free = len(self._names), -line
        for rank in sorted({1, 2, 3, 5, 10, 20, 50, n_classes}):
            y = int(self.row_of(rank))
            if rank > n_classes or (y - free < line and rank != n_classes):
                continue
            painter.setPen(QColor(self._theme.border))
            painter.drawLine(frame.left(), y, frame.right(), y)
            if y - free >= line - 2:
                painter.setPen(QColor(self._theme.muted))
                box = QRect(0, y - line // 2, frame.left() - _GAP, line)
                painter.drawText(box, flags, str(rank))
                free = y

    def _paint_steps(self, painter: QPainter, edges: list[int]) -> None:
        assert self.history is not None
        painter.setPen(QPen(QColor(self._theme.accent), 2))
        line = QPolygonF()
        for i, rank in enumerate(self.history.rank.tolist()):
            if rank == 0:  # no order: the line has a gap
                painter.drawPolyline(line)
                line = QPolygonF()
                continue
            y = self.row_of(rank)
            line.append(QPointF(edges[i], y))
            line.append(QPointF(edges[i + 1], y))
        painter.drawPolyline(line)

    def _paint_strip(self, painter: QPainter, edges: list[int]) -> None:
        assert self.history is not None
        strip = self.strip_rect()
        for i, right in enumerate(self.history.right.tolist()):
            box = QRect(edges[i], strip.top(), max(edges[i + 1] - edges[i], 1), strip.height())
            if not right:  # lower as well as of another colour
                box.setTop(box.top() + strip.height() // 2)
            painter.fillRect(box, QColor(self._theme.good if right else self._theme.bad))

    def _paint_epochs(self, painter: QPainter, edges: list[int]) -> None:
        assert self.history is not None
        epochs, strip, line = self.history.epochs, self.strip_rect(), self.fontMetrics().height()
        painter.setPen(QColor(self._theme.muted))
        box = QRect(strip.left(), strip.bottom() + 2, strip.width(), line)
        painter.drawText(box, Qt.AlignmentFlag.AlignLeft, str(epochs[0]))
        if len(epochs) > 1:
            painter.drawText(box, Qt.AlignmentFlag.AlignRight, str(epochs[-1]))
        painter.drawText(box, Qt.AlignmentFlag.AlignHCenter, "epoch")

    def _paint_mark(self, painter: QPainter, edges: list[int]) -> None:
        assert self.history is not None
        frame, strip = self.frame(), self.strip_rect()
        marks = []
        if self._marker is not None:
            near = int(np.abs(self.history.epochs - self._marker).argmin())
            marks.append((near, QPen(QColor(self._theme.text), 1)))
        if self.hasFocus():
            marks.append((self._current, QPen(QColor(self._theme.accent), 1)))
        for place, pen in marks:
            painter.setPen(pen)
            x = (edges[place] + edges[place + 1]) // 2
            painter.drawLine(x, frame.top() - 3, x, strip.bottom() + 2)

    def describe(self, place: int) -> str:
        """Return an epoch in words."""
        history = self.history
        assert history is not None
        rank, k = int(history.rank[place]), history.label
        words = f"epoch {history.epochs[place]}: "
        if rank == 0:
            return f"{words}the logits are not numbers"
        read = self._names[int(history.predicted[place])]
        how = "right" if history.right[place] else f"wrong, read as {read}"
        return (
            f"{words}{how}; class {self._names[k]} is number {rank} of {len(self._names)}, "
            f"p = {float(history.probabilities[place, k]):.4f}, z = {history.logits[place, k]:.4g}"
        )

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Tell of the epoch under the pointer."""
        place = self.place_at(event.position().x())
        if place is None:
            QToolTip.hideText()
            return
        tip = wrapped(self.describe(place), _HELP)
        QToolTip.showText(event.globalPosition().toPoint(), tip, self)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Go to the epoch under the pointer."""
        place = self.place_at(event.position().x())
        if place is not None and event.button() == Qt.MouseButton.LeftButton:
            self._go(place)

    def _go(self, place: int) -> None:
        assert self.history is not None
        self._current = place
        self.update()
        self.epoch_clicked.emit(int(self.history.epochs[place]))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Walk with the arrows, go to an epoch with Enter."""
        key = Qt.Key(event.key())
        n = 0 if self.history is None else len(self.history.epochs)
        if n and key in ARROWS and ARROWS[key][1]:
            self._current = min(max(self._current + ARROWS[key][1], 0), n - 1)
            self.setAccessibleDescription(self.describe(self._current))
            self.update()
        elif n and key in ENTER:
            self._go(self._current)
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: QEvent) -> None:
        """Show where the keyboard is."""
        self.update()

    def focusOutEvent(self, event: QEvent) -> None:
        """Hide it again."""
        self.update()
