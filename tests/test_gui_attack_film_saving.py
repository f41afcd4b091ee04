"""The film's buttons for repeating and keeping it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from gui_helpers import press, wait_for_film, wait_until
from PIL import Image
from PySide6.QtWidgets import QFileDialog

if TYPE_CHECKING:
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from gui.window.main_window import MainWindow


@pytest.fixture
def attacked(window: MainWindow, qtbot: QtBot) -> MainWindow:
    """Return a window with a whole film."""
    window.show_page("attack")
    wait_for_film(qtbot, window.session)
    window.session.attack.film.pause()
    return window


def answer(monkeypatch: pytest.MonkeyPatch, file: Path, kind: str = "") -> None:
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *a: (str(file), kind))


def test_the_film_begins_again(attacked: MainWindow, qtbot: QtBot) -> None:
    attack, again = attacked.session.attack, attacked.actions_by_name["attack_loop"]
    attack.film.set_speed(400.0)
    again.trigger()
    assert attack.film.looping
    attack.film.go_to(len(attack.film.steps) - 3)
    attack.film.play()
    ends = []
    attack.film.position_changed.connect(lambda: ends.append(attack.film.position))
    wait_until(qtbot, lambda: 0 in ends)
    assert len(attack.film.steps) - 1 in ends  # it was shown before
    assert attack.film.playing
    again.trigger()
    attack.film.go_to(len(attack.film.steps) - 3)
    attack.film.play()
    wait_until(qtbot, lambda: not attack.film.playing)
    assert attack.film.position == len(attack.film.steps) - 1


def test_an_animation_is_made_beside_the_window(
    attacked: MainWindow, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer(monkeypatch, tmp_path / "film", "WebP (*.webp)")
    press(qtbot, attacked, "Ctrl+G")
    assert attacked.page("attack").film_panel.saving.progress is not None
    wait_until(qtbot, lambda: attacked.page("attack").film_panel.saving.progress is None)
    with Image.open(tmp_path / "film.webp") as picture:
        assert picture.n_frames > 10
    assert attacked.notice.text == f"Saved {tmp_path / 'film.webp'}"


def test_it_can_be_called_off(
    attacked: MainWindow, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "films"
    folder.mkdir()
    answer(monkeypatch, folder / "film.gif")
    press(qtbot, attacked, "Ctrl+G")
    assert attacked.page("attack").film_panel.saving.progress is not None
    press(qtbot, attacked, "Ctrl+G")
    assert attacked.page("attack").film_panel.saving.progress is None
    assert "called off" in attacked.notice.text
    qtbot.wait(300)
    assert list(folder.iterdir()) == []


def test_numbers_images_and_a_step_are_kept(
    attacked: MainWindow, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = attacked.session
    session.attack.film.go_to(7)
    names = [action.objectName() for action in attacked.foot.save.menu().actions()]
    assert names == [f"action_save_{what}" for what in ("film", "traces", "images", "step")]
    files = [tmp_path / name for name in ("t.csv", "f.npz", "s.png")]
    for file, action in zip(files, attacked.foot.save.menu().actions()[1:], strict=True):
        answer(monkeypatch, file)
        action.trigger()
        wait_until(qtbot, lambda: attacked.notice.text.endswith(f"Saved {file}"))  # noqa: B023
    assert files[0].read_bytes().decode() == attacked.saved_films.film().traces().to_csv()
    with np.load(files[1]) as found:
        np.testing.assert_array_equal(
            found["images"][7].reshape(-1), session.attack.film.steps[7].image
        )
    with Image.open(files[2]) as picture:
        assert picture.format == "PNG"


def test_without_a_film_it_says_so(window: MainWindow, qtbot: QtBot) -> None:
    assert not window.session.attack.film.steps
    window.saved_films.save_traces()
    assert "There is no film yet" in window.notice.text


def test_a_folder_that_cannot_be_written_is_told(
    attacked: MainWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot
) -> None:
    answer(monkeypatch, tmp_path / "missing" / "film.gif")
    attacked.saved_films.save_film()
    wait_until(qtbot, lambda: "choose another folder" in attacked.notice.text)
    assert attacked.page("attack").film_panel.saving.progress is None
