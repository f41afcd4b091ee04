"""Adversarial training: every batch is learnt as the worst images within a budget around it.

The worst image of a small change is one step up the gradient of the cross-entropy in the image,

    g = sum_k w_k (y_k - t_k),   x' = clip(x + size * step(g), 0, 1),

with ``step(g) = sign(g)`` for the largest component (the fast gradient sign method: I. Goodfellow,
J. Shlens, C. Szegedy, Explaining and harnessing adversarial examples, 2015) and ``g / ||g||_2`` for
the length. With two classes ``g`` is a positive multiple of ``w_other - w_label``, so that the step
is the exact inner maximum of the loss (in the box too, for the largest component: every pixel goes
its way by itself). With more it is the maximum of the linearised loss, which weighs all rivals by
how near they come; a step toward the nearest rival alone would cost a table of all differences of
weights at every update.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

ADVERSARIES = {
    "off": "off",
    "linf": "largest change",
    "l2": "length",
}
"""Which norm of the change the budget bounds."""


class Adversary:
    """Preallocated working memory for batches of up to ``batch_size`` samples.

    Parameters
    ----------
    weights : (n_classes, n_features + 1)
        Read, not changed; bias in column 0.
    batch_size : int
    norm : ``l2`` or ``linf``
    size : float
        The budget.
    """

    def __init__(self, weights: NDArray[Any], batch_size: int, norm: str, size: float) -> None:
        self._weights, self._norm = weights, norm
        self._size = weights.dtype.type(size)
        self._response = np.empty((len(weights), batch_size), dtype=weights.dtype)
        self._label = np.empty(self._response.shape, dtype=np.bool_)
        self._row = np.empty((1, batch_size), dtype=weights.dtype)
        self._moved = np.empty((batch_size, weights.shape[1]), dtype=weights.dtype)
        self._still = np.empty(self._moved.shape, dtype=np.bool_)

    def worst(self, design: NDArray[Any], targets: NDArray[Any]) -> NDArray[Any]:
        """Return the batch moved within the budget; valid until the next call.

        Parameters
        ----------
        design : (n, n_features + 1), n <= batch_size
            Images with the constant 1 in column 0; not changed.
        targets : (n_classes, n)
            One-hot columns.
        """
        n = len(design)
        response, row = self._response[:, :n], self._row[:, :n]
        moved = self._moved[:n]
        label = np.greater(targets, 0.0, out=self._label[:, :n])
        np.matmul(self._weights, design.T, out=response)
        # Only the direction counts, so y_k is taken relative to the strongest rival's. And
        # ``y_label - 1`` would round to 0 for a sure image: minus all others is the same, exactly.
        np.copyto(response, -np.inf, where=label)
        np.maximum.reduce(response, axis=0, keepdims=True, out=row)
        np.subtract(response, row, out=response)
        np.exp(response, out=response)
        np.add.reduce(response, axis=0, keepdims=True, out=row)
        np.copyto(response, np.negative(row, out=row), where=label)
        np.matmul(response.T, self._weights, out=moved)
        moved[:, 0] = 0.0
        if self._norm == "linf":
            # numpy.sign takes five times as long: it branches at every number.
            still = np.equal(moved, 0.0, out=self._still[:n])
            np.copysign(self._size, moved, out=moved)
            np.copyto(moved, 0.0, where=still)
        else:
            lengths = np.sqrt(np.einsum("ij,ij->i", moved, moved))
            scale = np.zeros_like(lengths)
            np.divide(self._size, lengths, out=scale, where=lengths > 0)
            np.multiply(moved, scale[:, None], out=moved)
        np.add(moved, design, out=moved)
        return np.clip(moved, 0.0, 1.0, out=moved)
