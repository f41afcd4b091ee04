"""One way in which a drawing becomes an image, and what is read in it."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QImage, QPainter, QPen
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QToolTip

from core.pictures import grey_rgb
from core.words import significant
from gui.theme import LIGHT, Theme
from gui.widgets.bars.likeliest_bars import LikeliestBars
from gui.widgets.basics.fitting_words import as_title
from gui.widgets.basics.numpy_image import to_qimage
from gui.widgets.basics.tooltips import say_hovered, wrapped

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray
    from PySide6.QtCore import QEvent
    from PySide6.QtGui import QMouseEvent, QPaintEvent, QResizeEvent
    from PySide6.QtWidgets import QWidget

    from core.report.figures import Pictures

SIDES = (56, 84)
"""Of the picture, twice and three times MNIST's pixels: the larger where there is room."""

_GAP = 10
_FRAME = 2
_CAPTION_FONT = 0.88


class Way(Enum):
    """How a drawing becomes an image; the value is what stands below it."""

    PLAIN = "as drawn"
    MNIST = "like MNIST"
    DATA = "like these"


class WayRow(QAbstractButton):
    """The picture of a way, and the likeliest classes; the way chosen is framed.

    What is chosen is attacked, opened and learnt.
    """

    def __init__(self, way: Way, help_text: str, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = LIGHT
        self.way, self.help = way, help_text
        self._side = SIDES[-1]
        self._names: tuple[str, ...] = ()
        self.lines = LikeliestBars(self, true="meant as")
        self.lines.hide()
        self.values: NDArray[np.float32] | None = None
        """The image, (height, width)."""
        self.probabilities: NDArray[np.floating] | None = None
        """What is read in it, (n_classes,); None where nothing is."""
        self._picture: QImage | None = None
        self.setCheckable(True)
        self.setAutoExclusive(True)
        self.setMouseTracking(True)
        self.setAccessibleName(way.value)
        # A click leaves the keyboard where it is: its arrow keys move the drawing.
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setCursor(Qt.CursorShape.PointingHandCursor)

    def set_theme(self, theme: Theme) -> None:
        """Use these colours."""
        self._theme = theme
        self.update()

    def set_side(self, side: int) -> None:
        """Paint the picture so large."""
        if side != self._side:
            self._side = side
            self.updateGeometry()
            self.update()
            self._place_lines()

    def set_image(self, image: NDArray[np.float32]) -> None:
        """Show another picture, (height, width)."""
        self.values, self._picture = image, to_qimage(grey_rgb(image))
        self.update()

    def set_reading(
        self, names: Sequence[str], probabilities: NDArray[np.floating] | None, meant: int | None
    ) -> None:
        """Show what is read, (n_classes,), and which class it is meant as; None for not at all."""
        self._names, self.probabilities = tuple(names), probabilities
        self.lines.setVisible(probabilities is not None)
        words = ""
        if probabilities is not None:
            self.lines.set_probabilities(names, probabilities, true=meant)
            shown = self.lines.shown_classes()
            words = ", ".join(f"{names[k]} {probabilities[k]:.3f}" for k in shown)
        self.setAccessibleDescription(words)

    @property
    def best(self) -> int | None:
        """The class that is read."""
        return None if self.probabilities is None else int(self.probabilities.argmax())

    def figure(self) -> Pictures | None:
        """Return the picture; None where nothing is drawn."""
        if self.values is None or not self.values.any():
            return None
        from core.report.figures import Cell, Pictures

        read = self.best
        caption = ""
        if read is not None and self.probabilities is not None:
            caption = f"read as {self._names[read]} ({self.probabilities[read]:.2f})"
        title = as_title(self.way.value)
        return Pictures(title, f"A drawing, {self.way.value}", (Cell("", caption, self.values),))

    def height_for(self, side: int) -> int:
        """Return the height of a picture of that side and of the caption."""
        return side + 2 * _FRAME + QFontMetrics(self._caption_font()).height()

    def sizeHint(self) -> QSize:
        """Return the height of picture and caption."""
        return QSize(280, self.height_for(self._side))

    def minimumSizeHint(self) -> QSize:
        """Return the same height, and the least width."""
        return QSize(200, self.sizeHint().height())

    def _caption_font(self) -> QFont:
        font = QFont(self.font())
        font.setPointSizeF(_CAPTION_FONT * font.pointSizeF())
        return font

    def _left(self) -> int:
        """Return how wide the picture is, or what stands below it."""
        words = QFontMetrics(self._caption_font()).horizontalAdvance(Way.MNIST.value)
        return max(self._side + 2 * _FRAME, words + 2)

    def _place(self) -> QRect:
        """Return the square in which the picture is."""
        return QRect((self._left() - self._side) // 2, _FRAME, self._side, self._side)

    def image_rect(self) -> QRect:
        """Return where the picture is: whole pixels of the screen for each of its own."""
        shape = (1, 1) if self.values is None else self.values.shape
        scale = self._side / max(shape)
        if scale >= 1:
            scale = int(scale)
        box = QRect(0, 0, max(round(shape[1] * scale), 1), max(round(shape[0] * scale), 1))
        place = self._place()
        box.moveTopLeft(
            place.topLeft()
            + QPoint((self._side - box.width()) // 2, (self._side - box.height()) // 2)
        )
        return box

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Give the lines the room beside the picture."""
        super().resizeEvent(event)
        self._place_lines()

    def _place_lines(self) -> None:
        left, height = self._left() + _GAP, min(self.lines.sizeHint().height(), self._side)
        top = _FRAME + (self._side - height) // 2
        self.lines.setGeometry(left, top, max(self.width() - left, 0), height)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint picture, caption and frame."""
        theme = self._theme
        with QPainter(self) as painter:
            place = self._place()
            painter.fillRect(place, Qt.GlobalColor.black)
            if self._picture is not None:
                painter.drawImage(self.image_rect(), self._picture)
            if self.isChecked() or self.hasFocus():
                painter.setPen(QPen(QColor(theme.accent), _FRAME))
                painter.drawRect(place.adjusted(-1, -1, 1, 1))
            painter.setPen(QColor(theme.text if self.isChecked() else theme.muted))
            top = place.bottom() + _FRAME + 1
            below = QRect(0, top, self._left(), self.height() - top)
            painter.setFont(self._caption_font())
            painter.drawText(below, Qt.AlignmentFlag.AlignCenter, self.way.value)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Tell the pixel under the pointer."""
        super().mouseMoveEvent(event)
        words = self._under(event)
        say_hovered(self, words)
        place = event.globalPosition().toPoint()
        QToolTip.showText(place, wrapped(*filter(None, (words, self.help))), self)

    def _under(self, event: QMouseEvent) -> str:
        point, box = event.position(), self.image_rect()
        if self.values is not None and box.contains(point.toPoint()):
            height, width = self.values.shape
            y = min(int((point.y() - box.top()) * height / box.height()), height - 1)
            x = min(int((point.x() - box.left()) * width / box.width()), width - 1)
            return f"{self.way.value}: pixel ({y}, {x}) = {significant(self.values[y, x], 4)}"
        return ""

    def leaveEvent(self, event: QEvent) -> None:
        """Forget what was hovered."""
        super().leaveEvent(event)
        say_hovered(self, "")
