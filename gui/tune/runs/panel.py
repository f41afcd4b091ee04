"""The list of runs: what each was, how far it came, and what can be done with it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, Signal, Slot
from PySide6.QtWidgets import QMenu, QProgressBar, QWidget

from core.learning.sweep.sweep import N_SEEDS
from core.words import counted
from gui.shared.panel import Panel
from gui.theme import LIGHT, Theme, grow, pixels
from gui.tune.runs.columns import COLUMNS, PLACES
from gui.tune.runs.menu import fill_columns, run_menu
from gui.tune.runs.study import Seeds
from gui.tune.runs.table import RunTable
from gui.widgets.basics.card import Card
from gui.widgets.basics.controls import button
from gui.widgets.basics.layouts import below
from gui.widgets.basics.number_field import NumberField
from gui.widgets.basics.tooltips import wrapped

if TYPE_CHECKING:
    from PySide6.QtGui import QResizeEvent

    from gui.session.session import Session

_USUAL_SEEDS = 16
_REPEAT = "Repeat with seeds"
_SEEDS_HELP = (
    "Do the run shown again once for each of so many seeds, all at once, with every change that "
    "was made on its way, and draw the median and the band they lie in: what lies within is chance"
)
_CANCEL_HELP = "End these trainings; what was found so far stays in the list"
_WIDE = 440
"""Pixels at 100 % in which the buttons say all."""
_COLUMNS_HELP = (
    "Click for the list of all columns: those ticked are shown. A setting has one by itself as "
    "soon as two runs differ in it. The whole table is copied as CSV there, too."
)
_NO_ROOM = "There is no room for {}: tick one there to see it all the same."


class RunsPanel(Panel):
    """A table of runs in a card; what can be done with one is in the menu of its row."""

    compare_asked = Signal(int, int)
    """A side of the comparison, 0 for A, and a run."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self._theme = LIGHT
        self.seeds = Seeds(session, self)
        self.table = RunTable(session, self)
        self.n_seeds = NumberField(N_SEEDS, self)
        self.n_seeds.show_value(_USUAL_SEEDS)
        grow(self.n_seeds, fixed_width=56)
        self.n_seeds.setToolTip(wrapped(N_SEEDS.help))
        self.n_seeds.refused.connect(session.messages.warn)
        self.seeds_button = button(_REPEAT, self, look="small", pressed=self._repeat)
        self.progress = QProgressBar(self)
        self.progress.setRange(0, 1000)
        grow(self.progress, fixed_width=110)
        self.progress.setAccessibleName("seeds being trained")
        self.columns = button("Columns", self, _COLUMNS_HELP, "small")
        self.columns.setMenu(QMenu(self))  # filled when it is looked at
        menu = self.columns.menu()
        menu.aboutToShow.connect(lambda: fill_columns(menu, self.table))
        right = (self.progress, self.n_seeds, self.seeds_button, self.columns)
        self.card = Card("runs", self.table, right=right, parent=self)
        self.setLayout(below(self.card))
        self.table.arranged.connect(self._tell_left_out)
        self.table.menu_asked.connect(self._open_menu)
        self.table.removal_asked.connect(self._remove)
        self.seeds.changed.connect(self._refresh_seeds)
        self._refresh_seeds()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Say what else is there, where there is room."""
        super().resizeEvent(event)
        self.columns.setText("Columns, CSV" if self.width() >= pixels(_WIDE) else "Columns")

    def set_theme(self, theme: Theme) -> None:
        """Use these colours."""
        self._theme = theme

    def menu(self, key: int) -> QMenu:
        """Return the menu of a run."""
        return run_menu(
            self.table,
            self._session.runs,
            key,
            self._theme,
            compare=self.compare_asked.emit,
            repeat=self._repeat_run,
            remove=self._remove,
            parent=self,
        )

    @Slot(int, QPoint)
    def _open_menu(self, key: int, place: QPoint) -> None:
        menu = self.menu(key)
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(place)

    @Slot()
    def _tell_left_out(self) -> None:
        """Say which columns there is no room for."""
        heads = ", ".join(COLUMNS[PLACES[key]].head for key in self.table.left_out)
        n = len(self.table.left_out)
        count = f"{counted(n, 'column')} hidden"
        self.card.set_words(*(f"no room for {heads}", count, "") if n else ("",))
        tip = wrapped(_COLUMNS_HELP, _NO_ROOM.format(heads) if n else "")
        for part in (self.columns, self.card.words):
            part.setToolTip(tip)

    @Slot()
    def _repeat(self) -> None:
        """Train the seeds, or call that off."""
        if self.seeds.is_computing:
            self.seeds.call_off()
        else:
            self._repeat_run(self._session.runs.shown_key)

    def _repeat_run(self, key: int | None) -> None:
        self.seeds.repeat(int(self.n_seeds.number()), key)

    @Slot()
    def _refresh_seeds(self) -> None:
        is_computing, epochs = self.seeds.is_computing, self.seeds.epochs
        self.progress.setVisible(is_computing)
        self.n_seeds.setVisible(not is_computing)
        self.seeds_button.setText("Cancel" if is_computing else _REPEAT)
        self.seeds_button.setToolTip(wrapped(_CANCEL_HELP if is_computing else _SEEDS_HELP))
        self.progress.setValue(round(1000 * self.seeds.share))
        if not is_computing:
            self.table.runs.reorder()  # its numbers grow no more
        if epochs is not None:
            self.progress.setFormat("epoch {} of {}".format(*epochs))

    @Slot()
    def _remove(self) -> None:
        self._session.view.remove_run(*self.table.chosen_keys())
