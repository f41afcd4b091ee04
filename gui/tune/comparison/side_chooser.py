"""Choosing one of two models that are compared: a run, and where in it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QComboBox, QWidget

from core.parameters import Parameter
from gui.shared.columns import heading
from gui.shared.side import Side
from gui.tune.comparison.study import PLACES
from gui.widgets.basics.layouts import beside
from gui.widgets.basics.number_field import NumberField

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gui.shared.side import Side
from gui.tune.comparison.study import SideModel

_EPOCH = Parameter("int", "Epoch", "Which epoch of the run is compared.", low=0, high=1_000_000)


class SideChooser(QWidget):
    """Run, place and epoch of one side."""

    chosen = Signal(dict)
    """What of its :class:`~gui.shared.side.Side` is to be another: name -> value."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.run = QComboBox(self)
        self.run.setAccessibleName(f"run of {name}")
        self.run.setToolTip(f"The run that {name} is taken from")
        self.place = QComboBox(self)
        self.place.setAccessibleName(f"place of {name}")
        self.place.setToolTip(f"Where in its run {name} is taken")
        for key, words in PLACES.items():
            self.place.addItem(words, key)
        self.epoch = NumberField(_EPOCH, self)
        self.epoch.setAccessibleName(f"epoch of {name}")
        self.epoch.setToolTip("Type an epoch to stay there; the nearest one kept is taken")
        self.epoch.setFixedWidth(72)
        self.run.setMinimumContentsLength(9)
        self.run.setSizeAdjustPolicy(
            QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon
        )
        self.setLayout(beside(heading(name, self), self.run, self.place, self.epoch, spacing=4))
        self.run.activated.connect(self._run_activated)
        self.place.activated.connect(self._place_activated)
        self.epoch.committed.connect(self._epoch_committed)

    def show_side(
        self, side: Side, runs: Sequence[tuple[int | None, str]], model: SideModel | None
    ) -> None:
        """Show a side, the runs there are to choose from, and what it stands for now."""
        present = [(self.run.itemData(i), self.run.itemText(i)) for i in range(self.run.count())]
        if present != list(runs):
            self.run.clear()
            for key, words in runs:
                self.run.addItem(words, key)
        keys = [key for key, _ in runs]
        self.run.setCurrentIndex(keys.index(side.run) if side.run in keys else 0)
        self.place.setCurrentIndex(self.place.findData(side.place))
        if model is not None:
            self.epoch.show_value(model.epoch)

    @Slot(int)
    def _run_activated(self, index: int) -> None:
        self.chosen.emit({"run": self.run.itemData(index)})

    @Slot(int)
    def _place_activated(self, index: int) -> None:
        self.chosen.emit({"place": self.place.itemData(index)})

    @Slot(object)
    def _epoch_committed(self, epoch: int) -> None:
        self.chosen.emit({"place": "chosen", "epoch": epoch})
