"""The sizes of repairing and of breaking, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from core.words import at_most, percent, significant
from gui.shared.words import PARTS

if TYPE_CHECKING:
    from core.exact.repair import RepairPair, RepairSizes

_ALIKE = 0.05
"""Sizes that differ by less are about the same."""


def comparison(pair: RepairPair) -> str:
    """Return a sentence that compares the sizes of both images."""
    mistake, right = pair.mistake, pair.right
    if mistake is None or right is None:
        return ""
    repair, breaking = (one.crossing.smallest.size for one in (mistake, right))
    if np.isinf(repair) and np.isinf(breaking):
        return "No change is enough to mend this mistake, nor to break the right one."
    if np.isinf(repair):
        return f"No change mends this mistake; one of {at_most(breaking)} breaks the right one."
    if np.isinf(breaking):
        return f"A change of {at_most(repair)} mends this mistake; none breaks the right one."
    words = (
        f"A change of {at_most(repair)} mends this mistake, one of {at_most(breaking)} breaks the "
        "right one"
    )
    return f"{words}: {_times(breaking, repair)}." if repair and breaking else f"{words}."


def _times(size: float, other: float) -> str:
    """Return how many times as large ``size`` is as ``other``."""
    ratio = size / other
    if abs(ratio - 1) < _ALIKE:
        return "about as much"
    return f"{significant(ratio, 2)} times as much" if ratio > 1 else f"{percent(ratio)} of it"


def medians(sizes: RepairSizes | None, part: str) -> str:
    """Return the medians of the part in words, as far as it has been measured."""
    unknown = f"The {PARTS[part]} images have not been measured yet."
    if sizes is None:
        return unknown
    parts = []
    for images, what in (
        (sizes.mistakes, "mend a mistake"),
        (sizes.right_ones, "break a right one"),
    ):
        n_known, n = len(sizes.known(images)), len(images)
        if not n_known:
            continue
        median = sizes.median(images)
        size = significant(median) if np.isfinite(median) else "no change is enough"
        count = f"{n:,}" if n_known == n else f"{n_known:,} of {n:,} so far"
        parts.append(f"{size} to {what} ({count})")
    if not parts:
        return unknown
    return f"Median sizes of all {PARTS[part]} images: {', '.join(parts)}."
