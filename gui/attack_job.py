"""An attack that runs in a thread of its own."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from gui.worker import Job

if TYPE_CHECKING:
    from core.attack import Attack, AttackStep, Film
    from gui.mailbox import Mailbox

_POST_SECONDS = 1 / 60


@dataclass(frozen=True, slots=True)
class Done:
    """The end of an attack."""

    n_steps: int


class AttackJob(Job):
    """Run one attack, sending its steps in the order they happen."""

    def __init__(self, generation: int, mailbox: Mailbox, attack: Attack | Film) -> None:
        super().__init__("attack", generation, mailbox)
        self._attack = attack

    def work(self) -> None:
        """Compute until done or stopped."""
        steps: list[AttackStep] = []
        sent = time.perf_counter()
        n_steps = 0
        for step in self._attack.run():
            if self._stopping:
                return
            steps.append(step)
            n_steps += 1
            if time.perf_counter() - sent > _POST_SECONDS:
                self.post(tuple(steps))
                steps, sent = [], time.perf_counter()
        self.post(tuple(steps))
        self.post(Done(n_steps))
