"""How large a change is: the norm and the box of one panel."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from PySide6.QtCore import QObject, Signal

if TYPE_CHECKING:
    from core.exact.pairs import Norm
    from gui.session.attack import AttackSession


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
        self._attack, self._norms = attack, norms
        self._norm: Norm | None = None
        self._boxed: bool | None = None
        if attack is not None:
            attack.config_changed.connect(self.changed)

    @property
    def norm(self) -> Norm:
        """How large a change is."""
        of_attack = None if self._attack is None else self._attack.norm
        norm = cast("Norm", self._norm or of_attack)
        return norm if norm in self._norms else self._norms[0]

    @property
    def boxed(self) -> bool:
        """Whether pixels stay between 0 and 1."""
        if self._boxed is None:
            return self._attack is not None and self._attack.boxed
        return self._boxed

    def measure(self, *, norm: Norm | None = None, boxed: bool | None = None) -> None:
        """Change one of them, or both."""
        self._norm = self._norm if norm is None else norm
        self._boxed = self._boxed if boxed is None else boxed
        self.changed.emit()
