"""Two models side by side, against what core says of each."""

from __future__ import annotations

import math

import numpy as np
import pytest
from core_samples import tiny_dataset

from core.insight.comparison import examine, relative_difference
from core.learning.perceptron import SoftmaxPerceptron
from core.learning.training import EpochRecord, Trainer, TrainingConfig


def test_all_that_is_compared_is_of_that_model() -> None:
    data = tiny_dataset()
    trainer = Trainer(data, TrainingConfig(epochs=5))
    last = [event for event in trainer.run() if isinstance(event, EpochRecord)][-1]
    found = examine(last.weights, data.train, data.test)
    model = SoftmaxPerceptron(last.weights.astype(np.float64))
    logits = model.logits(data.test.images.astype(np.float64))
    read = logits.argmax(axis=1)
    right = read == data.test.labels
    assert found.held_out.score == right.mean() == last.test_score
    assert found.log_likelihood == pytest.approx(last.test_log_likelihood, abs=1e-6)
    assert found.train.score == last.train_score
    # The length of the smallest change, image by image, rival by rival.
    lengths = []
    for z, k in zip(logits[right], read[right], strict=True):
        rivals = [c for c in range(len(z)) if c != k]
        lengths.append(
            min(
                (z[k] - z[c]) / np.linalg.norm(model.weights[k, 1:] - model.weights[c, 1:])
                for c in rivals
            )
        )
    assert found.median_l2 == pytest.approx(np.median(lengths), rel=1e-4)


def test_a_model_that_reads_nothing_rightly_has_no_median() -> None:
    data = tiny_dataset()
    weights = np.zeros((data.n_classes, data.n_features + 1), dtype=np.float32)
    held_out = data.test.take(np.flatnonzero(data.test.labels != 0))  # all are read as class 0
    found = examine(weights, data.train, held_out)
    assert math.isnan(found.median_l2)
    assert math.isnan(found.median_linf)


def test_how_far_apart_weights_are() -> None:
    first = np.array([[3.0, 0.0], [0.0, 4.0]])
    assert relative_difference(first, first) == 0.0
    assert relative_difference(first, 2 * first) == 1.0
    assert relative_difference(first, first + np.array([[0.0, 3.0], [4.0, 0.0]])) == pytest.approx(
        1.0
    )
    assert math.isnan(relative_difference(np.zeros((2, 2)), first))
