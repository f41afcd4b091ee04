"""One image, large, with its pixel values under the pointer."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QRect, QSize, Qt, Signal
from PySide6.QtGui import QColor, QImage, QPainter, QPen
from PySide6.QtWidgets import QToolTip

from core.pictures import diverging_rgb, grey_rgb, stretched_rgb
from gui.widgets.basics.arrow_keys import ENTER
from gui.widgets.basics.fitting_words import as_title, fitting
from gui.widgets.basics.numpy_image import pixel_at, pixel_words, to_qimage
from gui.widgets.basics.painted import Painted
from gui.widgets.basics.tooltips import say_hovered, wrapped

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy as np
    from numpy.typing import NDArray
    from PySide6.QtGui import QKeyEvent, QMouseEvent, QPaintEvent
    from PySide6.QtWidgets import QWidget

    from core.report.figures import Cell, Pictures


class ImageView(Painted):
    """Shows an image with square pixels, as large as fits, a title above and a caption below."""

    clicked = Signal()
    usual, least = QSize(220, 260), QSize(110, 150)
    in_words = 42

    def __init__(self, title: str, help_text: str, parent: QWidget | None = None) -> None:
        super().__init__(title, parent)
        self.title = title
        """The words above."""
        self._shorter: tuple[str, ...] = ()
        self._title_colour = "text"
        self.note = ""
        """What is said of the image where it is a figure of its own."""
        self.captions: tuple[str, ...] = ("",)
        """The words below, the longest first: the first that fits is shown."""
        self._image: QImage | None = None
        self._rgb: NDArray[np.uint8] | None = None
        self._limit: float | None = None
        self._white = 1.0
        self.values: NDArray[np.floating] | None = None
        """What hovering reads, (height, width); None where no image is shown."""
        self._reader: Callable[[int, int], str] | None = None
        self.title_room = 0
        """Pixels at the right of the title that are taken by something else."""
        self.setToolTip(wrapped(help_text))
        self._help = help_text
        self._is_clickable = False

    def set_reader(self, reader: Callable[[int, int], str]) -> None:
        """Let hovering tell what ``reader`` says of row and column, instead of the value."""
        self._reader = reader

    def set_title(self, title: str, *shorter: str) -> None:
        """Change the words above; ``shorter`` ones are for less room."""
        self.title, self._shorter = title, shorter
        self.setAccessibleName(title)
        self.update()

    def set_title_colour(self, colour: str) -> None:
        """Write the words above in this field of :class:`Theme`: that of a curve, perhaps."""
        self._title_colour = colour
        self.update()

    @property
    def caption(self) -> str:
        """The words below, in full."""
        return self.captions[0]

    def show_grey(self, image: NDArray[np.floating], *captions: str, white: float = 1.0) -> None:
        """Show an image of ink, or of what else is not negative.

        Parameters
        ----------
        image : (height, width)
            What hovering reads.
        captions
            The words below, the longest first: the first that fits is shown.
        white
            The value that is painted white.
        """
        self._limit, self._white = None, white
        self._show(grey_rgb(image if white == 1.0 else image / white), image, captions)

    def show_stretched(self, image: NDArray[np.floating], *captions: str) -> None:
        """Show an image, its smallest value black and its largest white."""
        self._limit, self._white = None, float(image.max())  # as a figure it keeps these colours
        self._show(stretched_rgb(image), image, captions)

    def show_signed(self, values: NDArray[np.floating], limit: float, *captions: str) -> None:
        """Show values, (height, width), from ``-limit`` (blue) to ``limit`` (red)."""
        self._limit = limit
        self._show(diverging_rgb(values, limit), values, captions)

    def _show(
        self, rgb: NDArray[np.uint8], values: NDArray[np.floating], captions: tuple[str, ...]
    ) -> None:
        self._rgb, self._image = rgb, to_qimage(rgb)
        self.values = values
        self.captions = captions or ("",)
        self.setAccessibleDescription(self.caption)
        self.update()

    def clear(self) -> None:
        """Show no image."""
        self._image = self._rgb = self.values = None
        self.captions = ("",)
        self.setAccessibleDescription("")
        self.update()

    def cell(self) -> Cell | None:
        """Return the image with its words, to be one of a figure; None where there is none."""
        if self.values is None:
            return None
        from core.report.figures import Cell

        rgb = None if self._limit is not None or self._white == 1.0 else self._rgb
        return Cell(self.title, self.caption, self.values, self._limit, rgb)

    def figure(self) -> Pictures | None:
        """Return the image alone; None where there is none."""
        cell = self.cell()
        if cell is None:
            return None
        from core.report.figures import Pictures

        title = as_title(self.accessibleName())
        return Pictures(title, self.note, (replace(cell, heading=""),), limit=self._limit)

    def image_rect(self) -> QRect:
        """Return where the image is painted."""
        line = self.fontMetrics().height() + 4
        room = self.rect().adjusted(0, line, 0, -line)
        height, width = (1, 1) if self.values is None else self.values.shape
        scale = min(room.width() / width, room.height() / height)
        whole = int(scale * self.devicePixelRatioF())
        if whole:  # each pixel of the image is as wide as every other
            scale = whole / self.devicePixelRatioF()
        if scale >= 2:  # each pixel of the image is as large as the others
            scale = int(scale)
        box = QRect(0, 0, max(1, int(width * scale)), max(1, int(height * scale)))
        box.moveCenter(room.center())
        box.moveTop(room.top())
        return box

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint title, image and caption."""
        painter = QPainter(self)
        metrics = painter.fontMetrics()
        line = metrics.height() + 4
        centre = Qt.AlignmentFlag.AlignCenter
        painter.setPen(QColor(getattr(self._theme, self._title_colour)))
        room = self.width() - self.title_room
        title = fitting(metrics, (self.title, *self._shorter), room)
        painter.drawText(QRect(0, 0, room, line), centre, title)
        box = self.image_rect()
        if self._image is None:
            painter.setPen(QPen(QColor(self._theme.border), 1, Qt.PenStyle.DashLine))
            painter.drawRect(box.adjusted(0, 0, -1, -1))
            return
        painter.drawImage(box, self._image)
        painter.setPen(QColor(self._theme.border))
        painter.drawRect(box.adjusted(0, 0, -1, -1))
        painter.setPen(QColor(self._theme.muted))
        caption = fitting(metrics, self.captions, self.width())
        painter.drawText(QRect(0, box.bottom() + 1, self.width(), line), centre, caption)

    def set_clickable(self, words: str) -> None:
        """Say that a click, or Enter, does something, and what."""
        self._help = f"{self._help} {words}"
        self._is_clickable = True
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Tell of a click on the image."""
        on_image = self.image_rect().contains(event.position().toPoint())
        if self._is_clickable and on_image and event.button() == Qt.MouseButton.LeftButton:
            self.clicked.emit()
        else:
            super().mousePressEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Do with Enter what a click does."""
        if self._is_clickable and event.key() in ENTER:
            self.clicked.emit()
        else:
            super().keyPressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Tell the value under the pointer."""
        point = event.position().toPoint()
        box = self.image_rect()
        if self.values is None or not box.contains(point):
            say_hovered(self, "")
            return
        at = pixel_at(point, box, self.values.shape)
        words = f"{self.title}: {pixel_words(self.values, at)}"
        if self._reader is not None:
            words = self._reader(*at)
        say_hovered(self, words)
        QToolTip.showText(event.globalPosition().toPoint(), wrapped(words, self._help), self)
