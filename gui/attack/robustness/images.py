"""The images that are fooled first and last."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import Slot

from core.words import at_most, fixed
from gui.attack.robustness.part import RobustnessPart
from gui.shared.columns import heading
from gui.shared.words import PARTS
from gui.theme import grow
from gui.widgets.basics.card import Card
from gui.widgets.basics.fitting_label import FittingLabel
from gui.widgets.basics.fitting_words import short
from gui.widgets.basics.layouts import below
from gui.widgets.basics.tooltips import wrapped
from gui.widgets.images.image_strip import ImageStrip, StripImage

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from PySide6.QtWidgets import QWidget

    from core.exact.curves import ExactRobustness
    from gui.attack.robustness.questions import RobustnessCurves
    from gui.attack.robustness.study import Robustness
    from gui.session.session import Session

N_IMAGES = 40
_SIDE = 84
"""Pixels: a digit of 28 is shown three times as large."""
_LEAST_HEIGHT = 74
"""Of a row of them and the words below it: larger words need larger images."""
_STRIP_HELP = "Click to open this image."
_BOUNDARY_HELP = (
    "An image on the boundary between two classes is turned by any change at all, so that it says "
    "nothing about the others. Left out is what withstands less than a hundredth of the median."
)


class RobustnessImages(RobustnessPart):
    """Two strips of images, the most fragile and the most solid ones."""

    def __init__(self, session: Session, state: Robustness, parent: QWidget | None = None) -> None:
        super().__init__(session, state, parent)
        self._drawn: tuple[ExactRobustness, str, int | None] | None = None
        self.fragile, self.solid = (
            ImageStrip(f"most {which} images", _STRIP_HELP, self, wraps=True, side=_SIDE)
            for which in ("fragile", "solid")
        )
        self.left_out = FittingLabel("", self, look="caption")
        self.left_out.setToolTip(wrapped(_BOUNDARY_HELP))
        solid = heading("MOST SOLID", self)
        content = below((self.fragile, 1), solid, (self.solid, 1), spacing=4)
        self.setLayout(below(Card("Most fragile", content, self.left_out, parent=self)))
        for strip in (self.fragile, self.solid):
            strip.opened.connect(self._opened)
            grow(strip, minimum_height=_LEAST_HEIGHT)

    def show_known(self) -> None:
        """Show the ends of what was found, of all images or of those of one class."""
        curves, label = self._state.curves, self._state.label
        if curves is None:
            self._drawn = None
            self.left_out.set_wordings("")
            for strip in (self.fragile, self.solid):
                strip.set_images(())
            return
        norm, found = curves.norm, curves.shown
        if self._drawn == (found, norm, label):
            return  # only an attack has come further
        self._drawn = (found, norm, label)
        fragile, n_left_out = found.fragile(norm, label)
        solid = found.ordered(norm, label)[::-1]
        words = f"{n_left_out:,} on the boundary left out", f"{n_left_out:,} left out"
        self.left_out.set_wordings(*(words if n_left_out else ("",)))
        for strip, chosen in ((self.fragile, fragile), (self.solid, solid)):
            rows = chosen[:N_IMAGES]
            sizes = found.sizes(norm)[rows]
            places = _places(sizes[np.isfinite(sizes) & (sizes > 0)])
            strip.set_images([self._image(curves, int(i), places) for i in rows])

    @Slot(int)
    def _opened(self, index: int) -> None:
        self.sample_requested.emit(self._state.part, index)

    def _image(self, curves: RobustnessCurves, row: int, places: int) -> StripImage:
        dataset, found, split = self._session.view.dataset, curves.shown, curves.images.split
        assert dataset is not None
        size = float(found.sizes(curves.norm)[row])
        names, index = dataset.class_names, int(curves.images.rows[row])
        name, rival = names[int(split.labels[row])], int(found.changes.rivals[curves.norm][row])
        other = "nothing else" if rival < 0 else names[rival]
        pairs = [f"{short(name, n)}→{short(other, n)}" for n in (24, 8, 5, 3)]
        changed = f"beyond a change of {at_most(size, 4)} it is read as {other}"
        if rival < 0:
            changed = "no change makes it another"
        return StripImage(
            index=index,
            values=split.images[row].reshape(dataset.image_shape),
            below=((*(f"{fixed(size, places)} {pair}" for pair in pairs), *_short(size, places)),),
            words=f"{PARTS[curves.part]} image {index:,}, labelled {name}: {changed}",
        )


def _places(sizes: NDArray[np.float64]) -> int:
    """Return the places of numbers in a row, of which the smallest has two digits that count."""
    return max(1 - math.floor(math.log10(sizes.min())), 0) if len(sizes) else 1


def _short(size: float, places: int) -> tuple[str, ...]:
    """Return a size in ever fewer characters."""
    words = fixed(size, places)
    return words, words.lstrip("0") if size >= 0.001 else "<.001"
