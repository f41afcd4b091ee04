"""One image as large as whole multiples of its pixels allow, without words around it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRect

from gui.widgets.images.image_view import ImageView

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from PySide6.QtWidgets import QWidget


class WholePixels(ImageView):
    """As large as the image is painted, so that what stands beside it begins at its edge.

    Parameters
    ----------
    side : the longer side is at most so many pixels
    name : for screen readers
    """

    def __init__(self, side: int, name: str, help_text: str, parent: QWidget | None = None) -> None:
        super().__init__("", help_text, parent)
        self.setAccessibleName(name)
        self._side = side
        self.setFixedSize(side, side)

    def set_side(self, side: int) -> None:
        """Be at most so large."""
        if side != self._side:
            self._side = side
            self.setFixedSize(self.image_rect().size())

    def _show(
        self, rgb: NDArray[np.uint8], values: NDArray[np.floating], captions: tuple[str, ...]
    ) -> None:
        super()._show(rgb, values, captions)
        self.setFixedSize(self.image_rect().size())

    def image_rect(self) -> QRect:
        """Return where the image is painted."""
        if self.values is None:
            return QRect(0, 0, self._side, self._side)
        return QRect(0, 0, *whole_size(self.values.shape, self._side)[::-1])


def whole_size(shape: tuple[int, ...], side: int) -> tuple[int, int]:
    """Return height and width of an image whose longer side has at most ``side`` pixels.

    Each of its pixels takes the same whole number of those on the screen, if one at least.
    """
    height, width = shape[:2]
    longer = max(height, width)
    if longer <= side:
        return height * (side // longer), width * (side // longer)
    return max(side * height // longer, 1), max(side * width // longer, 1)
