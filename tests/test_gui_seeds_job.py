from __future__ import annotations

import threading
from dataclasses import fields, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from core_samples import tiny_dataset

import core.learning.sweep.stacked_pass
from core.learning.sweep.seed_band import SeedBand, seed_band
from core.learning.sweep.sweep import SeedSweep, SweepRecord
from core.learning.training import EpochRecord, Trainer, TrainingConfig
from gui.jobs.mailbox import Mailbox
from gui.jobs.worker import Failed
from gui.tune.runs.seeds_job import SEEDS_SLOT, SeedsDone, SeedsJob, SeedsState

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

SOON = 20.0
GENERATION = 4
DATA = tiny_dataset(n_train=63, n_test=30)
CONFIG = TrainingConfig(epochs=6, batch_size=10, learning_rate=0.5, seed=3, init="normal")
ENDLESS = replace(CONFIG, epochs=5000, batch_size=1)


class Driver:
    """Holds a job and everything that came from it."""

    def __init__(
        self, config: TrainingConfig = CONFIG, n_seeds: int = 3, start: Any = None
    ) -> None:
        self.mailbox = Mailbox()
        self.job = SeedsJob(GENERATION, self.mailbox, DATA, config, n_seeds, start)
        self.events: list[Any] = []
        self.states: list[SeedsState] = []

    def take(self) -> None:
        events, latest = self.mailbox.take()
        letters = [*events, *latest.values()]
        assert {letter.generation for letter in letters} <= {GENERATION}
        self.events += [letter.payload for letter in events]
        if SEEDS_SLOT in latest:
            self.states.append(latest[SEEDS_SLOT].payload)

    def wait_for(self, condition: Callable[[], bool]) -> None:
        pause = threading.Event()
        for _ in range(int(SOON / 0.002)):
            self.take()
            if condition():
                return
            pause.wait(0.002)
        raise AssertionError(f"did not come; events so far: {self.events}")

    def finish(self) -> SeedBand:
        self.wait_for(lambda: bool(self.events))
        (done,) = self.events
        assert isinstance(done, SeedsDone)
        assert self.job.join(SOON)
        return done.band


@pytest.fixture
def drive() -> Iterator[Callable[..., Driver]]:
    drivers: list[Driver] = []

    def make(*args: Any, **options: Any) -> Driver:
        driver = Driver(*args, **options)
        drivers.append(driver)
        driver.job.start()
        return driver

    yield make
    for driver in drivers:
        driver.job.request_stop()
        assert driver.job.join(SOON), "the job does not stop"


def plain_band(config: TrainingConfig = CONFIG, n_seeds: int = 3, start: Any = None) -> SeedBand:
    sweep = SeedSweep(DATA, config, n_seeds, start=start)
    return seed_band(
        sweep.seeds, [event for event in sweep.run() if isinstance(event, SweepRecord)]
    )


def assert_same_bands(found: SeedBand, expected: SeedBand) -> None:
    assert found.seeds == expected.seeds
    np.testing.assert_array_equal(found.epochs, expected.epochs)
    np.testing.assert_array_equal(found.best_epochs, expected.best_epochs)
    assert found.curves.keys() == expected.curves.keys()
    for name, curve in expected.curves.items():
        np.testing.assert_array_equal(found.curves[name], curve)


def test_it_gives_the_plain_sweep_and_then_ends(drive: Callable[..., Driver]) -> None:
    driver = drive()
    band = driver.finish()
    assert_same_bands(band, plain_band())
    assert band.epochs.tolist() == list(range(CONFIG.epochs + 1))
    last = driver.states[-1]
    assert (last.epoch, last.last_epoch, last.progress) == (CONFIG.epochs, CONFIG.epochs, 1.0)
    assert last.band is band


def test_a_branch_goes_on_from_its_checkpoint(drive: Callable[..., Driver]) -> None:
    parent = [event for event in Trainer(DATA, CONFIG).run() if isinstance(event, EpochRecord)]
    start = parent[2].checkpoint
    band = drive(start=start).finish()
    assert_same_bands(band, plain_band(start=start))
    assert band.epochs.tolist() == [2, 3, 4, 5, 6]
    assert band.curves["test_score"][-1][0] == parent[-1].test_score


def test_on_the_way_it_tells_how_far_it_is(
    drive: Callable[..., Driver], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(core.learning.sweep.stacked_pass, "PIECE", 1)
    monkeypatch.setattr("gui.tune.runs.seeds_job.BAND_SECONDS", 0.0)
    told: list[SeedsState] = []
    driver = Driver()
    monkeypatch.setattr(driver.job, "put_latest", lambda _, state: told.append(state))
    driver.job.work()  # here, not in a thread: not one state is missed
    driver.take()
    progress = [state.progress for state in told]
    assert progress == sorted(progress)
    assert (progress[0], progress[-1]) == (0.0, 1.0)
    assert len(set(progress)) == 1 + 7 * CONFIG.epochs  # seven batches an epoch, each seen
    bands = [state.band for state in told if state.band is not None]
    assert all(state.band is not None for state in told if state.progress > 0)
    n_epochs = [len(band.epochs) for band in bands]
    assert n_epochs == sorted(n_epochs)
    assert len(set(n_epochs)) > 1


def test_a_branch_counts_its_own_epochs_only(monkeypatch: pytest.MonkeyPatch) -> None:
    parent = [event for event in Trainer(DATA, CONFIG).run() if isinstance(event, EpochRecord)]
    told: list[SeedsState] = []
    driver = Driver(start=parent[4].checkpoint)
    monkeypatch.setattr(driver.job, "put_latest", lambda _, state: told.append(state))
    driver.job.work()
    assert {state.progress for state in told if state.epoch == 5} == {0.5}


def test_it_stops_at_once_and_then_says_nothing(drive: Callable[..., Driver]) -> None:
    driver = drive(ENDLESS)
    driver.wait_for(lambda: any(state.progress for state in driver.states))
    driver.job.request_stop()
    assert driver.job.join(SOON)
    driver.take()
    assert driver.events == []
    assert driver.states[-1].epoch < ENDLESS.epochs


def test_when_all_diverge_it_is_done_and_says_so(drive: Callable[..., Driver]) -> None:
    band = drive(replace(CONFIG, learning_rate=1000.0, l2=10.0, epochs=5000)).finish()
    assert band.n_diverged == 3
    assert band.epochs[-1] < 100


def test_what_crosses_the_threads_cannot_be_written(drive: Callable[..., Driver]) -> None:
    driver = drive()
    band = driver.finish()
    assert driver.states
    for seen in [band, *(state.band for state in driver.states if state.band is not None)]:
        arrays = [seen.epochs, seen.best_epochs, *seen.curves.values()]
        for one in seen.bands.values():
            arrays += [getattr(one, field.name) for field in fields(one)]
        assert not any(array.flags.writeable for array in arrays)


@pytest.mark.parametrize("n_seeds", [0, 1000])
def test_a_bad_number_of_seeds_is_told(drive: Callable[..., Driver], n_seeds: int) -> None:
    driver = drive(n_seeds=n_seeds)
    driver.wait_for(lambda: bool(driver.events))
    (failed,) = driver.events
    assert isinstance(failed, Failed)
    assert failed.expected
    assert failed.message.startswith("Seeds must be a whole number from 1 to 64")


def test_a_branch_after_the_last_epoch_is_told(drive: Callable[..., Driver]) -> None:
    trainer = Trainer(DATA, replace(CONFIG, epochs=7))
    trainer.batches_per_record = 1
    events = trainer.run()
    while trainer.step < 6 * 7 + 2:
        next(events)
    driver = drive(start=trainer.checkpoint())
    driver.wait_for(lambda: bool(driver.events))
    (failed,) = driver.events
    assert isinstance(failed, Failed)
    assert failed.expected
    assert "ask for more epochs" in failed.message
