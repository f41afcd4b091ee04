"""The exact smallest change as an attack: solved at once, then shown growing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

import numpy as np

from core.attack.base import Attack
from core.attack.norms import per_row
from core.attack.settings import AttackSettings, box_parameter, norm_parameter, steps_parameter
from core.exact.smallest import smallest_change
from core.parameters import parameter

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from core.exact.pairs import Norm
    from core.exact.smallest import SmallestChange

_ROUNDING = 16.0
"""So many roundings of the terms of a logit lie between the tie and the result, at least."""


@dataclass(frozen=True, slots=True)
class ExactSettings(AttackSettings):
    """Settings of :class:`Exact`."""

    norm: str = norm_parameter("Which size is the smallest.", ("l2", "linf", "l0"))
    box: bool = box_parameter()
    beyond: float = parameter(
        1e-3,
        "float",
        "Beyond the tie",
        "How far beyond the boundary the result lies, as a part of the way to it.",
        low=1e-6,
        high=1.0,
        log_scale=True,
        formula="z_t - z_y = {value:g} x (z_y - z_t at the start)",
    )
    steps: int = steps_parameter(30)


class Exact(Attack):
    """The smallest change there is: no other attack, and no other change, can do with less.

    The model is linear up to the softmax, so the smallest change is found, not searched for: see
    :mod:`core.exact.smallest`. It is made to end a little beyond the boundary by asking for a gap
    that much larger, and grows in equal parts along a straight line; where pixels are counted, they
    are changed in the order of what each gains, a part of them at each step. (Fewest pixels toward
    a class that must overtake several others at once: the fewest wherever that is proven in time,
    :mod:`core.exact.solver.fewest`.)
    Source: Hoelder's inequality; with the box the conditions of Karush, Kuhn and Tucker.
    """

    name = "exact"
    label = "Exact smallest change"
    help = "The smallest change there is, computed and not searched for; shown growing."
    formula = (
        "L2: d = (z_y - z_c) / |a|^2 a;   L∞: d = (z_y - z_c) / |a|_1 sign(a);   a = w_c - w_y"
    )
    source = "Hoelder's inequality; Karush, Kuhn & Tucker with the box"
    settings = ExactSettings
    config: ExactSettings

    def begin(self) -> None:
        """Solve every image."""
        self._wide = self.model.weights.astype(np.float64)
        self._whole = np.zeros(self.originals.shape)
        self._ranks: NDArray[np.int64] | None = None
        wanted = self._wanted(self.original)
        gains = np.full(self.originals.shape, -np.inf)
        for row in np.flatnonzero(~wanted):
            found = self._solved(int(row))
            if found is not None:
                self._whole[row] = found.change
                toward = self._wide[found.target, 1:] - self._wide[found.predicted, 1:]
                changed = found.change != 0
                gains[row, changed] = found.change[changed] * toward[changed]
        if self.config.norm == "l0":
            # Rank of each pixel; those that stay come last.
            order = np.argsort(-gains, axis=1, kind="stable")
            self._ranks = np.empty_like(order)
            np.put_along_axis(self._ranks, order, np.arange(order.shape[1])[None], axis=1)
        self._counts = np.count_nonzero(self._whole, axis=1)

    def _solved(self, row: int) -> SmallestChange | None:
        """Return the smallest change that goes beyond the tie, or None where there is none."""
        image = self.originals[row].astype(np.float64)
        norm, target, own = cast("Norm", self.norm.name), self.target, int(self.original[row])
        wide = self._wide.copy()
        logits = wide[:, 1:] @ image + wide[:, 0]
        if logits.argmax() != own:  # the model's own rounding decided between them
            wide[own, 0] += logits.max() - logits[own] + self._rounding(image)
            logits[own] = wide[own, 1:] @ image + wide[own, 0]
        tie = smallest_change(wide, image, norm, target=target, boxed=self.box)
        if not np.isfinite(tie.size) or tie.target < 0:
            return None
        gap = logits[own] - logits[tie.target]
        handicap = max(self.config.beyond * gap, self._rounding(image + tie.change))
        # A class that starts so much lower is a tie later: then it is that much beyond now.
        if target is None:
            wide[own, 0] += handicap
        else:
            wide[target, 0] -= handicap
        found = smallest_change(wide, image, norm, target=target, boxed=self.box)
        return found if np.isfinite(found.size) and found.target >= 0 else tie

    def _rounding(self, image: NDArray[np.float64]) -> float:
        """Return what the model's precision may not tell apart: logits are sums that cancel."""
        terms = np.abs(self._wide[:, 1:]) @ np.abs(image) + np.abs(self._wide[:, 0])
        return float(_ROUNDING * np.finfo(self.originals.dtype).eps * terms.max())

    def advance(self) -> None:
        """Let the change grow by one part."""
        share = self.step / self.n_steps
        if self._ranks is None:
            self.changes[:] = share * self._whole
            return
        so_many = np.ceil(share * self._counts)
        self.changes[:] = np.where(self._ranks < per_row(so_many, self._whole), self._whole, 0.0)
