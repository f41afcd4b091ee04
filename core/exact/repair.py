"""Mistakes made right, and right ones made wrong: the exact smallest changes of a whole part.

A mistake is repaired by the smallest change with which it is read as its true class, which must
overtake *all* others (:mod:`core.exact.smallest`); a right one is broken as soon as *any* other
class overtakes (:mod:`core.exact.closed_form`). What label noise has made of a label plays no part.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from core.data.dataset import read_only
from core.exact.crossing import Crossing, crossing
from core.exact.curves import exact_robustness
from core.exact.smallest import smallest_change
from core.learning.perceptron import SoftmaxPerceptron, check_numbers, softmax
from core.progress import Progress, finish

if TYPE_CHECKING:
    from collections.abc import Generator

    from numpy.typing import NDArray

    from core.data.dataset import Split
    from core.exact.closed_form import SetNorm

_READ_ROWS, _BOXED_PAIRS = 1024, 480
"""Images whose sizes are found together, in the box images times classes: less than a tenth of a
second."""


@dataclass(frozen=True, slots=True, eq=False)
class RepairSizes:
    """How small a change repairs each mistake of a part, or breaks each right one.

    Attributes
    ----------
    labels, predicted : (n_samples,) int64, true classes and what the images are read as
    sizes : (n_samples,) float64; infinite where no change is enough, NaN where not known yet
    """

    labels: NDArray[np.int64]
    predicted: NDArray[np.int64]
    sizes: NDArray[np.float64]

    @property
    def mistakes(self) -> NDArray[np.int64]:
        """The images read wrongly."""
        return np.flatnonzero(self.predicted != self.labels)

    @property
    def right_ones(self) -> NDArray[np.int64]:
        """The images read rightly."""
        return np.flatnonzero(self.predicted == self.labels)

    def known(self, images: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return those of ``images`` whose size is known, the smallest first."""
        some = images[~np.isnan(self.sizes[images])]
        return np.asarray(some[np.argsort(self.sizes[some], kind="stable")])

    def median(self, images: NDArray[np.int64]) -> float:
        """Return the median of the known sizes of ``images``, NaN where none is known."""
        sizes = self.sizes[self.known(images)]
        if not len(sizes):
            return float("nan")
        low, high = sizes[(len(sizes) - 1) // 2], sizes[len(sizes) // 2]
        return float(low if low == high else (low + high) / 2)  # no inf - inf

    def shares(self, images: NDArray[np.int64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return which share of ``images`` a change of a size is enough for, from (0, 0) on.

        Returns
        -------
        sizes, shares : (n_finite + 1,), rising; of those whose sizes are known
        """
        sizes = self.sizes[self.known(images)]
        finite = sizes[np.isfinite(sizes)]
        ranks = np.arange(len(finite) + 1) / max(len(sizes), 1)
        return np.concatenate(([0.0], finite)), ranks


def neighbour(images: NDArray[np.int64], index: int | None, step: int) -> int | None:
    """Return the one of ``images``, rising, that follows ``index`` or comes before it, going round.

    Parameters
    ----------
    images : (n,)
    index : None for the first one
    step : 1 for the next, -1 for the previous, 0 for ``index`` itself or, if it is none, the next
    """
    if not len(images):
        return None
    if index is None:
        return int(images[0])
    if step < 0:
        return int(images[int(np.searchsorted(images, index)) - 1])
    place = int(np.searchsorted(images, index, side="right" if step else "left"))
    return int(images[place % len(images)])


@dataclass(frozen=True, slots=True, eq=False)
class Changed:
    """One image of a part and the smallest change that repairs it, or breaks it.

    Attributes
    ----------
    index : number of the image
    label : its true class
    image : (n_features,) float64
    crossing : toward its true class, or away from it
    before, after : (n_classes,) probabilities of the image, and of that just beyond the boundary
    """

    index: int
    label: int
    image: NDArray[np.float64]
    crossing: Crossing
    before: NDArray[np.float64]
    after: NDArray[np.float64]

    @property
    def predicted(self) -> int:
        """What the image is read as, unchanged."""
        return self.crossing.smallest.predicted

    @property
    def result(self) -> NDArray[np.float64]:
        """The image just beyond the boundary, (n_features,)."""
        return self.image + self.crossing.beyond


def changed(
    weights: NDArray[Any], split: Split, index: int, norm: SetNorm, *, boxed: bool
) -> Changed:
    """Return an image and the smallest change to its true class, or away where it is read so.

    Parameters
    ----------
    weights : (n_classes, n_features + 1), bias in column 0
    index : number of the image in ``split``
    """
    w, x = weights.astype(np.float64), split.images[index].astype(np.float64)
    label = int(split.true_labels[index])
    is_right = int((w[:, 1:] @ x + w[:, 0]).argmax()) == label
    target = None if is_right else label
    found = finish(crossing(w, x, norm, target=target, boxed=boxed))
    before, after = (
        read_only(softmax(w[:, 1:] @ image + w[:, 0])) for image in (x, x + found.beyond)
    )
    return Changed(index, label, read_only(x), found, before, after)


def _reading(
    weights: NDArray[np.float64], split: Split
) -> Generator[Progress, None, NDArray[np.int64]]:
    """Find what all images of a part are read as, in float64, (n_samples,), read-only."""
    model, predicted = SoftmaxPerceptron(weights), np.empty(split.n_samples, dtype=np.int64)
    for rows, images, _ in split.chunks(_READ_ROWS):
        predicted[rows] = model.predict(images.astype(np.float64))
        yield Progress(0, split.n_samples, "images")
    return read_only(predicted)


@dataclass(frozen=True, slots=True, eq=False)
class RepairPair:
    """One mistake of a part and one image read rightly, side by side.

    Attributes
    ----------
    mistakes, right_ones : all there are, rising
    mistake, right : None where the model makes no mistake, or reads nothing rightly
    """

    mistakes: NDArray[np.int64]
    right_ones: NDArray[np.int64]
    mistake: Changed | None
    right: Changed | None

    @property
    def largest(self) -> float:
        """The largest change of any pixel of either image; 0 without a change."""
        both = [one.crossing.beyond for one in (self.mistake, self.right) if one is not None]
        return max((float(np.abs(change).max()) for change in both), default=0.0)


class PairSearch:
    """Repairs one mistake and breaks one right one.

    Parameters
    ----------
    weights, split, norm, boxed : as for :class:`RepairSearch`
    mistake, right : the images wanted, None for the first; where one is not of that kind, the next
        that is
    predicted : what the images are read as, if that is known already

    Raises
    ------
    SettingError
        From :meth:`run`, if the weights are no numbers any more.
    """

    def __init__(
        self,
        weights: NDArray[Any],
        split: Split,
        norm: SetNorm,
        *,
        boxed: bool,
        mistake: int | None = None,
        right: int | None = None,
        predicted: NDArray[np.int64] | None = None,
    ) -> None:
        self._weights_given = weights
        self._weights = weights.astype(np.float64)
        self._split, self._norm, self._boxed = split, norm, boxed
        self._mistake, self._right = mistake, right
        self._predicted = predicted
        self._found: RepairPair | None = None

    def run(self) -> Generator[Progress, None, None]:
        """Read the images, then look at both."""
        check_numbers(self._weights)
        if self._found is not None:
            return
        if self._predicted is None:
            self._predicted = yield from _reading(self._weights, self._split)
        is_right = self._predicted == self._split.true_labels
        mistakes, right_ones = np.flatnonzero(~is_right), np.flatnonzero(is_right)
        self._found = RepairPair(
            mistakes=read_only(mistakes),
            right_ones=read_only(right_ones),
            mistake=self._changed(neighbour(mistakes, self._mistake, 0)),
            right=self._changed(neighbour(right_ones, self._right, 0)),
        )
        yield Progress(2, 2, "images")

    def found(self) -> RepairPair | None:
        """Return both; None before they are known."""
        return self._found

    def predicted_by(self, weights: NDArray[Any], split: Split) -> NDArray[np.int64] | None:
        """Return what these read in these images, if this is on both and has read all of them."""
        is_on_both = self._weights_given is weights and self._split is split
        return self._predicted if is_on_both else None

    def _changed(self, index: int | None) -> Changed | None:
        if index is None:
            return None
        return changed(self._weights, self._split, index, self._norm, boxed=self._boxed)


class RepairSearch:
    """Finds the sizes of a whole part: reads it, then the right ones, then the mistakes one by one.

    What was found is kept when the search is left, and the next one goes on from there.

    Parameters
    ----------
    weights : (n_classes, n_features + 1), bias in column 0
    norm, boxed : how large a change is, and whether pixels stay between 0 and 1

    Raises
    ------
    SettingError
        From :meth:`run`, if the weights are no numbers any more.
    """

    def __init__(self, weights: NDArray[Any], split: Split, norm: SetNorm, *, boxed: bool) -> None:
        self._weights = weights.astype(np.float64)
        self._split, self._norm, self._boxed = split, norm, boxed
        self._predicted: NDArray[np.int64] | None = None
        self._sizes = np.full(split.n_samples, np.nan)
        self._n_broken = 0

    def run(self) -> Generator[Progress, None, None]:
        """Read the images, all at one go, and find the sizes that are not known yet."""
        check_numbers(self._weights)
        if self._predicted is None:
            self._predicted = yield from _reading(self._weights, self._split)
            yield self._told()
        is_right = self._predicted == self._split.true_labels
        yield from self._break(is_right)
        yield from self._repair(is_right)

    def _told(self) -> Progress:
        known = int((~np.isnan(self._sizes)).sum())
        return Progress(known, self._split.n_samples, "images")

    def _break(self, is_right: NDArray[np.bool_]) -> Generator[Progress, None, None]:
        n, length = self._split.n_samples, _READ_ROWS
        if self._boxed:
            length = max(_BOXED_PAIRS // len(self._weights), 1)
        while self._n_broken < n:
            rows = slice(self._n_broken, min(self._n_broken + length, n))
            piece = self._split.part(rows.start, rows.stop)
            found = finish(exact_robustness(self._weights, piece, boxed=self._boxed))
            sizes = found.sizes(self._norm)
            self._sizes[rows][is_right[rows]] = sizes[is_right[rows]]
            self._n_broken = rows.stop
            yield self._told()

    def _repair(self, is_right: NDArray[np.bool_]) -> Generator[Progress, None, None]:
        labels = self._split.true_labels
        wrong = np.flatnonzero(~is_right & np.isnan(self._sizes))
        for index in wrong.tolist():
            self._sizes[index] = smallest_change(
                weights=self._weights,
                image=self._split.images[index],
                norm=self._norm,
                target=int(labels[index]),
                boxed=self._boxed,
            ).size
            yield self._told()

    def found(self) -> RepairSizes | None:
        """Return what is known so far; None before all images have been read."""
        if self._predicted is None:
            return None
        return RepairSizes(
            labels=self._split.true_labels,
            predicted=self._predicted,
            sizes=read_only(self._sizes.copy()),
        )
