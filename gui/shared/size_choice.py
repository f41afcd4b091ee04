"""How the size of a change is measured: its norm, and whether pixels stay in the box."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QWidget

from gui.widgets.basics.controls import chooser, offer
from gui.widgets.basics.fitting_button import FittingBox
from gui.widgets.basics.layouts import beside
from gui.widgets.basics.tooltips import wrapped

if TYPE_CHECKING:
    from core.exact.pairs import Norm
    from gui.session.measure import Measure

SHORT: dict[Norm, str] = {"l2": "length", "linf": "largest pixel", "l0": "pixels changed"}
"""A norm in a word or two; a change is "of length 1.2"."""

_BOX_HELP = (
    "Whether a changed pixel must stay between 0 (paper) and 1 (ink), as in an image that can be "
    "printed. What must stay in the box needs a larger change, and more computing."
)

_NO_NORM = "Nothing is measured by it here."


class SizeChoice(QWidget):
    """A list of norms and a box to tick.

    Parameters
    ----------
    measure : what is shown and changed; its box is that of the one image until told
    norm_help : what the norm means here
    norms : those that are known here; the first stands for another
    """

    def __init__(
        self,
        measure: Measure,
        norm_help: str,
        parent: QWidget | None = None,
        norms: tuple[Norm, ...] = ("l2", "linf"),
    ) -> None:
        super().__init__(parent)
        self._measure, self._norms, self._of_images = measure, norms, False
        self._norm_help = norm_help
        self.norm = chooser("Size", self, norm_help, {norm: SHORT[norm] for norm in norms})
        self.boxed = FittingBox(("pixels stay in 0..1", "pixels in 0..1", "in 0..1"), self)
        self.boxed.setToolTip(wrapped(_BOX_HELP))
        self.setLayout(beside(self.norm, self.boxed, spacing=10))
        self.norm.activated.connect(lambda: measure.measure(norm=self.norm.currentData()))
        self.boxed.clicked.connect(self._box_clicked)
        measure.changed.connect(self.refresh)
        self.refresh()

    def show_for(self, norms: tuple[Norm, ...], *, of_images: bool) -> None:
        """Offer the norms known by what is seen now, if any, and its box: of images or the one."""
        self._norms, self._of_images = norms, of_images
        if norms:
            offer(self.norm, {norm: SHORT[norm] for norm in norms})
        self.refresh()

    @Slot()
    def refresh(self) -> None:
        """Show what is chosen."""
        self.norm.setEnabled(bool(self._norms))  # in its place, where it means nothing
        self.norm.setToolTip(wrapped(self._norm_help if self._norms else _NO_NORM))
        if self._norms:
            self.norm.setCurrentIndex(self.norm.findData(self._measure.within(self._norms)))
        measure = self._measure
        self.boxed.setChecked(measure.images_boxed if self._of_images else measure.boxed)

    @Slot(bool)
    def _box_clicked(self, is_on: bool) -> None:
        self._measure.measure(boxed=is_on, of_images=self._of_images)
