"""DeepFool: step to the nearest boundary, again and again until it is crossed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from core.attack.base import Attack
from core.attack.norms import NORMS, Norm, per_row
from core.attack.settings import AttackSettings, box_parameter, norm_parameter, steps_parameter
from core.exact.closed_form import class_distances
from core.parameters import parameter

if TYPE_CHECKING:
    from numpy.typing import NDArray

_TIE_MARGIN = 1e-4
"""How far beyond a boundary to aim from on it, where there is no step to take a part of."""


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


class DeepFool(Attack):
    """Find a smallest change by stepping onto boundaries; there is no budget.

    The rival whose boundary is nearest, ``c = argmin (z_y - z_c) / |w_c - w_y|_q``, is stepped
    onto: ``r += (z_y - z_c) / |a|_2^2 a`` in L2, ``(z_y - z_c) / |a|_1 sign(a)`` in L-infinity,
    with ``a = w_c - w_y`` and q the dual norm. On this linear model the first such step is the
    exact smallest change where the box is off. With the box each step is clipped and the next aims
    anew, and the result is small but not always smallest.
    Source: Moosavi-Dezfooli, Fawzi & Frossard 2016, "DeepFool: a simple and accurate method to
    fool deep neural networks", algorithms 1 and 2.

    Toward a target the boundary that is *farthest* on the wrong side is stepped beyond, by a margin
    ``m``, the overshoot's part of the first step, until none is left. In L2 each step is the
    projection onto a half-space, so it comes nearer to *every* image that is beyond all boundaries
    by ``m`` (in the box, where it is on), by at least ``m^2`` of the square of the distance: with
    ``D`` the size of the smallest change to such an image it takes ``(D / m)^2`` steps at most.
    Source: Agmon 1954, "The relaxation method for linear inequalities". Steps in L-infinity can go
    round in circles; after half of the steps the images that are not there yet begin anew with
    those of L2.
    """

    name = "deepfool"
    label = "DeepFool"
    help = "Step onto the nearest boundary until it is crossed: a small change, without a budget."
    formula = "r += (z_y - z_c) / |a|^2 a,   a = w_c - w_y;   x' = x + (1 + overshoot) r"
    source = "Moosavi-Dezfooli, Fawzi & Frossard 2016"
    settings = DeepFoolSettings
    config: DeepFoolSettings
    ends_when_fooled = True

    def begin(self) -> None:
        """Start at the originals."""
        self._step_along(self.norm)

    def _step_along(self, norm: Norm) -> None:
        """Begin anew, with the steps of this norm."""
        self._steps = norm
        self._between = class_distances(self.model.weights)["l2" if norm.name == "l2" else "linf"]
        self._reached = np.zeros_like(self.originals)
        self._margins = np.full(self.n_images, np.nan)

    def advance(self) -> None:
        """Step onto a boundary with every image that is not yet beyond one."""
        may_circle = self.target is not None and self._steps.name != "l2"
        if may_circle and self.step > (self.n_steps + 1) // 2:
            self._step_along(NORMS["l2"])
        rows = np.flatnonzero(~self.success)
        reached = self._reached[rows]
        along, distances = self._nearest(rows, reached)
        if self.target is None:
            lengths = np.maximum(-distances, 0.0)
        else:
            # Toward the own side of the boundary, beyond it; nowhere where there is none.
            np.negative(along, out=along)
            first = np.where(distances > 0, self.config.overshoot * distances, _TIE_MARGIN)
            margins = np.where(np.isnan(self._margins[rows]), first, self._margins[rows])
            self._margins[rows] = margins
            lengths = np.where(distances >= 0, distances + margins, 0.0)
        reached += self._steps.steepest(along) * per_row(lengths, along)
        if self.box:
            before = self.originals[rows]
            reached = np.clip(before + reached, 0.0, 1.0) - before
        self._reached[rows] = reached
        beyond = 1.0 + self.config.overshoot if self.target is None else 1.0
        self.changes[rows] = beyond * reached

    def _nearest(
        self, rows: NDArray[np.int64], reached: NDArray[Any]
    ) -> tuple[NDArray[Any], NDArray[np.float64]]:
        """Return the way to the rival that is highest for its distance, and how far above it is.

        Without a target all rivals are below, and the highest is nearest; toward one, the highest
        is the farthest on the wrong side.

        Returns
        -------
        w_c - w_y (n, n_features), and (z_c - z_y) / |w_c - w_y| (n,), -inf without a rival that
        can overtake
        """
        logits = self.model.logits(self.originals[rows] + reached).astype(np.float64)
        own, n = self.classes[rows], np.arange(len(rows))
        gaps = logits - logits[n, own][:, None]
        apart = self._between[own]
        distances = np.full_like(gaps, -np.inf)
        np.divide(gaps, apart, out=distances, where=apart > 0)
        distances[np.isnan(distances)] = -np.inf
        rivals = distances.argmax(axis=1)
        return self.rows[rivals] - self.rows[own], distances[n, rivals]
