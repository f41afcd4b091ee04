"""Images with labels, read-only, of any height, width and number of classes."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from core.data.config import DEFAULT_TEST_PERCENT, DataConfig
from core.data.conversion import checked_labels, converting, make_split
from core.data.samples import Split, read_only
from core.errors import DatasetError, SettingError, printable
from core.progress import done_at_once

if TYPE_CHECKING:
    from collections.abc import Generator, Sequence

    from numpy.typing import NDArray

    from core.data.conversion import Rows
    from core.progress import Progress

__all__ = ["DataConfig", "Dataset", "Split", "make_dataset", "make_split", "read_only"]

_NAMED = 50
"""Classes that an error or a note lists."""

_LACKING = "No training image is of "

VALIDATION_PART = 6
"""One in so many training images is set aside where nobody says how many."""


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
    has_own_test : whether the data came with a test part, or one was split off here
    notes : what was done to the data on the way in, in words: nothing is normalised in secret
    extra : samples a person has added, or None; :meth:`sized` puts them behind the training images
    """

    name: str
    source: str
    image_shape: tuple[int, int]
    class_names: tuple[str, ...]
    train: Split
    test: Split
    validation: Split | None = None
    has_own_test: bool = True
    notes: tuple[str, ...] = ()
    extra: Split | None = None

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
        import hashlib  # with OpenSSL, which nothing else here needs

        digest = hashlib.sha256(repr((self.image_shape, self.class_names)).encode())
        for name in ("train", "test", "validation", "extra"):
            split: Split | None = getattr(self, name)
            if split is not None:
                # Added samples must not be taken for validation images.
                mark = "extra;" if name == "extra" else ""
                digest.update(f"{mark}{split.n_samples};".encode())
                for _, images, labels in split.chunks():
                    digest.update(images.tobytes())
                    digest.update(labels.tobytes())
        return digest.hexdigest()

    def class_called(self, name: str) -> int:
        """Return the place of the class of that name, in whatever capitals if there is but one.

        Raises
        ------
        SettingError
            If there is none, naming those there are.
        """
        alike = [k for k, word in enumerate(self.class_names) if word.casefold() == name.casefold()]
        if name in self.class_names:
            return self.class_names.index(name)
        if len(alike) == 1:
            return alike[0]
        more = ", ..." * (self.n_classes > _NAMED)
        raise SettingError(
            f"{name!r} is no class of {self.name}; its classes are "
            f"{', '.join(self.class_names[:_NAMED])}{more}"
        )

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

        The validation images come from the end of the training images asked for. Added samples
        follow the training images, as they are: no noise reaches them, and no other image's number
        changes. They alone make a copy necessary.

        Raises
        ------
        DatasetError
            If the validation part would leave no image to learn from.
        """
        self.check_sizes(config)
        whole = self._split_again(config)
        n_train = min(config.train_size, whole.train.n_samples)
        n_fit = n_train - config.validation_size
        validation = whole.train.part(n_fit, n_train) if config.validation_size else None
        n_test = min(config.test_size, whole.test.n_samples)
        train, test = whole.train.part(0, n_fit), whole.test.part(0, n_test)
        sized = replace(whole, train=train, test=test, validation=validation, extra=None)
        sized = sized._with_noise(config)
        if self.extra is not None:
            sized = replace(sized, train=sized.train + self.extra)
        return sized._with_what_lacks()

    def _with_what_lacks(self) -> Dataset:
        """Return these data with a note on the classes that nothing can be learned of."""
        n_images = np.bincount(self.train.labels, minlength=self.n_classes)
        names = [self.class_names[k] for k in np.flatnonzero(n_images[: self.n_classes] == 0)]
        notes = tuple(note for note in self.notes if not note.startswith(_LACKING))
        if names:
            more = ", ..." * (len(names) > _NAMED)
            words = "what is of such a class is read as another, and its score is 0."
            notes = (*notes, f"{_LACKING}{', '.join(names[:_NAMED])}{more}: {words}")
        return self if notes == self.notes else replace(self, notes=notes)

    def makes_pixels(self, config: DataConfig) -> bool:
        """Whether :meth:`sized` makes new pixels, not only views of its own."""
        return config.copies_pixels or self.extra is not None

    @property
    def n_extra(self) -> int:
        """Number of samples a person has added."""
        return 0 if self.extra is None else self.extra.n_samples

    def n_to_learn(self, config: DataConfig) -> int:
        """Return how many images :meth:`sized` learns from, added ones among them."""
        return self._n_train(config) - config.validation_size + self.n_extra

    def with_sample(self, image: NDArray[Any], label: int) -> Dataset:
        """Return these data with one more sample to learn from, image (n_features,) in [0, 1].

        Raises
        ------
        DatasetError
            If the image has another number of pixels, or there is no such class.
        """
        if image.size != self.n_features:
            raise DatasetError(
                f"The image has {image.size} pixels; those of {self.name} have {self.n_features}"
            )
        rows, labels = np.reshape(image, (1, -1)), np.array([label])
        added = make_split(rows, labels, self.n_classes, "added sample")
        return replace(self, extra=added if self.extra is None else self.extra + added)

    def without_last_sample(self) -> Dataset:
        """Return these data without the sample added last, if there is one."""
        if self.extra is None:
            return self
        left = self.n_extra - 1
        return replace(self, extra=self.extra.part(0, left) if left else None)

    def fitting(self, config: DataConfig) -> DataConfig:
        """Return ``config`` with as many validation images as leave something to learn from.

        Where there are too many, one in :data:`VALIDATION_PART` is taken instead.
        """
        n_train = self._n_train(config)
        if config.validation_size < n_train:
            return config
        return replace(config, validation_size=validation_share(n_train))

    def _n_train(self, config: DataConfig) -> int:
        """Return how many training images there are, validation images among them."""
        n_train = self.train.n_samples
        if self._is_split_again(config):
            labels = np.concatenate((self.train.labels, self.test.labels))
            share = config.test_share / 100
            n_train = sum(n - n_set_aside(n, share) for n in np.bincount(labels).tolist() if n)
        return min(config.train_size, n_train)

    def check_sizes(self, config: DataConfig) -> None:
        """Raise DatasetError if the validation part would leave no image to learn from."""
        n_train = self._n_train(config)
        if config.validation_size >= n_train:
            raise DatasetError(
                f"{config.validation_size} validation images leave none of {n_train} training "
                f"images to learn from; choose fewer than {n_train}"
            )

    def _is_split_again(self, config: DataConfig) -> bool:
        # Data without a test part were split in the usual way when they were opened.
        usual = (config.test_share, config.split_seed) == (DEFAULT_TEST_PERCENT, 0)
        return not self.has_own_test and not usual

    def _split_again(self, config: DataConfig) -> Dataset:
        """Return these data with the test part set aside that ``config`` asks for."""
        if not self._is_split_again(config):
            return self
        pool = Split(
            np.concatenate((self.train.images, self.test.images)),
            np.concatenate((self.train.labels, self.test.labels)),
        )
        train, test = split_off(pool, config.test_share, config.split_seed)
        if test.n_samples == 0:
            raise DatasetError(f"{self.name}: no class has two images to split")
        return replace(self, train=train, test=test)

    def _with_noise(self, config: DataConfig) -> Dataset:
        def rng(stream: int) -> np.random.Generator:
            # One stream for each use: turning one kind of noise on changes nothing else.
            return np.random.default_rng((config.noise_seed, stream))

        train, test, validation = self.train, self.test, self.validation
        if config.pixel_noise:
            train = train.with_pixel_noise(config.pixel_noise, rng(0))
            test = test.with_pixel_noise(config.pixel_noise, rng(1))
            if validation is not None:
                validation = validation.with_pixel_noise(config.pixel_noise, rng(2))
        if config.label_noise:
            train = train.with_label_noise(config.label_noise, self.n_classes, rng(3))
        return replace(self, train=train, test=test, validation=validation)


def validation_share(n_train: int) -> int:
    """Return how many of so many training images are usually set aside; 0 where there are too few.

    One in :data:`VALIDATION_PART`: MNIST's 60,000 give as many as its test set has.
    """
    return max(n_train // VALIDATION_PART, 1) if n_train > 1 else 0


def split_off(pool: Split, percent: float, seed: int) -> tuple[Split, Split]:
    """Return ``pool`` as a training and a test part, each class divided in the same way."""
    kept, aside = set_aside(pool.labels, percent, seed)
    return pool.take(kept), pool.take(aside)


def set_aside(
    labels: NDArray[np.int64], percent: float, seed: int
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return which samples :func:`split_off` keeps, and which it sets aside."""
    return stratified_split(labels, percent / 100, np.random.default_rng(seed))


def n_set_aside(n_members: int, share: float) -> int:
    """Return how many images of a class of ``n_members`` are set aside.

    One at least and all but one at most; none of a class with a single image.
    """
    return min(max(round(share * n_members), 1), n_members - 1)


def stratified_split(
    labels: NDArray[np.int64], share: float, rng: np.random.Generator
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Split samples so that each part has nearly the same classes in nearly the same proportions.

    Parameters
    ----------
    labels : (n_samples,)
    share
        Which part of each class is set aside, above 0 and below 1; see :func:`n_set_aside`.
    rng
        The same state gives the same split.

    Returns
    -------
    kept, set_aside
        Indices (n_kept,) and (n_aside,), each in random order, so that any first part of them
        has every class in it.
    """
    kept, aside = [], []
    order = rng.permutation(len(labels))
    for label in np.unique(labels):
        members = order[labels[order] == label]
        n_aside = n_set_aside(len(members), share)
        aside.append(members[:n_aside])
        kept.append(members[n_aside:])
    return rng.permutation(np.concatenate(kept)), rng.permutation(np.concatenate(aside))


def making_dataset(
    name: str,
    source: str,
    train: tuple[Rows, NDArray[Any]],
    test: tuple[Rows, NDArray[Any]] | None,
    *,
    image_shape: tuple[int, int],
    class_names: Sequence[str] | None = None,
    notes: Sequence[str] = (),
) -> Generator[Progress, None, Dataset]:
    """Build a checked :class:`Dataset` from two (images, labels) pairs, telling how far it is.

    Without a ``test`` pair one is split off, the same part of each class.
    Without ``class_names`` the classes are 0 up to the largest label of either part, at least two.

    Raises
    ------
    DatasetError
        As :func:`make_split`, if an image has another number of pixels than ``image_shape``, or
        if there is nothing to split off.
    """
    parts = [("training part", train)] + ([("test part", test)] if test is not None else [])
    if class_names is None:
        largest = max((int(labels.max()) for _, (_, labels) in parts if len(labels)), default=1)
        class_names = [str(k) for k in range(max(largest, 1) + 1)]
    n_pixels = image_shape[0] * image_shape[1]
    for what, (images, _) in parts:
        found = math.prod(images.shape[1:])
        if len(images) and found != n_pixels:
            raise DatasetError(
                f"{what}: images have {found} pixels, expected "
                f"{image_shape[0]} x {image_shape[1]} = {n_pixels}"
            )
    taken: list[tuple[Rows, NDArray[np.int64], NDArray[np.int64] | slice, str]] = []
    for part, (images, labels) in parts:
        what = f"{name}, {part}"
        taken.append(
            (images, checked_labels(images, labels, len(class_names), what), slice(None), what)
        )
    if test is None:  # before there are any pixels: they would be there twice
        images, labels, _, what = taken.pop()
        kept, aside = set_aside(labels, DEFAULT_TEST_PERCENT, 0)
        if not len(aside):
            raise DatasetError(
                f"{name}: no test part, and no class has two images, so that none can be split "
                "off; add images"
            )
        taken = [(images, labels, kept, what), (images, labels, aside, what)]
    splits = []
    for some in taken:
        splits.append((yield from converting(*some)))
    made = Dataset(
        name=printable(name),
        source=printable(source),
        image_shape=image_shape,
        class_names=tuple(printable(word) for word in class_names),
        train=splits[0],
        test=splits[1],
        has_own_test=test is not None,
        notes=tuple(printable(note) for note in notes),
    )
    return made._with_what_lacks()


make_dataset = done_at_once(making_dataset)
"""Does all of it."""
