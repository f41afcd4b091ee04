"""An attack on one image, step by step: what the window plays and the report draws."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from core.attack.norms import NORMS, gradient_sizes
from core.attack.step import AttackStep
from core.data.dataset import read_only
from core.exact.smallest import smallest_change
from core.progress import Progress

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator

    from numpy.typing import NDArray

    from core.attack.base import Attack
    from core.exact.pairs import Norm


def frames(attack: Attack) -> Iterator[AttackStep]:
    """Yield the start of an attack on one image, every step after it, and perhaps the best.

    Some attacks go on trying after they have succeeded; where the end is then a failure, the best
    follows. The start always comes, even if its numbers are not finite.
    """
    for step in attack.run(keep_images=True):
        assert step.images is not None
        yield _frame(attack, step.step, step.images[0], step.values[0], step.gradient_norms[0])
    if not attack.ends_with_best or step.success[0]:
        return
    best = attack.result()
    if best.success[0]:
        values, gradient = attack.objective.evaluate(
            attack.model.logits(best.images), attack.classes
        )
        norms = gradient_sizes(gradient, attack.gram)
        yield _frame(attack, step.step + 1, best.images[0], values[0], norms[0])


def _frame(
    attack: Attack, number: int, image: NDArray[Any], loss: float, gradient_norm: float
) -> AttackStep:
    change = image[None] - attack.originals
    return AttackStep(
        step=number,
        image=read_only(image),
        probabilities=read_only(attack.model.probabilities(image)),
        loss=float(loss),
        gradient_norm=float(gradient_norm),
        l2=float(NORMS["l2"].sizes(change)[0]),
        linf=float(NORMS["linf"].sizes(change)[0]),
    )


@dataclass(frozen=True, slots=True, eq=False)
class Filmed:
    """A film, as far as it is known.

    Attributes
    ----------
    steps : the start and every step after it
    n_steps : how many steps after the start it is going to have
    read_as : what the image is read as before its change
    ran_away : whether it ends where its numbers would have left what can be computed with
    least : the smallest length, and the smallest largest change of a pixel, that are enough; None
        where that is not known yet, was not asked for, or where none is needed or enough
    """

    steps: tuple[AttackStep, ...]
    n_steps: int
    read_as: int
    ran_away: bool
    least: tuple[float, float] | None


class FilmSearch:
    """The steps of a film in the order they happen; then what would have been enough.

    Parameters
    ----------
    attack : on one image
    seeks_least : whether to look for what is enough; noise is no image to be changed
    """

    def __init__(self, attack: Attack, *, seeks_least: bool = True) -> None:
        self._attack, self._seeks_least = attack, seeks_least
        self._rest = frames(attack)
        self._steps: list[AttackStep] = []
        self._sizes: list[float] = []
        self._is_done = False

    def run(self) -> Generator[Progress, None, None]:
        """Run the attack, telling after each step."""
        attack = self._attack
        total = attack.n_steps + 1
        while (step := next(self._rest, None)) is not None:
            self._steps.append(step)
            yield Progress(len(self._steps), max(total, len(self._steps)), "steps")
        self._is_done = True
        norms: tuple[Norm, ...] = ("l2", "linf") if self._seeks_least else ()
        for norm in norms[len(self._sizes) :]:
            self._sizes.append(
                smallest_change(
                    attack.model.weights,
                    attack.originals[0],
                    norm,
                    target=attack.target,
                    boxed=attack.box,
                ).size
            )
            yield Progress(len(self._steps), len(self._steps), "steps")

    def found(self) -> Filmed | None:
        """Return the steps there are."""
        if not self._steps:
            return None
        attack, n_steps = self._attack, self._attack.n_steps
        if self._is_done and not attack.ran_away:  # some are done before the end
            n_steps = max(len(self._steps) - 1, 1)
        least = None
        if len(self._sizes) == 2 and 0 < self._sizes[0] < np.inf:
            # Otherwise it is read so already, or out of reach.
            least = (self._sizes[0], self._sizes[1])
        return Filmed(
            steps=tuple(self._steps),
            n_steps=n_steps,
            read_as=int(attack.original[0]),
            ran_away=self._is_done and attack.ran_away,
            least=least,
        )
