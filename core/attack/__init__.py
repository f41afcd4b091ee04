"""Attacks on the image: change what the model sees until it sees something else.

One family, all attacks by name in ``ATTACKS``: an :class:`Attack` changes many images at once,
:func:`frames` are those of one image. :class:`AttackConfig` is the practical's, on numbered images.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.lazy import lazily

if TYPE_CHECKING:
    from core.attack.base import Attack as Attack
    from core.attack.choice import AttackChoice as AttackChoice
    from core.attack.film import frames as frames
    from core.attack.norms import NORMS as NORMS
    from core.attack.objectives import OBJECTIVES as OBJECTIVES
    from core.attack.outcome import Outcome as Outcome
    from core.attack.outcome import summarise as summarise
    from core.attack.practical import FROM_IMAGE as FROM_IMAGE
    from core.attack.practical import FROM_NOISE as FROM_NOISE
    from core.attack.practical import AttackConfig as AttackConfig
    from core.attack.registry import ATTACKS as ATTACKS
    from core.attack.settings import AttackSettings as AttackSettings
    from core.attack.step import AttackStep as AttackStep
    from core.attack.step import BatchResult as BatchResult
    from core.attack.step import BatchStep as BatchStep
else:
    __getattr__ = lazily(
        __name__,
        {
            "base": "Attack",
            "choice": "AttackChoice",
            "film": "frames",
            "norms": "NORMS",
            "objectives": "OBJECTIVES",
            "outcome": "Outcome summarise",
            "practical": "FROM_IMAGE FROM_NOISE AttackConfig",
            "registry": "ATTACKS",
            "settings": "AttackSettings",
            "step": "AttackStep BatchResult BatchStep",
        },
    )
