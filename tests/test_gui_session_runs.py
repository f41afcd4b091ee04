"""The list of runs in the session: shown, forked, renamed, hidden, moved, removed, put back."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from gui_helpers import (
    EPOCHS,
    WAIT,
    another_run,
    data_of,
    earlier_runs,
    open_and_finish,
    open_paused,
    plain_records,
    wait_for_state,
    wait_until,
)
from test_gui_session_session import Notes

from core.learning.history import SNAPSHOT_BYTES, History
from core.learning.presets import PRESETS
from core.learning.runs import Run
from core.learning.training import EpochRecord, Trainer
from gui.session import runs as run_list
from gui.session.run_state import RunState
from gui.session.runs import MOST_VISIBLE, RunList
from gui.theme import DARK, LIGHT

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytestqt.qtbot import QtBot

    from gui.session.session import Session


def history_of(session: Session) -> History:
    assert session.view.history is not None
    return session.view.history


@pytest.fixture
def three(session: Session, qtbot: QtBot) -> Session:
    """Return a session with three finished runs, the last of them live."""
    another_run(qtbot, session, learning_rate=0.5)
    another_run(qtbot, session, seed=3)
    return session


def names(session: Session) -> list[str]:
    return [entry.name for entry in session.runs.entries]


def test_every_run_has_a_name_a_colour_and_stays(three: Session) -> None:
    entries = three.runs.entries
    assert names(three) == ["run 1", "run 2", "run 3"]
    assert len({entry.colour for entry in entries}) == 3
    assert all(entry.is_visible for entry in entries)
    assert three.runs.live is entries[2].run
    assert three.runs.shown is entries[2].run
    assert earlier_runs(three.runs) == [entries[0].run, entries[1].run]


def test_the_run_shown_is_blue_and_every_other_keeps_its_colour(three: Session) -> None:
    runs = three.runs
    first, second, third = runs.entries
    own = {entry.key: f"run {entry.colour}" for entry in runs.entries}

    def colours() -> dict[int, str]:
        return {entry.key: runs.colour_of(entry) for entry in runs.entries}

    assert colours() == own | {third.key: "train"}
    three.view.show_run(first.key)
    assert colours() == own | {first.key: "train"}
    runs.remove(second.key)
    assert colours() == {first.key: "train", third.key: own[third.key]}
    three.training.start_again(play=False)
    runs.undo_remove()
    later = runs.entry(runs.live_key)
    assert later is not None
    assert f"run {later.colour}" not in own.values()  # not even that of one put back
    assert colours() == own | {later.key: "train"}
    assert LIGHT.colour(own[first.key]) == LIGHT.runs[first.colour]
    assert DARK.colour(colours()[later.key]) == DARK.train


def test_another_run_is_shown_everywhere_and_live_comes_back(three: Session, qtbot: QtBot) -> None:
    first, last = three.runs.entries[0], three.runs.entries[2]
    shown_before = three.view.shown
    three.view.show_epoch(4)
    three.view.show_run(first.key)
    assert three.runs.shown is first.run
    assert three.view.history is first.run.history
    assert three.view.shown is not None
    assert three.view.shown.weights is first.run.history.records[4].weights  # the same epoch
    assert not three.view.shown.live
    assert three.view.shown_config == first.run.history.config
    three.view.show_epoch(2)
    assert three.view.shown.weights is first.run.history.records[2].weights
    three.view.show_epoch(None)  # Live
    assert three.runs.shown is last.run
    assert three.view.shown is not None
    assert shown_before is not None
    assert three.view.shown.weights is shown_before.weights
    assert (three.view.shown.epoch, three.view.shown.live) == (shown_before.epoch, True)


def test_the_live_run_goes_on_while_another_is_shown(three: Session, qtbot: QtBot) -> None:
    first = three.runs.entries[0]
    three.view.show_run(first.key)
    three.training.step_epoch()
    live = three.runs.live
    assert live is not None
    wait_until(qtbot, lambda: live.history.last_epoch == EPOCHS + 1)
    assert first.run.history.last_epoch == EPOCHS
    assert three.view.shown is not None
    assert three.view.shown.weights is first.run.history.records[-1].weights


def test_a_run_on_other_data_is_refused_in_words(session: Session, qtbot: QtBot) -> None:
    notes, first = Notes(session), session.runs.entries[0]
    session.open("strokes")
    wait_until(qtbot, lambda: session.view.data_config.dataset == "strokes")
    session.view.show_run(first.key)
    assert session.runs.shown is session.runs.live
    (message,) = notes.errors
    assert first.run.dataset_name in message
    assert "Open those data" in message


@pytest.mark.parametrize("epoch", [0, 5, EPOCHS])
def test_a_fork_with_the_same_settings_goes_on_bit_for_bit(
    session: Session, qtbot: QtBot, epoch: int
) -> None:
    parent = session.runs.live
    assert parent is not None
    session.view.show_epoch(epoch)
    session.training.fork()
    branch = session.runs.live
    assert branch is not None
    assert branch is not parent
    assert branch.branch is not None
    assert (branch.branch.parent, branch.branch.epoch) == (parent.key, epoch)
    wait_until(qtbot, lambda: len(branch.history) == 1)
    assert session.view.run_state is RunState.PAUSED  # held: settings can be changed first
    if epoch == EPOCHS:
        assert (
            session.view.training_config.epochs == 2 * EPOCHS
        )  # else there is nothing to go on to
    session.training.play()
    wait_for_state(qtbot, session, RunState.FINISHED)
    expected = plain_records(session)[epoch:]
    assert [record.epoch for record in branch.history.records] == [r.epoch for r in expected]
    for one, other in zip(branch.history.records, expected, strict=True):
        assert one.weights.tobytes() == other.weights.tobytes()
    assert branch.history.epochs[0] == epoch


def test_a_fork_takes_the_settings_of_the_form(session: Session, qtbot: QtBot) -> None:
    parent = session.runs.live
    assert parent is not None
    session.view.show_epoch(3)
    session.wanted.set_setting("shuffle", False)  # waits for a new start, of which this is one
    session.training.fork()
    session.wanted.set_setting("learning_rate", 1.0)
    session.training.play()
    wait_for_state(qtbot, session, RunState.FINISHED)
    branch = session.runs.live
    assert branch is not None
    assert not branch.history.config.shuffle
    (change,) = branch.history.changes
    assert (change.name, change.new, change.epoch) == ("learning_rate", 1.0, 3.0)
    start = parent.history.records[3].checkpoint
    trainer = Trainer(data_of(session), branch.history.last_config, start=start)
    last = [event for event in trainer.run() if isinstance(event, EpochRecord)][-1]
    assert branch.history.records[-1].weights.tobytes() == last.weights.tobytes()


def test_a_fork_keeps_its_origin_whatever_the_memory(session: Session, qtbot: QtBot) -> None:
    parent = session.runs.live
    assert parent is not None
    session.view.show_epoch(5)
    session.training.fork()
    parent.history.limit(1)
    best = parent.history.best.epoch
    assert parent.history.kept_epochs.tolist() == sorted({0, 5, best, EPOCHS})


def test_a_run_that_was_forked_at_its_start_is_not_tidied_away(
    session: Session, qtbot: QtBot
) -> None:
    session.wanted.set_setting("seed", 5)
    session.training.start_again(play=False)
    parent = session.runs.live
    assert parent is not None
    wait_until(qtbot, lambda: len(parent.history) == 1)
    session.training.fork()
    branch = session.runs.live
    assert branch is not None
    assert branch.branch is not None
    assert session.runs.run(branch.branch.parent) is parent


def test_an_earlier_run_can_be_forked_too(three: Session, qtbot: QtBot) -> None:
    first = three.runs.entries[0]
    three.view.show_run(first.key)
    three.view.show_epoch(2)
    three.training.fork()
    branch = three.runs.live
    assert branch is not None
    assert branch.branch is not None
    assert branch.branch.parent == first.key
    wait_until(qtbot, lambda: len(branch.history) == 1)
    weights = first.run.history.records[2].weights
    assert branch.history.records[0].weights.tobytes() == weights.tobytes()


def test_a_rewind_of_a_branch_goes_back_to_the_very_start(session: Session, qtbot: QtBot) -> None:
    session.view.show_epoch(4)
    session.training.fork()
    session.training.start_again(play=False)
    live = session.runs.live
    assert live is not None
    wait_until(qtbot, lambda: len(live.history) == 1)
    assert live.branch is None
    assert live.history.last_epoch == 0


def test_renaming(three: Session) -> None:
    key = three.runs.entries[1].key
    three.runs.rename(key, "  slow start ")
    assert names(three) == ["run 1", "slow start", "run 3"]
    three.runs.rename(key, "   ")
    assert names(three)[1] == "slow start"


def test_hiding_and_recolouring(three: Session) -> None:
    key = three.runs.entries[0].key
    three.runs.set_visible(key, False)
    three.runs.set_colour(key, 5)
    entry = three.runs.entry(key)
    assert entry is not None
    assert (entry.is_visible, entry.colour) == (False, 5)


def test_removing_and_putting_back(three: Session) -> None:
    notes = Notes(three)
    before = three.runs.entries
    three.runs.pin(before[0].key)
    three.view.show_run(before[0].key)
    pinned = three.runs.entries
    three.view.remove_run(before[0].key)
    assert names(three) == ["run 2", "run 3"]
    assert three.runs.shown is three.runs.live
    assert three.runs.reference_key is None
    assert notes.messages == [("Run 1 was removed.", False)]
    three.view.remove_run(before[1].key)
    assert names(three) == ["run 3"]
    three.runs.undo_remove()
    three.runs.undo_remove()
    assert three.runs.entries == pinned
    assert three.runs.reference_key == before[0].key
    three.runs.undo_remove()  # nothing more to put back
    assert three.runs.entries == pinned


def test_the_live_run_cannot_be_removed(three: Session) -> None:
    notes = Notes(three)
    assert three.runs.live_key is not None
    three.view.remove_run(three.runs.live_key)
    assert names(three) == ["run 1", "run 2", "run 3"]
    assert notes.errors == ["The run that is being trained stays: start another first."]


def test_a_name_is_not_given_twice(three: Session, qtbot: QtBot) -> None:
    three.view.remove_run(three.runs.entries[0].key)
    another_run(qtbot, three, seed=9)
    assert names(three) == ["run 2", "run 3", "run 4"]
    three.runs.undo_remove()
    assert names(three) == ["run 1", "run 2", "run 3", "run 4"]


def test_what_a_person_touched_is_not_tidied_away(session: Session, qtbot: QtBot) -> None:
    session.training.start_again(play=False)
    wait_until(qtbot, lambda: len(history_of(session)) == 1)
    key = session.runs.live_key
    assert key is not None
    session.runs.rename(key, "mine")  # though it has learnt nothing
    session.training.start_again(play=False)
    assert names(session)[1] == "mine"


def made_up(key: int, session: Session, n_epochs: int = 20) -> Run:
    """Return a run whose curves are those of the session's first, over and over."""
    first = history_of(session).records[1]
    history = History(session.view.training_config)
    for epoch in range(n_epochs + 1):
        record = EpochRecord(
            epoch,
            epoch,
            0.5,
            -key / (epoch + 1),
            0.4,
            -key / (epoch + 2),
            None,
            None,
            weights=first.weights + np.float32(key),
        )
        history.append(record)
    reading = session.view.reading
    return Run(key, history, session.view.data_config, reading, data_of(session).name)


def test_the_oldest_are_hidden_when_there_are_too_many(
    session: Session, make_list: Callable[[], RunList]
) -> None:
    runs = make_list()
    for key in range(1, 13):
        if key == 3:
            runs.pin(1)
        runs.begin(made_up(key, session))
    visible = [entry.key for entry in runs.entries if entry.is_visible]
    assert 1 in visible  # the reference
    assert 12 in visible
    assert len(visible) == MOST_VISIBLE + 1
    assert visible[1:] == list(range(12 - MOST_VISIBLE + 1, 13))


def test_all_runs_share_the_memory_for_weights(
    session: Session, make_list: Callable[[], RunList], monkeypatch: pytest.MonkeyPatch
) -> None:
    runs = make_list()
    n_bytes = history_of(session).records[0].weights.nbytes
    monkeypatch.setattr(run_list, "ALL_SNAPSHOT_BYTES", 40 * n_bytes)
    for key in range(1, 6):
        runs.begin(made_up(key, session, n_epochs=60))
    kept = [entry.run.history.kept_bytes for entry in runs.entries]
    assert sum(kept) <= 40 * n_bytes + 2 * n_bytes  # the last and the best may be off the stride
    assert all(entry.run.history.best.epoch == 60 for entry in runs.entries)
    assert run_list.SNAPSHOT_BYTES == SNAPSHOT_BYTES


@pytest.fixture
def make_list(session: Session) -> Callable[[], RunList]:
    """Return what makes an empty list of runs, beside the session's own."""
    return lambda: RunList(session)


def test_reopening_the_program_begins_with_one_run(
    new_session: Callable[..., Session], qtbot: QtBot
) -> None:
    session = open_and_finish(qtbot, new_session())
    assert names(session) == ["run 1"]


def test_a_run_pinned_before_its_first_record_does_not_stop_later_ones(
    session: Session, qtbot: QtBot
) -> None:
    session.training.start_again(play=False)
    assert session.runs.live_key is not None
    session.runs.pin(session.runs.live_key)  # nothing has been recorded yet
    for _ in range(3):
        session.training.start_again(play=False)
        live = session.runs.live
        assert live is not None
        wait_until(qtbot, lambda live=live: len(live.history) == 1)
        session.training.step_epoch()
        wait_for_state(qtbot, session, RunState.PAUSED)
    assert all(entry.run.history.records for entry in session.runs.entries)
    assert session.runs.reference_key is None


def test_a_diverged_run_keeps_its_settings_and_a_rewind_is_offered(
    new_session: Callable[..., Session], qtbot: QtBot
) -> None:
    session = open_and_finish(qtbot, new_session())
    session.wanted.set_setting("learning_rate", 900.0)
    session.wanted.set_setting("l2", 5.0)
    session.training.start_again()
    wait_for_state(qtbot, session, RunState.DIVERGED)
    assert not session.wanted.waits
    session.wanted.set_setting("learning_rate", 0.1)
    assert session.view.training_config.learning_rate == 900.0
    assert session.view.shown_config.learning_rate == 900.0
    assert session.wanted.waits


def test_a_branch_of_the_last_epoch_there_can_be_is_refused(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    notes = Notes(session)
    monkeypatch.setattr("gui.session.training.MOST_EPOCHS", EPOCHS)
    before = session.runs.live
    session.view.show_epoch(EPOCHS)
    session.training.fork()
    assert session.runs.live is before
    assert "branch off before it" in notes.errors[0]


def test_an_epoch_shown_that_is_thinned_away_gives_way_and_says_so(
    session: Session, qtbot: QtBot
) -> None:
    session.view.show_epoch(7)
    told: list[float] = []
    session.view.shown_changed.connect(lambda: told.append(session.view.shown.epoch))
    history_of(session).limit(1)
    session.training.step_epoch()
    wait_until(qtbot, lambda: bool(told))
    assert session.view.pinned_epoch == session.view.shown.epoch != 7


def test_what_an_ended_run_never_learnt_with_is_not_said_of_it(
    session: Session, qtbot: QtBot
) -> None:
    before = session.view.shown_config
    session.wanted.set_setting("learning_rate", 4.1)
    wait_until(qtbot, lambda: bool(history_of(session).changes))
    assert session.view.shown_changes == []
    assert session.view.shown_config == before
    assert session.wanted.waits
    session.training.step_epoch()  # now it is learnt with
    wait_until(qtbot, lambda: history_of(session).last_epoch == EPOCHS + 1)
    assert [str(moment) for moment in session.view.shown_changes] == ["learning rate 0.1 → 4.1"]
    assert session.view.shown_config.learning_rate == 4.1
    wait_for_state(qtbot, session, RunState.FINISHED)
    assert not session.wanted.waits


def test_showing_a_run_shows_its_settings_and_what_was_changed_waits_there(
    session: Session, qtbot: QtBot
) -> None:
    first = session.runs.shown_key
    session.wanted.set_setting("learning_rate", 0.00288)
    session.wanted.set_setting("train_size", 150)
    session.training.start_again()
    wait_for_state(qtbot, session, RunState.FINISHED)
    second = session.runs.shown_key
    session.view.show_run(first)
    assert session.wanted.training.learning_rate == 0.1
    assert session.wanted.data.train_size == 300
    assert not session.wanted.waits
    session.wanted.set_setting("learning_rate", 0.5)
    session.view.show_run(second)
    assert session.wanted.training.learning_rate == 0.00288
    assert not session.wanted.waits
    session.view.show_run(first)
    assert [(one.was, one.now) for one in session.wanted.waiting.values()] == [(0.1, 0.5)]


def test_an_earlier_epoch_shows_the_settings_it_was_learnt_with(
    new_session: Callable[..., Session], qtbot: QtBot
) -> None:
    session = open_paused(qtbot, new_session())
    for rate in (0.2, 0.4):
        session.training.step_epoch()
        wait_for_state(qtbot, session, RunState.PAUSED)
        with qtbot.waitSignal(session.training.setting_applied, timeout=WAIT):
            session.wanted.set_setting("learning_rate", rate)
    session.training.step_epoch()
    wait_for_state(qtbot, session, RunState.PAUSED)
    for epoch, rate in ((0, 0.1), (1, 0.1), (2, 0.2), (3, 0.4), (None, 0.4)):
        session.view.show_epoch(epoch)
        assert session.wanted.training.learning_rate == rate
        assert not session.wanted.waits
    # What is changed at an earlier epoch is not done to the run that goes on.
    session.view.show_epoch(1)
    session.wanted.set_setting("learning_rate", 0.7)
    assert session.view.training_config.learning_rate == 0.4
    assert [(one.was, one.now) for one in session.wanted.waiting.values()] == [(0.1, 0.7)]


def test_a_branch_goes_on_with_the_settings_of_the_run_shown(
    session: Session, qtbot: QtBot
) -> None:
    first = session.runs.shown_key
    session.wanted.set_setting("learning_rate", 0.00288)
    session.training.start_again()
    wait_for_state(qtbot, session, RunState.FINISHED)
    session.view.show_run(first)
    session.view.show_epoch(5)
    session.training.fork()
    assert session.view.training_config.learning_rate == 0.1
    assert not session.wanted.waits


def test_a_branch_says_what_it_takes_along_of_what_waits(session: Session, qtbot: QtBot) -> None:
    notes = Notes(session)
    session.view.show_epoch(5)
    assert session.training.fork_words == (
        "A new run goes on from epoch 5 of run 1, held, with its settings"
    )
    session.wanted.set_setting("learning_rate", 0.5)
    session.wanted.set_setting("init", "uniform")
    assert session.training.fork_words.endswith(
        "with its settings, but learning rate 0.5, which waits"
    )
    session.training.fork()
    assert session.view.training_config.learning_rate == 0.5
    assert session.view.training_config.init == "zeros", "a branch has no start of its own"
    words, _ = notes.messages[-1]
    assert words.startswith("Run 2 goes on from epoch 5 of run 1 with learning rate 0.5, held")


def test_what_has_learnt_an_epoch_stays_and_what_goes_is_told(
    session: Session, qtbot: QtBot
) -> None:
    notes = Notes(session)
    session.training.set_pace(10.0)
    session.training.play()  # at the end of run 1: another begins
    assert "run 1, which is kept" in notes.hints[-1]
    assert notes.hints[-1].startswith("Run 2 begins at epoch 0")
    wait_until(qtbot, lambda: len(history_of(session)) > 3)
    session.training.pause()
    wait_for_state(qtbot, session, RunState.PAUSED)
    told = len(notes.hints)
    session.training.start_again(play=False)
    assert names(session) == ["run 1", "run 2", "run 3"], "though run 1 holds its epochs, too"
    wait_until(qtbot, lambda: len(history_of(session)) == 1)
    session.wanted.set_setting("seed", 4)
    session.training.start_again(play=False)
    assert names(session) == ["run 1", "run 2", "run 3"], "one that never moved is no run"
    assert len(notes.hints) == told
    wait_until(qtbot, lambda: len(history_of(session)) == 1)
    session.training.step_batch()
    wait_until(qtbot, lambda: session.runs.has_moved)
    wait_for_state(qtbot, session, RunState.PAUSED)
    session.training.start_again(play=False)
    assert notes.hints[-1] == "Run 3 is not kept: it had not learnt one whole epoch."
    assert names(session) == ["run 1", "run 2", "run 4"], "a number is not used again"
    session.training.step_epoch()
    wait_until(qtbot, lambda: len(history_of(session)) == 2)
    wait_for_state(qtbot, session, RunState.PAUSED)
    held, told = session.runs.live, len(notes.hints)
    session.training.begin_preset(PRESETS["tp"])
    assert session.runs.entries[2].run is held, "nobody else holds its epochs"
    assert names(session) == ["run 1", "run 2", "run 4", "run 5"]
    assert len(notes.hints) == told


def test_play_at_the_end_says_with_what_it_begins(session: Session, qtbot: QtBot) -> None:
    notes = Notes(session)
    session.wanted.set_setting("batch_size", 50)
    session.training.play()
    assert notes.hints[-1] == "Run 2 begins at epoch 0 with batch size 50. Run 1 is kept."


def test_after_a_divergence_another_run_is_shown_at_its_end(session: Session, qtbot: QtBot) -> None:
    first = session.runs.entries[0]
    session.wanted.set_setting("learning_rate", 1000.0)
    session.wanted.set_setting("l2", 10.0)
    session.training.start_again()
    wait_for_state(qtbot, session, RunState.DIVERGED)
    assert session.view.shown is not None
    at = session.view.shown.epoch
    session.view.show_run(first.key)
    last = first.run.history.last_epoch
    assert at < last
    assert session.view.shown.epoch == last
