"""What an attack looks at to know where to go: a loss of the class k for every image of a batch.

Every objective is a loss *for* a class k. An untargeted attack raises the loss of the image's own
class; a targeted one lowers the loss of its target. Value and gradient in the logits come from one
pass with one softmax; the gradient in the image is ``dL/dz @ W`` for this linear model.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Any

import numpy as np

from core.learning.perceptron import softmax, sure_log

if TYPE_CHECKING:
    from numpy.typing import NDArray

    ValueAndGradient = tuple[NDArray[Any], NDArray[Any]]


class Objective(ABC):
    """A loss for a class, large where the image is far from being read as it."""

    name: str
    label: str
    formula: str

    @abstractmethod
    def evaluate(self, logits: NDArray[Any], classes: NDArray[np.int64]) -> ValueAndGradient:
        """Return the loss (n,) and its gradient in the logits (n, n_classes).

        Every row of the gradient adds up to 0: a softmax sees only differences of logits.

        Parameters
        ----------
        logits : (n, n_classes)
        classes : (n,), the class k of each image
        """


def squared_loss(logits: NDArray[Any], classes: NDArray[np.int64]) -> ValueAndGradient:
    """Return ``|t - y|^2`` (n,) and ``J r`` (n, n_classes), minus half its gradient in the logits.

    ``r = t - y``, ``J = diag(y) - y y^T``, so ``J r = y (r - y . r)``. Source: the
    practical, Part 2. Of a sure image that is a difference of nearly equal numbers, and what is
    left of ``1 - y`` is rounding. The same is, without any such difference, with s the sum of the
    other classes' y, m the largest of them and ``d_j = y_m - y_j``,

        (J r)_k = y_k |t - y|^2,   (J r)_j = y_j (s d_j - sum_i y_i d_i - y_k (y_j + s)).
    """
    rows = np.arange(len(logits))
    others = softmax(logits)
    own = others[rows, classes]
    others[rows, classes] = 0.0
    rival = others.argmax(axis=-1)
    # y_m - y_j of logits that are close to each other.
    below = np.expm1(np.minimum(logits - logits[rows, rival][:, None], 0.0))
    below *= -others[rows, rival][:, None]
    rest = others.sum(axis=-1, keepdims=True)
    values = np.sum(others * others, axis=-1) + rest[:, 0] ** 2
    response = rest * below - np.sum(others * below, axis=-1, keepdims=True)
    response -= own[:, None] * (others + rest)
    response *= others
    response[rows, classes] = own * values
    return values, response


class SquaredLoss(Objective):
    """The practical's: flat where the model is sure of another class, so sure images resist."""

    name, label = "squared", "squared loss"
    formula = "L = |t - y|^2,   t = one-hot of the class"

    def evaluate(self, logits: NDArray[Any], classes: NDArray[np.int64]) -> ValueAndGradient:
        """Return ``|t - y|^2`` and ``-2 J (t - y)``."""
        values, response = squared_loss(logits, classes)
        response *= -2.0
        return values, response


class CrossEntropy(Objective):
    """What the model was trained on: never flat while a target is not reached."""

    name, label = "cross_entropy", "cross-entropy"
    formula = "L = -log y_k"

    def evaluate(self, logits: NDArray[Any], classes: NDArray[np.int64]) -> ValueAndGradient:
        """Return ``-log y_k`` and ``y - t``."""
        rows = np.arange(len(logits))
        gradient = logits - logits.max(axis=-1, keepdims=True)
        own = gradient[rows, classes]
        np.exp(gradient, out=gradient)
        total = gradient.sum(axis=-1, keepdims=True)
        # y_k - 1 would lose what is left of a sure image's doubt; minus all others keeps it.
        gradient[rows, classes] = 0.0
        others = gradient.sum(axis=-1)
        gradient /= total
        gradient[rows, classes] = -others / total[:, 0]
        return -sure_log(own, others), gradient


class LogitMargin(Objective):
    """The gap to the strongest rival: positive exactly where the class is not read.

    Untargeted this is ``max_c z_c - z_y``, to be raised; targeted it is minus the gap
    ``z_t - max z_others``. Never flat. Source: Carlini & Wagner 2017 (f_6).
    """

    name, label = "margin", "the lead"
    formula = "L = max(z_c over c != k) - z_k"

    def evaluate(self, logits: NDArray[Any], classes: NDArray[np.int64]) -> ValueAndGradient:
        """Return ``max_{c != k} z_c - z_k``, and one-hot of that rival minus one-hot of k."""
        rows = np.arange(len(logits))
        rivals = strongest_rivals(logits, classes)
        gradient = np.zeros_like(logits)
        gradient[rows, rivals] = 1.0
        gradient[rows, classes] = -1.0
        return logits[rows, rivals] - logits[rows, classes], gradient


def uphill(gradient: NDArray[Any], target: int | None) -> ValueAndGradient:
    """Return where the logits should go (n, n_classes), and how steep it is there (n,).

    Away from the image's own class up the loss, toward a target down; each row is scaled to a
    largest component of 1, or 0 where the loss is flat.
    """
    steepness = np.abs(gradient).max(axis=-1)
    steepness[steepness == 0] = 1
    return gradient / (steepness if target is None else -steepness)[:, None], steepness


def strongest_rivals(logits: NDArray[Any], classes: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the class other than ``classes`` with the largest logit, (n,) int64."""
    others = logits.copy(order="K")
    others[np.arange(len(others)), classes] = -np.inf
    return np.asarray(others.argmax(axis=-1), dtype=np.int64)


OBJECTIVES: dict[str, Objective] = {
    objective.name: objective for objective in (LogitMargin(), CrossEntropy(), SquaredLoss())
}
"""Name -> objective."""
