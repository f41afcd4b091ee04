"""Which values of learning curves are seen."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

import numpy as np
import pytest

from gui.shared.curve_range import curve_range, range_before

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from core.learning.history import History


class Past:
    """A history of a given error at each epoch, the same for both parts."""

    def __init__(self, values: NDArray[Any], first: int = 0) -> None:
        self.values, self.epochs = values, first + np.arange(len(values))
        self.best_index = int(values.argmin()) if len(values) else 0

    def __len__(self) -> int:
        return len(self.values)

    def curve(self, part: str, metric: str) -> NDArray[Any]:
        return self.values if metric == "error" else -self.values

    def value(self, part: str, metric: str, epoch: int) -> float:
        return float(self.curve(part, metric)[epoch - int(self.epochs[0])])


def ends(shown: Past, *behind: Past, metric: str = "error") -> tuple[float, float] | None:
    return curve_range(cast("History", shown), cast("list[History]", behind), metric)


LEARNT = np.array([0.9, 0.2, 0.12, 0.1, 0.08, 0.08])


@pytest.mark.parametrize("value", [0.0, 0.5, 1.0])
@pytest.mark.parametrize("metric", ["error", "log_likelihood"])
def test_what_never_changes_has_a_range_without_impossible_values(
    value: float, metric: str
) -> None:
    found = ends(Past(np.full(9, value)), metric=metric)
    assert found is not None
    assert found[0] < found[1]
    low, high = (0.0, 1.0) if metric == "error" else (-np.inf, 0.0)
    assert low <= found[0] <= found[1] <= high
    assert found[0] <= (value if metric == "error" else -value) <= found[1]


@pytest.mark.parametrize(
    ("n_classes", "start", "low"),
    [(2, None, -0.8), (2, 0.693, -0.8), (10, 2.303, -2.5), (10, 3.99, -5), (47, 3.85, -4)],
)
def test_before_anything_is_learnt_start_and_guess_are_seen(
    n_classes: int, start: float | None, low: float
) -> None:
    past = None if start is None else cast("History", Past(np.array([start])))
    assert range_before(past, n_classes, "log_likelihood") == (pytest.approx(low), 0)
    assert range_before(past, n_classes, "error") == (0, 1)
    far = cast("History", Past(np.array([8e34])))
    assert range_before(far, 10, "log_likelihood")[0] == -2.5


@pytest.mark.parametrize("begun", [np.empty(0), np.array([0.1])], ids=["nothing", "its parent's"])
@pytest.mark.parametrize("first", [0, 3])
def test_a_run_that_has_not_learnt_yet_is_seen_where_the_others_are(
    begun: NDArray[Any], first: int
) -> None:
    found, others = ends(Past(begun, first), Past(LEARNT)), ends(Past(LEARNT))
    assert found is not None
    assert others is not None
    np.testing.assert_allclose(found, others, atol=0.06)


def test_before_anything_is_learnt_there_is_no_range() -> None:
    assert ends(Past(np.array([0.9]))) is None
    assert ends(Past(np.empty(0))) is None


def test_a_better_run_is_seen_beside_one_that_ran_away_and_no_curve_of_the_run_shown_is_lost() -> (
    None
):
    found = ends(Past(np.linspace(0.909, 0.904, 40)), Past(LEARNT))
    assert found is not None
    assert found[0] <= 0.08

    sure = Past(np.geomspace(2.3, 1e-3, 60))  # of its training images; the others get worse

    def curve(part: str, metric: str) -> NDArray[Any]:
        return -sure.values if part == "train" else -np.linspace(2.3, 8.0, 60)

    sure.curve = curve  # type: ignore[method-assign]
    found = ends(sure, metric="log_likelihood")
    assert found is not None
    assert found[0] <= -7.5
