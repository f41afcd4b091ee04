"""Numbers to colours."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.pictures import (
    DIVERGING,
    SEQUENTIAL,
    diverging_rgb,
    grey_rgb,
    luminance,
    reads_white,
    sequential_rgb,
    tinted_rgb,
)


def test_grey_goes_from_black_to_white():
    values = np.array([[0.0, 0.5, 1.0]])
    rgb = grey_rgb(values)
    assert rgb.shape == (1, 3, 3)
    assert rgb.dtype == np.uint8
    assert rgb[0].tolist() == [[0] * 3, [128] * 3, [255] * 3]


def test_grey_clips_what_an_attack_leaves_outside_and_shows_nothing_as_black():
    rgb = grey_rgb(np.array([-0.07, 1.3, np.nan, np.inf, -np.inf]))
    assert rgb[:, 0].tolist() == [0, 255, 0, 255, 0]


def test_every_byte_of_an_image_survives():
    levels = np.arange(256, dtype=np.uint8)
    pixels = np.multiply(levels, np.float32(1 / 255), dtype=np.float32)
    np.testing.assert_array_equal(grey_rgb(pixels)[:, 1], levels)


@pytest.mark.parametrize("shape", [(2, 3), (4, 2, 3), (2, 4, 2, 3)])
def test_any_number_of_images_at_once(shape):
    values = np.random.default_rng(0).random(shape)
    assert grey_rgb(values).shape == (*shape, 3)
    assert diverging_rgb(values, 1.0).shape == (*shape, 3)
    np.testing.assert_array_equal(grey_rgb(values)[0], grey_rgb(values[0]))


def test_zero_has_the_middle_colour_and_the_limits_the_ends():
    rgb = diverging_rgb(np.array([[-2.0, 0.0, 2.0]]), 2.0)
    assert rgb.dtype == np.uint8
    np.testing.assert_array_equal(rgb[0], [DIVERGING[0], DIVERGING[127], DIVERGING[254]])
    assert DIVERGING[127].tolist() == [247, 247, 247]


def test_each_value_takes_the_nearest_colour():
    step = 1 / 127
    rgb = diverging_rgb(np.array([-0.6, -0.4, 0.4, 0.6, 1.4]) * step, 1.0)
    np.testing.assert_array_equal(rgb, DIVERGING[[126, 127, 127, 128, 128]])


def test_negative_is_blue_and_positive_is_red():
    (blue, red) = diverging_rgb(np.array([-0.8, 0.8]), 1.0).astype(int)
    assert blue[2] > blue[0] + 50
    assert red[0] > red[2] + 50


def test_beyond_the_limit_stays_at_the_end():
    rgb = diverging_rgb(np.array([-99.0, 99.0, -np.inf, np.inf]), 0.5)
    np.testing.assert_array_equal(rgb, DIVERGING[[0, 254, 0, 254]])


def test_not_a_number_has_the_colour_of_zero():
    np.testing.assert_array_equal(diverging_rgb(np.array([np.nan]), 1.0)[0], DIVERGING[127])


def test_the_scale_is_smooth_and_dark_at_both_ends():
    assert DIVERGING.shape == (255, 3)
    assert np.abs(np.diff(DIVERGING.astype(int), axis=0)).max() <= 6
    luminance = DIVERGING @ np.array([0.2126, 0.7152, 0.0722])
    assert (np.diff(luminance[:128]) >= 0).all()
    assert (np.diff(luminance[127:]) <= 0).all()


@given(st.floats(-1, 1), st.floats(1e-6, 1e6))
def test_colours_depend_on_the_ratio_to_the_limit_alone(value, limit):
    scaled = diverging_rgb(np.array([value * limit]), limit).astype(int)
    plain = diverging_rgb(np.array([value]), 1.0).astype(int)
    assert np.abs(scaled - plain).max() <= 6  # one colour at most: rounding of the product


def test_sequential_colours_go_from_pale_to_dark_over_the_range():
    values = np.array([0.2, 0.5, 0.8, -1.0, 2.0, np.nan])
    colours = sequential_rgb(values, 0.2, 0.8).astype(int)
    assert colours[0].tolist() == colours[3].tolist() == colours[5].tolist() == [255, 255, 217]
    assert colours[2].tolist() == colours[4].tolist() == [8, 29, 88]
    assert colours[0].sum() > colours[1].sum() > colours[2].sum()
    assert sequential_rgb(np.array([3.0]), 3.0, 3.0).tolist() == [[255, 255, 217]]
    # Lightness alone tells the order: each step is darker than the one before.
    lightness = sequential_rgb(np.linspace(0, 1, 50), 0, 1) @ np.array([0.2126, 0.7152, 0.0722])
    assert (np.diff(lightness) < 0).all()


def test_a_tint_leaves_what_lies_below_to_be_seen():
    below = np.full((1, 5, 3), 100, dtype=np.uint8)
    values = np.array([[0.0, 1.0, -1.0, 0.5, np.nan]])
    tinted = tinted_rgb(below, values, 1.0)[0].astype(int)
    assert tinted[0].tolist() == tinted[4].tolist() == [100, 100, 100]
    assert tinted[1, 0] > 100 > tinted[1, 2], "red where it is positive"
    assert tinted[2, 2] > 100 > tinted[2, 0], "blue where it is negative"
    np.testing.assert_allclose(tinted[3] - 100, (tinted[1] - 100) / 2, atol=1)
    beyond = tinted_rgb(below, 3 * values, 1.0)[0].astype(int)
    np.testing.assert_array_equal(beyond[1], tinted[1])
    on_black, on_white = (
        tinted_rgb(np.full((1, 1, 3), level, np.uint8), np.ones((1, 1)), 1.0) for level in (0, 255)
    )
    assert (on_white.astype(int) - on_black > 50).all(), "ink and paper are told apart beneath it"


def test_black_or_white_words_can_be_read_on_every_colour_of_every_map():
    cube = np.stack(np.meshgrid(*[np.arange(0, 256, 15)] * 3), axis=-1).reshape(-1, 3)
    for colours in (DIVERGING, SEQUENTIAL, cube):
        ink = np.where(reads_white(colours), 1.0, 0.0)
        low, high = np.sort([luminance(colours), ink], axis=0)
        assert ((high + 0.05) / (low + 0.05)).min() >= 4.5


def test_luminance_is_that_of_wcag():
    assert luminance(np.array([[0, 0, 0], [255, 255, 255]])).tolist() == pytest.approx([0.0, 1.0])
    assert luminance(np.array([118, 118, 118])) == pytest.approx(1.05 / 4.54 - 0.05, abs=1e-3)
