"""What the views of the Attack page have in common."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from core.exact.pairs import NORMS
from gui.shared.panel import Panel

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from core.exact.pairs import Norm
    from gui.shared.transport import Transport


class AttackView(Panel):
    """A panel of the Attack page.

    Attributes
    ----------
    norms : those it knows; the first stands for another; none where no size is measured
    uses : what it obeys of the sentence beyond the image: the target, the attack, or of the attack
        only settings of these names
    of_images : whether it measures images of a part in any case, and not what a film begins as
    head : its own sentence, shown in the card above it; None for that of the one image, or words
    transport : what the bar below drives while it is seen; None for what its scope has
    """

    norms: ClassVar[tuple[Norm, ...]] = tuple(NORMS)
    uses: ClassVar[tuple[str, ...]] = ("target", "attack")
    of_images: ClassVar[bool] = False
    head: QWidget | None = None
    transport: Transport | None = None
