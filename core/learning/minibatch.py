"""One mini-batch step with nothing allocated: the inner loop of training.

Rows of the working arrays are classes and columns are samples, so that the reductions over ten
classes run along contiguous rows of a batch; measured 0.94 of the same step the other way round.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray


class MiniBatchStep:
    """Preallocated working memory for batches of up to ``batch_size`` samples.

    Parameters
    ----------
    weights : (n_classes, n_features + 1)
        Changed in place by :meth:`step`.
    batch_size : int
    """

    def __init__(self, weights: NDArray[Any], batch_size: int) -> None:
        self._weights = weights
        self._size = batch_size
        self._response = np.empty((len(weights), batch_size), dtype=weights.dtype)
        self._row = np.empty((1, batch_size), dtype=weights.dtype)
        self._gradient = np.empty_like(weights)

    def step(
        self,
        design: NDArray[Any],
        targets: NDArray[Any],
        learning_rate: float,
        l2: float,
        momentum: float = 0.0,
        velocity: NDArray[Any] | None = None,
    ) -> None:
        """Do ``w += eta * (mean over the batch of x (t - y) - l2 w)``, the bias not decayed.

        With momentum ``v = mu v + (the same in brackets)`` and ``w += eta v`` (Polyak 1964, with
        the learning rate outside of v, so that a new rate acts from the next batch on).

        Parameters
        ----------
        design : (n, n_features + 1), n <= batch_size
            Images with the constant 1 in column 0.
        targets : (n_classes, n)
            One-hot columns.
        learning_rate, l2, momentum : float
        velocity : (n_classes, n_features + 1), optional
            Changed in place; without one there is no momentum.
        """
        n_samples = len(design)
        response, row = self._response, self._row
        if n_samples != self._size:  # the last batch of an epoch may be smaller
            response, row = response[:, :n_samples], row[:, :n_samples]
        weights = self._weights
        np.matmul(weights, design.T, out=response)
        # Softmax in place; the maximum comes off first so that exp never overflows.
        np.maximum.reduce(response, axis=0, keepdims=True, out=row)
        np.subtract(response, row, out=response)
        np.exp(response, out=response)
        np.add.reduce(response, axis=0, keepdims=True, out=row)
        np.divide(response, row, out=response)
        np.subtract(targets, response, out=response)
        if velocity is not None:
            np.multiply(response, 1.0 / n_samples, out=response)
            np.matmul(response, design, out=self._gradient)
            self._move(learning_rate, l2, momentum, velocity)
            return
        np.multiply(response, learning_rate / n_samples, out=response)
        np.matmul(response, design, out=self._gradient)
        if l2:
            weights[:, 1:] *= 1.0 - learning_rate * l2
        np.add(weights, self._gradient, out=weights)

    def _move(
        self, learning_rate: float, l2: float, momentum: float, velocity: NDArray[Any]
    ) -> None:
        weights, gradient = self._weights, self._gradient
        np.multiply(velocity, momentum, out=velocity)
        np.add(velocity, gradient, out=velocity)
        if l2:
            np.multiply(weights, l2, out=gradient)
            velocity[:, 1:] -= gradient[:, 1:]
        np.multiply(velocity, learning_rate, out=gradient)
        np.add(weights, gradient, out=weights)
