"""What the images withstand, in sentences that flatter nobody."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from core.exact.curves import share_right
from core.learning.records import epoch_words
from core.words import at_least, percent
from gui.shared.words import PARTS
from gui.widgets.basics.fitting_words import short

if TYPE_CHECKING:
    from core.exact.closed_form import SetNorm
    from core.exact.pairs import Norm
    from gui.attack.robustness.questions import RobustnessCurves

_LONGEST_NAME = 14
_NOISE = "noise"
UNITS: dict[SetNorm, str] = {
    "l2": "length of the change",
    "linf": "largest change of a pixel",
}
COUNTED = "Pixels are counted for one image alone: here it is the length. "


def outcome(curves: RobustnessCurves, label: int | None, name: str) -> tuple[str, ...]:
    """Return what half of the images withstand, and what noise of that size does, ever shorter.

    Parameters
    ----------
    label, name : the class whose images are counted; None for all
    """
    found, norm = curves.shown, curves.norm
    n = len(found.ordered(norm, label))
    median = found.median(norm, label)
    of = "" if label is None else f" of {short(name, _LONGEST_NAME)}"
    they = f"Half of the {n:,} images{of} read rightly withstand"
    if n == 1:
        they = f"The only image{of} read rightly withstands"
    if not n:
        none = f"No image{of} is read rightly"
        return f"{none}: there is nothing to withstand a change yet.", f"{none}."
    if not np.isfinite(median):
        return (f"{they} every change.",)
    size = at_least(median)
    what = (
        f"every change shorter than {size}"
        if norm == "l2"
        else f"every change of less than {size} a pixel"
    )
    box = " that keeps the pixels in 0..1" if found.boxed else ""
    noise = _noise_words(curves, label, median)
    briefly = " in the box" if found.boxed else ""
    return (
        f"{they} {what}{box}{noise}.",
        f"{they} {what}{box}.",
        f"{they} {what}{briefly}.",
        f"Half withstand {what}{briefly}.",
    )


def _noise_words(curves: RobustnessCurves, label: int | None, median: float) -> str:
    """Return what noise as large as the median fools of the images read rightly."""
    known = curves.attacks.get(_NOISE)
    if known is None or not len(known):
        return ""
    at = curves.attack_sizes[: len(known)]
    i = int(np.searchsorted(at, median))
    right = share_right(known, curves.images.split.labels, label)
    if i == len(at) or not right[0] > 0:
        return ""
    fooled = 1 - right[i] / right[0]
    how = "that long" if curves.norm == "l2" else "that large"
    share = "almost none" if fooled < 0.03 else f"{percent(fooled)} of them"
    return f"; noise {how} fools {share}"


def known_words(curves: RobustnessCurves, asked: Norm) -> tuple[str, ...]:
    """Return which images and which epoch everything is of, ever shorter.

    Parameters
    ----------
    asked : the norm a person has chosen, which many images may not be measured in
    """
    some, epoch = curves.images, epoch_words(curves.models[0].epoch)
    part = PARTS[curves.part]
    n = len(some.rows)
    if some.is_whole:
        words = f"{n:,} {part} images, {epoch}"
        shorter: tuple[str, ...] = (epoch,)
    else:  # that they are not all, and of which epoch, is said however little room there is
        few = f"{n:,} of {some.n_whole:,}"
        words = f"of {few} {part} images, {epoch}; all follow when it rests"
        shorter = f"{few}, {epoch}", f"{few}, epoch {int(curves.models[0].epoch)}"
    counted = COUNTED if asked != curves.norm else ""
    return f"{counted}{words}", words, *shorter
