"""Two models side by side: what of the one is not so in the other."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from core.data.dataset import read_only
from core.exact.curves import exact_robustness
from core.insight.diagnostics import Diagnosis, diagnose
from core.insight.difference import Difference, difference
from core.learning.perceptron import SoftmaxPerceptron
from core.progress import finish

if TYPE_CHECKING:
    from collections.abc import Generator

    from numpy.typing import NDArray

    from core.data.dataset import Split
    from core.learning.model_cache import ModelCache
    from core.progress import Progress


@dataclass(frozen=True, slots=True, eq=False)
class Examined:
    """All that is compared of one model.

    Attributes
    ----------
    weights : (n_classes, n_features + 1)
    train : mistakes and means of the training images
    held_out : confusion of the images that choose the best epoch
    log_likelihood : of those
    is_right : (n_held_out,), which of those are read rightly
    robustness : (n_classes,), the median length of the smallest changes of those, per class
    median_l2 : of all of those that are read rightly; NaN where none is
    """

    weights: NDArray[Any]
    train: Diagnosis
    held_out: Diagnosis
    log_likelihood: float
    is_right: NDArray[np.bool_]
    robustness: NDArray[np.float64]
    median_l2: float


def examine(weights: NDArray[Any], train: Split, held_out: Split) -> Examined:
    """Look at a model in every way in which two are compared."""
    found = finish(exact_robustness(weights, held_out, boxed=False))
    of_classes = [found.median("l2", label) for label in range(len(weights))]
    model = SoftmaxPerceptron(weights)
    return Examined(
        weights=weights,
        train=diagnose(weights, train),
        held_out=diagnose(weights, held_out),
        log_likelihood=model.evaluate(held_out)[1],
        is_right=read_only(model.predict(held_out.images) == held_out.labels),
        robustness=read_only(np.array(of_classes)),
        median_l2=found.median("l2"),
    )


@dataclass(frozen=True, slots=True, eq=False)
class Compared:
    """Two models, and by how much the first is ahead in the held-out images; None if one alone."""

    models: tuple[Examined, Examined]
    difference: Difference | None


class ComparisonSearch:
    """Examines two models in the same images.

    Parameters
    ----------
    weights : of both
    known : what was examined before and need not be again
    rng : the same state draws the same images anew
    """

    def __init__(
        self,
        weights: tuple[NDArray[Any], NDArray[Any]],
        train: Split,
        held_out: Split,
        known: ModelCache[Examined],
        rng: np.random.Generator,
    ) -> None:
        self._weights, self._splits, self._known = weights, (train, held_out), known
        self._rng = rng
        self._found: Compared | None = None

    def run(self) -> Generator[Progress, None, None]:
        """Examine those not examined yet, telling after each."""
        yield from self._known.fill(self._weights, self._splits, self._look, "models")
        first, second = (self._known.row(each, self._splits) for each in self._weights)
        if first is not None and second is not None:
            right, is_one = (first.is_right, second.is_right), len(first.is_right) == 1
            ahead = None if is_one else difference(*right, self._rng)
            self._found = Compared((first, second), ahead)

    def found(self) -> Compared | None:
        """Return what was found, None before both are examined."""
        return self._found

    def _look(self, weights: NDArray[Any]) -> Generator[Progress, None, Examined]:
        yield from ()
        return examine(weights, *self._splits)


def relative_difference(first: NDArray[Any], second: NDArray[Any]) -> float:
    """Return ``||w_2 - w_1|| / ||w_1||``, biases included; NaN where the first is all zero."""
    length = float(np.linalg.norm(first.astype(np.float64)))
    apart = float(np.linalg.norm(second.astype(np.float64) - first))
    return apart / length if length else float("nan")
