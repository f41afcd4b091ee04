"""The line above a plot: which curve is which, and the value of each at one place."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QLineF, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPen
from PySide6.QtWidgets import QSizePolicy

from gui.widgets.basics.fitting_words import short as shortened
from gui.widgets.basics.painted import Painted
from gui.widgets.basics.tooltips import wrapped

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from PySide6.QtGui import QPaintEvent
    from PySide6.QtWidgets import QWidget

_ROOMY, _TIGHT, _BARE = (22, 5, 12), (14, 4, 7), (0, 0, 3)
"""Pixels of a line before its name, between the two, and from one entry to the next."""
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
    short : its name where there is little room
    """

    name: str
    value: str
    colour: str
    style: Qt.PenStyle
    short: str = ""


class Legend(Painted):
    """Entries beside each other, muted notes after them, and at the right what the star is.

    Where there is little room it gives up, in this order, the notes, the width of lines and gaps,
    the long names, the words of the star, the values, the lines (a name has its curve's colour)
    and the ends of names; where no name is left the lines are there again. A legend beside one
    of the same curves keeps its values rather than its names.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("legend", parent)
        self.entries: tuple[Entry, ...] = ()
        """What it tells of."""
        self.star = self.notes = ""
        self.is_named_beside = False
        """Whether another legend beside it names the same curves."""
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
        words = ", ".join(filter(None, (*self.words, self.star, self.notes)))
        self.setAccessibleDescription(words)
        self.setToolTip(wrapped(words))
        self.update()

    @property
    def words(self) -> list[str]:
        """What is said of each curve, where there is room."""
        return [f"{entry.name} {entry.value}".rstrip() for entry in self.entries]

    def sizeHint(self) -> QSize:
        """Return a line with everything in it."""
        bold = self._bold()
        width = _width(bold, self.words, _ROOMY) + _side(bold, self.star)
        return QSize(width, bold.height() + 2)

    def minimumSizeHint(self) -> QSize:
        """Return next to nothing: others may need the room."""
        return QSize(0, self._bold().height() + 2)

    def _bold(self) -> QFontMetrics:
        return QFontMetrics(self._bold_font())

    def _bold_font(self) -> QFont:
        font = QFont(self.font())
        font.setWeight(QFont.Weight.DemiBold)
        return font

    def fitting(self) -> tuple[list[str], tuple[int, int, int], str, str]:
        """Return the words of the curves, the room around them, notes and star that are shown."""
        bold = self._bold()
        for words, room, notes, star in self._wordings():
            beside = self.fontMetrics().horizontalAdvance(notes) + _side(bold, star)
            if _width(bold, words, room) + beside <= self.width():
                break
        return words, room, notes, star

    def _wordings(self) -> Iterator[tuple[list[str], tuple[int, int, int], str, str]]:
        """Yield what may be shown, the most first."""
        full, star = self.words, self.star
        names = [entry.short or entry.name for entry in self.entries]
        values = [entry.value for entry in self.entries]
        short = [f"{name} {value}".rstrip() for name, value in zip(names, values, strict=True)]
        yield full, _ROOMY, self.notes, star
        yield full, _ROOMY, "", star
        yield from ((words, _TIGHT, "", star) for words in (full, short))
        yield from ((words, room, "", "") for room in (_ROOMY, _TIGHT) for words in (full, short))
        few = [values, names] if self.is_named_beside and all(values) else [names]
        yield from ((words, _TIGHT, "", beside) for words in few for beside in (star, ""))
        yield names, _BARE, "", ""
        for n in () if self.is_named_beside else (10, 6):
            yield [shortened(name, n) for name in names], _BARE, "", ""
        yield [""] * len(names), _TIGHT, "", ""

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint what fits."""
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setFont(self._bold_font())
            words, (line, gap, between), notes, star = self.fitting()
            x, middle, bold = 0, self.height() / 2, painter.fontMetrics()
            left = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
            for entry, text in zip(self.entries, words, strict=True):
                if line:
                    self._paint_line(painter, entry, x, line, middle)
                x += line + (gap if text else 0)
                width = bold.horizontalAdvance(text)
                painter.setPen(QColor(self._theme.colour(entry.colour)))
                painter.drawText(QRectF(x, 0, width + 2, self.height()), left, text)
                x += width + between
            if star:
                painter.setPen(QColor(self._theme.best))
                right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
                painter.drawText(QRectF(self.rect()), right, f"★ {star}")
            if notes:
                painter.setFont(self.font())
                painter.setPen(QColor(self._theme.muted))
                painter.drawText(QRectF(x, 0, self.width() - x, self.height()), left, notes)

    def _paint_line(
        self, painter: QPainter, entry: Entry, x: int, line: int, middle: float
    ) -> None:
        colour = QColor(self._theme.colour(entry.colour))
        if entry.style == Qt.PenStyle.NoPen:
            painter.fillRect(QRectF(x + line - 10, middle - 5, 10, 10), colour)
            return
        pen = QPen(colour, 2.2)
        pen.setCapStyle(Qt.PenCapStyle.FlatCap)
        if entry.style in _DASHES:
            pen.setDashPattern(_DASHES[entry.style])
        painter.setPen(pen)
        painter.drawLine(QLineF(QPointF(x, middle), QPointF(x + line, middle)))


def _width(bold: QFontMetrics, words: Sequence[str], room: tuple[int, int, int]) -> int:
    line, gap, between = room
    widths = (line + (gap + bold.horizontalAdvance(each) if each else 0) for each in words)
    return sum(widths) + between * (len(words) - 1)


def _side(bold: QFontMetrics, words: str) -> int:
    return bold.horizontalAdvance(f"★ {words}") + _ROOMY[2] if words else 0
