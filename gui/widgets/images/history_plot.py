"""How likely two classes of an image were over epochs, and where it was right and wrong."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QPointF, QRect, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPen, QPolygonF
from PySide6.QtWidgets import QToolTip

from core.words import fixed
from gui.theme import on_paper, pixels
from gui.widgets.basics.arrow_keys import ARROWS, ENTER
from gui.widgets.basics.fitting_words import as_title
from gui.widgets.basics.painted import Painted
from gui.widgets.basics.short_number import exact_number
from gui.widgets.basics.tooltips import wrapped

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtGui import QKeyEvent, QMouseEvent, QPaintEvent
    from PySide6.QtWidgets import QWidget

    from core.insight.image_history import ImageHistory
    from core.report.figures import Chart

_GAP = 6
_STRIP = 6
_LINE = 18
_LEFT_SHARE, _MOST_LEFT = 0.34, 110
"""Of the width, and pixels at most, for the names of the curves."""
_MOST_SMOOTH = 600
"""Epochs up to which the curves are smooth: longer ones take too long to paint."""
_HELP = (
    "The probability of the class of the image, and dashed of what it is read as. Below: high "
    "where it is read rightly, low where wrongly. Click to show the model of an epoch everywhere."
)


class HistoryPlot(Painted):
    """Two curves from 0 to 1, named at the left; a strip below tells right from wrong."""

    epoch_clicked = Signal(int)
    usual, least = QSize(300, 96), QSize(180, 74)
    in_words = 74

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("history of the image over epochs", parent)
        self.history: ImageHistory | None = None
        """What is shown."""
        self.read = 0
        """The class that it is read as now."""
        self._names: tuple[str, ...] = ()
        self._marker: float | None = None
        self._current = 0
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)

    def set_history(
        self, history: ImageHistory, read: int, names: Sequence[str], marker: float | None = None
    ) -> None:
        """Show another history; ``marker`` is the epoch shown elsewhere."""
        self.history, self.read = history, read
        self._names, self._marker = tuple(names), marker
        self._current = min(self._current, max(len(history.epochs) - 1, 0))
        self.setAccessibleDescription(str(history))
        self.update()

    @property
    def classes(self) -> tuple[int, ...]:
        """The classes drawn: that of the image, and what it is read as if that is another."""
        if self.history is None:
            return ()
        label = self.history.label
        return (label,) if self.read == label else (label, self.read)

    def figure(self) -> Chart | None:
        """Return the probabilities over epochs; None before there are any."""
        history = self.history
        if history is None or not len(history.epochs):
            return None
        from core.report.figures import Chart, Line, Rule

        epoch, probabilities = self._marker, history.probabilities
        looks = zip(self.classes, (("good", ""), ("bad", "dashed")), strict=False)
        return Chart(
            title=as_title(self.accessibleName()),
            subtitle=str(history),
            x_label="epoch",
            y_label="probability",
            lines=tuple(
                Line(self._names[k], history.epochs, probabilities[:, k], on_paper(colour), dash)
                for k, (colour, dash) in looks
            ),
            rules=() if epoch is None else (Rule(f"epoch {epoch:g}", epoch),),
            y_limits=(0.0, 1.0),
        )

    def _left(self) -> int:
        title = QFontMetrics(self._bold()).horizontalAdvance("History")
        return max(min(int(self.width() * _LEFT_SHARE), pixels(_MOST_LEFT)), title)

    def _bold(self) -> QFont:
        font = QFont(self.font())
        font.setBold(True)
        return font

    def frame(self) -> QRect:
        """Return where the curves are drawn."""
        metrics = self.fontMetrics()
        left = self._left() + metrics.horizontalAdvance("0.5") + 2 * _GAP
        below = _STRIP + metrics.height() + 3
        half = metrics.horizontalAdvance("000") // 2
        return self.rect().adjusted(left, metrics.height() // 2, -max(_GAP, half), -below)

    def strip_rect(self) -> QRect:
        """Return where right and wrong are drawn."""
        frame = self.frame()
        return QRect(frame.left(), frame.bottom() + 2, frame.width(), _STRIP)

    def edges(self) -> list[int]:
        """Return where each epoch begins, and the last one ends, in pixels from the left."""
        frame, n = self.frame(), 0 if self.history is None else len(self.history.epochs)
        return [frame.left() + frame.width() * i // max(n, 1) for i in range(n + 1)]

    def row_of(self, probability: float) -> float:
        """Return how far down a probability is drawn."""
        frame = self.frame()
        return frame.bottom() - (frame.height() - 1) * probability

    def place_at(self, x: float) -> int | None:
        """Return which epoch, counted, is drawn at a place; None beside them."""
        edges = self.edges()
        if len(edges) < 2 or not edges[0] <= x <= edges[-1]:
            return None
        return min(int(np.searchsorted(edges, x, side="right")) - 1, len(edges) - 2)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint names, axis, curves, strip and mark."""
        if self.history is None or not len(self.history.epochs):
            return
        # A painter that goes on after an exception would end the process.
        with QPainter(self) as painter:
            edges = self.edges()
            self._paint_names(painter)
            self._paint_axis(painter)
            self._paint_curves(painter, edges)
            self._paint_strip(painter, edges)
            self._paint_epochs(painter)
            self._paint_mark(painter, edges)

    def _pens(self) -> list[QPen]:
        true = QPen(QColor(self._theme.good), 2)
        read = QPen(QColor(self._theme.bad), 2, Qt.PenStyle.CustomDashLine)
        read.setDashPattern((3.0, 1.8))
        return [true, read]

    def _paint_names(self, painter: QPainter) -> None:
        line = self.fontMetrics().height() + 3
        painter.setFont(self._bold())
        painter.setPen(QColor(self._theme.text))
        flags = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        painter.drawText(QRect(0, 0, self._left(), line), flags, "History")
        for row, (k, pen) in enumerate(zip(self.classes, self._pens(), strict=False), 1):
            middle = line * row + line // 2
            painter.setPen(pen)
            painter.drawLine(0, middle, _LINE, middle)
            box = QRect(_LINE + _GAP, line * row, self._left() - _LINE - _GAP, line)
            name = f"a {self._names[k]}"
            text = painter.fontMetrics().elidedText(name, Qt.TextElideMode.ElideRight, box.width())
            painter.drawText(box, flags, text)
        painter.setFont(self.font())

    def _paint_axis(self, painter: QPainter) -> None:
        frame, line = self.frame(), self.fontMetrics().height()
        flags = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        for share in (0.0, 0.5, 1.0):
            y = round(self.row_of(share))
            painter.setPen(QColor(self._theme.line))
            painter.drawLine(frame.left(), y, frame.right(), y)
            painter.setPen(QColor(self._theme.muted))
            box = QRect(0, y - line // 2, frame.left() - _GAP, line)
            painter.drawText(box, flags, f"{share:g}")

    def _paint_curves(self, painter: QPainter, edges: list[int]) -> None:
        assert self.history is not None
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, len(edges) < _MOST_SMOOTH)
        probabilities = self.history.probabilities
        for k, pen in zip(self.classes, self._pens(), strict=False):
            painter.setPen(pen)
            line = QPolygonF()
            for i, share in enumerate(probabilities[:, k].tolist()):
                if math.isnan(share):  # no order: the line has a gap
                    painter.drawPolyline(line)
                    line = QPolygonF()
                    continue
                line.append(QPointF((edges[i] + edges[i + 1]) / 2, self.row_of(share)))
            painter.drawPolyline(line)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)

    def _paint_strip(self, painter: QPainter, edges: list[int]) -> None:
        assert self.history is not None
        strip = self.strip_rect()
        for i, right in enumerate(self.history.right.tolist()):
            box = QRect(edges[i], strip.top(), max(edges[i + 1] - edges[i], 1), strip.height())
            if not right:  # lower as well as of another colour
                box.setTop(box.top() + strip.height() // 2)
            painter.fillRect(box, QColor(self._theme.good if right else self._theme.bad))

    def _paint_epochs(self, painter: QPainter) -> None:
        assert self.history is not None
        epochs, strip, line = self.history.epochs, self.strip_rect(), self.fontMetrics().height()
        painter.setPen(QColor(self._theme.muted))
        edges, last = self.edges(), len(epochs) - 1
        for place in sorted({0, last // 2, last} if last > 3 else {0, last}):
            middle = (edges[place] + edges[place + 1]) // 2
            box = QRect(middle - 40, strip.bottom() + 1, 80, line)
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter, str(epochs[place]))

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
            f"p = {fixed(history.probabilities[place, k], 4)}, "
            f"z = {exact_number(history.logits[place, k])}"
        )

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Tell of the epoch under the pointer."""
        place = self.place_at(event.position().x())
        if place is None:
            QToolTip.hideText()
            return
        assert self.history is not None
        told = f"{str(self.history).capitalize()}."
        tip = wrapped(self.describe(place), told, _HELP)
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
