"""Commands by a few letters of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gui_helpers import activate, has_colour, pixels, press
from PySide6.QtCore import Qt

from gui.theme import LIGHT
from gui.window.actions import COMMANDS
from gui.window.command_palette import CommandPalette, matching

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from gui.window.main_window import MainWindow


def opened(window: MainWindow, qtbot: QtBot) -> CommandPalette:
    activate(qtbot, window)
    press(qtbot, window, "Ctrl+K")
    palette = window.palette_of_commands
    assert palette.isVisible()
    return palette


def listed(palette: CommandPalette) -> list[tuple[str, str]]:
    items = map(palette.list.topLevelItem, range(palette.list.topLevelItemCount()))
    return [(item.text(0), item.text(1)) for item in items]


def test_a_few_letters_find_a_command_and_enter_runs_it(window: MainWindow, qtbot: QtBot) -> None:
    palette = opened(window, qtbot)
    assert len(listed(palette)) == len(COMMANDS)
    qtbot.keyClicks(palette.line, "best")
    assert listed(palette)[0] == ("Best epoch", "Ctrl+B")
    assert len(listed(palette)) < len(COMMANDS) // 4
    row = palette.list.visualItemRect(palette.list.currentItem())
    assert has_colour(pixels(palette.list)[row.top() : row.bottom()], LIGHT.selection).any()
    qtbot.keyClick(palette.line, Qt.Key.Key_Return)
    assert not palette.isVisible()
    history = window.session.view.history
    assert history is not None
    assert window.session.view.pinned_epoch == history.best.epoch


def test_the_arrows_walk_and_escape_closes(window: MainWindow, qtbot: QtBot) -> None:
    palette = opened(window, qtbot)
    qtbot.keyClicks(palette.line, "tab scope")
    names = [words for words, _ in listed(palette)]
    assert names == ["First tab or scope", "Second tab or scope", "Third tab or scope"]
    qtbot.keyClick(palette.line, Qt.Key.Key_Down)
    assert palette.list.currentItem().text(0) == names[1]
    qtbot.keyClick(palette.line, Qt.Key.Key_Escape)
    assert not palette.isVisible()
    page = window.page("learn")
    assert page.switch.chosen_words == "Classes"
    palette = opened(window, qtbot)
    assert palette.line.text() == ""
    qtbot.keyClicks(palette.line, "second")
    qtbot.keyClick(palette.line, Qt.Key.Key_Return)
    assert page.switch.chosen_words == "Confusion"


def test_what_cannot_be_done_is_listed_and_does_nothing(window: MainWindow, qtbot: QtBot) -> None:
    palette = opened(window, qtbot)
    qtbot.keyClicks(palette.line, "a mistake")
    assert listed(palette)[0] == ("A mistake", "M")
    assert palette.list.topLevelItem(0).isDisabled()
    qtbot.keyClick(palette.line, Qt.Key.Key_Return)
    assert palette.isVisible()
    palette.hide()


def test_what_begins_with_the_words_comes_before_what_only_says_them() -> None:
    assert matching("play")[0].text == "Play"
    assert matching("dark")[0].text == "Light or dark"
    assert {one.name for one in matching("projector")} == {"stage"}
    assert matching("no such command") == []
