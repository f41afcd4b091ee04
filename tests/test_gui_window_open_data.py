"""Opening data in the window as a person does it: dropping, dialogs, catalogue, question."""

from __future__ import annotations

import gzip
import hashlib
import json
import threading
import time
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from core_samples import idx_bytes, mnist_folder
from gui_helpers import (
    SMALL,
    choose,
    click,
    data_of,
    has_colour,
    made_up_images,
    offer,
    pixels,
    play_endlessly,
    press,
    wait_for_state,
    wait_until,
    write_data,
)
from loopback import Loopback
from PySide6 import __version_info__ as pyside_version
from PySide6.QtCore import QMimeData, QPoint, QPointF, QSettings, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDragLeaveEvent, QDropEvent
from PySide6.QtWidgets import QApplication, QMenu

from core.data.dataset import Dataset
from core.progress import Progress
from core.sources.catalogue.entries import CATALOGUE, RemoteFile
from core.sources.reading import ReadingConfig
from gui.session.run_state import RunState
from gui.settings import MOST_RECENT, Settings
from gui.window.array_chooser import ArrayChooser

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from core.data.config import DataConfig
    from gui.window.catalogue_panel import CatalogueRow
    from gui.window.main_window import MainWindow

COPY = Qt.DropAction.CopyAction
LEFT, NONE = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier


def _mime(*paths: Path | str) -> QMimeData:
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    return mime


def _drag(window: MainWindow, mime: QMimeData) -> bool:
    # Qt 6.12 wants a point with fractions, those before it know whole ones only.
    point = QPointF(50, 50) if pyside_version >= (6, 12) else QPoint(50, 50)
    event = QDragEnterEvent(point, COPY, mime, LEFT, NONE)
    event.ignore()
    QApplication.sendEvent(window, event)
    return event.isAccepted()


def _drop(window: MainWindow, mime: QMimeData) -> None:
    if not window.open_data.drop_words.isVisible():
        assert _drag(window, mime)  # Qt sends a drop only where a drag was accepted
    QApplication.sendEvent(window, QDropEvent(QPointF(50, 50), COPY, mime, LEFT, NONE))


def test_a_folder_is_dropped_onto_the_window(
    window: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    folder = write_data(tmp_path / "mine", (5, 4), 3, 30, 12)
    mime = _mime(folder)
    assert _drag(window, mime)
    words = window.open_data.drop_words
    assert words.isVisible()
    assert "mine" in words.text()
    assert has_colour(pixels(words), window.theme.selection).mean() > 0.5
    _drop(window, mime)
    assert not words.isVisible()
    wait_until(qtbot, lambda: data_of(window.session).image_shape == (5, 4))
    assert "30 training and 12 test images of 5 x 4 pixels, 3 classes" in window.notice.text
    assert window.head.data.currentText() == "mine"


def test_a_drag_that_leaves_takes_its_words_along(window: MainWindow, tmp_path: Path) -> None:
    _drag(window, _mime(tmp_path))
    QApplication.sendEvent(window, QDragLeaveEvent())
    assert not window.open_data.drop_words.isVisible()


def test_words_cannot_be_dropped(window: MainWindow) -> None:
    mime = QMimeData()
    mime.setText("hello")
    assert not _drag(window, mime)
    assert not window.open_data.drop_words.isVisible()


def test_a_bad_file_dropped_leaves_data_and_run_as_they_are(
    window: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    session = window.session
    before = session.view.dataset, session.view.history, session.view.live, session.view.run_state
    file = tmp_path / "bad\n\x1b[31mname"
    file.write_bytes(b"\0\0\x08\x03\0\0")
    _drop(window, _mime(file))
    wait_until(qtbot, lambda: window.notice.has_message)
    assert window.notice.property("error") is True
    assert "\x1b" not in window.notice.text
    assert "\\x1b[31mname" in window.notice.text
    assert (
        session.view.dataset,
        session.view.history,
        session.view.live,
        session.view.run_state,
    ) == before
    assert window.settings.recent == []


def test_several_files_at_once_are_refused_in_words(window: MainWindow, tmp_path: Path) -> None:
    _drop(window, _mime(tmp_path / "a", tmp_path / "b"))
    assert window.session.data.opening is None
    assert "one file or folder at a time" in window.notice.text


def test_data_are_switched_while_a_run_goes_on(
    window: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    session = window.session
    play_endlessly(session)
    wait_until(qtbot, lambda: session.view.live and session.view.live.progress.place > 1)
    old = session.view.history
    _drop(window, _mime(write_data(tmp_path / "other", (6, 6), 4, 60, 20)))
    wait_until(qtbot, lambda: data_of(session).image_shape == (6, 6))
    assert session.view.is_running  # it plays on, on the new data
    wait_until(qtbot, lambda: session.view.live and session.view.live.progress.place > 1)
    assert session.view.history is not old
    assert session.view.shown is not None
    assert session.view.shown.weights.shape == (4, 37)
    session.training.pause()
    wait_for_state(qtbot, session, RunState.PAUSED)


def _recent(window: MainWindow) -> list[str]:
    menu = window.open_data.recent_menu
    menu.aboutToShow.emit()
    return [str(action.data()) for action in menu.actions() if action.data()]


def test_the_recent_list_reopens_with_the_same_reading(
    window: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    first = write_data(tmp_path / "first", (5, 4), 3, 30, 12)
    second = write_data(tmp_path / "second", (6, 6), 3, 30, 12)
    window.session.open(first, ReadingConfig(orientation="columns"))
    wait_until(qtbot, lambda: data_of(window.session).image_shape == (4, 5))
    window.session.open(second)
    wait_until(qtbot, lambda: data_of(window.session).image_shape == (6, 6))
    assert _recent(window) == [second, first]
    menu = window.open_data.recent_menu
    next(action for action in menu.actions() if action.data() == first).trigger()
    wait_until(qtbot, lambda: data_of(window.session).image_shape == (4, 5))
    assert _recent(window) == [first, second]
    next(action for action in menu.actions() if action.text() == "Forget these").trigger()
    assert _recent(window) == []
    assert menu.actions()[0].isEnabled() is False


def test_recent_paths_outlive_the_window_and_are_not_too_many(settings: Settings) -> None:
    dark = ReadingConfig(ink="dark")
    for number in range(MOST_RECENT + 3):
        settings.remember_opened(f"/data/{number}", dark)
    settings.remember_opened("/data/5", ReadingConfig())
    recent = settings.recent
    assert len(recent) == MOST_RECENT
    assert recent[0] == ("/data/5", ReadingConfig())
    assert recent[1] == (f"/data/{MOST_RECENT + 2}", dark)


@pytest.mark.parametrize(
    "stored",
    ["", "{", "{}", "[3]", '[{"path": "a", "reading": {"ink": 7}}]', "[" * 100_000],
    ids=range(6),
)
def test_a_recent_list_of_another_version_is_forgotten(tmp_path: Path, stored: str) -> None:
    store = QSettings(str(tmp_path / "settings.ini"), QSettings.Format.IniFormat)
    store.setValue("recent", stored)
    assert Settings(store).recent == []


def test_of_a_recent_list_without_end_the_newest_are_looked_at(tmp_path: Path) -> None:
    store = QSettings(str(tmp_path / "settings.ini"), QSettings.Format.IniFormat)
    entries = [{"path": f"/data/{k}", "reading": {"ink": "dark"}} for k in range(MOST_RECENT)]
    # Whatever follows is not even read: it would be refused.
    store.setValue("recent", json.dumps([*entries, *[{"path": "x", "reading": 7}] * 100_000]))
    assert [path for path, _ in Settings(store).recent] == [entry["path"] for entry in entries]


def test_named_data_are_no_recent_paths(window: MainWindow) -> None:
    assert window.session.view.data_config.dataset == "digits8"
    assert _recent(window) == []


def test_the_recent_menu_stands_in_the_file_menu(window: MainWindow) -> None:
    files = window.menus.by_name["File"]
    assert isinstance(files, QMenu)
    assert window.open_data.recent_menu.menuAction() in files.actions()


def test_a_long_opening_shows_how_far_it_is_and_can_be_called_off(
    window: MainWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    def endless(*_: Any, **__: Any) -> Iterator[Progress]:
        done = 0
        while True:
            done += 1
            time.sleep(0.01)
            yield Progress(min(done, 400), 1000, "pictures")

    monkeypatch.setattr("gui.session.data.opening_dataset", endless)
    session, bar = window.session, window.foot.opening_bar
    before = session.view.dataset
    session.open("/many/pictures")
    assert not bar.isVisible()  # most openings are over before they could be read
    wait_until(qtbot, bar.isVisible)
    wait_until(qtbot, lambda: "of 1,000 pictures" in bar.words.text())
    assert 0 < bar.bar.value() <= 400
    assert "/many/pictures" in window.notice.status
    click(qtbot, bar.button)
    assert session.data.opening is None
    assert not bar.isVisible()
    assert session.view.dataset is before
    assert "opening" not in window.notice.status


@pytest.fixture
def unclear(tmp_path: Path) -> Path:
    """Return a file whose arrays have names that say nothing."""
    images, labels = made_up_images(60, (5, 4), 3, 1)
    more, others = made_up_images(60, (5, 4), 3, 2)
    file = tmp_path / "unclear.npz"
    np.savez(file, alpha=images, beta=labels, gamma=more, delta=others)
    return file


def test_unclear_arrays_are_asked_about(window: MainWindow, qtbot: QtBot, unclear: Path) -> None:
    session = window.session
    before = session.view.dataset
    session.open(str(unclear))
    wait_until(qtbot, lambda: window.findChild(ArrayChooser) is not None)
    chooser = window.findChild(ArrayChooser)
    assert isinstance(chooser, ArrayChooser)
    wait_until(qtbot, chooser.isVisible)
    assert session.view.dataset is before
    for role, name in zip(chooser.combos, ("alpha", "beta", "gamma", "delta"), strict=True):
        combo = chooser.combos[role]
        choose(qtbot, combo, combo.findData(name))
    assert chooser.problem.text() == ""
    click(qtbot, chooser.open_button)
    wait_until(qtbot, lambda: data_of(session).image_shape == (5, 4))
    assert data_of(session).train.n_samples == 60
    assert data_of(session).has_own_test
    assert session.view.reading.arrays


def test_the_question_refuses_what_cannot_be(
    window: MainWindow, qtbot: QtBot, unclear: Path
) -> None:
    before = window.session.view.dataset
    window.session.open(str(unclear))
    wait_until(qtbot, lambda: window.findChild(ArrayChooser) is not None)
    chooser = window.findChild(ArrayChooser)
    assert isinstance(chooser, ArrayChooser)
    wait_until(qtbot, chooser.isVisible)
    for combo in chooser.combos.values():
        combo.setCurrentIndex(0)
    assert "training images" in chooser.problem.text()
    chooser.combos["train_images"].setCurrentIndex(1)
    chooser.combos["train_labels"].setCurrentIndex(1)
    assert "one thing only" in chooser.problem.text()
    assert not chooser.open_button.isEnabled()
    chooser.combos["train_labels"].setCurrentIndex(2)
    assert chooser.open_button.isEnabled()
    chooser.combos["test_images"].setCurrentIndex(3)
    assert "both test images and test labels" in chooser.problem.text()
    qtbot.keyClick(chooser, Qt.Key.Key_Escape)
    assert window.session.view.dataset is before


@pytest.fixture
def files() -> dict[str, bytes]:
    """Return a small set as a mirror has it."""
    made = {}
    for part, n, seed in (("train", 60, 1), ("t10k", 20, 2)):
        images, labels = made_up_images(n, (5, 4), 3, seed)
        made[f"{part}-images-idx3-ubyte.gz"] = gzip.compress(idx_bytes(images), mtime=0)
        made[f"{part}-labels-idx1-ubyte.gz"] = gzip.compress(idx_bytes(labels), mtime=0)
    return made


@pytest.fixture
def server(files: dict[str, bytes]) -> Iterator[Loopback]:
    """Return a server on this machine that has them."""
    with Loopback(files) as loopback:
        yield loopback


@pytest.fixture
def offered(files: dict[str, bytes], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Make MNIST's entry of the catalogue one of these files, with an empty cache."""
    monkeypatch.setenv("PERCEPTRON_EXPLORER_CACHE", str(tmp_path / "cache"))
    monkeypatch.delenv("PERCEPTRON_EXPLORER_MIRROR", raising=False)
    remote = tuple(
        RemoteFile(name, len(content), hashlib.sha256(content).hexdigest())
        for name, content in files.items()
    )
    entry = replace(
        CATALOGUE["mnist"], files=remote, n_train=60, n_test=20, class_names=("a", "b", "c")
    )
    monkeypatch.setitem(CATALOGUE, "mnist", entry)


def _at(monkeypatch: pytest.MonkeyPatch, server: Loopback, *behaviours: str) -> None:
    mirrors = tuple(server.url(behaviour) for behaviour in behaviours)
    monkeypatch.setitem(CATALOGUE, "mnist", replace(CATALOGUE["mnist"], mirrors=mirrors))


@pytest.fixture
def new_window_at(
    offered: None, server: Loopback, monkeypatch: pytest.MonkeyPatch, request: Any
) -> Any:
    """Return a maker of windows whose MNIST comes from mirrors of these behaviours."""

    def make(*behaviours: str) -> MainWindow:
        _at(monkeypatch, server, *behaviours)
        return request.getfixturevalue("window")

    return make


def _row(window: MainWindow, qtbot: QtBot) -> CatalogueRow:
    """Unfold the catalogue and return the row of MNIST, laid out."""
    choose(qtbot, window.head.data, window.head.data.findText("More data..."))
    catalogue = window.head.data.catalogue
    button = catalogue.rows["mnist"].button

    def in_place() -> bool:
        return QApplication.widgetAt(button.mapToGlobal(button.rect().center())) is button

    wait_until(qtbot, in_place)
    return catalogue.rows["mnist"]


def test_one_click_downloads_and_offers_to_switch(
    new_window_at: Any, qtbot: QtBot, server: Loopback
) -> None:
    window = new_window_at("503", "half")
    session, row = window.session, _row(window, qtbot)
    before = session.view.dataset
    assert "CC BY-SA 3.0" in row.words.text()
    assert row.button.text() == "Download"
    click(qtbot, row.button)
    assert row.button.text() == "Cancel"
    wait_until(qtbot, lambda: row.bar.isVisible() and row.bar.value() > 0)
    server.let_go.set()
    wait_until(qtbot, lambda: row.button.text() == "Open")
    assert session.view.dataset is before  # only offered
    notice = window.notice
    assert notice.has_message
    assert "MNIST is on this machine now" in notice.text
    click(qtbot, notice.verb)
    wait_until(qtbot, lambda: data_of(session).image_shape == (5, 4))
    assert "on this machine" not in notice.text
    assert data_of(session).class_names == ("a", "b", "c")
    assert window.head.data.currentText() == "MNIST"


def test_a_download_goes_on_beside_the_run(
    new_window_at: Any, qtbot: QtBot, server: Loopback
) -> None:
    window = new_window_at("half")
    session, row = window.session, _row(window, qtbot)
    play_endlessly(session)
    click(qtbot, row.button)
    wait_until(qtbot, lambda: session.view.live and session.view.live.progress.place > 1)
    server.let_go.set()
    wait_until(qtbot, lambda: row.button.text() == "Open")
    assert session.view.is_running
    click(qtbot, row.button)
    wait_until(qtbot, lambda: data_of(session).image_shape == (5, 4))
    assert session.view.is_running
    session.training.pause()


def test_a_download_is_called_off_and_begun_again(
    new_window_at: Any, qtbot: QtBot, tmp_path: Path, server: Loopback
) -> None:
    window = new_window_at("half")
    row = _row(window, qtbot)
    click(qtbot, row.button)
    wait_until(qtbot, lambda: row.bar.isVisible() and row.bar.value() > 0)
    click(qtbot, row.button)
    assert row.button.text() == "Download"
    assert not row.bar.isVisible()
    server.let_go.set()
    click(qtbot, row.button)
    wait_until(qtbot, lambda: row.button.text() == "Open")


def test_a_download_that_fails_names_the_other_ways(new_window_at: Any, qtbot: QtBot) -> None:
    window = new_window_at("404", "html")
    session, row = window.session, _row(window, qtbot)
    before = session.view.dataset, session.view.history
    click(qtbot, row.button)
    wait_until(qtbot, lambda: row.button.text() == "Try again")
    for words in ("404", "File > Open", "mirror", "ship with the program"):
        assert words in window.notice.text
    assert window.notice.property("error") is True
    assert (session.view.dataset, session.view.history) == before


def test_a_folder_serves_as_mirror_and_is_remembered(
    new_window_at: Any, qtbot: QtBot, tmp_path: Path, files: dict[str, bytes]
) -> None:
    stick = tmp_path / "stick"
    stick.mkdir()
    for name, content in files.items():
        (stick / name).write_bytes(content)
    window = new_window_at("404")
    row = _row(window, qtbot)
    field = window.head.data.catalogue.mirror
    field.setFocus()
    qtbot.keyClicks(field, str(stick))
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert window.settings.mirror == str(stick)
    click(qtbot, row.button)
    wait_until(qtbot, lambda: row.button.text() == "Open")


def test_a_folder_named_after_a_set_shows_up_and_opens_without_network(
    monkeypatch: pytest.MonkeyPatch, request: Any, qtbot: QtBot, tmp_path: Path
) -> None:
    monkeypatch.setenv("PERCEPTRON_EXPLORER_CACHE", str(tmp_path / "cache"))
    folder = mnist_folder()
    if folder is None:
        pytest.skip("no MNIST beside the repository")
    monkeypatch.setenv("PERCEPTRON_EXPLORER_MIRROR", str(folder))
    window = request.getfixturevalue("window")
    row = _row(window, qtbot)
    wait_until(qtbot, lambda: row.button.text() == "Open")
    assert window.head.data.findData("mnist") >= 0
    click(qtbot, row.button)
    wait_until(qtbot, lambda: data_of(window.session).image_shape == (28, 28))
    assert data_of(window.session).name == "MNIST"
    assert data_of(window.session).train.n_samples == 300  # as many as the panel asks for


def test_the_window_closes_during_a_download(new_window_at: Any, qtbot: QtBot) -> None:
    window = new_window_at("trickle")
    row = _row(window, qtbot)
    click(qtbot, row.button)
    wait_until(qtbot, lambda: window.session.downloads.progress["mnist"] is not None)
    assert window.session.close() is True  # every thread ended in the time allowed


def test_the_shortcut_of_open_asks_for_a_file(
    window: MainWindow, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = write_data(tmp_path / "mine", (5, 4), 3, 30, 12)
    file = f"{folder}/train-images-idx3-ubyte"
    monkeypatch.setattr(
        "gui.shared.file_dialogs.QFileDialog.getOpenFileName", lambda *_, **__: (file, "")
    )
    press(qtbot, window, "Ctrl+O")
    wait_until(qtbot, lambda: data_of(window.session).image_shape == (5, 4))


@pytest.mark.parametrize("mirror", ["ftp://stick", "~nobody-of-that-name/x"])
def test_an_impossible_mirror_is_told_and_the_one_before_is_kept(
    window: MainWindow, qtbot: QtBot, mirror: str
) -> None:
    _row(window, qtbot)
    field = window.head.data.catalogue.mirror
    field.setFocus()
    qtbot.keyClicks(field, mirror)
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert window.notice.property("error") is True
    assert window.session.downloads.mirror == ""
    assert window.settings.mirror == ""


def test_an_impossible_mirror_from_outside_does_not_keep_the_window_shut(
    new_session: Any, new_window: Any, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PERCEPTRON_EXPLORER_MIRROR", "ftp://stick")
    window = new_window(new_session())
    wait_until(qtbot, lambda: "ftp" in window.notice.text)
    assert window.notice.property("error") is True


def test_a_stick_that_is_pulled_out_is_noticed(
    new_window_at: Any, qtbot: QtBot, tmp_path: Path, files: dict[str, bytes]
) -> None:
    stick = tmp_path / "stick" / "mnist"
    stick.mkdir(parents=True)
    for name, content in files.items():
        (stick / name).write_bytes(content)
    window = new_window_at("404")
    row = _row(window, qtbot)
    window.session.downloads.set_mirror(str(stick.parent))
    wait_until(qtbot, lambda: row.button.text() == "Open")
    for file in stick.iterdir():
        file.unlink()
    click(qtbot, row.button)
    wait_until(qtbot, lambda: row.button.text() == "Download")
    assert "not on this machine" in window.notice.text


def test_a_cancelled_first_opening_falls_back_to_what_ships(
    new_session: Any, new_window: Any, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    from core import sources

    def endless(name: str, *_: Any, **__: Any) -> Iterator[Progress]:
        if name in sources.NAMED_SOURCES:
            return (yield from sources.opening_dataset(name))
        while True:
            time.sleep(0.01)
            yield Progress(1, 2, "pictures")

    monkeypatch.setattr("gui.session.data.opening_dataset", endless)
    session = new_session(data=replace(SMALL, dataset="/many/pictures"))
    window = new_window(session)
    session.open("/many/pictures")
    wait_until(qtbot, window.foot.opening_bar.isVisible)
    click(qtbot, window.foot.opening_bar.button)
    wait_until(qtbot, lambda: session.view.dataset is not None)
    assert session.view.data_config.dataset == "strokes"


def test_an_offer_stays_until_it_is_answered(window: MainWindow, qtbot: QtBot) -> None:
    offer(window.session, "MNIST is on this machine now.", "mnist")
    window.session.training.start_again(play=False)
    assert window.notice.has_message
    assert not window.notice.goes_by_itself


def _slow_noise(monkeypatch: pytest.MonkeyPatch) -> threading.Event:
    """Hold the making of noisy pixels until the event is set."""
    may_go = threading.Event()
    sized = Dataset.sized

    def slow(self: Dataset, config: DataConfig) -> Dataset:
        if config.copies_pixels:
            assert may_go.wait(20)
        return sized(self, config)

    monkeypatch.setattr(Dataset, "sized", slow)
    return may_go


def test_new_data_that_are_still_prepared_change_nothing_yet(
    window: MainWindow, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = window.session
    may_go = _slow_noise(monkeypatch)
    session.wanted.set_setting("pixel_noise", 0.2)
    before = (
        session.view.dataset,
        session.wanted.full_dataset,
        session.view.reading,
        session.view.history,
    )
    folder = write_data(tmp_path / "new", (5, 4), 3, 30, 12)
    session.open(folder)
    wait_until(qtbot, lambda: session.data.pending is not None)
    now = (
        session.view.dataset,
        session.wanted.full_dataset,
        session.view.reading,
        session.view.history,
    )
    assert now == before
    assert list(session.data.opened_paths) == []
    session.training.start_again(play=False)  # does not lose them
    may_go.set()
    wait_until(qtbot, lambda: data_of(session).image_shape == (5, 4))
    assert session.view.data_config.dataset == folder
    assert list(session.data.opened_paths) == [folder]


def test_new_data_that_cannot_be_prepared_change_nothing(
    window: MainWindow, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = window.session

    def full(self: Dataset, config: DataConfig) -> Dataset:
        raise MemoryError

    monkeypatch.setattr(Dataset, "sized", full)
    session.wanted.set_setting("pixel_noise", 0.2)
    before = (
        session.view.dataset,
        session.wanted.full_dataset,
        session.view.reading,
        session.view.history,
    )
    session.open(write_data(tmp_path / "new", (5, 4), 3, 30, 12))
    wait_until(qtbot, lambda: "not enough memory" in window.notice.text)
    now = (
        session.view.dataset,
        session.wanted.full_dataset,
        session.view.reading,
        session.view.history,
    )
    assert now == before
    assert session.wanted.data.dataset == "digits8"


def test_a_pause_while_data_are_prepared_holds_the_new_run(
    window: MainWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = window.session
    play_endlessly(session)
    may_go = _slow_noise(monkeypatch)
    session.wanted.set_setting("pixel_noise", 0.2)
    session.training.start_again(play=False)
    session.training.pause()
    may_go.set()
    wait_until(qtbot, lambda: session.view.data_config.pixel_noise == 0.2)
    assert session.view.run_state is RunState.PAUSED


def test_an_opened_model_does_not_leak_into_a_later_run(
    window: MainWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = window.session
    may_go = _slow_noise(monkeypatch)
    session.wanted.set_setting("pixel_noise", 0.2)
    session.training.start_from(np.full((10, 65), 0.25, np.float32))
    session.training.start_again(play=False)
    may_go.set()
    wait_until(qtbot, lambda: session.view.data_config.pixel_noise == 0.2)
    wait_until(qtbot, lambda: session.view.shown is not None)
    assert session.view.shown is not None
    assert not session.view.shown.weights.any()


def test_a_relative_path_is_remembered_in_full(
    window: MainWindow, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_data(tmp_path / "here", (5, 4), 3, 30, 12)
    monkeypatch.chdir(tmp_path)
    window.session.open("here")
    wait_until(qtbot, lambda: data_of(window.session).image_shape == (5, 4))
    assert window.settings.recent[0][0] == str(tmp_path / "here")
