"""What a run reads epoch by epoch, against plain loops in float64."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest
from core_samples import QUICK, read_epochs, tiny_dataset
from hypothesis import given
from hypothesis import strategies as st

from core.data.dataset import Split
from core.data.samples import CHUNK_ROWS
from core.insight.epoch_readings import (
    MOST_EPOCHS,
    READINGS_BYTES,
    EpochReadings,
    EpochSearch,
    most_epochs,
    spread_snapshots,
)
from core.learning.config import TrainingConfig
from core.learning.model_cache import ModelCache
from core.learning.perceptron import SoftmaxPerceptron
from core.learning.training import EpochRecord, Trainer


@dataclass(frozen=True)
class Snap:
    epoch: int
    weights: np.ndarray | None = None


def trained(epochs=6, **sizes):
    dataset = tiny_dataset(80, 50, **sizes)
    config = TrainingConfig(learning_rate=0.5, epochs=epochs)
    records = [e for e in Trainer(dataset, config).run() if isinstance(e, EpochRecord)]
    return dataset, records


@pytest.mark.parametrize("n_classes", [2, 5])
def test_every_reading_is_the_perceptrons_own_in_float64(n_classes):
    dataset, records = trained(n_classes=n_classes)
    readings = read_epochs(records, dataset.test)
    assert readings.epochs.tolist() == list(range(7))
    labels = dataset.test.labels
    for row, record in enumerate(records):
        model = SoftmaxPerceptron(record.weights.astype(np.float64))
        y = model.probabilities(dataset.test.images.astype(np.float64))
        expected = np.log(y[np.arange(len(labels)), labels])
        np.testing.assert_allclose(readings.log_likelihood[row], expected, rtol=1e-5, atol=1e-6)
        if row:  # the start ties all classes
            np.testing.assert_array_equal(readings.predicted[row], y.argmax(axis=1))
        assert readings.right[row].mean() == record.test_score
        mean = readings.log_likelihood[row].mean(dtype=np.float64)
        assert mean == pytest.approx(record.test_log_likelihood, rel=1e-6)


def test_splits_larger_than_a_chunk_are_read_in_order():
    rng = np.random.default_rng(0)
    images = rng.random((5000, 3)).astype(np.float32)
    assert 2 * CHUNK_ROWS < 5000
    split = Split(images, rng.integers(4, size=5000))
    weights = rng.standard_normal((4, 4)).astype(np.float32)
    readings = read_epochs([Snap(3, weights)], split)
    np.testing.assert_array_equal(readings.predicted[0], SoftmaxPerceptron(weights).predict(images))


@pytest.mark.parametrize(("n_classes", "dtype"), [(256, np.uint8), (300, np.uint16)])
def test_many_classes_keep_their_numbers(n_classes, dtype):
    weights = np.zeros((n_classes, 2), dtype=np.float32)
    weights[-1, 0] = 1.0
    split = Split(np.zeros((1, 1), dtype=np.float32), np.array([n_classes - 1]))
    readings = read_epochs([Snap(0, weights)], split)
    assert readings.predicted.dtype == dtype
    assert readings.predicted.tolist() == [[n_classes - 1]]
    assert readings.right.all()


def made_up(n_epochs, n_samples, n_classes, seed):
    rng = np.random.default_rng(seed)
    return EpochReadings(
        epochs=np.cumsum(rng.integers(1, 4, n_epochs)),
        labels=rng.integers(n_classes, size=n_samples),
        predicted=rng.integers(n_classes, size=(n_epochs, n_samples)).astype(np.uint8),
        log_likelihood=-rng.exponential(size=(n_epochs, n_samples)).astype(np.float32),
    )


@QUICK
@given(st.integers(1, 8), st.integers(1, 20), st.integers(2, 4), st.integers(0, 10_000))
def test_scores_and_flips_are_those_of_plain_loops(n_epochs, n_samples, n_classes, seed):
    readings = made_up(n_epochs, n_samples, n_classes, seed)
    right = [
        [int(p) == int(label) for p, label in zip(row, readings.labels, strict=True)]
        for row in readings.predicted
    ]
    assert readings.right.tolist() == right
    summary = readings.summary(n_classes)
    for e in range(n_epochs):
        for k in range(n_classes):
            own = [right[e][i] for i in range(n_samples) if readings.labels[i] == k]
            expected = sum(own) / len(own) if own else np.nan
            np.testing.assert_equal(summary.scores[e, k], expected)
    up, down = [0] * n_epochs, [0] * n_epochs
    for i in range(n_samples):
        before = sum(up) + sum(down)
        for e in range(1, n_epochs):
            if right[e][i] and not right[e - 1][i]:
                up[e] += 1
            if right[e - 1][i] and not right[e][i]:
                down[e] += 1
        assert summary.n_flips[i] == sum(up) + sum(down) - before
    assert (summary.became_right.tolist(), summary.became_wrong.tolist()) == (up, down)
    for e in range(n_epochs):
        assert readings.nearest_row(int(readings.epochs[e])) == e
        halves, values = readings.halves(e), readings.log_likelihood[e].astype(np.float64)
        assert (halves.n_right, halves.n_wrong) == (sum(right[e]), n_samples - sum(right[e]))
        for mean, wanted in ((halves.right, True), (halves.wrong, False)):
            own = [values[i] for i in range(n_samples) if right[e][i] == wanted]
            np.testing.assert_allclose(mean, np.mean(own) if own else np.nan, rtol=1e-12)


def test_what_was_read_is_not_read_again(monkeypatch):
    dataset, records = trained()
    known = ModelCache()
    search = EpochSearch(dataset.test, records, known=known)
    calls = []
    original = SoftmaxPerceptron.read

    def counted(model, *given):
        calls.append(model.weights)
        return original(model, *given)

    monkeypatch.setattr(SoftmaxPerceptron, "read", counted)
    steps = search.run()
    assert [next(steps).done for _ in range(3)] == [1, 2, 3]
    steps.close()  # left in the midst of it
    assert search.found().readings.epochs.tolist() == [0, 1, 2]
    assert not search.found().complete
    told = [(progress.done, progress.total) for progress in search.run()]
    assert told == [(4, 7), (5, 7), (6, 7), (7, 7)]
    assert [id(weights) for weights in calls] == [id(record.weights) for record in records]
    assert search.found().complete
    fewer = EpochSearch(dataset.test, records[2:4], known=known)
    assert not list(fewer.run())  # all known
    assert fewer.found().complete
    assert search.found().readings.epochs.tolist() == [2, 3]  # the others are forgotten
    # Equal numbers in another array are another snapshot.
    other = Snap(2, records[2].weights.copy())
    assert len(list(EpochSearch(dataset.test, [other], known=known).run())) == 1


def test_what_is_found_adds_up_and_is_not_looked_for_again():
    dataset, records = trained()
    search = EpochSearch(dataset.test, records, ModelCache())
    assert search.found() is None
    for progress in search.run():
        assert (progress.unit, progress.total) == ("epochs", len(records))
        assert search.found().complete == (progress.done == len(records))
    found = search.found()
    expected = found.readings.summary(dataset.n_classes)
    np.testing.assert_array_equal(found.summary.scores, expected.scores)
    assert not list(search.run())


def test_the_last_snapshot_before_a_divergence_is_read_without_a_warning():
    dataset = tiny_dataset(40, shape=(28, 28), n_classes=10)
    config = TrainingConfig(learning_rate=1000.0, l2=10.0, batch_size=40, init="uniform")
    records = [e for e in Trainer(dataset, config).run() if isinstance(e, EpochRecord)]
    readings = read_epochs(records, dataset.test)
    for record, right in zip(records, readings.right, strict=True):
        assert right.mean() == record.test_score


@QUICK
@given(
    st.lists(st.integers(0, 400), min_size=1, max_size=80, unique=True),
    st.integers(1, 30),
    st.integers(0, 400),
)
def test_a_choice_of_epochs_is_bounded_even_and_keeps_what_must_stay(epochs, most, best):
    snapshots = [Snap(epoch) for epoch in sorted(epochs)]
    chosen = spread_snapshots(snapshots, most, always=[best])
    assert len(chosen) <= most + 2
    assert chosen == [snapshot for snapshot in snapshots if snapshot in chosen]  # in order
    assert snapshots[0] in chosen
    assert snapshots[-1] in chosen
    if best in epochs:
        assert best in [snapshot.epoch for snapshot in chosen]
    if len(snapshots) <= most:
        assert chosen == snapshots


def test_a_growing_run_uses_again_what_was_chosen_before():
    whole = [Snap(epoch) for epoch in range(300)]
    before: set[int] = set()
    for n in range(1, 301):
        now = {snapshot.epoch for snapshot in spread_snapshots(whole[:n], 32)}
        assert now - before <= {n - 1}  # nothing but the newest is to be read
        before = now
    assert len(before) >= 16


def test_no_snapshots_give_no_choice():
    assert spread_snapshots([], 5) == []


@pytest.mark.parametrize("n_samples", [0, 1, 3000, 20_000, 60_000, 250_000])
def test_readings_stay_within_their_memory(n_samples):
    n = most_epochs(n_samples)
    assert 16 <= n <= MOST_EPOCHS
    assert n * n_samples * 5 <= READINGS_BYTES
