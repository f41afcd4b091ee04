"""Many small steps within the budget: the basic iterative method and projected gradient descent."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from core.attack.base import Attack
from core.attack.methods.fgsm import FastGradientSettings
from core.attack.settings import AttackSettings, seed_parameter, steps_parameter
from core.parameters import parameter

AUTOMATIC_TRAVEL = 2.5
"""Automatic steps could walk this many budgets in all (Madry et al. 2018): across and back."""


@dataclass(frozen=True, slots=True)
class IterativeSettings(FastGradientSettings):
    """Settings of :class:`BasicIterative`."""

    steps: int = steps_parameter()
    step_size: float = parameter(
        0.0,
        "float",
        "Step size",
        "How far each step goes, as a part of the budget. 0 chooses 2.5 / steps: enough to cross "
        "the allowed region and to come back.",
        low=0.0,
        high=2.0,
        zero_word="2.5 / steps of the budget",
        zero_text="auto",
        formula="step = {value:g} x budget",
    )


@dataclass(frozen=True, slots=True)
class ProjectedGradientSettings(IterativeSettings):
    """Settings of :class:`ProjectedGradient`."""

    random_start: bool = parameter(
        True,
        "bool",
        "Random start",
        "Begin at a random place within the budget, not at the image itself.",
        formula="x0 = x + d,   d uniform in the ball of the budget",
    )
    seed: int = seed_parameter()


class BasicIterative(Attack):
    """Repeat the fast gradient step at a smaller length, projecting back onto the budget.

    ``x <- box(P(x + a sign(g)))`` in L-infinity, ``a g / |g|`` in L2, ``P`` the projection onto
    the ball of the budget around the original. Source: Kurakin, Goodfellow & Bengio 2017,
    "Adversarial examples in the physical world", section 2.2.
    """

    name = "bim"
    label = "Basic iterative (BIM)"
    help = "Small steps along the gradient, held within the budget."
    formula = "x <- P(x + a sign(g));   in L2: P(x + a g / |g|)"
    source = "Kurakin, Goodfellow & Bengio 2017"
    settings: ClassVar[type[AttackSettings]] = IterativeSettings
    config: IterativeSettings

    @property
    def length(self) -> float:
        """How far one step goes."""
        return (self.config.step_size or AUTOMATIC_TRAVEL / self.config.steps) * self.budget

    def advance(self) -> None:
        """Make one step of ``length``; the base projects."""
        self.climb(self.pull, self.length)


class ProjectedGradient(BasicIterative):
    """The basic iterative method from a random place within the budget.

    Without a target it climbs toward the rival that is strongest where it stands, which need not be
    the one whose boundary is nearest: close above the smallest possible size it may miss.
    Source: Madry, Makelov, Schmidt, Tsipras & Vladu 2018, "Towards deep learning models resistant
    to adversarial attacks", section 2.
    """

    name = "pgd"
    label = "Projected gradient (PGD)"
    help = "Small steps along the gradient from a random place within the budget."
    formula = "x0 uniform in the ball;   x <- P(x + a sign(g));   in L2: P(x + a g / |g|)"
    source = "Madry et al. 2018"
    settings = ProjectedGradientSettings
    config: ProjectedGradientSettings

    def begin(self) -> None:
        """Start at random, if wanted."""
        if self.config.random_start:
            self.changes[:] = self.norm.random(self.rng, self.originals.shape, self.budget)
