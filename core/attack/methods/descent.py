"""The practical's attack: gradient descent on the image under the squared loss."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from core.attack.base import BatchAttack
from core.attack.objectives import OBJECTIVES, squared_loss
from core.attack.practical import Attack
from core.attack.settings import AttackSettings, box_parameter, steps_parameter
from core.parameters import parameter

if TYPE_CHECKING:
    from numpy.typing import NDArray


class SquaredLossDescent(Attack):
    """Descend on ``L = |t - y(x)|^2 + lambda |c - x|^2``.

    With ``r = t - y`` and the softmax Jacobian ``J = diag(y) - y y^T`` the step is
    ``x += eta (W^T J r - lambda (x - c))``, the constant 2 absorbed in eta. ``J r`` needs no
    matrix: it is ``y (r - y . r)``. Source: the practical, Part 2.
    """

    def direction(
        self, image: NDArray[Any], probabilities: NDArray[Any]
    ) -> tuple[float, NDArray[Any]]:
        """Return the loss and minus half its gradient in the image."""
        losses, responses = squared_loss(probabilities[None], np.array([self.config.target]))
        loss = float(losses[0])
        direction = responses[0] @ self.model.weights[:, 1:]
        if self.chosen is not None and self.config.pull:
            change = image - self.chosen
            loss += self.config.pull * float(change @ change)
            direction = direction - self.config.pull * change
        return loss, np.asarray(direction)


@dataclass(frozen=True, slots=True)
class DescentSettings(AttackSettings):
    """Settings of :class:`Descent`."""

    box: bool = box_parameter()
    steps: int = steps_parameter(200)
    rate: float = parameter(
        0.2,
        "float",
        "Step size",
        "How far each step moves the image along the gradient itself, however long that is.",
        low=1e-5,
        high=1000.0,
        log_scale=True,
        formula="x += eta W^T J (t - y),   J = diag(y) - y y^T,   eta = {value:g}",
    )
    pull: float = parameter(
        0.0,
        "float",
        "Pull",
        "How strongly each image is held near its original; 0 lets it go anywhere.",
        low=0.0,
        high=100.0,
        zero_word="no pull",
        formula="loss = |t - y|^2 + lambda |x - x0|^2,   lambda = {value:g}",
    )


class Descent(BatchAttack):
    """The practical's descent on many images at once, each pulled toward its own original.

    ``x += eta (W^T J r - lambda (x - x0))`` as in :class:`SquaredLossDescent`. Without a target the
    loss of the image's own class is climbed instead. The gradient is not brought to a length, so
    where the model is sure the image hardly moves: the squared loss is flat there. No budget.
    Source: the practical, Part 2.
    """

    name = "descent"
    label = "The practical's descent"
    help = "Plain gradient descent on the squared loss, as in the practical."
    formula = "x += eta (W^T J (t - y) - lambda (x - x0)),   J = diag(y) - y y^T"
    source = "the practical, Part 2"
    settings = DescentSettings
    config: DescentSettings

    @property
    def n_steps(self) -> int:
        """As set."""
        return self.config.steps

    def begin(self) -> None:
        """Follow the squared loss."""
        self.objective = OBJECTIVES["squared"]

    def advance(self) -> None:
        """Make one step; an image whose numbers would run away stays where it was."""
        sign = 1.0 if self.target is None else -1.0
        rate = self.changes.dtype.type(self.config.rate)
        with np.errstate(over="ignore", invalid="ignore"):
            step = (0.5 * sign * self.gradient) @ self.rows
            if self.config.pull:
                step -= self.config.pull * self.changes
            step *= rate
            step += self.changes
            sizes = self.norm.sizes(step)
        good = np.isfinite(sizes)
        self.changes[good] = step[good]
