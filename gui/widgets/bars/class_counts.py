"""How many images of each class there are, as bars."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QRect, QRectF, QSize, Qt, Slot
from PySide6.QtGui import QColor, QPainter, QPen
from PySide6.QtWidgets import QSizePolicy

from core.words import percent
from gui.theme import on_paper
from gui.widgets.grids.cell_grid import CellGrid

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray
    from PySide6.QtGui import QPaintEvent
    from PySide6.QtWidgets import QWidget

    from core.report.figures import Bars

_GAP = 8
_WIDEST_NAME = 110
_LEAST_BAR = 30
_TITLE = "images of each class"
_HELP = "Click to see only this class on the wall; click again to see all."


@dataclass(frozen=True, slots=True, eq=False)
class PartCounts:
    """How many images of each class one part has.

    Attributes
    ----------
    label : of the part, one short word
    colour : name of a theme colour
    counts : (n_classes,)
    drawn : whether it has bars; else only the words tell of it
    """

    label: str
    colour: str
    counts: NDArray[np.int64]
    drawn: bool = True


class ClassCounts(CellGrid):
    """A row per class: its name, a bar for each part that is drawn, and the numbers.

    The bars of a part are measured by its largest class: parts of different size can be compared,
    and uneven classes are seen in each. Bars of the first part are filled, the others hollow.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(_TITLE, _HELP, parent)
        self.names: tuple[str, ...] = ()
        self._parts: tuple[PartCounts, ...] = ()
        self._told: tuple[PartCounts, ...] = ()
        self.chosen: int | None = None
        """The class that is marked."""
        self._pointed: tuple[int, int] | None = None
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.pointed.connect(self._point_at)

    @property
    def n_cells(self) -> tuple[int, int]:
        """A row for each class."""
        return len(self.names), 1

    def set_counts(self, names: Sequence[str], parts: Sequence[PartCounts]) -> None:
        """Show other numbers; the chosen class is forgotten where there are other classes."""
        if tuple(names) != self.names:
            self.chosen, self.current = None, (0, 0)
        self.names, self._told = tuple(names), tuple(parts)
        self._parts = tuple(part for part in parts if part.drawn)
        self.updateGeometry()
        self.update()

    def set_chosen(self, chosen: int | None) -> None:
        """Mark a class, or none."""
        self.chosen = chosen
        if chosen is not None:
            self.current = chosen, 0
        self.update()

    @property
    def row_height(self) -> int:
        """Height of the row of one class, and of the header."""
        return self.fontMetrics().height() + 1

    def height_of(self, n_classes: int) -> int:
        """Return the height that this many classes need, with the header."""
        return self.row_height * (n_classes + 1) + 2

    def sizeHint(self) -> QSize:
        """Return the height of all rows."""
        return QSize(280, self.height_of(len(self.names)))

    def minimumSizeHint(self) -> QSize:
        """Return the same height: a scroll area shows what has no room."""
        return QSize(180, self.sizeHint().height())

    def cell_rect(self, row: int, column: int = 0) -> QRect:
        """Return where the row of a class is."""
        return QRect(0, (row + 1) * self.row_height, self.width(), self.row_height)

    def bar_rect(self, k: int, part: int) -> QRectF:
        """Return the bar of a class in a part, as long as it is painted."""
        names, numbers = self._columns()
        row = self.cell_rect(k)
        left = names + _GAP
        room = max(_LEAST_BAR, self.width() - left - sum(numbers) - _GAP)
        height = (row.height() - 4) / max(len(self._parts), 1)
        counts = self._parts[part].counts
        length = room * float(counts[k]) / max(int(counts.max()), 1)
        return QRectF(left, row.top() + 2 + part * height, length, height - 1)

    def _columns(self) -> tuple[int, list[int]]:
        """Return the widths of the names and of each part's numbers."""
        metrics = self.fontMetrics()
        names = max((metrics.horizontalAdvance(name) for name in self.names), default=0)
        numbers = [
            _GAP
            + max(
                metrics.horizontalAdvance(text)
                for text in (part.label, f"{int(part.counts.max()):,}")
            )
            for part in self._parts
        ]
        return min(names + 8, _WIDEST_NAME), numbers

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the header and the rows that are to be seen."""
        painter = QPainter(self)
        names, numbers = self._columns()
        right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        left = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        painter.setPen(QColor(self._theme.muted))
        painter.drawText(QRect(4, 0, self.width() - sum(numbers), self.row_height), left, _TITLE)
        places = [self.width() - sum(numbers[i:]) for i in range(len(numbers))]
        for part, x, width in zip(self._parts, places, numbers, strict=True):
            painter.setPen(QColor(getattr(self._theme, part.colour)))
            painter.drawText(QRect(x, 0, width - 2, self.row_height), right, part.label)
        for k, name in enumerate(self.names):
            row = self.cell_rect(k)
            if not row.intersects(event.rect()):
                continue
            self._paint_ground(painter, k, row)
            painter.setPen(QColor(self._theme.text))
            box = QRect(4, row.top(), names - 4, row.height())
            text = painter.fontMetrics().elidedText(name, Qt.TextElideMode.ElideRight, box.width())
            painter.drawText(box, right, text)
            for i, part in enumerate(self._parts):
                self._paint_bar(painter, k, i)
                painter.setPen(QColor(self._theme.text))
                box = QRect(places[i], row.top(), numbers[i] - 2, row.height())
                painter.drawText(box, right, f"{int(part.counts[k]):,}")

    def _paint_ground(self, painter: QPainter, k: int, row: QRect) -> None:
        if k == self.chosen:
            painter.fillRect(row, QColor(self._theme.selection))
            painter.fillRect(QRect(0, row.top(), 3, row.height()), QColor(self._theme.accent))
        elif (k, 0) == self._pointed:
            painter.fillRect(row, QColor(self._theme.raised))
        if (k, 0) == self.current and self.hasFocus():
            painter.setPen(QPen(QColor(self._theme.accent), 1))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(row.adjusted(0, 0, -1, -1))

    def _paint_bar(self, painter: QPainter, k: int, i: int) -> None:
        colour = QColor(getattr(self._theme, self._parts[i].colour))
        bar = self.bar_rect(k, i)
        if not self._parts[i].counts[k]:
            return
        bar.setWidth(max(bar.width(), 1.0))
        if i == 0:
            painter.fillRect(bar, colour)
            return
        painter.setPen(QPen(colour, 1))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(bar.toRect().adjusted(0, 0, -1, -1))

    def figure(self) -> Bars | None:
        """Return the counts of all parts; None where there are no data."""
        if not self._told:
            return None
        from core.report.figures import Bars, Series

        series = (
            Series(part.label, part.counts, on_paper(part.colour), pale=not part.drawn)
            for part in self._told
        )
        return Bars(
            title=_TITLE.capitalize(),
            subtitle="",
            labels=self.names,
            series=tuple(series),
            value_label="images",
            form=",.0f",
        )

    def describe(self, row: int, column: int = 0) -> str:
        """Return the numbers of a class in words."""
        numbers = []
        for part in self._told:
            n, of = int(part.counts[row]), int(part.counts.sum())
            numbers.append(f"{n:,} {part.label} ({percent(n / max(of, 1), 1, '')})")
        return f"class {self.names[row]}: {', '.join(numbers)}"

    @Slot(object)
    def _point_at(self, at: tuple[int, int] | None) -> None:
        if at != self._pointed:
            self._pointed = at
            self.update()
