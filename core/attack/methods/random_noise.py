"""Noise of the same size as an attack's change: the comparison that makes the point.

A change in a chosen direction fools the model; one of the same size in a random direction hardly
ever does, since in many dimensions a random direction is nearly orthogonal to any given one.
"""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from core.attack.base import Attack
from core.attack.norms import per_row
from core.attack.settings import BudgetSettings, seed_parameter
from core.parameters import parameter

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from core.attack.norms import Norm


def noise_of_sizes(
    originals: NDArray[Any],
    sizes: NDArray[np.float64],
    norm: Norm,
    rng: np.random.Generator,
    *,
    box: bool,
) -> NDArray[Any]:
    """Return a random change of each image that is as large as another change of it.

    In L2 its direction is uniform on the sphere, in L-infinity every pixel goes up or down; in L0
    as many pixels, chosen at random, get a number uniform in [0, 1).

    Parameters
    ----------
    originals : (n, n_features), in [0, 1] where ``box``
    sizes : (n,), in ``norm``
    box : whether to stay in [0, 1]; the size is that of what is left, as in :class:`RandomNoise`

    Returns
    -------
    (n, n_features), in the precision of ``originals``
    """
    shape = originals.shape
    if norm.name == "l0":
        ranks = rng.random(shape).argsort(axis=1).argsort(axis=1)
        chosen = ranks < sizes[:, None]
        return np.asarray(np.where(chosen, rng.random(shape, dtype=np.float32) - originals, 0.0),
                          dtype=originals.dtype)  # fmt: skip
    drawn = rng.standard_normal(shape, dtype=np.float32).astype(originals.dtype, copy=False)
    return changes_of_sizes(norm.steepest(drawn), originals, sizes, norm, box=box)


def changes_of_sizes(
    directions: NDArray[Any],
    originals: NDArray[Any],
    sizes: NDArray[np.float64],
    norm: Norm,
    *,
    box: bool,
) -> NDArray[Any]:
    """Return the changes along ``directions`` that are as large as ``sizes``, in the box as well.

    Parameters
    ----------
    directions, originals : (n, n_features); directions of size 1
    sizes : (n,), in ``norm``, which is L2 or L-infinity
    """
    if box:
        sizes = scales_in_box(directions, originals, sizes[:, None], norm)[:, 0]
    changes = directions * per_row(sizes, directions)
    if box:
        np.clip(changes, -originals, 1 - originals, out=changes)
    return np.asarray(changes)


def scales_in_box(
    directions: NDArray[Any], originals: NDArray[Any], sizes: NDArray[np.float64], norm: Norm
) -> NDArray[np.float64]:
    """Return the ``s`` at which ``clip(x + s d, 0, 1) - x`` are as large as asked for.

    Pixel i goes ``min(s |d_i|, room_i)`` and ends at ``s = room_i / |d_i|``. In L2 the square of
    the size is linear in ``s^2`` between two such ends, so that sorting them solves it. Where even
    all pixels at their limits are less than a size, that is the answer.

    Parameters
    ----------
    directions, originals : (n, n_features)
    sizes : (n, n_sizes), in ``norm``, which is L2 or L-infinity

    Returns
    -------
    (n, n_sizes) float64
    """
    pace = np.abs(directions, dtype=np.float64)
    room = np.where(directions > 0, 1.0 - originals, originals).astype(np.float64)
    ends = np.divide(room, pace, out=np.zeros_like(pace), where=pace > 0)
    scales = np.empty(sizes.shape)
    if norm.is_box:
        for scale, size in zip(scales.T, sizes.T, strict=True):
            fastest = np.where(room >= size[:, None], pace, 0.0).max(axis=1)
            scale[:] = np.divide(size, fastest, out=ends.max(axis=1), where=fastest > 0)
        return scales
    order = ends.argsort(axis=1)
    ends, pace, room = (np.take_along_axis(each, order, axis=1) for each in (ends, pace, room))
    free = (pace**2)[:, ::-1].cumsum(axis=1)[:, ::-1]
    filled = np.where(pace > 0, room**2, 0.0)
    filled = filled.cumsum(axis=1) - filled
    reached, most, rows = filled + free * ends**2, ends[:, -1], np.arange(len(ends))
    for scale, size in zip(scales.T, sizes.T, strict=True):
        passed = np.count_nonzero(reached < size[:, None] ** 2, axis=1)
        at = rows, np.minimum(passed, ends.shape[1] - 1)
        squares = np.maximum(size**2 - filled[at], 0.0)
        np.divide(squares, free[at], out=squares, where=free[at] > 0)
        scale[:] = np.minimum(np.sqrt(squares), most)
    return scales


@dataclass(frozen=True, slots=True)
class NoiseSettings(BudgetSettings):
    """Settings of the noises."""

    draws: int = parameter(
        10,
        "int",
        "Draws",
        "How many noises are tried on each image, each new; one that fools is enough.",
        low=1,
        high=20_000,
    )
    seed: int = seed_parameter()


class RandomNoise(Attack):
    """Base: a random change, scaled so that its size is the budget, in the box as well.

    With the box ``clip(x + s d) - x`` is scaled by the s at which its size is the budget;
    clipping after scaling would make the noise smaller than what it is compared with.
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
        drawn = self.norm.sizes(directions)
        directions /= np.maximum(drawn, np.finfo(float).tiny)[:, None]
        directions = directions.astype(self.originals.dtype, copy=False)
        sizes = self.wanted(drawn)
        for rows in self.blocks():
            self.changes[rows] = changes_of_sizes(
                directions[rows], self.originals[rows], sizes[rows], self.norm, box=self.box
            )

    def wanted(self, drawn: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return how large each noise shall be (n,), of the sizes of what was drawn."""
        return np.full_like(drawn, self.budget)


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
    """A change uniform in the volume of the ball of the budget; in the box it keeps its size.

    In many dimensions nearly all of the volume is near the surface, so this is hardly smaller.
    """

    name = "ball"
    label = "Noise within the ball"
    help = "A random change, every one within the budget equally likely."
    formula = "x' = x + d,   d uniform in the ball of the budget"
    source = "the control of the experiment"

    def draw(self) -> NDArray[np.float64]:
        """Return changes uniform in the ball."""
        return self.norm.random(self.rng, self.originals.shape, self.budget)

    def wanted(self, drawn: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the sizes as drawn."""
        return drawn
