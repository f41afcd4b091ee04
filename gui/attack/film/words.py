"""What a film says of the step shown."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from core.words import at_least, fixed
from gui.shared.words import an

if TYPE_CHECKING:
    from collections.abc import Sequence

    from core.attack import AttackStep
    from core.attack.film import Filmed, Least
    from core.exact.pairs import Norm

_SIZES = {
    "l2": "Length of the change",
    "linf": "Largest pixel of the change",
    "l0": "Pixels changed",
}
_DIGITS = 4
"""Of what is enough: with fewer it would seem to be well below a film's exact change."""
_ALONG = ((0.5, "where"), (0.2, "partly where"), (-0.2, "hardly where"), (-1.1, "away from where"))
"""From which cosine on a change may be said to point so."""
_NOTHING = 1e-6
"""A pixel that moved less is as it was."""

SATURATED = (
    "So sure is the model of this image that the squared loss gives almost nothing to follow: "
    "J (t − y) is near 0. Raise the step size, or start from noise."
)
SWINGS = (
    "The reading swings: steps of this size overshoot what the squared loss leads to. "
    "Compare losses (more views) shows how others fare."
)
RAN_AWAY = (
    "Here the numbers run away: step size times pull is more than the descent can bear. Choose "
    "less of either."
)


def size_of(step: AttackStep, first: AttackStep, norm: Norm) -> float:
    """Return the size of the change from the first step to another."""
    if norm == "l0":
        return float(np.count_nonzero(np.abs(step.image - first.image) > _NOTHING))
    return step.l2 if norm == "l2" else step.linf


def _written(size: float, norm: Norm) -> str:
    return f"{size:,.0f}" if norm == "l0" else fixed(size)


def size_words(size: float, norm: Norm, least: Least | None) -> str:
    """Return how large the change is, and could have been."""
    possible = ""
    if least is not None:
        enough = at_least(least.size, _DIGITS)
        if least.norm == "l0":
            enough = f"{least.size:,.0f}"
            if least.at_least < least.size:
                enough = f"at most {enough}, at least {least.at_least:,.0f}"
        possible = f"; the least possible is {enough}{' in the box' if least.boxed else ''}"
    return f"{_SIZES[norm]} {_written(size, norm)}{possible}."


def before_words(before: Filmed, norm: Norm) -> str:
    """Return what the film before came to, which was made with other settings."""
    first, last = before.steps[0], before.steps[-1]
    flip = "not as wanted at the end"
    if before.flip is not None:
        flip = f"flip at step {before.steps[before.flip].number:,}"
    size = _written(size_of(last, first, norm), norm)
    return f"Before: {flip} of {last.n_made:,}, {_SIZES[norm].split(' of ')[0].lower()} {size}."


def second_words(
    step: AttackStep, names: Sequence[str], norm: Norm, least: Least | None, aim: int
) -> str:
    """Return the change in the other norm, and which classes would have been cheaper or dearer."""
    other = f"Length {fixed(step.l2)}."
    if norm != "linf":
        other = f"Largest pixel {fixed(step.linf)}."
    sizes = {} if least is None else {k: v for k, v in least.sizes.items() if k != aim}
    if least is None or not sizes:
        return other

    def write(k: int) -> str:
        size, known = sizes[k], least.at_leasts[k]
        if least.norm != "l0":
            return at_least(size, _DIGITS)
        return f"{known:,.0f} to {size:,.0f}" if known < size else f"{size:,.0f}"

    near, far = min(sizes, key=lambda k: sizes[k]), max(sizes, key=lambda k: sizes[k])
    words = f"{other} Toward {names[near]} it would take {write(near)}"
    if near != far:
        words += f", toward {names[far]} as much as {write(far)}"
    return f"{words}."


def likeness_words(likeness: tuple[float, float], name: str) -> str:
    """Return whether a change looks like its target."""
    by_weights, by_images = likeness
    along = next(words for least, words in _ALONG if by_weights >= least)
    how = "far less" if by_images < by_weights / 2 else "less"
    if by_images >= by_weights:
        how = "as much" if fixed(by_images) == fixed(by_weights) else "more"
    return (
        f"Does it look like {an(name)}? The change points {along} the weights of {name} point "
        f"(cosine {fixed(by_weights)}), {how} where the mean {name} differs from the mean image "
        f"({fixed(by_images)})."
    )
