"""The list of runs: what each was, how far it came, and what can be done with it."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, cast

from PySide6.QtCore import QEvent, QPoint, QSize, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QColor, QFontMetrics, QIcon, QKeySequence, QPixmap, QShortcut
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QMenu,
    QProgressBar,
    QPushButton,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from core.sweep import N_SEEDS
from gui.pages.run_cells import band_cells, run_cells
from gui.run_list import RunEntry
from gui.theme import LIGHT, Theme
from gui.widgets.arrow_keys import ENTER
from gui.widgets.number_field import NumberField
from gui.widgets.tooltips import wrapped

if TYPE_CHECKING:
    from PySide6.QtGui import QKeyEvent, QShowEvent

    from gui.run_list import Entry
    from gui.session import Session

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
_SWATCH = QSize(18, 10)
_NAME_WIDTH = 170
_NUMBER = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


class _Table(QTreeWidget):
    """A tree in which Space ticks, though it plays and pauses everywhere else."""

    shown = Signal()
    renamed = Signal()

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
        elif event.key() == Qt.Key.Key_F2:
            self.renamed.emit()
        else:
            super().keyPressEvent(event)

    def event(self, event: QEvent) -> bool:
        """Keep Space from the window."""
        if event.type() == QEvent.Type.ShortcutOverride:
            key = cast("QKeyEvent", event)
            if key.key() == Qt.Key.Key_Space and not key.modifiers():
                event.accept()
                return True
        return super().event(event)


class RunsPanel(QWidget):
    """A table of runs, and buttons for the one chosen."""

    comparison_requested = Signal(int)
    """The number of a run that is to be compared with the one shown."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._theme = LIGHT
        self._is_filling = False
        self._filled_at = 0.0
        self.table = _Table(self)
        self.table.setAccessibleName("runs")
        self.table.setColumnCount(len(_COLUMNS))
        self.table.setHeaderLabels([words for words, _ in _COLUMNS])
        self.table.setRootIsDecorated(False)
        self.table.setUniformRowHeights(True)
        self.table.setAlternatingRowColors(True)
        self.table.setIconSize(_SWATCH)
        self.table.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        # Only names can be written; a double click anywhere else writes nothing.
        self.table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.table.itemDoubleClicked.connect(self._double_clicked)
        self.table.shown.connect(self._show)
        self.table.renamed.connect(self._rename)
        self.table.itemDelegate().closeEditor.connect(self._written)
        head = self.table.headerItem()
        for column, (_, help_text) in enumerate(_COLUMNS):
            head.setToolTip(column, help_text)
            if column > 2:
                head.setTextAlignment(column, Qt.AlignmentFlag.AlignRight)
        header = self.table.header()
        header.setStretchLastSection(False)
        header.setMinimumSectionSize(_LEAST_WIDTH)
        header.setSectionResizeMode(2, QHeaderView.ResizeMode.Stretch)
        for column in range(len(_COLUMNS)):
            header.resizeSection(column, header.minimumSectionSize())  # they grow as needed
        header.resizeSection(0, _NAME_WIDTH)

        self.show_button = self._button("Show", "Show this run in every view (Enter)")
        self.fork_button = self._button(
            "Fork", "Branch off: go on from the epoch shown, with the settings of the panel (K)"
        )
        self.compare_button = self._button(
            "Compare", "Weights, means, mistakes of this run beside those of the one shown"
        )
        self.pin_button = self._button("Pin", "Make this run the reference of the others")
        self.pin_button.setCheckable(True)
        self.up_button = self._button("Up", "Move this run up (Ctrl+Up)")
        self.down_button = self._button("Down", "Move this run down (Ctrl+Down)")
        self.remove_button = self._button("Remove", "Take this run off the list (Delete)")
        self.undo_button = self._button("Put back", "Put the run removed last back (Ctrl+Z)")
        self.n_seeds = NumberField(N_SEEDS, self)
        self.n_seeds.show_value(16)
        self.n_seeds.setFixedWidth(64)
        self.n_seeds.setToolTip(wrapped(N_SEEDS.help))
        self.n_seeds.refused.connect(self._refused)
        self.seeds_button = self._button(
            "Repeat with seeds",
            "Train the settings of the run shown once for each seed, all in one product, and draw "
            "the median and the band they lie in",
        )
        self.progress = QProgressBar(self)
        self.progress.setRange(0, 1000)
        self.progress.setFixedWidth(110)
        self.progress.setAccessibleName("seeds being trained")
        self._lay_out()
        self._connect()
        self._refresh_seeds()
        self.refresh()

    def _button(self, words: str, help_text: str) -> QPushButton:
        button = QPushButton(words, self)
        button.setToolTip(wrapped(help_text))
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        return button

    def _lay_out(self) -> None:
        buttons = QHBoxLayout()
        buttons.setSpacing(6)
        for button in (self.show_button, self.fork_button, self.compare_button, self.pin_button):
            buttons.addWidget(button)
        buttons.addSpacing(12)
        for button in (self.up_button, self.down_button, self.remove_button, self.undo_button):
            buttons.addWidget(button)
        buttons.addStretch(1)
        for widget in (self.progress, QLabel("seeds", self), self.n_seeds, self.seeds_button):
            buttons.addWidget(widget)
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(0, 0, 0, 0)
        self.column.setSpacing(6)
        self.column.addWidget(self.table, 1)
        self.column.addLayout(buttons)

    def _connect(self) -> None:
        session = self._session
        self.table.itemChanged.connect(self._item_changed)
        self.table.currentItemChanged.connect(self._refresh_buttons)
        self.table.customContextMenuRequested.connect(self._offer_colours)
        self.show_button.clicked.connect(self._show)
        self.fork_button.clicked.connect(session.fork)
        self.compare_button.clicked.connect(self._compare)
        self.pin_button.clicked.connect(self._pin)
        self.up_button.clicked.connect(self._move_up)
        self.down_button.clicked.connect(self._move_down)
        self.remove_button.clicked.connect(self._remove)
        self.undo_button.clicked.connect(session.undo_remove)
        for keys, slot in (
            ("Delete", self._remove),
            ("Ctrl+Up", self._move_up),
            ("Ctrl+Down", self._move_down),
        ):
            context = Qt.ShortcutContext.WidgetShortcut
            QShortcut(QKeySequence(keys), self.table, slot, context=context)
        for signal in (session.runs.changed, session.run_started, session.run_shown):
            signal.connect(self.refresh)
        session.progressed.connect(self._refresh_growing)
        session.run_state_changed.connect(self.refresh_live)
        session.shown_changed.connect(self._refresh_fork)
        session.setting_applied.connect(self.refresh)
        self.seeds_button.clicked.connect(self._repeat)
        session.seeds.changed.connect(self._refresh_seeds)

    def showEvent(self, event: QShowEvent) -> None:
        """Say what was not kept up to date for nobody to see."""
        super().showEvent(event)
        self.refresh()

    def set_theme(self, theme: Theme) -> None:
        """Use these colours."""
        self._theme = theme
        self.refresh()

    # ------------------------------------------------------------------ filling

    @Slot()
    def refresh(self) -> None:
        """Fill the table anew, if anybody sees it; the chosen row stays chosen."""
        if not self.isVisible() or self.table.is_writing:
            return
        runs, table = self._session.runs, self.table
        entries: list[Entry] = [*runs.entries, *runs.bands]
        chosen = self.chosen_key()
        self._is_filling = True
        while table.topLevelItemCount() > len(entries):
            table.takeTopLevelItem(table.topLevelItemCount() - 1)
        while table.topLevelItemCount() < len(entries):
            table.addTopLevelItem(QTreeWidgetItem())
        for place, entry in enumerate(entries):
            self._fill(self._item(place), entry)
        keys = [entry.key for entry in entries]
        for key in (chosen, runs.shown_key):
            if key in keys:
                table.setCurrentItem(self._item(keys.index(key)))
                break
        for column, width in enumerate(self._widths()):
            if width > table.columnWidth(column):
                table.setColumnWidth(column, width)
        self._is_filling = False
        self._refresh_buttons()

    def _widths(self) -> list[int]:
        """Return how wide each column must be, 0 where that is for others to say.

        Qt can do this by itself, and then does it again for every cell that is filled.
        """
        font = self.table.font()
        font.setBold(True)
        metrics = QFontMetrics(font)
        rows = [self._item(place) for place in range(self.table.topLevelItemCount())]
        widths = [0] * len(_COLUMNS)
        for column, (head, _) in enumerate(_COLUMNS):
            if column not in (0, 2):
                words = [head, *(item.text(column) for item in rows)]
                widths[column] = max(map(metrics.horizontalAdvance, words)) + _CELL_ROOM
        return widths

    def _item(self, place: int) -> QTreeWidgetItem:
        item = self.table.topLevelItem(place)
        assert item is not None
        return item

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
            if entry.key == runs.live_key and place < self.table.topLevelItemCount():
                self._is_filling = True
                self._fill(self._item(place), entry)
                self._is_filling = False

    def _fill(self, item: QTreeWidgetItem, entry: Entry) -> None:
        """Fill a row, touching only what differs: each touch costs a look at the whole table."""
        if item.flags() != _FLAGS:
            item.setFlags(_FLAGS)
        if item.data(0, _KEY) != entry.key:
            item.setData(0, _KEY, entry.key)
        state = Qt.CheckState.Checked if entry.is_visible else Qt.CheckState.Unchecked
        if item.checkState(0) != state or item.data(0, Qt.ItemDataRole.CheckStateRole) is None:
            item.setCheckState(0, state)
        look = (self._theme.name, entry.colour)
        if item.data(0, _LOOK) != look:
            item.setData(0, _LOOK, look)
            item.setIcon(0, self._swatch(entry.colour))
        if isinstance(entry, RunEntry):
            cells, is_shown = (
                run_cells(self._session.runs, entry.run),
                entry.run is self._session.runs.shown,
            )
        else:
            cells, is_shown = band_cells(entry.band), False
        for column, words in enumerate([entry.name, *cells]):
            if item.text(column) != words:
                item.setText(column, words)
                if column > 2:
                    item.setTextAlignment(column, _NUMBER)
                if column == 2:
                    item.setToolTip(2, wrapped(words) if words else "")
        if item.font(0).bold() != is_shown:
            font = self.table.font()
            font.setBold(is_shown)
            for column in range(len(_COLUMNS)):
                item.setFont(column, font)

    def _swatch(self, colour: int) -> QIcon:
        picture = QPixmap(_SWATCH)
        picture.fill(QColor(self._theme.runs[colour]))
        icon = QIcon(picture)
        icon.addPixmap(picture, QIcon.Mode.Selected)  # else it is tinted in the chosen row
        return icon

    # ------------------------------------------------------------------ the chosen run

    def chosen_key(self) -> int | None:
        """Return the number of the chosen run."""
        item = self.table.currentItem()
        return None if item is None else item.data(0, _KEY)

    def choose(self, key: int) -> None:
        """Choose a run."""
        runs = self._session.runs
        keys = [*(e.key for e in runs.entries), *(e.key for e in runs.bands)]
        self.table.setCurrentItem(self._item(keys.index(key)))

    @Slot()
    def _refresh_buttons(self) -> None:
        if self._is_filling:
            return
        runs, key = self._session.runs, self.chosen_key()
        is_some = runs.entry(key) is not None
        self.show_button.setEnabled(is_some and key != runs.shown_key)
        self.compare_button.setEnabled(is_some and key != runs.shown_key)
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
        self.fork_button.setEnabled(self._session.shown is not None)

    @Slot(QTreeWidgetItem, int)
    def _double_clicked(self, item: QTreeWidgetItem, column: int) -> None:
        if column == 0:
            self.table.editItem(item, 0)

    @Slot()
    def _written(self) -> None:
        """Say what was not said while a name was being written, once the editor is gone."""
        QTimer.singleShot(0, self, self.refresh)

    @Slot()
    def _rename(self) -> None:
        item = self.table.currentItem()
        if item is not None:
            self.table.editItem(item, 0)

    @Slot(QTreeWidgetItem, int)
    def _item_changed(self, item: QTreeWidgetItem, column: int) -> None:
        if self._is_filling or column != 0:
            return
        key, runs = item.data(0, _KEY), self._session.runs
        runs.set_visible(key, item.checkState(0) == Qt.CheckState.Checked)
        runs.rename(key, item.text(0))
        self.refresh()  # a name of blanks is none: the old one comes back

    @Slot()
    def _show(self) -> None:
        key = self.chosen_key()
        if self._session.runs.entry(key) is not None:
            self._session.show_run(key)

    @Slot()
    def _compare(self) -> None:
        key = self.chosen_key()
        if key is not None:
            self.comparison_requested.emit(key)

    @Slot(bool)
    def _pin(self, is_pinned: bool) -> None:
        self._session.runs.pin(self.chosen_key() if is_pinned else None)

    # ------------------------------------------------------------------ seeds

    @Slot()
    def _repeat(self) -> None:
        """Train the seeds, or call that off."""
        seeds = self._session.seeds
        if seeds.is_training:
            seeds.cancel()
        else:
            seeds.repeat(int(self.n_seeds.number()))

    @Slot()
    def _refresh_seeds(self) -> None:
        seeds = self._session.seeds
        self.progress.setVisible(seeds.is_training)
        self.seeds_button.setText("Call off" if seeds.is_training else "Repeat with seeds")
        state = seeds.state
        self.progress.setValue(0 if state is None else round(1000 * state.progress))
        if state is not None:
            self.progress.setFormat(f"epoch {state.epoch} of {state.last_epoch}")

    @Slot(str)
    def _refused(self, message: str) -> None:
        self._session.notified.emit(message, True)

    # ------------------------------------------------------------------ order and colour

    @Slot()
    def _move_up(self) -> None:
        self._move(-1)

    @Slot()
    def _move_down(self) -> None:
        self._move(1)

    def _move(self, offset: int) -> None:
        key = self.chosen_key()
        if key is not None:
            self._session.runs.move(key, offset)

    @Slot()
    def _remove(self) -> None:
        key = self.chosen_key()
        if key is not None:
            self._session.remove_run(key)

    @Slot(QPoint)
    def _offer_colours(self, place: QPoint) -> None:
        """Offer the theme's colours for the run under the pointer."""
        item = self.table.itemAt(place)
        if item is None:
            return
        self.table.setCurrentItem(item)
        menu = self.colour_menu(item.data(0, _KEY))
        menu.exec(self.table.viewport().mapToGlobal(place))
        menu.deleteLater()

    def colour_menu(self, key: int) -> QMenu:
        """Return the menu that gives a run another colour."""
        menu = QMenu("Colour", self)
        for colour in range(len(self._theme.runs)):
            action = menu.addAction(self._swatch(colour), f"Colour {colour + 1}")
            action.setData((key, colour))
        menu.triggered.connect(self._colour_chosen)
        return menu

    @Slot(object)
    def _colour_chosen(self, action: object) -> None:
        key, colour = action.data()  # type: ignore[attr-defined]
        self._session.runs.set_colour(key, colour)
