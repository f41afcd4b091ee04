"""What stands above each other over the same epochs: one column of plots, named at the left."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QSizePolicy

from gui.shared.columns import label
from gui.theme import grow
from gui.widgets.curves.band_plot import AXIS_WIDTH
from gui.widgets.curves.view import LEFT, right_of

if TYPE_CHECKING:
    from PySide6.QtWidgets import QLabel, QWidget

_WIDTH = 84


def column_sides(widget: QWidget) -> tuple[int, int]:
    """Return the pixels beside the curves of a plot: what is painted below begins there, too."""
    return LEFT + AXIS_WIDTH, right_of(widget.font())


def share_height(widget: QWidget, least: int) -> None:
    """Let a row be as high as its share of the column, whatever it would like to be."""
    widget.setSizePolicy(widget.sizePolicy().horizontalPolicy(), QSizePolicy.Policy.Ignored)
    widget.setMinimumHeight(least)


def row_label(words: str, parent: QWidget) -> QLabel:
    """Return the name of a row, at its right edge."""
    made = label(words, parent, "muted", wraps=True)
    made.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
    grow(made, fixed_width=_WIDTH)
    share_height(made, 0)
    return made
