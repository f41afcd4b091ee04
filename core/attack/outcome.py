"""What an attack came to, in numbers and in one sentence."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

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
    original : class the reference image is read as (None: it began as noise)
    predicted, target : classes; target None: any class but the first read
    success_step : first step from which on the target is read up to this one, or None
    saturated : whether the squared loss had nearly no gradient at the start
    first_predicted : what the image was read as before its change
    from_noise : whether it began as noise, pulled toward an image of class ``original``
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
    from_noise: bool = False

    @property
    def succeeded(self) -> bool:
        """Whether the image is read as the target."""
        return self.success_step is not None

    def sentence(self, class_names: Sequence[str]) -> str:
        """Return the outcome in words."""
        start = "noise" if self.original is None else class_names[self.original]
        if self.from_noise and self.original is not None:
            start = f"noise pulled toward a {start}:"
        elif self.original is not None and self.first_predicted != self.original:
            start = f"{start}, at first taken for {class_names[self.first_predicted]},"
        # Without a target what counts is that it is read as something else; that is named.
        wanted = self.predicted if self.target is None else self.target
        target = class_names[wanted]
        size = f"length of the change {self.l2:.2f}, largest pixel {self.linf:.2f}"
        if self.success_step is not None:
            steps = f"after {self.success_step} step{'' if self.success_step == 1 else 's'}"
            if self.success_step == 0:
                steps = "from the start"
            is_own = wanted == self.original and not self.from_noise
            rightly = " rightly" if is_own else ""
            when = "" if self.step == self.success_step else f" at step {self.step}"
            return f"{start} read{rightly} as {target} {steps}; {size}{when}"
        seen = class_names[self.predicted]
        words = f"{start} still read as {seen} ({self.probability:.2f}) after {self.step} steps"
        if self.target is None:
            return f"{words}; {size}"
        return f"{words}, not as {target}; {size}"

    def headline(
        self, class_names: Sequence[str], pulled_toward: str = "", *, brief: bool = False
    ) -> str:
        """Return what has happened up to this step, without sizes.

        Parameters
        ----------
        pulled_toward : what noise is pulled toward, in words
        brief : whether to leave out how sure it is by now, where it has flipped
        """
        if self.from_noise:
            start = f"Noise pulled toward {pulled_toward}" if pulled_toward else "Noise"
        else:
            start = class_names[self.first_predicted]
            if self.original is not None and self.first_predicted != self.original:
                start = f"{class_names[self.original]}, taken for {start},"
        wanted = self.predicted if self.target is None else self.target
        if self.success_step is None:
            toward = "" if self.target is None else f", not as {class_names[wanted]}"
            seen, sure = class_names[self.predicted], f"{self.probability:.2f}"
            if self.step == 0:
                return f"{start} is read as {seen} ({sure}) before any step{toward}"
            return f"{start} still read as {seen} ({sure}) after {_steps(self.step)}{toward}"
        is_own = wanted == self.original and not self.from_noise
        read = f"read{' rightly' if is_own else ''} as {class_names[wanted]}"
        if self.success_step == 0:
            flip = f"{start} {read} from the start"
        else:
            flip = f"{start} {read} after {_steps(self.success_step)}"
        if brief or self.step == self.success_step:
            return flip
        return f"{flip}; after {_steps(self.step)} with probability {self.probability:.3f}"


def _steps(n: int) -> str:
    return f"{n:,} step{'' if n == 1 else 's'}"


def summarise(
    steps: Sequence[AttackStep],
    target: int | None,
    original: int | None,
    *,
    from_noise: bool = False,
    read_as: int | None = None,
) -> Outcome:
    """Return the outcome of the attack as it stands at the last of ``steps``.

    Parameters
    ----------
    steps : from the first on
    target, original, from_noise : as in :class:`Outcome`
    read_as : what the image is read as before its change; by default as at the first step, which
        some attacks put at a random place already
    """
    last, began_as = steps[-1], steps[0].predicted if read_as is None else read_as
    success_step = None
    for step in reversed(steps):
        reached = step.predicted != began_as if target is None else step.predicted == target
        if not reached:
            break
        success_step = step.step
    first = steps[0].probabilities
    residual = -first
    residual[began_as if target is None else target] += 1.0
    response = first * (residual - first @ residual)
    return Outcome(
        step=last.step,
        original=original,
        predicted=last.predicted,
        target=target,
        probability=float(last.probabilities[last.predicted]),
        success_step=success_step,
        l2=last.l2,
        linf=last.linf,
        saturated=float((response @ response) ** 0.5) < SATURATED_RESPONSE,
        first_predicted=began_as,
        from_noise=from_noise,
    )
