from __future__ import annotations

import csv
import subprocess
import sys
import threading
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from gui_helpers import (
    EPOCHS,
    PLACES,
    SMALL,
    WAIT,
    activate,
    click,
    click_menu,
    data_of,
    earlier_runs,
    has_colour,
    open_and_finish,
    open_paused,
    pixels,
    places,
    press,
    take_figure,
    text_window,
    wait_for_diagnosis,
    wait_for_film,
    wait_for_rest,
    wait_for_state,
    wait_until,
    write_data,
)
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QAccessible, QWheelEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractSlider,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QFileDialog,
    QLabel,
    QMessageBox,
    QScrollBar,
    QWidget,
)

from core.insight.diagnostics import next_mistake
from core.learning.model_file import SavedModel, load_model, save_model
from gui.attack.page import FILM
from gui.session.run_state import RunState
from gui.theme import DARK, LIGHT, THEMES, USUAL, Theme, text_percent
from gui.widgets.basics.card import Card
from gui.window.actions import COMMANDS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from pytestqt.qtbot import QtBot

    from gui.session.session import Session
    from gui.settings import Settings
    from gui.window.main_window import MainWindow


@dataclass
class Scene:
    """A window before and after one command."""

    window: MainWindow
    qtbot: QtBot
    tmp_path: Path
    patch: pytest.MonkeyPatch
    told: list[str] = field(default_factory=list)
    """Every message since: another may come between one and a look at the window."""

    def __post_init__(self) -> None:
        self.session.messages.notified.connect(lambda message, _: self.told.append(message))

    @property
    def session(self) -> Session:
        return self.window.session

    def wait(self, condition: Callable[[], Any]) -> None:
        wait_until(self.qtbot, condition)

    def answer(self, method: str, path: Path) -> None:
        """Make a file dialog answer with this path."""
        given = str(path) if method == "getExistingDirectory" else (str(path), "")
        self.patch.setattr(QFileDialog, method, lambda *args, **options: given)

    def go_to_attack(self, position: int) -> None:
        self.window.show_page("attack")
        wait_for_film(self.qtbot, self.session)
        self.session.attack.film.go_to(position)

    def rewound(self) -> None:
        self.session.training.start_again(play=False)
        self.wait(lambda: self.session.view.shown is not None)

    def words(self) -> str:
        texts = text_window(self.window)
        plain = texts.browser.toPlainText()
        texts.close()
        return plain


# Each prepares, lets the test give the command, and looks at what came of it.


def open_folder(scene: Scene) -> Iterator[None]:
    scene.answer("getExistingDirectory", scene.tmp_path / "data")
    write_data(scene.tmp_path / "data", (5, 4), 3, 30, 12)
    yield
    scene.wait(lambda: data_of(scene.session).image_shape == (5, 4))


def open_file(scene: Scene) -> Iterator[None]:
    write_data(scene.tmp_path / "data", (5, 4), 3, 30, 12)
    scene.answer("getOpenFileName", scene.tmp_path / "data" / "train-images-idx3-ubyte")
    yield
    scene.wait(lambda: data_of(scene.session).image_shape == (5, 4))


def save_figure(scene: Scene) -> Iterator[None]:
    file = scene.tmp_path / "atlas.svg"
    scene.answer("getSaveFileName", file)
    yield
    take_figure(scene.qtbot, "Class atlas")
    scene.wait(lambda: f"Saved {file}" in scene.told)
    assert "Class atlas" in file.read_text(encoding="utf-8")


def copy_figure(scene: Scene) -> Iterator[None]:
    QApplication.clipboard().clear()
    yield
    take_figure(scene.qtbot, "Class atlas")
    scene.wait(lambda: "Copied “Class atlas”" in scene.told)
    assert QApplication.clipboard().image().width() == 1600


def copy_numbers(scene: Scene) -> Iterator[None]:
    QApplication.clipboard().clear()
    wait_for_diagnosis(scene.qtbot, scene.session)
    wait_for_rest(scene.qtbot, scene.window)
    atlas = scene.window.page("learn").atlas.figure()
    yield
    take_figure(scene.qtbot, "Class atlas")
    scene.wait(lambda: "Copied the numbers of “Class atlas”" in scene.told)
    assert QApplication.clipboard().text() == atlas.table().to_csv()


def save_curves(scene: Scene) -> Iterator[None]:
    file = scene.tmp_path / "curves.csv"
    scene.answer("getSaveFileName", file)
    yield
    scene.wait(lambda: f"Saved {file}" in scene.told)
    history = scene.session.view.history
    assert history is not None
    with file.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert len(rows) == 2 * (EPOCHS + 1)
    for part in ("train", "test"):
        found = [row for row in rows if row["part"] == part]
        assert [int(row["epoch"]) for row in found] == history.epochs.tolist()
        for metric in ("score", "error", "log_likelihood"):
            values = [float(row[metric]) for row in found]
            assert values == history.curve(part, metric).tolist()


def save_script(scene: Scene) -> Iterator[None]:
    file = scene.tmp_path / "run.py"
    scene.answer("getSaveFileName", file)
    yield
    scene.wait(lambda: f"Saved {file}" in scene.told)
    done = subprocess.run([sys.executable, "-I", file], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    history = scene.session.view.history
    assert history is not None
    lines = done.stdout.splitlines()
    for line, record in zip(lines, history.records, strict=False):
        test = f"test {record.test_score:.4f} {record.test_log_likelihood:.4f}"
        assert line.startswith(f"epoch {record.epoch} ")
        assert line.endswith(test)
    assert lines[-1].startswith(f"best: epoch {history.best.epoch}, ")


def save_model_command(scene: Scene) -> Iterator[None]:
    file = scene.tmp_path / "model.safetensors"
    scene.answer("getSaveFileName", file)
    assert scene.session.view.shown is not None
    yield
    np.testing.assert_array_equal(load_model(file).weights, scene.session.view.shown.weights)


def open_model_command(scene: Scene) -> Iterator[None]:
    file = scene.tmp_path / "other.safetensors"
    data, weights = data_of(scene.session), np.full((10, 65), 0.25, np.float32)
    save_model(file, SavedModel(weights, data.image_shape, data.class_names, "made up", 1, {}))
    scene.answer("getOpenFileName", file)
    yield
    scene.wait(lambda: scene.session.view.shown is not None)
    assert scene.session.view.shown is not None
    np.testing.assert_array_equal(scene.session.view.shown.weights, weights)


def close(scene: Scene) -> Iterator[None]:
    yield
    scene.wait(lambda: not scene.window.isVisible())
    assert scene.session.pool.running == []


def toggle(scene: Scene) -> Iterator[None]:
    scene.rewound()
    yield
    wait_for_state(scene.qtbot, scene.session, RunState.FINISHED)
    assert scene.session.view.shown is not None
    assert scene.session.view.shown.epoch == EPOCHS
    assert f"epoch {EPOCHS}" in scene.window.page("learn").figure_words()


def step_batch(scene: Scene) -> Iterator[None]:
    scene.rewound()
    yield
    wait_for_state(scene.qtbot, scene.session, RunState.PAUSED)
    assert scene.session.view.live is not None
    assert scene.session.view.live.progress.step == 1


def step_epoch(scene: Scene) -> Iterator[None]:
    scene.rewound()
    yield
    wait_for_state(scene.qtbot, scene.session, RunState.PAUSED)
    assert scene.session.view.live is not None
    assert scene.session.view.live.progress.place == 1


def start_again(scene: Scene) -> Iterator[None]:
    before = scene.session.view.history
    yield
    assert scene.session.view.history is not before
    assert scene.session.view.is_running
    wait_for_state(scene.qtbot, scene.session, RunState.FINISHED)
    assert len(scene.window.page("learn").curves.error_plot.runs.runs) == 1


def new_seed(scene: Scene) -> Iterator[None]:
    before = scene.session.view.training_config.seed
    yield
    assert scene.session.view.training_config.seed != before
    assert scene.session.view.is_running
    wait_for_state(scene.qtbot, scene.session, RunState.FINISHED)
    seed = scene.window.page("learn").settings_panel.rows["seed"].editor
    assert seed.value() == scene.session.view.training_config.seed


def fork(scene: Scene) -> Iterator[None]:
    session = scene.session
    session.view.show_epoch(3)
    yield
    branch = session.runs.live
    assert branch is not None
    assert branch.branch is not None
    assert branch.branch.epoch == 3
    scene.wait(lambda: len(branch.history) == 1)
    assert session.view.run_state is RunState.PAUSED
    assert scene.window.foot.line.epoch_at(0) == 3


def undo(scene: Scene) -> Iterator[None]:
    session = scene.session
    session.training.start_again(play=False)
    (earlier,) = earlier_runs(session.runs)
    session.view.remove_run(earlier.key)
    assert earlier_runs(session.runs) == []
    yield
    assert earlier_runs(session.runs) == [earlier]


def shows_epoch(before: int | None, after: int | None) -> Callable[[Scene], Iterator[None]]:
    def effect(scene: Scene) -> Iterator[None]:
        scene.session.view.show_epoch(before)
        yield
        assert scene.session.view.pinned_epoch == after
        shown = EPOCHS if after is None else after
        assert scene.window.foot.place.text() == f"epoch <b>{shown}</b> of {EPOCHS}"
        assert scene.window.foot.fork.isVisible() == (after is not None)
        assert scene.window.foot.line.shown == shown

    return effect


def best(scene: Scene) -> Iterator[None]:
    yield
    assert scene.session.view.history is not None
    curve = scene.session.view.history.curve("test", "log_likelihood")
    assert scene.session.view.pinned_epoch == int(curve.argmax())


def learn_page(scene: Scene) -> Iterator[None]:
    scene.window.show_page("attack")
    yield
    assert scene.window.page("learn").isVisible()
    assert not scene.window.page("attack").isVisible()
    assert not scene.window.actions_by_name["attack_mistake"].isEnabled()


def attack_page(scene: Scene) -> Iterator[None]:
    yield
    assert scene.window.page("attack").isVisible()
    assert not scene.window.page("learn").isVisible()
    wait_for_film(scene.qtbot, scene.session)


def images_page(scene: Scene) -> Iterator[None]:
    yield
    assert scene.window.page("images").isVisible()
    assert not scene.window.page("learn").isVisible()


def shows_tab(n: int) -> Callable[[Scene], Iterator[None]]:
    def effect(scene: Scene) -> Iterator[None]:
        switch = scene.window.page("learn").switch
        names = PLACES["learn"]
        switch.choose(names[0 if n > 1 else 1])
        yield
        assert switch.button(names[n - 1]).isChecked()
        switch.choose(names[0])

    return effect


def tune_page(scene: Scene) -> Iterator[None]:
    yield
    assert scene.window.page("tune").isVisible()
    assert not scene.window.page("learn").isVisible()


def panel(scene: Scene) -> Iterator[None]:
    page = scene.window.page("learn")
    width = page.atlas.width()
    yield
    assert page.settings_panel.rail.isVisible()
    scene.wait(lambda: page.atlas.width() > width + 100)
    assert scene.window.settings.panel_open is False


def theme(scene: Scene) -> Iterator[None]:
    yield
    assert scene.window.theme is DARK
    assert scene.window.settings.theme is DARK


def writes(before: int, after: int) -> Callable[[Scene], Iterator[None]]:
    def effect(scene: Scene) -> Iterator[None]:
        scene.window.use_text(before)
        yield
        assert text_percent() == scene.window.settings.text_size == after
        scene.window.use_text(USUAL)

    return effect


def full_screen(scene: Scene) -> Iterator[None]:
    yield
    assert scene.window.isFullScreen()
    assert not scene.window.head.isHidden()
    scene.window.showNormal()


def stage(scene: Scene) -> Iterator[None]:
    yield
    assert scene.window.isFullScreen()
    assert not scene.window.head.isVisible()
    assert scene.window.stage.leave()


def fill(scene: Scene) -> Iterator[None]:
    (card, *_) = (card for card in scene.window.findChildren(Card) if card.isVisible())
    card.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    card.setFocus()
    yield
    assert scene.window.fill.over.isVisible()
    assert scene.window.fill.leave()


def film_saved(name: str) -> Callable[[Scene], Iterator[None]]:
    def effect(scene: Scene) -> Iterator[None]:
        file = scene.tmp_path / name
        scene.session.attack.set_setting("steps", 12)  # a long film takes long to be kept
        scene.go_to_attack(3)
        scene.answer("getSaveFileName", file)
        yield
        scene.wait(file.exists)
        scene.wait(lambda: scene.window.page("attack").film_panel.saving.progress is None)
        scene.wait(lambda: f"Saved {file}" in scene.told)
        assert file.stat().st_size > 100

    return effect


def attack_loop(scene: Scene) -> Iterator[None]:
    scene.go_to_attack(0)
    yield
    assert scene.session.attack.film.looping


def attack_mistake(scene: Scene) -> Iterator[None]:
    scene.go_to_attack(0)
    assert scene.session.view.shown is not None
    train = data_of(scene.session).train
    expected = next_mistake(scene.session.view.shown.weights, train, scene.session.attack.index)
    assert expected is not None
    yield
    assert scene.session.attack.index == expected


def shows_words(*words: str) -> Callable[[Scene], Iterator[None]]:
    def effect(scene: Scene) -> Iterator[None]:
        yield
        plain = scene.words()
        for word in words:
            assert word in plain

    return effect


def commands(scene: Scene) -> Iterator[None]:
    yield
    palette = scene.window.palette_of_commands
    assert palette.isVisible()
    palette.hide()


SHORTCUTS = [command.shortcut for command in COMMANDS if command.shortcut]
EFFECTS: dict[str, Callable[[Scene], Iterator[None]]] = {
    "open_folder": open_folder,
    "open_file": open_file,
    "save_figure": save_figure,
    "copy_figure": copy_figure,
    "copy_numbers": copy_numbers,
    "save_curves": save_curves,
    "save_model": save_model_command,
    "save_script": save_script,
    "open_model": open_model_command,
    "quit": close,
    "toggle": toggle,
    "step_batch": step_batch,
    "step_epoch": step_epoch,
    "start_again": start_again,
    "new_seed": new_seed,
    "undo": undo,
    "fork": fork,
    "earlier": shows_epoch(None, EPOCHS - 1),
    "later": shows_epoch(3, 4),
    "first": shows_epoch(None, 0),
    "last": shows_epoch(3, None),
    "train": toggle,
    "best": best,
    "live": shows_epoch(2, None),
    "learn_page": learn_page,
    "attack_page": attack_page,
    "tune_page": tune_page,
    "images_page": images_page,
    "tab_1": shows_tab(1),
    "tab_2": shows_tab(2),
    "tab_3": shows_tab(3),
    "panel": panel,
    "theme": theme,
    "text_larger": writes(100, 110),
    "text_smaller": writes(100, 90),
    "text_usual": writes(150, 100),
    "full_screen": full_screen,
    "stage": stage,
    "fill": fill,
    "attack_loop": attack_loop,
    "attack_mistake": attack_mistake,
    "save_film": film_saved("film.gif"),
    "save_traces": film_saved("traces.csv"),
    "save_images": film_saved("film.npz"),
    "save_step": film_saved("step.png"),
    "help": shows_words("The window", "When to stop", "squared loss", "log-likelihood"),
    "commands": commands,
    "shortcuts": shows_words(
        *SHORTCUTS, *(command.text.rstrip(".") for command in COMMANDS if command.keys)
    ),
    "about": shows_words("MIT", "UCI", "CC BY 4.0", "ColorBrewer", np.__version__),
}
BUTTONS = (
    "toggle",
    "step_batch",
    "step_epoch",
    "learn_page",
    "attack_page",
    "tune_page",
    "images_page",
    "help",
    "fork",
)


def routes_to(name: str) -> list[str]:
    """Return every way in which a person can give a command."""
    command = next(command for command in COMMANDS if command.name == name)
    keys = [*["shortcut"] * bool(command.shortcut), *["other key"] * bool(command.also)]
    return [*keys, *["button"] * (name in BUTTONS), "menu"]


def give(scene: Scene, name: str, route: str) -> None:
    """Give a command and look at what it does."""
    window = scene.window
    command = next(command for command in COMMANDS if command.name == name)
    effect = EFFECTS[name](scene)
    next(effect)
    activate(scene.qtbot, window)
    if route == "menu":
        click_menu(scene.qtbot, window, command.menu, name)
    elif route == "shortcut":
        press(scene.qtbot, window, command.shortcut)
    elif route == "other key":
        press(scene.qtbot, window, command.also)
    else:
        click(scene.qtbot, {**window.head.buttons, **window.foot.buttons}[name])
    with pytest.raises(StopIteration):
        next(effect)


def back_to_normal(scene: Scene) -> None:
    """Undo whatever a command did."""
    window, session = scene.window, scene.session
    if window.theme is not LIGHT:
        window.switch_theme()
    window.notice.close_message()
    window.show_page("learn")
    if not window.page("learn").settings_panel.is_open:
        window.actions_by_name["panel"].trigger()
    if session.wanted.data.dataset != SMALL.dataset:
        session.open(SMALL.dataset)
        scene.wait(lambda: session.data.opening is None)
    session.wanted.set_setting("seed", 0)
    session.training.start_again(play=False)
    session.training.play()
    wait_for_state(scene.qtbot, session, RunState.FINISHED)
    for run in earlier_runs(session.runs):
        session.view.remove_run(run.key)
    window.notice.close_message()


TRIED = [command for command in COMMANDS if command.name != "quit"]
GROUPS = {
    menu: [command.name for command in TRIED if command.menu == menu]
    for menu in dict.fromkeys(command.menu for command in COMMANDS)
}
# Offscreen, a closed dialog keeps the keyboard: each of these gets a window of its own.
GROUPS |= {f"Help {name}": [name] for name in GROUPS.pop("Help")}


@pytest.mark.parametrize("group", list(GROUPS))
def test_every_command_by_shortcut_button_and_menu(
    window: MainWindow, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, group: str
) -> None:
    ways = [(route, name) for name in GROUPS[group] for route in routes_to(name)]
    # The menu comes last: offscreen, a closed menu keeps the keyboard.
    for route, name in sorted(ways, key=lambda way: way[0] == "menu"):
        folder = tmp_path / f"{route} {name}"
        folder.mkdir()
        scene = Scene(window, qtbot, folder, monkeypatch)
        give(scene, name, route)
        back_to_normal(scene)


@pytest.mark.parametrize("route", routes_to("quit"))
def test_quit(
    window: MainWindow, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, route: str
) -> None:
    give(Scene(window, qtbot, tmp_path, monkeypatch), "quit", route)


def test_every_button_of_the_bars_is_tried(window: MainWindow) -> None:
    assert {*window.head.buttons, *window.foot.buttons} == set(BUTTONS)


def test_no_shortcut_stands_twice() -> None:
    assert len(set(SHORTCUTS)) == len(SHORTCUTS)


def test_before_anything_is_looked_at_four_threads_run_at_most(
    new_session: Callable[..., Session], new_window: Callable[[Session], MainWindow], qtbot: QtBot
) -> None:
    before = set(threading.enumerate())
    window = new_window(new_session())
    open_and_finish(qtbot, window.session)
    wait_for_rest(qtbot, window)
    # The last ends by itself, as loading does.
    expected = {"training", "diagnosis", "the last batch", "opening data"}

    def ours() -> set[str]:
        return {thread.name for thread in threading.enumerate() if thread not in before}

    wait_until(qtbot, lambda: ours() <= expected)


def test_play_says_what_it_does_now(
    new_session: Callable[..., Session], new_window: Callable[[Session], MainWindow], qtbot: QtBot
) -> None:
    session = new_session(pace=30.0)
    window = new_window(open_paused(qtbot, session))
    button = window.foot.buttons["toggle"]
    icons = []
    assert button.text() == "Play"
    icons.append(button.icon().cacheKey())
    click(qtbot, button)
    assert button.text() == "Pause"
    icons.append(button.icon().cacheKey())
    assert window.notice.status.startswith("Run 1 learns")
    click(qtbot, button)
    assert button.text() == "Play"
    assert "is held" in window.notice.status
    press(qtbot, window, "Space")
    wait_for_state(qtbot, session, RunState.FINISHED)
    assert button.text() == "Play"
    assert len(set(icons)) == 2
    words = f"Run 1 has learnt all its epochs. Every view shows epoch {EPOCHS}."
    assert window.notice.status == words
    press(qtbot, window, "Space")  # at the end it begins again
    assert session.runs.live_key != 1
    assert button.text() == "Pause"
    wait_for_state(qtbot, session, RunState.FINISHED)


def test_without_data_nothing_that_needs_them_is_offered(
    new_session: Callable[..., Session], new_window: Callable[[Session], MainWindow], qtbot: QtBot
) -> None:
    session = new_session()
    window = new_window(session)
    for name in ("toggle", "step_batch", "step_epoch", "start_again", "new_seed"):
        assert not window.actions_by_name[name].isEnabled(), name
    session.open("digits8")
    assert window.notice.status == "Opening digits8 ..."
    wait_for_state(qtbot, session, RunState.FINISHED)
    for name in ("toggle", "step_batch", "step_epoch", "start_again", "new_seed"):
        assert window.actions_by_name[name].isEnabled(), name


def test_save_curves_before_there_are_any(
    new_session: Callable[..., Session], new_window: Callable[[Session], MainWindow], qtbot: QtBot
) -> None:
    window = new_window(new_session())
    press(qtbot, window, "Ctrl+E")
    assert "no curves yet" in window.notice.text
    assert window.notice.has_message


@pytest.mark.parametrize(("shortcut", "name"), [("Ctrl+S", "atlas.csv"), ("Ctrl+E", "curves.csv")])
def test_saving_where_nothing_can_be_written_says_so(
    window: MainWindow,
    qtbot: QtBot,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    shortcut: str,
    name: str,
) -> None:
    file = tmp_path / "missing folder" / name
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *args, **options: (str(file), ""))
    press(qtbot, window, shortcut)
    if shortcut == "Ctrl+S":
        take_figure(qtbot, "Class atlas")
    wait_until(qtbot, lambda: window.notice.has_message)
    assert f"{file} cannot be written" in window.notice.text
    assert "choose another folder" in window.notice.text
    assert not file.exists()
    click(qtbot, window.notice.close_button)
    assert not window.notice.has_message


def test_a_cancelled_dialog_changes_nothing(
    window: MainWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *args, **options: ("", ""))
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *args, **options: ("", ""))
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *args, **options: "")
    for shortcut in ("Ctrl+S", "Ctrl+E", "Ctrl+O", "Ctrl+Shift+O"):
        press(qtbot, window, shortcut)
        if shortcut == "Ctrl+S":
            take_figure(qtbot, "Class atlas")
            activate(qtbot, window)
        assert not window.notice.has_message
        assert window.session.data.opening is None


def test_a_failed_opening_is_told_until_it_is_closed(
    window: MainWindow, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *args, **options: str(tmp_path))
    press(qtbot, window, "Ctrl+Shift+O")
    wait_until(qtbot, lambda: window.notice.has_message)
    assert str(tmp_path) in window.notice.text
    assert not window.notice.goes_by_itself  # an error does not go by itself
    assert has_colour(pixels(window.notice.words), LIGHT.bad).sum() > 20
    click(qtbot, window.notice.close_button)
    assert not window.notice.has_message


def test_a_hint_goes_by_itself(
    window: MainWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gui.window.message_line.HINT_MILLISECONDS", 100)
    window.session.messages.note("A hint.")
    assert window.notice.has_message
    assert window.notice.goes_by_itself
    wait_until(qtbot, lambda: not window.notice.has_message)


def test_a_surprise_opens_a_dialog_that_names_the_log(window: MainWindow, qtbot: QtBot) -> None:
    window.session.messages.surprised.emit("training: RuntimeError: out of sorts")
    (box,) = window.findChildren(QMessageBox)
    assert box.isVisible()
    assert "out of sorts" in box.informativeText()
    assert "log.txt" in box.informativeText()
    formats = [label.textFormat() for label in box.findChildren(QLabel) if label.text()]
    assert len(formats) >= 2
    assert set(formats) == {Qt.TextFormat.PlainText}, "words may come from a file"
    click(qtbot, box.buttons()[0])
    wait_until(qtbot, lambda: not window.findChildren(QMessageBox))
    assert window.isEnabled()


def test_light_and_dark_paint_their_own_colours(window: MainWindow, qtbot: QtBot) -> None:
    for colours in (LIGHT, DARK, LIGHT):
        if window.theme is not colours:
            press(qtbot, window, "Ctrl+T")
        assert window.theme is colours
        whole = pixels(window)
        other = DARK if colours is LIGHT else LIGHT
        assert has_colour(pixels(window.head), colours.surface).mean() > 0.4
        assert has_colour(pixels(window.foot), colours.surface).mean() > 0.4
        assert has_colour(whole, colours.window).any()
        plot = pixels(window.page("learn").curves.error_plot.view)
        assert has_colour(plot, colours.surface).mean() > 0.6
        assert has_colour(plot, colours.train).any()
        assert has_colour(plot, colours.test).any()
        # White is also a pixel's colour; the other window colour is nobody's.
        assert not has_colour(whole, other.window).any()
        window.show_page("attack")
        wait_for_film(qtbot, window.session)
        assert has_colour(pixels(window.page("attack").film_panel.bars), colours.bad).any()
        assert has_colour(
            pixels(window.page("attack").film_panel.size_plot.view), colours.train
        ).any()
        window.show_page("learn")


def test_the_theme_is_remembered(
    window: MainWindow, qtbot: QtBot, new_window: Callable[[Session], MainWindow]
) -> None:
    press(qtbot, window, "Ctrl+T")
    press(qtbot, window, "F9")
    again = new_window(window.session)
    assert again.theme is DARK
    panel = again.page("learn").settings_panel
    assert panel.rail.isVisible()
    press(qtbot, again, "F9")
    assert panel.card.isVisible()


def test_the_size_is_remembered(window: MainWindow, settings: Settings) -> None:
    window.resize(1400, 800)
    window.close()
    geometry = settings.geometry
    assert not geometry.isEmpty()
    window.resize(1000, 640)
    assert window.restoreGeometry(geometry)


def luminance(colour: str) -> float:
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    """Return the ratio of WCAG 2.1, 1 to 21."""
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


ON_SURFACE = ("text", "muted", "accent", "train", "test", "validation", "best", "good", "bad")
PAIRS = [(name, "surface") for name in ON_SURFACE] + [
    ("text", "window"),
    ("text", "raised"),
    ("text", "selection"),
    ("text", "bad_surface"),
    ("on_accent", "accent"),
]


@pytest.mark.parametrize("theme", THEMES.values(), ids=list(THEMES))
@pytest.mark.parametrize(("front", "back"), PAIRS)
def test_text_can_be_read(theme: Theme, front: str, back: str) -> None:
    assert contrast(getattr(theme, front), getattr(theme, back)) >= 4.5


@pytest.mark.parametrize("theme", THEMES.values(), ids=list(THEMES))
@pytest.mark.parametrize("ground", ["surface", "raised"])
def test_the_edge_of_what_is_used_is_seen(theme: Theme, ground: str) -> None:
    assert contrast(theme.edge, getattr(theme, ground)) >= 3.0


def test_the_contrast_is_that_of_wcag() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#767676", "#ffffff") == pytest.approx(4.54, abs=0.01)


@pytest.mark.parametrize("page", PLACES)
def test_everything_to_be_used_has_a_tooltip_and_a_name_for_a_screen_reader(
    window: MainWindow, page: str
) -> None:
    kinds = (QAbstractButton, QAbstractSlider, QAbstractSpinBox, QComboBox)
    nameless, silent = [], []
    for _ in places(window, page):
        for widget in window.findChildren(QWidget):
            if not isinstance(widget, kinds) or isinstance(widget, QScrollBar):
                continue
            if not widget.isVisible() or widget.objectName().startswith("qt_"):
                continue
            face = QAccessible.queryAccessibleInterface(widget)
            if not face.text(QAccessible.Text.Name):
                nameless.append(f"{type(widget).__name__} {widget.objectName()!r}")
            if not widget.toolTip():
                silent.append(f"{type(widget).__name__} {widget.accessibleName()!r}")
    assert nameless == []
    assert silent == []


@pytest.mark.parametrize("page", PLACES)
def test_nothing_is_cut_at_1280_by_720(window: MainWindow, qtbot: QtBot, page: str) -> None:
    window.resize(1280, 720)
    for tab in places(window, page):
        if tab == FILM:  # the others let nothing of it be computed
            wait_for_film(qtbot, window.session)
        wait_for_rest(qtbot, window)
        QApplication.processEvents()  # what was just shown is laid out
        assert (window.width(), window.height()) == (1280, 720)
        inside = window.rect()
        for widget in window.findChildren(QWidget):
            if not widget.isVisible() or isinstance(widget, QScrollBar) or widget.isWindow():
                continue
            if isinstance(widget, (QAbstractButton, QLabel)) and widget.width() > 1:
                shown = widget.rect().translated(widget.mapTo(window, QPoint(0, 0)))
                inside_panel = window.page("learn").settings_panel.area.isAncestorOf(widget)
                assert inside_panel or inside.contains(shown), widget
            is_button = isinstance(widget, QAbstractButton)
            if is_button and widget.objectName() != "qt_menubar_ext_button":
                assert widget.width() >= widget.minimumSizeHint().width(), widget.text()


def test_no_button_tab_box_or_list_takes_the_keys_of_the_stage(
    window: MainWindow, qtbot: QtBot
) -> None:
    learn, session = window.page("learn"), window.session
    form = learn.settings_panel.rows
    learn.settings_panel.more.setChecked(True)
    focusable = (
        window.foot.speed,
        window.foot.buttons["step_epoch"],
        window.head.buttons["learn_page"],
        learn.switch.button("Confusion"),
        form["shuffle"].editor,
        form["init"].editor,
        window.head.data,
        learn.atlas,
    )
    for widget in focusable:
        before = session.wanted.training, session.wanted.data, learn.tabs.currentWidget()
        widget.setFocus()
        assert widget.hasFocus(), widget
        with qtbot.waitSignal(session.view.run_started, timeout=WAIT):
            qtbot.keyClick(widget, Qt.Key.Key_Space)
        wait_for_state(qtbot, session, RunState.FINISHED)
        after = session.wanted.training, session.wanted.data, learn.tabs.currentWidget()
        assert after == before, widget
        if widget is not learn.atlas:  # whose cells one walks over
            qtbot.keyClick(widget, Qt.Key.Key_Left)
            assert session.view.pinned_epoch == EPOCHS - 1, widget
            qtbot.keyClick(widget, Qt.Key.Key_Home)
            assert session.view.pinned_epoch == 0
            qtbot.keyClick(widget, Qt.Key.Key_End)
            assert session.view.pinned_epoch is None


def test_enter_presses_what_is_focused(window: MainWindow, qtbot: QtBot) -> None:
    panel = window.page("learn").settings_panel
    panel.more.setChecked(True)
    shuffle = panel.rows["shuffle"].editor
    shuffle.setFocus()
    qtbot.keyClick(shuffle, Qt.Key.Key_Return)
    assert not shuffle.isChecked()
    assert window.session.wanted.training.shuffle is False
    combo = window.head.preset
    combo.setFocus()
    qtbot.keyClick(combo, Qt.Key.Key_Return)
    wait_until(qtbot, combo.view().isVisible)
    combo.hidePopup()


def test_keys_in_a_text_field_are_those_of_the_text(window: MainWindow, qtbot: QtBot) -> None:
    session = window.session
    field = window.page("learn").settings_panel.rows["learning_rate"].editor
    field.setFocus()
    keys = Qt.Key
    for key in (keys.Key_Left, keys.Key_Home, keys.Key_Period, keys.Key_Comma, keys.Key_Space):
        qtbot.keyClick(field, key)
    assert session.view.pinned_epoch is None
    assert session.view.run_state is RunState.FINISHED


def test_shift_and_space_train_whatever_is_on_the_stage(window: MainWindow, qtbot: QtBot) -> None:
    window.show_page("attack")
    with qtbot.waitSignal(window.session.view.run_started, timeout=WAIT):
        press(qtbot, window, "Shift+Space")
    wait_for_state(qtbot, window.session, RunState.FINISHED)


def test_letters_typed_into_a_field_are_no_commands(window: MainWindow, qtbot: QtBot) -> None:
    history = window.session.view.history
    field = window.page("learn").settings_panel.rows["learning_rate"].editor
    field.setFocus()
    for key in "bern":
        qtbot.keyClicks(field, key)
        assert window.session.view.history is history, key
        assert window.session.view.run_state is RunState.FINISHED, key


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a disk that is always full")
def test_a_full_disk_is_told(
    window: MainWindow, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "curves.csv"
    file.write_text("an older file")
    opened = Path.open

    def full(path: Path, mode: str = "r") -> Any:
        """Open a new file on a disk that is full."""
        return opened(Path("/dev/full"), "wb") if "x" in mode else opened(path, mode)

    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *args, **options: (str(file), ""))
    with monkeypatch.context() as patch:
        patch.setattr(Path, "open", full)
        press(qtbot, window, "Ctrl+E")
        wait_until(qtbot, lambda: window.notice.has_message)
    assert f"{file} cannot be written: No space left" in window.notice.text
    assert file.read_text() == "an older file"
    assert list(tmp_path.glob("*.part")) == []


def test_the_wheel_scrolls_and_changes_no_setting(window: MainWindow, qtbot: QtBot) -> None:
    panel, session = window.page("learn").settings_panel, window.session
    before = session.wanted.training, session.wanted.data
    rate = panel.rows["learning_rate"]
    for widget in (window.head.preset, rate.editor, rate.slider):
        assert widget is not None
        assert not widget.hasFocus()
        centre = QPointF(widget.rect().center())
        wheel = QWheelEvent(
            centre,
            widget.mapToGlobal(centre),
            QPoint(),
            QPoint(0, -120),
            Qt.MouseButton.NoButton,
            Qt.KeyboardModifier.NoModifier,
            Qt.ScrollPhase.NoScrollPhase,
            False,
        )
        QApplication.sendEvent(widget, wheel)
        assert not wheel.isAccepted()  # so that Qt offers it to the panel around it, which scrolls
        assert (session.wanted.training, session.wanted.data) == before


def test_escape_closes_a_message(window: MainWindow, qtbot: QtBot) -> None:
    window.session.messages.warn("Something went wrong.")
    assert window.notice.has_message
    press(qtbot, window, "Esc")
    assert not window.notice.has_message


def test_the_atlas_fits_again_after_data_of_many_classes_on_another_page(
    window: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    atlas = window.page("learn").atlas
    usual = atlas.height()
    for name, n_classes in (("many", 47), ("few", 3)):
        window.show_page("images")
        window.session.open(write_data(tmp_path / name, (5, 4), n_classes, 188, 94))
        wait_until(qtbot, lambda n=n_classes: data_of(window.session).n_classes == n)
        wait_until(qtbot, lambda: window.session.view.shown is not None)
        window.show_page("learn")
        if n_classes == 47:
            wait_until(qtbot, lambda: atlas.height() > usual)  # several bands of them
        else:
            wait_until(qtbot, lambda: atlas.height() == usual)


def test_a_bad_path_at_the_start_stays_told(
    new_session: Any, new_window: Any, qtbot: QtBot
) -> None:
    session = new_session(data=replace(SMALL, dataset="/nowhere"))
    window = new_window(session)
    session.open("/nowhere")
    wait_for_state(qtbot, session, RunState.FINISHED)
    assert "/nowhere" in window.notice.text
    assert window.notice.has_message
    assert not window.notice.goes_by_itself
