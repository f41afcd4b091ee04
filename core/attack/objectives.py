"""What an attack looks at to know where to go: a loss of the class k for every image of a batch.

Every objective is a loss *for* a class k. An untargeted attack raises the loss of the image's own
class; a targeted one lowers the loss of its target. Value and gradient in the logits come from one
pass with one softmax; the gradient in the image is ``dL/dz @ W`` for this linear model.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Any

import numpy as np

from core.learning.perceptron import softmax

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


def squared_loss(probabilities: NDArray[Any], classes: NDArray[np.int64]) -> ValueAndGradient:
    """Return ``|t - y|^2`` (n,) and ``J r`` (n, n_classes), minus half its gradient in the logits.

    ``r = t - y``, ``J = diag(y) - y y^T``, so ``J r = y (r - y . r)``. Source: the
    practical, Part 2.
    """
    rows = np.arange(len(probabilities))
    residual = -probabilities
    residual[rows, classes] += 1.0
    mean = np.sum(probabilities * residual, axis=-1, keepdims=True)
    response = probabilities * (residual - mean)
    # The largest response of a sure image is a difference of nearly equal numbers; it is as well
    # minus the sum of all others, which are exact.
    top = probabilities.argmax(axis=-1)
    response[rows, top] = 0.0
    response[rows, top] = -response.sum(axis=-1)
    return np.sum(residual * residual, axis=-1), response


class SquaredLoss(Objective):
    """The practical's: flat where the model is sure of another class, so sure images resist."""

    name, label = "squared", "squared loss"
    formula = "L = |t - y|^2,   t = one-hot of the class"

    def evaluate(self, logits: NDArray[Any], classes: NDArray[np.int64]) -> ValueAndGradient:
        """Return ``|t - y|^2`` and ``-2 J (t - y)``."""
        values, response = squared_loss(softmax(logits), classes)
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
        total = gradient.sum(axis=-1)
        gradient /= total[:, None]
        # y_k - 1 would lose what is left of a sure image's doubt; minus all others keeps it.
        gradient[rows, classes] = 0.0
        gradient[rows, classes] = -gradient.sum(axis=-1)
        return np.log(total) - own, gradient


class LogitMargin(Objective):
    """The gap to the strongest rival: positive exactly where the class is not read.

    Untargeted this is ``max_c z_c - z_y``, to be raised; targeted it is minus the gap
    ``z_t - max z_others``. Never flat. Source: Carlini & Wagner 2017 (f_6).
    """

    name, label = "margin", "logit margin"
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
