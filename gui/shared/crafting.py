"""The attack of the Attack page as what crafts many images at once, and in words."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, cast

from core.attack.methods.universal import Universal
from core.attack.norms import NORMS

if TYPE_CHECKING:
    from core.attack import Attack, AttackSettings
    from core.attack.methods.iterative import IterativeSettings
    from gui.session.attack import AttackSession


@dataclass(frozen=True, slots=True)
class Crafting:
    """An attack and its settings: two that are equal craft the same images."""

    attack: type[Attack]
    config: AttackSettings

    def words(self) -> str:
        """Return the attack and its budget, if it has one, in a few words."""
        budget = self.config.get("budget")
        if budget == float("inf"):
            return in_sentence(self.attack.label)
        return f"{in_sentence(self.attack.label)}, {within(self.config.get('norm'), budget)}"


def in_sentence(label: str) -> str:
    """Return a name as it stands within a sentence; capitals of initials and names stay."""
    first = label.split(" ")[0]
    return label[:1].lower() + label[1:] if first[1:].islower() else label


def within(norm: str, budget: float) -> str:
    """Return a budget in words: ``L2 up to 1.5``."""
    return f"{NORMS[norm].label.split(',')[0]} up to {budget:g}"


def crafting(state: AttackSession) -> Crafting:
    """Return the attack chosen now, with its present settings, in the box of images."""
    choice = state.chosen.choice.measured(state.measure.norm, boxed=state.measure.images_boxed)
    return Crafting(choice.attack, replace(choice.current, target=state.target))


def universal_settings(state: AttackSession) -> IterativeSettings:
    """Return how one change for all is searched: target, norm, budget and box as chosen now.

    Where pixels are counted there is no such budget: then it is the one set last for the length.
    """
    settings = cast("IterativeSettings", state.chosen.choice.settings[Universal.name])
    norm = state.measure.set_norm
    budget = state.chosen.choice.budgets[norm]
    return replace(
        settings, target=state.target, norm=norm, budget=budget, box=state.measure.images_boxed
    )
