"""The stroke digits look like MNIST to a program and tell the same story when trained on."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pytest

from core.sources import open_dataset
from core.sources.built_in.strokes import FRAME_PX, N_CLASSES, draw_stroke_digits

if TYPE_CHECKING:
    from numpy.typing import NDArray

N_TRAIN = 5_000
N_TEST = 2_000
N_EPOCHS = 50
BATCH_SIZE = 20
LEARNING_RATE = 0.1


@pytest.fixture(scope="module")
def digits() -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    """Draw enough images to meet the rare extremes of the hand."""
    return draw_stroke_digits(8_000, np.random.default_rng(2024))


def test_shapes_types_and_range(digits: tuple[NDArray[np.uint8], NDArray[np.int64]]) -> None:
    images, labels = digits
    assert images.shape == (8_000, FRAME_PX, FRAME_PX)
    assert images.dtype == np.uint8
    assert labels.shape == (8_000,)
    assert labels.dtype == np.int64
    assert labels.min() == 0
    assert labels.max() == N_CLASSES - 1
    # Paper is white, and every digit has full ink somewhere.
    assert images.min() == 0
    assert images.max(axis=(1, 2)).min() >= 200


@pytest.mark.parametrize("n_samples", [0, 1, 7, 501])
def test_any_number_of_samples(n_samples: int) -> None:
    images, labels = draw_stroke_digits(n_samples, np.random.default_rng(0))
    assert images.shape == (n_samples, FRAME_PX, FRAME_PX)
    assert labels.shape == (n_samples,)


def test_same_seed_same_bits() -> None:
    first = draw_stroke_digits(700, np.random.default_rng(5))
    second = draw_stroke_digits(700, np.random.default_rng(5))
    assert np.array_equal(first[0], second[0])
    assert np.array_equal(first[1], second[1])


def test_other_seed_and_later_stream_differ() -> None:
    rng = np.random.default_rng(5)
    first = draw_stroke_digits(200, rng)
    later = draw_stroke_digits(200, rng)
    other = draw_stroke_digits(200, np.random.default_rng(6))
    assert not np.array_equal(first[0], later[0])
    assert not np.array_equal(first[0], other[0])
    assert not np.array_equal(first[1], other[1])


def test_no_image_twice(digits: tuple[NDArray[np.uint8], NDArray[np.int64]]) -> None:
    images, _ = digits
    assert len({image.tobytes() for image in images}) == len(images)


def test_classes_near_uniform_in_random_order() -> None:
    _, labels = draw_stroke_digits(1_003, np.random.default_rng(1))
    counts = np.bincount(labels, minlength=N_CLASSES)
    assert counts.min() >= 100
    assert counts.max() <= 101
    # The first hundred of a shuffled deck are not the classes in turn.
    assert not np.array_equal(labels[:100], np.arange(100) % N_CLASSES)
    assert np.unique(labels[:100]).size == N_CLASSES


def test_centred_by_centre_of_mass(digits: tuple[NDArray[np.uint8], NDArray[np.int64]]) -> None:
    ink = digits[0].astype(np.float64)
    middles = np.arange(FRAME_PX) - (FRAME_PX - 1) / 2
    total = ink.sum(axis=(1, 2))
    x = ink.sum(axis=1) @ middles / total
    y = ink.sum(axis=2) @ middles / total
    assert np.abs(x).max() < 0.6
    assert np.abs(y).max() < 0.6


def test_border_is_blank(digits: tuple[NDArray[np.uint8], NDArray[np.int64]]) -> None:
    images, _ = digits
    assert not images[:, [0, -1], :].any()
    assert not images[:, :, [0, -1]].any()


def test_longer_side_near_20_pixels(digits: tuple[NDArray[np.uint8], NDArray[np.int64]]) -> None:
    images, _ = digits
    height = (images > 64).any(axis=2).sum(axis=1)
    width = (images > 64).any(axis=1).sum(axis=1)
    longer = np.maximum(height, width)
    assert 18.5 < longer.mean() < 21.5
    assert longer.min() >= 14
    assert longer.max() <= 23


def test_antialiased(digits: tuple[NDArray[np.uint8], NDArray[np.int64]]) -> None:
    images, _ = digits
    inked = (images > 0).sum(axis=(1, 2))
    grey = ((images > 25) & (images < 230)).sum(axis=(1, 2))
    assert (grey / inked).min() > 0.1
    assert (grey / inked).mean() > 0.3
    assert np.unique(images).size == 256


def test_zeros_are_open(digits: tuple[NDArray[np.uint8], NDArray[np.int64]]) -> None:
    images, labels = digits
    middle = images[labels == 0, 12:16, 12:16]
    assert (middle.min(axis=(1, 2)) < 128).mean() > 0.995


def test_lines_are_thin(digits: tuple[NDArray[np.uint8], NDArray[np.int64]]) -> None:
    # A plain one is a line as long as the digit, so its area tells the width of the pen.
    images, labels = digits
    ones = images[labels == 1].astype(np.float64) / 255
    height = (ones > 0.25).any(axis=2).sum(axis=1)
    width = ones.sum(axis=(1, 2)) / height
    assert 2 < np.median(width) < 3.5
    # No digit is a blob: a full square of five pixels would fill any ring.
    inked = np.lib.stride_tricks.sliding_window_view(images > 200, (5, 5), axis=(1, 2))
    assert inked.all(axis=(3, 4)).any(axis=(1, 2)).mean() < 0.02


class _History(NamedTuple):
    train_score: float
    test_score: float
    train_log_likelihood: NDArray[np.float64]
    test_log_likelihood: NDArray[np.float64]


def _log_softmax(net: NDArray[np.float32]) -> NDArray[np.float32]:
    shifted = net - net.max(axis=1, keepdims=True)
    log_p = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    return np.asarray(log_p, np.float32)


def _train(weight_seed: int) -> _History:
    """Train a plain softmax perceptron as the TP preset does, on the digits that open."""
    dataset = open_dataset("strokes")
    x, labels = dataset.train.design[:N_TRAIN], dataset.train.labels[:N_TRAIN]
    x_test, test_labels = dataset.test.design, dataset.test.labels
    t = np.eye(N_CLASSES, dtype=np.float32)[labels]
    w = np.random.default_rng(weight_seed).random((N_CLASSES, x.shape[1])).astype(np.float32)
    rate = np.float32(LEARNING_RATE / BATCH_SIZE)
    train_log, test_log = np.empty(N_EPOCHS), np.empty(N_EPOCHS)
    for epoch in range(N_EPOCHS):
        for lo in range(0, N_TRAIN, BATCH_SIZE):
            rows = slice(lo, lo + BATCH_SIZE)
            w += rate * (t[rows] - np.exp(_log_softmax(x[rows] @ w.T))).T @ x[rows]
        log_p, log_p_test = _log_softmax(x @ w.T), _log_softmax(x_test @ w.T)
        train_log[epoch] = log_p[np.arange(N_TRAIN), labels].mean()
        test_log[epoch] = log_p_test[np.arange(N_TEST), test_labels].mean()
    return _History(
        float((log_p.argmax(axis=1) == labels).mean()),
        float((log_p_test.argmax(axis=1) == test_labels).mean()),
        train_log,
        test_log,
    )


@pytest.mark.parametrize("weight_seed", [0, 1, 2])
def test_tells_the_story_of_overfitting(weight_seed: int) -> None:
    history = _train(weight_seed)
    assert history.train_score >= 0.97
    assert 0.88 <= history.test_score <= 0.96
    assert history.train_score - history.test_score > 0.02
    # The test images are explained best long before the end, the training images at the end.
    best = int(history.test_log_likelihood.argmax()) + 1
    assert 5 <= best <= 33
    assert history.test_log_likelihood[-1] < history.test_log_likelihood[best - 1] - 0.003
    assert history.train_log_likelihood[-1] > history.train_log_likelihood[best - 1]
