"""Attacks on the image: change what the model sees until it sees something else.

One family, all attacks by name in ``ATTACKS``: an :class:`Attack` changes many images at once, a
:class:`Film` plays it on one. :class:`AttackConfig` is the practical's, on images by their numbers.
"""

from __future__ import annotations

from core.attack.base import Attack
from core.attack.choice import AttackChoice
from core.attack.film import Film
from core.attack.norms import NORMS
from core.attack.objectives import OBJECTIVES
from core.attack.outcome import Outcome, summarise
from core.attack.practical import FROM_IMAGE, FROM_NOISE, AttackConfig
from core.attack.registry import ATTACKS
from core.attack.settings import AttackSettings
from core.attack.step import AttackStep, BatchResult, BatchStep

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
    "BatchResult",
    "BatchStep",
    "Film",
    "Outcome",
    "summarise",
]
