"""Data that change while something else is under way: nothing stays wrong, stuck or lost."""

from __future__ import annotations

import threading
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from gui_helpers import (
    EPOCHS,
    SMALL,
    activate,
    choose,
    click,
    data_of,
    earlier_runs,
    make_session,
    offer,
    open_and_finish,
    press,
    wait_for_diagnosis,
    wait_for_state,
    wait_until,
    wall_is_right,
    write_data,
)
from PySide6.QtCore import Qt

from core.data.dataset import Dataset
from core.insight.diagnostics import weight_images
from core.insight.readings import ImageFilter, read_images
from core.learning.config import TrainingConfig
from core.sources.catalogue.downloads import DownloadProgress
from core.sources.catalogue.entries import CATALOGUE
from core.sources.reading import ReadingConfig
from gui.images.page import CLASSES
from gui.jobs.worker import SteppedJob
from gui.session import data as data_session
from gui.session import readings as readings_session
from gui.session.run_state import RunState
from gui.shared.words import an

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from core.data.config import DataConfig
    from core.progress import Progress
    from gui.session.session import Session
    from gui.window.main_window import MainWindow


class Gate:
    """Holds every call of a function after the first ``free`` ones until it is opened."""

    def __init__(self, function: Callable[..., Any], free: int = 0) -> None:
        self._function, self._free = function, free
        self.n_calls = 0
        self.open = threading.Event()

    def __call__(self, *arguments: Any, **options: Any) -> Any:
        self.n_calls += 1
        if self.n_calls > self._free:
            assert self.open.wait(60)
        return self._function(*arguments, **options)


def gated(monkeypatch: pytest.MonkeyPatch, owner: Any, name: str, free: int = 0) -> Gate:
    gate = Gate(getattr(owner, name), free)
    monkeypatch.setattr(owner, name, gate)
    return gate


def hold_noise(monkeypatch: pytest.MonkeyPatch) -> Gate:
    """Hold the making of noisy pixels."""
    sized = Dataset.sized
    gate = Gate(sized)

    def held(self: Dataset, config: DataConfig) -> Dataset:
        return gate(self, config) if config.copies_pixels else sized(self, config)

    monkeypatch.setattr(Dataset, "sized", held)
    return gate


def test_a_part_left_and_chosen_again_is_read_again(
    window: MainWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    press(qtbot, window, "Ctrl+4")
    page = window.page("images")
    wait_until(qtbot, lambda: wall_is_right(window))
    page.show_filter(ImageFilter(order="worst"))
    gate = gated(monkeypatch, readings_session, "read_images")
    page.show_part("test")
    wait_until(qtbot, lambda: gate.n_calls == 1)
    page.show_part("train")
    gate.open.set()
    wait_until(qtbot, lambda: wall_is_right(window))
    assert page.wall.content is not None


def test_an_epoch_left_and_shown_again_is_read_again(
    window: MainWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    press(qtbot, window, "Ctrl+4")
    wait_until(qtbot, lambda: wall_is_right(window))
    gate = gated(monkeypatch, readings_session, "read_images")
    press(qtbot, window, ",")
    wait_until(qtbot, lambda: gate.n_calls == 1)
    window.session.view.show_epoch(None)
    gate.open.set()
    wait_until(qtbot, lambda: wall_is_right(window))
    assert window.page("images").view.seen.epoch == EPOCHS


def test_one_failed_reading_is_told_and_the_next_one_succeeds(
    window: MainWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[str] = []
    window.session.messages.surprised.disconnect(window.show_surprise)
    window.session.messages.surprised.connect(told.append)
    press(qtbot, window, "Ctrl+4")
    wait_until(qtbot, lambda: wall_is_right(window))

    def fail(*_: Any) -> Any:
        raise MemoryError("no room")

    with monkeypatch.context() as patch:
        patch.setattr(readings_session, "read_images", fail)
        window.session.view.show_epoch(3)
        wait_until(qtbot, lambda: bool(told))
    assert "no room" in told[0]
    window.session.view.show_epoch(5)
    wait_until(qtbot, lambda: wall_is_right(window))


def test_a_key_held_down_prepares_once(
    window: MainWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    session, gate = window.session, hold_noise(monkeypatch)
    before = session.view.history
    session.wanted.set_setting("pixel_noise", 0.2)
    press(qtbot, window, "R")
    n_threads = threading.active_count()
    for _ in range(11):
        press(qtbot, window, "R")
    assert threading.active_count() == n_threads
    assert "Preparing" in window.notice.status
    wait_until(qtbot, window.foot.opening_bar.isVisible)
    gate.open.set()
    wait_until(qtbot, lambda: session.view.history is not before)
    assert gate.n_calls == 1
    assert not window.foot.opening_bar.isVisible()
    assert session.view.data_config.pixel_noise == 0.2


def test_other_noise_replaces_what_is_prepared(
    window: MainWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    session, gate = window.session, hold_noise(monkeypatch)
    for k in range(1, 8):
        session.wanted.set_setting("pixel_noise", k / 10)
        session.training.start_again(play=False)
        wait_until(qtbot, lambda: gate.n_calls == 1)
    gate.open.set()
    wait_until(qtbot, lambda: session.view.data_config.pixel_noise == 0.7)
    assert gate.n_calls == 2  # the first and the last


def test_a_run_that_is_prepared_can_be_called_off(
    window: MainWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    session, gate = window.session, hold_noise(monkeypatch)
    before = session.view.history, session.view.dataset, session.view.run_state
    session.wanted.set_setting("pixel_noise", 0.2)
    session.training.start_again(play=False)
    wait_until(qtbot, window.foot.opening_bar.isVisible)
    click(qtbot, window.foot.opening_bar.button)
    assert session.data.pending is None
    assert not window.foot.opening_bar.isVisible()
    assert "called off" in window.notice.text
    gate.open.set()
    qtbot.wait(100)
    assert (session.view.history, session.view.dataset, session.view.run_state) == before
    session.training.start_again(play=False)  # and once more, to the end
    wait_until(qtbot, lambda: session.view.data_config.pixel_noise == 0.2)


def test_a_model_is_held_against_the_data_that_are_about_to_come(
    window: MainWindow, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = window.session
    file = str(tmp_path / "m.safetensors")
    monkeypatch.setattr(
        "gui.shared.file_dialogs.QFileDialog.getSaveFileName", lambda *_, **__: (file, "")
    )
    monkeypatch.setattr(
        "gui.shared.file_dialogs.QFileDialog.getOpenFileName", lambda *_, **__: (file, "")
    )
    window.saved_files.save_model()
    gate = hold_noise(monkeypatch)
    session.wanted.set_setting("pixel_noise", 0.2)
    session.open(write_data(tmp_path / "new", (5, 4), 3, 30, 12))
    wait_until(qtbot, lambda: session.data.pending is not None)
    window.saved_files.open_model()
    assert "open fitting data first" in window.notice.text
    gate.open.set()
    wait_until(qtbot, lambda: data_of(session).image_shape == (5, 4))
    wait_until(qtbot, lambda: session.view.shown is not None)
    assert session.view.run_state is not RunState.FAILED


def slow_opening(monkeypatch: pytest.MonkeyPatch) -> threading.Event:
    """Hold every opening at its first word until the event is set."""
    original, may_go = data_session.opening_dataset, threading.Event()

    def opening(*arguments: Any, **options: Any) -> Iterator[Progress]:
        assert may_go.wait(60)
        return (yield from original(*arguments, **options))

    monkeypatch.setattr(data_session, "opening_dataset", opening)
    return may_go


def test_a_bad_file_during_the_very_first_opening_leaves_what_ships(
    new_session: Callable[..., Session], qtbot: QtBot, tmp_path: Path
) -> None:
    session = new_session(data=replace(SMALL, dataset="strokes"))
    session.open("strokes")
    (tmp_path / "bad.csv").write_text("no table")
    session.open(str(tmp_path / "bad.csv"))
    wait_until(qtbot, lambda: session.view.dataset is not None)
    assert session.view.data_config.dataset == "strokes"
    assert session.view.run_state is not RunState.FAILED


def test_two_quick_changes_of_reading_are_both_kept(
    window: MainWindow, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    session, reading = window.session, window.page("images").split.reading
    session.open(write_data(tmp_path / "mine", (5, 4), 3, 30, 12))
    wait_until(qtbot, lambda: data_of(session).image_shape == (5, 4))
    may_go = slow_opening(monkeypatch)
    reading.form.changed.emit("ink", "dark")
    reading.form.changed.emit("orientation", "columns")
    may_go.set()
    wait_until(qtbot, lambda: data_of(session).image_shape == (4, 5))
    assert session.view.reading == ReadingConfig(ink="dark", orientation="columns")


def test_a_change_of_reading_taken_back_in_time_is_taken_back(
    window: MainWindow, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    session, reading = window.session, window.page("images").split.reading
    session.open(write_data(tmp_path / "mine", (5, 4), 3, 30, 12))
    wait_until(qtbot, lambda: data_of(session).image_shape == (5, 4))
    may_go = slow_opening(monkeypatch)
    reading.form.changed.emit("ink", "dark")
    reading.form.changed.emit("ink", "auto")
    may_go.set()
    wait_until(qtbot, lambda: session.data.opening is None)
    assert session.view.reading == ReadingConfig()


def test_the_list_opens_a_path_as_it_was_read(
    window: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    session, combo = window.session, window.head.data
    rng = np.random.default_rng(0)
    pixels, labels = rng.integers(0, 255, (60, 5, 4), np.uint8), np.arange(60) % 3
    np.savez(tmp_path / "unclear.npz", a=pixels, b=pixels, c=labels)
    how = ReadingConfig(arrays="train_images=b,train_labels=c", ink="dark")
    session.open(str(tmp_path / "unclear.npz"), how)
    wait_until(qtbot, lambda: data_of(session).image_shape == (5, 4))
    choose(qtbot, combo, combo.findData("digits8"))
    wait_until(qtbot, lambda: data_of(session).image_shape == (8, 8))
    choose(qtbot, combo, combo.findData(str(tmp_path / "unclear.npz")))
    wait_until(qtbot, lambda: data_of(session).image_shape == (5, 4))
    assert session.view.reading == how


def test_a_path_on_its_way_stands_in_the_list_in_one_line(
    window: MainWindow, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    may_go = slow_opening(monkeypatch)
    height = window.statusBar().sizeHint().height()
    path = write_data(tmp_path / "four\n\n\n\nlines", (5, 4), 3, 30, 12)
    window.session.open(path)
    assert window.head.data.currentText() == "four\\n\\n\\n\\nlines"
    assert "\n" not in window.notice.status
    assert window.statusBar().sizeHint().height() == height
    may_go.set()
    wait_until(qtbot, lambda: data_of(window.session).image_shape == (5, 4))


def test_runs_on_data_read_otherwise_are_both_kept_and_not_compared(
    window: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    session = window.session
    path = write_data(tmp_path / "mine", (5, 4), 3, 30, 12)
    for ink in ("light", "dark"):
        session.open(path, ReadingConfig(ink=ink))
        wait_until(qtbot, lambda ink=ink: session.view.reading.ink == ink)
        wait_for_state(qtbot, session, RunState.FINISHED)
    session.training.start_again(play=False)
    on_it = [run for run in earlier_runs(session.runs) if run.data_config.dataset == path]
    assert [run.reading.ink for run in on_it] == ["light", "dark"]
    now = session.view.data_config, session.view.reading
    assert [run for run in earlier_runs(session.runs) if run.is_on(*now)] == [on_it[1]]


def test_a_file_is_dropped_onto_the_window(
    window: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    from test_gui_window_open_data import _drop, _mime

    rng = np.random.default_rng(0)
    np.savez(tmp_path / "set.npz", X=rng.random((40, 5, 4)), y=np.arange(40) % 4)
    _drop(window, _mime(tmp_path / "set.npz"))
    wait_until(qtbot, lambda: data_of(window.session).n_classes == 4)
    assert "set.npz" in window.notice.text
    assert window.head.data.currentText() == "set.npz"


@pytest.fixture
def noisy(
    new_session: Callable[..., Session],
    new_window: Callable[[Session], MainWindow],
    qtbot: QtBot,
) -> MainWindow:
    """Return a window whose model learnt well from labels of which 40 % are wrong."""
    data = replace(SMALL, train_size=1200, label_noise=40.0)
    window = new_window(new_session(data=data, training=TrainingConfig(epochs=EPOCHS)))
    open_and_finish(qtbot, window.session)
    wait_for_diagnosis(qtbot, window.session)
    return window


def test_a_mistake_is_what_is_not_the_true_class(noisy: MainWindow) -> None:
    session = noisy.session
    assert session.view.shown is not None
    train = data_of(session).train
    predicted = read_images(session.view.shown.weights, train).predicted
    for _ in range(20):
        session.attack.choose_mistake()
        index = session.attack.index
        assert predicted[index] != train.true_labels[index]


def test_the_card_of_the_worst_says_what_the_noise_has_done(
    noisy: MainWindow, qtbot: QtBot
) -> None:
    session, learn = noisy.session, noisy.page("learn")
    assert session.readings.diagnosis.found is not None
    train = data_of(session).train
    seen = 0
    for k, mistake in enumerate(session.readings.diagnosis.found.worst):
        if mistake is None or train.true_labels[mistake.index] == k:
            continue
        learn.atlas.clicked.emit(2, k)
        assert learn.card.content is not None
        true = int(train.true_labels[mistake.index])
        assert learn.card.content.true_class == true
        assert learn.card.title.text().split(": ")[1].startswith(an(str(k)))
        assert f"of its true label {true}" in learn.card.words.text()
        learn.card.close()
        seen += 1
    assert seen > 0


def test_a_download_tells_its_speed(window: MainWindow) -> None:
    row = window.head.data.catalogue.rows["mnist"]
    told = DownloadProgress(2_500_000, 11_600_000, 750_000.0, "downloading x")
    window.session.downloads.progress["mnist"] = told
    row.refresh()
    assert row.words.text() == "2.5 MB of 11.6 MB, 750 kB/s: downloading x"
    del window.session.downloads.progress["mnist"]


def test_a_failure_is_forgotten_with_a_success(
    window: MainWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    row, downloads = window.head.data.catalogue.rows["mnist"], window.session.downloads
    downloads.failures["mnist"] = "it could not be downloaded"
    row.refresh()
    assert "could not" in row.words.toolTip()
    monkeypatch.setattr(downloads, "_cached", frozenset({"mnist"}))
    row.refresh()
    assert row.words.toolTip() == ""
    assert CATALOGUE["mnist"].licence in row.toolTip()


def test_a_download_called_off_as_it_ends_is_there_all_the_same(
    window: MainWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    downloads = window.session.downloads

    class Ended(SteppedJob):
        def work(self) -> None:
            """End at once, and tell nothing."""

    monkeypatch.setattr("gui.session.downloads.SteppedJob", Ended)
    downloads.start("mnist")
    assert "mnist" in downloads.progress
    monkeypatch.setattr(
        "core.sources.catalogue.dataset_cache.available", lambda entry: entry.key == "mnist"
    )
    downloads.call_off("mnist")
    assert window.head.data.catalogue.rows["mnist"].button.text() == "Open"


def test_a_mirror_that_sleeps_holds_nothing_up(
    qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    awake = threading.Event()
    monkeypatch.setattr(
        "core.sources.catalogue.opening.copy_in_folders",
        lambda *_: tmp_path if awake.wait(60) else None,
    )
    session = make_session(mirror=str(tmp_path))
    session.downloads.begin()  # would not return
    assert not session.downloads.is_here("mnist")
    awake.set()
    wait_until(qtbot, lambda: session.downloads.is_here("mnist"))
    session.close()
    session.deleteLater()


def test_an_offer_comes_to_light_again_below_a_hint(window: MainWindow, qtbot: QtBot) -> None:
    notice, session = window.notice, window.session
    offer(session, "MNIST is on this machine now.", "digits8")
    session.messages.note("Saved something")
    assert notice.text == "Saved something"
    assert notice.verb.isHidden()
    click(qtbot, notice.close_button)
    assert notice.text == "MNIST is on this machine now."
    assert notice.verb.isVisible()
    qtbot.keyClick(window, Qt.Key.Key_Escape)
    assert not notice.has_message
    session.messages.note("Saved something")
    click(qtbot, notice.close_button)
    assert not notice.has_message, "an offer that was answered does not come again"


def test_an_offer_taken_does_not_come_again(window: MainWindow, qtbot: QtBot) -> None:
    notice, session = window.notice, window.session
    offer(session, "There they are.", "digits8")
    click(qtbot, notice.verb)
    assert session.data.opening == "digits8"
    session.messages.note("Saved something")
    click(qtbot, notice.close_button)
    assert not notice.has_message
    wait_until(qtbot, lambda: session.data.opening is None)


def test_hints_of_one_cause_are_shown_together(window: MainWindow) -> None:
    window.session.messages.note("Opened.")
    window.session.messages.note("Target class 9 is no class.")
    assert window.notice.text == "Opened. Target class 9 is no class."
    window.session.messages.note("The loss of these fell to 2.")
    window.session.messages.note("The loss of these fell to 1.")
    assert window.notice.text == "The loss of these fell to 1."
    window.session.messages.warn("It failed.")
    assert window.notice.text == "It failed."


def test_the_keyboard_scrolls_the_counts_of_many_classes(
    window: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    press(qtbot, window, "Ctrl+4")
    window.session.open(write_data(tmp_path / "many", (4, 4), 60, 240, 120))
    wait_until(qtbot, lambda: data_of(window.session).n_classes == 60)
    window.page("images").show_tab(CLASSES)
    side = window.page("images").classes
    wait_until(qtbot, lambda: side.counts_area.verticalScrollBar().maximum() > 0)
    side.counts.setFocus()
    for _ in range(30):
        qtbot.keyClick(side.counts, Qt.Key.Key_Down)
    row = side.counts.cell_rect(*side.counts.current)
    top = side.counts.mapTo(side.counts_area.viewport(), row.topLeft()).y()
    assert 0 <= top
    assert top + row.height() <= side.counts_area.viewport().height()
    assert side.counts.cell_rect(30) == row


@pytest.mark.parametrize("page", ["learn", "images"])
def test_an_opened_weights_image_is_that_of_the_epoch_shown_wherever_it_is_chosen(
    window: MainWindow, page: str, qtbot: QtBot
) -> None:
    session, learn = window.session, window.page("learn")
    learn.atlas.clicked.emit(0, 3)
    for epoch in (0, 6, EPOCHS):
        click(qtbot, window.head.buttons[f"{page}_page"])
        session.view.show_epoch(epoch)
        click(qtbot, window.head.buttons["learn_page"])
        assert session.view.shown is not None
        assert learn.card.content is not None
        expected = weight_images(session.view.shown.weights, data_of(session).image_shape)[3]
        np.testing.assert_array_equal(learn.card.content.values, expected)
    learn.card.close()


@pytest.mark.parametrize("row", [0, 2])
def test_space_plays_in_front_of_an_opened_image(
    window: MainWindow, qtbot: QtBot, row: int
) -> None:
    session, card = window.session, window.page("learn").card
    assert session.readings.diagnosis.found is not None
    worst = session.readings.diagnosis.found.worst
    window.page("learn").atlas.clicked.emit(row, next(k for k in range(10) if worst[k] is not None))
    activate(qtbot, card)
    session.wanted.set_setting("epochs", 5000)  # there is more to do, and the run is held
    wait_until(qtbot, lambda: session.view.run_state is RunState.PAUSED)
    qtbot.keyClick(card.focusWidget() or card, Qt.Key.Key_Space)
    wait_until(qtbot, lambda: session.view.is_running)
    assert card.isVisible()
    assert not window.page("attack").isVisible()
    session.training.pause()
    card.close()


def test_settings_stay_as_they_were_where_new_data_are_called_off(
    window: MainWindow, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    session, gate = window.session, hold_noise(monkeypatch)
    session.wanted.set_setting("validation_size", 60)
    session.wanted.set_setting("pixel_noise", 0.2)
    wanted = session.wanted.data
    session.open(write_data(tmp_path / "few", (5, 4), 3, 40, 12))
    wait_until(qtbot, lambda: session.data.pending is not None)
    assert window.head.data.currentText() == "few"
    session.wanted.changed.emit()
    assert window.head.data.currentText() == "few"
    session.data.call_off()
    assert session.wanted.data == wanted
    assert window.head.data.currentData() == "digits8"
    gate.open.set()


def test_a_change_of_reading_is_not_lost_while_data_are_prepared(
    window: MainWindow, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    session, reading = window.session, window.page("images").split.reading
    session.open(write_data(tmp_path / "mine", (5, 4), 3, 30, 12))
    wait_until(qtbot, lambda: data_of(session).image_shape == (5, 4))
    gate = hold_noise(monkeypatch)
    session.wanted.set_setting("pixel_noise", 0.2)
    reading.form.changed.emit("orientation", "columns")
    wait_until(qtbot, lambda: session.data.pending is not None)
    reading.form.changed.emit("ink", "dark")
    wait_until(qtbot, lambda: session.data.opening is None)
    gate.open.set()
    both = ReadingConfig(ink="dark", orientation="columns")
    wait_until(qtbot, lambda: session.view.reading == both)


def test_what_was_looked_for_is_forgotten_with_the_part(window: MainWindow, qtbot: QtBot) -> None:
    press(qtbot, window, "Ctrl+4")
    wait_until(qtbot, lambda: wall_is_right(window))
    page = window.page("images")
    page.show_filter(ImageFilter(read="wrong"))
    assert page.wall.content is not None
    sought = next(i for i in range(5, 100) if i not in page.wall.content.order)
    page.bar.find_field.setText(str(sought))
    qtbot.keyClick(page.bar.find_field, Qt.Key.Key_Return)
    page.show_part("test")
    wait_until(qtbot, lambda: wall_is_right(window))
    before = page.wall.current
    page.show_filter(ImageFilter(order="sure"))
    assert page.wall.current == before


def test_an_offer_that_was_taken_in_another_way_is_withdrawn(
    window: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    session, notice = window.session, window.notice
    path = write_data(tmp_path / "mine", (5, 4), 3, 30, 12)
    offer(session, "It is on this machine now.", path)
    session.open(path)
    wait_until(qtbot, lambda: data_of(session).image_shape == (5, 4))
    assert "on this machine" not in notice.text
    click(qtbot, notice.close_button)
    assert not notice.has_message
