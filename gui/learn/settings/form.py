"""Settings one below another; what was changed and waits says what it was."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QComboBox, QSizePolicy, QWidget

from gui.widgets.basics.controls import button
from gui.widgets.basics.layouts import below, beside, holding
from gui.widgets.basics.number_field import NumberField
from gui.widgets.basics.parameter_form import ParameterRow

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from PySide6.QtWidgets import QPushButton

    from core.parameters import Parameter
    from gui.session.wanted import Waiting

_ROW_GAP = 7
_SHORT = {"validation_size": "Validation"}
"""Labels that have to be short here."""
_BESIDE_USED = {"train_size": "Train", "test_size": "Test"}
"""Shorter still: beside how many images there really are."""


class SettingRow(ParameterRow):
    """A setting: its name, its field at the right, a slider below, and what it was if it waits."""

    taken_back = Signal(str)

    def __init__(self, name: str, declared: Parameter, parent: QWidget) -> None:
        super().__init__(name, declared, parent)
        self.label.setText(_SHORT.get(name, declared.label))
        self.was: QPushButton = button("", parent, look="waiting")
        self.was.clicked.connect(partial(self.taken_back.emit, name))
        self.was.hide()
        policy = QSizePolicy.Policy
        self.editor.setSizePolicy(policy.Maximum, policy.Fixed)
        if isinstance(self.editor, QComboBox):
            self.editor.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        head = beside(self.label, None, self.editor, spacing=4)
        right = (self.was, 0, Qt.AlignmentFlag.AlignRight)
        middle = () if self.slider is None else (self.slider,)
        self.holder = holding(below(head, *middle, right, spacing=4), parent)
        """The whole row."""

    def show_waiting(self, waiting: Waiting | None) -> None:
        """Say what it was, where it waits."""
        is_waiting = waiting is not None
        self.was.setVisible(is_waiting)
        if waiting is not None:
            was = waiting.declared.words(waiting.was)
            self.was.setText(f"● was {was}")
            self.was.setToolTip(
                f"{self.declared.label} waits for a new start. Click: {was} again, as in the run "
                "shown"
            )
            self.was.setAccessibleName(f"{self.declared.label} was {was}: take the change back")
        if bool(self.editor.property("waiting") == "true") is not is_waiting:
            self.editor.setProperty("waiting", "true" if is_waiting else "false")
            self.editor.style().unpolish(self.editor)
            self.editor.style().polish(self.editor)

    def show_used(self, n_used: int | None) -> None:
        """Say in the field how many there really are, where they are fewer than it asks for."""
        assert isinstance(self.editor, NumberField)
        self.editor.show_used(n_used)
        labels = _SHORT if n_used is None else _SHORT | _BESIDE_USED
        self.label.setText(labels.get(self.name, self.declared.label))


class SettingsForm(QWidget):
    """Rows of settings.

    Parameters
    ----------
    parameters : name and declaration of each row, in order
    """

    changed = Signal(str, object)
    refused = Signal(str)
    taken_back = Signal(str)

    def __init__(
        self, parameters: Sequence[tuple[str, Parameter]], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.rows: dict[str, SettingRow] = {}
        for name, declared in parameters:
            row = self.rows[name] = SettingRow(name, declared, self)
            row.changed.connect(self.changed)
            row.refused.connect(self.refused)
            row.taken_back.connect(self.taken_back)
        self.setLayout(below(*(row.holder for row in self.rows.values()), spacing=_ROW_GAP))

    def show_values(self, values: Mapping[str, Any], waiting: Mapping[str, Waiting]) -> None:
        """Show the values of all rows, and which of them wait."""
        for name, row in self.rows.items():
            row.show_value(values[name])
            row.show_waiting(waiting.get(name))
