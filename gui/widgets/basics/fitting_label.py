"""Labels that say the longest of several wordings that fits, and as many lines as fit."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QPainter, QPalette
from PySide6.QtWidgets import QLabel, QSizePolicy

from gui.widgets.basics.fitting_words import fitting

if TYPE_CHECKING:
    from collections.abc import Sequence

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
        """What is painted now: everything, where it may go on in a second line."""
        if self.wordWrap():
            return self.text()
        return fitting(self.fontMetrics(), self._wordings, self.width())

    def minimumSizeHint(self) -> QSize:
        """Return next to nothing: others may need the room."""
        return QSize(0, super().minimumSizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint what fits."""
        with QPainter(self) as painter:
            painter.setPen(self.palette().color(QPalette.ColorRole.WindowText))
            wraps = Qt.TextFlag.TextWordWrap if self.wordWrap() else 0
            painter.drawText(self.rect(), self.alignment() | wraps, self.shown)


class FittingLines(QLabel):
    """Lines of plain words, the first that there is room for; ``text`` has all of them."""

    _lines: tuple[tuple[str, ...], ...] = ()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("", parent, textFormat=Qt.TextFormat.PlainText)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Expanding)

    def set_lines(self, lines: Sequence[tuple[str, ...]]) -> None:
        """Say these, each by the first of its wordings that fits."""
        self._lines = tuple(lines)
        self.setText("\n".join(wordings[0] for wordings in lines))

    @property
    def shown(self) -> list[str]:
        """What is painted now."""
        metrics = self.fontMetrics()
        n = self.height() // metrics.lineSpacing()
        return [fitting(metrics, wordings, self.width()) for wordings in self._lines[:n]]

    def minimumSizeHint(self) -> QSize:
        """Return the room for a title and one line: the most important one."""
        return QSize(0, 2 * self.fontMetrics().lineSpacing())

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint what fits."""
        with QPainter(self) as painter:
            painter.setPen(self.palette().color(QPalette.ColorRole.WindowText))
            top = Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft
            painter.drawText(self.rect(), top, "\n".join(self.shown))
