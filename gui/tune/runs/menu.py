"""What can be done with a run, and which columns there are, as menus."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QMenu

from gui.session.runs import RunEntry
from gui.tune.runs.columns import COLUMNS, PLACES
from gui.widgets.basics.swatch import swatch

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtWidgets import QWidget

    from gui.session.runs import RunList
    from gui.theme import Theme
    from gui.tune.runs.table import RunTable


def run_menu(
    table: RunTable,
    runs: RunList,
    key: int,
    theme: Theme,
    *,
    compare: Callable[[int, int], None],
    repeat: Callable[[int], None],
    remove: Callable[[], None],
    parent: QWidget,
) -> QMenu:
    """Return the menu of a run or band.

    Parameters
    ----------
    compare : takes a side, 0 or 1, and a run
    repeat : takes a run
    remove : of the chosen rows
    """
    entry, menu = runs.any(key), QMenu(parent)
    menu.setToolTipsVisible(True)
    if entry is None:
        return menu
    is_run, is_shown = isinstance(entry, RunEntry), key == runs.shown_key

    def add(
        words: str, keys: str, tip: str, act: Callable[[], object], *, can: bool = True
    ) -> None:
        action = menu.addAction(f"{words}\t{keys}" if keys else words, act)
        action.setToolTip(tip)
        action.setEnabled(can)

    if is_run:
        add("Show everywhere", "Enter", "Every view shows this run",
            partial(table.show_run, key), can=not is_shown)  # fmt: skip
    add("Hide its curves" if entry.is_visible else "Draw its curves", "H",
        "Take its curves out of the plots, or back; the run shown is always drawn",
        table.toggle_drawn, can=not is_shown)  # fmt: skip
    if is_run:
        is_top = key == runs.reference_key
        add("No longer on top" if is_top else "Keep on top", "T",
            "The first row however the table is sorted, drawn boldly; the others' scores say in "
            "their tooltips how far they are ahead of it", table.toggle_top)  # fmt: skip
    add("Rename", "F2", "Give it another name", partial(table.write, "run"))
    add(
        "Write a note", "Shift+F2", "What you want to remember of it", partial(table.write, "notes")
    )
    _add_colours(menu, runs, key, theme, can=entry.run is not runs.shown)
    orders = menu.addMenu("Sort by")
    orders.menuAction().setToolTip("As a click on a title does; the same again turns the order")
    for column in table.columns:
        orders.addAction(column.head, partial(table.sort_by, column.key))
    menu.addSeparator()
    if is_run:
        for side, name in enumerate("AB"):
            tip = f"Its best epoch is {name} of the comparison below"
            add(f"Compare as {name}", "", tip, partial(compare, side, key))
        add("Repeat with other seeds", "", "Do all of it again with the seeds that follow its own: "
            "the band they lie in is chance", partial(repeat, key))  # fmt: skip
        menu.addSeparator()
    add("Copy rows", "Ctrl+C", "The chosen rows, every number exactly, for a spreadsheet",
        table.copy)  # fmt: skip
    add("Remove", "Delete", "Take the chosen rows off the list; Undo puts them back", remove,
        can=key != runs.live_key)  # fmt: skip
    return menu


def _add_colours(menu: QMenu, runs: RunList, key: int, theme: Theme, *, can: bool) -> None:
    colours = menu.addMenu("Colour")
    colours.setEnabled(can)
    tip = "Of its curves, and wherever it is named; the run shown is always blue"
    colours.menuAction().setToolTip(tip)
    for place, colour in enumerate(theme.runs):
        act = partial(runs.set_colour, key, place)
        colours.addAction(swatch(colour), f"Colour {place + 1}", act)


def fill_columns(menu: QMenu, table: RunTable) -> None:
    """Offer all columns, those shown ticked, and copying the whole table."""
    menu.clear()
    menu.setToolTipsVisible(True)
    for column in COLUMNS[1:]:
        action = menu.addAction(column.head)
        action.setCheckable(True)
        action.setChecked(not table.isColumnHidden(PLACES[column.key]))
        action.setToolTip(column.help)
        action.toggled.connect(partial(table.choose_column, column.key))
    menu.addSeparator()
    menu.addAction("Copy as CSV\tCtrl+Shift+C", table.copy_all).setToolTip(
        "All rows, every number exactly"
    )
