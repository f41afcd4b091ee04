"""How many of each class's worst mistakes the class atlas shows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QWidget

from core.insight.diagnostics import DiagnosisConfig
from core.parameters import parameters_of
from gui.shared.columns import label
from gui.theme import grow
from gui.widgets.basics.layouts import beside
from gui.widgets.basics.number_field import NumberField
from gui.widgets.basics.parameter_form import tooltip

if TYPE_CHECKING:
    from gui.session.session import Session

_WIDTH = 52


class WorstPerClass(QWidget):
    """A small number field, and its name before it."""

    changed = Signal()

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        declared = parameters_of(DiagnosisConfig)["n_worst"]
        self.field = NumberField(declared, self)
        grow(self.field, fixed_width=_WIDTH)
        self.field.show_value(session.readings.n_worst)
        self.field.setToolTip(tooltip(declared, session.readings.n_worst))
        self.field.committed.connect(self._set)
        self.field.refused.connect(session.messages.warn)
        words = label("worst of each class", self, "muted", buddy=self.field)
        words.setToolTip(self.field.toolTip())
        self.setLayout(beside(words, self.field, None))

    @Slot(object)
    def _set(self, n_worst: int) -> None:
        self.field.setToolTip(tooltip(parameters_of(DiagnosisConfig)["n_worst"], n_worst))
        self._session.readings.show_worst(n_worst)
        self.changed.emit()
