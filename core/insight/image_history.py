"""One image over the epochs of a run: logits, probabilities, rank of its class, flips."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from core.data.dataset import read_only
from core.learning.perceptron import SoftmaxPerceptron, softmax

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from numpy.typing import NDArray

    from core.learning.records import EpochRecord

MOST_SPANS = 9
"""Told in words at most; who flips more often than that is told how often."""


@dataclass(frozen=True, slots=True, eq=False)
class ImageHistory:
    """What the models of some epochs make of one image.

    Attributes
    ----------
    label : the class that is right
    epochs : (n_epochs,) int64, rising
    logits : (n_epochs, n_classes)
    weights : of each epoch; what was computed is used again for the same arrays
    """

    label: int
    epochs: NDArray[np.int64]
    logits: NDArray[Any]
    weights: tuple[NDArray[Any], ...]

    @property
    def probabilities(self) -> NDArray[Any]:
        """``softmax`` of the logits, (n_epochs, n_classes)."""
        return softmax(self.logits)

    @property
    def predicted(self) -> NDArray[np.int64]:
        """The class of the largest logit, the lower index of equals, (n_epochs,)."""
        return np.asarray(self.logits.argmax(axis=1), dtype=np.int64)

    @property
    def rank(self) -> NDArray[np.int64]:
        """Place of the right class among all by logit, 1 for the first, (n_epochs,).

        Of equal logits the lower index comes first, as it does where a class is chosen; so rank 1
        is to be read rightly. 0 where a logit is not a number: there is no order then.
        """
        own = self.logits[:, [self.label]]
        before = np.arange(self.logits.shape[1]) < self.label
        ahead = (self.logits > own) | ((self.logits == own) & before)
        unordered = np.isnan(self.logits).any(axis=1)
        return np.where(unordered, 0, 1 + ahead.sum(axis=1))

    @property
    def right(self) -> NDArray[np.bool_]:
        """Whether the image is read as its class, (n_epochs,)."""
        return np.asarray(self.rank == 1)

    def __str__(self) -> str:
        """Say when it was right; see :func:`flip_words`."""
        return flip_words(self.epochs, self.right)


def flip_words(epochs: NDArray[np.int64], right: NDArray[np.bool_]) -> str:
    """Return when an image was right: ``wrong at epochs 0-2, right from 3 to 11, wrong from 12``.

    Told of the epochs looked at; ``right`` (n_epochs,) says of each whether it was.
    """
    if not len(right):
        return "no epoch yet"
    starts = [0, *(np.flatnonzero(right[1:] != right[:-1]) + 1).tolist()]
    ends = [*(start - 1 for start in starts[1:]), len(right) - 1]
    spans = [
        ("right" if right[a] else "wrong", int(epochs[a]), int(epochs[b]))
        for a, b in zip(starts, ends, strict=True)
    ]
    read, first, last = spans[0]
    is_one = first == last
    if len(spans) == 1:
        return f"{read} at {f'epoch {first}' if is_one else 'every epoch'}"
    words = [f"{read} at {f'epoch {first}' if is_one else f'epochs {first}-{last}'}"]
    told = spans[1:-1] if len(spans) <= MOST_SPANS else spans[1 : MOST_SPANS - 2]
    for read, first, last in told:
        words.append(f"{read} {f'at {first}' if first == last else f'from {first} to {last}'}")
    if len(told) < len(spans) - 2:
        words.append(f"{len(spans) - 2 - len(told)} more turns")
    return ", ".join([*words, f"{spans[-1][0]} from {spans[-1][1]}"])


def image_history(
    image: NDArray[Any],
    label: int,
    snapshots: Sequence[EpochRecord],
    earlier: ImageHistory | None = None,
) -> ImageHistory:
    """Return what each snapshot makes of an image.

    Parameters
    ----------
    image : (n_features,)
    label : the class that is right
    snapshots : in rising order of epochs
    earlier : a history of the *same image*, of which rows are used again where the arrays of
        weights are the same ones
    """
    known: dict[int, NDArray[Any]] = {}
    if earlier is not None:
        rows = zip(earlier.weights, earlier.logits, strict=True)
        known = {id(weights): logits for weights, logits in rows}
    logits = [
        known[id(snapshot.weights)]
        if id(snapshot.weights) in known
        else SoftmaxPerceptron(snapshot.weights).logits(image)
        for snapshot in snapshots
    ]
    n_classes = len(snapshots[0].weights) if snapshots else 0
    return ImageHistory(
        label=label,
        epochs=read_only(np.array([snapshot.epoch for snapshot in snapshots], dtype=np.int64)),
        logits=read_only(np.array(logits).reshape(len(logits), n_classes)),
        weights=tuple(snapshot.weights for snapshot in snapshots),
    )
