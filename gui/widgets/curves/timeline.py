"""The line of epochs or steps under all pages: how far they go, and which one is shown."""

from __future__ import annotations

from math import ceil, cos, pi, sin
from typing import TYPE_CHECKING, Any

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QToolTip

from gui.widgets.basics.painted import Painted
from gui.widgets.basics.ticks import linear_ticks
from gui.widgets.curves.label_places import place_labels

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray
    from PySide6.QtGui import QMouseEvent, QPaintEvent
    from PySide6.QtWidgets import QWidget

_MARGIN = 14
_BAR_HALF = 3
_GAP = 6
"""Pixels from the bar to the numbers below it."""
_HANDLE = 7.5
_STAR = QPolygonF(
    [
        QPointF(radius * cos(angle), radius * sin(angle))
        for i in range(10)
        for radius, angle in [(2.8 if i % 2 else 7.0, pi * i / 5 - pi / 2)]
    ]
)
_FLAG = QPolygonF([QPointF(*at) for at in ((0, -15), (9, -13), (7, -10), (9, -7), (0, -7))])
_NEAR = 6
"""Pixels from a mark within which the pointer means it."""


class Timeline(Painted):
    """A bar from the start to the last place asked for.

    Filled as far as one can go; the handle stands at the place shown. Drag it, or click anywhere.
    """

    place_chosen = Signal(int)
    usual, least = QSize(300, 44), QSize(120, 44)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("timeline", parent)
        self.unit = "epoch"
        """What a place is counted in."""
        self.best_words, self.flip_words = "best held-out log-likelihood", ""
        self._limit = 1
        self._done = 0.0
        self.shown: float | None = None
        """Place under the handle."""
        self._live = True
        self._best: float | None = None
        self._flip: float | None = None
        self._ticks: tuple[tuple[float, str, str], ...] = ()
        self._branch: float | None = None
        self._branch_words = ""
        self._kept: NDArray[np.float64] | None = None
        self._dragging = False
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        """Return a comfortable size, with room for the numbers."""
        numbers = ceil(self._numbers + QFontMetricsF(self._small_font()).height())
        return QSize(self.usual.width(), max(self.usual.height(), numbers))

    @property
    def _middle(self) -> float:
        """How far below the top the bar is: labels stand above it, whole where the handle is."""
        return ceil(QFontMetricsF(self._small_font()).height() + _HANDLE + 1)

    @property
    def _numbers(self) -> int:
        """How far below the top the numbers of places begin."""
        return int(self._middle) + _BAR_HALF + _GAP

    def set_run(
        self, limit: int, done: float, best: float | None, flip: float | None = None
    ) -> None:
        """Show how far it has come, of how many places, the best one, and where a reading flips."""
        limit, before = max(limit, int(done), 1), self._done
        if (limit, best, flip) != (self._limit, self._best, self._flip):
            self._limit, self._done, self._best, self._flip = limit, done, best, flip
            self.update()
        else:
            self._done = done
            self._moved(before, done)

    def set_shown(self, epoch: float | None, *, live: bool) -> None:
        """Put the handle at the epoch shown."""
        before, was_live = self.shown, self._live
        self.shown, self._live = epoch, live
        if live and was_live and before is not None and epoch is not None:
            self._moved(before, epoch)
        elif (epoch, live) != (before, was_live):
            self.setAccessibleDescription(
                "live" if live or epoch is None else f"{self.unit} {epoch:g}"
            )
            self.update()

    def _moved(self, before: float, after: float) -> None:
        """Paint the bar anew, without the numbers below it, if anything moved."""
        if before != after:
            self.update(0, 0, self.width(), self._numbers)

    def set_ticks(self, ticks: Sequence[tuple[float, str, str]]) -> None:
        """Mark (epoch, words, label) where settings changed; a label stands above the bar."""
        if self._ticks != tuple(ticks):
            self._ticks = tuple(ticks)
            self.update()

    def set_branch(self, epoch: float | None, words: str = "") -> None:
        """Begin at the epoch where this run left its parent; ``words`` say which one.

        Nothing before it can be chosen: it belongs to the parent.
        """
        if (epoch, words) != (self._branch, self._branch_words):
            self._branch, self._branch_words = epoch, words
            self.update()

    def set_kept(self, epochs: NDArray[Any] | None) -> None:
        """Say which epochs keep their weights, in ascending order; only those can be chosen.

        None: all of them.
        """
        self._kept = None if epochs is None or not len(epochs) else np.array(epochs, dtype=float)

    def x_of(self, epoch: float) -> float:
        """Return where an epoch lies."""
        room = self.width() - 2 * _MARGIN
        return _MARGIN + room * min(max(epoch / self._limit, 0.0), 1.0)

    def epoch_at(self, x: float) -> int:
        """Return the epoch nearest to a place that can be chosen: recorded, its weights kept."""
        epoch = self._pointed_at(x)
        for mark in (self._best, self._flip):
            if mark is not None and abs(self.x_of(mark) - x) < _NEAR:
                epoch = int(mark)
        if self._kept is None:
            return epoch
        kept = self._kept[(self._kept >= self._first) & (self._kept <= self._done)]
        return int(kept[np.abs(kept - epoch).argmin()]) if len(kept) else epoch

    @property
    def _first(self) -> int:
        """The first epoch of this run."""
        return 0 if self._branch is None else ceil(self._branch)

    def _pointed_at(self, x: float) -> int:
        """Return the recorded epoch nearest to a place."""
        room = max(self.width() - 2 * _MARGIN, 1)
        epoch = round((x - _MARGIN) / room * self._limit)
        return min(max(epoch, self._first), max(int(self._done), self._first))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint scale, progress, ticks, star and handle."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(self._small_font())
        theme, middle = self._theme, self._middle
        left = self.x_of(self._branch or 0.0)
        bar = QRectF(left, middle - _BAR_HALF, self.width() - _MARGIN - left, 2 * _BAR_HALF)
        if self._branch is not None:
            self._paint_fork(painter, QPointF(left, middle))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(theme.border))
        painter.drawRoundedRect(bar, _BAR_HALF, _BAR_HALF)
        painter.setBrush(QColor(theme.accent))
        done = QRectF(bar.topLeft(), QPointF(max(self.x_of(self._done), left), bar.bottom()))
        painter.drawRoundedRect(done, _BAR_HALF, _BAR_HALF)
        self._paint_scale(painter, bar, with_numbers=event.rect().bottom() >= self._numbers)
        painter.setPen(QPen(QColor(theme.best), 2))
        for epoch, _, _ in self._ticks:
            x = self.x_of(epoch)
            painter.drawLine(QPointF(x, bar.top() - 5), QPointF(x, bar.bottom() + 5))
        if self._ticks:
            self._paint_labels(painter)
        if self._best is not None:
            painter.setPen(QPen(QColor(theme.surface), 1))
            painter.setBrush(QColor(theme.best))
            painter.drawPolygon(_STAR.translated(self.x_of(self._best), middle))
        if self._flip is not None:
            at = QPointF(self.x_of(self._flip), middle)
            painter.setPen(QPen(QColor(theme.bad), 1.5))
            painter.setBrush(QColor(theme.bad))
            painter.drawLine(at, at + QPointF(0, -15))
            painter.drawPolygon(_FLAG.translated(at))
        if self.shown is not None:
            painter.setPen(QPen(QColor(theme.text), 2))
            painter.setBrush(QColor(theme.surface))
            painter.drawEllipse(QPointF(self.x_of(self.shown), middle), _HANDLE, _HANDLE)

    def _paint_fork(self, painter: QPainter, at: QPointF) -> None:
        """Paint the parent up to here, and the way this run leaves it."""
        theme, top = self._theme, at.y() - _BAR_HALF - 5
        start = self.x_of(0)
        painter.setPen(QPen(QColor(theme.muted), 1.5, Qt.PenStyle.DotLine))
        painter.drawLine(QPointF(start, top), QPointF(at.x() - 8, top))
        painter.setPen(QPen(QColor(theme.accent), 2))
        painter.drawLine(QPointF(at.x() - 8, top), QPointF(at.x() + 3, at.y()))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(theme.accent))
        painter.drawEllipse(QPointF(at.x() - 8, top), 3, 3)

    @property
    def labels(self) -> list[str]:
        """The labels of ticks that find room, from left to right."""
        placed = self._placed_labels()
        return [self._ticks[i][2] for i in sorted(placed, key=placed.__getitem__)]

    def _placed_labels(self) -> dict[int, float]:
        metrics = QFontMetricsF(self._small_font())
        widths = [metrics.horizontalAdvance(label) for _, _, label in self._ticks]
        places = [self.x_of(epoch) for epoch, _, _ in self._ticks]
        return place_labels(places, widths, 0.0, float(self.width()))

    def _paint_labels(self, painter: QPainter) -> None:
        metrics = QFontMetricsF(painter.font())
        painter.setPen(QColor(self._theme.best))
        for i, start in self._placed_labels().items():
            label = self._ticks[i][2]
            # The tops of other ticks would strike it through.
            room = QRectF(start - 1, 0, metrics.horizontalAdvance(label) + 2, metrics.height())
            painter.fillRect(room, QColor(self._theme.surface))
            painter.drawText(QPointF(start, metrics.ascent()), label)

    def _small_font(self) -> QFont:
        font = QFont(self.font())
        font.setPointSizeF(font.pointSizeF() * 0.79)
        return font

    def _paint_scale(self, painter: QPainter, bar: QRectF, *, with_numbers: bool) -> None:
        """Write epochs at round steps that leave room between the labels."""
        painter.setPen(QColor(self._theme.muted))
        _, places = linear_ticks(0, self._limit, self.width() - 2 * _MARGIN, 70, least=1)
        for epoch in map(round, places):
            if epoch < self._first:
                continue
            x = self.x_of(epoch)
            painter.drawLine(QPointF(x, bar.bottom() + 2), QPointF(x, bar.bottom() + 5))
            if with_numbers:
                words = painter.boundingRect(QRectF(), 0, str(epoch))
                words.moveTopLeft(QPointF(x - words.width() / 2, self._numbers))
                words.moveRight(min(words.right(), self.width()))  # the last one is whole
                painter.drawText(words, 0, str(epoch))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Go to the epoch under the pointer."""
        if event.button() == Qt.MouseButton.LeftButton:
            self._dragging = True
            self.place_chosen.emit(self.epoch_at(event.position().x()))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Drag, or tell what is here."""
        epoch = self.epoch_at(event.position().x())
        if self._dragging:
            self.place_chosen.emit(epoch)
        QToolTip.showText(
            event.globalPosition().toPoint(), self.words_at(event.position().x()), self
        )

    def words_at(self, x: float) -> str:
        """Return what is told of a place, one thing a line."""
        here = self._pointed_at(x)
        kept = self.epoch_at(x)
        words = [f"{self.unit} {here}"]
        if kept != here:
            words.append(f"weights kept at {self.unit} {kept}")
        words += [text for place, text, _ in self._ticks if abs(self.x_of(place) - x) < _NEAR]
        for mark, text in ((self._best, self.best_words), (self._flip, self.flip_words)):
            if mark is not None and (here == mark or abs(self.x_of(mark) - x) < _NEAR):
                words.append(text)
        near_fork = self._branch is not None and x < self.x_of(self._branch) + _NEAR
        if near_fork and self._branch_words:
            words.append(self._branch_words)
        return "\n".join(words)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """End dragging."""
        self._dragging = False
