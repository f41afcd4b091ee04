"""Attacks on the image: change what the model sees until it sees something else."""

from __future__ import annotations

from core.attack.base import Attack, AttackConfig, AttackStep
from core.attack.descent import SquaredLossDescent
from core.attack.outcome import Outcome, summarise

__all__ = ["Attack", "AttackConfig", "AttackStep", "Outcome", "SquaredLossDescent", "summarise"]
