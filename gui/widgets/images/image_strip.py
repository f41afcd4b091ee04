"""A row of small images with words below, or several rows, to choose one of."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QEvent, QRect, QSize, Qt, Signal
from PySide6.QtGui import QColor, QImage, QPainter, QPen

from core.pictures import grey_rgb
from gui.widgets.basics.fitting_words import as_title, fitting
from gui.widgets.basics.numpy_image import to_qimage
from gui.widgets.grids.cell_grid import CellGrid

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray
    from PySide6.QtGui import QKeyEvent, QPaintEvent, QResizeEvent
    from PySide6.QtWidgets import QWidget

    from core.report.figures import Pictures

_GAP = 6
_LEAST_SIDE = 36
_LARGEST_SIDE = 84
_WRAPPED_SIDE = 56
_WIDER = 2
"""Times its width that an image has for words that are no shorter."""
_NEARLY = 0.8
"""Of the images that have room: so many are seen where they grow."""
_LINES = 2
"""Of words, for which there is room before there are images: nothing jumps when they come."""


@dataclass(frozen=True, slots=True, eq=False)
class StripImage:
    """One image of a strip.

    Attributes
    ----------
    index : what a click tells
    values : (height, width), ink from 0 to 1
    below : lines of words below it, of each the longest wording first
    words : read by hovering
    mark : the theme's colour of a frame around it ("good", "bad"); "" for none
    """

    index: int
    values: NDArray[np.floating]
    below: tuple[tuple[str, ...], ...]
    words: str
    mark: str = ""


class ImageStrip(CellGrid):
    """Paints as many images as have room beside each other, the first ones.

    Parameters
    ----------
    name, help_text : for a screen reader, and below the words of a hovered image
    wraps : whether there are as many rows as there is room for, of images of one size
    side : of those images, in pixels; larger ones have more room where nearly as many are seen
    """

    opened = Signal(int)
    """The ``index`` of an image."""

    def __init__(
        self,
        name: str,
        help_text: str,
        parent: QWidget | None = None,
        *,
        wraps: bool = False,
        side: int = _WRAPPED_SIDE,
    ) -> None:
        super().__init__(name, help_text, parent)
        self._wraps, self._side = wraps, side
        self.images: tuple[StripImage, ...] = ()
        """What is shown, as far as there is room."""
        self._pictures: list[QImage] = []
        self._grown, self._apart = side, (0, 0)
        """Side of the images of several rows now, and the pixels more between them."""
        self.empty_words = ""
        """What is said in the place of images, where there are none."""

    @property
    def n_cells(self) -> tuple[int, int]:
        """One row, though it may be broken, of the images that have room."""
        return 1, min(self._n_columns() * self._n_rows(), len(self.images))

    def set_images(self, images: Sequence[StripImage]) -> None:
        """Show other images, all of one shape."""
        before, self.images = self.sizeHint(), tuple(images)
        if self.sizeHint() != before:
            self.updateGeometry()
        # Their colours are found for all at once.
        rgb = grey_rgb(np.stack([image.values for image in images])) if images else ()
        self._pictures = [to_qimage(picture) for picture in rgb]
        self.current = 0, min(self.current[1], max(len(images) - 1, 0))
        self._share_room()
        self.update()

    def set_empty_words(self, words: str) -> None:
        """Say this where there is no image."""
        self.empty_words = words
        self.setAccessibleDescription("" if self.images else words)
        self.update()

    def figure(self) -> Pictures | None:
        """Return the images that have room, with all their words; None where there is none."""
        shown = self.images[: self.n_cells[1]]
        if not shown:
            return None
        from core.report.figures import Cell, Pictures

        cells = (
            Cell(f"#{image.index}", "\n".join(line[0] for line in image.below), image.values)
            for image in shown
        )
        return Pictures(as_title(self.accessibleName()), "", tuple(cells))

    def sizeHint(self) -> QSize:
        """Return a comfortable size."""
        return QSize(400, _LARGEST_SIDE + self._words_height(_LINES))

    def minimumSizeHint(self) -> QSize:
        """Return the smallest readable size."""
        return QSize(160, _LEAST_SIDE + self._words_height(_LINES))

    def _words_height(self, least: int = 1) -> int:
        lines = max((len(image.below) for image in self.images), default=least)
        return max(lines, least) * self.fontMetrics().height() + 2

    def _n_columns(self) -> int:
        return max((self.width() + _GAP) // (self._column_width() + _GAP), 1)

    def _column_width(self) -> int:
        """Return how wide an image and the shortest words below it are."""
        width, _ = self._cell()
        least = max(
            (line[-1] for image in self.images for line in image.below if line), key=len, default=""
        )
        return max(width, min(self.fontMetrics().horizontalAdvance(least), _WIDER * width))

    def _n_rows(self) -> int:
        return max((self.height() + _GAP) // self._row_height(), 1) if self._wraps else 1

    def _row_height(self) -> int:
        return self._cell()[1] + self._words_height() + _GAP

    def _cell(self) -> tuple[int, int]:
        """Return width and height of an image as painted."""
        return self._cell_of(self._grown if self._wraps else _LARGEST_SIDE)

    def _cell_of(self, largest: int) -> tuple[int, int]:
        room = min(max(self.height() - self._words_height(), _LEAST_SIDE), largest)
        if not self.images:
            return room, room
        height, width = self.images[0].values.shape
        longer = max(height, width)
        return max(room * width // longer, _LEAST_SIDE), max(room * height // longer, 1)

    def _share_room(self) -> None:
        """Find how large the images of several rows are, and how far apart."""
        self._grown, self._apart = self._side, (0, 0)
        if not self._wraps or not self.images:
            return
        longer = max(self.images[0].values.shape)
        wanted = _NEARLY * self.n_cells[1]
        for side in range(self._side + longer, self.height(), longer):
            before, self._grown = self._grown, side
            if self._cell()[1] < before or self.n_cells[1] < wanted:
                self._grown = before
                break
        columns, shown = self._n_columns(), self.n_cells[1]
        rows = -(-shown // columns)
        across = self.width() + _GAP - columns * (self._column_width() + _GAP)
        down = self.height() + _GAP - rows * self._row_height()
        most = self._grown // 2
        self._apart = (
            min(across // max(columns - 1, 1), most) if shown >= columns else 0,
            min(down // max(rows - 1, 1), most),
        )

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Use the room there is."""
        super().resizeEvent(event)
        self._share_room()

    def changeEvent(self, event: QEvent) -> None:
        """Use the room that is left by words of another size."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self._share_room()

    def cell_rect(self, row: int, column: int) -> QRect:
        """Return where the ``column``-th image is painted."""
        (width, height), room = self._cell(), self._column_width()
        line, place = divmod(column, self._n_columns()) if self._wraps else (0, column)
        left = place * (room + _GAP + self._apart[0]) + (room - width) // 2
        return QRect(left, line * (self._row_height() + self._apart[1]), width, height)

    def describe(self, row: int, column: int) -> str:
        """Return an image in words."""
        return self.images[column].words

    def _choose(self, row: int, column: int) -> None:
        self.opened.emit(self.images[column].index)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the images and their words."""
        with QPainter(self) as painter:
            metrics = painter.fontMetrics()
            line, alike = metrics.height(), self._alike()
            if not self.images:
                flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
                painter.setPen(QColor(self._theme.text))
                painter.drawText(self.rect(), flags, self.empty_words)
            for place in range(self.n_cells[1]):
                cell = self.cell_rect(0, place)
                painter.drawImage(cell, self._pictures[place])
                for row, wordings in enumerate(self.images[place].below):
                    box = QRect(0, 0, self._column_width(), line)
                    box.moveCenter(cell.center())
                    box.moveTop(cell.bottom() + 2 + row * line)
                    text = fitting(
                        metrics,
                        wordings[min(alike[row], len(wordings) - 1) :] or wordings,
                        box.width(),
                    )
                    painter.setPen(QColor(self._theme.text if row == 0 else self._theme.muted))
                    painter.drawText(box, Qt.AlignmentFlag.AlignCenter, text)
                mark = self.images[place].mark
                if mark:
                    painter.setPen(QPen(QColor(getattr(self._theme, mark)), 2))
                    painter.drawRect(cell.adjusted(1, 1, -1, -1))
                if self.hasFocus() and (0, place) == self.current:
                    painter.setPen(QPen(QColor(self._theme.accent), 3))
                    painter.drawRect(cell.adjusted(1, 1, -2, -2))

    def _alike(self) -> list[int]:
        """Return which wording of each line has room below all images: they say the same kind."""
        metrics, room = self.fontMetrics(), self._column_width()
        lines: dict[int, int] = {}
        for image in self.images[: self.n_cells[1]]:
            for row, wordings in enumerate(image.below):
                text = fitting(metrics, wordings, room)
                place = wordings.index(text) if text in wordings else len(wordings) - 1
                lines[row] = max(lines.get(row, 0), place)
        return [lines[row] for row in sorted(lines)]

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Leave up and down to what the strip stands in."""
        if event.key() in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            event.ignore()
        else:
            super().keyPressEvent(event)
