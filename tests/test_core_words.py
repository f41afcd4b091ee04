"""Numbers in words: bounds claim no more than is so, and nothing reads as zero but 0."""

from __future__ import annotations

import math
from decimal import Decimal

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from core.words import DOWN, UP, at_least, at_most, fixed, percent, rounded, significant

FINITE = st.floats(-1e307, 1e307)
SHARES = st.floats(0.0, 1.0)


def read(words: str) -> Decimal:
    """Return the number that words say."""
    return Decimal(words.replace("−", "-").replace(",", ""))


@given(FINITE, st.integers(1, 6))
@example(0.010619, 2)
@example(0.3, 3)
@example(99_999.96, 3)
@example(999_999_999.0, 3)
def test_a_bound_claims_no_more_than_is_so(value: float, digits: int) -> None:
    exact = Decimal(repr(value))
    assert read(at_least(value, digits)) <= exact <= read(at_most(value, digits))
    low, high = (read(fixed(value, digits, way)) for way in (DOWN, UP))
    assert low <= exact <= high
    if abs(value) > 1e-300:
        close = 10.0 ** (1 - digits)
        for words in (at_least(value, digits), at_most(value, digits)):
            assert float(read(words)) == pytest.approx(value, rel=1.0001 * close)
        assert rounded(value, digits, DOWN) <= value <= rounded(value, digits, UP)


@given(FINITE, st.integers(1, 6))
@example(0.0031, 2)
@example(-1e-320, 3)
def test_only_zero_reads_as_zero(value: float, digits: int) -> None:
    for words in (significant(value, digits), fixed(value, digits)):
        assert (read(words) == 0) == (value == 0)
        assert "e+" not in words
        assert len(words) <= 12 + 2 * digits


def test_an_enormous_share_is_short() -> None:
    assert percent(8e34, 1, "") == "8e36%"
    assert percent(12.345) == "1234 %"
    assert percent(math.inf) == "∞ %"


@given(SHARES, st.integers(0, 3))
def test_only_nothing_is_none_of_it_and_only_the_whole_is_all_of_it(
    share: float, places: int
) -> None:
    words = percent(share, places)
    assert words.endswith(" %")
    number = words.removesuffix(" %")
    if number[0] in "<>":
        limit, is_less = float(number[1:]), number[0] == "<"
        assert 100 * share < limit if is_less else 100 * share > limit
        assert 0 < share < 1
    else:
        assert (float(number) == 0) == (share == 0)
        assert (float(number) == 100) == (share == 1)
        assert float(number) == pytest.approx(100 * share, abs=0.5001 * 10.0**-places)


@pytest.mark.parametrize(
    ("value", "digits", "words"),
    [
        (0.0031, 3, "0.0031"),
        (512.4, 2, "512"),
        (1234.5, 3, "1,234"),
        (-12.345, 3, "−12.3"),
        (123_456.0, 3, "1.23e5"),
        (8e34, 3, "8e34"),
        (3.14e-7, 2, "3.1e−7"),
        (-0.0, 3, "0"),
        (np.inf, 3, "∞"),
        (-np.inf, 3, "−∞"),
        (np.nan, 3, "no number"),
    ],
)
def test_numbers_as_they_are_written(value: float, digits: int, words: str) -> None:
    assert significant(value, digits) == words


def test_places_are_kept_where_they_say_something() -> None:
    sizes = (0.0, 0.0031, 0.049, 0.5, 2.3, 1234.5)
    assert [fixed(size) for size in sizes] == ["0", "0.0031", "0.049", "0.50", "2.30", "1,234.50"]
