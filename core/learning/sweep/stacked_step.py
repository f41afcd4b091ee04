"""The inner loop of training several members at once, and looking at all of them at once.

Stacked arrays are (n_classes, R, ...), class first and member second: the softmax then runs along
rows as long as the batches of all members together, which takes half the time of member by member,
and where members are only looked at, the first two axes are one and a single product serves all.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from core.data.samples import CHUNK_ROWS
from core.learning.perceptron import SoftmaxPerceptron

if TYPE_CHECKING:
    from collections.abc import Generator, Sequence

    from numpy.typing import NDArray

    from core.data.dataset import Split
    from core.learning.training import TrainingConfig

EVALUATED_ROWS = 512
"""Images looked at together; measured 0.92 of the time of 2,048, which leave the cache."""

CLOSE = 64.0
"""Logits that differ by fewer roundings than this may be ordered otherwise by another product."""

PIECE = 200_000_000
"""Multiplications done at once before somebody may look up: some 15 ms."""


@dataclass(frozen=True, slots=True)
class MemberSettings:
    """What may differ between members: (R,) float64 each."""

    learning_rate: NDArray[np.float64]
    l2: NDArray[np.float64]
    momentum: NDArray[np.float64]

    @classmethod
    def of(cls, configs: Sequence[TrainingConfig]) -> MemberSettings:
        """Return those of these configs, one member each."""
        return cls(
            np.array([config.learning_rate for config in configs]),
            np.array([config.l2 for config in configs]),
            np.array([config.momentum for config in configs]),
        )

    def part(self, members: slice) -> MemberSettings:
        """Return those of some members."""
        return MemberSettings(self.learning_rate[members], self.l2[members], self.momentum[members])


class StackedStep:
    """One update of R members, each as ``MiniBatchStep`` does it, bit for bit.

    Operations, their order and their shapes are the same as there. A batch may come in several
    parts, so that memory stays bounded and a large one can be interrupted: :meth:`add` each, then
    :meth:`move`. Only then are they summed in another order.

    Parameters
    ----------
    weights : (n_classes, R, n_features + 1)
        Changed in place by :meth:`move`; may be a view of some members of a larger stack.
    velocity : as ``weights``, or None where no member has momentum
    settings : of these R members
    rows : the most images of one part
    """

    def __init__(
        self,
        weights: NDArray[Any],
        velocity: NDArray[Any] | None,
        settings: MemberSettings,
        rows: int,
    ) -> None:
        self._weights, self._velocity = weights, velocity
        n_classes, n_members, _ = weights.shape
        dtype = weights.dtype
        self._response = np.empty(n_classes * n_members * rows, dtype)
        self._row = np.empty(n_members * rows, dtype)
        self._gradient = np.empty(weights.shape, dtype)
        self._more: NDArray[Any] | None = None
        self._dtype = dtype

        def column(values: NDArray[np.float64]) -> NDArray[Any]:
            return values.astype(dtype)[None, :, None]

        self._rate, self._momentum = column(settings.learning_rate), column(settings.momentum)
        self._l2 = column(settings.l2) if settings.l2.any() else None
        self._kept = column(1.0 - settings.learning_rate * settings.l2)
        # With momentum the learning rate comes last, without it is part of the mean.
        self._scale = settings.learning_rate if velocity is None else np.ones(n_members)

    def add(
        self, design: NDArray[Any], targets: NDArray[Any], n_batch: int, *, first: bool
    ) -> None:
        """Add what some images of a batch of ``n_batch`` contribute to its update.

        Parameters
        ----------
        design : (n, n_features + 1) for all members, or (R, n, n_features + 1) for each its own
        targets : (n_classes, 1, n) or (n_classes, R, n), one-hot along the first axis
        first : whether a new batch begins
        """
        n_classes, n_members, _ = self._weights.shape
        n_rows = design.shape[-2]
        response = self._response[: n_classes * n_members * n_rows]
        response = response.reshape(n_classes, n_members, n_rows)
        row = self._row[: n_members * n_rows].reshape(1, n_members, n_rows)
        by_member = response.transpose(1, 0, 2)
        # One call, but a product for each member, of the shape it has alone: BLAS rounds otherwise
        # in another shape, and a run of large steps makes another run of the last bit.
        np.matmul(self._weights.transpose(1, 0, 2), design.swapaxes(-1, -2), out=by_member)
        # Softmax in place; the maximum comes off first so that exp never overflows.
        np.maximum.reduce(response, axis=0, keepdims=True, out=row)
        np.subtract(response, row, out=response)
        np.exp(response, out=response)
        np.add.reduce(response, axis=0, keepdims=True, out=row)
        np.divide(response, row, out=response)
        np.subtract(targets, response, out=response)
        scale = (self._scale / n_batch).astype(self._dtype)[None, :, None]
        np.multiply(response, scale, out=response)
        out = self._gradient if first else self._room_for_more()
        np.matmul(by_member, design, out=out.transpose(1, 0, 2))
        if not first:
            np.add(self._gradient, out, out=self._gradient)

    def _room_for_more(self) -> NDArray[Any]:
        if self._more is None:
            self._more = np.empty_like(self._gradient)
        return self._more

    def move(self) -> None:
        """Do the update of the batch that was added."""
        weights, gradient, velocity = self._weights, self._gradient, self._velocity
        if velocity is None:
            if self._l2 is not None:
                weights[..., 1:] *= self._kept
            np.add(weights, gradient, out=weights)
            return
        np.multiply(velocity, self._momentum, out=velocity)
        np.add(velocity, gradient, out=velocity)
        if self._l2 is not None:
            np.multiply(weights, self._l2, out=gradient)
            velocity[..., 1:] -= gradient[..., 1:]
        np.multiply(velocity, self._rate, out=gradient)
        np.add(weights, gradient, out=weights)


Measured = tuple["NDArray[np.float64]", "NDArray[np.float64]"]
"""Scores and log-likelihoods, (R,) each."""


def evaluate_stacked(weights: NDArray[Any], split: Split) -> Generator[None, None, Measured]:
    """Return the scores and log-likelihoods of all members; yields between pieces.

    As :meth:`core.learning.perceptron.SoftmaxPerceptron.evaluate` of each, with one product for
    all. The last bits of that product are not those of each alone. Where they decide whether an
    image is classified correctly, it is asked again: equal weights have equal scores, not nearly
    so.

    Parameters
    ----------
    weights : (n_classes, R, n_features + 1), contiguous
    split
        What is measured on.
    """
    n_classes, n_members, n_columns = weights.shape
    flat = weights.reshape(-1, n_columns)
    rows = max(1, min(EVALUATED_ROWS, 4 * PIECE // flat.size))  # large products are fast ones
    room = np.empty(len(flat) * rows, weights.dtype)
    correct = np.empty((n_members, split.n_samples), np.bool_)
    close = np.empty_like(correct)
    total = np.zeros(n_members)
    done = 0
    for images, labels in split.chunks(rows):
        n_images = len(labels)
        products = room[: len(flat) * n_images].reshape(-1, n_images)
        np.matmul(flat[:, 1:], images.T, out=products)
        products += flat[:, :1]
        logits = products.reshape(n_classes, n_members, n_images)
        here = slice(done, done + n_images)
        correct[:, here], close[:, here], like = _judge(logits, labels)
        total += like
        done += n_images
        yield
    n_correct = correct.sum(axis=1)
    for member in np.flatnonzero(close.any(axis=1)):
        if np.isnan(weights[:, member]).any():
            continue  # nothing is right, and nobody asks
        alone = SoftmaxPerceptron(np.ascontiguousarray(weights[:, member]))
        for first in range(0, split.n_samples, CHUNK_ROWS):
            again = slice(first, first + CHUNK_ROWS)
            if close[member, again].any():
                part = split.part(first, first + CHUNK_ROWS)
                n_alone = round(alone.score(part) * part.n_samples)
                n_correct[member] += n_alone - correct[member, again].sum()
                yield
    return n_correct / split.n_samples, total / split.n_samples


def _judge(
    logits: NDArray[Any], labels: NDArray[np.int64]
) -> tuple[NDArray[np.bool_], NDArray[np.bool_], NDArray[np.float64]]:
    """Return what is right, what is too close to say, (R, n) each, and summed log-likelihoods (R,).

    Parameters
    ----------
    logits : (n_classes, R, n), overwritten
    labels : (n,)
    """
    places = np.arange(len(labels))
    largest = logits.max(axis=0)
    logits -= largest
    true_logits = logits[labels, :, places]
    # The best of the others: cheaper than argmax, and it tells how close the decision was.
    logits[labels, :, places] = -np.inf
    margin = true_logits.T - logits.max(axis=0)
    logits[labels, :, places] = true_logits
    doubt = CLOSE * np.finfo(logits.dtype).eps * (1.0 + np.abs(largest))
    close = ~(np.abs(margin) > doubt)  # so that what is not a number is asked again as well
    np.exp(logits, out=logits)
    like = true_logits.T - np.log(logits.sum(axis=0))
    return margin > 0, close, like.sum(axis=1, dtype=np.float64)
