"""The batch learnt from last, recomputed from what the update itself must have used."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from core_samples import tiny_dataset

from core.learning.config import TrainingConfig
from core.learning.last_batch import BatchStep, batch_at, one_batch
from core.learning.perceptron import SoftmaxPerceptron, one_hot
from core.learning.training import EpochRecord, Trainer

DATA = tiny_dataset(n_train=63)
CONFIG = TrainingConfig(batch_size=10, epochs=3, learning_rate=0.5, init="normal", seed=4)


@pytest.mark.parametrize("shuffle", [True, False])
@pytest.mark.parametrize("size", [1, 7, 10, 63, 5000])
def test_the_last_batch_is_the_one_whose_update_was_made(shuffle: bool, size: int) -> None:
    trainer = Trainer(DATA, replace(CONFIG, shuffle=shuffle, batch_size=size), dtype=np.float64)
    next(trainer.run())
    for _ in range(2 * trainer.n_batches + 1):
        before = trainer.snapshot()
        one_batch(trainer)
        batch = batch_at(trainer.progress(), trainer.config, DATA.train, before)
        design = DATA.train.design[batch.images].astype(np.float64)
        model = SoftmaxPerceptron(before)
        labels = DATA.train.labels[batch.images]
        wrong = one_hot(labels, DATA.n_classes) - model.probabilities(
            DATA.train.images[batch.images]
        )
        expected = before + 0.5 / len(batch.images) * wrong.T @ design
        np.testing.assert_allclose(trainer.weights, expected, atol=1e-6)
        right = model.predict(DATA.train.images[batch.images]) == labels
        np.testing.assert_array_equal(batch.right, right)


def test_it_is_counted_from_one_and_names_its_pass() -> None:
    trainer = Trainer(DATA, CONFIG)
    next(trainer.run())

    def place() -> tuple[int, int, int, bool, int]:
        batch = batch_at(trainer.progress(), trainer.config, DATA.train, trainer.weights)
        return batch.epoch, batch.number, batch.n_batches, batch.is_to_come, len(batch.images)

    assert place() == (0, 1, 7, True, 10)  # nothing is learnt yet: the first to come
    one_batch(trainer)
    assert place() == (0, 1, 7, False, 10)
    for _ in range(6):
        event, _ = one_batch(trainer)
    assert isinstance(event, EpochRecord)
    assert place() == (0, 7, 7, False, 3)
    trainer.change(batch_size=20)
    assert place() == (0, 4, 4, False, 3)  # what it held stays true
    one_batch(trainer)
    assert place() == (1, 1, 4, False, 20)


def test_one_batch_says_how_its_loss_moved() -> None:
    trainer = Trainer(DATA, CONFIG)
    next(trainer.run())
    _, step = one_batch(trainer)
    assert step is not None
    assert step.n_images == 10
    assert step.after < step.before
    other = Trainer(DATA, CONFIG)
    other.batches_per_record = 1
    events = other.run()
    next(events), next(events)
    np.testing.assert_array_equal(trainer.weights, other.weights)  # nothing else is done


@pytest.mark.parametrize(
    ("step", "words"),
    [
        (BatchStep(20, 2.3026, 2.2714), "The loss of these 20 images fell from 2.303 to 2.271."),
        (BatchStep(1, 0.2, 0.3), "The loss of this image rose from 0.200 to 0.300."),
        (BatchStep(1000, 1.00001, 1.0), "The loss of these 1,000 images stayed at 1.000."),
        (BatchStep(2, 0.01234, 0.00411), "The loss of these 2 images fell from 0.0123 to 0.00411."),
    ],
)
def test_its_words(step: BatchStep, words: str) -> None:
    assert str(step) == words


def test_a_batch_that_diverges_has_no_loss() -> None:
    trainer = Trainer(DATA, replace(CONFIG, learning_rate=1000.0, l2=10.0, epochs=200))
    next(trainer.run())
    step: BatchStep | None = BatchStep(0, 0, 0)
    while trainer.diverged is None:
        event, step = one_batch(trainer)
    assert event is trainer.diverged
    assert step is None
