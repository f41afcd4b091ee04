"""Scales of a plot's axes: linear, logarithmic, and logarithmic for numbers below zero."""

from __future__ import annotations

import re
from enum import Enum
from itertools import pairwise
from math import ceil, floor, log10
from typing import TYPE_CHECKING, Any

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import Qt
from PySide6.QtGui import QFontMetricsF
from PySide6.QtWidgets import QApplication

from core.words import MINUS
from gui.widgets.basics.ticks import linear_ticks

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from numpy.typing import NDArray
    from PySide6.QtCore import QRectF

_ROOM = {"bottom": 46, "left": 22}
"""Pixels between two labels of an axis."""
_EXPONENT = re.compile(r"e\+?(-?)0*(\d+)")
"""Of a number as Python writes it."""
_WIDEST = "0.0000"
"""Of the numbers below a plot; their room follows the font."""
_FEW_DECADES = 1.3
"""Below this many decades, round steps read better than powers of ten."""


class Scale(Enum):
    """How numbers become places along an axis; everything is drawn at ``place``.

    A log-likelihood is below zero: its ``place`` is ``-log10 |y|``, so that the axis is turned
    over and better stays up.
    """

    LINEAR = "linear"
    LOG = "log"
    NEGATIVE_LOG = "log of |y|, turned over"

    @staticmethod
    def of(*, log: bool, negative: bool = False) -> Scale:
        """Return the scale for these wishes."""
        if not log:
            return Scale.LINEAR
        return Scale.NEGATIVE_LOG if negative else Scale.LOG

    @property
    def is_log(self) -> bool:
        """Whether zero has no place."""
        return self is not Scale.LINEAR

    def places(self, values: NDArray[Any]) -> NDArray[np.float64]:
        """Return where values are drawn; ``nan`` for those that have no place."""
        finite = np.asarray(values, dtype=np.float64)
        if self is Scale.LINEAR:
            return finite
        sign = -1.0 if self is Scale.NEGATIVE_LOG else 1.0
        size = sign * finite
        return sign * np.log10(size, out=np.full(size.shape, np.nan), where=size > 0)

    def place(self, value: float) -> float:
        """Return where one value is drawn, or ``nan``."""
        if self is Scale.LINEAR:
            return float(value)
        return float(self.places(np.array([value]))[0])

    def value_at(self, place: float) -> float:
        """Return which value is drawn at a place."""
        if self is Scale.LINEAR:
            return place
        # No plot is wider than what a float64 holds, but a wheel turned for long may ask for it.
        power = min(max(-place if self is Scale.NEGATIVE_LOG else place, -300.0), 300.0)
        return float(-(10.0**power)) if self is Scale.NEGATIVE_LOG else float(10.0**power)

    def span(self, low: float, high: float, nearest: float | None) -> tuple[float, float]:
        """Return the places of a wanted range of values.

        Parameters
        ----------
        low, high : wanted values
        nearest : on a log axis, the drawn value nearest to zero, for an end that has no place
        """
        if self is Scale.LINEAR:
            return low, high
        near, far = (-high, -low) if self is Scale.NEGATIVE_LOG else (low, high)
        if not far > 0:
            near, far = 0.1, 1.0
        elif not near > 0:
            near = min(abs(nearest), far / 2) if nearest is not None else far / 100
        places = log10(near), log10(far)
        return (-places[1], -places[0]) if self is Scale.NEGATIVE_LOG else places

    def nearest_to_zero(self, arrays: Iterable[NDArray[Any]]) -> float | None:
        """Return the value nearest to zero of all that have a place on a log axis."""
        sign = -1.0 if self is Scale.NEGATIVE_LOG else 1.0
        sizes = [sign * values for values in arrays]
        nearest = [size.min(where=size > 0, initial=np.inf) for size in sizes]
        smallest = min(nearest, default=np.inf)
        return sign * float(smallest) if np.isfinite(smallest) else None


class ScaledAxis(pg.AxisItem):
    """An axis that labels places with the values of its scale."""

    least_width = 0
    """Of an upright axis, in pixels."""
    textWidth: int
    textHeight: int
    _length, _is_resized = 0.0, False  # its own base resizes it while it is made

    def __init__(self, orientation: str) -> None:
        super().__init__(orientation)
        self._scale = Scale.LINEAR
        self._text_levels = self.style["maxTextLevel"]
        self.enableAutoSIPrefix(False)  # 0.1 is not to be read as 100 x 0.001
        self.setStyle(hideOverlappingLabels=False)

        self.is_percent = False
        """Whether shares are written in per cent."""
        self.whole = False
        """Whether its values are counted: nothing lies between them."""
        self.words = ""
        """What the numbers are; it stands at the end of their line, in the place of the last."""

    def set_scale(self, scale: Scale) -> None:
        """Label places of this scale."""
        self._scale = scale
        # Between the labels of a log axis are lines without words.
        self.style["maxTextLevel"] = 0 if scale.is_log else self._text_levels
        self.picture = None
        self.update()

    def _updateMaxTextSize(self, x: int) -> None:
        """Take more or less room for the numbers; pyqtgraph lays out anew for the same, too."""
        room: int = getattr(self, "textWidth" if self.orientation == "left" else "textHeight")
        if self._is_resized and x < room:  # of what had longer numbers nothing is left
            self.textWidth = self.textHeight = room = 0
        self._is_resized = False
        if not room - 10 <= x <= room:
            super()._updateMaxTextSize(x)

    def _updateWidth(self) -> None:
        """Be as wide as the numbers, but never narrower than said."""
        super()._updateWidth()
        if self.maximumWidth() < self.least_width and self.fixedWidth is None:
            self.setMaximumWidth(self.least_width)
            self.setMinimumWidth(self.least_width)

    @property
    def half_number(self) -> tuple[int, int]:
        """Half the width and half the height of the number at an end, which stands over it."""
        metrics = QFontMetricsF(self.style["tickFont"] or QApplication.font())
        return ceil(metrics.horizontalAdvance("0000") / 2), ceil(metrics.height() / 2)

    def resizeEvent(self, event: Any = None) -> None:
        """Give back what room its numbers took at another length."""
        super().resizeEvent(event)
        length = self.height() if self.orientation == "left" else self.width()
        self._is_resized = self._is_resized or length != self._length
        self._length = length

    def boundingRect(self) -> QRectF:
        """Return the axis with its grid, and room for half of the numbers at its ends.

        pyqtgraph gives that room to an axis without a grid only, and leaves out what has none.
        """
        across, down = self.half_number
        side = (0, down) if self.orientation == "left" else (across, 0)
        return super().boundingRect().adjusted(-side[0], -side[1], *side)

    def tickValues(self, minVal: float, maxVal: float, size: float) -> Any:
        """Return [(spacing, places)]: first those with labels, then those without."""
        if not self._scale.is_log:
            return [linear_ticks(minVal, maxVal, size, self._least_gap, 1.0 if self.whole else 0.0)]
        sign = -1.0 if self._scale is Scale.NEGATIVE_LOG else 1.0
        low, high = sorted((sign * minVal, sign * maxVal))
        major = log_ticks(low, high, size, self._least_gap)
        fine = [place for place in _multiples(low, high, range(1, 10)) if place not in major]
        return [(1.0, [sign * place for place in major]), (0.1, [sign * place for place in fine])]

    @property
    def _least_gap(self) -> float:
        metrics = QFontMetricsF(self.style["tickFont"] or QApplication.font())
        room = (
            metrics.height() if self.orientation == "left" else metrics.horizontalAdvance(_WIDEST)
        )
        return max(_ROOM[self.orientation], 1.2 * room)

    def tickStrings(self, values: list[float], scale: float, spacing: float) -> list[str]:
        """Return the values at places, with their minus sign; none under the words of the axis."""
        if self._scale.is_log:
            strings = [f"{self._scale.value_at(place):.6g}" for place in values]
        elif self.is_percent:
            # A share is between none and all, whatever room there is beyond.
            strings = [f"{100 * at:.6g} %" if -1e-9 < at < 1 + 1e-9 else "" for at in values]
        else:
            strings = super().tickStrings(values, scale, spacing)
        if self.words:
            low, high = self.range
            free = 1 - (self._words_width() + _ROOM["left"]) / max(self.width(), 1)
            strings = [
                text if place - low <= free * (high - low) else ""
                for place, text in zip(values, strings, strict=True)
            ]
        return [_EXPONENT.sub(r"e\1\2", text).replace("-", MINUS) for text in strings]

    def _words_width(self) -> float:
        font = self.style["tickFont"] or QApplication.font()
        return QFontMetricsF(font).horizontalAdvance(self.words)

    def drawPicture(self, p: Any, axisSpec: Any, tickSpecs: Any, textSpecs: Any) -> None:
        """Write the words beside the numbers."""
        super().drawPicture(p, axisSpec, tickSpecs, textSpecs)
        if self.words:
            rect = self.mapRectFromParent(self.geometry())
            flags = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignBottom
            p.setPen(self.textPen())
            p.drawText(rect, flags, self.words)


def log_ticks(low: float, high: float, size: float, room: float) -> list[float]:
    """Return the powers of ten, or what lies between, that can be labelled without crowding.

    Parameters
    ----------
    low, high : log10 of the ends of the axis
    size : its length in pixels
    room : the least distance of two labels in pixels

    Returns
    -------
    log10 of the values to label, ascending; the closest set that keeps the distance
    """
    if not low < high:
        return []
    best: list[float] = []
    for places in _candidates(low, high):
        gaps = [b - a for a, b in pairwise(places)]
        if len(places) > len(best) and all(gap * size / (high - low) >= room for gap in gaps):
            best = places
    return best


def _candidates(low: float, high: float) -> Iterator[list[float]]:
    if high - low < _FEW_DECADES:
        span = 10.0**high - 10.0**low
        for power in range(floor(log10(span)) - 2, floor(log10(span)) + 1):
            for step in (1, 2, 5):
                width = step * 10.0**power
                first, last = ceil(10.0**low / width), floor(10.0**high / width)
                if last - first < 100:
                    yield [log10(i * width) for i in range(max(first, 1), last + 1)]
    for factors in (range(1, 10), (1, 2, 5), (1, 3), (1,)):
        yield _multiples(low, high, factors)
    for step in (2, 3, 5, 10, 20, 50):
        yield [float(p) for p in range(ceil(low), floor(high) + 1) if p % step == 0]


def _multiples(low: float, high: float, factors: range | tuple[int, ...]) -> list[float]:
    """Return log10 of ``factor * 10^power`` between two ends, ascending."""
    if high - low > 30:
        return []
    places = [
        power + log10(factor) for power in range(floor(low), ceil(high) + 1) for factor in factors
    ]
    return [place for place in places if low <= place <= high]
