"""A row of small images with words below, or several rows, to choose one of."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFontMetrics, QImage, QPainter, QPen
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from core.pictures import grey_rgb
from gui.theme import LIGHT, Theme
from gui.widgets.basics.arrow_keys import ARROWS, ENTER
from gui.widgets.basics.fitting_words import as_title, fitting
from gui.widgets.basics.numpy_image import to_qimage
from gui.widgets.basics.tooltips import wrapped

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray
    from PySide6.QtCore import QEvent
    from PySide6.QtGui import QKeyEvent, QMouseEvent, QPaintEvent

    from core.report.figures import Pictures

_GAP = 6
_LEAST_SIDE = 36
_LARGEST_SIDE = 84
_WRAPPED_SIDE = 56
_LINES = 2


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


class ImageStrip(QWidget):
    """Paints as many images as have room beside each other, the first ones.

    Parameters
    ----------
    name, help_text : for a screen reader, and below the words of a hovered image
    wraps : whether there are as many rows as there is room for, of images of one size
    """

    clicked = Signal(int)
    """The ``index`` of the image."""
    hovered = Signal(str)

    def __init__(
        self, name: str, help_text: str, parent: QWidget | None = None, *, wraps: bool = False
    ) -> None:
        super().__init__(parent)
        self._wraps = wraps
        self._theme = LIGHT
        self._help = help_text
        self._images: tuple[StripImage, ...] = ()
        self._pictures: list[QImage] = []
        self._current = 0
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName(name)

    def set_theme(self, theme: Theme) -> None:
        """Use these colours."""
        self._theme = theme
        self.update()

    def set_images(self, images: Sequence[StripImage]) -> None:
        """Show other images, all of one shape."""
        self._images = tuple(images)
        # Their colours are found for all at once.
        rgb = grey_rgb(np.stack([image.values for image in images])) if images else ()
        self._pictures = [to_qimage(picture) for picture in rgb]
        self._current = min(self._current, max(len(images) - 1, 0))
        self.update()

    @property
    def images(self) -> tuple[StripImage, ...]:
        """What is shown, as far as there is room."""
        return self._images

    @property
    def n_fitting(self) -> int:
        """How many of them have room."""
        return min(self._n_columns() * self._n_rows(), len(self._images))

    def figure(self) -> Pictures | None:
        """Return the images that have room, with all their words; None where there is none."""
        shown = self._images[: self.n_fitting]
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
        return QSize(400, _LARGEST_SIDE + self._words_height())

    def minimumSizeHint(self) -> QSize:
        """Return the smallest readable size."""
        return QSize(160, _LEAST_SIDE + self._words_height())

    def _words_height(self) -> int:
        return _LINES * QFontMetrics(self.font()).height() + 2

    def _n_columns(self) -> int:
        width, _ = self._cell()
        return max((self.width() + _GAP) // (width + _GAP), 1)

    def _n_rows(self) -> int:
        return max((self.height() + _GAP) // self._row_height(), 1) if self._wraps else 1

    def _row_height(self) -> int:
        return self._cell()[1] + self._words_height() + _GAP

    def _cell(self) -> tuple[int, int]:
        """Return width and height of an image as painted."""
        largest = _WRAPPED_SIDE if self._wraps else _LARGEST_SIDE
        room = min(max(self.height() - self._words_height(), _LEAST_SIDE), largest)
        if not self._images:
            return room, room
        height, width = self._images[0].values.shape
        longer = max(height, width)
        return max(room * width // longer, _LEAST_SIDE), max(room * height // longer, 1)

    def cell_rect(self, place: int) -> QRect:
        """Return where the ``place``-th image is painted."""
        width, height = self._cell()
        row, column = divmod(place, self._n_columns()) if self._wraps else (0, place)
        return QRect(column * (width + _GAP), row * self._row_height(), width, height)

    def _place_at(self, point: QPoint) -> int | None:
        for place in range(self.n_fitting):
            if self.cell_rect(place).contains(point):
                return place
        return None

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the images and their words."""
        with QPainter(self) as painter:
            metrics = painter.fontMetrics()
            line = metrics.height()
            for place in range(self.n_fitting):
                cell = self.cell_rect(place)
                painter.drawImage(cell, self._pictures[place])
                for row, wordings in enumerate(self._images[place].below):
                    box = QRect(cell.left(), cell.bottom() + 2 + row * line, cell.width(), line)
                    text = fitting(metrics, wordings, box.width())
                    painter.setPen(QColor(self._theme.text if row == 0 else self._theme.muted))
                    painter.drawText(box, Qt.AlignmentFlag.AlignCenter, text)
                mark = self._images[place].mark
                if mark:
                    painter.setPen(QPen(QColor(getattr(self._theme, mark)), 2))
                    painter.drawRect(cell.adjusted(1, 1, -1, -1))
                if self.hasFocus() and place == self._current:
                    painter.setPen(QPen(QColor(self._theme.accent), 3))
                    painter.drawRect(cell.adjusted(1, 1, -2, -2))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Tell of the image under the pointer."""
        place = self._place_at(event.position().toPoint())
        hand = Qt.CursorShape.PointingHandCursor
        self.setCursor(Qt.CursorShape.ArrowCursor if place is None else hand)
        if place is None:
            QToolTip.hideText()
            self.hovered.emit("")
            return
        words = self._images[place].words
        self.hovered.emit(words)
        tip = wrapped(words, self._help)
        QToolTip.showText(event.globalPosition().toPoint(), tip, self, self.cell_rect(place))

    def leaveEvent(self, event: QEvent) -> None:
        """Forget what was hovered."""
        self.hovered.emit("")

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Choose the image under the pointer."""
        place = self._place_at(event.position().toPoint())
        if place is not None and event.button() == Qt.MouseButton.LeftButton:
            self._current = place
            self.update()
            self.clicked.emit(self._images[place].index)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Walk with the arrows, choose with Enter."""
        key = Qt.Key(event.key())
        if not self._images:
            super().keyPressEvent(event)
        elif key in ARROWS and ARROWS[key][1]:
            self._current = min(max(self._current + ARROWS[key][1], 0), self.n_fitting - 1)
            self.setAccessibleDescription(self._images[self._current].words)
            self.hovered.emit(self._images[self._current].words)
            self.update()
        elif key in ENTER:
            self.clicked.emit(self._images[self._current].index)
        else:
            super().keyPressEvent(event)
