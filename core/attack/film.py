"""A batch attack on one image as the film that the window plays."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from core.attack.base import AttackStep
from core.attack.norms import NORMS
from core.dataset import read_only
from core.errors import SettingError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from core.attack.batch import BatchAttack
    from core.attack.batch_step import BatchStep


class Film:
    """Runs a batch attack on one image, step by step, as :class:`~core.attack.base.Attack` does.

    Parameters
    ----------
    attack : BatchAttack
        On a batch of one.

    Raises
    ------
    SettingError
        If the attack has several images.
    """

    def __init__(self, attack: BatchAttack) -> None:
        if attack.n_images != 1:
            raise SettingError(f"A film shows one image, not {attack.n_images}; choose one")
        self.attack = attack

    @property
    def reference(self) -> NDArray[Any]:
        """What the size of the change is measured from."""
        return np.asarray(self.attack.originals[0])

    def run(self) -> Iterator[AttackStep]:
        """Yield the start and every step after it."""
        for step in self.attack.run(keep_images=True):
            yield self._frame(step)

    def _frame(self, step: BatchStep) -> AttackStep:
        assert step.images is not None
        image = step.images[0]
        change = image[None] - self.attack.originals
        return AttackStep(
            step=step.step,
            image=read_only(image),
            probabilities=read_only(self.attack.model.probabilities(image)),
            loss=float(step.values[0]),
            gradient_norm=float(step.gradient_norms[0]),
            l2=float(NORMS["l2"].sizes(change)[0]),
            linf=float(NORMS["linf"].sizes(change)[0]),
        )
