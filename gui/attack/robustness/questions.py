"""What is asked of the runs' robustness, and what is known of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from gui.shared.run_models import OfModels

if TYPE_CHECKING:
    from typing import Any

    import numpy as np
    from numpy.typing import NDArray

    from core.attack.whole_parts.sized import Counts
    from core.data.dataset import Split
    from core.exact.closed_form import SetNorm
    from core.exact.curve_search import SomeImages
    from core.exact.curves import ExactRobustness
    from core.learning.records import EpochRecord
    from gui.shared.run_models import RunModel


@dataclass(frozen=True, slots=True, eq=False)
class CurvesQuestion(OfModels):
    """The models whose curves are drawn, and how the size of a change is measured.

    Attributes
    ----------
    part, split : whose images they are
    images : those of them that are looked at, one after the other; the last are all there are
        unless a run goes on
    """

    part: str
    split: Split
    norm: SetNorm
    boxed: bool
    images: tuple[SomeImages, ...]


@dataclass(frozen=True, slots=True, eq=False)
class TrialsQuestion:
    """The model attacks are tried on, and what its images withstand, in the box or without it."""

    weights: NDArray[Any]
    images: SomeImages
    norm: SetNorm
    exact: ExactRobustness


@dataclass(frozen=True, slots=True, eq=False)
class MediansQuestion:
    """Of each run its number and the snapshots whose medians are found."""

    models: tuple[tuple[int, tuple[EpochRecord, ...]], ...]
    images: SomeImages
    norm: SetNorm
    boxed: bool
    most: int

    @property
    def weights(self) -> tuple[NDArray[Any], ...]:
        """Of all of them."""
        return tuple(each.weights for _, snapshots in self.models for each in snapshots)


@dataclass(frozen=True, slots=True, eq=False)
class RobustnessCurves:
    """Accuracy against size, as far as it is known.

    Attributes
    ----------
    models : the one shown first; attacks are tried on that one alone
    part, images : whose images they are, and which of them
    norm : how large a change is
    exact : model -> what its images withstand
    sizes : (n_sizes,) at which the exact curves are drawn
    sound, furthest : of each model whether it did not run away; where the axis ends
    attack_sizes : (n,), those of them at which attacks are tried on the model shown
    attacks : label -> what the attack leaves right, at the first of those sizes or at all
    trying : the label of the attack that is being tried, or ""
    is_complete : whether all attacks are in it
    """

    models: tuple[RunModel, ...]
    part: str
    images: SomeImages
    norm: SetNorm
    exact: dict[int, ExactRobustness]
    sizes: NDArray[np.float64]
    sound: tuple[bool, ...]
    furthest: float
    attack_sizes: NDArray[np.float64]
    attacks: dict[str, Counts]
    trying: str
    is_complete: bool

    @property
    def shown(self) -> ExactRobustness:
        """What the model shown withstands."""
        return self.exact[self.models[0].key]
