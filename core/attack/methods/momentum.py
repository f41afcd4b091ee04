"""The momentum iterative method: steps along a remembered gradient."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from core.attack.methods.iterative import BasicIterative, IterativeSettings
from core.attack.norms import per_row
from core.parameters import parameter


@dataclass(frozen=True, slots=True)
class MomentumSettings(IterativeSettings):
    """Settings of :class:`MomentumIterative`."""

    decay: float = parameter(
        1.0,
        "float",
        "Momentum",
        "How much of the remembered gradient is kept at each step; 0 is the basic method.",
        low=0.0,
        high=1.0,
        zero_word="none remembered",
        formula="g <- {value:g} g + grad / |grad|_1",
    )


class MomentumIterative(BasicIterative):
    """Follow ``m <- mu m + g / |g|_1`` by ``x <- P(x + a sign(m))``; in L2 ``a m / |m|_2``.

    Source: Dong, Liao, Pang, Su, Zhu, Hu & Li 2018, "Boosting adversarial attacks with momentum",
    algorithm 1.
    """

    name = "mim"
    label = "Momentum iterative (MIM)"
    help = "As the basic method, along the sum of all gradients so far."
    formula = "m <- mu m + g / |g|_1;   x <- P(x + a sign(m));   in L2: P(x + a m / |m|)"
    source = "Dong et al. 2018"
    settings = MomentumSettings
    config: MomentumSettings

    def begin(self) -> None:
        """Remember nothing yet.

        ``m`` is a sum of gradients, each ``pull @ rows``, so its part in the logits is enough: the
        pixels follow by one product.
        """
        self.momentum = np.zeros_like(self.logits)

    def advance(self) -> None:
        """Make one step along the momentum."""
        gradients = self.pull @ self.rows
        lengths = np.abs(gradients).sum(axis=1, dtype=np.float64)
        lengths[lengths == 0] = 1.0
        self.momentum *= self.config.decay
        self.momentum += self.pull / per_row(lengths, self.pull)
        largest = np.abs(self.momentum).max(axis=-1, keepdims=True)
        largest[largest == 0] = 1.0
        self.climb(self.momentum / largest, self.length)
