"""From what a file format found to a data set: one shape, one scale, one way of naming classes.

Whatever is done to the numbers is noted in words: a hidden normalisation makes results disagree
with a calculation by hand.
"""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from core.data.dataset import Dataset, making_dataset
from core.errors import DatasetError
from core.progress import Progress
from core.sources import limits
from core.sources.fitting import USUAL_SIDE, brought_down
from core.sources.ink import is_dark_ink
from core.sources.limits import check_at_most
from core.sources.names import natural_key
from core.sources.pixel_scale import Pixels, scaled
from core.words import counted

if TYPE_CHECKING:
    from collections.abc import Generator, Sequence

    from numpy.typing import NDArray

    from core.sources.parts import Parts
    from core.sources.reading import ReadingConfig

_LUMINANCE = np.array([0.299, 0.587, 0.114], dtype=np.float32)
"""ITU-R BT.601, as Pillow's and most programs' grey."""

_ORDER_SEED = 0
_WORDS_AT_A_TIME = 8192
_COLOURED_AT_A_TIME = 256

_LIKELY_SIDE = 8
"""Pixels of a side: so large, one or two values more than a square are hardly by chance."""

_SMALL = 4
"""Pixels of a side: so few are more often measurements than an image."""


def assemble(
    parts: Parts, source: str, reading: ReadingConfig
) -> Generator[Progress, None, Dataset]:
    """Return the data set that ``parts`` hold, telling how far it is.

    Raises
    ------
    DatasetError
        If sizes, values or labels are outside the bounds, or do not fit together.
    """
    notes = list(parts.notes)
    pairs = [parts.train] if parts.test is None else [parts.train, parts.test]
    for images, labels in pairs:
        _check_numbers(parts.name, images)
        if len(images) != len(labels):
            raise DatasetError(
                f"{parts.name}: {counted(len(images), 'image')} but "
                f"{counted(len(labels), 'label')}; the two must belong together"
            )
        if not len(images):
            raise DatasetError(f"{parts.name}: there is no image in it; at least one is needed")
    n_images, n_values = (sum(f(images) for images, _ in pairs) for f in (len, np.size))
    check_at_most(parts.name, n_images, limits.MAX_IMAGES, "images", limits.SMALLER)
    check_at_most(parts.name, n_values, limits.MAX_ELEMENTS, "values", limits.SMALLER)
    folded = bool(parts.image_shape or reading.image_height)
    stacks = []
    for images, _ in pairs:
        stacks.append((yield from _grey(parts.name, images, notes, folded=folded)))
    shape = _image_shape(parts, stacks, reading)
    if max(shape) > limits.MAX_IMAGE_SIDE:
        side = reading.picture_side or USUAL_SIDE
        for i, images in enumerate(stacks):
            stacks[i] = yield from brought_down(images.reshape(len(images), *shape), side)
        parts = replace(parts, image_shape=(side, side))
        notes.append(
            f"Images of {shape[0]} x {shape[1]} pixels were brought to {side} x {side} (picture "
            "side)."
        )
    done, shape, names = _made_alike(parts, stacks, reading, notes)
    if parts.test is None:
        notes.append("There is no test part; a share of each class is set aside for it.")
    return (
        yield from making_dataset(
            parts.name,
            source,
            done[0],
            done[1] if len(done) == 2 else None,
            image_shape=shape,
            class_names=names,
            notes=tuple(dict.fromkeys(notes)),  # both parts may have needed the same
        )
    )


# What overflows or is no number at all is found and refused by name, not warned of.
@np.errstate(over="ignore", invalid="ignore")
def _made_alike(
    parts: Parts, stacks: list[NDArray[Any]], reading: ReadingConfig, notes: list[str]
) -> tuple[list[tuple[Pixels, NDArray[np.int64]]], tuple[int, int], tuple[str, ...]]:
    """Return images and labels of each part, the shape of an image, and what classes are called."""
    labels = [parts.train[1]] if parts.test is None else [parts.train[1], parts.test[1]]
    shape = _image_shape(parts, stacks, reading)
    if max(shape) < _SMALL and parts.image_shape is None and stacks[0].ndim == 2:
        notes.append(
            f"Each row of {math.prod(shape)} values was taken for an image of {shape[0]} x "
            f"{shape[1]} pixels."
        )
    stacks = [images.reshape(len(images), *shape) for images in stacks]
    columns = {"auto": parts.transposed, "rows": False, "columns": True}[reading.orientation]
    if columns:
        stacks = [images.transpose(0, 2, 1) for images in stacks]
        shape = (shape[1], shape[0])
        notes.append("Images are stored column by column and were turned upright.")
    pixels = scaled(parts.name, parts.pixel_max, stacks, notes, said=reading.full_ink)
    found_out = reading.ink == "auto" and is_dark_ink(pixels, notes)
    if found_out or reading.ink == "dark":
        pixels = [images.then(lambda rows: _full(rows) - rows) for images in pixels]
        otherwise = " If it is not, say so (ink)." * found_out
        notes.append(f"Ink is dark on light and was turned over: ink is 1, ground 0.{otherwise}")
    numbers, names = _classes(parts, labels, notes)
    mixed = [
        _mixed(images, column, what, notes)
        for images, column, what in zip(pixels, numbers, ("training", "test"), strict=False)
    ]
    return mixed, shape, names


def _check_numbers(name: str, images: NDArray[Any]) -> None:
    if images.dtype.kind not in "buif":
        raise DatasetError(
            f"{name}: images are of type {images.dtype}; pixels must be whole numbers or floats"
        )


def _side_in_planes(n_values: int) -> int:
    """Return the side of square images of so many values in three colours; 0 if they are none."""
    side = math.isqrt(n_values // 3)
    is_square = math.isqrt(n_values) ** 2 == n_values
    return side if 3 * side * side == n_values and not is_square else 0


def _grey(
    name: str, images: NDArray[Any], notes: list[str], *, folded: bool = False
) -> Generator[Progress, None, NDArray[Any]]:
    """Return images of (n, features) or (n, height, width), whatever the channels were.

    Rows of three colours are read as CIFAR's, one colour after the other, unless it is known
    already how they are ``folded``.
    """
    if images.ndim == 2 and (side := _side_in_planes(images.shape[1])) > 1 and not folded:
        images = images.reshape(len(images), 3, side, side)
        notes.append(
            f"Rows were taken as {side} x {side} red values, then green, then blue, as CIFAR's."
        )
    if images.ndim == 4 and images.shape[-1] == 1:
        return images[..., 0]
    if images.ndim == 4 and images.shape[1] == 1:
        return images[:, 0]
    if images.ndim == 4 and (images.shape[-1] == 3 or images.shape[1] == 3):
        if images.shape[-1] != 3:
            images = images.transpose(0, 2, 3, 1)
        notes.append("Colours became grey: 0.299 red + 0.587 green + 0.114 blue.")
        are_bytes = images.dtype == np.uint8
        grey = np.empty(images.shape[:3], dtype=np.uint8 if are_bytes else np.float32)
        for i in range(0, len(images), _COLOURED_AT_A_TIME):
            with np.errstate(over="ignore", invalid="ignore"):
                some = images[i : i + _COLOURED_AT_A_TIME] @ _LUMINANCE
            grey[i : i + _COLOURED_AT_A_TIME] = np.rint(some) if are_bytes else some
            yield Progress(i, len(images), "images")
        return grey
    if images.ndim not in (2, 3):
        raise DatasetError(
            f"{name}: images come as an array of shape {images.shape}; expected (n, pixels), "
            "(n, height, width) or (n, height, width, 1 or 3)"
        )
    return images


def _image_shape(
    parts: Parts, stacks: list[NDArray[Any]], reading: ReadingConfig
) -> tuple[int, int]:
    shapes = {images.shape[1:] for images in stacks}
    if len(shapes) > 1:
        words = " and ".join(" x ".join(map(str, images.shape[1:])) for images in stacks)
        raise DatasetError(
            f"{parts.name}: training and test images have different sizes ({words}); they must "
            "be alike"
        )
    (found,) = shapes
    if parts.image_shape is not None:
        shape = parts.image_shape
    elif len(found) == 2:
        shape = (found[0], found[1])
    else:
        shape = _folded(parts.name, found[0], reading.image_height)
    if not all(1 <= side <= limits.MAX_STORED_SIDE for side in shape):
        raise DatasetError(
            f"{parts.name}: images of {shape[0]} x {shape[1]} pixels; each side must be between 1 "
            f"and {limits.MAX_STORED_SIDE}"
        )
    if math.prod(shape) != math.prod(found):
        raise DatasetError(
            f"{parts.name}: an image has {math.prod(found)} values, not the {shape[0]} x "
            f"{shape[1]} announced"
        )
    return shape


def _folded(name: str, n_pixels: int, height: int) -> tuple[int, int]:
    """Return how a row of pixels is folded into an image."""
    if height:
        if n_pixels % height:
            raise DatasetError(
                f"{name}: {n_pixels} pixels do not make images of {height} rows; choose an image "
                f"height that divides {n_pixels}"
            )
        return height, n_pixels // height
    side = math.isqrt(n_pixels)
    if side * side != n_pixels:
        extra = next((n for n in (1, 2) if math.isqrt(n_pixels - n) ** 2 == n_pixels - n), 0)
        likely = ""
        if extra and n_pixels - extra >= _LIKELY_SIDE**2:
            likely = (
                f", but {n_pixels - extra} do: {counted(extra, 'column')} too many "
                f"{'is' if extra == 1 else 'are'} likely a label or the number of a row; leave "
                f"{'it' if extra == 1 else 'them'} out, or"
            )
        raise DatasetError(
            f"{name}: {n_pixels} pixels do not make a square image{likely or ';'} say how many "
            "rows an image has (image height)"
        )
    return side, side


def _full(images: NDArray[Any]) -> Any:
    """Return full ink, in the type of bytes or of fractions."""
    return images.dtype.type(255 if images.dtype == np.uint8 else 1)


def _classes(
    parts: Parts, columns: list[NDArray[Any]], notes: list[str]
) -> tuple[list[NDArray[np.int64]], tuple[str, ...]]:
    """Return labels 0..K-1 for each part, and the names of the classes."""
    plain = [_plain_labels(parts.name, labels, notes) for labels in columns]
    are_words = {labels.dtype.kind in "SUO" for labels in plain}
    if len(are_words) > 1:
        raise DatasetError(
            f"{parts.name}: labels are words in one part and numbers in the other; use one kind"
        )
    if parts.class_names is not None:
        _check_classes(parts.name, parts.class_names)
        names = tuple(word[: limits.MAX_CLASS_NAME] for word in parts.class_names)
        return [np.asarray(labels, dtype=np.int64) for labels in plain], names
    if are_words == {True}:
        return _word_codes(parts.name, plain)
    values, codes = np.unique(np.concatenate(plain), return_inverse=True)
    _check_classes(parts.name, values)
    codes = codes.reshape(-1).astype(np.int64)
    ends = np.cumsum([len(labels) for labels in plain])
    return np.split(codes, ends[:-1]), tuple(map(str, values))


def _word_codes(
    name: str, columns: list[NDArray[Any]]
) -> tuple[list[NDArray[np.int64]], tuple[str, ...]]:
    """Return labels 0..K-1 for words, and the words in their order.

    A dictionary, and not ``np.unique``: sorting a million long words takes seconds, and here too
    many different ones are noticed at once.
    """
    places: dict[str, int] = {}
    found = []
    for labels in columns:
        codes = np.empty(len(labels), dtype=np.int64)
        for i in range(0, len(labels), _WORDS_AT_A_TIME):
            words = labels[i : i + _WORDS_AT_A_TIME].tolist()
            if labels.dtype.kind == "S":
                words = [word.decode("utf-8", "replace") for word in words]
            codes[i : i + len(words)] = [places.setdefault(word, len(places)) for word in words]
            if len(places) > limits.MAX_CLASSES:
                break
        found.append(codes)
    names = sorted(places, key=natural_key)
    _check_classes(name, names)
    order = np.empty(len(names), dtype=np.int64)
    order[[places[word] for word in names]] = np.arange(len(names))
    return [order[codes] for codes in found], tuple(word[: limits.MAX_CLASS_NAME] for word in names)


def _check_classes(name: str, values: Sequence[object] | NDArray[Any]) -> None:
    n_classes = len(values)
    if n_classes == 1:
        raise DatasetError(
            f"{name}: all labels are {str(values[0])[: limits.MAX_CLASS_NAME]}; there must be two "
            "classes at least. If labels are elsewhere, say where (label column, arrays)"
        )
    if not limits.MIN_CLASSES <= n_classes <= limits.MAX_CLASSES:
        few = ", ".join(str(value)[: limits.MAX_CLASS_NAME] for value in values[:3])
        more = n_classes > limits.MAX_CLASSES
        raise DatasetError(
            f"{name}: {'more than ' * more}{min(n_classes, limits.MAX_CLASSES)} "
            f"class{'es' * (n_classes != 1)} ({few}{', ...' if n_classes > 3 else ''}); between "
            f"{limits.MIN_CLASSES} and {limits.MAX_CLASSES} are accepted"
        )


def _plain_labels(name: str, labels: NDArray[Any], notes: list[str]) -> NDArray[Any]:
    """Return labels as (n,) int64, or (n,) words as they are stored."""
    if labels.ndim == 2 and labels.shape[1] == 1:
        labels = labels[:, 0]
    if labels.ndim == 2 and labels.dtype.kind in "buif":
        hot = (labels != 0).sum(axis=1)
        if (hot != 1).any():
            bad = int(np.flatnonzero(hot != 1)[0])
            raise DatasetError(
                f"{name}: the labels of image {bad} are a row of {labels.shape[1]} numbers, of "
                f"which {int(hot[bad])} are not 0; expected one number or one-hot rows"
            )
        places = np.asarray((labels != 0).argmax(axis=1), dtype=np.int64)
        marks = labels[np.arange(len(labels)), places]
        strange = ~np.isfinite(marks) | (marks != marks[0])
        if strange.any():
            bad = int(np.flatnonzero(strange)[0])
            raise DatasetError(
                f"{name}: the labels of image {bad} are a row with {marks[bad]}, those of image 0 "
                f"with {marks[0]}; expected one-hot rows with the same number everywhere, as 1"
            )
        notes.append("One-hot labels became class numbers.")
        return places
    if labels.ndim != 1:
        raise DatasetError(
            f"{name}: labels come as an array of shape {labels.shape}; expected one per image"
        )
    if labels.dtype.kind in "SUO":
        return labels
    if labels.dtype.kind == "f":
        whole = np.isfinite(labels) & (labels == np.rint(labels)) & (np.abs(labels) < 2**53)
        if not whole.all():
            bad = int(np.flatnonzero(~whole)[0])
            raise DatasetError(
                f"{name}: label {labels[bad]} of image {bad} is no whole number; labels name "
                "classes. If these are no labels, open the file again and say which are"
            )
        return labels.astype(np.int64)
    if labels.dtype.kind in "bi" or (labels.dtype.kind == "u" and labels.max() < 2**63):
        return labels.astype(np.int64)
    raise DatasetError(
        f"{name}: labels are of type {labels.dtype}; expected whole numbers or words"
    )


def _mixed(
    images: Pixels, labels: NDArray[np.int64], what: str, notes: list[str]
) -> tuple[Pixels, NDArray[np.int64]]:
    """Shuffle what is grouped by class: the first images asked for must hold every class."""
    if not _is_grouped(labels):
        return images, labels
    order = np.random.default_rng(_ORDER_SEED).permutation(len(labels))
    notes.append(f"The {what} images came class after class and were shuffled.")
    return replace(images, order=order), labels[order]


def _is_grouped(labels: NDArray[np.int64]) -> bool:
    """Whether labels are sorted, or come in runs far longer than those of a random order.

    In a random order of shares p_k, neighbours differ in (n - 1)(1 - sum p_k^2) places on average,
    with a spread below the square root of that. Grouped is less than half of it, and by more than
    three times the spread, so that a few images in any order stay as they are.
    """
    steps = np.diff(labels)
    n_changes = np.count_nonzero(steps)
    if (steps >= 0).all():
        return bool(n_changes > 0)
    _, counts = np.unique(labels, return_counts=True)
    expected = len(steps) * (1 - float(((counts / len(labels)) ** 2).sum()))
    return bool(n_changes < min(expected / 2, expected - 3 * math.sqrt(expected)))
