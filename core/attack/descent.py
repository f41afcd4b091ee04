"""The practical's attack: gradient descent on the image under the squared loss."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from core.attack.base import Attack

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
        residual = -probabilities
        residual[self.config.target] += 1.0
        loss = float(residual @ residual)
        logit_direction = probabilities * (residual - probabilities @ residual)
        direction = logit_direction @ self.model.weights[:, 1:]
        if self.chosen is not None and self.config.pull:
            change = image - self.chosen
            loss += self.config.pull * float(change @ change)
            direction = direction - self.config.pull * change
        return loss, np.asarray(direction)
