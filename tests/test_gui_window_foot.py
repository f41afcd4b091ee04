from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from gui_helpers import (
    another_run,
    click,
    data_of,
    drag,
    handle_centre,
    open_paused,
    press,
    wait_for_diagnosis,
    wait_for_state,
    wait_until,
    write_data,
)
from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QLabel

from core.learning.config import TrainingConfig
from core.learning.records import BatchRecord, Divergence
from gui.session.messages import Message
from gui.session.run_state import RunState
from gui.shared.training_transport import PACES
from gui.widgets.basics.drop_down import Unfolded

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from gui.session.session import Session
    from gui.window.main_window import MainWindow


def test_the_speed_slider(
    new_session: Callable[..., Session], new_window: Callable[[Session], MainWindow], qtbot: QtBot
) -> None:
    session = new_session(training=TrainingConfig(epochs=5000), pace=PACES.slowest)
    window = new_window(session)
    open_paused(qtbot, session)
    speed = window.foot.speed
    assert speed.value() == 0
    assert "0.2 epochs/s" in speed.toolTip()
    middle = QPoint(speed.width() // 2, speed.height() // 2)
    drag(speed, handle_centre(speed), middle)
    assert session.training.pace is not None
    assert 1 < session.training.pace < 20
    drag(speed, handle_centre(speed), QPoint(2 * speed.width(), middle.y()))
    assert session.training.pace is None
    assert "full speed" in speed.toolTip()
    session.training.play()
    wait_until(qtbot, lambda: session.view.history is not None and len(session.view.history) > 20)
    drag(speed, handle_centre(speed), QPoint(-speed.width(), middle.y()))
    assert session.training.pace == pytest.approx(PACES.slowest)
    session.training.pause()
    wait_for_state(qtbot, session, RunState.PAUSED)


def test_every_place_of_the_speed_slider_comes_back() -> None:
    for place in range(PACES.last + 1):
        assert PACES.place_of(PACES.at(place)) == place
    assert PACES.at(PACES.last) == pytest.approx(PACES.fastest)


@pytest.mark.parametrize("width", [1280, 1024])
def test_the_line_is_as_long_after_playing_as_before(
    window: MainWindow, qtbot: QtBot, width: int
) -> None:
    foot, session = window.foot, window.session
    window.resize(width, 720)
    qtbot.wait(50)
    on_learn = foot.line.width()
    window.show_page("attack")
    wait_until(qtbot, lambda: session.attack.film.last > 40 and not session.attack.film.is_growing)
    foot.transport.go_to(0)
    seen = set()
    for _ in range(6):
        click(qtbot, foot.play)
        qtbot.wait(120)
        seen.add((foot.play.text(), foot.line.geometry().getRect(), foot.place.width()))
    for step in (0, 5, 20, 40):
        click(qtbot, foot.line, QPoint(round(foot.line.x_of(step)), 19))
        qtbot.wait(20)
        seen.add(("Play", foot.line.geometry().getRect(), foot.place.width()))
        fits = foot.place.sizeHint().width()
        assert fits <= foot.place.width()
    assert {words for words, *_ in seen} == {"Play", "Pause"}
    assert len({tuple(room) for _, *room in seen}) == 1, "nothing beside the button moves"
    window.show_page("learn")
    qtbot.wait(50)
    assert foot.line.width() == on_learn


def test_play_at_the_end_says_that_another_run_begins(window: MainWindow, qtbot: QtBot) -> None:
    click(qtbot, window.foot.play)
    wait_until(qtbot, lambda: window.head.model.text().startswith("run 2"))
    words = "Run 2 begins at epoch 0 with the settings and the seed of run 1, which is kept."
    assert window.notice.text == words
    wait_for_state(qtbot, window.session, RunState.FINISHED)
    click(qtbot, window.notice.close_button)
    click(qtbot, window.foot.play)
    wait_until(qtbot, lambda: window.head.model.text().startswith("run 3"))
    words = "Run 3 begins at epoch 0 with the settings and the seed of run 2, which is kept."
    assert window.notice.text == words
    wait_for_state(qtbot, window.session, RunState.FINISHED)


def test_play_says_beforehand_that_it_begins_the_run_shown(
    window: MainWindow, qtbot: QtBot
) -> None:
    session, play = window.session, window.foot.play
    first, plain = session.runs.live_key, play.toolTip()
    another_run(qtbot, session, learning_rate=2.0)
    assert play.toolTip() == plain
    session.view.show_run(first)
    qtbot.wait(50)
    words = "Play begins run 3 with the settings of run 1."
    assert words in play.toolTip()
    assert words in window.foot.message.status
    click(qtbot, play)
    wait_until(qtbot, lambda: window.head.model.text().startswith("run 3"))
    assert session.view.training_config.learning_rate == 0.1
    assert words not in play.toolTip()
    wait_for_state(qtbot, session, RunState.FINISHED)


def test_after_a_divergence_play_begins_an_earlier_run_that_is_shown(
    window: MainWindow, qtbot: QtBot
) -> None:
    session, play = window.session, window.foot.play
    first = session.runs.live_key
    away = another_run(qtbot, session, learning_rate=1000.0, l2=10.0)
    assert session.view.run_state is RunState.DIVERGED
    wait_until(qtbot, lambda: not play.isEnabled())  # it would diverge again
    assert not window.actions_by_name["train"].isEnabled()
    session.view.show_run(first)
    wait_until(qtbot, play.isEnabled)
    assert window.actions_by_name["train"].isEnabled()
    assert not window.actions_by_name["step_batch"].isEnabled()
    words = f"Play begins {session.runs.next_name} with the settings of run 1."
    assert words in play.toolTip()
    click(qtbot, play)
    wait_until(qtbot, lambda: session.runs.live_key not in (first, away))
    assert session.view.training_config.learning_rate == 0.1
    wait_for_state(qtbot, session, RunState.FINISHED)


def test_what_was_told_of_a_run_goes_with_its_data(
    window: MainWindow, tmp_path: Path, qtbot: QtBot
) -> None:
    session, line = window.session, window.notice
    another_run(qtbot, session, learning_rate=1000.0, l2=10.0)
    wait_until(qtbot, lambda: line.text.startswith("Run 2 diverged"))
    told = line.text
    session.wanted.set_setting("learning_rate", 0.1)
    session.wanted.set_setting("l2", 0.0)
    session.open(write_data(tmp_path / "other", (5, 4), 3, 188, 94))
    wait_until(qtbot, lambda: data_of(session).n_classes == 3)
    while line.has_message:  # nor does it come to light below what is told of the new ones
        assert told not in line.text
        line.close_message()
    assert told not in line.text


def test_an_error_below_a_hint_does_not_come_back_once_a_run_has_begun(
    window: MainWindow, qtbot: QtBot
) -> None:
    session, line = window.session, window.notice
    session.messages.warn("This cannot be.")
    session.messages.note("That was done.")
    assert line.text == "That was done."
    session.training.start_again(play=False)
    wait_until(qtbot, lambda: session.view.run_state is RunState.PAUSED)
    while line.has_message:
        assert line.text != "This cannot be."
        line.close_message()


@pytest.mark.parametrize("percent", [100, 200])
@pytest.mark.parametrize(
    "message",
    [
        Message(str(Divergence(BatchRecord(48, 249, 250, 12249), 1000.0)), is_error=True),
        Message("Run 2 goes on from epoch 50 of run 1 with learning rate 0.5, batch size 100 and "
                "L2 decay 0.001, held: change what you like, then play."),
        Message("Runs 2, 3, 4, 5, 6, 7, 8, 9, 10, 11 and a run with quite a long name of its own "
                "were removed.", verb="Undo", act=print),
    ],
)  # fmt: skip
def test_every_message_stays_in_its_line_and_can_be_read_whole(
    window: MainWindow, qtbot: QtBot, message: Message, percent: int
) -> None:
    line = window.notice
    window.resize(1024, 640)
    window.use_text(percent)
    qtbot.wait(50)
    height = window.foot.height()
    line.show_message(message)
    qtbot.wait(50)
    assert window.foot.height() == height
    words = line.words
    assert words.fontMetrics().horizontalAdvance(words.shown) <= words.width()
    assert words.width() > line.width() // 3
    for part in (line.verb, line.close_button):
        if part.isVisible():
            assert part.width() >= part.sizeHint().width()
            assert part.mapTo(window, part.rect().bottomRight()).x() <= window.width()
    assert line.verb.isVisible() == bool(message.verb)
    if words.is_cut:
        assert message.words.split(":")[0][:60] in words.toolTip()
        click(qtbot, words)
        (whole,) = words.findChildren(Unfolded)
        assert whole.isVisible()
        assert whole.findChild(QLabel).text() == message.words
        whole.close()
    window.use_text(100)


def test_a_film_is_not_gone_on_from(window: MainWindow, qtbot: QtBot) -> None:
    window.session.view.show_epoch(2)
    assert window.foot.fork.isVisible()
    window.show_page("attack")
    page = window.page("attack")
    assert page.transport.unit == "step"
    assert not window.foot.fork.isVisible(), "it would begin a run, not a film"
    page.show_tab("mend")
    assert page.transport.unit == "epoch"
    assert window.foot.fork.isVisible()


def test_the_size_of_text_is_said_in_per_cent(window: MainWindow, qtbot: QtBot) -> None:
    usual = window.actions_by_name["text_usual"]
    try:
        window.use_text(150)
        assert usual.text() == "Usual text (now 150 %)"
    finally:
        window.use_text(100)
    assert usual.text() == "Usual text (now 100 %)"


@pytest.mark.parametrize("way", ["Tab", "page", "tab"])
def test_what_is_said_of_a_place_goes_when_it_is_left(
    window: MainWindow, qtbot: QtBot, way: str
) -> None:
    page, hovered = window.page("learn"), window.foot.hovered
    wait_for_diagnosis(qtbot, window.session)
    page.atlas.setFocus()
    wait_until(qtbot, lambda: bool(page.atlas.rows))
    press(qtbot, page.atlas, "Right")
    assert hovered.text()
    if way == "Tab":
        press(qtbot, page.atlas, "Tab")
    elif way == "page":
        window.show_page("tune")
    else:
        page.show_tab("Confusion")
    assert not hovered.text()
