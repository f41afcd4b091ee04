"""The attack that is chosen on the Attack page, as what crafts many images at once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from core.attack.iterative import (
    IterativeSettings,
    ProjectedGradient,
    ProjectedGradientSettings,
)
from core.attack.norms import NORMS
from core.attack.settings import DEFAULT_BUDGET

if TYPE_CHECKING:
    from core.attack import AttackSettings, BatchAttack
    from gui.attack_session import AttackSession


@dataclass(frozen=True, slots=True)
class ChosenAttack:
    """An attack and its settings: two that are equal craft the same images."""

    attack: type[BatchAttack]
    config: AttackSettings


def chosen_attack(state: AttackSession) -> ChosenAttack:
    """Return the attack with the present settings."""
    config = ProjectedGradientSettings(target=state.config.target)
    return ChosenAttack(ProjectedGradient, config)


def universal_settings(state: AttackSession, target: int | None) -> IterativeSettings:
    """Return how one change for all is searched: norm, budget and box as they are chosen."""
    config = chosen_attack(state).config
    return IterativeSettings(
        target=target,
        norm=getattr(config, "norm", "l2"),
        budget=getattr(config, "budget", DEFAULT_BUDGET),
        box=getattr(config, "box", True),
    )


def attack_words(chosen: ChosenAttack) -> str:
    """Return the attack, its budget and its target in a few words."""
    config, words = chosen.config, [chosen.attack.label]
    norm, budget = getattr(config, "norm", None), getattr(config, "budget", None)
    if norm is not None and budget is not None:
        words.append(f"{NORMS[norm].label.split(':')[0]} up to {budget:g}")
    return ", ".join(words)
