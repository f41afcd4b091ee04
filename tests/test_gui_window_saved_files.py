from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from gui_helpers import (
    data_of,
    earlier_runs,
    press,
    row_pixels,
    wait_for_diagnosis,
    wait_for_state,
    wait_until,
    write_data,
)

from core.learning.model_file import load_model
from gui.session.run_state import RunState

if TYPE_CHECKING:
    from pathlib import Path

    import pytest
    from pytestqt.qtbot import QtBot

    from gui.window.main_window import MainWindow

DIALOGS = "gui.shared.file_dialogs.QFileDialog"


def save(window: MainWindow, qtbot: QtBot, patch: pytest.MonkeyPatch, file: Path) -> None:
    patch.setattr(f"{DIALOGS}.getSaveFileName", lambda *_, **__: (str(file), ""))
    press(qtbot, window, "Ctrl+Shift+S")


def open_saved(window: MainWindow, qtbot: QtBot, patch: pytest.MonkeyPatch, file: Path) -> None:
    patch.setattr(f"{DIALOGS}.getOpenFileName", lambda *_, **__: (str(file), ""))
    press(qtbot, window, "Ctrl+M")


def test_a_model_is_saved_and_opened_again(
    window: MainWindow, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = window.session
    session.view.show_epoch(5)
    wait_for_diagnosis(qtbot, session)
    assert session.view.shown is not None
    weights, pictures = session.view.shown.weights, row_pixels(window, 0)
    save(window, qtbot, monkeypatch, tmp_path / "mine")
    file = tmp_path / "mine.safetensors"
    model = load_model(file)
    np.testing.assert_array_equal(model.weights, weights)
    assert model.epoch == 5
    session.view.show_epoch(None)

    open_saved(window, qtbot, monkeypatch, file)
    wait_until(qtbot, lambda: session.view.shown is not None and session.view.shown.epoch == 0)
    assert session.view.run_state is RunState.PAUSED
    np.testing.assert_array_equal(session.view.shown.weights, weights)
    wait_for_diagnosis(qtbot, session)
    # They are no start: minus themselves they would be white.
    weights_choice = window.page("learn").weights
    assert weights_choice.currentText() == "weights as they are, worst 1"
    assert not weights_choice.ways["start"].isEnabled()
    assert (row_pixels(window, 0) == pictures).all()
    assert len(earlier_runs(session.runs)) == 1
    assert "trained on UCI digits 8 x 8 for 5 epochs" in window.notice.text
    session.training.play()
    wait_for_state(qtbot, session, RunState.FINISHED)
    session.training.start_again(play=False)
    wait_until(qtbot, lambda: session.view.shown is not None and session.view.shown.epoch == 0)
    assert not session.view.shown.weights.any()  # a start of its own again: all zero


def test_a_model_of_other_data_changes_nothing(
    window: MainWindow, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    save(window, qtbot, monkeypatch, tmp_path / "mine.safetensors")
    session = window.session
    session.open(write_data(tmp_path / "other", (5, 4), 3, 30, 12))
    wait_until(qtbot, lambda: data_of(session).image_shape == (5, 4))
    before = session.view.history
    open_saved(window, qtbot, monkeypatch, tmp_path / "mine.safetensors")
    assert "open fitting data first" in window.notice.text
    assert window.notice.property("error") is True
    assert session.view.history is before


def test_a_file_that_is_no_model_changes_nothing(
    window: MainWindow, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "bad.safetensors"
    file.write_bytes(b"not a model")
    before = window.session.view.history
    open_saved(window, qtbot, monkeypatch, file)
    assert "no model of this program" in window.notice.text
    assert window.session.view.history is before


def test_a_folder_that_cannot_be_written_is_told(
    window: MainWindow, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    save(window, qtbot, monkeypatch, tmp_path / "none" / "m.safetensors")
    assert "choose another folder" in window.notice.text


def test_there_is_no_script_of_a_run_on_other_images(window: MainWindow, qtbot: QtBot) -> None:
    session = window.session
    session.wanted.set_setting("train_size", 50)
    session.training.start_again()
    wait_until(qtbot, lambda: len(earlier_runs(session.runs)) == 1)
    wait_for_state(qtbot, session, RunState.FINISHED)
    session.view.show_run(earlier_runs(session.runs)[0].key)
    press(qtbot, window, "Ctrl+Shift+E")
    assert "learnt other images than there are now" in window.notice.text
