"""Runs beside each other: what differs, in words."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from core_samples import tiny_dataset

from core.data.config import DataConfig
from core.learning.config import TrainingConfig
from core.learning.history import Change, History
from core.learning.runs import Branch, Run, differences
from core.learning.training import EpochRecord, Trainer
from core.sources.reading import ReadingConfig

CONFIG = TrainingConfig(epochs=3, batch_size=10, seed=4)
DATA = DataConfig(dataset="some/set.npz")


def run(
    key: int = 1,
    config: TrainingConfig = CONFIG,
    data: DataConfig = DATA,
    changes: tuple[Change, ...] = (),
    **more: object,
) -> Run:
    history = History(config)
    for event in Trainer(tiny_dataset(), config).run():
        if isinstance(event, EpochRecord):
            history.append(event)
    for change in changes:
        history.add_change(change)
    reading = more.pop("reading", ReadingConfig())
    return Run(key, history, data, reading, "set", **more)  # type: ignore[arg-type]


ADDED = tiny_dataset().with_sample(np.zeros(12), 1).extra
OTHER_ADDED = tiny_dataset().with_sample(np.ones(12), 1).extra
TWO_ADDED = tiny_dataset().with_sample(np.zeros(12), 1).with_sample(np.ones(12), 1).extra
RATE = Change(1.5, 9, "learning_rate", 0.1, 0.5)
PROLONGED = Change(3.0, 21, "epochs", 3, 9)


def test_other_added_images_are_a_difference_however_many() -> None:
    assert differences(run(2, added=OTHER_ADDED), run(1, added=ADDED)) == ("1 added image",)


@pytest.mark.parametrize(
    ("other", "words"),
    [
        ({}, ()),
        ({"config": replace(CONFIG, epochs=99)}, ()),
        ({"config": replace(CONFIG, learning_rate=0.5)}, ("learning rate 0.5",)),
        ({"config": replace(CONFIG, init="uniform")}, ("start uniform [0, 1)",)),
        ({"config": replace(CONFIG, shuffle=False, seed=9)}, ("shuffle off", "seed 9")),
        ({"changes": (RATE,)}, ("learning rate 0.1 → 0.5",)),
        ({"changes": (PROLONGED,)}, ()),
        ({"data": replace(DATA, train_size=50)}, ("training images 50",)),
        ({"data": replace(DATA, dataset="/a/b/c")}, ("data set",)),
        ({"reading": ReadingConfig(ink="dark")}, ("read in another way",)),
        ({"added": ADDED}, ("1 added image",)),
        ({"added": TWO_ADDED}, ("2 added images",)),
    ],
)
def test_what_differs_is_said_in_words(other: dict[str, object], words: tuple[str, ...]) -> None:
    assert differences(run(2, **other), run(1)) == words  # type: ignore[arg-type]


def test_only_runs_on_the_same_data_can_be_compared() -> None:
    assert run().is_on(replace(DATA, train_size=7), ReadingConfig())
    assert not run().is_on(replace(DATA, dataset="other"), ReadingConfig())
    assert not run().is_on(DATA, ReadingConfig(ink="dark"))


def test_what_a_branch_of_other_images_was_told_begins_where_it_left() -> None:
    assert run(changes=(RATE, PROLONGED)).recorded_course.start is None
    branch = run(2, branch=Branch(1, 0), changes=(RATE, PROLONGED))
    assert branch.course(goes_on=False) is None
    course, first = branch.recorded_course, branch.history.records[0]
    assert course.start is not None
    np.testing.assert_array_equal(course.start.weights, first.weights)
    ((step, config),) = course.later  # what was set after the last update has not acted
    assert (step, config.learning_rate, config.epochs) == (RATE.step, RATE.new, CONFIG.epochs)
