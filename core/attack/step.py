"""What an attack gives out: its state after each step, and what it came to."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray


def as_wanted(
    predicted: NDArray[np.int64], labels: NDArray[np.int64], target: int | None
) -> NDArray[np.bool_]:
    """Return where what is read is what an attack is after, (n,).

    Anything but the label, or the target.
    """
    return np.asarray(predicted != labels if target is None else predicted == target)


def can_be_fooled(
    predicted: NDArray[np.int64], labels: NDArray[np.int64], target: int | None
) -> NDArray[np.bool_]:
    """Return which images there is something to attack in, (n,).

    They are not read as wanted already. To be read as what it is fools nobody: with a target the
    images that are labelled so are left out.
    """
    untouched = ~as_wanted(predicted, labels, target)
    return untouched if target is None else untouched & (labels != target)


@dataclass(frozen=True, slots=True)
class AttackStep:
    """The image after ``step`` changes; step 0 is the start.

    Attributes
    ----------
    kept_from : of a last one that is no new change but the best of all shown again: when it was
    image : (n_features,) read-only
    probabilities : (n_classes,) read-only
    loss : value of the attack's objective
    gradient_norm : L2 norm of the change direction before the step size
    l2, linf : size of the difference from the reference image (the chosen one where there is
        one, otherwise the start)
    """

    step: int
    image: NDArray[Any]
    probabilities: NDArray[Any]
    loss: float
    gradient_norm: float
    l2: float
    linf: float
    kept_from: int | None = None
    predicted: int = field(init=False)

    def __post_init__(self) -> None:
        """Look at the probabilities once: an outcome asks every step of the film."""
        object.__setattr__(self, "predicted", int(self.probabilities.argmax()))

    @property
    def number(self) -> int:
        """After how many changes the image was as it is."""
        return self.step if self.kept_from is None else self.kept_from

    @property
    def n_made(self) -> int:
        """How many changes have been made by then."""
        return self.step - (self.kept_from is not None)

    @property
    def is_finite(self) -> bool:
        """Whether every number of it is finite."""
        numbers = (self.loss, self.gradient_norm, self.l2, self.linf)
        arrays = np.isfinite(self.image).all() and np.isfinite(self.probabilities).all()
        return bool(np.isfinite(numbers).all() and arrays)


@dataclass(frozen=True, slots=True, eq=False)
class BatchStep:
    """All images after ``step`` changes; step 0 is the start. Arrays are read-only copies.

    Attributes
    ----------
    success : (n,) bool, whether the model reads each image as wanted now
    predicted : (n,) int64, what it reads
    sizes : (n,) float64, each change in the attack's norm
    values : (n,), the objective of each image
    gradient_norms : (n,), L2 norm of the objective's gradient in each image
    images : (n, n_features), or None where they were not asked for
    """

    step: int
    success: NDArray[np.bool_]
    predicted: NDArray[np.int64]
    sizes: NDArray[np.float64]
    values: NDArray[Any]
    gradient_norms: NDArray[np.float64]
    images: NDArray[Any] | None


@dataclass(frozen=True, slots=True, eq=False)
class BatchResult:
    """What an attack came to up to the last step it made. Arrays are read-only.

    Attributes
    ----------
    success : (n,) bool
        Whether a change was found with which the model reads the image as wanted.
    images, changes : (n, n_features)
        With the smallest such change found; without one, as last tried.
    sizes : (n,) float64, in the attack's norm; infinite without success
    predicted : (n,) int64, what the model reads in ``images``
    """

    success: NDArray[np.bool_]
    images: NDArray[Any]
    changes: NDArray[Any]
    sizes: NDArray[np.float64]
    predicted: NDArray[np.int64]
