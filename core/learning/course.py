"""All that a run was told from its start on: enough to do it again with another seed."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from core.learning.config import TrainingConfig
    from core.learning.records import Checkpoint


@dataclass(frozen=True, slots=True, eq=False)
class Course:
    """With what a run began, and what it was told on its way.

    Attributes
    ----------
    config : with which it began
    start : weights it was given; None: it drew its own
    later : (update, settings that act from that update on) each, updates rising
        What was changed while it learnt; and where it left another run, the settings it went on
        with.
    epoch : from which on it is this run, and no other that it left
    """

    config: TrainingConfig
    start: Checkpoint | None = None
    later: tuple[tuple[int, TrainingConfig], ...] = ()
    epoch: int = 0

    @property
    def last_config(self) -> TrainingConfig:
        """The settings that act in the end."""
        return self.later[-1][1] if self.later else self.config

    def then(self, step: int, config: TrainingConfig) -> Course:
        """Return this, with other settings from an update on."""
        return replace(self, later=(*self.later, (step, config)))

    def until(self, step: int) -> Course:
        """Return what was told before an update was done."""
        return replace(self, later=tuple(one for one in self.later if one[0] < step))

    def up_to(self, epochs: int) -> Course:
        """Return this, to be stopped after so many epochs, whenever it was to stop."""
        later = tuple((step, replace(config, epochs=epochs)) for step, config in self.later)
        return replace(self, config=replace(self.config, epochs=epochs), later=later)
