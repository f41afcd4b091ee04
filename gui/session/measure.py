"""How large a change is, and whether pixels stay in 0..1: one choice for all that is attacked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from core.exact.pairs import NORMS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from core.exact.closed_form import SetNorm
    from core.exact.pairs import Norm


class Measure(QObject):
    """Norm and box. A film that begins as noise has a box of its own: the practical has none there.

    Parameters
    ----------
    boxed, noise_boxed : the box to begin with, of an image and of noise
    is_noise : whether the attack begins as noise now
    """

    changed = Signal()

    def __init__(
        self,
        is_noise: Callable[[], bool],
        *,
        boxed: bool,
        noise_boxed: bool,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._is_noise = is_noise
        self.norm: Norm = "l2"
        """How large a change is."""
        self._boxed = {False: boxed, True: noise_boxed}

    @property
    def boxed(self) -> bool:
        """Whether pixels stay between 0 and 1 in what is made of the one image, or of noise."""
        return self._boxed[self._is_noise()]

    @property
    def images_boxed(self) -> bool:
        """Whether they do where images of a part are measured, whatever a film begins as."""
        return self._boxed[False]

    @property
    def set_norm(self) -> SetNorm:
        """The norm where many images are measured at once: there pixels are not counted."""
        return "l2" if self.norm == "l0" else self.norm

    def within(self, norms: Iterable[Norm]) -> Norm:
        """Return the norm where only some are known: the first stands for another."""
        known = tuple(norms)
        return self.norm if self.norm in known else known[0]

    def measure(
        self, *, norm: Norm | None = None, boxed: bool | None = None, of_images: bool = False
    ) -> None:
        """Change one of them, or both; the box of images, whatever a film begins as, if said so."""
        before = self.norm, dict(self._boxed)
        if norm is not None and norm in NORMS:
            self.norm = norm
        if boxed is not None:
            self._boxed[self._is_noise() and not of_images] = boxed
        if (self.norm, self._boxed) != before:
            self.changed.emit()
