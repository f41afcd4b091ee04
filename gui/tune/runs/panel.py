"""The list of runs: what each was, how far it came, and what can be done with it."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QShortcut
from PySide6.QtWidgets import QLabel, QProgressBar, QWidget

from core.learning.sweep.sweep import N_SEEDS
from gui.shared.panel import Panel
from gui.shared.side import Side
from gui.tune.runs.study import Seeds
from gui.tune.runs.table import RunTable
from gui.widgets.basics.controls import button
from gui.widgets.basics.layouts import below, beside
from gui.widgets.basics.number_field import NumberField
from gui.widgets.basics.tooltips import wrapped

if TYPE_CHECKING:
    from PySide6.QtWidgets import QPushButton

    from gui.session.session import Session
    from gui.widgets.basics.controls import Pressed

_SEEDS_HELP = (
    "Train the settings of the run shown once for each seed, all at once, and draw the median and "
    "the band they lie in"
)


class RunsPanel(Panel):
    """A table of runs, and buttons for the one chosen."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self.seeds = Seeds(session, self)
        self.table = RunTable(session, self)

        move_up, move_down = partial(self._move, -1), partial(self._move, 1)
        self.show_button = self._button("Show", "Show this run in every view (Enter)", self._show)
        tip = "Branch off: go on from the epoch shown, with the settings of the panel (K)"
        self.fork_button = self._button("Fork", tip, session.training.fork)
        tip = "Weights, means, mistakes of this run beside those of the one shown"
        self.compare_button = self._button("Compare", tip, self._compare)
        tip = "Make this run the reference of the others"
        self.pin_button = self._button("Pin", tip, self._pin)
        self.pin_button.setCheckable(True)
        self.up_button = self._button("Up", "Move this run up (Ctrl+Up)", move_up)
        self.down_button = self._button("Down", "Move this run down (Ctrl+Down)", move_down)
        tip = "Take this run off the list (Delete)"
        self.remove_button = self._button("Remove", tip, self._remove)
        tip = "Put the run removed last back (Ctrl+Z)"
        self.undo_button = self._button("Put back", tip, session.runs.undo_remove)
        here = Qt.ShortcutContext.WidgetShortcut
        QShortcut("Delete", self.table, self._remove, context=here)
        QShortcut("Ctrl+Up", self.table, move_up, context=here)
        QShortcut("Ctrl+Down", self.table, move_down, context=here)
        self.n_seeds = NumberField(N_SEEDS, self)
        self.n_seeds.show_value(16)
        self.n_seeds.setFixedWidth(64)
        self.n_seeds.setToolTip(wrapped(N_SEEDS.help))
        self.n_seeds.refused.connect(session.messages.warn)
        self.seeds_button = self._button("Repeat with seeds", _SEEDS_HELP, self._repeat)
        self.progress = QProgressBar(self)
        self.progress.setRange(0, 1000)
        self.progress.setFixedWidth(110)
        self.progress.setAccessibleName("seeds being trained")
        self._lay_out()
        self.table.filled.connect(self._refresh_buttons)
        self.table.currentItemChanged.connect(self._refresh_buttons)
        self.table.shown.connect(self._show)
        session.view.shown_changed.connect(self._refresh_fork)
        self.seeds.changed.connect(self._refresh_seeds)
        self._refresh_seeds()
        self._refresh_buttons()

    def _button(self, words: str, help_text: str, pressed: Pressed) -> QPushButton:
        made = button(words, self, help_text, pressed=pressed)
        made.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        return made

    def _lay_out(self) -> None:
        of_one = (self.show_button, self.fork_button, self.compare_button, self.pin_button)
        of_list = (self.up_button, self.down_button, self.remove_button, self.undo_button)
        seeds = (self.progress, QLabel("seeds", self), self.n_seeds, self.seeds_button)
        buttons = beside(*of_one, 12, *of_list, None, *seeds)
        self.setLayout(below((self.table, 1), buttons))

    @Slot()
    def _refresh_buttons(self) -> None:
        runs, key = self._session.runs, self.table.chosen_key()
        is_some = runs.entry(key) is not None
        for other in (self.show_button, self.compare_button):
            other.setEnabled(is_some and key != runs.shown_key)
        self._refresh_fork()
        self.pin_button.setEnabled(is_some)
        self.pin_button.setChecked(is_some and key == runs.reference_key)
        self.remove_button.setEnabled(runs.any(key) is not None and key != runs.live_key)
        self.undo_button.setEnabled(runs.can_undo)
        keys = [entry.key for entry in runs.entries]
        self.up_button.setEnabled(is_some and bool(keys) and key != keys[0])
        self.down_button.setEnabled(is_some and bool(keys) and key != keys[-1])

    @Slot()
    def _refresh_fork(self) -> None:
        self.fork_button.setEnabled(self._session.view.shown is not None)

    @Slot()
    def _show(self) -> None:
        key = self.table.chosen_key()
        if self._session.runs.entry(key) is not None:
            self._session.view.show_run(key)

    @Slot()
    def _compare(self) -> None:
        key = self.table.chosen_key()
        if key is not None:
            # Both at their best.
            self.asked.emit("Compare", (Side(key, "best"), Side(None, "best")))

    @Slot(bool)
    def _pin(self, is_pinned: bool) -> None:
        self._session.runs.pin(self.table.chosen_key() if is_pinned else None)

    @Slot()
    def _repeat(self) -> None:
        """Train the seeds, or call that off."""
        if self.seeds.is_computing:
            self.seeds.call_off()
        else:
            self.seeds.repeat(int(self.n_seeds.number()))

    @Slot()
    def _refresh_seeds(self) -> None:
        is_computing, epochs = self.seeds.is_computing, self.seeds.epochs
        self.progress.setVisible(is_computing)
        self.seeds_button.setText("Call off" if is_computing else "Repeat with seeds")
        self.progress.setValue(round(1000 * self.seeds.share))
        if epochs is not None:
            self.progress.setFormat("epoch {} of {}".format(*epochs))

    def _move(self, offset: int) -> None:
        self._session.runs.move(self.table.chosen_key(), offset)

    @Slot()
    def _remove(self) -> None:
        key = self.table.chosen_key()
        if key is not None:
            self._session.view.remove_run(key)
