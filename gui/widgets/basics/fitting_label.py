"""A label that says the longest of several wordings that fits."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QPainter, QPalette
from PySide6.QtWidgets import QLabel

from gui.widgets.basics.fitting_words import fitting

if TYPE_CHECKING:
    from PySide6.QtGui import QPaintEvent
    from PySide6.QtWidgets import QWidget


class FittingLabel(QLabel):
    """One line of plain words that gives way where there is no room; ``text`` is the longest.

    Parameters
    ----------
    look : its name in the style, as "muted" or "caption"
    """

    _wordings: tuple[str, ...] = ("",)

    def __init__(self, text: str = "", parent: QWidget | None = None, *, look: str = "") -> None:
        super().__init__(text, parent)
        self.setObjectName(look)

    def set_wordings(self, *wordings: str) -> None:
        """Say the first of these that fits."""
        self._wordings = wordings
        self.setTextFormat(Qt.TextFormat.PlainText)  # names come from strangers
        self.setText(wordings[0])

    @property
    def shown(self) -> str:
        """What is painted now."""
        return fitting(self.fontMetrics(), self._wordings, self.width())

    def minimumSizeHint(self) -> QSize:
        """Return next to nothing: others may need the room."""
        return QSize(0, super().minimumSizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint what fits."""
        with QPainter(self) as painter:
            painter.setPen(self.palette().color(QPalette.ColorRole.WindowText))
            painter.drawText(self.rect(), self.alignment(), self.shown)
