"""Two values for each class, side by side, as bars."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter

from core.words import significant
from gui.theme import on_paper
from gui.widgets.basics.fitting_words import as_title, fitting, shortened
from gui.widgets.basics.painted import Painted

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray
    from PySide6.QtGui import QMouseEvent, QPaintEvent
    from PySide6.QtWidgets import QWidget

    from core.report.figures import Bars

_COLOURS = ("train", "test")
"""Of the two models, as fields of the theme."""
_TOP = 46
_LEGEND = 18
_SIDE = 8
_SMALLEST_NUMBER = 26
"""Narrower bars have no number above them; hovering reads it."""


class PairedBars(Painted):
    """Bars of two models, class by class; the first filled with one colour, the second another."""

    usual = QSize(600, 220)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("two values for each class", parent)
        self._names: tuple[str, ...] = ()
        self._counted: tuple[bool, ...] = ()
        self._values: tuple[NDArray[np.floating], NDArray[np.floating]] = (
            np.empty(0),
            np.empty(0),
        )
        self._labels = ("", "")
        self._title = ""

    def set_values(
        self,
        names: Sequence[str],
        labels: tuple[str, str],
        title: str,
        first: NDArray[np.floating],
        second: NDArray[np.floating],
        counted: Sequence[bool] = (),
    ) -> None:
        """Show (n_classes,) values of two models; what is not finite has no bar.

        Parameters
        ----------
        names : one per class
        labels : of the two models
        title : what the values are
        counted : whether each model's highest bar must have room; both where neither has
        """
        self._names, self._labels, self._title = tuple(names), labels, title
        self._values, self._counted = (first, second), tuple(counted)
        self.update()

    def _column(self) -> float:
        return max((self.width() - 2 * _SIDE) / max(len(self._names), 1), 1.0)

    def _highest(self) -> float:
        """Return what the room is high enough for."""
        counted = [v for v, ok in zip(self._values, self._counted, strict=False) if ok]
        values = np.concatenate(counted or self._values)
        return max(float(values[np.isfinite(values)].max(initial=0.0)), 1e-12)

    def bar(self, k: int, side: int) -> QRectF:
        """Return where the bar of a class and a side lies; empty where there is none."""
        value, high = float(self._values[side][k]), self._highest()
        if not np.isfinite(value):
            return QRectF()
        column = self._column()
        width = column * 0.36
        room = self.height() - _TOP - self._line() - 6
        height = room * min(value / high, 1.0)
        left = _SIDE + k * column + column * 0.12 + side * (width + column * 0.04)
        return QRectF(left, _TOP + room - height, width, height)

    def _line(self) -> float:
        return float(self.fontMetrics().height())

    def figure(self) -> Bars | None:
        """Return both values of every class; None where there is none."""
        if not self._names:
            return None
        from core.report.figures import Bars, Series

        series = (
            Series(label, values, on_paper(colour))
            for label, values, colour in zip(self._labels, self._values, _COLOURS, strict=True)
        )
        return Bars(
            title=as_title(self.accessibleName()),
            subtitle="",
            labels=self._names,
            series=tuple(series),
            value_label=self._title,
            limits=(0.0, 1.1 * self._highest()),
        )

    def describe(self, k: int) -> str:
        """Return both values of a class in words."""
        pairs = zip(self._labels, self._values, strict=True)
        words = [f"{label} {self._words(float(values[k]))}" for label, values in pairs]
        return f"{self._names[k]}: {', '.join(words)}"

    def _words(self, value: float) -> str:
        return significant(value, 4) if np.isfinite(value) else "none read rightly"

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the bars, their numbers where there is room, and the names below."""
        painter = QPainter(self)
        theme = self._theme
        metrics = self.fontMetrics()
        column = self._column()
        self._paint_legend(painter, metrics)
        for k, name in enumerate(self._names):
            for side, colour in enumerate(_COLOURS):
                box = self.bar(k, side)
                if box.isNull():
                    continue
                painter.fillRect(box, QColor(getattr(theme, colour)))
                if box.width() >= _SMALLEST_NUMBER:
                    above = QRectF(box.left() - 6, box.top() - 18, box.width() + 12, 16)
                    painter.setPen(QColor(theme.text))
                    words = _number(float(self._values[side][k]))
                    painter.drawText(above, Qt.AlignmentFlag.AlignCenter, words)
            line = self._line()
            below = QRectF(_SIDE + k * column, self.height() - line - 2, column, line)
            painter.setPen(QColor(theme.muted))
            shown = fitting(metrics, shortened("{}", name), int(column))
            painter.drawText(below, Qt.AlignmentFlag.AlignCenter, shown)

    def _paint_legend(self, painter: QPainter, metrics: QFontMetrics) -> None:
        x = float(_SIDE)
        for label, colour in zip(self._labels, _COLOURS, strict=True):
            painter.fillRect(QRectF(x, 6, 11, 11), QColor(getattr(self._theme, colour)))
            painter.setPen(QColor(self._theme.text))
            painter.drawText(QRectF(x + 16, 2, 400, _LEGEND), Qt.AlignmentFlag.AlignLeft, label)
            x += 16 + metrics.horizontalAdvance(label) + 18
        painter.setPen(QColor(self._theme.muted))
        room = QRectF(x, 2, self.width() - x - _SIDE, _LEGEND)
        words = fitting(metrics, (self._title,), int(room.width()))
        painter.drawText(room, Qt.AlignmentFlag.AlignRight, words)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Read both values under the pointer."""
        k = int((event.position().x() - _SIDE) / self._column())
        self.tell(event, self.describe(k) if 0 <= k < len(self._names) else "")


def _number(value: float) -> str:
    """Return three digits at most, as many places for all that are alike."""
    return f"{value:.2f}" if value < 10 else significant(value)
