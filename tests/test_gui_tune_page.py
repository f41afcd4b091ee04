"""The Tune page: runs, curves and comparison beside each other, and room for an opened image."""

from __future__ import annotations

from html import unescape
from typing import TYPE_CHECKING

import pytest
from gui_helpers import (
    activate,
    another_run,
    click,
    has_colour,
    pixels,
    press,
    wait_for_rest,
    wait_until,
)
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from test_gui_tune_comparison_panel import click_cell, wait_for_models

from gui.shared.side import Side
from gui.theme import LIGHT, USUAL, text_percent
from gui.tune.runs.columns import PLACES
from gui.window.registry import LEARN_TABS

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from gui.tune.page import TunePage
    from gui.window.main_window import MainWindow


@pytest.fixture
def page(window: MainWindow, qtbot: QtBot) -> TunePage:
    """Return the page of a window with two runs, at the size of a small projector."""
    another_run(qtbot, window.session, learning_rate=2.0)
    window.resize(1280, 720)
    window.show_page("tune")
    made: TunePage = window.page("tune")
    wait_for_models(qtbot, made.comparison)
    return made


def test_the_key_of_the_page_shows_it(window: MainWindow) -> None:
    assert window.actions_by_name["tune_page"].shortcut().toString() == "Ctrl+3"
    assert {"Runs", "Compare"}.isdisjoint(tab.words for tab in LEARN_TABS)


def test_runs_and_curves_share_the_page_with_the_comparison(page: TunePage) -> None:
    runs, curves, verdict = page.runs, page.curves, page.comparison.verdict
    assert runs.height() == curves.height()
    assert runs.geometry().right() < curves.geometry().left()
    assert abs(runs.width() - verdict.width()) <= 12
    assert 0.4 < runs.height() / page.height() < 0.52
    for plot in (curves.error_plot, curves.like_plot):
        assert has_colour(pixels(plot.view), LIGHT.train).sum() > 50


@pytest.mark.parametrize(("width", "has_room"), [(1280, True), (1024, False)])
def test_an_opened_image_stands_beside_never_on_top(
    window: MainWindow, page: TunePage, qtbot: QtBot, width: int, has_room: bool
) -> None:
    window.resize(width, 640)
    click_cell(qtbot, page.comparison, 0, 3)
    wait_until(qtbot, page.card.isVisible)
    window.grab()
    assert window.width() == width
    left = page.card.mapTo(page, page.card.rect().topLeft()).x()
    seen = page.comparison.looks
    assert seen.mapTo(page, seen.rect().topRight()).x() < left
    assert page.runs.isVisible() == page.comparison.verdict.isVisible() == has_room
    page.card.close()
    wait_until(qtbot, lambda: page.runs.isVisible() and page.comparison.verdict.isVisible())


def test_larger_text_has_larger_rows_and_columns(
    window: MainWindow, page: TunePage, qtbot: QtBot
) -> None:
    table = page.runs.table

    def sizes() -> tuple[int, int]:
        return table.rowHeight(0), table.columnWidth(PLACES["test"])

    before = sizes()
    for _ in range(3):
        window.actions_by_name["text_larger"].trigger()
    wait_until(qtbot, lambda: all(b > 1.25 * a for a, b in zip(before, sizes(), strict=True)))
    window.actions_by_name["text_usual"].trigger()
    wait_until(qtbot, lambda: sizes() == before)


def test_another_page_can_ask_for_a_comparison(window: MainWindow, qtbot: QtBot) -> None:
    another_run(qtbot, window.session, learning_rate=2.0)
    window.page("learn").asked.emit("Tune", (Side(None, "best"), Side(None, "start")))
    page = window.page("tune")
    assert page.isVisible()
    assert [side.place for side in page.comparison.comparison.sides] == ["best", "start"]
    first = window.session.runs.entries[0].key
    click(qtbot, page.runs.table.viewport(), page.runs.table.visualRect(
        page.runs.table.runs.place(first, "best")).center())  # fmt: skip
    assert window.session.runs.shown_key == first


def test_what_has_no_room_is_left_out_and_counted_and_nobody_has_to_scroll(
    window: MainWindow, page: TunePage, qtbot: QtBot
) -> None:
    table, session = page.runs.table, window.session
    window.resize(1900, 1000)
    wait_until(qtbot, lambda: not table.left_out)
    assert (
        table.horizontalHeader().length() == table.viewport().width() > 700
    )  # as wide as its card
    assert page.runs.card.words.text() == ""
    window.resize(1024, 640)
    wait_until(qtbot, lambda: bool(table.left_out))
    assert page.runs.card.words.text().startswith("no room for notes, epochs/s")
    assert "notes, epochs/s" in page.runs.columns.toolTip()
    assert page.runs.columns.text() == "Columns, CSV"
    shown = [column.key for column in table.columns]
    assert {"run", "best", "test", "learning_rate"} <= set(shown)
    assert "speed" not in shown
    wait_until(qtbot, lambda: not table.horizontalScrollBar().isVisible())
    # What a person chooses, or has written, stays.
    table.choose_column("speed", True)
    session.runs.write_notes(session.runs.entries[0].key, "good")
    wait_until(qtbot, lambda: {"speed", "notes"} <= {one.key for one in table.columns})


def test_the_live_run_has_a_green_dot_and_no_name_is_cut(
    window: MainWindow, page: TunePage, qtbot: QtBot
) -> None:
    table, session = page.runs.table, window.session

    def green(row: int) -> int:
        place = table.visualRect(table.runs.index(row, 0))
        return int(has_colour(pixels(table.viewport(), place), LIGHT.good).sum())

    assert green(0) == 0
    for column in table.columns:  # nothing is cut beside it
        place = PLACES[column.key]
        assert table.columnWidth(place) >= table.sizeHintForColumn(place)
    assert green(table.runs.keys.index(session.runs.live_key)) > 5


def test_in_the_window_the_table_has_its_keys_and_space_still_plays(
    window: MainWindow, page: TunePage, qtbot: QtBot
) -> None:
    table, session = page.runs.table, window.session
    activate(qtbot, window)
    click(qtbot, table.viewport(), table.visualRect(table.runs.index(0, 0)).center())
    assert session.runs.shown is session.runs.entries[0].run
    qtbot.keyClick(table, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QGuiApplication.clipboard().text().startswith("run\tdata\t")
    qtbot.keyClick(table, Qt.Key.Key_Down)
    qtbot.keyClick(table, Qt.Key.Key_Up)
    assert table.chosen_key() == session.runs.entries[0].key
    qtbot.keyClick(table, Qt.Key.Key_T)
    assert session.runs.reference_key == session.runs.entries[0].key
    qtbot.keyClick(table, Qt.Key.Key_Delete)
    assert len(session.runs.entries) == 1
    assert window.notice.text == "Run 1 was removed."
    press(qtbot, window, "Ctrl+Z")
    assert len(session.runs.entries) == 2
    assert not window.notice.has_message
    table.setFocus()
    qtbot.keyClick(table, Qt.Key.Key_Space)
    wait_until(qtbot, lambda: session.view.is_running or len(session.runs.entries) > 2)


def test_on_the_stage_fewer_columns_are_shown_in_a_stated_order_and_none_is_scrolled_to(
    window: MainWindow, page: TunePage, qtbot: QtBot
) -> None:
    another_run(qtbot, window.session, momentum=0.5, l2=0.001, batch_size=50)
    press(qtbot, window, "F11")
    window.showNormal()
    window.resize(1280, 720)
    table = page.runs.table
    wait_until(qtbot, lambda: "best" in table.left_out)
    order = ["notes", "speed", "done", "state", "train", "best"]
    assert list(table.left_out[: len(order)]) == order
    assert {"run", "test"} <= {column.key for column in table.columns}
    wait_until(qtbot, lambda: not table.horizontalScrollBar().isVisible())
    assert abs(page.runs.width() - page.comparison.verdict.width()) <= 1
    header = table.horizontalHeader()  # its last title is not cut
    assert header.viewport().width() == header.width() == table.viewport().width()
    assert "no room for notes, epochs/s" in unescape(page.runs.columns.toolTip())
    press(qtbot, window, "F11")  # which leaves text as large as other tests expect it
    assert text_percent() == USUAL


def test_in_the_least_window_both_legends_name_their_curves(
    window: MainWindow, qtbot: QtBot
) -> None:
    page = window.page("tune")
    window.show_page("tune")
    window.resize(1024, 640)
    for percent in (100, 150):
        window.use_text(percent)
        wait_for_rest(qtbot, window)
        qtbot.wait(50)
        for plot in (page.curves.error_plot, page.curves.like_plot):
            wait_until(qtbot, lambda plot=plot: all(plot.legend.fitting()[0]))
    window.use_text(100)
