"""Attacks on the image: change what the model sees until it sees something else.

One image, step by step, as in the practical: :class:`Attack`. Many at once, and every other attack:
:class:`BatchAttack` and the registry ``ATTACKS``; a :class:`Film` plays one of those on one image.
"""

from __future__ import annotations

from core.attack.base import BatchAttack
from core.attack.choice import AttackChoice
from core.attack.film import Film
from core.attack.methods.descent import SquaredLossDescent
from core.attack.norms import NORMS
from core.attack.objectives import OBJECTIVES
from core.attack.outcome import Outcome, summarise
from core.attack.practical import FROM_IMAGE, FROM_NOISE, Attack, AttackConfig, AttackStep
from core.attack.registry import ATTACKS
from core.attack.settings import AttackSettings
from core.attack.step import BatchResult, BatchStep

__all__ = [
    "ATTACKS",
    "FROM_IMAGE",
    "FROM_NOISE",
    "NORMS",
    "OBJECTIVES",
    "Attack",
    "AttackChoice",
    "AttackConfig",
    "AttackSettings",
    "AttackStep",
    "BatchAttack",
    "BatchResult",
    "BatchStep",
    "Film",
    "Outcome",
    "SquaredLossDescent",
    "summarise",
]
