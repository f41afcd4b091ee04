"""The settings folded away: a rail that says what is behind it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPen
from PySide6.QtWidgets import QAbstractButton, QSizePolicy

from gui.theme import LIGHT, Theme, pixels

if TYPE_CHECKING:
    from PySide6.QtGui import QPaintEvent
    from PySide6.QtWidgets import QWidget

WIDTH = 36
_RADIUS = 8
_TOP = 16
_CHEVRON = 4


class Rail(QAbstractButton):
    """A strip with its words written upward; a dot says that something waits."""

    def __init__(self, words: str, tip: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme, self._waits = LIGHT, False
        self.setText(words)
        self.setAccessibleName(f"{words.capitalize()}, folded")
        self.setToolTip(tip)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Expanding)

    def set_theme(self, theme: Theme) -> None:
        """Use these colours."""
        self._theme = theme
        self.update()

    def set_waiting(self, waits: bool) -> None:
        """Say whether something behind it waits."""
        self._waits = waits
        self.update()

    def sizeHint(self) -> QSize:
        """Ask for the width of a rail."""
        return QSize(pixels(WIDTH), 120)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint a card, a mark that it unfolds, and the words upward."""
        painter, theme = QPainter(self), self._theme
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        is_marked = self.hasFocus() or self.underMouse()
        painter.setPen(QPen(QColor(theme.accent if is_marked else theme.border), 1))
        painter.setBrush(QColor(theme.surface))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 8, _RADIUS)
        middle = self.width() / 2
        painter.setPen(QPen(QColor(theme.text), 1.6))
        a, y = _CHEVRON, pixels(_TOP)
        painter.drawPolyline(
            [
                QPointF(middle - a / 2, y - a),
                QPointF(middle + a / 2, y),
                QPointF(middle - a / 2, y + a),
            ]
        )
        font = self.font()
        font.setBold(True)
        font.setLetterSpacing(font.SpacingType.AbsoluteSpacing, 1)
        painter.setFont(font)
        painter.setPen(QColor(theme.muted))
        length = painter.fontMetrics().horizontalAdvance(self.text())
        top = pixels(_TOP) * 2 + pixels(18)
        if self._waits:
            painter.save()
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(theme.best))
            painter.drawEllipse(QPointF(middle, top - pixels(8)), 4, 4)
            painter.restore()
        painter.translate(0, top + length)
        painter.rotate(-90)
        painter.drawText(
            QRectF(0, 0, length + 2, self.width()), Qt.AlignmentFlag.AlignVCenter, self.text()
        )
        painter.end()
