"""Curves, snapshots and the best epoch of a run."""

from __future__ import annotations

import csv
import io
import math
from dataclasses import replace

import numpy as np
import pytest
from core_samples import tiny_dataset
from hypothesis import given
from hypothesis import strategies as st

from core.data.config import DataConfig
from core.data.dataset import read_only
from core.learning.config import TrainingConfig
from core.learning.history import METRICS, Change, History, moments
from core.learning.training import EpochRecord, Trainer

CONFIG = TrainingConfig(epochs=12, batch_size=10, learning_rate=0.5)


def record(epoch, test=-1.0, validation=None, **values):
    fields = {
        "train_score": 0.25,
        "train_log_likelihood": -2.0,
        "test_score": 0.125,
        "validation_score": None if validation is None else 0.5,
        **values,
    }
    return EpochRecord(
        epoch=epoch,
        step=epoch * 7,
        test_log_likelihood=test,
        validation_log_likelihood=validation,
        weights=read_only(np.full((2, 3), epoch, dtype=np.float32)),
        **fields,
    )


def history_of(*records):
    history = History(CONFIG)
    for item in records:
        history.append(item)
    return history


def run_history(**data):
    dataset = tiny_dataset().sized(DataConfig(**data))
    records = [e for e in Trainer(dataset, CONFIG).run() if isinstance(e, EpochRecord)]
    return history_of(*records)


@pytest.mark.parametrize("part", ["train", "test", "validation"])
def test_curves_are_the_records_in_order(part):
    history = run_history(train_size=50, validation_size=10)
    assert len(history) == 13
    assert history.epochs.tolist() == list(range(13))
    for metric in METRICS:
        expected = [getattr(item, f"{part}_{metric}") for item in history.records]
        curve = history.curve(part, metric)
        assert curve.dtype == np.float64
        assert curve.tolist() == expected
    np.testing.assert_array_equal(history.curve(part, "error"), 1 - history.curve(part, "score"))


def test_validation_is_known_from_the_records():
    assert not History(CONFIG).has_validation
    assert not run_history().has_validation
    assert run_history(validation_size=10).has_validation


def test_every_epoch_can_be_shown_again():
    history = run_history()
    again = [
        event.weights
        for event in Trainer(tiny_dataset(), CONFIG).run()
        if isinstance(event, EpochRecord)
    ]
    for item, weights in zip(history.records, again, strict=True):
        np.testing.assert_array_equal(item.weights, weights)


def test_a_curve_once_read_stays_as_it_was_and_cannot_be_written():
    history = history_of(*(record(epoch, -1.0 / (epoch + 1)) for epoch in range(10)))
    early = history.curve("test", "log_likelihood")
    for epoch in range(10, 300):
        history.append(record(epoch, -1.0 / (epoch + 1)))
    expected = [-1.0 / (epoch + 1) for epoch in range(300)]
    assert early.tolist() == expected[:10]
    assert history.curve("test", "log_likelihood").tolist() == expected
    assert history.epochs.tolist() == list(range(300))
    with pytest.raises(ValueError, match="read-only"):
        early[0] = 0


def test_best_is_the_highest_test_log_likelihood_without_validation():
    history = history_of(*(record(i, test) for i, test in enumerate([-2.0, -0.5, -0.4, -0.6])))
    assert history.best.epoch == 2
    assert history.best is history.records[2]


def test_best_is_chosen_by_validation_where_there_is_one():
    pairs = [(-2.0, -2.0), (-0.1, -0.9), (-0.5, -0.3), (-0.2, -0.4)]
    history = history_of(*(record(i, test, held) for i, (test, held) in enumerate(pairs)))
    assert history.best.epoch == 2


def test_best_of_a_real_run_with_validation_uses_validation():
    history = run_history(train_size=24, validation_size=3)
    held = [item.validation_log_likelihood for item in history.records]
    test = [item.test_log_likelihood for item in history.records]
    assert held.index(max(held)) != test.index(max(test))  # or this run could not tell
    assert history.best.epoch == held.index(max(held))


def test_the_earliest_wins_a_tie():
    history = history_of(*(record(i, test) for i, test in enumerate([-2, -0.5, -0.5, -0.5])))
    assert history.best.epoch == 1


@pytest.mark.parametrize(
    ("curve", "best"),
    [
        ([math.nan, -3.0, math.nan, -2.0, math.nan], 3),
        ([-1.0, math.nan], 0),
        ([math.nan, math.nan], 0),
        ([-math.inf, -5.0], 1),
        ([-math.inf, math.nan], 0),
    ],
)
def test_what_is_not_a_number_never_wins(curve, best):
    history = history_of(*(record(i, value) for i, value in enumerate(curve)))
    assert history.best.epoch == best


@given(st.lists(st.sampled_from([math.nan, -math.inf, -3.0, -2.0, -1.0]), min_size=1, max_size=12))
def test_best_is_right_after_every_record(curve):
    history = History(CONFIG)
    for epoch, value in enumerate(curve):
        history.append(record(epoch, value))
        numbers = [known for known in curve[: epoch + 1] if not math.isnan(known)]
        assert history.best.epoch == (curve.index(max(numbers)) if numbers else 0)


def test_nearest_is_the_closest_recorded_epoch():
    history = history_of(*(record(epoch) for epoch in (0, 1, 2, 5)))
    for epoch, expected in [(-3, 0), (0, 0), (0.4, 0), (0.6, 1), (3, 2), (4, 5), (99, 5)]:
        assert history.nearest(epoch).epoch == expected


@pytest.mark.parametrize(
    ("epoch", "offset", "expected"),
    [
        (1, 1, 2),
        (1, -1, 0),
        (1.5, 1, 2),
        (1.5, -1, 1),
        (0, -1, 0),
        (5, 1, 5),
        (2, 1, 5),
        (5, -2, 1),
        (3, 1, 5),
        (3, -1, 2),
        (0, 99, 5),
    ],
)
def test_neighbours_are_the_records_on_either_side(epoch, offset, expected):
    history = history_of(*(record(epoch) for epoch in (0, 1, 2, 5)))
    assert history.neighbour(epoch, offset).epoch == expected


def read_back(history):
    return list(csv.DictReader(io.StringIO(history.to_csv())))


@pytest.mark.parametrize("validation_size", [0, 10])
def test_csv_of_a_run_reads_back_exactly(validation_size):
    history = run_history(validation_size=validation_size)
    rows = read_back(history)
    parts = ["train", "test"] + (["validation"] if validation_size else [])
    columns = [f"{part}_{metric}" for part in parts for metric in METRICS]
    assert list(rows[0]) == ["epoch", *columns]
    assert [int(row["epoch"]) for row in rows] == history.epochs.tolist()
    for row, item in zip(rows, history.records, strict=True):
        assert [float(row[name]) for name in columns] == [getattr(item, name) for name in columns]


@given(st.floats(allow_nan=False), st.floats(0, 1))
def test_csv_keeps_every_bit_of_any_value(log_likelihood, score):
    (row,) = read_back(history_of(record(0, log_likelihood, test_score=score)))
    assert float(row["test_log_likelihood"]) == log_likelihood
    assert float(row["test_score"]) == score


def test_csv_keeps_what_is_not_a_number():
    (row,) = read_back(history_of(record(0, math.nan)))
    assert math.isnan(float(row["test_log_likelihood"]))


def test_csv_of_an_empty_history_has_its_head():
    assert History(CONFIG).to_csv().startswith("epoch,train_score,train_log_likelihood,test_score")


def test_csv_has_plain_lines():
    text = run_history().to_csv()
    assert "\r" not in text
    assert text.count("\n") == 14


def test_a_change_says_what_changed():
    change = Change(epoch=2.5, step=17, name="learning_rate", old=0.1, new=0.02)
    assert str(change) == "learning rate 0.1 → 0.02"


def test_changes_that_lie_together_are_one_mark_that_names_them_all():
    rate = Change(epoch=2.5, step=17, name="learning_rate", old=0.1, new=0.5)
    batch = Change(epoch=2.5, step=17, name="batch_size", old=20, new=100)
    again = Change(epoch=2.6, step=18, name="learning_rate", old=0.5, new=0.7)
    later = Change(epoch=4.0, step=30, name="l2", old=0.0, new=0.01)
    first, second = moments([rate, batch, again, later])
    assert str(first) == "learning rate 0.1 → 0.7, batch size 20 → 100"
    assert (first.epoch, first.label) == (2.5, "η 0.7, BS 100")
    assert str(second) == "L2 decay 0 → 0.01"
    back = Change(epoch=2.6, step=18, name="learning_rate", old=0.5, new=0.1)
    assert [str(moment) for moment in moments([rate, batch, back])] == ["batch size 20 → 100"]
    assert moments([rate, back]) == []


@pytest.mark.parametrize(
    ("name", "new", "label"),
    [
        ("learning_rate", 0.02, "η 0.02"),
        ("batch_size", 100, "BS 100"),
        ("l2", 0.001, "λ 0.001"),
        ("momentum", 0.9, "μ 0.9"),
        ("epochs", 80, "end 80"),
    ],
)
def test_a_mark_has_the_practicals_letter_and_the_new_value(name, new, label):
    assert Change(epoch=2.5, step=17, name=name, old=1, new=new).label == label


RECORD_BYTES = record(0).weights.nbytes


@given(
    curve=st.lists(st.sampled_from([math.nan, -3.0, -2.0, -1.0]), min_size=1, max_size=120),
    room=st.integers(1, 40),
    protected=st.sets(st.integers(0, 119), max_size=3),
    first=st.sampled_from([0, 7]),
)
def test_snapshots_are_thinned_by_the_stated_rule(curve, room, protected, first):
    history = History(CONFIG)
    history.limit(room * RECORD_BYTES)
    for epoch in protected:
        history.protect(epoch)
    for i, value in enumerate(curve):
        history.append(record(first + i, value))
        kept = history.kept_epochs.tolist()
        last, best = first + i, first + history.best_index
        numbers = [known for known in curve[: i + 1] if not math.isnan(known)]
        assert history.best_index == (curve.index(max(numbers)) if numbers else 0)
        always = {first, last, best} | {e for e in protected if first <= e <= last}
        # Neither more nor less than the rule says, in order, each with its own weights.
        on_stride = {e for e in range(first, last + 1) if e % history.stride == 0}
        assert kept == sorted(always | on_stride)
        assert history.best.epoch == best
        assert all((item.weights == item.epoch).all() for item in history.records)
        assert history.kept_bytes == len(kept) * RECORD_BYTES
        assert len(kept) <= max(room, len(always) + 1)
        # The curves lose nothing.
        assert len(history) == i + 1
        assert history.epochs.tolist() == list(range(first, last + 1))


def test_every_second_one_goes_when_there_is_no_room_for_one_more():
    history, kept = History(CONFIG), []
    history.limit(5 * RECORD_BYTES)
    for epoch in range(11):
        history.append(record(epoch, -1.0 / (epoch + 1)))  # the last is the best
        kept.append(history.kept_epochs.tolist())
    assert kept[:5] == [list(range(n)) for n in range(1, 6)]
    assert kept[5:] == [
        [0, 2, 4, 5],
        [0, 2, 4, 6],
        [0, 2, 4, 6, 7],
        [0, 2, 4, 6, 8],
        [0, 4, 8, 9],
        [0, 4, 8, 10],
    ]


def test_a_real_run_is_kept_whole_within_the_bound_and_thinned_beyond_it():
    whole = run_history()
    assert whole.kept_epochs.tolist() == list(range(13))
    assert whole.stride == 1
    history = History(CONFIG)
    history.limit(5 * whole.records[0].weights.nbytes)
    for item in whole.records:
        history.append(item)
    assert history.stride > 1
    assert history.kept_bytes <= 5 * whole.records[0].weights.nbytes
    assert history.best.epoch == whole.best.epoch
    assert history.to_csv() == whole.to_csv()
    assert history.value("test", "score", 7) == whole.records[7].test_score


def test_a_bound_set_later_acts_at_once_and_a_velocity_counts():
    history = run_history()
    with_velocity = [
        event
        for event in Trainer(tiny_dataset(), replace(CONFIG, momentum=0.9)).run()
        if isinstance(event, EpochRecord)
    ]
    moving = history_of(*with_velocity)
    assert moving.kept_bytes == 2 * history.kept_bytes
    moving.protect(5)
    moving.limit(1)
    assert moving.kept_epochs.tolist() == sorted({0, 5, 12, moving.best.epoch})


def test_a_change_taken_back_before_it_acted_is_none():
    history = History(CONFIG)
    history.add_change(Change(0.0, 0, "learning_rate", 0.1, 0.2))
    history.add_change(Change(0.0, 0, "learning_rate", 0.2, 0.1))
    assert history.changes == []


def test_a_change_taken_back_after_it_acted_is_two():
    history = History(CONFIG)
    first = Change(0.1, 3, "learning_rate", 0.1, 0.2)
    back = Change(0.3, 9, "learning_rate", 0.2, 0.1)
    history.add_change(first)
    history.add_change(back)
    assert history.changes == [first, back]
