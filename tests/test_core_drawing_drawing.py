"""How ink becomes an image: against closed forms, MNIST, and a trained model."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from core_samples import QUICK, mnist_folder
from hypothesis import given
from hypothesis import strategies as st

from core.data.config import DataConfig
from core.data.dataset import Dataset, Split
from core.drawing.drawing import (
    FAINT,
    MNIST_BOX,
    Drawn,
    Placement,
    centre_of_mass,
    ink_box,
    mnist_placement,
    placed,
    placement_of,
    plain,
)
from core.drawing.ink import FULL, blank, draw_line, sheet_shape
from core.learning.config import TrainingConfig
from core.learning.training import Trainer
from core.sources import open_dataset

if TYPE_CHECKING:
    from numpy.typing import NDArray

SHAPES = [(28, 28), (8, 8), (16, 20), (20, 16), (5, 31), (1, 1)]


def square(side: int, top: int, left: int, shape: tuple[int, int] = (336, 336)) -> NDArray:
    ink = np.zeros(shape, dtype=np.float32)
    ink[top : top + side, left : left + side] = 1
    return ink


@pytest.mark.parametrize("shape", [(28, 28), (8, 8)])
def test_plain_is_the_mean_of_the_ink_each_pixel_covers(shape):
    ink = np.random.default_rng(0).random(sheet_shape(shape)).astype(np.float32)
    side = 336 // shape[0]
    means = ink.reshape(shape[0], side, shape[1], side).mean(axis=(1, 3), dtype=np.float64)
    np.testing.assert_allclose(plain(ink, shape).image, means, atol=1e-5)


@pytest.mark.parametrize("shape", SHAPES)
def test_plain_keeps_all_ink_in_any_shape(shape):
    ink = np.random.default_rng(1).random((336, 200)).astype(np.float32)
    image = plain(ink, shape).image
    assert image.shape == shape
    assert image.dtype == np.float32
    assert not image.flags.writeable
    assert image.mean() == pytest.approx(ink.mean(), abs=2e-3)


@pytest.mark.parametrize("shape", [(28, 28), (8, 8), (16, 20), (20, 16), (40, 40)])
@pytest.mark.parametrize(("side", "top", "left"), [(40, 10, 20), (100, 200, 60), (300, 30, 30)])
def test_a_square_stays_a_square_fills_the_box_and_lies_in_the_middle(shape, side, top, left):
    drawn = placed(square(side, top, left), shape, mnist_placement(shape))
    expected_side = round(MNIST_BOX * min(shape))
    assert drawn.image.shape == shape
    full = np.isclose(drawn.image, 1.0)
    assert (full | (drawn.image == 0)).all(), "a box of full ink has no grey edge"
    box = ink_box(drawn.image)
    assert (box[2] - box[0], box[3] - box[1]) == (expected_side, expected_side)
    middle = np.array(mnist_placement(shape).middle)
    assert np.abs(np.array(centre_of_mass(drawn.image)) - middle).max() <= 0.5


def test_proportions_are_kept():
    ink = np.zeros((336, 336), dtype=np.float32)
    ink[20:220, 100:150] = 1  # four times as high as wide
    image = placed(ink, (28, 28), mnist_placement((28, 28))).image
    box = ink_box(image)
    assert (box[2] - box[0], box[3] - box[1]) == (20, 5)


def an_l(sheet: NDArray, top: float, left: float, size: float) -> NDArray[np.float32]:
    """Return a sheet with an L on it, whose centre of mass is not the middle of its box."""
    sheet = sheet.copy()
    pen = (0.15 * size, 0.15 * size)
    draw_line(sheet, (left, top), (left, top + size), pen)
    draw_line(sheet, (left, top + size), (left + 0.6 * size, top + size), pen)
    return sheet / np.float32(FULL)


def test_the_centre_of_mass_comes_to_the_middle():
    ink = an_l(blank((28, 28)), 60, 200, 90)
    drawn = placed(ink, (28, 28), mnist_placement((28, 28)))
    assert np.abs(np.array(centre_of_mass(drawn.image)) - 14.5).max() <= 0.5
    box = np.array(ink_box(drawn.image))
    assert np.abs((box[:2] + box[2:]) / 2 - 14.5).max() > 1, "its box is elsewhere"


@QUICK
@given(top=st.floats(30, 120), left=st.floats(30, 180), size=st.floats(60, 180))
def test_where_and_how_large_it_is_drawn_makes_no_difference(top, left, size):
    usual = an_l(blank((28, 28)), 90, 110, 150)
    moved = an_l(blank((28, 28)), top, left, size)
    placement = mnist_placement((28, 28))
    first, second = (placed(ink, (28, 28), placement).image for ink in (usual, moved))
    # Rounding may put it a pixel further; it is the same figure all the same.
    shifts = [(down, right) for down in (-1, 0, 1) for right in (-1, 0, 1)]
    apart = [np.abs(first - np.roll(second, way, axis=(0, 1))).mean() for way in shifts]
    assert min(apart) < 0.2 * first.mean()


def test_plainly_it_makes_all_the_difference():
    usual, moved = an_l(blank((28, 28)), 90, 60, 150), an_l(blank((28, 28)), 20, 230, 90)
    first, second = (plain(ink, (28, 28)).image for ink in (usual, moved))
    assert np.abs(first - second).mean() > first.mean()


def test_a_shift_by_whole_sheet_pixels_gives_the_very_same_image():
    ink = an_l(blank((28, 28)), 60, 60, 120)
    moved = np.roll(ink, (37, 91), axis=(0, 1))
    first, second = (placed(i, (28, 28), mnist_placement((28, 28))) for i in (ink, moved))
    np.testing.assert_array_equal(first.image, second.image)
    assert second.steps.moved == pytest.approx(
        (first.steps.moved[0] - 37 / 12, first.steps.moved[1] - 91 / 12)
    )


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("faint", [0.0, FAINT])
def test_without_ink_there_is_an_empty_image(shape, faint):
    ink = np.full(sheet_shape(shape), faint, dtype=np.float32)
    drawn = placed(ink, shape, mnist_placement(shape))
    assert drawn.image.shape == shape
    assert not drawn.image.any()
    assert drawn.steps is None


@pytest.mark.parametrize("shape", SHAPES)
def test_one_dot_becomes_an_image_of_any_shape(shape):
    ink = np.zeros(sheet_shape(shape), dtype=np.float32)
    ink[0, 0] = 1
    drawn = placed(ink, shape, mnist_placement(shape))
    assert drawn.image.shape == shape
    assert 0 < drawn.image.max() <= 1


def test_no_ink_is_lost_where_the_mass_lies_far_off():
    ink = np.zeros((336, 336), dtype=np.float32)
    ink[100:104, 10:330] = 1  # a long tail
    ink[40:164, 300:330] = 1  # of a heavy head
    drawn = placed(ink, (28, 28), Placement(1.0, True, (14.5, 14.5)))
    assert drawn.image.sum() == pytest.approx(drawn.steps.scaled.sum(), rel=1e-6)


def test_the_steps_tell_what_was_done():
    drawn = placed(square(60, 24, 240), (28, 28), mnist_placement((28, 28)))
    steps = drawn.steps
    assert steps.box == (24, 240, 84, 300)
    assert steps.mass == pytest.approx((54, 270))
    assert steps.cropped.shape == (60, 60)
    assert steps.cropped.all()
    assert steps.scaled.shape == (20, 20)
    row, column = steps.corner
    np.testing.assert_array_equal(drawn.image[row : row + 20, column : column + 20], steps.scaled)
    assert steps.enlarged == pytest.approx(20 / 5)  # 60 sheet pixels are 5 of the image
    down, right = steps.moved
    assert (down, right) == pytest.approx((row + 10 - 54 / 12, column + 10 - 270 / 12))
    assert (row, column) in ((4, 4), (5, 5), (4, 5), (5, 4))
    assert steps.sentence() in (
        "enlarged 4.0 times, moved 8 left, 10 down",
        "enlarged 4.0 times, moved 8 left, 9 down",
    )


@pytest.mark.parametrize(
    ("side", "words"),
    [(240, "its size kept"), (60, "enlarged 4.0 times"), (320, "reduced 1.3 times")],
)
def test_the_size_in_words(side, words):
    drawn = placed(square(side, 4, 4), (28, 28), mnist_placement((28, 28)))
    assert drawn.steps.sentence().split(",")[0] == words


def test_what_lies_in_its_place_is_not_moved():
    drawn = placed(square(240, 54, 54), (28, 28), mnist_placement((28, 28)))
    assert drawn.steps.sentence() == "its size kept, not moved"


def split_of(images: list[NDArray]) -> Split:
    stack = np.array(images, dtype=np.float32).reshape(len(images), -1)
    return Split(stack, np.zeros(len(images), dtype=np.int64))


def test_placement_is_measured_in_the_images():
    rng = np.random.default_rng(3)
    by_mass, by_box = [], []
    for _ in range(40):
        ink = an_l(blank((28, 28)), rng.uniform(30, 90), rng.uniform(30, 120), rng.uniform(90, 180))
        # A tail of another length on each: mass and box then lie apart, and never alike.
        draw_line_to = int(rng.integers(10, 150))
        ink[20:26, 40 : 40 + draw_line_to] = 1
        by_mass.append(placed(ink, (28, 28), Placement(0.6, True, (13.0, 15.0))).image)
        by_box.append(placed(ink, (28, 28), Placement(0.8, False, (14.0, 14.0))).image)
    mass, box = (placement_of(split_of(images), (28, 28)) for images in (by_mass, by_box))
    assert mass.by_mass
    assert mass.box == pytest.approx(round(0.6 * 28) / 28)
    assert mass.middle == pytest.approx((13, 15), abs=0.25)
    assert not box.by_mass
    assert box.box == pytest.approx(round(0.8 * 28) / 28)
    assert box.middle == pytest.approx((14, 14), abs=0.5)


def test_images_without_ink_have_no_placement():
    assert placement_of(split_of([np.zeros((4, 4))] * 3), (4, 4)) is None


def test_how_the_sets_at_hand_are_placed():
    strokes, small = open_dataset("strokes"), open_dataset("digits8")
    found = placement_of(strokes.train, (28, 28))
    assert found.by_mass
    assert found.middle == pytest.approx(mnist_placement((28, 28)).middle, abs=0.05)
    assert found.is_like(mnist_placement((28, 28)), (28, 28))
    found = placement_of(small.train, (8, 8))
    assert not found.by_mass
    assert found.box == 1.0, "they fill the frame"
    assert not found.is_like(mnist_placement((8, 8)), (8, 8))


def test_real_mnist_comes_out_as_it_is():
    folder = mnist_folder()
    if folder is None:
        pytest.skip("no MNIST on this machine")
    data = open_dataset(str(folder))
    images = data.train.images[:2000].reshape(-1, 28, 28)
    middle = np.mean([centre_of_mass(image) for image in images], axis=0)
    assert middle == pytest.approx((14.5, 14.5), abs=0.05), "the middle of pixel (14, 14)"
    assert placement_of(data.train, (28, 28)).is_like(mnist_placement((28, 28)), (28, 28))
    differences = []
    for image in images[:200]:
        # Drawn again on a sheet, pixel for pixel, somewhere else: MNIST's own way leads back.
        ink = np.kron(image, np.ones((8, 8), dtype=np.float32))
        sheet = np.zeros((336, 336), dtype=np.float32)
        sheet[10:234, 90:314] = ink
        again = placed(sheet, (28, 28), mnist_placement((28, 28))).image
        differences.append(np.abs(again - image).sum() / image.sum())
    assert np.median(differences) < 0.02


def scores(data: Dataset) -> dict[str, float]:
    """Return how many test digits are read rightly, as they are and moved four pixels right."""
    data = data.sized(DataConfig(train_size=2000, test_size=600))
    trainer = Trainer(data, TrainingConfig(epochs=10))
    for _ in trainer.run():
        pass
    images = data.test.images.reshape(-1, 28, 28)
    whole = [k for k, image in enumerate(images) if ink_box(image)[3] <= 24]  # none leaves
    sheets = [np.kron(images[k], np.ones((12, 12), dtype=np.float32)) for k in whole]
    moved = [np.roll(sheet, 48, axis=1) for sheet in sheets]
    own = placement_of(data.train, (28, 28))
    ways = {
        "as it is": [plain(sheet, (28, 28)) for sheet in sheets],
        "moved": [plain(sheet, (28, 28)) for sheet in moved],
        "moved, like these": [placed(sheet, (28, 28), own) for sheet in moved],
        "moved, like MNIST": [placed(s, (28, 28), mnist_placement((28, 28))) for s in moved],
    }
    labels = data.test.labels[whole]
    return {
        way: float((trainer.model.predict(stacked(made)) == labels).mean())
        for way, made in ways.items()
    }


def stacked(made: list[Drawn]) -> NDArray:
    return np.array([drawn.image.reshape(-1) for drawn in made])


def test_off_centre_digits_fail_plainly_and_are_read_once_placed():
    score = scores(open_dataset("strokes"))
    assert score["as it is"] > 0.88
    assert score["moved"] < 0.3
    assert score["moved, like these"] > score["as it is"] - 0.05
    assert score["moved, like MNIST"] > score["as it is"] - 0.15


def test_off_centre_mnist_is_read_as_well_as_before_once_placed_as_mnist_was():
    folder = mnist_folder()
    if folder is None:
        pytest.skip("no MNIST on this machine")
    score = scores(open_dataset(str(folder)))
    assert score["as it is"] > 0.8
    assert score["moved"] < 0.4
    assert score["moved, like MNIST"] > score["as it is"] - 0.02
