"""Two models side by side, against what core says of each."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from core_samples import tiny_dataset

from core.insight import comparison
from core.insight.comparison import ComparisonSearch, Examined, examine, relative_difference
from core.learning.config import TrainingConfig
from core.learning.model_cache import ModelCache
from core.learning.perceptron import SoftmaxPerceptron
from core.learning.training import EpochRecord, Trainer
from core.progress import finish

if TYPE_CHECKING:
    from core.data.dataset import Split


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


def test_how_far_apart_weights_are() -> None:
    first = np.array([[3.0, 0.0], [0.0, 4.0]])
    assert relative_difference(first, first) == 0.0
    assert relative_difference(first, 2 * first) == 1.0
    assert relative_difference(first, first + np.array([[0.0, 3.0], [4.0, 0.0]])) == pytest.approx(
        1.0
    )
    assert math.isnan(relative_difference(np.zeros((2, 2)), first))


def test_a_search_examines_each_model_once(monkeypatch: pytest.MonkeyPatch) -> None:
    dataset = tiny_dataset()
    rng = np.random.default_rng(0)
    shape = (3, dataset.n_classes, dataset.n_features + 1)
    first, second, third = rng.standard_normal(shape, dtype=np.float32)
    known: ModelCache[Examined] = ModelCache()
    looked: list[Any] = []

    def counted(weights: Any, *splits: Split) -> Examined:
        looked.append(weights)
        return examine(weights, *splits)

    monkeypatch.setattr(comparison, "examine", counted)
    search = ComparisonSearch((first, second), dataset.train, dataset.test, known, rng)
    steps = search.run()
    next(steps)
    assert search.found() is None  # one of two
    assert [(p.done, p.total) for p in steps] == [(2, 2)]
    found = search.found()
    assert found is not None
    assert [
        one.weights is weights for one, weights in zip(found.models, (first, second), strict=True)
    ]
    expected = examine(second, dataset.train, dataset.test)
    assert found.models[1].median_l2 == expected.median_l2
    np.testing.assert_array_equal(found.models[1].held_out.confusion, expected.held_out.confusion)
    assert not list(search.run())
    finish(ComparisonSearch((second, third), dataset.train, dataset.test, known, rng).run())
    assert [id(weights) for weights in looked] == [id(first), id(second), id(third)]
