"""The three likeliest classes of one image, the true one among them, where there is little room."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter

from gui.widgets.bars.probability_bars import ProbabilityBars

if TYPE_CHECKING:
    from PySide6.QtGui import QPaintEvent

_SHOWN = 3
_GAP = 6
_NAMES_SHARE = 0.4
"""Of the width, for the names at most."""


class LikeliestBars(ProbabilityBars):
    """Name, bar and number of each, the likeliest first; hovering reads probability and logit."""

    def set_probabilities(self, *numbers: Any, **marks: Any) -> None:
        """Show other numbers; see :class:`ProbabilityBars`."""
        super().set_probabilities(*numbers, **marks)
        self.update()  # their order may be another

    def sizeHint(self) -> QSize:
        """Return the size of three lines."""
        return QSize(180, _SHOWN * self._line())

    def minimumSizeHint(self) -> QSize:
        """Return the size in which names and numbers can be read."""
        return QSize(100, _SHOWN * self._line())

    def _line(self) -> int:
        return self.fontMetrics().height() + 5

    def _head(self) -> int:
        return 0

    def _n_lines(self) -> int:
        return min(max(self.height() // self.fontMetrics().height(), 1), _SHOWN)

    def _row_height(self) -> float:
        return float(min(self._line(), self.height() / self._n_lines()))

    def shown_classes(self) -> list[int]:
        """Return the classes that have a line, in order."""
        if self.probabilities is None:
            return []
        order = (-self.probabilities).argsort(kind="stable")  # of equals the first, as everywhere
        shown = [int(k) for k in order[: self._n_lines()]]
        if self.true_class is not None and self.true_class not in shown:
            shown[-1] = self.true_class
        return shown

    def _columns(self) -> tuple[float, float]:
        bold = self._bold()
        widest = max(bold.horizontalAdvance(self._name(k)) for k in self.shown_classes())
        left = min(widest, int(self.width() * _NAMES_SHARE)) + _GAP
        return left, max(self.width() - left - bold.horizontalAdvance("0.000") - 2 * _GAP, 10)

    def _name(self, k: int) -> str:
        """Return what stands before the bar; the true class has its mark, as in other bars."""
        return f"○ {self._names[k]}" if k == self.true_class else self._names[k]

    def _bold(self) -> QFontMetrics:
        return QFontMetrics(self._bold_font())

    def _bold_font(self) -> QFont:
        font = QFont(self.font())
        font.setBold(True)
        return font

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the lines."""
        if self.probabilities is None:
            return
        row, (left, width) = self._row_height(), self._columns()
        best, theme = int(self.probabilities.argmax()), self._theme
        middle = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        with QPainter(self) as painter:
            for line, k in enumerate(self.shown_classes()):
                share = float(self.probabilities[k])
                bar = self._bar_rect(line, row, left, width)
                is_wrong = k == best and self.true_class not in (None, k)
                colour = theme.good if k == self.true_class else theme.bad if is_wrong else None
                bar.setWidth(max(width * min(max(share, 0.0), 1.0), 2.0))
                painter.fillRect(bar, QColor(colour or theme.accent))
                painter.setPen(QColor(theme.text))
                painter.setFont(self._bold_font())
                name = painter.fontMetrics().elidedText(
                    self._name(k), Qt.TextElideMode.ElideRight, int(left - _GAP) + 1
                )
                painter.drawText(QRectF(0, line * row, left, row), middle, name)
                painter.setFont(self.font())
                rest = QRectF(bar.right() + _GAP, line * row, self.width(), row)
                painter.drawText(rest, middle, f"{share:.3f}")
