"""The last words of the sentence: the settings of the attack, which a click on them opens."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from PySide6.QtCore import Slot
from PySide6.QtWidgets import QLabel, QWidget

from core.attack.film import LEAST_STEPS, TIMES_THE_FLIP
from core.parameters import Parameter
from core.words import counted
from gui.shared.measure import measured_words
from gui.shared.words import an
from gui.widgets.basics.drop_down import DropDown
from gui.widgets.basics.layouts import below, beside, holding
from gui.widgets.basics.number_field import NumberField
from gui.widgets.basics.parameter_form import ParameterForm, ParameterRow
from gui.widgets.basics.tooltips import wrapped

if TYPE_CHECKING:
    from gui.session.session import Session

_ELSEWHERE = ("norm", "box")
"""Chosen for all views at once, beside the scopes."""

_HELP = (
    "How it is done: a click opens it. The practical's film has at most so many steps: it ends "
    f"when there is no more to see, after {TIMES_THE_FLIP} times as many steps as it took to flip "
    f"and {LEAST_STEPS} at least. Once you set how many steps, it has them all."
)


class AttackSettingsButton(DropDown):
    """Says the settings of the chosen attack in words; its popup has whatever it declares."""

    def __init__(self, session: Session, parent: QWidget) -> None:
        inside = QWidget(parent)
        super().__init__("settings of the attack", inside, parent, _HELP)
        self._session, self._attack = session, session.attack
        self._shown: tuple[str, ...] = ()
        self._limit: tuple[str, ...] | None = None
        self.rows: dict[str, ParameterRow] = {}
        whole = Parameter("int", "Pulled toward", "Number of an image.", low=0, high=10_000_000)
        self.toward = NumberField(whole, inside)
        self.toward.setAccessibleName("Pulled toward image")
        self.toward.setToolTip(wrapped("Number of the image that the noise is pulled toward."))
        self.toward.committed.connect(self._toward_chosen)
        self.toward.refused.connect(session.messages.warn)
        row = beside(QLabel("Pulled toward image", inside), self.toward, spacing=10)
        self._toward_row = holding(row, inside)
        self._note = QLabel("", inside, wordWrap=True)
        self._note.setObjectName("muted")
        self._form = QWidget(inside)
        self._column = below(self._form, self._toward_row, self._note)
        inside.setLayout(self._column)
        self.refresh()

    def limit(self, names: tuple[str, ...] | None) -> None:
        """Offer only settings of these names, where what is seen obeys no others; None: all."""
        self._limit = names
        self.refresh()

    @property
    def offered(self) -> tuple[str, ...]:
        """The settings that are seen here, of the attack chosen."""
        names = (name for name in self._attack.chosen.parameters if name not in _ELSEWHERE)
        return tuple(name for name in names if self._limit is None or name in self._limit)

    @Slot()
    def refresh(self) -> None:
        """Show what is chosen, and the numbers."""
        attack = self._attack
        shown = attack.chosen.name, *self.offered
        if shown != self._shown:
            self._shown = shown
            self._make_form()
        for name, row in self.rows.items():
            row.show_value(attack.chosen.value(name))
        is_whole = self._limit is None
        self._toward_row.setVisible(is_whole and attack.pulled_toward is not None)
        self.toward.show_value(attack.index)
        measure = attack.measure
        differs = []
        if "norm" in attack.chosen.parameters and attack.chosen.norm != measure.norm:
            how = measured_words(attack.chosen.norm, boxed=False)  # type: ignore[arg-type]
            differs.append(f"This attack goes by the {how}.")
        if attack.chosen.boxed != measure.boxed:
            differs.append("This attack keeps pixels in 0..1 in any case.")
        self._note.setText(" ".join(differs))
        self._note.setVisible(is_whole and bool(differs))
        words = self._words()
        self.set_words(words)
        self.setToolTip(wrapped(words, _HELP))  # which may be cut short on it

    def _words(self) -> str:
        """Return the settings in words."""
        chosen, dataset, offered = self._attack.chosen, self._session.view.dataset, self.offered
        words = []
        if "steps" in offered:
            most = "at most " if chosen.ends_itself and self._limit is None else ""
            words.append(f"{most}{counted(int(chosen.value('steps')), 'step')}")
        if "rate" in offered:
            words[-1:] = [f"{words[-1]} of {chosen.value('rate'):g}"]
        if "budget" in offered and np.isfinite(chosen.budget):
            words[-1:] = [" ".join([*words[-1:], f"within {chosen.budget:g}"])]
        if self._limit is not None:
            return ", ".join(words)
        toward = self._attack.pulled_toward
        pull = chosen.value("pull") if "pull" in chosen.parameters else 0.0
        if toward is not None and dataset is not None:
            words.append(f"pull {pull:g} toward {an(dataset.class_names[toward])}")
        elif pull:
            words.append(f"pull {pull:g}")
        elif chosen.begins_as_noise:
            words.append("no pull")
        return ", ".join(words) or "settings"

    def _make_form(self) -> None:
        parameters = self._attack.chosen.parameters
        declared = [(name, parameters[name]) for name in self.offered]
        form = ParameterForm(declared, self._form.parentWidget())
        form.changed.connect(self._attack.set_setting)
        form.refused.connect(self._session.messages.warn)
        self.rows = form.rows
        self._column.replaceWidget(self._form, form)
        self._form.deleteLater()
        self._form = form

    @Slot(object)
    def _toward_chosen(self, value: Any) -> None:
        self._attack.pull_toward(int(value))
