"""One change for all images of a part, however many: pass after pass, in bounded memory.

The steps are those of :class:`~core.attack.methods.universal.Universal`, which holds all images at
once.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from core.attack.base import SMALLER
from core.attack.methods.universal import Universal
from core.attack.objectives import uphill
from core.attack.step import as_wanted, can_be_fooled
from core.data.dataset import read_only
from core.errors import SettingError
from core.progress import Progress

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator

    from numpy.typing import NDArray

    from core.attack.methods.iterative import IterativeSettings
    from core.learning.perceptron import SoftmaxPerceptron

PILOT_ROWS = 1000
"""Images on which all classes are tried as aims, before the best of them are on all images."""
FINALISTS = 3
CHUNK_ROWS = 128
"""So few that what is done to them stays in a processor's near cache."""


@dataclass(frozen=True, slots=True, eq=False)
class UniversalChange:
    """What is known by now.

    Attributes
    ----------
    change : (n_features,), the best so far, read-only: of those that fool equally many the smallest
    success_rates : of each change tried, the first of no size, the share of the images that could
        be fooled which are
    n_images : how many can be fooled; 0 before all were looked at
    """

    change: NDArray[Any]
    success_rates: tuple[float, ...]
    n_images: int


class UniversalSearch:
    """Find one change within the budget that fools as many of the images as possible.

    Without a target the ways away from all labels nearly cancel each other, and most images are
    fooled by a change toward one class. So it is searched away from the labels first and then
    toward each class in turn, where there are more than :data:`PILOT_ROWS` images toward the
    :data:`FINALISTS` that fool most of so many: what it finds fools no fewer than the best search
    with a target.

    Searched on the images that can be fooled (see
    :func:`~core.attack.step.can_be_fooled`): those that are misread anyway have no
    say and do not count.

    Parameters
    ----------
    model : SoftmaxPerceptron
    config : IterativeSettings
    images : (n, n_features)
    labels : (n,)
    rows : (m,) or None, which of the images are searched on; by default all
    """

    def __init__(
        self,
        model: SoftmaxPerceptron,
        config: IterativeSettings,
        images: NDArray[Any],
        labels: NDArray[np.int64],
        rows: NDArray[np.int64] | None = None,
    ) -> None:
        self.model, self.config = model, config
        self._images, self._labels = images, labels
        self._rows = np.arange(len(images)) if rows is None else rows
        self._before = np.zeros(len(images), dtype=np.int64)
        self._done = self._total = 0
        self._steps = self._pass_by_pass()
        nothing = np.zeros(model.n_features, dtype=model.weights.dtype)
        self._found = UniversalChange(read_only(nothing), (), 0)
        self._best = (-1.0, 0.0)

    def run(self) -> Generator[Progress, None, None]:
        """Search, telling after every few images; go on where it was left.

        Raises
        ------
        SettingError
            In words, as :class:`~core.attack.base.Attack`, or if no image can be fooled.
        """
        # Not `yield from`: whoever leaves this generator would close the one that is kept.
        for progress in self._steps:  # noqa: UP028
            yield progress

    def found(self) -> UniversalChange:
        """Return the best change so far, at first none at all."""
        return self._found

    def _pass_by_pass(self) -> Iterator[Progress]:
        n, n_passes = len(self._rows), self.config.steps + 1
        aims = range(self.model.n_classes) if self.config.target is None else range(0)
        few = self._rows[:: max(-(-n // PILOT_ROWS), 1)]
        is_piloted = len(few) < n and len(aims) > FINALISTS
        n_looked = len(few) * len(aims) + n * FINALISTS if is_piloted else n * len(aims)
        self._total = n + n_passes * (n + n_looked)
        opened = [self._rows[:0]]
        for rows in self._chunks(self._rows):
            predicted = self._before[rows] = self.model.predict(self._images[rows])
            opened.append(rows[can_be_fooled(predicted, self._labels[rows], self.config.target)])
            yield self._tell(len(rows))
        open_ = np.concatenate(opened)
        if not len(open_):
            raise SettingError(
                "There is no image to fool: all are misread, or read as the target, as they are"
            )
        self._found = replace(self._found, n_images=len(open_))
        first = open_[:1]  # holds the settings, and refuses what cannot be attacked
        self._one = Universal(self.model, self.config, self._images[first], self._labels[first])
        yield from self._lap(open_, self.config.target)
        ordered = list(aims)
        if is_piloted:
            fooled = []
            for aim in aims:
                fooled.append((yield from self._lap(few, aim, is_kept=False)))
            ordered = sorted(aims, key=fooled.__getitem__, reverse=True)[:FINALISTS]
        for aim in ordered:
            if self._best[0] < 1.0:
                yield from self._lap(self._rows, aim)

    def _tell(self, n_looked: int) -> Progress:
        self._done += n_looked
        return Progress(self._done, self._total, "images")

    def _lap(
        self, rows: NDArray[np.int64], aim: int | None, *, is_kept: bool = True
    ) -> Generator[Progress, None, int]:
        """Go from no change on toward a class, or away from all labels; return the most fooled."""
        change = np.zeros((1, self.model.n_features), dtype=self.model.weights.dtype)
        most = 0
        for _ in range(self.config.steps + 1):
            mean = np.zeros_like(change)
            n_fooled = 0
            for some in self._chunks(rows):
                n_fooled += self._look(some, change, mean, aim)
                yield self._tell(len(some))
            most = max(most, n_fooled)
            if is_kept:
                self._keep(n_fooled, change)
            if n_fooled == self._found.n_images:
                break
            change = change + self._one.norm.steepest(mean) * mean.dtype.type(self._one.length)
            self._one.norm.project(change, self._one.budget)
        return most

    def _chunks(self, rows: NDArray[np.int64]) -> Iterator[NDArray[np.int64]]:
        for first in range(0, len(rows), CHUNK_ROWS):
            yield rows[first : first + CHUNK_ROWS]

    def _look(
        self,
        rows: NDArray[np.int64],
        change: NDArray[Any],
        mean: NDArray[Any],
        aim: int | None,
    ) -> int:
        """Add the pulls of the images that are not there yet to ``mean``; return who is fooled."""
        one, labels, before = self._one, self._labels[rows], self._before[rows]
        moved = np.asarray(self._images[rows] + change)
        shown = np.clip(moved, 0.0, 1.0) if one.box else moved
        logits = self.model.logits(shown)
        after = logits.argmax(axis=1)
        classes = labels if aim is None else np.full(len(rows), aim)
        _, gradient = one.objective.evaluate(logits, classes)
        pull, _ = uphill(gradient, aim)
        has_say = can_be_fooled(before, labels, aim) & ~as_wanted(after, labels, aim)
        pull *= has_say[:, None]
        if one.box:
            # sum_i m_i (p_i @ rows) with the mask m of unclipped pixels, without a product (n, D).
            inside = (moved == shown).astype(moved.dtype)
            mean += ((pull.T @ inside) * one.rows).sum(axis=0) / self._found.n_images
        else:
            mean += pull.sum(axis=0) @ one.rows / self._found.n_images
        fooled = can_be_fooled(before, labels, one.target) & as_wanted(after, labels, one.target)
        return int(fooled.sum())

    def _keep(self, n_fooled: int, change: NDArray[Any]) -> None:
        found = self._found
        rate, size = n_fooled / found.n_images, float(self._one.norm.sizes(change)[0])
        best_rate, best_size = self._best
        best = found.change
        if rate > best_rate or (rate == best_rate and size < best_size * SMALLER):
            self._best, best = (rate, size), read_only(change[0].copy())
        rates = (*found.success_rates, rate)
        self._found = replace(found, change=best, success_rates=rates)
