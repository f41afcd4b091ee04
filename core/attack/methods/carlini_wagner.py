"""Carlini and Wagner's attack: the shortest change that still fools, by optimisation."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from core.attack.base import Attack
from core.attack.norms import per_row
from core.attack.settings import AttackSettings, box_parameter, steps_parameter
from core.parameters import parameter

if TYPE_CHECKING:
    from numpy.typing import NDArray

_INSIDE = 1.0 - 1e-6
"""Pixels at a limit lie at infinity after the change of variables; they are moved so far in."""
_CONSTANT_GROWTH = 10.0
_LARGEST_CONSTANT = 1e10
"""More is beyond what squares of gradients can hold in single precision."""
_FIRST_DECAY, _SECOND_DECAY, _ADAM_FLOOR = 0.9, 0.999, 1e-8
"""Adam's usual constants (Kingma & Ba 2015)."""


class Adam:
    """Adam on one array: ``w -= eta m / (sqrt(v) + floor)``, both means corrected for their start.

    Source: Kingma & Ba 2015, "Adam: a method for stochastic optimization", algorithm 1.
    """

    def __init__(self, shape: tuple[int, ...], dtype: Any) -> None:
        self.first, self.second = np.zeros(shape, dtype), np.zeros(shape, dtype)
        self.n_steps = 0

    def step(self, values: NDArray[Any], gradient: NDArray[Any], rate: float) -> None:
        """Move ``values`` in place; ``gradient`` is used up."""
        self.n_steps += 1
        self.first *= _FIRST_DECAY
        self.first += (1 - _FIRST_DECAY) * gradient
        self.second *= _SECOND_DECAY
        np.square(gradient, out=gradient)
        gradient *= 1 - _SECOND_DECAY
        self.second += gradient
        length = rate / (1 - _FIRST_DECAY**self.n_steps)
        np.sqrt(self.second, out=gradient)
        gradient /= (1 - _SECOND_DECAY**self.n_steps) ** 0.5
        gradient += _ADAM_FLOOR
        np.divide(self.first, gradient, out=gradient)
        gradient *= length
        values -= gradient


@dataclass(frozen=True, slots=True)
class CarliniWagnerSettings(AttackSettings):
    """Settings of :class:`CarliniWagner`."""

    box: bool = box_parameter()
    steps: int = steps_parameter(100)
    searches: int = parameter(
        6,
        "int",
        "Searches",
        "How often the weight of fooling against smallness is chosen anew, by halving intervals.",
        low=1,
        high=30,
    )
    constant: float = parameter(
        1.0,
        "float",
        "First constant",
        "The weight of fooling against smallness in the first search.",
        low=1e-6,
        high=1e6,
        log_scale=True,
        formula="loss = |x' - x|^2 + c f(x'),   c = {value:g} at first",
    )
    rate: float = parameter(
        0.05,
        "float",
        "Step size",
        "Adam's step size.",
        low=1e-4,
        high=10.0,
        log_scale=True,
        formula="eta = {value:g}",
    )


class CarliniWagner(Attack):
    """Minimise ``|x' - x|^2 + c f(x')`` by Adam; a binary search finds the best c of each image.

    ``f = max(z_y - max_{c != y} z_c, 0)``, toward a target ``max(max_{c != t} z_c - z_t, 0)``. With
    the box ``x' = (tanh(w) + 1) / 2`` and w is free, so no clipping bends the path. There is no
    budget. Where a constant did not fool an image it grows tenfold until one does, to 1e10 at most;
    then the interval between failure and success is halved. The last step returns to the smallest
    change found. Source: Carlini & Wagner 2017, "Towards evaluating the robustness of neural
    networks", section V, L2, confidence 0; the limit is that of the authors' code.
    """

    name = "cw"
    label = "Carlini-Wagner (L2)"
    help = "A short change that fools, found by optimisation: slow and thorough."
    formula = "min |x' - x|^2 + c f(x'),   x' = (tanh(w) + 1) / 2,   f = max(z_y - max z_c, 0)"
    source = "Carlini & Wagner 2017"
    settings = CarliniWagnerSettings
    config: CarliniWagnerSettings

    @property
    def n_steps(self) -> int:
        """All steps of all searches, and after each one back: to the start, at last to the best."""
        return self.config.searches * (self.config.steps + 1)

    def begin(self) -> None:
        """Start the first search at the originals."""
        n = self.n_images
        self.constants = np.full(n, self.config.constant)
        self._too_small, self._enough = np.zeros(n), np.full(n, np.inf)
        self._restart()

    def _restart(self) -> None:
        self._found = np.zeros(self.n_images, dtype=bool)
        self._adam = Adam(self.originals.shape, self.originals.dtype)
        self._free = self.originals.copy()
        if self.box:
            self._free = np.arctanh((2.0 * self.originals - 1.0) * _INSIDE)
        self._place()

    def _place(self) -> None:
        """Write the change of the free variables."""
        self._bent = np.tanh(self._free) if self.box else self._free
        image = 0.5 * (self._bent + 1.0) if self.box else self._free
        np.subtract(image, self.originals, out=self.changes)

    def advance(self) -> None:
        """Make a step of Adam, or begin the next search, or end with the best."""
        self._found |= self.success
        if self.step == self.n_steps:
            self._return_to_best()
            return
        if self.step % (self.config.steps + 1) == 0:
            self._next_constants()
            self._restart()
            return
        # Inside the goal f is 0 and only smallness counts.
        weight = np.where(self.success, 0.0, self.constants)
        gradient = 2.0 * self.changes
        gradient -= (self.pull * per_row(weight, self.pull)) @ self.rows
        if self.box:
            gradient *= 0.5 * (1.0 - self._bent * self._bent)
        self._adam.step(self._free, gradient, self.config.rate)
        self._place()

    def _next_constants(self) -> None:
        found, constants = self._found, self.constants
        self._enough[found] = np.minimum(self._enough, constants)[found]
        self._too_small[~found] = np.maximum(self._too_small, constants)[~found]
        bounded = np.isfinite(self._enough)
        middle = (self._too_small + np.where(bounded, self._enough, 0.0)) / 2
        grown = np.maximum(np.minimum(constants * _CONSTANT_GROWTH, _LARGEST_CONSTANT), constants)
        self.constants = np.where(bounded, middle, grown)

    def _return_to_best(self) -> None:
        """Show the smallest change of every image that was fooled at all."""
        rows = np.flatnonzero(np.isfinite(self._best_sizes))
        self.changes[rows] = self._best_images[rows] - self.originals[rows]
