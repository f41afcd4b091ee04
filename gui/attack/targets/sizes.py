"""What each class takes, as bars below the images."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter
from PySide6.QtWidgets import QToolTip

from core.words import significant
from gui.theme import on_paper, pixels
from gui.widgets.basics.painted import Painted
from gui.widgets.basics.tooltips import say_hovered, wrapped

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtGui import QMouseEvent, QPaintEvent
    from PySide6.QtWidgets import QWidget

    from core.report.figures import Bars
    from gui.widgets.images.image_mosaic import ImageMosaic

_WIDTH = 36
_HELP = "The smallest change that is enough toward each class; the nearest one in its own colour."


class SizeBars(Painted):
    """A bar below each column of some images, as high as its size.

    Parameters
    ----------
    strip : whose columns it stands below
    """

    least = QSize(200, 56)
    in_words = 40

    def __init__(self, strip: ImageMosaic, parent: QWidget) -> None:
        super().__init__("smallest changes", parent)
        self._strip = strip
        self._names: tuple[str, ...] = ()
        self.sizes: tuple[float, ...] = ()
        """Of each column; not a number where nothing is known or needed, inf where none is
        enough."""
        self._words: tuple[str, ...] = ()
        self._nearest: int | None = None
        self.setToolTip(wrapped(_HELP))

    def set_sizes(
        self,
        names: Sequence[str],
        sizes: Sequence[float],
        words: Sequence[str],
        nearest: int | None,
    ) -> None:
        """Show other sizes, in words too; ``nearest`` is the column of the least."""
        self._names, self.sizes = tuple(names), tuple(sizes)
        self._words, self._nearest = tuple(words), nearest
        self.setAccessibleDescription(
            ", ".join(f"{n} {w}" for n, w in zip(names, words, strict=True) if w)
        )
        self.update()

    def figure(self) -> Bars | None:
        """Return the sizes that are known; None where none is."""
        known = [k for k, size in enumerate(self.sizes) if math.isfinite(size)]
        if not known:
            return None
        import numpy as np

        from core.report.figures import Bars, Series

        values = np.array([self.sizes[k] for k in known])
        return Bars(
            title="Smallest change toward each class",
            subtitle="",
            labels=tuple(self._names[k] for k in known),
            series=(Series("size", values, on_paper("accent")),),
            value_label="size",
        )

    def bar_rect(self, column: int) -> QRectF:
        """Return where the bar of a column is."""
        line = self.fontMetrics().height()
        cell = self._strip.cell_rect(1, column)
        x = self.mapFromGlobal(self._strip.mapToGlobal(QPoint(cell.center().x(), 0))).x()
        finite = [size for size in self.sizes if math.isfinite(size)]
        size = self.sizes[column] if math.isfinite(self.sizes[column]) else 0.0
        height = max(self.height() - line - 4, 0) * size / (max(finite, default=0.0) or 1.0)
        width = min(pixels(_WIDTH), max(cell.width(), 4))
        return QRectF(x - width / 2, self.height() - height, width, height)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint bars, and their sizes above them."""
        theme, line = self._theme, self.fontMetrics().height()
        with QPainter(self) as painter:
            painter.setPen(QColor(theme.line))
            painter.drawLine(0, self.height() - 1, self.width(), self.height() - 1)
            for column, words in enumerate(self._words):
                if not math.isfinite(self.sizes[column]):
                    continue
                bar, is_nearest = self.bar_rect(column), column == self._nearest
                painter.fillRect(bar, QColor(theme.best if is_nearest else theme.accent))
                painter.setPen(QColor(theme.text))
                box = QRectF(bar.center().x() - 50, bar.top() - line - 1, 100, line)
                painter.drawText(box, Qt.AlignmentFlag.AlignCenter, words)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Tell the exact size of the bar under the pointer."""
        x = event.position().x()
        for column, words in enumerate(self._words):
            bar = self.bar_rect(column)
            if bar.left() <= x <= bar.right() and words:
                said = f"{self._names[column]}: {significant(self.sizes[column], 6)}"
                say_hovered(self, said)
                QToolTip.showText(event.globalPosition().toPoint(), wrapped(said, _HELP), self)
                return
        say_hovered(self, "")
