"""The settings that attacks share, each declared once, for every attack to pick what it needs.

A settings class lists its fields in the order a form shows them; a field is made anew for each
class by the functions here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from core.attack.norms import NORMS
from core.attack.objectives import OBJECTIVES
from core.errors import SettingError
from core.parameters import check_parameters, parameter

if TYPE_CHECKING:
    from collections.abc import Sequence

BUDGET_LOW, BUDGET_HIGH = 1e-6, 1000.0
DEFAULT_BUDGET = 1.5
AUTOMATIC_TRAVEL = 2.5
"""Automatic steps could walk this many budgets in all (Madry et al. 2018): across and back."""


def target_parameter() -> Any:
    """Declare the class to be read as; None for any other than now."""
    return parameter(
        None,
        "index",
        "Target class",
        "The class the image shall be read as; without one, any other than its own will do.",
        none_word="any other",
        formula="success: read as {value}",
    )


def norm_parameter(
    help: str = "How the size of a change is measured.", names: Sequence[str] = ("l2", "linf")
) -> Any:
    """Declare the choice between norms."""
    choices = {name: NORMS[name].label for name in names}
    formula = ";   ".join(NORMS[name].formula for name in names)
    return parameter("l2", "choice", "Norm", help, choices=choices, formula=formula)


def budget_parameter() -> Any:
    """Declare the largest size allowed."""
    return parameter(
        DEFAULT_BUDGET,
        "float",
        "Budget",
        "The largest size a change may have. L2 and L∞ measure differently: 1.5 is little as a "
        "length, and as the change of one pixel more than there is.",
        low=BUDGET_LOW,
        high=BUDGET_HIGH,
        log_scale=True,
        not_zero="a budget of 0 allows no change at all",
        formula="|x' - x| <= {value:g}",
    )


def box_parameter(*, default: bool = True, remark: str = "") -> Any:
    """Declare whether pixels stay in the range of a real image."""
    return parameter(
        default,
        "bool",
        "Pixels in 0..1",
        f"Clip every pixel to the range of a real image after each step.{remark}",
        formula="x = min(max(x, 0), 1)",
    )


def objective_parameter() -> Any:
    """Declare what the attack looks at."""
    return parameter(
        "margin",
        "choice",
        "Objective",
        "The loss the attack follows. The squared loss is the practical's and nearly flat where "
        "the model is sure; the other two are not.",
        choices={name: objective.label for name, objective in OBJECTIVES.items()},
        formula="; ".join(objective.formula for objective in OBJECTIVES.values()),
    )


def steps_parameter(default: int = 50, formula: str = "") -> Any:
    """Declare the number of steps."""
    return parameter(
        default,
        "int",
        "Steps",
        "How many times the image is changed.",
        low=1,
        high=20_000,
        unit="steps",
        formula=formula,
    )


def step_size_parameter() -> Any:
    """Declare the step size as a part of the budget."""
    return parameter(
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


def seed_parameter() -> Any:
    """Declare the seed of whatever is random."""
    return parameter(
        0,
        "int",
        "Seed",
        "What is random follows from this number.",
        low=0,
        high=2**31 - 1,
        formula="numpy.random.default_rng({value})",
    )


_WITHOUT = {"norm": "l2", "budget": np.inf, "box": True, "objective": "margin", "seed": 0}
"""What an attack does that has no such setting."""


@dataclass(frozen=True, slots=True)
class AttackSettings:
    """Base of the settings of all attacks. Every attack can have a target."""

    apart: ClassVar[frozenset[str]] = frozenset()
    """Settings that others have too, and that are nevertheless set for this attack alone."""

    target: int | None = target_parameter()

    def get(self, name: str) -> Any:
        """Return a setting; where the attack has none by that name, what it does without."""
        return getattr(self, name, _WITHOUT[name])

    def __post_init__(self) -> None:
        """Check the declared ranges."""
        if self.target is not None and self.target < 0:
            raise SettingError(f"Target class must be 0 or more, not {self.target}")
        check_parameters(self)


def step_length(step_size: float, steps: int, budget: float) -> float:
    """Return how far a step goes: ``step_size`` of the budget, 0 being automatic."""
    return (step_size or AUTOMATIC_TRAVEL / steps) * budget
