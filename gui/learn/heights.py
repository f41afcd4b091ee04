"""How the height of the page of learning is shared by the curves and what is below them."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from gui.widgets.images.image_mosaic import ImageMosaic

_ATLAS_HEIGHT = 370
"""Of the card below the curves with digits three times as large as they are, and the gap."""
_LOW, _ROOMY = 574, 594
"""Pages lower than the first have low curves; from the second on both parts grow."""
_GIVEN = 0.15
"""How much of their height curves give at most, on the stage, for larger digits."""


def curves_height(page: int) -> int:
    """Return how high the curves are on a page of a height."""
    if page < _LOW:
        return 146
    if page < _ROOMY:
        return page - _ATLAS_HEIGHT
    return 224 + round(0.48 * (page - _ROOMY))


def give_way(page: int, curves: QWidget, atlas: ImageMosaic) -> None:
    """Make the curves so much lower than usual that the atlas's images are larger, if it helps."""
    usual = curves_height(page)
    without = atlas.height() + curves.height() - usual
    curves.setFixedHeight(usual - atlas.missing_height(without, round(_GIVEN * usual)))
