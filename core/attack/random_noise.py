"""Noise of the same size as an attack's change: the comparison that makes the point.

A change in a chosen direction fools the model; one of the same size in a random direction hardly
ever does, since in many dimensions a random direction is nearly orthogonal to any given one.
"""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from core.attack.batch import BatchAttack
from core.attack.norms import per_row
from core.attack.settings import (
    AttackSettings,
    box_parameter,
    budget_parameter,
    norm_parameter,
    seed_parameter,
)
from core.parameters import parameter

if TYPE_CHECKING:
    from numpy.typing import NDArray

_DOUBLINGS, _HALVINGS = 20, 25


@dataclass(frozen=True, slots=True)
class NoiseSettings(AttackSettings):
    """Settings of the noises."""

    norm: str = norm_parameter()
    budget: float = budget_parameter()
    box: bool = box_parameter()
    draws: int = parameter(
        10,
        "int",
        "Draws",
        "How many noises are tried on each image, each new; one that fools is enough.",
        low=1,
        high=20_000,
    )
    seed: int = seed_parameter()


class RandomNoise(BatchAttack):
    """Base: a random change, scaled so that its size is the budget, in the box as well.

    With the box ``clip(x + s d) - x`` is scaled by the s at which its size is the budget, found by
    bisection; clipping after scaling would make the noise smaller than what it is compared with.
    Where even all pixels at their limits are less than the budget, that is the noise.
    """

    settings = NoiseSettings
    config: NoiseSettings

    @property
    def n_steps(self) -> int:
        """One for each draw."""
        return self.config.draws

    @abstractmethod
    def draw(self) -> NDArray[np.float64]:
        """Return random directions (n, n_features) of any size."""

    def advance(self) -> None:
        """Try another noise."""
        directions = self.draw()
        directions /= np.maximum(self.norm.sizes(directions), np.finfo(float).tiny)[:, None]
        directions = directions.astype(self.originals.dtype, copy=False)
        self._scaled(directions, self._scales(directions), out=self.changes)

    def _scales(self, directions: NDArray[Any]) -> NDArray[np.float64]:
        """Return how far to go along each direction for the size to be the budget, (n,)."""
        low = np.full(self.n_images, self.budget)
        if not self.box:
            return low
        high = low.copy()
        for _ in range(_DOUBLINGS):
            short = self._scaled_sizes(directions, high) < self.budget
            if not short.any():
                break
            low[short] = high[short]
            high[short] *= 2
        for _ in range(_HALVINGS):
            middle = (low + high) / 2
            short = self._scaled_sizes(directions, middle) < self.budget
            low[short] = middle[short]
            high[~short] = middle[~short]
        return low

    def _scaled(
        self, directions: NDArray[Any], scales: NDArray[np.float64], out: NDArray[Any]
    ) -> None:
        """Write the changes that go so far, in the box where it is on."""
        np.multiply(directions, per_row(scales, directions), out=out)
        if self.box:
            out += self.originals
            np.clip(out, 0.0, 1.0, out=out)
            out -= self.originals

    def _scaled_sizes(
        self, directions: NDArray[Any], scales: NDArray[np.float64]
    ) -> NDArray[np.float64]:
        changes = np.empty_like(directions)
        self._scaled(directions, scales, out=changes)
        return self.norm.sizes(changes)


class UniformNoise(RandomNoise):
    """Every pixel changed by a number uniform in ``[-s, s)``, scaled to the size of the budget."""

    name = "uniform"
    label = "Uniform noise"
    help = "Random noise of the size of the budget, every pixel uniform: what no attack would do."
    formula = "x' = x + s u,   u_i uniform in [-1, 1),   |s u| = budget"
    source = "the control of the experiment"

    def draw(self) -> NDArray[np.float64]:
        """Return uniform directions."""
        return self.rng.uniform(-1.0, 1.0, self.originals.shape)


class GaussianNoise(RandomNoise):
    """Every pixel changed by a Gaussian number, scaled to the size of the budget.

    In L2 and without the box this is uniform on the sphere: no direction is preferred.
    """

    name = "gaussian"
    label = "Gaussian noise"
    help = "Random noise of the size of the budget, in L2 without any preferred direction."
    formula = "x' = x + s g,   g_i ~ N(0, 1),   |s g| = budget"
    source = "the control of the experiment"

    def draw(self) -> NDArray[np.float64]:
        """Return Gaussian directions."""
        return self.rng.standard_normal(self.originals.shape)


class BallNoise(RandomNoise):
    """A change uniform in the volume of the ball of the budget; in the box it is clipped.

    In many dimensions nearly all of the volume is near the surface, so this is hardly smaller.
    """

    name = "ball"
    label = "Noise within the ball"
    help = "A random change, every one within the budget equally likely."
    formula = "x' = x + d,   d uniform in the ball of the budget"
    source = "the control of the experiment"

    def draw(self) -> NDArray[np.float64]:
        """Return changes uniform in the ball."""
        n, n_features = self.originals.shape
        return self.norm.random(self.rng, n, n_features, self.budget)

    def advance(self) -> None:
        """Try another noise, as drawn."""
        self.changes[:] = self.draw()
