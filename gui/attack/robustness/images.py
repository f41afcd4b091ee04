"""The images that are fooled first and last, and what half of them withstand."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QPoint, Signal
from PySide6.QtWidgets import QWidget

from core.exact.pairs import NORMS
from gui.shared.columns import heading, sentences
from gui.shared.words import epoch_words
from gui.widgets.basics.layouts import Part, below
from gui.widgets.images.image_strip import ImageStrip, StripImage

if TYPE_CHECKING:
    from core.exact.curves import ExactRobustness
    from gui.attack.robustness.study import RobustnessCurves
    from gui.session.session import Session

N_IMAGES = 60
_WIDTH = 244
"""Pixels: four images beside each other."""
_STRIP_HELP = "Click to open this image."


class RobustnessImages(QWidget):
    """Two strips of test images, and in words what they are of."""

    opened = Signal(int, QPoint)
    """A test image that is to be opened, and its place on the screen."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._drawn: tuple[ExactRobustness, str, int | None] | None = None
        self.fragile = ImageStrip("most fragile images", _STRIP_HELP, self, wraps=True)
        self.solid = ImageStrip("most solid images", _STRIP_HELP, self, wraps=True)
        self.size_words, self.words = sentences(self, "muted"), sentences(self, "muted")
        self.setMinimumWidth(_WIDTH)
        parts: list[Part] = []
        for title, strip in (("MOST FRAGILE", self.fragile), ("MOST SOLID", self.solid)):
            parts += [heading(title, self), (strip, 1)]
            strip.opened.connect(self.opened)
        self.setLayout(below(*parts, self.size_words, self.words))

    def show_nothing(self, why: str) -> None:
        """Show nothing, and say why."""
        self._drawn = None
        self.words.setText(why)
        for strip in (self.fragile, self.solid):
            strip.set_images(())
        self.size_words.setText("")

    def show_curves(self, curves: RobustnessCurves, label: int | None) -> None:
        """Show the ends of what was found, of all images or of those of one class."""
        main, some = curves.models[0], curves.images
        more = f", trying {curves.trying} ..." if curves.trying else ""
        n = f"{len(some.rows):,}" if some.is_whole else f"{len(some.rows):,} of {some.n_whole:,}"
        rest = "" if some.is_whole else "; all follow when it rests"
        self.words.setText(f"{n} test images{rest}, {epoch_words(main.epoch)}{more}")
        norm, found = curves.norm, curves.shown
        if self._drawn == (found, norm, label):
            return  # only an attack has come further
        self._drawn = (found, norm, label)
        for strip, chosen in (
            (self.fragile, found.ordered(norm, label)[:N_IMAGES]),
            (self.solid, found.ordered(norm, label)[::-1][:N_IMAGES]),
        ):
            strip.set_images([self._image(curves, int(i)) for i in chosen])
        median = found.median(norm, label)
        self.size_words.setText(
            f"Half of the images read rightly withstand every change up to {median:.3g} "
            f"({NORMS[norm]})."
            if np.isfinite(median)
            else "No image is read rightly, or nothing changes what they are read as."
        )

    def _image(self, curves: RobustnessCurves, index: int) -> StripImage:
        dataset, found, split = self._session.view.dataset, curves.shown, curves.images.split
        assert dataset is not None
        number = int(curves.images.rows[index])
        size = float(found.sizes(curves.norm)[index])
        rivals = found.changes.rivals[curves.norm]
        name, rival = dataset.class_names[int(split.labels[index])], int(rivals[index])
        other = "nothing else" if rival < 0 else dataset.class_names[rival]
        return StripImage(
            index=number,
            values=split.images[index].reshape(dataset.image_shape),
            below=(_fitting_sizes(size), (f"{name} → {other}", f"{name}→{other}", name)),
            words=f"test image {number:,}, labelled {name}: beyond a change of {size:.4g} it is "
            f"read as {other}",
        )


def _fitting_sizes(size: float) -> tuple[str, ...]:
    """Return a size in ever fewer characters."""
    return f"{size:.3g}", f"{size:.2g}", f"{size:.1g}" if size >= 0.001 else "< 0.001"
