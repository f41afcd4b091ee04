"""Whether one model reads more images rightly than another, or whether chance says so.

Both read the same images, so that only those count on which they disagree. With a = 1 where the
first alone is right, -1 where the second alone is, and 0 else, the difference of the scores is the
mean of a over n images; its variance is that of a over n, with 1 / n^2 added, half a disagreeing
image to either side (after A. Agresti and Y. Min, 2005): without it, no disagreement at all would
promise an interval of no width. The interval is that of Student's t with n - 1 degrees of freedom.

It speaks of these two trained models on unseen images, and of no other seed.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from core.data.dataset import read_only

if TYPE_CHECKING:
    from numpy.typing import NDArray

N_REDRAWN = 2000
LEVEL = 0.95


@dataclass(frozen=True, slots=True, eq=False)
class Difference:
    """By how much the first of two models is ahead, as shares of the images.

    Attributes
    ----------
    ahead : the first's score less the second's
    quantile : of Student's t, by which the standard error is multiplied
    half_width : between ``ahead`` less and plus this lies the true difference, with :data:`LEVEL`
    n_first, n_second : images that this model alone reads rightly
    n_images : all of them
    redrawn : (:data:`N_REDRAWN`,), the difference where the images are drawn anew with replacement
    """

    ahead: float
    quantile: float
    half_width: float
    n_first: int
    n_second: int
    n_images: int
    redrawn: NDArray[np.float64]

    @property
    def sign(self) -> int:
        """1 where the first is better, -1 where the second is, 0 where nobody can tell."""
        return int(np.sign(self.ahead)) if abs(self.ahead) > self.half_width else 0


def difference(
    first: NDArray[np.bool_], second: NDArray[np.bool_], rng: np.random.Generator
) -> Difference:
    """Compare which images two models read rightly, (n,) each, two images at least.

    Drawing n pairs anew is drawing how many of each kind there are: a multinomial.
    """
    n = len(first)
    n_first, n_second = int((first & ~second).sum()), int((second & ~first).sum())
    ahead = (n_first - n_second) / n
    squares = n_first + n_second - n * ahead**2
    variance = squares / (n * (n - 1)) + 1 / n**2
    shares = np.array([n_first, n_second, n - n_first - n_second]) / n
    drawn = rng.multinomial(n, shares, size=N_REDRAWN)
    quantile = t_quantile((1 + LEVEL) / 2, n - 1)
    return Difference(
        ahead=ahead,
        quantile=quantile,
        half_width=quantile * variance**0.5,
        n_first=n_first,
        n_second=n_second,
        n_images=n,
        redrawn=read_only((drawn[:, 0] - drawn[:, 1]) / n),
    )


def t_quantile(p: float, freedom: float) -> float:
    """Return a quantile, p > 0.5, of Student's t with ``freedom`` degrees of freedom, 1 at least.

    With t = sqrt(freedom) tan(a) the density is that of cos(a)^(freedom - 1).
    """
    freedom = min(max(float(freedom), 1.0), 1e4)
    angles: NDArray[Any] = np.linspace(0.0, np.pi / 2, 20001)[:-1]
    density = np.cos(angles) ** (freedom - 1)
    area = np.concatenate(([0.0], np.cumsum(density[1:] + density[:-1])))
    angle = np.interp(2 * p - 1, area / area[-1], angles)
    return float(np.sqrt(freedom) * np.tan(angle))
