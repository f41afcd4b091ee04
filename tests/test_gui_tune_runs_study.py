"""Seeds repeated on demand: what the list of runs comes to hold is what core trains."""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING

import numpy as np
import pytest
from gui_helpers import EPOCHS, data_of, wait_for_state, wait_until
from test_gui_session_session import Notes

from core.learning.course import Course
from core.learning.sweep.seed_band import SeedBand, SeedSearch
from core.progress import finish
from gui.session.run_state import RunState
from gui.tune.runs.study import Seeds

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytestqt.qtbot import QtBot

    from gui.session.session import Session


@pytest.fixture
def seeds(session: Session) -> Seeds:
    """Return the seeds of a session whose run has ended."""
    return Seeds(session, session)


def plain_band(session: Session, n_seeds: int, course: Course | None = None) -> SeedBand:
    course = course or Course(session.view.shown_config)
    search = SeedSearch(data_of(session), course, n_seeds)
    finish(search.run())
    found = search.found()
    assert found is not None
    return found


def assert_same_bands(found: SeedBand, expected: SeedBand) -> None:
    assert found.seeds == expected.seeds
    np.testing.assert_array_equal(found.epochs, expected.epochs)
    np.testing.assert_array_equal(found.best_epochs, expected.best_epochs)
    assert found.curves.keys() == expected.curves.keys()
    for name, curve in expected.curves.items():
        np.testing.assert_array_equal(found.curves[name], curve)


def play_from(session: Session, qtbot: QtBot, **settings: object) -> None:
    """Begin a run with other settings, and wait for its first record."""
    for name, value in settings.items():
        session.wanted.set_setting(name, value)
    session.training.start_again(play=False)
    wait_until(qtbot, lambda: session.view.shown is not None)


def test_it_gives_the_plain_sweep_and_then_ends(
    seeds: Seeds, session: Session, qtbot: QtBot
) -> None:
    notes = Notes(session)
    assert seeds.epochs is None
    seeds.repeat(3)
    assert seeds.is_computing
    wait_until(qtbot, lambda: not seeds.is_computing)
    (entry,) = session.runs.bands
    assert_same_bands(entry.band, plain_band(session, 3))
    assert entry.band.epochs.tolist() == list(range(EPOCHS + 1))
    assert (entry.name, entry.run) == ("3 seeds of run 1", session.runs.shown)
    assert notes.messages == [(f"3 seeds of run 1: {entry.band.chance}.", False)]
    assert seeds.epochs is None
    assert seeds.share == 0


def test_a_branch_is_repeated_with_its_own_past(
    seeds: Seeds, session: Session, qtbot: QtBot
) -> None:
    first = session.runs.shown
    assert first is not None
    session.view.show_epoch(2)
    session.wanted.set_setting("learning_rate", 0.4)
    session.training.fork()
    wait_until(qtbot, lambda: session.view.shown is not None)
    shares: dict[int, float] = {}

    def follow() -> None:
        if seeds.epochs is not None:
            assert seeds.epochs[1] == EPOCHS
            shares.setdefault(seeds.epochs[0], seeds.share)

    seeds.changed.connect(follow)
    seeds.repeat(3)
    wait_until(qtbot, lambda: not seeds.is_computing)
    (entry,) = session.runs.bands
    record = entry.run.history.records[0]
    assert record.epoch == 2
    course = Course(first.history.config, epoch=2).then(record.step, entry.run.history.config)
    assert_same_bands(entry.band, plain_band(session, 3, course))
    assert entry.band.epochs.tolist() == list(range(2, EPOCHS + 1))
    assert len(set(entry.band.curves["test_log_likelihood"][0])) == 3  # each has its own past
    for epoch, share in shares.items():
        assert epoch / EPOCHS <= share < (epoch + 1) / EPOCHS


def test_the_band_is_that_of_the_run_with_all_that_was_changed_in_it(
    seeds: Seeds, session: Session, qtbot: QtBot
) -> None:
    """Seeds of a run whose rate was lowered late were trained at the low rate from the start."""
    play_from(session, qtbot)
    history = session.view.history
    assert history is not None

    def then(*steps: Callable[[], None], **settings: object) -> None:
        for name, value in settings.items():
            session.wanted.set_setting(name, value)
        for step in steps:
            step()
            wait_until(qtbot, lambda: session.view.run_state is not RunState.RUNNING)

    then(session.training.step_epoch, session.training.step_batch)
    then(session.training.step_batch, learning_rate=0.5)
    then(session.training.step_batch, learning_rate=0.3)  # the same mark, another update
    then(session.training.step_epoch, batch_size=7)
    then(session.training.step_epoch, momentum=0.5)
    then(session.training.play, learning_rate=0.001)
    wait_for_state(qtbot, session, RunState.FINISHED)
    assert len(history.log) == 5
    seeds.repeat(4)
    wait_until(qtbot, lambda: not seeds.is_computing)
    (entry,) = session.runs.bands
    band = entry.band
    assert band.epochs.tolist() == history.epochs.tolist()
    for part in ("train", "test"):
        own = history.curve(part, "score")
        np.testing.assert_array_equal(band.curves[f"{part}_score"][:, 0], own)
        own = history.curve(part, "log_likelihood")
        found = band.curves[f"{part}_log_likelihood"][:, 0]
        np.testing.assert_allclose(found, own, atol=1e-5)


def test_a_branch_of_other_images_is_refused_in_words(
    seeds: Seeds, session: Session, qtbot: QtBot
) -> None:
    notes = Notes(session)
    session.view.show_epoch(2)
    session.wanted.set_setting("train_size", 60)
    session.training.fork()
    wait_until(qtbot, lambda: data_of(session).train.n_samples == 60)
    wait_until(qtbot, lambda: session.view.shown is not None)
    seeds.repeat(2)
    assert not seeds.is_computing
    assert "Up to epoch 2 this branch was another run that learnt other images" in notes.errors[-1]


def test_a_run_with_an_adversary_is_refused_in_words(
    seeds: Seeds, session: Session, qtbot: QtBot
) -> None:
    notes = Notes(session)
    play_from(session, qtbot, adversary="linf")
    seeds.repeat(2)
    wait_until(qtbot, lambda: not seeds.is_computing)
    assert "an adversary moves them for each run differently" in notes.errors[-1]


def test_on_the_way_it_tells_how_far_it_is_and_what_is_known_cannot_be_written(
    seeds: Seeds, session: Session, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gui.tune.runs.study.SHOW_SECONDS", 0.0)
    told: list[tuple[int, float]] = []
    seen: list[SeedBand] = []
    seeds.changed.connect(lambda: seeds.epochs and told.append((seeds.epochs[0], seeds.share)))
    session.runs.changed.connect(lambda: seen.extend(e.band for e in session.runs.bands))
    play_from(session, qtbot, epochs=5000)
    seeds.repeat(4)
    wait_until(qtbot, lambda: len({len(band.epochs) for band in seen}) > 3)
    seeds.call_off()
    assert told == sorted(told)
    n_epochs = [len(band.epochs) for band in seen]
    assert n_epochs == sorted(n_epochs)
    for band in (seen[0], seen[-1]):
        arrays = [band.epochs, band.best_epochs, *band.curves.values()]
        for one in band.bands.values():
            arrays += [getattr(one, field.name) for field in fields(one)]
        assert not any(array.flags.writeable for array in arrays)


def test_called_off_it_says_nothing_more_and_what_was_found_stays(
    seeds: Seeds, session: Session, qtbot: QtBot
) -> None:
    play_from(session, qtbot, epochs=5000)
    notes = Notes(session)
    seeds.repeat(8)
    wait_until(qtbot, lambda: bool(session.runs.bands))
    seeds.call_off()
    assert not seeds.is_computing
    (entry,) = session.runs.bands
    for _ in range(3):
        with qtbot.waitSignal(session.pool.frame):
            pass
    assert session.runs.bands == (entry,)
    assert entry.band.epochs[-1] < 5000
    assert notes.messages == []


def test_when_all_diverge_it_is_done_and_says_so(
    seeds: Seeds, session: Session, qtbot: QtBot
) -> None:
    notes = Notes(session)
    play_from(session, qtbot, learning_rate=1000.0, l2=10.0, epochs=5000)
    seeds.repeat(3)
    wait_until(qtbot, lambda: not seeds.is_computing)
    (entry,) = session.runs.bands
    assert entry.band.n_diverged == 3
    assert entry.band.epochs[-1] < 100
    assert notes.messages[-1][0].endswith("3 diverged.")


def test_earlier_ones_end_where_others_are_asked_for(
    seeds: Seeds, session: Session, qtbot: QtBot
) -> None:
    play_from(session, qtbot, epochs=5000)
    seeds.repeat(8)
    wait_until(qtbot, lambda: bool(session.runs.bands))
    session.wanted.set_setting("epochs", 3)
    session.training.start_again(play=False)
    wait_until(qtbot, lambda: session.view.shown is not None)
    seeds.repeat(2)
    wait_until(qtbot, lambda: not seeds.is_computing)
    first, second = session.runs.bands
    assert first.band.epochs[-1] < 5000
    assert second.band.epochs[-1] == 3


@pytest.mark.parametrize("n_seeds", [0, 1000])
def test_a_bad_number_of_seeds_is_told(
    seeds: Seeds, session: Session, qtbot: QtBot, n_seeds: int
) -> None:
    notes = Notes(session)
    seeds.repeat(n_seeds)
    wait_until(qtbot, lambda: not seeds.is_computing)
    (message,) = notes.errors
    assert message.startswith("Seeds must be a whole number from 1 to 64")
    assert session.runs.bands == ()


def test_a_surprise_is_told_and_ends_it(
    seeds: Seeds, session: Session, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_: object) -> None:
        raise ZeroDivisionError("unlucky")

    notes = Notes(session)
    monkeypatch.setattr(SeedSearch, "run", fail)
    seeds.repeat(2)
    wait_until(qtbot, lambda: not seeds.is_computing)
    assert notes.surprises == ["training seeds: ZeroDivisionError: unlucky"]


def test_seeds_are_of_the_data_of_the_run(seeds: Seeds, session: Session, qtbot: QtBot) -> None:
    notes, first = Notes(session), session.runs.entries[0]
    session.wanted.set_setting("train_size", 60)
    session.training.start_again(play=False)
    wait_until(qtbot, lambda: data_of(session).train.n_samples == 60)
    session.view.show_run(first.key)
    seeds.repeat(2)
    assert not seeds.is_computing
    (message,) = notes.errors
    assert "other images than there are now" in message


def test_before_there_is_a_run_there_is_nothing_to_repeat(new_session, qtbot: QtBot) -> None:
    session = new_session()
    notes, seeds = Notes(session), Seeds(session, session)
    seeds.repeat(2)
    assert not seeds.is_computing
    assert notes.errors == ["There is no run to repeat yet: let one begin first."]


def test_seeds_go_on_while_other_data_are_looked_at(
    seeds: Seeds, session: Session, qtbot: QtBot
) -> None:
    play_from(session, qtbot, epochs=100)
    seeds.repeat(4)
    run, dataset = session.runs.shown, session.view.dataset
    session.wanted.set_setting("train_size", 60)
    session.training.start_again(play=False)
    wait_until(qtbot, lambda: session.view.dataset is not dataset)
    assert seeds.is_computing
    wait_until(qtbot, lambda: not seeds.is_computing)
    (entry,) = session.runs.bands
    assert entry.run is run
    assert entry.band.epochs[-1] == 100


def test_seeds_of_a_run_from_given_weights_begin_with_them(
    seeds: Seeds, session: Session, qtbot: QtBot
) -> None:
    assert session.view.history is not None
    session.training.start_from(session.view.history.records[-1].weights)
    live = session.runs.live
    assert live is not None
    assert not live.is_own_start
    wait_until(qtbot, lambda: len(live.history) == 1)
    seeds.repeat(2)
    wait_until(qtbot, lambda: not seeds.is_computing)
    (entry,) = session.runs.bands
    start = entry.band.curves["test_score"][0]
    assert start.tolist() == [live.history.value("test", "score", 0)] * 2


def test_a_band_removed_while_it_grows_stays_away(
    seeds: Seeds, session: Session, qtbot: QtBot
) -> None:
    play_from(session, qtbot, epochs=5000)
    seeds.repeat(8)
    wait_until(qtbot, lambda: bool(session.runs.bands))
    session.view.remove_run(session.runs.bands[0].key)
    wait_until(qtbot, lambda: not seeds.is_computing)
    assert session.runs.bands == ()
    session.runs.undo_remove()
    assert len(session.runs.bands) == 1


def test_seeds_of_a_run_with_an_added_image_are_trained_with_it(
    seeds: Seeds, session: Session, qtbot: QtBot
) -> None:
    notes, without = Notes(session), session.runs.live_key
    assert without is not None
    n_samples = data_of(session).train.n_samples
    session.wanted.add_sample(data_of(session).train.images[0], 3)
    session.training.start_again()
    wait_until(qtbot, lambda: data_of(session).train.n_samples == n_samples + 1)
    wait_for_state(qtbot, session, RunState.FINISHED)
    with_it = session.runs.live_key
    assert with_it is not None
    assert with_it != without
    seeds.repeat(2)
    assert seeds.is_computing, notes.errors
    wait_until(qtbot, lambda: not seeds.is_computing)
    (entry,) = session.runs.bands
    assert entry.run.key == with_it
    same_seed = entry.band.curves["train_log_likelihood"][:, 0]
    assert session.view.history is not None
    own = session.view.history.curve("train", "log_likelihood")
    np.testing.assert_allclose(same_seed, own, atol=1e-4)
    session.view.show_run(without)
    seeds.repeat(2)
    assert not seeds.is_computing
    assert "other images than there are now" in notes.errors[-1]
