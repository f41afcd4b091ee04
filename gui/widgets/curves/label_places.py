"""Where short words find room beside marked places."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

_GAP = 4.0
"""Pixels between a line and its words, and between the words of two lines."""


def place_labels(
    places: Sequence[float], widths: Sequence[float], left: float, right: float
) -> dict[int, float]:
    """Return where labels begin, by tick; those that would overlap are left out.

    The most recent, which is the rightmost, is placed first and wins; an empty one has width 0 and
    needs no room. A label stands to the right of its line, or to the left where it would run out.
    """
    placed: dict[int, float] = {}
    end = right
    for i in sorted(range(len(places)), key=lambda i: (places[i], i), reverse=True):
        if widths[i] <= 0 or not left <= places[i] <= right:
            continue
        start = places[i] + _GAP
        if start + widths[i] > right:
            start = places[i] - _GAP - widths[i]
        if left <= start and start + widths[i] <= end:
            placed[i] = start
            end = min(start, places[i]) - _GAP
    return placed
