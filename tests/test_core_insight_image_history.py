"""One image over epochs, against the perceptron itself and counting by hand."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import pytest
from core_samples import QUICK, tiny_dataset
from hypothesis import given
from hypothesis import strategies as st

from core.insight.image_history import MOST_SPANS, ImageHistory, image_history
from core.learning.config import TrainingConfig
from core.learning.perceptron import SoftmaxPerceptron
from core.learning.training import EpochRecord, Trainer


@dataclass(frozen=True)
class Snap:
    epoch: int
    weights: np.ndarray


def of_logits(logits, label=0, epochs=None):
    logits = np.asarray(logits, dtype=np.float64)
    epochs = np.arange(len(logits)) if epochs is None else np.asarray(epochs)
    return ImageHistory(label, epochs, logits, tuple(logits))


def of_right(pattern, epochs=None):
    """Return the history of an image of class 0 that is right where the pattern has an R."""
    return of_logits([(1, 0) if mark == "R" else (0, 1) for mark in pattern], 0, epochs)


def test_logits_and_probabilities_are_the_perceptrons():
    dataset = tiny_dataset()
    records = [
        event
        for event in Trainer(dataset, TrainingConfig(epochs=5)).run()
        if isinstance(event, EpochRecord)
    ]
    image, label = dataset.test.images[3], int(dataset.test.labels[3])
    history = image_history(image, label, records)
    assert history.epochs.tolist() == list(range(6))
    for row, record in enumerate(records):
        model = SoftmaxPerceptron(record.weights)
        np.testing.assert_array_equal(history.logits[row], model.logits(image))
        np.testing.assert_array_equal(history.probabilities[row], model.probabilities(image))
        assert history.right[row] == (model.predict(image[None])[0] == label)
        assert history.predicted[row] == model.predict(image[None])[0]


@QUICK
@given(
    st.lists(st.lists(st.integers(-2, 2), min_size=4, max_size=4), min_size=1, max_size=8),
    st.integers(0, 3),
)
def test_the_rank_is_the_place_in_a_stable_sorting(logits, label):
    history = of_logits(logits, label)
    for row, values in enumerate(logits):
        order = sorted(range(4), key=lambda k: (-values[k], k))
        assert history.rank[row] == 1 + order.index(label)
        assert history.right[row] == (int(np.argmax(values)) == label)


def test_what_is_not_a_number_has_no_rank():
    history = of_logits([[np.nan, 1.0], [1.0, 0.0]])
    assert history.rank.tolist() == [0, 1]
    assert history.right.tolist() == [False, True]


@pytest.mark.parametrize(
    ("pattern", "words"),
    [
        ("WWWRRRRRRRRRWWW", "wrong at epochs 0-2, right from 3 to 11, wrong from 12"),
        ("WR", "wrong at epoch 0, right from 1"),
        ("RWR", "right at epoch 0, wrong at 1, right from 2"),
        ("RRR", "right at every epoch"),
        ("W", "wrong at epoch 0"),
        ("", "no epoch yet"),
    ],
)
def test_flips_in_words(pattern, words):
    history = of_right(pattern) if pattern else of_logits(np.empty((0, 2)))
    assert str(history) == words


def test_many_flips_are_counted_in_words():
    history = of_right("WR" * 10)
    words = str(history).split(", ")
    assert len(words) == MOST_SPANS
    assert words[-2:] == ["12 more turns", "right from 19"]


@QUICK
@given(st.lists(st.sampled_from("RW"), min_size=1, max_size=30), st.integers(1, 5))
def test_every_flip_is_told_or_counted_and_what_is_told_tiles_the_epochs(pattern, step):
    epochs = [step * i for i in range(len(pattern))]
    words = str(of_right("".join(pattern), epochs))
    flips = sum(a != b for a, b in pairwise(pattern))
    counted = [int(n) - 1 for n in re.findall("([0-9]+) more turns", words)]
    assert words.count(",") + sum(counted) == flips
    told = {}
    spans = "(right|wrong) (at|from)(?: epochs?)? ([0-9]+|every epoch)(?:(?:-| to )([0-9]+))?"
    for read, how, start, end in re.findall(spans, words):
        first = 0 if start == "every epoch" else int(start)
        last = int(end) if end else first if how == "at" and start != "every epoch" else epochs[-1]
        told |= dict.fromkeys(range(first, last + 1, step), read[0].upper())
    assert told.items() <= dict(zip(epochs, pattern, strict=True)).items()
    assert len(told) == len(epochs) or counted


def test_what_is_known_of_the_same_weights_is_used_again():
    rng = np.random.default_rng(0)
    snapshots = [Snap(e, rng.standard_normal((3, 5))) for e in range(4)]
    image = rng.random(4)
    first = image_history(image, 1, snapshots[:3])
    poisoned = ImageHistory(1, first.epochs, first.logits + 100, first.weights)
    again = image_history(image, 1, snapshots, earlier=poisoned)
    np.testing.assert_array_equal(again.logits[:3], first.logits + 100)
    np.testing.assert_array_equal(
        again.logits[3], SoftmaxPerceptron(snapshots[3].weights).logits(image)
    )
