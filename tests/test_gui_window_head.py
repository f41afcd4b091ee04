"""The head of the window: data, presets, the model shown, menus; by mouse and keys."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from gui_drawing import draw
from gui_helpers import (
    EPOCHS,
    activate,
    choose,
    click,
    data_of,
    has_colour,
    open_paused,
    pixels,
    play_endlessly,
    press,
    text_window,
    wait_for_film,
    wait_for_state,
    wait_until,
    write_data,
)
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSlider,
    QAbstractSpinBox,
    QComboBox,
    QFileDialog,
    QLineEdit,
    QMessageBox,
    QScrollBar,
    QStyleOptionComboBox,
    QWidget,
)

from core.learning.presets import PRESETS
from gui.session.run_state import RunState
from gui.theme import LIGHT
from gui.window.actions import COMMANDS
from gui.window.help_text import HELP_HTML
from gui.window.registry import ATTACK_SCOPES, LEARN_TABS

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytestqt.qtbot import QtBot

    from gui.session.session import Session
    from gui.window.main_window import MainWindow


def test_a_preset_begins_a_run_with_all_of_it(window: MainWindow, qtbot: QtBot) -> None:
    session, combo = window.session, window.head.preset
    old = session.view.history
    session.wanted.set_setting("seed", 5)
    choose(qtbot, combo, combo.findData("tp"))
    assert session.view.training_config == replace(PRESETS["tp"].config, seed=5)
    assert session.view.history is not old
    assert session.view.is_running
    assert combo.currentData() == "tp"
    assert not session.wanted.waits
    session.training.pause()
    session.wanted.set_setting("batch_size", 21)
    assert combo.currentData() == ""  # own settings now
    before = session.view.history
    choose(qtbot, combo, combo.findData(""))  # nothing to begin with
    assert session.view.history is before
    choose(qtbot, combo, combo.findData("sensible"))
    assert combo.currentData() == "sensible"
    assert PRESETS["sensible"].fits(session.view.training_config, session.view.data_config)
    assert session.view.training_config.seed == 5


def test_choosing_named_data(window: MainWindow, qtbot: QtBot) -> None:
    session, combo = window.session, window.head.data
    assert combo.currentData() == "digits8"
    choose(qtbot, combo, combo.findData("strokes"))
    assert window.head.data.currentData() == "strokes"
    wait_until(qtbot, lambda: data_of(session).image_shape == (28, 28))
    assert "28 x 28" in window.head.data.toolTip()


def test_opening_from_the_list_and_choosing_it_again(
    window: MainWindow, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    combo, session = window.head.data, window.session
    folder = write_data(tmp_path / "mine", (5, 4), 3, 30, 12)
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *args, **options: folder)
    choose(qtbot, combo, combo.findText("Open folder..."))
    wait_until(qtbot, lambda: data_of(session).image_shape == (5, 4))
    assert combo.currentText() == "mine"
    assert "5 x 4 pixels, 3 classes" in window.head.data.toolTip()
    choose(qtbot, combo, combo.findData("digits8"))
    wait_until(qtbot, lambda: data_of(session).image_shape == (8, 8))
    choose(qtbot, combo, combo.findData(folder))
    wait_until(qtbot, lambda: data_of(session).image_shape == (5, 4))


def test_a_cancelled_dialog_leaves_the_list_as_it_was(
    window: MainWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *args, **options: "")
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *args, **options: ("", ""))
    combo = window.head.data
    for words in ("Open folder...", "Open file..."):
        choose(qtbot, combo, combo.findText(words))
        assert combo.currentData() == "digits8"
        assert window.session.data.opening is None


def test_opening_one_file_from_the_list(
    window: MainWindow, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = Path(write_data(tmp_path / "mine", (5, 4), 3, 30, 12))
    file = next(path for path in folder.iterdir() if path.name.startswith("train-images"))
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *args, **options: (str(file), ""))
    combo = window.head.data
    choose(qtbot, combo, combo.findText("Open file..."))
    wait_until(qtbot, lambda: data_of(window.session).image_shape == (5, 4))
    assert combo.currentText() == file.name


def test_data_that_cannot_be_opened_leave_the_list_as_it_was(
    window: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    window.session.open(str(tmp_path / "nothing"))
    wait_until(qtbot, lambda: window.notice.has_message)
    assert window.head.data.currentData() == "digits8"
    assert "300 train, 200 test" in window.head.data.toolTip()


def two_runs(window: MainWindow, qtbot: QtBot) -> None:
    """Learn a second run with another batch size."""
    window.session.wanted.set_setting("batch_size", 50)
    window.session.training.start_again()
    wait_for_state(qtbot, window.session, RunState.FINISHED)


def test_the_head_names_the_model_that_every_view_shows(window: MainWindow, qtbot: QtBot) -> None:
    model, session = window.head.model, window.session
    assert model.text() == f"run 1, epoch {EPOCHS}"
    session.view.show_epoch(3)
    assert model.text() == "run 1, epoch 3"
    assert has_colour(pixels(model), LIGHT.train).sum() > 60, "its swatch"
    assert not has_colour(pixels(model), LIGHT.good).any()
    play_endlessly(session)
    wait_until(qtbot, lambda: "run 2" in model.text())
    assert has_colour(pixels(model), LIGHT.good).sum() > 40, "a green dot: live"
    session.view.show_epoch(0)
    assert not has_colour(pixels(model), LIGHT.good).any()
    session.training.pause()
    wait_for_state(qtbot, session, RunState.PAUSED)


def test_run_and_epoch_are_chosen_in_the_head(window: MainWindow, qtbot: QtBot) -> None:
    two_runs(window, qtbot)
    session, model = window.session, window.head.model
    first, second = session.runs.entries
    click(qtbot, model)
    popup = model.popup
    assert popup.isVisible()
    assert popup.rows[second.key].isChecked()
    assert popup.rows[first.key].words.text() == "batch size 20"
    assert popup.rows[first.key].epochs.text() == str(EPOCHS)
    history = first.run.history
    score = f"{history.curve('test', 'score')[-1]:.3f}".removeprefix("0")
    assert popup.rows[first.key].score.text() == score
    click(qtbot, popup.rows[first.key])
    assert session.runs.shown is first.run
    assert model.text() == f"run 1, epoch {EPOCHS}"
    assert not popup.isVisible(), "it is chosen"
    click(qtbot, model)
    assert popup.isVisible()
    assert popup.rows[first.key].isChecked()
    click(qtbot, popup.best)
    assert session.view.pinned_epoch == history.best.epoch
    assert popup.epoch.value() == history.best.epoch
    popup.epoch.setFocus()
    popup.epoch.selectAll()
    qtbot.keyClicks(popup.epoch, "5")
    qtbot.keyClick(popup.epoch, Qt.Key.Key_Return)
    assert session.view.pinned_epoch == 5
    click(qtbot, popup.line, QPoint(round(popup.line.x_of(7)), 19))
    assert session.view.pinned_epoch == 7
    click(qtbot, popup.last)
    assert model.text() == f"run 1, epoch {EPOCHS}"
    qtbot.keyClick(popup, Qt.Key.Key_Escape)
    assert not popup.isVisible()


def test_a_run_is_chosen_by_keyboard(window: MainWindow, qtbot: QtBot) -> None:
    two_runs(window, qtbot)
    window.head.model.open()
    popup, (first, second) = window.head.model.popup, window.session.runs.entries
    assert popup.focusWidget() is popup.rows[second.key]
    qtbot.keyClick(popup.rows[second.key], Qt.Key.Key_Up)
    assert popup.focusWidget() is popup.rows[first.key]
    qtbot.keyClick(popup.rows[first.key], Qt.Key.Key_Return)
    assert window.session.runs.shown is first.run
    assert not popup.isVisible()


def test_menus_open_behind_one_button_and_alt(window: MainWindow, qtbot: QtBot) -> None:
    assert not window.menuBar().isVisible()
    click(qtbot, window.head.menu)
    assert window.menus.all.isVisible()
    names = [action.text().replace("&", "") for action in window.menus.all.actions()]
    assert names == ["File", "Run", "Timeline", "View", "Attack", "Help"]
    window.menus.all.close()
    activate(qtbot, window)
    qtbot.keyPress(window, Qt.Key.Key_Alt)
    qtbot.keyRelease(window, Qt.Key.Key_Alt)
    assert window.menus.all.isVisible()
    window.menus.all.close()
    activate(qtbot, window)
    press(qtbot, window, "Alt+F")
    assert window.menus.by_name["File"].isVisible()
    window.menus.by_name["File"].close()


@pytest.mark.parametrize("key", PRESETS)
def test_a_preset_is_named_whole_where_there_is_room(window: MainWindow, key: str) -> None:
    combo, option = window.head.preset, QStyleOptionComboBox()
    window.resize(1280, 720)
    combo.setCurrentIndex(combo.findData(key))
    window.head.layout().activate()  # type: ignore[union-attr]
    combo.initStyleOption(option)
    assert option.currentText == PRESETS[key].label


def test_a_preset_is_offered_where_settings_act(window: MainWindow) -> None:
    assert window.head.preset.isVisible()
    window.show_page("attack")
    assert not window.head.preset.isVisible()


def asked(window: MainWindow) -> QMessageBox | None:
    boxes = [box for box in window.findChildren(QMessageBox) if box.isVisible()]
    return boxes[0] if boxes else None


def test_closing_asks_where_runs_would_be_lost(window: MainWindow, qtbot: QtBot) -> None:
    two_runs(window, qtbot)
    window.session.wanted.add_sample(data_of(window.session).train.images[0], 3)
    press(qtbot, window, "Ctrl+Q")
    box = asked(window)
    assert box is not None
    assert box.text() == "Closing loses 2 runs and 1 drawn training image."
    there = [action.text() for action in window.menus.by_name["File"].actions()]
    assert {"Save curves...", "Save model..."} <= set(there)
    assert "Menu at the top left (Alt), File, Save curves and Save model" in box.informativeText()
    click(qtbot, next(b for b in box.buttons() if b.text() == "Stay"))
    wait_until(qtbot, lambda: asked(window) is None)
    assert window.isVisible()
    activate(qtbot, window)
    press(qtbot, window, "Ctrl+Q")
    box = asked(window)
    assert box is not None
    click(qtbot, next(b for b in box.buttons() if b.text() == "Close anyway"))
    assert not window.isVisible()


def test_a_drawing_on_the_sheet_is_lost_with_the_window(window: MainWindow, qtbot: QtBot) -> None:
    window.show_page("images")
    panel = window.page("images").draw
    draw(panel.canvas)
    assert not panel.canvas.is_empty
    window.show_page("learn")
    press(qtbot, window, "Ctrl+Q")
    box = asked(window)
    assert box is not None
    assert box.text() == "Closing loses the drawing on the sheet."
    click(qtbot, next(b for b in box.buttons() if b.text() == "Stay"))
    wait_until(qtbot, lambda: asked(window) is None)
    panel.canvas.clear()
    assert panel.canvas.is_empty
    activate(qtbot, window)
    press(qtbot, window, "Ctrl+Q")
    assert not window.isVisible()


def test_closing_asks_nothing_where_nothing_is_lost(window: MainWindow, qtbot: QtBot) -> None:
    press(qtbot, window, "Ctrl+Q")
    assert asked(window) is None
    assert not window.isVisible()


def test_closing_asks_where_one_run_was_changed_on_its_way(
    window: MainWindow, qtbot: QtBot
) -> None:
    session = window.session
    session.wanted.set_setting("epochs", EPOCHS + 2)
    session.wanted.set_setting("learning_rate", 0.5)
    session.training.play()
    wait_for_state(qtbot, session, RunState.FINISHED)
    assert len(session.runs.entries) == 1
    press(qtbot, window, "Ctrl+Q")
    box = asked(window)
    assert box is not None
    assert box.text() == "Closing loses 1 run."
    box.close()


def test_a_program_that_closes_the_window_is_not_asked(window: MainWindow, qtbot: QtBot) -> None:
    two_runs(window, qtbot)
    window.close()
    assert not window.isVisible()


def test_the_keys_fit_one_screen_without_scrolling(window: MainWindow, qtbot: QtBot) -> None:
    press(qtbot, window, "?")
    texts = text_window(window)
    assert texts.whole.width() <= 1240
    assert texts.whole.height() <= 640
    texts.resize(texts.whole)  # the screen of the tests is narrower
    assert texts.browser.verticalScrollBar().maximum() == 0
    assert texts.browser.horizontalScrollBar().maximum() == 0
    plain = texts.browser.toPlainText().replace("\xa0", " ")
    for command in COMMANDS:
        assert not command.keys or command.keys in plain
    texts.close()


def controls(window: MainWindow) -> list[str]:
    """Return what can be used of all that is seen."""
    kinds = (
        QAbstractButton,
        QAbstractSlider,
        QAbstractSpinBox,
        QComboBox,
        QLineEdit,
        QAbstractItemView,
    )
    found = []
    for widget in window.findChildren(QWidget):
        inside = isinstance(widget.parentWidget(), (QAbstractSpinBox, QComboBox))
        is_seen = widget.isVisible() and not widget.visibleRegion().isEmpty()
        if isinstance(widget, QScrollBar) or inside or not is_seen or not widget.isEnabled():
            continue
        if isinstance(widget, kinds) and widget.window() is window:
            found.append(f"{type(widget).__name__} {widget.accessibleName()}")
    return found


def test_a_newcomer_sees_few_controls(
    new_session: Callable[..., Session], new_window: Callable[[Session], MainWindow], qtbot: QtBot
) -> None:
    session = new_session()
    window = new_window(session)
    open_paused(qtbot, session)
    seen = controls(window)
    assert len(seen) <= 25, seen
    assert {"DataChooser Data", "PresetChooser Preset"} < set(seen)


def test_another_page_leaves_the_keyboard_to_the_stage(window: MainWindow, qtbot: QtBot) -> None:
    for name in ("images", "tune", "learn"):
        window.show_page(name)
        focus = window.focusWidget()
        assert focus is not None
        assert window.page(name) is focus or window.page(name).isAncestorOf(focus)
        assert not isinstance(focus, QAbstractButton)
    window.head.help.setFocus()
    window.show_page("tune")
    assert window.head.help.hasFocus()


SECTIONS = [
    *(("learn", tab.words) for tab in LEARN_TABS),
    *(("attack", tab.words) for scope in ATTACK_SCOPES for tab in scope.views),
]


@pytest.mark.parametrize(("page", "tab"), SECTIONS)
def test_the_help_opens_at_what_is_looked_at(
    window: MainWindow, qtbot: QtBot, page: str, tab: str
) -> None:
    assert f'name="{page}:{tab}"' in HELP_HTML
    window.show_page(page)
    window.page(page).show_tab(tab)
    press(qtbot, window, "F1")
    texts = text_window(window)
    place = texts.browser.cursorForPosition(QPoint(4, 4)).block().text()
    assert tab.lower() in place.lower()
    texts.close()


def test_space_plays_the_film_on_the_stage_and_none_that_is_hidden(
    window: MainWindow, qtbot: QtBot
) -> None:
    session = window.session
    window.show_page("attack")
    wait_for_film(qtbot, session)
    film = session.attack.film
    film.set_speed(2.0)
    film.go_to(5)
    window.page("attack").switch.button("One image").setFocus()
    press(qtbot, window, "Space")
    assert film.playing
    assert film.position >= 5, "it goes on from where it stands"
    window.show_page("learn")
    assert not film.playing
    at = film.position
    for key in (".", ",", "Right", "Home", "Space"):
        press(qtbot, window, key)
    assert film.position == at
    assert not film.playing
    wait_for_state(qtbot, session, RunState.FINISHED)


def test_the_first_window_fits_the_screen_and_a_small_one_works(window: MainWindow) -> None:
    room = window.screen().availableGeometry()
    hint = window.sizeHint()
    assert hint.width() < room.width()
    assert hint.height() + 40 <= max(room.height(), 720)
    assert (window.minimumWidth(), window.minimumHeight()) <= (1024, 640)
    for width, height in ((1024, 640), (1085, 574), (1016, 728)):
        window.resize(width, height)
        assert (window.width(), window.height()) == (width, height)
        for part in (window.head, window.foot):
            shown = part.rect().translated(part.mapTo(window, QPoint(0, 0)))
            assert window.rect().contains(shown)
