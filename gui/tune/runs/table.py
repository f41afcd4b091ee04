"""The table of runs: filled from the session, ticked, named and coloured by a person."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, cast

from PySide6.QtCore import QEvent, QPoint, QSignalBlocker, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QMenu, QTreeWidgetItem

from gui.session.runs import RunEntry
from gui.theme import LIGHT, Theme
from gui.tune.runs.cells import band_cells, run_cells
from gui.widgets.basics.arrow_keys import ENTER
from gui.widgets.basics.rows import RowTable, swatch
from gui.widgets.basics.tooltips import wrapped

if TYPE_CHECKING:
    from PySide6.QtGui import QKeyEvent, QShowEvent
    from PySide6.QtWidgets import QWidget

    from gui.session.runs import Entry
    from gui.session.session import Session

_KEY = Qt.ItemDataRole.UserRole
_COLUMNS = (
    ("run", "Tick: draw its curves. Double click or F2: another name. The run shown is bold."),
    ("", "The run being trained, and the reference others are measured against"),
    ("what differs", "Settings and data that are not those of the run shown"),
    ("epochs", "How many passes it has made"),
    ("best", "The epoch of its best held-out log-likelihood"),
    ("log-likelihood", "Held out, at the best epoch; less that of the reference, if there is one"),
    ("score", "Held out, at the best epoch; less that of the reference, if there is one"),
    ("last score", "Held out, at the last epoch"),
)
_LOOK = Qt.ItemDataRole.UserRole + 1
_FLAGS = (
    Qt.ItemFlag.ItemIsEnabled
    | Qt.ItemFlag.ItemIsSelectable
    | Qt.ItemFlag.ItemIsUserCheckable
    | Qt.ItemFlag.ItemIsEditable
)
_CELL_ROOM = 12
_FILL_SECONDS = 0.25
_LEAST_WIDTH = 40
_NAME_WIDTH = 170


class RunTable(RowTable):
    """One row for each run and band; what is ticked or written in it goes to the session."""

    shown = Signal()
    """Enter was pressed on the chosen row."""
    filled = Signal()
    """All rows say what is true now."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__("runs", _COLUMNS, 3, parent)
        self._session = session
        self._theme = LIGHT
        self._filled_at = 0.0
        self._set_up()
        for signal in (session.runs.changed, session.view.run_started, session.view.run_shown):
            signal.connect(self.refresh)
        session.training.setting_applied.connect(self.refresh)
        session.view.progressed.connect(self._refresh_growing)
        session.view.run_state_changed.connect(self.refresh_live)

    def _set_up(self) -> None:
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        # Only names can be written; a double click anywhere else writes nothing.
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.itemDoubleClicked.connect(self._double_clicked)
        self.itemDelegate().closeEditor.connect(self._written)
        self.itemChanged.connect(self._item_changed)
        self.customContextMenuRequested.connect(self._offer_colours)
        header = self.header()
        header.setMinimumSectionSize(_LEAST_WIDTH)
        header.setSectionResizeMode(2, QHeaderView.ResizeMode.Stretch)
        for column in range(len(_COLUMNS)):
            header.resizeSection(column, header.minimumSectionSize())  # they grow as needed
        header.resizeSection(0, _NAME_WIDTH)

    def showEvent(self, event: QShowEvent) -> None:
        """Say what was not kept up to date for nobody to see."""
        super().showEvent(event)
        self.refresh()

    def set_theme(self, theme: Theme) -> None:
        """Use these colours."""
        self._theme = theme
        self.refresh()

    @property
    def is_writing(self) -> bool:
        """Whether a name is being written."""
        return self.state() == QAbstractItemView.State.EditingState

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Show the chosen run with Enter, write its name with F2."""
        if self.is_writing:  # Enter ends the name, and then comes here
            super().keyPressEvent(event)
        elif event.key() in ENTER:
            self.shown.emit()
        elif event.key() == Qt.Key.Key_F2 and (item := self.currentItem()) is not None:
            self.editItem(item, 0)
        else:
            super().keyPressEvent(event)

    def event(self, event: QEvent) -> bool:
        """Keep Space from the window, where it plays and pauses: here it ticks."""
        if event.type() == QEvent.Type.ShortcutOverride:
            key = cast("QKeyEvent", event)
            if key.key() == Qt.Key.Key_Space and not key.modifiers():
                event.accept()
                return True
        return super().event(event)

    @Slot()
    def refresh(self) -> None:
        """Fill the table anew, if anybody sees it; the chosen row stays chosen."""
        if not self.isVisible() or self.is_writing:
            return
        runs = self._session.runs
        entries: list[Entry] = [*runs.entries, *runs.bands]
        chosen = self.chosen_key()
        with QSignalBlocker(self):  # what changes now is nobody's doing
            self.set_row_count(len(entries))
            for place, entry in enumerate(entries):
                self._fill(self.row(place), entry)
            keys = [entry.key for entry in entries]
            key = next((key for key in (chosen, runs.shown_key) if key in keys), None)
            if key is not None:
                self.setCurrentItem(self.row(keys.index(key)))
            self._widen()
        self.filled.emit()

    def _widen(self) -> None:
        """Make columns as wide as what stands in them.

        Qt can do this by itself, and then does it again for every cell that is filled.
        """
        font = self.font()
        font.setBold(True)
        metrics = QFontMetrics(font)
        rows = [self.row(place) for place in range(self.topLevelItemCount())]
        for column, (head, _) in enumerate(_COLUMNS):
            if column not in (0, 2):
                words = [head, *(item.text(column) for item in rows)]
                width = max(map(metrics.horizontalAdvance, words)) + _CELL_ROOM
                self.setColumnWidth(column, max(width, self.columnWidth(column)))

    @Slot()
    def _refresh_growing(self) -> None:
        """Fill the row of a growing run, not with every epoch: there may be hundreds a second."""
        if time.perf_counter() - self._filled_at >= _FILL_SECONDS:
            self.refresh_live()

    @Slot()
    def refresh_live(self) -> None:
        """Fill the row of the run being trained."""
        runs = self._session.runs
        if not self.isVisible():
            return
        self._filled_at = time.perf_counter()
        for place, entry in enumerate(runs.entries):
            if entry.key == runs.live_key and place < self.topLevelItemCount():
                with QSignalBlocker(self):
                    self._fill(self.row(place), entry)

    def _fill(self, item: QTreeWidgetItem, entry: Entry) -> None:
        """Fill a row, touching only what differs: each touch costs a look at the whole self."""
        if item.flags() != _FLAGS:
            item.setFlags(_FLAGS)
        if item.data(0, _KEY) != entry.key:
            item.setData(0, _KEY, entry.key)
        state = Qt.CheckState.Checked if entry.is_visible else Qt.CheckState.Unchecked
        if item.checkState(0) != state or item.data(0, Qt.ItemDataRole.CheckStateRole) is None:
            item.setCheckState(0, state)
        look = self._theme.colour(self._session.runs.colour_of(entry))
        if item.data(0, _LOOK) != look:
            item.setData(0, _LOOK, look)
            item.setIcon(0, swatch(look))
        runs, is_shown = self._session.runs, False
        if isinstance(entry, RunEntry):
            cells, is_shown = run_cells(runs, entry.run), entry.run is runs.shown
        else:
            cells = band_cells(entry.band)
        for column, words in enumerate([entry.name, *cells]):
            if item.text(column) != words:
                item.setText(column, words)
                if column == 2:
                    item.setToolTip(2, wrapped(words) if words else "")
        if item.font(0).bold() != is_shown:
            font = self.font()
            font.setBold(is_shown)
            for column in range(len(_COLUMNS)):
                item.setFont(column, font)

    def chosen_key(self) -> int | None:
        """Return the number of the chosen run."""
        item = self.currentItem()
        return None if item is None else item.data(0, _KEY)

    @Slot(QTreeWidgetItem, int)
    def _double_clicked(self, item: QTreeWidgetItem, column: int) -> None:
        if column == 0:
            self.editItem(item, 0)

    @Slot()
    def _written(self) -> None:
        """Say what was not said while a name was being written, once the editor is gone."""
        QTimer.singleShot(0, self, self.refresh)

    @Slot(QTreeWidgetItem, int)
    def _item_changed(self, item: QTreeWidgetItem, column: int) -> None:
        if column == 0:
            key, runs = item.data(0, _KEY), self._session.runs
            runs.set_visible(key, item.checkState(0) == Qt.CheckState.Checked)
            runs.rename(key, item.text(0))

    @Slot(QPoint)
    def _offer_colours(self, place: QPoint) -> None:
        """Offer the theme's colours for the run under the pointer."""
        item = self.itemAt(place)
        if item is None:
            return
        self.setCurrentItem(item)
        menu = self.colour_menu(item.data(0, _KEY))
        menu.exec(self.viewport().mapToGlobal(place))
        menu.deleteLater()

    def colour_menu(self, key: int) -> QMenu:
        """Return the menu that gives a run another colour."""
        menu = QMenu("Colour", self)
        for number, colour in enumerate(self._theme.runs):
            menu.addAction(swatch(colour), f"Colour {number + 1}").setData(number)
        runs = self._session.runs
        menu.triggered.connect(lambda action: runs.set_colour(key, action.data()))
        return menu
