"""All attacks by name; a new one is one new file and one line here."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.attack.carlini_wagner import CarliniWagner
from core.attack.deepfool import DeepFool
from core.attack.descent import Descent
from core.attack.exact_attack import Exact
from core.attack.fgsm import FastGradient
from core.attack.greedy_l0 import GreedyPixels
from core.attack.iterative import BasicIterative, ProjectedGradient
from core.attack.momentum import MomentumIterative
from core.attack.random_noise import BallNoise, GaussianNoise, UniformNoise
from core.attack.universal import Universal

if TYPE_CHECKING:
    from core.attack.batch import BatchAttack

ATTACKS: dict[str, type[BatchAttack]] = {
    attack.name: attack
    for attack in (
        Descent,
        Exact,
        FastGradient,
        BasicIterative,
        ProjectedGradient,
        MomentumIterative,
        DeepFool,
        CarliniWagner,
        GreedyPixels,
        Universal,
        UniformNoise,
        GaussianNoise,
        BallNoise,
    )
}
"""Name -> attack, in the order people see them."""
