"""A table of words and numbers, one row for each of some runs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QColor, QIcon, QPixmap
from PySide6.QtWidgets import QTreeWidget, QTreeWidgetItem

from gui.widgets.basics.tooltips import wrapped

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtWidgets import QWidget

_SWATCH = QSize(18, 10)
_NUMBER = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


class RowTable(QTreeWidget):
    """Rows below a head; numbers stand on the right of their columns.

    Parameters
    ----------
    name : of the table, for a screen reader
    columns : of each its head, and what stands in it
    first_number : the column from which on there are numbers
    """

    def __init__(
        self,
        name: str,
        columns: Sequence[tuple[str, str]],
        first_number: int,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._numbers = range(first_number, len(columns))
        self.setAccessibleName(name)
        self.setColumnCount(len(columns))
        self.setHeaderLabels([words for words, _ in columns])
        self.setRootIsDecorated(False)
        self.setUniformRowHeights(True)
        self.setAlternatingRowColors(True)
        self.setIconSize(_SWATCH)
        self.header().setStretchLastSection(False)
        head = self.headerItem()
        for column, (_, help_text) in enumerate(columns):
            head.setToolTip(column, wrapped(help_text))
        for column in self._numbers:
            head.setTextAlignment(column, Qt.AlignmentFlag.AlignRight)

    def set_row_count(self, n_rows: int) -> None:
        """Have so many rows, new ones at the end."""
        while self.topLevelItemCount() > n_rows:
            self.takeTopLevelItem(self.topLevelItemCount() - 1)
        while self.topLevelItemCount() < n_rows:
            item = QTreeWidgetItem(self)
            for column in self._numbers:
                item.setTextAlignment(column, _NUMBER)

    def row(self, place: int) -> QTreeWidgetItem:
        """Return the row at a place from the top."""
        item = self.topLevelItem(place)
        assert item is not None
        return item


def swatch(colour: str) -> QIcon:
    """Return a patch of a colour, as the icon of what is drawn in it."""
    picture = QPixmap(_SWATCH)
    picture.fill(QColor(colour))
    icon = QIcon(picture)
    icon.addPixmap(picture, QIcon.Mode.Selected)  # else it is tinted in the chosen row
    return icon
