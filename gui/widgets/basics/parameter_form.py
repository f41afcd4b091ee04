"""A config's declared fields as widgets: range, unit, tooltip and formula from the declaration."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, QSignalBlocker, Qt, Signal, Slot
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QGridLayout,
    QLabel,
    QLineEdit,
    QSlider,
    QWidget,
)

from gui.widgets.basics.controls import chooser
from gui.widgets.basics.number_field import NumberField

if TYPE_CHECKING:
    from collections.abc import Sequence

    from core.parameters import Parameter

_SLIDER_STEPS = 200
_SLIDER_DECADES = 4
"""A log slider covers this many decades below ten; the field beside it takes the whole range."""


def tooltip(declared: Parameter, value: Any) -> str:
    """Return help, formula with the current value in it, range and when a change acts."""
    lines = [f"<b>{declared.label}</b>", declared.help]
    if declared.formula:
        shown = declared.formula.format(value=value) if value is not None else declared.formula
        lines.append(f"<code>{shown}</code>")
    limits = declared.range_text()
    lines.append(f"{limits}{' ' + declared.unit if declared.unit else ''}".capitalize() + ".")
    if declared.zero_word:
        lines.append(f"0 means {declared.zero_word}.")
    return "<qt><p>" + "</p><p>".join(lines) + "</p></qt>"


class ParameterRow(QObject):
    """Label and editor of one parameter."""

    changed = Signal(str, object)
    refused = Signal(str)

    def __init__(self, name: str, declared: Parameter, parent: QWidget) -> None:
        super().__init__(parent)
        self.name = name
        self.declared = declared
        self.label = QLabel(declared.label, parent)
        self.slider: QSlider | None = None
        self.editor: QWidget = self._make_editor(parent)
        self.editor.setObjectName(f"setting_{name}")
        self.editor.setAccessibleName(declared.label)
        self.label.setBuddy(self.editor)

    def _make_editor(self, parent: QWidget) -> QWidget:
        declared = self.declared
        if declared.kind == "bool":
            box = QCheckBox(parent)
            box.toggled.connect(self._emit)
            return box
        if declared.kind == "choice":
            combo = chooser("", parent, choices=declared.choices, shortest=7)
            combo.activated.connect(self._chosen)
            return combo
        if declared.kind == "text":
            line = QLineEdit(parent)
            line.editingFinished.connect(self._written)
            return line
        field = NumberField(declared, parent)
        field.committed.connect(self._emit)
        field.refused.connect(self.refused)
        if declared.log_scale:
            self.slider = QSlider(Qt.Orientation.Horizontal, parent)
            self.slider.setRange(0, _SLIDER_STEPS)
            self.slider.setObjectName(f"slider_{self.name}")
            self.slider.setAccessibleName(f"{declared.label}, slider")
            self.slider.setMinimumWidth(60)
            self.slider.valueChanged.connect(self._slid)
        return field

    def show_value(self, value: Any) -> None:
        """Show a value without telling anybody."""
        editor = self.editor
        with QSignalBlocker(editor):
            if isinstance(editor, NumberField):
                editor.show_value(value)
            elif isinstance(editor, QCheckBox):
                editor.setChecked(value)
            elif isinstance(editor, QLineEdit):
                editor.setText(value)
            elif isinstance(editor, QComboBox):
                editor.setCurrentIndex(editor.findData(value))
        if self.slider is not None:
            place = (math.log10(value) - 1) / _SLIDER_DECADES + 1
            with QSignalBlocker(self.slider):
                self.slider.setValue(round(place * _SLIDER_STEPS))
        words = tooltip(self.declared, value)
        for widget in (self.label, editor, self.slider):
            if widget is not None:
                widget.setToolTip(words)

    @Slot(bool)
    @Slot(object)
    def _emit(self, value: Any) -> None:
        self.changed.emit(self.name, value)

    @Slot()
    def _written(self) -> None:
        assert isinstance(self.editor, QLineEdit)
        self.changed.emit(self.name, self.editor.text().strip())

    @Slot(int)
    def _chosen(self, index: int) -> None:
        assert isinstance(self.editor, QComboBox)
        self.changed.emit(self.name, self.editor.itemData(index))

    @Slot(int)
    def _slid(self, place: int) -> None:
        exponent = 1 + (place / _SLIDER_STEPS - 1) * _SLIDER_DECADES
        # Three significant digits: with fewer, one step of the slider could be none of the number.
        self.changed.emit(self.name, float(f"{10**exponent:.3g}"))


class ParameterForm(QWidget):
    """Rows of a two-column grid.

    Parameters
    ----------
    parameters : name and declaration of each row, in order
    """

    changed = Signal(str, object)
    refused = Signal(str)

    def __init__(
        self, parameters: Sequence[tuple[str, Parameter]], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(10)
        grid.setVerticalSpacing(5)
        grid.setColumnStretch(1, 1)
        self.rows: dict[str, ParameterRow] = {}
        line = 0
        for name, declared in parameters:
            row = ParameterRow(name, declared, self)
            grid.addWidget(row.label, line, 0)
            grid.addWidget(row.editor, line, 1)
            if row.slider is not None:
                line += 1
                grid.addWidget(row.slider, line, 0, 1, 2)
            row.changed.connect(self.changed)
            row.refused.connect(self.refused)
            self.rows[name] = row
            line += 1

    def show_values(self, config: Any) -> None:
        """Show what ``config`` holds."""
        for name, row in self.rows.items():
            row.show_value(getattr(config, name))
