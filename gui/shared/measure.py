"""How large a change is: the norm and the box of one panel, and what is measured with them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from PySide6.QtCore import QObject, Signal

from core.exact.pairs import NORMS

if TYPE_CHECKING:
    from typing import Any

    from numpy.typing import NDArray

    from core.data.dataset import Split
    from core.exact.closed_form import SetNorm
    from core.exact.pairs import Norm
    from gui.session.attack import AttackSession
    from gui.session.view import View


class Measure(QObject):
    """Norm and box: those of the attack until a person chooses others here.

    Parameters
    ----------
    attack : whose choice is followed; None to begin with the first norm and without a box
    norms : those there are to choose from; where the attack's is another, the first stands for it
    """

    changed = Signal()

    def __init__(
        self,
        attack: AttackSession | None = None,
        norms: tuple[Norm, ...] = ("l2", "linf"),
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._attack, self.norms = attack, norms
        self._norm: Norm | None = None
        self._boxed: bool | None = None
        if attack is not None:
            attack.config_changed.connect(self.changed)

    @property
    def norm(self) -> Norm:
        """How large a change is."""
        of_attack = None if self._attack is None else self._attack.chosen.norm
        norm = cast("Norm", self._norm or of_attack)
        return norm if norm in self.norms else self.norms[0]

    @property
    def boxed(self) -> bool:
        """Whether pixels stay between 0 and 1."""
        if self._boxed is None:
            return self._attack is not None and self._attack.chosen.boxed
        return self._boxed

    def measure(self, *, norm: Norm | None = None, boxed: bool | None = None) -> None:
        """Change one of them, or both."""
        self._norm = self._norm if norm is None else norm
        self._boxed = self._boxed if boxed is None else boxed
        self.changed.emit()


@dataclass(frozen=True, slots=True, eq=False)
class SizesQuestion:
    """A model and its epoch, the images of a part, and how the size of a change is measured."""

    weights: NDArray[Any]
    epoch: float
    part: str
    split: Split
    norm: SetNorm
    boxed: bool


def measured_words(measured: Measure | SizesQuestion) -> str:
    """Return how sizes are measured, in words."""
    return f"{NORMS[measured.norm]}{', pixels in 0..1' if measured.boxed else ''}"


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
        norm=cast("SetNorm", measure.norm),
        boxed=measure.boxed,
    )
