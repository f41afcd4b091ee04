"""What the optimiser does with the same image, norm, box and budget as a person.

Two things: the smallest change that is enough, computed exactly (:mod:`core.attack.exact`), and
how far the gap can be pushed within the budget, by projected gradient descent on the logit margin,
or pixel by pixel where pixels are counted.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from core.attack.by_hand_score import Goal
from core.attack.exact import smallest_change
from core.attack.exact_attack import Exact, ExactSettings
from core.attack.iterative import ProjectedGradient, ProjectedGradientSettings
from core.attack.settings import BUDGET_HIGH, BUDGET_LOW
from core.dataset import read_only
from core.perceptron import SoftmaxPerceptron

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from core.attack.batch import BatchAttack
    from core.attack.pairs import Norm

    Changes = tuple[NDArray[np.float64], ...]

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


def best_moves(question: Question) -> Answer:
    """Answer a question; a few hundredths of a second.

    Raises
    ------
    SettingError
        If the model cannot be attacked, or the image is read as the target already.
    """
    q = question
    goal = Goal(q.weights, q.image, q.target)
    found = smallest_change(q.weights, q.image, q.norm, target=q.target, boxed=q.boxed)
    nothing = (read_only(np.zeros(len(q.image))),)
    if not np.isfinite(found.size) or found.target < 0:
        return Answer(q, np.inf, found.at_least, q.budget or 0.0, nothing, nothing)
    budget = q.budget or budget_of(q.factor, found.size, q.norm)
    model = SoftmaxPerceptron(q.weights.astype(np.float64))
    settings = ExactSettings(target=q.target, norm=q.norm, box=q.boxed, steps=GROWING)
    smallest = _changes(Exact(model, settings, q.image))
    if q.norm == "l0":
        most = _pixel_by_pixel(goal, q.image.astype(np.float64), int(budget))
    else:
        climbing = ProjectedGradientSettings(
            target=q.target,
            norm=q.norm,
            budget=budget,
            box=q.boxed,
            steps=STEPS,
            random_start=False,
        )
        most = _changes(ProjectedGradient(model, climbing, q.image))
    gaps = [goal.standing(change).gap for change in most]
    most = most[: int(np.argmin(gaps)) + 1]
    if found.size <= budget and min(gaps) > goal.standing(smallest[-1]).gap:
        most = smallest  # steps can miss what is only just within reach
    return Answer(q, found.size, found.at_least, budget, smallest, most)


def _changes(attack: BatchAttack) -> Changes:
    """Run an attack on one image; return its change at every step."""
    frames = []
    for step in attack.run(keep_images=True):
        assert step.images is not None
        frames.append(read_only(step.images[0] - attack.originals[0]))
    return tuple(frames)


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
