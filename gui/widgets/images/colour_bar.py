"""The scale of a diverging picture."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QColor, QPainter
from PySide6.QtWidgets import QSizePolicy

from core.pictures import DIVERGING
from gui.widgets.basics.numpy_image import to_qimage
from gui.widgets.basics.painted import Painted

if TYPE_CHECKING:
    from PySide6.QtGui import QPaintEvent
    from PySide6.QtWidgets import QWidget


_WIDTH, _LEAST_WIDTH = 200, 130


class ColourBar(Painted):
    """Blue to red with the numbers of its ends and middle, lying."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("colour scale", parent)
        self.limit = 1.0
        """The value of full red."""
        self._image = to_qimage(DIVERGING[None])
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        self.setToolTip("One scale for all classes: blue is negative, red positive, white zero.")

    def set_limit(self, limit: float) -> None:
        """Show the scale from ``-limit`` to ``limit``."""
        if limit != self.limit:
            self.limit = limit
            self.update()

    def sizeHint(self) -> QSize:
        """Return the size it has where there is room."""
        return QSize(_WIDTH, self.fontMetrics().height() + 2)

    def minimumSizeHint(self) -> QSize:
        """Return the size at which its numbers can still be read."""
        return QSize(_LEAST_WIDTH, self.sizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the numbers at both sides of the scale."""
        painter = QPainter(self)
        metrics = painter.fontMetrics()
        low, high = f"{-self.limit:.3g}", f"{self.limit:.3g}"
        side = metrics.horizontalAdvance(low) + 4
        height = self.height()
        bar = QRect(side, 3, self.width() - 2 * side, height - 6)
        painter.drawImage(bar, self._image)
        painter.setPen(QColor(self._theme.border))
        painter.drawRect(bar.adjusted(0, 0, -1, -1))
        painter.setPen(QColor(self._theme.muted))
        right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        left = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        painter.drawText(QRect(0, 0, side - 4, height), right, low)
        painter.drawText(QRect(bar.right() + 5, 0, side, height), left, high)
        painter.setPen(QColor("#17202b"))  # the middle is white in both themes
        painter.drawText(bar, Qt.AlignmentFlag.AlignCenter, "0")
