"""The model's probabilities as bars, one per class."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from core.words import fixed, significant
from gui.theme import on_paper, pixels
from gui.widgets.basics.fitting_words import as_title, fitting
from gui.widgets.basics.painted import Painted

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray
    from PySide6.QtGui import QMouseEvent, QPaintEvent
    from PySide6.QtWidgets import QWidget

    from core.report.figures import Bars

_LEAST_ROW, _FEW = 17, 10
_HIGHEST_ROW = 34.0
_GAP = 8
_NAMES_SHARE = 0.42
"""Of the width, for the names at most."""


class ProbabilityBars(Painted):
    """Horizontal bars with the class before and the number after each.

    The true class carries a hollow mark and the target a filled one, so that neither depends on
    colour alone. Where not every class has room for a readable line, the likeliest ones are shown,
    the true class and the target always among them. Where the logits are known they stand behind
    the probabilities, under a head that says which is which.

    Parameters
    ----------
    true : what hovering calls the class marked as the true one
    """

    def __init__(self, parent: QWidget | None = None, *, true: str = "true class") -> None:
        super().__init__("class probabilities", parent)
        self._true_words = true
        self._names: tuple[str, ...] = ()
        self.probabilities: NDArray[np.floating] | None = None
        """The numbers shown, (n_classes,)."""
        self.logits: NDArray[np.floating] | None = None
        """The logits written, (n_classes,), if any."""
        self.true_class: int | None = None
        """The class marked as the true one, if any."""
        self._target: int | None = None
        self._looks: dict[int, tuple[Any, ...]] = {}
        """What the lines show, by class: of equal looks all pixels are equal."""

    def set_probabilities(
        self,
        names: Sequence[str],
        probabilities: NDArray[np.floating],
        *,
        true: int | None = None,
        target: int | None = None,
        logits: NDArray[np.floating] | None = None,
    ) -> None:
        """Show other numbers.

        Parameters
        ----------
        names : one per class
        probabilities : (n_classes,)
        true, target : classes to mark
        logits : (n_classes,), written behind the probabilities
        """
        if len(names) != len(self._names):
            self.updateGeometry()
        is_laid_out = self._names == tuple(names) and self.logits is logits is None
        self._names = tuple(names)
        self.probabilities, self.logits = probabilities, logits
        self.true_class, self._target = true, target
        best = int(probabilities.argmax())
        self.setAccessibleDescription(f"{names[best]} with probability {probabilities[best]:.3f}")
        before, self._looks = self._looks, {k: self._look(k, best) for k in self.shown_classes()}
        if not is_laid_out or before.keys() != self._looks.keys():
            self.update()
            return
        row = self._row_height()
        for line, k in enumerate(self._looks):
            if self._looks[k] != before[k]:  # from step to step of a film most stay as they are
                self.update(self._line_rect(line, row))

    def _look(self, k: int, best: int) -> tuple[Any, ...]:
        assert self.probabilities is not None
        share = float(self.probabilities[k])
        number, length = f"{share:.3f}", f"{256 * self.width() * share:.0f}"  # parts of a pixel
        return self._names[k], number, length, k == best, k == self.true_class, k == self._target

    def figure(self) -> Bars | None:
        """Return the probabilities of all classes; None where there are none."""
        if self.probabilities is None:
            return None
        from core.report.figures import Bars, Series

        marked = self.true_class if self._target is None else self._target
        return Bars(
            title=as_title(self.accessibleName()),
            subtitle="",
            labels=self._names,
            series=(Series("probability", self.probabilities, on_paper("accent")),),
            value_label="probability",
            highlighted=marked,
            highlighted_label="true class" if self._target is None else "target",
            limits=(0.0, 1.0),
            form=".3f",
            beside=None if self.logits is None else Series("logit z", self.logits),
        )

    def sizeHint(self) -> QSize:
        """Return a comfortable size."""
        return QSize(240, max(24 * len(self._names), 120))

    def minimumSizeHint(self) -> QSize:
        """Return the smallest readable size."""
        return QSize(150, self._head() + pixels(_LEAST_ROW) * min(max(len(self._names), 2), _FEW))

    def shown_classes(self) -> list[int]:
        """Return the classes that have a line, in order."""
        n_classes = len(self._names)
        # So many that text does not lie on itself.
        room = max((self.height() - self._head()) // pixels(_LEAST_ROW), 3)
        if self.probabilities is None or n_classes <= room:
            return list(range(n_classes))
        marked = {k for k in (self.true_class, self._target) if k is not None}
        order = (-self.probabilities).argsort(kind="stable")  # of equals the first, as everywhere
        likeliest = [int(k) for k in order if k not in marked]
        # The last line says how many there are.
        return sorted([*marked, *likeliest[: room - 1 - len(marked)]])

    def _row_height(self) -> float:
        n_rows = len(self.shown_classes())
        n_rows += n_rows < len(self._names)
        return min((self.height() - self._head()) / max(n_rows, 1), _HIGHEST_ROW)

    def _head(self) -> int:
        """Return the height of the line that names the columns."""
        return 0 if self.logits is None else self.fontMetrics().height() + 2

    def _logit_width(self) -> int:
        if self.logits is None:
            return 0
        words = [logit_text(float(logit)) for logit in self.logits]
        return max(self.fontMetrics().horizontalAdvance(text) for text in words) + _GAP

    def _columns(self) -> tuple[float, float]:
        """Return where all bars begin, and how long a full one is."""
        metrics = self.fontMetrics()
        widest = max([metrics.horizontalAdvance(name) for name in self._names] or [0])
        left = min(widest, int(self.width() * _NAMES_SHARE)) + 16 + _GAP
        right = metrics.horizontalAdvance("0.0000") + _GAP + self._logit_width()
        return left, max(self.width() - left - right, 10)

    def bar_rect(self, k: int) -> QRectF:
        """Return where the bar of class ``k``, one of those shown, is painted when it is full."""
        return self._bar_rect(self.shown_classes().index(k), self._row_height(), *self._columns())

    def _bar_rect(self, line: int, row: float, left: float, width: float) -> QRectF:
        pad = min(4.0, row * 0.15)
        return QRectF(left, self._head() + line * row + pad, width, row - 2 * pad)

    def _line_rect(self, line: int, row: float) -> QRect:
        return QRectF(0, self._head() + line * row, self.width(), row).toAlignedRect()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint names, bars and numbers of the lines that are to be seen."""
        if self.probabilities is None:
            return
        region, row, columns = event.region(), self._row_height(), self._columns()
        shown, best = self.shown_classes(), int(self.probabilities.argmax())
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            if len(shown) < len(self._names):
                painter.setPen(QColor(self._theme.muted))
                box = QRectF(0, self._head() + len(shown) * row, self.width(), row)
                words = f"{len(shown)} of {len(self._names)} classes"
                wordings = (
                    f"{words}: the likeliest and those marked",
                    f"{words}: the likeliest",
                    words,
                )
                text = fitting(painter.fontMetrics(), wordings, self.width())
                painter.drawText(box, Qt.AlignmentFlag.AlignCenter, text)
            for line, k in enumerate(shown):
                if region.intersects(self._line_rect(line, row)):
                    self._paint_line(painter, k, self._bar_rect(line, row, *columns), k == best)
            if self.logits is not None:
                self._paint_head(painter, self._bar_rect(0, row, *columns))

    def _paint_line(self, painter: QPainter, k: int, bar: QRectF, is_best: bool) -> None:
        assert self.probabilities is not None
        theme, probability = self._theme, float(self.probabilities[k])
        font = painter.font()
        if font.bold() != is_best:
            font.setBold(is_best)
            painter.setFont(font)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(theme.raised))
        painter.drawRoundedRect(bar, 3, 3)
        roles = {self.true_class: theme.good, self._target: theme.bad}
        painter.setBrush(QColor(roles.get(k, theme.accent)))
        width = bar.width() * min(max(probability, 0.0), 1.0)
        painter.drawRect(QRectF(bar.left(), bar.top(), width, bar.height()))
        painter.setPen(QColor(theme.text))
        middle, right = Qt.AlignmentFlag.AlignVCenter, Qt.AlignmentFlag.AlignRight
        top, height = bar.top() - 3, bar.height() + 6
        names = QRectF(14, top, bar.left() - 14 - _GAP, height)
        elide = Qt.TextElideMode.ElideRight
        text = painter.fontMetrics().elidedText(self._names[k], elide, int(names.width()))
        painter.drawText(names, middle | right, text)
        number = QRectF(bar.right() + _GAP / 2, top, self.width() - bar.right(), height)
        painter.drawText(number, middle, f"{probability:.3f}")
        if self.logits is not None:
            painter.setPen(QColor(theme.muted))
            text = logit_text(float(self.logits[k]))
            painter.drawText(QRectF(0, top, self.width(), height), middle | right, text)
        self._paint_mark(painter, k, bar)

    def _paint_head(self, painter: QPainter, bar: QRectF) -> None:
        """Name the columns: probabilities and logits."""
        font = painter.font()
        font.setBold(False)
        painter.setFont(font)
        painter.setPen(QColor(self._theme.muted))
        height = self._head()
        numbers = self.fontMetrics().horizontalAdvance("0.000")
        left, top = bar.right() + _GAP / 2, Qt.AlignmentFlag.AlignTop
        box = QRectF(left, 0, numbers, height)
        painter.drawText(box, top | Qt.AlignmentFlag.AlignHCenter, "p")
        box = QRectF(0, 0, self.width(), height)
        painter.drawText(box, top | Qt.AlignmentFlag.AlignRight, "logit z")

    def _paint_mark(self, painter: QPainter, k: int, bar: QRectF) -> None:
        if k not in (self.true_class, self._target):
            return
        radius = min(4.5, bar.height() / 2)
        centre = QPointF(6, bar.center().y())
        if k == self._target:
            inner = radius / 2 if k == self.true_class else radius  # within the ring
            painter.setBrush(QColor(self._theme.bad))
            painter.setPen(Qt.PenStyle.NoPen)
            painter.drawEllipse(centre, inner, inner)
        if k == self.true_class:
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(QColor(self._theme.good), 2))
            painter.drawEllipse(centre, radius, radius)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Tell the exact number of the bar under the pointer."""
        if self.probabilities is None:
            return
        line = math.floor((event.position().y() - self._head()) / self._row_height())
        shown = self.shown_classes()
        if 0 <= line < len(shown):
            k = shown[line]
            roles = ((self.true_class, self._true_words), (self._target, "target"))
            role = "".join(f" ({words})" for one, words in roles if k == one)
            text = f"p({self._names[k]}) = {fixed(self.probabilities[k], 6)}{role}"
            if self.logits is not None:
                text += f", z = {significant(float(self.logits[k]), 6)}"
            self.tell(event, text)


def logit_text(logit: float) -> str:
    """Return a logit as it stands in a column, with its sign: ``+3.21``."""
    return f"{logit:+.2f}" if abs(logit) < 1000 else f"{logit:+.1e}"
