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
from typing import TYPE_CHECKING, Any

import numpy as np

from core.data.dataset import read_only
from core.learning.perceptron import SoftmaxPerceptron

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from core.data.dataset import Split


@dataclass(frozen=True, slots=True, eq=False)
class SmallestChanges:
    """The smallest change of each image that makes the model read it differently.

    Attributes
    ----------
    predicted : (n_samples,) int64, what it is read as
    l2, linf : (n_samples,) float64
        Length, and largest component, of the smallest change. Infinite where no change is enough:
        no rival's weights differ. NaN where a logit is not a number.
    rival_l2, rival_linf : (n_samples,) int64, the class that overtakes; -1 where none can
    """

    predicted: NDArray[np.int64]
    l2: NDArray[np.float64]
    linf: NDArray[np.float64]
    rival_l2: NDArray[np.int64]
    rival_linf: NDArray[np.int64]


def class_distances(weights: NDArray[Any]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return ``||w_a - w_b||_2`` and ``||w_a - w_b||_1``, (n_classes, n_classes) each, no bias."""
    rows = weights[:, 1:].astype(np.float64)
    n_classes = len(rows)
    l2, l1 = np.zeros((2, n_classes, n_classes))
    for k, row in enumerate(rows):
        with np.errstate(over="ignore", invalid="ignore"):  # of weights that ran away: NaN
            difference = rows - row
        l2[k] = np.sqrt(np.einsum("ij,ij->i", difference, difference))
        l1[k] = np.abs(difference).sum(axis=1)
    return l2, l1


def smallest_changes(weights: NDArray[Any], split: Split) -> SmallestChanges:
    """Return the smallest changes of all images of ``split``.

    Parameters
    ----------
    weights : (n_classes, n_features + 1), bias in column 0
    """
    model = SoftmaxPerceptron(weights)
    distances = class_distances(weights)
    n = split.n_samples
    predicted = np.empty(n, dtype=np.int64)
    sizes, rivals = np.empty((2, n)), np.empty((2, n), dtype=np.int64)
    for rows, images, _ in split.chunks():
        logits = np.ascontiguousarray(model.logits_by_class(images).T, dtype=np.float64)
        winner = predicted[rows] = logits.argmax(axis=1)
        with np.errstate(invalid="ignore"):  # logits that overflowed: NaN is the answer
            gaps = logits[np.arange(len(images)), winner][:, None] - logits
        for norm, between in enumerate(distances):
            sizes[norm, rows], rivals[norm, rows] = _nearest(gaps, winner, between)
    return SmallestChanges(
        predicted=read_only(predicted),
        l2=read_only(sizes[0]),
        linf=read_only(sizes[1]),
        rival_l2=read_only(rivals[0]),
        rival_linf=read_only(rivals[1]),
    )


def _nearest(
    gaps: NDArray[np.float64], winner: NDArray[np.int64], between: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Return the smallest gap / distance over the rivals, and which rival it is.

    A rival with the winner's own weights, the winner itself among them, is never reached.
    """
    apart = between[winner]
    reached = np.full_like(gaps, np.inf)
    with np.errstate(over="ignore", invalid="ignore"):
        # NaN is not 0 either.
        np.divide(gaps, apart, out=reached, where=apart != 0)
    rival = reached.argmin(axis=1)  # NaN counts as smallest: it is to be seen
    size = reached[np.arange(len(gaps)), rival]
    return size, np.where(np.isfinite(size), rival, -1)
