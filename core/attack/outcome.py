"""What an attack came to, in numbers and in one sentence."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from core.attack.objectives import squared_loss
from core.words import counted, fixed

if TYPE_CHECKING:
    from collections.abc import Sequence

    from core.attack.step import AttackStep

SATURATED_RESPONSE = 0.01
"""Below this change of logits, |J r|, the squared loss gives practically nothing to follow."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """The state of an attack at one of its steps.

    Attributes
    ----------
    original : class of the image it began as; None where it began as noise
    predicted, target : classes; target None: any class but the first read
    step : how many were made
    success_step : first step from which on the target is read up to this one, or None
    is_kept : whether the image is that of ``success_step`` again, since later ones failed
    n_changes : how often the reading has changed from one step to the next
    was_reached : whether it was as wanted at any step
    saturated : whether the model is so sure that the squared loss has nearly no gradient where it
        stands, and has never read anything else
    first_predicted : what the image was read as before its change
    """

    step: int
    original: int | None
    predicted: int
    target: int | None
    probability: float
    success_step: int | None
    l2: float
    linf: float
    saturated: bool
    first_predicted: int
    is_kept: bool = False
    n_changes: int = 0
    was_reached: bool = False

    @property
    def succeeded(self) -> bool:
        """Whether the image is read as the target."""
        return self.success_step is not None

    def sentence(self, class_names: Sequence[str], pulled_toward: str = "") -> str:
        """Return the outcome in words, with the size of the change."""
        happened = self.headline(class_names, pulled_toward)
        size = f"length of the change {fixed(self.l2)}, largest pixel {fixed(self.linf)}"
        return f"{happened}; {size}"

    def headline(
        self, class_names: Sequence[str], pulled_toward: str = "", *, brief: bool = False
    ) -> str:
        """Return what has happened up to this step, without sizes.

        Parameters
        ----------
        pulled_toward : what noise is pulled toward, in words
        brief : whether to leave out how sure it is by now, where it has flipped
        """
        if self.original is None:
            start = f"Noise pulled toward {pulled_toward}" if pulled_toward else "Noise"
        else:
            start = class_names[self.first_predicted]
            if self.first_predicted != self.original:
                start = f"{class_names[self.original]}, taken for {start},"
        wanted = self.predicted if self.target is None else self.target
        if self.success_step is None:
            toward = "" if self.target is None else f", not as {class_names[wanted]}"
            seen, sure = class_names[self.predicted], f"{self.probability:.3f}"
            if self.step == 0:
                return f"{start} is read as {seen} ({sure}) before any step{toward}"
            still = "" if self.n_changes else " still"
            swings = f"; it changed {counted(self.n_changes, 'time')}" if self.n_changes > 1 else ""
            after = f"after {counted(self.step, 'step')}{toward}{'' if brief else swings}"
            return f"{start}{still} read as {seen} ({sure}) {after}"
        rightly = " rightly" if wanted == self.original else ""
        read = f"read{rightly} as {class_names[wanted]}"
        if self.is_kept:
            return f"{start} {read} at step {self.success_step:,} of {self.step:,}"
        if self.success_step == 0:
            flip = f"{start} {read} from the start"
        else:
            flip = f"{start} {read} after {counted(self.success_step, 'step')}"
        if brief or self.step == self.success_step:
            return flip
        return f"{flip}; after {counted(self.step, 'step')} with probability {self.probability:.3f}"

    def no_flip(self, class_names: Sequence[str]) -> str:
        """Say of a whole film that at no step it begins to be read as wanted to its end."""
        wanted = "otherwise" if self.target is None else f"as {class_names[self.target]}"
        steps = f"In {counted(self.step, 'step')}"
        if self.succeeded:
            return f"It is read {wanted} from the start."
        if not self.n_changes:
            return f"{steps} the reading does not flip."
        if self.was_reached:
            return f"{steps} it is read {wanted} for a while, but not at the end."
        changes = counted(self.n_changes, "time")
        return f"{steps} it is never read {wanted}, though the reading changes {changes}."


def summarise(
    steps: Sequence[AttackStep],
    target: int | None,
    original: int | None,
    *,
    read_as: int | None = None,
) -> Outcome:
    """Return the outcome of the attack as it stands at the last of ``steps``.

    Parameters
    ----------
    steps : from the first on
    target, original : as in :class:`Outcome`
    read_as : what the image is read as before its change; by default as at the first step, which
        some attacks put at a random place already
    """
    last, began_as = steps[-1], steps[0].predicted if read_as is None else read_as
    success_step = None

    def reached(step: AttackStep) -> bool:
        return step.predicted != began_as if target is None else step.predicted == target

    for step in reversed(steps):
        if not reached(step):
            break
        success_step = step.number
        if step.kept_from is not None:
            break
    here = last.probabilities[None]
    logits = np.log(np.maximum(here, np.finfo(here.dtype).tiny))
    response = squared_loss(logits, np.array([began_as if target is None else target]))[1][0]
    n_changes = int(steps[0].predicted != began_as)
    n_changes += sum(a.predicted != b.predicted for a, b in pairwise(steps))
    flattest = max(float((here * (1 - here)).max()), float(np.linalg.norm(response)))
    return Outcome(
        step=last.n_made,
        original=original,
        predicted=last.predicted,
        target=target,
        probability=float(last.probabilities[last.predicted]),
        success_step=success_step,
        l2=last.l2,
        linf=last.linf,
        saturated=not n_changes and flattest < SATURATED_RESPONSE,
        first_predicted=began_as,
        is_kept=success_step is not None and last.kept_from is not None,
        n_changes=n_changes,
        was_reached=any(map(reached, steps)),
    )
