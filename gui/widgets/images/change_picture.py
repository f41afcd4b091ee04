"""A change of an image, amplified so that it can be seen, and the sum it is a part of."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel

from core.words import significant
from gui.widgets.images.image_view import ImageView

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from PySide6.QtWidgets import QGridLayout, QWidget

    from core.report.figures import Pictures

NO_CHANGE = 1e-6
"""Amplified by more than a million, rounding is all there is to be seen."""


class ChangePicture(ImageView):
    """Red is added ink, blue ink taken away; above it, how many times it is amplified.

    Parameters
    ----------
    help_text : what the change is
    noun : its name
    least : a largest pixel of no more is no change; what is exact in float64 may be less
    """

    def __init__(
        self,
        help_text: str,
        parent: QWidget | None = None,
        *,
        noun: str = "change",
        least: float = NO_CHANGE,
    ) -> None:
        super().__init__(noun, help_text, parent)
        self._noun, self._least = noun, least

    def show_change(
        self, change: NDArray[np.floating], *captions: str, limit: float | None = None
    ) -> None:
        """Show a change.

        Parameters
        ----------
        change : (height, width)
        captions : as for :meth:`show_grey`
        limit : what has full colour; None for the largest pixel of the change itself
        """
        if limit is None:
            limit = float(np.abs(change).max())
        is_seen = limit > self._least
        times = [f"× {significant(1 / limit, n)}" for n in (3, 2, 1)] if is_seen else [""]
        self.set_title(f"{self._noun} {times[0]}".strip(), *filter(None, times))
        self.show_signed(change, limit if is_seen else 1.0, *captions)

    def clear(self) -> None:
        """Show no change."""
        self.set_title(self._noun)
        super().clear()


def sum_of(
    title: str, words: str, image: ImageView, change: ImageView, result: ImageView
) -> Pictures | None:
    """Return image + change = result as a figure; None where one of them is not there."""
    from core.report.figures import Pictures

    cells = tuple(
        replace(cell, sign=sign)
        for view, sign in zip((image, change, result), ("+", "=", ""), strict=True)
        if (cell := view.cell()) is not None
    )
    return Pictures(title, words, cells, columns=3) if len(cells) == 3 else None


def lay_out_sum(
    grid: QGridLayout, image: ImageView, change: ImageView, result: ImageView, *, stretch: int = 1
) -> None:
    """Put image + change = result into the first five columns of a grid."""
    grid.setHorizontalSpacing(4)
    for i, (view, sign) in enumerate(((image, "+"), (change, "="), (result, ""))):
        grid.addWidget(view, 0, 2 * i)
        grid.setColumnStretch(2 * i, stretch)
        if sign:
            label = QLabel(sign)
            label.setObjectName("sentence")
            grid.addWidget(label, 0, 2 * i + 1, Qt.AlignmentFlag.AlignCenter)
