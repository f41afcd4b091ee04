"""The band of several seeds that holds whole members, and against each run's own history."""

from __future__ import annotations

from dataclasses import fields, replace

import numpy as np
import pytest
from core_samples import QUICK, tiny_dataset
from hypothesis import given
from hypothesis import strategies as st

from core.errors import SettingError
from core.learning.config import TrainingConfig
from core.learning.course import Course
from core.learning.history import History
from core.learning.sweep.seed_band import (
    MANY_SEEDS,
    SeedBand,
    SeedSearch,
    band_of,
    n_within,
    seed_band,
)
from core.learning.sweep.sweep import Sweep, SweepRecord, with_seeds
from core.learning.training import EpochRecord, Trainer

CONFIG = TrainingConfig(epochs=12, batch_size=10, learning_rate=0.5, init="normal", seed=2)


def swept(sweep: Sweep) -> SeedBand:
    records = [event for event in sweep.run() if isinstance(event, SweepRecord)]
    return seed_band(sweep.seeds, records)


def history_alone(sweep: Sweep, member: int) -> History:
    history = History(sweep.configs[member])
    for event in Trainer(sweep.dataset, history.config).run():
        if isinstance(event, EpochRecord):
            history.append(event)
    return history


@QUICK
@given(
    n_members=st.sampled_from([1, 2, 5, 19, 20, 33]),
    n_lost=st.integers(0, 40),
    seed=st.integers(0, 1000),
)
def test_bands_hold_whole_members_as_far_as_they_go(n_members: int, n_lost: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    curve = rng.standard_normal((6, n_members))
    curve[0] = rng.integers(3, size=n_members)  # ties
    curve.reshape(-1)[rng.permutation(curve.size)[:n_lost]] = np.nan
    band = band_of(curve)
    for ends in (band.low, band.median, band.high):
        assert not ends.flags.writeable
        for value, row in zip(ends, curve, strict=True):
            assert np.isnan(value) == np.isnan(row).all()
    outside = (curve < band.low[:, None]) | (curve > band.high[:, None])  # NaN is neither
    n_whole = int((~outside.any(axis=0)).sum())
    assert n_whole >= n_within(n_members)
    for value, low, high, row in zip(band.median, band.low, band.high, curve, strict=True):
        left = row[~np.isnan(row)]
        if len(left):
            assert value == pytest.approx(np.median(left), abs=1e-14)
            assert low <= value <= high
            if n_members < MANY_SEEDS:
                assert (low, high) == (left.min(), left.max())


def test_from_twenty_seeds_on_odd_ones_are_left_out() -> None:
    assert MANY_SEEDS == 20
    assert n_within(19) == 19
    assert (n_within(20), n_within(21)) == (18, 19)
    curve = np.random.default_rng(0).standard_normal((30, 20))
    curve[7, 3] += 40.0  # odd at one epoch, and left out at all
    band = band_of(curve)
    assert band.high.max() < 5
    rest = np.delete(curve, 3, axis=1)
    assert ((rest >= band.low[:, None]) & (rest <= band.high[:, None])).all(axis=0).sum() >= 18


@pytest.mark.parametrize("validated", [True, False])
def test_curves_and_best_epochs_are_those_of_each_run(validated: bool) -> None:
    data = tiny_dataset(20, 60)
    if validated:
        data = replace(data, test=data.test.part(0, 30), validation=data.test.part(30, 60))
    # So few images and so large steps that learning goes too far.
    sweep = Sweep(data, with_seeds(replace(CONFIG, epochs=40, learning_rate=1.0, batch_size=5), 5))
    band = swept(sweep)
    assert band.seeds == (2, 3, 4, 5, 6)
    assert band.held_out_part == ("validation" if validated else "test")
    np.testing.assert_array_equal(band.epochs, np.arange(41))
    histories = [history_alone(sweep, member) for member in range(5)]
    best = [history.best.epoch for history in histories]
    assert len(set(best)) > 1  # else nothing is tested
    np.testing.assert_array_equal(band.best_epochs, best)
    assert band.median_best_epoch == np.median(best)
    parts = ["train", "test"] + ["validation"] * validated
    assert len(band.curves) == 2 * len(parts)
    for part in parts:
        for metric in ("score", "log_likelihood", "error"):
            curves = np.stack([history.curve(part, metric) for history in histories], axis=1)
            found = band.band(part, metric)
            np.testing.assert_allclose(found.low, curves.min(axis=1), atol=1e-6)
            np.testing.assert_allclose(found.median, np.median(curves, axis=1), atol=1e-6)
            np.testing.assert_allclose(found.high, curves.max(axis=1), atol=1e-6)


def record(epoch: int, likes: list[float], lost: list[bool]) -> SweepRecord:
    values = np.array(likes)
    return SweepRecord(
        epoch=epoch,
        step=10 * epoch,
        train_score=values,
        train_log_likelihood=values,
        test_score=values,
        test_log_likelihood=values,
        validation_score=None,
        validation_log_likelihood=None,
        diverged=np.array(lost),
    )


def test_the_earliest_best_epoch_wins_and_what_is_no_number_never_does() -> None:
    nan = float("nan")
    records = [
        record(3, [-2.0, -1.0, nan, nan], [False] * 4),
        record(4, [-1.0, nan, -9.0, nan], [False, True, False, True]),
        record(5, [-1.0, nan, -8.0, nan], [False, True, False, True]),
    ]
    band = seed_band((0, 1, 2, 3), records)
    # As core.learning.history.History: without any number it is the first record.
    assert band.best_epochs.tolist() == [4, 3, 5, 3]
    assert band.median_best_epoch == 3.5
    assert band.n_diverged == 2


def test_diverged_members_are_counted_and_left_out() -> None:
    wild = replace(CONFIG, learning_rate=1000.0, l2=10.0, seed=0)
    band = swept(Sweep(tiny_dataset(), [CONFIG, replace(CONFIG, seed=9), wild]))
    assert band.n_diverged == 1
    last = band.curves["test_score"][-1]
    assert np.isnan(last[2])
    assert band.band("test", "score").low[-1] == last[:2].min()
    assert band.band("test", "score").median[-1] == pytest.approx(last[:2].mean())
    assert str(band) == "median and all 3 seeds, 1 diverged"


def test_a_band_says_what_it_shows() -> None:
    few = swept(Sweep(tiny_dataset(), with_seeds(replace(CONFIG, epochs=1), 1)))
    many = swept(Sweep(tiny_dataset(), with_seeds(replace(CONFIG, epochs=1), 20)))
    assert str(few) == "median and all 1 seed"
    assert str(many) == "median and at least 18 of 20 seeds"


def test_how_large_chance_is_is_said_in_words() -> None:
    found = swept(Sweep(tiny_dataset(), with_seeds(replace(CONFIG, epochs=1), 5)))
    rows = {"test_score": np.array([[0.5] * 5, [0.8612, 0.868, 0.866, 0.863, 0.8644]])}
    band = replace(found, curves=found.curves | rows)
    assert band.chance == (
        "test score at the end, epoch 1: .861 to .868, half of them within .863 to .866"
    )
    rows["test_score"] = np.array([[0.86123, 0.86141, np.nan]])
    band = replace(found, curves=found.curves | rows, n_diverged=1)
    assert band.chance == "test score at the end, epoch 1: .8612 to .8615, 1 diverged"
    rows["test_score"] = np.array([[1.0]])
    said = "test score at the end, epoch 1: 1.0000"
    assert replace(found, curves=found.curves | rows).chance == said
    rows["test_score"] = np.full((1, 3), np.nan)
    band = replace(found, curves=found.curves | rows, n_diverged=3)
    assert band.chance == "all 3 diverged"


def test_nobody_can_write_into_a_band() -> None:
    band = swept(Sweep(tiny_dataset(), with_seeds(replace(CONFIG, epochs=1), 3)))
    arrays = [band.epochs, band.best_epochs, *band.curves.values()]
    for one in band.bands.values():
        arrays += [getattr(one, field.name) for field in fields(one)]
    assert len(arrays) == 2 + 4 + 3 * 6
    assert not any(array.flags.writeable for array in arrays)


def test_a_search_tells_images_and_what_is_recorded_by_now() -> None:
    config = replace(CONFIG, epochs=3)
    search = SeedSearch(tiny_dataset(), Course(config), 4)
    assert search.found() is None
    told = []
    for progress in search.run():
        told.append(progress)
        found = search.found()
        if found is not None:
            assert search.found() is found
    assert [each.done for each in told] == sorted(each.done for each in told)
    assert told[-1].done == told[-1].total
    assert {each.unit for each in told} == {"images"}
    expected = swept(Sweep(tiny_dataset(), with_seeds(config, 4)))
    found = search.found()
    assert found is not None
    assert found.epochs.tolist() == [0, 1, 2, 3]
    for name, curve in expected.curves.items():
        np.testing.assert_array_equal(found.curves[name], curve)


def test_a_search_with_no_epoch_left_says_so() -> None:
    data = tiny_dataset()
    *_, last = Trainer(data, replace(CONFIG, epochs=1)).run()
    start = replace(last.checkpoint, position=10)  # within the second pass
    search = SeedSearch(data, Course(replace(CONFIG, epochs=1), start), 2)
    with pytest.raises(SettingError, match="more epochs"):
        list(search.run())
    assert search.found() is None
