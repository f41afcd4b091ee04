"""Looking at a model: what it has learnt and where it fails, for any snapshot of weights."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from core.data.dataset import read_only
from core.learning.perceptron import SoftmaxPerceptron, one_hot, ran_away
from core.parameters import Settings, parameter

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from core.data.dataset import Split


@dataclass(frozen=True, slots=True)
class DiagnosisConfig(Settings):
    """What is gathered of a model."""

    n_worst: int = parameter(
        1,
        "int",
        "Worst per class",
        "How many of each class's worst mistakes are shown, the most confident first. The first is "
        "the one that the practical asks for.",
        low=1,
        high=5,
        unit="images",
        formula="of a class's wrongly classified images the {value} with the highest max_k y_k",
    )


@dataclass(frozen=True, slots=True)
class Mistake:
    """A wrongly classified sample.

    ``probability`` is the response of the winning, wrong neuron ``predicted``.
    """

    index: int
    true_class: int
    predicted: int
    probability: float


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """One pass of a model over one split.

    Attributes
    ----------
    mistakes : one tuple per class
        The samples of that class that are classified wrongly with the highest response of any
        neuron, the highest first and the earlier of equals; ``n_worst`` at most.
    n_worst : how many of them were asked for
    mean_images : (n_classes, n_features)
        Mean of the samples of each class that are classified correctly; NaN where there is none.
    n_correct, n_samples : (n_classes,) int64
    confusion : (n_classes, n_classes) int64
        Rows are true classes, columns predicted ones.
    """

    mistakes: tuple[tuple[Mistake, ...], ...]
    n_worst: int
    mean_images: NDArray[np.float32]
    n_correct: NDArray[np.int64]
    n_samples: NDArray[np.int64]
    confusion: NDArray[np.int64]

    @property
    def worst(self) -> tuple[Mistake | None, ...]:
        """The worst mistake of each class, as the practical defines it; None where none is wrong.

        Among the samples of the class that are classified wrongly, the one with the highest
        response of any neuron.
        """
        return self.nth_worst(0)

    def nth_worst(self, n: int) -> tuple[Mistake | None, ...]:
        """Return the ``n``-th worst mistake of each class, from 0; None where there is none."""
        return tuple(own[n] if n < len(own) else None for own in self.mistakes)

    @property
    def score(self) -> float:
        """Fraction classified correctly."""
        return float(self.n_correct.sum() / self.n_samples.sum())


def weight_images(weights: NDArray[Any], image_shape: tuple[int, int]) -> NDArray[Any]:
    """Return each class's weight row as an image, bias dropped: (n_classes, height, width)."""
    return weights[:, 1:].reshape(len(weights), *image_shape)


WEIGHTS_SEEN = {
    "plain": "as they are",
    "mean": "minus the mean of all classes",
    "start": "minus the start",
}
"""How weights can be looked at: what is subtracted from them, in words."""


def seen_weights(weights: NDArray[Any], how: str, start: NDArray[Any] | None) -> NDArray[Any]:
    """Return weights without what hides what was learnt, (n_classes, n_features + 1).

    What all classes have in common changes no probability, so ``w_k - mean_j w_j`` says as much as
    ``w_k``. ``w_k - w_k(0)`` is what was learnt: of a random start it leaves no noise.

    Parameters
    ----------
    weights : (n_classes, n_features + 1)
    how : one of :data:`WEIGHTS_SEEN`
    start : of the run, as ``weights``; None where it is not known: nothing is subtracted then
    """
    if how == "mean":
        return np.asarray(weights - weights.mean(axis=0, keepdims=True))
    if how == "start" and start is not None and start.shape == weights.shape:
        return np.asarray(weights - start)
    return weights


def usual_weights(start: NDArray[Any] | None) -> str:
    """Return how weights are best looked at: a random start hides for long what is learnt."""
    return "start" if start is not None and bool(start[:, 1:].any()) else "plain"


def weight_limit(weights: NDArray[Any]) -> float:
    """Return the symmetric colour limit of the weight images: the largest absolute pixel weight.

    One limit for all classes, so that colours can be compared across them; 1 for all-zero weights.
    """
    size = np.abs(weights[:, 1:])
    return float(size.max(where=np.isfinite(size), initial=0.0)) or 1.0


def weight_limits(models: Sequence[NDArray[Any]]) -> list[float]:
    """Return the colour limit of each of several models that are looked at together.

    One limit for all, so that colours can be compared across them; but its own for a model that
    ran away, which would leave nothing of the others to be seen.
    """
    own = [(weight_limit(weights), ran_away(weights)) for weights in models]
    shared = max((limit for limit, is_away in own if not is_away), default=0.0)
    return [limit if is_away else shared for limit, is_away in own]


def diagnose(weights: NDArray[Any], split: Split, n_worst: int = 1) -> Diagnosis:
    """Classify ``split`` once and gather worst mistakes, class means and confusion.

    Parameters
    ----------
    weights : (n_classes, n_features + 1)
    n_worst : how many of the worst mistakes of each class are gathered, at least 1
    """
    model = SoftmaxPerceptron(weights)
    n_classes = model.n_classes
    sums = np.zeros((n_classes, model.n_features), dtype=np.float64)
    confusion = np.zeros((n_classes, n_classes), dtype=np.int64)
    mistakes: list[list[Mistake]] = [[] for _ in range(n_classes)]
    for rows, images, labels in split.chunks():
        probabilities = model.probabilities(images)
        predicted = probabilities.argmax(axis=1)
        response = probabilities[np.arange(len(labels)), predicted]
        np.add.at(confusion, (labels, predicted), 1)
        right = one_hot(labels, n_classes, images.dtype)
        right[predicted != labels] = 0.0
        sums += right.T @ images
        _update_mistakes(mistakes, n_worst, rows.start, labels, predicted, response)
    n_correct = np.diagonal(confusion).copy()
    with np.errstate(invalid="ignore"):  # 0 / 0: no sample of that class is right
        means = (sums / n_correct[:, None]).astype(np.float32)
    return Diagnosis(
        mistakes=tuple(map(tuple, mistakes)),
        n_worst=n_worst,
        mean_images=read_only(means),
        n_correct=read_only(n_correct),
        n_samples=read_only(confusion.sum(axis=1)),
        confusion=read_only(confusion),
    )


_LOOK_ROWS = 256
"""Samples looked at before the first of a kind is found; it is rarely far."""


def next_mistake(weights: NDArray[Any], split: Split, index: int) -> int | None:
    """Return the first wrongly classified sample after ``index``, going round; None if none is.

    Wrong is what is not the true class, whatever label noise has made of the labels.
    """
    model = SoftmaxPerceptron(weights)
    labels, start = split.true_labels, index + 1
    for first, last in ((start, split.n_samples), (0, start)):
        for i in range(first, last, _LOOK_ROWS):
            rows = slice(i, min(i + _LOOK_ROWS, last))
            wrong = model.predict(split.images[rows]) != labels[rows]
            if wrong.any():
                return i + int(wrong.argmax())
    return None


UNSURE = 0.95
"""Up to this probability of the true class the squared loss still has a gradient to follow."""


def first_unsure(weights: NDArray[Any], split: Split) -> int:
    """Return the first sample that is read correctly but not surely; 0 if there is none."""
    model = SoftmaxPerceptron(weights)
    for i in range(0, split.n_samples, _LOOK_ROWS):
        probabilities = model.probabilities(split.images[i : i + _LOOK_ROWS])
        right = probabilities.argmax(axis=1) == split.true_labels[i : i + _LOOK_ROWS]
        unsure = right & (probabilities.max(axis=1) < UNSURE)
        if unsure.any():
            return i + int(unsure.argmax())
    return 0


def surest_right(weights: NDArray[Any], split: Split) -> int | None:
    """Return the correctly read sample of which the model is surest; None if none is correct.

    By ``z_k - log sum_others exp z``, the logarithm of the odds of what is read: probabilities of
    sure samples all round to 1. Correct is the true class, whatever label noise has made of it.
    """
    model = SoftmaxPerceptron(weights)
    best, found = -np.inf, None
    for rows, images, _ in split.chunks():
        logits = model.logits(images)
        odds = _log_odds(logits)
        odds[logits.argmax(axis=-1) != split.true_labels[rows]] = -np.inf
        if odds.max() > best:
            best, found = odds.max(), rows.start + int(odds.argmax())
    return found


def _log_odds(logits: NDArray[Any]) -> NDArray[Any]:
    """Return ``z_k - log sum_{c != k} exp z_c`` of the class k read, (n,); -inf where no number."""
    rows, top = np.arange(len(logits)), logits.argmax(axis=-1)
    largest = logits[rows, top]
    others = logits.copy()
    others[rows, top] = -np.inf
    with np.errstate(invalid="ignore"):
        second = others.max(axis=-1)
        spread = np.exp(others - second[:, None]).sum(axis=-1)
        odds = largest - second - np.log(spread)
    return np.asarray(np.nan_to_num(odds, nan=-np.inf, posinf=np.inf, neginf=-np.inf))


def _update_mistakes(
    mistakes: list[list[Mistake]],
    n_worst: int,
    first: int,
    labels: NDArray[np.int64],
    predicted: NDArray[np.int64],
    response: NDArray[Any],
) -> None:
    """Put this chunk's mistakes, starting at ``first``, among the worst of their class."""
    wrong = np.flatnonzero(predicted != labels)
    wrong = wrong[np.argsort(-response[wrong], kind="stable")]
    for k in np.flatnonzero(np.bincount(labels[wrong])):  # np.unique would import numpy.ma
        for i in wrong[labels[wrong] == k][:n_worst].tolist():
            mistake = Mistake(first + i, int(k), int(predicted[i]), float(response[i]))
            mistakes[k].append(mistake)
        # A stable sort: what comes from earlier chunks stays before its equals.
        mistakes[k].sort(key=lambda mistake: -mistake.probability)
        del mistakes[k][n_worst:]
