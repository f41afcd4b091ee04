"""Which attack is chosen, and with what numbers: what a person sets stays from one to the next."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from core.attack.registry import ATTACKS
from core.attack.settings import DEFAULT_BUDGET, BudgetSettings
from core.parameters import parameters_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from core.attack.base import Attack
    from core.attack.settings import AttackSettings
    from core.parameters import Parameter

SHARED = ("target", "norm", "budget", "box", "objective", "seed")
"""Settings that mean the same for every attack that has them: set for one, they are set for all."""

BUDGETS = {"l2": DEFAULT_BUDGET, "linf": 0.1}
"""To begin with, in each norm: about twice what most digits withstand."""


@dataclass(frozen=True, slots=True)
class AttackChoice:
    """An attack of the registry and the settings of all of them.

    Attributes
    ----------
    name : the chosen one's, in ``ATTACKS``
    settings : name -> its settings
    budgets : norm -> the budget set last in it; a length is no good as a pixel's change
    """

    name: str = "descent"
    settings: Mapping[str, AttackSettings] = field(
        default_factory=lambda: {name: attack.settings() for name, attack in ATTACKS.items()}
    )
    budgets: Mapping[str, float] = field(default_factory=lambda: dict(BUDGETS))

    @property
    def attack(self) -> type[Attack]:
        """The chosen attack."""
        return ATTACKS[self.name]

    @property
    def current(self) -> AttackSettings:
        """Its settings."""
        return self.settings[self.name]

    @property
    def parameters(self) -> dict[str, Parameter]:
        """Its declared settings but the target, in order."""
        return {name: p for name, p in parameters_of(self.current).items() if name != "target"}

    def value(self, name: str) -> Any:
        """Return one of its settings."""
        return getattr(self.current, name)

    def chosen(self, name: str) -> AttackChoice:
        """Return the choice with another attack."""
        return replace(self, name=name)

    def with_setting(self, name: str, value: Any) -> AttackChoice:
        """Return the choice with one setting changed, of others too where it is shared.

        Raises
        ------
        SettingError
            If the chosen attack does not take the value.
        """
        changed = {self.name: replace(self.current, **{name: value})}
        budgets = dict(self.budgets)
        if name == "norm":
            changed[self.name] = _with_budget(changed[self.name], budgets)
        if name == "budget":
            budgets[self.current.get("norm")] = value
        if name in SHARED:
            for other, settings in self.settings.items():
                if other != self.name and _takes(settings, name, value):
                    # The budget stays with the norm it was set in.
                    same = {name: value} if name != "budget" else {}
                    changed[other] = _with_budget(replace(settings, **same), budgets)
        return replace(self, settings={**self.settings, **changed}, budgets=budgets)

    def measured(self, norm: str, *, boxed: bool) -> AttackChoice:
        """Return the choice with this norm and box in every attack that knows them."""
        changed, asked = {}, {"norm": norm, "box": boxed}
        for name, settings in self.settings.items():
            taken: dict[str, Any] = {
                key: value for key, value in asked.items() if _takes(settings, key, value)
            }
            changed[name] = _with_budget(replace(settings, **taken), self.budgets)
        return replace(self, settings=changed)


def _takes(settings: AttackSettings, name: str, value: Any) -> bool:
    declared = parameters_of(settings).get(name)
    return declared is not None and not declared.problem(value)


def _with_budget(settings: AttackSettings, budgets: Mapping[str, float]) -> AttackSettings:
    """Return the settings with the budget that belongs to their norm, if they have one."""
    if not isinstance(settings, BudgetSettings):
        return settings
    return replace(settings, budget=budgets[settings.norm])
