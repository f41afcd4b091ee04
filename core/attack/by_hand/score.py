"""How far a change has come: what the image is read as, and the gap still to be overcome.

The gap is a difference of logits. Toward a target ``t`` it is ``max_{j != t} z_j - z_t``; without
one it is ``z_y - max_{j != y} z_j``, ``y`` being what the image itself is read as. At 0 there is a
tie, below it the change has succeeded. Its gradient in the image is minus the difference of two
rows of the weights: along ``w_t - w_j`` a stroke gains most.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from core.attack.base import check_images, check_model
from core.data.dataset import read_only
from core.learning.perceptron import softmax
from core.words import DOWN, NEAREST, counted, fixed, significant
from core.words import at_least as at_least_words

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from core.attack.by_hand.painting import Rules

_LARGEST_SHARE = 999
"""Percent; further than that nobody reads."""

_DIGITS = 4
"""Of what is needed, as in the film: with two 0.9695 would be less than a size of 0.97."""


@dataclass(frozen=True, slots=True, eq=False)
class Standing:
    """What a change has come to.

    Attributes
    ----------
    probabilities : (n_classes,) float64
    predicted : what the changed image is read as
    gap : the difference of logits still to be overcome; below 0 none is left
    leader, chaser : whose logits it lies between: ``z_leader - z_chaser``
    way : the part of the first gap that is closed; 1 at the tie, below 0 on the wrong way
    won : whether it is read as wanted
    """

    probabilities: NDArray[np.float64]
    predicted: int
    gap: float
    leader: int
    chaser: int
    way: float
    won: bool


class Goal:
    """One image, one model, and what it is to be read as.

    Parameters
    ----------
    weights : (n_classes, n_features + 1), bias in column 0
    image : (n_features,)
    target : a class, or None for any but the one read

    Raises
    ------
    SettingError
        If the model gives no way to go, or reads other images or classes.
    """

    def __init__(self, weights: NDArray[Any], image: NDArray[Any], target: int | None) -> None:
        check_model(weights)
        check_images(image, weights, target)
        self._weights = weights.astype(np.float64)
        self._logits = self._weights[:, 1:] @ image.astype(np.float64) + self._weights[:, 0]
        self.target = target
        self.read = int(self._logits.argmax())
        self.first_gap = self._gap(self._logits)[0]
        self.start = self.standing(np.zeros(len(image)))

    @property
    def is_reached(self) -> bool:
        """Whether the image is read as the target as it is."""
        return self.target == self.read

    def _gap(self, logits: NDArray[np.float64]) -> tuple[float, int, int]:
        """Return the gap and between whose logits it lies."""
        wanted = self.read if self.target is None else self.target
        others = logits.copy()
        others[wanted] = -np.inf
        rival = int(others.argmax())
        leader, chaser = (wanted, rival) if self.target is None else (rival, wanted)
        return float(logits[leader] - logits[chaser]), leader, chaser

    def standing(self, change: NDArray[np.float64]) -> Standing:
        """Return what a change, of any shape, has come to."""
        logits = self._logits + self._weights[:, 1:] @ change.ravel()
        gap, leader, chaser = self._gap(logits)
        predicted = int(logits.argmax())
        won = predicted != self.read if self.target is None else predicted == self.target
        way = 1.0 - gap / self.first_gap if self.first_gap > 0 else float(won)
        probabilities = read_only(softmax(logits))
        return Standing(probabilities, predicted, gap, leader, chaser, way, won)

    def toward(self, one: int, other: int) -> NDArray[np.float64]:
        """Return what each pixel of more ink gains ``one`` on ``other``, (n_features,)."""
        return np.asarray(self._weights[one, 1:] - self._weights[other, 1:])

    def uphill(self, standing: Standing) -> NDArray[np.float64]:
        """Return what each pixel of more ink closes of the gap as it is, (n_features,)."""
        return self.toward(standing.chaser, standing.leader)


def percent(way: float) -> int:
    """Return a part of the way in whole percent; 100 only where the whole of it is gone."""
    whole = int(np.floor(100.0 * way + 1e-9)) if way < 1 else int(100.0 * way)
    return max(min(whole, _LARGEST_SHARE), -_LARGEST_SHARE)


def number(size: float, norm: str, rounding: str = NEAREST) -> str:
    """Return a size as people read it, without its unit: pixels are whole."""
    return f"{size:.0f}" if norm == "l0" else fixed(size, 2, rounding)


def sized(size: float, norm: str, rounding: str = NEAREST) -> str:
    """Return a size with its unit, if it has one: ``0.31``, ``1 pixel``, ``5 pixels``."""
    return counted(round(size), "pixel") if norm == "l0" else number(size, norm, rounding)


def least_sized(size: float, norm: str) -> str:
    """Return what is needed with its unit, in so many digits that it is not below a win's size."""
    return sized(size, norm) if norm == "l0" else at_least_words(size, _DIGITS)


def score(
    standing: Standing,
    size: float,
    rules: Rules,
    needed: float,
    reads: str,
    at_least: float | None = None,
) -> str:
    """Return in one or two sentences how a person stands against the gradient.

    Parameters
    ----------
    size : of the person's change
    needed : the smallest size with which it is known that it can be done
    reads : the name of what the changed image is read as
    at_least : no smaller size is enough, where that is not ``needed`` itself
    """
    norm = rules.norm
    at_least = needed if at_least is None else at_least
    budget, least = sized(rules.budget, norm, DOWN), _least(needed, at_least, norm)
    mine = f"{number(size, norm)} of {budget}"
    needs = f"The gradient needs {least}."
    if over_budget(size, rules):
        return f"Over the budget, {mine}: soften, undo, or allow more. {needs}"
    if standing.won:
        return f"You win: read as {reads} with {mine}. {_against(size, needed, at_least, norm)}"
    if at_least > rules.budget:
        needs = f"The gradient needs {least}, more than the budget: nobody can win. Allow more."
    if size == 0:
        return f"Nothing is painted yet; the budget is {budget}. {needs}"
    gone = percent(standing.way)
    way = f"{gone} % of the way" if gone >= 0 else f"{-gone} % of the way backwards"
    return f"You: {way} with {mine}. {needs}"


def _least(needed: float, at_least: float, norm: str) -> str:
    """Return what is needed, with what it takes at least where the two do not meet."""
    proven = "" if at_least >= needed else f" ({number(at_least, norm)} at least)"
    return f"{least_sized(needed, norm)}{proven}"


def over_budget(size: float, rules: Rules) -> bool:
    """Whether a size is over the budget by more than rounding."""
    return size > rules.budget * (1 + 1e-9)


def _against(size: float, needed: float, at_least: float, norm: str) -> str:
    """Return how a size compares with the smallest there is, or is known."""
    least = _least(needed, at_least, norm)
    if needed <= 0:
        return "It was a tie from the start."
    if at_least < size < needed:
        # Only where pixels are counted toward a class that must overtake several.
        return f"The gradient's own way takes {least}: yours is smaller."
    if size <= at_least * (1 + 1e-9):
        return f"The gradient needs {least}: no change is smaller than yours."
    if size <= needed * (1 + 1e-9):
        return f"The gradient needs {least}: as many as you."
    if size / needed < 1.005:
        return f"The gradient needs {least}: yours is as small to half a percent."
    return f"The gradient needs {least}: yours is {significant(size / needed)} times as large."


def efficiency(standing: Standing, first_gap: float, size: float) -> float:
    """Return how much of the gap is closed per 1 of size; 0 where nothing is changed."""
    return (first_gap - standing.gap) / size if size > 0 else 0.0
