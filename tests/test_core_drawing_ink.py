"""Ink on a sheet: lines, dots and the eraser against closed forms; changes taken back."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from core_samples import QUICK
from hypothesis import given
from hypothesis import strategies as st

from core.drawing.drawing import centre_of_mass
from core.drawing.ink import FULL, MOST_UNDONE, SheetHistory, blank, draw_line, sheet_shape, shifted

if TYPE_CHECKING:
    from numpy.typing import NDArray

SHAPES = [(28, 28), (8, 8), (16, 20), (20, 16), (5, 31), (1, 1)]


def square(side: int, top: int, left: int, shape: tuple[int, int] = (336, 336)) -> NDArray:
    ink = np.zeros(shape, dtype=np.float32)
    ink[top : top + side, left : left + side] = 1
    return ink


def distance_to_segment(x: float, y: float, a: NDArray, b: NDArray) -> tuple[float, float]:
    """Return the distance and the place along the line, 0 to 1, the slow and plain way."""
    p, along = np.array([x, y]), b - a
    t = 0.0 if not along.any() else float(np.clip((p - a) @ along / (along @ along), 0, 1))
    return float(np.linalg.norm(p - a - t * along)), t


def sixteenths(low: int, high: int) -> st.SearchStrategy[float]:
    return st.integers(16 * low, 16 * high).map(lambda n: n / 16)


places = st.tuples(sixteenths(-6, 30), sixteenths(-6, 26))


@QUICK
@given(a=places, b=places, widths=st.tuples(st.floats(1, 9), st.floats(1, 9)))
def test_a_line_covers_what_is_near_it(a, b, widths):
    sheet = np.zeros((20, 24), dtype=np.uint8)
    draw_line(sheet, a, b, widths)
    for row in range(20):
        for column in range(24):
            d, t = distance_to_segment(column + 0.5, row + 0.5, np.array(a), np.array(b))
            radius = (widths[0] + t * (widths[1] - widths[0])) / 2
            expected = FULL * min(max(radius - d + 0.5, 0), 1)
            assert abs(int(sheet[row, column]) - expected) < 0.6


def test_the_ink_of_a_line_is_its_area():
    sheet = blank((28, 28))
    length, width = 150.0, 24.0
    draw_line(sheet, (90.3, 100.7), (90.3 + length, 100.7), (width, width))
    area = length * width + np.pi * width**2 / 4
    assert sheet.sum() / FULL == pytest.approx(area, rel=2e-3)


def test_a_dot_is_a_disc():
    sheet = blank((28, 28))
    draw_line(sheet, (100, 120), (100, 120), (50, 50))
    assert sheet.sum() / FULL == pytest.approx(np.pi * 25**2, rel=2e-3)
    assert centre_of_mass(sheet.astype(float)) == pytest.approx((120, 100), abs=1e-6)


@pytest.mark.parametrize("length", [1e-3, 1e-5, 1e-30, 1e-266])
def test_a_line_of_next_to_no_length_is_a_dot(length):
    dot, line = blank((28, 28)), blank((28, 28))
    draw_line(dot, (0, 0), (0, 0), (50, 50))
    draw_line(line, (0, 0), (length, length), (50, 50))
    assert np.abs(dot.astype(int) - line).max() <= 1


def test_a_line_in_many_steps_is_the_line_at_once():
    at_once, in_steps = blank((28, 28)), blank((28, 28))
    start, end = np.array([40.0, 50.0]), np.array([250.0, 210.0])
    draw_line(at_once, tuple(start), tuple(end), (20, 20))
    for t in np.linspace(0, 1, 65)[:-1]:
        a, b = start + t * (end - start), start + (t + 1 / 64) * (end - start)
        draw_line(in_steps, tuple(a), tuple(b), (20, 20))
    assert np.abs(at_once.astype(int) - in_steps).max() <= 1


def test_the_eraser_takes_away_what_the_pen_drew_and_no_more():
    sheet = blank((28, 28))
    draw_line(sheet, (50, 100), (280, 100), (30, 30))
    before = sheet.copy()
    draw_line(sheet, (100, 100), (100, 100), (60, 60), erase=True)
    assert not sheet[100, 75:126].any()
    far = np.hypot(*np.mgrid[-100:236, -100:236] + 0.5) > 31
    np.testing.assert_array_equal(sheet[far], before[far])
    assert (sheet <= before).all()


def test_a_line_beside_the_sheet_leaves_it_alone():
    sheet = blank((28, 28))
    draw_line(sheet, (-80, -50), (-40, 500), (20, 20))
    draw_line(sheet, (900, 900), (900, 900), (20, 20))
    assert not sheet.any()


@pytest.mark.parametrize("shape", SHAPES)
def test_a_sheet_has_the_proportions_of_the_images(shape):
    height, width = sheet_shape(shape)
    assert max(height, width) == 336
    assert height / width == pytest.approx(shape[0] / shape[1], abs=0.5 / min(height, width) + 1e-9)
    assert blank(shape).shape == (height, width)


def test_ink_can_be_moved_and_what_leaves_the_sheet_is_gone():
    sheet = np.arange(12, dtype=np.uint8).reshape(3, 4)
    np.testing.assert_array_equal(shifted(sheet, 1, -1), [[0, 0, 0, 0], [1, 2, 3, 0], [5, 6, 7, 0]])
    np.testing.assert_array_equal(shifted(sheet, -1, 2), [[0, 0, 4, 5], [0, 0, 8, 9], [0, 0, 0, 0]])
    np.testing.assert_array_equal(shifted(sheet, 0, 0), sheet)
    for gone in ((3, 0), (0, -4), (9, 9)):
        assert not shifted(sheet, *gone).any()


def numbered(history: SheetHistory, n: int) -> None:
    for k in range(1, n + 1):
        history.replace(np.full((2, 2), k, dtype=np.uint8))


def test_changes_are_taken_back_and_made_again_in_order():
    history = SheetHistory(np.zeros((2, 2), dtype=np.uint8))
    assert not history.can_undo
    assert not history.can_redo
    numbered(history, 3)
    for k in (2, 1, 0):
        history.undo()
        assert (history.sheet == k).all()
    assert not history.can_undo
    history.undo()  # nothing is left; nothing happens
    assert (history.sheet == 0).all()
    for k in (1, 2, 3):
        history.redo()
        assert (history.sheet == k).all()
    assert not history.can_redo


def test_a_new_change_forgets_what_was_taken_back():
    history = SheetHistory(np.zeros((2, 2), dtype=np.uint8))
    numbered(history, 2)
    history.undo()
    history.replace(np.full((2, 2), 9, dtype=np.uint8))
    assert not history.can_redo
    history.undo()
    assert (history.sheet == 1).all()


def test_a_change_that_changes_nothing_is_none():
    history = SheetHistory(np.zeros((2, 2), dtype=np.uint8))
    numbered(history, 1)
    history.undo()
    history.begin()
    history.end()
    assert not history.can_undo
    assert history.can_redo, "what was taken back can still be brought back"


def test_what_is_kept_is_bounded():
    history = SheetHistory(np.zeros((2, 2), dtype=np.uint8))
    numbered(history, MOST_UNDONE + 5)
    n_undone = 0
    while history.can_undo:
        history.undo()
        n_undone += 1
    assert n_undone == MOST_UNDONE
    assert (history.sheet == 5).all()
