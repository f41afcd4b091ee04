"""How the size of a change is measured: its norm, and whether pixels stay in the box."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QCheckBox, QComboBox, QWidget

from core.exact.pairs import NORMS
from gui.widgets.basics.layouts import beside
from gui.widgets.basics.tooltips import wrapped

if TYPE_CHECKING:
    from gui.shared.measure import Measure

_BOX_HELP = (
    "Whether a changed pixel must stay between 0 (paper) and 1 (ink), as in an image that can be "
    "printed. What must stay in the box needs a larger change, and more computing."
)


class SizeChoice(QWidget):
    """A list of norms and a box to tick.

    Parameters
    ----------
    measure : what is shown and changed
    norm_help : what the norm means here
    """

    def __init__(self, measure: Measure, norm_help: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._measure = measure
        self.norm = QComboBox(self)
        self.norm.setAccessibleName("Size")
        self.norm.setToolTip(wrapped(norm_help))
        for norm, words in NORMS.items():
            if norm in measure.norms:
                self.norm.addItem(words, norm)
        self.boxed = QCheckBox("pixels in 0..1", self)
        self.boxed.setToolTip(wrapped(_BOX_HELP))
        self.setLayout(beside(self.norm, self.boxed, spacing=10))
        self.norm.activated.connect(self._norm_chosen)
        self.boxed.clicked.connect(self._box_clicked)
        measure.changed.connect(self.refresh)
        self.refresh()

    @Slot()
    def refresh(self) -> None:
        """Show what is chosen."""
        self.norm.setCurrentIndex(self.norm.findData(self._measure.norm))
        self.boxed.setChecked(self._measure.boxed)

    @Slot(int)
    def _norm_chosen(self, index: int) -> None:
        self._measure.measure(norm=self.norm.itemData(index))

    @Slot(bool)
    def _box_clicked(self, is_on: bool) -> None:
        self._measure.measure(boxed=is_on)
