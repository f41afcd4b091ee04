"""The images of a batch, side by side at whole multiples of their pixels, wrong ones in red."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPen

from core.pictures import grey_rgb
from gui.widgets.basics.numpy_image import to_qimage
from gui.widgets.basics.painted import Painted
from gui.widgets.basics.tooltips import say_hovered

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray
    from PySide6.QtGui import QImage, QMouseEvent, QPaintEvent
    from PySide6.QtWidgets import QWidget

_GAP = 6
_MOST = 24
"""More are a crowd in which none is looked at."""

_MOST_TIMES = 8
_FRAME = 2


class BatchPicture(Painted):
    """As many of the images as there is room for."""

    clicked = Signal(int, QPoint)
    """Place in the batch, and on the screen."""
    usual, least = QSize(186, 130), QSize(60, 32)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("the images of the last batch", parent)
        self._images: list[QImage] = []
        self._wrong: Sequence[bool] = ()
        self._words: Sequence[str] = ()

    def show_images(
        self, images: Sequence[NDArray[Any]], wrong: Sequence[bool], words: Sequence[str]
    ) -> None:
        """Show images (height, width) of ink; ``words`` say of each what it is."""
        self._images = [to_qimage(grey_rgb(image)) for image in images[:_MOST]]
        self._wrong, self._words = wrong, words
        self.update()

    @property
    def shape(self) -> tuple[int, QSize]:
        """How many images there are, and how large they are."""
        return len(self._images), self._images[0].size() if self._images else QSize()

    @property
    def n_shown(self) -> int:
        """How many there is room for."""
        return len(self.cells())

    def use_height(self, room: int) -> None:
        """Take of some room as much as the images need."""
        rows, _, cell = self._grid(room)
        self.setFixedHeight(max(rows * (cell.height() + _GAP) - _GAP, 0))

    def cells(self) -> list[QRect]:
        """Return where the images are painted."""
        rows, columns, cell = self._grid(self.height())
        width, height = cell.width(), cell.height()
        # Spread over the width, as if every row were full.
        step = (self.width() - width) / max(columns - 1, 1)
        return [
            QRect(round(k % columns * step), k // columns * (height + _GAP), width, height)
            for k in range(min(len(self._images), rows * columns))
        ]

    def _grid(self, height: int) -> tuple[int, int, QSize]:
        """Return rows, columns and the size of an image.

        It is the largest whole multiple of its pixels at which all fit, else the smallest; what is
        wider than there is room is made to fit.
        """
        n, size = self.shape
        if not n:
            return 0, 0, QSize()
        if size.width() > self.width():
            size = size.scaled(self.width(), self.width(), Qt.AspectRatioMode.KeepAspectRatio)
        found = 0, 0, size
        for scale in range(1, _MOST_TIMES + 1):
            cell = size * scale
            columns = min((self.width() + _GAP) // (cell.width() + _GAP), n)
            rows = (height + _GAP) // (cell.height() + _GAP)
            if columns < 1 or rows < 1 or (scale > 1 and columns * rows < n):
                break
            found = min(rows, -(-n // columns)), columns, cell
        return found

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the images."""
        painter = QPainter(self)
        for place, cell in enumerate(self.cells()):
            painter.drawImage(cell, self._images[place])
            if self._wrong[place]:
                painter.setPen(QPen(QColor(self._theme.bad), _FRAME))
                painter.drawRect(cell.adjusted(-1, -1, 0, 0) & self.rect().adjusted(1, 1, -1, -1))
        painter.end()

    def _place_at(self, point: QPoint) -> int | None:
        return next((k for k, cell in enumerate(self.cells()) if cell.contains(point)), None)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Say what an image is."""
        place = self._place_at(event.position().toPoint())
        say_hovered(self, "" if place is None else self._words[place])
        shape = Qt.CursorShape.ArrowCursor if place is None else Qt.CursorShape.PointingHandCursor
        self.setCursor(shape)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Ask for an image to be opened."""
        place = self._place_at(event.position().toPoint())
        if place is not None and event.button() == Qt.MouseButton.LeftButton:
            self.clicked.emit(place, self.mapToGlobal(self.cells()[place].topRight()))
