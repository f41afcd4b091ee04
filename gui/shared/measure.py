"""What is measured by the norm and box chosen: the images of a part, and the words for it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from core.exact.pairs import NORMS

if TYPE_CHECKING:
    from typing import Any

    from numpy.typing import NDArray

    from core.data.dataset import Split
    from core.exact.closed_form import SetNorm
    from core.exact.pairs import Norm
    from gui.session.measure import Measure
    from gui.session.view import View


@dataclass(frozen=True, slots=True, eq=False)
class SizesQuestion:
    """A model and its epoch, the images of a part, and how the size of a change is measured."""

    weights: NDArray[Any]
    epoch: float
    part: str
    split: Split
    norm: SetNorm
    boxed: bool


def measured_words(norm: Norm, *, boxed: bool) -> str:
    """Return how sizes are measured, in words."""
    return f"{NORMS[norm]}{', pixels in 0..1' if boxed else ''}"


def sizes_wanted(view: View, part: str, measure: Measure) -> SizesQuestion | None:
    """Return the question of the sizes of a whole part; None without a model or such a part."""
    shown, split = view.shown, view.split(part)
    if shown is None or split is None:
        return None
    return SizesQuestion(
        weights=shown.weights,
        epoch=shown.epoch,
        part=part,
        split=split,
        norm=measure.set_norm,
        boxed=measure.images_boxed,
    )
