"""Two models side by side: what of the one is not so in the other."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from core.exact.closed_form import ClassRobustness, class_robustness, smallest_changes
from core.insight.diagnostics import Diagnosis, diagnose
from core.learning.perceptron import SoftmaxPerceptron

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from core.data.dataset import Split


@dataclass(frozen=True, slots=True, eq=False)
class Examined:
    """All that is compared of one model.

    Attributes
    ----------
    weights : (n_classes, n_features + 1)
    train : mistakes and means of the training images
    held_out : confusion of the images that choose the best epoch
    log_likelihood : of those
    robustness : median smallest changes of those, per class
    median_l2, median_linf : of all of those that are read rightly; NaN where none is
    """

    weights: NDArray[Any]
    train: Diagnosis
    held_out: Diagnosis
    log_likelihood: float
    robustness: ClassRobustness
    median_l2: float
    median_linf: float


def examine(weights: NDArray[Any], train: Split, held_out: Split) -> Examined:
    """Look at a model in every way in which two are compared."""
    changes = smallest_changes(weights, held_out)
    right = changes.predicted == held_out.labels
    some = bool(right.any())
    return Examined(
        weights=weights,
        train=diagnose(weights, train),
        held_out=diagnose(weights, held_out),
        log_likelihood=SoftmaxPerceptron(weights).log_likelihood(held_out),
        robustness=class_robustness(changes, held_out, len(weights)),
        median_l2=float(np.median(changes.l2[right])) if some else float("nan"),
        median_linf=float(np.median(changes.linf[right])) if some else float("nan"),
    )


def relative_difference(first: NDArray[Any], second: NDArray[Any]) -> float:
    """Return ``||w_2 - w_1|| / ||w_1||``, biases included; NaN where the first is all zero."""
    length = float(np.linalg.norm(first.astype(np.float64)))
    apart = float(np.linalg.norm(second.astype(np.float64) - first))
    return apart / length if length else float("nan")
