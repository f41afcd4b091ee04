"""The moving mean, against a plain loop and closed forms."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from core.learning.smoothing import SMOOTHINGS, moving_mean

if TYPE_CHECKING:
    from numpy.typing import NDArray

ODD = st.integers(0, 30).map(lambda half: 2 * half + 1)
VALUES = st.one_of(st.floats(-1e6, 1e6), st.sampled_from([np.nan, np.inf, -np.inf]))


def plain(values: NDArray[np.float64], n_points: int) -> list[float]:
    """Return the same by the definition, one mean after the other."""
    means = []
    for i, own in enumerate(values):
        half = min((n_points - 1) // 2, i, len(values) - 1 - i)
        near = [float(y) for y in values[i - half : i + half + 1] if np.isfinite(y)]
        means.append(sum(near) / len(near) if np.isfinite(own) else np.nan)
    return means


@given(arrays(np.float64, st.integers(0, 80), elements=VALUES), ODD)
def test_it_is_the_mean_of_a_plain_loop(values: NDArray[np.float64], n_points: int) -> None:
    np.testing.assert_allclose(
        moving_mean(values, n_points), plain(values, n_points), rtol=1e-12, atol=1e-8
    )


@given(st.integers(1, 60), ODD, st.floats(-3, 3), st.floats(-3, 3))
def test_a_straight_line_is_left_as_it_is(n: int, n_points: int, a: float, b: float) -> None:
    line = a + b * np.arange(n)
    np.testing.assert_allclose(moving_mean(line, n_points), line, rtol=0, atol=1e-11)


def test_white_noise_loses_its_variance_by_the_number_of_points() -> None:
    noise = np.random.default_rng(0).standard_normal(200_000)
    for n_points in SMOOTHINGS:
        # var of a mean of n independent values is var / n; 51 points leave 3,900 independent means
        assert moving_mean(noise, n_points).var() == pytest.approx(1 / n_points, rel=0.05)


def test_a_huge_value_spoils_only_its_own_means() -> None:
    values = np.ones(30)
    values[10] = 1e300
    smooth = moving_mean(values, 5)
    np.testing.assert_array_equal(smooth[13:], 1.0)
    np.testing.assert_array_equal(smooth[:8], 1.0)


def test_the_curve_itself_is_not_touched() -> None:
    values = np.array([3.0, 1.0, 2.0])
    values.flags.writeable = False
    np.testing.assert_array_equal(moving_mean(values, 1), values)
    assert moving_mean(values, 3)[1] == 2.0
