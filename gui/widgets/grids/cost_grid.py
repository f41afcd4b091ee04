"""What it costs to make one class another: rows what an image is, columns what it is to be."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from core.words import counted, significant
from gui.widgets.grids.class_matrix import ClassMatrix

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray
    from PySide6.QtWidgets import QWidget

    from core.exact.cost_matrix import CostMatrix

_HELP = (
    "Click to look at this pair below, with its median example: half of the others of its class "
    "need less."
)

_LEAST_RATIO = 1.25
"""Of the ends of the scale: smaller differences are not blown up."""


class CostGrid(ClassMatrix):
    """Paints median sizes: the cheaper a pair, the stronger its red; the diagonal is empty.

    From the cheapest pair there is to the dearest, equal ratios are equal steps of colour.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        axes = ("read rightly as", "pushed toward")
        super().__init__("cost of making one class another", _HELP, axes, parent, has_scale=True)
        self.matrix: CostMatrix | None = None
        """What is shown."""

    def set_costs(self, names: Sequence[str], matrix: CostMatrix | None) -> None:
        """Show other numbers, or none."""
        self._set_names(names)
        self.matrix = matrix
        self.update()

    @property
    def _is_ready(self) -> bool:
        return self.matrix is not None and self.matrix.median.shape == self._square

    def _medians(self) -> NDArray[np.float64]:
        """Return the medians, or none before there are any."""
        return np.full(self._square, np.nan) if self.matrix is None else self.matrix.median

    def _limits(self) -> tuple[float, float] | None:
        """Return the ends of the scale: the cheapest and the dearest median above nothing."""
        medians = self._medians()
        reached = medians[np.isfinite(medians) & (medians > 0)]
        if not len(reached):
            return None
        low, high = float(reached.min()), float(reached.max())
        return low, max(high, _LEAST_RATIO * low)

    def _strengths(self) -> NDArray[np.float64]:
        medians, limits = self._medians(), self._limits()
        if limits is None:
            return np.where(np.isnan(medians), np.nan, 0.0)
        low, high = limits
        within = np.clip(medians, low, high)  # what cannot be reached is as pale as the dearest
        return np.asarray(np.log(high / within) / np.log(high / low))

    def scale_ends(self) -> tuple[str, str]:
        """Return the sizes of the strongest and the palest colour."""
        limits = self._limits()
        return ("", "") if limits is None else (cost_words(limits[0]), cost_words(limits[1]))

    def _values(self) -> NDArray[np.float64]:
        return self._medians()

    def _value_words(self) -> str:
        return "median size"

    def _words(self) -> list[list[str]]:
        return [[cost_words(value) for value in row] for row in self._medians().tolist()]

    def describe(self, source: int, target: int) -> str:
        """Return a cell in words."""
        own, other = self._names[source], self._names[target]
        if source == target:
            return f"{own} is read as {own}: there is nothing to change"
        if self.matrix is None or not self.matrix.n_images[source]:
            return f"{own} → {other}: no image is read rightly as {own} yet"
        matrix, n = self.matrix, int(self.matrix.n_images[source])
        low, median, high = (
            significant(float(values[source, target]), 4)
            for values in (matrix.low, matrix.median, matrix.high)
        )
        counts = matrix.sizes.counts[source]
        return (
            f"{own} → {other}: median {median}, quartiles {low} to {high}, of "
            f"{counted(n, 'image')} read rightly as {own}; {counts[target]:,} of "
            f"{counts.sum():,} are read as {other} already"
        )


def cost_words(value: float) -> str:
    """Return a size in as few characters as tell sizes apart: ``.042``, ``1.3``, ``120``."""
    if np.isnan(value):
        return ""
    if np.isinf(value):
        return "∞"
    if value == 0 or value >= 100:
        return f"{value:.0f}"
    words = f"{value:#.2g}".rstrip(".")
    return words[1:] if words.startswith("0.") else words
