"""Mini-batches and what is learnt from them: the inner loop of training.

Rows of the working arrays are classes and columns are samples, so that the softmax runs along
contiguous rows. Where R models step side by side, these arrays are (n_classes, R, ...): class
first, model second. One loop serves one model and many: every product is one model's own, of the
shape that it has alone, because BLAS rounds otherwise in another shape; so each of the many learns
what it would learn alone, bit for bit.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from numpy.typing import NDArray

GATHERED_BYTES = 640_000
"""Of shuffled images gathered at once: they stay in the second-level cache until they are used."""


class MiniBatches:
    """Hands out the batches of a pass over the training images, several at once.

    Parameters
    ----------
    design : (n_samples, n_features + 1)
        Images with the constant 1 in column 0.
    labels : (n_samples,)
    n_classes : int
    size : int
        Images of a batch; the last one of a pass holds what is left.
    """

    def __init__(
        self, design: NDArray[Any], labels: NDArray[np.int64], n_classes: int, size: int
    ) -> None:
        self._design, self._size = design, size
        self._classes = np.arange(n_classes, dtype=np.min_scalar_type(n_classes - 1))
        self._labels = labels.astype(self._classes.dtype)
        self._gathered = np.empty(0, design.dtype)

    def blocks(
        self, order: NDArray[np.int64] | None, first: int, n_batches: int
    ) -> Iterator[tuple[NDArray[Any], NDArray[Any]]]:
        """Yield up to ``n_batches`` batches from place ``first`` on, not past the end of the pass.

        Parameters
        ----------
        order : (n_samples,), (R, n_samples) for R models each its own, or None for file order

        Yields
        ------
        images : (k, n, n_features + 1) or (k, R, n, n_features + 1)
            ``k`` batches of one size, valid until the next block.
        targets : (k, n_classes, n) or (k, n_classes, R, n)
            One-hot along the classes.
        """
        last = min(first + n_batches * self._size, len(self._design))
        whole = last - (last - first) % self._size
        if first < whole:
            yield from self._of_one_size(order, first, whole, self._size)
        if whole < last:
            yield from self._of_one_size(order, whole, last, last - whole)

    def _of_one_size(
        self, order: NDArray[np.int64] | None, first: int, last: int, size: int
    ) -> Iterator[tuple[NDArray[Any], NDArray[Any]]]:
        design = self._design
        if order is None:
            labels = self._labels[first:last].reshape(-1, size)
            yield design[first:last].reshape(*labels.shape, -1), self._one_hot(labels)
            return
        rows = order[..., first:last].reshape(*order.shape[:-1], -1, size)
        rows = np.ascontiguousarray(np.moveaxis(rows, -2, 0))  # the batches first
        targets = self._one_hot(self._labels[rows])
        at_once = max(1, GATHERED_BYTES // (rows[0].size * design[0].nbytes))
        for begin in range(0, len(rows), at_once):
            some = rows[begin : begin + at_once]
            n_numbers = some.size * design.shape[1]
            if self._gathered.size < n_numbers:
                self._gathered = np.empty(n_numbers, design.dtype)
            images = self._gathered[:n_numbers].reshape(*some.shape, -1)
            # mode="clip" lets take write straight into the buffer.
            np.take(design, some, axis=0, out=images, mode="clip")
            yield images, targets[begin : begin + at_once]

    def _one_hot(self, labels: NDArray[Any]) -> NDArray[Any]:
        """Return (k, n_classes, ..., n) of labels (k, ..., n)."""
        classes = self._classes.reshape(-1, *[1] * (labels.ndim - 1))
        return np.asarray(labels[:, None] == classes).astype(self._design.dtype)


class MiniBatchStep:
    """The update of one model, or of R side by side, with nothing allocated.

    Each does ``w += eta * (mean over the batch of x (t - y) - l2 w)``, the bias not decayed. With
    momentum ``v = mu v + (the same in brackets)`` and ``w += eta v`` (Polyak 1964, with the
    learning rate outside of v, so that a new rate acts from the next batch on).

    Parameters
    ----------
    weights : (n_classes, n_features + 1) or (n_classes, R, n_features + 1)
        Changed in place; those of R models may be a view of some of a larger stack.
    velocity : as ``weights``, or None where there is no momentum
        Changed in place.
    learning_rate, l2, momentum : float, or (R,)
    """

    def __init__(
        self,
        weights: NDArray[Any],
        velocity: NDArray[Any] | None = None,
        *,
        learning_rate: float | NDArray[np.float64],
        l2: float | NDArray[np.float64] = 0.0,
        momentum: float | NDArray[np.float64] = 0.0,
    ) -> None:
        self._weights, self._velocity = weights, velocity
        self._gradient = np.empty(weights.shape, weights.dtype)
        # A sum over classes that stands in every row: divided by without broadcasting.
        self._ones = np.ones((len(weights), len(weights)), weights.dtype)
        self._rate, self._momentum = self._column(learning_rate), self._column(momentum)
        # With momentum the learning rate comes last, without it is part of the mean.
        self._factor = np.asarray(learning_rate if velocity is None else 1.0)
        # Whole matrices, the bias in them left alone: one call without broadcasting.
        self._decay: NDArray[Any] | None = None
        if np.any(l2):
            kept = 1.0 - np.multiply(learning_rate, l2)
            self._decay = np.empty_like(self._gradient)
            self._decay[:] = self._column(kept if velocity is None else l2)
            self._decay[..., 0] = 1.0 if velocity is None else 0.0
        self._rooms: dict[int, tuple[NDArray[Any], ...]] = {}

    def run(self, images: NDArray[Any], targets: NDArray[Any]) -> None:
        """Do the updates of k batches, one after another, as :class:`MiniBatches` yields them."""
        # R models may all learn from the same images.
        n_batches, n_classes, n = len(targets), len(self._weights), images.shape[-2]
        if self._weights.ndim == 3:
            targets = targets.reshape(n_batches, n_classes, -1, n)
        weights, velocity, gradient = self._weights, self._velocity, self._gradient
        weights_of, gradient_of = self._by_model(weights), self._by_model(gradient)
        response, response_of, total, total_of, largest, scale = self._room(n)
        ones, decay, rate, momentum = self._ones, self._decay, self._rate, self._momentum
        # By names of their own and with arguments by place: a call costs as much as its numbers.
        product = np.dot if weights.ndim == 2 else np.matmul
        add, subtract, multiply, divide, exp = np.add, np.subtract, np.multiply, np.divide, np.exp
        maximum: Callable[..., Any] = np.maximum.reduce  # its stubs know no places
        for batch, columns, target in zip(images, images.swapaxes(-1, -2), targets, strict=True):
            product(weights_of, columns, response_of)
            # Softmax in place; the maximum comes off first so that exp never overflows.
            maximum(response, 0, None, largest, True)
            subtract(response, largest, response)
            exp(response, response)
            product(ones, response_of, total_of)
            divide(response, total, response)
            subtract(target, response, response)
            multiply(response, scale, response)
            product(response_of, batch, gradient_of)
            if velocity is None:
                if decay is not None:
                    multiply(weights, decay, weights)
            else:
                multiply(velocity, momentum, velocity)
                add(velocity, gradient, velocity)
                if decay is not None:
                    multiply(weights, decay, gradient)
                    subtract(velocity, gradient, velocity)
                multiply(velocity, rate, gradient)
            add(weights, gradient, weights)

    def _room(self, n: int) -> tuple[NDArray[Any], ...]:
        """Return working memory for batches of ``n`` images, and views of it by model."""
        if n not in self._rooms:
            shape, dtype = (*self._weights.shape[:-1], n), self._weights.dtype
            response, total, scale = (np.empty(shape, dtype) for _ in range(3))
            scale[:] = self._column(self._factor / n)
            largest = np.empty((1, *shape[1:]), dtype)
            by_model = self._by_model(response), self._by_model(total)
            self._rooms[n] = response, by_model[0], total, by_model[1], largest, scale
        return self._rooms[n]

    def _column(self, values: float | NDArray[np.float64]) -> NDArray[Any]:
        """Return a number as an array without axes, and (R,) as (R, 1)."""
        array = np.asarray(values, self._weights.dtype)
        return array.reshape((*array.shape, *[1] * array.ndim))

    @staticmethod
    def _by_model(array: NDArray[Any]) -> NDArray[Any]:
        """Return (n_classes, ...) as it is, and (n_classes, R, ...) with the models first."""
        return array if array.ndim == 2 else array.transpose(1, 0, 2)
