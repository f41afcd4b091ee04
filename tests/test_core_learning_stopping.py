"""Bootstrap and patience against plain reference implementations."""

from __future__ import annotations

import math

import numpy as np
import pytest
from core_samples import QUICK
from hypothesis import given
from hypothesis import strategies as st

import core.learning.stopping
from core.learning.stopping import bootstrapping, early_stopping, resample_counts
from core.progress import finish


def made_up(n_epochs, n_samples, seed):
    """Return log-likelihoods with ties between epochs, as multiples of 1/4 (exact in binary)."""
    rng = np.random.default_rng(seed)
    return -rng.integers(0, 8, size=(n_epochs, n_samples)).astype(np.float32) / 4


def redrawn(*args, **options):
    return finish(bootstrapping(*args, **options))


def plain_bootstrap(log_likelihood, epochs, n_resamples, level, seed):
    """Redraw, average and choose with loops, from the same counts."""
    n_epochs, n_samples = log_likelihood.shape
    counts = np.concatenate(
        list(resample_counts(n_samples, n_resamples, np.random.default_rng(seed)))
    )
    means, wins = [], [0] * n_epochs
    for row in counts:
        drawn = [i for i in range(n_samples) for _ in range(int(row[i]))]
        assert len(drawn) == n_samples
        curve = [
            sum(float(log_likelihood[e, i]) for i in drawn) / n_samples for e in range(n_epochs)
        ]
        means.append(curve)
        best = None
        for e, value in enumerate(curve):
            if not math.isnan(value) and (best is None or value > curve[best]):
                best = e
        if best is not None:
            wins[best] += 1
    places = [e for e in range(n_epochs) if not any(math.isnan(curve[e]) for curve in means)]
    median = {e: np.median([curve[e] for curve in means]) for e in places}
    strays = {e: [abs(curve[e] - median[e]) for curve in means] for e in places}
    usual = {e: sum(strays[e]) / n_resamples for e in places}
    furthest = sorted(
        max((strays[e][i] / (usual[e] or 1) for e in places), default=0) for i in range(n_resamples)
    )
    width = furthest[math.ceil(round(level * n_resamples, 6)) - 1]
    low, high = [math.nan] * n_epochs, [math.nan] * n_epochs
    for e in places:
        low[e] = max(median[e] - width * usual[e], min(curve[e] for curve in means))
        high[e] = min(median[e] + width * usual[e], max(curve[e] for curve in means))
    best_epochs = sorted(e for e, n in enumerate(wins) for _ in range(n))
    interval = None
    if best_epochs:
        ends = []
        for tail in ((1 - level) / 2, (1 + level) / 2):
            place = max(math.ceil(round(tail * len(best_epochs), 6)) - 1, 0)
            ends.append(int(epochs[best_epochs[place]]))
        interval = tuple(ends)
    return low, high, [n / n_resamples for n in wins], interval


@QUICK
@given(
    st.integers(1, 6),
    st.integers(1, 12),
    st.integers(2, 60),
    st.sampled_from([0.5, 0.8, 0.9]),
    st.integers(0, 10_000),
    st.booleans(),
)
def test_the_band_is_that_of_plain_loops(n_epochs, n_samples, n_resamples, level, seed, broken):
    values = made_up(n_epochs, n_samples, seed)
    if broken:
        values[seed % n_epochs, seed % n_samples] = np.nan
    epochs = np.arange(n_epochs) * 3 + 1
    band = redrawn(
        values, epochs, n_resamples=n_resamples, level=level, rng=np.random.default_rng(seed)
    )
    low, high, share, interval = plain_bootstrap(values, epochs, n_resamples, level, seed)
    np.testing.assert_allclose(band.low, low, rtol=1e-12, atol=1e-12)
    np.testing.assert_allclose(band.high, high, rtol=1e-12, atol=1e-12)
    np.testing.assert_allclose(band.best_share, share, rtol=1e-12)
    np.testing.assert_allclose(band.mean, values.mean(axis=1, dtype=np.float64), rtol=1e-12)
    assert band.interval == interval
    if interval is not None:
        inside = sum(
            part
            for part, epoch in zip(share, epochs, strict=True)
            if interval[0] <= epoch <= interval[1]
        )
        assert band.share_between(*interval) == pytest.approx(inside)
        assert inside >= level * sum(share) - 1e-9
    assert (band.n_samples, band.n_resamples, band.level) == (n_samples, n_resamples, level)


def test_redrawings_do_not_depend_on_how_they_are_cut_into_blocks(monkeypatch):
    whole = np.concatenate(list(resample_counts(70, 90, np.random.default_rng(3))))
    monkeypatch.setattr(core.learning.stopping, "BLOCK_VALUES", 7 * 70)
    parts = list(resample_counts(70, 90, np.random.default_rng(3)))
    assert len(parts) == 13
    np.testing.assert_array_equal(np.concatenate(parts), whole)
    assert (whole.sum(axis=1) == 70).all()
    # Drawn with replacement: each count is binomial with mean 1 and variance 1 - 1/n.
    assert whole.mean() == 1
    assert whole.var() == pytest.approx(1 - 1 / 70, abs=0.05)


def test_many_images_are_averaged_slice_by_slice(monkeypatch):
    values, epochs = made_up(4, 50, 2), np.arange(4)
    values[1, 40] = np.nan
    whole = redrawn(values, epochs, n_resamples=30, rng=np.random.default_rng(1))
    monkeypatch.setattr(core.learning.stopping, "SLICE_IMAGES", 7)
    sliced = redrawn(values, epochs, n_resamples=30, rng=np.random.default_rng(1))
    # Multiples of 1/4 add up exactly, whatever the order.
    for name in ("mean", "low", "high", "best_share"):
        np.testing.assert_array_equal(getattr(sliced, name), getattr(whole, name))


def test_the_same_state_gives_the_same_band_and_progress_is_told(monkeypatch):
    monkeypatch.setattr(core.learning.stopping, "BLOCK_VALUES", 100)
    values, epochs = made_up(5, 20, 1), np.arange(5)
    steps = bootstrapping(values, epochs, n_resamples=12, rng=np.random.default_rng(5))
    assert [(told.done, told.total) for told in (next(steps), next(steps))] == [(5, 12), (10, 12)]
    bands = [
        redrawn(values, epochs, n_resamples=12, rng=np.random.default_rng(5)) for _ in range(2)
    ]
    np.testing.assert_array_equal(bands[0].low, bands[1].low)


def test_the_band_holds_whole_curves_drawn_anew() -> None:
    """Quantiles at every epoch would hold three of four; the band is as wide as it must be."""
    rng = np.random.default_rng(3)
    values = np.cumsum(rng.standard_normal((40, 300)), axis=0)
    band = redrawn(values, np.arange(40), n_resamples=2000, rng=rng)
    fresh = np.stack([values[:, rng.integers(300, size=300)].mean(axis=1) for _ in range(4000)])
    holds = (fresh >= band.low) & (fresh <= band.high)
    assert holds.all(axis=1).mean() == pytest.approx(0.9, abs=0.02)
    pointwise = np.quantile(fresh, [0.05, 0.95], axis=0)
    within = (fresh >= pointwise[0]) & (fresh <= pointwise[1])
    assert within.all(axis=1).mean() < 0.8


def test_the_band_has_the_width_of_the_central_limit_theorem():
    rng = np.random.default_rng(0)
    values = rng.standard_normal((1, 4000))
    band = redrawn(values, np.array([7]), n_resamples=4000, level=0.9, rng=rng)
    error = values.std() / math.sqrt(4000)
    assert band.low[0] == pytest.approx(values.mean() - 1.645 * error, abs=0.1 * error)
    assert band.high[0] == pytest.approx(values.mean() + 1.645 * error, abs=0.1 * error)
    assert band.interval == (7, 7)


def test_the_earliest_wins_a_tie_and_what_is_no_number_never_wins():
    values = np.array([[-2.0, -2], [-1, -1], [-1, -1], [np.nan, 5], [-np.inf, -1]])
    band = redrawn(values, np.arange(5), n_resamples=50, rng=np.random.default_rng(0))
    drawn_twice = band.best_share[3]  # the image that is a number at epoch 3, and no other
    assert 0 < drawn_twice < 1
    assert band.best_share[1] == pytest.approx(1 - drawn_twice)
    assert band.best_share[2] == 0
    nothing = redrawn(
        np.full((3, 4), np.nan), np.arange(3), n_resamples=5, rng=np.random.default_rng(0)
    )
    assert nothing.best_share.sum() == 0
    assert nothing.interval is None
    assert np.isnan(nothing.low).all()


def test_no_epochs_have_no_band():
    band = redrawn(np.empty((0, 4)), np.empty(0, int), rng=np.random.default_rng(0))
    assert band.interval is None
    assert len(band.best_share) == len(band.low) == 0


def plain_stop(epochs, values, patience):
    """Wait as a person would, counting."""
    best, waited, last_better = None, 0, epochs[0]
    for epoch, value in zip(epochs, values, strict=True):
        better = not math.isnan(value) and (best is None or value > best)
        if better:
            best, waited, last_better = value, 0, epoch
        else:
            waited += epoch != epochs[0]  # the first epoch has nothing to wait for
        if waited >= patience:
            return epoch, last_better, best, waited
    return None, last_better, best, waited


@QUICK
@given(
    st.lists(st.one_of(st.integers(-8, 0).map(float), st.just(math.nan)), min_size=1, max_size=40),
    st.integers(1, 6),
    st.integers(0, 3),
)
def test_early_stopping_is_counting(values, patience, first):
    epochs = list(range(first, first + len(values)))
    stop = early_stopping(epochs, values, patience)
    stopped_at, best_epoch, best, waited = plain_stop(epochs, values, patience)
    assert (stop.stopped_at, stop.best_epoch, stop.waited) == (stopped_at, best_epoch, waited)
    assert stop.best_value == best if best is not None else math.isnan(stop.best_value)
    assert stop.patience == patience


def test_patience_in_an_example():
    values = [-3.0, -2.0, -1.0, -1.5, -1.2, -0.9, -1.0, -1.1, -1.2]
    assert early_stopping(range(9), values, 2).stopped_at == 4
    assert early_stopping(range(9), values, 2).best_epoch == 2
    stop = early_stopping(range(9), values, 3)
    assert (stop.stopped_at, stop.best_epoch, stop.best_value) == (8, 5, -0.9)
    later = early_stopping(range(9), values, 4)
    assert (later.stopped_at, later.best_epoch, later.waited) == (None, 5, 3)


def test_epochs_that_are_missing_were_waited_for_too():
    stop = early_stopping([0, 10, 20, 30], [-3.0, -1.0, -2.0, -2.0], 15)
    assert (stop.stopped_at, stop.best_epoch) == (30, 10)
