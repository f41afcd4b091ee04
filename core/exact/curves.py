"""Accuracy against the size of a change: exact, and under attacks that only try.

The exact curve is the share of a part's images that are read rightly *and* whose smallest change is
larger than ``e``: whatever is done to them within ``e``, they stay right. An attack
(:mod:`core.attack.whole_parts.sized`) can only lie above it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from core.data.dataset import read_only
from core.exact.closed_form import SmallestChanges, smallest_changes
from core.exact.smallest import boxed_changes

if TYPE_CHECKING:
    from collections.abc import Generator, Mapping, Sequence

    from numpy.typing import NDArray

    from core.data.dataset import Split
    from core.exact.closed_form import SetNorm
    from core.learning.model_cache import ModelCache
    from core.learning.records import EpochRecord
    from core.progress import Progress

    Medians = tuple[float, float, float]


@dataclass(frozen=True, slots=True, eq=False)
class ExactRobustness:
    """How large a change every image of a part withstands.

    Attributes
    ----------
    labels : (n_samples,) int64
    changes : of every image; sizes may be infinite
    boxed : whether pixels stay between 0 and 1
    n_classes : int
    """

    labels: NDArray[np.int64]
    changes: SmallestChanges
    boxed: bool
    n_classes: int

    def sizes(self, norm: SetNorm) -> NDArray[np.float64]:
        """Return the smallest change of every image, (n_samples,)."""
        return self.changes.sizes[norm]

    @property
    def right(self) -> NDArray[np.bool_]:
        """Whether each image is read as its label, (n_samples,)."""
        return np.asarray(self.changes.predicted == self.labels)

    @property
    def score(self) -> float:
        """The share of the images that are read rightly, NaN without an image."""
        return float(self.right.mean()) if len(self.labels) else float("nan")

    def accuracy(
        self, norm: SetNorm, at: NDArray[np.float64], label: int | None = None
    ) -> NDArray[np.float64]:
        """Return the share of images, or of those of one class, right whatever is done within.

        Parameters
        ----------
        at : (n_sizes,) sizes of changes
        label : one class, or None for all

        Returns
        -------
        (n_sizes,) float64, NaN without an image
        """
        chosen = slice(None) if label is None else self.labels == label
        sizes, right = self.sizes(norm)[chosen], self.right[chosen]
        if not len(right):
            return np.full(len(at), np.nan)
        held = np.sort(sizes[right])  # NaN last: such an image counts as one that nothing changes
        return np.asarray((len(held) - np.searchsorted(held, at, side="right")) / len(right))

    def median(self, norm: SetNorm, label: int | None = None) -> float:
        """Return the median size of the rightly read images, NaN without one."""
        chosen = self.right if label is None else self.right & (self.labels == label)
        return float(np.median(self.sizes(norm)[chosen])) if chosen.any() else float("nan")

    def ordered(self, norm: SetNorm, label: int | None = None) -> NDArray[np.int64]:
        """Return the rightly read images, those first that the smallest changes are enough for."""
        chosen = self.right if label is None else self.right & (self.labels == label)
        rows = np.flatnonzero(chosen)
        return np.asarray(rows[np.argsort(self.sizes(norm)[rows], kind="stable")])


def exact_robustness(
    weights: NDArray[Any], split: Split, *, boxed: bool
) -> Generator[Progress, None, ExactRobustness]:
    """Find the exact sizes of all images of a part; telling often in the box, where it takes long.

    Parameters
    ----------
    weights : (n_classes, n_features + 1), bias in column 0
    """
    if boxed:
        changes = yield from boxed_changes(weights, split)
    else:
        changes = smallest_changes(weights, split)
    return ExactRobustness(split.labels, changes, boxed, len(weights))


def share_right(
    counts: NDArray[np.int64], labels: NDArray[np.int64], label: int | None = None
) -> NDArray[np.float64]:
    """Return the accuracy at each size from counts (n_sizes, n_classes); NaN without an image."""
    n_images = np.bincount(labels, minlength=counts.shape[1])
    if label is None:
        right, n = counts.sum(axis=1), int(n_images.sum())
    else:
        right, n = counts[:, label], int(n_images[label])
    return np.asarray(right / n) if n else np.full(len(counts), np.nan)


def curve_sizes(largest: float, n_sizes: int = 160) -> NDArray[np.float64]:
    """Return 0 and sizes up to ``largest`` at which curves are drawn, closer where they begin.

    Half of them at equal differences and half at equal ratios over three decades: the curve is
    good to look at on either axis.
    """
    even = np.linspace(0.0, largest, n_sizes // 2)
    ratios = np.geomspace(largest / 1000, largest, n_sizes - n_sizes // 2)
    return np.unique(np.concatenate((even, ratios)))


def shown_size(found: ExactRobustness, norm: SetNorm) -> float:
    """Return up to which size a curve is worth drawing: 99 of 100 images have fallen; else 1."""
    sizes = found.sizes(norm)[found.right]
    sizes = sizes[np.isfinite(sizes)]
    largest = float(np.quantile(sizes, 0.99)) if len(sizes) else 0.0
    return largest if largest > 0 else 1.0


def tried_sizes(found: ExactRobustness, norm: SetNorm, n_sizes: int = 24) -> NDArray[np.float64]:
    """Return 0 and sizes up to :func:`shown_size` at which attacks are worth trying.

    Half of them at equal differences, half where equal shares of the images have fallen: where the
    curve is steep.
    """
    largest = shown_size(found, norm)
    sizes = found.sizes(norm)[found.right]
    sizes = sizes[sizes <= largest]
    even = np.linspace(0.0, largest, n_sizes - n_sizes // 2)
    if not len(sizes):
        return even
    shares = np.linspace(0.0, 1.0, n_sizes // 2 + 2)[1:-1]
    return np.unique(np.concatenate((even, np.quantile(sizes, shares))))


def between_tried(
    at: NDArray[np.float64],
    exact: NDArray[np.float64],
    tried: NDArray[np.float64],
    accuracy: NDArray[np.float64],
) -> NDArray[np.float64]:
    """Return the curve of an attack: straight between the sizes tried, but never below the exact.

    What it would do between two sizes is not known, but that it cannot do more than is possible.

    Parameters
    ----------
    at, exact : (n,) sizes within those tried, and the exact accuracy there
    tried, accuracy : (n_tried,)

    Returns
    -------
    (n,) float64
    """
    return np.asarray(np.maximum(np.interp(at, tried, accuracy), exact))


@dataclass(frozen=True, slots=True, eq=False)
class ExactCurves:
    """What the images of one part withstand under several models.

    Attributes
    ----------
    models : key of a model -> what it withstands; the one that is shown comes first
    """

    models: dict[int, ExactRobustness]

    @property
    def shown(self) -> ExactRobustness:
        """What the first model withstands."""
        return next(iter(self.models.values()))

    def attack_sizes(self, norm: SetNorm) -> NDArray[np.float64]:
        """Return the sizes at which attacks are tried on the first model, (n,)."""
        return tried_sizes(self.shown, norm)

    def sizes(self, norm: SetNorm) -> NDArray[np.float64]:
        """Return the sizes at which curves are drawn, (n_sizes,), :meth:`attack_sizes` in them."""
        furthest = max(shown_size(found, norm) for found in self.models.values())
        return np.union1d(curve_sizes(furthest), self.attack_sizes(norm))


class CurveSearch:
    """Finds the exact sizes of all images of a part, for both norms, under several models.

    Parameters
    ----------
    models : key -> weights (n_classes, n_features + 1), one at least; the one shown comes first
    boxed : whether pixels stay between 0 and 1
    known : what was found before
    """

    def __init__(
        self,
        models: Mapping[int, NDArray[Any]],
        split: Split,
        known: ModelCache[ExactRobustness],
        *,
        boxed: bool,
    ) -> None:
        self._models, self._about, self._known = dict(models), (split, boxed), known

    def run(self) -> Generator[Progress, None, None]:
        """Look at those not looked at yet, telling after each, and within in the box."""
        weights = list(self._models.values())
        yield from self._known.fill(weights, self._about, self._look, "models")

    def found(self) -> ExactCurves | None:
        """Return what all of them withstand; None before that is known."""
        known = {key: self._known.row(w, self._about) for key, w in self._models.items()}
        whole = {key: row for key, row in known.items() if row is not None}
        return ExactCurves(whole) if len(whole) == len(known) else None

    def _look(self, weights: NDArray[Any]) -> Generator[Progress, None, ExactRobustness]:
        split, boxed = self._about
        return exact_robustness(weights, split, boxed=boxed)


@dataclass(frozen=True, slots=True, eq=False)
class RobustnessOverEpochs:
    """Median exact sizes, without a box, of the rightly read images, epoch by epoch.

    Attributes
    ----------
    epochs : (n_epochs,) int64, rising
    l2, linf : (n_epochs,) float64, NaN where no image is read rightly
    score : (n_epochs,) float64, the share read rightly
    """

    epochs: NDArray[np.int64]
    l2: NDArray[np.float64]
    linf: NDArray[np.float64]
    score: NDArray[np.float64]


class MedianSearch:
    """Finds the medians of snapshots of runs in one part, each of them once.

    Parameters
    ----------
    runs : of each run its snapshots, in rising order of epochs
    known : what was found before
    """

    def __init__(
        self,
        split: Split,
        runs: Mapping[int, Sequence[EpochRecord]],
        known: ModelCache[Medians],
    ) -> None:
        self._split, self._runs, self._known = split, dict(runs), known

    def run(self) -> Generator[Progress, None, None]:
        """Look at those not looked at yet, telling after each; what is known of others goes."""
        weights = [each.weights for snapshots in self._runs.values() for each in snapshots]
        yield from self._known.fill(weights, (self._split,), self._look)

    def found(self) -> dict[int, RobustnessOverEpochs]:
        """Return what is known of each run so far."""
        return {key: self._of(snapshots) for key, snapshots in self._runs.items()}

    def _look(self, weights: NDArray[Any]) -> Generator[Progress, None, Medians]:
        found = yield from exact_robustness(weights, self._split, boxed=False)
        return found.median("l2"), found.median("linf"), found.score

    def _of(self, snapshots: Sequence[EpochRecord]) -> RobustnessOverEpochs:
        looked = [(each.epoch, self._known.row(each.weights, (self._split,))) for each in snapshots]
        epochs = [epoch for epoch, row in looked if row is not None]
        rows = [row for _, row in looked if row is not None]
        l2, linf, score = np.array(rows, dtype=np.float64).reshape(len(rows), 3).T.copy()
        return RobustnessOverEpochs(
            epochs=read_only(np.array(epochs, dtype=np.int64)),
            l2=read_only(l2),
            linf=read_only(linf),
            score=read_only(score),
        )
