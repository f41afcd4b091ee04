"""DeepFool: step to the nearest boundary, again and again until it is crossed."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from core.attack.batch import BatchAttack
from core.attack.norms import per_row
from core.attack.settings import AttackSettings, box_parameter, norm_parameter, steps_parameter
from core.parameters import parameter
from core.robustness import class_distances


@dataclass(frozen=True, slots=True)
class DeepFoolSettings(AttackSettings):
    """Settings of :class:`DeepFool`."""

    norm: str = norm_parameter("Which size the attack keeps small.")
    box: bool = box_parameter()
    overshoot: float = parameter(
        0.02,
        "float",
        "Overshoot",
        "How far beyond the boundary the result lies, as a part of the change.",
        low=1e-6,
        high=1.0,
        log_scale=True,
        formula="x' = x + (1 + {value:g}) r",
    )
    steps: int = steps_parameter()


class DeepFool(BatchAttack):
    """Find a smallest change by stepping onto boundaries; there is no budget.

    The rival whose boundary is nearest, ``c = argmin (z_y - z_c) / |w_c - w_y|_q``, is stepped
    onto: ``r += (z_y - z_c) / |a|_2^2 a`` in L2, ``(z_y - z_c) / |a|_1 sign(a)`` in L-infinity,
    with ``a = w_c - w_y`` and q the dual norm. On this linear model the first such step is the
    exact smallest change where the box is off. With the box each step is clipped and the next aims
    anew, and the result is small but not always smallest. Toward a target the boundary that is
    *farthest* on the wrong side is stepped onto, until none is left.
    Source: Moosavi-Dezfooli, Fawzi & Frossard 2016, "DeepFool: a simple and accurate method to
    fool deep neural networks", algorithms 1 and 2.
    """

    name = "deepfool"
    label = "DeepFool"
    help = "Step onto the nearest boundary until it is crossed: a small change, without a budget."
    formula = "r += (z_y - z_c) / |a|^2 a,   a = w_c - w_y;   x' = x + (1 + overshoot) r"
    source = "Moosavi-Dezfooli, Fawzi & Frossard 2016"
    settings = DeepFoolSettings
    config: DeepFoolSettings

    @property
    def n_steps(self) -> int:
        """As set; most attacks are over after one."""
        return self.config.steps

    def begin(self) -> None:
        """Start at the originals."""
        l2, l1 = class_distances(self.model.weights)
        self._between = l2 if self.norm.name == "l2" else l1
        self._reached = np.zeros_like(self.originals)

    def finished(self) -> bool:
        """Whether every image is read as wanted."""
        return bool(self.success.all())

    def advance(self) -> None:
        """Step onto a boundary with every image that is not yet beyond one."""
        rows = np.flatnonzero(~self.success)
        reached = self._reached[rows]
        logits = self.model.logits(self.originals[rows] + reached).astype(np.float64)
        own, n = self.classes[rows], np.arange(len(rows))
        gaps = logits - logits[n, own][:, None]  # how far each rival is above the own class
        apart = self._between[own]
        distances = np.full_like(gaps, np.nan)
        np.divide(gaps, apart, out=distances, where=apart > 0)
        # Untargeted all are below: the highest is nearest. Targeted: the highest is farthest.
        distances[np.isnan(distances)] = -np.inf
        rivals = distances.argmax(axis=1)
        toward = self.rows[rivals] - self.rows[own]
        if self.target is None:
            lengths = np.maximum(-distances[n, rivals], 0.0)
        else:
            lengths = np.maximum(distances[n, rivals], 0.0)
            np.negative(toward, out=toward)
        reached += self.norm.steepest(toward) * per_row(lengths, toward)
        if self.box:
            before = self.originals[rows]
            reached = np.clip(before + reached, 0.0, 1.0) - before
        self._reached[rows] = reached
        self.changes[rows] = (1.0 + self.config.overshoot) * reached
