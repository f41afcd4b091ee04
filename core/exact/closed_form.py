"""How little changes what an image is read as: the exact smallest changes, in closed form.

The perceptron is linear up to the softmax. With logits ``z`` and ``y`` the class an image is read
as, a rival ``c`` overtakes ``y`` along one straight line: the gap ``z_y - z_c`` changes by
``(w_y - w_c) . d`` under a change ``d``, so by Hoelder's inequality the smallest one has

    L2 length         (z_y - z_c) / ||w_y - w_c||_2,  along w_c - w_y,
    largest component (z_y - z_c) / ||w_y - w_c||_1,  along sign(w_c - w_y),

and the smallest over all rivals is the image's. Pixels are not held in their range here: a change
that must stay in the box is never smaller.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, Self

import numpy as np

from core.data.dataset import read_only
from core.learning.perceptron import SoftmaxPerceptron

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from core.data.dataset import Split


SetNorm = Literal["l2", "linf"]
SET_NORMS: tuple[SetNorm, ...] = ("l2", "linf")
"""The norms whose exact sizes are found for whole parts."""


@dataclass(frozen=True, slots=True, eq=False)
class SmallestChanges:
    """The smallest change of each image that makes the model read it differently.

    Attributes
    ----------
    predicted : (n_samples,) int64, what it is read as
    sizes : norm -> (n_samples,) float64
        Length, and largest component, of the smallest change. Infinite where no change is enough:
        no rival's weights differ. NaN where a logit is not a number.
    rivals : norm -> (n_samples,) int64, the class that overtakes; -1 where none can
    """

    predicted: NDArray[np.int64]
    sizes: dict[SetNorm, NDArray[np.float64]]
    rivals: dict[SetNorm, NDArray[np.int64]]

    @classmethod
    def unknown(cls, n: int, norms: Sequence[SetNorm] = SET_NORMS) -> Self:
        """Return room for ``n`` images."""
        return cls(
            np.empty(n, dtype=np.int64),
            {norm: np.empty(n) for norm in norms},
            {norm: np.empty(n, dtype=np.int64) for norm in norms},
        )

    def known(self) -> Self:
        """Return itself, read-only."""
        for array in (self.predicted, *self.sizes.values(), *self.rivals.values()):
            read_only(array)
        return self


def class_distances(weights: NDArray[Any]) -> dict[SetNorm, NDArray[np.float64]]:
    """Return what the gap between two classes is divided by, norm -> (n_classes, n_classes).

    ``||w_a - w_b||_2`` for the length and ``||w_a - w_b||_1`` for the largest component, no bias.
    """
    rows = weights[:, 1:].astype(np.float64)
    n_classes = len(rows)
    l2, l1 = np.zeros((2, n_classes, n_classes))
    for k, row in enumerate(rows):
        with np.errstate(over="ignore", invalid="ignore"):  # of weights that ran away: NaN
            difference = rows - row
        l2[k] = np.sqrt(np.einsum("ij,ij->i", difference, difference))
        l1[k] = np.abs(difference).sum(axis=1)
    return {"l2": l2, "linf": l1}


def smallest_changes(weights: NDArray[Any], split: Split) -> SmallestChanges:
    """Return the smallest changes of all images of ``split``.

    Parameters
    ----------
    weights : (n_classes, n_features + 1), bias in column 0
    """
    model = SoftmaxPerceptron(weights.astype(np.float64))
    distances = class_distances(weights)
    found = SmallestChanges.unknown(split.n_samples)
    for rows, images, _ in split.chunks():
        # A gap is a difference of logits: what float32 rounds of them is much of a small one.
        logits = model.logits_by_class(images)
        winner = found.predicted[rows] = logits.argmax(axis=0)
        with np.errstate(invalid="ignore"):  # logits that overflowed: NaN is the answer
            gaps = logits[winner, np.arange(len(images))] - logits
        for norm, between in distances.items():
            found.sizes[norm][rows], found.rivals[norm][rows] = _nearest(gaps, winner, between)
    return found.known()


def _nearest(
    gaps: NDArray[np.float64], winner: NDArray[np.int64], between: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Return the smallest gap / distance over the rivals, and which rival it is.

    A rival with the winner's own weights, the winner itself among them, is never reached.

    Parameters
    ----------
    gaps : (n_classes, n)
    """
    apart = between[:, winner]
    reached = np.full_like(gaps, np.inf)
    with np.errstate(over="ignore", invalid="ignore"):
        # NaN is not 0 either.
        np.divide(gaps, apart, out=reached, where=apart != 0)
    rival = reached.argmin(axis=0)  # NaN counts as smallest: it is to be seen
    size = reached[rival, np.arange(len(rival))]
    return size, np.where(np.isfinite(size), rival, -1)
