"""An attack on one image, step by step: what the window plays and the report draws."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from core.attack.norms import NORMS, gradient_sizes
from core.attack.step import AttackStep
from core.data.dataset import read_only
from core.errors import SettingError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from core.attack.base import Attack
    from core.learning.perceptron import SoftmaxPerceptron


class Film:
    """Runs an attack on one image.

    Parameters
    ----------
    attack : Attack
        On a batch of one.

    Raises
    ------
    SettingError
        If the attack has several images.
    """

    def __init__(self, attack: Attack) -> None:
        if attack.n_images != 1:
            raise SettingError(f"A film shows one image, not {attack.n_images}; choose one")
        self.attack = attack

    @property
    def model(self) -> SoftmaxPerceptron:
        """The model under attack."""
        return self.attack.model

    @property
    def reference(self) -> NDArray[Any]:
        """What the size of the change is measured from."""
        return np.asarray(self.attack.originals[0])

    @property
    def read_as(self) -> int:
        """What the image is read as before its change; a random start may be read otherwise."""
        return int(self.attack.original[0])

    def run(self) -> Iterator[AttackStep]:
        """Yield the start and every step after it; at last the best, if the end is a failure.

        Some attacks go on trying after they have succeeded, and may end in between. The start
        always comes, even if its numbers are not finite.
        """
        for step in self.attack.run(keep_images=True):
            assert step.images is not None
            yield self._frame(step.step, step.images[0], step.values[0], step.gradient_norms[0])
        if not self.attack.ends_with_best or step.success[0]:
            return
        best = self.attack.result()
        if best.success[0]:
            values, gradient = self.attack.objective.evaluate(
                self.attack.model.logits(best.images), self.attack.classes
            )
            norms = gradient_sizes(gradient, self.attack.gram)
            yield self._frame(step.step + 1, best.images[0], values[0], norms[0])

    def _frame(
        self, number: int, image: NDArray[Any], loss: float, gradient_norm: float
    ) -> AttackStep:
        change = image[None] - self.attack.originals
        return AttackStep(
            step=number,
            image=read_only(image),
            probabilities=read_only(self.attack.model.probabilities(image)),
            loss=float(loss),
            gradient_norm=float(gradient_norm),
            l2=float(NORMS["l2"].sizes(change)[0]),
            linf=float(NORMS["linf"].sizes(change)[0]),
        )
