"""The line of epochs under all pages: where the run is, and which epoch is shown."""

from __future__ import annotations

from math import cos, pi, sin
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from gui.theme import LIGHT, Theme

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtGui import QKeyEvent, QMouseEvent, QPaintEvent

_MARGIN = 14


class Timeline(QWidget):
    """A bar from the start to the last epoch asked for.

    Filled as far as the run has come; the handle stands at the epoch every view shows. Drag it,
    click anywhere, or use the arrow keys.
    """

    epoch_chosen = Signal(int)
    neighbour_chosen = Signal(int)
    live_chosen = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = LIGHT
        self._limit = 1
        self._done = 0.0
        self._shown: float | None = None
        self._live = True
        self._best: int | None = None
        self._ticks: tuple[tuple[float, str], ...] = ()
        self._dragging = False
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName("timeline of epochs")

    def set_theme(self, theme: Theme) -> None:
        """Use these colours."""
        self._theme = theme
        self.update()

    def set_run(self, limit: int, done: float, best: int | None) -> None:
        """Show how far the run has come, of how many epochs, and its best epoch."""
        self._limit = max(limit, int(done), 1)
        self._done, self._best = done, best
        self.update()

    def set_shown(self, epoch: float | None, *, live: bool) -> None:
        """Put the handle at the epoch shown."""
        self._shown, self._live = epoch, live
        self.setAccessibleDescription("live" if live or epoch is None else f"epoch {epoch:g}")
        self.update()

    def set_ticks(self, ticks: Sequence[tuple[float, str]]) -> None:
        """Mark where settings changed."""
        self._ticks = tuple(ticks)
        self.update()

    @property
    def shown(self) -> float | None:
        """Epoch under the handle."""
        return self._shown

    def sizeHint(self) -> QSize:
        """Return the fixed height."""
        return QSize(300, 44)

    def x_of(self, epoch: float) -> float:
        """Return where an epoch lies."""
        room = self.width() - 2 * _MARGIN
        return _MARGIN + room * min(max(epoch / self._limit, 0.0), 1.0)

    def epoch_at(self, x: float) -> int:
        """Return the recorded epoch nearest to a place."""
        room = max(self.width() - 2 * _MARGIN, 1)
        epoch = round((x - _MARGIN) / room * self._limit)
        return min(max(epoch, 0), int(self._done))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint scale, progress, ticks, star and handle."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        theme = self._theme
        middle = 15.0
        bar = QRectF(_MARGIN, middle - 4, self.width() - 2 * _MARGIN, 8)
        painter.setPen(QPen(QColor(theme.border), 1))
        painter.setBrush(QColor(theme.raised))
        painter.drawRoundedRect(bar, 4, 4)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(theme.accent))
        done = QRectF(bar.left(), bar.top(), self.x_of(self._done) - bar.left(), bar.height())
        painter.drawRoundedRect(done, 4, 4)
        self._paint_scale(painter, bar)
        painter.setPen(QPen(QColor(theme.best), 2))
        for epoch, _ in self._ticks:
            x = self.x_of(epoch)
            painter.drawLine(QPointF(x, bar.top() - 5), QPointF(x, bar.bottom() + 5))
        if self._best is not None:
            self._paint_star(painter, QPointF(self.x_of(self._best), middle))
        if self._shown is not None:
            focus = self.hasFocus()
            painter.setPen(QPen(QColor(theme.accent if focus else theme.text), 2.5))
            painter.setBrush(QColor(theme.accent if self._live else theme.surface))
            painter.drawEllipse(QPointF(self.x_of(self._shown), middle), 8, 8)

    def _paint_scale(self, painter: QPainter, bar: QRectF) -> None:
        """Write epochs at round steps that leave room between the labels."""
        painter.setPen(QColor(self._theme.muted))
        font = painter.font()
        font.setPointSizeF(font.pointSizeF() * 0.85)
        painter.setFont(font)
        room = bar.width() / 70
        step = next(
            base * 10**power
            for power in range(9)
            for base in (1, 2, 5)
            if self._limit / (base * 10**power) <= room
        )
        for epoch in range(0, self._limit + 1, step):
            x = self.x_of(epoch)
            painter.drawLine(QPointF(x, bar.bottom() + 2), QPointF(x, bar.bottom() + 5))
            box = QRectF(x - 30, bar.bottom() + 6, 60, 16)
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter, str(epoch))

    def _paint_star(self, painter: QPainter, centre: QPointF) -> None:
        points = []
        for i in range(10):
            radius = 8.5 if i % 2 == 0 else 3.8
            angle = pi * i / 5 - pi / 2
            points.append(centre + QPointF(radius * cos(angle), radius * sin(angle)))
        painter.setPen(QPen(QColor(self._theme.surface), 1))
        painter.setBrush(QColor(self._theme.best))
        painter.drawPolygon(QPolygonF(points))

    # ------------------------------------------------------------------ pointing

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Go to the epoch under the pointer."""
        if event.button() == Qt.MouseButton.LeftButton:
            self._dragging = True
            self.epoch_chosen.emit(self.epoch_at(event.position().x()))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Drag, or tell what is here."""
        epoch = self.epoch_at(event.position().x())
        if self._dragging:
            self.epoch_chosen.emit(epoch)
        near = [
            label
            for place, label in self._ticks
            if abs(self.x_of(place) - event.position().x()) < 6
        ]
        words = [f"epoch {epoch}", *near]
        if epoch == self._best:
            words.append("best held-out log-likelihood")
        QToolTip.showText(event.globalPosition().toPoint(), "\n".join(words), self)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """End dragging."""
        self._dragging = False

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows go to the neighbours, Home to the start, End to live."""
        key = event.key()
        if key == Qt.Key.Key_Left:
            self.neighbour_chosen.emit(-1)
        elif key == Qt.Key.Key_Right:
            self.neighbour_chosen.emit(1)
        elif key == Qt.Key.Key_Home:
            self.epoch_chosen.emit(0)
        elif key == Qt.Key.Key_End:
            self.live_chosen.emit()
        else:
            super().keyPressEvent(event)
