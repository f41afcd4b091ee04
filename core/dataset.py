"""Images with labels, read-only, of any height, width and number of classes."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from core.errors import DatasetError
from core.parameters import check_parameters, parameter

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray


def read_only(array: NDArray[Any]) -> NDArray[Any]:
    """Return ``array``, no longer writeable."""
    array.flags.writeable = False
    return array


@dataclass(frozen=True)
class DataConfig:
    """Which data set, and how much of it."""

    dataset: str = parameter(
        "strokes",
        "text",
        "Data",
        "What is learnt: strokes (drawn digits), digits8 (8 x 8 handwritten digits), or the path "
        "of IDX files such as MNIST's.",
    )
    train_size: int = parameter(
        5000,
        "int",
        "Training images",
        "How many of the first training images are learnt from; all of them where there are "
        "fewer. Few images are learnt by heart: the two curves part.",
        low=1,
        high=1_000_000,
        unit="images",
        formula="the sum in the update runs over these images",
    )
    test_size: int = parameter(
        3000,
        "int",
        "Test images",
        "How many of the first test images measure what was learnt; all of them where there are "
        "fewer. They are never learnt from.",
        low=1,
        high=1_000_000,
        unit="images",
        formula="score = correct / n,   log-likelihood = (1/n) sum of log y_true",
    )
    validation_size: int = parameter(
        0,
        "int",
        "Validation images",
        "How many images are taken from the end of the training set to choose the best epoch, so "
        "that the test set stays unseen.",
        low=0,
        high=500_000,
        unit="images",
        zero_word="none: the test set chooses",
        formula="best epoch = argmax of the held-out log-likelihood",
    )

    def __post_init__(self) -> None:
        """Check the declared ranges."""
        check_parameters(self)


@dataclass(frozen=True, eq=False)
class Split:
    """One part of a data set.

    Attributes
    ----------
    images : (n_samples, n_features) float32 in [0, 1], C order, read-only
    labels : (n_samples,) int64, read-only
    """

    images: NDArray[np.float32]
    labels: NDArray[np.int64]

    @property
    def n_samples(self) -> int:
        """Number of images."""
        return len(self.labels)

    @cached_property
    def design(self) -> NDArray[np.float32]:
        """The images with the constant component 1 before them, (n_samples, n_features + 1).

        Kept once per split: with the bias inside the matrix a training step needs two products
        and no separate sum, which is measurably faster than adding the bias each time.
        """
        design = np.empty((self.n_samples, self.images.shape[1] + 1), dtype=np.float32)
        design[:, 0] = 1.0
        design[:, 1:] = self.images
        return read_only(design)

    def chunks(self, rows: int = 2048) -> Iterator[tuple[NDArray[np.float32], NDArray[np.int64]]]:
        """Yield (images, labels) in slices, so that no temporary grows with the data set."""
        for first in range(0, self.n_samples, rows):
            yield self.images[first : first + rows], self.labels[first : first + rows]

    def part(self, first: int, last: int) -> Split:
        """Return samples ``first`` up to ``last`` as a split sharing this one's memory."""
        if first == 0 and last >= self.n_samples:
            return self
        return Split(self.images[first:last], self.labels[first:last])


@dataclass(frozen=True, eq=False)
class Dataset:
    """Everything a perceptron is trained and measured on.

    Attributes
    ----------
    name, source : what people call it, and where it came from
    image_shape : (height, width)
    class_names : one per class, in the order of the labels
    train, test : never overlapping
    validation : taken from the end of train, or None
    """

    name: str
    source: str
    image_shape: tuple[int, int]
    class_names: tuple[str, ...]
    train: Split
    test: Split
    validation: Split | None = None

    @property
    def n_classes(self) -> int:
        """Number of classes."""
        return len(self.class_names)

    @property
    def n_features(self) -> int:
        """Number of pixels of an image."""
        return self.image_shape[0] * self.image_shape[1]

    @property
    def held_out(self) -> Split:
        """The part that chooses the best epoch: validation where there is one, else test."""
        return self.test if self.validation is None else self.validation

    @cached_property
    def content_hash(self) -> str:
        """SHA-256 over shapes, labels and pixels; equal data have equal hashes."""
        digest = hashlib.sha256(repr((self.image_shape, self.class_names)).encode())
        for split in (self.train, self.test, self.validation):
            if split is not None:
                digest.update(f"{split.n_samples};".encode())
                for images, labels in split.chunks():
                    digest.update(images.tobytes())
                    digest.update(labels.tobytes())
        return digest.hexdigest()

    def split(self, part: str) -> Split:
        """Return the part called ``train``, ``test`` or ``validation``.

        Raises
        ------
        DatasetError
            If this data set has no such part.
        """
        parts = {"train": self.train, "test": self.test, "validation": self.validation}
        chosen = parts.get(part)
        if chosen is None:
            raise DatasetError(f"{self.name} has no {part} part")
        return chosen

    def sized(self, config: DataConfig) -> Dataset:
        """Return the part of this data set that ``config`` asks for, sharing its memory.

        The validation images come from the end of the training images asked for.

        Raises
        ------
        DatasetError
            If the validation part would leave no image to learn from.
        """
        n_train = min(config.train_size, self.train.n_samples)
        n_fit = n_train - config.validation_size
        if n_fit < 1:
            raise DatasetError(
                f"{config.validation_size} validation images leave none of {n_train} training "
                f"images to learn from; choose fewer than {n_train}"
            )
        validation = self.train.part(n_fit, n_train) if config.validation_size else None
        n_test = min(config.test_size, self.test.n_samples)
        train, test = self.train.part(0, n_fit), self.test.part(0, n_test)
        return replace(self, train=train, test=test, validation=validation)


def make_split(images: NDArray[Any], labels: NDArray[Any], n_classes: int, what: str) -> Split:
    """Check and convert one part.

    Parameters
    ----------
    images : (n_samples, n_features) or (n_samples, height, width)
        uint8 in 0..255 (scaled to [0, 1]) or floating point in [0, 1].
    labels : (n_samples,) integers in 0..n_classes - 1
    what : how to name this part in an error

    Raises
    ------
    DatasetError
        If the part is empty, images and labels do not match, or a value is out of range.
    """
    n_samples = len(images)
    if n_samples == 0:
        raise DatasetError(f"{what}: there is no image in it; at least one is needed")
    if n_samples != len(labels):
        raise DatasetError(
            f"{what}: {n_samples} images but {len(labels)} labels; the two must belong together"
        )
    flat = images.reshape(n_samples, -1)
    if flat.dtype == np.uint8:
        # One multiplication straight into float32: no float64 copy of 60,000 images.
        pixels = np.multiply(flat, np.float32(1 / 255), dtype=np.float32)
    else:
        pixels = np.array(flat, dtype=np.float32, order="C")
        if not np.isfinite(pixels).all() or pixels.min() < 0 or pixels.max() > 1:
            raise DatasetError(f"{what}: pixels must be finite and lie between 0 and 1")
    low, high = int(labels.min()), int(labels.max())
    if low < 0 or high >= n_classes:
        bad = int(np.flatnonzero((labels < 0) | (labels >= n_classes))[0])
        raise DatasetError(
            f"{what}: label {int(labels[bad])} of image {bad} is out of range; "
            f"labels must lie between 0 and {n_classes - 1}"
        )
    return Split(read_only(pixels), read_only(np.array(labels, dtype=np.int64)))


def make_dataset(
    name: str,
    source: str,
    train: tuple[NDArray[Any], NDArray[Any]],
    test: tuple[NDArray[Any], NDArray[Any]],
    *,
    image_shape: tuple[int, int],
    class_names: Sequence[str] | None = None,
) -> Dataset:
    """Build a checked :class:`Dataset` from two (images, labels) pairs.

    Without ``class_names`` the classes are 0 up to the largest label of either part, at least two.

    Raises
    ------
    DatasetError
        As :func:`make_split`, or if an image has another number of pixels than ``image_shape``.
    """
    if class_names is None:
        largest = max((int(labels.max()) for _, labels in (train, test) if len(labels)), default=1)
        class_names = [str(k) for k in range(max(largest, 1) + 1)]
    n_pixels = image_shape[0] * image_shape[1]
    for what, (images, _) in (("training part", train), ("test part", test)):
        if len(images) and images[0].size != n_pixels:
            raise DatasetError(
                f"{what}: images have {images[0].size} pixels, expected "
                f"{image_shape[0]} x {image_shape[1]} = {n_pixels}"
            )
    return Dataset(
        name=name,
        source=source,
        image_shape=image_shape,
        class_names=tuple(class_names),
        train=make_split(*train, len(class_names), f"{name}, training part"),
        test=make_split(*test, len(class_names), f"{name}, test part"),
    )
