"""How many of each class's worst mistakes the class atlas shows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QHBoxLayout, QLabel, QWidget

from core.insight.diagnostics import DiagnosisConfig
from core.parameters import parameters_of
from gui.widgets.basics.number_field import NumberField
from gui.widgets.basics.parameter_form import tooltip

if TYPE_CHECKING:
    from gui.session.session import Session

_WIDTH = 52


class WorstPerClass(QWidget):
    """A small number field, and its name before it."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        declared = parameters_of(DiagnosisConfig)["n_worst"]
        self.field = NumberField(declared, self)
        self.field.setObjectName("n_worst")
        self.field.setFixedWidth(_WIDTH)
        self.field.show_value(session.readings.n_worst)
        self.field.setToolTip(tooltip(declared, session.readings.n_worst))
        self.field.committed.connect(self._set)
        self.field.refused.connect(self._refused)
        label = QLabel("worst", self)
        label.setObjectName("muted")
        label.setBuddy(self.field)
        label.setToolTip(self.field.toolTip())
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(6)
        row.addWidget(label)
        row.addWidget(self.field)

    @Slot(object)
    def _set(self, n_worst: int) -> None:
        self.field.setToolTip(tooltip(parameters_of(DiagnosisConfig)["n_worst"], n_worst))
        self._session.readings.show_worst(n_worst)

    @Slot(str)
    def _refused(self, message: str) -> None:
        self._session.messages.notified.emit(message, True)
