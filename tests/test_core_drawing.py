"""Ink on a sheet, and how it becomes an image: against closed forms, MNIST, and a trained model."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from core_samples import QUICK, mnist_folder, tiny_dataset
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
from core.drawing.ink import FULL, MOST_UNDONE, SheetHistory, blank, draw_line, sheet_shape, shifted
from core.learning.training import Trainer, TrainingConfig
from core.sources import open_dataset

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
    assert found.middle == pytest.approx((14, 14), abs=0.05), "half a pixel from MNIST's"
    assert 20 / 28 <= found.box <= 22 / 28
    assert not found.is_like(mnist_placement((28, 28)), (28, 28))
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


def test_added_samples_stand_behind_the_training_images():
    data = tiny_dataset()
    first, second = np.full(12, 0.25), np.linspace(0, 1, 12)
    more = data.with_sample(first, 3).with_sample(second, 1)
    assert (data.n_extra, more.n_extra) == (0, 2)
    config = DataConfig(train_size=40, validation_size=10, test_size=20)
    plainly, sized = data.sized(config), more.sized(config)
    assert more.n_to_learn(config) == sized.train.n_samples == 32
    np.testing.assert_array_equal(sized.train.images[:30], plainly.train.images)
    np.testing.assert_array_equal(sized.train.labels, [*plainly.train.labels, 3, 1])
    np.testing.assert_array_equal(sized.train.images[30], first.astype(np.float32))
    np.testing.assert_array_equal(sized.train.images[31], second.astype(np.float32))
    for part in ("test", "validation"):
        np.testing.assert_array_equal(sized.split(part).images, plainly.split(part).images)
    assert sized.extra is None, "they are counted once"
    assert sized.sized(config).train.n_samples < sized.train.n_samples
    for array in (sized.train.images, sized.train.labels):
        assert not array.flags.writeable


def test_noise_does_not_reach_added_samples_nor_do_they_change_it():
    data = tiny_dataset()
    more = data.with_sample(np.full(12, 0.5), 2)
    config = DataConfig(label_noise=50.0, pixel_noise=0.3)
    plainly, sized = data.sized(config), more.sized(config)
    np.testing.assert_array_equal(sized.train.images[:-1], plainly.train.images)
    np.testing.assert_array_equal(sized.train.labels[:-1], plainly.train.labels)
    np.testing.assert_array_equal(sized.train.clean_labels[:-1], plainly.train.clean_labels)
    np.testing.assert_array_equal(sized.train.images[-1], np.full(12, 0.5, np.float32))
    assert (sized.train.labels[-1], sized.train.clean_labels[-1]) == (2, 2)


def test_the_sample_added_last_is_taken_back():
    data = tiny_dataset()
    one = data.with_sample(np.zeros(12), 0)
    two = one.with_sample(np.ones(12), 1)
    assert two.without_last_sample().content_hash == one.content_hash
    assert one.without_last_sample().content_hash == data.content_hash
    assert data.without_last_sample() is data


def test_an_added_sample_counts_in_the_hash():
    data = tiny_dataset()
    hashes = {
        data.content_hash,
        data.with_sample(np.zeros(12), 0).content_hash,
        data.with_sample(np.zeros(12), 1).content_hash,
        data.with_sample(np.ones(12), 0).content_hash,
    }
    assert len(hashes) == 4
    again = data.with_sample(np.zeros(12), 0)
    assert again.content_hash in hashes


def test_what_cannot_be_a_sample_is_refused():
    data = tiny_dataset()
    with pytest.raises(Exception, match="13 pixels; those of tiny have 12"):
        data.with_sample(np.zeros(13), 0)
    with pytest.raises(Exception, match=r"label 4 .* out of range"):
        data.with_sample(np.zeros(12), 4)
    with pytest.raises(Exception, match="between 0 and 1"):
        data.with_sample(np.full(12, 1.5), 0)


def test_only_added_samples_make_a_copy_necessary():
    data = tiny_dataset()
    config = DataConfig()
    assert not data.makes_pixels(config)
    assert np.shares_memory(data.sized(config).train.images, data.train.images)
    assert data.with_sample(np.zeros(12), 0).makes_pixels(config)
