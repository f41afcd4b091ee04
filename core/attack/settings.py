"""The settings that attacks share, each declared once, for every attack to pick what it needs.

A settings class lists its fields in the order a form shows them; a field is made anew for each
class by the functions here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from core.attack.norms import NORMS
from core.parameters import Settings, parameter

if TYPE_CHECKING:
    from collections.abc import Sequence

BUDGET_LOW, BUDGET_HIGH = 1e-6, 1000.0
DEFAULT_BUDGET = 1.5


def norm_parameter(
    help: str = "How the size of a change is measured.", names: Sequence[str] = ("l2", "linf")
) -> Any:
    """Declare the choice between norms."""
    choices = {name: NORMS[name].label for name in names}
    formula = ";   ".join(NORMS[name].formula for name in names)
    return parameter("l2", "choice", "Norm", help, choices=choices, formula=formula)


def box_parameter(*, default: bool = True, remark: str = "") -> Any:
    """Declare whether pixels stay in the range of a real image."""
    return parameter(
        default,
        "bool",
        "Pixels in 0..1",
        f"Clip every pixel to the range of a real image after each step.{remark}",
        formula="x = min(max(x, 0), 1)",
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


def seed_parameter(
    label: str = "Seed", help: str = "What is random follows from this number."
) -> Any:
    """Declare the seed of whatever is random."""
    return parameter(
        0,
        "int",
        label,
        help,
        low=0,
        high=2**31 - 1,
        formula="numpy.random.default_rng({value})",
    )


_WITHOUT = {
    "norm": "l2", "budget": np.inf, "box": True, "objective": "margin", "seed": 0, "steps": 1
}  # fmt: skip
"""What an attack does that has no such setting."""


@dataclass(frozen=True, slots=True)
class AttackSettings(Settings):
    """Base of the settings of all attacks. Every attack can have a target."""

    target: int | None = parameter(
        None,
        "index",
        "Target class",
        "The class the image shall be read as; without one, any other than its own will do.",
        low=0,
        none_word="any other",
        formula="success: read as {value}",
    )

    def get(self, name: str) -> Any:
        """Return a setting; where the attack has none by that name, what it does without."""
        return getattr(self, name, _WITHOUT[name])


@dataclass(frozen=True, slots=True)
class BudgetSettings(AttackSettings):
    """Settings of all attacks that are held within a budget."""

    norm: str = norm_parameter()
    budget: float = parameter(
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
    box: bool = box_parameter()
