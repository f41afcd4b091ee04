"""Attacks on the image: change what the model sees until it sees something else."""

from __future__ import annotations

from core.attack.base import FROM_IMAGE, FROM_NOISE, Attack, AttackConfig, AttackStep
from core.attack.descent import SquaredLossDescent
from core.attack.outcome import Outcome, summarise

__all__ = [
    "FROM_IMAGE",
    "FROM_NOISE",
    "Attack",
    "AttackConfig",
    "AttackStep",
    "Outcome",
    "SquaredLossDescent",
    "summarise",
]
