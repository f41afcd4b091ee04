"""The panel on the left: what is trained, on what."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QFrame, QScrollArea, QWidget

from core.data.config import DataConfig
from core.learning.config import TrainingConfig
from core.parameters import parameters_of
from gui.shared.columns import heading
from gui.widgets.basics.controls import button
from gui.widgets.basics.layouts import below
from gui.widgets.basics.parameter_form import ParameterForm

if TYPE_CHECKING:
    from gui.session.session import Session

_SCROLL_BAR = 14
_SIZES = ("train_size", "test_size", "validation_size")


class ExperimentPanel(QFrame):
    """The declared settings, grouped by when a change acts."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.setObjectName("card")
        data, training = parameters_of(DataConfig), parameters_of(TrainingConfig)

        live = [(name, item) for name, item in training.items() if item.live]
        later = [(name, item) for name, item in training.items() if not item.live]
        sizes = [(name, data[name]) for name in _SIZES]  # the Data page has the others
        self.live_form = ParameterForm(live, self)
        self.later_form = ParameterForm([*sizes, *later], self)
        for form in (self.live_form, self.later_form):
            form.changed.connect(session.wanted.set_setting)
            form.refused.connect(session.messages.warn)
        tip = "Some settings wait for a new start. The run so far stays, faint, for comparison. (R)"
        again = session.training.start_again
        self.rewind_button = button("Start again", self, tip, "call", lambda: again())

        inside = QWidget(self)
        at_once = (heading("ACTS AT ONCE", self), self.live_form)
        on_rewind = (heading("WAITS FOR A NEW START", self), self.later_form)
        parts = (heading("EXPERIMENT", self), 6, *at_once, 6, *on_rewind, None)
        inside.setLayout(below(*parts, margins=(12, 12, 10, 8)))
        scroll = QScrollArea(self)
        scroll.setWidget(inside)
        scroll.setWidgetResizable(True)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFixedWidth(inside.minimumSizeHint().width() + _SCROLL_BAR)
        call = (self.rewind_button, 0, Qt.AlignmentFlag.AlignHCenter)
        self.setLayout(below((scroll, 1), call, spacing=0, margins=(1, 1, 1, 10)))

        session.wanted.changed.connect(self.refresh)
        session.view.dataset_changed.connect(self.refresh)
        session.view.run_state_changed.connect(self.refresh)
        self.refresh()

    @Slot()
    def refresh(self) -> None:
        """Show what the session wants and what waits."""
        session = self._session
        training, data = session.wanted.training, session.wanted.data
        self.live_form.show_values(training)
        for name, row in self.later_form.rows.items():
            row.show_value(getattr(data if name in _SIZES else training, name))
        self.rewind_button.setVisible(session.wanted.needs_rewind)
