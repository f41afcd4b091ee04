"""How many images of each class there are, as bars."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPen
from PySide6.QtWidgets import QSizePolicy, QToolTip

from gui.theme import on_paper
from gui.widgets.basics.painted import Painted
from gui.widgets.basics.tooltips import say_hovered, wrapped

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray
    from PySide6.QtCore import QEvent
    from PySide6.QtGui import QKeyEvent, QMouseEvent, QPaintEvent
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


class ClassCounts(Painted):
    """A row per class: its name, a bar for each part that is drawn, and the numbers.

    The bars of a part are measured by its largest class: parts of different size can be compared,
    and uneven classes are seen in each. Bars of the first part are filled, the others hollow.
    """

    clicked = Signal(int)
    """A class."""
    current_moved = Signal(QRect)
    """The row that the keyboard has reached."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(_TITLE, parent)
        self.names: tuple[str, ...] = ()
        self._parts: tuple[PartCounts, ...] = ()
        self._told: tuple[PartCounts, ...] = ()
        self.chosen: int | None = None
        """The class that is marked."""
        self.current = 0
        """The class whose row the keyboard has reached."""
        self._pointed: int | None = None
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def set_counts(self, names: Sequence[str], parts: Sequence[PartCounts]) -> None:
        """Show other numbers; the chosen class is forgotten where there are other classes."""
        if tuple(names) != self.names:
            self.chosen, self.current = None, 0
        self.names, self._told = tuple(names), tuple(parts)
        self._parts = tuple(part for part in parts if part.drawn)
        self.updateGeometry()
        self.update()

    def set_chosen(self, chosen: int | None) -> None:
        """Mark a class, or none."""
        self.chosen = chosen
        if chosen is not None:
            self.current = chosen
        self.update()

    @property
    def row_height(self) -> int:
        """Height of the row of one class, and of the header."""
        return QFontMetrics(self.font()).height() + 1

    def height_of(self, n_classes: int) -> int:
        """Return the height that this many classes need, with the header."""
        return self.row_height * (n_classes + 1) + 2

    def sizeHint(self) -> QSize:
        """Return the height of all rows."""
        return QSize(280, self.height_of(len(self.names)))

    def minimumSizeHint(self) -> QSize:
        """Return the same height: a scroll area shows what has no room."""
        return QSize(180, self.sizeHint().height())

    def row_rect(self, k: int) -> QRect:
        """Return where the row of a class is."""
        return QRect(0, (k + 1) * self.row_height, self.width(), self.row_height)

    def bar_rect(self, k: int, part: int) -> QRectF:
        """Return the bar of a class in a part, as long as it is painted."""
        names, numbers = self._columns()
        row = self.row_rect(k)
        left = names + _GAP
        room = max(_LEAST_BAR, self.width() - left - sum(numbers) - _GAP)
        height = (row.height() - 4) / max(len(self._parts), 1)
        counts = self._parts[part].counts
        length = room * float(counts[k]) / max(int(counts.max()), 1)
        return QRectF(left, row.top() + 2 + part * height, length, height - 1)

    def _columns(self) -> tuple[int, list[int]]:
        """Return the widths of the names and of each part's numbers."""
        metrics = QFontMetrics(self.font())
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
            row = self.row_rect(k)
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
        elif k == self._pointed:
            painter.fillRect(row, QColor(self._theme.raised))
        if k == self.current and self.hasFocus():
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

    def describe(self, k: int) -> str:
        """Return the numbers of a class in words."""
        numbers = []
        for part in self._told:
            n, of = int(part.counts[k]), int(part.counts.sum())
            numbers.append(f"{n:,} {part.label} ({n / max(of, 1):.1%})")
        return f"class {self.names[k]}: {', '.join(numbers)}"

    def _row_at(self, y: float) -> int | None:
        k = int(y // self.row_height) - 1
        return k if 0 <= k < len(self.names) else None

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Tell the numbers of the class under the pointer."""
        k = self._row_at(event.position().y())
        self._point_at(k)
        self.setCursor(
            Qt.CursorShape.ArrowCursor if k is None else Qt.CursorShape.PointingHandCursor
        )
        if k is None:
            QToolTip.hideText()
            return
        tip = wrapped(self.describe(k), _HELP)
        QToolTip.showText(event.globalPosition().toPoint(), tip, self, self.row_rect(k))

    def _point_at(self, k: int | None) -> None:
        if k != self._pointed:
            self._pointed = k
            say_hovered(self, "" if k is None else self.describe(k))
            self.update()

    def leaveEvent(self, event: QEvent) -> None:
        """Forget what was hovered."""
        self._point_at(None)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Choose the class under the pointer."""
        k = self._row_at(event.position().y())
        if k is not None and event.button() == Qt.MouseButton.LeftButton:
            self.current = k
            self.clicked.emit(k)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Walk with the arrows, choose with Enter."""
        steps = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}
        key = Qt.Key(event.key())
        if not self.names:
            super().keyPressEvent(event)
        elif key in steps:
            self.current = min(max(self.current + steps[key], 0), len(self.names) - 1)
            words = self.describe(self.current)
            self.setAccessibleDescription(words)
            say_hovered(self, words)
            self.current_moved.emit(self.row_rect(self.current))
            self.update()
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.clicked.emit(self.current)
        else:
            super().keyPressEvent(event)
