r"""The multiclass softmax perceptron of the practical: what its Part 1 asks of a model.

Notation: ``x`` (n_features,) an image, ``w`` (n_classes, n_features + 1) the weights with the
bias in column 0, ``z = w[:, 1:] x + w[:, 0]`` the logits, ``y = softmax(z)`` the probabilities.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from core.errors import SettingError

if TYPE_CHECKING:
    from numpy.typing import DTypeLike, NDArray

    from core.data.dataset import Split

SMALL_NORMAL_SCALE = 0.01

BLOCK_ROWS = 100
"""Images multiplied at once where many are looked at: BLAS takes half the time of thousands.

It divides the rows of a chunk, so that an image is read alike, to the last bit, wherever cut."""


def _overflow_allowed() -> np.errstate:
    """Return the context for weights so large, though finite, that activations are not.

    A run may pass through them before it diverges, and their scores are still asked for: NaN is
    the answer then, and not worth a warning. (A new context each time: threads share no state.)
    """
    return np.errstate(over="ignore", invalid="ignore")


INITIAL_WEIGHTS = {
    "zeros": "all zero",
    "uniform": "uniform [0, 1)",
    "normal": "small normal",
}


RAN_AWAY = 100.0
"""From a weight this large on one pixel alone, 1 at most, changes odds by ``e^100``."""


def ran_away(weights: NDArray[Any]) -> bool:
    """Return whether some weight is beyond :data:`RAN_AWAY`, or no number: the run diverges.

    What such a model measures, its weights and the sizes of changes it withstands, is of another
    order than anything it could be compared with: no scale that several models share is for it.
    """
    return not np.abs(weights).max() < RAN_AWAY


def check_numbers(weights: NDArray[Any]) -> None:
    """Raise SettingError if some weights are not finite: a training ran away.

    No change of an image has a size then.
    """
    if not np.isfinite(weights).all():
        raise SettingError(
            "The weights of this model are no numbers any more: start again with a smaller "
            "learning rate, or show an earlier epoch"
        )


def softmax(logits: NDArray[Any]) -> NDArray[Any]:
    """Return class probabilities along the last axis, ``exp(z_k) / sum_j exp(z_j)``.

    The maximum is subtracted first, which changes nothing but keeps ``exp`` in range for
    activations of any size.
    """
    with _overflow_allowed():
        shifted = np.exp(logits - logits.max(axis=-1, keepdims=True))
        return np.asarray(shifted / shifted.sum(axis=-1, keepdims=True))


def one_hot(
    labels: NDArray[np.int64], n_classes: int, dtype: DTypeLike = np.float32
) -> NDArray[Any]:
    """Return (n_samples, n_classes): one at each label, zero elsewhere (TP: ``OneHotVec``)."""
    return np.asarray(np.arange(n_classes) == np.asarray(labels)[..., None]).astype(dtype)


def initial_weights(
    init: str,
    n_classes: int,
    n_features: int,
    rng: np.random.Generator,
    dtype: DTypeLike = np.float32,
) -> NDArray[Any]:
    """Return starting weights (n_classes, n_features + 1).

    Drawn in float64 and then converted, so that float32 and float64 runs share their start.

    Parameters
    ----------
    init : one of ``INITIAL_WEIGHTS``
    """
    shape = (n_classes, n_features + 1)
    if init == "zeros":
        return np.zeros(shape, dtype=dtype)
    if init == "uniform":
        return rng.random(shape).astype(dtype)
    return (SMALL_NORMAL_SCALE * rng.standard_normal(shape)).astype(dtype)


class SoftmaxPerceptron:
    """One layer of weights and a softmax.

    Parameters
    ----------
    weights : (n_classes, n_features + 1) float32 or float64
        Bias in column 0. Kept, not copied.
    """

    def __init__(self, weights: NDArray[Any]) -> None:
        self.weights = weights

    @property
    def n_classes(self) -> int:
        """Number of classes."""
        return int(self.weights.shape[0])

    @property
    def n_features(self) -> int:
        """Number of pixels of an image."""
        return int(self.weights.shape[1]) - 1

    def logits(self, images: NDArray[Any]) -> NDArray[Any]:
        """Return ``z = W x``: (n_classes,) for one image, else (n_samples, n_classes)."""
        with _overflow_allowed():
            return np.asarray(images @ self.weights[:, 1:].T + self.weights[:, 0])

    def logits_by_class(self, images: NDArray[Any]) -> NDArray[Any]:
        """Return the logits of many images, (n_classes, n_samples), in half the time.

        What runs over classes then runs along long rows, too. Images of another precision than the
        logits' are converted block by block, which stay in the processor's cache.
        """
        weights, (n_samples, n_features) = self.weights[:, 1:], images.shape
        logits = np.empty((len(weights), n_samples), np.result_type(weights, images))
        if images.dtype != logits.dtype:
            weights = np.ascontiguousarray(weights)
            with _overflow_allowed():
                for first in range(0, n_samples, BLOCK_ROWS):
                    some = slice(first, first + BLOCK_ROWS)
                    logits[:, some] = weights @ images[some].astype(logits.dtype).T
                logits += self.weights[:, :1]
            return logits
        n_blocks = n_samples // BLOCK_ROWS
        whole = n_blocks * BLOCK_ROWS
        blocks = images[:whole].reshape(n_blocks, BLOCK_ROWS, n_features)
        into = logits[:, :whole].reshape(len(weights), n_blocks, BLOCK_ROWS)
        with _overflow_allowed():
            np.matmul(weights, blocks.transpose(0, 2, 1), out=into.transpose(1, 0, 2))
            np.matmul(weights, images[whole:].T, out=logits[:, whole:])
            logits += self.weights[:, :1]
        return logits

    def probabilities(self, images: NDArray[Any]) -> NDArray[Any]:
        """Return ``softmax(W x)``, shaped as :meth:`logits` (TP: ``PerceptronOut``)."""
        return softmax(self.logits(images))

    def predict(self, images: NDArray[Any]) -> NDArray[np.int64]:
        """Return the class of the largest logit, (n_samples,) int64."""
        return np.asarray(self.logits(images).argmax(axis=-1), dtype=np.int64)

    def read(
        self, images: NDArray[Any], labels: NDArray[np.int64]
    ) -> tuple[NDArray[np.int64], NDArray[Any]]:
        """Return the class of the largest logit and ``log y_label``, (n_samples,) each."""
        with _overflow_allowed():
            logits = self.logits_by_class(images)
            return logits.argmax(axis=0), _log_likelihoods(logits, labels)

    def evaluate(self, split: Split) -> tuple[float, float]:
        """Return score and log-likelihood (TP: ``ComputeScore``, ``ComputeLike``).

        The fraction classified correctly, and the mean over samples of ``log y_true``, from one
        pass in bounded memory.
        """
        n_correct, total = 0, 0.0
        for _, images, labels in split.chunks():
            with _overflow_allowed():
                logits = self.logits_by_class(images)
                n_correct += _count_correct(logits, labels)
                total += float(_log_likelihoods(logits, labels).sum(dtype=np.float64))
        return n_correct / split.n_samples, total / split.n_samples


def _count_correct(logits: NDArray[Any], labels: NDArray[np.int64]) -> int:
    """Return for how many images the label is the first class with the largest logit.

    Parameters
    ----------
    logits : (n_classes, n_samples)
    labels : (n_samples,)
    """
    largest = logits.max(axis=0)
    n_largest = np.count_nonzero(logits == largest)
    if n_largest > len(labels) or np.isnan(largest).any():  # argmax takes a tie's first
        return int(np.count_nonzero(logits.argmax(axis=0) == labels))
    # Each has one largest logit alone; asked for in this way, argmax need not be: a tenth of it.
    return int(np.count_nonzero(logits[labels, np.arange(len(labels))] == largest))


def _log_likelihoods(logits: NDArray[Any], labels: NDArray[np.int64]) -> NDArray[Any]:
    """Return ``log y_label``, (n_samples,), of logits (n_classes, n_samples), overwritten."""
    logits -= logits.max(axis=0)
    places = np.arange(len(labels))
    true_logits = logits[labels, places]
    np.exp(logits, out=logits)
    logits[labels, places] = 0.0
    return sure_log(true_logits, logits.sum(axis=0))


def sure_log(own: NDArray[Any], others: NDArray[Any]) -> NDArray[Any]:
    """Return ``log y = z - log(e^z + others)``; what is left of a sure image's doubt is kept.

    Parameters
    ----------
    own : logits z of one class, less the largest of all
    others : sums of ``e^z`` over all other classes
    """
    return np.asarray(own - np.log1p(others + np.expm1(own)))
