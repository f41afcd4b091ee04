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

    With the box ``clip(x + s d) - x`` is scaled by the s at which its size is the budget; clipping
    after scaling would make the noise smaller than what it is compared with. Pixel i goes
    ``min(s |d_i|, room_i)``. In L-infinity s is the smallest ``budget / |d_i|`` of the pixels with
    that much room; in L2 it is found as ``s^2 = (budget^2 - sum room_i^2) / sum d_j^2``, the first
    sum over the pixels at their limits and the second over the others, again until no more come to
    theirs. Where even all pixels at their limits are less than the budget, that is the noise.
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
        for rows in self.blocks():
            along = directions[rows]
            along /= np.maximum(self.norm.sizes(along), np.finfo(float).tiny)[:, None]
            changes = along * self._scales(along, self.originals[rows])[:, None]
            if self.box:
                np.clip(changes, -self.originals[rows], 1.0 - self.originals[rows], out=changes)
            self.changes[rows] = changes

    def _scales(
        self, directions: NDArray[np.float64], originals: NDArray[Any]
    ) -> NDArray[np.float64]:
        """Return how far to go along each direction for the size to be the budget, (n,)."""
        if not self.box:
            return np.full(len(directions), self.budget)
        speed = np.abs(directions)
        room = np.where(directions > 0, 1.0 - originals, np.where(directions < 0, originals, 0.0))
        if self.norm.is_box:
            return _scales_largest(speed, room, self.budget)
        return _scales_length(speed, room, self.budget)


def _scales_largest(
    speed: NDArray[np.float64], room: NDArray[Any], budget: float
) -> NDArray[np.float64]:
    """Return the s with ``max_i min(s speed_i, room_i) = budget``; all at their limits if none."""
    far = np.divide(budget, speed, out=np.full_like(speed, np.inf), where=room >= budget)
    scales = far.min(axis=1)
    at_limits = np.divide(room, speed, out=np.zeros_like(speed), where=speed > 0).max(axis=1)
    return np.asarray(np.where(np.isfinite(scales), scales, at_limits))


def _scales_length(
    speed: NDArray[np.float64], room: NDArray[Any], budget: float
) -> NDArray[np.float64]:
    """Return the s with ``|min(s speed_i, room_i)| = budget``; all at their limits if none."""
    scales = np.full(len(speed), budget)
    rows = np.arange(len(speed))
    while len(rows):
        some, limit = speed[rows], room[rows]
        free = scales[rows, None] * some < limit
        left = np.maximum(budget**2 - np.sum(np.where(free, 0.0, limit) ** 2, axis=1), 0.0)
        pace = np.sum(np.where(free, some, 0.0) ** 2, axis=1)
        # s only grows: each time some pixel more is at its limit, or it is found.
        farther = np.sqrt(np.divide(left, pace, out=np.zeros_like(left), where=pace > 0))
        grows = farther > scales[rows] * (1 + 1e-12)
        rows = rows[grows]
        scales[rows] = farther[grows]
    return scales


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
