"""What ships opens by name; stroke digits look like MNIST and overfit like it when trained on."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pytest

from core.errors import DatasetError
from core.sources import NAMED_SOURCES, built_in, open_dataset

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from numpy.typing import NDArray

SIDE = 28
N_CLASSES = 10
N_TRAIN = 5_000
N_TEST = 2_000
N_EPOCHS = 50
BATCH_SIZE = 20
LEARNING_RATE = 0.1


def test_the_first_named_source_is_the_strokes() -> None:
    assert next(iter(NAMED_SOURCES)) == "strokes"
    assert all(label for label, _ in NAMED_SOURCES.values())


def test_the_8x8_digits_open_by_name() -> None:
    dataset = open_dataset("digits8")
    assert dataset.image_shape == (8, 8)
    assert dataset.class_names == tuple("0123456789")
    assert (dataset.train.n_samples, dataset.test.n_samples) == (1297, 500)
    assert dataset.train.images.max() == 1
    # Multiples of one sixteenth, and every class about equally often.
    assert set(np.unique(dataset.train.images * 16)) == set(range(17))
    assert np.bincount(dataset.train.labels).min() > 100
    assert np.bincount(dataset.test.labels).min() > 40


def test_the_strokes_open_by_name() -> None:
    dataset = open_dataset("strokes")
    assert dataset.image_shape == (SIDE, SIDE)
    assert dataset.class_names == tuple("0123456789")
    assert (dataset.train.n_samples, dataset.test.n_samples) == (6000, 2000)
    assert open_dataset("strokes").content_hash == dataset.content_hash


@pytest.mark.parametrize("name", ["strokes", "digits8"])
@pytest.mark.parametrize(
    "damage",
    [
        lambda content: b"",
        lambda content: content[: len(content) // 2],
        lambda content: b"PK\x03\x04" + b"x" * 40,
        lambda content: b"not an archive",
        lambda content: content[:2000] + bytes(500) + content[2500:],
        None,
    ],
    ids=["empty", "cut", "not a zip inside", "text", "overwritten", "missing"],
)
def test_a_damaged_file_says_to_restore_it(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    name: str,
    damage: Callable[[bytes], bytes] | None,
) -> None:
    file = tmp_path / f"{name}.npz"
    if damage is not None:
        file.write_bytes(damage((built_in.ASSETS / file.name).read_bytes()))
    monkeypatch.setattr(built_in, "ASSETS", tmp_path)
    with pytest.raises(DatasetError, match="restore the file from the repository") as caught:
        open_dataset(name)
    assert str(file) in str(caught.value)


def test_the_strokes_are_what_the_script_draws(
    strokes: tuple[NDArray[np.uint8], NDArray[np.uint8]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first batch: a change of the pen shows in any image.

    Bit for bit where the file was made. Another processor sums its float32 products in another
    order, which turns a pixel of some 40,000 by one grey level.
    """
    monkeypatch.syspath_prepend(built_in.ASSETS)
    drawn, digits = next(importlib.import_module("make_strokes").drawing())
    images, labels = strokes
    assert np.array_equal(digits, labels[: len(digits)])
    change = np.abs(drawn.astype(np.int64) - images[: len(drawn)])
    assert change.max() <= 1
    assert np.count_nonzero(change) <= drawn.size / 10_000


@pytest.fixture(scope="module")
def strokes() -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """Return grey levels (n, 28, 28) and labels (n,) of all that ship."""
    with np.load(built_in.ASSETS / "strokes.npz") as archive:
        return archive["images"], archive["labels"]


def test_shapes_types_and_range(strokes: tuple[NDArray[np.uint8], NDArray[np.uint8]]) -> None:
    images, labels = strokes
    assert images.shape == (8_000, SIDE, SIDE)
    assert images.dtype == np.uint8
    assert labels.shape == (8_000,)
    # Paper is white, and every digit has full ink somewhere.
    assert images.min() == 0
    assert images.max(axis=(1, 2)).min() >= 200


def test_no_image_twice(strokes: tuple[NDArray[np.uint8], NDArray[np.uint8]]) -> None:
    images, _ = strokes
    assert len({image.tobytes() for image in images}) == len(images)


def test_classes_uniform_in_random_order(
    strokes: tuple[NDArray[np.uint8], NDArray[np.uint8]],
) -> None:
    _, labels = strokes
    assert np.bincount(labels).tolist() == [800] * N_CLASSES
    # The first hundred of a shuffled deck are not the classes in turn.
    assert not np.array_equal(labels[:100], np.arange(100) % N_CLASSES)
    assert np.unique(labels[:100]).size == N_CLASSES


def test_centred_by_centre_of_mass(strokes: tuple[NDArray[np.uint8], NDArray[np.uint8]]) -> None:
    ink = strokes[0].astype(np.float64)
    middles = np.arange(SIDE) - SIDE // 2  # of the pixel (14, 14)
    total = ink.sum(axis=(1, 2))
    x = ink.sum(axis=1) @ middles / total
    y = ink.sum(axis=2) @ middles / total
    for way in (x, y):  # as MNIST's, which were moved by whole pixels: anywhere within it
        assert abs(way.mean()) < 0.01
        assert way.std() == pytest.approx(12**-0.5, abs=0.01)
        assert np.abs(way).max() < 0.8


def test_border_is_blank(strokes: tuple[NDArray[np.uint8], NDArray[np.uint8]]) -> None:
    images, _ = strokes
    border = np.ones((SIDE, SIDE), np.bool_)
    border[1:-1, 1:-1] = False
    # But for the faint rim of a line, in two images of 8,000.
    assert images[:, border].max() < 50
    assert np.count_nonzero(images[:, border].any(axis=1)) <= 2


def test_longer_side_near_20_pixels(strokes: tuple[NDArray[np.uint8], NDArray[np.uint8]]) -> None:
    images, _ = strokes
    height = (images > 64).any(axis=2).sum(axis=1)
    width = (images > 64).any(axis=1).sum(axis=1)
    longer = np.maximum(height, width)
    assert 18.5 < longer.mean() < 21.5
    assert longer.min() >= 14
    assert longer.max() <= 23


def test_antialiased(strokes: tuple[NDArray[np.uint8], NDArray[np.uint8]]) -> None:
    images, _ = strokes
    inked = (images > 0).sum(axis=(1, 2))
    grey = ((images > 25) & (images < 230)).sum(axis=(1, 2))
    assert (grey / inked).min() > 0.1
    assert (grey / inked).mean() > 0.3
    assert np.unique(images).size == 256


def test_zeros_are_open(strokes: tuple[NDArray[np.uint8], NDArray[np.uint8]]) -> None:
    images, labels = strokes
    middle = images[labels == 0, 12:16, 12:16]
    assert (middle.min(axis=(1, 2)) < 128).mean() > 0.995


def test_lines_are_thin(strokes: tuple[NDArray[np.uint8], NDArray[np.uint8]]) -> None:
    # A plain one is a line as long as the digit, so its area tells the width of the pen.
    images, labels = strokes
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
