"""The named settings: what each is for can be seen with what ships."""

from __future__ import annotations

import functools

import numpy as np
import pytest

from core.command_line import parse_arguments
from core.data.config import DataConfig
from core.learning.config import TrainingConfig
from core.learning.history import History
from core.learning.presets import PRESETS, TINY_SIZE
from core.learning.training import Divergence, EpochRecord, Trainer
from core.sources import DEFAULT_SOURCE, open_dataset

DATA = DataConfig(dataset=DEFAULT_SOURCE)


@functools.cache
def run_of(name: str) -> tuple[History, Divergence | None, Trainer]:
    """Return what comes of a preset on the stroke digits."""
    training, data = PRESETS[name].apply(TrainingConfig(), DATA)
    trainer, history, end = (
        Trainer(open_dataset(DEFAULT_SOURCE).sized(data), training),
        History(training),
        None,
    )
    for event in trainer.run():
        if isinstance(event, EpochRecord):
            history.append(event)
        elif isinstance(event, Divergence):
            end = event
    return history, end, trainer


def test_too_fast_overshoots_by_its_rate_alone() -> None:
    assert PRESETS["fast"].config == TrainingConfig(learning_rate=10.0)
    history, end, trainer = run_of("fast")
    assert end is None, "without decay every update is bounded by the rate"
    test = history.curve("test", "log_likelihood")[1:]
    assert (test < -np.log(10)).all(), "surer than a guess, and wrong"
    jumps = np.abs(np.diff(history.curve("test", "score")[1:]))
    usual = np.abs(np.diff(run_of("sensible")[0].curve("test", "score")[1:]))
    # The first step from the start is large for both: what is learnt there is no overshooting.
    assert jumps[1:9].mean() > 5 * usual[1:9].mean()
    assert test.max() < run_of("sensible")[0].curve("test", "log_likelihood")[-1] - 1
    trainer.batches_per_record = 1
    before = trainer.snapshot()
    next(trainer.run(until_epoch=trainer.epoch + 1))
    assert np.abs(trainer.weights - before).max() <= 10.0


def test_a_tiny_training_set_is_learnt_by_heart() -> None:
    history, end, trainer = run_of("tiny")
    assert end is None
    assert trainer.dataset.train.n_samples == TINY_SIZE
    assert history.curve("train", "score")[-1] == 1.0
    test = history.curve("test", "log_likelihood")
    assert history.best.epoch < 100
    assert test[-1] < test.max() - 0.02
    assert history.curve("test", "score")[-1] < run_of("sensible")[0].curve("test", "score")[-1]


def test_a_full_batch_is_one_smooth_step_an_epoch() -> None:
    history, end, trainer = run_of("full")
    assert end is None
    assert trainer.n_batches == 1
    assert trainer.step == len(history) - 1
    assert (np.diff(history.curve("train", "log_likelihood")) > 0).all()


def test_sensible_and_the_practicals_learn() -> None:
    for name in ("sensible", "tp"):
        assert run_of(name)[0].curve("test", "score")[-1] > 0.9


@pytest.mark.parametrize("name", PRESETS)
def test_a_preset_keeps_data_and_seed_and_is_recognised(name: str) -> None:
    training = TrainingConfig(seed=7, learning_rate=0.3)
    data = DataConfig(dataset="digits8", test_size=77, pixel_noise=0.1, train_size=600)
    wanted, sized = PRESETS[name].apply(training, data)
    assert wanted.seed == 7
    assert (sized.dataset, sized.test_size, sized.pixel_noise) == ("digits8", 77, 0.1)
    fitting = [key for key, preset in PRESETS.items() if preset.fits(wanted, sized)]
    assert fitting == [name]


def test_whoever_leaves_the_tiny_set_gets_the_usual_size_again() -> None:
    tiny = PRESETS["tiny"].apply(TrainingConfig(), DATA)
    assert tiny[1].train_size == TINY_SIZE
    assert PRESETS["full"].apply(*tiny)[1].train_size == DATA.train_size
    assert PRESETS["full"].apply(*tiny)[0].batch_size == DATA.train_size


@pytest.mark.parametrize("name", PRESETS)
def test_every_preset_is_an_option(name: str) -> None:
    arguments = parse_arguments(["--preset", name])
    assert (arguments.training, arguments.data) == PRESETS[name].apply(
        TrainingConfig(), DataConfig()
    )
    other = parse_arguments(["--preset", name, "--train-size", "50", "--batch-size", "5"])
    assert (other.data.train_size, other.training.batch_size) == (50, 5)
