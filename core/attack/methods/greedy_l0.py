"""As few pixels as possible: change the one that helps most to its limit, one after the other."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from core.attack.base import Attack
from core.attack.norms import NORMS
from core.attack.objectives import strongest_rivals
from core.attack.settings import AttackSettings
from core.parameters import parameter

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from core.learning.perceptron import SoftmaxPerceptron

_SORTED_ROWS = 256
"""Images whose pixels are sorted together, to bound the memory."""


@dataclass(frozen=True, slots=True)
class GreedyPixelsSettings(AttackSettings):
    """Settings of :class:`GreedyPixels`."""

    pixels: int = parameter(
        50,
        "int",
        "Most pixels",
        "How many pixels may change at most, one at each step.",
        low=1,
        high=20_000,
        unit="pixels",
        formula="|x' - x|_0 <= {value}",
    )


class GreedyPixels(Attack):
    """Change the pixel with the largest effect to its limit; repeat until fooled.

    Pixel i at its better limit gains ``e_i = max(a_i (1 - x_i), -a_i x_i)`` on the gap, with
    ``a = w_c - w_y`` for a rival c (toward a target ``a = w_t - w_c``, c the strongest other class
    now). Always in the box: without it one pixel alone would do, changed without bounds.

    The model is linear, so effects add up and do not change with other pixels: the fewest pixels
    that let *one* rival c overtake y are the k largest effects, found greedily. Without a target
    the rival that needs fewest is chosen at the start, and the result is **exact**: no change of
    fewer pixels exists. Toward a target several classes must be overtaken at once, and with more
    than two classes greedy is only a good guess.
    Source: in the manner of Papernot, McDaniel, Jha, Fredrikson, Celik & Swami 2016, "The
    limitations of deep learning in adversarial settings" (saliency map), pixels one by one.
    """

    name = "greedy_l0"
    label = "Fewest pixels (greedy L0)"
    help = "Change the pixel that helps most to black or white, one at each step."
    formula = "i = argmax max(a_i (1 - x_i), -a_i x_i),   a = w_c - w_y"
    source = "after Papernot et al. 2016 (JSMA)"
    settings: ClassVar[type[AttackSettings]] = GreedyPixelsSettings
    config: GreedyPixelsSettings
    ends_when_fooled = True

    def __init__(
        self,
        model: SoftmaxPerceptron,
        config: AttackSettings,
        images: NDArray[Any],
        labels: NDArray[np.int64] | None = None,
    ) -> None:
        super().__init__(model, config, images, labels)
        self.norm = NORMS["l0"]
        self.budget = float(self.config.pixels)

    @property
    def n_steps(self) -> int:
        """One for each pixel."""
        return min(self.config.pixels, self.model.n_features)

    def begin(self) -> None:
        """Choose the rivals of an untargeted attack."""
        self._changed = np.zeros(self.originals.shape, dtype=bool)
        if self.target is None:
            self._rivals = self._easiest_rivals()

    def _easiest_rivals(self) -> NDArray[np.int64]:
        """Return the rival that the fewest pixels let overtake, (n,); ties: the widest lead."""
        rivals = np.empty(self.n_images, dtype=np.int64)
        for first in range(0, self.n_images, _SORTED_ROWS):
            part = slice(first, first + _SORTED_ROWS)
            images, own = self.originals[part], self.labels[part]
            logits = self.model.logits(images).astype(np.float64)
            n = np.arange(len(own))
            best = np.full((2, len(own)), np.inf)  # pixels needed, minus the lead then
            for c in range(self.model.n_classes):
                gains = _effects(images, self.rows[c] - self.rows[own]).max(axis=0)
                total = np.cumsum(np.sort(gains, axis=1)[:, ::-1], axis=1, dtype=np.float64)
                ahead = total > (logits[n, own] - logits[:, c])[:, None]
                needed = np.where(ahead.any(axis=1), ahead.argmax(axis=1), np.inf)
                last = np.minimum(needed, total.shape[1] - 1).astype(np.int64)
                lead = total[n, last] - (logits[n, own] - logits[:, c])
                take = (needed < best[0]) | ((needed == best[0]) & (-lead < best[1]))
                take &= own != c
                best[:, take] = needed[take], -lead[take]
                rivals[part][take] = c
        return rivals

    def advance(self) -> None:
        """Change one pixel of every image that is not yet read as wanted."""
        rows = np.flatnonzero(~self.success)
        own = self.classes[rows]
        if self.target is None:
            toward = self.rows[self._rivals[rows]] - self.rows[own]
        else:
            toward = self.rows[own] - self.rows[strongest_rivals(self.logits[rows], own)]
        originals = self.originals[rows]
        up, down = _effects(originals, toward)
        gains = np.maximum(up, down)
        gains[self._changed[rows]] = -np.inf
        n, pixel = np.arange(len(rows)), gains.argmax(axis=1)
        useful = gains[n, pixel] > 0  # else nothing is left that helps
        n, pixel, rows = n[useful], pixel[useful], rows[useful]
        limit = (up[n, pixel] > down[n, pixel]).astype(originals.dtype)
        self.changes[rows, pixel] = limit - originals[n, pixel]
        self._changed[rows, pixel] = True


def _effects(images: NDArray[Any], toward: NDArray[Any]) -> NDArray[Any]:
    """Return what each pixel gains at 1 and at 0, (2, n, n_features)."""
    return np.stack((toward * (1.0 - images), -toward * images))
