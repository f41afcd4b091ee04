"""One image changed toward every class at once, as little as is enough for each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from core.data.dataset import read_only
from core.exact.crossing import Crossing, crossing
from core.learning.perceptron import SoftmaxPerceptron, check_numbers
from core.progress import Progress, told_as

if TYPE_CHECKING:
    from collections.abc import Generator

    from numpy.typing import NDArray

    from core.exact.pairs import Norm

_ROUNDING = 1e-9
"""By so much a probability must be larger for a class to be ahead: a tie is none by chance."""


@dataclass(frozen=True, slots=True, eq=False)
class AllTargets:
    """The ways of one image toward all classes, as far as they are known.

    Attributes
    ----------
    weights : (n_classes, n_features + 1) float64
    image : (n_features,) float64, read-only
    norm, boxed : how large a change is, and whether pixels stay between 0 and 1
    predicted : what the image is read as
    crossings : one per class, None where not looked at yet
    """

    weights: NDArray[np.float64]
    image: NDArray[np.float64]
    norm: Norm
    boxed: bool
    predicted: int
    crossings: tuple[Crossing | None, ...]

    @property
    def n_classes(self) -> int:
        """Number of classes."""
        return len(self.crossings)

    @property
    def complete(self) -> bool:
        """Whether every class has been looked at."""
        return all(found is not None for found in self.crossings)

    @property
    def sizes(self) -> NDArray[np.float64]:
        """Sizes, (n_classes,): infinite where no change is enough, NaN where not looked at yet."""
        return np.array(
            [np.nan if found is None else found.smallest.size for found in self.crossings]
        )

    @property
    def nearest(self) -> int | None:
        """The class that the smallest of all changes leads to; None while that is not known."""
        sizes = self.sizes
        sizes[self.predicted] = np.inf
        if not self.complete or not np.isfinite(sizes).any():
            return None
        best = int(sizes.argmin())
        proven = [
            c.smallest.at_least
            for k, c in enumerate(self.crossings)
            if c is not None and k not in (best, self.predicted)
        ]
        return best if min(proven, default=np.inf) >= sizes[best] else None

    @property
    def largest(self) -> float:
        """The largest change of any pixel toward any class, just beyond; 0 without a change."""
        return max((float(np.abs(c.beyond).max()) for c in self.crossings if c), default=0.0)

    def by_size(self) -> list[int]:
        """Return the classes in the order of their sizes, what is not known last."""
        return [int(k) for k in np.argsort(self.sizes, kind="stable")]

    def changes(self, fraction: float) -> NDArray[np.float64]:
        """Return the changes at a fraction of each, (n_classes, n_features); 0 where not known."""
        none = np.zeros_like(self.image)
        return np.stack([none if c is None else c.change_at(fraction) for c in self.crossings])

    def probabilities(self, changes: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return what each class's own image is read as, softmax, (n_classes, n_classes).

        Parameters
        ----------
        changes : (n_classes, n_features)
        """
        return SoftmaxPerceptron(self.weights).probabilities(self.image + changes)

    def reached(self, probabilities: NDArray[np.float64]) -> NDArray[np.bool_]:
        """Return which images are read as their class, (n_classes,); one in a tie is not.

        Parameters
        ----------
        probabilities : (n_classes, n_classes), as from :meth:`probabilities`
        """
        own = np.diagonal(probabilities)
        others = np.where(np.eye(self.n_classes, dtype=bool), 0.0, probabilities).max(axis=1)
        return np.asarray(own > others * (1 + _ROUNDING))


class TargetSearch:
    """Finds the ways toward all classes one by one; what was found before is kept.

    Parameters
    ----------
    weights : (n_classes, n_features + 1), bias in column 0
    image : (n_features,)
    norm, boxed : how large a change is, and whether pixels stay between 0 and 1

    Raises
    ------
    SettingError
        From :meth:`run`, if the weights are no numbers any more, or as
        :func:`core.exact.smallest.smallest_change`.
    """

    def __init__(
        self, weights: NDArray[Any], image: NDArray[Any], norm: Norm, *, boxed: bool
    ) -> None:
        self._weights = read_only(weights.astype(np.float64))
        self._image = read_only(image.astype(np.float64))
        self._norm, self._boxed = norm, boxed
        self._crossings: list[Crossing | None] = [None] * len(weights)

    def run(self) -> Generator[Progress, None, None]:
        """Look at the classes not looked at yet, telling after each and within long ones."""
        check_numbers(self._weights)
        for k, known in enumerate(self._crossings):
            if known is None:
                steps = crossing(
                    self._weights, self._image, self._norm, target=k, boxed=self._boxed
                )
                self._crossings[k] = yield from told_as(steps, self._progress)
                yield self._progress()

    def _progress(self) -> Progress:
        n_classes = len(self._crossings)
        return Progress(n_classes - self._crossings.count(None), n_classes, "classes")

    def found(self) -> AllTargets:
        """Return what is known so far."""
        logits = self._weights[:, 1:] @ self._image + self._weights[:, 0]
        return AllTargets(
            weights=self._weights,
            image=self._image,
            norm=self._norm,
            boxed=self._boxed,
            predicted=int(logits.argmax()),
            crossings=tuple(self._crossings),
        )
