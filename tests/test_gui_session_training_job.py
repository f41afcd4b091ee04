from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from core_samples import tiny_dataset

from core.learning.config import TrainingConfig
from core.learning.history import Change
from core.learning.last_batch import BatchStep
from core.learning.perceptron import SoftmaxPerceptron
from core.learning.training import BatchRecord, Divergence, EpochRecord, Trainer
from gui.jobs.mailbox import Letter, Mailbox
from gui.session.training_job import LiveState, Mode, Stopped, TrainingJob

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

SOON = 20.0
DATA = tiny_dataset(n_train=63, n_test=30)
CONFIG = TrainingConfig(epochs=6, batch_size=10, learning_rate=0.5, seed=3, init="normal")
N_BATCHES = 7


class Driver:
    """Holds a job and everything that came from it."""

    def __init__(
        self,
        mode: Mode = Mode.PAUSED,
        config: TrainingConfig = CONFIG,
        pace: float | None = None,
    ) -> None:
        self.mailbox = Mailbox()
        self.job = TrainingJob(self.mailbox.channel(self.read), DATA, config, mode, pace)
        self.events: list[Any] = []
        self.live: LiveState | None = None

    def take(self) -> None:
        for letter in self.mailbox.take():
            letter.to(letter)

    def read(self, letter: Letter) -> None:
        assert letter.generation == self.job.generation
        if isinstance(letter.payload, LiveState):
            self.live = letter.payload
        else:
            self.events.append(letter.payload)

    def wait_for(self, condition: Callable[[], bool]) -> None:
        pause = threading.Event()
        for _ in range(int(SOON / 0.002)):
            self.take()
            if condition():
                return
            pause.wait(0.002)
        raise AssertionError(f"did not come; events so far: {self.events}")

    def command(self, mode: Mode) -> None:
        """Command, and wait until the job has come to rest."""
        before = self.count(Stopped)
        self.job.set_mode(mode)
        self.wait_for(lambda: self.count(Stopped) > before)

    def finish(self) -> None:
        self.job.set_mode(Mode.PLAYING)
        self.wait_for(lambda: Stopped(True) in self.events)

    def count(self, kind: type) -> int:
        return sum(isinstance(event, kind) for event in self.events)

    @property
    def records(self) -> list[EpochRecord]:
        return [event for event in self.events if isinstance(event, EpochRecord)]

    @property
    def state(self) -> BatchRecord:
        assert self.live is not None
        return self.live.progress


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
        driver.job.join(SOON)
        assert not driver.job.is_alive(), "the job does not stop"


def plain_run(config: TrainingConfig = CONFIG) -> list[EpochRecord]:
    return [event for event in Trainer(DATA, config).run() if isinstance(event, EpochRecord)]


def assert_same_records(found: list[EpochRecord], expected: list[EpochRecord]) -> None:
    assert [record.epoch for record in found] == [record.epoch for record in expected]
    for one, other in zip(found, expected, strict=True):
        np.testing.assert_array_equal(one.weights, other.weights)
        assert one.step == other.step
        assert one.test_log_likelihood == other.test_log_likelihood
        assert one.train_score == other.train_score


def test_playing_gives_the_plain_run_bit_for_bit(drive: Callable[..., Driver]) -> None:
    driver = drive(Mode.PLAYING)
    driver.wait_for(lambda: Stopped(True) in driver.events)
    assert_same_records(driver.records, plain_run())
    assert driver.events[-1] == Stopped(True)
    assert driver.state.epoch == CONFIG.epochs
    np.testing.assert_array_equal(driver.live.weights, plain_run()[-1].weights)


def test_a_paused_job_shows_its_start_and_waits(drive: Callable[..., Driver]) -> None:
    driver = drive(Mode.PAUSED)
    driver.wait_for(lambda: driver.live is not None)
    # The change is answered from the loop that would also have trained.
    driver.job.change(l2=0.5)
    driver.wait_for(lambda: driver.count(Change) == 1)
    assert driver.events[-1] == Change(0.0, 0, "l2", 0.0, 0.5)
    assert [record.epoch for record in driver.records] == [0]
    assert driver.state.step == 0


def test_one_batch_is_exactly_one_update(drive: Callable[..., Driver]) -> None:
    driver = drive()
    trainer = Trainer(DATA, CONFIG)
    next(trainer.run())
    trainer.batches_per_record = 1
    for step in range(1, 4):
        driver.command(Mode.BATCH)
        next(trainer.run())
        assert (driver.state.step, driver.state.batch) == (step, step)
        assert driver.state.n_batches == N_BATCHES
        assert driver.events[-1] == Stopped(False)
        assert driver.job.resting
        np.testing.assert_array_equal(driver.live.weights, trainer.weights)


def test_one_epoch_ends_at_the_next_whole_epoch(drive: Callable[..., Driver]) -> None:
    driver = drive()
    driver.command(Mode.BATCH)
    driver.command(Mode.BATCH)
    driver.command(Mode.EPOCH)
    assert (driver.state.epoch, driver.state.batch, driver.state.step) == (1, 0, N_BATCHES)
    assert driver.events[-1] == Stopped(False)
    driver.command(Mode.EPOCH)
    assert driver.state.epoch == 2
    assert_same_records(driver.records, plain_run()[:3])


def test_a_single_batch_may_end_an_epoch(drive: Callable[..., Driver]) -> None:
    driver = drive()
    for _ in range(N_BATCHES):
        driver.command(Mode.BATCH)
    assert (driver.state.epoch, driver.state.batch) == (1, 0)
    assert_same_records(driver.records, plain_run()[:2])


@pytest.mark.parametrize("seed", range(6))
def test_whatever_was_stepped_and_paused_the_bits_are_the_same(
    drive: Callable[..., Driver], seed: int
) -> None:
    rng = np.random.default_rng(seed)
    driver = drive()
    driver.wait_for(lambda: driver.live is not None)
    for _ in range(12):
        kind = rng.integers(4)
        if kind == 0:
            driver.command(Mode.BATCH)
        elif kind == 1:
            driver.command(Mode.EPOCH)
        elif kind == 2:
            driver.job.set_pace(None if rng.random() < 0.5 else float(rng.uniform(50, 5000)))
        else:
            driver.job.set_mode(Mode.PLAYING)
            driver.job.set_mode(Mode.PAUSED)
        if driver.state.epoch >= CONFIG.epochs - 1:
            break
    driver.job.set_pace(None)
    driver.finish()
    assert_same_records(driver.records[: CONFIG.epochs + 1], plain_run())


def test_pause_comes_at_once_and_says_exactly_where(drive: Callable[..., Driver]) -> None:
    driver = drive(Mode.PLAYING, TrainingConfig(epochs=5000, batch_size=1))
    driver.wait_for(lambda: driver.count(EpochRecord) > 1)
    driver.job.set_mode(Mode.PAUSED)
    driver.wait_for(lambda: driver.events[-1] == Stopped(False))
    where = driver.state.step
    driver.command(Mode.BATCH)
    assert driver.state.step == where + 1


def test_a_slow_pace_holds_and_any_command_wakes_it(drive: Callable[..., Driver]) -> None:
    driver = drive(pace=1e-4)  # one batch takes many minutes
    driver.wait_for(lambda: driver.live is not None)
    driver.job.set_mode(Mode.PLAYING)
    for k in range(1, 400):
        driver.job.change(l2=k * 1e-9)
        driver.wait_for(lambda k=k: driver.count(Change) == k)
        if driver.events[-1].step:
            break
    assert [event.step for event in driver.events if isinstance(event, Change)][-1] == 1
    driver.job.set_pace(None)
    driver.wait_for(lambda: Stopped(True) in driver.events)
    assert driver.state.epoch == CONFIG.epochs


def test_a_paced_run_measures_its_speed(drive: Callable[..., Driver]) -> None:
    driver = drive(Mode.PLAYING, TrainingConfig(epochs=5000), pace=40.0)

    def measured() -> bool:
        """Whether it is about right: a machine that stalls gets another window of time."""
        speed = None if driver.live is None else driver.live.epochs_per_second
        return speed is not None and 20.0 < speed < 60.0

    driver.wait_for(measured)


@pytest.mark.parametrize(
    "settings", [{"learning_rate": 0.02}, {"batch_size": 4}, {"l2": 0.3}, {"batch_size": 1000}]
)
def test_a_live_change_acts_from_the_next_batch(
    drive: Callable[..., Driver], settings: dict[str, Any]
) -> None:
    driver, trainer = drive(), Trainer(DATA, CONFIG)
    trainer.batches_per_record = 1
    next(trainer.run())
    for _ in range(3):
        driver.command(Mode.BATCH)
        next(trainer.run())
    driver.job.change(**settings)
    driver.finish()
    trainer.change(**settings)
    expected = [event for event in trainer.run() if isinstance(event, EpochRecord)]
    assert_same_records(driver.records[1:], expected)
    (change,) = [event for event in driver.events if isinstance(event, Change)]
    (name,) = settings
    assert (change.name, change.new, change.step) == (name, settings[name], 3)
    assert change.old == getattr(CONFIG, name)
    assert 0 < change.epoch < 1


def test_a_change_to_the_same_value_is_no_change(drive: Callable[..., Driver]) -> None:
    driver = drive()
    driver.job.change(learning_rate=CONFIG.learning_rate)
    driver.finish()
    assert driver.count(Change) == 0


def test_more_epochs_after_the_end_go_on(drive: Callable[..., Driver]) -> None:
    driver = drive(Mode.PLAYING)
    driver.wait_for(lambda: Stopped(True) in driver.events)
    driver.events.remove(Stopped(True))
    driver.job.change(epochs=9)
    driver.finish()
    longer = TrainingConfig(epochs=9, batch_size=10, learning_rate=0.5, seed=3, init="normal")
    assert_same_records(driver.records, plain_run(longer))


def test_a_run_that_diverges_says_where_and_ends(drive: Callable[..., Driver]) -> None:
    config = TrainingConfig(learning_rate=1000.0, l2=10.0, epochs=50, batch_size=10)
    driver = drive(Mode.PLAYING, config)
    driver.wait_for(lambda: driver.count(Divergence) == 1)
    driver.job.join(SOON)
    assert not driver.job.is_alive()
    trainer = Trainer(DATA, config)
    trainer.batches_per_record = 1
    expected = list(trainer.run())[-1]
    assert driver.events[-1] == expected
    assert all(np.isfinite(record.weights).all() for record in driver.records)


def test_what_crosses_the_threads_cannot_be_written(drive: Callable[..., Driver]) -> None:
    driver = drive(Mode.PLAYING)
    driver.wait_for(lambda: Stopped(True) in driver.events)
    assert not driver.live.weights.flags.writeable
    assert not any(record.weights.flags.writeable for record in driver.records)
    weights = [id(record.weights) for record in driver.records]
    assert len(set(weights)) == len(weights)


def test_it_stops_at_full_speed(drive: Callable[..., Driver]) -> None:
    driver = drive(Mode.PLAYING, TrainingConfig(epochs=5000, batch_size=1))
    driver.wait_for(lambda: driver.count(EpochRecord) > 1)
    driver.job.request_stop()
    driver.job.join(SOON)
    assert not driver.job.is_alive()
    driver.take()
    assert Stopped(True) not in driver.events


def test_one_batch_tells_of_its_loss_and_how_good_the_model_is_now(
    drive: Callable[..., Driver],
) -> None:
    driver = drive()
    driver.wait_for(lambda: driver.live is not None)
    driver.command(Mode.BATCH)
    (step,) = [event for event in driver.events if isinstance(event, BatchStep)]
    assert step.n_images == 10
    assert driver.live is not None
    assert (driver.state.epoch, driver.state.batch, driver.state.n_batches) == (0, 1, N_BATCHES)
    model = SoftmaxPerceptron(driver.live.weights)
    assert driver.live.scores is not None
    assert driver.live.scores[:4] == (*model.evaluate(DATA.train), *model.evaluate(DATA.test))
    driver.command(Mode.EPOCH)
    assert driver.live.scores is None  # its record has them
