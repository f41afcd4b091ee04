"""NumPy pictures to Qt images, and what is read in them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtGui import QImage

from gui.widgets.basics.short_number import exact_number

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from PySide6.QtCore import QPoint, QRect


def to_qimage(rgb: NDArray[np.uint8]) -> QImage:
    """Return (height, width, 3) uint8 as an image that owns its memory."""
    pixels = np.ascontiguousarray(rgb)
    height, width = pixels.shape[:2]
    borrowed = QImage(pixels.data, width, height, 3 * width, QImage.Format.Format_RGB888)
    # RGB32 is what the painter wants; the conversion is also the copy that frees the borrowed one.
    return borrowed.convertToFormat(QImage.Format.Format_RGB32)


def pixel_at(point: QPoint, box: QRect, shape: tuple[int, ...]) -> tuple[int, int]:
    """Return row and column of what lies under a point of an image painted in a box."""
    height, width = shape
    y = min((point.y() - box.top()) * height // box.height(), height - 1)
    x = min((point.x() - box.left()) * width // box.width(), width - 1)
    return y, x


def pixel_words(values: NDArray[np.floating], at: tuple[int, int]) -> str:
    """Return the value of a pixel in words."""
    return f"pixel {at} = {exact_number(float(values[at]))}"
