"""Finds exact curves and medians over epochs, of a few images first where all would take long."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from core.data.dataset import read_only
from core.exact.curves import curve_sizes, exact_robustness, shown_size, tried_sizes
from core.learning.model_cache import ModelCache
from core.learning.perceptron import ran_away

if TYPE_CHECKING:
    from collections.abc import Generator, Mapping, Sequence

    from numpy.typing import NDArray

    from core.data.dataset import Split
    from core.exact.closed_form import SetNorm
    from core.exact.curves import ExactRobustness
    from core.learning.records import EpochRecord
    from core.progress import Progress

    Median = tuple[float, float]

FEW_PIXELS = {True: 400_000, False: 2_400_000}
"""In the box and without it, pixels of the images that can be followed beside a training: 500 and
3,000 images of 784, a few hundredths of a second with the noise that is tried on them."""

MEDIAN_PIXELS = {True: 400_000, False: 2_400_000}
"""Pixels of the images whose median is found at every kept epoch."""


@dataclass(frozen=True, slots=True, eq=False)
class SomeImages:
    """Images that stand for a part where all of it would take too long, or all of it.

    Attributes
    ----------
    split : the images
    rows : (n_samples,) int64, which of the part they are, rising
    n_whole : how many the part has
    """

    split: Split
    rows: NDArray[np.int64]
    n_whole: int

    @property
    def is_whole(self) -> bool:
        """Whether none is left out."""
        return len(self.rows) == self.n_whole


def some_images(part: Split, most_pixels: float = np.inf, seed: int = 0) -> SomeImages:
    """Return images of a part drawn at random, a round number of them, or all where they are few.

    Parameters
    ----------
    most_pixels : so many they may have together
    seed : always the same ones: a curve that moves has moved because the model has
    """
    n, most = part.n_samples, most_pixels / max(part.images.shape[1], 1)
    if n <= most:
        return SomeImages(part, np.arange(n), n)
    step = max(10 ** (len(str(int(most))) - 1) // 2, 1)
    chosen = np.random.default_rng(seed).permutation(n)[: max(int(most) // step * step, 1)]
    rows = np.sort(chosen)
    return SomeImages(part.take(rows), read_only(rows), n)


@dataclass(frozen=True, slots=True, eq=False)
class ExactCurves:
    """What images of one part withstand under several models.

    Attributes
    ----------
    images : of which all of it is
    models : key of a model -> what it withstands; the one that is shown comes first
    attack_sizes : (n,) at which attacks are tried on the first model
    sizes : (n_sizes,) at which curves are drawn; ``attack_sizes`` are in them
    sound : of each model in turn whether it did not run away
    furthest : up to which size curves are worth seeing: a model that ran away stretches no axis
    """

    images: SomeImages
    models: dict[int, ExactRobustness]
    attack_sizes: NDArray[np.float64]
    sizes: NDArray[np.float64]
    sound: tuple[bool, ...]
    furthest: float

    @property
    def shown(self) -> ExactRobustness:
        """What the first model withstands."""
        return next(iter(self.models.values()))


class KnownCurves(defaultdict["SomeImages", "ModelCache[ExactRobustness]"]):
    """What was found before, of which images; one is given to each search that follows another."""

    def __init__(self) -> None:
        super().__init__(ModelCache)


class CurveSearch:
    """Finds the exact sizes of images under several models, of few of them first.

    Parameters
    ----------
    models : key -> weights (n_classes, n_features + 1), one at least; the one shown comes first
    images : what is looked at, one after the other: what is known of the last is what is found
    known : what was found before
    norm : how large a change is
    boxed : whether pixels stay between 0 and 1
    """

    def __init__(
        self,
        models: Mapping[int, NDArray[Any]],
        images: Sequence[SomeImages],
        known: KnownCurves,
        *,
        norm: SetNorm,
        boxed: bool,
    ) -> None:
        self._models, self._images, self._known = dict(models), tuple(images), known
        self._norm: SetNorm = norm
        self._boxed = boxed

    def run(self) -> Generator[Progress, None, None]:
        """Look at those not looked at yet, telling after each, and within in the box."""
        weights = list(self._models.values())
        for images in self._images:
            look = partial(self._look, images.split)
            yield from self._known[images].fill(weights, self._about, look, "models")

    def found(self) -> ExactCurves | None:
        """Return what all of them withstand, of as many images as it is known of; else None."""
        for images in reversed(self._images):
            cache = self._known[images]
            known = {key: cache.row(w, self._about) for key, w in self._models.items()}
            whole = {key: row for key, row in known.items() if row is not None}
            if len(whole) == len(known):
                sound = tuple(not ran_away(weights) for weights in self._models.values())
                ends = [shown_size(found, self._norm) for found in whole.values()]
                furthest = max([end for end, ok in zip(ends, sound, strict=True) if ok] or ends)
                tried = tried_sizes(next(iter(whole.values())), self._norm)
                drawn = read_only(np.union1d(curve_sizes(furthest), tried))
                return ExactCurves(images, whole, read_only(tried), drawn, sound, furthest)
        return None

    @property
    def _about(self) -> tuple[object, ...]:
        return self._norm, self._boxed

    def _look(
        self, split: Split, weights: NDArray[Any]
    ) -> Generator[Progress, None, ExactRobustness]:
        return exact_robustness(weights, split, boxed=self._boxed, norms=(self._norm,))


@dataclass(frozen=True, slots=True, eq=False)
class RobustnessOverEpochs:
    """Median exact sizes of the rightly read images, epoch by epoch.

    Attributes
    ----------
    epochs : (n_epochs,) int64, rising
    medians : (n_epochs,) float64, NaN where no image is read rightly
    score : (n_epochs,) float64, the share read rightly
    sound : (n_epochs,) bool, whether the model did not run away
    """

    epochs: NDArray[np.int64]
    medians: NDArray[np.float64]
    score: NDArray[np.float64]
    sound: NDArray[np.bool_]


class MedianSearch:
    """Finds the medians of snapshots of runs, the last ones first, each of them once.

    Parameters
    ----------
    images : whose sizes are found
    runs : of each run its snapshots, in rising order of epochs
    known : what was found before
    norm, boxed : how large a change is, and whether pixels stay between 0 and 1
    most : so many snapshots are looked at before it ends; 0 for all
    """

    def __init__(
        self,
        images: SomeImages,
        runs: Mapping[int, Sequence[EpochRecord]],
        known: ModelCache[Median],
        *,
        norm: SetNorm,
        boxed: bool,
        most: int = 0,
    ) -> None:
        self._images, self._runs, self._known = images, dict(runs), known
        self._most = most
        self._norm: SetNorm = norm
        self._boxed = boxed

    def run(self) -> Generator[Progress, None, None]:
        """Look at those not looked at yet, telling after each; what is known of others goes.

        From coarse to fine: what is known when it is left is the whole of every run.
        """
        ordered = [
            (place, run, snapshot.weights)
            for run, snapshots in enumerate(self._runs.values())
            for place, snapshot in zip(_coarse_first(len(snapshots)), snapshots, strict=True)
        ]
        weights = [each for *_, each in sorted(ordered, key=lambda one: one[:2])]
        yield from self._known.fill(weights, self._about, self._look, most=self._most)

    def found(self) -> dict[int, RobustnessOverEpochs]:
        """Return what is known of each run so far."""
        return {key: self._of(snapshots) for key, snapshots in self._runs.items()}

    @property
    def _about(self) -> tuple[object, ...]:
        return self._images.split, self._norm, self._boxed

    def _look(self, weights: NDArray[Any]) -> Generator[Progress, None, Median]:
        found = yield from exact_robustness(
            weights, self._images.split, boxed=self._boxed, norms=(self._norm,)
        )
        return found.median(self._norm), found.score

    def _of(self, snapshots: Sequence[EpochRecord]) -> RobustnessOverEpochs:
        looked = [(each, self._known.row(each.weights, self._about)) for each in snapshots]
        epochs = [each.epoch for each, row in looked if row is not None]
        sound = [not ran_away(each.weights) for each, row in looked if row is not None]
        rows = [row for _, row in looked if row is not None]
        medians, score = np.array(rows, dtype=np.float64).reshape(len(rows), 2).T.copy()
        return RobustnessOverEpochs(
            epochs=read_only(np.array(epochs, dtype=np.int64)),
            medians=read_only(medians),
            score=read_only(score),
            sound=read_only(np.array(sound, dtype=np.bool_)),
        )


def _coarse_first(n: int) -> list[int]:
    """Return the turn of each of ``n`` places: the last, the first, the middle, the quarters ..."""
    turns = [n] * n
    step, turn = 1, 0
    while step < n:
        step *= 2
    while step:
        for place in range(n - 1, -1, -step):
            turns[place] = min(turns[place], turn)
        if turn == 0 and n:
            turns[0] = min(turns[0], 1)
        step, turn = step // 2, turn + 1
    return turns
