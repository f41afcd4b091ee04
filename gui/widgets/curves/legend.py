"""The line above a plot: which curve is which, and the value of each at one place."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QLineF, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPen
from PySide6.QtWidgets import QSizePolicy

from gui.widgets.basics.painted import Painted

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtGui import QPaintEvent
    from PySide6.QtWidgets import QWidget

_LINE = 22
"""Pixels of a line before its name."""
_GAP, _BETWEEN = 5, 12
"""Pixels between a line and its name, and from one entry to the next."""
_DASHES = {
    Qt.PenStyle.DashLine: (3.0, 1.8),
    Qt.PenStyle.DotLine: (1.0, 1.6),
    Qt.PenStyle.DashDotLine: (3.0, 1.4, 1.0, 1.4),
}


@dataclass(frozen=True, slots=True)
class Entry:
    """One curve.

    Attributes
    ----------
    name, value : of the curve; the value may be empty
    colour : as :meth:`Theme.colour` takes it
    style : of its line; without a pen it is a square
    """

    name: str
    value: str
    colour: str
    style: Qt.PenStyle


class Legend(Painted):
    """Entries beside each other, muted notes after them, and at the right what the star is.

    Where there is no room the notes go first, then the words of the star, then the values, then the
    names: the lines stay, and hovering reads everything in the plot itself.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("legend", parent)
        self.entries: tuple[Entry, ...] = ()
        """What it tells of."""
        self.star = self.notes = ""
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def set_entries(self, entries: Sequence[Entry]) -> None:
        """Tell of these curves."""
        if self.entries != tuple(entries):
            self.entries = tuple(entries)
            self._changed()

    def set_words(self, *, star: str | None = None, notes: str | None = None) -> None:
        """Say what the star is, or what was done to the curves; None leaves it as it was."""
        words = self.star if star is None else star, self.notes if notes is None else notes
        if (self.star, self.notes) != words:
            self.star, self.notes = words
            self._changed()

    def _changed(self) -> None:
        self.setAccessibleDescription(", ".join(filter(None, (*self.words, self.star, self.notes))))
        self.update()

    @property
    def words(self) -> list[str]:
        """What is said of each curve, where there is room."""
        return [f"{entry.name} {entry.value}".rstrip() for entry in self.entries]

    def sizeHint(self) -> QSize:
        """Return a line with everything in it."""
        return QSize(self._width(self.words) + self._side(self.star), self._bold.height() + 2)

    def minimumSizeHint(self) -> QSize:
        """Return next to nothing: others may need the room."""
        return QSize(0, self._bold.height() + 2)

    @property
    def _bold(self) -> QFontMetrics:
        return QFontMetrics(self._bold_font())

    def _bold_font(self) -> QFont:
        font = QFont(self.font())
        font.setWeight(QFont.Weight.DemiBold)
        return font

    def _width(self, words: Sequence[str]) -> int:
        bold = self._bold
        return sum(
            _LINE + (_GAP + bold.horizontalAdvance(each) if each else 0) + _BETWEEN
            for each in words
        )

    def _side(self, words: str) -> int:
        return self._bold.horizontalAdvance(f"★ {words}") + _BETWEEN if words else 0

    def _fitting(self) -> tuple[list[str], str, str]:
        """Return words of the curves, notes and star, as many as fit."""
        full, names = self.words, [entry.name for entry in self.entries]
        notes = self.fontMetrics().horizontalAdvance(self.notes)
        for words, note, star in (
            (full, self.notes, self.star),
            (full, "", self.star),
            (full, "", ""),
            (names, "", self.star),
            (names, "", ""),
        ):
            if self._width(words) + (notes if note else 0) + self._side(star) <= self.width():
                return words, note, star
        return [""] * len(names), "", ""

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint what fits."""
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setFont(self._bold_font())
            words, notes, star = self._fitting()
            x, middle, bold = 0, self.height() / 2, self._bold
            left = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
            for entry, text in zip(self.entries, words, strict=True):
                self._paint_line(painter, entry, x, middle)
                x += _LINE + (_GAP if text else 0)
                box = QRectF(x, 0, bold.horizontalAdvance(text) + 2, self.height())
                painter.setPen(QColor(self._theme.colour(entry.colour)))
                painter.drawText(box, left, text)
                x += (bold.horizontalAdvance(text) if text else 0) + _BETWEEN
            if star:
                painter.setPen(QColor(self._theme.best))
                right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
                painter.drawText(QRectF(self.rect()), right, f"★ {star}")
            if notes:
                painter.setFont(self.font())
                painter.setPen(QColor(self._theme.muted))
                painter.drawText(QRectF(x, 0, self.width() - x, self.height()), left, notes)

    def _paint_line(self, painter: QPainter, entry: Entry, x: float, middle: float) -> None:
        colour = QColor(self._theme.colour(entry.colour))
        if entry.style == Qt.PenStyle.NoPen:
            painter.fillRect(QRectF(x + _LINE - 10, middle - 5, 10, 10), colour)
            return
        pen = QPen(colour, 2.2)
        pen.setCapStyle(Qt.PenCapStyle.FlatCap)
        if entry.style in _DASHES:
            pen.setDashPattern(_DASHES[entry.style])
        painter.setPen(pen)
        painter.drawLine(QLineF(QPointF(x, middle), QPointF(x + _LINE, middle)))
