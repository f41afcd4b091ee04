"""What is played: the training, and the kept epochs of a run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gui_helpers import EPOCHS, another_run, open_paused, wait_for_state, wait_until

from gui.session.run_state import RunState
from gui.shared.epochs_transport import EpochsTransport
from gui.shared.panel import Panel
from gui.shared.training_transport import TrainingTransport

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytestqt.qtbot import QtBot

    from gui.session.session import Session


def test_one_batch_is_told_as_one_batch(new_session: Callable[..., Session], qtbot: QtBot) -> None:
    session = open_paused(qtbot, new_session())
    transport = TrainingTransport(session, session)
    assert transport.place_words[0] == f"epoch <b>0</b> of {EPOCHS}"
    session.training.step_batch()
    wait_until(qtbot, lambda: transport.place > 0)
    assert transport.place_words[0] == "epoch <b>0</b>, batch 1 of 15"
    wait_for_state(qtbot, session, RunState.PAUSED)
    assert transport.status == "Run 1 is held. Every view shows epoch 0."
    panel = Panel(session)
    assert panel.figure_words() == "epoch 0, batch 1 of 15", "one way of saying it everywhere"
    panel.deleteLater()


def test_the_training_is_gone_through_and_played(session: Session, qtbot: QtBot) -> None:
    transport = TrainingTransport(session, session)
    assert (transport.done, transport.length) == (EPOCHS, EPOCHS)
    assert [mark.kind for mark in transport.marks] == ["best"]
    transport.go_to(3)
    assert session.view.pinned_epoch == 3
    transport.move(1)
    assert transport.place_words[0] == f"epoch <b>4</b> of {EPOCHS}"
    transport.go_to(EPOCHS)
    assert session.view.pinned_epoch is None
    before = session.runs.live_key
    transport.toggle()  # at its end: it begins again
    wait_until(qtbot, lambda: session.runs.live_key != before)
    assert transport.is_playing
    wait_for_state(qtbot, session, RunState.FINISHED)


def test_play_begins_the_run_shown_anew_or_goes_on_with_what_is_held(
    session: Session, qtbot: QtBot
) -> None:
    transport, first = TrainingTransport(session, session), session.runs.live_key
    assert transport.play_help == ""
    another_run(qtbot, session, learning_rate=2.0)
    session.view.show_run(first)
    assert transport.play_help == "Play begins run 3 with the settings of run 1."
    assert transport.status.endswith(f"of run 1. {transport.play_help}")
    session.training.set_pace(2.0)
    notes: list[str] = []
    session.messages.notified.connect(lambda words, _: notes.append(words))
    transport.toggle()
    wait_until(qtbot, lambda: session.runs.live_key not in (first, first + 1))
    assert session.view.training_config.learning_rate == 0.1
    assert "the settings and the seed of run 1" in notes[-1]
    assert session.runs.is_live_shown, "what learns is looked at"
    transport.toggle()
    wait_for_state(qtbot, session, RunState.PAUSED)
    held = session.runs.live_key
    session.view.show_run(first)
    assert transport.play_help == "Play goes on with run 3."
    transport.toggle()
    assert session.runs.is_live_shown
    assert session.runs.live_key == held


def test_kept_epochs_are_played_and_nothing_is_trained(session: Session, qtbot: QtBot) -> None:
    transport = EpochsTransport(session, session)
    transport.set_speed(100)
    seen: list[float] = []
    session.view.shown_changed.connect(lambda: seen.append(transport.place))
    transport.toggle()  # at the end: from the start
    assert transport.is_playing
    wait_until(qtbot, lambda: not transport.is_playing)
    assert seen[0] == 0
    assert seen[-1] == EPOCHS
    assert seen == sorted(seen)
    assert session.view.run_state is RunState.FINISHED
    assert session.view.pinned_epoch is None
    transport.set_speed(0)
    transport.go_to(2)
    transport.toggle()
    assert transport.is_playing
    session.view.show_epoch(9)  # somebody goes elsewhere
    assert not transport.is_playing
    transport.toggle()
    transport.leave()
    assert not transport.is_playing


def test_at_its_end_a_run_can_go_on(session: Session, qtbot: QtBot) -> None:
    transport = TrainingTransport(session, session)
    assert transport.offer is not None
    verb, go_on = transport.offer
    assert verb == f"Go on to epoch {2 * EPOCHS}"
    run = session.runs.live
    go_on()
    wait_for_state(qtbot, session, RunState.FINISHED)
    assert session.runs.live is run
    assert transport.done == 2 * EPOCHS
