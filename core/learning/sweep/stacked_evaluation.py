"""Looking at several members at once.

Stacked arrays are (n_classes, R, ...), class first and member second: the first two axes are one
where members are only looked at, and a single product serves all.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from core.data.samples import CHUNK_ROWS
from core.learning.perceptron import SoftmaxPerceptron, sure_log
from core.learning.sweep.stacked_pass import PIECE

if TYPE_CHECKING:
    from collections.abc import Generator

    from numpy.typing import NDArray

    from core.data.dataset import Split

EVALUATED_ROWS = 512
"""Images looked at together; measured 0.92 of the time of 2,048, which leave the cache."""

CLOSE = 64.0
"""Logits that differ by fewer roundings than this may be ordered otherwise by another product."""

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
    for here, images, labels in split.chunks(rows):
        n_images = len(labels)
        products = room[: len(flat) * n_images].reshape(-1, n_images)
        np.matmul(flat[:, 1:], images.T, out=products)
        products += flat[:, :1]
        logits = products.reshape(n_classes, n_members, n_images)
        correct[:, here], close[:, here], like = _judge(logits, labels)
        total += like
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
                n_alone = round(alone.evaluate(part)[0] * part.n_samples)
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
    doubt = CLOSE * np.finfo(logits.dtype).eps * (1.0 + np.abs(largest))
    close = ~(np.abs(margin) > doubt)  # so that what is not a number is asked again as well
    np.exp(logits, out=logits)
    like = sure_log(true_logits.T, logits.sum(axis=0))
    return margin > 0, close, like.sum(axis=1, dtype=np.float64)
