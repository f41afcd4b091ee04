"""An attack that runs in a thread of its own."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from core.exact.least import least_size
from gui.jobs.worker import Job

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from core.attack import AttackStep, Film
    from core.exact.pairs import Norm
    from gui.jobs.mailbox import Channel

    Question = tuple[NDArray[Any], int | None, bool]

_POST_SECONDS = 1 / 60


@dataclass(frozen=True, slots=True)
class Done:
    """The end of an attack.

    ``least`` is the smallest length and the smallest largest change of a pixel that are enough;
    None where the question makes no sense.
    """

    n_steps: int
    least: tuple[float, float] | None


class AttackJob(Job):
    """Run one attack, sending its steps in the order they happen; then what would be enough.

    Parameters
    ----------
    question : the image, the target or None, and whether in the box; None to leave that out
    """

    def __init__(self, channel: Channel, film: Film, question: Question | None) -> None:
        super().__init__("attack", channel)
        self._film, self._question = film, question

    def work(self) -> None:
        """Compute until done or stopped."""
        steps: list[AttackStep] = []
        sent = time.perf_counter()
        n_steps = 0
        for step in self._film.run():
            if self._stopping:
                return
            steps.append(step)
            n_steps += 1
            if time.perf_counter() - sent > _POST_SECONDS:
                self.post(tuple(steps))
                steps, sent = [], time.perf_counter()
        self.post(tuple(steps))
        self.post(Done(n_steps, self._least()))

    def _least(self) -> tuple[float, float] | None:
        if self._question is None:
            return None
        image, target, boxed = self._question
        weights = self._film.model.weights
        sizes: list[float] = []
        norm: Norm
        for norm in ("l2", "linf"):
            if self._stopping:
                return None
            sizes.append(least_size(weights, image, norm, target=target, boxed=boxed))
        l2, linf = sizes
        # Otherwise it is read so already, or out of reach.
        return (l2, linf) if 0 < l2 < np.inf else None
