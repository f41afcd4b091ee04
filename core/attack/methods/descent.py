"""The practical's attack: gradient descent on the image under the squared loss."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Self

import numpy as np

from core.attack.base import Attack
from core.attack.settings import AttackSettings, box_parameter, steps_parameter
from core.data.dataset import read_only
from core.errors import SettingError
from core.parameters import parameter

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from core.learning.perceptron import SoftmaxPerceptron

NOISE_SCALE = 0.01
"""The practical starts from ``uniform [0, 1) / 100``."""


def faint_noise(seed: int, n_features: int) -> NDArray[np.float32]:
    """Return the practical's start, (n_features,), always the same for the same seed."""
    rng = np.random.default_rng(seed)
    return (NOISE_SCALE * rng.random(n_features)).astype(np.float32)


def rate_parameter(default: float) -> Any:
    """Declare how far a step goes along the gradient itself, however long that is."""
    return parameter(
        default,
        "float",
        "Step size",
        "How far each step moves the image along the gradient.",
        low=1e-5,
        high=1000.0,
        log_scale=True,
        formula="x += eta W^T J (t - y),   J = diag(y) - y y^T,   eta = {value:g}",
    )


def pull_parameter(default: float) -> Any:
    """Declare how strongly an image is held near the one it is to look like."""
    return parameter(
        default,
        "float",
        "Pull",
        "How strongly the image is held near the chosen image; 0 lets it go anywhere.",
        low=0.0,
        high=100.0,
        zero_word="no pull",
        formula="loss = |t - y|^2 + lambda |c - x|^2,   lambda = {value:g}",
    )


@dataclass(frozen=True, slots=True)
class DescentSettings(AttackSettings):
    """Settings of :class:`Descent`."""

    objective: ClassVar = "squared"

    box: bool = box_parameter()
    steps: int = steps_parameter(200, formula="x -> x + eta W^T J (t - y), {value} times")
    rate: float = rate_parameter(0.2)
    pull: float = pull_parameter(0.0)


class Descent(Attack):
    """Descend on ``L = |t - y(x)|^2 + lambda |c - x|^2``; c is the image, wherever x starts.

    With ``r = t - y`` and the softmax Jacobian ``J = diag(y) - y y^T`` the step is
    ``x += eta (W^T J r - lambda (x - c))``, the constant 2 absorbed in eta. Without a target the
    loss of the image's own class is climbed instead. The gradient is not brought to a length, so
    where the model is sure the image hardly moves: the squared loss is flat there. No budget.
    Where the numbers would run away (a step size times pull above 2 overshoots ever further) an
    image stays as it was last, and where all would it is over. Source: the practical, Part 2.

    Parameters
    ----------
    start : (n_features,) or (n, n_features), or None
        Where each image begins, if that is worth seeing for itself: toward a target it is then
        followed even if the model reads the target already, or gives no way to go.
    """

    name = "descent"
    label = "The practical's descent"
    help = "Plain gradient descent on the squared loss, as in the practical."
    formula = "x += eta (W^T J (t - y) - lambda (x - c)),   J = diag(y) - y y^T"
    source = "the practical, Part 2"
    settings = DescentSettings
    config: DescentSettings
    begins_anywhere = True
    goes_on = True

    def __init__(
        self,
        model: SoftmaxPerceptron,
        config: AttackSettings,
        images: NDArray[Any],
        labels: NDArray[np.int64] | None = None,
        *,
        start: NDArray[Any] | None = None,
    ) -> None:
        self.start = start if start is None else read_only(np.array(start, model.weights.dtype))
        super().__init__(model, config, images, labels)
        self.ends_with_best = start is None
        if self.start is not None and self.start.shape not in {images.shape, self.originals.shape}:
            raise SettingError(
                f"The start has {self.start.size} pixels; this model reads {model.n_features}"
            )

    @classmethod
    def on_image(
        cls,
        model: SoftmaxPerceptron,
        config: AttackSettings,
        image: NDArray[Any],
        *,
        start: NDArray[Any] | None = None,
    ) -> Self:
        """Return the descent on one image, pulled toward it and perhaps begun elsewhere."""
        if start is not None:
            return cls(model, config, image, start=start)
        return cls(model, config, image, start=None if config.target is None else image)

    def check_that_it_leads_anywhere(self) -> None:
        """Let what has a start and a target be seen, whatever comes of it."""
        if self.start is None or self.target is None:
            super().check_that_it_leads_anywhere()

    def begin(self) -> None:
        """Go to the start."""
        if self.start is not None:
            self.changes[:] = self.start - self.originals

    def traced(self) -> tuple[NDArray[Any], NDArray[np.float64]]:
        """Return the loss with its pull, and the length of half its gradient: the 2 is in eta."""
        values = self.values
        sign = 1.0 if self.target is None else -1.0
        direction = (0.5 * sign * self.gradient) @ self.rows
        if self.config.pull:
            direction -= self.config.pull * self.changes
            values = values - sign * self.config.pull * self.sizes**2
        norms = np.linalg.norm(direction.astype(np.float64), axis=1)
        direction *= direction.dtype.type(self.config.rate)
        direction += self.changes
        self._following = direction
        # Loss and gradient of what follows must be numbers too: squares of lengths, times the pull.
        furthest = self.norm.sizes(direction) * max(self.config.pull, 1.0)
        self._is_number = np.isfinite(furthest**2)
        return values, norms

    def finished(self) -> bool:
        """Whether every image would run away."""
        self.ran_away = not self._is_number.any()
        return self.ran_away

    def advance(self) -> None:
        """Make one step; an image whose numbers would run away stays where it was."""
        self.changes[self._is_number] = self._following[self._is_number]
