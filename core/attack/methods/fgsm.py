"""The fast gradient method: the whole budget in one step."""

from __future__ import annotations

from dataclasses import dataclass

from core.attack.base import Attack
from core.attack.objectives import OBJECTIVES
from core.attack.settings import BudgetSettings
from core.parameters import parameter


@dataclass(frozen=True, slots=True)
class FastGradientSettings(BudgetSettings):
    """Settings of :class:`FastGradient`."""

    objective: str = parameter(
        "margin",
        "choice",
        "Objective",
        "The loss the attack follows. The squared loss is the practical's and nearly flat where "
        "the model is sure; the other two are not. The lead is that of the strongest other class.",
        choices={name: objective.label for name, objective in OBJECTIVES.items()},
        formula="; ".join(objective.formula for objective in OBJECTIVES.values()),
    )


class FastGradient(Attack):
    """Go the whole budget along the steepest direction, once.

    ``x' = x + e sign(dL/dx)`` in L-infinity, ``x' = x + e g / |g|`` in L2; toward a target the
    other way. Source: Goodfellow, Shlens & Szegedy 2015, "Explaining and harnessing adversarial
    examples", section 4.
    """

    name = "fgsm"
    label = "Fast gradient (FGSM)"
    help = "One step of the whole budget along the gradient."
    formula = "x' = x + e sign(g);   in L2: x + e g / |g|"
    source = "Goodfellow, Shlens & Szegedy 2015"
    settings = FastGradientSettings
    config: FastGradientSettings

    def advance(self) -> None:
        """Make the one step."""
        self.climb(self.pull, self.budget)
