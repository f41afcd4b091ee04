"""What is said of a drawing: how it was placed, and what that changes."""

from __future__ import annotations

import math
from html import escape
from typing import TYPE_CHECKING

from core.words import percent
from gui.widgets.basics.fitting_words import short

if TYPE_CHECKING:
    from collections.abc import Sequence

    from core.drawing.drawing import Drawn, Placement
    from gui.images.draw.way import WayRow

LONGEST_NAME = 24


def placing_words(drawn: Drawn, plainly: WayRow, normally: WayRow, names: Sequence[str]) -> str:
    """Return what the placing has done, and what that has changed.

    Parameters
    ----------
    drawn : the drawing as it was placed
    plainly, normally : what is read in it as drawn, and as placed
    names : of the classes
    """
    way = normally.way.value
    way = f"{way[:1].upper()}{way[1:]}"
    done = "" if drawn.steps is None else f"{drawn.steps.sentence()}."
    if plainly.probabilities is None or normally.probabilities is None:
        return f"There is no model yet. {way} it is {done}"
    before, after = plainly.best, normally.best
    assert before is not None
    assert after is not None
    if before != after:
        result = "it is read as {}, not {}".format(
            *(escape(short(names[k], LONGEST_NAME)) for k in (after, before))
        )
    else:
        # As the bars say it: beside 1.000 and 1.000 nothing is surer.
        both = normally.probabilities, plainly.probabilities
        sure, was = (round(float(each[after]), 3) for each in both)
        more = sure - was
        result = "it is surer" if more > 0 else "it is less sure" if more < 0 else "it is as sure"
    return f"<b>{way} {result}:</b> {done}"


def unlike_mnist(placement: Placement, mnist: Placement) -> str:
    """Return how images are placed that are not placed as MNIST's are."""
    away = math.dist(placement.middle, mnist.middle)
    where = "are centred by their outline, not by their mass"
    if placement.by_mass:
        where = f"have their centre of mass {away:.1f} pixels from where MNIST's is"
    return (
        f"These images are not placed as MNIST's: their figures fill {percent(placement.box)} of "
        f"the frame (MNIST's {percent(mnist.box)}) and {where}."
    )
