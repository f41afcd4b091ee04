"""A model in a file: the weights as safetensors, what they belong to as JSON in its header.

Neither can execute anything. The format refuses lying shapes, overlaps and trailing bytes by
itself (https://github.com/huggingface/safetensors); what it accepts and we do not, such as weights
that are not numbers, is checked here.
"""

from __future__ import annotations

import json
import math
import struct
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from safetensors import SafetensorError
from safetensors.numpy import load, save

from core.data.dataset import read_only
from core.errors import ModelError, printable
from core.sources import limits
from core.whole_file import write_whole
from core.words import UP, sized

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from core.data.dataset import Dataset

FORMAT = "perceptron-explorer model 1"
SUFFIX = ".safetensors"
_WEIGHTS = "weights"
_MAX_DATASET_NAME = 200
_MAX_REASON = 200
"""Characters of what a stranger's file says, in a message."""

_MAX_WEIGHTS_BYTES = 8 * limits.MAX_CLASSES * (limits.MAX_IMAGE_SIDE**2 + 1)


@dataclass(frozen=True, slots=True, eq=False)
class SavedModel:
    """A trained perceptron and what is needed to use it.

    Attributes
    ----------
    weights : (n_classes, n_features + 1) float32, bias in column 0, read-only
    image_shape : (height, width)
    class_names : one per class
    dataset : what it was trained on, in words
    epoch : how long
    settings : those of the training, by name
    """

    weights: NDArray[np.float32]
    image_shape: tuple[int, int]
    class_names: tuple[str, ...]
    dataset: str
    epoch: float
    settings: dict[str, Any]

    def check_fits(self, dataset: Dataset) -> None:
        """Raise ModelError if the images or classes of ``dataset`` are others."""
        ours, theirs = self.image_shape, dataset.image_shape
        if ours != theirs or len(self.class_names) != dataset.n_classes:
            raise ModelError(
                f"the model reads {len(self.class_names)} classes in images of {ours[0]} x "
                f"{ours[1]} pixels (it was trained on {self.dataset}), but {dataset.name} has "
                f"{dataset.n_classes} classes of {theirs[0]} x {theirs[1]}; open fitting data first"
            )


def save_model(path: Path, model: SavedModel) -> None:
    """Write a model; an older file of that name is replaced only by a whole one.

    Raises
    ------
    ModelError
        If it cannot be written there.
    """
    fields = [name for name in model.__slots__ if name != "weights"]
    about = {"format": FORMAT} | {name: getattr(model, name) for name in fields}
    weights = np.ascontiguousarray(model.weights, dtype=np.float32)
    content = save({_WEIGHTS: weights}, metadata={"about": json.dumps(about)})
    try:
        write_whole(path, content)
    except OSError as error:
        raise ModelError(
            f"{path}: cannot be written: {error.strerror}; choose another folder"
        ) from error


def load_model(path: Path) -> SavedModel:
    """Read a model.

    Raises
    ------
    ModelError
        Saying what is wrong with the file, and what would be right.
    """
    content = _read(path)
    try:
        weights = load(content)[_WEIGHTS]
        if weights.dtype != np.float32:
            raise ValueError(f"its weights are of type {weights.dtype}, not float32")
        about = _about(content)
        shape, names, settings = about["image_shape"], about["class_names"], about["settings"]
        if type(names) is not list:
            raise TypeError("its class names are no list")
        model = SavedModel(
            weights=read_only(np.array(weights)),
            image_shape=(_whole(shape[0]), _whole(shape[1])),
            class_names=tuple(_shown(name, limits.MAX_CLASS_NAME) for name in names),
            dataset=_shown(about["dataset"], _MAX_DATASET_NAME),
            epoch=float(about["epoch"]),
            settings=dict(settings),
        )
    except (
        SafetensorError,
        LookupError,
        TypeError,
        ValueError,
        OverflowError,
        RecursionError,
    ) as error:
        raise ModelError(
            f"{path}: no model of this program ({type(error).__name__}: "
            f"{str(error)[:_MAX_REASON]}); expected a file that Save model wrote, ending in "
            f"{SUFFIX}"
        ) from error
    _check(path, model)
    return model


def _read(path: Path) -> bytes:
    largest = _MAX_WEIGHTS_BYTES + limits.MAX_LINE_BYTES
    try:
        size = path.stat().st_size
        if size > largest or not path.is_file():
            raise ModelError(
                f"{path}: {sized(size, UP)} are no model of this program, which has at most "
                f"{sized(largest)}; expected a file ending in {SUFFIX}"
            )
        return path.read_bytes()
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else str(error)
        raise ModelError(f"{path}: cannot be read: {reason}") from error


def _about(content: bytes) -> dict[str, Any]:
    """Return our part of the header, whose bounds safetensors has already checked."""
    (length,) = struct.unpack("<Q", content[:8])
    header = json.loads(content[8 : 8 + length])
    about: dict[str, Any] = json.loads(header["__metadata__"]["about"])
    if about["format"] != FORMAT:
        raise ValueError(f"its format is not {FORMAT!r} but {about['format']!r}")
    return about


def _whole(value: object) -> int:
    if type(value) is not int:  # a truth value would be one
        raise TypeError(f"{value!r} is no whole number")
    return value


def _shown(words: object, most: int) -> str:
    """Return words from a file as they may be shown."""
    if not isinstance(words, str):
        raise TypeError(f"{words!r} is no word")
    return printable(words[:most])


def _check(path: Path, model: SavedModel) -> None:
    height, width = model.image_shape
    n_classes = len(model.class_names)
    wanted = (n_classes, height * width + 1)
    sides_fit = all(1 <= side <= limits.MAX_IMAGE_SIDE for side in model.image_shape)
    classes_fit = limits.MIN_CLASSES <= n_classes <= limits.MAX_CLASSES
    if not sides_fit or not classes_fit or model.weights.shape != wanted:
        raise ModelError(
            f"{path}: weights of shape {model.weights.shape} do not belong to {n_classes} classes "
            f"of {height} x {width} pixels; save the model again"
        )
    if not math.isfinite(model.epoch):
        raise ModelError(
            f"{path}: its epoch is {model.epoch}, no finite number; save the model again"
        )
    if not np.isfinite(model.weights).all():
        raise ModelError(f"{path}: some weights are not finite numbers; save the model again")
