"""What a model reads in every image of a part, and choosing images by it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from core.data.dataset import read_only
from core.learning.perceptron import SoftmaxPerceptron
from core.parameters import Settings, parameter

if TYPE_CHECKING:
    from typing import Any

    from numpy.typing import NDArray

    from core.data.dataset import Split


@dataclass(frozen=True, slots=True, eq=False)
class Readings:
    """One answer per image of a split.

    Attributes
    ----------
    predicted : (n_samples,) int64, the class with the highest probability
    confidence : (n_samples,) float32, its probability
    """

    predicted: NDArray[np.int64]
    confidence: NDArray[np.float32]


def read_images(weights: NDArray[Any], split: Split) -> Readings:
    """Return what the model with ``weights`` (n_classes, n_features + 1) reads in ``split``."""
    model = SoftmaxPerceptron(weights)
    predicted = np.empty(split.n_samples, dtype=np.int64)
    confidence = np.empty(split.n_samples, dtype=np.float32)
    for rows, images, _ in split.chunks():
        probabilities = model.probabilities(images)
        predicted[rows] = probabilities.argmax(axis=-1)
        confidence[rows] = probabilities.max(axis=-1)
    return Readings(read_only(predicted), read_only(confidence))


def confusion(split: Split, readings: Readings, n_classes: int) -> NDArray[np.int64]:
    """Return how often each label is read as each class, (n_classes, n_classes).

    Rows are labels as they are learnt, columns what is read.
    """
    pairs = split.labels * n_classes + readings.predicted
    counts = np.bincount(pairs, minlength=n_classes * n_classes)
    return read_only(counts.reshape(n_classes, n_classes).astype(np.int64))


def most_confused(counts: NDArray[np.int64], n: int) -> list[tuple[int, int, int]]:
    """Return (label, read as, how often) of the ``n`` most frequent mistakes, as many as there are.

    Parameters
    ----------
    counts : as :func:`confusion`; equal ones in the order of the labels
    """
    mistakes = counts.copy()
    np.fill_diagonal(mistakes, 0)
    order = np.argsort(-mistakes, axis=None, kind="stable")[:n]
    found = [(*divmod(int(place), len(counts)), int(mistakes.flat[place])) for place in order]
    return [entry for entry in found if entry[2] > 0]


@dataclass(frozen=True)
class ImageFilter(Settings):
    """Which images of a part are shown, and in which order."""

    label: int | None = parameter(
        None,
        "index",
        "Class",
        "Only the images with this label, as it is learnt.",
        none_word="all",
    )
    read: str = parameter(
        "all",
        "choice",
        "Read",
        "Whether the model shown reads the label in the image; or the images whose label the label "
        "noise has changed.",
        choices={
            "all": "right or wrong",
            "right": "read rightly",
            "wrong": "read wrongly",
            "changed": "label changed",
        },
        formula="right: argmax_k y_k = label",
    )
    predicted: int | None = parameter(
        None,
        "index",
        "Read as",
        "Only the images that the model shown reads as this class.",
        none_word="any",
        formula="argmax_k y_k = {value}",
    )
    low: float = parameter(
        0.0,
        "float",
        "Sure from",
        "Only images of whose class the model is at least so sure.",
        low=0.0,
        high=100.0,
        unit="%",
        formula="max_k y_k >= {value:g} / 100",
    )
    high: float = parameter(
        100.0,
        "float",
        "Sure up to",
        "Only images of whose class the model is at most so sure.",
        low=0.0,
        high=100.0,
        unit="%",
        formula="max_k y_k <= {value:g} / 100",
    )
    order: str = parameter(
        "stored",
        "choice",
        "Order",
        "Which images come first.",
        choices={
            "stored": "as stored",
            "worst": "most surely wrong first",
            "unsure": "least sure first",
            "sure": "most sure first",
        },
        formula="sure: y_max = max_k y_k;   surely wrong: y_max of the wrong ones",
    )

    @property
    def needs_readings(self) -> bool:
        """Whether what is chosen depends on what a model reads."""
        return (
            self.read in ("right", "wrong")
            or self.predicted is not None
            or self.limits_confidence
            or self.order != "stored"
        )

    @property
    def limits_confidence(self) -> bool:
        """Whether surety matters; where it does not, images of unknown surety are kept too."""
        return self.low > 0 or self.high < 100

    @property
    def chooses_all(self) -> bool:
        """Whether no image is left out."""
        whole = self.label is None and self.predicted is None and self.read == "all"
        return whole and not self.limits_confidence


def select(split: Split, readings: Readings | None, wanted: ImageFilter) -> NDArray[np.int64]:
    """Return the indices (n_chosen,) of the images that ``wanted`` asks for, in its order.

    "Most surely wrong first" goes on with the right ones, the least sure of them first. Images
    that are equal in what the order looks at stay as stored, as do those after a model whose
    numbers have run away (NaN), which come last.

    Parameters
    ----------
    readings
        What a model reads in ``split``; may be None where ``wanted`` does not need it.

    Raises
    ------
    ValueError
        If readings are needed and missing.
    """
    if readings is None and wanted.needs_readings:
        raise ValueError("this choice of images needs what a model reads in them")
    chosen = np.flatnonzero(_kept(split, readings, wanted))
    if readings is None or wanted.order == "stored":
        return chosen
    sure = readings.confidence[chosen]
    if wanted.order == "worst":
        right = readings.predicted[chosen] == split.labels[chosen]
        key = np.where(right, sure, -sure)
    else:
        key = sure if wanted.order == "unsure" else -sure
    return chosen[np.argsort(key, kind="stable")]


def _kept(split: Split, readings: Readings | None, wanted: ImageFilter) -> NDArray[np.bool_]:
    kept = np.ones(split.n_samples, dtype=np.bool_)
    if wanted.label is not None:
        kept &= split.labels == wanted.label
    if wanted.read == "changed":
        clean = split.clean_labels
        kept &= False if clean is None else clean != split.labels
    if readings is None:
        return kept
    if wanted.read in ("right", "wrong"):
        kept &= (readings.predicted == split.labels) == (wanted.read == "right")
    if wanted.predicted is not None:
        kept &= readings.predicted == wanted.predicted
    if wanted.limits_confidence:
        # In the readings' own precision: 30 % must keep what is 0.3 in float32.
        kept &= readings.confidence >= np.float32(wanted.low / 100)
        kept &= readings.confidence <= np.float32(wanted.high / 100)
    return kept
