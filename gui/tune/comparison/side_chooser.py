"""Choosing one of two models that are compared: a run, and where in it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from core.parameters import Parameter
from gui.shared.columns import label
from gui.theme import grow
from gui.tune.comparison.study import PLACES
from gui.widgets.basics.controls import chooser, offer
from gui.widgets.basics.layouts import beside
from gui.widgets.basics.number_field import NumberField

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gui.shared.run_models import RunModel
    from gui.shared.side import Side

_EPOCH = Parameter("int", "Epoch", "Which epoch of the run is compared.", low=0, high=1_000_000)


class SideChooser(QWidget):
    """Run, place and epoch of one side."""

    chosen = Signal(dict)
    """What of its :class:`~gui.shared.side.Side` is to be another: name -> value."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        tip = f"The run that {name} is taken from"
        self.run = chooser(f"run of {name}", self, tip, shortest=6)
        self.place = chooser(
            f"place of {name}", self, f"Where in its run {name} is taken", PLACES, shortest=8
        )
        self.epoch = NumberField(_EPOCH, self)
        self.epoch.setAccessibleName(f"epoch of {name}")
        self.epoch.setToolTip("Type an epoch to stay there; the nearest one kept is taken")
        grow(self.epoch, fixed_width=64)
        self.score = label("", self, "outcome")
        self.score.setToolTip("Share of the held-out images that it reads rightly")
        letter = label(name, self, "letter")
        fields = (self.run, 1), self.place, self.epoch
        self.setLayout(beside(letter, *fields, self.score, spacing=6))
        chosen, run, place = self.chosen, self.run, self.place
        run.activated.connect(lambda: chosen.emit({"run": run.currentData()}))
        place.activated.connect(lambda: chosen.emit({"place": place.currentData()}))
        self.epoch.committed.connect(lambda epoch: chosen.emit({"place": "chosen", "epoch": epoch}))

    def show_side(self, side: Side, runs: Mapping[int | None, str], model: RunModel | None) -> None:
        """Show a side, the runs there are to choose from, and what it stands for now."""
        offer(self.run, runs)
        self.run.setCurrentIndex(list(runs).index(side.run) if side.run in runs else 0)
        self.place.setCurrentIndex(self.place.findData(side.place))
        if model is not None:
            self.epoch.show_value(model.epoch)

    def show_score(self, score: float | None) -> None:
        """Show how good it is; None before that is known."""
        self.score.setText("" if score is None else f"{score:.4f}")
