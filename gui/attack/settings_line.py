"""One line of the Attack page: which attack, and its settings as it declares them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QComboBox, QLabel, QMenu, QToolButton, QWidget, QWidgetAction

from core.attack import ATTACKS
from gui.widgets.basics.controls import chooser
from gui.widgets.basics.layouts import beside, holding
from gui.widgets.basics.number_field import NumberField
from gui.widgets.basics.parameter_form import ParameterForm, ParameterRow

if TYPE_CHECKING:
    from gui.session.session import Session

_IN_LINE = ("norm", "budget", "steps", "rate", "pull")
"""Settings shown at once; the rest unfold."""

_FIELD_WIDTH = 76
_SLIDER_WIDTH = 90
_NORM_LETTERS = 12
_ATTACK_LETTERS = 20


class AttackSettingsLine(QWidget):
    """Chooses the attack; whatever it declares can be set, and acts at once."""

    refused = Signal(str)

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._attack = session.attack
        self._shown = ""
        self.rows: dict[str, ParameterRow] = {}
        labels = {name: attack.label for name, attack in ATTACKS.items()}
        self.attack = chooser("Attack", self, choices=labels, shortest=_ATTACK_LETTERS)
        self.attack.activated.connect(self._attack_chosen)
        self.more = QToolButton(self)
        self.more.setText("more")
        self.more.setToolTip("The attack's other settings")
        self.more.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self._menu = QMenu(self.more)
        self.more.setMenu(self._menu)
        self._no_form = ParameterForm((), self)
        self._no_form.hide()  # in no layout, it would lie over the list of attacks
        self.form = self._no_form
        self._inside = QWidget(self)
        label = QLabel("attack", self)
        self._line = beside(label, self.attack, (self._inside, 1), self.more)
        self.setLayout(self._line)
        self.refresh()

    @Slot()
    def refresh(self) -> None:
        """Show what is chosen, and the numbers."""
        attack = self._attack
        if attack.chosen.name != self._shown:
            self._shown = attack.chosen.name
            self._make_rows()
        self.attack.setCurrentIndex(self.attack.findData(attack.chosen.name))
        chosen = ATTACKS[attack.chosen.name]
        self.attack.setToolTip(
            f"<qt><p>{chosen.help}</p><p><code>{chosen.formula}</code></p>"
            f"<p>Source: {chosen.source}.</p></qt>"
        )
        for name, row in self.rows.items():
            row.show_value(attack.chosen.value(name))

    def _make_rows(self) -> None:
        """Make the rows of the chosen attack's settings."""
        declared = {
            name: parameter
            for name, parameter in self._attack.chosen.parameters.items()
            if name != "box"  # stands beside the image, for all attacks alike
        }
        line = beside()
        inside = holding(line, self)
        self.rows = {}
        for name in _IN_LINE:
            if name not in declared:
                continue
            row = ParameterRow(name, declared[name], inside)
            line.addSpacing(6)
            line.addWidget(row.label)
            if row.slider is not None and name != "rate":  # the descent's line is full
                row.slider.setFixedWidth(_SLIDER_WIDTH)
                line.addWidget(row.slider)
            elif row.slider is not None:
                row.slider.hide()
            line.addWidget(row.editor)
            if isinstance(row.editor, NumberField):
                row.editor.setFixedWidth(_FIELD_WIDTH)
            elif isinstance(row.editor, QComboBox):
                row.editor.setMinimumContentsLength(_NORM_LETTERS)
            row.changed.connect(self._attack.set_setting)
            row.refused.connect(self.refused)
            self.rows[name] = row
        line.addStretch(1)
        self._line.replaceWidget(self._inside, inside)
        self._inside.hide()  # at once; it is deleted only when nothing is under way in it
        self._inside.deleteLater()
        self._inside = inside
        self._make_menu([(n, p) for n, p in declared.items() if n not in _IN_LINE])

    def _make_menu(self, declared: list[tuple[str, Any]]) -> None:
        self._menu.clear()  # which deletes the form in it
        self.form = self._no_form
        self.more.setVisible(bool(declared))
        if not declared:
            return
        self.form = ParameterForm(declared, self._menu)
        self.form.setContentsMargins(12, 10, 12, 10)
        self.form.changed.connect(self._attack.set_setting)
        self.form.refused.connect(self.refused)
        self.rows |= self.form.rows
        action = QWidgetAction(self._menu)
        action.setDefaultWidget(self.form)
        self._menu.addAction(action)

    @Slot(int)
    def _attack_chosen(self, index: int) -> None:
        self._attack.choose_attack(self.attack.itemData(index))
