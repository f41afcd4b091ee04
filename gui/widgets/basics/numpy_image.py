"""NumPy pictures to Qt images."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtGui import QImage

if TYPE_CHECKING:
    from numpy.typing import NDArray


def to_qimage(rgb: NDArray[np.uint8]) -> QImage:
    """Return (height, width, 3) uint8 as an image that owns its memory."""
    pixels = np.ascontiguousarray(rgb)
    height, width = pixels.shape[:2]
    borrowed = QImage(pixels.data, width, height, 3 * width, QImage.Format.Format_RGB888)
    # RGB32 is what the painter wants; the conversion is also the copy that frees the borrowed one.
    return borrowed.convertToFormat(QImage.Format.Format_RGB32)
