"""What the optimiser does with the same image, norm, box and budget as a person.

Two things: the smallest change that is enough, computed exactly (:mod:`core.exact.smallest`), and
how far the gap can be pushed within the budget, by projected gradient descent on the logit margin,
or pixel by pixel where pixels are counted.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from core.attack.by_hand.score import Goal
from core.attack.methods.iterative import ProjectedGradient, ProjectedGradientSettings
from core.attack.settings import BUDGET_HIGH, BUDGET_LOW
from core.data.dataset import read_only
from core.errors import SettingError
from core.exact.smallest import smallest_change
from core.learning.perceptron import SoftmaxPerceptron

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from core.exact.pairs import Norm
    from core.exact.smallest import SmallestChange

    Changes = tuple[NDArray[np.float64], ...]

_BEYOND = (1e-6, 1e-4, 1e-2)

STEPS = 50
"""Of the descent; a film of so many pictures lasts two seconds."""

GROWING = 30
"""In so many parts the smallest change grows."""


@dataclass(frozen=True, slots=True, eq=False)
class Question:
    """What the optimiser is asked.

    Attributes
    ----------
    weights : (n_classes, n_features + 1)
    image : (n_features,)
    target : a class, or None for any but the one read
    norm, boxed : how a change is measured, and whether pixels stay in 0..1
    factor : the budget as a multiple of the smallest size
    budget : the budget itself, where that is fixed
    """

    weights: NDArray[Any]
    image: NDArray[Any]
    target: int | None
    norm: Norm
    boxed: bool
    factor: float
    budget: float | None = None

    @property
    def terms(self) -> tuple[int | None, Norm, bool]:
        """Target, norm and box: with others it is another game."""
        return self.target, self.norm, self.boxed


@dataclass(frozen=True, slots=True, eq=False)
class Answer:
    """What the optimiser found.

    Attributes
    ----------
    question : what was asked
    needed : the smallest size that is enough; infinite where no change is
    at_least : no smaller size is enough; less than ``needed`` only where pixels are counted
    budget : what was allowed
    smallest : growing changes, (n_features,) each, from none up to just beyond the tie
    most : changes on the way to the one that goes furthest within the budget
    """

    question: Question
    needed: float
    at_least: float
    budget: float
    smallest: Changes
    most: Changes


def budget_of(factor: float, needed: float, norm: Norm) -> float:
    """Return the budget that is ``factor`` times the size needed; at least one whole pixel."""
    budget = factor * needed
    if norm == "l0":
        return float(max(round(budget), 1))
    return float(min(max(budget, BUDGET_LOW), BUDGET_HIGH))


class Optimiser:
    """Answers questions; the smallest change of the image asked about last is remembered.

    A budget that is dragged along a slider asks for nothing else.
    """

    def __init__(self) -> None:
        self._known: tuple[Question, SmallestChange] | None = None

    def __call__(self, question: Question) -> Answer:
        """Answer a question: hundredths of a second with ten classes, seconds with fifty.

        Raises
        ------
        SettingError
            If the model cannot be attacked, or the image is read as the target already.
        """
        q = question
        goal = Goal(q.weights, q.image, q.target)
        if goal.is_reached:
            raise SettingError(f"The image is read as class {q.target} already")
        found = self._smallest(q)
        nothing = (read_only(np.zeros(len(q.image))),)
        if not np.isfinite(found.size) or found.target < 0:
            return Answer(q, np.inf, found.at_least, q.budget or 0.0, nothing, nothing)
        budget = q.budget or budget_of(q.factor, found.size, q.norm)
        smallest = _growing(q, goal, found)
        most = _most(q, goal, budget)
        reached = goal.standing(smallest[-1]).gap
        if found.size <= budget and goal.standing(most[-1]).gap > reached:
            most = smallest  # steps can miss what is only just within reach
        return Answer(q, found.size, found.at_least, budget, smallest, most)

    def _smallest(self, q: Question) -> SmallestChange:
        if self._known is None or not _is_same(self._known[0], q):
            found = smallest_change(q.weights, q.image, q.norm, target=q.target, boxed=q.boxed)
            self._known = q, found
        return self._known[1]


def _is_same(one: Question, other: Question) -> bool:
    """Whether two questions differ in the budget at most."""
    same_arrays = one.weights is other.weights and one.image is other.image
    return same_arrays and one.terms == other.terms


def _growing(q: Question, goal: Goal, found: SmallestChange) -> Changes:
    """Return the smallest change growing: in equal parts, or pixel by pixel, the best first."""
    end, image = found.change, q.image.astype(np.float64)
    if q.norm == "l0":
        toward = goal.toward(found.target, found.predicted)
        order = np.argsort(-end * toward, kind="stable")[: np.count_nonzero(end)]
        counts = np.unique(np.linspace(0, len(order), GROWING + 1).round().astype(int))
        frames = np.zeros((len(counts), len(end)))
        for frame, count in zip(frames, counts, strict=True):
            frame[order[:count]] = end[order[:count]]
        return tuple(read_only(frame) for frame in frames)
    for beyond in _BEYOND:  # the exact change ends at the tie; a little more is needed to win
        end = (1.0 + beyond) * found.change
        if q.boxed:
            end = np.clip(end, -image, 1.0 - image)
        if goal.standing(end).won:
            break
    return tuple(read_only(share * end) for share in np.linspace(0.0, 1.0, GROWING + 1))


def _most(q: Question, goal: Goal, budget: float) -> Changes:
    """Return the way to the change that goes furthest within the budget."""
    image = q.image.astype(np.float64)
    if q.norm == "l0":
        changes = _pixel_by_pixel(goal, image, int(budget))
    else:
        settings = ProjectedGradientSettings(
            target=q.target,
            norm=q.norm,
            budget=budget,
            box=q.boxed,
            steps=STEPS,
            random_start=False,
        )
        model = SoftmaxPerceptron(q.weights.astype(np.float64))
        run = ProjectedGradient(model, settings, image).run(keep_images=True)
        pictures = [step.images[0] for step in run if step.images is not None]
        changes = tuple(read_only(picture - image) for picture in pictures)
    gaps = [goal.standing(change).gap for change in changes]
    return changes[: int(np.argmin(gaps)) + 1]


def _pixel_by_pixel(goal: Goal, image: NDArray[np.float64], budget: int) -> Changes:
    """Return greedy changes of more and more pixels, each to the limit where it gains most.

    A pixel at its better limit gains ``max(a_i (1 - x_i), -a_i x_i)`` on the gap as it is now; the
    effects of a linear model add up.
    """
    change = np.zeros_like(image)
    frames = [read_only(change.copy())]
    for _ in range(min(budget, len(image))):
        toward = goal.uphill(goal.standing(change))
        up, down = toward * (1.0 - image), -toward * image
        gains = np.where(change == 0, np.maximum(up, down), -np.inf)
        best = int(gains.argmax())
        if gains[best] <= 0:
            break
        change[best] = 1.0 - image[best] if up[best] > down[best] else -image[best]
        frames.append(read_only(change.copy()))
    return tuple(frames)
