"""What is taken for what: a square of cells, rows the labels, columns what is read."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from core.words import percent, significant
from gui.widgets.grids.class_matrix import ClassMatrix

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from numpy.typing import NDArray
    from PySide6.QtWidgets import QWidget

_HELP = "Click to see these images, the most surely read first."


class ConfusionMatrix(ClassMatrix):
    """Paints counts, or the share of each label's images; the diagonal is what is read rightly.

    Mistakes are red, the more of the label's images the redder, measured by the largest share of
    mistakes there is: where hardly anything is wrong, the little there is can be seen.

    Parameters
    ----------
    help_text : what a click does
    has_scale : whether the ends of the red are written beside the cells
    """

    def __init__(
        self,
        parent: QWidget | None = None,
        *,
        help_text: str = _HELP,
        has_scale: bool = False,
    ) -> None:
        axes = ("label", "read as")
        super().__init__(
            "confusion matrix", help_text, axes, parent, diagonal="accent", has_scale=has_scale
        )
        self.counts: NDArray[np.int64] = np.zeros((0, 0), dtype=np.int64)
        """What is shown."""
        self._rates = False

    def set_counts(self, names: Sequence[str], counts: NDArray[np.int64]) -> None:
        """Show other numbers.

        Parameters
        ----------
        names : one per class
        counts : (n_classes, n_classes), rows labels, columns what is read
        """
        self._set_names(names)
        self.counts = counts
        self.update()

    def set_rates(self, rates: bool) -> None:
        """Write shares of each row in per cent, or counts."""
        self._rates = rates
        self.update()

    @property
    def _is_ready(self) -> bool:
        return self.counts.shape == self._square

    def _shares(self) -> NDArray[np.float64]:
        return np.asarray(self.counts / np.maximum(self.counts.sum(axis=1, keepdims=True), 1))

    def _mistakes(self) -> NDArray[np.float64]:
        mistakes = self._shares()
        np.fill_diagonal(mistakes, 0.0)
        return mistakes

    def _strengths(self) -> NDArray[np.float64]:
        mistakes = self._mistakes()
        strengths = np.sqrt(mistakes / (mistakes.max() or 1.0))
        np.fill_diagonal(strengths, np.diagonal(self._shares()))
        return np.asarray(strengths)

    def scale_ends(self) -> tuple[str, str]:
        """Return the largest share of mistakes, and none; nothing where none is made."""
        largest = 100 * float(self._mistakes().max(initial=0.0))
        if not largest:
            return "", ""
        return f"{significant(largest, 2)}%" if largest < 10 else f"{largest:.0f}%", "0%"

    def _values(self) -> NDArray[Any]:
        return self._shares() if self._rates else self.counts

    def _value_words(self) -> str:
        return "share of the label's images" if self._rates else "images"

    def _shade_words(self) -> str:
        return "mistakes, as a share of the label's images"

    def _words(self) -> list[list[str]]:
        places = range(len(self._names))
        return [
            [self.number(row, column) if self.counts[row, column] else "" for column in places]
            for row in places
        ]

    def number(self, label: int, read: int) -> str:
        """Return what is written into a cell: a count, or a share of its row."""
        count = int(self.counts[label, read])
        if not self._rates:
            return str(count)
        return percent(count / max(int(self.counts[label].sum()), 1), gap="")

    def describe(self, label: int, read: int) -> str:
        """Return a cell in words."""
        count, whole = int(self.counts[label, read]), int(self.counts[label].sum())
        share = count / max(whole, 1)
        how = f"({percent(share, 1, '')}) are {'rightly ' if label == read else ''}"
        return (
            f"{count:,} of {whole:,} images labelled {self._names[label]} {how}"
            f"read as {self._names[read]}"
        )
