"""The evidence ledger of one image: which pixels speak for one class and against another."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QSize, Qt, Slot
from PySide6.QtWidgets import QComboBox, QLabel, QWidget

from core.insight.evidence import Evidence, evidence, rivals
from core.words import MINUS, significant
from gui.widgets.basics.controls import chooser
from gui.widgets.basics.fitting_words import short
from gui.widgets.basics.layouts import below, beside
from gui.widgets.basics.tooltips import wrapped
from gui.widgets.images.whole_pixels import WholePixels

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

_HELP = (
    "Each pixel's share in the gap between two logits, x_i (w_a - w_b)_i: red speaks for the first "
    "class, blue for the second. With the bias the shares add up to the gap exactly."
)
_NAME = 14
_SIDE = 84
"""Pixels of the map at most."""
_SMALLEST = 1e-12
_ENORMOUS = 1e5
"""From here on a number is written with its power of ten: of a run that ran away."""
_MOST_GAP = 700.0
"""Larger ones have no ``exp(gap)`` that is a number."""
"""Below it there is nothing to colour."""


class EvidencePanel(QWidget):
    """Two classes to choose, the map of the terms, and their sum with its numbers in it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._image: NDArray[np.floating] = np.empty((0, 0))
        self._model: NDArray[np.floating] = np.empty((0, 0))
        self._rivals = 0, 0
        self._names: tuple[str, ...] = ()
        self._chosen: tuple[int, int] | None = None
        self.ledger: Evidence | None = None
        self.first = self._combo("for", "The class for which red pixels speak")
        self.second = self._combo("against", "The class for which blue pixels speak")
        self.map = WholePixels(_SIDE, "evidence", _HELP, self)
        self.map.set_reader(self._read)
        self.formula = QLabel("", self, wordWrap=True)
        self.formula.setTextFormat(Qt.TextFormat.PlainText)  # names come from strangers
        self.formula.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.formula.setToolTip(wrapped("z_a - z_b = sum_i x_i (w_a - w_b)_i + (b_a - b_b)", _HELP))
        words = [QLabel(text, self) for text in ("Why", "and not", "?")]
        for each in words:
            each.setObjectName("sentence")
        row = beside(words[0], (self.first, 1), words[1], (self.second, 1), words[2], spacing=2)
        right = below(row, self.formula, None, spacing=4)
        self.setLayout(beside((self.map, 0, Qt.AlignmentFlag.AlignTop), (right, 1), spacing=6))

    def _combo(self, name: str, tip: str) -> QComboBox:
        combo = chooser(f"evidence {name} class", self, tip, shortest=1)
        combo.setIconSize(QSize(0, 0))  # there are none, and none is made room for
        combo.activated.connect(self._pair_chosen)
        return combo

    def show_image(
        self,
        weights: NDArray[np.floating],
        image: NDArray[np.floating],
        names: Sequence[str],
        probabilities: NDArray[np.floating],
        true: int | None,
    ) -> None:
        """Show the ledger of another image or model; classes a person has chosen stay.

        Parameters
        ----------
        weights : (n_classes, n_features + 1)
        image : (height, width)
        names : of the classes
        probabilities : (n_classes,) of the image
        true : its class, if it has one
        """
        if tuple(names) != self._names:
            self._names, self._chosen = tuple(names), None
            for combo in (self.first, self.second):
                combo.clear()
                combo.addItems(list(names))
        self._model, self._image = weights, image
        self._rivals = rivals(probabilities, true)
        self._refresh()

    def forget_choice(self) -> None:
        """Choose the classes anew, by what the image is read as."""
        self._chosen = None

    @Slot()
    def _pair_chosen(self) -> None:
        self._chosen = self.first.currentIndex(), self.second.currentIndex()
        self._refresh()

    def _refresh(self) -> None:
        a, b = self._chosen or self._rivals
        self.first.setCurrentIndex(a)
        self.second.setCurrentIndex(b)
        ledger = self.ledger = evidence(self._model, self._image.reshape(-1), a, b)
        terms = ledger.pixels.reshape(self._image.shape)
        limit = max(float(abs(terms).max()), _SMALLEST)
        ends = [f"±{significant(limit, n)}" for n in (3, 2, 1)]
        self.map.show_signed(terms, limit, *ends)
        self.formula.setText(self._words(ledger))
        self.map.note = f"{self._names[a]} against {self._names[b]}. {self.formula.text()}"

    def _words(self, ledger: Evidence) -> str:
        a, b = (short(self._names[k], _NAME) for k in (ledger.a, ledger.b))
        if ledger.a == ledger.b:
            return "Choose two different classes: between one and itself there is nothing."
        gap = ledger.gap
        over = "over " if abs(gap) > _MOST_GAP else ""
        times = f"{over}{significant(math.exp(min(abs(gap), _MOST_GAP)))} times as likely"
        return (
            f"pixels {_signed(ledger.from_pixels)}, bias {_signed(ledger.bias)}\n"
            f"gap {_signed(gap, '.3f')}: {times if gap >= 0 else f'{b} is {times}'}.\n"
            f"Red pixels speak for {a}."
        )

    def _read(self, y: int, x: int) -> str:
        """Return the term of a pixel in words."""
        ledger, image = self.ledger, self._image
        assert ledger is not None
        i = y * image.shape[1] + x
        return (
            f"pixel ({y}, {x}): x = {significant(image[y, x], 4)}, "
            f"w_a - w_b = {_signed(ledger.weights[i], '+.4g')}; "
            f"x (w_a - w_b) = {_signed(ledger.pixels[i], '+.4g')}"
        )


def _signed(value: float, how: str = "+.3f") -> str:
    form = how if abs(value) < _ENORMOUS else f"{how[:-1]}g"
    return f"{value:{form}}".replace("-", MINUS)
