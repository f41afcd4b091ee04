"""How large a change it takes to make one class another: the exact size toward every class.

For every image read rightly the smallest change is found with which each other class is read. The
change that overtakes the hardest rival alone has a closed form (:mod:`core.exact.pairs`); where
it overtakes all others on the way, which one product of matrices tells, nothing smaller can be
enough. For about half of the pairs of images and targets it does not, and
:mod:`core.exact.solver.overtaking` finds the size. No size is estimated, and no image is left
out; what is known before all images have been done is that of the first of an order drawn once, in
which the classes take turns. What label noise has made of a label plays no part.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from core.data.dataset import read_only
from core.exact.closed_form import class_distances
from core.exact.pairs import pair_changes
from core.exact.solver.ahead import can_be_ahead
from core.exact.solver.overtaking import overtaking_sizes
from core.learning.perceptron import SoftmaxPerceptron
from core.progress import Progress

if TYPE_CHECKING:
    from collections.abc import Generator

    from numpy.typing import NDArray

    from core.data.dataset import Split
    from core.exact.closed_form import SetNorm

    Array = NDArray[np.float64]

_READ_ROWS = 512
_MEASURED_VALUES: dict[SetNorm, int] = {"l2": 50_000, "linf": 12_500}
"""Pixels of the images measured toward all classes before the next ones are: a second or so."""
_BATCH_VALUES = 16_000
"""Pixels changed together, for few classes, where it takes longest: less than a tenth of a second,
so that who stops it need not wait."""
_CLOSED = 1e-12


@dataclass(frozen=True, slots=True, eq=False)
class PairSizes:
    """What is known of the images of a part.

    Attributes
    ----------
    counts : (n_classes, n_classes) int64, how often each true class (row) is read as each class
    indices, labels : (n_right,) int64, the images read rightly, in the order they are measured
    sizes : (n_right, n_classes) float64, the smallest change toward each class, infinite where
        none is enough; NaN toward the label itself, and where it is not known yet
    n_done : how many images, the first ones, have been measured
    """

    counts: NDArray[np.int64]
    indices: NDArray[np.int64]
    labels: NDArray[np.int64]
    sizes: Array
    n_done: int

    @property
    def n_classes(self) -> int:
        """Number of classes."""
        return len(self.counts)

    @property
    def complete(self) -> bool:
        """Whether all images have been measured."""
        return self.n_done == len(self.indices)


class CostMeasurement:
    """Measures a part of the data, image by image.

    Parameters
    ----------
    weights : (n_classes, n_features + 1), bias in column 0
    split : its pixels lie between 0 and 1
    norm : ``l2`` or ``linf``
    boxed : whether changed pixels stay between 0 and 1
    seed : of the order of the images
    most : so many images are enough, the first ones of that order; 0 for all
    """

    def __init__(
        self,
        weights: NDArray[Any],
        split: Split,
        norm: SetNorm,
        *,
        boxed: bool,
        seed: int = 0,
        most: int = 0,
    ) -> None:
        self._model, self._split = SoftmaxPerceptron(weights.astype(np.float64)), split
        self._norm: SetNorm = norm
        self._boxed, self._seed, self._most = boxed, seed, most
        rows = self._model.weights[:, 1:]
        # A pixel that weighs the same in all classes changes nothing: that of an edge where there
        # never was ink, for one.
        self._matters = (rows != rows[0]).any(axis=0)
        self._matters[0] |= not self._matters.any()  # no arrays without a column
        self._rows = rows[:, self._matters]
        self._known: PairSizes | None = None
        self._matrix: CostMatrix | None = None

    def found(self) -> CostMatrix | None:
        """Return the medians by now, made anew where more is known; None before it has read."""
        known = self._known
        if known is not None and (self._matrix is None or self._matrix.sizes.n_done < known.n_done):
            sizes = known.sizes.copy()  # the job goes on writing into its own array
            sizes[known.n_done :] = np.nan
            self._matrix = cost_matrix(replace(known, sizes=read_only(sizes)))
        return self._matrix

    def run(self) -> Generator[Progress, None, None]:
        """Measure what is not known yet, telling after each small step."""
        if self._known is None:
            self._known = yield from self._read()
        known = self._known
        n, n_targets = len(known.indices), len(self._rows) - 1
        n = min(n, self._most) if self._most else n
        reach = self._reach()
        step = self.n_together()
        for start in range(known.n_done, n, step):
            stop = min(start + step, n)
            rows = slice(start, stop)
            images = self._split.images[known.indices[rows]].astype(np.float64)
            logits = self._model.logits(images)
            images = np.ascontiguousarray(images[:, self._matters])
            for done in self._measure(images, logits, known.labels[rows], known.sizes[rows], reach):
                yield Progress(start * n_targets + done, n * n_targets, "sizes")
            self._known = replace(known, n_done=stop)

    def n_together(self) -> int:
        """Return how many images are measured toward all classes before the next ones are."""
        few = max(_MEASURED_VALUES[self._norm] // self._rows.shape[1], 1)
        is_cheap = self._norm == "l2" and not self._boxed
        return _READ_ROWS if is_cheap else min(few, _READ_ROWS)

    def _read(self) -> Generator[Progress, None, PairSizes]:
        split, n_classes = self._split, len(self._rows)
        predicted = np.empty(split.n_samples, dtype=np.int64)
        is_sound = np.empty(split.n_samples, dtype=np.bool_)
        for rows, images, _ in split.chunks(_READ_ROWS):
            logits = self._model.logits(images.astype(np.float64))
            predicted[rows], is_sound[rows] = logits.argmax(axis=1), np.isfinite(logits).all(axis=1)
            yield Progress(rows.stop, split.n_samples, "images")
        true = split.true_labels
        pairs = np.bincount(true * n_classes + predicted, minlength=n_classes**2)
        right = np.flatnonzero((predicted == true) & is_sound)
        indices = right[_taking_turns(true[right], np.random.default_rng(self._seed))]
        return PairSizes(
            read_only(pairs.reshape(n_classes, n_classes).astype(np.int64)),
            read_only(indices),
            read_only(true[indices]),
            np.full((len(indices), n_classes), np.nan),
            0,
        )

    def _reach(self) -> list[tuple[Array, Array] | None]:
        """Return for each target how far a unit of change toward each rival gets over all.

        Of target ``c``: distances (n_classes,) and reach (n_classes, n_classes), whose row ``h``
        is ``(w_c - w_j) . v`` for all ``j`` of the best direction ``v`` of size 1 past ``h``. None
        of one that nothing is read as.
        """
        weights = self._model.weights
        made: list[tuple[Array, Array] | None] = []
        for target, distances in enumerate(class_distances(weights)[self._norm]):
            if not can_be_ahead(weights, target, boxed=self._boxed):
                made.append(None)
                continue
            toward = self._rows[target] - self._rows
            way = toward if self._norm == "l2" else np.sign(toward)
            by = np.where(distances > 0, distances, 1.0) if self._norm == "l2" else 1.0
            made.append((distances, way @ toward.T / np.reshape(by, (-1, 1))))
        return made

    def _measure(
        self,
        images: Array,
        logits: Array,
        labels: NDArray[np.int64],
        sizes: Array,
        reach: list[tuple[Array, Array] | None],
    ) -> Generator[int, None, None]:
        """Write the sizes (n, n_classes) of some images, telling how many there are by now."""
        done = 0
        for target, ways in enumerate(reach):
            at = np.flatnonzero(labels != target)
            done += len(at)
            if ways is None:
                sizes[at, target] = np.inf
                continue
            gaps = logits[at] - logits[at, target][:, None]
            found = self._by_one_rival(images[at], labels[at], gaps, target, *ways)
            yield done
            left = np.flatnonzero(np.isnan(found))
            others = np.arange(len(self._rows)) != target
            rows = self._rows[target] - self._rows[others]
            step = self._batch(rows)
            for start in range(0, len(left), step):
                some = left[start : start + step]
                found[some] = overtaking_sizes(
                    rows=rows,
                    gaps=gaps[np.ix_(some, others)],
                    norm=self._norm,
                    images=images[at[some]] if self._boxed else None,
                )
                yield done
            sizes[at, target] = found

    def _batch(self, rows: Array) -> int:
        """Return for how many images the small problem is solved at once."""
        most = _READ_ROWS if self._norm == "l2" else _BATCH_VALUES / rows.shape[1]
        return max(int(most / (1 + len(rows) / 10)), 1)

    def _by_one_rival(
        self,
        images: Array,
        labels: NDArray[np.int64],
        gaps: Array,
        target: int,
        distances: Array,
        over: Array,
    ) -> Array:
        """Return the sizes (n,) of the change past the hardest rival; NaN if it is not enough.

        Parameters
        ----------
        gaps : (n, n_classes), ``z_j - z_c``
        distances, over : as :meth:`_reach` gives them
        """
        at = np.arange(len(gaps))
        alone = np.divide(gaps, distances, out=np.full_like(gaps, np.inf), where=distances > 0)
        alone[gaps <= 0] = -np.inf  # overtaken already
        # The class it is read as is to be overtaken in any case, and be it from a tie.
        own = alone[at, labels]
        alone[at, labels] = np.where(distances[labels] > 0, np.maximum(own, 0.0), np.inf)
        hardest = alone.argmax(axis=1)
        found = alone[at, hardest]
        if self._boxed:
            toward = self._rows[target] - self._rows[hardest]
            gap = np.maximum(gaps[at, hardest], 0.0)
            found, changes = pair_changes(images, toward, gap, self._norm, boxed=True)
            reached = changes @ (self._rows[target] - self._rows).T
        else:
            reached = np.where(np.isfinite(found), found, 0.0)[:, None] * over[hardest]
        scale = np.maximum(np.abs(gaps).max(axis=1), 1e-300)
        is_enough = (reached - gaps >= -_CLOSED * scale[:, None]).all(axis=1)
        return np.where(is_enough | np.isinf(found), found, np.nan)


def _taking_turns(labels: NDArray[np.int64], rng: np.random.Generator) -> NDArray[np.int64]:
    """Return an order of images (n,) in which one of each class comes, then the next of each."""
    order = rng.permutation(len(labels))
    turn = np.empty(len(labels), dtype=np.int64)
    for label in np.unique(labels):
        own = labels[order] == label
        turn[own] = np.arange(own.sum())
    return np.asarray(order[np.argsort(turn, kind="stable")])


@dataclass(frozen=True, slots=True, eq=False)
class CostMatrix:
    """What it costs to make an image of one class (row) another class (column).

    Attributes
    ----------
    sizes : of the images
    n_images : (n_classes,) int64, images of each class read rightly and measured so far
    low, median, high : (n_classes, n_classes) float64, quartiles and median of the exact sizes;
        NaN on the diagonal and without an image, infinite where no change is enough
    example : (n_classes, n_classes) int64, number in the part of the image whose size is the
        median, the lower of two; -1 for none
    """

    sizes: PairSizes
    n_images: NDArray[np.int64]
    low: Array
    median: Array
    high: Array
    example: NDArray[np.int64]

    @property
    def rates(self) -> Array:
        """The share of each label's images read as each class, (n_classes, n_classes)."""
        counts = self.sizes.counts
        return np.asarray(counts / np.maximum(counts.sum(axis=1, keepdims=True), 1))

    @property
    def known(self) -> NDArray[np.bool_]:
        """Of which pairs there is a median, (n_classes, n_classes)."""
        return ~np.isnan(self.median)

    def extremes(self) -> tuple[tuple[int, int], tuple[int, int]] | None:
        """Return the cheapest and the most expensive pair that can be reached, if there is one."""
        reached = np.isfinite(self.median)
        if not reached.any():
            return None
        places = (
            np.where(reached, self.median, np.inf).argmin(),
            np.where(reached, self.median, -np.inf).argmax(),
        )
        low, high = (divmod(int(place), len(reached)) for place in places)
        return low, high

    @property
    def correlation(self) -> float:
        """Spearman's rank correlation of how often pairs are confused and what they cost.

        Over all pairs of which there is a median; NaN as :func:`rank_correlation`.
        """
        known = self.known
        return rank_correlation(self.rates[known], self.median[known])


def cost_matrix(sizes: PairSizes) -> CostMatrix:
    """Return the medians over the images measured so far."""
    n_classes = sizes.n_classes
    labels = sizes.labels[: sizes.n_done]
    low, median, high = np.full((3, n_classes, n_classes), np.nan)
    example = np.full((n_classes, n_classes), -1, dtype=np.int64)
    for label in np.unique(labels):
        own = np.flatnonzero(labels == label)
        others = np.flatnonzero(np.arange(n_classes) != label)
        found = sizes.sizes[np.ix_(own, others)]
        order = np.argsort(found, axis=0, kind="stable")
        ordered = np.take_along_axis(found, order, axis=0)
        for values, share in ((low, 0.25), (median, 0.5), (high, 0.75)):
            values[label, others] = quantile(ordered, share)
        example[label, others] = sizes.indices[own[order[(len(own) - 1) // 2]]]
    return CostMatrix(
        sizes,
        read_only(np.bincount(labels, minlength=n_classes).astype(np.int64)),
        read_only(low),
        read_only(median),
        read_only(high),
        read_only(example),
    )


def quantile(ordered: Array, share: float) -> Array:
    """Return a quantile of each column, (n_columns,), between the two nearest of its numbers.

    Unlike NumPy's, between two infinite numbers it is infinite.
    """
    place = share * (len(ordered) - 1)
    below, above = ordered[int(np.floor(place))], ordered[int(np.ceil(place))]
    part = place - np.floor(place)
    with np.errstate(invalid="ignore"):
        between = below + part * (above - below)
    return np.asarray(np.where(below == above, below, between))


def ranks(values: NDArray[Any]) -> NDArray[np.float64]:
    """Return the ranks (n,) from 1 on, equal values sharing the mean of theirs; no NaN.

    Infinite values are the largest, and equal to each other.
    """
    _, place, counts = np.unique(values, return_inverse=True, return_counts=True)
    last = np.cumsum(counts)
    return np.asarray((last - (counts - 1) / 2)[place.reshape(-1)])


def rank_correlation(a: NDArray[Any], b: NDArray[Any]) -> float:
    """Return Spearman's rank correlation, -1 to 1: Pearson's of the ranks.

    Parameters
    ----------
    a, b : (n,), no NaN

    Returns
    -------
    NaN for fewer than three numbers, of which any two orders agree or disagree wholly, or where
    all numbers of a list are equal
    """
    if len(a) < 3:
        return float("nan")
    x, y = (values - values.mean() for values in (ranks(a), ranks(b)))
    lengths = float(np.sqrt((x @ x) * (y @ y)))
    return float(x @ y) / lengths if lengths > 0 else float("nan")
