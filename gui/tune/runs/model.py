"""The runs as a table: rows, columns and their order, apart from how they are painted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import (
    QAbstractTableModel,
    QModelIndex,
    QPersistentModelIndex,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QColor, QFont, QIcon, QPainter, QPixmap

from gui.session.runs import RunEntry
from gui.theme import LIGHT, Theme
from gui.tune.runs.columns import COLUMNS, PLACES, RESULTS, Cell, cells_of
from gui.widgets.basics.tooltips import wrapped

if TYPE_CHECKING:
    from PySide6.QtCore import QObject

    from gui.session.runs import Entry
    from gui.session.session import Session

Index = QModelIndex | QPersistentModelIndex
_NOWHERE = QModelIndex()
_EDITABLE = ("run", "notes")
SIGN = QSize(24, 10)
"""Of a run: a patch of its colour, and a dot beside it for the one that is live."""

_PATCH = 14
_PALE = 0.25
_NUMBER = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


class RunsModel(QAbstractTableModel):
    """One row for each run and band that is listed; what is written in it goes to the session.

    Rows do not move while numbers grow: they are put in order when a person sorts them, when runs
    come or go, and when the numbers grow no more.
    """

    ticked = Signal()
    """A person has ticked a run, or taken its tick away."""

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._theme = LIGHT
        self.keys: list[int] = []
        """Of the runs, in the order of the rows."""
        self._cells: dict[int, dict[str, Cell]] = {}
        self._sorted_by, self._descends = "run", False
        self.refresh()

    def set_theme(self, theme: Theme) -> None:
        """Use these colours."""
        self._theme = theme
        self._tell()

    # What there is.

    @property
    def entries(self) -> list[Entry]:
        """All runs and bands."""
        runs = self._session.runs
        return [*runs.entries, *runs.bands]

    def refresh(self) -> None:
        """Take in all runs anew."""
        self._cells = {entry.key: cells_of(self._session.view, entry) for entry in self.entries}
        if set(self.keys) != set(self._cells):
            self.beginResetModel()
            self.keys = self._in_order()
            self.endResetModel()
        else:
            self._tell()

    def refresh_live(self) -> None:
        """Take in how far the run being trained has come."""
        entry = self._session.runs.entry(self._session.runs.live_key)
        if entry is not None and entry.key in self.keys:
            self._cells[entry.key] = cells_of(self._session.view, entry)
            self._tell(self.keys.index(entry.key))

    def _tell(self, row: int | None = None) -> None:
        first, last = (0, len(self.keys) - 1) if row is None else (row, row)
        if last >= first:
            self.dataChanged.emit(self.index(first, 0), self.index(last, len(COLUMNS) - 1))

    # Order.

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Put the rows in the order of a column; what has no value there comes last."""
        self._sorted_by = COLUMNS[column].key
        self._descends = order == Qt.SortOrder.DescendingOrder
        self.reorder()
        self.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, len(COLUMNS) - 1)

    def reorder(self) -> None:
        """Put the rows in order again."""
        keys = self._in_order()
        if keys == self.keys:
            return
        self.layoutAboutToBeChanged.emit()
        before = self.persistentIndexList()
        moved = [self.index(keys.index(self.keys[old.row()]), old.column()) for old in before]
        self.keys = keys
        self.changePersistentIndexList(before, moved)
        self.layoutChanged.emit()

    def _in_order(self) -> list[int]:
        def order(key: int) -> tuple[Any, int]:
            value = self._cells[key].get(self._sorted_by, Cell()).order
            # Words and numbers can stand in one column: numbers first.
            return (isinstance(value, str), value), key

        def has_value(key: int) -> bool:
            return self._cells[key].get(self._sorted_by, Cell()).order is not None

        top = [key for key in self._cells if key == self._session.runs.reference_key]
        others = [key for key in self._cells if key not in top]
        known = sorted(filter(has_value, others), key=order, reverse=self._descends)
        if self._sorted_by in [column.key for column in RESULTS]:  # none is best on other data
            known.sort(key=lambda key: not self._is_of_same_data(key))
        return [*top, *known, *(key for key in others if not has_value(key))]

    def _is_of_same_data(self, key: int) -> bool:
        entry = self._session.runs.any(key)
        return entry is None or self._session.runs.of_same_data(entry.run)

    # What the view asks.

    def rowCount(self, parent: Index = _NOWHERE) -> int:
        """Return the number of runs."""
        return 0 if parent.isValid() else len(self.keys)

    def columnCount(self, parent: Index = _NOWHERE) -> int:
        """Return the number of columns, whether shown or not."""
        return 0 if parent.isValid() else len(COLUMNS)

    def place(self, key: int | None, column: str = "run") -> QModelIndex:
        """Return where a run stands; nowhere if it is not listed."""
        if key not in self.keys:
            return QModelIndex()
        return self.index(self.keys.index(key), PLACES[column])

    def key_at(self, index: Index) -> int | None:
        """Return the run of a row."""
        return self.keys[index.row()] if index.isValid() else None

    def words(self, key: int, column: str) -> str:
        """Return what stands in a cell."""
        return self._cells[key].get(column, Cell()).words

    def flags(self, index: Index) -> Qt.ItemFlag:
        """Return what can be done with a cell."""
        flags = super().flags(index)
        if not index.isValid():
            return flags
        column = COLUMNS[index.column()].key
        if column in _EDITABLE:
            flags |= Qt.ItemFlag.ItemIsEditable
        # The run shown is always drawn: its tick would do nothing.
        if column == "run" and self.keys[index.row()] != self._session.runs.shown_key:
            flags |= Qt.ItemFlag.ItemIsUserCheckable
        return flags

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return what a cell shows."""
        if not index.isValid():
            return None
        key, column = self.keys[index.row()], COLUMNS[index.column()]
        entry = self._session.runs.any(key)
        if entry is None:
            return None
        cell, roles = self._cells[key].get(column.key, Cell()), Qt.ItemDataRole
        if role == roles.DisplayRole or role == roles.EditRole:
            return cell.words
        if role == roles.ToolTipRole:
            return wrapped(cell.tip) if cell.tip else None
        if role == roles.TextAlignmentRole and not column.is_words:
            return _NUMBER
        if role == roles.FontRole and entry.run is self._session.runs.shown:
            font = QFont()
            font.setBold(isinstance(entry, RunEntry))
            return font
        if role == roles.ForegroundRole and column.key == "state":
            return self._state_colour(key, cell.words)
        return self._of_name(entry, role) if column.key == "run" else None

    def _state_colour(self, key: int, words: str) -> QColor:
        name = "bad" if words in ("diverged", "failed") else "muted"
        return QColor(self._theme.good if key == self._session.runs.live_key and name == "muted"
                      else self._theme.colour(name))  # fmt: skip

    def _of_name(self, entry: Entry, role: int) -> Any:
        runs = self._session.runs
        if role == Qt.ItemDataRole.CheckStateRole:
            is_drawn = entry.is_visible or entry.key == runs.shown_key
            return Qt.CheckState.Checked if is_drawn else Qt.CheckState.Unchecked
        if role == Qt.ItemDataRole.DecorationRole:
            colour = self._theme.colour(runs.colour_of(entry))
            dot = self._theme.good if entry.key == runs.live_key else ""
            return run_sign(colour, dot, is_band=not isinstance(entry, RunEntry))
        return None

    def setData(self, index: Index, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:
        """Do what a person wrote or ticked."""
        runs, key = self._session.runs, self.key_at(index)
        if key is None:
            return False
        if role == Qt.ItemDataRole.CheckStateRole:
            self.ticked.emit()
            runs.set_visible(key, Qt.CheckState(value) == Qt.CheckState.Checked)
        elif COLUMNS[index.column()].key == "run":
            runs.rename(key, str(value))
        else:
            runs.write_notes(key, str(value))
        return True

    def headerData(
        self,
        section: int,
        orientation: Qt.Orientation,
        role: int = Qt.ItemDataRole.DisplayRole,
    ) -> Any:
        """Return the title of a column, and what stands in it."""
        if orientation != Qt.Orientation.Horizontal or section >= len(COLUMNS):
            return None
        column = COLUMNS[section]
        if role == Qt.ItemDataRole.DisplayRole:
            return self.head(section)
        if role == Qt.ItemDataRole.ToolTipRole:
            return wrapped(f"{column.help}. Click to sort.")
        if role == Qt.ItemDataRole.InitialSortOrderRole:  # numbers from the largest, words from A
            up, down = Qt.SortOrder.AscendingOrder, Qt.SortOrder.DescendingOrder
            return up if column.is_words else down
        if role == Qt.ItemDataRole.TextAlignmentRole:
            left = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
            return left if column.is_words else _NUMBER
        return None

    def head(self, place: int) -> str:
        """Return the title of a column, with an arrow where the rows are sorted by it."""
        column = COLUMNS[place]
        arrow = " ▾" if self._descends else " ▴"
        return column.head + arrow * (column.key == self._sorted_by)


def run_sign(colour: str, dot: str, *, is_band: bool) -> QIcon:
    """Return the icon of a run: a patch of its colour, and a dot unless its colour is empty.

    That of its seeds, which have its colour, is as their curves: a line in a pale band.
    """
    picture = QPixmap(SIGN)
    picture.fill(Qt.GlobalColor.transparent)
    with QPainter(picture) as painter:
        painter.setOpacity(_PALE if is_band else 1.0)
        painter.fillRect(0, 0, _PATCH, SIGN.height(), QColor(colour))
        painter.setOpacity(1.0)
        painter.fillRect(0, SIGN.height() // 2 - 1, _PATCH, 2, QColor(colour))
        if dot:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(dot))
            painter.drawEllipse(_PATCH + 4, 2, 6, 6)
    icon = QIcon(picture)
    icon.addPixmap(picture, QIcon.Mode.Selected)  # else it is tinted in the chosen row
    return icon
