from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from gui_helpers import (
    EPOCHS,
    SHORT,
    SMALL,
    WAIT,
    data_of,
    earlier_runs,
    open_and_finish,
    open_paused,
    plain_records,
    wait_for_diagnosis,
    wait_for_state,
    wait_until,
    write_data,
)

from core.errors import DatasetError, SettingError
from core.insight.diagnostics import diagnose
from core.learning.config import TrainingConfig
from core.learning.presets import PRESETS
from gui.session.run_state import RunState

if TYPE_CHECKING:
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from core.learning.training import EpochRecord
    from core.sources.reading import ReadingConfig
    from gui.jobs.mailbox import Letter
    from gui.session.session import Session

LONG = TrainingConfig(epochs=5000)
DIVERGING = TrainingConfig(epochs=EPOCHS, learning_rate=1000.0, l2=10.0)
New = "Callable[..., Session]"


class Notes:
    """Everything a session has said to people."""

    def __init__(self, session: Session) -> None:
        self.messages: list[tuple[str, bool]] = []
        self.surprises: list[str] = []
        session.messages.notified.connect(
            lambda message, error: self.messages.append((message, error))
        )
        session.messages.surprised.connect(self.surprises.append)

    @property
    def errors(self) -> list[str]:
        return [message for message, is_error in self.messages if is_error]

    @property
    def hints(self) -> list[str]:
        return [message for message, is_error in self.messages if not is_error]


def assert_records_equal(found: list[EpochRecord], expected: list[EpochRecord]) -> None:
    assert [record.epoch for record in found] == [record.epoch for record in expected]
    for one, other in zip(found, expected, strict=True):
        np.testing.assert_array_equal(one.weights, other.weights)


def history_of(session: Session) -> list[EpochRecord]:
    assert session.view.history is not None
    return session.view.history.records


def test_opening_begins_to_learn_by_itself(new_session: New, qtbot: QtBot) -> None:
    session = new_session()
    assert session.view.run_state is RunState.LOADING
    with qtbot.waitSignals(
        [session.view.dataset_changed, session.view.run_started, session.view.shown_changed],
        timeout=WAIT,
    ):
        session.open("digits8")
        assert session.data.opening == "digits8"
    wait_for_state(qtbot, session, RunState.FINISHED)
    assert session.data.opening is None
    assert data_of(session).train.n_samples == SMALL.train_size
    assert data_of(session).test.n_samples == SMALL.test_size
    assert_records_equal(history_of(session), plain_records(session))


def test_stroke_digits_open(new_session: New, qtbot: QtBot) -> None:
    data = replace(SMALL, dataset="strokes")
    session = open_and_finish(qtbot, new_session(data=data, training=TrainingConfig(epochs=2)))
    assert data_of(session).image_shape == (28, 28)


@pytest.mark.parametrize("kind", ["missing", "empty folder", "not idx", "cut"])
def test_a_bad_path_leaves_data_and_run_untouched(
    session: Session, qtbot: QtBot, tmp_path: Path, kind: str
) -> None:
    path = tmp_path / "given"
    if kind == "empty folder":
        path.mkdir()
    elif kind == "not idx":
        path.write_text("<html>not found</html>")
    elif kind == "cut":
        write_data(path, (5, 4), 3, 12, 6)
        images = path / "train-images-idx3-ubyte"
        images.write_bytes(images.read_bytes()[:-7])
    notes, started = Notes(session), []
    session.view.run_started.connect(lambda: started.append(True))
    before = (
        session.view.dataset,
        session.wanted.full_dataset,
        session.view.history,
        session.wanted.data,
    )
    records = list(history_of(session))
    session.open(str(path))
    wait_until(qtbot, lambda: session.data.opening is None)
    (message,) = notes.errors
    assert str(path) in message
    assert notes.surprises == []
    assert (
        session.view.dataset,
        session.wanted.full_dataset,
        session.view.history,
        session.wanted.data,
    ) == before
    assert history_of(session) == records
    assert started == []
    assert session.view.run_state is RunState.FINISHED
    assert list(session.data.opened_paths) == []
    session.wanted.set_setting("epochs", EPOCHS + 2)  # and it can still go on
    session.training.play()
    wait_for_state(qtbot, session, RunState.FINISHED)
    assert len(history_of(session)) == EPOCHS + 3


def test_a_bad_path_at_the_start_is_told_and_the_stroke_digits_open_instead(
    new_session: New, qtbot: QtBot
) -> None:
    session = new_session(data=replace(SMALL, dataset="/nowhere"))
    notes = Notes(session)
    session.open("/nowhere")
    wait_for_state(qtbot, session, RunState.FINISHED)
    assert "/nowhere" in notes.errors[0]
    assert session.wanted.data.dataset == "strokes"
    assert data_of(session).image_shape == (28, 28)


def test_without_any_data_nothing_moves_until_some_open(
    new_session: New, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(name: str, reading: ReadingConfig, mirror: str) -> Any:
        raise DatasetError(f"{name}: not today")

    with monkeypatch.context() as patch:
        patch.setattr("gui.session.data.opening_dataset", refuse)
        session = new_session(data=replace(SMALL, dataset="strokes"))
        notes = Notes(session)
        session.open("strokes")
        wait_for_state(qtbot, session, RunState.FAILED)
    assert notes.errors == ["strokes: not today"]
    assert session.view.shown is None
    assert not session.training.can_move
    session.training.start_again(play=False)
    session.training.play()
    session.view.show_epoch(3)
    session.view.show_best()
    assert session.view.run_state is RunState.FAILED
    session.open("digits8")
    wait_for_state(qtbot, session, RunState.FINISHED)


def test_a_surprise_while_opening_is_told(
    session: Session, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    def explode(name: str, reading: ReadingConfig, mirror: str) -> Any:
        raise RuntimeError("out of sorts")

    monkeypatch.setattr("gui.session.data.opening_dataset", explode)
    with qtbot.waitSignal(session.messages.surprised, timeout=WAIT) as told:
        session.open("digits8")
    assert "RuntimeError: out of sorts" in told.args[0]
    assert session.view.run_state is RunState.FINISHED
    assert len(history_of(session)) == EPOCHS + 1


def test_opening_twice_ends_with_the_second(session: Session, qtbot: QtBot, tmp_path: Path) -> None:
    first = write_data(tmp_path / "first", (5, 4), 3, 30, 12)
    second = write_data(tmp_path / "second", (4, 6), 2, 30, 12)
    started = []
    session.view.run_started.connect(lambda: started.append(data_of(session).name))
    session.open(first)
    session.open(second)
    wait_until(qtbot, lambda: session.data.opening is None)
    assert started == ["second"]
    assert session.wanted.data.dataset == second
    assert list(session.data.opened_paths) == [second]


def test_other_data_replace_the_run_and_keep_it_for_comparison(
    session: Session, qtbot: QtBot, tmp_path: Path
) -> None:
    old = session.view.history
    folder = write_data(tmp_path / "small", (5, 4), 3, 30, 12)
    with qtbot.waitSignal(session.view.run_started, timeout=WAIT):
        session.open(folder)
    assert data_of(session).image_shape == (5, 4)
    assert data_of(session).n_classes == 3
    assert [run.history for run in earlier_runs(session.runs)] == [old]
    assert earlier_runs(session.runs)[0].dataset_name != data_of(session).name
    assert session.view.is_running  # the run before had come to its end
    wait_until(qtbot, lambda: session.view.shown is not None)
    assert session.view.shown is not None
    assert session.view.shown.weights.shape == (3, 21)


def test_other_data_stay_held_where_a_run_was_held(
    new_session: New, qtbot: QtBot, tmp_path: Path
) -> None:
    session = open_paused(qtbot, new_session(training=LONG, pace=200.0))
    with qtbot.waitSignal(session.view.run_started, timeout=WAIT):
        session.open(write_data(tmp_path / "small", (5, 4), 3, 30, 12))
    assert session.view.run_state is RunState.PAUSED


def test_running_data_are_replaced_by_running_data(
    new_session: New, qtbot: QtBot, tmp_path: Path
) -> None:
    session = new_session(training=LONG, pace=200.0)
    session.open("digits8")
    wait_until(qtbot, lambda: session.view.history is not None and len(session.view.history) > 2)
    session.open(write_data(tmp_path / "small", (5, 4), 3, 30, 12))
    assert session.view.is_running
    with qtbot.waitSignal(session.view.run_started, timeout=WAIT):
        pass
    assert session.view.is_running


def test_play_pause_and_steps(new_session: New, qtbot: QtBot) -> None:
    session = open_paused(qtbot, new_session())
    assert (history_of(session)[0].epoch, len(history_of(session))) == (0, 1)
    session.training.step_batch()
    assert session.view.is_running
    wait_for_state(qtbot, session, RunState.PAUSED)
    assert session.view.live is not None
    assert session.view.live.progress.step == 1
    session.training.step_epoch()
    wait_for_state(qtbot, session, RunState.PAUSED)
    assert session.view.live.progress.place == 1
    assert len(history_of(session)) == 2
    session.training.toggle()
    assert session.view.is_running
    session.training.toggle()
    assert session.view.run_state is RunState.PAUSED
    session.training.play()
    wait_for_state(qtbot, session, RunState.FINISHED)
    assert_records_equal(history_of(session), plain_records(session))


def test_the_shown_model_is_the_live_one_between_epochs(new_session: New, qtbot: QtBot) -> None:
    session = open_paused(qtbot, new_session())
    session.training.step_batch()
    wait_for_state(qtbot, session, RunState.PAUSED)
    shown = session.view.shown
    assert shown is not None
    assert session.view.live is not None
    assert shown.live
    assert shown.record is None
    assert shown.epoch == pytest.approx(1 / session.view.live.progress.n_batches)
    assert shown.weights is session.view.live.weights


def test_play_after_the_end_starts_again(session: Session, qtbot: QtBot) -> None:
    first = list(history_of(session))
    with qtbot.waitSignal(session.view.run_started, timeout=WAIT):
        session.training.play()
    wait_for_state(qtbot, session, RunState.FINISHED)
    assert_records_equal(history_of(session), first)
    assert history_of(session)[0] is not first[0]
    assert earlier_runs(session.runs) != []


def test_raising_the_epochs_after_the_end_goes_on(session: Session, qtbot: QtBot) -> None:
    first = list(history_of(session))
    session.wanted.set_setting("epochs", EPOCHS + 5)
    assert session.view.run_state is RunState.PAUSED
    assert not session.wanted.waits
    session.training.play()
    wait_for_state(qtbot, session, RunState.FINISHED)
    assert history_of(session)[: EPOCHS + 1] == first
    assert_records_equal(history_of(session), plain_records(session))


def test_lowering_the_epochs_stops_there(new_session: New, qtbot: QtBot) -> None:
    session = new_session(training=LONG, pace=60.0)
    session.open("digits8")
    wait_until(qtbot, lambda: session.view.history is not None and len(session.view.history) > 4)
    session.wanted.set_setting("epochs", 1)
    wait_for_state(qtbot, session, RunState.FINISHED)
    assert 4 < len(history_of(session)) < 1000


def test_the_pace_is_passed_on(new_session: New, qtbot: QtBot) -> None:
    session = open_paused(qtbot, new_session(pace=1e-3))
    session.training.play()
    with qtbot.waitSignal(session.training.pace_changed, timeout=WAIT):
        session.training.set_pace(None)
    wait_for_state(qtbot, session, RunState.FINISHED)
    assert len(history_of(session)) == EPOCHS + 1


def test_rewind_during_a_run_shows_nothing_of_the_old_one(new_session: New, qtbot: QtBot) -> None:
    session = new_session(training=LONG, pace=200.0)
    runs: list[list[int]] = []
    session.view.run_started.connect(lambda: runs.append([]))
    session.training.epoch_recorded.connect(lambda record: runs[-1].append(record.epoch))
    session.open("digits8")
    starts = []
    for _ in range(4):
        wait_until(
            qtbot, lambda: session.view.history is not None and len(session.view.history) > 5
        )
        starts.append(history_of(session)[0].weights)
        session.training.start_again(play=False)
        assert session.view.is_running
        assert history_of(session) == []
        assert session.view.live is None
        assert session.view.shown is None
    wait_until(qtbot, lambda: len(history_of(session)) > 5)
    assert len(runs) == 5
    for epochs in runs:
        assert epochs == list(range(len(epochs)))
    for weights in starts[1:]:
        np.testing.assert_array_equal(weights, starts[0])


def test_a_late_letter_of_an_old_run_is_dropped(
    session: Session, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    old_live, old_record = session.view.live, history_of(session)[5]
    letters: list[Letter] = []
    mailbox, post = session.pool.mailbox, session.pool.mailbox.post
    monkeypatch.setattr(mailbox, "post", lambda letter: (letters.append(letter), post(letter)))
    for n_begun in (1, 2):
        session.training.start_again(play=False)
        wait_until(qtbot, lambda n=n_begun: len(letters) == n)
    wait_until(qtbot, lambda: len(history_of(session)) == 1 and session.view.live is not None)
    old, new = letters
    mailbox.post(replace(old, payload=old_record))
    mailbox.put_latest(replace(old, payload=old_live))
    mailbox.post(replace(new, payload=replace(history_of(session)[0], epoch=1)))
    wait_until(qtbot, lambda: len(history_of(session)) > 1)
    assert [record.epoch for record in history_of(session)] == [0, 1]
    assert session.view.live is not old_live


def test_rewind_goes_to_the_same_start_and_waits(session: Session, qtbot: QtBot) -> None:
    start = history_of(session)[0].weights
    last = history_of(session)[-1].weights
    session.training.start_again(play=False)
    assert session.view.run_state is RunState.PAUSED
    wait_until(qtbot, lambda: session.view.shown is not None)
    assert session.view.shown is not None
    np.testing.assert_array_equal(session.view.shown.weights, start)
    session.training.play()
    wait_for_state(qtbot, session, RunState.FINISHED)
    np.testing.assert_array_equal(history_of(session)[-1].weights, last)


def test_a_new_seed_is_another_run_and_the_old_seed_the_old_one(
    new_session: New, qtbot: QtBot
) -> None:
    training = replace(SHORT, init="normal", seed=5)
    session = open_and_finish(qtbot, new_session(training=training))
    first = list(history_of(session))
    session.training.new_seed()
    assert session.view.training_config.seed != 5
    session.training.play()
    wait_for_state(qtbot, session, RunState.FINISHED)
    assert not np.array_equal(history_of(session)[0].weights, first[0].weights)
    assert not np.array_equal(history_of(session)[-1].weights, first[-1].weights)
    session.wanted.set_setting("seed", 5)
    session.training.start_again(play=False)
    session.training.play()
    wait_for_state(qtbot, session, RunState.FINISHED)
    assert_records_equal(history_of(session), first)


def test_two_sessions_with_one_seed_give_the_same_bits(new_session: New, qtbot: QtBot) -> None:
    training = replace(SHORT, init="uniform", seed=11)
    one = open_and_finish(qtbot, new_session(training=training))
    other = open_and_finish(qtbot, new_session(training=training, pace=500.0))
    assert_records_equal(history_of(one), history_of(other))


def test_a_live_setting_acts_in_the_present_run(new_session: New, qtbot: QtBot) -> None:
    session = new_session(training=LONG, pace=200.0)
    session.open("digits8")
    wait_until(qtbot, lambda: session.view.history is not None and len(session.view.history) > 2)
    history = session.view.history
    with qtbot.waitSignal(session.training.setting_applied, timeout=WAIT) as applied:
        session.wanted.set_setting("learning_rate", 0.025)
    assert session.view.history is history
    assert history is not None
    (change,) = history.changes
    assert applied.args == [change]
    assert (change.name, change.old, change.new) == ("learning_rate", 0.1, 0.025)
    assert session.view.training_config.learning_rate == 0.025
    assert not session.wanted.waits


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("init", "uniform"),
        ("shuffle", False),
        ("seed", 9),
        ("train_size", 120),
        ("test_size", 60),
        ("validation_size", 30),
    ],
)
def test_other_settings_wait_for_a_rewind(
    session: Session, qtbot: QtBot, name: str, value: Any
) -> None:
    used = {**vars_of(session.view.data_config), **vars_of(session.view.training_config)}[name]
    session.wanted.set_setting(name, value)
    wanted = {**vars_of(session.wanted.data), **vars_of(session.wanted.training)}
    assert wanted[name] == value
    assert {**vars_of(session.view.data_config), **vars_of(session.view.training_config)}[
        name
    ] == used
    assert session.wanted.waits
    session.wanted.set_setting(name, used)
    assert not session.wanted.waits
    session.wanted.set_setting(name, value)
    session.training.start_again(play=False)
    assert not session.wanted.waits
    assert {**vars_of(session.view.data_config), **vars_of(session.view.training_config)}[
        name
    ] == value
    session.training.play()
    wait_for_state(qtbot, session, RunState.FINISHED)
    assert_records_equal(history_of(session), plain_records(session))
    sized = {"train_size": data_of(session).train, "test_size": data_of(session).test}
    if name in sized:
        assert sized[name].n_samples == value


def vars_of(config: Any) -> dict[str, Any]:
    return {name: getattr(config, name) for name in config.__dataclass_fields__}


@pytest.mark.parametrize(
    ("name", "value"),
    [("learning_rate", 1e9), ("epochs", 0), ("batch_size", 0), ("l2", -1.0), ("train_size", 0)],
)
def test_a_value_out_of_range_is_refused_with_its_range(
    session: Session, name: str, value: Any
) -> None:
    notes = Notes(session)
    before = (session.wanted.data, session.wanted.training, session.view.training_config)
    session.wanted.set_setting(name, value)
    (message,) = notes.errors
    assert " to " in message
    assert (session.wanted.data, session.wanted.training, session.view.training_config) == before


def test_a_preset_is_one_act_and_keeps_the_seed(new_session: New, qtbot: QtBot) -> None:
    session = new_session(training=LONG, pace=200.0)
    session.open("digits8")
    wait_until(qtbot, lambda: session.view.history is not None and len(session.view.history) > 2)
    session.wanted.set_setting("seed", 21)
    old = session.view.history
    assert old is not None
    session.training.begin_preset(PRESETS["full"])
    # All of it is of a new run, which plays; the old one is kept as it was.
    assert session.view.training_config == replace(
        PRESETS["full"].config, seed=21, batch_size=SMALL.train_size
    )
    assert session.view.is_running
    assert not session.wanted.waits
    assert old.changes == []
    assert [run.history for run in earlier_runs(session.runs)] == [old]
    wait_until(qtbot, lambda: len(history_of(session)) > 2)
    assert session.view.history is not None
    assert session.view.history.changes == []


def test_a_preset_that_cannot_begin_leaves_all_as_it_was(session: Session) -> None:
    notes, old = Notes(session), session.view.history
    before = (session.wanted.training, session.wanted.data)
    session.training.begin(LONG, replace(SMALL, validation_size=SMALL.train_size))
    assert notes.errors
    assert session.view.history is old
    assert (session.wanted.training, session.wanted.data) == before
    assert not session.wanted.waits


def test_start_again_plays_with_what_waits_and_keeps_the_old_run(
    session: Session, qtbot: QtBot
) -> None:
    old = session.view.history
    session.wanted.set_setting("learning_rate", 0.5)
    session.wanted.set_setting("shuffle", False)
    assert {name: (one.was, one.now) for name, one in session.wanted.waiting.items()} == {
        "learning_rate": (0.1, 0.5),
        "shuffle": (True, False),
    }
    assert [str(one) for one in session.wanted.waiting.values()] == [
        "learning rate 0.5",
        "shuffle off",
    ]
    session.training.start_again()
    assert session.view.is_running
    assert not session.wanted.waits
    assert session.view.training_config == replace(SHORT, learning_rate=0.5, shuffle=False)
    assert [run.history for run in earlier_runs(session.runs)] == [old]
    wait_for_state(qtbot, session, RunState.FINISHED)
    assert_records_equal(history_of(session), plain_records(session))


def test_what_waits_can_be_taken_back(session: Session) -> None:
    session.wanted.set_setting("learning_rate", 0.5)
    session.wanted.set_setting("train_size", 100)
    session.wanted.take_back("learning_rate")
    assert list(session.wanted.waiting) == ["train_size"]
    session.wanted.take_back("train_size")
    assert not session.wanted.waits
    assert session.wanted.training == session.view.training_config


def test_validation_images_choose_the_best_epoch(new_session: New, qtbot: QtBot) -> None:
    data = replace(SMALL, validation_size=60)
    session = open_and_finish(qtbot, new_session(data=data))
    assert session.view.history is not None
    assert session.view.history.has_validation
    curve = session.view.history.curve("validation", "log_likelihood")
    session.view.show_best()
    assert session.view.pinned_epoch == int(curve.argmax())


def test_too_many_validation_images_are_refused_and_nothing_is_lost(
    session: Session, qtbot: QtBot
) -> None:
    notes, history = Notes(session), session.view.history
    session.wanted.set_setting("validation_size", 300)
    session.training.start_again(play=False)
    (message,) = notes.errors
    assert "300 validation images" in message
    assert "fewer than 300" in message
    assert session.view.history is history
    assert session.view.run_state is RunState.FINISHED
    assert session.view.shown is not None
    session.wanted.set_setting("validation_size", 100)
    session.training.start_again(play=False)
    assert len(notes.errors) == 1
    assert data_of(session).train.n_samples == 200


def test_data_too_small_for_the_validation_images_get_fewer(
    session: Session, qtbot: QtBot, tmp_path: Path
) -> None:
    session.wanted.set_setting("validation_size", 100)
    session.training.start_again(play=False)
    notes = Notes(session)
    session.open(write_data(tmp_path / "few", (5, 4), 3, 30, 12))
    wait_until(qtbot, lambda: data_of(session).image_shape == (5, 4))
    assert notes.errors == []
    words = "100 validation images are too many for few; 5 are set aside"
    assert any(words in message for message, _ in notes.messages)
    assert session.view.data_config.validation_size == session.wanted.data.validation_size == 5
    validation = data_of(session).validation
    assert validation is not None
    assert (validation.n_samples, data_of(session).train.n_samples) == (5, 25)


def test_earlier_runs_are_kept_however_equal(session: Session, qtbot: QtBot) -> None:
    """Start again keeps the old run: shorter, longer, or the very same."""
    kept = [session.view.history]
    notes = Notes(session)
    for n_epochs in (1, EPOCHS, EPOCHS):
        session.training.start_again(play=False)
        assert [run.history for run in earlier_runs(session.runs)] == kept
        wait_until(qtbot, lambda: len(history_of(session)) == 1)
        if n_epochs == 1:
            session.training.step_epoch()
            wait_for_state(qtbot, session, RunState.PAUSED)
        else:
            session.training.play()
            wait_for_state(qtbot, session, RunState.FINISHED)
        kept.append(session.view.history)
    assert notes.messages == []
    session.training.start_again(play=False)
    session.wanted.set_setting("seed", 1)
    session.training.start_again(play=False)  # nothing was learnt
    assert [run.history for run in earlier_runs(session.runs)] == kept
    assert [entry.name for entry in session.runs.entries] == [f"run {n}" for n in range(1, 6)]
    assert earlier_runs(session.runs)[0].data_config == SMALL


@pytest.mark.parametrize("epoch", [0, 1, EPOCHS // 2, EPOCHS])
def test_a_pinned_epoch_is_what_every_view_gets(session: Session, qtbot: QtBot, epoch: int) -> None:
    with qtbot.waitSignal(session.view.shown_changed, timeout=WAIT):
        session.view.show_epoch(epoch)
    shown = session.view.shown
    assert shown is not None
    assert shown.weights is history_of(session)[epoch].weights
    assert shown.record is history_of(session)[epoch]
    assert not shown.live
    wait_for_diagnosis(qtbot, session)
    answer = session.readings.diagnosis.answer
    assert answer is not None
    train = data_of(session).train
    expected = diagnose(shown.weights, train)
    found = answer.found
    assert found is not None
    assert answer.question.split is train
    assert found.worst == expected.worst
    np.testing.assert_array_equal(found.mean_images, expected.mean_images)
    np.testing.assert_array_equal(found.confusion, expected.confusion)
    image = data_of(session).test.images[3]
    np.testing.assert_allclose(session.view.shown.probabilities_of(image).sum(), 1, rtol=1e-5)


def test_forward_to_live_again(session: Session, qtbot: QtBot) -> None:
    session.view.show_epoch(2)
    session.view.show_epoch(None)
    assert session.view.shown is not None
    assert session.view.shown.live
    assert session.view.shown.weights is history_of(session)[-1].weights
    wait_for_diagnosis(qtbot, session)


def test_a_pinned_epoch_stays_while_the_run_goes_on(new_session: New, qtbot: QtBot) -> None:
    session = new_session(training=LONG, pace=200.0)
    session.open("digits8")
    wait_until(qtbot, lambda: session.view.history is not None and len(session.view.history) > 3)
    session.view.show_epoch(2)
    n_records = len(history_of(session))
    wait_until(qtbot, lambda: len(history_of(session)) > n_records + 5)
    assert session.view.is_running
    assert session.view.shown is not None
    assert session.view.shown.weights is history_of(session)[2].weights
    session.view.show_epoch(None)
    assert session.view.shown.live
    assert session.view.shown.epoch > n_records


def test_neighbours_are_stepped_through(session: Session) -> None:
    seen = []
    session.view.shown_changed.connect(lambda: seen.append(session.view.pinned_epoch))
    for offset in (-1, -1, 1, 1, 1, -1):
        session.view.show_neighbour(offset)
    top = EPOCHS
    assert seen == [top - 1, top - 2, top - 1, top, top, top - 1]
    session.view.show_epoch(0)
    session.view.show_neighbour(-1)
    assert session.view.pinned_epoch == 0


def test_neighbours_of_a_place_between_two_epochs(new_session: New, qtbot: QtBot) -> None:
    session = open_paused(qtbot, new_session())
    session.training.step_epoch()
    wait_for_state(qtbot, session, RunState.PAUSED)
    session.training.step_batch()
    wait_for_state(qtbot, session, RunState.PAUSED)
    session.view.show_neighbour(-1)
    assert session.view.pinned_epoch == 1


def test_the_best_epoch_is_that_of_the_held_out_likelihood(session: Session) -> None:
    assert session.view.history is not None
    session.view.show_best()
    assert session.view.pinned_epoch == int(
        session.view.history.curve("test", "log_likelihood").argmax()
    )


def test_a_rewind_ends_time_travel(session: Session, qtbot: QtBot) -> None:
    session.view.show_epoch(3)
    session.training.start_again(play=False)
    wait_until(qtbot, lambda: session.view.shown is not None)
    assert session.view.shown is not None
    assert session.view.shown.live


def test_a_diverged_run_says_so_and_keeps_its_history(new_session: New, qtbot: QtBot) -> None:
    session = new_session(training=DIVERGING)
    notes = Notes(session)
    session.open("digits8")
    wait_for_state(qtbot, session, RunState.DIVERGED)
    assert session.training.divergence is not None
    (message,) = notes.errors
    assert message == f"Run 1 d{str(session.training.divergence)[1:]}"
    assert "learning rate 1000" in message
    assert f"step {session.training.divergence.step:,}" in message
    assert len(history_of(session)) >= 1
    assert not session.training.can_move
    session.training.play()
    session.training.step_batch()
    session.training.toggle()
    assert session.view.run_state is RunState.DIVERGED
    session.view.show_epoch(0)
    assert session.view.shown is not None
    assert np.isfinite(session.view.shown.weights).all()
    session.wanted.set_setting("learning_rate", 0.1)
    session.wanted.set_setting("l2", 0.0)
    session.training.start_again(play=False)
    assert session.training.divergence is None
    session.training.play()
    wait_for_state(qtbot, session, RunState.FINISHED)


def test_a_diverged_run_that_learnt_something_stays_for_comparison(
    new_session: New, qtbot: QtBot
) -> None:
    session = open_paused(qtbot, new_session())
    session.training.step_epoch()
    wait_for_state(qtbot, session, RunState.PAUSED)
    session.wanted.set_setting("learning_rate", 1000.0)
    session.wanted.set_setting("l2", 10.0)
    session.training.play()
    wait_for_state(qtbot, session, RunState.DIVERGED)
    kept = list(history_of(session))
    assert len(kept) >= 2
    session.training.start_again(play=False)
    assert earlier_runs(session.runs)[-1].history.records == kept


def test_a_surprise_while_training_is_told(
    new_session: New, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    def explode(*args: Any, **options: Any) -> Any:
        raise RuntimeError("out of sorts")

    session = new_session()
    monkeypatch.setattr("gui.session.training_job.Trainer", explode)
    with qtbot.waitSignal(session.messages.surprised, timeout=WAIT) as told:
        session.open("digits8")
    assert told.args == ["training: RuntimeError: out of sorts"]
    assert session.view.run_state is RunState.FAILED


def test_a_surprise_while_looking_at_mistakes_is_told(
    new_session: New, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    def explode(*args: Any) -> Any:
        raise RuntimeError("out of sorts")

    monkeypatch.setattr("gui.session.readings.diagnose", explode)
    session = new_session()
    session.readings.diagnosis.watch(True)
    with qtbot.waitSignal(session.messages.surprised, timeout=WAIT) as told:
        session.open("digits8")
    assert "out of sorts" in told.args[0]


def test_an_expected_error_while_looking_at_mistakes_is_told(
    new_session: New, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*args: Any) -> Any:
        raise SettingError("Choose other images.")

    monkeypatch.setattr("gui.session.readings.diagnose", refuse)
    session = new_session()
    diagnosis = session.readings.diagnosis
    diagnosis.watch(True)
    session.open("digits8")
    wait_until(qtbot, lambda: diagnosis.problem == "Choose other images.")
    assert diagnosis.found is None


def test_closing_twice_is_harmless(session: Session) -> None:
    assert session.close()
    assert session.close()
