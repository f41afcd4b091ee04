"""An attack on one image, step by step: what the window plays and the report draws."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from core.attack.norms import NORMS, gradient_sizes
from core.attack.step import AttackStep
from core.data.dataset import read_only
from core.exact.smallest import finding_change
from core.progress import Progress

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator, Mapping

    from numpy.typing import NDArray

    from core.attack.base import Attack
    from core.exact.pairs import Norm


LEAST_STEPS, TIMES_THE_FLIP = 50, 20
"""A film that may end by itself has so many steps at least, and so many times those to its flip."""


def steps_worth(flip: int, most: int) -> int:
    """Return how many steps of a film are worth looking at that flips at step ``flip``.

    Beyond the flip a descent only grows surer, ever more slowly: twenty times as many steps as it
    took show that, rounded up to fifties, and ``most`` at most.
    """
    return min(most, max(LEAST_STEPS, -(-TIMES_THE_FLIP * flip // 50) * 50))


def frames(attack: Attack, origin: NDArray[Any] | None = None) -> Iterator[AttackStep]:
    """Yield the start of an attack on one image, every step after it, and perhaps the best.

    Some attacks go on trying after they have succeeded; where the end is then a failure, the best
    follows. The start always comes, even if its numbers are not finite.

    Parameters
    ----------
    origin : (n_features,), what changes are measured from, if not the image that is attacked
    """
    since = attack.originals if origin is None else origin[None]
    for step in attack.run(keep_images=True):
        assert step.images is not None
        numbers = step.values[0], step.gradient_norms[0]
        yield _frame(attack, since, step.step, step.images[0], *numbers)
    if not attack.ends_with_best or step.success[0]:
        return
    best = attack.result()
    if best.success[0]:
        values, gradient = attack.objective.evaluate(
            attack.model.logits(best.images), attack.classes
        )
        norms = gradient_sizes(gradient, attack.gram)
        kept = int(attack.best_steps[0])
        yield _frame(attack, since, step.step + 1, best.images[0], values[0], norms[0], kept)


def _frame(
    attack: Attack,
    since: NDArray[Any],
    number: int,
    image: NDArray[Any],
    loss: float,
    gradient_norm: float,
    kept_from: int | None = None,
) -> AttackStep:
    change = image[None] - since
    return AttackStep(
        step=number,
        image=read_only(image),
        probabilities=read_only(attack.model.probabilities(image)),
        loss=float(loss),
        gradient_norm=float(gradient_norm),
        l2=float(NORMS["l2"].sizes(change)[0]),
        linf=float(NORMS["linf"].sizes(change)[0]),
        kept_from=kept_from,
    )


@dataclass(frozen=True, slots=True, eq=False)
class Least:
    """How small a change could be.

    Attributes
    ----------
    norm, boxed : how it is measured, and whether pixels stay between 0 and 1
    size, at_least : of the smallest change that is known to be enough for what is wanted, and what
        none undercuts; the same but for some numbers of pixels
    sizes, at_leasts : class -> the same toward it; those that are out of reach are left out
    """

    norm: Norm
    boxed: bool
    size: float
    at_least: float
    sizes: Mapping[int, float]
    at_leasts: Mapping[int, float]


@dataclass(frozen=True, slots=True, eq=False)
class Filmed:
    """A film, as far as it is known.

    Attributes
    ----------
    steps : the start and every step after it
    n_steps : how many steps after the start it is going to have
    read_as : what the start is read as before its change
    ran_away : whether it ends where its numbers would have left what can be computed with
    flip : the place in ``steps`` from which on the target is read, or anything else without one;
        None if never
    least : how small a change could be; None where that is not known yet, was not asked for, or
        where none is needed or enough
    means : the mean image of each class, where they were wanted
    toward : (n_features,), the image it is pulled toward, where that is not what it begins as
    """

    steps: tuple[AttackStep, ...]
    n_steps: int
    read_as: int
    ran_away: bool
    flip: int | None
    least: Least | None
    means: NDArray[np.float64] | None
    toward: NDArray[Any] | None = None


class FilmSearch:
    """The steps of a film in the order they happen; then what would have been enough.

    Parameters
    ----------
    attack : on one image
    origin : (n_features,), what it begins as and changes are measured from, if not the image
    ends_itself : whether a film that has flipped may end as :func:`steps_worth` says
    norm, boxed : how the smallest changes are measured; None for none: noise is no image to change
    means : returns the mean image of each class, (n_classes, n_features), where they are wanted
    """

    def __init__(
        self,
        attack: Attack,
        *,
        origin: NDArray[Any] | None = None,
        ends_itself: bool = False,
        norm: Norm | None = "l2",
        boxed: bool = False,
        means: Callable[[], NDArray[np.float64]] | None = None,
    ) -> None:
        self._attack, self._norm, self._boxed = attack, norm, boxed
        self._find_means = means
        self._means: NDArray[np.float64] | None = None
        start = attack.originals[0] if origin is None else origin
        self._read_as = int(attack.model.predict(np.atleast_2d(start))[0])
        is_pulled = origin is not None and getattr(attack.config, "pull", 0.0) > 0
        self._toward = attack.originals[0] if is_pulled else None
        self._ends_itself = ends_itself and attack.goes_on
        self._rest = frames(attack, origin)
        self._steps: list[AttackStep] = []
        self._flip: int | None = None
        self._sizes: dict[int | None, tuple[float, float]] = {}
        self._is_done = False

    @property
    def _n_steps(self) -> int:
        """How many steps it is going to have, as far as that can be told now."""
        if self._ends_itself and self._flip is not None:
            return steps_worth(self._flip, self._attack.n_steps)
        return self._attack.n_steps

    def _see(self, step: AttackStep) -> None:
        """Take in a step, and since when it is read as wanted."""
        self._steps.append(step)
        target = self._attack.target
        is_wanted = step.predicted != self._read_as if target is None else step.predicted == target
        if not is_wanted:
            self._flip = None
        elif self._flip is None:
            self._flip = step.step

    def run(self) -> Generator[Progress, None, None]:
        """Run the attack, telling after each step."""
        while not self._is_done:
            step = next(self._rest, None)
            if step is not None:
                self._see(step)
                yield Progress(len(self._steps), max(self._n_steps + 1, len(self._steps)), "steps")
            self._is_done = step is None or (
                self._ends_itself and self._flip is not None and step.step >= self._n_steps
            )
        if self._find_means is not None and self._means is None:
            self._means = self._find_means()
        if self._norm is None:
            return
        attack = self._attack
        classes = [k for k in range(attack.model.n_classes) if k != int(attack.original[0])]
        for target in (attack.target, *classes):
            if target not in self._sizes:
                found = yield from finding_change(
                    attack.model.weights,
                    attack.originals[0],
                    self._norm,
                    target=target,
                    boxed=self._boxed,
                )
                self._sizes[target] = found.size, found.at_least
                yield Progress(len(self._steps), len(self._steps), "steps")

    def found(self) -> Filmed | None:
        """Return the steps there are."""
        if not self._steps:
            return None
        attack, n_steps = self._attack, self._n_steps
        if self._is_done and not attack.ran_away:  # some are done before the end
            n_steps = max(len(self._steps) - 1, 1)
        least, wanted = None, self._sizes.get(attack.target, (0.0, 0.0))
        if self._norm is not None and 0 < wanted[0] < np.inf:
            # Otherwise it is read so already, or out of reach.
            known = ((k, both) for k, both in self._sizes.items() if k is not None)
            reached = {k: both for k, both in known if np.isfinite(both[0])}
            sizes, at_leasts = ({k: both[i] for k, both in reached.items()} for i in (0, 1))
            least = Least(self._norm, self._boxed, *wanted, sizes, at_leasts)
        return Filmed(
            steps=tuple(self._steps),
            n_steps=n_steps,
            read_as=self._read_as,
            ran_away=self._is_done and attack.ran_away,
            flip=self._flip,
            least=least,
            means=self._means,
            toward=self._toward,
        )
