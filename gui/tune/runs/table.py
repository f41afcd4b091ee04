"""The table of runs as it is painted, clicked, typed into and copied."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, cast

from PySide6.QtCore import (
    QEvent,
    QKeyCombination,
    QModelIndex,
    QPoint,
    QSize,
    Qt,
    QTimer,
    Signal,
    Slot,
)
from PySide6.QtGui import QFontMetrics, QGuiApplication, QKeySequence
from PySide6.QtWidgets import QAbstractItemView, QTableView

from core.words import counted
from gui.session.run_state import RunState
from gui.theme import pixels
from gui.tune.runs.columns import COLUMNS, PLACES, Column, first_out, needed
from gui.tune.runs.model import SIGN, RunsModel

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtGui import QKeyEvent, QMouseEvent, QResizeEvent, QShowEvent
    from PySide6.QtWidgets import QWidget

    from gui.session.session import Session
    from gui.theme import Theme

_CELL_ROOM = 18
_TICK_ROOM, _TICK = 49, 17
"""Before a name: the colour and gaps, and the tick at 100 %."""

_LEAST_WIDTH = 36
_NAME_AT_LEAST, _WORDS_AT_LEAST = 160, 84
_FILL_SECONDS = 0.25
_WIDEST_NAME, _WIDEST = 225, 240


class RunTable(QTableView):
    """One row for each run and band; what is ticked or written in it goes to the session."""

    menu_asked = Signal(int, QPoint)
    """A run, and the place on the screen where its menu is to open."""
    removal_asked = Signal()
    arranged = Signal()
    """Other columns are shown, or left out."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._filled_at = 0.0
        self._was_ticked = self._is_resized = self._is_laying = False
        self._chosen: dict[str, bool] = {}
        """Columns that a person has shown or hidden."""
        self.left_out: tuple[str, ...] = ()
        """Columns that would be shown if there were room, the first that went first."""
        self._widths: dict[str, int] = {}
        self._acts = {
            "Return": lambda: self.show_run(self.chosen_key()),
            "Enter": lambda: self.show_run(self.chosen_key()),
            "F2": lambda: self.write("run"),
            "Shift+F2": lambda: self.write("notes"),
            "H": self.toggle_drawn,
            "T": self.toggle_top,
            "Del": self.removal_asked.emit,
            "Ctrl+C": self.copy,
            "Ctrl+Ins": self.copy,
            "Ctrl+Shift+C": self.copy_all,
        }
        """What keys do with the chosen rows."""
        self.runs = RunsModel(session, self)
        """What it shows."""
        self.setModel(self.runs)
        self._set_up()
        for signal in (session.runs.changed, session.view.run_started, session.view.run_shown):
            signal.connect(self.refresh)
        session.training.setting_applied.connect(self.refresh)
        session.view.progressed.connect(self._refresh_growing)
        session.view.run_state_changed.connect(self._refresh_ended)
        self.runs.ticked.connect(self._ticked)
        self.runs.modelReset.connect(lambda: self.choose(session.runs.shown_key))
        self.clicked.connect(self._clicked)
        self.customContextMenuRequested.connect(self._offer)
        self._arrange()

    def _set_up(self) -> None:
        self.setAccessibleName("runs")
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.DoubleClicked)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setShowGrid(False)
        self.setTabKeyNavigation(False)  # Tab goes on to what comes after the table
        self.setWordWrap(False)
        self.setCornerButtonEnabled(False)
        self.setFrameShape(QTableView.Shape.NoFrame)
        self.setIconSize(SIGN)
        self.verticalHeader().hide()
        header = self.horizontalHeader()
        header.setHighlightSections(False)
        header.setSectionsMovable(True)
        header.setMinimumSectionSize(_LEAST_WIDTH)
        header.setSortIndicator(0, Qt.SortOrder.AscendingOrder)
        self.setSortingEnabled(True)
        header.setSortIndicatorShown(False)  # the titles have an arrow
        header.sortIndicatorChanged.connect(self._arrange)
        header.sectionResized.connect(self._resized)
        self.itemDelegate().closeEditor.connect(self._written)

    def set_theme(self, theme: Theme) -> None:
        """Use these colours."""
        self.runs.set_theme(theme)

    def showEvent(self, event: QShowEvent) -> None:
        """Say what was not kept up to date for nobody to see."""
        super().showEvent(event)
        self.refresh()

    def changeEvent(self, event: QEvent) -> None:
        """Make columns and rows anew for text of another size."""
        super().changeEvent(event)
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.StyleChange):
            QTimer.singleShot(0, self, self._dressed)

    def sizeHint(self) -> QSize:
        """Ask for room for a few rows."""
        return QSize(super().sizeHint().width(), 6 * self.verticalHeader().defaultSectionSize())

    @property
    def is_writing(self) -> bool:
        """Whether a name or a note is being written."""
        return self.state() == QAbstractItemView.State.EditingState

    # What is chosen.

    def chosen_key(self) -> int | None:
        """Return the run of the row that was chosen last."""
        return self.runs.key_at(self.currentIndex())

    def chosen_keys(self) -> list[int]:
        """Return the runs of all chosen rows, from above to below."""
        rows = sorted({index.row() for index in self.selectionModel().selectedRows()})
        return [self.runs.keys[row] for row in rows]

    def choose(self, key: int | None) -> None:
        """Choose the row of a run."""
        place = self.runs.place(key)
        if place.isValid() and place.row() != self.currentIndex().row():
            self.setCurrentIndex(place)

    # What is filled.

    @Slot()
    def refresh(self) -> None:
        """Fill the table anew, if anybody sees it; the run shown is the row chosen."""
        if not self.isVisible() or self.is_writing:
            return
        self.runs.refresh()
        self._arrange()
        shown = self._session.runs.shown_key
        if shown != self._shown:
            self._shown = shown
            self.choose(shown)

    _shown: int | None = None

    @Slot()
    def _refresh_growing(self) -> None:
        """Fill the row of a growing run, not with every epoch: there may be hundreds a second."""
        if time.perf_counter() - self._filled_at >= _FILL_SECONDS:
            self.refresh_live()

    @Slot()
    def refresh_live(self) -> None:
        """Fill the row of the run being trained."""
        if self.isVisible() and not self.is_writing:
            self._filled_at = time.perf_counter()
            self.runs.refresh_live()
            self._arrange()

    @Slot()
    def _refresh_ended(self) -> None:
        self.refresh_live()
        if self._session.view.run_state in (RunState.FINISHED, RunState.DIVERGED):
            self.runs.reorder()

    @Slot()
    def _dressed(self) -> None:
        self._widths.clear()
        self._is_resized = False
        self._arrange()

    @Slot()
    def _resized(self) -> None:
        """Leave the widths alone that a person has chosen, until there are other columns."""
        self._is_resized |= not self._is_laying and bool(QGuiApplication.mouseButtons())

    @property
    def columns(self) -> list[Column]:
        """Those that are shown."""
        return [each for place, each in enumerate(COLUMNS) if not self.isColumnHidden(place)]

    def choose_column(self, key: str, is_shown: bool) -> None:
        """Show or hide a column, whether there is room for it or not."""
        self._chosen[key] = is_shown
        self._arrange()

    @Slot()
    def _arrange(self) -> None:
        """Show the columns that there is room for, as wide as what stands in them.

        None gets narrower while it is there. What was chosen stays: where there is no room for it,
        the widest give way, down to what is still read. Qt can widen by itself, and then does it
        again for every cell that is filled.
        """
        entries = self.runs.entries
        wanted, chosen, room = needed(entries), self._chosen, self.viewport().width()
        font = self.font()
        font.setBold(True)
        metrics = QFontMetrics(font)
        widths = {
            column.key: max(self._width(column, metrics), self._widths.get(column.key, 0))
            for column in COLUMNS
            if chosen.get(column.key, column.usual or column.key in wanted)
        }
        left_out = []
        for key in first_out(widths, has_notes=any(entry.notes for entry in entries)):
            if sum(widths.values()) <= room:
                break
            if not chosen.get(key):
                left_out.append(key)
                del widths[key]
        if self._widths.keys() != widths.keys():
            self._is_resized = False
        self._widths = dict(widths)
        over = sum(widths.values()) - room
        for key in sorted(widths, key=lambda key: -widths[key]):
            least = pixels(_NAME_AT_LEAST if key == "run" else _WORDS_AT_LEAST)
            cut = min(max(over, 0), max(widths[key] - least, 0))
            widths[key] -= cut
            over -= cut
        header = self.horizontalHeader()
        last = max(widths, key=lambda key: header.visualIndex(PLACES[key]))
        widths[last] += max(-over, 0)  # Qt's own stretching takes from it, too, where it is needed
        self._lay(widths)
        self.verticalHeader().setDefaultSectionSize(metrics.height() + 8)
        if self.left_out != tuple(left_out):
            self.left_out = tuple(left_out)
            self.arranged.emit()

    def _lay(self, widths: dict[str, int]) -> None:
        """Give columns their widths, and hide all others: no person has chosen them."""
        self._is_laying = True
        for key, place in PLACES.items():
            if self.isColumnHidden(place) == (key in widths):
                self.setColumnHidden(place, key not in widths)
            if key in widths and not self._is_resized:
                self.setColumnWidth(place, widths[key])
        self._is_laying = False

    def _width(self, column: Column, metrics: QFontMetrics) -> int:
        """Return how wide a column has to be."""
        words = [self.runs.words(key, column.key) for key in self.runs.keys]
        head = self.runs.head(PLACES[column.key])
        width = max(map(metrics.horizontalAdvance, [head, *words])) + _CELL_ROOM
        if column.key == "run":
            return min(width + _TICK_ROOM + pixels(_TICK), pixels(_WIDEST_NAME))
        return min(width, _WIDEST)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Show what there is room for now."""
        super().resizeEvent(event)
        if self.isVisible():
            self._arrange()

    # What a person does.

    def sort_by(self, key: str) -> None:
        """Sort by a column, as a click on its title does."""
        header, place = self.horizontalHeader(), PLACES[key]
        up, down = Qt.SortOrder.AscendingOrder, Qt.SortOrder.DescendingOrder
        order = up if COLUMNS[place].is_words else down
        if place == header.sortIndicatorSection():
            order = up if header.sortIndicatorOrder() == down else down
        self.sortByColumn(place, order)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Remember nothing of the click before."""
        self._was_ticked = False
        super().mousePressEvent(event)

    @Slot()
    def _ticked(self) -> None:
        self._was_ticked = True

    @Slot(QModelIndex)
    def _clicked(self, index: QModelIndex) -> None:
        """Show the run everywhere; a tick, or choosing several rows, shows none."""
        if not self._was_ticked and not QGuiApplication.keyboardModifiers():
            self.show_run(self.runs.key_at(index))

    def show_run(self, key: int | None) -> None:
        """Make every view show a run; of a band there is no model to be shown."""
        runs = self._session.runs
        if runs.entry(key) is not None and key != runs.shown_key:
            self._session.view.show_run(key)

    def write(self, column: str) -> None:
        """Let a person write the name of the chosen run, or what there is to say about it."""
        place = self.runs.place(self.chosen_key(), column)
        if self.isColumnHidden(PLACES[column]):
            self.choose_column(column, is_shown=True)
        if place.isValid():
            self.scrollTo(place)
            self.edit(place)

    def toggle_drawn(self) -> None:
        """Draw the curves of the chosen runs, or do not: all as the first."""
        runs, keys = self._session.runs, self.chosen_keys()
        first = runs.any(keys[0]) if keys else None
        for key in keys:
            if first is not None and key != runs.shown_key:
                runs.set_visible(key, not first.is_visible)

    def copy(self, keys: list[int] | None = None, separator: str = "\t") -> None:
        """Copy the chosen rows, or these, as a spreadsheet takes them."""
        from core.report.run_table import run_table

        keys = self.chosen_keys() if keys is None else keys
        entries = [entry for key in keys if (entry := self._session.runs.any(key)) is not None]
        table = run_table(entries)
        QGuiApplication.clipboard().setText(table.to_csv(separator))
        n = len(entries)
        words = f"{counted(n, 'row')} copied, every number exactly."
        self._session.messages.note(words)

    def copy_all(self) -> None:
        """Copy the whole table as CSV."""
        self.copy(self.runs.keys, ",")

    def _act_of(self, event: QKeyEvent) -> Callable[[], object] | None:
        """Return what a key does here."""
        held = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        keys = QKeySequence(QKeyCombination(held, Qt.Key(event.key())))
        return self._acts.get(keys.toString(QKeySequence.SequenceFormat.PortableText))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Do what the key does with the chosen rows."""
        act = None if self.is_writing else self._act_of(event)  # Enter ends a name, then comes here
        if act is None:
            super().keyPressEvent(event)
        else:
            act()

    def keyboardSearch(self, search: str) -> None:
        """Leave letters to the window: a name is found with the eyes."""

    def toggle_top(self) -> None:
        """Keep the chosen run on top, or let it go."""
        runs, key = self._session.runs, self.chosen_key()
        if runs.entry(key) is not None:
            runs.pin(None if key == runs.reference_key else key)
            self.runs.reorder()

    def event(self, event: QEvent) -> bool:
        """Keep the letters that mean something here from the window."""
        if event.type() == QEvent.Type.ShortcutOverride and self._act_of(cast("QKeyEvent", event)):
            event.accept()
            return True
        return super().event(event)

    @Slot()
    def _written(self) -> None:
        """Say what was not said while a name was being written, once the editor is gone."""
        QTimer.singleShot(0, self, self.refresh)

    @Slot(QPoint)
    def _offer(self, place: QPoint) -> None:
        """Offer what can be done with the run under the pointer, or with the one chosen."""
        index = self.indexAt(place)
        if not index.isValid():
            index = self.currentIndex()
            place = self.visualRect(index).center()
        key = self.runs.key_at(index)
        if key is not None:
            if key not in self.chosen_keys():
                self.setCurrentIndex(index)
            self.menu_asked.emit(key, self.viewport().mapToGlobal(place))
