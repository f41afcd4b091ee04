"""Whether one model is better than another, against closed forms, quantiles and repetition."""

from __future__ import annotations

import numpy as np
import pytest

from core.insight.difference import LEVEL, difference, t_quantile


def right(n: int, *, first: int, second: int) -> tuple[np.ndarray, np.ndarray]:
    """Return what two models read rightly that disagree in so many images."""
    one, other = np.ones(n, np.bool_), np.ones(n, np.bool_)
    one[:second] = False
    other[second : second + first] = False
    return one, other


@pytest.mark.parametrize(
    ("p", "freedom", "expected"),
    # Student's table.
    [(0.975, 1, 12.706), (0.975, 2, 4.303), (0.975, 10, 2.228), (0.95, 30, 1.697)],
)
def test_quantiles_of_t(p: float, freedom: int, expected: float) -> None:
    assert t_quantile(p, freedom) == pytest.approx(expected, rel=2e-3)
    assert t_quantile(p, 1e9) == pytest.approx(1.96 if p == 0.975 else 1.645, abs=1e-3)


@pytest.mark.parametrize(("n", "first", "second"), [(50, 7, 2), (3000, 88, 52), (200, 0, 0)])
def test_the_interval_is_that_of_the_mean_of_what_they_disagree_in(
    n: int, first: int, second: int
) -> None:
    one, other = right(n, first=first, second=second)
    found = difference(one, other, np.random.default_rng(0))
    values = one.astype(float) - other
    assert (found.n_first, found.n_second, found.n_images) == (first, second, n)
    assert found.ahead == pytest.approx(values.mean())
    variance = values.var(ddof=1) / n + 1 / n**2
    assert found.half_width == pytest.approx(t_quantile(0.975, n - 1) * variance**0.5)
    assert not found.redrawn.flags.writeable
    assert found.redrawn.mean() == pytest.approx(values.mean(), abs=3e-3)
    assert found.redrawn.std() == pytest.approx(values.std() / n**0.5, rel=0.08, abs=1e-9)


def test_who_is_called_better() -> None:
    rng = np.random.default_rng(0)
    assert difference(*right(3000, first=88, second=52), rng).sign == 1
    assert difference(*right(3000, first=52, second=88), rng).sign == -1
    assert difference(*right(3000, first=60, second=52), rng).sign == 0
    assert difference(*right(30, first=0, second=0), rng).sign == 0
    one, other = right(400, first=40, second=10)
    ahead, behind = difference(one, other, rng), difference(other, one, rng)
    assert ahead.ahead == -behind.ahead > 0
    assert ahead.half_width == behind.half_width


def test_the_same_state_draws_the_same_images() -> None:
    one, other = right(100, first=9, second=4)
    first, again = (difference(one, other, np.random.default_rng(3)) for _ in range(2))
    np.testing.assert_array_equal(first.redrawn, again.redrawn)


def test_the_truth_lies_within_as_often_as_promised() -> None:
    rng, n, n_trials, inside = np.random.default_rng(1), 400, 600, 0
    shares = np.array([0.05, 0.03, 0.92])
    for _ in range(n_trials):
        kinds = rng.choice(3, size=n, p=shares)
        found = difference(kinds != 1, kinds != 0, rng)
        inside += abs(found.ahead - 0.02) <= found.half_width
    assert inside / n_trials > LEVEL - 0.02
