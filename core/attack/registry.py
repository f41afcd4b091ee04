"""All attacks by name; a new one is one new file and one line here."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.attack.methods.carlini_wagner import CarliniWagner
from core.attack.methods.deepfool import DeepFool
from core.attack.methods.descent import Descent
from core.attack.methods.exact import Exact
from core.attack.methods.fgsm import FastGradient
from core.attack.methods.greedy_l0 import GreedyPixels
from core.attack.methods.iterative import BasicIterative, ProjectedGradient
from core.attack.methods.momentum import MomentumIterative
from core.attack.methods.random_noise import BallNoise, GaussianNoise, UniformNoise
from core.attack.methods.universal import Universal

if TYPE_CHECKING:
    from core.attack.base import Attack

ATTACKS: dict[str, type[Attack]] = {
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
